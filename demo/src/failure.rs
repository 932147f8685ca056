//! The response to a request that fails: a sentence for the user, and one for the developer.
//!
//! A real site logs the second sentence and does not send it. This site teaches, so it sends both.

use std::borrow::Cow;
use std::error::Error as StdError;

use axum::Json;
use axum::body::to_bytes;
use axum::http::header::RETRY_AFTER;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use webauthn_verify::{Error, ErrorKind, UnknownCredentialOptions};

/// The longest text of axum that is passed on, in bytes. It can quote the request.
const MAX_TEXT: usize = 1024;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    #[serde(skip)]
    status: StatusCode,
    /// For the user.
    message: &'static str,
    /// For the developer.
    developer: Cow<'static, str>,
    /// Lets the browser hide a passkey that belongs to no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_credential: Option<UnknownCredentialOptions>,
}

impl Failure {
    pub const NO_SESSION: Failure = Failure::new(
        StatusCode::FORBIDDEN,
        "Please reload the page and try again.",
        "the request has no session cookie, or its session has expired",
    );
    pub const NOT_SIGNED_IN: Failure = Failure::new(
        StatusCode::FORBIDDEN,
        "Please sign in first.",
        "nobody is signed in in this session",
    );
    pub const NOT_STARTED: Failure = Failure::new(
        StatusCode::FORBIDDEN,
        "This request was already used or has expired. Please try again.",
        "this session has no pending state with the challenge of the response",
    );
    pub const ALREADY_REGISTERED: Failure = Failure::new(
        StatusCode::CONFLICT,
        "This passkey is already registered.",
        "registration step 26: the credential ID is already registered, or the name was taken \
         at the same moment",
    );
    pub const SECOND_FACTOR_ONLY: Failure = Failure::new(
        StatusCode::FORBIDDEN,
        "This security key is only a second factor.",
        "the credential does not verify the user, and this site has no passwords",
    );
    pub const ANOTHER_CAME_FIRST: Failure = Failure::new(
        StatusCode::CONFLICT,
        "Your passkey was used elsewhere at the same time. Please try again.",
        "the record has changed since it was read",
    );
    pub const LAST_PASSKEY: Failure = Failure::new(
        StatusCode::CONFLICT,
        "This is your only passkey. Add another one before you delete it.",
        "the account has no other passkey",
    );
    pub const NOT_FOUND: Failure = Failure::new(
        StatusCode::NOT_FOUND,
        "There is nothing here.",
        "the account, the session or the site has nothing with this name",
    );
    pub const BAD_NAME: Failure = Failure::new(
        StatusCode::BAD_REQUEST,
        "Please enter a name of 1 to 40 letters.",
        "the name is empty, longer than 40 characters, or has control characters",
    );
    pub const BAD_REQUEST: Failure = Failure::new(
        StatusCode::BAD_REQUEST,
        "Your browser sent something unexpected. Please reload the page and try again.",
        "the body does not have the expected form",
    );
    pub const UNKNOWN_ALGORITHM: Failure = Failure::new(
        StatusCode::BAD_REQUEST,
        "This algorithm is not supported.",
        "algorithms contains a COSE number that is not supported",
    );
    pub const NO_EXPERIMENTS: Failure = Failure::new(
        StatusCode::BAD_REQUEST,
        "There are no passkeys of earlier experiments. Create one first.",
        "list is true, and an empty list would allow every passkey",
    );
    pub const OTHER_SITE: Failure = Failure::new(
        StatusCode::FORBIDDEN,
        "This request came from another website.",
        "Sec-Fetch-Site or Origin does not name this site",
    );
    pub const TOO_MANY: Failure = Failure::new(
        StatusCode::TOO_MANY_REQUESTS,
        "That was too often. Please wait a minute and try again.",
        "the client has reached CEREMONIES_PER_MINUTE",
    );

    const fn new(status: StatusCode, message: &'static str, developer: &'static str) -> Failure {
        Failure { status, message, developer: Cow::Borrowed(developer), unknown_credential: None }
    }

    /// Something that the user cannot change, for example a database that does not answer.
    pub fn ours(error: &dyn StdError) -> Failure {
        tracing::error!("{error}");
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side. Please try again later.",
            "the log of the server has the reason",
        )
    }

    /// Options that the client chose and that cannot be used.
    pub fn options(error: Error) -> Failure {
        let message = "These options do not fit together.";
        let developer = Cow::Owned(error.to_string());
        Failure { developer, ..Failure::new(StatusCode::BAD_REQUEST, message, "") }
    }

    /// The sentence for the user.
    pub const fn message(&self) -> &'static str {
        self.message
    }

    /// A login with a passkey that no account has. The signal lets the browser hide it.
    pub fn unknown_passkey(error: Error, signal: UnknownCredentialOptions) -> Failure {
        let message = "This site does not know this passkey. Its account may have been deleted. \
                       Your browser was asked to hide it.";
        Failure { message, unknown_credential: Some(signal), ..Failure::from(error) }
    }

    /// An experiment with the passkey of an account.
    pub fn not_of_experiment(error: Error) -> Failure {
        let message = "This passkey belongs to your account, not to an experiment.";
        Failure { message, ..Failure::from(error) }
    }
}

/// Returns the sentence for the user about a ceremony that failed.
///
/// [`ErrorKind::UnknownCredential`] does not reveal whether an account exists: with a decoy, the
/// crate returns [`ErrorKind::SignatureInvalid`], as for an account that exists.
pub fn sentence(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::UnknownCredential => "This site does not know this passkey.",
        _ => error.public_message(),
    }
}

/// Gives a failure of axum the same form as every other failure. Its own failures are plain text,
/// for example if a body is not the expected JSON, or if a path has no handler for the method.
pub async fn with_json(response: Response) -> Response {
    let (status, headers) = (response.status(), response.headers());
    let form = headers.get(CONTENT_TYPE);
    let is_plain = form.is_none_or(|form| form.as_bytes().starts_with(b"text/plain"));
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_failure || !is_plain {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_TEXT).await.unwrap_or_default();
    let developer = match &*String::from_utf8_lossy(&text) {
        "" => Cow::Borrowed(status.canonical_reason().unwrap_or_default()),
        text => Cow::Owned(text.to_owned()),
    };
    let mut response = Failure { status, developer, ..Failure::BAD_REQUEST }.into_response();
    response.headers_mut().extend(parts.headers.get(ALLOW).map(|value| (ALLOW, value.clone())));
    response
}

/// A failed ceremony.
impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        tracing::warn!(kind = error.kind().as_str(), "{error}");
        let status = StatusCode::from_u16(error.category().http_status());
        Failure {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            message: sentence(&error),
            developer: Cow::Owned(error.to_string()),
            unknown_credential: None,
        }
    }
}

/// An error of a function outside a ceremony.
impl From<webauthn_verify::Failure> for Failure {
    fn from(error: webauthn_verify::Failure) -> Failure {
        Failure::ours(&error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        match error.as_database_error() {
            // Every foreign key refers to a session or an account. It was deleted while the request
            // ran.
            Some(error) if error.is_foreign_key_violation() => Failure::NO_SESSION,
            // PostgreSQL has no texts with a zero byte.
            Some(error) if error.code().as_deref() == Some("22021") => Failure::BAD_REQUEST,
            _ => Failure::ours(&error),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::ours(&error)
    }
}

/// The sentence for the user, beside a response with a failure. A page can show it.
#[derive(Clone, Copy)]
pub struct Message(pub &'static str);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        response.extensions_mut().insert(Message(self.message));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
