-- People as the company's list has them. `person` is a serial number that stays after erasure; all
-- other columns are personal and are cleared by it. No secret stands here: tokens as hashes only.
CREATE TABLE members (
    person    BIGINT NOT NULL PRIMARY KEY,
    number    TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    email     TEXT   NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    country   TEXT   NOT NULL,
    zone      TEXT   NOT NULL,
    added_at  BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE UNIQUE INDEX members_by_number ON members (number) WHERE erased_at IS NULL;
CREATE INDEX members_by_name ON members (name, person) WHERE erased_at IS NULL;
CREATE INDEX members_by_email ON members (email_key) WHERE erased_at IS NULL;

-- A wallet belongs to one person. Proven: the person signed in with it.
CREATE TABLE member_wallets (
    wallet    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person    BIGINT NOT NULL REFERENCES members (person) ON DELETE CASCADE,
    proven_at BIGINT
);
CREATE INDEX member_wallets_by_person ON member_wallets (person);

CREATE TABLE member_roles (
    person BIGINT NOT NULL REFERENCES members (person) ON DELETE CASCADE,
    role   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person, role)
);

-- An erased row keeps its grant's name and no person, also when its round is imported again.
ALTER TABLE people ADD COLUMN erased_at BIGINT;

CREATE TABLE sessions (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    means      TEXT   NOT NULL,
    person     BIGINT,
    wallet     TEXT COLLATE "C",
    agent      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    idle_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_wallet ON sessions (wallet);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE sign_in_nonces (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_nonces_by_expiry ON sign_in_nonces (expires_at);

CREATE TABLE mail_links (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    taken_at   BIGINT
);
CREATE INDEX mail_links_by_person ON mail_links (person, created_at);
CREATE INDEX mail_links_by_expiry ON mail_links (expires_at);

CREATE TABLE share_links (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    grant_id   TEXT COLLATE "C" NOT NULL,
    wallet     TEXT COLLATE "C" NOT NULL,
    label      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX share_links_by_grant ON share_links (grant_id, created_at);
CREATE INDEX share_links_by_wallet ON share_links (wallet, created_at);

CREATE TABLE calendar_links (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner      TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- What was done here and by whom, by serial numbers and wallets alone. Never changed or deleted.
CREATE TABLE audit (
    id      BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail  TEXT   NOT NULL
);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();

-- Holders' signed words that they accept their grants.
CREATE TABLE acceptances (
    grant_id  TEXT COLLATE "C" NOT NULL,
    agreement TEXT COLLATE "C" NOT NULL,
    wallet    TEXT COLLATE "C" NOT NULL,
    signed_at BIGINT NOT NULL,
    signature TEXT   NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (grant_id, agreement, wallet)
);

-- What a person chose: a zone, which notices. `owner` is a person's number here or a wallet.
CREATE TABLE settings (
    owner TEXT COLLATE "C" NOT NULL,
    name  TEXT COLLATE "C" NOT NULL,
    value TEXT   NOT NULL,
    PRIMARY KEY (owner, name)
);

-- Claims that holders asked the keeper to send.
CREATE TABLE relay_requests (
    id         BIGINT NOT NULL PRIMARY KEY,
    grant_id   TEXT COLLATE "C" NOT NULL,
    wallet     TEXT COLLATE "C" NOT NULL,
    asked_at   BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    outcome    TEXT   NOT NULL,
    job        BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX relay_requests_open ON relay_requests (grant_id) WHERE state = 'open';
CREATE INDEX relay_requests_by_grant ON relay_requests (grant_id, id);
CREATE INDEX relay_requests_by_state ON relay_requests (state, id);

-- The grants of a wallet: held after a move, or imported and not opened yet (the recipient is the
-- first 20 bytes of the terms).
CREATE INDEX grants_by_moved_to ON grants (moved_to, id);
CREATE INDEX terms_by_recipient ON terms (substr(terms, 1, 42), id);
