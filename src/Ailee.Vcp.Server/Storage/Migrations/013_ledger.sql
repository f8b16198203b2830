-- Double entry in micro-credits (docs/design/ledger.md): the postings of a transaction sum to zero. Rows are only ever added; a key is used
-- once. Ids have no gaps, and times do not go back as they rise.
CREATE TABLE ledger_transactions (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    task BLOB REFERENCES tasks (id),
    node BLOB REFERENCES nodes (id),
    detail TEXT
) STRICT;

CREATE INDEX ledger_transactions_by_time ON ledger_transactions (at_ms, id);

-- The balance is the account's after this posting.
CREATE TABLE ledger_postings (
    txn INTEGER NOT NULL REFERENCES ledger_transactions (id),
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (txn, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_postings_by_account ON ledger_postings (account, txn, amount, balance);

-- The sum of an account's postings, kept with them.
CREATE TABLE ledger_balances (
    account TEXT PRIMARY KEY,
    amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same by kind of transaction, and how many there were.
CREATE TABLE ledger_totals (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    transactions INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_transactions_last BEFORE DELETE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_last BEFORE DELETE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- INSERT OR REPLACE deletes without the triggers for it.
CREATE TRIGGER ledger_transactions_once BEFORE INSERT ON ledger_transactions
WHEN EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_once BEFORE INSERT ON ledger_postings
WHEN EXISTS (SELECT 1 FROM ledger_postings WHERE txn = NEW.txn AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
