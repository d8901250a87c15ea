-- What somebody asked for on a page and a wallet has still to sign. What it is about is
-- `grant:0x…` or `round:0x…`; `made_by` is the audit log's pseudonymous name.
CREATE TABLE requests (
    id           BIGINT NOT NULL PRIMARY KEY,
    subject      TEXT COLLATE "C"   NOT NULL,
    kind         TEXT COLLATE "C"   NOT NULL,
    body         TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      TEXT COLLATE "C"   NOT NULL,
    signature    TEXT,
    signed_at    BIGINT,
    withdrawn_at BIGINT
);
CREATE INDEX requests_by_subject ON requests (subject, id);

-- Calls that the owners of a Safe sign together.
CREATE TABLE batches (
    id        BIGINT NOT NULL PRIMARY KEY,
    made_at   BIGINT NOT NULL,
    made_by   TEXT COLLATE "C"   NOT NULL,
    safe      TEXT,
    closed_at BIGINT
);

CREATE TABLE batch_calls (
    batch    BIGINT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    place    BIGINT NOT NULL,
    subject  TEXT COLLATE "C"   NOT NULL,
    kind     TEXT COLLATE "C"   NOT NULL,
    body     TEXT   NOT NULL,
    call_to  TEXT COLLATE "C"   NOT NULL,
    data     TEXT   NOT NULL,
    summary  TEXT   NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (batch, place)
);
