-- Links by which somebody without a wallet and without a line on the people list reads what
-- auditors read, until a day. `hash` is of the link's secret, which stands nowhere; `made_by` is the
-- audit log's pseudonymous name. A session that was opened by one ends with it.
CREATE TABLE auditor_links (
    id            BIGINT NOT NULL PRIMARY KEY,
    hash          TEXT   NOT NULL UNIQUE,
    label         TEXT   NOT NULL,
    made_at       BIGINT NOT NULL,
    made_by       TEXT   NOT NULL,
    expires_at    BIGINT NOT NULL,
    first_used_at BIGINT,
    used_at       BIGINT,
    revoked_at    BIGINT
);

ALTER TABLE sessions ADD COLUMN link BIGINT REFERENCES auditor_links (id);
CREATE INDEX sessions_by_link ON sessions (link);
