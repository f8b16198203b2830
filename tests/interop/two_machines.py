#!/usr/bin/env python3
"""Follows the README's "More nodes" word for word on machines of their own, and checks what comes of it where there is no network.

    two_machines.py [--clone DIR]

The machines are network namespaces with an address each, which takes root; they share a fresh clone's files and nothing else. `--clone` is a clone
that is built already.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from isolation import INSIDE, isolate
from readme_steps import Shell, blocks, differs, steps

ROOT = pathlib.Path(__file__).resolve().parents[2]
MACHINES = {"server": "10.0.0.1", "ann": "10.0.0.2", "bob": "10.0.0.3"}
NOWHERE = "nowhere"
START_SECONDS = 300
ENDLESS = "vcp node run"
STATE = "/home/ann/.local/state"
TOKEN = re.compile(r"vcpj_\S+")


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def build_network():
    ip("link", "add", "switch", "type", "bridge")
    ip("link", "set", "switch", "up")
    for name, address in MACHINES.items():
        ip("netns", "add", name)
        ip("link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", f"to-{name}", "master", "switch", "up")
        ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", name, "link", "set", device, "up")
    # Not even its loopback is up.
    ip("netns", "add", NOWHERE)


class Machine:
    """One with a shell, or a second shell of one."""

    def __init__(self, name, clone, home):
        home.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VCP_")}
        self.name, self.home = name, home
        self.shell = Shell(clone, environment | {"XDG_STATE_HOME": str(home), "MSBUILDDISABLENODEREUSE": "1"}, ("ip", "netns", "exec", name))
        self.count, self.failures = 0, 0

    def follow(self, block, token=None):
        """The lines that were printed. The README shows what ann sees, with her token."""
        lines = []
        for command, expected in block:
            literal = TOKEN.sub(token or "", command)
            if command.endswith(ENDLESS):
                printed = self.shell.start(literal, lambda lines: len(lines) >= len(expected), START_SECONDS)
            else:
                printed = self.shell.run(literal)
            wanted = [self.translate(line) for line in expected]
            self.count, self.failures = self.count + 1, self.failures + differs(command, printed, wanted)
            lines += printed
        return lines

    def translate(self, line):
        """What the README shows of ann's machine, for this one."""
        line = line.replace(STATE, str(self.home))
        return line.replace("attic", "cellar").replace("owner    ann", "owner    bob") if self.name == "bob" else line

    def listen(self, command):
        """Starts the service, and waits until it is there."""
        there = f"Now listening on: {re.search(r'http://[^ ]+', command).group()}"
        printed = self.shell.start(command, lambda lines: any(there in line for line in lines), START_SECONDS)
        if not any(there in line for line in printed):
            sys.exit("The service did not start:\n" + "\n".join(printed))


def follow_readme(clone, homes):
    readme = (clone / "README.md").read_text()
    section = lambda marker: [step for block in blocks(readme, marker) for step in steps(block)]
    tools = steps(blocks(readme, "tour")[0])
    server, operator, ann, bob, nowhere = (
        Machine(name, clone, homes / name) for name in ("server", "server", "ann", "bob", NOWHERE))
    server.listen(blocks(readme, "server")[0].strip())
    for machine in (operator, ann, bob, nowhere):
        machine.follow(tools)
    tokens = TOKEN.findall("\n".join(operator.follow(section("tokens"))))
    for machine, token in zip((ann, bob), tokens, strict=True):
        machine.follow(section("node"), token)
    operator.follow(section("together"))
    nowhere.follow(section("anywhere"))
    return [operator, ann, bob, nowhere]


def build(clone):
    """While there is a network; what the README says about it is done again, and then there is nothing left to do."""
    if not clone.exists():
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    for project in ("Server", "Cli"):
        subprocess.run(["dotnet", "build", f"src/Ailee.Vcp.{project}", "-c", "Release", "-v", "quiet", "--nologo"], cwd=clone, check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clone", type=pathlib.Path, help="one that is built already, without data")
    clone = parser.parse_args().clone
    if INSIDE not in os.environ and clone is None:
        with tempfile.TemporaryDirectory() as directory:
            build(pathlib.Path(directory) / "clone")
            sys.exit(subprocess.run([sys.executable, __file__, "--clone", pathlib.Path(directory) / "clone"]).returncode)
    isolate()
    if INSIDE not in os.environ:
        sys.exit("It takes root and /dev/net/tun to make networks.")
    build_network()
    with tempfile.TemporaryDirectory() as homes:
        machines = follow_readme(clone.resolve(), pathlib.Path(homes))
    count, failures = sum(each.count for each in machines), sum(each.failures for each in machines)
    print(f"{count} steps on machines of their own, {failures} differ")
    sys.exit(1 if failures or count == 0 else 0)


main()
