//! The requests of a visitor and the expected answers. Both frameworks are tested with them.

use std::collections::HashMap;

use serde_json::json;
use webauthn_verify::{DecoySecret, RelyingParty, User};
use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

use crate::answer::Answer;
use crate::site::{Session, Site};
use crate::store::Store;

pub const ORIGIN: &str = "https://example.com";

pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    /// Returns the options in the body, as the browser reads them.
    #[track_caller]
    fn options(self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    #[track_caller]
    fn succeeds(self) {
        assert_eq!((self.status, self.body.as_str()), (204, ""));
    }

    #[track_caller]
    fn answers(self, answer: Answer) {
        self.is(answer.status, answer.message);
    }

    /// Checks that the body contains only this message.
    #[track_caller]
    fn is(self, status: u16, message: &str) {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!((self.status, body), (status, json!({ "message": message })));
    }
}

pub fn alice() -> User {
    User::new(*b"user-0001", "alice@example.com", "Alice")
}

/// Returns a session in which Alice is signed in.
pub fn session_of_alice() -> Session {
    Session { id: "session 1".to_owned(), user: Some(alice()) }
}

/// Returns a session in which nobody is signed in.
pub fn session_of_a_visitor() -> Session {
    Session { id: "session 2".to_owned(), user: None }
}

pub fn site() -> Site {
    let rp = RelyingParty::new("example.com", [ORIGIN]).unwrap();
    let user_handles = HashMap::from([("alice@example.com".to_owned(), alice().handle().to_vec())]);
    Site::new(rp, Store::in_memory().unwrap(), user_handles, DecoySecret::new(&[7; 32]))
}

const REFUSED: &str =
    "Your passkey could not be confirmed. Please try again, or choose another way.";

/// Runs all requests. `post` sends a request to the routes of a new site.
pub async fn run(post: impl AsyncFn(Session, &'static str, String) -> Reply) {
    let mut browser = SoftwareAuthenticator::from_seed(b"alice");
    register(&post, &mut browser).await;
    log_in(&post, &mut browser).await;
    log_in_by_name(&post, &mut browser).await;
    log_in_with_an_unknown_passkey(&post, &mut browser).await;
    send_invalid_responses(&post).await;
}

/// Starts a ceremony and returns its options.
async fn start(
    post: impl AsyncFn(Session, &'static str, String) -> Reply,
    session: Session,
    path: &'static str,
) -> String {
    post(session, path, String::new()).await.options()
}

async fn register(
    post: impl AsyncFn(Session, &'static str, String) -> Reply,
    browser: &mut SoftwareAuthenticator,
) {
    let alice = session_of_alice;
    let (from, to) = ("/registration/start", "/registration/finish");
    post(session_of_a_visitor(), from, String::new()).await.answers(Answer::NOT_SIGNED_IN);

    // Two tabs in parallel, each with its own device.
    let mut key = SoftwareAuthenticator::from_seed(b"a security key");
    let (first, second) = (start(&post, alice(), from).await, start(&post, alice(), from).await);
    let body = key.register(&second, ORIGIN).unwrap();
    post(alice(), to, body).await.succeeds();
    let body = browser.register(&first, ORIGIN).unwrap();
    post(alice(), to, body.clone()).await.succeeds();
    // A registration can be finished only once.
    post(alice(), to, body).await.answers(Answer::NOT_STARTED);

    // The options list the passkeys of the account, so the browser refuses to create another one.
    let options = start(&post, alice(), from).await;
    assert!(browser.register(&options, ORIGIN).is_err());
}

async fn log_in(
    post: impl AsyncFn(Session, &'static str, String) -> Reply,
    browser: &mut SoftwareAuthenticator,
) {
    let visitor = session_of_a_visitor;
    let (from, to) = ("/login/start", "/login/finish");

    // A login can be finished only once, and only in its own session.
    let options = start(&post, visitor(), from).await;
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    post(session_of_alice(), to, body.clone()).await.answers(Answer::NOT_STARTED);
    post(visitor(), to, body.clone()).await.succeeds();
    post(visitor(), to, body).await.answers(Answer::NOT_STARTED);

    // The form waits while the user clicks the button in two tabs.
    let form = start(&post, visitor(), "/login/start/conditional").await;
    let (first, second) =
        (start(&post, visitor(), from).await, start(&post, visitor(), from).await);
    for options in [second, form, first] {
        let body = browser.authenticate(&options, ORIGIN).unwrap();
        post(visitor(), to, body).await.succeeds();
    }

    let options = start(&post, visitor(), from).await;
    browser.break_next(Fault::AssertionSignature);
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    post(visitor(), to, body.clone()).await.is(403, REFUSED);
    // A failed login is used up too.
    post(visitor(), to, body).await.answers(Answer::NOT_STARTED);

    let aborted = r#"{"error":"NotAllowedError"}"#.to_owned();
    post(visitor(), to, aborted).await.is(403, "No passkey was used. You can try again.");
}

async fn log_in_by_name(
    post: impl AsyncFn(Session, &'static str, String) -> Reply,
    browser: &mut SoftwareAuthenticator,
) {
    let visitor = session_of_a_visitor;
    let (from, to) = ("/login/start/name", "/login/finish");
    let options = post(visitor(), from, "Alice@example.com".to_owned()).await.options();
    // Security keys do not return the user handle if the site names the account.
    browser.break_next(Fault::MissingUserHandle);
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    post(visitor(), to, body).await.succeeds();

    // A name without an account also gets a list of passkeys, which do not exist.
    let nobody = || "nobody@example.com".to_owned();
    let options = post(visitor(), from, nobody()).await.options();
    let allowed = |options: &str| {
        let options: serde_json::Value = serde_json::from_str(options).unwrap();
        options["publicKey"]["allowCredentials"].clone()
    };
    assert!(!allowed(&options).as_array().unwrap().is_empty());
    let again = post(visitor(), from, nobody()).await.options();
    assert_eq!(allowed(&again), allowed(&options));
    assert!(browser.authenticate(&options, ORIGIN).is_err());
}

async fn log_in_with_an_unknown_passkey(
    post: impl AsyncFn(Session, &'static str, String) -> Reply,
    browser: &mut SoftwareAuthenticator,
) {
    let visitor = session_of_a_visitor;
    let (from, to) = ("/login/start", "/login/finish");

    // A passkey of an account that does not exist on this site, for example because it was deleted.
    let mut old = SoftwareAuthenticator::from_seed(b"old");
    let options = site().start_registration(&session_of_alice()).unwrap();
    old.register(&options, ORIGIN).unwrap();
    let options = start(&post, visitor(), from).await;
    let body = old.authenticate(&options, ORIGIN).unwrap();
    let response: serde_json::Value = serde_json::from_str(&body).unwrap();
    let reply = post(visitor(), to, body).await;
    let signal = json!({ "rpId": "example.com", "credentialId": response["id"] });
    let expected = json!({ "message": REFUSED, "unknownCredential": signal });
    let received: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!((reply.status, received), (403, expected));

    // If the response names the wrong account, the passkey itself is still valid.
    let options = start(&post, visitor(), from).await;
    browser.break_next(Fault::OtherUserHandle);
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    post(visitor(), to, body).await.is(403, REFUSED);
}

async fn send_invalid_responses(post: impl AsyncFn(Session, &'static str, String) -> Reply) {
    let send = async |body: String| post(session_of_a_visitor(), "/login/finish", body).await;
    let message = "Your browser sent something unexpected. Please reload the page and try again.";
    for body in ["", "{}", r#"{"id":"AAAA","response":{}}"#] {
        send(body.to_owned()).await.is(400, message);
    }
    // The limit of the framework and the limit of the crate.
    let too_large = send("x".repeat(256 * 1024 + 1)).await;
    assert_eq!(too_large.status, 413, "{}", too_large.body);
    send("[".repeat(256 * 1024)).await.is(400, message);
}
