-- Entries are appended in the transaction that decides; those from the tree's size on are not integrated yet. An entry is never
-- changed or removed.
CREATE TABLE log_entries (
    idx INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    logged_ms INTEGER NOT NULL
) STRICT;

-- 32 bytes a hash, at most 256. The last tile of a level is partial and grows.
CREATE TABLE log_tiles (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT;

-- One row: what is integrated, and the checkpoint that says so. Reasons to sign no more are in read_only.
CREATE TABLE log_tree (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    log_key BLOB NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note BLOB NOT NULL,
    read_only TEXT
) STRICT;

CREATE TABLE log_cosignatures (
    size INTEGER NOT NULL,
    witness TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (size, witness)
) STRICT;

CREATE TABLE orchestrator_statements (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    task BLOB,
    node BLOB,
    counter INTEGER NOT NULL UNIQUE,
    issued_ms INTEGER NOT NULL,
    statement BLOB NOT NULL
) STRICT;

CREATE INDEX orchestrator_statements_by_task ON orchestrator_statements (task) WHERE task IS NOT NULL;
CREATE INDEX orchestrator_statements_by_node ON orchestrator_statements (node) WHERE node IS NOT NULL;

-- Digests of the payload, to search by. Null until the log is begun for statements that were stored before.
ALTER TABLE proofs ADD COLUMN input BLOB;
ALTER TABLE proofs ADD COLUMN output BLOB;
CREATE INDEX proofs_by_input ON proofs (input);
CREATE INDEX proofs_by_output ON proofs (output);

ALTER TABLE tasks ADD COLUMN replicas INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tasks ADD COLUMN quorum INTEGER NOT NULL DEFAULT 1;
-- The orchestrator's statement about the decision: a certificate or a report of a divergence.
ALTER TABLE tasks ADD COLUMN decision BLOB;
