//! The parts of a certificate that people read: its subject and its validity.
//!
//! The crate `x509-parser` formats both, because it knows the short names of attributes. Its output
//! decides nothing: all comparisons and checks use our own walk.

use x509_parser::prelude::{ASN1Time, FromDer, X509Name};

use super::view::Certificate;

/// Returns the subject of a certificate as text, for example `CN=Root, O=Maker`, if it parses.
pub(crate) fn name_of(der: &[u8]) -> Option<String> {
    let certificate = Certificate::parse_as_is(der).ok()?;
    let (_, name) = X509Name::from_der(certificate.subject_der()).ok()?;
    Some(name.to_string())
}

/// Returns a time as text, for example `Jan  1 00:00:00 2024 +00:00`.
pub(super) fn time(seconds: i64) -> String {
    ASN1Time::from_timestamp(seconds)
        .map_or_else(|_| format!("{seconds} s"), |time| time.to_string())
}
