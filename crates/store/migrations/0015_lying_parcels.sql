-- Parcels that lie at one of the shop's places on their way: few of many.
CREATE TABLE lying_parcels (
    location_id INTEGER NOT NULL,
    fulfillment_id INTEGER NOT NULL,
    PRIMARY KEY (location_id, fulfillment_id)
) WITHOUT ROWID;

-- Compact bodies have format 9 from here on: an order group says at its end where its parcels were seen. Bodies of before are
-- read as before, as never seen at a place of the shop, and written anew when their rows change.
