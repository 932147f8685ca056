//! Several instances with one database, SQLite or PostgreSQL.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::browser::{Browser, Reply, authenticator};
use crate::postgresql::PostgreSql;
use crate::server::{Folder, Server, program};
use crate::{accounts, requests};

/// Runs a test with a new SQLite file and with a new PostgreSQL server. Commits do not wait for the
/// disk, because no test switches off the power.
fn with_each_database(test: impl Fn(&str)) {
    println!("SQLite");
    test(&Folder::new().sqlite());
    println!("PostgreSQL");
    if let Some(server) = PostgreSql::start(&["fsync=off"]) {
        test(&server.url());
    }
}

/// The number of times that requests are sent at the same moment. `TRIES` sets another number.
fn tries(default: usize) -> usize {
    std::env::var("TRIES").ok().map_or(default, |tries| tries.parse().unwrap())
}

/// Sends two requests at the same moment. Returns the replies.
fn at_once(
    first: impl FnOnce() -> Reply + Send,
    second: impl FnOnce() -> Reply + Send,
) -> [Reply; 2] {
    let barrier = &Barrier::new(2);
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            barrier.wait();
            second()
        });
        barrier.wait();
        [first(), second.join().unwrap()]
    })
}

/// Checks that one reply is a success and the other one is a failure with one of these numbers.
#[track_caller]
fn assert_one_succeeds(replies: &[Reply; 2], failures: &[u16]) {
    let [first, second] = replies;
    let failed = if first.status == 200 { second } else { first };
    assert!(failures.contains(&failed.status.as_u16()), "{replies:?}");
    failed.failed(failed.status.as_u16());
    assert!(first.status == 200 || second.status == 200, "{replies:?}");
}

#[test]
fn the_site_works_with_postgresql_as_with_sqlite() {
    let Some(database) = PostgreSql::start(&["fsync=off"]) else { return };
    let server = &Server::on(&database.url());
    accounts::check_an_account(server);
    accounts::check_two_sessions(server);
    accounts::check_names(server);
    accounts::check_last_passkeys(server);
    accounts::check_reports(server);
    requests::check_garbage(server);
}

#[test]
fn a_ceremony_that_begins_on_one_instance_ends_on_another() {
    with_each_database(|database| {
        let (first, second) = (Server::on(database), Server::on(database));
        let mut here = Browser::open(&first);
        let mut phone = authenticator();
        let response = here.create(&mut phone, json!({ "name": "alice" }));
        let mut there = here.at(&second);
        let signals = there.post("/registration/finish", &response).ok().signals();
        // The user is signed in on both.
        let mut here = there.at(&first);
        assert!(here.is_signed_in());
        let mut visitor = Browser::open(&first);
        let response = visitor.at(&second).assert(&mut phone, json!({ "name": signals.name }));
        assert_eq!(visitor.post("/login/finish", &response).ok().signals(), signals);
        let rename = format!("/passkeys/{}/rename", signals.passkeys[0]);
        there.post(&rename, r#"{"label":"renamed there"}"#).ok();
        assert!(here.get("/").ok().html().contains("renamed there"));
        there.get("/report").ok();
        there.post("/sign-out-everywhere", "").ok();
        assert!(!here.is_signed_in() && !visitor.is_signed_in());
    });
}

#[test]
fn a_response_that_is_sent_twice_at_the_same_moment_is_accepted_once() {
    with_each_database(|database| {
        let (first, second) = (&Server::on(database), &Server::on(database));
        let next = &AtomicUsize::new(0);
        let tries = tries(250);
        let start = std::time::Instant::now();
        let worker = || {
            let mut with_counter = authenticator();
            let mut without_counter = authenticator().without_counter();
            let mut browser = Browser::open(first);
            browser.sign_up(&mut with_counter, "alice");
            browser.sign_up(&mut without_counter, "alice");
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= tries {
                    return;
                }
                let mut visitor =
                    Browser::open(if number.is_multiple_of(2) { first } else { second });
                let (path, response) = match number % 3 {
                    0 => ("/login/finish", visitor.assert(&mut with_counter, json!({}))),
                    1 => ("/login/finish", visitor.assert(&mut without_counter, json!({}))),
                    _ => {
                        let response =
                            visitor.create(&mut authenticator(), json!({ "name": "bob" }));
                        ("/registration/finish", response)
                    }
                };
                let (mut here, mut there) = (visitor.at(first), visitor.at(second));
                let replies =
                    at_once(|| here.post(path, &response), || there.post(path, &response));
                assert_one_succeeds(&replies, &[403]);
            }
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(worker);
            }
        });
        println!("{tries} tries in {:?}", start.elapsed());
    });
}

#[test]
fn of_two_responses_with_one_counter_only_one_is_accepted() {
    with_each_database(|database| {
        let (first, second) = (Server::on(database), Server::on(database));
        let mut phone = authenticator();
        Browser::open(&first).sign_up(&mut phone, "alice");
        for _ in 0..tries(20) {
            // A copy of the authenticator: both responses have the same counter.
            let mut copy = phone.clone();
            let (mut here, mut there) = (Browser::open(&first), Browser::open(&second));
            let own = here.assert(&mut phone, json!({}));
            let copied = there.assert(&mut copy, json!({}));
            let replies = at_once(
                || here.post("/login/finish", &own),
                || there.post("/login/finish", &copied),
            );
            assert_one_succeeds(&replies, &[403, 409]);
        }
        // Synced passkeys have no counter. They are used on several devices at the same moment.
        let mut phone = authenticator().without_counter();
        Browser::open(&first).sign_up(&mut phone, "bob");
        for _ in 0..5 {
            let (mut here, mut there) = (Browser::open(&first), Browser::open(&second));
            let own = here.assert(&mut phone, json!({}));
            let other = there.assert(&mut phone, json!({}));
            let replies = at_once(
                || here.post("/login/finish", &own),
                || there.post("/login/finish", &other),
            );
            assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
        }
    });
}

#[test]
fn no_answered_registration_is_lost_if_an_instance_is_killed() {
    with_each_database(|database| {
        let (mut first, second) = (Server::on(database), Server::on(database));
        let (count, is_killed) = (&AtomicUsize::new(0), &AtomicBool::new(false));
        let register = |first: &Server| {
            let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
            loop {
                let mut phone = authenticator();
                match try_to_sign_up(first, &mut phone) {
                    Ok(reply) => {
                        reply.ok();
                        count.fetch_add(1, Ordering::Relaxed);
                        answered.push(phone);
                    }
                    Err(_) => {
                        assert!(is_killed.load(Ordering::Relaxed));
                        unanswered.push(phone);
                        return (answered, unanswered);
                    }
                }
            }
        };
        let passkeys: Vec<_> = thread::scope(|scope| {
            let clients: Vec<_> = (0..4).map(|_| scope.spawn(|| register(&first))).collect();
            while count.load(Ordering::Relaxed) < 100 {
                thread::sleep(Duration::from_millis(1));
            }
            is_killed.store(true, Ordering::Relaxed);
            first.signal("KILL");
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        first.wait();
        for (answered, unanswered) in passkeys {
            for mut phone in answered {
                Browser::open(&second).sign_in(&mut phone, json!({}));
            }
            // These are registered completely or not at all.
            for mut phone in unanswered {
                let mut browser = Browser::open(&second);
                let options = browser.start("login", json!({}));
                // The options may not have arrived, so there may be no passkey.
                if let Ok(response) = phone.authenticate(&options, &second.origin) {
                    let reply = browser.post("/login/finish", &response);
                    assert!(reply.status == 200 || reply.status == 403, "{reply:?}");
                }
            }
        }
    });
}

fn try_to_sign_up(
    server: &Server,
    phone: &mut SoftwareAuthenticator,
) -> Result<Reply, ureq::Error> {
    let mut browser = Browser::without_session(server);
    let request = browser.request("GET".parse().unwrap(), "/").body(()).unwrap();
    browser.try_send(request)?;
    let started = browser.try_post("/registration/start", r#"{"name":"alice"}"#)?.ok().json();
    let response = phone.register(&started["options"], &server.origin).unwrap();
    browser.try_post("/registration/finish", &response)
}

#[test]
fn instances_that_start_at_the_same_moment_create_the_tables_once() {
    for _ in 0..3 {
        with_each_database(|database| {
            let variables = [("DATABASE_URL", database), ("ORIGIN", "http://localhost:8080")];
            let servers: Vec<Server> = thread::scope(|scope| {
                let starts: Vec<_> =
                    (0..4).map(|_| scope.spawn(|| Server::of(&mut program(&variables)))).collect();
                starts.into_iter().map(|start| start.join().unwrap()).collect()
            });
            let mut phone = authenticator();
            Browser::open(&servers[0]).sign_up(&mut phone, "alice");
            // They share the secret from which lists for unknown names are made.
            let list = |server| {
                let options = Browser::open(server).start("login", json!({ "name": "nobody" }));
                options["publicKey"]["allowCredentials"].clone()
            };
            for server in &servers {
                Browser::open(server).sign_in(&mut phone, json!({}));
                assert_eq!(list(server), list(&servers[0]));
            }
        });
    }
}

#[test]
fn an_account_that_changes_everywhere_at_once_stays_whole() {
    with_each_database(|database| {
        let (first, second) = (&Server::on(database), &Server::on(database));
        for round in 0..tries(50) {
            let mut phone = authenticator();
            let mut browser = Browser::open(first);
            browser.sign_up(&mut phone, "alice");
            let mut other = authenticator();
            let passkeys = browser.add_passkey(&mut other).passkeys;
            let mut requests: Vec<(Browser, String, String)> = Vec::new();
            for device in [&mut phone, &mut other] {
                let mut visitor = Browser::open(second);
                let response = visitor.assert(device, json!({}));
                requests.push((visitor, "/login/finish".to_owned(), response));
            }
            let response = browser.create(&mut authenticator(), json!({}));
            requests.push((browser.at(second), "/registration/finish".to_owned(), response));
            requests.push((browser.clone(), "/login/start".to_owned(), "{}".to_owned()));
            requests.push((browser.at(second), "/registration/start".to_owned(), "{}".to_owned()));
            for id in &passkeys {
                requests.push((
                    browser.at(second),
                    format!("/passkeys/{id}/delete"),
                    String::new(),
                ));
            }
            requests.push((browser.clone(), "/sign-out-everywhere".to_owned(), String::new()));
            if round.is_multiple_of(2) {
                requests.push((browser.clone(), "/account/delete".to_owned(), String::new()));
            }
            let barrier = &Barrier::new(requests.len());
            thread::scope(|scope| {
                for (mut browser, path, body) in requests {
                    scope.spawn(move || {
                        barrier.wait();
                        let reply = browser.post(&path, &body);
                        assert!(!reply.status.is_server_error(), "{path} {reply:?}");
                    });
                }
            });
        }
    });
}

#[test]
fn expired_sessions_and_pending_states_are_rejected_and_deleted() {
    let Some(database) = PostgreSql::start(&["fsync=off"]) else { return };
    let server = Server::on(&database.url());
    let mut phone = authenticator();
    let mut browser = Browser::open(&server);
    browser.sign_up(&mut phone, "alice");
    let expire = |table: &str, seconds: i64| {
        let now = "floor(extract(epoch FROM now()))::bigint";
        database.psql(&format!("UPDATE {table} SET expires_at = {now} + {seconds}")).unwrap();
    };
    expire("sessions", 30);
    assert!(browser.is_signed_in());
    expire("sessions", -2);
    browser.post("/login/start", "{}").failed(403);
    assert!(!browser.is_signed_in());
    let old = browser.cookie.clone();
    browser.get("/").ok();
    assert_ne!(browser.cookie, old);

    // The time in the state decides. The row can be deleted at any time after it.
    let response = browser.assert(&mut phone, json!({}));
    let age = r#"UPDATE pending
        SET state = regexp_replace(regexp_replace(state,
            'started_at":\d+', 'started_at":1000000000'), 'expires_at":\d+', 'expires_at":1000000600')"#;
    database.psql(age).unwrap();
    let reason = browser.post("/login/finish", &response).failed(403);
    assert!(reason.contains("expired"), "{reason}");

    // An instance deletes expired rows when it starts, and then every minute.
    browser.start("login", json!({}));
    browser.start("login", json!({}));
    expire("pending", -2);
    Browser::open(&server);
    expire("sessions", -2);
    let _second = Server::on(&database.url());
    let count = "SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM sessions) \
                 + (SELECT count(*) FROM recordings)";
    for _ in 0..200 {
        if database.psql(count).unwrap().trim() == "0" {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{}", database.psql(count).unwrap());
}

#[test]
fn a_new_account_gets_a_number_that_is_free() {
    let Some(database) = PostgreSql::start(&["fsync=off"]) else { return };
    let server = Server::on(&database.url());
    // Half of the names are taken.
    let insert = "INSERT INTO accounts SELECT 'user ' || n, 'alice-' || lpad(n::text, 5, '0'), 0 \
                  FROM generate_series(0, 99998, 2) AS n";
    database.psql(insert).unwrap();
    for _ in 0..10 {
        Browser::open(&server).sign_up(&mut authenticator(), "alice");
    }
}
