//! Certificates of servers: the host that one is for (RFC 6125, section 6.4), and whether it may be
//! that of a server at all (RFC 5280, section 4.2.1.12).

use x509_parser::oid_registry as oids;

use super::constraints::{GeneralName, alternative_names};
use super::failure::invalid;
use super::form::only;
use super::view::Certificate;
use crate::encoding::der::{self, OBJECT_IDENTIFIER, SEQUENCE};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::reader::Reader;

/// id-kp-serverAuth, 1.3.6.1.5.5.7.3.1.
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];

/// anyExtendedKeyUsage, 2.5.29.37.0.
const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0x00];

/// What the extended key usage of a certificate says of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerUse {
    /// It is for servers.
    Named,
    /// There is no such extension, or it is for anything.
    Open,
    /// It is for other purposes.
    Denied,
}

/// Reads `ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER` of a certificate.
pub(super) fn server_use(certificate: &Certificate<'_>) -> Result<ServerUse, ParseError> {
    let Some(usage) = certificate.extension(&oids::OID_X509_EXT_EXTENDED_KEY_USAGE) else {
        return Ok(ServerUse::Open);
    };
    let value = Reader::new(usage.value, 0, "extendedKeyUsage", ErrorKind::AttestationInvalid);
    der::check(value, "value")?;
    let mut purposes = only(value, SEQUENCE, "extendedKeyUsage")?;
    let mut found = ServerUse::Denied;
    while !purposes.rest().is_empty() {
        match der::element(&mut purposes, OBJECT_IDENTIFIER, "extendedKeyUsage")?.rest() {
            SERVER_AUTH => found = ServerUse::Named,
            ANY if found == ServerUse::Denied => found = ServerUse::Open,
            _ => {}
        }
    }
    Ok(found)
}

impl Certificate<'_> {
    /// Checks that this is the certificate of a host: that its subjectAltName has the name.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Failure> {
        match has_host(self, host) {
            Ok(true) => Ok(()),
            Ok(false) => Err(invalid(format!("the certificate is not for {host}"))),
            Err(error) => Err(invalid(format!("subjectAltName does not parse: {error}"))),
        }
    }
}

/// Whether the subjectAltName of a certificate has this host. A wildcard is no name of a host, and
/// the common name of the subject is none: it can be any text.
fn has_host(certificate: &Certificate<'_>, host: &str) -> Result<bool, ParseError> {
    let Some(names) = certificate.extension(&oids::OID_X509_EXT_SUBJECT_ALT_NAME) else {
        return Ok(false);
    };
    let names = alternative_names(names.value)?;
    Ok(names.iter().any(|name| match name {
        GeneralName::Dns(name) => name.eq_ignore_ascii_case(host.as_bytes()),
        _ => false,
    }))
}
