//! The origin of a web page, as browsers serialize it and as people write it.

use std::net::Ipv6Addr;

/// The maximum length of a domain name in bytes (RFC 1035, section 2.3.4).
const MAX_DOMAIN: usize = 253;

/// The maximum length of a label of a domain name in bytes.
const MAX_LABEL: usize = 63;

/// The kind of client that runs a ceremony, according to the scheme of its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// A web page: `https` or `http`.
    Page,
    /// An Android app: `android`.
    AndroidApp,
    /// An iOS app: `ios`.
    IosApp,
    /// A browser extension: `chrome-extension`, `moz-extension` or `safari-web-extension`.
    BrowserExtension,
    /// A scheme of browser pages that have no WebAuthn.
    OtherPage,
    /// Any other scheme.
    Unknown,
}

impl Client {
    /// Returns the kind of client for a scheme, in upper or lower case.
    pub(crate) fn of_scheme(scheme: &str) -> Client {
        match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => Client::Page,
            "android" => Client::AndroidApp,
            "ios" => Client::IosApp,
            // Edge shows the addresses of its extensions as extension://.
            "chrome-extension" | "extension" | "moz-extension" | "safari-web-extension" => {
                Client::BrowserExtension
            }
            "about" | "blob" | "data" | "file" | "filesystem" | "ftp" | "javascript"
            | "view-source" | "ws" | "wss" => Client::OtherPage,
            _ => Client::Unknown,
        }
    }

    /// Returns the end of an error message: what kind of client this is, and how to allow it.
    pub(crate) fn how_to_allow(self) -> &'static str {
        match self {
            Client::Page => "belongs to a web page; add it to the list of RelyingParty::new",
            Client::AndroidApp => "belongs to an Android app; use RelyingParty::allow_android_app",
            Client::IosApp => "belongs to an iOS app; use RelyingParty::allow_ios_app",
            Client::BrowserExtension => {
                "belongs to a browser extension; use RelyingParty::allow_browser_extension"
            }
            Client::OtherPage => "has a scheme whose pages have no WebAuthn; write an https origin",
            Client::Unknown => {
                "has a scheme that is not https; if it belongs to an app, \
                 use RelyingParty::allow_app_origin"
            }
        }
    }
}

/// The page origin that was read from a string.
pub(super) struct Page {
    /// The origin as browsers serialize it.
    pub(super) origin: String,
    pub(super) host: String,
    /// The error if the string is not written as browsers serialize it.
    pub(super) difference: &'static str,
}

/// The reason why a string is not the origin of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Empty,
    Opaque,
    Wildcard,
    Several,
    Space,
    Client(Client),
    NoHost,
    NotAscii,
    Address,
    Character,
    Length,
    Port,
    LargePort,
    NoPage,
}

/// Reads the origin of a page in any form, and returns the form that browsers send.
pub(super) fn serialise(text: &str) -> Result<Page, Wrong> {
    let mut reading = Reading::start(text)?;
    let https = reading.scheme()?;
    let authority = reading.authority()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, read_port(port)?),
        None => (authority, None),
    };
    let host = reading.host(host)?;
    let local = is_local(&host);
    let secure = https.unwrap_or(!local || port == Some(443)) || !local;
    if https == Some(false) && secure {
        reading.difference = "is not secure; http is for localhost only";
    }
    let port = port.filter(|port| match (secure, https) {
        (true, Some(true)) => *port != 443,
        // Port 80 belongs to http, so an https origin does not keep it.
        (true, _) => !matches!(port, 80 | 443),
        (false, _) => *port != 80,
    });
    let scheme = if secure { "https" } else { "http" };
    let origin = match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    };
    Ok(Page { origin, host, difference: reading.difference })
}

/// A string that is read from start to end.
struct Reading<'t> {
    rest: &'t str,
    /// The last difference from the form that browsers send.
    difference: &'static str,
}

impl<'t> Reading<'t> {
    /// Skips white space around the string.
    fn start(text: &'t str) -> Result<Reading<'t>, Wrong> {
        let is_blank = |character: char| character.is_whitespace() || character.is_control();
        let trimmed = text.trim_matches(is_blank);
        match trimmed {
            "" => return Err(Wrong::Empty),
            "null" => return Err(Wrong::Opaque),
            _ if trimmed.contains(is_blank) => return Err(Wrong::Space),
            _ if trimmed.parse::<Ipv6Addr>().is_ok() => return Err(Wrong::Address),
            _ => {}
        }
        let difference = match trimmed == text {
            true => "is not in the form that browsers send",
            false => "has white space around it",
        };
        Ok(Reading { rest: trimmed, difference })
    }

    /// Reads the scheme. The result is whether it is `https`, or `None` if the scheme is missing or
    /// is `ws`, `wss` or `ftp`.
    fn scheme(&mut self) -> Result<Option<bool>, Wrong> {
        let Some((scheme, rest)) = split_scheme(self.rest) else {
            self.difference = "has no scheme";
            self.rest = self.rest.strip_prefix("://").unwrap_or(self.rest);
            return Ok(None);
        };
        self.rest = rest;
        match scheme.to_ascii_lowercase().as_str() {
            "https" => Ok(Some(true)),
            "http" => Ok(Some(false)),
            "wss" | "ws" | "ftp" => {
                self.difference = "has a scheme whose pages have no WebAuthn";
                Ok(None)
            }
            _ => Err(Wrong::Client(Client::of_scheme(scheme))),
        }
    }

    /// Reads the host and the port. This fails if the host is an IPv6 address.
    fn authority(&mut self) -> Result<&'t str, Wrong> {
        let mut rest = self.rest.trim_start_matches(['/', '\\']);
        while let Some(behind) = without_second_scheme(rest) {
            self.difference = "has its scheme twice";
            rest = behind;
        }
        if rest.contains([',', ';']) {
            return Err(Wrong::Several);
        }
        let mut authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        if let Some((_, behind)) = authority.rsplit_once('@') {
            self.difference = "has a user name, which no origin has";
            authority = behind;
        }
        if authority.starts_with('[') || authority.parse::<Ipv6Addr>().is_ok() {
            return Err(Wrong::Address);
        }
        Ok(authority)
    }

    /// Checks that the host is a domain name, and returns it in lower case.
    fn host(&mut self, host: &str) -> Result<String, Wrong> {
        let host = host.to_ascii_lowercase();
        let Err(wrong) = check_host(&host) else { return Ok(host) };
        // Browsers keep a dot at the end of a host. Such a host does not end with any RP ID.
        let without_dot = host.strip_suffix('.').filter(|host| check_host(host).is_ok());
        let Some(without_dot) = without_dot else { return Err(wrong) };
        self.difference = "has a dot at the end of its host, so no RP ID matches it";
        Ok(without_dot.to_owned())
    }
}

/// Returns the rest of the string after a second scheme, which may lack its colon.
fn without_second_scheme(rest: &str) -> Option<&str> {
    ["https://", "http://", "https//", "http//"].into_iter().find_map(|scheme| {
        let (start, behind) = rest.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(behind)
    })
}

/// Returns the scheme of a URL and the part after its colon. `localhost:8080` has no scheme.
pub(crate) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let port = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let is_port = !rest.starts_with('/')
        && (port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()))
        && Client::of_scheme(scheme) == Client::Unknown;
    (is_scheme && !is_port).then_some((scheme, rest))
}

/// Reads a port number. The result is `None` if the string ends after the colon.
fn read_port(digits: &str) -> Result<Option<u16>, Wrong> {
    if digits.is_empty() {
        return Ok(None);
    }
    if digits == "*" {
        return Err(Wrong::Wildcard);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::Port);
    }
    match digits.parse() {
        Ok(0) => Err(Wrong::NoPage),
        Ok(port) => Ok(Some(port)),
        Err(_) => Err(Wrong::LargePort),
    }
}

/// Checks that a host is a domain name. Like URL parsers, this accepts letters, digits, hyphens and
/// underscores anywhere in a label.
pub(super) fn check_host(host: &str) -> Result<(), Wrong> {
    if host.is_empty() {
        return Err(Wrong::NoHost);
    }
    if !host.is_ascii() {
        return Err(Wrong::NotAscii);
    }
    if ends_in_a_number(host) {
        return Err(Wrong::Address);
    }
    if host.contains('*') {
        return Err(Wrong::Wildcard);
    }
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !host.bytes().all(is_part) {
        return Err(Wrong::Character);
    }
    let is_label = |label: &str| (1..=MAX_LABEL).contains(&label.len());
    if host.len() > MAX_DOMAIN || !host.split('.').all(is_label) {
        return Err(Wrong::Length);
    }
    Ok(())
}

/// Returns whether URL parsers take this host for an IPv4 address. They do if its last label is a
/// number, written in decimal, in octal or with `0x` (URL standard, "ends in a number checker").
fn ends_in_a_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(super) fn is_local(host: &str) -> bool {
    is_within(host, "localhost")
}

/// Returns whether the host is the domain or one of its subdomains.
pub(crate) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kb_98_a_host_that_ends_in_a_number_is_recognized_as_in_url_parsers() {
        for address in [
            "127.0.0.1",
            "127.1",
            "127.0.0.1.",
            "2130706433",
            "0x7f.1",
            "0X7F000001",
            "0x",
            "017700000001",
            "0177.0.0.01",
            "256.256.256.256",
            "1.2.3.4.5",
            "example.1",
            "09",
            "a.0x1f",
        ] {
            assert!(ends_in_a_number(address), "{address}");
        }
        for name in ["1.example", "0x7g", "x0", "1a", "0x1.a", "127.0.0.1x", "", ".", "a..", "0y1"]
        {
            assert!(!ends_in_a_number(name), "{name}");
        }
    }
}
