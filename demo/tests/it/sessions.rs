//! Sessions and pending states: they belong to one browser, and a pending state is used once.

use serde_json::{Value, json};

use crate::browser::{Browser, Reply, authenticator};
use crate::server::Server;

fn cookie_header(reply: &Reply) -> &str {
    reply.headers["set-cookie"].to_str().unwrap()
}

#[test]
fn scripts_and_other_sites_cannot_use_the_cookie() {
    let server = Server::start();
    let reply = Browser::without_session(&server).get("/");
    let (value, flags) = cookie_header(&reply).split_once("; ").unwrap();
    let token = value.strip_prefix("session=").unwrap();
    assert_eq!(token.len(), 43, "32 random bytes");
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax");

    let server = Server::with(&[("ORIGIN", "https://example.com")]);
    let mut browser = Browser::without_session(&server);
    let (value, flags) = cookie_header(&browser.get("/")).split_once("; ").map(owned).unwrap();
    assert!(value.starts_with("__Host-session="), "{value}");
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Secure");
    // A cookie without the prefix could come from a subdomain.
    browser.post("/login/start", "{}").ok();
    browser.cookie = Some(value.replace("__Host-", ""));
    browser.post("/login/start", "{}").failed(403);
}

fn owned((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn the_cookie_changes_when_a_user_signs_in() {
    let server = Server::start();
    let mut phone = authenticator();
    let mut browser = Browser::open(&server);
    let before = browser.clone();
    browser.sign_up(&mut phone, "alice");
    assert_is_signed_out(before, &browser);

    let mut browser = Browser::open(&server);
    let before = browser.clone();
    browser.sign_in(&mut phone, json!({}));
    assert_is_signed_out(before, &browser);
    // Also if the user was signed in.
    let before = browser.clone();
    browser.sign_in(&mut phone, json!({}));
    assert_is_signed_out(before, &browser);
    let before = browser.clone();
    browser.sign_up(&mut phone, "alice's second account");
    assert_is_signed_out(before, &browser);
    // Adding a passkey signs nobody in, so the cookie stays.
    let before = browser.clone();
    browser.add_passkey(&mut authenticator());
    assert_eq!(before.cookie, browser.cookie);
}

#[track_caller]
fn assert_is_signed_out(mut before: Browser, now: &Browser) {
    assert_ne!(before.cookie, now.cookie);
    assert!(now.clone().is_signed_in());
    before.post("/login/start", "{}").failed(403);
}

#[test]
fn a_visitor_cannot_choose_the_cookie() {
    let server = Server::start();
    let mut browser = Browser::without_session(&server);
    for cookie in ["session=chosen", "session=", "session", "=", "a=b; session=\u{1}", "session=ä"]
    {
        browser.cookie = Some(cookie.to_owned());
        if let Ok(request) = browser.request("POST".parse().unwrap(), "/login/start").body("{}") {
            browser.send(request).failed(403);
            let page = browser.get("/").ok();
            assert!(!cookie_header(&page).contains("chosen"));
        }
    }
}

#[test]
fn a_pending_state_belongs_to_one_session() {
    let server = Server::start();
    let (mut alice, mut mallory) = (Browser::open(&server), Browser::open(&server));
    let (mut phone, mut key) = (authenticator(), authenticator());

    let response = alice.create(&mut phone, json!({ "name": "alice" }));
    mallory.post("/registration/finish", &response).failed(403);
    Browser::without_session(&server).post("/registration/finish", &response).failed(403);
    // The attempt of the other session did not use up the state.
    alice.post("/registration/finish", &response).ok();

    mallory.sign_up(&mut key, "mallory");
    let mut visitor = Browser::open(&server);
    let response = visitor.assert(&mut phone, json!({}));
    mallory.post("/login/finish", &response).failed(403);
    visitor.post("/login/finish", &response).ok();
}

#[test]
fn a_response_is_used_once_even_if_it_fails() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let mut phone = authenticator();
    let response = browser.create(&mut phone, json!({ "name": "alice" }));
    browser.post("/registration/finish", &response).ok();
    browser.post("/registration/finish", &response).failed(403);

    // A counter that increases hides a replay, so this passkey has none.
    let mut phone = authenticator().without_counter();
    browser.sign_up(&mut phone, "alice");
    let mut visitor = Browser::open(&server);
    let response = visitor.assert(&mut phone, json!({}));
    let before = visitor.clone();
    visitor.post("/login/finish", &response).ok();
    visitor.post("/login/finish", &response).failed(403);
    before.clone().post("/login/finish", &response).failed(403);

    // A wrong response uses up the state.
    let response = visitor.assert(&mut phone, json!({}));
    let mut wrong: Value = serde_json::from_str(&response).unwrap();
    wrong["response"]["signature"] = json!("MEQCIA");
    visitor.post("/login/finish", &wrong.to_string()).failed(403);
    assert!(visitor.post("/login/finish", &response).failed(403).contains("no pending state"));
}

#[test]
fn a_response_is_accepted_only_for_its_own_ceremony() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let mut phone = authenticator();
    let response = browser.create(&mut phone, json!({ "name": "alice" }));
    browser.post("/login/finish", &response).failed(400);
    browser.post("/registration/finish", &response).ok();
    // A login response with the challenge of a registration, and the reverse.
    browser.sign_up(&mut phone, "alice");
    for (own, other) in [("login", "registration"), ("registration", "login")] {
        let challenge = browser.start(other, json!({}))["publicKey"]["challenge"].clone();
        let mut options = browser.start(own, json!({}));
        options["publicKey"]["challenge"] = challenge;
        let response = match own {
            "login" => phone.authenticate(&options, &server.origin),
            _ => authenticator().register(&options, &server.origin),
        };
        browser.post(&format!("/{own}/finish"), &response.unwrap()).failed(403);
    }
}

#[test]
fn an_experiment_signs_nobody_in_and_a_login_is_no_experiment() {
    let server = Server::start();
    let (mut owner, mut visitor) = (Browser::open(&server), Browser::open(&server));
    let mut phone = authenticator();
    owner.sign_up(&mut phone, "alice");

    // An experiment may ask for less than a login does: here, without user verification.
    let weak = json!({ "ceremony": "authentication", "userVerification": "discouraged" });
    let options = visitor.start("lab", weak);
    let response = phone.authenticate(&options, &server.origin).unwrap();
    visitor.post("/login/finish", &response).failed(403);
    assert!(!visitor.is_signed_in());
    // The state is still there, but no experiment has registered this passkey.
    assert!(visitor.post("/lab/finish", &response).failed(403).contains("step 6"));

    let weak = json!({ "ceremony": "registration", "userVerification": "discouraged" });
    let options = owner.start("lab", weak);
    let mut toy = authenticator().with_user_verified(false);
    let response = toy.register(&options, &server.origin).unwrap();
    owner.post("/registration/finish", &response).failed(403);
    assert_eq!(owner.post("/lab/finish", &response).ok().json(), json!(null));
    // The credential of the experiment belongs to no account.
    let response = visitor.assert(&mut toy, json!({}));
    visitor.post("/login/finish", &response).failed(403);
    assert_eq!(owner.sign_in(&mut phone, json!({})).passkeys.len(), 1);

    // The reverse: the options of the site are not an experiment.
    let response = visitor.assert(&mut phone, json!({}));
    visitor.post("/lab/finish", &response).failed(403);
    visitor.post("/login/finish", &response).ok();
    let response = visitor.create(&mut authenticator(), json!({}));
    visitor.post("/lab/finish", &response).failed(403);
    visitor.post("/registration/finish", &response).ok();
}

#[test]
fn a_passkey_is_added_only_to_the_account_that_asked_for_it() {
    let server = Server::start();
    let (mut alice, mut bob) = (Browser::open(&server), Browser::open(&server));
    let (mut phone, mut key) = (authenticator(), authenticator());
    alice.sign_up(&mut phone, "alice");
    bob.sign_up(&mut key, "bob");

    let response = alice.create(&mut authenticator(), json!({}));
    bob.post("/registration/finish", &response).failed(403);
    alice.post("/registration/finish", &response).ok();
    // Another account signs in before the registration is finished.
    let response = alice.create(&mut authenticator(), json!({}));
    assert_eq!(alice.sign_in(&mut key, json!({})).passkeys.len(), 1);
    alice.post("/registration/finish", &response).failed(403);
    assert_eq!(alice.sign_in(&mut key, json!({})).passkeys.len(), 1);
    // The user signs out before.
    let response = alice.create(&mut authenticator(), json!({}));
    alice.post("/sign-out", "").ok();
    alice.post("/registration/finish", &response).failed(403);
    // The account is deleted before, by another session.
    let (mut here, mut there) = (Browser::open(&server), Browser::open(&server));
    here.sign_in(&mut phone, json!({}));
    there.sign_in(&mut phone, json!({}));
    let response = here.create(&mut authenticator(), json!({}));
    there.post("/account/delete", "").ok();
    here.post("/registration/finish", &response).failed(403);
}

#[test]
fn a_credential_id_belongs_to_one_account() {
    let server = Server::start();
    let (mut alice, mut bob) = (Browser::open(&server), Browser::open(&server));
    let mut phone = authenticator();
    let mut same_phone = phone.clone();
    let passkeys = alice.sign_up(&mut phone, "alice").passkeys;
    let response = bob.create(&mut same_phone, json!({ "name": "bob" }));
    let taken = bob.post("/registration/finish", &response);
    if passkeys[0] == crate::browser::credential_id(&response) {
        taken.failed(409);
        assert!(!bob.is_signed_in());
    } else {
        panic!("the authenticator did not make the same credential ID again");
    }
}
