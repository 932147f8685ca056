//! PostgreSQL through `psql`. The test starts its own server in a temporary folder and connects
//! through a socket there.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use webauthn_verify::{Credential, PendingAuthentication};
use webauthn_verify_frameworks::store::statement;

use crate::{Folder, Tables};

#[test]
fn postgresql_keeps_the_same_promises() {
    let is_there = |program| Command::new(program).arg("--version").output().is_ok();
    if !["initdb", "postgres", "psql"].into_iter().all(is_there) {
        println!("skipped: initdb, postgres or psql is not on the PATH");
        return;
    }
    let server = Server::start();
    let tables = Psql { socket: &server.folder.0, then: "" };
    tables.run(include_str!("../../sql/postgresql.sql"));
    crate::a_passkey_from_registration_to_deletion(&tables);
    assert_eq!(tables.delete_account(crate::ALICE), 1);
    crate::the_second_of_two_logins_with_one_record_is_rejected(&tables);
    crate::expired_states_are_deleted(&tables);
    crate::only_one_of_two_requests_gets_a_state(|| Psql {
        then: "SELECT pg_sleep(0.2);",
        ..tables
    });
}

struct Server {
    process: Child,
    folder: Folder,
}

/// PostgreSQL refuses to run as root. If the test runs as root, the program runs as the user nobody.
fn as_another_user(program: &str) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(NOBODY);
    }
    command
}

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

impl Server {
    fn start() -> Server {
        let folder = Folder::new("postgresql");
        if is_root() {
            chown(&folder.0, Some(NOBODY), None).unwrap();
        }
        let data = folder.0.join("data");
        let mut initdb = as_another_user("initdb");
        initdb.args(["--username=app", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D"]);
        let made = initdb.arg(&data).current_dir(&folder.0).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut postgres = as_another_user("postgres");
        postgres.arg("-D").arg(&data).arg("-k").arg(&folder.0).current_dir(&folder.0);
        // The server does not listen on a network port.
        postgres.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        let process = postgres.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Server { process, folder };
        let is_up = || psql(&server.folder.0, "SELECT 1;").is_ok();
        for _ in 0..600 {
            if is_up() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not answer after 30 seconds");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGQUIT tells the server to exit immediately and to clean up.
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

/// Runs `psql`. Returns the printed lines: rows, and a command tag after each statement.
fn psql(socket: &Path, script: &str) -> Result<Vec<String>, String> {
    let mut command = Command::new("psql");
    command.args(["-X", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "-U", "app"]);
    command.args([OsStr::new("-h"), socket.as_os_str(), OsStr::new("-d"), OsStr::new("postgres")]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().map_err(|error| error.to_string())?;
    // If no server is running yet, the process may already have ended.
    let _ = process.stdin.take().unwrap().write_all(script.as_bytes());
    let output = process.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Runs each statement in its own connection and transaction.
#[derive(Clone, Copy)]
struct Psql<'s> {
    socket: &'s Path,
    /// An SQL statement that runs before the transaction ends.
    then: &'static str,
}

impl Psql<'_> {
    fn run(&self, script: &str) -> Vec<String> {
        psql(self.socket, script).unwrap()
    }

    /// Runs a statement from the file. Returns the rows, and the number of changed rows.
    fn execute(&self, name: &str, arguments: &[String]) -> (Vec<String>, usize) {
        let arguments: Vec<String> =
            arguments.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
        let arguments = arguments.join(", ");
        let (statement, then) = (statement(name), self.then);
        let script =
            format!("PREPARE one AS {statement} BEGIN; EXECUTE one ({arguments}); {then} COMMIT;");
        let mut lines = self.run(&script);
        lines.retain(|line| !["PREPARE", "BEGIN", "COMMIT", ""].contains(&line.as_str()));
        // The command tag, for example `INSERT 0 1`.
        let is_tag = |line: &String| {
            ["INSERT ", "UPDATE ", "DELETE "].iter().any(|tag| line.starts_with(tag))
        };
        let tag = lines.pop_if(|line| is_tag(line));
        let changed = tag.map_or(0, |tag| tag.rsplit(' ').next().unwrap().parse().unwrap());
        (lines, changed)
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{digits}")
}

fn seconds(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

impl Tables for Psql<'_> {
    fn keep(&self, id: &str, session: &str, pending: &impl Serialize, expires_at: SystemTime) {
        let row = [id.to_owned(), session.to_owned(), json(pending), seconds(expires_at)];
        assert_eq!(self.execute("keep a pending state", &row).1, 1);
    }

    fn take(&self, id: &str, session: &str) -> Option<PendingAuthentication> {
        let (rows, _) = self.execute("take a pending state", &[id.to_owned(), session.to_owned()]);
        rows.first().map(|state| serde_json::from_str(state).unwrap())
    }

    fn delete_expired(&self, now: SystemTime) -> usize {
        self.execute("delete expired pending states", &[seconds(now)]).1
    }

    fn insert(&self, user_handle: &[u8], record: &Credential, now: SystemTime) -> bool {
        let count = record.sign_count().to_string();
        let row = [hex(record.id()), hex(user_handle), json(record), count, seconds(now)];
        self.execute("insert a credential", &row).1 == 1
    }

    fn records(&self, user_handle: &[u8]) -> Vec<Credential> {
        let (rows, _) = self.execute("find the records of an account", &[hex(user_handle)]);
        rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    fn account(&self, id: &[u8]) -> Option<Vec<u8>> {
        let (rows, _) = self.execute("find the account of a credential", &[hex(id)]);
        let digits = rows.first()?.strip_prefix("\\x").unwrap();
        let byte = |place| u8::from_str_radix(&digits[place..place + 2], 16).unwrap();
        Some((0..digits.len()).step_by(2).map(byte).collect())
    }

    fn update(&self, record: &Credential, count_before: u32, now: SystemTime) -> bool {
        let (count, before) = (record.sign_count().to_string(), count_before.to_string());
        let row = [json(record), count, seconds(now), hex(record.id()), before];
        self.execute("update a credential after a login", &row).1 == 1
    }

    fn touch(&self, id: &[u8], now: SystemTime) -> bool {
        self.execute("set only the time of the last login", &[seconds(now), hex(id)]).1 == 1
    }

    fn delete(&self, id: &[u8], user_handle: &[u8]) -> bool {
        self.execute("delete a credential", &[hex(id), hex(user_handle)]).1 == 1
    }

    fn delete_account(&self, user_handle: &[u8]) -> usize {
        self.execute("delete the credentials of an account", &[hex(user_handle)]).1
    }
}
