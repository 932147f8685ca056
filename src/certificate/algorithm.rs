//! The identifiers of algorithms in certificates, and the parameters that go with them (RFC 5280,
//! section 4.1.1.2).

use x509_parser::der_parser::asn1_rs::{Oid, Tag};
use x509_parser::der_parser::oid;
use x509_parser::oid_registry as oids;
use x509_parser::x509::AlgorithmIdentifier;

use super::failure::invalid;
use super::pss;
use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, KeyKind, Scheme};
use crate::quirk::{Quirk, Tolerance};

/// What an AlgorithmIdentifier must have as its parameters.
#[derive(Clone, Copy)]
pub(super) enum Parameters {
    Absent,
    Null,
    NullOrAbsent,
}

/// The parameters say nothing, so they must be what the algorithm prescribes and not anything.
pub(super) fn check_parameters(
    identifier: &AlgorithmIdentifier<'_>,
    prescribed: Parameters,
) -> Result<(), Failure> {
    let null = identifier.parameters.as_ref().map(|parameters| parameters.tag() == Tag::Null);
    match (prescribed, null) {
        (Parameters::Absent | Parameters::NullOrAbsent, None)
        | (Parameters::Null | Parameters::NullOrAbsent, Some(true)) => Ok(()),
        _ => Err(invalid(format!("the parameters of algorithm {}", identifier.algorithm))),
    }
}

/// The identifiers of keys and signatures of ML-DSA (RFC 9881, section 2).
pub(super) fn ml_dsa_kind(identifier: &Oid<'_>) -> Option<KeyKind> {
    let kinds = [
        (oid!(2.16.840.1.101.3.4.3.17), KeyKind::MlDsa44),
        (oid!(2.16.840.1.101.3.4.3.18), KeyKind::MlDsa65),
        (oid!(2.16.840.1.101.3.4.3.19), KeyKind::MlDsa87),
    ];
    kinds.into_iter().find(|(known, _)| known == identifier).map(|(_, kind)| kind)
}

/// The signature algorithms of certificates: ECDSA (RFC 5758, section 3.2) and RSA (RFC 4055,
/// section 5, which has the parameters accepted where they are left out) with SHA-2, RSASSA-PSS (RFC
/// 4055, section 3.1), Ed25519 (RFC 8410, section 3), and ML-DSA (RFC 9881, section 2).
pub(super) fn signature_scheme(
    identifier: &AlgorithmIdentifier<'_>,
    tolerance: &Tolerance,
) -> Result<Scheme, Failure> {
    let oid = &identifier.algorithm;
    if *oid == oids::OID_PKCS1_RSASSAPSS {
        return pss::scheme(identifier.parameters.as_ref());
    }
    if ml_dsa_kind(oid).is_some() {
        check_parameters(identifier, Parameters::Absent)?;
        return Ok(Scheme::MlDsa);
    }
    let schemes = [
        (oids::OID_SIG_ECDSA_WITH_SHA256, Scheme::Ecdsa(Hash::Sha256)),
        (oids::OID_SIG_ECDSA_WITH_SHA384, Scheme::Ecdsa(Hash::Sha384)),
        (oids::OID_SIG_ECDSA_WITH_SHA512, Scheme::Ecdsa(Hash::Sha512)),
        (oids::OID_PKCS1_SHA256WITHRSA, Scheme::RsaPkcs1(Hash::Sha256)),
        (oids::OID_PKCS1_SHA384WITHRSA, Scheme::RsaPkcs1(Hash::Sha384)),
        (oids::OID_PKCS1_SHA512WITHRSA, Scheme::RsaPkcs1(Hash::Sha512)),
        (oids::OID_SIG_ED25519, Scheme::Ed25519),
    ];
    let sha1 = (oids::OID_PKCS1_SHA1WITHRSA, Scheme::RsaPkcs1(Hash::Sha1));
    let tolerated =
        Some(sha1).filter(|(sha1, _)| sha1 == oid && tolerance.permits(Quirk::Sha1Attestation));
    let found = schemes.into_iter().chain(tolerated).find(|(known, _)| known == oid);
    let Some((_, scheme)) = found else {
        let sha1 = [oids::OID_PKCS1_SHA1WITHRSA, oid!(1.2.840.10045.4.1)];
        let kind = if sha1.contains(oid) {
            ErrorKind::WeakAlgorithm
        } else {
            ErrorKind::UnsupportedAlgorithm
        };
        return Err(Failure::new(kind, format!("certificate signature algorithm {oid}")));
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
