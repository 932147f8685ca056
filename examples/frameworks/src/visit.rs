//! A visit to the site, the same for both frameworks: what is sent, and what comes back.

use webauthn_verify::{RelyingParty, User};
use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

use crate::answer::Answer;
use crate::site::{Session, Site};
use crate::store::Store;

const ORIGIN: &str = "https://example.com";

pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    /// What the browser does with a body that should be options.
    #[track_caller]
    fn options(self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    #[track_caller]
    fn is(self, status: u16, sentence: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, sentence));
    }

    #[track_caller]
    fn answers(self, answer: Answer) {
        self.is(answer.status, answer.sentence);
    }
}

pub fn site() -> Site {
    Site::new(RelyingParty::new("example.com", [ORIGIN]).unwrap(), Store::in_memory().unwrap())
}

/// `post` sends a request to the routes of a new site.
pub async fn run(post: impl AsyncFn(Session, &'static str, String) -> Reply) {
    let mut browser = SoftwareAuthenticator::from_seed(b"alice");
    let user = User::new(*b"user-0001", "alice@example.com", "Alice");
    let alice = || Session { id: "session 1".to_owned(), user: Some(user.clone()) };
    let visitor = || Session { id: "session 2".to_owned(), user: None };
    let no_body = String::new;

    post(visitor(), "/registration/start", no_body()).await.answers(Answer::NOT_SIGNED_IN);
    let options = post(alice(), "/registration/start", no_body()).await.options();
    let body = browser.register(&options, ORIGIN).unwrap();
    post(alice(), "/registration/finish", body.clone()).await.is(204, "");
    post(alice(), "/registration/finish", body).await.answers(Answer::TOO_LATE);

    // The browser knows from the options that it has a passkey of this account.
    let options = post(alice(), "/registration/start", no_body()).await.options();
    assert!(browser.register(&options, ORIGIN).is_err());

    // A login counts once, and in its own session.
    let options = post(visitor(), "/login/start", no_body()).await.options();
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    post(alice(), "/login/finish", body.clone()).await.answers(Answer::TOO_LATE);
    post(visitor(), "/login/finish", body.clone()).await.is(204, "");
    post(visitor(), "/login/finish", body).await.answers(Answer::TOO_LATE);

    let options = post(visitor(), "/login/start", no_body()).await.options();
    browser.break_next(Fault::AssertionSignature);
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    let sentence = "The passkey could not be verified.";
    post(visitor(), "/login/finish", body).await.is(403, sentence);

    let sentence = "The browser sent something that cannot be read.";
    for body in ["", "{}", r#"{"id":"AAAA","response":{}}"#] {
        post(visitor(), "/login/finish", body.to_owned()).await.is(400, sentence);
    }
    // The limit of the framework, and that of the crate.
    let too_large = post(visitor(), "/login/finish", "x".repeat(256 * 1024 + 1)).await;
    assert_eq!(too_large.status, 413, "{}", too_large.body);
    post(visitor(), "/login/finish", "[".repeat(256 * 1024)).await.is(400, sentence);
}
