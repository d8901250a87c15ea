-- Ids and names of templates are ordered byte by byte, as in SQLite and as all other ids are: their
-- indexes serve joins with terms, and a list has one order in every locale.
ALTER TABLE grant_templates ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE grant_templates ALTER COLUMN template TYPE TEXT COLLATE "C";
ALTER TABLE templates ALTER COLUMN name TYPE TEXT COLLATE "C";
