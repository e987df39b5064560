-- Who brings parcels: one record each, with its services, areas, rate card and surcharges.
CREATE TABLE carriers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- The numbers of each, under the carrier's id: a row that changes with each batch that books parcels.
CREATE TABLE number_pools (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- Compact bodies have format 7 from here on: an order group says at its end which waybills were booked for its parcels and
-- what was seen of them. Bodies of before are read as before, as without parcels, and written anew when their rows change.
-- Rows of `unindexed` name waybills in a fourth list; those of before have three.
