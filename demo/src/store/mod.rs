//! The database. SQLite and PostgreSQL execute the same statements.
//!
//! Nothing is kept in memory between two requests, so any number of instances can share a database.

mod accounts;
mod ceremonies;
mod sessions;

use std::pin::Pin;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sqlx::any::AnyPoolOptions;
use sqlx::error::BoxDynError;
use sqlx::migrate::{Migration, MigrationSource, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

pub use accounts::{Account, AttestationSummary, NewPasskey, Passkey};
pub use ceremonies::{Purpose, Taken};

/// PostgreSQL has 100 connections by default, which several instances share.
const MAX_CONNECTIONS: u32 = 16;
/// SQLite lets one connection write at a time. Several connections poll until they may write, and
/// one of them can wait for seconds. Requests that wait for the only connection have a queue.
const MAX_CONNECTIONS_SQLITE: u32 = 1;

type Result<T, E = sqlx::Error> = std::result::Result<T, E>;

/// A pool of connections to the database.
#[derive(Clone)]
pub struct Store(AnyPool);

/// The migrations in the folder `migrations`, in order. Never change one: add another.
#[derive(Debug)]
struct Migrations;

impl MigrationSource<'static> for Migrations {
    fn resolve(self) -> Pin<Box<dyn Future<Output = Result<Vec<Migration>, BoxDynError>> + Send>> {
        let tables = include_str!("../../migrations/1_tables.sql").into();
        let first = Migration::new(1, "tables".into(), MigrationType::Simple, tables, false);
        Box::pin(async { Ok(vec![first]) })
    }
}

impl Store {
    /// Opens the database, and creates its tables if they do not exist.
    pub async fn open(url: &str) -> Result<Store> {
        sqlx::any::install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        // `rwc` creates the file.
        let url = match is_sqlite && !url.contains('?') {
            true => format!("{url}?mode=rwc"),
            false => url.to_owned(),
        };
        // A pool would try again for a long time, and then not say why it failed.
        let mut connection = AnyConnection::connect(&url).await?;
        if is_sqlite {
            // Readers do not wait for a writer of another instance. The file remembers this.
            connection.execute("PRAGMA journal_mode = WAL").await?;
        }
        let migrator = Migrator::new(Migrations).await?;
        let migrated = migrator.run_direct(&mut connection).await;
        // SQLite has no lock for migrations. If another instance was faster, this one fails. The
        // second time, it finds the tables.
        if is_sqlite && migrated.is_err() {
            migrator.run_direct(&mut connection).await?;
        } else {
            migrated?;
        }
        connection.close().await?;
        let connections = if is_sqlite { MAX_CONNECTIONS_SQLITE } else { MAX_CONNECTIONS };
        Ok(Store(AnyPoolOptions::new().max_connections(connections).connect(&url).await?))
    }

    /// Closes all connections, after the statements that still run.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// Returns the secret with this name. The first instance creates it.
    pub async fn secret(&self, name: &str, new: &str) -> Result<String> {
        let insert =
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        sqlx::query(insert).bind(name).bind(new).execute(&self.0).await?;
        let select = "SELECT value FROM secrets WHERE name = $1";
        sqlx::query_scalar(select).bind(name).fetch_one(&self.0).await
    }

    /// Counts a request of a client, and returns the number of its requests in this minute.
    pub async fn count(&self, client: &str) -> Result<i64> {
        let insert = "INSERT INTO ceremony_counts (client, minute, count) VALUES ($1, $2, 1) \
                      ON CONFLICT (client, minute) \
                      DO UPDATE SET count = ceremony_counts.count + 1 RETURNING count";
        let query = sqlx::query_scalar(insert).bind(client).bind(now() / 60);
        let counts: Vec<i64> = query.fetch_all(&self.0).await?;
        counts.first().copied().ok_or(sqlx::Error::RowNotFound)
    }

    /// Deletes the rows that have expired.
    pub async fn delete_expired(&self) -> Result<u64> {
        let mut deleted = 0;
        for (statement, limit) in [
            ("DELETE FROM pending WHERE expires_at < $1", now()),
            ("DELETE FROM sessions WHERE expires_at < $1", now()),
            ("DELETE FROM ceremony_counts WHERE minute < $1", now() / 60),
        ] {
            deleted += execute(&self.0, sqlx::query(statement).bind(limit)).await?;
        }
        Ok(deleted)
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments<'q>>;

/// Executes a statement, and returns the number of rows that it changed.
async fn execute<'c>(
    executor: impl Executor<'c, Database = sqlx::Any>,
    query: Query<'_>,
) -> Result<u64> {
    Ok(query.execute(executor).await?.rows_affected())
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The current time, in seconds since 1970.
pub fn now() -> i64 {
    seconds(SystemTime::now())
}

/// Returns a time in seconds since 1970.
pub fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
