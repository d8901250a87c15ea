-- Sheets on their way to become rounds. A sheet holds personal data: it is emptied once its round
-- is imported, and the whole row goes when the draft is discarded.
CREATE TABLE imports (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    sheet      TEXT   NOT NULL,
    matched    TEXT   NOT NULL,
    left_out   TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    binding_at BIGINT,
    root       TEXT
);
CREATE INDEX imports_by_change ON imports (changed_at, id);

-- How columns of sheets were matched the last time.
CREATE TABLE import_columns (
    theirs TEXT NOT NULL PRIMARY KEY,
    ours   TEXT NOT NULL
);

-- Terms under a name, as the cells of a sheet say them.
CREATE TABLE templates (
    name             TEXT    NOT NULL PRIMARY KEY,
    kind             TEXT    NOT NULL,
    cliff_months     TEXT    NOT NULL,
    duration_months  TEXT    NOT NULL,
    interval_months  TEXT    NOT NULL,
    cliff_percent    TEXT    NOT NULL,
    vest_day         TEXT    NOT NULL,
    gates            TEXT    NOT NULL,
    can_end          BOOLEAN NOT NULL,
    can_move         BOOLEAN NOT NULL,
    can_recover      BOOLEAN NOT NULL,
    grace_seconds    BIGINT  NOT NULL,
    backdate_seconds BIGINT  NOT NULL,
    pause_max        BIGINT  NOT NULL,
    withhold_bps     BIGINT  NOT NULL,
    changed_at       BIGINT  NOT NULL
);

-- Which template an imported grant was made by: a label, the grant's terms are its own.
CREATE TABLE grant_templates (
    id       TEXT NOT NULL PRIMARY KEY REFERENCES terms (id) ON DELETE CASCADE,
    template TEXT NOT NULL
);
CREATE INDEX grant_templates_by_template ON grant_templates (template);
