//! The algorithm identifiers in certificates, and their parameters (RFC 5280, section 4.1.1.2).

use super::failure::invalid;
use super::form::AlgorithmIdentifier;
use super::pss;
use crate::encoding::der::NULL;
use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, KeyKind, Scheme};
use crate::oid::{self, Oid};
use crate::quirk::{Quirk, Tolerance};

/// The parameters that an AlgorithmIdentifier must have.
#[derive(Clone, Copy)]
pub(super) enum Parameters {
    Absent,
    Null,
    NullOrAbsent,
}

/// Checks the parameters. They carry no information, so they must be exactly as prescribed.
pub(super) fn check_parameters(
    identifier: &AlgorithmIdentifier<'_>,
    prescribed: Parameters,
) -> Result<(), Failure> {
    let null = identifier.parameters.map(|(tag, _)| tag == NULL);
    match (prescribed, null) {
        (Parameters::Absent | Parameters::NullOrAbsent, None)
        | (Parameters::Null | Parameters::NullOrAbsent, Some(true)) => Ok(()),
        _ => Err(invalid(format!("wrong parameters of algorithm {}", identifier.algorithm))),
    }
}

/// Returns the kind of an ML-DSA key or signature with this identifier (RFC 9881, section 2).
pub(super) fn ml_dsa_kind(identifier: Oid<'_>) -> Option<KeyKind> {
    match identifier {
        oid::ML_DSA_44 => Some(KeyKind::MlDsa44),
        oid::ML_DSA_65 => Some(KeyKind::MlDsa65),
        oid::ML_DSA_87 => Some(KeyKind::MlDsa87),
        _ => None,
    }
}

/// Returns the signature scheme of a certificate: ECDSA with SHA-2 (RFC 5758, section 3.2), RSA
/// with SHA-2 (RFC 4055, section 5, which requires accepting absent parameters), RSASSA-PSS (RFC
/// 4055, section 3.1), Ed25519 (RFC 8410, section 3), or ML-DSA (RFC 9881, section 2).
pub(super) fn signature_scheme(
    identifier: &AlgorithmIdentifier<'_>,
    tolerance: &Tolerance,
) -> Result<Scheme, Failure> {
    let algorithm = identifier.algorithm;
    let scheme = match algorithm {
        oid::RSASSA_PSS => return pss::scheme(identifier.parameters),
        oid::ML_DSA_44 | oid::ML_DSA_65 | oid::ML_DSA_87 => Scheme::MlDsa,
        oid::ECDSA_WITH_SHA256 => Scheme::Ecdsa(Hash::Sha256),
        oid::ECDSA_WITH_SHA384 => Scheme::Ecdsa(Hash::Sha384),
        oid::ECDSA_WITH_SHA512 => Scheme::Ecdsa(Hash::Sha512),
        oid::RSA_WITH_SHA256 => Scheme::RsaPkcs1(Hash::Sha256),
        oid::RSA_WITH_SHA384 => Scheme::RsaPkcs1(Hash::Sha384),
        oid::RSA_WITH_SHA512 => Scheme::RsaPkcs1(Hash::Sha512),
        oid::ED25519 => Scheme::Ed25519,
        oid::RSA_WITH_SHA1 if tolerance.permits(Quirk::Sha1Attestation) => {
            Scheme::RsaPkcs1(Hash::Sha1)
        }
        _ => {
            let kind = match algorithm {
                oid::RSA_WITH_SHA1 | oid::ECDSA_WITH_SHA1 => ErrorKind::WeakAlgorithm,
                _ => ErrorKind::UnsupportedAlgorithm,
            };
            return Err(Failure::new(kind, format!("certificate signature algorithm {algorithm}")));
        }
    };
    let checked = match scheme {
        Scheme::RsaPkcs1(_) => check_parameters(identifier, Parameters::NullOrAbsent),
        _ => check_parameters(identifier, Parameters::Absent),
    };
    let is_tolerated = || {
        matches!(scheme, Scheme::Ecdsa(_))
            && check_parameters(identifier, Parameters::Null).is_ok()
            && tolerance.permits(Quirk::EcdsaNullParameters)
    };
    match checked {
        Err(failure) if !is_tolerated() => Err(failure),
        _ => Ok(scheme),
    }
}
