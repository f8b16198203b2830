-- At most one sample a minute for each node. The sample is JSON.
CREATE TABLE telemetry (
    node BLOB NOT NULL REFERENCES nodes (id),
    at_ms INTEGER NOT NULL,
    sample TEXT NOT NULL,
    PRIMARY KEY (node, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX telemetry_by_age ON telemetry (at_ms);
