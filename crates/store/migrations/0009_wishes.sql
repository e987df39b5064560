-- What each customer keeps and wants to be told, whole, under the customer's id; a row goes when nothing is left of it.
CREATE TABLE wishes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- Who wants to be told what of an article, in the order in which they are told: written with the rows of `wishes`, and
-- nothing but another order of them. `kind` is 0 for "it can be had again", 1 for "it costs no more than `at_most`".
CREATE TABLE wants (
    kind INTEGER NOT NULL,
    variant_id INTEGER NOT NULL,
    since INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at_most INTEGER NOT NULL,
    PRIMARY KEY (kind, variant_id, since, customer_id)
) WITHOUT ROWID;
-- The most that anybody would pay: whether a price that fell concerns anybody is one look.
CREATE INDEX wants_at_most ON wants (variant_id, currency, at_most) WHERE kind = 1;
