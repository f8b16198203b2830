-- What else is known of an attempt. Its request is the poll that got it; its statement what the node handed in, also before the
-- output is there; reasons are JSON: why this node was chosen; the price is that of an auction.
ALTER TABLE attempts ADD COLUMN purpose TEXT NOT NULL DEFAULT 'run';
ALTER TABLE attempts ADD COLUMN request BLOB;
ALTER TABLE attempts ADD COLUMN statement BLOB;
ALTER TABLE attempts ADD COLUMN reasons TEXT;
ALTER TABLE attempts ADD COLUMN price INTEGER;
ALTER TABLE attempts ADD COLUMN wall_time_us INTEGER;
ALTER TABLE attempts ADD COLUMN cache_hit INTEGER;
ALTER TABLE attempts ADD COLUMN energy_joules REAL;

CREATE INDEX attempts_by_request ON attempts (node, request) WHERE request IS NOT NULL;

-- What happened to a vote, in order: docs/design/quorum.md. The statement's bytes are here until they are a proof, and for ever if they
-- never are.
CREATE TABLE vote_events (
    task BLOB NOT NULL REFERENCES tasks (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lease BLOB,
    node BLOB,
    owner TEXT,
    profile BLOB,
    payload BLOB,
    statement BLOB,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (task, seq)
) STRICT, WITHOUT ROWID;

-- Outputs that nodes handed in for a task, by what statements call them. The first one's bytes are in the task's own rows; those of
-- others wait in chunks, as they came, for the decision.
CREATE TABLE candidates (
    task BLOB NOT NULL REFERENCES tasks (id),
    output BLOB NOT NULL,
    trace BLOB NOT NULL,
    in_place INTEGER NOT NULL,
    PRIMARY KEY (task, output, trace)
) STRICT, WITHOUT ROWID;

CREATE TABLE candidate_chunks (
    task BLOB NOT NULL REFERENCES tasks (id),
    output BLOB NOT NULL,
    trace BLOB NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (task, output, trace, number)
) STRICT;

-- Decided tasks that a trusted node runs again to see whether they were decided rightly: due, passed or failed. The audited node signed
-- the result that decided.
CREATE TABLE audits (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    node BLOB NOT NULL REFERENCES nodes (id),
    state TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    statement BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX audits_due ON audits (created_ms) WHERE state = 'due';
CREATE INDEX audits_by_node ON audits (node, created_ms);
