//! What every request is protected from, and what every reply contains.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use ureq::http::Method;

use crate::browser::{Browser, Reply, authenticator};
use crate::server::{Folder, Server, program};

const PAGES: [&str; 3] = ["/", "/lab", "/inspect"];

/// Every POST route.
const POSTS: [&str; 16] = [
    "/registration/start",
    "/registration/finish",
    "/login/start",
    "/login/finish",
    "/passkeys/AAAA/rename",
    "/passkeys/AAAA/delete",
    "/sign-out",
    "/sign-out-everywhere",
    "/account/delete",
    "/report/replayed",
    "/lab/report/replayed",
    "/lab/start",
    "/lab/finish",
    "/lab/clear",
    "/inspect",
    "/inspect/vector",
];

#[test]
fn other_websites_cannot_send_requests_that_change_something() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    browser.sign_up(&mut authenticator(), "alice");
    let own = server.origin.clone();
    let mut send = |path: &str, headers: &[(&str, &str)]| {
        let mut request = browser.request(Method::POST, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("Content-Type", "application/json").body("{}").unwrap();
        browser.send(request)
    };
    for path in POSTS {
        for headers in [
            &[("Sec-Fetch-Site", "cross-site")][..],
            &[("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Site", "none")],
            &[("Sec-Fetch-Site", "cross-site"), ("Origin", &own)],
            &[("Origin", "https://evil.example")],
            &[("Origin", "null")],
            &[("Origin", &own.replace("http:", "https:"))],
            &[("Origin", &format!("{own}.evil.example"))],
        ] {
            let reply = send(path, headers);
            assert!(reply.failed(403).contains("Sec-Fetch-Site"), "{path} {headers:?}");
        }
    }
    // Current browsers, older browsers, and programs.
    for headers in
        [&[("Sec-Fetch-Site", "same-origin"), ("Origin", &*own)][..], &[("Origin", &own)], &[]]
    {
        send("/login/start", headers).ok();
    }
    // Other methods are not an opening.
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        let request = browser.request(method.parse().unwrap(), "/account/delete");
        let request = request.header("Sec-Fetch-Site", "cross-site").body(()).unwrap();
        browser.send(request).failed(403);
    }
    let request = browser.request(Method::GET, "/account/delete").body(()).unwrap();
    browser.send(request).failed(405);
    assert!(browser.is_signed_in());
}

#[test]
fn unknown_paths_odd_methods_and_garbage_fail_cleanly() {
    check_garbage(&Server::start());
}

pub fn check_garbage(server: &Server) {
    let mut browser = Browser::open(server);
    browser.sign_up(&mut authenticator(), "alice");
    for path in ["/nothing", "/assets/../Cargo.toml", "/assets/x", "/passkeys", "/%ff", "/?%ff="] {
        let reply = browser.get(path);
        if path != "/?%ff=" {
            reply.failed(404);
        }
    }
    for path in [
        "/assets/%ff",
        "/passkeys/%ff/rename",
        "/passkeys/%00/rename",
        "/report/%ff",
        "/lab/report/%ff",
    ] {
        assert!(browser.get(path).status.is_client_error());
        let reply = browser.post(path, r#"{"label":"x"}"#);
        assert!(reply.status.is_client_error());
        reply.failed(reply.status.as_u16());
    }
    for path in PAGES.into_iter().chain(POSTS).chain(["/report", "/assets/site.js"]) {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            let request = browser.request(method.parse().unwrap(), path).body(()).unwrap();
            let reply = browser.send(request);
            reply.failed(405);
            assert!(reply.headers.contains_key("allow"), "{method} {path}");
        }
    }
    check_bodies(server);
}

#[test]
fn a_browser_that_opens_a_page_gets_a_page_if_it_fails() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::GET, "/report", 404),
        (Method::GET, "/sign-out", 405),
        (Method::POST, "/login/start", 415),
    ] {
        let request = browser.request(method, path);
        let request = request.header("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8");
        let reply = browser.send(request.body(()).unwrap());
        assert_eq!(reply.status, status, "{reply:?}");
        assert_eq!(reply.headers.contains_key("allow"), status == 405);
        assert!(reply.html().contains("href=\"/\""));
        check_headers(&reply);
        check_markup(reply.html());
    }
}

/// Sends bodies that no page sends, to every route.
fn check_bodies(server: &Server) {
    let deep = "[".repeat(10_000);
    let bodies: [&[u8]; 24] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"1",
        b"\"\"",
        b"\xff\xfe",
        b"{\"name\":1}",
        b"{\"name\":\"\\u0000\",\"label\":\"\\u0000\"}",
        b"{\"name\":\"\\ud800\"}",
        b"{\"mediation\":\"never\"}",
        b"{\"mediation\":\"immediate\"}",
        b"{\"attestation\":\"all\"}",
        b"{\"ceremony\":\"login\"}",
        b"{\"ceremony\":\"registration\",\"algorithms\":[]}",
        b"{\"ceremony\":\"registration\",\"algorithms\":[0,-7,-7,9007199254740993]}",
        b"{\"ceremony\":\"registration\",\"extensions\":{\"prf\":1,\"credBlob\":\"=\"}}",
        b"{\"ceremony\":\"registration\",\"extensions\":{\"enforceCredentialProtectionPolicy\":1}}",
        b"{\"ceremony\":\"authentication\",\"list\":true,\"extensions\":{\"appid\":\"x\"}}",
        b"{\"ceremony\":\"authentication\",\"mediation\":\"conditional\",\"list\":true}",
        b"{\"id\":\"AAAA\",\"rawId\":\"AAAA\",\"type\":\"public-key\",\"response\":{}}",
        b"response=%ff&options=%00&a=b",
        deep.as_bytes(),
        &[0; 1000],
    ];
    let types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "\u{20ac}"];
    for path in POSTS {
        // Some of these requests are right, and end the session.
        let mut browser = Browser::open(server);
        browser.sign_up(&mut authenticator(), "alice");
        for (body, content_type) in bodies.iter().flat_map(|body| types.map(|form| (*body, form))) {
            let mut session = browser.clone();
            let request = session.request(Method::POST, path);
            let request = request.header("Content-Type", content_type.as_bytes());
            let reply = session.send(request.body(body).unwrap());
            assert!(!reply.status.is_server_error(), "{path} {reply:?}");
            if reply.status.is_client_error() {
                check_headers(&reply);
                if !path.starts_with("/inspect") {
                    reply.failed(reply.status.as_u16());
                }
            }
        }
    }
}

#[test]
fn a_request_that_is_not_http_is_answered_or_closed() {
    let server = Server::start();
    for text in
        ["GET / HTTP/1.1\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\r\n\r\n"]
    {
        let mut connection = TcpStream::connect(server.address()).unwrap();
        connection.write_all(text.as_bytes()).unwrap();
        connection.shutdown(std::net::Shutdown::Write).unwrap();
        connection.read_to_end(&mut Vec::new()).unwrap();
    }
    Browser::open(&server);
}

#[test]
fn a_body_has_a_limit() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    browser.sign_up(&mut authenticator(), "alice");
    for path in
        ["/registration/finish", "/login/start", "/login/finish", "/lab/start", "/lab/finish"]
    {
        let body = json!({ "name": "a".repeat(256 * 1024) }).to_string();
        browser.post(path, &body).failed(413);
        let body = json!({ "name": "a".repeat(200 * 1024) }).to_string();
        assert_ne!(browser.post(path, &body).status, 413, "{path}");
    }
    let request = browser
        .request(Method::POST, "/inspect")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("a=".to_owned() + &"a".repeat(1_000_000))
        .unwrap();
    // A server may close the connection before it has read everything.
    if let Ok(reply) = browser.try_send(request) {
        assert!(reply.status.is_client_error());
    }
}

#[track_caller]
fn check_headers(reply: &Reply) {
    let header = |name| reply.headers.get(name).map(|value| value.to_str().unwrap());
    let policy = header("content-security-policy").unwrap();
    assert!(!policy.contains("unsafe"), "{policy}");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"] {
        assert!(policy.split("; ").any(|own| own == part), "{policy}");
    }
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    assert_eq!(header("x-frame-options"), Some("DENY"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    assert_eq!(header("referrer-policy"), Some("same-origin"));
    assert_eq!(header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(header("cross-origin-resource-policy"), Some("same-origin"));
    assert!(["no-store", "no-cache"].contains(&header("cache-control").unwrap()));
    assert!(header("content-type").is_some(), "{reply:?}");
}

#[test]
fn every_reply_has_the_security_headers() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    browser.sign_up(&mut authenticator(), "alice");
    for path in PAGES {
        check_headers(&browser.get(path).ok());
    }
    for path in ["/report", "/assets/site.css", "/assets/site.js", "/assets/lab.js"] {
        let reply = browser.get(path).ok();
        check_headers(&reply);
    }
    for path in ["/nothing", "/account/delete", "/report/vector", "/assets/x"] {
        check_headers(&browser.get(path));
    }
    for path in POSTS {
        let request =
            browser.request(Method::POST, path).header("Origin", "null").body(()).unwrap();
        check_headers(&browser.send(request));
        check_headers(&browser.clone().post(path, "{"));
    }
    let secure = Server::with(&[
        ("ORIGIN", "https://example.com"),
        ("FRAMED_BY", "https://frame.example, https://other.example"),
    ]);
    let reply = Browser::without_session(&secure).get("/").ok();
    assert_eq!(reply.headers["strict-transport-security"], "max-age=31536000");
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors https://frame.example https://other.example"));
    assert!(!reply.headers.contains_key("x-frame-options"));
}

#[test]
fn no_page_has_inline_scripts_styles_or_handlers() {
    let server = Server::start();
    let mut visitor = Browser::open(&server);
    let mut user = Browser::open(&server);
    user.sign_up(&mut authenticator(), "<b onclick=\"a\">");
    user.add_passkey(&mut authenticator());
    for browser in [&mut visitor, &mut user] {
        for path in PAGES {
            check_markup(browser.get(path).ok().html());
        }
    }
    check_markup(user.get("/report").ok().html());
}

/// Every tag is read with its attributes, so that text of the page is not mistaken for them.
#[track_caller]
fn check_markup(html: &str) {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let (tag, after) = rest.split_at(end_of_tag(rest));
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
        assert_ne!(name, "style", "{tag}");
        if tag.starts_with("script") {
            assert!(tag.contains(" src=\"/assets/"), "{tag}");
            assert!(after.starts_with("></script>"), "{tag}{}", &after[..after.len().min(40)]);
        }
        for attribute in attributes(tag) {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{tag}");
        }
        assert!(!tag.contains("javascript:"), "{tag}");
        rest = after;
    }
}

/// The place of the `>` that ends a tag. In an attribute value, `>` is just a letter.
fn end_of_tag(tag: &str) -> usize {
    let mut is_quoted = false;
    let end = tag.find(|letter| {
        is_quoted ^= letter == '"';
        letter == '>' && !is_quoted
    });
    end.unwrap()
}

/// The names of the attributes: the last word before each value, outside of values.
fn attributes(tag: &str) -> Vec<&str> {
    let outside = tag.split('"').step_by(2);
    outside
        .flat_map(|text| text.split_whitespace())
        .map(|word| word.trim_end_matches('='))
        .collect()
}

#[test]
fn the_ceremonies_of_a_client_are_counted_across_instances() {
    let folder = Folder::new();
    let url = folder.sqlite();
    let variables = [
        ("DATABASE_URL", &*url),
        ("ORIGIN", "http://localhost:8080"),
        ("CEREMONIES_PER_MINUTE", "5"),
        ("BEHIND_PROXY", "1"),
    ];
    let first = Server::of(&mut program(&variables));
    let second = Server::of(&mut program(&variables));
    let mut browser = Browser::open(&first);
    let send = |number: usize, address: &str| {
        let at = if number.is_multiple_of(2) { &first } else { &second };
        let mut browser = browser.at(at);
        // Only the last address was written by the proxy.
        let forwarded = format!("10.0.0.{number}, {address}");
        let request = browser.request(Method::POST, "/login/start");
        let request = request.header("X-Forwarded-For", forwarded);
        let request = request.header("Content-Type", "application/json").body("{}").unwrap();
        browser.send(request)
    };
    // The limit is per minute of the clock. A new minute may begin during the test.
    let limited = |replies: &[Reply]| replies.iter().filter(|reply| reply.status == 429).count();
    let replies: Vec<Reply> = (0..16).map(|number| send(number, "192.0.2.1")).collect();
    assert!((6..=11).contains(&limited(&replies)), "{}", limited(&replies));
    let last = replies.into_iter().rfind(|reply| reply.status == 429).unwrap();
    assert!(last.failed(429).contains("CEREMONIES_PER_MINUTE"));
    assert_eq!(last.headers["retry-after"], "60");
    check_headers(&last);
    // Other clients are not affected. With IPv6, a client has a /64 network.
    send(0, "192.0.2.2").ok();
    let replies: Vec<Reply> =
        (0..16).map(|number| send(number, &format!("2001:db8::{number:x}"))).collect();
    assert!(limited(&replies) >= 6);
    send(0, "2001:db8:0:1::1").ok();
    // An IPv4 address that is written as IPv6 is the same client.
    let replies: Vec<Reply> = (0..16)
        .map(|number| send(number, ["192.0.2.9", "::ffff:192.0.2.9"][number / 2 % 2]))
        .collect();
    assert!(limited(&replies) >= 6);
    // Pages are not counted.
    browser.get("/").ok();
}

#[test]
fn without_a_proxy_the_header_of_a_proxy_is_ignored() {
    let server = Server::with(&[("CEREMONIES_PER_MINUTE", "5")]);
    let mut browser = Browser::open(&server);
    let limited = (0..16)
        .map(|number| {
            let request = browser.request(Method::POST, "/login/start");
            let request = request.header("X-Forwarded-For", format!("192.0.2.{number}"));
            let request = request.header("Content-Type", "application/json").body("{}").unwrap();
            browser.send(request)
        })
        .filter(|reply| reply.status == 429);
    assert!(limited.count() >= 6);
}

#[test]
fn a_login_does_not_reveal_whether_an_account_exists() {
    let folder = Folder::new();
    let (first, second) = (Server::on(&folder.sqlite()), Server::on(&folder.sqlite()));
    let mut owner = Browser::open(&first);
    let mut phone = authenticator();
    let name = owner.sign_up(&mut phone, "alice").name.unwrap();
    let mut visitor = Browser::open(&first);
    let allowed = |browser: &mut Browser, name: &str| -> Value {
        browser.start("login", json!({ "name": name }))["publicKey"]["allowCredentials"].clone()
    };
    let known = visitor.start("login", json!({ "name": name }));
    let mut unknown = visitor.start("login", json!({ "name": "nobody-00001" }));
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let id = |value: &Value| value["publicKey"]["allowCredentials"][0]["id"].clone();
    assert!(id(&unknown).is_string());
    assert_ne!(id(&known), id(&unknown));
    let list = &unknown["publicKey"]["allowCredentials"];
    assert_eq!(names(&known["publicKey"]["allowCredentials"][0]), names(&list[0]));
    // Everything except for the challenge and the list is the same.
    for member in ["challenge", "allowCredentials"] {
        unknown["publicKey"][member] = known["publicKey"][member].clone();
    }
    assert_eq!(known, unknown);

    // The same name gets the same list, in whatever case it is written, on every instance.
    let lists: Vec<Value> = ["nobody-00001", " Nobody-00001", "nobody-00001"]
        .map(|name| allowed(&mut visitor, name))
        .into_iter()
        .chain([allowed(&mut visitor.at(&second), "nobody-00001")])
        .collect();
    assert!(lists.iter().all(|list| *list == lists[0]), "{lists:?}");
    assert_ne!(allowed(&mut visitor, "nobody-00002"), lists[0]);
    // Some unknown names get several passkeys, as some accounts have.
    let lengths = (0..40).map(|number| {
        allowed(&mut visitor, &format!("nobody-{number:05}")).as_array().unwrap().len()
    });
    assert!(lengths.min() >= Some(1));

    // The response of a passkey that is not in the list fails in the same way.
    let mut failure = |name: &str| {
        let mut options = visitor.start("login", json!({ "name": name }));
        options["publicKey"]["allowCredentials"] = json!([]);
        let mut stranger = authenticator();
        let mut browser = Browser::open(&first);
        browser.sign_up(&mut stranger, "stranger");
        let response = stranger.authenticate(&options, &first.origin).unwrap();
        let reply = visitor.post("/login/finish", &response);
        reply.failed(403);
        reply.body
    };
    assert_eq!(failure(&name), failure("nobody-00001"));
}

#[test]
fn a_response_that_names_a_listed_passkey_does_not_reveal_whether_it_is_a_decoy() {
    let server = Server::start();
    let name = Browser::open(&server).sign_up(&mut authenticator(), "alice").name.unwrap();
    let mut visitor = Browser::open(&server);
    let mut claimed = |name: &str| {
        let mut options = visitor.start("login", json!({ "name": name }));
        let listed = options["publicKey"]["allowCredentials"][0]["id"].clone();
        options["publicKey"]["allowCredentials"] = json!([]);
        let mut stranger = authenticator();
        Browser::open(&server).sign_up(&mut stranger, "stranger");
        let response = stranger.authenticate(&options, &server.origin).unwrap();
        let mut response: Value = serde_json::from_str(&response).unwrap();
        (response["id"], response["rawId"]) = (listed.clone(), listed);
        response["response"].as_object_mut().unwrap().remove("userHandle");
        let reply = visitor.post("/login/finish", &response.to_string());
        reply.failed(403);
        // The sentence for the developer depends on the flags of the passkey.
        let members = reply.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        (reply.json()["message"].clone(), members)
    };
    assert_eq!(claimed(&name), claimed("nobody-00001"));
}

#[test]
fn the_document_of_related_origins_lists_them() {
    let server = Server::with(&[
        ("ORIGIN", "https://example.com"),
        ("RELATED_ORIGINS", "https://example.de, https://example.fr"),
    ]);
    let reply = Browser::without_session(&server).get("/.well-known/webauthn").ok();
    let origins = &reply.json()["origins"];
    assert!(origins.as_array().unwrap().contains(&json!("https://example.de")), "{origins}");
}
