UPDATE imported_rounds SET aside = 'discarded';
INSERT INTO begun_commitments SELECT root, '0x3333333333333333333333333333333333333333', 4 FROM imported_rounds;
