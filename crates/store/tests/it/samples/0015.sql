INSERT INTO templates VALUES ('Zulu', '', '0', '48', '1', '', '', '', TRUE, TRUE, TRUE, 0, 0, 0, 0, 1);
INSERT INTO templates VALUES ('alpha', '', '0', '48', '1', '', '', '', TRUE, TRUE, TRUE, 0, 0, 0, 0, 1);
