#!/usr/bin/env python3
"""Three times as much as the server can do: what it accepts it completes, the rest it refuses with `Retry-After`, it stays within bounds and keeps saying how it is.

Measures the capacity first, at 64 connections that each wait for their task. Then three times as many connections submit without waiting, for as
long as `--seconds` says, while a process of its own asks `/health/ready` and `/health/live`. Ends with a line of counts; the exit code is 0
only if all checks passed."""

import argparse
import asyncio
import collections
import json
import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

MODULE = b'(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
CAPACITY_CONNECTIONS = 64
OVERLOAD = 3
HEALTH_SECONDS = 0.1
PROBE_EVERY_SECONDS = 0.02
REFUSALS = {429, 503}
# Of the process; beyond that it grows with the load.
MOST_GROWTH_BYTES = 512 << 20


class Connection:
    """One of HTTP/1.1 that stays open; one request after the other."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, request):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while (size := int((await self.reader.readline()).strip(), 16)) > 0:
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split(" ")[1]), headers, body

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None


def request(method, path, body=b"", *headers):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers, "", ""]).encode() + body


def submission(module, number, *headers):
    body = json.dumps({"module": module, "entrypoint": "add", "args": [number % 2**31, 1]}).encode()
    return request("POST", "/api/v1/tasks", body, *headers)


async def submit(port, module, connections, seconds, first, *headers):
    """So many connections, each with one request after the other. Gives the seconds of each answer and what became of it."""
    numbers, answers = iter(range(first, 2**31)), []
    end = time.monotonic() + seconds

    async def run():
        connection = Connection(port)
        while (begin := time.monotonic()) < end:
            status, headers_, body = await connection.ask(submission(module, next(numbers), *headers))
            # A body is kept only as what is needed of it: there are millions.
            said = json.loads(body)
            answers.append((status, headers_.get("retry-after"), said.get("id") or said.get("code"), time.monotonic() - begin))
        connection.close()

    await asyncio.gather(*(run() for _ in range(connections)))
    return answers


def load(port, module, connections, seconds, first, headers, pipe):
    """The load, in a process of its own."""
    pipe.send(asyncio.run(submit(port, module, connections, seconds, first, *headers)))


def probe(port, stop, pipe):
    """How long health takes to answer, on a new connection each, as orchestrators of containers ask. In a process of its own."""
    os.nice(-5) if os.geteuid() == 0 else None
    taken = []

    async def run():
        while not stop.is_set():
            for path in ("/health/ready", "/health/live"):
                begin = time.monotonic()
                connection = Connection(port)
                status, _, body = await connection.ask(request("GET", path))
                connection.close()
                taken.append((path, status, time.monotonic() - begin, body[:80].decode(errors="replace")))
            await asyncio.sleep(PROBE_EVERY_SECONDS)

    asyncio.run(run())
    pipe.send(taken)


def in_process(what, *arguments):
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=what, args=(*arguments, theirs), daemon=True)
    process.start()
    return process, mine


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Server:
    def __init__(self, dll, directory):
        self.log = open(directory / "server.log", "wb")
        self.process = subprocess.Popen(
            ["dotnet", os.path.abspath(dll), "--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", directory / "data", "--Sandbox:MemoryBytes", str(16 << 20)],
            cwd=directory, stdout=self.log, stderr=self.log)
        self.port = self.wait(directory / "server.log")

    def wait(self, log):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in log.read_text(errors="replace").splitlines():
                if "Now listening on: " in line:
                    return int(line.rsplit(":", 1)[1].strip('"/ '))
            time.sleep(0.05)
        raise SystemExit(f"the server did not start:\n{log.read_text(errors='replace')}")

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read()

    def post(self, path, body, kind):
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": kind})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    def rss(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.log.close()
        return code


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, what, holds, facts):
        print(f"{'ok' if holds else 'FAILED'} {what}: {facts}", flush=True)
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)


def overload(server, module, capacity_seconds, seconds, checks):
    process, pipe = in_process(load, server.port, module, CAPACITY_CONNECTIONS, capacity_seconds, 0, ["Prefer: wait=60"])
    decided = pipe.recv()
    process.join()
    capacity = sum(status == 200 for status, *_ in decided) / capacity_seconds
    latencies = [taken for *_, taken in decided]
    print(f"capacity: {capacity:.0f} tasks a second at {CAPACITY_CONNECTIONS} connections, p50 {percentile(latencies, 0.5) * 1e3:.0f} ms, p99 {percentile(latencies, 0.99) * 1e3:.0f} ms", flush=True)

    stop = multiprocessing.Event()
    prober, health = in_process(probe, server.port, stop)
    start = server.rss()
    samples = [start]
    process, pipe = in_process(load, server.port, module, OVERLOAD * CAPACITY_CONNECTIONS, seconds, 1 << 30, [])
    while not pipe.poll(0.2):
        samples.append(server.rss())
    answers = pipe.recv()
    process.join()
    stop.set()
    probes = health.recv()
    prober.join()

    accepted = [id for status, _, id, _ in answers if status == 202]
    statuses = collections.Counter(status for status, *_ in answers)
    refusals = collections.Counter(code for status, _, code, _ in answers if status in REFUSALS)
    waits = [retry for status, retry, *_ in answers if status in REFUSALS]
    print(f"load: {len(answers)} requests in {seconds} s ({len(answers) / seconds:.0f}/s): {dict(statuses)}, refused as {dict(refusals)}, accepted {len(accepted) / seconds:.0f}/s", flush=True)
    checks.check("more came than the server can do", len(answers) > OVERLOAD * capacity * seconds, f"{len(answers) / seconds:.0f}/s to {capacity:.0f}/s")
    checks.check("all else is refused with 429 or 503", set(statuses) <= {200, 202} | REFUSALS and waits, dict(statuses))
    checks.check("every refusal says when to come back", all(wait is not None and 1 <= int(wait) <= 3600 for wait in waits), dict(collections.Counter(waits).most_common(8)))

    begin = time.monotonic()
    while (stats := json.loads(server.get("/api/v1/stats")))["tasks"]["completed"] < len(decided) + len(accepted) and time.monotonic() < begin + 300:
        time.sleep(0.2)
    tasks = stats["tasks"]
    checks.check(
        "what was accepted is completed",
        tasks["completed"] == len(decided) + len(accepted) == len(decided) + len(set(accepted)) and tasks["queued"] == tasks["running"] == 0,
        f"{len(accepted)} accepted, {tasks}, {time.monotonic() - begin:.0f} s after the load")
    end = server.rss()
    checks.check(
        "memory stays within bounds", max(samples) - start < MOST_GROWTH_BYTES,
        f"{start >> 20} MiB at the start, {max(samples) >> 20} at most, {end >> 20} at the end")
    for path in ("/health/ready", "/health/live"):
        taken = [seconds_ for asked, _, seconds_, _ in probes if asked == path]
        checks.check(
            f"{path} answers within {HEALTH_SECONDS * 1e3:.0f} ms", percentile(taken, 0.99) <= HEALTH_SECONDS,
            f"p50 {percentile(taken, 0.5) * 1e3:.1f} ms, p99 {percentile(taken, 0.99) * 1e3:.1f} ms, {max(taken) * 1e3:.1f} ms at most, of {len(taken)}")
    wrong = collections.Counter((path, status, body) for path, status, _, body in probes if status != 200)
    checks.check("health was always good", not wrong, dict(wrong) or f"{len(probes)} answers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="Ailee.Vcp.Server.dll")
    parser.add_argument("--seconds", type=float, default=60, help="how long the load lasts")
    parser.add_argument("--capacity-seconds", type=float, default=10, help="how long the capacity is measured")
    arguments = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="vcp-overload-") as directory:
        server = Server(arguments.server, pathlib.Path(directory))
        try:
            module = server.post("/api/v1/modules", MODULE, "text/wat")["digest"]
            overload(server, module, arguments.capacity_seconds, arguments.seconds, checks)
        finally:
            code = server.stop()
        checks.check("the server stops in good order", code == 0, f"exit code {code}")
    print(f"{checks.passed} overload checks passed, {checks.failed} failed")
    return 0 if checks.passed and not checks.failed else 1


if __name__ == "__main__":
    sys.exit(main())
