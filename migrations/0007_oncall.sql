-- Who is called. People are named by their ids without a reference: somebody who was removed keeps their place in the
-- order of a rotation, or everybody's turns would change. The roster counts them as gone.

-- A step of the escalation chain. Name, channel and seasons are the configuration's, written here at each start, so that
-- the roster is told by one read; who is in it is edited in the console.
CREATE TABLE oncall_tier (
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    channel TEXT,
    -- JSON: ["05-01 to 09-30"]; NULL is around the year.
    seasons TEXT,
    season_zone TEXT,
    stand_in BIGINT,
    -- When the configuration lost it.
    dropped_at BIGINT,
    -- JSON: a list of people, or a rotation; NULL until somebody is named.
    staffing TEXT,
    -- One higher with each change of the staffing: of two at once the second is told.
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT oncall_tier_is_one PRIMARY KEY (number),
    CONSTRAINT oncall_tier_has_a_stand_in CHECK (seasons IS NULL OR (season_zone IS NOT NULL AND stand_in IS NOT NULL))
);

-- Somebody in the place of whoever's turn it is. Of those that overlap, the latest made wins.
CREATE TABLE oncall_override (
    id TEXT NOT NULL,
    tier BIGINT NOT NULL CONSTRAINT oncall_override_is_of_a_tier REFERENCES oncall_tier (number),
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    person TEXT NOT NULL,
    -- Why, in words; may be empty.
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- A swap is two of them that name each other.
    swapped_with TEXT,
    removed_at BIGINT,
    CONSTRAINT oncall_override_is_one PRIMARY KEY (id),
    CONSTRAINT oncall_override_ends_after_it_begins CHECK (to_at > from_at)
);
CREATE INDEX oncall_override_by_end ON oncall_override (to_at);

-- A gap ahead that the leads were told of, so that each is told once.
CREATE TABLE oncall_gap_told (
    tier BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    CONSTRAINT oncall_gap_is_told_once PRIMARY KEY (tier, from_at)
);

-- A calendar's secret address; the secret itself stands here only as a hash.
CREATE TABLE oncall_feed (
    id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT oncall_feed_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    -- NULL is the person's own shifts, of all tiers.
    tier BIGINT,
    created_at BIGINT NOT NULL,
    -- To the hour.
    read_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT oncall_feed_is_one PRIMARY KEY (id),
    CONSTRAINT oncall_feed_token_is_one UNIQUE (token_hash)
);
CREATE INDEX oncall_feed_by_person ON oncall_feed (person);

-- A page marked TEST through every tier, and what each recipient did with it.
CREATE TABLE oncall_test (
    id TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    -- NULL is the schedule.
    begun_by TEXT,
    CONSTRAINT oncall_test_is_one PRIMARY KEY (id)
);
CREATE INDEX oncall_test_by_time ON oncall_test (begun_at);
CREATE TABLE oncall_test_page (
    test TEXT NOT NULL CONSTRAINT oncall_test_page_is_of_a_test REFERENCES oncall_test (id) ON DELETE CASCADE,
    tier BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- Whom it went to: a person, a channel, or nobody, and then why.
    person TEXT,
    channel TEXT,
    nobody TEXT,
    delivery TEXT,
    answered_at BIGINT,
    -- Of a channel: whoever saw it there.
    answered_by TEXT,
    CONSTRAINT oncall_test_page_is_one PRIMARY KEY (test, tier, position),
    CONSTRAINT oncall_test_page_goes_somewhere CHECK (person IS NOT NULL OR channel IS NOT NULL OR nobody IS NOT NULL)
);
