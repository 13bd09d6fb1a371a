-- What couples are told: each try by each way, with what was said sealed by the data key of its case; the page that a
-- couple has of its own; and when they were promised to hear of us. Erasing the couple empties what is sealed.

CREATE TABLE notice_attempt (
    -- A UUIDv7, so that the order of the ids is that in which they were made. The name of its mail, too.
    id TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT notice_attempt_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CONSTRAINT notice_attempt_purpose_is_known CHECK (purpose IN
        ('we_know', 'we_have_a_plan', 'solved', 'apology')),
    way TEXT NOT NULL CONSTRAINT notice_attempt_way_is_known CHECK (way IN ('mail', 'sms', 'telephone')),
    -- What is on disk before something leaves decides what is done after a crash: `intended` before anything does,
    -- `ending` before the last byte does.
    state TEXT NOT NULL CONSTRAINT notice_attempt_state_is_known CHECK (state IN
        ('drafted', 'queued', 'intended', 'ending', 'sent', 'in_doubt', 'delivered', 'failed', 'withdrawn')),
    -- 1 while it may still lead to a message, so that no second may begin.
    live BIGINT NOT NULL,
    -- Since when it waits: its place in the order. NULL once it is known what became of it.
    since BIGINT,
    -- When something is to be done next: it is tried (again), or no bounce came within its window.
    due_at BIGINT,
    -- The running console that is sending it.
    sender TEXT,
    -- The press that it came from, of many couples at once.
    batch TEXT,
    made_at BIGINT NOT NULL,
    -- The whole attempt without anything personal, as the rules of `domain` read and change it.
    document TEXT NOT NULL,
    -- Sealed; NULL where there is none, or the couple is erased.
    address TEXT,
    language TEXT,
    subject TEXT,
    words TEXT,
    html TEXT,
    reason TEXT,
    -- One higher with each change, so that two at once are seen, and a console that lost it sends nothing more.
    version BIGINT NOT NULL,
    CONSTRAINT notice_attempt_is_one PRIMARY KEY (id),
    CONSTRAINT notice_attempt_is_live_in_its_states CHECK
        ((live = 1) = (state IN ('drafted', 'queued', 'intended', 'ending', 'in_doubt'))),
    CONSTRAINT notice_attempt_waits_in_its_states CHECK
        ((since IS NOT NULL) = (state IN ('queued', 'intended', 'ending'))),
    CONSTRAINT notice_attempt_is_sent_by_one CHECK ((sender IS NOT NULL) = (state IN ('intended', 'ending'))),
    CONSTRAINT notice_attempt_is_due_in_its_states CHECK ((due_at IS NOT NULL) = (state IN ('queued', 'sent')))
);
-- Two who press at once, or twice, tell a couple once.
CREATE UNIQUE INDEX notice_attempt_is_one_at_a_time ON notice_attempt (crisis, purpose) WHERE live = 1;
CREATE INDEX notice_attempt_by_case ON notice_attempt (crisis, id);
CREATE INDEX notice_attempt_queue ON notice_attempt (way, since, id) WHERE state = 'queued';
CREATE INDEX notice_attempt_windows ON notice_attempt (due_at) WHERE state = 'sent';
CREATE INDEX notice_attempt_under_way ON notice_attempt (sender) WHERE sender IS NOT NULL;
CREATE INDEX notice_attempt_in_doubt ON notice_attempt (id) WHERE state = 'in_doubt';
CREATE INDEX notice_attempt_by_batch ON notice_attempt (batch, id) WHERE batch IS NOT NULL;

-- Signs of life of the consoles that send: what one without any was sending is taken over.
CREATE TABLE notice_sender (
    id TEXT NOT NULL,
    beats BIGINT NOT NULL,
    CONSTRAINT notice_sender_is_one PRIMARY KEY (id)
);

-- The page of a couple. Its link is a keyed hash of the row's id, which is told to them and never stored.
CREATE TABLE couple_page (
    -- The case and the number: `…-1`.
    id TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT couple_page_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- SHA-256 of the link's token in hexadecimal letters.
    token_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT couple_page_is_one PRIMARY KEY (id),
    CONSTRAINT couple_page_is_numbered UNIQUE (crisis, number),
    CONSTRAINT couple_page_is_found_by_its_token UNIQUE (token_hash)
);

-- When a couple hears of us next, as they were promised.
CREATE TABLE couple_promise (
    crisis TEXT NOT NULL CONSTRAINT couple_promise_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    -- The person who promised it.
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT couple_promise_is_one PRIMARY KEY (crisis)
);
