-- Evidence: what somebody saw while looking closer, pinned to an alert as it was seen. Never changed, gone with the alert.

CREATE TABLE evidence (
    alert TEXT NOT NULL CONSTRAINT evidence_is_of_one REFERENCES alert (id) ON DELETE CASCADE,
    -- The name of the look, made at random when it was seen: pinned twice it is there once.
    look TEXT NOT NULL,
    -- When it was pinned, and when it was seen.
    at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- A person, and what they were called then.
    by_person TEXT NOT NULL,
    by_name TEXT NOT NULL,
    -- "Pods"
    kind TEXT NOT NULL,
    -- What was looked at: "wedsync, optimization".
    looked_at TEXT NOT NULL,
    -- The sentence, and all of it as text without what may be personal or secret: 32 KiB at most.
    title TEXT NOT NULL,
    content TEXT NOT NULL CONSTRAINT evidence_is_bounded CHECK (LENGTH(content) <= 32768),
    -- Why it matters, in the words of whoever pinned it.
    note TEXT NOT NULL,
    CONSTRAINT evidence_is_one PRIMARY KEY (alert, look)
);
CREATE INDEX evidence_by_time ON evidence (alert, at);
