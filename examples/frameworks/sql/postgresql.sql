CREATE TABLE credentials (
    id           BYTEA  NOT NULL PRIMARY KEY,   -- 1 to 1023 bytes
    user_handle  BYTEA  NOT NULL,               -- 1 to 64 bytes
    record       TEXT   NOT NULL,               -- the Credential, as JSON
    sign_count   BIGINT NOT NULL,               -- 0 to 4294967295, as in the record
    created_at   BIGINT NOT NULL,               -- in seconds since 1970, as all times here
    last_used_at BIGINT
);
CREATE INDEX credentials_of_user ON credentials (user_handle);

CREATE TABLE pending (
    id         TEXT   NOT NULL PRIMARY KEY,     -- 43 characters
    session    TEXT   NOT NULL,
    state      TEXT   NOT NULL,                 -- the pending state, as JSON
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_by_expiry ON pending (expires_at);
