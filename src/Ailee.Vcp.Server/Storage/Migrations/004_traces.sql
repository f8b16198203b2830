-- The hash of every leaf (32 bytes each), the length of each kept leaf (4 bytes each, big-endian), and the kept leaves, which are
-- the first ones, one after the other.
CREATE TABLE task_traces (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    hashes BLOB NOT NULL,
    lengths BLOB NOT NULL,
    leaves BLOB NOT NULL
) STRICT;

ALTER TABLE tasks ADD COLUMN assurance TEXT NOT NULL DEFAULT 'single';
ALTER TABLE tasks ADD COLUMN runs INTEGER NOT NULL DEFAULT 1;
-- JSON: how repeated runs disagreed.
ALTER TABLE tasks ADD COLUMN divergence TEXT;
