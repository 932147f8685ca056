//! Attestation (§6.5, §8): statements about what kind of authenticator made a credential.
//!
//! [`verify`] runs the verification procedure of the statement's format; an [`AttestationPolicy`]
//! then decides whether the result is trustworthy enough. A correct statement is not a trusted
//! one.

#[cfg(feature = "attestation")]
mod fido_u2f;
mod none;
mod packed;
mod policy;

use core::fmt;

#[cfg(feature = "attestation")]
use crate::certificate::{Certificate, TrustPath};
use crate::encoding::cbor::Decoder;
use crate::error::{ErrorKind, Failure, ParseError, quote};
#[cfg(feature = "attestation")]
use crate::key::Algorithm;
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationObject;
use crate::message::cose_key::CoseKey;
use crate::quirk::Quirks;

pub use policy::AttestationPolicy;

/// Longest format identifier that §8.1 allows, in bytes.
const MAX_FORMAT: usize = 32;

/// More certificates than any real statement carries.
const MAX_CERTIFICATES: usize = 8;

/// An attestation statement format that this build verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationFormat {
    /// `none` (§8.7): no statement at all.
    None,
    /// `packed` (§8.2). Without the crate feature `attestation`, only self attestation.
    Packed,
    /// `fido-u2f` (§8.6). With the crate feature `attestation`.
    FidoU2f,
}

impl AttestationFormat {
    /// The registered identifier, such as `"fido-u2f"`.
    pub fn identifier(self) -> &'static str {
        match self {
            AttestationFormat::None => "none",
            AttestationFormat::Packed => "packed",
            AttestationFormat::FidoU2f => "fido-u2f",
        }
    }

    /// Determines the format by a case-sensitive match: step 21 of §7.1.
    ///
    /// # Errors
    ///
    /// `AttestationInvalid` for text that is no format identifier (§8.1), else
    /// `UnsupportedAttestationFormat`, naming the format.
    pub fn from_identifier(identifier: &str) -> Result<AttestationFormat, Failure> {
        match identifier {
            "none" => Ok(AttestationFormat::None),
            "packed" => Ok(AttestationFormat::Packed),
            #[cfg(feature = "attestation")]
            "fido-u2f" => Ok(AttestationFormat::FidoU2f),
            other => {
                let well_formed = other.len() <= MAX_FORMAT
                    && other.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
                let kind = if well_formed {
                    ErrorKind::UnsupportedAttestationFormat
                } else {
                    ErrorKind::AttestationInvalid
                };
                Err(Failure::new(kind, format!("format {}", quote(other.chars()))))
            }
        }
    }
}

impl fmt::Display for AttestationFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.identifier())
    }
}

/// What a correct statement conveys (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationType {
    /// Nothing.
    None,
    /// The credential key has signed its own registration: possession, and no more.
    SelfAttestation,
    /// A certificate vouches for the authenticator: Basic or AttCA, which the statement alone
    /// does not tell apart.
    Uncertain,
}

/// A verified attestation. Only the verifier makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Attestation {
    format: AttestationFormat,
    attestation_type: AttestationType,
    certificates: Vec<Vec<u8>>,
    #[cfg(feature = "attestation")]
    trust_path: Option<TrustPath>,
}

impl Attestation {
    /// The statement's format.
    pub fn format(&self) -> AttestationFormat {
        self.format
    }

    /// What the statement conveys.
    pub fn attestation_type(&self) -> AttestationType {
        self.attestation_type
    }

    /// The certificates that came with the statement (`x5c`), as DER, the attestation certificate
    /// first. Unproven unless there is a trust path.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The path to a trust anchor, where the policy demanded one. `None` means that trust was not
    /// assessed, and that the AAGUID and the certificates prove nothing.
    #[cfg(feature = "attestation")]
    pub fn trust_path(&self) -> Option<&TrustPath> {
        self.trust_path.as_ref()
    }

    fn new(format: AttestationFormat, attestation_type: AttestationType) -> Attestation {
        Attestation {
            format,
            attestation_type,
            certificates: Vec::new(),
            #[cfg(feature = "attestation")]
            trust_path: None,
        }
    }
}

/// Verifies an attestation statement by the procedure of its format: steps 21 and 22 of §7.1.
///
/// `client_data_hash` is the SHA-256 of `clientDataJSON`. Whether the certificates are to be
/// trusted is a question of its own, which `certificate::verify_path` answers.
///
/// # Errors
///
/// `UnsupportedAttestationFormat`, `MissingAttestedCredentialData`, what
/// [`CoseKey::parse`] says of the credential key, `AttestationInvalid`, `AaguidMismatch`,
/// `AlgorithmKeyMismatch`, `SignatureInvalid`.
pub fn verify(
    object: &AttestationObject<'_>,
    client_data_hash: &[u8; 32],
) -> Result<Attestation, Failure> {
    let format = AttestationFormat::from_identifier(object.format())?;
    let attested = object
        .authenticator_data()
        .attested_credential()
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    let key = CoseKey::parse_at(attested.public_key(), attested.public_key_offset())?;
    verify_format(
        format,
        &Inputs {
            object,
            credential_key: key.public_key(),
            client_data_hash,
            quirks: Quirks::NONE,
        },
    )
}

/// The verification procedure inputs (§6.5.2).
pub(crate) struct Inputs<'i, 'a> {
    pub(crate) object: &'i AttestationObject<'a>,
    pub(crate) credential_key: &'i PublicKey<'a>,
    pub(crate) client_data_hash: &'i [u8; 32],
    pub(crate) quirks: Quirks,
}

impl<'a> Inputs<'_, 'a> {
    /// What packed statements sign: authenticator data, then the client data hash.
    fn signed_parts(&self) -> [&[u8]; 2] {
        [self.object.authenticator_data().as_bytes(), self.client_data_hash]
    }
}

/// Runs the verification procedure of one format: step 22 of §7.1.
pub(crate) fn verify_format(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    match format {
        AttestationFormat::None => none::verify(inputs),
        AttestationFormat::Packed => packed::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::FidoU2f => fido_u2f::verify(inputs),
        #[cfg(not(feature = "attestation"))]
        AttestationFormat::FidoU2f => Err(ErrorKind::UnsupportedAttestationFormat.into()),
    }
}

/// The key of an attestation certificate, for the algorithm that the statement declares.
#[cfg(feature = "attestation")]
fn certificate_key<'a>(
    certificate: &'a Certificate<'_>,
    alg: i64,
) -> Result<PublicKey<'a>, Failure> {
    let algorithm = Algorithm::from_cose_id(alg).filter(|found| found.is_compiled_in());
    let algorithm = algorithm.ok_or_else(|| {
        Failure::new(ErrorKind::UnsupportedAlgorithm, format!("COSE algorithm {alg}"))
    })?;
    PublicKey::new(algorithm, certificate.key_material()?)
}

/// The certificates of a statement, borrowed from it.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "without certificates only their presence matters")
)]
struct Chain<'a> {
    certificates: [&'a [u8]; MAX_CERTIFICATES],
    count: usize,
}

#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "without certificates only their presence matters")
)]
impl<'a> Chain<'a> {
    /// Reads `x5c: [ attestnCert: bytes, * (caCert: bytes) ]`: at least one certificate.
    fn read(decoder: &mut Decoder<'a>) -> Result<Chain<'a>, ParseError> {
        let start = *decoder;
        let declared = decoder.array("x5c")?;
        if declared == 0 {
            return Err(start.error("x5c", "an empty array of certificates"));
        }
        let mut certificates: [&[u8]; MAX_CERTIFICATES] = [&[]; MAX_CERTIFICATES];
        let count = usize::try_from(declared).unwrap_or(usize::MAX);
        let Some(places) = certificates.get_mut(..count) else {
            return Err(start.error("x5c", "more than 8 certificates"));
        };
        for place in places {
            *place = decoder.bytes("x5c")?;
        }
        decoder.leave();
        Ok(Chain { certificates, count })
    }

    fn as_slice(&self) -> &[&'a [u8]] {
        self.certificates.get(..self.count).unwrap_or_default()
    }

    /// The attestation certificate.
    #[cfg(feature = "attestation")]
    fn leaf(&self) -> &'a [u8] {
        self.as_slice().first().copied().unwrap_or_default()
    }

    #[cfg(feature = "attestation")]
    fn to_vec(self) -> Vec<Vec<u8>> {
        self.as_slice().iter().map(|der| der.to_vec()).collect()
    }
}
