-- The chain and contracts that this database follows, for its whole life: one row.
CREATE TABLE meta (
    one            BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    chain_id       BIGINT NOT NULL,
    genesis_hash   TEXT   NOT NULL,
    start_block    BIGINT NOT NULL,
    grants_address TEXT   NOT NULL,
    goals_address  TEXT   NOT NULL
);

-- The last block whose logs are here: at most one row.
CREATE TABLE checkpoint (
    one   BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    block BIGINT NOT NULL,
    hash  TEXT   NOT NULL,
    time  BIGINT NOT NULL
);

-- Hashes of recent blocks, to find the common ancestor after a re-org.
CREATE TABLE blocks (
    block BIGINT NOT NULL PRIMARY KEY,
    hash  TEXT   NOT NULL,
    time  BIGINT NOT NULL
);

-- Imported: exists only here and in the company's files.
CREATE TABLE imported_rounds (
    root     TEXT   NOT NULL PRIMARY KEY,
    total    TEXT   NOT NULL,
    leaves   BIGINT NOT NULL,
    label    TEXT   NOT NULL,
    file     TEXT   NOT NULL,
    document TEXT   NOT NULL,
    tzdb     TEXT   NOT NULL
);

CREATE TABLE terms (
    id          TEXT   NOT NULL PRIMARY KEY,
    root        TEXT   NOT NULL REFERENCES imported_rounds (root) ON DELETE CASCADE,
    leaf_index  BIGINT NOT NULL,
    terms       TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    zone        TEXT   NOT NULL,
    agreement   TEXT,
    UNIQUE (root, leaf_index)
);
CREATE INDEX terms_by_name ON terms (external_id);

CREATE TABLE grant_gates (
    id         TEXT    NOT NULL REFERENCES terms (id) ON DELETE CASCADE,
    place      BIGINT  NOT NULL,
    goal       TEXT    NOT NULL,
    share_ppb  BIGINT  NOT NULL,
    lapse      BOOLEAN NOT NULL,
    is_trigger BOOLEAN NOT NULL,
    PRIMARY KEY (id, place)
);
CREATE INDEX grant_gates_by_goal ON grant_gates (goal);

CREATE TABLE goal_definitions (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    definition TEXT NOT NULL
);

-- Personal data: never on the chain, never on a public page.
CREATE TABLE people (
    id          TEXT NOT NULL PRIMARY KEY REFERENCES terms (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    employee_id TEXT NOT NULL,
    wallet      TEXT NOT NULL,
    country     TEXT NOT NULL
);
CREATE INDEX people_by_employee ON people (employee_id);

-- The ground: every log of the contracts, as the chain keeps it.
CREATE TABLE logs (
    block      BIGINT  NOT NULL,
    log_index  BIGINT  NOT NULL,
    block_hash TEXT    NOT NULL,
    block_time BIGINT  NOT NULL,
    tx         TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    topics     TEXT    NOT NULL,
    data       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    moves_pool BOOLEAN NOT NULL,
    PRIMARY KEY (block, log_index)
);
CREATE INDEX logs_by_subject ON logs (subject, block, log_index);
CREATE INDEX logs_of_pool ON logs (block, log_index) WHERE moves_pool;
