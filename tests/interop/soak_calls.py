"""Calls of the soak's workers: what may go wrong while something is restarted is tried again, all else is a failure."""

import collections
import http.client
import json
import threading
import time

# Refusals that say when to come back. They are answers that a busy server may give at any time.
BUSY = {"overloaded", "queue-full", "bundle-busy", "compiler-busy", "trace-busy", "uploads-busy", "proof-not-integrated"}
# Those that it gives when it goes or comes.
AWAY = {"shutting-down", "storage-unavailable"}
MOST_SECONDS = 180
# A server that was told to stop refuses before it is known to this program that it does, and a kept connection breaks after the new one is ready.
MARGIN_SECONDS = 2
LONGEST_PAUSE_SECONDS = 5


class Failure(AssertionError):
    """Something that must not be."""


class Outages:
    """When something was away on purpose."""

    def __init__(self):
        self.lock, self.spans = threading.Lock(), []

    def begin(self):
        with self.lock:
            self.spans.append([time.monotonic(), None])

    def end(self):
        with self.lock:
            self.spans[-1][1] = time.monotonic()

    def overlap(self, begin, end):
        with self.lock:
            return any(start <= end and (stop is None or begin <= stop + MARGIN_SECONDS) for start, stop in self.spans)


class Tally:
    """What was seen, counted, and what failed, told."""

    MOST_TOLD = 30

    def __init__(self):
        self.lock, self.counts, self.failures = threading.Lock(), collections.Counter(), []

    def add(self, *name):
        with self.lock:
            self.counts[name] += 1

    def fail(self, message):
        with self.lock:
            self.failures.append(message)
            told = len(self.failures) <= self.MOST_TOLD
        if told:
            print(f"FAILURE {message}", flush=True)

    def of(self, first):
        with self.lock:
            return {name[1:]: count for name, count in sorted(self.counts.items()) if name[0] == first}


class Answer:
    def __init__(self, status, headers, body, tries):
        self.status, self.headers, self.body, self.tries = status, headers, body, tries

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a problem."""
        return self.json.get("code") if self.headers.get("Content-Type", "").startswith("application/problem+json") else None


class Client:
    """One connection that stays open, with one key."""

    def __init__(self, port, key, outages, tally):
        self.port, self.key, self.outages, self.tally, self.connection = port, key, outages, tally, None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def send(self, method, path, body=None, **headers):
        """One request, the body of whose answer is not read yet."""
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
        self.connection.request(method, f"/api/v1/{path}", body, {"Authorization": f"Bearer {self.key}", **{name.replace("_", "-"): value for name, value in headers.items()}})
        return self.connection.getresponse()

    def ask(self, method, path, body=None, wanted=(200,), **headers):
        """The answer, whose status is one of those that are wanted. What was lost on the way is sent again, so it must be no harm if it comes twice."""
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body).encode(), {"Content_Type": "application/json", **headers}
        first, tries = time.monotonic(), 0
        while True:
            began, tries = time.monotonic(), tries + 1
            if began - first > MOST_SECONDS:
                raise Failure(f"{method} {path} got nowhere in {MOST_SECONDS} s")
            try:
                response = self.send(method, path, body, **headers)
                answer = Answer(response.status, response.headers, response.read(), tries)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if not self.outages.overlap(began, time.monotonic()):
                    raise Failure(f"{method} {path} was lost while nothing was away: {error!r}") from None
                self.tally.add("lost", type(error).__name__)
                time.sleep(0.1)
                continue
            if answer.status in wanted:
                return answer
            self.refused(method, path, answer, began)

    def ask_batch(self, body, key):
        """The answer to a batch. What a server that stops refused of it is sent again with all the rest, which is the same tasks then."""
        while True:
            began = time.monotonic()
            answer = self.ask("POST", "tasks:batch", body, Idempotency_Key=key).json
            if "shutting-down" not in codes_of(answer) or not self.outages.overlap(began, time.monotonic()):
                return answer
            self.tally.add("refused", "shutting-down")
            time.sleep(0.2)

    def refused(self, method, path, answer, began):
        """Waits as the answer says, or fails if it is none that may come now."""
        code, wait = answer.code, answer.headers.get("Retry-After")
        isExpected = answer.status == 503 and wait and wait.isdigit() and (
            code in BUSY or code in AWAY and self.outages.overlap(began, time.monotonic()))
        if not isExpected:
            raise Failure(f"{method} {path} answered {answer.status}, Retry-After {wait}: {answer.body[:300].decode(errors='replace')}")
        self.tally.add("refused", code)
        time.sleep(0.2 if code in AWAY else min(int(wait), LONGEST_PAUSE_SECONDS))


def codes_of(batch):
    """Why each item of a batch was refused; None for one that was not."""
    return [item.get("problem", {}).get("code") for item in batch["items"]]
