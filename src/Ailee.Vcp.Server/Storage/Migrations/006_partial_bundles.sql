-- Bundles are stored and removed in several transactions. While one is named here it is not there yet, or not any more.
CREATE TABLE partial_bundles (
    bundle BLOB PRIMARY KEY REFERENCES bundles (digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE VIEW whole_bundles AS SELECT * FROM bundles WHERE digest NOT IN (SELECT bundle FROM partial_bundles);
