//! The key of an attestation certificate.

use crate::certificate::Certificate;
use crate::error::{ErrorKind, Failure};
use crate::key::{Algorithm, PublicKey};

/// Returns the key of an attestation certificate, for the algorithm in the statement.
pub(super) fn certificate_key<'a>(
    certificate: &'a Certificate<'_>,
    alg: i64,
) -> Result<PublicKey<'a>, Failure> {
    let algorithm = Algorithm::from_cose_id(alg).filter(|found| found.is_compiled_in());
    let algorithm = algorithm.ok_or_else(|| {
        let detail = format!("COSE algorithm {alg}");
        Failure::of("attStmt.alg", ErrorKind::UnsupportedAlgorithm, detail)
    })?;
    let key = PublicKey::new(algorithm, certificate.key_material()?);
    key.map_err(|failure| failure.in_field("attStmt.alg"))
}
