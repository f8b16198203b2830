#!/usr/bin/env python3
"""A mixed load for a time, on a server and three agents that are restarted under it: every output is checked, nothing may be lost, and nothing may grow.

    soak.py --server DLL --cli DLL [--minutes 20] [--seed 1]

See docs/operations/testing.md. The last line is a line of counts; the exit code is 0 only if all checks passed."""

import argparse
import itertools
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback
import uuid

import check_log
import soak_end
from mesh_programs import OWNERS, Programs, expect, until
from overload import Checks
from soak_calls import Client, Outages, Tally
from soak_guests import SHARED, content
from soak_kinds import KINDS
from soak_mesh import SoakMesh
from soak_rest import Rests
from soak_worker import Book, Gate, Worker

TENANTS = ["red", "green", "blue"]
WORKERS = 6
# Shares of the time: with clocks that are behind, then with restarts of everything. The rest is for looking at what grows.
PAST, ROUGH = 0.1, 0.5
LONGEST_PAST_SECONDS = 60
REPORT_EVERY_SECONDS = 30
# What is old is taken away within two minutes of the steady part.
LEAST_MINUTES_WITH_PAST = 3
# Each in turn, in the rough part.
ROUGHNESS = [
    ("server", signal.SIGTERM), ("agent", signal.SIGKILL), ("server", signal.SIGKILL), ("agent", signal.SIGTERM),
    ("server", signal.SIGKILL), ("both", signal.SIGKILL), ("server", signal.SIGTERM), ("agent", signal.SIGKILL)]


class Soak:
    def __init__(self, programs, arguments):
        self.seed, self.minutes, self.programs = arguments.seed, arguments.minutes, programs
        self.run_id, self.tenants, self.began = uuid.uuid4().hex[:8], TENANTS, time.monotonic()
        self.outages, self.tally, self.book, self.gate = Outages(), Tally(), Book(), Gate()
        self.mesh = SoakMesh(programs, self.outages, hasPast=arguments.minutes >= LEAST_MINUTES_WITH_PAST)
        self.port, self.shared, self.workers, self.part = self.mesh.port, {}, [], "start"
        self.told = time.monotonic()

    def admin(self):
        """A client of its own, for one call."""
        return Client(self.port, self.programs.environment["VCP_API_KEY"], self.outages, self.tally)

    def set_up(self):
        self.mesh.start_server()
        self.mesh.join_all()
        line = self.mesh.bytes("log/key").decode().strip()
        self.origin, _, self.log_key = check_log.read_key(line)
        (self.programs.directory / "log.key").write_text(line + "\n")
        for tenant in TENANTS:
            made = self.mesh.post("keys", {"name": tenant, "tenant": tenant, "scopes": ["tasks"]})
            client = Client(self.port, made["secret"], self.outages, self.tally)
            self.shared[tenant] = {
                name: client.ask("POST", "modules", content(name), (201,), Content_Type=kind).json["digest"] for name, (_, kind) in SHARED.items()}
            client.close()
        self.workers = [Worker(self, number, TENANTS[number % len(TENANTS)], KINDS) for number in range(WORKERS)]

    def wait(self, until_):
        """Until that moment, with a line now and then, and a look at whether the programs still run."""
        while (left := until_ - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            if time.monotonic() >= self.told + REPORT_EVERY_SECONDS:
                self.tell()
            expect("whether the server ended by itself", self.mesh.server.poll(), None)
            for owner in OWNERS:
                expect(f"whether the agent of {owner} ended by itself", self.mesh.agents[owner].poll(), None)

    def tell(self):
        self.told = time.monotonic()
        with self.book.lock:
            known, done = len(self.book.tasks), sum(entry[2] is not None for entry in self.book.tasks.values())
        print(f"{self.told - self.began:5.0f} s, {self.part}: {done} of {known} tasks done, {len(self.mesh.restarts)} restarts, "
              f"{self.tally.counts['proofs', 'in Python']} proofs, {len(self.tally.failures)} failures", flush=True)

    def load(self, checks):
        """The load, in three parts."""
        begin, seconds = time.monotonic(), self.minutes * 60
        rough, end = begin + seconds * ROUGH, begin + seconds
        for worker in self.workers:
            worker.start()
        self.part = "past"
        if self.mesh.clock:
            self.wait(begin + min(LONGEST_PAST_SECONDS, seconds * PAST))
            # Between two pieces of work: what was done before may be gone the moment after.
            self.gate.hold(self.workers)
            self.mesh.leave_the_past()
            self.gate.release()
            with self.book.lock:
                self.old = [task for task, entry in self.book.tasks.items() if entry[2] is not None]
                # What is old cannot be exported.
                self.book.proofs.clear()
        else:
            self.old = None
        self.part = "restarts"
        owners, every = itertools.cycle(OWNERS), max(7, min(45, (rough - time.monotonic()) / len(ROUGHNESS)))
        for what, sign in itertools.cycle(ROUGHNESS):
            if time.monotonic() + every > rough:
                break
            self.wait(time.monotonic() + every)
            self.restart(what, sign, next(owners))
        until("all are online", self.mesh.all_online)
        self.part = "steady"
        self.rests = Rests(self)
        self.rests.watch(end, lambda: self.restart("agent", signal.SIGKILL, OWNERS[-1]))
        self.gate.release(isOver=True)
        for worker in self.workers:
            worker.join(300)
        checks.check("all workers came to their end", not any(worker.is_alive() for worker in self.workers), f"{sum(worker.piece for worker in self.workers)} pieces of work")

    def restart(self, what, sign, owner):
        if what == "both":
            self.mesh.end(self.mesh.agents[owner], sign, owner)
        if what in ("server", "both"):
            self.mesh.restart_server(sign)
        if what == "both":
            self.mesh.run(owner)
            until(f"{owner} is online", lambda: self.mesh.is_online(owner))
        if what == "agent":
            self.mesh.restart_agent(owner, sign)


def run(arguments, directory, checks):
    os.environ["TMPDIR"] = str(directory / "tmp")
    (directory / "tmp").mkdir()
    programs = Programs(arguments, directory)
    try:
        soak = Soak(programs, arguments)
        soak.set_up()
        soak.load(checks)
        soak_end.check(soak, checks)
    except Exception as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        checks.check("the soak came to its end", False, error or type(error).__name__)
    finally:
        programs.stop_all()
        if checks.failed:
            for log in sorted(directory.glob("*.log")):
                print(f"-- the end of {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="Ailee.Vcp.Server.dll")
    parser.add_argument("--cli", required=True, help="vcp.dll")
    parser.add_argument("--minutes", type=float, default=20, help="how long the load lasts")
    parser.add_argument("--seed", type=int, default=1, help="the same makes the same work")
    parser.add_argument("--keep", type=pathlib.Path, help="an empty directory to work in, which stays")
    arguments = parser.parse_args()
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    checks = Checks()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        run(arguments, arguments.keep.resolve(), checks)
    else:
        with tempfile.TemporaryDirectory(prefix="vcp-soak-", ignore_cleanup_errors=True) as directory:
            run(arguments, pathlib.Path(directory), checks)
    print(f"{checks.passed} soak checks passed, {checks.failed} failed")
    sys.exit(1 if checks.failed or checks.passed == 0 else 0)


main()
