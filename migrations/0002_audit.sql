-- Who did what. A record is written in the transaction of what it tells, and never changed: each holds the hash of
-- the one before, so that a change, a gap or a swap shows. Facts and operations are JSON in TEXT, hashes hexadecimal.

CREATE TABLE audit_record (
    -- 1, 2, 3 without a gap: a number that is missing was taken out.
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- What happened, as "thing.done": person.invited.
    verb TEXT NOT NULL,
    actor_kind TEXT NOT NULL CONSTRAINT audit_actor_kind_is_known
        CHECK (actor_kind IN ('person', 'token', 'console', 'platform', 'nobody')),
    actor_id TEXT,
    -- The name as it was then: people are renamed, records are not.
    actor_name TEXT NOT NULL,
    permission TEXT,
    object_kind TEXT,
    object_id TEXT,
    object_name TEXT,
    outcome TEXT NOT NULL CONSTRAINT audit_outcome_is_known CHECK (outcome IN ('done', 'refused', 'failed')),
    reason TEXT,
    before_facts TEXT,
    after_facts TEXT,
    operation TEXT,
    address TEXT,
    user_agent TEXT,
    request_id TEXT,
    -- Of the hash of the record before and of every column above.
    hash TEXT NOT NULL,
    CONSTRAINT audit_record_is_one PRIMARY KEY (sequence)
);

-- The filters of the page, each newest first.
CREATE INDEX audit_record_by_actor ON audit_record (actor_id, sequence);
CREATE INDEX audit_record_by_verb ON audit_record (verb, sequence);
CREATE INDEX audit_record_by_object ON audit_record (object_kind, object_id, sequence);
CREATE INDEX audit_record_by_time ON audit_record (at, sequence);

-- The end of the chain, one row. Every record changes it first, so that writers on several replicas wait here for
-- each other and the chain stays one; a chain that was cut off ends before it.
CREATE TABLE audit_head (
    id BIGINT NOT NULL CONSTRAINT audit_head_is_one_row CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT audit_head_is_one PRIMARY KEY (id)
);
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- A stretch that stands in a file and no longer in the table. The chain goes on from `hash_after`.
CREATE TABLE audit_segment (
    first_sequence BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    hash_before TEXT NOT NULL,
    hash_after TEXT NOT NULL,
    file TEXT NOT NULL,
    -- SHA-256 of the whole file.
    file_digest TEXT NOT NULL,
    sealed_at BIGINT NOT NULL,
    CONSTRAINT audit_segment_is_one PRIMARY KEY (first_sequence),
    CONSTRAINT audit_segment_is_not_empty CHECK (last_sequence >= first_sequence)
);

-- How far each receiver outside has been told.
CREATE TABLE audit_forwarding (
    target TEXT NOT NULL,
    -- The last record that it has taken.
    cursor_sequence BIGINT NOT NULL,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_failure TEXT,
    failures BIGINT NOT NULL,
    CONSTRAINT audit_forwarding_is_one PRIMARY KEY (target)
);
