-- What buyers say of goods. `shown` is 1 while everybody may see it, `queued_at` is set while somebody of the shop is to
-- look at it. The other columns are what lists ask for; the review is in `body`. Each list of a product's page has an
-- index in its order, so that a page of it costs the same however many there are.
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL,
    author INTEGER,
    shown INTEGER,
    stars INTEGER NOT NULL,
    photos INTEGER NOT NULL,
    helpful INTEGER NOT NULL,
    at INTEGER NOT NULL,
    queued_at INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX reviews_newest ON reviews (product_id, at, id) WHERE shown = 1;
CREATE INDEX reviews_helpful ON reviews (product_id, helpful, at, id) WHERE shown = 1;
CREATE INDEX reviews_stars_newest ON reviews (product_id, stars, at, id) WHERE shown = 1;
CREATE INDEX reviews_stars_helpful ON reviews (product_id, stars, helpful, at, id) WHERE shown = 1;
CREATE INDEX reviews_photos_newest ON reviews (product_id, at, id, stars) WHERE shown = 1 AND photos > 0;
CREATE INDEX reviews_photos_helpful ON reviews (product_id, helpful, at, id, stars) WHERE shown = 1 AND photos > 0;
CREATE INDEX reviews_latest ON reviews (at, id);
CREATE INDEX reviews_queue ON reviews (queued_at, id) WHERE queued_at IS NOT NULL;
CREATE INDEX reviews_author ON reviews (author) WHERE author IS NOT NULL;

-- What the stars of a product's shown reviews come to, kept with each batch.
CREATE TABLE ratings (
    product_id INTEGER PRIMARY KEY,
    one INTEGER NOT NULL,
    two INTEGER NOT NULL,
    three INTEGER NOT NULL,
    four INTEGER NOT NULL,
    five INTEGER NOT NULL,
    with_photos INTEGER NOT NULL
);

-- Who marked which review: `kind` 0 found it helpful, 1 reported it. `visitor` is a hash.
CREATE TABLE review_marks (
    review_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    visitor INTEGER NOT NULL,
    PRIMARY KEY (review_id, kind, visitor)
) WITHOUT ROWID;
