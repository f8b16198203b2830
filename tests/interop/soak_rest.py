"""Quiet points of the soak: nothing is under way, so what is still held is held for ever. Compared over the steady part, in which the server is not restarted."""

import json
import os
import random
import threading
import time

import check_log
from mesh_programs import OWNERS, expect
from soak_calls import Client
from soak_kinds import NOWHERE
from soak_watch import MIB, Fit, collect, files_in, process

FEWEST, MOST = 4, 12
EVERY_SECONDS = 60
SAMPLE_EVERY_SECONDS = 10
# Of tasks since the quiet point before, which `vcp verify` looks at.
VERIFIED_EACH = 3
PLACES, ASKED = 5, 8
# What may be more at the last quiet point than at the first: pools that grow to what the load needs, which is no more for more tasks.
MOST_MORE = {"handles": 24, "threads": 16}
# (most for each 1000 tasks, least growth altogether that counts). The second is what a process may still warm up by.
BOUNDS = {"rss": (4 * MIB, 48 * MIB), "heap": (MIB // 2, 16 * MIB), "mappings": (100, 400)}
# A runtime that is killed leaves the sockets and pipes of its debugger behind.
OF_RUNTIMES = ("dotnet-diagnostic-", "clr-debug-pipe-")
# Of these the last does the same, and is restarted.
WATCHED = ["server", *OWNERS[:-1]]


class Rests:
    def __init__(self, soak):
        self.soak, self.mesh, self.points, self.checkpoints, self.verified, self.peaks = soak, soak.mesh, [], [], 0, {}
        made = self.mesh.post("keys", {"name": "meter", "tenant": "meter", "scopes": ["tasks"], "limits": {"tasksInFlight": PLACES}})
        self.meter = Client(soak.port, made["secret"], soak.outages, soak.tally)
        expect("the module", self.meter.ask("POST", "modules", b"(module (func (export \"run\")))", (201,), Content_Type="text/wat").status, 201)
        self.module = self.meter.ask("GET", "modules").json["items"][0]["digest"]
        self.isOver = threading.Event()

    def watch(self, end, restart_agent):
        """Load and rest in turns until then. An agent is killed in between now and then, so that what its sessions leave behind is seen too."""
        threading.Thread(target=self.sample, daemon=True).start()
        left = end - time.monotonic()
        count = max(FEWEST, min(MOST, int(left / EVERY_SECONDS)))
        for number in range(count + 1):
            self.soak.gate.hold(self.soak.workers)
            self.rest()
            if number == count:
                break
            self.soak.gate.release()
            share = max(2, (end - time.monotonic()) / (count - number))
            half = time.monotonic() + share / 2
            self.soak.wait(half)
            if number % 3 == 1:
                restart_agent()
            self.soak.wait(half + share / 2)
        self.isOver.set()

    def pids(self):
        return {"server": self.mesh.server.pid, **{owner: self.mesh.agents[owner].pid for owner in OWNERS[:-1]}}

    def sample(self):
        """What is held under load: the most of it is shown, all of it is in a file."""
        while not self.isOver.wait(SAMPLE_EVERY_SECONDS):
            try:
                held = self.held(self.mesh.metrics())
            except OSError as error:
                print(f"no sample: {error!r}", flush=True)
                continue
            for what, value in held.items():
                self.peaks[what] = max(value, self.peaks.get(what, 0))
            with open(self.mesh.programs.directory / "samples.jsonl", "a") as samples:
                print(json.dumps({" ".join(what) if isinstance(what, tuple) else what: value for what, value in held.items()}), file=samples)

    def rest(self):
        self.mesh.come_to_rest()
        expect("tasks that nobody saw the end of", self.soak.book.open(), [])
        self.check_places()
        self.check_log()
        self.verify_some()
        self.mesh.come_to_rest()
        self.points.append(self.point())
        point = self.points[-1]
        print(f"{time.monotonic() - self.soak.began:5.0f} s, at rest: {point['tasks']} tasks, server {point['server', 'rss'] / MIB:.0f} MiB, heap {point['heap'] / MIB:.1f} MiB, "
              f"{point['server', 'handles']} handles, {point['server', 'threads']} threads, {point['server', 'mappings']} mappings, {point['files']} files, "
              f"database {point['database'] / MIB:.0f} MiB", flush=True)

    def point(self):
        """What is held, after all that nobody refers to was collected."""
        generations = 'dotnet_collection_count_total{generation="2"}'
        before = self.mesh.metrics()[generations]
        for name, pid in self.pids().items():
            collect(self.mesh.programs.directory / "tmp", pid, (lambda: self.mesh.metrics()[generations] > before) if name == "server" else lambda: True)
        said = self.mesh.metrics()
        return self.held(said) | {"tasks": sum(self.mesh.get("stats")["tasks"].values())}

    def held(self, said):
        """What the processes have at the moment."""
        return {(name, what): value for name, pid in self.pids().items() for what, value in process(pid).items()} | {
            "heap": said["dotnet_total_memory_bytes"],
            "files": files_in(self.mesh.data)[0],
            "compiled": said["vcp_module_cache_disk_entries"],
            "temporary files": sum(not name.startswith(OF_RUNTIMES) for name in os.listdir(self.mesh.programs.directory / "tmp")),
            **{name: said[f'vcp_database_bytes{{part="{part}"}}'] for name, part in (("database", "file"), ("free", "free"), ("wal", "wal"))},
        }

    def check_places(self):
        """A tenant that may have so many undecided tasks finds all of these places free, however many it had before."""
        request = {"module": self.module, "entrypoint": "run", "selection": NOWHERE}
        answer = self.meter.ask("POST", "tasks:batch", {"tasks": [request] * ASKED}).json
        refused = [item["problem"]["code"] for item in answer["items"] if "problem" in item]
        expect("places that are free", (answer["accepted"], refused), (PLACES, ["quota-tasks-in-flight"] * (ASKED - PLACES)))
        for task in [item["id"] for item in answer["items"] if "id" in item]:
            self.soak.book.add(task, "meter", "quota")
            self.meter.ask("DELETE", f"tasks/{task}")
            self.soak.book.end(self.meter.ask("GET", f"tasks/{task}").json)
        self.meter.close()

    def check_log(self):
        """The newest checkpoint is signed, and continues the one that was seen before."""
        note = check_log.read_note(self.mesh.bytes("log/checkpoint").decode())
        expect("whether the log signed its checkpoint", check_log.note_is_by(note, self.soak.origin, check_log.LOG_KEY, self.soak.log_key), True)
        _, size, root = check_log.read_checkpoint(note[0])
        if self.checkpoints and self.checkpoints[-1][0] < size:
            first, first_root = self.checkpoints[-1]
            path = self.mesh.get(f"log/consistency?from={first}&to={size}")["path"]
            expect("whether the log continues", check_log.is_consistent(first, size, first_root, root, [bytes.fromhex(part.removeprefix("sha256:")) for part in path]), True)
        self.checkpoints.append((size, root))

    def verify_some(self):
        """Exports a few tasks with proofs, and has `vcp verify` look at them without the server."""
        with self.soak.book.lock:
            proven = sorted(self.soak.book.proofs)
            self.soak.book.proofs.clear()
        for task in random.Random(f"{self.soak.seed}/{len(self.points)}").sample(proven, min(VERIFIED_EACH, len(proven))):
            self.mesh.programs.vcp("export", task, "--out", f"evidence-{task}", "--server", self.mesh.url)
            self.mesh.programs.vcp("verify", f"evidence-{task}", "--log-key", "log.key")
            self.verified += 1

    # Verdicts

    @property
    def warm(self):
        """The quiet points at which the server has done all kinds of work before: without the first quarter."""
        return self.points[max(1, len(self.points) // 4):]

    def grown(self, what):
        """The line through these points: 1000 tasks on the one axis, what was held on the other."""
        return Fit([(point["tasks"] / 1000, point[what]) for point in self.warm])

    def check(self, checks):
        first, last = self.warm[0], self.points[-1]
        tasks = (last["tasks"] - first["tasks"]) / 1000
        for name in WATCHED:
            for what in ("handles", "threads"):
                checks.check(f"{what} of {name} are given back", last[name, what] - first[name, what] <= MOST_MORE[what],
                             f"{first[name, what]} at first, {last[name, what]} at last, {self.peaks.get((name, what), 0)} at most")
        for key in [*((name, what) for name in WATCHED for what in ("rss", "mappings")), "heap"]:
            self.check_trend(checks, key, tasks)
        checks.check("no temporary file is left", last["temporary files"] <= first["temporary files"], f"{first['temporary files']} at first, {last['temporary files']} at last")
        # Beside compiled modules there are the database and keys.
        others = [point["files"] - point["compiled"] for point in self.points]
        checks.check("no file is left in the data directory", len(set(others)) == 1, f"{others} beside {last['compiled']} compiled modules")
        checks.check("the write-ahead log is cut", last["wal"] <= 64 * MIB, f"{last['wal'] / MIB:.0f} MiB")

    def check_trend(self, checks, key, tasks):
        name, what = key if isinstance(key, tuple) else ("server", key)
        fit, (most, least), unit = self.grown(key), BOUNDS[what], 1 if what == "mappings" else MIB
        leaks = fit.least > most and fit.slope * tasks > least
        checks.check(f"{what} of {name} does not grow with the tasks", not leaks,
                     f"{self.warm[0][key] / unit:.1f} at first, {self.points[-1][key] / unit:.1f} at last, {fit.slope / unit:+.2f} ± {2 * fit.error / unit:.2f} for each 1000 tasks, "
                     f"{self.peaks.get(key, self.points[-1][key]) / unit:.0f} at most" + (" (MiB)" if unit == MIB else ""))
