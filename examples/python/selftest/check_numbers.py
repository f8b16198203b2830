"""Integers, floats, decimals, and the structures of the standard library."""

import array
import bisect
import cmath
import dataclasses
import decimal
import enum
import fractions
import heapq
import itertools
import math
import statistics
import struct
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

assert pow(3, 1000, 10**9 + 7) == 56888193 and math.isqrt(10**40) == 10**20 and math.comb(50, 25) == 126410606437752
print("2**400 =", 2**400)

with decimal.localcontext() as context:
    context.prec = 50
    root = decimal.Decimal(2).sqrt()
    print("sqrt(2) =", root)
    assert abs(root * root - 2) < decimal.Decimal("1e-48")
assert decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")
assert decimal.Decimal("2.675").quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_EVEN) == decimal.Decimal("2.68")
assert sum(fractions.Fraction(1, n) for n in range(1, 11)) == fractions.Fraction(7381, 2520)

# The last bits of these come from the C library in the module, so they too are the same on every machine.
print("float:", repr(math.sin(1e6)), repr(math.exp(1.5)), repr(math.gamma(4.7)), repr(cmath.exp(1 + 2j)))
assert math.isnan(float("inf") - float("inf")) and repr(float("nan")) == "nan"
assert math.fsum([0.1] * 10) == 1.0 and statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9]) == math.sqrt(32 / 7)

assert struct.unpack(">hIq", struct.pack(">hIq", -2, 4_000_000_000, -(2**62))) == (-2, 4_000_000_000, -(2**62))
assert struct.pack("<d", 1.5) == b"\0\0\0\0\0\0\xf8?" and struct.calcsize("P") == 4
assert array.array("H", [1, 2, 3]).tobytes() == b"\1\0\2\0\3\0"


@dataclasses.dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple = dataclasses.field(default=(), compare=False)


assert sorted([Version(2, 1), Version(1, 9), Version(2)]) == [Version(1, 9), Version(2), Version(2, 1)]
assert dataclasses.replace(Version(1), minor=5) == Version(1, 5) and dataclasses.asdict(Version(3))["major"] == 3
Colour = enum.Flag("Colour", ["RED", "GREEN", "BLUE"])
assert (Colour.RED | Colour.BLUE) & Colour.BLUE == Colour.BLUE

assert Counter("mississippi").most_common(2) == [("i", 4), ("s", 4)]
groups = defaultdict(list)
for word in ("ant", "bee", "ape", "bat"):
    groups[word[0]].append(word)
assert groups == {"a": ["ant", "ape"], "b": ["bee", "bat"]}
ring = deque(range(5), maxlen=3)
ring.rotate(1)
assert list(ring) == [4, 2, 3] and list(OrderedDict(a=1, b=2)) == ["a", "b"] and namedtuple("P", "x y")(1, 2).y == 2
assert list(itertools.islice(itertools.accumulate(itertools.count(1)), 5)) == [1, 3, 6, 10, 15]
assert len(list(itertools.permutations(range(6)))) == 720 and sum(1 for _ in itertools.product("ab", repeat=10)) == 1024
heap = [5, 1, 4]
heapq.heapify(heap)
assert heapq.nsmallest(2, heap) == [1, 4] and bisect.bisect([1, 3, 5], 3) == 2
print("numbers and structures agree")
