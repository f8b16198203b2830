#!/usr/bin/env python3
"""Writes what verify_log.py and verify_cose.mjs take from tests/Vectors/log.json, so that they run without a server.

Usage: from_vectors.py DIR
"""

import hashlib
import json
import pathlib
import struct
import sys

from verify_log import hash_of, sha256, tile_name, tile_names

RECEIPT_SIZE = 257


def main():
    folder = pathlib.Path(sys.argv[1])
    log = json.loads((pathlib.Path(__file__).resolve().parents[2] / "Vectors" / "log.json").read_text(encoding="utf-8"))
    receipt = next(receipt for receipt in log["receipts"] if receipt["size"] == RECEIPT_SIZE)
    entries = [hashlib.sha256(bytes.fromhex(statement)).digest() for statement in log["statementsHex"]]
    entries += [sha256(f"entry {index}".encode()) for index in range(len(entries), log["size"])]
    contents = {
        "statement.cose": bytes.fromhex(receipt["transparentHex"]),
        "checkpoint": next(one["note"] for one in log["checkpoints"] if one["size"] == log["size"]).encode(),
        "key": (log["verifierKey"] + "\n").encode(),
    }
    needed, level, hashes = tile_names(receipt["index"], RECEIPT_SIZE, log["size"]), 0, [sha256(b"\x00", entry) for entry in entries]
    for start in range(0, len(entries), 256):
        contents[tile_name(-1, start // 256, len(entries))] = b"".join(struct.pack(">H", 32) + entry for entry in entries[start:start + 256])
    while hashes:
        for start in range(0, len(hashes), 256):
            contents[tile_name(level, start // 256, len(entries))] = b"".join(hashes[start:start + 256])
        hashes, level = [hash_of(hashes[start:start + 256]) for start in range(0, len(hashes) // 256 * 256, 256)], level + 1
    for name, content in contents.items():
        if not name.startswith("tile/") or name in needed:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    main()
