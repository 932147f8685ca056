//! The program from start to end: its configuration, its port, and how it stops.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::browser::{Browser, authenticator};
use crate::server::{Folder, Server, program, run};

#[test]
fn a_wrong_configuration_ends_the_program_with_a_sentence_that_names_the_variable() {
    let folder = Folder::new();
    let database = folder.sqlite();
    let missing = format!("sqlite://{}/missing/site.sqlite", folder.0.display());
    for (name, value) in [
        ("DATABASE_URL", "site.sqlite"),
        ("DATABASE_URL", "mysql://root@localhost/site"),
        ("DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/site"),
        ("DATABASE_URL", &missing),
        ("LISTEN", "8080"),
        ("LISTEN", "localhost:8080"),
        ("LISTEN", "127.0.0.1:65536"),
        ("LISTEN", "192.0.2.1:8080"),
        ("ORIGIN", "example.com"),
        ("ORIGIN", "https://example.com/"),
        ("ORIGIN", "https://"),
        ("ORIGIN", "https://Example.com"),
        ("ORIGIN", "https://127.0.0.1"),
        ("RP_ID", "example.com"),
        ("RP_ID", "https://localhost"),
        ("RP_ID", "com"),
        ("RELATED_ORIGINS", "example.de"),
        ("RELATED_ORIGINS", "https://example.de/,https://example.fr"),
        ("FRAMED_BY", "*"),
        ("FRAMED_BY", "frame.example"),
        ("FRAMED_BY", "https://frame.example; script-src *"),
        ("CEREMONIES_PER_MINUTE", "many"),
        ("CEREMONIES_PER_MINUTE", "-1"),
        ("CEREMONIES_PER_MINUTE", "0"),
        ("PREPARED_KEYS", "yes"),
        ("BEHIND_PROXY", "true"),
    ] {
        let mut command = program(&[("DATABASE_URL", &database), (name, value)]);
        let (code, text) = run(&mut command);
        assert_eq!(code, Some(1), "{name}={value} {text}");
        let sentence = text.lines().last().unwrap();
        assert!(sentence.contains(name), "{name}={value} {text}");
        // A sentence for people, without the names of Rust types, and without the password.
        assert!(!text.contains("Problem(") && !text.contains("hunter2"), "{name}={value} {text}");
        assert_eq!(text.lines().count(), 1, "{name}={value} {text}");
    }
    let mut command = program(&[]);
    let (code, text) = run(command.arg("--help"));
    assert_eq!(code, Some(0));
    assert!(text.contains("DATABASE_URL") && text.contains("BEHIND_PROXY"));
}

#[test]
fn an_empty_variable_is_like_a_missing_one() {
    let empty = ["ORIGIN", "RP_ID", "RELATED_ORIGINS", "FRAMED_BY", "PREPARED_KEYS"];
    let variables = empty.map(|name| (name, ""));
    Browser::open(&Server::with(&variables)).sign_up(&mut authenticator(), "alice");
}

#[test]
fn if_the_port_is_taken_the_program_says_so_or_takes_another_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let (code, text) =
        run(&mut program(&[("DATABASE_URL", &*folder.sqlite()), ("LISTEN", &*address)]));
    assert_eq!(code, Some(1));
    assert!(text.contains("LISTEN") && text.contains(&address), "{text}");

    // Without LISTEN, two instances take two ports, and each has its own origin.
    let url = folder.sqlite();
    let start = || Server::of(program(&[("DATABASE_URL", &*url)]).env_remove("LISTEN"));
    let (first, second) = (start(), start());
    assert_ne!(first.origin, second.origin);
    for server in [&first, &second] {
        let (_, port) = server.address().split_once(':').unwrap();
        assert_eq!(server.origin, format!("http://localhost:{port}"));
        Browser::open(server).sign_up(&mut authenticator(), "alice");
    }
}

#[test]
fn a_request_that_runs_is_finished_before_the_program_stops() {
    for name in ["TERM", "INT"] {
        let mut server = Server::start();
        let mut browser = Browser::open(&server);
        let body = r#"{"name":"alice"}"#;
        let (first, second) = body.split_at(5);
        let mut connection = TcpStream::connect(server.address()).unwrap();
        let head = format!(
            "POST /registration/start HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
            browser.cookie.as_ref().unwrap(),
            body.len(),
        );
        connection.write_all(head.as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(200));
        // An idle connection does not keep the program from stopping.
        browser.get("/").ok();
        server.signal(name);
        thread::sleep(Duration::from_millis(200));
        assert!(TcpStream::connect(server.address()).is_err(), "it no longer listens");
        connection.write_all(second.as_bytes()).unwrap();
        let mut reply = String::new();
        connection.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
        assert!(reply.contains("\"challenge\""), "{reply}");
        assert_eq!(server.wait().code(), Some(0));
    }
}

#[test]
fn a_client_that_sends_no_more_does_not_keep_the_program_running() {
    let mut server = Server::start();
    let browser = Browser::open(&server);
    let cookie = browser.cookie.unwrap();
    let body = format!(
        "POST /login/start HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{{",
    );
    let connections = ["", "GET / HTTP/1.1\r\nHost:", &body].map(|text| {
        let mut connection = TcpStream::connect(server.address()).unwrap();
        connection.write_all(text.as_bytes()).unwrap();
        connection
    });
    thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    drop(connections);
}
