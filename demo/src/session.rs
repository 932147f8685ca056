//! Sessions. The cookie is a random token, and the database has only its hash, so nobody who reads
//! the database can use the sessions in it.

use std::time::Duration;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::guard::Client;
use crate::site::Site;
use crate::store::Account;

/// The session of a request. A visitor has one before signing in, because each pending state is
/// bound to a session.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub account: Option<Account>,
}

/// The value of a session cookie.
pub struct Token(String);

impl Session {
    /// How long a visitor has a session. A page may stay open for a long time.
    pub const VISITOR: Duration = Duration::from_secs(12 * 60 * 60);
    /// How long a user stays signed in.
    pub const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);

    /// Returns the account that is signed in.
    pub fn account(&self) -> Result<&Account, Failure> {
        self.account.as_ref().ok_or(Failure::NOT_SIGNED_IN)
    }

    /// Returns the session of a request, if its cookie belongs to one.
    async fn find(headers: &HeaderMap, site: &Site) -> Result<Option<Session>, Failure> {
        match Token::from_headers(headers, site.is_https()) {
            Some(token) => Ok(site.store.session(&token).await?),
            None => Ok(None),
        }
    }
}

impl FromRequestParts<Site> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Session, Failure> {
        Session::find(&parts.headers, site).await?.ok_or(Failure::NO_SESSION)
    }
}

impl OptionalFromRequestParts<Site> for Session {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        site: &Site,
    ) -> Result<Option<Session>, Failure> {
        Session::find(&parts.headers, site).await
    }
}

impl Token {
    pub fn random() -> Result<Token, Failure> {
        Ok(Token(URL_SAFE_NO_PAD.encode(random_bytes()?)))
    }

    /// Returns the hash of the token, in base64url. It identifies the session in the database.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.0))
    }

    /// Returns the header that gives the cookie to the browser.
    ///
    /// Scripts cannot read the cookie, and other sites cannot send it, except by a link.
    pub fn cookie(&self, is_https: bool) -> [(HeaderName, String); 1] {
        let name = cookie_name(is_https);
        let secure = if is_https { "; Secure" } else { "" };
        let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.0);
        [(SET_COOKIE, cookie)]
    }

    fn from_headers(headers: &HeaderMap, is_https: bool) -> Option<Token> {
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == cookie_name(is_https)).then(|| Token(value.to_owned()))
        });
        pairs.next()
    }
}

/// A name with this prefix makes browsers reject a cookie from another host or without `Secure`.
fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-session" } else { "session" }
}

/// Creates a session for a visitor, and returns its cookie.
pub async fn new_visitor(
    site: &Site,
    client: &Client,
) -> Result<[(HeaderName, String); 1], Failure> {
    client.count(site, "visits").await?;
    let token = Token::random()?;
    site.store.insert_session(&token, Session::VISITOR).await?;
    Ok(token.cookie(site.is_https()))
}

/// Returns random bytes from the operating system.
pub fn random_bytes() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::ours(&error))?;
    Ok(bytes)
}
