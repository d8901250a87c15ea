-- Keys of other systems. `hash` is of the key's secret, which stands nowhere; `prefix` are the
-- first signs of the key, by which people tell keys apart. `scopes` are words between blanks.
CREATE TABLE api_keys (
    id         BIGINT NOT NULL PRIMARY KEY,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE,
    prefix     TEXT COLLATE "C" NOT NULL,
    label      TEXT   NOT NULL,
    scopes     TEXT COLLATE "C" NOT NULL,
    made_at    BIGINT NOT NULL,
    made_by    TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT,
    used_at    BIGINT,
    revoked_at BIGINT
);

-- What a request with an idempotency key was answered; written with what the request did.
CREATE TABLE api_answers (
    api_key     BIGINT NOT NULL REFERENCES api_keys (id),
    name        TEXT COLLATE "C" NOT NULL,
    request     TEXT COLLATE "C" NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (api_key, name)
);
CREATE INDEX api_answers_by_time ON api_answers (answered_at);
