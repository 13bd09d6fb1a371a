-- Who gets in. Nothing in these tables opens a door by itself: passwords, links, tokens, session ids and recovery
-- codes stand here only as hashes. (The secret of a second factor has to be readable to be checked.)

-- Somebody with an account. `email_folded` is the address as it is compared, so that two ways of writing one address
-- cannot become two accounts. The role is a name of the configuration, which may lose it again: hence no list here.
CREATE TABLE person (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    zone TEXT,
    theme TEXT NOT NULL CONSTRAINT person_theme_is_known CHECK (theme IN ('system', 'light', 'dark')),
    -- Argon2id as a PHC text; NULL until a link was followed.
    password_hash TEXT,
    second_factor_secret TEXT,
    second_factor_confirmed_at BIGINT,
    -- The 30-second step of the last code that was taken: none at or before it is taken again.
    second_factor_last_step BIGINT,
    disabled_at BIGINT,
    -- One higher with each change by an administrator: of two at once the second is told.
    version BIGINT NOT NULL,
    -- One higher whenever every session must end; a session of an earlier epoch is none.
    session_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT person_is_one PRIMARY KEY (id),
    CONSTRAINT person_email_is_one UNIQUE (email_folded),
    CONSTRAINT person_confirmed_a_secret CHECK (second_factor_confirmed_at IS NULL OR second_factor_secret IS NOT NULL)
);

-- Changes that could take the last administrator away change this row first, and so wait for each other.
CREATE TABLE administration (
    id BIGINT NOT NULL CONSTRAINT administration_is_one_row CHECK (id = 1),
    changes BIGINT NOT NULL,
    CONSTRAINT administration_is_one PRIMARY KEY (id)
);
INSERT INTO administration (id, changes) VALUES (1, 0);

-- How a person can be reached, in the order in which it is tried.
CREATE TABLE person_way (
    person TEXT NOT NULL CONSTRAINT person_way_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT person_way_kind_is_known CHECK (kind IN ('mail', 'chat', 'phone')),
    address TEXT NOT NULL,
    CONSTRAINT person_way_is_one PRIMARY KEY (person, position)
);

CREATE TABLE recovery_code (
    code_hash TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT recovery_code_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    used_at BIGINT,
    CONSTRAINT recovery_code_is_one PRIMARY KEY (code_hash)
);
CREATE INDEX recovery_code_by_person ON recovery_code (person);

-- A link that is followed once, to set a password.
CREATE TABLE one_time_link (
    token_hash TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT one_time_link_kind_is_known CHECK (kind IN ('setup', 'invite', 'reset')),
    person TEXT NOT NULL CONSTRAINT one_time_link_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT one_time_link_is_one PRIMARY KEY (token_hash)
);
CREATE INDEX one_time_link_by_person ON one_time_link (person);

-- `person` is NULL for a session of nobody (on the way to a provider). `signed_in_at` stays when the id is rotated.
CREATE TABLE session (
    id_hash TEXT NOT NULL,
    person TEXT CONSTRAINT session_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- The last moment at which it could still be alive.
    expires_at BIGINT NOT NULL,
    address TEXT,
    user_agent TEXT,
    CONSTRAINT session_is_one PRIMARY KEY (id_hash)
);
CREATE INDEX session_by_person ON session (person);
CREATE INDEX session_by_end ON session (expires_at);

-- Browsers in which a person signed in before: they do not wait for what others fail at.
CREATE TABLE known_browser (
    token_hash TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT known_browser_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL,
    CONSTRAINT known_browser_is_one PRIMARY KEY (token_hash)
);
CREATE INDEX known_browser_by_person ON known_browser (person);

-- A machine's key. It never allows more than its person may do at the time.
CREATE TABLE api_token (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT api_token_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    -- Keys of permissions with blanks between.
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT api_token_is_one PRIMARY KEY (id),
    CONSTRAINT api_token_hash_is_one UNIQUE (token_hash)
);

-- Failed tries, by what they are counted for: 'account:HASH', 'browser:HASH', 'code:PERSON', 'address:ADDRESS'. A row
-- is there also for addresses that have no account.
CREATE TABLE sign_in_failure (
    counted_for TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    CONSTRAINT sign_in_failure_is_one PRIMARY KEY (counted_for)
);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (last_at);
