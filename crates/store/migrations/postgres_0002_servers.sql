-- What several servers on one database need, beside the tables of all engines.

-- One row per batch, written in its transaction: who wrote it (a number that a server draws at its start), the next
-- numbers of the ordered tables with it, and which rows it touched. A server whose connection broke in the middle of
-- a commit finds out here what became of it; others learn here what to read again. Kept for some minutes.
CREATE TABLE batches (
    number BIGINT PRIMARY KEY,
    writer BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event BIGINT NOT NULL,
    movement BIGINT NOT NULL,
    posting BIGINT NOT NULL,
    effect BIGINT NOT NULL,
    answer BIGINT NOT NULL,
    unindexed BIGINT NOT NULL,
    touched BYTEA NOT NULL
);

-- Rows that are changed again and again leave room for their next version on the same page.
ALTER TABLE inventory_levels SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE order_groups SET (fillfactor = 85);
ALTER TABLE counters SET (fillfactor = 10);
ALTER TABLE sales SET (fillfactor = 50);

-- Bodies of blocks are compact already: to compress them again costs time and saves nothing.
ALTER TABLE events ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE stock_movements ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE postings ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE answers ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE unindexed ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE index_pages ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE index_runs ALTER COLUMN filter SET STORAGE EXTERNAL;
ALTER TABLE index_runs ALTER COLUMN fences SET STORAGE EXTERNAL;
