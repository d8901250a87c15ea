-- Rows are changed in their place here already; PostgreSQL learns it with this number.
SELECT 1;
