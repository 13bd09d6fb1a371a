-- What couples were told, of one state alone, the newest first.
CREATE INDEX notice_attempt_by_state ON notice_attempt (state, id);
