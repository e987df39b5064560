-- How far each follower of the feed that sends something out has come.
CREATE TABLE followers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
