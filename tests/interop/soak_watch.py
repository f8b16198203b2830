"""What the soak's processes hold: memory, handles, threads, mappings and files, and whether it grows with the tasks."""

import collections
import math
import os
import pathlib
import re
import socket
import struct
import threading

from mesh_programs import until

# Of Microsoft-Windows-DotNETRuntime: who listens to this has everything collected that is not referenced.
GC_HEAP_COLLECT, INFORMATIONAL = 0x800000, 4
EVENT_PIPE, STOP_TRACING, COLLECT_TRACING_2 = 2, 1, 3
MIB = 1 << 20


def process(pid):
    """What the kernel counts of a process."""
    place = pathlib.Path(f"/proc/{pid}")
    said = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line)
    return {
        "rss": int(said["VmRSS"].split()[0]) * 1024,
        "threads": int(said["Threads"]),
        "handles": len(os.listdir(place / "fd")),
        "mappings": (place / "maps").read_text().count("\n"),
    }


def files_in(directory):
    """How many files are below it, and their bytes. What goes meanwhile does not count."""
    count, size = 0, 0
    for place, _, names in os.walk(directory):
        for name in names:
            try:
                size, count = size + os.lstat(os.path.join(place, name)).st_size, count + 1
            except FileNotFoundError:
                pass
    return count, size


def metrics(text):
    """Values by name and labels, as they stand in the text."""
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in lines}


# Full collections, by the runtime's diagnostic port (github.com/dotnet/diagnostics, documentation/design-docs/ipc-protocol.md)


def diagnostic_port(directory, pid):
    (path,) = [path for path in pathlib.Path(directory).glob(f"dotnet-diagnostic-{pid}-*-socket")]
    port = socket.socket(socket.AF_UNIX)
    port.settimeout(20)
    port.connect(str(path))
    return port


def message(command, payload):
    return b"DOTNET_IPC_V1\0" + struct.pack("<HBBH", 20 + len(payload), EVENT_PIPE, command, 0) + payload


def text(value):
    return struct.pack("<I", len(value) + 1) + (value + "\0").encode("utf-16-le")


def read(port, count):
    data = b""
    while len(data) < count:
        part = port.recv(count - len(data))
        if not part:
            raise AssertionError("the runtime closed its diagnostic port")
        data += part
    return data


def collect(directory, pid, isDone):
    """Has the process collect all garbage, and waits until it says that it did."""
    with diagnostic_port(directory, pid) as events:
        provider = struct.pack("<QI", GC_HEAP_COLLECT, INFORMATIONAL) + text("Microsoft-Windows-DotNETRuntime") + text("")
        events.sendall(message(COLLECT_TRACING_2, struct.pack("<II?I", 1, 1, False, 1) + provider))
        answer = read(events, 28)
        if answer[16] != 0xFF or answer[17] != 0:
            raise AssertionError(f"the runtime does not trace: {answer.hex()}")
        reader = threading.Thread(target=drain, args=(events,), daemon=True)
        reader.start()
        until("the garbage is collected", isDone)
        with diagnostic_port(directory, pid) as stop:
            stop.sendall(message(STOP_TRACING, answer[20:28]))
            read(stop, 28)
        reader.join(20)


def drain(port):
    try:
        while port.recv(65536):
            pass
    except OSError:
        pass


# Trends


class Fit:
    """The straight line through points, by least squares; None of them may be missing."""

    def __init__(self, points):
        count = len(points)
        middle_x, middle_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
        spread = sum((x - middle_x) ** 2 for x, _ in points)
        self.slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
        rest = sum((y - middle_y - self.slope * (x - middle_x)) ** 2 for x, y in points)
        self.error = math.sqrt(rest / max(1, count - 2) / spread)

    @property
    def least(self):
        """What the slope is at least, unless the points are one in forty."""
        return self.slope - 2 * self.error


# As the server writes them, as agents do, and as the runtime does when it ends a program.
ERROR = r"(?m)^(?:\[\d\d:\d\d:\d\d (?:ERR|FTL)\] |\S+ \S+Z (?:error|CRITICAL) |(?:Unhandled exception|Fatal error)).*$"
WARNING = r"(?m)^(?:\[\d\d:\d\d:\d\d WRN\] |\S+ \S+Z warning )(.*)$"


def lines_in(log):
    """Lines of level Error and worse, and how often was warned, by what was said without its numbers."""
    said = log.read_text(errors="replace")
    warnings = (re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{43}|\d+", "#", line)[:120] for line in re.findall(WARNING, said))
    return [found[0] for found in re.finditer(ERROR, said)], collections.Counter(warnings)
