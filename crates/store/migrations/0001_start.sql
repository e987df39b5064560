-- Hot tables are append-only in key order and carry no index with random keys: what needs one is
-- indexed behind (buyer_orders, variant_movements), in sorted bulk.

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

-- Double entries of goods. An account is a kind and, for places, a location (else 0).
CREATE TABLE stock_movements (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    variant_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    from_kind INTEGER NOT NULL,
    from_location INTEGER NOT NULL,
    to_kind INTEGER NOT NULL,
    to_location INTEGER NOT NULL,
    cause TEXT NOT NULL,
    cause_id INTEGER NOT NULL
);

-- Double entries of money. An account is a kind and what it belongs to.
CREATE TABLE postings (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    from_kind INTEGER NOT NULL,
    from_owner INTEGER NOT NULL,
    to_kind INTEGER NOT NULL,
    to_owner INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    cause TEXT NOT NULL,
    cause_id INTEGER NOT NULL
);

CREATE TABLE carts (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE checkouts (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- An order group whole, with the columns that lists and jobs look at.
CREATE TABLE order_groups (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    expires_at INTEGER,
    body TEXT NOT NULL
);
-- Only groups that wait for a payment are in it.
CREATE INDEX order_groups_expiring ON order_groups (expires_at) WHERE expires_at IS NOT NULL;

-- One row per order, for lists.
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    seller_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    currency TEXT NOT NULL,
    total INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    payment TEXT NOT NULL,
    buyer TEXT NOT NULL,
    email TEXT NOT NULL,
    search TEXT NOT NULL
);

-- One row per fulfillment, for pick lists: only those that are still to be handed over are in the index.
CREATE TABLE fulfillments (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    location_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    state INTEGER NOT NULL,
    pieces INTEGER NOT NULL
);
CREATE INDEX fulfillments_open ON fulfillments (state, id) WHERE state BETWEEN 1 AND 3;

-- The ordered feed.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    group_id INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX events_of_group ON events (group_id) WHERE group_id IS NOT NULL;

-- Work for the outside world; a row goes when it is done.
CREATE TABLE effects (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);

-- Answers to requests with an idempotency key, kept for a day.
CREATE TABLE answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
);

-- Indexed behind.
CREATE TABLE buyer_orders (email TEXT NOT NULL, group_id INTEGER NOT NULL, PRIMARY KEY (email, group_id)) WITHOUT ROWID;
CREATE TABLE variant_movements (
    variant_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (variant_id, number)
) WITHOUT ROWID;
