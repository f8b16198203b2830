#!/usr/bin/env python3
"""A mesh of real processes: a server and three agents of different owners, killed, restarted, drained and removed.

    mesh.py --server DLL --cli DLL

The server's own node takes part as a fourth owner. Every task must end with the right output, however often somebody is killed.
"""

import argparse
import concurrent.futures
import hashlib
import http.client
import json
import pathlib
import signal
import sys
import tempfile
import time
import traceback

from mesh_programs import OWNERS, Mesh, Programs, expect, until
from mesh_work import GUESTS, LONG, SHORT, SPIN, attempts_of, expect_spun, running_on, spin, words

CONCURRENT = 30
SUBMITTERS = 4
MOST_EACH = 40


def check_nodes(mesh):
    until("all nodes are online", mesh.all_online)
    nodes = {node["id"]: node for node in mesh.pages("nodes")}
    expect("owners", sorted(node["owner"] for node in nodes.values()), sorted([*OWNERS, "operator"]))
    for owner, node in mesh.ids.items():
        view = until(f"{owner} sent telemetry", lambda: mesh.node(owner) if mesh.node(owner).get("telemetry") else None)
        expect("owner and name", (view["owner"], view["name"]), (owner, f"{owner}-1"))
        factors = view["health"]["factors"]
        expect("whether factors have reasons", bool(factors) and all(factor["name"] and factor["reason"] for factor in factors), True)
        expect("score", round(view["health"]["score"], 6), round(sum(factor["weight"] * factor["normalized"] for factor in factors), 6))
        expect("whether memory is known", view["telemetry"].get("memoryTotalBytes", 0) > 0, True)
        expect("whether something unknown is null", "null" in json.dumps(view), False)
    return f"{len(nodes)} nodes, {len(factors)} factors"


def check_quorum(mesh, module):
    sample = (GUESTS / "wordfreq" / "samples" / "lighthouse.txt").read_text()
    case = next(case for case in json.loads((GUESTS / "cases.json").read_text()) if case["name"] == "wordfreq-all")
    view = mesh.decided(mesh.submit(words(module, sample, selection={"labels": {"place": "away"}})))
    expect("digest of the output", hashlib.sha256(mesh.bytes(f"tasks/{view['id']}/output")).hexdigest(), case["stdoutSha256"])
    expect("required", view["consensus"]["required"], 2)
    expect("whether enough agreed", view["consensus"]["agreed"] >= 2, True)
    # A proof of the task may also be of a node that agreed only after the decision.
    votes = mesh.get(f"proofs/{view['consensus']['certificate']}")["certificate"]["votes"]
    expect("whether owners differ", len({each["owner"] for each in votes}) == len(votes) >= 2, True)
    vote = votes[0]
    (mesh.programs.directory / "log.key").write_bytes(mesh.bytes("log/key"))
    certificate = mesh.proof(view["consensus"]["certificate"], "certificate.cose")
    enrolment = mesh.proof(mesh.entries(node=vote["node"], kind="enrolment")[0]["digest"], "enrolment.cose")
    genesis = mesh.proof(mesh.entries(kind="genesis")[0]["digest"], "genesis.cose")
    trusted = ["--log-key", "log.key", "--genesis", genesis]
    mesh.programs.vcp("verify", mesh.proof(vote["proof"], "vote.cose"), *trusted, "--certificate", certificate, "--enrolment", enrolment)
    mesh.programs.vcp("verify", certificate, *trusted)
    mesh.programs.vcp("export", view["id"], "--out", "evidence", "--server", mesh.url)
    mesh.programs.vcp("verify", "evidence", "--log-key", "log.key")
    return f"{view['consensus']['agreed']} of {len(view['attempts'])} agreed"


def check_ledger(mesh):
    """One reward for each node that gave a task's result, and nothing lost. A task whose acknowledgement was lost counts as any other."""
    until("no task waits", lambda: not mesh.pages("tasks?state=queued") and not mesh.pages("tasks?state=running"))
    until("no lease is left", lambda: all(node["running"] == 0 for node in mesh.pages("nodes")))
    transactions = mesh.pages("ledger")
    expect("sum of the ledger", (mesh.get("ledger")["sum"], sum(posting["amount"] for each in transactions for posting in each["postings"])), (0, 0))
    rewards = [(each["task"], each["node"]) for each in transactions if each["kind"] == "reward"]
    expect("rewards that were posted twice", len(rewards) - len(set(rewards)), 0)
    tasks = [mesh.task(task["id"]) for task in mesh.pages("tasks")]
    accepted = {(task["id"], attempt["node"]) for task in tasks for attempt in task["attempts"] if attempt["state"] == "accepted"}
    expect("rewards without a result, and results without a reward", (set(rewards) - accepted, accepted - set(rewards)), (set(), set()))
    expect("kinds of postings", {each["kind"] for each in transactions}, {"reward"})
    expect("verdict", mesh.programs.vcp("ledger", "check", "--data", mesh.data).splitlines()[-1], "SOUND")
    return f"{len(rewards)} rewards"


def check_many(mesh, module):
    with concurrent.futures.ThreadPoolExecutor(CONCURRENT) as pool:
        views = list(pool.map(lambda i: mesh.decided(mesh.submit(words(module, "tide " * (i + 2) + "crab"))), range(CONCURRENT)))
    for i, view in enumerate(views):
        expect("output", view["result"]["output"]["text"], f"{i + 2} tide\n1 crab\n")
        expect("whether it has a certificate", "certificate" in view["consensus"], True)
    return check_ledger(mesh)


def check_killed_agent(mesh, module):
    alone = mesh.submit(spin(module, LONG, "single"))
    victim = until("the task runs", lambda: running_on(mesh, alone))[0]
    owner = next(owner for owner, node in mesh.ids.items() if node == victim)
    together = mesh.submit(spin(module, SHORT, "quorum"))
    until("it runs on all", lambda: len(mesh.task(together)["attempts"]) == len(OWNERS))
    mesh.kill(owner)
    expect("nodes that run the task", running_on(mesh, alone), [victim])
    until("it is offline", lambda: mesh.node(owner)["state"] == "offline")
    for task, rounds in ((alone, LONG), (together, SHORT)):
        view = mesh.decided(task)
        expect_spun(view, rounds)
        expect("accepted of the node that was killed", [each for each in attempts_of(view, victim) if each["state"] == "accepted"], [])
    before = len(mesh.pages("nodes"))
    mesh.run(owner)
    until("it is back", lambda: mesh.is_online(owner))
    expect("nodes", len(mesh.pages("nodes")), before)
    again = mesh.decided(mesh.submit(spin(module, SHORT, "single", node=owner)))
    expect("who ran it", [each["node"] for each in again["attempts"]], [victim])
    return f"{owner} went, {len(mesh.task(alone)['attempts'])} attempts"


def submit_until_gone(mesh, module, number, acknowledged):
    """Adds the tasks that the server acknowledged, with what they print."""
    for i in range(number * MOST_EACH, (number + 1) * MOST_EACH):
        try:
            task = mesh.submit(words(module, f"gull {'tern ' * (i + 2)}"))
        except (OSError, http.client.HTTPException):
            return
        acknowledged[task] = f"{i + 2} tern\n1 gull\n"


def check_killed_server(mesh, module, spinning):
    texts = {}
    with concurrent.futures.ThreadPoolExecutor(SUBMITTERS) as pool:
        submitters = [pool.submit(submit_until_gone, mesh, module, number, texts) for number in range(SUBMITTERS)]
        until("many tasks are acknowledged", lambda: len(texts) >= MOST_EACH or all(each.done() for each in submitters))
        spins = [mesh.submit(spin(spinning, SHORT, "quorum")) for _ in range(4)]
        until("agents run them", lambda: any(running_on(mesh, task) for task in spins))
        mesh.programs.stop(mesh.server, signal.SIGKILL)
    for each in submitters:
        each.result()
    mesh.start_server()
    for task, text in texts.items():
        expect("output", mesh.decided(task)["result"]["output"]["text"], text)
    for task in spins:
        expect_spun(mesh.decided(task), SHORT)
    until("all are online again", mesh.all_online)
    expect("agents that ended", [owner for owner, agent in mesh.agents.items() if agent.poll() is not None], [])
    for task in [*texts, *spins]:
        mesh.proof(mesh.task(task)["consensus"]["certificate"], "certificate.cose")
        expect("certificates", len(mesh.entries(task=task, kind="certificate")), 1)
    return f"{len(texts) + len(spins)} tasks, {check_ledger(mesh)}"


def check_drain(mesh, module):
    owner, node = "ann", mesh.ids["ann"]
    expect("state", mesh.post(f"nodes/{node}/drain")["state"], "draining")
    waiting = mesh.submit(spin(module, 1000, "single", node=owner))
    for _ in range(3):
        expect("attempts of the drained node", attempts_of(mesh.decided(mesh.submit(spin(module, 1000, "single"))), node), [])
    expect("attempts", mesh.task(waiting)["attempts"], [])
    expect("who may have it", mesh.get(f"tasks/{waiting}/explain")["waiting"]["eligible"], 0)
    mesh.post(f"nodes/{node}/release")
    expect("who ran it", [each["node"] for each in mesh.decided(waiting)["attempts"]], [node])


def check_remove(mesh, module):
    owner, node = "cyd", mesh.ids["cyd"]
    told = len(mesh.programs.log(owner))
    mesh.bytes(f"nodes/{node}?reason=sold", method="DELETE")
    expect("state", mesh.node(owner)["state"], "removed")
    until("the removal is in the log", lambda: len(mesh.entries(node=node, kind="revocation")) == 1)
    until("its agent is told", lambda: "refuses a session" in mesh.programs.log(owner)[told:])
    waiting = mesh.submit(spin(module, 1000, "single", node=owner))
    for _ in range(3):
        expect("attempts of the removed node", attempts_of(mesh.decided(mesh.submit(spin(module, 1000, "single"))), node), [])
    expect("attempts", mesh.task(waiting)["attempts"], [])
    mesh.bytes(f"tasks/{waiting}", method="DELETE")


def check_end(mesh):
    for agent in mesh.agents.values():
        mesh.programs.stop(agent)
    expect("exit codes of the agents", [agent.returncode for agent in mesh.agents.values()], [0] * len(OWNERS))
    mesh.programs.stop(mesh.server)
    expect("exit code of the server", mesh.server.returncode, 0)
    mesh.programs.vcp("log", "fsck", mesh.data)
    return mesh.programs.vcp("ledger", "check", "--data", mesh.data).splitlines()[0]


def run_checks(mesh):
    """How many checks passed and failed."""
    mesh.start_server()
    mesh.join_all()
    words_module = mesh.upload((GUESTS / "wordfreq" / "wordfreq.wasm").read_bytes(), "application/wasm")
    spinning = mesh.upload(SPIN.encode(), "text/wat")
    checks = [
        ("three agents are online, with health and telemetry", lambda: check_nodes(mesh)),
        ("a quorum's certificate and vote verify offline", lambda: check_quorum(mesh, words_module)),
        (f"{CONCURRENT} quorum tasks at once, each paid once", lambda: check_many(mesh, words_module)),
        ("an agent is killed, and comes back", lambda: check_killed_agent(mesh, spinning)),
        ("the server is killed, and comes back", lambda: check_killed_server(mesh, words_module, spinning)),
        ("a drained node gets nothing until it is released", lambda: check_drain(mesh, spinning)),
        ("a removed node is told and gets nothing", lambda: check_remove(mesh, spinning)),
        ("all stop in good order", lambda: check_end(mesh)),
    ]
    passed = 0
    for name, check in checks:
        started = time.monotonic()
        try:
            detail = check()
            passed += 1
            print(f"ok {name} ({f'{detail}, ' if detail else ''}{time.monotonic() - started:.1f} s)", flush=True)
        except Exception as error:
            if not isinstance(error, AssertionError):
                traceback.print_exc()
            print(f"FAIL {name}: {error or type(error).__name__}", flush=True)
    return passed, len(checks) - passed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--cli", required=True)
    arguments = parser.parse_args()
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="vcp-mesh-", ignore_cleanup_errors=True) as directory:
        programs = Programs(arguments, pathlib.Path(directory))
        passed, failed = 0, 1
        try:
            passed, failed = run_checks(Mesh(programs))
        finally:
            programs.stop_all()
            if failed:
                for log in sorted(pathlib.Path(directory).glob("*.log")):
                    print(f"-- the end of {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
    print(f"{passed} mesh checks passed, {failed} failed")
    sys.exit(1 if failed or passed == 0 else 0)


main()
