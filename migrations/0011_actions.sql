-- Runs of actions: what was asked, who agreed, what each step came to; and the one switch for everything automatic.

CREATE TABLE run (
    -- A UUIDv7: the order of the ids is the order of asking.
    id TEXT NOT NULL,
    platform TEXT NOT NULL,
    -- The key of the catalogue. The entry itself stands in the document, as it was then.
    action TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT run_state_is_known CHECK (state IN ('requested', 'approved', 'running', 'succeeded',
        'failed', 'unknown', 'undone', 'refused', 'lapsed', 'cancelled')),
    -- The whole of it, as the rules of `domain` read and change it. It is stored before a request leaves.
    run TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    -- A person; NULL is a machine or the console itself.
    requested_by TEXT,
    -- From whose page it was asked for.
    alert TEXT,
    -- The run that it takes back.
    undoes TEXT,
    -- NULL while something may still happen by itself.
    ended_at BIGINT,
    -- Until when the same action rests.
    rests_until BIGINT,
    -- When the glass was broken for it; reviewed when somebody else has looked at that.
    glass_broken_at BIGINT,
    reviewed_at BIGINT,
    -- How far a long step has come, as a person reads it.
    progress TEXT,
    -- One higher with each change, so that two at once are seen.
    version BIGINT NOT NULL,
    CONSTRAINT run_is_one PRIMARY KEY (id),
    CONSTRAINT run_ended_when_it_says_so CHECK ((ended_at IS NULL) = (state IN ('requested', 'approved', 'running')))
);
CREATE INDEX run_open ON run (id) WHERE ended_at IS NULL;
CREATE INDEX run_undecided ON run (id) WHERE state = 'unknown';
CREATE INDEX run_by_action ON run (platform, action, id);
CREATE INDEX run_by_alert ON run (alert, id) WHERE alert IS NOT NULL;
CREATE INDEX run_to_review ON run (id) WHERE glass_broken_at IS NOT NULL AND reviewed_at IS NULL;

-- The story of a run, in the order of its numbers from 1.
CREATE TABLE run_event (
    run TEXT NOT NULL CONSTRAINT run_event_is_of_one REFERENCES run (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- requested, began, answered …: the tag of the document.
    kind TEXT NOT NULL,
    happening TEXT NOT NULL,
    CONSTRAINT run_event_is_one PRIMARY KEY (run, number)
);

-- One row. Whoever asks for a run or begins one changes it first: two of them then come one after the other, and the
-- second sees what the first did.
CREATE TABLE automation (
    id BIGINT NOT NULL CONSTRAINT automation_is_one CHECK (id = 1),
    -- Whether the console may do anything by itself, and who turned that off.
    automation TEXT NOT NULL,
    turns BIGINT NOT NULL,
    CONSTRAINT automation_has_one_row PRIMARY KEY (id)
);
INSERT INTO automation (id, automation, turns) VALUES (1, '{"automation":"on"}', 0);
