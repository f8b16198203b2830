"""Network namespaces, and links between them on which packets get lost.

A link is a pair of TUN devices whose packets pass through this program. So it loses, delays, reorders and repeats single packets, and is cut in one
direction, also where the kernel has no `netem`.
"""

import contextlib
import fcntl
import heapq
import os
import random
import struct
import subprocess
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
PACKET_BYTES = 65536
# What a slow link holds back before it drops: half a second, as an ordinary router does.
QUEUE_SECONDS = 0.5
DOWN_SECONDS = 0.05


def ip(*arguments):
    subprocess.run(["ip", *(str(each) for each in arguments)], check=True)


def add_namespace(name):
    ip("netns", "add", name)
    ip("-n", name, "link", "set", "lo", "up")


class Way:
    """One direction of a link. Its conditions may be changed at any time."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.cut, self.loss, self.repeat, self.delay, self.jitter, self.bytes_per_second = False, 0.0, 0.0, 0.0, 0.0, None
        self.passed, self.dropped = 0, 0
        self._random, self._free, self._number = random.Random(1), 0.0, 0
        self._waiting, self._changed = [], threading.Condition()
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True).start()

    def _read(self):
        while True:
            try:
                packet = os.read(self.source, PACKET_BYTES)
            except OSError:
                # The device is down.
                time.sleep(DOWN_SECONDS)
                continue
            now = time.monotonic()
            if self.cut or self._random.random() < self.loss or (self.bytes_per_second and self._free - now > QUEUE_SECONDS):
                self.dropped += 1
                continue
            self.passed += 1
            if self.bytes_per_second:
                self._free = max(self._free, now) + len(packet) / self.bytes_per_second
            for _ in range(2 if self._random.random() < self.repeat else 1):
                self._push(max(self._free, now) + self.delay + self._random.random() * self.jitter, packet)

    def _push(self, due, packet):
        with self._changed:
            self._number += 1
            heapq.heappush(self._waiting, (due, self._number, packet))
            self._changed.notify()

    def _write(self):
        while True:
            with self._changed:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    self._changed.wait(self._waiting[0][0] - time.monotonic() if self._waiting else None)
                packet = heapq.heappop(self._waiting)[2]
            # What was under way when the link was cut is lost too.
            if not self.cut:
                with contextlib.suppress(OSError):
                    os.write(self.target, packet)


class Link:
    """Joins this network namespace, which is the server's, to another. Numbers, from 1 on, make the addresses."""

    def __init__(self, number, namespace):
        self.here, self.there = f"10.77.{number}.1", f"10.77.{number}.2"
        ends = [self._device(f"vcp{number}{end}") for end in "ab"]
        ip("link", "set", f"vcp{number}b", "netns", namespace)
        for where, device, own, other in (((), f"vcp{number}a", self.here, self.there), (("-n", namespace), f"vcp{number}b", self.there, self.here)):
            ip(*where, "address", "add", own, "peer", other, "dev", device)
            ip(*where, "link", "set", device, "up")
        self.out, self.back = Way(*ends), Way(*reversed(ends))

    @staticmethod
    def _device(name):
        end = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
        return end

    def set(self, **conditions):
        """For both directions."""
        for way in (self.out, self.back):
            vars(way).update(conditions)
