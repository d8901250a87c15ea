-- Succession: who holds a grant, and what replaced it.
ALTER TABLE meta ADD COLUMN succession_address TEXT;

ALTER TABLE grants ADD COLUMN replaces TEXT;
ALTER TABLE grants ADD COLUMN place BIGINT;
ALTER TABLE grants ADD COLUMN inherited TEXT NOT NULL DEFAULT '0';
ALTER TABLE grants ADD COLUMN recovery_to TEXT;
ALTER TABLE grants ADD COLUMN recovery_announced_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN recovery_cancelled_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX grants_by_replaced ON grants (replaces, place);

-- Terms of grants that replaced others, as the chain published them.
CREATE TABLE successors (
    id    TEXT NOT NULL PRIMARY KEY,
    terms TEXT NOT NULL
);

CREATE TABLE successor_gates (
    id         TEXT    NOT NULL REFERENCES successors (id) ON DELETE CASCADE,
    place      BIGINT  NOT NULL,
    goal       TEXT    NOT NULL,
    share_ppb  BIGINT  NOT NULL,
    lapse      BOOLEAN NOT NULL,
    is_trigger BOOLEAN NOT NULL,
    PRIMARY KEY (id, place)
);
CREATE INDEX successor_gates_by_goal ON successor_gates (goal);
