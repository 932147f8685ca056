//! RP IDs and origins (§5.1.2, §13.4.9): which ones a relying party may be configured with, and
//! how received ones are compared.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::encoding::json::JsonString;
use crate::error::{ConfigError, quote};

/// Longest domain name (RFC 1035, section 2.3.4), in bytes.
const MAX_DOMAIN: usize = 253;

/// Longest label of a domain name, in bytes.
const MAX_LABEL: usize = 63;

/// A list of origins. Received ones are compared byte for byte, as serialised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins(Vec<String>);

/// What a list of pages is for: it decides what to do about an app in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Pages that run ceremonies.
    Running,
    /// Pages around the frames that run ceremonies.
    Framing,
    /// Pages in which payments are confirmed.
    Paying,
}

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

impl Origins {
    /// Checks that every origin is one of a page, written as browsers serialise it.
    pub(crate) fn of_pages(
        origins: impl IntoIterator<Item = impl Into<String>>,
        pages: Pages,
    ) -> Result<Origins, ConfigError> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        origins.iter().try_for_each(|origin| check_page(origin, pages))?;
        Ok(Origins(origins))
    }

    /// This list and another.
    pub(crate) fn and(mut self, more: Origins) -> Origins {
        self.0.extend(more.0);
        self
    }

    /// This list and an origin that has been checked.
    pub(crate) fn and_checked(mut self, origin: String) -> Origins {
        self.0.push(origin);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, received: JsonString<'_>) -> bool {
        self.0.iter().any(|origin| received == **origin)
    }

    /// The origins of pages at a domain below a top-level one, each with its domain: not those of
    /// apps and of `localhost`.
    pub(crate) fn with_domains(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|origin| {
            let host = origin.strip_prefix("https://")?.split(':').next()?;
            host.contains('.').then_some((origin.as_str(), host))
        })
    }

    pub(crate) fn list(&self) -> String {
        match self.is_empty() {
            true => "the empty list".to_owned(),
            false => self.0.join(", "),
        }
    }
}

/// Whether this is the origin of a page at the domain or one of its subdomains, as browsers
/// serialise it: `https` without a port, or `http` on localhost.
pub(crate) fn is_page_within(received: JsonString<'_>, domain: &str) -> bool {
    let origin: String = received.chars().collect();
    let host = match origin.split_once("://") {
        Some(("https", host)) => host,
        Some(("http", host)) if is_local(host) => host,
        _ => return false,
    };
    let lower_case = !host.bytes().any(|byte| byte.is_ascii_uppercase());
    lower_case && check_host(host).is_ok() && is_within(host, domain)
}

/// Whether the host is the domain or one of its subdomains.
pub(crate) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether this stands between `https://` and the path of a URL that a browser has serialised. Its
/// host may be an IPv4 address.
pub(crate) fn is_serialised_authority(authority: &str) -> bool {
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let host = if host.parse::<Ipv4Addr>().is_ok() { "localhost" } else { host };
    let origin = match port {
        Some(port) => format!("https://{host}:{port}"),
        None => format!("https://{host}"),
    };
    serialise(&origin).is_ok_and(|page| page.origin == origin)
}

/// Checks that an RP ID is a domain name in the form in which browsers hash it.
pub(crate) fn check_rp_id(id: &str) -> Result<(), ConfigError> {
    let refuse =
        |reason: String| Err(ConfigError::new(format!("the RP ID {} {reason}", quote(id.chars()))));
    let lower = id.to_ascii_lowercase();
    match check_host(id) {
        Ok(()) if lower == id => return Ok(()),
        Ok(()) => return refuse(format!("has upper-case letters; write {lower:?}")),
        Err(_) => {}
    }
    match serialise(id) {
        Ok(Page { host, .. }) if lower.trim_end_matches('.') == host => {
            refuse(format!("ends with a dot; write {host:?}"))
        }
        Ok(Page { host, .. }) if lower.trim() == host => {
            refuse(format!("has white space around it; write {host:?}"))
        }
        Ok(Page { host, .. }) => {
            refuse(format!("has a scheme, port or path; write the domain alone, {host:?}"))
        }
        Err(Wrong::Wildcard) => {
            refuse("has a wildcard; it covers its subdomains without one".to_owned())
        }
        Err(Wrong::Address) => refuse(
            "is an IP address; WebAuthn needs a domain name, such as localhost for tests"
                .to_owned(),
        ),
        Err(Wrong::NotAscii) => {
            refuse("is not ASCII; write its A-labels, such as xn--bcher-kva.example".to_owned())
        }
        Err(Wrong::Client(Client::AndroidApp | Client::IosApp)) => {
            refuse("is the origin of an app, whose RP ID is the domain of its site".to_owned())
        }
        Err(Wrong::Client(_)) => refuse(
            "is not a domain name; for one that is a URI, use RelyingParty::with_uri_id".to_owned(),
        ),
        Err(_) => refuse("is not a domain name, such as example.com".to_owned()),
    }
}

/// Checks that an origin is one that the pages of a browser can send, in the form in which it
/// sends it.
fn check_page(origin: &str, pages: Pages) -> Result<(), ConfigError> {
    let reason = match serialise(origin) {
        Ok(page) if page.origin == origin => return Ok(()),
        Ok(page) => format!("{}; write {:?}", page.difference, page.origin),
        Err(wrong) => wrong.reason(pages).to_owned(),
    };
    Err(ConfigError::new(format!("the origin {} {reason}", quote(origin.chars()))))
}

/// The page that a text means.
struct Page {
    /// As browsers serialise it.
    origin: String,
    host: String,
    /// What is wrong with the text if it is not that.
    difference: &'static str,
}

/// Why a text cannot mean a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
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

impl Wrong {
    fn reason(self, pages: Pages) -> &'static str {
        match self {
            Wrong::Empty => "is empty; write https:// and the domain",
            Wrong::Opaque => {
                "is what browsers write for pages without an origin of their own, \
                 which can be anyone's; write https:// and the domain"
            }
            Wrong::Wildcard => match pages {
                Pages::Running => {
                    "has a wildcard; write every origin, or use RelyingParty::allow_subdomains \
                     for those below the RP ID"
                }
                Pages::Framing => {
                    "has a wildcard; write every origin, or use RelyingParty::allow_framing_by_any"
                }
                Pages::Paying => "has a wildcard; write the origin of the page",
            },
            Wrong::Several => "has a comma or semicolon; write each origin as an item of its own",
            Wrong::Space => {
                "has white space or control characters; write each origin as an item of its own"
            }
            Wrong::Client(client @ (Client::OtherPage | Client::Page)) => client.how_to_allow(),
            Wrong::Client(client) => match pages {
                Pages::Running => client.how_to_allow(),
                Pages::Framing => {
                    "is not that of a web page; to let pages without an https origin frame \
                     ceremonies, use RelyingParty::allow_framing_by_any"
                }
                Pages::Paying => "is not that of a web page, in which a payment is confirmed",
            },
            Wrong::NoHost => "is not a web origin; write https:// and the domain",
            Wrong::NotAscii => {
                "is not ASCII; write the A-labels of its host, such as \
                 https://xn--bcher-kva.example"
            }
            Wrong::Address => {
                "has an IP address for a host; WebAuthn needs a domain name, such as \
                 http://localhost:8080 for tests"
            }
            Wrong::Character => {
                "is not a web origin: its host has characters that no domain has; \
                 write https:// and the domain"
            }
            Wrong::Length => {
                "is not a web origin: a label of its host has 1 to 63 characters, and the host \
                 at most 253"
            }
            Wrong::Port => "has a port that is not a number; write every port, or none",
            Wrong::LargePort => "has a port above 65535",
            Wrong::NoPage => "has the port 0, at which there is no page",
        }
    }
}

/// Reads a text as the origin of a page, also if it is written in another way: the result is what
/// browsers write.
fn serialise(text: &str) -> Result<Page, Wrong> {
    let is_blank = |character: char| character.is_whitespace() || character.is_control();
    let trimmed = text.trim_matches(is_blank);
    match trimmed {
        "" => return Err(Wrong::Empty),
        "null" => return Err(Wrong::Opaque),
        _ if trimmed.contains(is_blank) => return Err(Wrong::Space),
        _ if trimmed.parse::<Ipv6Addr>().is_ok() => return Err(Wrong::Address),
        _ => {}
    }
    let mut difference = match trimmed == text {
        true => "is not as browsers serialise it",
        false => "has white space around it",
    };
    let (https, rest) = match split_scheme(trimmed) {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "https" => (Some(true), rest),
            "http" => (Some(false), rest),
            "wss" | "ws" | "ftp" => {
                difference = "has a scheme whose pages have no WebAuthn";
                (None, rest)
            }
            _ => return Err(Wrong::Client(Client::of_scheme(scheme))),
        },
        None => {
            difference = "has no scheme";
            (None, trimmed.strip_prefix("://").unwrap_or(trimmed))
        }
    };
    let mut rest = rest.trim_start_matches(['/', '\\']);
    while let Some(behind) = without_second_scheme(rest) {
        difference = "has its scheme twice";
        rest = behind;
    }
    if rest.contains([',', ';']) {
        return Err(Wrong::Several);
    }
    let mut authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if let Some((_, behind)) = authority.rsplit_once('@') {
        difference = "names a user, which no origin does";
        authority = behind;
    }
    if authority.starts_with('[') || authority.parse::<Ipv6Addr>().is_ok() {
        return Err(Wrong::Address);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, read_port(port)?),
        None => (authority, None),
    };
    let mut host = host.to_ascii_lowercase();
    if let Err(wrong) = check_host(&host) {
        // Browsers keep the dot at the end of a host, and then no RP ID is a suffix of it.
        let without_dot = host.strip_suffix('.').filter(|host| check_host(host).is_ok());
        let Some(without_dot) = without_dot else { return Err(wrong) };
        difference = "has a dot at the end of its host, so that no RP ID matches it";
        host = without_dot.to_owned();
    }
    let local = is_local(&host);
    let secure = https.unwrap_or(!local || port == Some(443)) || !local;
    if https == Some(false) && secure {
        difference = "is not secure; http is for localhost only";
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
    Ok(Page { origin, host, difference })
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
fn check_host(host: &str) -> Result<(), Wrong> {
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

fn is_local(host: &str) -> bool {
    is_within(host, "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_error(origin: &str) -> String {
        Origins::of_pages([origin], Pages::Running).unwrap_err().to_string()
    }

    #[test]
    fn org_01_kb_98_every_refused_text_with_a_spelling_has_one_that_is_accepted() {
        for text in [
            "https://example.org/",
            "HTTPS://EXAMPLE.ORG:0443/a?b#c",
            "https:example.org",
            "https:/\\example.org\\x",
            "http://example.org:8080",
            "//a@example.org:80",
            "localhost",
            "LOCALHOST:443",
            "app.localhost:80",
            "wss://example.org",
            "example.org.",
            " example.org\n",
        ] {
            let page = serialise(text).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
            assert_ne!(page.origin, text);
            let error = origin_error(text);
            assert!(error.ends_with(&format!("; write {:?}", page.origin)), "{error}");
            Origins::of_pages([page.origin], Pages::Running).unwrap();
        }
    }

    #[test]
    fn http_is_for_localhost() {
        for bad in ["http://example.org", "http://localhost.example.org", "http://notlocalhost"] {
            assert!(origin_error(bad).contains("localhost only"), "{bad}");
        }
        for good in ["http://localhost", "http://localhost:3000", "http://app.localhost:3000"] {
            Origins::of_pages([good], Pages::Running).unwrap();
        }
    }

    #[test]
    fn kb_98_a_host_ends_in_a_number_as_url_parsers_see_it() {
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

    #[test]
    fn the_host_of_a_url_may_be_an_address() {
        for good in ["example.org", "example.org:8443", "10.0.0.1", "10.0.0.1:8443"] {
            assert!(is_serialised_authority(good), "{good}");
        }
        for bad in
            ["", "example.org:443", "Example.org", "10.1", "010.0.0.1", "10.0.0.1:443", "a@b"]
        {
            assert!(!is_serialised_authority(bad), "{bad}");
        }
    }
}
