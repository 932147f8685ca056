//! An instance of the site: the built program, in its own process.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The program may be slow if all tests run at the same time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A temporary folder.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("webauthn-verify-demo-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    /// The URL of a SQLite file in this folder.
    pub fn sqlite(&self) -> String {
        format!("sqlite://{}", self.0.join("site.sqlite").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with its environment variables, before it is started.
pub fn program(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webauthn-verify-demo"));
    command.env_clear().env("LISTEN", "127.0.0.1:0").env("NO_COLOR", "1");
    // One client has all requests of a test.
    command.env("CEREMONIES_PER_MINUTE", "1000000");
    command.envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// An instance that listens. It is killed at the end of the test.
pub struct Server {
    process: Child,
    output: Arc<Mutex<String>>,
    /// The first part of the URLs to connect to.
    pub url: String,
    /// The origin that the site has in the browser.
    pub origin: String,
    folder: Option<Folder>,
}

impl Server {
    /// Starts an instance with its own new SQLite file.
    pub fn start() -> Server {
        Server::with(&[])
    }

    /// Starts an instance with its own new SQLite file, and these environment variables.
    pub fn with(variables: &[(&str, &str)]) -> Server {
        let folder = Folder::new();
        let url = folder.sqlite();
        let variables = [&[("DATABASE_URL", &*url)], variables].concat();
        let mut server = Server::of(&mut program(&variables));
        server.folder = Some(folder);
        server
    }

    /// Starts an instance that uses this database. All instances of a database have one origin.
    pub fn on(database: &str) -> Server {
        let variables = [("DATABASE_URL", database), ("ORIGIN", "http://localhost:8080")];
        Server::of(&mut program(&variables))
    }

    /// Starts an instance, and waits until it listens.
    pub fn of(command: &mut Command) -> Server {
        let mut process = command.spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let lines = collect(process.stdout.take().unwrap(), &output);
        collect(process.stderr.take().unwrap(), &output);
        let (mut url, mut origin) = (None, None);
        while url.is_none() || origin.is_none() {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                panic!("the program did not start: {}", output.lock().unwrap());
            };
            if let Some((_, address)) = line.split_once("listening on ") {
                url = Some(format!("http://{}", address.trim()));
            }
            if let Some(rest) = line.strip_prefix("Open ") {
                origin = rest.split(' ').next().map(str::to_owned);
            }
        }
        Server { process, output, url: url.unwrap(), origin: origin.unwrap(), folder: None }
    }

    /// The address to connect to.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Everything that the program has printed.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Sends a signal, for example `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &*id]).status().unwrap().success());
    }

    /// Waits until the program has ended.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the program did not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let output = self.output();
        // A test that fails shows the log. No test may make the program panic.
        if thread::panicking() {
            println!("{output}");
        } else {
            assert!(!output.contains("panicked at"), "{output}");
        }
    }
}

/// Collects the lines that a program prints, and also sends them.
fn collect(from: impl Read + Send + 'static, to: &Arc<Mutex<String>>) -> mpsc::Receiver<String> {
    let (to, (sender, receiver)) = (Arc::clone(to), mpsc::channel());
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut output = to.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
            drop(output);
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Runs the program until it ends. Returns its exit code and what it printed.
pub fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}
