"""What guests are given, and what they must come to, worked out in Python."""

import base64
import functools
import hashlib
import io
import struct
import tarfile

from mesh_work import GUESTS, SPIN
from mesh_programs import MEMORY_BYTES

MODULES = GUESTS.parents[1] / "tests" / "Modules"
STDOUT_BYTES = 3 << 20
BLOCK_BYTES, BLOCKS_IN_MEBIBYTE, READ_BACK_EVERY, MIX, MASK = 65536, 16, 16, 0x9E3779B97F4A7C15, (1 << 64) - 1
WORDS = "anchor buoy crab dory eddy foam gull harbour island jetty kelp lagoon mast net oar pier quay reef sail tern".split()

# name: (file, media type). What every tenant uploads at the start.
SHARED = {
    "math": (GUESTS / "math" / "math.wasm", "application/wasm"),
    "bytes": (GUESTS / "bytes" / "bytes.wasm", "application/wasm"),
    "words": (GUESTS / "wordfreq" / "wordfreq.wasm", "application/wasm"),
    "sha256": (GUESTS / "sha256" / "sha256.wasm", "application/wasm"),
    "files": (GUESTS / "files" / "files.wasm", "application/wasm"),
    "flood": (MODULES / "flood.wat", "text/wat"),
    "memory": (MODULES / "memory-bomb.wat", "text/wat"),
    "recursion": (MODULES / "recursion.wat", "text/wat"),
    "loop": (MODULES / "hostile" / "fuel-loop.wat", "text/wat"),
    "table": (MODULES / "hostile" / "table-grow.wat", "text/wat"),
    "descriptors": (MODULES / "hostile" / "files-descriptors.wat", "text/wat"),
    "holes": (MODULES / "hostile" / "files-holes.wat", "text/wat"),
    "division": (MODULES / "hostile" / "number-division-by-zero.wat", "text/wat"),
    "storm": (MODULES / "hostile" / "fuel-poll-storm.wat", "text/wat"),
    "spin": (SPIN.encode(), "text/wat"),
}


def content(name):
    source = SHARED[name][0]
    return source if isinstance(source, bytes) else source.read_bytes()


def own_module(name):
    """A module that nobody else has: it adds, and its digest depends on the name."""
    return f'(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))) (func (export "{name}")))'.encode()


def i32(number):
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def hashed(data, times):
    value = hashlib.sha256(data).digest()
    for _ in range(times):
        value = hashlib.sha256(value).digest()
    return f"{value.hex()}\n".encode()


def some_words(rng):
    """A text and what counting its words prints. No two are there equally often."""
    counts = dict(zip(rng.sample(WORDS, rng.randint(1, 8)), rng.sample(range(1, 400), 8)))
    text = [word for word, count in counts.items() for _ in range(count)]
    rng.shuffle(text)
    printed = "".join(f"{count} {word}\n" for word, count in sorted(counts.items(), key=lambda each: -each[1]))
    return " ".join(text), printed.encode()


def flooded():
    """What is kept of writes of 1000 bytes each without an end."""
    return b"".join(bytes([number & 255]) * 1000 for number in range(STDOUT_BYTES // 1000 + 1))[:STDOUT_BYTES]


FLOODED = digest(flooded())
MOST_PAGES = MEMORY_BYTES >> 16


# The guest that works on files


def mix(value, data):
    whole = len(data) // 8 * 8
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        value = (value ^ word ^ 8 << 56) * MIX & MASK
        value ^= value >> 29
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little") ^ len(rest) << 56) * MIX & MASK
        value ^= value >> 29
    return value


@functools.cache
def written(mebibytes):
    """The digest of the file that it writes, and the checksum of what it reads back of it."""
    rest = bytes((i * 31 >> 3) & 255 for i in range(4, BLOCK_BYTES))
    blocks = [number.to_bytes(4, "little") + rest for number in range(mebibytes * BLOCKS_IN_MEBIBYTE)]
    value = 1
    for block in blocks[::READ_BACK_EVERY]:
        value = mix(value, block)
    return digest(b"".join(blocks)), value


def some_files(rng):
    """Files below `tree/`, by path."""
    return {f"{rng.choice(['', 'a/', 'b/'])}{rng.choice(WORDS)}-{i}": rng.randbytes(rng.randint(0, 6000)) for i in range(rng.randint(1, 6))}


def packed(files):
    """The files as a tar."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(f"tree/{path}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return tar.getvalue()


def printed(files, mebibytes):
    """What it prints after it has read the files and written so many mebibytes."""
    directories = 1 + len({path.split("/")[0] for path in files if "/" in path})
    checksum = sum(mix(mix(1, f"/{path}".encode()), data) for path, data in files.items()) & MASK
    return (f"read {len(files)} files in {directories} directories, {sum(map(len, files.values()))} bytes, checksum {checksum:016x}\n"
            f"wrote {mebibytes << 20} bytes, checksum of what was read back {written(mebibytes)[1]:016x}\n").encode()


def base64_of(data):
    return base64.b64encode(data).decode()
