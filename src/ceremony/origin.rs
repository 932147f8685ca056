//! RP IDs and origins (§5.1.2, §13.4.9): which ones a relying party may be configured with, and
//! how received ones are compared.

use crate::encoding::json::JsonString;
use crate::error::{ConfigError, quote};

/// Longest domain name (RFC 1035, section 2.3.4), in bytes.
const MAX_DOMAIN: usize = 253;

/// Longest label of a domain name, in bytes.
const MAX_LABEL: usize = 63;

/// A list of origins. Received ones are compared byte for byte, as serialised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// Checks that every origin is written as browsers serialise it.
    pub(crate) fn new(
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Origins, ConfigError> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        origins.iter().try_for_each(|origin| check_origin(origin))?;
        Ok(Origins(origins))
    }

    /// This list and another.
    pub(crate) fn and(mut self, more: Origins) -> Origins {
        self.0.extend(more.0);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, received: JsonString<'_>) -> bool {
        self.0.iter().any(|origin| received == **origin)
    }

    /// The origins of pages at a domain below a top-level one, each with its domain: not those of
    /// apps, of `localhost` and of IP addresses.
    pub(crate) fn with_domains(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|origin| {
            let host = origin.strip_prefix("https://")?.split(':').next()?;
            (host.contains('.') && !is_ip_address(host)).then_some((origin.as_str(), host))
        })
    }

    pub(crate) fn list(&self) -> String {
        self.0.join(", ")
    }
}

/// Whether this is the origin of a page at the domain or one of its subdomains, as browsers
/// serialise it: `https` without a port, or `http` on localhost.
pub(crate) fn is_page_within(received: JsonString<'_>, domain: &str) -> bool {
    let origin: String = received.chars().collect();
    let host = match origin.split_once("://") {
        Some(("https", host)) => host,
        Some(("http", host)) if is_within(host, "localhost") => host,
        _ => return false,
    };
    let lower_case = !host.bytes().any(|byte| byte.is_ascii_uppercase());
    lower_case && is_domain(host) && is_within(host, domain)
}

/// Whether the host is the domain or one of its subdomains.
pub(crate) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Checks that an RP ID is a domain name in the form in which browsers hash it.
pub(crate) fn check_rp_id(id: &str) -> Result<(), ConfigError> {
    let refuse =
        |reason: &str| Err(ConfigError::new(format!("the RP ID {} {reason}", quote(id.chars()))));
    if id.contains("://") || id.contains(':') || id.contains('/') {
        return refuse("has a scheme, port or path; write the domain alone, such as example.com");
    }
    if !id.is_ascii() {
        return refuse("is not ASCII; write its A-labels, such as xn--bcher-kva.example");
    }
    if is_ip_address(id) {
        return refuse("is an IP address; WebAuthn needs a domain name");
    }
    if id.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return refuse("has upper-case letters; write it in lower case");
    }
    if !is_domain(id) {
        return refuse("is not a domain name");
    }
    Ok(())
}

/// Checks that an origin is one that a browser can send, in the form in which it sends it.
fn check_origin(origin: &str) -> Result<(), ConfigError> {
    let refuse = |reason: String| {
        Err(ConfigError::new(format!("the origin {} {reason}", quote(origin.chars()))))
    };
    let Some((scheme, rest)) = origin.split_once(':') else {
        return refuse("has no scheme; write https:// and the domain".to_owned());
    };
    if scheme.is_empty() || !origin.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("has no scheme, or characters that no origin has".to_owned());
    }
    let lower_scheme = scheme.to_ascii_lowercase();
    if !matches!(lower_scheme.as_str(), "https" | "http") {
        // The identity of an app, such as android:apk-key-hash:..., is opaque.
        return Ok(());
    }
    let serialised = serialise_web_origin(&lower_scheme, rest);
    let Some((serialised, host)) = serialised else {
        return refuse("is not a web origin; write https:// and the domain".to_owned());
    };
    if lower_scheme == "http" && host != "localhost" && !host.ends_with(".localhost") {
        return refuse("is not secure; http is for localhost only".to_owned());
    }
    if serialised != origin {
        return refuse(format!("is not as browsers serialise it; write {serialised:?}"));
    }
    Ok(())
}

/// The origin that a browser makes of a URL with this scheme, and its host.
fn serialise_web_origin(scheme: &str, rest: &str) -> Option<(String, String)> {
    let rest = rest.strip_prefix("//")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let host = host.to_ascii_lowercase();
    if !is_domain(&host) {
        return None;
    }
    let default_port = if scheme == "https" { 443 } else { 80 };
    let port = match port {
        None | Some("") => default_port,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse::<u16>().ok()?
        }
        Some(_) => return None,
    };
    let serialised = if port == default_port {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{host}:{port}")
    };
    Some((serialised, host))
}

fn is_domain(text: &str) -> bool {
    text.len() <= MAX_DOMAIN
        && text.split('.').all(|label| {
            (1..=MAX_LABEL).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Whether browsers would take this host for an IPv4 address: its last label is a number.
fn is_ip_address(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x");
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_error(origin: &str) -> String {
        Origins::new([origin]).unwrap_err().to_string()
    }

    #[test]
    fn org_01_an_origin_is_configured_as_browsers_serialise_it() {
        for good in [
            "https://example.org",
            "https://sub.example.org:8443",
            "http://localhost",
            "http://localhost:3000",
            "http://app.localhost:3000",
            "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0",
            "ios:bundle-id:org.example.app",
            "chrome-extension://abcdefghijklmnop",
        ] {
            Origins::new([good]).unwrap();
        }
        for (bad, right) in [
            ("https://example.org/", "https://example.org"),
            ("https://example.org/login?x#y", "https://example.org"),
            ("https://example.org:443", "https://example.org"),
            ("https://example.org:", "https://example.org"),
            ("https://example.org:08443", "https://example.org:8443"),
            ("http://localhost:80", "http://localhost"),
            ("HTTPS://example.org", "https://example.org"),
            ("https://EXAMPLE.org", "https://example.org"),
        ] {
            let error = origin_error(bad);
            assert!(error.contains(&format!("write {right:?}")), "{bad}: {error}");
        }
        for bad in ["https://", "https://a@example.org", "https:example.org", "https://a..b"] {
            assert!(origin_error(bad).contains("not a web origin"), "{bad}");
        }
    }

    #[test]
    fn org_05_empty_and_opaque_origins_cannot_be_configured() {
        for bad in
            ["", "null", "example.org", ":x", "https://ex ample.org", "https://b\u{fc}cher.de"]
        {
            origin_error(bad);
        }
    }

    #[test]
    fn http_is_for_localhost() {
        assert!(origin_error("http://example.org").contains("localhost only"));
        assert!(origin_error("http://localhost.example.org").contains("localhost only"));
        assert!(origin_error("http://notlocalhost").contains("localhost only"));
    }

    #[test]
    fn org_06_kb_35_an_rp_id_is_a_domain() {
        for good in ["example.org", "localhost", "xn--bcher-kva.example", "a.b.c"] {
            check_rp_id(good).unwrap();
        }
        for bad in [
            "",
            "https://example.org",
            "example.org:443",
            "example.org/",
            "127.0.0.1",
            "[::1]",
            "::1",
            "0x7f.0x1",
            "Example.org",
            "b\u{fc}cher.example",
            "a..b",
            ".a",
            "a.",
            "-a",
            "a b",
        ] {
            assert!(check_rp_id(bad).is_err(), "{bad}");
        }
    }
}
