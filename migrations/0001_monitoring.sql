-- Watching. One text for SQLite and PostgreSQL: times are milliseconds since 1970 in UTC, documents are JSON in TEXT.

-- One poll of one platform. The time of the poll is its identity: a poll that is stored twice, late
-- or out of order, is still one row. `readings` holds the known values by series; what is not known
-- is absent, never zero.
CREATE TABLE poll (
    platform TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL CONSTRAINT poll_outcome_is_known CHECK (outcome IN ('answered', 'missed', 'bad')),
    reason TEXT,
    status TEXT CONSTRAINT poll_status_is_known CHECK (status IN ('healthy', 'degraded', 'down')),
    services TEXT NOT NULL,
    readings TEXT NOT NULL,
    faults TEXT,
    weddings_today BIGINT,
    CONSTRAINT poll_is_one PRIMARY KEY (platform, at)
);

-- What the polls of a stretch come to: always computed anew from what lies under it. `series` holds
-- [count, sum, min, max] by series; `sketches` the counts by logarithmic bin, for quantiles, apart
-- from the rest because charts do not read them.
CREATE TABLE rollup (
    platform TEXT NOT NULL,
    width TEXT NOT NULL CONSTRAINT rollup_width_is_known CHECK (width IN ('5m', '1h', '1d')),
    starts_at BIGINT NOT NULL,
    polls BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    series TEXT NOT NULL,
    sketches TEXT NOT NULL,
    CONSTRAINT rollup_is_one PRIMARY KEY (platform, width, starts_at)
);

-- A day's figures as the platform told them; the newest telling counts.
CREATE TABLE daily_figures (
    platform TEXT NOT NULL,
    day TEXT NOT NULL,
    figures TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    CONSTRAINT daily_figures_are_one PRIMARY KEY (platform, day)
);
