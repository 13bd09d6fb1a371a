-- Data keys: one for each owner of personal data, such as a case. A value is sealed with its owner's data key, and the
-- data key is wrapped by the configured one. To destroy a data key erases everything that was sealed with it.

CREATE TABLE data_key (
    -- The owner: the id of a case; or a name of the console's own, such as blind-index.
    id TEXT NOT NULL,
    -- In base64: version, nonce, the key under the wrapping key. Empty once it is destroyed.
    wrapped TEXT NOT NULL,
    -- The id of the wrapping key; empty once it is destroyed.
    wrapped_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    destroyed_at BIGINT,
    -- Why, in the words of whoever asked for it, without anything personal.
    destroyed_because TEXT,
    CONSTRAINT data_key_is_one PRIMARY KEY (id),
    CONSTRAINT data_key_has_an_owner CHECK (LENGTH(id) BETWEEN 1 AND 200),
    CONSTRAINT data_key_is_there_until_it_is_destroyed CHECK ((destroyed_at IS NULL) = (LENGTH(wrapped) > 0)),
    CONSTRAINT data_key_names_what_wrapped_it CHECK ((destroyed_at IS NULL) = (LENGTH(wrapped_by) > 0)),
    CONSTRAINT data_key_is_destroyed_because CHECK ((destroyed_at IS NULL) = (destroyed_because IS NULL))
);
CREATE INDEX data_key_destroyed ON data_key (destroyed_at) WHERE destroyed_at IS NOT NULL;
