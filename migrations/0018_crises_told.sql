-- Whether a couple should know something that it has not been told is a question of time: a notice that is due tomorrow is
-- owed tomorrow. And what the figures of a month are counted from.

DROP INDEX crisis_case_board;
-- From when on the couple should know something by the checklist that they have not been told; NULL when they know it.
ALTER TABLE crisis_case ADD COLUMN untold_at BIGINT;
-- Rather shown too early than too late: the next change of the case says it exactly.
UPDATE crisis_case SET untold_at = detected_at WHERE untold = 1;
ALTER TABLE crisis_case DROP COLUMN untold;
-- When they were first told anything that did not come back.
ALTER TABLE crisis_case ADD COLUMN told_at BIGINT;
-- How many of its settled steps were late; NULL in a case that did not change since this column is there.
ALTER TABLE crisis_case ADD COLUMN late_steps BIGINT;
CREATE INDEX crisis_case_board ON crisis_case
    (open, ceremony_at, severity, detected_at, id, platform_id, type, state, holder, untold_at, late_at);
CREATE INDEX crisis_case_by_detection ON crisis_case (detected_at, state, open, type, told_at, late_steps);
