-- Who submitted a task, how urgent it is (0 to 9) and where it may run (JSON); when it is tried next.
ALTER TABLE tasks ADD COLUMN submitter TEXT NOT NULL DEFAULT 'local';
ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 5;
ALTER TABLE tasks ADD COLUMN selection TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tasks ADD COLUMN max_attempts INTEGER;
ALTER TABLE tasks ADD COLUMN labels TEXT;
ALTER TABLE tasks ADD COLUMN not_before_ms INTEGER;

-- A task that goes to the lowest bidders has one auction for each round of leases.
CREATE TABLE auctions (
    id BLOB PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id),
    deadline_ms INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

CREATE INDEX auctions_by_task ON auctions (task);
CREATE INDEX auctions_open ON auctions (deadline_ms) WHERE state = 'open';

CREATE TABLE bids (
    auction BLOB NOT NULL REFERENCES auctions (id),
    node BLOB NOT NULL REFERENCES nodes (id),
    price INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    awarded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (auction, node)
) STRICT, WITHOUT ROWID;
