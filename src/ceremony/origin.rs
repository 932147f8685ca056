//! RP IDs and origins (§5.1.2, §13.4.9): the rules for their configuration, and the comparison with
//! received origins.

use std::net::Ipv4Addr;

use crate::ceremony::page_origin::{
    Client, Page, Wrong, check_host, is_local, is_within, serialise,
};
use crate::encoding::json::JsonString;
use crate::error::{ConfigError, ErrorData, quote};

/// A list of serialized origins. Received origins are compared with them byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins(Vec<String>);

/// The purpose of a list of pages. It decides what an error about an app in the list recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Pages that run ceremonies.
    Running,
    /// Pages that embed a ceremony in an iframe.
    Framing,
    /// Pages in which payments are confirmed.
    Paying,
}

impl Origins {
    /// Checks that every origin belongs to a web page and is written as browsers serialize it.
    pub(crate) fn of_pages(
        origins: impl IntoIterator<Item = impl Into<String>>,
        pages: Pages,
    ) -> Result<Origins, ConfigError> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        origins.iter().try_for_each(|origin| check_page(origin, pages))?;
        Ok(Origins(origins))
    }

    /// Checks that every origin belongs to a page at the RP ID or one of its subdomains.
    pub(crate) fn check_within(&self, rp_id: &str) -> Result<(), ConfigError> {
        match self.0.iter().find(|origin| !is_page_of(origin, rp_id)) {
            None => Ok(()),
            Some(origin) if is_local(host_of(origin)) => Err(ConfigError::new(format!(
                "the origin {origin:?} is outside the RP ID {rp_id:?}; for tests on your own \
                 machine, use another relying party whose RP ID is \"localhost\""
            ))),
            Some(origin) => Err(ConfigError::new(format!(
                "the origin {origin:?} is outside the RP ID {rp_id:?}; if it is a related origin of \
                 your own, pass it to RelyingParty::also_accept, and serve \
                 RelyingParty::related_origins_document"
            ))),
        }
    }

    /// Checks that no origin belongs to a page at the RP ID or one of its subdomains.
    pub(crate) fn check_outside(&self, rp_id: &str) -> Result<(), ConfigError> {
        match self.0.iter().find(|origin| is_page_of(origin, rp_id)) {
            None => Ok(()),
            Some(origin) => Err(ConfigError::new(format!(
                "the origin {origin:?} is within the RP ID {rp_id:?}; pass it to RelyingParty::new"
            ))),
        }
    }

    /// Appends another list.
    pub(crate) fn and(mut self, more: Origins) -> Origins {
        self.0.extend(more.0);
        self
    }

    /// Appends an origin that has been checked.
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

    /// Returns each `https` origin with a dot in its host, together with the host. Apps and
    /// `localhost` itself are skipped.
    pub(crate) fn with_domains(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|origin| {
            let host = host_of(origin);
            let has_domain = origin.starts_with("https://") && host.contains('.');
            has_domain.then_some((origin.as_str(), host))
        })
    }

    /// Returns the error data for a received origin that is not in the list.
    pub(crate) fn mismatch(&self, received: JsonString<'_>) -> ErrorData {
        ErrorData::Origin { received: received.chars().collect(), expected: self.0.clone() }
    }

    pub(crate) fn list(&self) -> String {
        match self.is_empty() {
            true => "the empty list".to_owned(),
            false => self.0.join(", "),
        }
    }
}

/// Returns whether a checked origin belongs to a page at the domain or one of its subdomains, with
/// any port.
fn is_page_of(origin: &str, domain: &str) -> bool {
    is_within(host_of(origin), domain)
}

/// Returns the host of an origin that has been checked.
fn host_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    authority.split(':').next().unwrap_or_default()
}

/// Returns whether this is the origin of a page at the domain or one of its subdomains, as browsers
/// serialize it. The scheme is `https`, or `http` on localhost. There is no port.
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

/// Returns whether this is the host and port of an `https` URL that a browser has serialized. The
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

/// Checks that an RP ID is a domain name, written as browsers hash it.
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
            refuse("has a wildcard; write the domain alone, which covers its subdomains".to_owned())
        }
        Err(Wrong::Address) => refuse(
            "is an IP address; WebAuthn needs a domain name, such as localhost for tests"
                .to_owned(),
        ),
        Err(Wrong::NotAscii) => {
            refuse("is not ASCII; write its A-labels, such as xn--bcher-kva.example".to_owned())
        }
        Err(Wrong::Client(Client::AndroidApp | Client::IosApp)) => {
            refuse("is the origin of an app; use the domain of its site as the RP ID".to_owned())
        }
        Err(Wrong::Client(_)) => refuse(
            "is not a domain name; if the RP ID is a URI, use RelyingParty::with_uri_id".to_owned(),
        ),
        Err(_) => refuse("is not a domain name, such as example.com".to_owned()),
    }
}

/// Checks that an origin belongs to a web page and is written as browsers serialize it.
fn check_page(origin: &str, pages: Pages) -> Result<(), ConfigError> {
    let reason = match serialise(origin) {
        Ok(page) if page.origin == origin => return Ok(()),
        Ok(page) => format!("{}; write {:?}", page.difference, page.origin),
        Err(wrong) => reason(wrong, pages).to_owned(),
    };
    Err(ConfigError::new(format!("the origin {} {reason}", quote(origin.chars()))))
}

/// Returns why an origin is rejected in a list of pages, and what to write instead.
fn reason(wrong: Wrong, pages: Pages) -> &'static str {
    match wrong {
        Wrong::Empty => "is empty; write https:// and the domain",
        Wrong::Opaque => {
            "is what browsers send for all pages without an origin of their own, \
             and anyone can have such a page; write https:// and the domain"
        }
        Wrong::Wildcard => match pages {
            Pages::Running => {
                "has a wildcard; write every origin, or use RelyingParty::allow_subdomains \
                 for all subdomains of the RP ID"
            }
            Pages::Framing => {
                "has a wildcard; write every origin, or use RelyingParty::allow_framing_by_any"
            }
            Pages::Paying => "has a wildcard; write the origin of the page",
        },
        Wrong::Several => "contains a comma or semicolon; write each origin as an item of its own",
        Wrong::Space => {
            "contains white space or control characters; write each origin as an item of its own"
        }
        Wrong::Client(client @ (Client::OtherPage | Client::Page)) => client.how_to_allow(),
        Wrong::Client(client) => match pages {
            Pages::Running => client.how_to_allow(),
            Pages::Framing => {
                "does not belong to a web page; to let pages without an https origin embed \
                 ceremonies, use RelyingParty::allow_framing_by_any"
            }
            Pages::Paying => {
                "does not belong to a web page; write the origin of the page that confirms payments"
            }
        },
        Wrong::NoHost => "is not a web origin; write https:// and the domain",
        Wrong::NotAscii => {
            "is not ASCII; write the A-labels of its host, such as \
             https://xn--bcher-kva.example"
        }
        Wrong::Address => {
            "has an IP address as its host; WebAuthn needs a domain name, such as \
             http://localhost:8080 for tests"
        }
        Wrong::Character => {
            "is not a web origin: its host contains characters that no domain has; \
             write https:// and the domain"
        }
        Wrong::Length => {
            "is not a web origin: a label of a host has 1 to 63 characters, and a host has \
             at most 253"
        }
        Wrong::Port => "has a port that is not a number; write the number, or leave out the port",
        Wrong::LargePort => "has a port above 65535",
        Wrong::NoPage => "has the port 0, which no page can have",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_error(origin: &str) -> String {
        Origins::of_pages([origin], Pages::Running).unwrap_err().to_string()
    }

    #[test]
    fn org_01_kb_98_every_suggested_spelling_is_accepted() {
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
    fn http_is_accepted_for_localhost_only() {
        for bad in ["http://example.org", "http://localhost.example.org", "http://notlocalhost"] {
            assert!(origin_error(bad).contains("localhost only"), "{bad}");
        }
        for good in ["http://localhost", "http://localhost:3000", "http://app.localhost:3000"] {
            Origins::of_pages([good], Pages::Running).unwrap();
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
