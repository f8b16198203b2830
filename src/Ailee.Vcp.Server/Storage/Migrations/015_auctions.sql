-- Nothing was ever stored in the tables that these take the place of.
DROP TABLE bids;
DROP TABLE auctions;

-- Rounds of sealed bids for the leases of a task, one after another; the one with the highest number is the latest. A round's id is its
-- name among nodes.
CREATE TABLE auctions (
    task BLOB NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    round BLOB NOT NULL,
    opens_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    empty_rounds INTEGER NOT NULL,
    PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX auctions_by_round ON auctions (round);

-- Bids: standing, awarded (until take_by_ms), taken (there is an attempt), failed or withdrawn.
CREATE TABLE bids (
    task BLOB NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    node BLOB NOT NULL REFERENCES nodes (id),
    owner TEXT NOT NULL,
    price INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    take_by_ms INTEGER,
    PRIMARY KEY (task, number, node)
) STRICT, WITHOUT ROWID;
