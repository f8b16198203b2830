-- What a node says that it can do (JSON; null before its first session), and where it stands: active, draining, quarantined or removed.
ALTER TABLE nodes ADD COLUMN capabilities TEXT;
ALTER TABLE nodes ADD COLUMN standing TEXT NOT NULL DEFAULT 'active';
ALTER TABLE nodes ADD COLUMN standing_reason TEXT;
ALTER TABLE nodes ADD COLUMN standing_ms INTEGER;
-- The node's session: its number counts up, so that a challenge is good once; of its token only the SHA-256 is kept.
ALTER TABLE nodes ADD COLUMN session_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN session_token BLOB;
ALTER TABLE nodes ADD COLUMN session_expires_ms INTEGER;
ALTER TABLE nodes ADD COLUMN seen_ms INTEGER;
-- As of reputation_ms; it decays from then on.
ALTER TABLE nodes ADD COLUMN reputation REAL NOT NULL DEFAULT 0.5;
ALTER TABLE nodes ADD COLUMN reputation_ms INTEGER;
-- Results confirmed by a quorum or an audit since the last fault.
ALTER TABLE nodes ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;

CREATE INDEX nodes_by_owner ON nodes (owner);
CREATE INDEX nodes_by_enrolment ON nodes (enrolled_ms, id);

-- One-time tokens that enrol nodes, by their SHA-256.
CREATE TABLE join_tokens (
    hash BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    node BLOB REFERENCES nodes (id)
) STRICT, WITHOUT ROWID;

-- What changed a node's reputation or standing; never changed.
CREATE TABLE node_events (
    id INTEGER PRIMARY KEY,
    node BLOB NOT NULL REFERENCES nodes (id),
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    task BLOB,
    delta REAL NOT NULL,
    reputation REAL NOT NULL,
    detail TEXT
) STRICT;

CREATE INDEX node_events_by_node ON node_events (node, id);
