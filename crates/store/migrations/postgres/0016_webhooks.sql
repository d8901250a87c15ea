-- Facts that are final, as other systems are told them: by list, by stream, by webhook. `id` follows
-- from the fact alone, so that none is told twice. `at` is the chain's clock, `noted_at` this
-- machine's, by which rows are forgotten.
CREATE TABLE events (
    seq      BIGINT NOT NULL PRIMARY KEY,
    id       TEXT COLLATE "C" NOT NULL UNIQUE,
    kind     TEXT COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    noted_at BIGINT NOT NULL
);
CREATE INDEX events_by_time ON events (noted_at);

-- Up to which block facts were told, and the last number that an event was given. Steps of
-- schedules count from `begun_at` on.
CREATE TABLE told (
    one      BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq      BIGINT NOT NULL,
    block    BIGINT NOT NULL,
    hash     TEXT COLLATE "C" NOT NULL,
    begun_at BIGINT NOT NULL
);

-- How many steps of a grant's schedule were told, and when its clock completes the next one.
CREATE TABLE grant_steps (
    grant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    done     BIGINT NOT NULL,
    next_at  BIGINT
);
CREATE INDEX grant_steps_by_time ON grant_steps (next_at);

-- The data key that secrets here are sealed with, by a mark that betrays nothing of it.
CREATE TABLE data_key (
    one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    mark TEXT COLLATE "C" NOT NULL
);

-- Where events are sent. `events` are words between blanks, nothing for all of them; `secret` and
-- `old_secret` are sealed, the old one signs as well until `old_until`.
CREATE TABLE webhooks (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    url           TEXT COLLATE "C" NOT NULL,
    events        TEXT COLLATE "C" NOT NULL,
    secret        TEXT COLLATE "C" NOT NULL,
    old_secret    TEXT COLLATE "C",
    old_until     BIGINT,
    made_at       BIGINT NOT NULL,
    made_by       TEXT COLLATE "C" NOT NULL,
    failing_since BIGINT,
    disabled_at   BIGINT,
    disabled_why  TEXT
);

-- What became of each event at each webhook. Without `next_at` nothing is tried any more.
CREATE TABLE deliveries (
    webhook  TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event    BIGINT NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    attempts BIGINT NOT NULL,
    next_at  BIGINT,
    tried_at BIGINT,
    status   BIGINT,
    failure  TEXT,
    done_at  BIGINT,
    PRIMARY KEY (webhook, event)
);
CREATE INDEX deliveries_by_time ON deliveries (webhook, next_at);
CREATE INDEX deliveries_by_event ON deliveries (event);
