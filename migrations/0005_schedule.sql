-- What recurs. A rule is known by its name; the times of before `considered_until` are dealt with, whatever the rule
-- becomes. The row is changed first in each transaction that does something of the rule, so that two never do it at once.
CREATE TABLE schedule_rule (
    name TEXT NOT NULL,
    -- As it was written, and its zone: when they change, what lies before that moment is not made up for.
    rule TEXT NOT NULL,
    zone TEXT NOT NULL,
    considered_until BIGINT NOT NULL,
    CONSTRAINT schedule_rule_is_one PRIMARY KEY (name)
);

-- One due time of a rule, written in the transaction of what it did: both are there, or neither.
CREATE TABLE schedule_due (
    rule TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    outcome TEXT NOT NULL CONSTRAINT schedule_due_outcome_is_known CHECK (outcome IN ('done', 'late', 'missed')),
    -- When it was done, or found to be missed.
    at BIGINT NOT NULL,
    -- What came of it, in words.
    note TEXT NOT NULL,
    CONSTRAINT schedule_due_happens_once PRIMARY KEY (rule, due_at)
);
CREATE INDEX schedule_due_by_time ON schedule_due (due_at);
