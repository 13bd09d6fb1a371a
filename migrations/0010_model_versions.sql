-- Which versions of a model the platform runs, as it tells: a row where that is another than before.
CREATE TABLE model_versions (
    platform TEXT NOT NULL,
    model TEXT NOT NULL,
    -- When it was first seen to be so.
    at BIGINT NOT NULL,
    -- "v2.1", or "v2.0, v2.1" while two share the traffic.
    versions TEXT NOT NULL,
    CONSTRAINT model_versions_is_one PRIMARY KEY (platform, model, at)
);
CREATE INDEX model_versions_by_time ON model_versions (platform, at);
