"""What each worker of the soak does, one piece of work after another, chosen by the seed."""

import base64
import random
import threading
import time
import traceback

import check_log
from check_vectors import Fault
from soak_calls import Client, Failure
from soak_guests import digest

UNDECIDED = ("queued", "running", "verifying")
LONGEST_TASK_SECONDS = 240
# Pieces of work with one key.
OF_A_KEY = 60
COSE = "application/scitt-statement+cose"


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: {str(got)[:400]}, not {str(wanted)[:400]}")


class Book:
    """Every task that was acknowledged: whose it is, and what it came to."""

    def __init__(self):
        self.lock, self.tasks, self.newest, self.proofs = threading.Lock(), {}, {}, {}

    def add(self, task, tenant, kind):
        with self.lock:
            self.tasks.setdefault(task, [tenant, kind, None, None])
            self.newest[tenant] = task

    def end(self, view):
        state, outcome = view["state"], view.get("result", {}).get("outcome")
        with self.lock:
            entry = self.tasks[view["id"]]
            known = tuple(entry[2:])
            entry[2:] = state, outcome
        if known != (None, None):
            expect(f"the end of {view['id']}, as it was seen before", (state, outcome), known)

    def open(self):
        with self.lock:
            return [task for task, entry in self.tasks.items() if entry[2] is None]


class Gate:
    """Holds all workers between two pieces of work."""

    def __init__(self):
        self.condition, self.isHeld, self.isOver, self.held = threading.Condition(), False, False, 0

    def passes(self, worker):
        """Whether there is more to do, once nobody is held."""
        with self.condition:
            if self.isHeld and not self.isOver:
                worker.client.close()
                self.held += 1
                self.condition.notify_all()
                self.condition.wait_for(lambda: not self.isHeld or self.isOver)
                self.held -= 1
            return not self.isOver

    def hold(self, workers):
        with self.condition:
            self.isHeld = True
            self.condition.wait_for(lambda: self.held >= sum(worker.is_alive() for worker in workers), timeout=LONGEST_TASK_SECONDS)
            expect("workers that stand still", self.held, len(workers))

    def release(self, isOver=False):
        with self.condition:
            self.isHeld, self.isOver = False, isOver
            self.condition.notify_all()


class Worker(threading.Thread):
    def __init__(self, soak, number, tenant, kinds):
        super().__init__(name=f"worker {number}", daemon=True)
        self.soak, self.number, self.tenant, self.kinds = soak, number, tenant, kinds
        self.tally, self.book, self.piece, self.submitted, self.key = soak.tally, soak.book, 0, 0, None
        self.client = Client(soak.port, None, soak.outages, soak.tally)
        self.shared = soak.shared[tenant]

    def run(self):
        names, weights = list(self.kinds), [weight for weight, _ in self.kinds.values()]
        while self.soak.gate.passes(self):
            rng = random.Random(f"{self.soak.seed}/{self.number}/{self.piece}")
            kind = rng.choices(names, weights)[0]
            self.submitted = 0
            try:
                if self.piece % OF_A_KEY == 0:
                    self.change_key()
                self.kinds[kind][1](self, rng)
                self.tally.add("work", kind)
            except (AssertionError, Fault) as failure:
                self.tally.fail(f"{kind} ({self.number}/{self.piece}): {failure}")
            except Exception:
                self.tally.fail(f"{kind} ({self.number}/{self.piece}): {traceback.format_exc()}")
            self.piece += 1
        self.client.close()

    def change_key(self):
        """Goes on with a new key; the old one must open nothing any more."""
        old = (self.key, self.client.key)
        made = self.soak.admin().ask("POST", "keys", {"name": f"{self.tenant}-{self.number}", "tenant": self.tenant, "scopes": ["tasks"]}, (201,)).json
        self.key, self.client.key = made["id"], made["secret"]
        if old[0]:
            self.soak.admin().ask("DELETE", f"keys/{old[0]}")
            gone = Client(self.soak.port, old[1], self.soak.outages, self.tally)
            expect("what a revoked key opens", gone.ask("GET", "tasks?limit=1", wanted=(401,)).code, "key-revoked")
            gone.close()

    # Tasks

    def idempotency(self):
        self.submitted += 1
        return f"{self.soak.run_id}-{self.number}-{self.piece}-{self.submitted}"

    def submit(self, kind, request, wait=0, key=None):
        """The task, as it was acknowledged or decided within so many seconds."""
        prefer = {"Prefer": f"wait={wait}"} if wait else {}
        view = self.client.ask("POST", "tasks", request, (200, 202), Idempotency_Key=key or self.idempotency(), **prefer).json
        self.book.add(view["id"], self.tenant, kind)
        return view

    def decided(self, task):
        """The task once it is decided, which is written down."""
        deadline = time.monotonic() + LONGEST_TASK_SECONDS
        while (view := self.client.ask("GET", f"tasks/{task}?wait=30").json)["state"] in UNDECIDED:
            if time.monotonic() > deadline:
                raise Failure(f"the task {task} is {view['state']} after {LONGEST_TASK_SECONDS} s: {view['attempts']}")
        self.book.end(view)
        return view

    def done(self, kind, request, outcome="completed", wait=0):
        """The task, which must have come to that outcome."""
        view = self.submit(kind, request, wait)
        return self.came_to(self.decided(view["id"]), outcome)

    def came_to(self, view, outcome):
        if view["state"] != "completed":
            raise Failure(f"the task {view['id']} is {view['state']}: {view.get('failure')}, {view['attempts']}")
        expect(f"outcome of {view['id']}", view["result"]["outcome"], outcome)
        return view

    def came_out(self, view, rng, wanted):
        """What is on stdout: as the task says, as a whole, and in part."""
        said, path = view["result"]["output"], f"tasks/{view['id']}/output"
        expect(f"stdout of {view['id']}", (said["sizeBytes"], said["digest"]), (len(wanted), digest(wanted)))
        if "text" in said or "base64" in said:
            expect(f"stdout of {view['id']} in its JSON", said["text"].encode() if "text" in said else base64.b64decode(said["base64"]), wanted)
        expect(f"output of {view['id']}", self.client.ask("GET", path).body, wanted)
        if wanted and rng.random() < 0.3:
            start = rng.randrange(len(wanted))
            part = self.client.ask("GET", path, wanted=(206,), Range=f"bytes={start}-{start + 99}").body
            expect(f"part of the output of {view['id']}", part, wanted[start:start + 100])

    def proven(self, view, rng, share=0.25):
        """The first statement of some tasks: fetched as a file, and checked by this program, which has the log's key from its start."""
        if rng.random() >= share:
            return
        proof = view["proofs"][0]["id"]
        said = self.client.ask("GET", f"proofs/{proof}").json
        expect(f"task of {proof}", said["task"], view["id"])
        file = self.client.ask("GET", f"proofs/{proof}", Accept=COSE, Prefer="wait=30").body
        check_log.check_file(file, self.soak.origin, self.soak.log_key)
        self.tally.add("proofs", "in Python")
        with self.book.lock:
            self.book.proofs[view["id"]] = file
