-- The latest checkpoint of each log that this server cosigned as its witness.
CREATE TABLE witnessed_logs (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;

-- Search shows the newest first, so each index ends with what it sorts by.
CREATE INDEX orchestrator_statements_by_time ON orchestrator_statements (issued_ms, id);
CREATE INDEX orchestrator_statements_by_kind ON orchestrator_statements (kind, issued_ms, id);
DROP INDEX proofs_by_input;
DROP INDEX proofs_by_output;
CREATE INDEX proofs_by_input ON proofs (input, received_ms, id);
CREATE INDEX proofs_by_output ON proofs (output, received_ms, id);
