#!/usr/bin/env python3
"""Verifies that a log holds a statement, from raw tiles: Python's standard library, the openssl command, and nothing of this project.

Usage: verify_log.py DIR

DIR holds statement.cose (a transparent statement), checkpoint, key (the log's verifier key) and, below tile/, the tiles and the
entry bundle under the names that the log serves them by. Written from RFC 9162, RFC 9942 and C2SP signed-note, tlog-checkpoint and
tlog-tiles. Then one byte after the other of each file is flipped, and each flip must be noticed.
"""

import base64
import functools
import hashlib
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

FLIPS_PER_TILE = 64
DER_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: SubjectPublicKeyInfo up to the 32 bytes of the key


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Refused(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Refused(why)


# --- Just as much CBOR (RFC 8949) as it takes to find the receipt ---


def item_at(data, at):
    """The item that begins there and where it ends. Raises a Refused for what a statement has not."""
    require(at < len(data), "the CBOR is cut off")
    major, code, at = data[at] >> 5, data[at] & 31, at + 1
    require(code < 28, "the CBOR is not deterministic")
    width = 0 if code < 24 else 1 << code - 24
    value, at = int.from_bytes(data[at:at + width], "big") if width else code, at + width
    require(value <= len(data) or major in (0, 1, 6), "the CBOR is cut off")
    if major in (2, 3):
        require(at + value <= len(data), "the CBOR is cut off")
        # Text comes as text, so that nothing takes it for bytes.
        return (data[at:at + value] if major == 2 else data[at:at + value].decode()), at + value
    if major in (4, 5):
        items = []
        for _ in range(value * (major - 3)):
            item, at = item_at(data, at)
            items.append(item)
        return (items if major == 4 else list(zip(items[::2], items[1::2]))), at
    if major == 6:
        return item_at(data, at)
    return {0: value, 1: -1 - value, 7: None}[major], at


def whole(data):
    item, end = item_at(data, 0)
    require(end == len(data), "bytes follow the item")
    return item


def byte_string(data):
    return (bytes([0x40 | len(data)]) if len(data) < 24 else b"\x58" + bytes([len(data)]) if len(data) < 256
            else b"\x59" + struct.pack(">H", len(data))) + data


def statement_and_proof(file):
    """The id of the statement without its receipt, and size, index and path of the receipt."""
    require(file[:2] == b"\xd2\x84", "not a tagged COSE_Sign1")
    protected, unprotected, payload, signature = whole(file)
    require([key for key, _ in unprotected] == [394] and len(unprotected[0][1]) == 1, "not one receipt in header 394")
    _, proofs, root, _ = whole(unprotected[0][1][0])
    require(root is None and proofs[0][0] == 396 and proofs[0][1][0][0] == -1 and len(proofs[0][1][0][1]) == 1, "not one inclusion proof")
    size, index, path = whole(proofs[0][1][0][1][0])
    require(0 <= index < size, "the index is beyond the tree")
    return sha256(b"\xd2\x84", byte_string(protected), b"\xa0", byte_string(payload), byte_string(signature)), size, index, path


# --- The checkpoint: C2SP signed-note and tlog-checkpoint ---


def canonical_base64(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 with spare bits")
    return data


def read_key(text):
    found = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)\n", text)
    require(found, "not a verifier key")
    key = canonical_base64(found[3])
    require(len(key) == 33 and key[0] == 1, "not an Ed25519 key of a log")
    require(sha256(found[1].encode(), b"\n", key)[:4].hex() == found[2], "the key id is not that of name and key")
    return found[1], bytes.fromhex(found[2]), key[1:]


def read_checkpoint(note, key_text):
    """Size and root. The signature is checked by openssl."""
    name, key_id, key = read_key(key_text)
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    signatures = [canonical_base64(line.split(" ")[2]) for line in lines.splitlines() if line.startswith(f"— {name} ")]
    ours = [signature[4:] for signature in signatures if signature[:4] == key_id]
    require(len(ours) == 1, "not one signature by the log")
    require(openssl_verifies(key, text.encode(), ours[0]), "openssl: the signature is not the log's")
    origin, size, root, end = text.split("\n")
    require(origin == name and end == "" and str(int(size)) == size, "not a checkpoint of this log")
    return int(size), canonical_base64(root)


@functools.cache
def openssl_verifies(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, name) for name in ("key.der", "message", "signature")]
        for path, data in zip(paths, (DER_OF_ED25519 + key, message, signature)):
            path.write_bytes(data)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                   "-inkey", paths[0], "-in", paths[1], "-sigfile", paths[2]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


# --- The tree: RFC 9162 section 2.1 over the tiles of C2SP tlog-tiles ---


def tile_name(level, number, size):
    width = min(256, (size >> 8 * max(level, 0)) - number * 256)
    require(width > 0, "the tree has no such tile")
    groups = f"{number % 1000:03}"
    while number := number // 1000:
        groups = f"x{number % 1000:03}/{groups}"
    return f"tile/{'entries' if level < 0 else level}/{groups}" + ("" if width == 256 else f".p/{width}")


def tile_names(index, *sizes):
    """What it takes for an entry of a log of the last size: the tiles to the root of each size, those above them, and the entry's bundle."""
    served, tiles = sizes[-1], {(-1, index >> 8)}
    for size in sizes:
        for level in range(8):
            count = size >> 8 * level
            if index >> 8 * level + 8 << 8 < count:
                tiles.add((level, index >> 8 * level + 8))
            if count % 256:
                tiles.add((level, count >> 8))
    for level in range(7):
        full = [number for at, number in tiles if at == level and number + 1 << 8 <= served >> 8 * level]
        tiles.update((level + 1, number >> 8) for number in full)
    return sorted(tile_name(level, number, served) for level, number in tiles)


def hash_of(hashes):
    """The root over hashes, as many as there are (section 2.1.1)."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01", hash_of(hashes[:split]), hash_of(hashes[split:]))


class Tree:
    """The tree of a size. Its nodes come from the tiles of a size that may be larger."""

    def __init__(self, files, size, served):
        self.files, self.size, self.served = files, size, served

    def subtree(self, start, end):
        """The hash of the entries from start up to end, which a split of the tree made."""
        count = end - start
        level = (count - 1).bit_length()
        if count == 1 << level:
            tile, height = level // 8, level % 8
            first = start >> 8 * tile
            hashes = self.tile(tile, first >> 8)
            return hash_of(hashes[first & 255:(first & 255) + (1 << height)])
        split = start + (1 << level - 1)
        return sha256(b"\x01", self.subtree(start, split), self.subtree(split, end))

    def tile(self, level, number):
        name = tile_name(level, number, self.served)
        require(name in self.files, f"{name} is missing")
        data = self.files[name]
        require(len(data) == 32 * min(256, (self.served >> 8 * level) - number * 256), f"{name} has another length")
        return [data[at:at + 32] for at in range(0, len(data), 32)]

    def check_full_tiles(self):
        """Each hash of a tile above level 0 is that of a full tile below."""
        for name in self.files:
            if found := re.fullmatch(r"tile/([0-7])/((?:x\d{3}/)*\d{3})", name):
                level, number = int(found[1]), int(re.sub(r"\D", "", found[2]))
                require(hash_of(self.tile(level, number)) == self.tile(level + 1, number >> 8)[number & 255], f"{name} is not what the tile above says")

    def path(self, index):
        """PATH of section 2.1.3.1, from the leaf upwards."""
        start, end, path = 0, self.size, []
        while end - start > 1:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            near, far = ((start, split), (split, end)) if index < split else ((split, end), (start, split))
            path.insert(0, self.subtree(*far))
            start, end = near
        return path


def root_from(node, index, size, path):
    """Section 2.1.3.2."""
    fn, sn = index, size - 1
    for sibling in path:
        require(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            node = sha256(b"\x01", sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "the path is too short")
    return node


# --- The checks ---


def verify_checkpoint(files):
    size, root = read_checkpoint(files["checkpoint"].decode(), files["key"].decode())
    return f"{size} entries, root {root.hex()}"


def verify_inclusion(files):
    statement, size, index, path = statement_and_proof(files["statement.cose"])
    served, root = read_checkpoint(files["checkpoint"].decode(), files["key"].decode())
    require(size <= served, "the receipt is of a larger log than the checkpoint")
    require(path == Tree(files, size, served).path(index), "the receipt's path is not that of the tiles")
    Tree(files, served, served).check_full_tiles()
    leaf = sha256(b"\x00", statement)
    require(root_from(leaf, index, served, Tree(files, served, served).path(index)) == root, "the tiles do not lead from the statement to the root")
    require(Tree(files, size, served).subtree(0, size) == root_from(leaf, index, size, path), "the receipt is of another tree")
    return f"entry {index}, from {sum(name.startswith('tile/') for name in files)} tiles"


def verify_entries(files):
    statement, _, index, _ = statement_and_proof(files["statement.cose"])
    served, _ = read_checkpoint(files["checkpoint"].decode(), files["key"].decode())
    bundle, entries = files[tile_name(-1, index >> 8, served)], []
    while bundle:
        (length,), bundle = struct.unpack(">H", bundle[:2]), bundle[2:]
        require(length <= len(bundle), "the bundle is cut off")
        entries.append(bundle[:length])
        bundle = bundle[length:]
    require([sha256(b"\x00", entry) for entry in entries] == Tree(files, served, served).tile(0, index >> 8), "the entries are not the leaves")
    require(entries[index & 255] == statement, "the entry is not the statement's id")
    return f"{len(entries)} entries, and the statement's id among them"


def verify_all(files):
    for verify in (verify_checkpoint, verify_inclusion, verify_entries):
        verify(files)


def positions(name, data, files):
    """The bytes to flip: of small files all that mean something, of tiles some."""
    if name == "checkpoint":
        # Lines of other keys are not looked at.
        log = read_key(files["key"].decode())[0].encode()
        start = data.index(b"\n\xe2\x80\x94 " + log) + 1
        return [*range(data.rindex(b"\n\n") + 1), *range(start, data.index(b"\n", start))]
    if name == "statement.cose":
        # What the log commits to, and the proof; the receipt's signature is verify_cose.mjs's.
        protected, unprotected, payload, signature = whole(data)
        proof = whole(unprotected[0][1][0])[1][0][1][0][1][0]
        return [data.index(part) + at for part in (protected, payload, signature, proof) for at in range(len(part))]
    return range(0, len(data), max(1, len(data) // FLIPS_PER_TILE))


def flip(name, files):
    chosen = positions(name, files[name], files)
    for at in chosen:
        data = bytearray(files[name])
        data[at] ^= 1 << at % 8
        try:
            verify_all({**files, name: bytes(data)})
        except (Refused, ValueError, IndexError, TypeError, KeyError):
            continue
        raise Refused(f"byte {at} was flipped and nobody noticed")
    require(len(chosen) > 0, "nothing was flipped")
    return f"{len(chosen)} flips, all refused"


def main():
    if len(sys.argv) != 2:
        print("usage: verify_log.py DIR", file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    checks = [
        ("the checkpoint's signature by openssl", lambda: verify_checkpoint(files)),
        ("inclusion from raw tiles", lambda: verify_inclusion(files)),
        ("the entry bundle", lambda: verify_entries(files)),
        *((f"{name} with one byte flipped", lambda name=name: flip(name, files)) for name in sorted(files)),
    ]
    passed = failed = 0
    for name, check in checks:
        try:
            print(f"ok    {name}  {check()}")
            passed += 1
        except Exception as exception:  # whatever is wrong with the input, say so and go on
            print(f"FAIL  {name}: {exception or type(exception).__name__}")
            failed += 1
            if name == checks[0][0]:
                break
    print(f"{passed} interop checks passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
