"""Agents and servers that are killed before, during and after an execution, and all nodes at once."""

import signal
import threading
import time

from fault_proxy import FaultProxy, Gone, pass_on
from fault_work import FaultMesh, Work, check
from mesh_programs import OWNERS, Place, expect, until
from mesh_work import LONG, SHORT, running_on

# At each point a call of the agent is held, which the server has already or not. During the run it is none.
POINTS = {
    "before": ("module", False),
    "during": ("module", True),
    "after": ("result", False),
    "handed in": ("result", True),
    "output handed in": ("output", True),
}
# So that the guest is running, and not just about to.
INTO_THE_RUN_SECONDS = 0.5
TASKS_MEANWHILE = 12
BUSY_TASKS = 5


class Hold:
    """Stops the first call of a kind, and lets it go unanswered."""

    def __init__(self, point):
        self.point, (self.kind, self.asked) = point, POINTS[point]
        self.reached, self.over = threading.Event(), threading.Event()

    def handle(self, call):
        if call.kind != self.kind or self.reached.is_set():
            pass_on(call)
            return
        if self.asked:
            answer = call.ask()
        if self.point == "during":
            call.answer(answer)
            time.sleep(INTO_THE_RUN_SECONDS)
            self.reached.set()
            return
        self.reached.set()
        while not self.over.wait(0.05):
            if call.is_gone():
                raise Gone


def proxied_mesh(programs, **options):
    """A mesh whose agents have a proxy each."""
    mesh = FaultMesh(programs, **options)
    mesh.start_server()
    proxies = {owner: FaultProxy(mesh.port) for owner in OWNERS}
    mesh.join_all({owner: Place(url=proxy.url) for owner, proxy in proxies.items()})
    return mesh, proxies


def kill_at_each_point(programs, kills_agent, kills_server):
    mesh, proxies = proxied_mesh(programs)
    work, facts = Work(mesh), []
    for number, point in enumerate(POINTS):
        owner, hold = OWNERS[number % len(OWNERS)], Hold(point)
        proxies[owner].handle = hold.handle
        # The modes take turns. Nobody has the module yet, so the agent asks for it.
        mode, labels = (("single", {"node": owner}), ("quorum", {}))[number % 2]
        task = work.spin(LONG if point == "during" else SHORT, mode, work.fresh_spinning(), **labels)
        until(f"{owner} is at the point '{point}'", hold.reached.is_set)
        if point == "during":
            expect("whether it runs", mesh.ids[owner] in running_on(mesh, task), True)
        if kills_agent:
            mesh.kill(owner)
        if kills_server:
            mesh.programs.stop(mesh.server, signal.SIGKILL)
        hold.over.set()
        proxies[owner].handle = pass_on
        if kills_server:
            mesh.start_server()
        if kills_agent:
            mesh.run(owner)
        view = work.look(task)
        facts.append(f"{point} {len(view['attempts'])}")
        until("all are online", mesh.all_online)
    return f"attempts: {', '.join(facts)}; {check(work)}"


def kill_agent(programs):
    return kill_at_each_point(programs, kills_agent=True, kills_server=False)


def kill_server(programs):
    return kill_at_each_point(programs, kills_agent=False, kills_server=True)


def kill_both(programs):
    return kill_at_each_point(programs, kills_agent=True, kills_server=True)


def kill_busy_agent(programs):
    """An agent that has as many leases as it takes ahead: it was away once."""
    mesh = FaultMesh(programs)
    mesh.start_server()
    mesh.join_all()
    work = Work(mesh)
    for _ in range(BUSY_TASKS):
        work.spin(LONG, "single", node="ann")
    until("it has many leases", lambda: mesh.node("ann")["running"] >= 3)
    held = mesh.node("ann")["running"]
    mesh.kill("ann")
    until("it is offline and its leases are gone", lambda: mesh.node("ann")["state"] == "offline" and mesh.node("ann")["running"] == 0)
    mesh.run("ann")
    return f"{held} leases at once, {check(work)}"


def all_leave(programs):
    """All agents are killed under load, and come back; then all stop in good order, and come back."""
    mesh = FaultMesh(programs)
    mesh.start_server()
    mesh.join_all()
    work = Work(mesh)
    for leave in (mesh.kill, lambda owner: mesh.programs.stop(mesh.agents[owner])):
        for i in range(TASKS_MEANWHILE):
            work.spin(SHORT, ("single", "quorum")[i % 2])
        until("agents run them", lambda: all(mesh.node(owner)["running"] for owner in OWNERS))
        for owner in OWNERS:
            leave(owner)
        until("all are offline", lambda: all(mesh.node(owner)["state"] == "offline" for owner in OWNERS))
        for owner in OWNERS:
            mesh.run(owner)
        work.look_all()
        until("all are online", mesh.all_online)
    return check(work)


SCENARIOS = {
    "kill-agent": kill_agent,
    "kill-server": kill_server,
    "kill-both": kill_both,
    "kill-busy-agent": kill_busy_agent,
    "all-leave": all_leave,
}
