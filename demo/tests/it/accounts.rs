//! What a user can do with an account.

use serde_json::{Value, json};
use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

use crate::browser::{Browser, authenticator, credential_id};
use crate::server::Server;

#[test]
fn an_account_from_sign_up_to_deletion() {
    check_an_account(&Server::start());
}

pub fn check_an_account(server: &Server) {
    let mut browser = Browser::open(server);
    let (mut phone, mut key) = (authenticator(), authenticator());

    let signed_up = browser.sign_up(&mut phone, "  Alice ");
    let name = signed_up.name.clone().unwrap();
    let (chosen, number) = name.split_once('-').unwrap();
    assert_eq!((chosen, number.len()), ("alice", 5));
    assert_eq!(signed_up.passkeys.len(), 1);
    assert!(browser.get("/").ok().html().contains(&name));

    // The options exclude the passkey, so the phone does not make a second one.
    let options = browser.start("registration", json!({}));
    let again = phone.register(&options, &server.origin).unwrap_err();
    assert_eq!(again.exception(), Some("InvalidStateError"));
    let both = browser.add_passkey(&mut key);
    assert_eq!(both.passkeys.len(), 2);
    assert!(both.passkeys.contains(&signed_up.passkeys[0]));
    assert_eq!((&both.user_id, &both.name), (&signed_up.user_id, &signed_up.name));

    // Every way to sign in, with both passkeys.
    for body in [json!({}), json!({ "name": name }), json!({ "mediation": "conditional" })] {
        for device in [&mut phone, &mut key] {
            let mut visitor = Browser::open(server);
            assert_eq!(visitor.sign_in(device, body.clone()), both, "{body}");
            assert!(visitor.is_signed_in());
        }
    }
    // Names are compared without upper case and spaces.
    let shouted = format!(" {} ", name.to_uppercase());
    let mut visitor = Browser::open(server);
    visitor.sign_in(&mut phone, json!({ "name": shouted }));

    let (first, second) = (&both.passkeys[0], &both.passkeys[1]);
    let renamed = browser.post(&format!("/passkeys/{first}/rename"), r#"{"label":" My <b> "}"#);
    assert_eq!(renamed.ok().signals(), both);
    let page = browser.get("/").ok();
    assert!(page.html().contains("My &lt;b&gt;") && !page.html().contains("My <b>"));

    let deleted = browser.post(&format!("/passkeys/{first}/delete"), "").ok().signals();
    assert_eq!(deleted.passkeys, std::slice::from_ref(second));
    browser.post(&format!("/passkeys/{first}/delete"), "").failed(404);
    browser.post(&format!("/passkeys/{second}/delete"), "").failed(409);
    assert!(browser.is_signed_in());

    let gone = browser.post("/account/delete", "").ok().signals();
    assert_eq!((gone.user_id, gone.passkeys.len(), gone.name), (both.user_id, 0, None));
    assert!(!browser.is_signed_in() && !visitor.is_signed_in());
    // Nobody can sign in to the account, and the browser may hide its passkeys.
    for device in [&mut phone, &mut key] {
        let mut visitor = Browser::open(server);
        let response = visitor.assert(device, json!({}));
        let failure = visitor.post("/login/finish", &response);
        assert!(failure.failed(403).contains("step 6"), "{failure:?}");
        assert_eq!(
            failure.json()["message"],
            "This site does not know this passkey. Its account may have been deleted. Your browser \
             was asked to hide it."
        );
        let unknown = &failure.json()["unknownCredential"];
        assert_eq!(unknown["credentialId"], credential_id(&response));
    }
}

#[test]
fn signing_out_ends_one_session_and_signing_out_everywhere_ends_all() {
    check_two_sessions(&Server::start());
}

pub fn check_two_sessions(server: &Server) {
    let mut phone = authenticator();
    let mut browsers = [(); 3].map(|()| Browser::open(server));
    let [first, second, third] = &mut browsers;
    first.sign_up(&mut phone, "bob");
    second.sign_in(&mut phone, json!({}));
    third.sign_in(&mut phone, json!({}));
    let mut stranger = Browser::open(server);
    stranger.sign_up(&mut authenticator(), "eve");

    assert_eq!(first.post("/sign-out", "").ok().json(), json!(null));
    assert!(!first.is_signed_in() && second.is_signed_in() && third.is_signed_in());
    assert_eq!(second.post("/sign-out-everywhere", "").ok().json(), json!(null));
    assert!(!second.is_signed_in() && !third.is_signed_in());
    assert!(stranger.is_signed_in());

    // A browser with an old cookie gets a new session from the page.
    let old = third.cookie.clone();
    third.post("/login/start", "{}").failed(403);
    third.get("/").ok();
    assert_ne!(third.cookie, old);
    third.sign_in(&mut phone, json!({}));
}

#[test]
fn only_a_signed_in_user_can_change_an_account_and_only_the_own_one() {
    let server = Server::start();
    let (mut alice, mut bob) = (Browser::open(&server), Browser::open(&server));
    alice.sign_up(&mut authenticator(), "alice");
    let signals = alice.add_passkey(&mut authenticator());
    bob.sign_up(&mut authenticator(), "bob");
    bob.add_passkey(&mut authenticator());

    let id = &signals.passkeys[0];
    let mut visitor = Browser::open(&server);
    for (path, body) in [
        ("/registration/start", "{}"),
        (&*format!("/passkeys/{id}/rename"), r#"{"label":"taken by bob"}"#),
        (&format!("/passkeys/{id}/delete"), ""),
        ("/sign-out-everywhere", ""),
        ("/account/delete", ""),
    ] {
        visitor.post(path, body).failed(403);
        Browser::without_session(&server).post(path, body).failed(403);
    }
    bob.post(&format!("/passkeys/{id}/rename"), r#"{"label":"taken by bob"}"#).failed(404);
    bob.post(&format!("/passkeys/{id}/delete"), "").failed(404);
    assert!(!alice.get("/").ok().html().contains("taken by bob"));
    assert_eq!(alice.add_passkey(&mut authenticator()).passkeys.len(), 3);
}

#[test]
fn names_and_labels_have_a_length_and_no_control_characters() {
    check_names(&Server::start());
}

pub fn check_names(server: &Server) {
    let mut browser = Browser::open(server);
    let id = browser.sign_up(&mut authenticator(), &"ä".repeat(40)).passkeys[0].clone();
    let rename = format!("/passkeys/{id}/rename");
    for text in ["", "   ", "a\u{0}b", "line\nline", &"a".repeat(41)] {
        browser.post("/registration/start", &json!({ "name": text }).to_string()).failed(400);
        browser.post(&rename, &json!({ "label": text }).to_string()).failed(400);
    }
    // Such names do not exist, so the options are those for an unknown name.
    for text in ["", "a\u{0}b", &"a".repeat(10_000)] {
        assert!(browser.start("login", json!({ "name": text }))["publicKey"].is_object());
    }
}

#[test]
fn each_ceremony_has_a_report() {
    check_reports(&Server::start());
}

pub fn check_reports(server: &Server) {
    let mut browser = Browser::open(server);
    browser.get("/report").failed(404);
    let mut phone = authenticator();
    let mut reports = Vec::new();
    browser.sign_up(&mut phone, "carol");
    reports.push(browser.get("/report").ok());
    browser.add_passkey(&mut authenticator());
    reports.push(browser.get("/report").ok());
    browser.sign_in(&mut phone, json!({}));
    reports.push(browser.get("/report").ok());
    // The report of a failed ceremony, before and after signing in.
    phone.break_next(Fault::AssertionSignature);
    let response = browser.assert(&mut phone, json!({}));
    let reason = browser.post("/login/finish", &response).failed(403);
    assert!(reason.contains("step 21"), "{reason}");
    reports.push(browser.get("/report").ok());
    let mut visitor = Browser::open(server);
    let mut broken = authenticator();
    broken.break_next(Fault::Origin("https://evil.example".to_owned()));
    let response = visitor.create(&mut broken, json!({ "name": "dave" }));
    let reason = visitor.post("/registration/finish", &response).failed(403);
    assert!(reason.contains("step 9"), "{reason}");
    reports.push(visitor.get("/report").ok());
    for report in reports {
        assert!(report.html().len() > 10);
    }
}

#[test]
fn experiments_have_a_report_of_their_own() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let experiment = |browser: &mut Browser, body: Value, device: &mut SoftwareAuthenticator| {
        let options = browser.start("lab", body);
        let response = match options["publicKey"].get("user") {
            Some(_) => device.register(&options, &server.origin),
            None => device.authenticate(&options, &server.origin),
        };
        browser.post("/lab/finish", &response.unwrap()).ok();
    };
    // An empty list would allow every passkey.
    let login = json!({ "ceremony": "authentication", "list": true }).to_string();
    let reason = browser.post("/lab/start", &login).failed(400);
    assert!(reason.contains("an empty list would allow every passkey"), "{reason}");
    let registration = json!({ "ceremony": "registration" });
    experiment(&mut browser, registration.clone(), &mut authenticator());
    browser.get("/report").failed(404);
    browser.post("/report/replayed", "").failed(404);
    assert!(browser.get("/lab/report").ok().html().contains("/lab/report/vector"));
    assert!(!browser.get("/").ok().html().contains("The registration was accepted"));

    browser.sign_up(&mut authenticator(), "alice");
    let sign_up = browser.get("/report").ok().body;
    let mut toy = authenticator();
    experiment(&mut browser, registration, &mut toy);
    for mediation in [Value::Null, json!("conditional")] {
        let login = json!({ "ceremony": "authentication", "list": true, "mediation": mediation });
        experiment(&mut browser, login, &mut toy);
    }
    assert_eq!(browser.get("/report").ok().body, sign_up);
    assert!(browser.get("/").ok().html().contains("The registration was accepted"));
    assert!(browser.get("/lab").ok().html().contains("The login was accepted"));
    // Each report breaks and exports its own ceremony.
    let broken = |browser: &mut Browser, path: &str| browser.post(path, "").ok().body;
    assert!(broken(&mut browser, "/report/replayed").contains("stops at step 8"));
    assert!(broken(&mut browser, "/lab/report/replayed").contains("stops at step 11"));
    for (path, name) in
        [("/report/vector", "registration.json"), ("/lab/report/vector", "authentication.json")]
    {
        let reply = browser.get(path).ok();
        let disposition = reply.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.contains(name), "{disposition}");
    }
}

#[test]
fn an_experiment_says_if_the_passkey_belongs_to_an_account() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let (mut phone, mut toy) = (authenticator(), authenticator());
    browser.sign_up(&mut phone, "alice");
    let message = |browser: &mut Browser, device: &mut SoftwareAuthenticator| {
        let options = browser.start("lab", json!({ "ceremony": "authentication" }));
        let response = device.authenticate(&options, &server.origin).unwrap();
        let failure = browser.post("/lab/finish", &response);
        assert!(failure.failed(403).contains("step 6"), "{failure:?}");
        assert!(failure.json()["unknownCredential"].is_null());
        failure.json()["message"].as_str().unwrap().to_owned()
    };
    let of_account = "This passkey belongs to your account, not to an experiment.";
    assert_eq!(message(&mut browser, &mut phone), of_account);
    let options = browser.start("lab", json!({ "ceremony": "registration" }));
    let response = toy.register(&options, &server.origin).unwrap();
    browser.post("/lab/finish", &response).ok();
    browser.post("/lab/clear", "").ok();
    assert_eq!(message(&mut browser, &mut toy), "This site does not know this passkey.");
    let report = browser.get("/lab/report").ok();
    assert!(report.html().contains("step 6. This site does not know this passkey."), "{report:?}");
}

#[test]
fn an_experiment_can_allow_one_passkey() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let ids = [(); 2].map(|()| {
        let options = browser.start("lab", json!({ "ceremony": "registration" }));
        let response = authenticator().register(&options, &server.origin).unwrap();
        browser.post("/lab/finish", &response).ok();
        credential_id(&response)
    });
    let write = json!({ "largeBlob": { "write": "aGVsbG8" } });
    let mut body = json!({ "ceremony": "authentication", "list": true, "extensions": write });
    let reason = browser.post("/lab/start", &body.to_string()).failed(400);
    assert!(reason.contains("largeBlob"), "{reason}");
    for id in &ids {
        body["only"] = json!(id);
        let listed = browser.start("lab", body.clone())["publicKey"]["allowCredentials"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["id"], *id);
        assert!(browser.get("/lab").ok().html().contains(&format!("<option value=\"{id}\">")));
    }
    body["only"] = json!("AAAA");
    browser.post("/lab/start", &body.to_string()).failed(400);
}

#[test]
fn the_only_passkey_has_no_button_that_deletes_it() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    browser.sign_up(&mut authenticator(), "alice");
    let disabled = |browser: &mut Browser| {
        let page = browser.get("/").ok();
        let html = page.html();
        // The counter of a new passkey can be 0.
        assert!(!html.contains("does not count its signatures"), "{html}");
        let buttons = html.split("data-action=\"delete\"").skip(1);
        let first = |rest: &str| rest.split('>').next().unwrap().contains("disabled");
        (html.matches("This is your only passkey.").count(), buttons.map(first).collect::<Vec<_>>())
    };
    assert_eq!(disabled(&mut browser), (1, vec![true]));
    browser.add_passkey(&mut authenticator());
    assert_eq!(disabled(&mut browser), (2, vec![false, false]));
}

#[test]
fn deleting_the_last_two_passkeys_at_the_same_moment_leaves_one() {
    check_last_passkeys(&Server::start());
}

pub fn check_last_passkeys(server: &Server) {
    for _ in 0..10 {
        let mut browser = Browser::open(server);
        browser.sign_up(&mut authenticator(), "frank");
        let signals = browser.add_passkey(&mut authenticator());
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let requests: Vec<_> = signals
                .passkeys
                .iter()
                .map(|id| {
                    let mut browser = browser.clone();
                    scope.spawn(move || browser.post(&format!("/passkeys/{id}/delete"), "").status)
                })
                .collect();
            requests.into_iter().map(|request| request.join().unwrap().as_u16()).collect()
        });
        assert!(statuses == [200, 409] || statuses == [409, 200], "{statuses:?}");
        assert!(browser.is_signed_in());
    }
}
