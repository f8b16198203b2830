-- A bundle's canonical tar and the files of a task are kept in chunks, so that neither is ever whole in memory for a download.
CREATE TABLE bundles (
    digest BLOB PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    files INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    tar_bytes INTEGER NOT NULL,
    manifest BLOB NOT NULL
) STRICT;

CREATE INDEX bundles_by_creation ON bundles (created_ms, digest);

CREATE TABLE bundle_chunks (
    bundle BLOB NOT NULL REFERENCES bundles (digest) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (bundle, number)
) STRICT;

ALTER TABLE tasks ADD COLUMN bundle BLOB;

CREATE INDEX tasks_open_by_bundle ON tasks (bundle) WHERE state IN ('queued', 'running');

CREATE TABLE task_files (
    task BLOB NOT NULL REFERENCES tasks (id),
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (task, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_file_chunks (
    task BLOB NOT NULL REFERENCES tasks (id),
    path TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (task, path, number)
) STRICT;
