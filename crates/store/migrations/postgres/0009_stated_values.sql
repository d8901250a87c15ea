-- What the company's sheet says that one token is worth: its word, not a valuation.
CREATE TABLE stated_values (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES terms (id) ON DELETE CASCADE,
    unit_usd  TEXT NOT NULL,
    stated_on TEXT NOT NULL
);
