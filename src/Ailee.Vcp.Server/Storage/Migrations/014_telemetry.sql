-- At most one sample a minute for each node; minutes count from 1970. The sample is JSON.
CREATE TABLE telemetry (
    node BLOB NOT NULL REFERENCES nodes (id),
    minute INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    sample TEXT NOT NULL,
    PRIMARY KEY (node, minute)
) STRICT, WITHOUT ROWID;

CREATE INDEX telemetry_by_age ON telemetry (minute);
