-- Couriers' rounds: one record each, its code begins with the day, so that those of a day lie together.
CREATE TABLE rounds (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- Which rounds are open and what is in them: one row.
CREATE TABLE round_books (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- Where postal codes are: one row.
CREATE TABLE gazetteers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

-- Where doors are that somebody stood at, each under a hash of its address.
CREATE TABLE doors (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
