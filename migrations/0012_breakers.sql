-- Breakers: one for each service of a platform. They outlive a restart as they are.

CREATE TABLE breaker (
    platform TEXT NOT NULL,
    service TEXT NOT NULL,
    -- The whole of it, as the rules of `domain` read and change it.
    breaker TEXT NOT NULL,
    -- What is offered to a person, or asked of one, since it opened or recovered: the decision and when it was taken.
    offered TEXT,
    offered_at BIGINT,
    -- One higher with each change, so that two at once are seen.
    version BIGINT NOT NULL,
    CONSTRAINT breaker_is_one PRIMARY KEY (platform, service)
);

-- The story of a breaker, in the order of its numbers from 1: transitions and decisions.
CREATE TABLE breaker_event (
    platform TEXT NOT NULL,
    service TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT breaker_event_kind_is_known CHECK (kind IN ('transition', 'decision')),
    happening TEXT NOT NULL,
    -- The run that a decision began.
    run TEXT,
    CONSTRAINT breaker_event_is_one PRIMARY KEY (platform, service, number)
);

-- What was decided for a platform: the limit of one automatic failover holds over all of its services.
CREATE TABLE failover (
    platform TEXT NOT NULL,
    automatic TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT failover_is_one PRIMARY KEY (platform)
);
