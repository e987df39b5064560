-- Hot tables are append-only in key order and carry no index with random keys. What appends many small
-- entries (events, movements, postings, answers) is stored in blocks of up to 1,024; what needs an index
-- with random keys is indexed behind: collected in `unindexed`, merged into sorted runs when enough is there.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Records: saved whole, under an id and a unique code.
CREATE TABLE shops (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE sellers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE categories (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE locations (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE tax_rates (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE shipping_rates (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE discounts (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE promotions (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE products (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE operators (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE skus (sku TEXT PRIMARY KEY, variant_id INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE inventory_levels (
    variant_id INTEGER NOT NULL,
    location_id INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    safety_stock INTEGER NOT NULL,
    shortage INTEGER NOT NULL,
    PRIMARY KEY (variant_id, location_id)
) WITHOUT ROWID;

CREATE TABLE carts (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE checkouts (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- An order group whole. `first_event` is where its history begins in the feed; later parts of it are in
-- `group_events`. `to_do` is 1 while goods of it are to be handed over, else absent.
CREATE TABLE order_groups (
    id INTEGER PRIMARY KEY,
    first_event INTEGER NOT NULL,
    expires_at INTEGER,
    to_do INTEGER,
    body BLOB NOT NULL
);
-- Only groups that wait for a payment are in it.
CREATE INDEX order_groups_expiring ON order_groups (expires_at) WHERE expires_at IS NOT NULL;
-- Only groups with goods to be handed over are in it, in the order of their ids.
CREATE INDEX order_groups_to_do ON order_groups (to_do) WHERE to_do IS NOT NULL;
CREATE TABLE group_events (
    group_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (group_id, position)
) WITHOUT ROWID;

-- Blocks: `first` is the number of the first entry, numbers rise by one within a block; `at` is the time
-- of its last entry. Events are the ordered feed, movements the double entries of goods, postings those of
-- money, answers what requests with an idempotency key were told, kept for a day.
CREATE TABLE events (first INTEGER PRIMARY KEY, entries INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE stock_movements (first INTEGER PRIMARY KEY, entries INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE postings (first INTEGER PRIMARY KEY, entries INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE answers (first INTEGER PRIMARY KEY, entries INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);

-- Work for the outside world; a row goes when it is done.
CREATE TABLE effects (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL);

-- Sums that consoles ask for all the time, kept with each batch: how many fulfillments wait in a state,
-- and what was sold in a quarter of an hour (its start in UTC milliseconds).
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sales (
    quarter INTEGER NOT NULL,
    currency TEXT NOT NULL,
    orders INTEGER NOT NULL,
    revenue INTEGER NOT NULL,
    from_phones INTEGER NOT NULL,
    PRIMARY KEY (quarter, currency)
) WITHOUT ROWID;

-- Indexes behind. A run is sorted by key and value and cut into pages, numbered under the run.
CREATE TABLE unindexed (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE index_runs (
    run INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    fences BLOB NOT NULL,
    filter BLOB NOT NULL
);
CREATE TABLE index_pages (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
