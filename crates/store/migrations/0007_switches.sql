-- Where the switches of optional work stand, and when they are thrown by themselves.
CREATE TABLE switches (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
