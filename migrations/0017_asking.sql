-- People who are asked for a step of a case, and the links by which they answer.

-- One of those who were asked. Nothing of the couple is here.
CREATE TABLE crisis_asked (
    -- A UUIDv7.
    id TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT crisis_asked_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    -- The key of the step.
    step TEXT NOT NULL,
    -- 'person/ID', or 'PEOPLE/NAME' for somebody of the configuration who has no account.
    whom TEXT NOT NULL,
    -- What they were called then.
    name TEXT NOT NULL,
    -- The newest message to them.
    delivery TEXT NOT NULL,
    -- How often they were asked.
    times BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- When their links are over.
    until BIGINT NOT NULL,
    answered_at BIGINT,
    CONSTRAINT crisis_asked_is_one PRIMARY KEY (id),
    CONSTRAINT crisis_asked_is_once_for_a_step UNIQUE (crisis, step, whom)
);

-- A link by which somebody answers. It is made when a message leaves, and only its hash is here.
CREATE TABLE answer_link (
    token_hash TEXT NOT NULL,
    -- Whoever asked knows by it whose answer it is.
    asks TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT answer_link_is_one PRIMARY KEY (token_hash)
);
CREATE INDEX answer_link_by_end ON answer_link (expires_at);
