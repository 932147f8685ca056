//! Server certificates: the host that a certificate is for (RFC 6125, section 6.4), and whether a
//! server may use it (RFC 5280, section 4.2.1.12).

use super::constraints::{GeneralName, alternative_names};
use super::failure::invalid;
use super::view::Certificate;
use crate::error::{Failure, ParseError};
use crate::oid;

/// Whether the extended key usage of a certificate allows servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerUse {
    /// It lists servers.
    Named,
    /// The extension is missing, or allows any purpose.
    Open,
    /// It lists only other purposes.
    Denied,
}

/// Returns whether a server may use the certificate.
pub(super) fn server_use(certificate: &Certificate<'_>) -> Result<ServerUse, ParseError> {
    Ok(match certificate.key_purposes()? {
        Some(purposes) if purposes.contains(oid::SERVER_AUTH) => ServerUse::Named,
        Some(purposes) if !purposes.contains(oid::ANY_EXTENDED_KEY_USAGE) => ServerUse::Denied,
        _ => ServerUse::Open,
    })
}

impl Certificate<'_> {
    /// Checks that the certificate is for this host: its subjectAltName must contain the host.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Failure> {
        match has_host(self, host) {
            Ok(true) => Ok(()),
            Ok(false) => Err(invalid(format!("the certificate is not for {host}"))),
            Err(error) => Err(invalid(format!("subjectAltName does not parse: {error}"))),
        }
    }
}

/// Returns whether the subjectAltName of a certificate contains this host. Wildcards do not match.
/// The common name of the subject is ignored, because it can be any text.
fn has_host(certificate: &Certificate<'_>, host: &str) -> Result<bool, ParseError> {
    let Some(names) = certificate.extension(oid::SUBJECT_ALT_NAME) else {
        return Ok(false);
    };
    let names = alternative_names(names.value)?;
    Ok(names.iter().any(|name| match name {
        GeneralName::Dns(name) => name.eq_ignore_ascii_case(host.as_bytes()),
        _ => false,
    }))
}
