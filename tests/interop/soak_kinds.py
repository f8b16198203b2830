"""The kinds of work of the soak. Each gets a worker and what is drawn for it alone, so that the same seed makes the same work."""

import time

from mesh_work import LONG, SHORT, spun
from soak_calls import MOST_SECONDS, Failure, codes_of
from soak_guests import (
    FLOODED, MOST_PAGES, STDOUT_BYTES, base64_of, digest, fib, hashed, i32, own_module, packed, printed, some_files, some_words, written)
from soak_worker import UNDECIDED, expect

AWAY = {"labels": {"place": "away"}}
NOWHERE = {"labels": {"place": "nowhere"}}
QUORUM = {"mode": "quorum", "replicas": 3, "quorum": 2}
UNKNOWN = "sha256:" + "0" * 64


def results_of(view):
    return [each["value"] for each in view["result"]["results"]]


def addition(worker, rng):
    """A request and its result."""
    a, b = rng.randrange(-1 << 31, 1 << 31), rng.randrange(-1 << 31, 1 << 31)
    return {"module": worker.shared["math"], "entrypoint": "add", "args": [a, b]}, i32(a + b)


def single(worker, rng):
    request, wanted = addition(worker, rng)
    view = worker.done("single", request, wait=rng.choice([0, 30]))
    expect("sum", results_of(view), [wanted])
    worker.proven(view, rng)


def repeated_runs(worker, rng):
    n = rng.randint(0, 92)
    request = {"module": worker.shared["math"], "entrypoint": "fib", "args": [n], "assurance": {"mode": "repeat", "runs": 2}}
    expect("number", results_of(worker.done("repeat", request, wait=30)), [str(fib(n))])


def hashes(worker, rng):
    data, times = rng.randbytes(rng.randint(0, 60_000)), rng.randint(0, 3000)
    view = worker.done("hashes", {"module": worker.shared["sha256"], "args": [str(times)], "input": {"base64": base64_of(data)}})
    worker.came_out(view, rng, hashed(data, times))
    worker.proven(view, rng)


def batch(worker, rng):
    requests, wanted = [], []
    for _ in range(rng.randint(5, 40)):
        request, result = addition(worker, rng)
        if rng.random() < 0.1:
            request, result = rng.choice([({**request, "module": UNKNOWN}, "module-not-found"), ({**request, "args": [1]}, "arguments-invalid")])
        requests.append(request)
        wanted.append(result)
    answer = worker.client.ask_batch({"tasks": requests}, worker.idempotency())
    for item in answer["items"]:
        if "id" in item:
            worker.book.add(item["id"], worker.tenant, "batch")
    expect("refusals", codes_of(answer), [each if isinstance(each, str) else None for each in wanted])
    for item, each in zip(answer["items"], wanted):
        if "id" in item:
            expect("sum", results_of(worker.came_to(worker.decided(item["id"]), "completed")), [each])


def quorum(worker, rng):
    text, wanted = some_words(rng)
    view = worker.done("quorum", {"module": worker.shared["words"], "input": {"text": text}, "assurance": QUORUM, "selection": AWAY})
    worker.came_out(view, rng, wanted)
    expect("whether enough agreed", view["consensus"]["agreed"] >= view["consensus"]["required"] == 2, True)
    worker.client.ask("GET", f"proofs/{view['consensus']['certificate']}")
    worker.proven(view, rng)


def spinning(worker, rng):
    rounds = SHORT // rng.randint(2, 8)
    mode = rng.choice(["single", "quorum"])
    request = {"module": worker.shared["spin"], "entrypoint": "spin", "args": [str(rounds)], "assurance": {"mode": mode}, "selection": AWAY}
    expect("what it span", results_of(worker.done("spinning", request)), [spun(rounds)])


def big_output(worker, rng):
    """Bytes in, and a third more out; some that the server stores and reads in pieces."""
    data = rng.randbytes(rng.choice([rng.randint(0, 100_000), rng.randint(500_000, 1_500_000)]))
    request = {"module": worker.shared["bytes"], "entrypoint": "base64", "input": {"base64": base64_of(data)}}
    if rng.random() < 0.2:
        request |= {"assurance": QUORUM, "selection": AWAY}
    view = worker.done("big output", request)
    worker.came_out(view, rng, base64_of(data).encode())
    worker.proven(view, rng)


def flood(worker, rng):
    view = worker.done("flood", {"module": worker.shared["flood"], "entrypoint": "run", "args": [1]}, "output-limit")
    expect("what was kept", (view["result"]["output"]["sizeBytes"], view["result"]["output"]["digest"]), (STDOUT_BYTES, FLOODED))
    expect("what was kept, as it is read", digest(worker.client.ask("GET", f"tasks/{view['id']}/output").body), FLOODED)


def files(worker, rng):
    """A bundle goes up, a guest reads it and writes mebibytes, and both come back; then the bundle is deleted."""
    tree, mebibytes = some_files(rng), rng.randint(1, 3)
    bundle = worker.client.ask("POST", "bundles", packed(tree), (201,), Content_Type="application/x-tar").json["digest"]
    view = worker.done("files", {
        "module": worker.shared["files"], "bundle": bundle, "args": ["tree", "out/data.bin", str(mebibytes)], "outputs": ["out"],
        **({"assurance": QUORUM, "selection": AWAY} if rng.random() < 0.2 else {})})
    worker.came_out(view, rng, printed(tree, mebibytes))
    expect("files", [(each["path"], each["sizeBytes"], each["digest"]) for each in view["result"]["files"]], [("out/data.bin", mebibytes << 20, written(mebibytes)[0])])
    expect("bytes of the file", digest(worker.client.ask("GET", f"tasks/{view['id']}/files/out/data.bin").body), written(mebibytes)[0])
    worker.proven(view, rng)
    delete(worker, f"bundles/{bundle}")
    expect("a deleted bundle", worker.client.ask("GET", f"bundles/{bundle}", wanted=(404,)).code, "bundle-not-found")


def delete(worker, path):
    """Deletes what was there, once no audit of the task runs. If the answer was lost, it is gone when it is asked for again."""
    deadline = time.monotonic() + MOST_SECONDS
    while (answer := worker.client.ask("DELETE", path, wanted=(204, 404, 409))).status == 409 and time.monotonic() < deadline:
        worker.tally.add("refused", answer.code)
        time.sleep(0.1)
    expect(f"whether {path} could be deleted", answer.status in (204, 404), True)
    expect(f"the first deletion of {path}", answer.status == 404 and answer.tries == 1, False)


def module(worker, rng):
    """A module of the worker's own goes up, is run, cannot go while a task waits for it, and then can."""
    own = worker.client.ask("POST", "modules", own_module(f"m{rng.getrandbits(64):x}"), (201,), Content_Type="text/wat").json["digest"]
    request, wanted = addition(worker, rng)
    expect("sum", results_of(worker.done("module", request | {"module": own}, wait=30)), [wanted])
    waiting = worker.submit("module in use", request | {"module": own, "selection": NOWHERE})
    expect("a module in use", worker.client.ask("DELETE", f"modules/{own}", wanted=(409,)).code, "module-in-use")
    called_off(worker, waiting["id"])
    delete(worker, f"modules/{own}")
    expect("a deleted module", worker.client.ask("GET", f"modules/{own}", wanted=(404,)).code, "module-not-found")
    worker.client.ask("POST", "tasks", request | {"module": own}, (404, 422), Idempotency_Key=worker.idempotency())


# Guests that mean no good


def out_of_fuel(worker, rng):
    most = rng.randint(1_000_000, 50_000_000)
    request = {"module": worker.shared[rng.choice(["loop", "storm"])], "entrypoint": "run", "limits": {"instructions": most}}
    if rng.random() < 0.3:
        request |= {"assurance": QUORUM, "selection": AWAY}
    expect("instructions", worker.done("out of fuel", request, "out-of-fuel")["metrics"]["instructions"], most)


def memory_bomb(worker, rng):
    pages = rng.randint(2, MOST_PAGES)
    view = worker.done("memory bomb", {"module": worker.shared["memory"], "entrypoint": "run", "limits": {"memoryBytes": pages << 16}})
    expect("pages that it got", results_of(view), [pages - 1])


def stack_overflow(worker, rng):
    request = {"module": worker.shared["recursion"], "entrypoint": rng.choice(["direct", "mutual", "indirect"]), "limits": {"instructions": 10**9}}
    failed(worker, "stack overflow", request, "stack-limit")


def time_limit(worker, rng):
    failed(worker, "time limit", {"module": worker.shared["loop"], "entrypoint": "run", "limits": {"timeoutMs": rng.randint(20, 400), "instructions": 10**12}}, "timeout")


def failed(worker, kind, request, code):
    view = worker.decided(worker.submit(kind, request)["id"])
    expect(f"end of {view['id']}", (view["state"], view.get("failure", {}).get("code"), view["proofs"]), ("failed", code, []))


def trap(worker, rng):
    request, name = rng.choice([
        ({"module": worker.shared["math"], "entrypoint": "fib", "args": [93]}, "unreachable"),
        ({"module": worker.shared["division"], "entrypoint": "run"}, "integer-division-by-zero"),
    ])
    view = worker.done("trap", request, "trapped")
    expect("trap", view["result"]["trap"], name)
    worker.proven(view, rng)


def holes(worker, rng):
    view = worker.done("holes", {"module": worker.shared["holes"], "entrypoint": "run", "limits": {"scratchBytes": 100_000}})
    expect("refusals", results_of(view), [51, 28, 51, 28, 51, 0, 51])


# Calls that are called off, repeated, watched, and of others


def called_off(worker, task):
    """Whether it was, as the answer says and the task then is."""
    answer = worker.client.ask("DELETE", f"tasks/{task}", wanted=(200, 409))
    view = worker.decided(task)
    if answer.status == 200 or answer.tries == 1:
        expect(f"state of {task}, after {answer.status}", view["state"] == "cancelled", answer.status == 200)
    return view["state"] == "cancelled"


def cancel(worker, rng):
    """At any moment: while it waits, as it begins, as it runs, as it ends."""
    where, rounds, seconds = rng.choice([AWAY, {}, NOWHERE]), rng.choice([1000, SHORT // 4, LONG]), rng.choice([0, rng.random() * 0.05, rng.random()])
    mode = "single" if where == NOWHERE else rng.choice(["single", "quorum"])
    request = {"module": worker.shared["spin"], "entrypoint": "spin", "args": [str(rounds)], "assurance": {"mode": mode}, "selection": where}
    task = worker.submit("cancel", request)["id"]
    # Not a wait for something: the moment is what is drawn.
    time.sleep(seconds)
    if not called_off(worker, task):
        view = worker.came_to(worker.decided(task), "completed")
        expect("what it span", results_of(view), [spun(rounds)])


def idempotency(worker, rng):
    request, wanted = addition(worker, rng)
    key = worker.idempotency()
    first = worker.submit("idempotency", request, key=key)
    again = worker.submit("idempotency", request, key=key, wait=rng.choice([0, 30]))
    expect("task of the repetition", again["id"], first["id"])
    other = worker.client.ask("POST", "tasks", request | {"args": [1, 1]}, (422,), Idempotency_Key=key)
    expect("another body with the same key", other.code, "idempotency-mismatch")
    expect("sum", results_of(worker.came_to(worker.decided(first["id"]), "completed")), [wanted])


def events(worker, rng):
    """Reads what happens to a task as it happens. A stream that breaks off with the server is begun again."""
    rounds = SHORT // 8
    task = worker.submit("events", {"module": worker.shared["spin"], "entrypoint": "spin", "args": [str(rounds)], "selection": AWAY})["id"]
    while True:
        lines = worker.client.ask("GET", f"tasks/{task}/events", Accept="text/event-stream").body.decode().splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("event:")]
        if "decided" in names:
            break
        # A stream also ends when the server does.
        if worker.client.ask("GET", f"tasks/{task}").json["state"] not in UNDECIDED and not worker.soak.outages.overlap(time.monotonic() - 60, time.monotonic()):
            raise Failure(f"the events of {task} end with {names[-1:]}, without an outage")
    told = [name for name in names if name != "waiting"]
    expect("first and last event", (told[0], told[-1], told.count("decided")), ("submitted", "decided", 1))
    expect("whether an attempt began and ended", "attempt-started" in told and "attempt-ended" in told, True)
    expect("what it span", results_of(worker.came_to(worker.decided(task), "completed")), [spun(rounds)])


def other_tenant(worker, rng):
    """What another tenant has is not there."""
    other = rng.choice([tenant for tenant in worker.soak.tenants if tenant != worker.tenant])
    task = worker.book.newest.get(other)
    if not task:
        return
    for method, path in (("GET", ""), ("GET", "/output"), ("GET", "/events"), ("GET", "/explain"), ("GET", "/invocation"), ("GET", "/files"), ("DELETE", "")):
        expect(f"{method} of another's task{path}", worker.client.ask(method, f"tasks/{task}{path}", wanted=(404,)).code, "task-not-found")
    listed = worker.client.ask("GET", "tasks?limit=200").json["items"]
    expect("submitters of the tasks that are listed", {each["submitter"] for each in listed} - {worker.tenant}, set())
    expect("another's statements", worker.client.ask("GET", f"proofs?task={task}").json["items"], [])
    expect("what a tenant may of keys", worker.client.ask("GET", "keys", wanted=(403,)).code, "scope-missing")


def reading(worker, rng):
    """Pages, explanations and traces of a task that is over."""
    request, wanted = addition(worker, rng)
    view = worker.done("reading", request, wait=30)
    expect("sum", results_of(view), [wanted])
    # An audit may be one more.
    expect("whether each attempt is explained", len(worker.client.ask("GET", f"tasks/{view['id']}/explain").json["attempts"]) >= len(view["attempts"]), True)
    trace = worker.client.ask("GET", f"tasks/{view['id']}/trace").json["items"]
    expect("ends of the trace", ("start" in trace[0], "finish" in trace[-1]), (True, True))
    worker.client.ask("GET", f"tasks/{view['id']}/trace/0")
    page = worker.client.ask("GET", "tasks?limit=50").json
    if "next" in page:
        worker.client.ask("GET", f"tasks?limit=50&after={page['next']}")
    worker.client.ask("GET", "modules?limit=200")
    worker.client.ask("GET", "nodes")
    worker.client.ask("GET", f"log/entries?task={view['id']}")


# name: (how often, what).
KINDS = {
    "single": (20, single),
    "repeat": (4, repeated_runs),
    "hashes": (8, hashes),
    "batch": (8, batch),
    "quorum": (12, quorum),
    "spinning": (3, spinning),
    "big output": (8, big_output),
    "flood": (2, flood),
    "files": (5, files),
    "module": (5, module),
    "out of fuel": (5, out_of_fuel),
    "memory bomb": (4, memory_bomb),
    "stack overflow": (3, stack_overflow),
    "time limit": (2, time_limit),
    "trap": (4, trap),
    "holes": (3, holes),
    "cancel": (8, cancel),
    "idempotency": (4, idempotency),
    "events": (4, events),
    "other tenant": (4, other_tenant),
    "reading": (4, reading),
}
