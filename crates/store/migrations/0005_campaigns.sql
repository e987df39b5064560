CREATE TABLE campaigns (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- How much was taken of each limit of a campaign's rule. `kind` says what is counted: 0 orders, 1 money, 2 pieces of the
-- variant `subject`, 3 what the buyer with the hash `subject` took, 4 orders with the single-use code `subject`.
CREATE TABLE quotas (
    rule_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (rule_id, kind, subject)
) WITHOUT ROWID;

-- Compact bodies have format 3 from here on: an order group says at its end what it took of limits and which member
-- bought, a checkout which member buys, and a discount which rule it is. Bodies of before are read as before, and
-- written anew when their rows change.
