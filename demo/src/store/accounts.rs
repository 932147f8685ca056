//! The tables of accounts and their passkeys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use webauthn_verify::{Credential, Registration};

use super::sessions::replace_session;
use super::{Result, Store, execute, from_json, now, to_json};
use crate::failure::Failure;
use crate::providers;
use crate::session::{Session, Token};

/// An account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The user handle, in base64url.
    pub user_handle: String,
    pub name: String,
}

/// A passkey of an account, with the facts that its record does not contain.
pub struct Passkey {
    pub record: Credential,
    pub label: String,
    pub attestation: AttestationSummary,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

/// The attestation of a registration, in words.
#[derive(Clone, Serialize, Deserialize)]
pub struct AttestationSummary {
    /// The attestation statement format.
    pub format: String,
    /// What the attestation proves.
    pub proves: String,
}

impl AttestationSummary {
    fn of(registration: &Registration) -> AttestationSummary {
        let attestation = registration.attestation();
        AttestationSummary {
            format: attestation.format().as_str().to_owned(),
            proves: attestation.attestation_type().as_str().to_owned(),
        }
    }
}

/// A new passkey.
pub struct NewPasskey {
    user_handle: String,
    record: Credential,
    label: String,
    attestation: AttestationSummary,
}

impl NewPasskey {
    /// A record with a prepared key is larger, and makes each verification faster.
    pub fn new(registration: Registration, with_prepared_key: bool) -> Result<NewPasskey, Failure> {
        let attestation = AttestationSummary::of(&registration);
        let label = providers::name(registration.unverified_aaguid()).unwrap_or("Passkey");
        let record = registration.into_credential();
        let user_handle = URL_SAFE_NO_PAD.encode(record.user_handle().unwrap_or_default());
        let record = if with_prepared_key { record.with_prepared_key()? } else { record };
        Ok(NewPasskey { user_handle, record, label: label.to_owned(), attestation })
    }
}

impl Store {
    /// Creates an account with its first passkey, and replaces the session by a new one of this
    /// account. Returns `false`, and changes nothing, if the name is taken or the credential ID is
    /// registered for any account.
    pub async fn insert_account(
        &self,
        name: &str,
        passkey: &NewPasskey,
        session: &Session,
        token: &Token,
    ) -> Result<bool> {
        let mut transaction = self.0.begin().await?;
        let insert = "INSERT INTO accounts (user_handle, name, created_at) VALUES ($1, $2, $3) \
                      ON CONFLICT DO NOTHING";
        let query = sqlx::query(insert).bind(&passkey.user_handle).bind(name).bind(now());
        if execute(&mut *transaction, query).await? == 0
            || !insert_passkey(&mut transaction, passkey).await?
        {
            return Ok(false);
        }
        replace_session(&mut transaction, session, token, &passkey.user_handle).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Adds a passkey to an account. Returns `false` if its ID is registered for any account.
    pub async fn insert_passkey(&self, passkey: &NewPasskey) -> Result<bool> {
        insert_passkey(&mut *self.0.acquire().await?, passkey).await
    }

    pub async fn account(&self, user_handle: &str) -> Result<Option<Account>> {
        let select = "SELECT name FROM accounts WHERE user_handle = $1";
        let query = sqlx::query_scalar(select).bind(user_handle);
        let name: Option<String> = query.fetch_optional(&self.0).await?;
        Ok(name.map(|name| Account { user_handle: user_handle.to_owned(), name }))
    }

    /// Returns the user handle of the account with this name.
    pub async fn user_handle(&self, name: &str) -> Result<Option<String>> {
        let select = "SELECT user_handle FROM accounts WHERE name = $1";
        sqlx::query_scalar(select).bind(name).fetch_optional(&self.0).await
    }

    /// Returns the records of an account, the oldest first.
    pub async fn records(&self, user_handle: &str) -> Result<Vec<Credential>> {
        let select =
            "SELECT record FROM credentials WHERE user_handle = $1 ORDER BY created_at, id";
        let rows: Vec<String> =
            sqlx::query_scalar(select).bind(user_handle).fetch_all(&self.0).await?;
        rows.iter().map(|record| from_json(record)).collect()
    }

    /// Returns the passkeys of an account, the oldest first.
    pub async fn passkeys(&self, user_handle: &str) -> Result<Vec<Passkey>> {
        let select = "SELECT record, label, attestation, created_at, last_used_at \
                      FROM credentials WHERE user_handle = $1 ORDER BY created_at, id";
        let rows = sqlx::query(select).bind(user_handle).fetch_all(&self.0).await?;
        let passkey = |row: &AnyRow| {
            Ok(Passkey {
                record: from_json(row.try_get(0)?)?,
                label: row.try_get(1)?,
                attestation: from_json(row.try_get(2)?)?,
                created_at: row.try_get(3)?,
                last_used_at: row.try_get(4)?,
            })
        };
        rows.iter().map(passkey).collect()
    }

    /// Returns whether any account has a passkey with this ID.
    pub async fn has_credential(&self, id: &str) -> Result<bool> {
        let select = "SELECT COUNT(*) FROM credentials WHERE id = $1";
        let count: i64 = sqlx::query_scalar(select).bind(id).fetch_one(&self.0).await?;
        Ok(count > 0)
    }

    /// Stores the record after a login, and replaces the session by a new one of the account.
    /// Returns `false`, and changes nothing, if the passkey was deleted or its counter is not
    /// `sign_count_before`: then another login was stored first.
    pub async fn store_login(
        &self,
        user_handle: &str,
        record: &Credential,
        sign_count_before: u32,
        session: &Session,
        token: &Token,
    ) -> Result<bool> {
        let mut transaction = self.0.begin().await?;
        match replace_session(&mut transaction, session, token, user_handle).await {
            // The account was deleted at the same moment.
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                return Ok(false);
            }
            result => result?,
        }
        let update = "UPDATE credentials SET record = $1, sign_count = $2, last_used_at = $3 \
                      WHERE id = $4 AND sign_count = $5 AND user_handle = $6";
        let query = sqlx::query(update)
            .bind(to_json(record)?)
            .bind(i64::from(record.sign_count()))
            .bind(now())
            .bind(record.id_base64url())
            .bind(i64::from(sign_count_before))
            .bind(user_handle);
        if execute(&mut *transaction, query).await? == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives a passkey another label. Returns `false` if the account has no such passkey.
    pub async fn rename_passkey(&self, user_handle: &str, id: &str, label: &str) -> Result<bool> {
        let update = "UPDATE credentials SET label = $1 WHERE id = $2 AND user_handle = $3";
        let query = sqlx::query(update).bind(label).bind(id).bind(user_handle);
        Ok(execute(&self.0, query).await? == 1)
    }

    /// Deletes a passkey, unless it is the only one of the account. Returns `false` if it was not
    /// deleted.
    pub async fn delete_passkey(&self, user_handle: &str, id: &str) -> Result<bool> {
        let mut transaction = self.0.begin().await?;
        // This locks the account, so that two requests cannot delete its last two passkeys.
        let lock = "UPDATE accounts SET name = name WHERE user_handle = $1";
        execute(&mut *transaction, sqlx::query(lock).bind(user_handle)).await?;
        let delete = "DELETE FROM credentials WHERE id = $1 AND user_handle = $2 \
                      AND (SELECT COUNT(*) FROM credentials WHERE user_handle = $2) > 1";
        let query = sqlx::query(delete).bind(id).bind(user_handle);
        let is_deleted = execute(&mut *transaction, query).await? == 1;
        transaction.commit().await?;
        Ok(is_deleted)
    }

    /// Deletes an account with its passkeys and sessions.
    pub async fn delete_account(&self, user_handle: &str) -> Result<()> {
        let delete = "DELETE FROM accounts WHERE user_handle = $1";
        execute(&self.0, sqlx::query(delete).bind(user_handle)).await?;
        Ok(())
    }
}

async fn insert_passkey(connection: &mut AnyConnection, new: &NewPasskey) -> Result<bool> {
    let insert = "INSERT INTO credentials \
                  (id, user_handle, record, sign_count, label, attestation, created_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(insert)
        .bind(new.record.id_base64url())
        .bind(&new.user_handle)
        .bind(to_json(&new.record)?)
        .bind(i64::from(new.record.sign_count()))
        .bind(&new.label)
        .bind(to_json(&new.attestation)?)
        .bind(now());
    Ok(execute(connection, query).await? == 1)
}
