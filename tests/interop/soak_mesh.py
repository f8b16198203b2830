"""The server and the agents of the soak: how they start, are restarted, and come to a rest."""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

from fault_work import FaultMesh
from mesh_programs import OWNERS, PATIENCE_SECONDS, Place, expect, until
from soak_guests import STDOUT_BYTES
from soak_watch import metrics

PAST_HOURS = 2
SETTINGS = {
    # The shortest that there is. What is done while the clocks are two hours behind is over when they are right.
    "Retention:OutputHours": 1,
    "Retention:TraceHours": 1,
    "Retention:InputHours": 1,
    "Sandbox:StdoutBytes": STDOUT_BYTES,
    # Small, so that what they hold is no trend.
    "Sandbox:CacheMemoryBytes": 16 << 20,
    "Sandbox:CacheDiskBytes": 64 << 20,
    "Bundles:CacheMemoryBytes": 8 << 20,
    "Tasks:AuditRate": 0.05,
    # A machine may stand still for longer than the default, and that is no guest's fault.
    "Sandbox:TimeoutMs": 600_000,
    # The soak calls with revoked keys on purpose.
    "RateLimits:FailuresPerMinute": 6000,
}


def past(directory):
    """An environment in which the clock is behind; empty where there is no compiler for what sets it back."""
    library = directory / "past.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        return {}
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, pathlib.Path(__file__).with_name("soak_past.c"), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "SOAK_PAST": str(PAST_HOURS * 3600)}


class SoakMesh(FaultMesh):
    """One server that wants keys although it is reached by loopback alone: it listens on a socket of the file system too."""

    def __init__(self, programs, outages, hasPast):
        super().__init__(programs, SETTINGS)
        self.outages, self.restarts = outages, []
        self.socket = programs.directory / "server.socket"
        self.urls = f"{self.url};http://unix:{self.socket}"
        # Of all programs, while there is a past.
        self.clock = past(programs.directory) if hasPast else {}

    def start_server(self):
        # A server that was killed leaves it behind.
        self.socket.unlink(missing_ok=True)
        super().start_server(self.clock)

    def join_all(self):
        super().join_all({owner: Place(environment=self.clock) for owner in OWNERS})

    def signal(self, program, sign):
        """Its exit code. It has as long as a stalled machine may take."""
        program.send_signal(sign)
        try:
            return program.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            return f"none after {PATIENCE_SECONDS} s"

    def end(self, program, sign, what):
        """Ends a program with a signal, and looks at how it ended."""
        began = time.monotonic()
        code = self.signal(program, sign)
        expect(f"exit code of {what}, after {time.monotonic() - began:.1f} s", code, 0 if sign == signal.SIGTERM else -signal.SIGKILL)
        self.restarts.append(f"{'kill' if sign == signal.SIGKILL else 'stop'} {'server' if what == 'server' else 'agent'}")

    def restart_server(self, sign):
        self.outages.begin()
        try:
            self.end(self.server, sign, "server")
            self.start_server()
        finally:
            self.outages.end()

    def restart_agent(self, owner, sign):
        self.end(self.agents[owner], sign, owner)
        self.run(owner)
        until(f"{owner} is online", lambda: self.is_online(owner))

    def leave_the_past(self):
        """Everything stops, and starts with the right time."""
        self.outages.begin()
        try:
            for owner in OWNERS:
                self.end(self.agents[owner], signal.SIGTERM, owner)
            self.end(self.server, signal.SIGTERM, "server")
            self.clock = {}
            self.start_server()
            for owner in OWNERS:
                self.places[owner] = Place()
                self.run(owner)
        finally:
            self.outages.end()
        until("all are online", self.all_online)

    def metrics(self):
        request = urllib.request.Request(f"{self.url}/metrics", headers={"Authorization": f"Bearer {self.programs.environment['VCP_API_KEY']}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return metrics(answer.read().decode())

    def rests(self):
        """What is still under way; nothing once it rests."""
        stats, said = self.get("stats"), self.metrics()
        left = {state: stats["tasks"][state] for state in ("queued", "running", "verifying")}
        left |= {"leases": sum(node["running"] for node in self.pages("nodes")), "open": said["vcp_tasks_open"]}
        left |= {kind: said[f'vcp_requests{{kind="{kind}"}}'] for kind in ("client", "waiting")}
        # What was decided last is in the log.
        left["behind"] = stats["log"]["size"] - said["vcp_log_entries"]
        left["uploads"] = sum(len(files) for _, _, files in os.walk(self.data / "uploads"))
        return {name: count for name, count in left.items() if count}

    def come_to_rest(self):
        left = {}

        def isResting():
            nonlocal left
            left = self.rests()
            return not left

        try:
            until("nothing is under way", isResting, 120)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {left}") from None
