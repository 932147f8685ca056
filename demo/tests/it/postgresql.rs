//! A PostgreSQL server in a temporary folder. It listens only on a socket there.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::server::Folder;

/// A running server. It is stopped at the end of the test.
pub struct PostgreSql {
    process: Child,
    folder: Folder,
}

const PROGRAMS: [&str; 3] = ["initdb", "postgres", "psql"];

/// PostgreSQL refuses to run as root. If the test runs as root, the program runs as the user nobody.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

impl PostgreSql {
    /// Starts a server with these settings, or says that its programs are missing.
    pub fn start(settings: &[&str]) -> Option<PostgreSql> {
        let is_there = |program| Command::new(program).arg("--version").output().is_ok();
        if !PROGRAMS.into_iter().all(is_there) {
            println!("not run with PostgreSQL: {PROGRAMS:?} must be on the PATH");
            return None;
        }
        let folder = Folder::new();
        let command = |program: &str| {
            let mut command = Command::new(program);
            command.current_dir(&folder.0).arg("-D").arg(folder.0.join("data"));
            if is_root() {
                command.uid(NOBODY);
            }
            command
        };
        if is_root() {
            chown(&folder.0, Some(NOBODY), None).unwrap();
        }
        let options = ["--username=app", "--auth=trust", "--encoding=UTF8", "--no-sync"];
        let made = command("initdb").args(options).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut postgres = command("postgres");
        postgres.arg("-k").arg(&folder.0).args(["-c", "listen_addresses="]);
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        let process = postgres.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = PostgreSql { process, folder };
        for _ in 0..600 {
            if server.psql("SELECT 1").is_some() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not answer after 30 seconds");
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://app@localhost/postgres?host={}", self.folder.0.display())
    }

    /// Executes a statement. Returns what `psql` prints, or `None` if it fails.
    pub fn psql(&self, statement: &str) -> Option<String> {
        let mut command = Command::new("psql");
        command.args(["-X", "--tuples-only", "--no-align", "-U", "app", "-d", "postgres", "-h"]);
        let output = command.arg(&self.folder.0).args(["-c", statement]).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }
}

impl Drop for PostgreSql {
    fn drop(&mut self) {
        // SIGQUIT tells the server to exit immediately and to clean up.
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}
