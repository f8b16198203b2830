"""Nodes on machines of their own, that is, in network namespaces, and links to them that are cut, slow or lossy."""

import os
import threading
import time

from fault_link import Link, add_namespace, ip
from fault_work import FaultMesh, Work, check
from isolation import INSIDE
from mesh_programs import OWNERS, Place, expect, until
from mesh_work import SHORT

BACK_SECONDS = 150
LINKS = {}


class Skipped(Exception):
    """What the scenario needs is not there."""


def links():
    """One to a namespace for each owner; made once."""
    if INSIDE not in os.environ:
        raise Skipped("it takes root and /dev/net/tun to make networks")
    for number, owner in enumerate(OWNERS, 1):
        if owner not in LINKS:
            add_namespace(owner)
            LINKS[owner] = Link(number, owner)
        LINKS[owner].set(cut=False, loss=0.0, repeat=0.0, delay=0.0, jitter=0.0, bytes_per_second=None)
    return LINKS


def network_mesh(programs, settings=(), **conditions):
    """A server with an address for each link, and an agent at the other end of each."""
    mesh = FaultMesh(programs, settings, [link.here for link in links().values()])
    mesh.start_server()
    for link in LINKS.values():
        link.set(**conditions)
    mesh.join_all({owner: Place(("ip", "netns", "exec", owner), url=f"http://{link.here}:{mesh.port}") for owner, link in LINKS.items()})
    return mesh


class Submitter:
    """Submits tasks for as long as it is entered."""

    def __init__(self, work, pause):
        self.work, self.pause, self.over, self.error = work, pause, threading.Event(), None
        self.thread = threading.Thread(target=self._submit, daemon=True)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        if self.error:
            raise self.error

    def _submit(self):
        try:
            while not self.over.wait(self.pause):
                self.work.spin(SHORT, ("single", "quorum")[len(self.work.tasks) % 2])
        except Exception as error:
            self.error = error


def cut(programs, seconds):
    """For ann nothing gets to the server, for bob nothing from it, for cyd neither. No side is told."""
    mesh = network_mesh(programs)
    work = Work(mesh)
    with Submitter(work, max(0.25, seconds / 40)):
        time.sleep(1)
        LINKS["ann"].back.cut = LINKS["bob"].out.cut = True
        LINKS["cyd"].set(cut=True)
        time.sleep(seconds)
        if seconds > 5:
            expect("states during the cut", {owner: mesh.node(owner)["state"] for owner in ("ann", "cyd")}, {"ann": "offline", "cyd": "offline"})
        for link in LINKS.values():
            link.set(cut=False)
        healed = time.monotonic()
        until("all are back", mesh.all_online, BACK_SECONDS)
        back = time.monotonic() - healed
    work.look_all()
    expect("whether packets got lost", all(way.dropped > 0 for way in (LINKS["ann"].back, LINKS["bob"].out, LINKS["cyd"].back)), True)
    return f"back after {back:.1f} s, {check(work)}"


def interface_down(programs):
    """The node's interface goes down, which its programs are told at once."""
    mesh = network_mesh(programs)
    work = Work(mesh)
    with Submitter(work, 0.25):
        time.sleep(1)
        for number, owner in enumerate(OWNERS, 1):
            ip("-n", owner, "link", "set", f"vcp{number}b", "down")
        time.sleep(3)
        for number, owner in enumerate(OWNERS, 1):
            ip("-n", owner, "link", "set", f"vcp{number}b", "up")
        until("all are back", mesh.all_online, BACK_SECONDS)
    work.look_all()
    return check(work)


def slow_and_lossy(programs):
    """250 ms there and back and more by chance, so that packets overtake each other, 5 % lost, 2 % twice, 256 KiB/s. The nodes join over it."""
    # With the times that a server has unless it is told otherwise: the others would be an outage here.
    mesh = network_mesh(programs, {"Nodes:HeartbeatMs": 5000, "Nodes:LeaseTtlMs": 30_000}, delay=0.125, jitter=0.05, loss=0.05, repeat=0.02, bytes_per_second=262_144)
    work = Work(mesh)
    for _ in range(2):
        work.all_kinds()
    work.look_all()
    ways = [way for link in LINKS.values() for way in (link.out, link.back)]
    expect("whether packets got lost", all(way.dropped > 0 for way in ways), True)
    facts = f"{sum(way.dropped for way in ways)} of {sum(way.dropped + way.passed for way in ways)} packets lost"
    latencies = [round(mesh.node(owner).get("latencyMs", 0)) for owner in OWNERS]
    links()
    return f"{facts}, latencies {latencies} ms, {check(work)}"


SCENARIOS = {
    "cut-1s": lambda programs: cut(programs, 1),
    "cut-20s": lambda programs: cut(programs, 20),
    "interface-down": interface_down,
    "slow-and-lossy": slow_and_lossy,
}
LONG = {"cut-5min": lambda programs: cut(programs, 300)}
