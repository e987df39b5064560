-- How many visits came from where, by the hour. Counters alone: nothing in a row belongs to a person. touch says by which
-- of a visitor's touches a row counts, 1 for the first and 2 for the last; each visit is in one row of either.
CREATE TABLE visits (
    hour INTEGER NOT NULL,
    touch INTEGER NOT NULL,
    source TEXT NOT NULL,
    medium TEXT NOT NULL,
    campaign TEXT NOT NULL,
    referral TEXT NOT NULL,
    landing TEXT NOT NULL,
    device TEXT NOT NULL,
    visits INTEGER NOT NULL,
    PRIMARY KEY (hour, touch, source, medium, campaign, referral, landing, device)
) WITHOUT ROWID;
