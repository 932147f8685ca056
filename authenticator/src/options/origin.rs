//! The RP ID (§5.1.3 and §5.1.4.1, "effective domain") and the AppID that a page or an app can use.

use crate::error::AuthenticatorError;

const SECURITY_ERROR: &str = "SecurityError";

/// Returns the RP ID that the authenticator gets if a page or an app of this origin requests the RP
/// ID `requested`.
///
/// A website can use its host or a parent domain of it. `related` are the origins that the site of
/// the RP ID lists as related (§5.11). The origin of an app is not compared with the RP ID, because
/// the options do not connect them. If the RP ID is the ID of a Chromium extension, Chromium puts
/// the scheme before it.
pub(crate) fn rp_id(
    origin: &str,
    requested: Option<&str>,
    related: &[String],
) -> Result<String, AuthenticatorError> {
    if let Some(id) = origin.strip_prefix("chrome-extension://") {
        let rp_id = requested.unwrap_or(id);
        return Ok(if id == rp_id { origin } else { rp_id }.to_owned());
    }
    if !is_website(origin) {
        return match requested {
            Some(rp_id) if origin.contains(':') => Ok(rp_id.to_owned()),
            Some(_) => Err(AuthenticatorError::thrown(
                "NotAllowedError",
                format!("{origin:?} is not the origin of a website or an app"),
            )),
            None => Err(refused(format!(
                "{origin:?} is not a website, so the options must have an RP ID"
            ))),
        };
    }
    let host = secure_host(origin)?;
    let rp_id = requested.unwrap_or(host);
    if !is_domain(rp_id) {
        return Err(refused(format!("the RP ID {rp_id:?} is not a domain that can be an RP ID")));
    }
    if !is_at_or_below(host, rp_id) && !related.iter().any(|related| related == origin) {
        return Err(refused(format!(
            "the RP ID {rp_id:?} is neither the host of {origin:?} nor a parent domain of it, \
             and the origin is not a related origin"
        )));
    }
    Ok(rp_id.to_owned())
}

/// Checks that this page or app can use this AppID (FIDO AppID and Facet Specification, section
/// 3.1.2). The list of facets would have to be fetched, so the hosts are compared instead, as in
/// browsers. The host of the AppID must be the host of the page, the RP ID, a parent domain of the
/// RP ID or a domain below it.
pub(crate) fn check_app_id(
    member: &str,
    app_id: &str,
    origin: &str,
    rp_id: &str,
) -> Result<(), AuthenticatorError> {
    // An app is treated as a listed facet. An empty AppID stands for the page or app itself.
    if app_id.is_empty() || !is_website(origin) {
        return Ok(());
    }
    let rest = app_id.strip_prefix("https://").unwrap_or_default();
    let host = host_of(rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_authorised = is_domain(host)
        && (secure_host(origin)? == host
            || is_at_or_below(host, rp_id)
            || is_at_or_below(rp_id, host));
    if is_authorised {
        return Ok(());
    }
    Err(refused(format!("extensions.{member} {app_id:?} is not an AppID that {origin:?} may use")))
}

fn is_website(origin: &str) -> bool {
    origin.starts_with("https://") || origin.starts_with("http://")
}

/// Returns the host of a website origin. It must be a domain with `https`, or a `localhost` host.
fn secure_host(origin: &str) -> Result<&str, AuthenticatorError> {
    let (scheme, authority) = origin.split_once("://").unwrap_or(("", origin));
    let host = host_of(authority);
    if authority.contains(['/', '?', '#', '@']) || host.is_empty() {
        let reason = format!("{origin:?} is not an origin as browsers serialise it");
        return Err(AuthenticatorError::new(reason));
    }
    if !is_domain(host) {
        return Err(refused(format!(
            "the host of {origin:?} is not a domain that can be an RP ID"
        )));
    }
    if scheme != "https" && !is_at_or_below(host, "localhost") {
        return Err(refused(format!("{origin:?} is neither an https origin nor on localhost")));
    }
    Ok(host)
}

/// Returns the part before the port.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_at_or_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns whether this is a domain that can be an RP ID. It must be written as in origins and must
/// not be an IP address. It must have at least two labels, because a single label is a top-level
/// domain such as `com`. Only `localhost` is also allowed.
fn is_domain(text: &str) -> bool {
    let mut labels = text.split('.');
    let is_label = |label: &str| {
        let is_written = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(is_written)
    };
    // In every notation, the last label of an IPv4 address begins with a digit.
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_address = last.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    labels.all(is_label) && !is_address && (text.contains('.') || text == "localhost")
}

/// Creates an error with the exception `SecurityError`.
fn refused(reason: String) -> AuthenticatorError {
    AuthenticatorError::thrown(SECURITY_ERROR, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(origin: &str, requested: Option<&str>) -> &'static str {
        rp_id(origin, requested, &[]).unwrap_err().exception().unwrap_or("none")
    }

    #[test]
    fn an_rp_id_is_the_host_or_a_parent_domain_of_it() {
        for (origin, requested, expected) in [
            ("https://example.com", "example.com", "example.com"),
            ("https://login.example.com:8443", "example.com", "example.com"),
            ("http://localhost:8080", "localhost", "localhost"),
            ("http://app.localhost", "localhost", "localhost"),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(rp_id(origin, Some(requested), &[]).unwrap(), expected);
        }
        assert_eq!(rp_id("https://login.example.com:1", None, &[]).unwrap(), "login.example.com");
    }

    #[test]
    fn an_rp_id_that_does_not_fit_the_origin_is_a_security_error() {
        for (origin, requested) in [
            ("https://example.com", "example.org"),
            ("https://example.com", "login.example.com"),
            ("https://notexample.com", "example.com"),
            ("https://example.com", "com"),
            ("https://example.com", ""),
            ("https://example.com", "null"),
            ("https://example.com", "Example.com"),
            ("https://example.com", "https://example.com"),
            ("https://intranet", "intranet"),
            ("https://192.0.2.1", "192.0.2.1"),
            ("https://[2001:db8::1]", "[2001:db8::1]"),
            ("https://example.com", "192.0.2.1"),
            ("http://example.com", "example.com"),
            ("http://localhost.example", "localhost.example"),
        ] {
            assert_eq!(exception(origin, Some(requested)), "SecurityError", "{origin} {requested}");
        }
        assert_eq!(exception("https://192.0.2.1", None), "SecurityError");
        assert_eq!(exception("null", Some("example.com")), "NotAllowedError");
        assert_eq!(exception("https://example.com/", Some("example.com")), "none");
    }

    #[test]
    fn a_related_origin_may_use_the_rp_id_of_another_site() {
        let related = ["https://example.co.uk".to_owned()];
        let may_use = |origin, requested| rp_id(origin, Some(requested), &related).is_ok();
        assert!(may_use("https://example.co.uk", "example.com"));
        assert!(may_use("https://example.com", "example.com"));
        assert!(!may_use("https://www.example.co.uk", "example.com"));
        assert!(!may_use("https://example.co.uk", "com"));
        assert!(
            rp_id("http://example.co.uk", Some("a.example"), &["http://example.co.uk".into()])
                .is_err()
        );
    }

    #[test]
    fn an_app_uses_the_rp_id_that_it_asks_for() {
        let android = "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(rp_id(android, Some("example.com"), &[]).unwrap(), "example.com");
        assert_eq!(exception(android, None), "SecurityError");
        let extension = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
        let id = "abcdefghijklmnopabcdefghijklmnop";
        assert_eq!(rp_id(extension, Some(id), &[]).unwrap(), extension);
        assert_eq!(rp_id(extension, None, &[]).unwrap(), extension);
        assert_eq!(rp_id(extension, Some("example.com"), &[]).unwrap(), "example.com");
    }

    #[test]
    fn an_app_id_is_an_https_url_of_the_same_site() {
        let check = |app_id| {
            check_app_id("appid", app_id, "https://login.example.com", "example.com")
                .map_err(|error| error.exception())
        };
        for app_id in [
            "https://login.example.com",
            "https://example.com/app-id.json",
            "https://u2f.example.com:444/app-id.json?x",
            "",
        ] {
            assert_eq!(check(app_id), Ok(()), "{app_id}");
        }
        for app_id in [
            "http://example.com/app-id.json",
            "https://example.org/app-id.json",
            "https://com/app-id.json",
            "example.com",
            "https://",
        ] {
            assert_eq!(check(app_id), Err(Some("SecurityError")), "{app_id}");
        }
        assert!(check_app_id("appid", "x", "android:apk-key-hash:x", "example.com").is_ok());
    }
}
