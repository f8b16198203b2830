#!/usr/bin/env python3
"""Follows the README word for word in a fresh clone: command 1, then every line of the tour, comparing what it prints.

Ids, keys, times and digests of one run are compared by their shape; everything else must be equal.
"""

import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT = "http://127.0.0.1:8080"
START_SECONDS = 420


def blocks(readme, marker):
    """The fenced blocks that follow the marker, without the fences."""
    return re.findall(rf"<!-- {marker} -->\n```\w+\n(.*?)```", readme, re.S)


def steps(block):
    """Pairs of a command and the output that should follow it."""
    pairs = []
    for line in block.splitlines():
        if line.startswith("$ "):
            pairs.append((line[2:], []))
        else:
            pairs[-1][1].append(line)
    return pairs


def shape(line):
    line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "<time>", line)
    line = re.sub(r"(?<![\w-])[\w-]{43}(?![\w-])", "<key>", line)
    line = re.sub(r"root sha256:[0-9a-f]{64}", "root <digest>", line)
    return line.rstrip()


def wait_for_address(server):
    deadline = time.monotonic() + START_SECONDS
    seen = ""
    while time.monotonic() < deadline and server.poll() is None:
        if select.select([server.stdout], [], [], 1)[0]:
            seen += os.read(server.stdout.fileno(), 65536).decode(errors="replace")
            if found := re.search(r"Now listening on: (http://\S+)", seen):
                return found.group(1)
    sys.exit(f"The service did not start:\n{seen}")


def run_tour(readme, clone, address):
    environment = dict(os.environ, VCP_SERVER=address)
    shell = subprocess.Popen(
        ["bash"], cwd=clone, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    failures = 0
    count = 0
    for command, expected in (step for block in blocks(readme, "tour") for step in steps(block)):
        count += 1
        # Commands must not eat the lines that follow them; the shell reads those from its own stdin.
        shell.stdin.write(f"{{ {command.replace(DEFAULT, address)}\n}} < /dev/null\n")
        shell.stdin.write("echo; echo '<<done>>'\n")
        shell.stdin.flush()
        printed = []
        for line in shell.stdout:
            if line.rstrip("\n") == "<<done>>":
                break
            printed.append(line.rstrip("\n"))
        printed = printed[:-1] if printed and printed[-1] == "" else printed
        if [shape(line) for line in printed] != [shape(line) for line in expected]:
            failures += 1
            print(f"$ {command}\n  expected: {expected}\n  printed:  {printed}")
    shell.stdin.close()
    shell.wait()
    return count, failures


def main():
    with tempfile.TemporaryDirectory() as directory:
        clone = pathlib.Path(directory) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        readme = (clone / "README.md").read_text()
        server = subprocess.Popen(
            ["bash", "-c", blocks(readme, "command 1")[0]], cwd=clone, start_new_session=True,
            env=dict(os.environ, ASPNETCORE_URLS="http://127.0.0.1:0"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            count, failures = run_tour(readme, clone, wait_for_address(server))
            failures += not (clone / "data" / "vcp.db").exists()
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
        print(f"{count} steps of the tour, {failures} differ")
        sys.exit(1 if failures or count == 0 else 0)


main()
