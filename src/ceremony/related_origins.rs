//! Related origins (§5.11): the document by which an RP ID lets pages of other domains use its
//! credentials.

use serde::Serialize;

use crate::ceremony::page_origin::is_within;
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{ConfigError, counted, quote};

/// The document that the site of the RP ID serves so that browsers let the relying party's origins
/// outside the RP ID run its ceremonies. From [`RelyingParty::related_origins_document`].
///
/// Serialise it, and answer `GET https://RPID` + [`PATH`](RelatedOrigins::PATH) with it: status 200,
/// [`CONTENT_TYPE`](RelatedOrigins::CONTENT_TYPE), to anyone, without cookies; redirects go to
/// `https` only.
///
/// ```
/// use webauthn_verify::{RelatedOrigins, RelyingParty};
///
/// let rp = RelyingParty::new("example.com", ["https://example.com"])?
///     .also_accept(["https://shop.example.de"])?;
/// let document = rp.related_origins_document()?;
/// assert_eq!(serde_json::to_string(&document)?, r#"{"origins":["https://shop.example.de"]}"#);
/// assert_eq!(RelatedOrigins::PATH, "/.well-known/webauthn");
///
/// assert!(document.may_be_ignored(&["example.de"])?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use = "the site of the RP ID has to serve it"]
pub struct RelatedOrigins {
    origins: Vec<String>,
    #[serde(skip)]
    hosts: Vec<String>,
}

/// How many different labels every client supports that supports related origins at all (§5.11.1).
const SUPPORTED_LABELS: usize = 5;

impl RelatedOrigins {
    /// Where browsers look for the document, under the RP ID.
    pub const PATH: &'static str = "/.well-known/webauthn";

    /// The media type that browsers demand.
    pub const CONTENT_TYPE: &'static str = "application/json";

    /// The origins, in the order in which they were configured.
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The host of each origin, in the same order: what to look up in the public suffix list.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The origins that a client may ignore, because five other labels come before theirs. If the
    /// list is not empty, put the most important origins first.
    ///
    /// Clients support at least five different labels and may ignore the origins with any further
    /// one. The label of an origin is the first one of its registrable domain: that of
    /// `https://www.example.co.uk` is `example`. This crate has no public suffix list, so the
    /// caller gives the registrable domain of each of the [`hosts`](RelatedOrigins::hosts), in
    /// their order.
    ///
    /// # Errors
    ///
    /// If there are more or fewer domains than hosts, or if one is not the end of its host.
    pub fn may_be_ignored(
        &self,
        registrable_domains: &[impl AsRef<str>],
    ) -> Result<Vec<&str>, ConfigError> {
        if registrable_domains.len() != self.hosts.len() {
            let given = match registrable_domains {
                [] => "no registrable domains".to_owned(),
                domains => counted(domains.len(), "registrable domain"),
            };
            let origins = counted(self.hosts.len(), "origin");
            return Err(ConfigError::new(format!(
                "{given} for {origins}; write one for each, in their order"
            )));
        }
        let (mut supported, mut ignored) = (Vec::new(), Vec::new());
        let domains = registrable_domains.iter().map(AsRef::as_ref);
        for ((origin, host), domain) in self.origins.iter().zip(&self.hosts).zip(domains) {
            let label = registrable_origin_label(host, domain)?;
            if supported.contains(&label) {
                continue;
            }
            if supported.len() < SUPPORTED_LABELS {
                supported.push(label);
            } else {
                ignored.push(origin.as_str());
            }
        }
        Ok(ignored)
    }
}

impl RelyingParty {
    /// The document of related origins: those of the configured origins for which browsers need
    /// it, in the order of the configuration.
    ///
    /// Those are the `https` origins outside the RP ID. Origins at the RP ID and its subdomains
    /// need no permission and would only use up labels. Apps and browser extensions are tied to a
    /// site in other ways. Browsers skip hosts without a registrable domain, such as `localhost`.
    ///
    /// # Errors
    ///
    /// If there is no such origin: the document would have to name at least one. That is always so
    /// if the RP ID is a URI.
    pub fn related_origins_document(&self) -> Result<RelatedOrigins, ConfigError> {
        let related = self.origins.with_domains().filter(|(_, host)| !is_within(host, &self.id));
        let (origins, hosts): (Vec<String>, Vec<String>) =
            related.map(|(origin, host)| (origin.to_owned(), host.to_owned())).unzip();
        if origins.is_empty() {
            return Err(ConfigError::new(format!(
                "no configured origin is a page outside {}, so browsers need no document",
                self.id
            )));
        }
        Ok(RelatedOrigins { origins, hosts })
    }
}

/// The first label of the registrable domain (§4).
fn registrable_origin_label<'d>(host: &str, domain: &'d str) -> Result<&'d str, ConfigError> {
    match domain.split_once('.') {
        Some((label, _)) if is_within(host, domain) && !label.is_empty() => Ok(label),
        _ => Err(ConfigError::new(format!(
            "{} is not the registrable domain of {host}; write the end of that host from the \
             label before the public suffix, such as example.co.uk",
            quote(domain.chars())
        ))),
    }
}
