//! The table of sessions.

use std::time::{Duration, SystemTime};

use sqlx::{AnyConnection, Row};

use super::{Account, Result, Store, execute, now, seconds};
use crate::session::{Session, Token};

impl Store {
    pub async fn insert_session(&self, token: &Token, lifetime: Duration) -> Result<()> {
        insert_session(&mut *self.0.acquire().await?, token, None, lifetime).await
    }

    /// Returns the session with this cookie, if it has not expired.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>> {
        let select = "SELECT accounts.user_handle, accounts.name FROM sessions \
                      LEFT JOIN accounts ON accounts.user_handle = sessions.user_handle \
                      WHERE sessions.id = $1 AND sessions.expires_at >= $2";
        let row =
            sqlx::query(select).bind(token.hash()).bind(now()).fetch_optional(&self.0).await?;
        row.map(|row| {
            let user_handle: Option<String> = row.try_get(0)?;
            let name: Option<String> = row.try_get(1)?;
            let account = user_handle.zip(name);
            let account = account.map(|(user_handle, name)| Account { user_handle, name });
            Ok(Session { id: token.hash(), account })
        })
        .transpose()
    }

    pub async fn delete_session(&self, id: &str) -> Result<()> {
        execute(&self.0, sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id)).await?;
        Ok(())
    }

    /// Deletes all sessions of an account.
    pub async fn delete_sessions(&self, user_handle: &str) -> Result<()> {
        let delete = "DELETE FROM sessions WHERE user_handle = $1";
        execute(&self.0, sqlx::query(delete).bind(user_handle)).await?;
        Ok(())
    }
}

async fn insert_session(
    connection: &mut AnyConnection,
    token: &Token,
    user_handle: Option<&str>,
    lifetime: Duration,
) -> Result<()> {
    let insert = "INSERT INTO sessions (id, user_handle, expires_at) VALUES ($1, $2, $3)";
    let expires_at = seconds(SystemTime::now() + lifetime);
    let query = sqlx::query(insert).bind(token.hash()).bind(user_handle).bind(expires_at);
    execute(connection, query).await?;
    Ok(())
}

/// Inserts a session in which the account is signed in, and deletes the old one with its pending
/// states. So nobody who knows the old cookie is signed in.
///
/// The first statement locks the account. Transactions that lock the account before anything else
/// cannot wait for each other in a circle.
pub(super) async fn replace_session(
    connection: &mut AnyConnection,
    old: &Session,
    token: &Token,
    user_handle: &str,
) -> Result<()> {
    insert_session(&mut *connection, token, Some(user_handle), Session::SIGNED_IN).await?;
    let delete = "DELETE FROM sessions WHERE id = $1";
    execute(connection, sqlx::query(delete).bind(&old.id)).await?;
    Ok(())
}
