//! Measures logins with one instance of the site, for each database.
//!
//! ```sh
//! cargo bench -p webauthn-verify-demo --bench load
//! ```
//!
//! A login is two requests: one starts it, and one finishes it. Both are measured. The signatures of
//! the authenticators are made in between, so they do not count. The clients and the database run on
//! the same machine and share its processors with the site.

use std::error::Error;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, RegistrationRequest, RegistrationResponse,
    RelyingParty, User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::browser::Browser;
use crate::postgresql::PostgreSql;
use crate::server::{Folder, Server};

// The tests use these files too, and more of them.
#[allow(dead_code)]
#[path = "../tests/it/browser.rs"]
mod browser;
#[allow(dead_code)]
#[path = "../tests/it/postgresql.rs"]
mod postgresql;
#[allow(dead_code)]
#[path = "../tests/it/server.rs"]
mod server;

/// The numbers of clients that send requests at the same time.
const CLIENTS: [usize; 2] = [1, 16];
/// Each client signs in to these accounts in turn.
const ACCOUNTS_OF_CLIENT: usize = 8;
/// A measurement ends after this number of logins, or if preparing them took this time.
const MAX_LOGINS: usize = 6000;
const MAX_PREPARATION: Duration = Duration::from_secs(4);

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` passes this argument. `cargo test --all-targets` does not.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("Machine: {}\n", machine());
    println!("Command: `cargo bench -p webauthn-verify-demo --bench load`\n");
    println!(
        "| database | prepared keys | clients | logins/s | start/s | finish/s | finish p50 | p95 \
         | p99 | max | verification |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for database in ["SQLite", "PostgreSQL"] {
        for prepared in [true, false] {
            let verification = verification(prepared)?;
            for clients in CLIENTS {
                measure(database, prepared, clients, verification);
            }
        }
    }
    println!(
        "\n`verification` is the time that the verification of one login takes alone, and its share \
         of the median."
    );
    Ok(())
}

/// Measures one configuration, and prints its row.
fn measure(database: &str, prepared: bool, clients: usize, verification: Duration) {
    // By default, PostgreSQL and SQLite wait for the disk at each commit.
    let (folder, postgresql) = match database {
        "SQLite" => (Some(Folder::new()), None),
        _ => (None, PostgreSql::start(&[])),
    };
    let sqlite = folder.as_ref().map(Folder::sqlite);
    let Some(url) = sqlite.or(postgresql.as_ref().map(PostgreSql::url)) else { return };
    let prepared_keys = if prepared { "1" } else { "0" };
    let server = Server::with(&[("DATABASE_URL", &url), ("PREPARED_KEYS", prepared_keys)]);

    let prepare = || Client::new(&server, MAX_LOGINS / clients);
    let mut all = run((0..clients).map(|_| prepare).collect());
    let starts = timed(&mut all, Client::start);
    for client in &mut all {
        client.sign();
    }
    let finishes = timed(&mut all, Client::finish);

    let (start, finish) = (starts.per_second(), finishes.per_second());
    let logins = 1.0 / (1.0 / start + 1.0 / finish);
    let median = finishes.percentile(50);
    println!(
        "| {database} | {} | {clients} | {logins:.0} | {start:.0} | {finish:.0} | {} | {} | {} \
         | {} | {}, {:.1} % |",
        if prepared { "yes" } else { "no" },
        milliseconds(median),
        milliseconds(finishes.percentile(95)),
        milliseconds(finishes.percentile(99)),
        milliseconds(finishes.percentile(100)),
        milliseconds(verification),
        100.0 * verification.as_secs_f64() / median.as_secs_f64(),
    );
}

/// A client: its accounts, and its logins in progress.
struct Client {
    authenticators: Vec<SoftwareAuthenticator>,
    logins: Vec<Login>,
}

/// A login, each with its own visitor.
struct Login {
    browser: Browser,
    options: serde_json::Value,
    response: String,
}

impl Client {
    /// Creates accounts and visitors.
    fn new(server: &Server, count: usize) -> Client {
        // All visitors of a client share one connection.
        let first = Browser::with_connection(server);
        let visitor = || {
            let mut browser = first.clone();
            browser.get("/").ok();
            browser
        };
        let sign_up = |_| {
            let mut authenticator = SoftwareAuthenticator::random().unwrap();
            visitor().sign_up(&mut authenticator, "load");
            authenticator
        };
        let authenticators = (0..ACCOUNTS_OF_CLIENT).map(sign_up).collect();
        let mut logins = Vec::new();
        let start = Instant::now();
        while logins.len() < count && start.elapsed() < MAX_PREPARATION {
            let (options, response) = (json!(null), String::new());
            logins.push(Login { browser: visitor(), options, response });
        }
        Client { authenticators, logins }
    }

    fn start(&mut self) -> Vec<Duration> {
        let start = |login: &mut Login| {
            let start = Instant::now();
            let reply = login.browser.post("/login/start", "{}");
            let duration = start.elapsed();
            login.options = reply.ok().json()["options"].take();
            duration
        };
        self.logins.iter_mut().map(start).collect()
    }

    fn sign(&mut self) {
        for (login, number) in self.logins.iter_mut().zip(0..) {
            let authenticator = &mut self.authenticators[number % ACCOUNTS_OF_CLIENT];
            let origin = &login.browser.origin;
            login.response = authenticator.authenticate(&login.options, origin).unwrap();
        }
    }

    fn finish(&mut self) -> Vec<Duration> {
        let finish = |login: &mut Login| {
            let start = Instant::now();
            let reply = login.browser.post("/login/finish", &login.response);
            let duration = start.elapsed();
            reply.ok();
            duration
        };
        self.logins.iter_mut().map(finish).collect()
    }
}

/// The times of requests, in order of their length.
struct Times {
    requests: Vec<Duration>,
    total: Duration,
}

/// Lets all clients send their requests at the same time.
fn timed(clients: &mut [Client], send: fn(&mut Client) -> Vec<Duration>) -> Times {
    let start = Instant::now();
    let times = run(clients.iter_mut().map(|client| move || send(client)).collect());
    let total = start.elapsed();
    let mut requests = times.concat();
    requests.sort_unstable();
    Times { requests, total }
}

impl Times {
    fn per_second(&self) -> f64 {
        self.requests.len() as f64 / self.total.as_secs_f64()
    }

    fn percentile(&self, percent: usize) -> Duration {
        self.requests[(self.requests.len() - 1) * percent / 100]
    }
}

/// Runs functions at the same time, each in its thread.
fn run<T: Send>(functions: Vec<impl FnOnce() -> T + Send>) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = functions.into_iter().map(|function| scope.spawn(function)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Measures how long the verification of one login takes, without the site.
fn verification(prepared: bool) -> Result<Duration, Box<dyn Error>> {
    const ROUNDS: u32 = 5000;
    let (origin, now) = ("http://localhost:8080", SystemTime::now());
    let rp = RelyingParty::new("localhost", [origin])?;
    let mut authenticator = SoftwareAuthenticator::random()?;

    let user = User::new(*b"a user handle", "load", "load");
    let (options, pending) =
        rp.start_registration(&RegistrationRequest::passkey(&user, &[]), now)?;
    let body = authenticator.register(&options, origin)?;
    let response = RegistrationResponse::from_json(&body)?;
    let record = rp.finish_registration(pending, &response, now)?.into_credential();
    let records = [if prepared { record.with_prepared_key()? } else { record }];

    let (options, pending) = rp.start_authentication(&AuthenticationRequest::passkey(), now)?;
    let body = authenticator.authenticate(&options, origin)?;
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let response = AuthenticationResponse::from_json(black_box(&body))?;
        let login = rp.finish_authentication(pending.clone(), &response, &records, now)?;
        black_box(login.credential_id());
    }
    Ok(start.elapsed() / ROUNDS)
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

/// Returns the model and the number of the processors.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let number = thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {number} processors", model.unwrap_or("unknown"))
}
