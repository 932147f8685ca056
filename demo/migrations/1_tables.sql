-- SQLite and PostgreSQL both read this file. Bytes are stored as base64url text, and times as
-- seconds since 1970.

CREATE TABLE accounts (
    user_handle TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL
);

CREATE TABLE credentials (
    id           TEXT   NOT NULL PRIMARY KEY,
    user_handle  TEXT   NOT NULL REFERENCES accounts ON DELETE CASCADE,
    record       TEXT   NOT NULL,   -- the Credential, as JSON
    sign_count   BIGINT NOT NULL,   -- as in the record
    label        TEXT   NOT NULL,   -- the user's name for the passkey
    attestation  TEXT   NOT NULL,   -- the attestation of its registration, as JSON
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX credentials_of_account ON credentials (user_handle);

CREATE TABLE sessions (
    id          TEXT   NOT NULL PRIMARY KEY,   -- the SHA-256 hash of the cookie
    user_handle TEXT   REFERENCES accounts ON DELETE CASCADE,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_account ON sessions (user_handle);

CREATE TABLE pending (
    id         TEXT   NOT NULL PRIMARY KEY,
    session    TEXT   NOT NULL REFERENCES sessions ON DELETE CASCADE,
    purpose    TEXT   NOT NULL,   -- 'site' or 'lab': experiments sign nobody in
    state      TEXT   NOT NULL,   -- the pending state, as JSON
    options    TEXT   NOT NULL,   -- the options that were sent, only to show them
    new_name   TEXT,              -- the name of the account that the registration creates
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_by_expiry ON pending (expires_at);
CREATE INDEX pending_of_session ON pending (session);

-- The last ceremony and the last experiment of each session, only to show their steps.
CREATE TABLE recordings (
    session   TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    purpose   TEXT NOT NULL,   -- as in pending
    recording TEXT NOT NULL,
    PRIMARY KEY (session, purpose)
);

-- The credentials of the experiments. Nobody can sign in with them.
CREATE TABLE lab_credentials (
    id      TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    record  TEXT NOT NULL
);
CREATE INDEX lab_credentials_of_session ON lab_credentials (session);

-- The number of ceremonies that each client has started or finished in a minute.
CREATE TABLE ceremony_counts (
    client TEXT   NOT NULL,
    minute BIGINT NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (client, minute)
);

-- Random secrets that all instances share.
CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
