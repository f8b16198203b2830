"""Calls between agents and the server that get lost, come twice, late or in another order, or are answered by somebody else."""

import concurrent.futures
import random
import threading
import time

from fault_kills import proxied_mesh
from fault_proxy import KINDS, FaultProxy, pass_on
from fault_work import FaultMesh, Work, check
from mesh_programs import OWNERS, Place, until

LATEST_SECONDS = 0.7
PORTAL_SECONDS = 6
PAGE = b"<html><title>Welcome to the harbour's wireless network</title></html>"
STRANGE_ANSWERS = [b"HTTP/1.1 200 OK", b"HTTP/1.1 502 Bad Gateway", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 204 No Content"]


def mesh_behind(programs, handler):
    """A mesh whose agents' calls go through `handler(proxy)` from the first on, their enrolment included."""
    mesh = FaultMesh(programs)
    mesh.start_server()
    proxies = {owner: FaultProxy(mesh.port) for owner in OWNERS}
    for proxy in proxies.values():
        proxy.handle = handler(proxy)
    mesh.join_all({owner: Place(url=proxy.url) for owner, proxy in proxies.items()})
    return mesh, proxies


def do_all_calls(mesh, proxies, kinds=frozenset(KINDS.values())):
    work = Work(mesh)
    work.all_kinds()
    work.look_all()
    # Of each agent by itself some are needless, such as an output that another gave.
    for kind in kinds:
        until(f"the call '{kind}' was made", lambda: any(kind in proxy.seen for proxy in proxies.values()))
    return work


def lost_answers(programs):
    """The server does what is asked, and nobody hears of it: once for each call and agent, and halfway through the answer another time."""
    def handler(proxy):
        def handle(call):
            answer, isFirst = call.ask(), proxy.first(call.kind)
            if not isFirst:
                call.answer(answer[: len(answer) // 2] if proxy.seen[call.kind] == 3 and call.kind != "other" else answer)
        return handle

    mesh, proxies = mesh_behind(programs, handler)
    work = do_all_calls(mesh, proxies)
    return f"{len(KINDS)} calls, {check(work)}"


def lost_requests(programs):
    def handler(proxy):
        def handle(call):
            if not proxy.first(call.kind):
                pass_on(call)
        return handle

    mesh, proxies = mesh_behind(programs, handler)
    work = do_all_calls(mesh, proxies)
    return f"{len(KINDS)} calls, {check(work)}"


def twice(programs):
    """Every call comes twice, one after the other or at once. The agent hears the one answer or the other."""
    def handler(proxy):
        def handle(call):
            proxy.first(call.kind)
            turn = proxy.seen[call.kind] % 4
            # What the server holds back takes too long twice.
            if turn < 2 and call.kind != "leases":
                answers = [call.ask(), call.ask()]
            else:
                with concurrent.futures.ThreadPoolExecutor(2) as pool:
                    answers = [each.result() for each in [pool.submit(call.ask), pool.submit(call.ask)]]
            call.answer(answers[turn % 2])
        return handle

    mesh, proxies = mesh_behind(programs, handler)
    # The agent may not hear of the one heartbeat's answer in which a probe is asked for.
    work = do_all_calls(mesh, proxies, set(KINDS.values()) - {"probe"})
    return check(work)


def reordered(programs):
    """Calls and answers are under way for a time by chance, so they overtake each other."""
    def handler(proxy):
        chance, lock = random.Random(proxy.url), threading.Lock()

        def wait():
            with lock:
                seconds = chance.random() * LATEST_SECONDS
            time.sleep(seconds)

        def handle(call):
            proxy.first(call.kind)
            wait()
            answer = call.ask()
            wait()
            call.answer(answer)
        return handle

    mesh, proxies = mesh_behind(programs, handler)
    work = do_all_calls(mesh, proxies)
    return check(work)


def stale(programs):
    """What an agent sent to the server comes again later: all of it, after the task is decided."""
    said, lock = [], threading.Lock()

    def handler(proxy):
        def handle(call):
            proxy.first(call.kind)
            with lock:
                said.append(call)
            pass_on(call)
        return handle

    mesh, proxies = mesh_behind(programs, handler)
    work = do_all_calls(mesh, proxies)
    calls = [call for call in said if call.kind != "leases"]
    for call in reversed(calls):
        call.repeat()
    work.look(work.spin(1000))
    until("all are online", mesh.all_online)
    return f"{len(calls)} calls again, {check(work)}"


def strangers(programs):
    """For a while all calls are answered by somebody else, such as the portal of a wireless network."""
    mesh, proxies = proxied_mesh(programs)
    work = Work(mesh)
    work.all_kinds()

    def handle(call):
        start = STRANGE_ANSWERS[hash(call.request) % len(STRANGE_ANSWERS)]
        page = b"" if b"204" in start else PAGE
        call.answer(start + b"\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(page) + page)

    for proxy in proxies.values():
        proxy.handle = handle
    work.all_kinds()
    time.sleep(PORTAL_SECONDS)
    for proxy in proxies.values():
        proxy.handle = pass_on
    until("all are online", mesh.all_online, 120)
    work.look_all()
    return check(work)


SCENARIOS = {
    "lost-answers": lost_answers,
    "lost-requests": lost_requests,
    "twice": twice,
    "reordered": reordered,
    "stale": stale,
    "strangers": strangers,
}
