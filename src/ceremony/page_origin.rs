//! The origin of a web page, as browsers serialise it and as people write it otherwise.

use std::net::Ipv6Addr;

/// Longest domain name (RFC 1035, section 2.3.4), in bytes.
const MAX_DOMAIN: usize = 253;

/// Longest label of a domain name, in bytes.
const MAX_LABEL: usize = 63;

/// What runs a ceremony, as the scheme of its origin says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// A page, `https` or `http`.
    Page,
    /// `android`.
    AndroidApp,
    /// `ios`.
    IosApp,
    /// `chrome-extension`, `moz-extension` and `safari-web-extension`.
    BrowserExtension,
    /// A scheme of browsers whose pages have no WebAuthn.
    OtherPage,
    /// Any other scheme.
    Unknown,
}

impl Client {
    /// The client whose origins have this scheme, in whatever case it is written.
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

    /// What this client is, and how to allow it.
    pub(crate) fn how_to_allow(self) -> &'static str {
        match self {
            Client::Page => "is that of a web page; write it in the list of RelyingParty::new",
            Client::AndroidApp => "is that of an Android app; use RelyingParty::allow_android_app",
            Client::IosApp => "is that of an iOS app; use RelyingParty::allow_ios_app",
            Client::BrowserExtension => {
                "is that of a browser extension; use RelyingParty::allow_browser_extension"
            }
            Client::OtherPage => "has a scheme whose pages have no WebAuthn; write an https origin",
            Client::Unknown => {
                "has a scheme that is not https; if it is that of an app, \
                 use RelyingParty::allow_app_origin"
            }
        }
    }
}

/// The page that a text means.
pub(super) struct Page {
    /// As browsers serialise it.
    pub(super) origin: String,
    pub(super) host: String,
    /// What is wrong with the text if it is not that.
    pub(super) difference: &'static str,
}

/// Why a text cannot mean a page.
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

/// Reads a text as the origin of a page, also if it is written in another way: the result is what
/// browsers write.
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
        // Port 80 is that of http, and the https origin does not keep it.
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

/// A text that is read from its start to its end, as far as it is not read yet.
struct Reading<'t> {
    rest: &'t str,
    /// What the last difference is from what browsers write.
    difference: &'static str,
}

impl<'t> Reading<'t> {
    /// Passes over white space around the text.
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
            true => "is not as browsers serialise it",
            false => "has white space around it",
        };
        Ok(Reading { rest: trimmed, difference })
    }

    /// Reads the scheme: whether it is `https`, if it says anything about that.
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

    /// Reads the host and the port, in which there is no IPv6 address.
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
            self.difference = "names a user, which no origin does";
            authority = behind;
        }
        if authority.starts_with('[') || authority.parse::<Ipv6Addr>().is_ok() {
            return Err(Wrong::Address);
        }
        Ok(authority)
    }

    /// The host in lower case, which is a domain name.
    fn host(&mut self, host: &str) -> Result<String, Wrong> {
        let host = host.to_ascii_lowercase();
        let Err(wrong) = check_host(&host) else { return Ok(host) };
        // Browsers keep the dot at the end of a host, and then no RP ID is a suffix of it.
        let without_dot = host.strip_suffix('.').filter(|host| check_host(host).is_ok());
        let Some(without_dot) = without_dot else { return Err(wrong) };
        self.difference = "has a dot at the end of its host, so that no RP ID matches it";
        Ok(without_dot.to_owned())
    }
}

/// What stands behind a scheme that comes twice, or that lacks its colon.
fn without_second_scheme(rest: &str) -> Option<&str> {
    ["https://", "http://", "https//", "http//"].into_iter().find_map(|scheme| {
        let (start, behind) = rest.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(behind)
    })
}

/// The scheme of a URL and what follows its colon. `localhost:8080` has none.
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

/// The number of a port, if there is one behind the colon.
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

/// Checks that a host is a domain name, with the letters, digits, hyphens and underscores that URL
/// parsers accept anywhere in a label.
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

/// Whether URL parsers take this host for an IPv4 address, in whatever spelling: its last label is
/// a number, decimal, octal or with `0x` (URL standard, "ends in a number checker").
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

/// Whether the host is the domain or one of its subdomains.
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
