INSERT INTO imports VALUES ('aa01', 'acme-2026-h2.csv', '0x61', 'wallet', '2', 'person 1', 1, 2, NULL, NULL);
INSERT INTO import_columns VALUES ('Shares', 'quantity');
INSERT INTO templates VALUES ('standard-4y', '', '12', '48', '1', '25', '', '', TRUE, TRUE, TRUE, 0, 2592000, 31536000, 0, 1);
INSERT INTO grant_templates (id, template) SELECT id, 'standard-4y' FROM terms;
