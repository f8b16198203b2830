"""Nodes that lie, shirk, have another's key, clock or engine, and very many at once."""

import json
import os
import re
import shutil
import signal
import time

from fault_network import Skipped
from fault_proxy import FaultProxy, pass_on
from fault_work import FaultMesh, Work, check
from mesh_programs import OWNERS, Place, expect, until
from mesh_work import SHORT, attempts_of

LIES = ["wrong-output", "wrong-output:0.5", "wrong-gas", "copy", "garbage", "unsigned", "equivocate"]
SHIRKS = ["silent", "hold", "huge"]
# Of its tasks, within which a liar is found.
MOST_LIES = 50
MOST_SHIRKED = 5
ROUNDS = 20
AT_ONCE = 5
MANY = 200
MANY_TASKS = 60
HOUR_MS = 3_600_000
SKEW_MS = 5000
FAKETIME = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"]


class Fleet:
    """Nodes of the load tool, which is a program of its own."""

    def __init__(self, mesh, name, count, *options):
        if not mesh.programs.load_dll:
            raise Skipped("it takes the load tool: --load")
        self.mesh, self.name = mesh, name
        self.program = mesh.programs.start(
            name, "dotnet", mesh.programs.load_dll, "nodes", "--server", mesh.url, "--count", count, "--prefix", name, "--label", "place=away", "--json", *options)
        until(f"{name} are ready", lambda: self.program.poll() is not None or "\nREADY" in mesh.programs.log(name), 120)
        expect("whether the load tool ended", self.program.poll(), None)
        events = [json.loads(line) for line in mesh.programs.log(name).splitlines() if line.startswith("{")]
        self.nodes = next(event["nodes"] for event in events if event["event"] == "nodes")
        self.liars = [node["id"] for node in self.nodes if node["misbehaves"]]

    def stop(self):
        self.mesh.programs.stop(self.program, signal.SIGTERM)
        expect(f"exit code of {self.name}", self.program.returncode, 0)


def mesh_of_agents(programs, **options):
    mesh = FaultMesh(programs, **options)
    mesh.start_server()
    mesh.join_all()
    return mesh


def misbehave(mesh, work, behaviour, most, modes=("quorum",)):
    """Gives the fleet tasks until its first node is quarantined, or had so many; says how many it had."""
    fleet = Fleet(mesh, re.sub(r"\W", "", behaviour), 2, "--misbehaving", 1, "--behaviour", behaviour, "--seed", 1)
    liar, count = fleet.liars[0], 0
    for _ in range(ROUNDS):
        if count >= most or mesh.get(f"nodes/{liar}")["state"] == "quarantined":
            break
        for view in [work.look(task) for task in [work.spin(1000, modes[i % len(modes)]) for i in range(AT_ONCE)]]:
            count += len(attempts_of(view, liar))
    fleet.stop()
    return fleet, count


def liars(programs):
    """Each lies until it is quarantined. What it says changes no result."""
    mesh = mesh_of_agents(programs)
    work, found, facts = Work(mesh), [], []
    for behaviour in LIES:
        fleet, count = misbehave(mesh, work, behaviour, MOST_LIES)
        found += fleet.liars
        facts.append(f"{behaviour} {count}")
    return f"tasks until quarantined: {', '.join(facts)}; {check(work, found)}"


def shirkers(programs):
    """Each takes leases and gives nothing, or 10 GB, for a few tasks. It is no lie, but it is not paid, and a vote does not wait for it."""
    mesh = mesh_of_agents(programs)
    work, found, facts = Work(mesh), [], []
    for behaviour in SHIRKS:
        # What only one node has waits for minutes for one that says that it works on it.
        modes = ("quorum",) if behaviour == "hold" else ("quorum", "single")
        fleet, count = misbehave(mesh, work, behaviour, MOST_SHIRKED, modes)
        found += fleet.liars
        look = lambda: mesh.get(f"nodes/{fleet.liars[0]}")
        if behaviour == "hold":
            expect("whether renewing costs reputation", look()["reputation"] < 0.5, False)
        else:
            until(f"{behaviour} costs reputation, when its leases expire", lambda: look()["reputation"] < 0.5)
        view = look()
        expect(f"what {behaviour} earned", mesh.get(f"nodes/{view['id']}/rewards").get("balance", 0) <= 0, True)
        facts.append(f"{behaviour} {count} tasks, {view['state']}, {view['reputation']:.2f}")
    return f"{'; '.join(facts)}; {check(work, others=found)}"


def two_agents_one_key(programs):
    """Somebody copied the directory of a node, and runs it."""
    mesh = mesh_of_agents(programs)
    work = Work(mesh)
    shutil.copytree(programs.directory / "ann", programs.directory / "copy", ignore=shutil.ignore_patterns("*.lock"))
    mesh.places["copy"] = Place()
    mesh.run("copy")
    events = lambda: [event["kind"] for event in mesh.pages(f"nodes/{mesh.ids['ann']}/events")]
    until("the operator can see it", lambda: "duplicate-agent" in events())
    for i in range(20):
        work.spin(SHORT, ("single", "quorum")[i % 2])
    work.look_all()
    mesh.programs.stop(mesh.agents.pop("copy"))
    if mesh.node("ann")["state"] == "quarantined":
        mesh.post(f"nodes/{mesh.ids['ann']}/release")
    until("the one that is left is online", mesh.all_online)
    # Each ends the other's sessions, so leases of theirs run out, and both count from where the copy was made. Nobody lies, but a key that
    # two have is put aside.
    known = ("agreed", "late-agreed", "abandoned", "duplicate-agent", "replayed-statement", "quarantine", "released")
    expect("what else happened to it", {kind for kind in events() if kind not in known}, set())
    return f"events {sorted(set(events()))}, reputation {mesh.node('ann')['reputation']:.2f}, {check(work, others=[mesh.ids['ann']])}"


def other_profile(programs):
    """The session says that the engine is another. What is signed at its start does not cover that, so a proxy can say it."""
    mesh = FaultMesh(programs)
    mesh.start_server()
    profile = mesh.pages("nodes")[0]["profile"].encode()
    proxy = FaultProxy(mesh.port)

    def handle(call):
        call.request = call.request.replace(profile, b"sha256:" + b"0" * 64)
        pass_on(call)

    proxy.handle = handle
    for owner in OWNERS:
        mesh.join(owner, Place(url=proxy.url) if owner == "cyd" else None)
    until("it is incompatible", lambda: mesh.node("cyd")["state"] == "incompatible" and mesh.is_online("ann") and mesh.is_online("bob"))
    work = Work(mesh)
    waiting = work.spin(1000, "single", node="cyd")
    for _ in range(5):
        expect("attempts of the other engine", attempts_of(work.look(work.words(3)), mesh.ids["cyd"]), [])
    expect("attempts of what only it may have", mesh.task(waiting)["attempts"], [])
    proxy.handle = pass_on
    mesh.kill("cyd")
    mesh.run("cyd")
    expect("who ran it", [attempt["node"] for attempt in work.look(waiting)["attempts"]], [mesh.ids["cyd"]])
    return check(work)


def clocks(programs):
    """Ann's clock is an hour ahead, bob's an hour behind, and cyd's is set back and forth while it works."""
    library = next((path for path in FAKETIME if os.path.exists(path)), None)
    if library is None:
        raise Skipped("it takes libfaketime")
    clock = programs.directory / "clock"
    clock.write_text("+0\n")
    base = {"LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    environments = [base | {"FAKETIME": "+1h"}, base | {"FAKETIME": "-1h"}, base | {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}]
    mesh = FaultMesh(programs)
    mesh.start_server()
    mesh.join_all({owner: Place(environment=environment) for owner, environment in zip(OWNERS, environments)})
    work, skews = Work(mesh), {}
    for jump in ("+0", "+1h", "-1h", "+0"):
        clock.write_text(jump + "\n")
        time.sleep(2)
        for i in range(6):
            work.spin(SHORT, ("single", "quorum")[i % 2])
        for task in list(work.tasks)[-6:]:
            expect("ends of attempts", {attempt["state"] for attempt in work.look(task)["attempts"]} - {"accepted", "cancelled", "running"}, set())
        skews[jump] = [round(mesh.node(owner)["clockSkewMs"]) for owner in OWNERS]
        wanted = [HOUR_MS, -HOUR_MS, {"+0": 0, "+1h": HOUR_MS, "-1h": -HOUR_MS}[jump]]
        expect(f"whether the clocks are what they should be: {skews[jump]}", all(abs(a - b) < SKEW_MS for a, b in zip(skews[jump], wanted)), True)
    expect("whether all are online", mesh.all_online(), True)
    return f"{skews['+1h']} ms, {check(work)}"


def many(programs):
    """So many nodes join at once, work, and go at once."""
    mesh = FaultMesh(programs, settings={"Nodes:HeartbeatMs": 5000, "Nodes:LeaseTtlMs": 30_000})
    mesh.start_server()
    started = time.monotonic()
    fleet = Fleet(mesh, "many", MANY)
    joined = time.monotonic() - started
    until("all are online", lambda: sum(node["state"] == "online" for node in mesh.pages("nodes")) == MANY + 1)
    work = Work(mesh)
    for _ in range(MANY_TASKS):
        work.spin(1000)
    work.look_all()
    ran = {attempt["node"] for task in work.tasks for attempt in mesh.task(task)["attempts"]}
    fleet.stop()
    return f"{MANY} joined within {joined:.1f} s, {len(ran)} of them ran something, {check(work)}"


SCENARIOS = {
    "liars": liars,
    "shirkers": shirkers,
    "two-agents-one-key": two_agents_one_key,
    "other-profile": other_profile,
    "clocks": clocks,
    "many": many,
}
