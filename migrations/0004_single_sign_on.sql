-- By which account at which provider of single sign-on somebody comes in. The provider never gives a subject to another
-- person; an address it may. Such a person has no password, unless an administrator gave them a link to one.
CREATE TABLE person_identity (
    -- As the provider names itself.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL CONSTRAINT person_identity_is_somebodys REFERENCES person (id) ON DELETE CASCADE,
    connected_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    CONSTRAINT person_identity_is_one PRIMARY KEY (issuer, subject),
    CONSTRAINT person_identity_of_an_issuer_is_one UNIQUE (person, issuer)
);
