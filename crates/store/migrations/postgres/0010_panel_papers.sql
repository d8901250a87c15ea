-- What panel members are asked to sign for an attempt, by the hash that they sign: an acceptance
-- or a result. `made_by` is the audit log's pseudonymous name.
CREATE TABLE panel_papers (
    digest  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    goal    TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    body    TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL
);
CREATE INDEX panel_papers_by_attempt ON panel_papers (goal, attempt);

CREATE TABLE panel_signatures (
    digest    TEXT COLLATE "C" NOT NULL REFERENCES panel_papers (digest) ON DELETE CASCADE,
    signer    TEXT COLLATE "C" NOT NULL,
    signature TEXT   NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (digest, signer)
);

-- Files that a result is read from, by the hash that the panel signs as its evidence.
CREATE TABLE result_files (
    goal     TEXT COLLATE "C" NOT NULL,
    attempt  BIGINT NOT NULL,
    hash     TEXT COLLATE "C" NOT NULL,
    name     TEXT   NOT NULL,
    size     BIGINT NOT NULL,
    content  TEXT   NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (goal, attempt, hash)
);

-- What challengers say; the chain keeps the hash alone.
CREATE TABLE challenge_reasons (
    goal     TEXT COLLATE "C" NOT NULL,
    attempt  BIGINT NOT NULL,
    hash     TEXT COLLATE "C" NOT NULL,
    reason   TEXT   NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (goal, attempt, hash)
);
