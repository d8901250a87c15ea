-- Who may do what, and what is scheduled: derived from the AccessManager's logs.
ALTER TABLE meta ADD COLUMN manager_address TEXT;

CREATE TABLE role_members (
    role          BIGINT NOT NULL,
    account       TEXT   NOT NULL,
    since         BIGINT NOT NULL,
    delay_before  BIGINT NOT NULL,
    delay         BIGINT NOT NULL,
    delay_from    BIGINT NOT NULL,
    changed_block BIGINT NOT NULL,
    changed_hash  TEXT   NOT NULL,
    changed_time  BIGINT NOT NULL,
    changed_tx    TEXT   NOT NULL,
    changed_log   BIGINT NOT NULL,
    PRIMARY KEY (role, account)
);
CREATE INDEX role_members_by_account ON role_members (account, role);

CREATE TABLE function_roles (
    target        TEXT   NOT NULL,
    selector      TEXT   NOT NULL,
    role          BIGINT NOT NULL,
    changed_block BIGINT NOT NULL,
    changed_hash  TEXT   NOT NULL,
    changed_time  BIGINT NOT NULL,
    changed_tx    TEXT   NOT NULL,
    changed_log   BIGINT NOT NULL,
    PRIMARY KEY (target, selector)
);

CREATE TABLE operations (
    id              TEXT   NOT NULL,
    nonce           BIGINT NOT NULL,
    caller          TEXT   NOT NULL,
    target          TEXT   NOT NULL,
    data            TEXT   NOT NULL,
    ready_at        BIGINT NOT NULL,
    state           TEXT   NOT NULL,
    scheduled_block BIGINT NOT NULL,
    scheduled_hash  TEXT   NOT NULL,
    scheduled_time  BIGINT NOT NULL,
    scheduled_tx    TEXT   NOT NULL,
    scheduled_log   BIGINT NOT NULL,
    changed_block   BIGINT NOT NULL,
    changed_hash    TEXT   NOT NULL,
    changed_time    BIGINT NOT NULL,
    changed_tx      TEXT   NOT NULL,
    changed_log     BIGINT NOT NULL,
    PRIMARY KEY (id, nonce)
);
CREATE INDEX operations_by_time ON operations (scheduled_block, scheduled_log);
CREATE INDEX operations_by_state ON operations (state, ready_at);
