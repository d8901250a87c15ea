-- Who may act alone: one row a task, good until it expires. Times are the machines' clocks.
CREATE TABLE leases (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What the keeper decided to send: written before anything leaves, so that a kill loses nothing.
CREATE TABLE jobs (
    id         BIGINT NOT NULL PRIMARY KEY,
    sender     TEXT COLLATE "C" NOT NULL,
    nonce      BIGINT NOT NULL,
    call_to    TEXT   NOT NULL,
    call_data  TEXT   NOT NULL,
    summary    TEXT   NOT NULL,
    gas_limit  BIGINT NOT NULL,
    day        BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    tx         TEXT,
    block      BIGINT,
    gas_used   BIGINT
);
CREATE INDEX jobs_by_state ON jobs (state, sender, nonce);
CREATE INDEX jobs_by_day ON jobs (day);

-- The signed bytes of a job: the first, and those that replaced it at a higher fee.
CREATE TABLE sent (
    tx           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job          BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    raw          TEXT   NOT NULL,
    max_fee      TEXT   NOT NULL,
    priority_fee TEXT,
    sent_at      BIGINT NOT NULL
);
CREATE INDEX sent_by_job ON sent (job, sent_at);

CREATE TABLE job_grants (
    job BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (job, id)
);

-- Grants that could not be paid, and when the keeper tries again, by the chain's clock.
CREATE TABLE failures (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    times    BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    last_at  BIGINT NOT NULL,
    retry_at BIGINT NOT NULL
);
