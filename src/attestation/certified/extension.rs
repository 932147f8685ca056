//! The extensions of attestation certificates that several formats use.

use crate::certificate::Certificate;
use crate::encoding::der;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;
use crate::oid::{self, Oid};
use crate::reader::Reader;

/// Checks that the AAGUID in the certificate, if there is one, is the AAGUID in the authenticator
/// data (§8.2, §8.3).
pub(super) fn check_aaguid(
    certificate: &Certificate<'_>,
    aaguid: Option<Aaguid>,
) -> Result<(), Failure> {
    let Some(extension) = certificate.extension(oid::FIDO_AAGUID) else { return Ok(()) };
    let attested = primitive(extension.value, der::OCTET_STRING);
    if attested.is_none() || attested != aaguid.as_ref().map(|aaguid| &aaguid.as_bytes()[..]) {
        return Err(Failure::of("x5c[0].aaguid", ErrorKind::AaguidMismatch, ""));
    }
    Ok(())
}

/// Returns the value of an extension. Fails if the extension is critical.
pub(super) fn non_critical<'a>(
    certificate: &Certificate<'a>,
    oid: Oid<'_>,
) -> Result<Option<&'a [u8]>, Failure> {
    match certificate.extension(oid) {
        Some(extension) if extension.critical => Err(Failure::of(
            "x5c[0].extensions",
            ErrorKind::AttestationInvalid,
            format!("extension {oid} is critical"),
        )),
        found => Ok(found.map(|extension| extension.value)),
    }
}

/// Returns the content of a DER element with this tag. The element must fill the input.
pub(super) fn primitive(value: &[u8], tag: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(value, 0, "extension", ErrorKind::AttestationInvalid);
    let content = der::element(&mut reader, tag, "value").ok()?;
    reader.finish().ok()?;
    Some(content.rest())
}
