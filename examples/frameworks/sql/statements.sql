-- keep a pending state
INSERT INTO pending (id, session, state, expires_at) VALUES ($1, $2, $3, $4);

-- take a pending state
DELETE FROM pending WHERE id = $1 AND session = $2 RETURNING state;

-- delete expired pending states
DELETE FROM pending WHERE expires_at < $1;

-- insert a credential
INSERT INTO credentials (id, user_handle, record, sign_count, created_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING;

-- find the records of an account
SELECT record FROM credentials WHERE user_handle = $1 ORDER BY created_at;

-- find the account of a credential
SELECT user_handle FROM credentials WHERE id = $1;

-- update a credential after a login
UPDATE credentials SET record = $1, sign_count = $2, last_used_at = $3
WHERE id = $4 AND sign_count = $5;

-- set only the time of the last login
UPDATE credentials SET last_used_at = $1 WHERE id = $2;

-- delete a credential
DELETE FROM credentials WHERE id = $1 AND user_handle = $2;

-- delete the credentials of an account
DELETE FROM credentials WHERE user_handle = $1;
