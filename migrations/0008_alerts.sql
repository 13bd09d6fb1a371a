-- Alerts: lasting departures from what is well, each with its story, and the stretches in which nobody is called.

CREATE TABLE alert (
    id TEXT NOT NULL,
    -- Who saw it: the console's own watching, or a sender from outside.
    source TEXT NOT NULL CONSTRAINT alert_source_is_known CHECK (source IN ('watch', 'alertmanager', 'pagerduty')),
    platform TEXT NOT NULL,
    -- Empty for the platform as a whole: NULLs would not be equal to each other in the index below.
    service TEXT NOT NULL,
    -- A metric's key, a word of the policy (unanswered), or the fingerprint of an alert from outside.
    metric TEXT NOT NULL,
    title TEXT NOT NULL,
    why TEXT NOT NULL,
    value DOUBLE PRECISION,
    -- 1 to 4: now, and the worst that it has been.
    level BIGINT NOT NULL CONSTRAINT alert_level_is_known CHECK (level BETWEEN 1 AND 4),
    highest BIGINT NOT NULL CONSTRAINT alert_highest_is_known CHECK (highest BETWEEN level AND 4),
    state TEXT NOT NULL CONSTRAINT alert_state_is_known CHECK (state IN ('firing', 'acknowledged', 'resolved')),
    -- The whole of it, as the rules of `domain` read and change it.
    alert TEXT NOT NULL,
    -- Labels and links of a sender from outside.
    labels TEXT,
    began_at BIGINT NOT NULL,
    fired_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    resolved_at BIGINT,
    -- When time alone changes something: the next page, or the end of an acknowledgement. NULL: nothing is waited for.
    due_at BIGINT,
    -- One higher with each change, so that two at once are seen.
    version BIGINT NOT NULL,
    CONSTRAINT alert_is_one PRIMARY KEY (id),
    CONSTRAINT alert_resolved_when_it_says_so CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT alert_resolved_waits_for_nothing CHECK (resolved_at IS NULL OR due_at IS NULL)
);
-- At most one is open for a (platform, service or none, metric), whoever writes.
CREATE UNIQUE INDEX alert_open_is_one ON alert (platform, service, metric) WHERE resolved_at IS NULL;
CREATE INDEX alert_by_due ON alert (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alert_by_firing ON alert (fired_at, id);
CREATE INDEX alert_by_key ON alert (platform, service, metric, fired_at);

-- The story of an alert, in the order of its numbers from 1.
CREATE TABLE alert_event (
    alert TEXT NOT NULL CONSTRAINT alert_event_is_of_one REFERENCES alert (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- fired, rose, acknowledged …: the tag of the document.
    kind TEXT NOT NULL,
    happening TEXT NOT NULL,
    CONSTRAINT alert_event_is_one PRIMARY KEY (alert, number)
);

-- Who was told, by which delivery. A list of many alerts has a row for each of them with the same delivery.
CREATE TABLE alert_page (
    alert TEXT NOT NULL CONSTRAINT alert_page_is_of_one REFERENCES alert (id) ON DELETE CASCADE,
    delivery TEXT NOT NULL,
    at BIGINT NOT NULL,
    tier BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    occasion TEXT NOT NULL,
    CONSTRAINT alert_page_is_one PRIMARY KEY (alert, delivery)
);
-- What one recipient was sent within the last minute decides whether pages become a list.
CREATE INDEX alert_page_by_time ON alert_page (at, recipient);

-- What the watching of a platform remembers between samples, written with the polls that it remembers.
CREATE TABLE alert_memory (
    platform TEXT NOT NULL,
    memory TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT alert_memory_is_one PRIMARY KEY (platform)
);

-- A silence or a maintenance window. It is never deleted: it ends early by `ended_at`.
CREATE TABLE quiet_window (
    id TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT quiet_window_kind_is_known CHECK (kind IN ('silence', 'maintenance')),
    platform TEXT,
    service TEXT,
    metric TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    -- When level 4 was included, on purpose.
    emergencies_at BIGINT,
    reason TEXT NOT NULL,
    made_by TEXT,
    made_by_name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT quiet_window_is_one PRIMARY KEY (id),
    CONSTRAINT quiet_window_ends_after_it_begins CHECK (until_at > from_at)
);
CREATE INDEX quiet_window_by_end ON quiet_window (until_at);
