-- Returns that wait for an answer or for their goods, in the order in which they were asked for: few of many orders.
CREATE TABLE open_returns (
    requested_at INTEGER NOT NULL,
    return_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    PRIMARY KEY (requested_at, return_id)
) WITHOUT ROWID;
