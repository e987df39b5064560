-- From here on a row of `checkouts` stays as it was opened; what the checkout became when it was changed is here.
CREATE TABLE changed_checkouts (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- One that was placed as it was shown is not written again: if its row says that it is open, it was placed if there is
-- an order group under its id. Rows of before are read as before, some with room behind their bodies.
