//! The tables of ceremonies: pending states, the last ceremonies of each session, and the credentials
//! of experiments.

use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use webauthn_verify::Credential;

use super::{Result, Store, execute, from_json, seconds, to_json};
use crate::recording::{Pending, Recording};
use crate::session::Session;

/// The purpose of a ceremony. A pending state can be finished only for the same purpose.
#[derive(Clone, Copy)]
pub enum Purpose {
    Site,
    Lab,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Purpose::Site => "site",
            Purpose::Lab => "lab",
        }
    }

    /// The path of the report on the last ceremony with this purpose.
    pub fn report(self) -> &'static str {
        match self {
            Purpose::Site => "/report",
            Purpose::Lab => "/lab/report",
        }
    }
}

/// A pending state that was taken out of the database.
#[derive(Clone)]
pub struct Taken {
    pub pending: Pending,
    pub options: Value,
    /// The name of the account that the registration creates.
    pub new_name: Option<String>,
}

impl Store {
    /// Stores a pending state of a session.
    pub async fn keep(
        &self,
        session: &Session,
        purpose: Purpose,
        pending: &Pending,
        options: &Value,
        new_name: Option<&str>,
    ) -> Result<()> {
        let insert = "INSERT INTO pending \
                      (id, session, purpose, state, options, new_name, expires_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let query = sqlx::query(insert)
            .bind(pending.id())
            .bind(&session.id)
            .bind(purpose.as_str())
            .bind(to_json(pending)?)
            .bind(options.to_string())
            .bind(new_name)
            .bind(seconds(pending.expires_at()));
        execute(&self.0, query).await?;
        Ok(())
    }

    /// Takes a pending state out of the table, so nobody can take it again. Returns `None` if this
    /// session has no state with this ID and purpose.
    pub async fn take(
        &self,
        session: &Session,
        purpose: Purpose,
        id: &str,
    ) -> Result<Option<Taken>> {
        let delete = "DELETE FROM pending WHERE id = $1 AND session = $2 AND purpose = $3 \
                      RETURNING state, options, new_name";
        let query = sqlx::query(delete).bind(id).bind(&session.id).bind(purpose.as_str());
        let rows = query.fetch_all(&self.0).await?;
        let taken = |row: &AnyRow| {
            Ok(Taken {
                pending: from_json(row.try_get(0)?)?,
                options: from_json(row.try_get(1)?)?,
                new_name: row.try_get(2)?,
            })
        };
        rows.first().map(taken).transpose()
    }

    /// Stores the last ceremony of a session with this purpose.
    pub async fn record(
        &self,
        session: &str,
        purpose: Purpose,
        recording: &Recording,
    ) -> Result<()> {
        let insert = "INSERT INTO recordings (session, purpose, recording) VALUES ($1, $2, $3) \
                      ON CONFLICT (session, purpose) DO UPDATE SET recording = excluded.recording";
        let recording = to_json(recording)?;
        let query = sqlx::query(insert).bind(session).bind(purpose.as_str()).bind(recording);
        match execute(&self.0, query).await {
            // The session was ended at the same moment, so nobody will look at the recording.
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(()),
            result => result.map(|_| ()),
        }
    }

    /// Returns the last ceremony of a session with this purpose.
    pub async fn recording(
        &self,
        session: &Session,
        purpose: Purpose,
    ) -> Result<Option<Recording>> {
        let select = "SELECT recording FROM recordings WHERE session = $1 AND purpose = $2";
        let query = sqlx::query_scalar(select).bind(&session.id).bind(purpose.as_str());
        let text: Option<String> = query.fetch_optional(&self.0).await?;
        text.map(|text| from_json(&text)).transpose()
    }

    /// Stores a credential of an experiment. Replaces the credential with the same ID.
    pub async fn keep_lab_credential(
        &self,
        session: &Session,
        record: &Credential,
    ) -> Result<bool> {
        let insert = "INSERT INTO lab_credentials (id, session, record) VALUES ($1, $2, $3) \
                      ON CONFLICT (id) DO UPDATE SET record = excluded.record \
                      WHERE lab_credentials.session = excluded.session";
        let query = sqlx::query(insert)
            .bind(record.id_base64url())
            .bind(&session.id)
            .bind(to_json(record)?);
        Ok(execute(&self.0, query).await? == 1)
    }

    /// Returns the credentials of the experiments of a session.
    pub async fn lab_credentials(&self, session: &Session) -> Result<Vec<Credential>> {
        let select = "SELECT record FROM lab_credentials WHERE session = $1 ORDER BY id";
        let rows: Vec<String> =
            sqlx::query_scalar(select).bind(&session.id).fetch_all(&self.0).await?;
        rows.iter().map(|record| from_json(record)).collect()
    }

    pub async fn delete_lab_credentials(&self, session: &Session) -> Result<()> {
        let delete = "DELETE FROM lab_credentials WHERE session = $1";
        execute(&self.0, sqlx::query(delete).bind(&session.id)).await?;
        Ok(())
    }
}
