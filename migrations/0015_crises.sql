-- Cases of crises: what is known of each in plain, who is concerned sealed, and what happened to it. Erasing a couple
-- destroys the data key of its case; what is in plain stays for the statistics.

CREATE TABLE crisis_case (
    -- A UUIDv7. The owner of the data key that the sealed columns are sealed with.
    id TEXT NOT NULL,
    platform TEXT NOT NULL,
    -- What the platform calls it; NULL was opened by hand.
    platform_id TEXT,
    -- The platform's word for where it stands, as JSON; NULL was opened by hand.
    upstream TEXT,
    -- A keyed hash of all that the platform said when it was last read; empty while the key was missing, and once the
    -- couple is erased.
    mark TEXT NOT NULL,
    -- 1 while the platform has it among its active crises.
    present BIGINT NOT NULL,
    -- The key of its type; `other` for one that is not known.
    type TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT crisis_case_state_is_known CHECK (state IN
        ('detected', 'acknowledged', 'working', 'resolved', 'reviewed', 'merged')),
    -- 1 while anything is still to be done for the couple.
    open BIGINT NOT NULL,
    -- The person who has it.
    holder TEXT,
    severity BIGINT NOT NULL CONSTRAINT crisis_case_severity_is_known CHECK (severity BETWEEN 1 AND 4),
    detected_at BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    -- With what was assumed for what nobody said; NULL where nobody knows the day.
    ceremony_at BIGINT,
    -- When time alone changes something next: the AI is late, somebody is called.
    due_at BIGINT,
    -- From when on something of it is late; NULL as long as all that is settled was in time and nothing is open.
    late_at BIGINT,
    -- 1 while the couple should know something by the checklist that they have not been told.
    untold BIGINT NOT NULL,
    -- 1 while a step waits for the end of a run.
    waits_for_run BIGINT NOT NULL,
    -- 1 while a step that runs by itself is open.
    automatic BIGINT NOT NULL,
    -- Whether the couple is known here: `awaited` is told by the platform and could not be sealed yet.
    couple TEXT NOT NULL CONSTRAINT crisis_case_couple_is_known CHECK (couple IN ('none', 'awaited', 'kept', 'erased')),
    -- The whole case without anything personal, as the rules of `domain` read and change it.
    document TEXT NOT NULL,
    -- What was odd when it was last read, as JSON; nothing of what was read.
    troubles TEXT NOT NULL,
    -- Sealed, each a JSON value; NULL where there is none.
    couple_names TEXT,
    couple_emails TEXT,
    couple_phones TEXT,
    couple_language TEXT,
    couple_venue TEXT,
    couple_summary TEXT,
    couple_unusable TEXT,
    -- What its review found, sealed.
    findings TEXT,
    -- One higher with each change, so that two at once are seen.
    version BIGINT NOT NULL,
    CONSTRAINT crisis_case_is_one PRIMARY KEY (id),
    CONSTRAINT crisis_case_is_taken_in_once UNIQUE (platform, platform_id),
    CONSTRAINT crisis_case_is_open_in_its_states CHECK
        ((open = 1) = (state IN ('detected', 'acknowledged', 'working'))),
    CONSTRAINT crisis_case_is_held_in_its_states CHECK
        ((holder IS NOT NULL) = (state IN ('acknowledged', 'working'))),
    CONSTRAINT crisis_case_couple_is_kept_or_not CHECK (couple = 'kept' OR (couple_names IS NULL AND couple_emails IS NULL
        AND couple_phones IS NULL AND couple_venue IS NULL AND couple_summary IS NULL AND couple_unusable IS NULL)),
    CONSTRAINT crisis_case_is_present_or_not CHECK (present IN (0, 1) AND (present = 0 OR platform_id IS NOT NULL))
);
-- Everything that the board sorts and filters by, so that ten thousand documents need not be read for one page.
CREATE INDEX crisis_case_board ON crisis_case
    (open, ceremony_at, severity, detected_at, id, platform_id, type, state, holder, untold, late_at);
CREATE INDEX crisis_case_due ON crisis_case (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX crisis_case_present ON crisis_case (platform, platform_id) WHERE present = 1;
CREATE INDEX crisis_case_waiting_for_runs ON crisis_case (id) WHERE waits_for_run = 1;
CREATE INDEX crisis_case_automatic ON crisis_case (platform, id) WHERE automatic = 1;
CREATE INDEX crisis_case_to_erase ON crisis_case (opened_at) WHERE open = 0 AND couple <> 'erased';

-- The story of a case, in the order of its numbers from 1.
CREATE TABLE crisis_line (
    -- The case and the number: `…-0012`.
    id TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT crisis_line_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- opened, acknowledged, step_done …: the tag of the document.
    kind TEXT NOT NULL,
    happening TEXT NOT NULL,
    -- What somebody wrote, sealed; NULL where nobody wrote anything, or it is erased.
    words TEXT,
    CONSTRAINT crisis_line_is_one PRIMARY KEY (id),
    CONSTRAINT crisis_line_is_numbered UNIQUE (crisis, number)
);

CREATE TABLE crisis_file (
    -- A UUIDv7.
    id TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT crisis_file_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    -- The person who added it.
    added_by TEXT NOT NULL,
    -- By its content: `application/pdf`.
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- Both sealed; NULL once it is removed or the couple is erased.
    name TEXT,
    content TEXT,
    removed_at BIGINT,
    CONSTRAINT crisis_file_is_one PRIMARY KEY (id),
    CONSTRAINT crisis_file_is_not_too_large CHECK (size BETWEEN 1 AND 10485760),
    CONSTRAINT crisis_file_is_whole_or_removed CHECK
        ((removed_at IS NULL) = (name IS NOT NULL) AND (removed_at IS NULL) = (content IS NOT NULL))
);
CREATE INDEX crisis_file_by_case ON crisis_file (crisis, at);

-- Keyed hashes by which a case is found: of names, addresses, numbers.
CREATE TABLE crisis_name_index (
    token TEXT NOT NULL,
    crisis TEXT NOT NULL CONSTRAINT crisis_name_index_is_of_one REFERENCES crisis_case (id) ON DELETE CASCADE,
    CONSTRAINT crisis_name_index_is_one PRIMARY KEY (token, crisis)
);
CREATE INDEX crisis_name_index_by_case ON crisis_name_index (crisis);
