-- Double entry in micro-credits: the postings of a transaction sum to zero. Rows are only ever added; a key is used once.
CREATE TABLE ledger_transactions (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    task BLOB,
    node BLOB,
    detail TEXT
) STRICT;

CREATE INDEX ledger_transactions_by_node ON ledger_transactions (node, id) WHERE node IS NOT NULL;
CREATE INDEX ledger_transactions_by_task ON ledger_transactions (task) WHERE task IS NOT NULL;

CREATE TABLE ledger_postings (
    txn INTEGER NOT NULL REFERENCES ledger_transactions (id),
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (txn, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_postings_by_account ON ledger_postings (account, txn);

-- The sum of an account's postings, kept with them.
CREATE TABLE ledger_balances (
    account TEXT PRIMARY KEY,
    amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
