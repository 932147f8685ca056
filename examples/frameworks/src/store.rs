//! The tables in SQLite. PostgreSQL uses the same statements, which are in `sql/statements.sql`.

use std::error::Error;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use webauthn_verify::Credential;

const STATEMENTS: &str = include_str!("../sql/statements.sql");

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Returns the statement with this name.
pub fn statement(name: &str) -> &'static str {
    let statements = STATEMENTS.split("\n\n").filter_map(|one| one.trim().split_once('\n'));
    let mut found = statements.filter(|(comment, _)| comment.strip_prefix("-- ") == Some(name));
    found.next().map(|(_, statement)| statement).expect("the statement is in the file")
}

/// A connection to the database.
pub struct Store(Connection);

impl Store {
    /// Creates a new database in memory.
    pub fn in_memory() -> Result<Store> {
        Store(Connection::open_in_memory()?).with_tables()
    }

    /// Creates a new database in a file.
    pub fn create(path: &Path) -> Result<Store> {
        Store(Connection::open(path)?).with_tables()
    }

    pub fn open(path: &Path) -> Result<Store> {
        Ok(Store(Connection::open(path)?))
    }

    fn with_tables(self) -> Result<Store> {
        self.0.execute_batch(include_str!("../sql/sqlite.sql"))?;
        Ok(self)
    }

    /// Stores the pending state of a session.
    pub fn keep(
        &self,
        id: &str,
        session: &str,
        pending: &impl Serialize,
        expires_at: SystemTime,
    ) -> Result<()> {
        let state = serde_json::to_string(pending)?;
        let row = params![id, session, state, seconds(expires_at)?];
        self.0.execute(statement("keep a pending state"), row)?;
        Ok(())
    }

    /// Takes a pending state out of the table, so nobody can take it again. Returns `None` if this
    /// session has no state with this ID.
    pub fn take<T: DeserializeOwned>(&self, id: &str, session: &str) -> Result<Option<T>> {
        let take = statement("take a pending state");
        let state = self.0.query_row(take, [id, session], text).optional()?;
        Ok(state.map(|state| serde_json::from_str(&state)).transpose()?)
    }

    pub fn delete_expired(&self, now: SystemTime) -> Result<usize> {
        Ok(self.0.execute(statement("delete expired pending states"), [seconds(now)?])?)
    }

    /// Inserts a new record. Returns `false` if its ID is already registered, for this account or
    /// another.
    pub fn insert(&self, user_handle: &[u8], record: &Credential, now: SystemTime) -> Result<bool> {
        let text = serde_json::to_string(record)?;
        let row = params![record.id(), user_handle, text, record.sign_count(), seconds(now)?];
        Ok(self.0.execute(statement("insert a credential"), row)? == 1)
    }

    /// Returns the records of an account, the oldest first.
    pub fn records(&self, user_handle: &[u8]) -> Result<Vec<Credential>> {
        let mut find = self.0.prepare(statement("find the records of an account"))?;
        let rows = find.query_map([user_handle], text)?;
        rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
    }

    /// Returns the user handle of the account with this credential.
    pub fn account(&self, id: &[u8]) -> Result<Option<Vec<u8>>> {
        let find = statement("find the account of a credential");
        Ok(self.0.query_row(find, [id], |row| row.get(0)).optional()?)
    }

    /// Stores the changes of a login if the stored counter is still the one that was verified.
    /// Returns `false` if it is not, or if the credential was deleted.
    pub fn update(&self, record: &Credential, count_before: u32, now: SystemTime) -> Result<bool> {
        let text = serde_json::to_string(record)?;
        let row = params![text, record.sign_count(), seconds(now)?, record.id(), count_before];
        Ok(self.0.execute(statement("update a credential after a login"), row)? == 1)
    }

    /// Stores the time of a login without other changes. Returns `false` if the credential was
    /// deleted.
    pub fn touch(&self, id: &[u8], now: SystemTime) -> Result<bool> {
        let row = params![seconds(now)?, id];
        Ok(self.0.execute(statement("set only the time of the last login"), row)? == 1)
    }

    /// Deletes a credential. Returns `false` if the account does not have it.
    pub fn delete(&self, id: &[u8], user_handle: &[u8]) -> Result<bool> {
        Ok(self.0.execute(statement("delete a credential"), [id, user_handle])? == 1)
    }

    pub fn delete_account(&self, user_handle: &[u8]) -> Result<usize> {
        Ok(self.0.execute(statement("delete the credentials of an account"), [user_handle])?)
    }
}

fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn seconds(time: SystemTime) -> Result<i64> {
    Ok(time.duration_since(UNIX_EPOCH)?.as_secs().try_into()?)
}
