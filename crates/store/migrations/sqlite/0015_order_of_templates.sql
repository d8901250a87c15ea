-- Ids and names of templates are ordered byte by byte here already; PostgreSQL learns it with this
-- number.
SELECT 1;
