"""Takes the commands of the README, gives them to a shell as they stand, and compares what it prints.

Ids, keys, times and digests of one run are compared by their shape; everything else must be equal.
"""

import os
import re
import select
import subprocess
import time

DONE = "<<done>>"


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
    line = re.sub(r"vcpj_[\w-]+", "<token>", line)
    line = re.sub(r"(?<![\w-])[\w-]{43}(?=\+[0-9a-f]{8}\+\S{44}$)\S+", "<log key>", line)
    line = re.sub(r"(?<![\w-])[\w-]{43}(?![\w-])", "<key>", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "<time>", line)
    # Two are enough; the third may be as quick.
    line = re.sub(r"\b[23] (nodes agreed|owners\b)", r"<two or three> \1", line)
    line = re.sub(r"needed: of (operator|ann|bob)(, (?!\1)(operator|ann|bob)){1,2}\.$", "needed: <owners>.", line)
    line = re.sub(r"root sha256:[0-9a-f]{64}", "root <digest>", line)
    return line.rstrip()


def differs(command, printed, expected):
    """Tells of a difference, and whether there is one."""
    if [shape(line) for line in printed] == [shape(line) for line in expected]:
        return False
    print(f"$ {command}\n  expected: {expected}\n  printed:  {printed}", flush=True)
    return True


class Shell:
    """A shell that takes one command after the other. `place` is a command that runs it elsewhere."""

    def __init__(self, directory, environment, place=()):
        self.process = subprocess.Popen(
            [*place, "bash"], cwd=directory, env=environment, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command):
        """The lines that it prints."""
        # Commands must not eat the lines that follow them; the shell reads those from its own stdin.
        self._write(f"{{ {command}\n}} < /dev/null\necho; echo '{DONE}'\n")
        printed = []
        for line in self.process.stdout:
            if line.rstrip("\n") == DONE:
                break
            printed.append(line.rstrip("\n"))
        return printed[:-1] if printed and printed[-1] == "" else printed

    def start(self, command, is_enough, seconds):
        """The lines of a command that does not end, up to now: until they are enough, or the time is over."""
        self._write(f"{{ {command}\n}} < /dev/null\n")
        printed, deadline, output = b"", time.monotonic() + seconds, self.process.stdout.fileno()
        while not is_enough(printed.decode(errors="replace").splitlines()) and select.select([output], [], [], max(0, deadline - time.monotonic()))[0] and (part := os.read(output, 65536)):
            printed += part
        return printed.decode(errors="replace").splitlines()

    def _write(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
