-- What staff are told. Nothing is sent from inside a change: it is written here in the same transaction, and a worker
-- carries it out. That something is being sent is on disk before it leaves, what came of it after.

-- A way may also be a webhook of the configuration, by its name. (SQLite cannot change a check; a table of the same
-- name cannot stand beside this one, nor the name of its key in PostgreSQL: hence the detour.)
CREATE TABLE person_way_before AS SELECT person, position, kind, address FROM person_way;
DROP TABLE person_way;
CREATE TABLE person_way (
    person TEXT NOT NULL CONSTRAINT person_way_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT person_way_kind_is_known CHECK (kind IN ('mail', 'chat', 'webhook', 'phone')),
    address TEXT NOT NULL,
    CONSTRAINT person_way_is_one PRIMARY KEY (person, position)
);
INSERT INTO person_way (person, position, kind, address)
SELECT person, position, kind, address FROM person_way_before;
DROP TABLE person_way_before;

-- One message to one recipient. `queued` until its ways are looked up, `open` while one of them may still take it.
CREATE TABLE delivery (
    -- A UUIDv7: the order of the ids is the order in which they were written.
    id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    occasion TEXT NOT NULL CONSTRAINT delivery_occasion_is_known CHECK (occasion IN
        ('page', 'reminder', 'storm', 'acknowledged', 'resolved', 'test', 'reminding')),
    level BIGINT CONSTRAINT delivery_level_is_known CHECK (level BETWEEN 1 AND 4),
    -- What is still to be sent about it is stopped by this.
    alert TEXT,
    -- The whole message as JSON.
    message TEXT NOT NULL,
    to_kind TEXT NOT NULL CONSTRAINT delivery_recipient_is_known CHECK (to_kind IN ('person', 'channel')),
    to_id TEXT NOT NULL,
    strategy TEXT CONSTRAINT delivery_strategy_is_known CHECK (strategy IN ('in_turn', 'at_once')),
    state TEXT NOT NULL CONSTRAINT delivery_state_is_known CHECK (state IN
        ('queued', 'open', 'sent', 'stopped', 'exhausted')),
    settled_at BIGINT,
    stopped_at BIGINT,
    -- Why it was exhausted.
    why TEXT,
    -- When every way had failed often enough that somebody else should be called; ways may still be tried.
    stuck_at BIGINT,
    -- When escalation was told of that.
    handed_over_at BIGINT,
    -- The delivery that somebody sent again with this one.
    again_of TEXT,
    CONSTRAINT delivery_is_one PRIMARY KEY (id),
    CONSTRAINT delivery_is_settled_at_a_time CHECK ((settled_at IS NULL) = (state IN ('queued', 'open')))
);
CREATE INDEX delivery_by_alert ON delivery (alert, id);
CREATE INDEX delivery_queued ON delivery (id) WHERE state = 'queued';
CREATE INDEX delivery_to_hand_over ON delivery (stuck_at) WHERE stuck_at IS NOT NULL AND handed_over_at IS NULL;
CREATE INDEX delivery_by_time ON delivery (created_at);

-- One way of one delivery, in the order in which they are tried. A worker finds its work here.
CREATE TABLE delivery_way (
    delivery TEXT NOT NULL CONSTRAINT delivery_way_is_of_one REFERENCES delivery (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT delivery_way_kind_is_known CHECK (kind IN ('mail', 'chat', 'webhook', 'pagerduty')),
    -- Which connection of the configuration: 'mail', 'slack:ai-ops-alerts'. Each has a worker of its own.
    destination TEXT NOT NULL,
    -- Whom behind that connection: an address, a channel, a name in the chat.
    target TEXT NOT NULL,
    -- Whose way it is; NULL for a channel's.
    person TEXT,
    -- What is one thread there, and is therefore sent in order.
    thread TEXT,
    -- 0 is sent first.
    urgency BIGINT NOT NULL,
    state TEXT NOT NULL CONSTRAINT delivery_way_state_is_known CHECK (state IN
        ('waiting', 'due', 'sending', 'sent', 'failed', 'unneeded', 'stopped')),
    tries BIGINT NOT NULL,
    due_at BIGINT,
    -- Which running console is sending it.
    claimed_by TEXT,
    -- When it was first left open whether a try arrived: from then on it is marked "repeated".
    doubt_at BIGINT,
    sent_at BIGINT,
    -- Why the last try failed, or why it cannot be tried.
    why TEXT,
    CONSTRAINT delivery_way_is_one PRIMARY KEY (delivery, position),
    CONSTRAINT delivery_way_is_due_at_a_time CHECK (state <> 'due' OR due_at IS NOT NULL),
    CONSTRAINT delivery_way_is_sent_by_somebody CHECK ((state = 'sending') = (claimed_by IS NOT NULL))
);
CREATE INDEX delivery_way_due ON delivery_way (destination, urgency, due_at) WHERE state = 'due';
CREATE INDEX delivery_way_sending ON delivery_way (claimed_by) WHERE state = 'sending';
CREATE INDEX delivery_way_in_thread ON delivery_way (destination, target, thread, delivery)
    WHERE state IN ('due', 'sending');
CREATE INDEX delivery_way_arrived ON delivery_way (person, kind, sent_at) WHERE sent_at IS NOT NULL;

-- One try. It is there as `sending` before anything leaves.
CREATE TABLE delivery_attempt (
    delivery TEXT NOT NULL,
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    took_ms BIGINT,
    -- `doubt`: it may have arrived, and counts as not sent.
    outcome TEXT NOT NULL CONSTRAINT delivery_attempt_outcome_is_known CHECK (outcome IN
        ('sending', 'sent', 'failed', 'doubt', 'stopped')),
    marking TEXT NOT NULL CONSTRAINT delivery_attempt_marking_is_known CHECK (marking IN ('first', 'repeated')),
    -- What the other side said, in words that hold no secret.
    said TEXT,
    CONSTRAINT delivery_attempt_is_one PRIMARY KEY (delivery, position, number),
    CONSTRAINT delivery_attempt_is_of_one FOREIGN KEY (delivery, position)
        REFERENCES delivery_way (delivery, position) ON DELETE CASCADE
);

-- The first message of a thread in a chat: later ones stand below it, and it is changed in place.
CREATE TABLE delivery_thread (
    destination TEXT NOT NULL,
    target TEXT NOT NULL,
    thread TEXT NOT NULL,
    -- Where the chat put it: for a person that is not the name it was sent to.
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT delivery_thread_is_one PRIMARY KEY (destination, target, thread)
);

-- How each connection does.
CREATE TABLE delivery_standing (
    destination TEXT NOT NULL,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_failure TEXT,
    -- In a row, since the last success.
    failures BIGINT NOT NULL,
    CONSTRAINT delivery_standing_is_one PRIMARY KEY (destination)
);

-- The running consoles that send. `beats` grows while one is sending: what it left behind when it died is taken over.
CREATE TABLE delivery_courier (
    id TEXT NOT NULL,
    beats BIGINT NOT NULL,
    CONSTRAINT delivery_courier_is_one PRIMARY KEY (id)
);

-- A link in a mail by which one person acknowledges one alert. Only its hash is here.
CREATE TABLE acknowledge_link (
    token_hash TEXT NOT NULL,
    alert TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT acknowledge_link_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT acknowledge_link_is_one PRIMARY KEY (token_hash)
);
CREATE INDEX acknowledge_link_by_end ON acknowledge_link (expires_at);
