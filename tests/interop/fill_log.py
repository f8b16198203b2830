#!/usr/bin/env python3
"""Appends entries to the log of a server that is stopped. It integrates them when it starts, as it would after a crash.

    fill_log.py DATA_DIRECTORY COUNT

The entries are those of statements that nobody signed; no part of the log reads more than their digests.
"""

import hashlib
import pathlib
import sqlite3
import sys
import time

directory, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
now = int(time.time() * 1000)
with sqlite3.connect(directory / "vcp.db") as database:
    index, counter = (database.execute(f"SELECT MAX({column}) + 1 FROM {table}").fetchone()[0] for column, table in (("idx", "log_entries"), ("counter", "orchestrator_statements")))
    statements = [b"entry %d" % (index + i) for i in range(count)]
    ids = [hashlib.sha256(statement).digest() for statement in statements]
    database.executemany(
        "INSERT INTO orchestrator_statements (id, kind, counter, issued_ms, statement) VALUES (?, 'filler', ?, ?, ?)",
        ((ids[i], counter + i, now, statements[i]) for i in range(count)))
    database.executemany(
        "INSERT INTO log_entries (idx, digest, kind, logged_ms) VALUES (?, ?, 'filler', ?)",
        ((index + i, ids[i], now) for i in range(count)))
database.close()
