#!/usr/bin/env python3
"""Follows the README word for word in a fresh clone: command 1, then every line of the tour, comparing what it prints.

    readme_check.py [--clone DIR]

`--clone` is where the clone is to be; it is left there, built and without data, for `two_machines.py`.
"""

import argparse
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from readme_steps import Shell, blocks, differs, steps

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT = "http://127.0.0.1:8080"
START_SECONDS = 420


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
    shell = Shell(clone, dict(os.environ, VCP_SERVER=address))
    tour = [step for block in blocks(readme, "tour") for step in steps(block)]
    failures = sum(differs(command, shell.run(command.replace(DEFAULT, address)), expected) for command, expected in tour)
    shell.close()
    return len(tour), failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clone", type=pathlib.Path)
    kept = parser.parse_args().clone
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as directory:
        clone = kept.resolve() if kept else pathlib.Path(directory) / "clone"
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
            shutil.rmtree(clone / "data", ignore_errors=True)
        print(f"{count} steps of the tour, {failures} differ")
        sys.exit(1 if failures or count == 0 else 0)


main()
