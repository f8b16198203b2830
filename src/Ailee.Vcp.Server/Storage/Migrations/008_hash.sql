-- The hash of the content digests in a task's statements. Under another than SHA-256 the module's digest stands beside its name.
ALTER TABLE tasks ADD COLUMN hash TEXT NOT NULL DEFAULT 'sha-256';
ALTER TABLE tasks ADD COLUMN module_digest BLOB;

-- Digests under SHA3-256; null until a task needs them.
ALTER TABLE modules ADD COLUMN sha3 BLOB;
ALTER TABLE bundles ADD COLUMN sha3 BLOB;
