//! The protection of every request: other websites, limits, and the headers of every response.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::Method;
use axum::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::failure::{self, Failure, Message};
use crate::pages;
use crate::site::Site;

/// Rejects requests from other websites that change something, and adds the security headers.
pub async fn protect(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let wants_page = wants_page(request.headers());
    let mut response = match is_safe || is_same_origin(request.headers(), &site.origins) {
        true => failure::with_json(next.run(request).await).await,
        false => Failure::OTHER_SITE.into_response(),
    };
    if let Some(message) = response.extensions().get().copied().filter(|_| wants_page) {
        response = as_page(&response, message);
    }
    let headers = response.headers_mut();
    for (name, value) in security_headers(&site) {
        headers.entry(name).or_insert(value);
    }
    response
}

/// Returns whether a request comes from a page of this site, or from a program that is not a
/// browser: such a program has nobody's cookie. All current browsers send `Sec-Fetch-Site`, and
/// older ones send `Origin` with every POST request.
fn is_same_origin(headers: &HeaderMap, origins: &[String]) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = headers.get(ORIGIN);
    origin.is_none_or(|origin| origins.iter().any(|own| origin == own))
}

/// Returns whether the browser opens a page. Scripts accept anything, and programs often do not say.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Returns a page that says the same as a failure in JSON.
fn as_page(failure: &Response, Message(message): Message) -> Response {
    let status = failure.status();
    let mut page = (status, pages::failure(status, message)).into_response();
    for name in [ALLOW, RETRY_AFTER] {
        let value = failure.headers().get(&name).cloned();
        page.headers_mut().extend(value.map(|value| (name, value)));
    }
    page
}

fn security_headers(site: &Site) -> Vec<(HeaderName, HeaderValue)> {
    let framed_by = &site.config.framed_by;
    let ancestors = if framed_by.is_empty() { "'none'".to_owned() } else { framed_by.join(" ") };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    );
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let mut headers: Vec<_> =
        fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    // The configuration was checked, so every origin is ASCII.
    headers
        .extend(HeaderValue::from_str(&policy).ok().map(|value| (CONTENT_SECURITY_POLICY, value)));
    if framed_by.is_empty() {
        headers.push((X_FRAME_OPTIONS, HeaderValue::from_static("DENY")));
    }
    if site.is_https() {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.push((STRICT_TRANSPORT_SECURITY, a_year));
    }
    headers
}

/// Counts the ceremonies of a client in the database, and rejects those over the limit.
pub async fn count(
    State(site): State<Site>,
    client: Client,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    client.count(&site, "ceremonies").await?;
    Ok(next.run(request).await)
}

/// The network address of a client. A client with IPv6 usually has a whole /64 network, so the rest
/// of its address is zero.
pub struct Client(IpAddr);

impl Client {
    /// Counts a request of this kind, and returns an error if the client has sent too many of them
    /// in this minute.
    pub async fn count(&self, site: &Site, kind: &str) -> Result<(), Failure> {
        let requests = site.store.count(&format!("{kind} of {}", self.0)).await?;
        if requests > site.config.ceremonies_per_minute { Err(Failure::TOO_MANY) } else { Ok(()) }
    }
}

impl FromRequestParts<Site> for Client {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Client, Failure> {
        let forwarded = if site.config.behind_proxy { forwarded_for(&parts.headers) } else { None };
        let address = match forwarded {
            Some(address) => address,
            None => {
                let connection = ConnectInfo::<SocketAddr>::from_request_parts(parts, site).await;
                connection.map_err(|error| Failure::ours(&error))?.ip()
            }
        };
        Ok(Client(match address.to_canonical() {
            IpAddr::V6(address) => {
                Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
            }
            address => address,
        }))
    }
}

/// Returns the last address of `X-Forwarded-For`: the proxy of this site has written it. A client
/// can send any addresses before it.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let value = headers.get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

pub async fn not_found() -> Failure {
    Failure::NOT_FOUND
}
