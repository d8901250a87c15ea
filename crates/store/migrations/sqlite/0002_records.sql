-- Derived from logs, and folded again from them after a re-org.
CREATE TABLE pool (
    one      BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    funded   TEXT   NOT NULL,
    promised TEXT   NOT NULL,
    released TEXT   NOT NULL,
    withheld TEXT   NOT NULL
);

CREATE TABLE rounds (
    root            TEXT    NOT NULL PRIMARY KEY,
    total           TEXT    NOT NULL,
    document        TEXT    NOT NULL,
    committed_at    BIGINT  NOT NULL,
    binding_at      BIGINT  NOT NULL,
    since           BIGINT  NOT NULL,
    rescinded       BOOLEAN NOT NULL,
    committed_block BIGINT  NOT NULL,
    committed_hash  TEXT    NOT NULL,
    committed_time  BIGINT  NOT NULL,
    committed_tx    TEXT    NOT NULL,
    committed_log   BIGINT  NOT NULL
);

CREATE TABLE grants (
    id            TEXT   NOT NULL PRIMARY KEY,
    root          TEXT   NOT NULL,
    leaf_index    BIGINT NOT NULL,
    recipient     TEXT   NOT NULL,
    amount        TEXT   NOT NULL,
    released      TEXT   NOT NULL,
    flags         BIGINT NOT NULL,
    withhold_bps  BIGINT NOT NULL,
    since         BIGINT NOT NULL,
    stop_at       BIGINT NOT NULL,
    credit        BIGINT NOT NULL,
    lost          BIGINT NOT NULL,
    settled_value TEXT,
    moved_to      TEXT,
    paid_net      TEXT   NOT NULL,
    withheld      TEXT   NOT NULL,
    freed         TEXT   NOT NULL,
    payments      BIGINT NOT NULL,
    opened_block  BIGINT NOT NULL,
    opened_hash   TEXT   NOT NULL,
    opened_time   BIGINT NOT NULL,
    opened_tx     TEXT   NOT NULL,
    opened_log    BIGINT NOT NULL,
    changed_block BIGINT NOT NULL,
    changed_hash  TEXT   NOT NULL,
    changed_time  BIGINT NOT NULL,
    changed_tx    TEXT   NOT NULL,
    changed_log   BIGINT NOT NULL
);
CREATE INDEX grants_by_round ON grants (root, leaf_index);
CREATE INDEX grants_by_recipient ON grants (recipient, id);

CREATE TABLE goals (
    id                       TEXT   NOT NULL PRIMARY KEY,
    kind                     BIGINT NOT NULL,
    threshold                BIGINT NOT NULL,
    stretch                  BIGINT NOT NULL,
    base_ppb                 BIGINT NOT NULL,
    default_ppb              BIGINT NOT NULL,
    bound                    BIGINT NOT NULL,
    attempts                 BIGINT NOT NULL,
    max_voids                BIGINT NOT NULL,
    samples                  BIGINT NOT NULL,
    pool                     BIGINT NOT NULL,
    guards                   BIGINT NOT NULL,
    opens                    BIGINT NOT NULL,
    closes                   BIGINT NOT NULL,
    run_seconds              BIGINT NOT NULL,
    challenge_seconds        BIGINT NOT NULL,
    arbiter_seconds          BIGINT NOT NULL,
    seed_blocks              BIGINT NOT NULL,
    sponsor                  TEXT   NOT NULL,
    panel                    TEXT   NOT NULL,
    arbiter                  TEXT   NOT NULL,
    bond_token               TEXT   NOT NULL,
    bond                     TEXT   NOT NULL,
    data                     TEXT   NOT NULL,
    spec                     TEXT   NOT NULL,
    m                        BIGINT NOT NULL,
    state_fraction           BIGINT NOT NULL,
    state_count              BIGINT NOT NULL,
    state_pending            BIGINT NOT NULL,
    state_voided             BIGINT NOT NULL,
    state_flags              BIGINT NOT NULL,
    state_closes             BIGINT NOT NULL,
    state_demanded_at        BIGINT NOT NULL,
    state_last_registered_at BIGINT NOT NULL,
    state_defaulted          BIGINT NOT NULL,
    defined_block            BIGINT NOT NULL,
    defined_hash             TEXT   NOT NULL,
    defined_time             BIGINT NOT NULL,
    defined_tx               TEXT   NOT NULL,
    defined_log              BIGINT NOT NULL,
    changed_block            BIGINT NOT NULL,
    changed_hash             TEXT   NOT NULL,
    changed_time             BIGINT NOT NULL,
    changed_tx               TEXT   NOT NULL,
    changed_log              BIGINT NOT NULL
);

CREATE TABLE panel_members (
    goal   TEXT   NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    place  BIGINT NOT NULL,
    member TEXT   NOT NULL,
    PRIMARY KEY (goal, place)
);
CREATE INDEX panel_members_by_member ON panel_members (member);

CREATE TABLE attempts (
    goal             TEXT    NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    number           BIGINT  NOT NULL,
    registered_at    BIGINT  NOT NULL,
    registered_block BIGINT  NOT NULL,
    deadline         BIGINT  NOT NULL,
    fraction         BIGINT  NOT NULL,
    status           BIGINT  NOT NULL,
    signed           BOOLEAN NOT NULL,
    cleared_demand   BOOLEAN NOT NULL,
    seed             TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    challenger       TEXT,
    reason           TEXT    NOT NULL,
    bond             TEXT    NOT NULL,
    has_result       BOOLEAN NOT NULL,
    x                TEXT    NOT NULL,
    y                TEXT    NOT NULL,
    samples          BIGINT  NOT NULL,
    guards           BIGINT  NOT NULL,
    evidence         TEXT    NOT NULL,
    signers          BIGINT  NOT NULL,
    lower_bound      BIGINT,
    PRIMARY KEY (goal, number)
);

-- Each status an attempt went through, and where.
CREATE TABLE attempt_history (
    goal     TEXT   NOT NULL,
    attempt  BIGINT NOT NULL,
    place    BIGINT NOT NULL,
    status   BIGINT NOT NULL,
    at_block BIGINT NOT NULL,
    at_hash  TEXT   NOT NULL,
    at_time  BIGINT NOT NULL,
    at_tx    TEXT   NOT NULL,
    at_log   BIGINT NOT NULL,
    PRIMARY KEY (goal, attempt, place),
    FOREIGN KEY (goal, attempt) REFERENCES attempts (goal, number) ON DELETE CASCADE
);
