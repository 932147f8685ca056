//! Related origins (§5.11): the document that lets pages of other domains use the credentials of an
//! RP ID.

use serde::Serialize;

use crate::ceremony::page_origin::is_within;
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{ConfigError, counted, quote};

/// The related origins document. It lets browsers run your ceremonies on your origins outside the
/// RP ID. Create it with [`RelyingParty::related_origins_document`].
///
/// Serialize it as JSON, and serve it at `https://RPID` + [`PATH`](RelatedOrigins::PATH) with
/// status 200 and the content type [`CONTENT_TYPE`](RelatedOrigins::CONTENT_TYPE). It must be
/// available to everyone without cookies. Redirects may only lead to `https`.
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
#[must_use = "the site of the RP ID must serve it"]
pub struct RelatedOrigins {
    origins: Vec<String>,
    #[serde(skip)]
    hosts: Vec<String>,
}

/// The number of different labels that every browser with related origins supports (§5.11.1).
const SUPPORTED_LABELS: usize = 5;

impl RelatedOrigins {
    /// The path of the document under the RP ID.
    pub const PATH: &'static str = "/.well-known/webauthn";

    /// The media type that browsers require.
    pub const CONTENT_TYPE: &'static str = "application/json";

    /// The origins, in the order in which the relying party lists them.
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The host of each origin, in the same order. Look up these hosts in the public suffix list.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Returns the origins that a browser may ignore because the origins before them already have
    /// five other labels. If the result is not empty, put the most important origins first.
    ///
    /// Browsers support at least five different labels, and may ignore origins with further labels.
    /// The label of an origin is the first label of its registrable domain. For example, the label
    /// of `https://www.example.co.uk` is `example`. This crate has no public suffix list.
    /// Therefore, pass the registrable domain of each of the [`hosts`](RelatedOrigins::hosts), in
    /// the same order.
    ///
    /// # Errors
    ///
    /// Returns an error if the number of domains differs from the number of hosts, if a domain is
    /// neither its host nor a parent domain of the host, or if a domain has only one label.
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
    /// Returns the related origins document. It contains the relying party's origins for which
    /// browsers require the document, in the order in which they are listed.
    ///
    /// These are the `https` origins outside the RP ID. Origins at the RP ID and its subdomains do
    /// not need the document, and listing them would only use up labels. Apps and browser
    /// extensions are linked to a site in other ways. Browsers skip hosts without a registrable
    /// domain, such as `localhost`.
    ///
    /// # Errors
    ///
    /// Returns an error if the list would be empty. This always happens if the RP ID is a URI.
    pub fn related_origins_document(&self) -> Result<RelatedOrigins, ConfigError> {
        let related = self.origins.with_domains().filter(|(_, host)| !is_within(host, &self.id));
        let (origins, hosts): (Vec<String>, Vec<String>) =
            related.map(|(origin, host)| (origin.to_owned(), host.to_owned())).unzip();
        if origins.is_empty() {
            return Err(ConfigError::new(format!(
                "the relying party has no page outside {}, so browsers need no document",
                self.id
            )));
        }
        Ok(RelatedOrigins { origins, hosts })
    }
}

/// Returns the first label of the registrable domain (§4).
fn registrable_origin_label<'d>(host: &str, domain: &'d str) -> Result<&'d str, ConfigError> {
    match domain.split_once('.') {
        Some((label, _)) if is_within(host, domain) && !label.is_empty() => Ok(label),
        _ => Err(ConfigError::new(format!(
            "{} is not the registrable domain of {host}; write the public suffix of the \
             host with the label before it, such as example.co.uk",
            quote(domain.chars())
        ))),
    }
}
