#!/usr/bin/env python3
"""Three times as much as the server can do: what it accepts it completes, the rest it refuses with `Retry-After`, it stays within bounds and keeps saying how it is.

Measures the capacity first, at 64 connections that each wait for their task. Then three times as many connections submit without waiting, for as
long as `--seconds` says, while a process of its own asks `/health/ready` and `/health/live`. Ends with a line of counts; the exit code is 0
only if all checks passed. With `--wrk` the load is wrk's, which counts answers alone."""

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
PROBE_EVERY_SECONDS = 0.02
REFUSALS = {429, 503}
# Of the process; beyond that it grows with the load.
MOST_GROWTH_BYTES = 512 << 20
# What wrk does with each answer. Its threads share nothing, so each counts, and the end adds up.
WRK = """
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init() said = {}; number = 0 end
function request()
  number = number + 1
  return wrk.format("POST", "/api/v1/tasks", {["Content-Type"] = "application/json"}, '{"module":"MODULE","entrypoint":"add","args":[' .. number .. ',1]}')
end
local function count(name) said[name] = (said[name] or 0) + 1; list = "" for key, value in pairs(said) do list = list .. key .. "=" .. value .. " " end end
function response(status, headers, body)
  count("status:" .. status)
  if status == 429 or status == 503 then
    count("wait:" .. (headers["Retry-After"] or "none"))
    count("code:" .. (body:match('"code":"([^"]+)"') or "none"))
  end
end
function done(summary)
  for _, thread in ipairs(threads) do print("SAID " .. (thread:get("list") or "")) end
  local lost = summary.errors
  print("LOST " .. (lost.connect + lost.read + lost.write + lost.timeout))
end
"""


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


def said(answers):
    """What became of requests, counted, and the ids of those that were accepted."""
    refused = [answer for answer in answers if answer[0] in REFUSALS]
    return {
        "status": collections.Counter(status for status, *_ in answers),
        "code": collections.Counter(code for _, _, code, _ in refused),
        "wait": collections.Counter(wait or "none" for _, wait, *_ in refused),
        "ids": {id for status, _, id, _ in answers if status in (200, 202)},
        "seconds": [seconds for *_, seconds in answers],
    }


def load(port, module, connections, seconds, first, headers, pipe):
    """The load, in a process of its own."""
    pipe.send(said(asyncio.run(submit(port, module, connections, seconds, first, *headers))))


def wrk(port, module, connections, seconds, directory, pipe):
    """The load as wrk makes it. It drops what is under way at the end, so it hears of fewer than were accepted."""
    script = pathlib.Path(directory) / "load.lua"
    script.write_text(WRK.replace("MODULE", module))
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(script), f"http://127.0.0.1:{port}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counts = {"status": collections.Counter(), "code": collections.Counter(), "wait": collections.Counter(), "ids": None}
    for line in output.splitlines():
        for part in line.split()[1:] if line.startswith("SAID ") else []:
            kind, _, rest = part.partition(":")
            name, _, count = rest.rpartition("=")
            counts[kind][int(name) if kind == "status" else name] += int(count)
    print(f"wrk lost {output.split('LOST ')[1].split()[0]} answers", flush=True)
    pipe.send(counts)


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
    def __init__(self, dll, directory, queue):
        self.log = open(directory / "server.log", "wb")
        self.process = subprocess.Popen(
            ["dotnet", os.path.abspath(dll), "--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", directory / "data", "--Sandbox:MemoryBytes", str(16 << 20),
             "--Tasks:QueueCapacity", str(queue)],
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


def overload(server, module, arguments, directory, checks):
    process, pipe = in_process(load, server.port, module, CAPACITY_CONNECTIONS, arguments.capacity_seconds, 0, ["Prefer: wait=60"])
    decided = pipe.recv()
    process.join()
    capacity = decided["status"][200] / arguments.capacity_seconds
    print(f"capacity: {capacity:.0f} tasks a second at {CAPACITY_CONNECTIONS} connections, p50 {percentile(decided['seconds'], 0.5) * 1e3:.0f} ms, p99 {percentile(decided['seconds'], 0.99) * 1e3:.0f} ms", flush=True)
    before = len(decided["ids"])

    stop = multiprocessing.Event()
    prober, health = in_process(probe, server.port, stop)
    start = server.rss()
    samples, seconds, connections = [start], arguments.seconds, OVERLOAD * CAPACITY_CONNECTIONS
    process, pipe = in_process(*((wrk, server.port, module, connections, seconds, directory) if arguments.wrk else (load, server.port, module, connections, seconds, 1 << 30, [])))
    while not pipe.poll(0.2):
        samples.append(server.rss())
    answers = pipe.recv()
    process.join()
    stop.set()
    probes = health.recv()
    prober.join()

    statuses, waits, total = answers["status"], answers["wait"], answers["status"].total()
    accepted = statuses[200] + statuses[202]
    print(f"load: {total} requests in {seconds} s ({total / seconds:.0f}/s): {dict(statuses)}, refused as {dict(answers['code'])}, accepted {accepted / seconds:.0f}/s", flush=True)
    checks.check("three times as much came as the server can do", total >= OVERLOAD * capacity * seconds, f"{total / seconds:.0f}/s to {capacity:.0f}/s")
    checks.check("all else is refused with 429 or 503", set(statuses) <= {200, 202} | REFUSALS and waits, dict(statuses))
    checks.check("every refusal says when to come back", waits and all(wait.isdigit() and 1 <= int(wait) <= 3600 for wait in waits), dict(waits.most_common(8)))

    begin = time.monotonic()
    # What was refused is not there, and what wrk did not hear of may be.
    unheard = connections if arguments.wrk else 0
    while True:
        tasks = json.loads(server.get("/api/v1/stats"))["tasks"]
        if tasks["queued"] == tasks["running"] == tasks["verifying"] == 0 or time.monotonic() > begin + 300:
            break
        time.sleep(0.2)
    checks.check(
        "what was accepted is completed",
        before + accepted <= tasks["completed"] <= before + accepted + unheard and sum(tasks.values()) == tasks["completed"] and (arguments.wrk or len(answers["ids"]) == accepted),
        f"{before} and {accepted} accepted, {tasks}, {time.monotonic() - begin:.0f} s after the load")
    end = server.rss()
    checks.check(
        "memory stays within bounds", max(samples) - start < MOST_GROWTH_BYTES,
        f"{start >> 20} MiB at the start, {max(samples) >> 20} at most, {end >> 20} at the end")
    for path in ("/health/ready", "/health/live"):
        taken = [seconds_ for asked, _, seconds_, _ in probes if asked == path]
        checks.check(
            f"{path} answers within {arguments.health_ms} ms", percentile(taken, 0.99) * 1e3 <= arguments.health_ms,
            f"p50 {percentile(taken, 0.5) * 1e3:.1f} ms, p99 {percentile(taken, 0.99) * 1e3:.1f} ms, {max(taken) * 1e3:.1f} ms at most, of {len(taken)}")
    wrong = collections.Counter((path, status, body) for path, status, _, body in probes if status != 200)
    checks.check("health was always good", probes and not wrong, dict(wrong) or f"{len(probes)} answers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="Ailee.Vcp.Server.dll")
    parser.add_argument("--seconds", type=float, default=60, help="how long the load lasts")
    parser.add_argument("--capacity-seconds", type=float, default=10, help="how long the capacity is measured")
    parser.add_argument("--health-ms", type=int, default=100, help="what the 99th percentile of the answers about health may take")
    parser.add_argument("--wrk", action="store_true", help="have wrk make the load")
    arguments = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="vcp-overload-") as directory:
        # A short load must fill it too.
        server = Server(arguments.server, pathlib.Path(directory), min(10_000, int(arguments.seconds * 150)))
        try:
            module = server.post("/api/v1/modules", MODULE, "text/wat")["digest"]
            overload(server, module, arguments, directory, checks)
        finally:
            code = server.stop()
        checks.check("the server stops in good order", code == 0, f"exit code {code}")
    print(f"{checks.passed} overload checks passed, {checks.failed} failed")
    return 0 if checks.passed and not checks.failed else 1


if __name__ == "__main__":
    sys.exit(main())
