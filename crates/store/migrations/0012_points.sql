-- What points are worth: one record.
CREATE TABLE points_programs (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- The points of each member, under the customer's id. `entries` is the number of the last entry, `ended` is 1 once the
-- member was erased.
CREATE TABLE points_accounts (
    member_id INTEGER PRIMARY KEY,
    balance INTEGER NOT NULL,
    expires_at INTEGER,
    entries INTEGER NOT NULL,
    ended INTEGER NOT NULL
);
-- Whose time is over is one look.
CREATE INDEX points_accounts_due ON points_accounts (expires_at) WHERE expires_at IS NOT NULL;

-- Every change of them, append-only; the key keeps those of a member together, who reads them. `kind` says why: 0 earned,
-- 1 taken back, 2 spent, 3 given back (`subject` is the order group), 4 adjusted (`subject` is the operator or nothing,
-- `note` the reason), 5 expired, 6 given up.
CREATE TABLE points_entries (
    member_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    change INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    subject INTEGER,
    note TEXT NOT NULL,
    PRIMARY KEY (member_id, number)
) WITHOUT ROWID;

-- Compact bodies have format 6 from here on: an order group says at its end under which terms it earns points, a cart at
-- its end and a checkout with what was filled in how many the member wants to spend. Bodies of before are read as
-- before, as without points, and written anew when their rows change.
