-- Ids and digests are blobs, times are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE modules (
    digest BLOB PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    memory_pages INTEGER NOT NULL,
    imports TEXT NOT NULL,
    exports TEXT NOT NULL
) STRICT;

CREATE INDEX modules_by_creation ON modules (created_ms, digest);

CREATE TABLE module_contents (
    digest BLOB PRIMARY KEY REFERENCES modules (digest) ON DELETE CASCADE,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE nodes (
    id BLOB PRIMARY KEY,
    public_key BLOB NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    enrolled_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE counters (
    node BLOB PRIMARY KEY REFERENCES nodes (id),
    window BLOB NOT NULL
) STRICT;

-- Task ids are UUIDs of version 7: they sort by creation.
CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    state TEXT NOT NULL,
    module BLOB NOT NULL,
    entrypoint TEXT NOT NULL,
    nonce BLOB NOT NULL,
    timeout_ms INTEGER NOT NULL,
    submitted_ms INTEGER NOT NULL,
    completed_ms INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    proof BLOB,
    outcome TEXT,
    instructions INTEGER,
    gas INTEGER,
    wall_time_us INTEGER,
    cache_hit INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tasks_by_state ON tasks (state, id);
CREATE INDEX tasks_open_by_module ON tasks (module) WHERE state IN ('queued', 'running');

CREATE TABLE task_inputs (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    invocation BLOB NOT NULL,
    stdin BLOB NOT NULL
) STRICT;

CREATE TABLE task_outputs (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    record BLOB NOT NULL,
    stdout BLOB NOT NULL,
    stderr BLOB NOT NULL,
    stdout_digest BLOB NOT NULL,
    stderr_digest BLOB NOT NULL
) STRICT;

-- An attempt is never overwritten; its lease names it.
CREATE TABLE attempts (
    lease BLOB PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    node BLOB NOT NULL REFERENCES nodes (id),
    state TEXT NOT NULL,
    reason TEXT,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    UNIQUE (task, number)
) STRICT;

CREATE INDEX attempts_running ON attempts (state) WHERE state = 'running';

CREATE TABLE proofs (
    id BLOB PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id),
    node BLOB NOT NULL REFERENCES nodes (id),
    module BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    statement BLOB NOT NULL
) STRICT;

CREATE INDEX proofs_by_time ON proofs (received_ms, id);
-- One statement of a node for a task: also what finds it by both.
CREATE UNIQUE INDEX proofs_by_task ON proofs (task, node);
CREATE INDEX proofs_by_module ON proofs (module, received_ms, id);
CREATE INDEX proofs_by_node ON proofs (node, received_ms, id);

CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    task BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_ms);

CREATE TABLE api_keys (
    hash BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
