-- Why the names of an imported round's grants are free again, which the chain does not say:
-- `discarded` or `rescinded`.
ALTER TABLE imported_rounds ADD COLUMN aside TEXT;

-- Who began to commit a round here, and that account's next nonce before, until it is known what
-- came of it.
CREATE TABLE begun_commitments (
    root   TEXT COLLATE "C" NOT NULL REFERENCES imported_rounds (root) ON DELETE CASCADE,
    signer TEXT COLLATE "C" NOT NULL,
    nonce  BIGINT NOT NULL,
    PRIMARY KEY (root, signer)
);
