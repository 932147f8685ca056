//! What people read of a certificate: its subject and its validity.
//!
//! Both are written by `x509-parser`, which knows the short names of attributes and how names and
//! times are written. It decides nothing: what is compared and checked is what our own walk gives.

use x509_parser::prelude::{ASN1Time, FromDer, X509Name};

use super::view::Certificate;

/// The subject of a certificate as text, such as `CN=Root, O=Maker`, if it parses.
pub(crate) fn name_of(der: &[u8]) -> Option<String> {
    let certificate = Certificate::parse_as_is(der).ok()?;
    let (_, name) = X509Name::from_der(certificate.subject_der()).ok()?;
    Some(name.to_string())
}

/// A time as text, such as `Jan  1 00:00:00 2024 +00:00`.
pub(super) fn time(seconds: i64) -> String {
    ASN1Time::from_timestamp(seconds)
        .map_or_else(|_| format!("{seconds} s"), |time| time.to_string())
}
