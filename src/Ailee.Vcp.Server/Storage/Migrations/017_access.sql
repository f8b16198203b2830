-- A key says whose it is, what it may do, and until when. Null for a limit: the server's.
ALTER TABLE api_keys RENAME TO api_keys_1;
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tenant TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    revoked_ms INTEGER,
    used_ms INTEGER,
    successor TEXT,
    requests_per_minute INTEGER,
    tasks_in_flight INTEGER,
    gas_per_day INTEGER,
    stored_bytes INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO api_keys (id, hash, name, tenant, scopes, created_ms) SELECT 'key_' || lower(hex(randomblob(8))), hash, name, name, 'admin', created_ms FROM api_keys_1;
DROP TABLE api_keys_1;

-- The same bytes are stored once, and are there only for those who uploaded them.
CREATE TABLE tenant_modules (
    tenant TEXT NOT NULL,
    module BLOB NOT NULL REFERENCES modules (digest) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, module)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_modules_by_creation ON tenant_modules (tenant, created_ms, module);
CREATE INDEX tenant_modules_by_module ON tenant_modules (module);

CREATE TABLE tenant_bundles (
    tenant TEXT NOT NULL,
    bundle BLOB NOT NULL REFERENCES bundles (digest) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, bundle)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_bundles_by_creation ON tenant_bundles (tenant, created_ms, bundle);
CREATE INDEX tenant_bundles_by_bundle ON tenant_bundles (bundle);

-- What was there before is whose it can have been.
INSERT INTO tenant_modules (tenant, module, created_ms)
    SELECT t.tenant, m.digest, m.created_ms FROM modules m CROSS JOIN (SELECT 'local' AS tenant UNION SELECT tenant FROM api_keys UNION SELECT submitter FROM tasks) t;
INSERT INTO tenant_bundles (tenant, bundle, created_ms)
    SELECT t.tenant, b.digest, b.created_ms FROM bundles b CROSS JOIN (SELECT 'local' AS tenant UNION SELECT tenant FROM api_keys UNION SELECT submitter FROM tasks) t;

-- A task that is verified may still need another lease, and so its module and bundle.
DROP INDEX tasks_open_by_module;
DROP INDEX tasks_open_by_bundle;
CREATE INDEX tasks_open_by_module ON tasks (module) WHERE state IN ('queued', 'running', 'verifying');
CREATE INDEX tasks_open_by_bundle ON tasks (bundle) WHERE state IN ('queued', 'running', 'verifying');

-- Tasks and statements of a tenant, newest last. Without keys there is one tenant, whose are all.
CREATE INDEX tasks_by_tenant ON tasks (submitter, id) WHERE submitter <> 'local';
ALTER TABLE proofs ADD COLUMN tenant TEXT;
UPDATE proofs SET tenant = (SELECT submitter FROM tasks WHERE id = proofs.task AND submitter <> 'local');
CREATE INDEX proofs_by_tenant ON proofs (tenant, received_ms, id) WHERE tenant IS NOT NULL;

-- What a tenant used on its latest day (days since 1970-01-01), and what is stored for its tasks.
CREATE TABLE tenant_usage (
    tenant TEXT PRIMARY KEY,
    day INTEGER NOT NULL,
    gas INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who was let in, turned away or changed what. Never a key or a token.
CREATE TABLE audit_events (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    remote TEXT,
    subject TEXT,
    detail TEXT
) STRICT;
CREATE INDEX audit_events_by_kind ON audit_events (kind, id);
