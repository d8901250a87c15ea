-- What the indexer last heard of the chain: every copy of the pages says by it how old they are.
CREATE TABLE index_state (
    one         BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    holder      TEXT   NOT NULL,
    answered_at BIGINT NOT NULL,
    head        BIGINT NOT NULL,
    head_time   BIGINT NOT NULL,
    stopped     TEXT
);
