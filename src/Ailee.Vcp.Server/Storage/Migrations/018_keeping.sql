-- A row for each start from a backup (docs/design/log.md, "Restored"): the counters from which the keys go on, and the log that ended
-- there; null where that log goes on.
CREATE TABLE restores (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    taken_ms INTEGER NOT NULL,
    orchestrator_counter INTEGER NOT NULL,
    node_counter INTEGER NOT NULL,
    past_origin TEXT,
    past_key BLOB,
    past_note BLOB
) STRICT;

-- What stays of an output whose bytes were taken away because of its age.
CREATE TABLE expired_outputs (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    stdout_bytes INTEGER NOT NULL,
    stdout_digest BLOB NOT NULL,
    stderr_bytes INTEGER NOT NULL,
    stderr_digest BLOB NOT NULL,
    files INTEGER NOT NULL,
    results TEXT,
    trap TEXT
) STRICT, WITHOUT ROWID;
