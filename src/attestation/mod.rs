//! Attestation (§6.5, §8): statements about what kind of authenticator made a credential.
//!
//! [`verify`] runs the verification procedure of the statement's format, and an
//! [`AttestationPolicy`] decides whether the result is trustworthy enough. A correct statement is
//! not a trusted one.

#[cfg(feature = "attestation")]
mod android_key;
#[cfg(feature = "attestation")]
mod android_safetynet;
#[cfg(feature = "attestation")]
mod apple;
#[cfg(feature = "attestation")]
mod compound;
#[cfg(feature = "attestation")]
mod extension;
#[cfg(feature = "attestation")]
mod fido_u2f;
mod none;
mod packed;
mod policy;
mod summary;
#[cfg(feature = "attestation")]
mod tpm;
#[cfg(feature = "attestation")]
mod trust;

use core::fmt;
use std::borrow::Cow;
use std::time::SystemTime;

#[cfg(feature = "attestation")]
use sha2::{Digest, Sha256};

#[cfg(feature = "attestation")]
use crate::certificate::{Certificate, TrustPath};
use crate::debug::Der;
#[cfg(feature = "attestation")]
use crate::debug::Text;
use crate::encoding::cbor::Decoder;
use crate::error::{ErrorKind, Failure, ParseError, quote};
#[cfg(feature = "attestation")]
use crate::key::Algorithm;
use crate::key::PublicKey;
use crate::message::attestation_object::{AttestationObject, AttestationStatement};
use crate::message::authenticator_data::{Aaguid, AuthenticatorData};
use crate::message::cose_key::CoseKey;
#[cfg(feature = "metadata")]
use crate::metadata::{AuthenticatorStatus, CertificationLevel, Date};
#[cfg(feature = "attestation")]
use crate::quirk::Quirk;
use crate::quirk::{Quirks, Tolerance};
use crate::signature;
#[cfg(feature = "attestation")]
use crate::signature::budget::Budget;

pub use policy::AttestationPolicy;
#[cfg(feature = "attestation")]
use policy::Rules;
#[cfg(feature = "attestation")]
pub use policy::{CompoundRule, SecurityLevel};

/// Longest format identifier that §8.1 allows, in bytes.
const MAX_FORMAT: usize = 32;

/// More certificates than any real statement carries.
const MAX_CERTIFICATES: usize = 8;

/// An attestation statement format of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationFormat {
    /// `none` (§8.7): no statement at all.
    None,
    /// `packed` (§8.2). Without the crate feature `attestation`, only self attestation.
    Packed,
    /// `tpm` (§8.3). With the crate feature `attestation`.
    Tpm,
    /// `android-key` (§8.4). With the crate feature `attestation`.
    AndroidKey,
    /// `android-safetynet` (§8.5), of a service that no longer exists. With the crate feature
    /// `attestation`, and where the policy accepts it.
    AndroidSafetyNet,
    /// `fido-u2f` (§8.6). With the crate feature `attestation`.
    FidoU2f,
    /// `apple` (§8.8). With the crate feature `attestation`.
    Apple,
    /// `compound` (§8.9): several statements. With the crate feature `attestation`.
    Compound,
}

impl AttestationFormat {
    const ALL: [AttestationFormat; 8] = [
        AttestationFormat::None,
        AttestationFormat::Packed,
        AttestationFormat::Tpm,
        AttestationFormat::AndroidKey,
        AttestationFormat::AndroidSafetyNet,
        AttestationFormat::FidoU2f,
        AttestationFormat::Apple,
        AttestationFormat::Compound,
    ];

    /// The registered identifier, such as `"fido-u2f"`.
    pub fn identifier(self) -> &'static str {
        match self {
            AttestationFormat::None => "none",
            AttestationFormat::Packed => "packed",
            AttestationFormat::Tpm => "tpm",
            AttestationFormat::AndroidKey => "android-key",
            AttestationFormat::AndroidSafetyNet => "android-safetynet",
            AttestationFormat::FidoU2f => "fido-u2f",
            AttestationFormat::Apple => "apple",
            AttestationFormat::Compound => "compound",
        }
    }

    /// Determines the format by a case-sensitive match: step 21 of §7.1.
    ///
    /// # Errors
    ///
    /// `AttestationInvalid` for text that is no format identifier (§8.1), else
    /// `UnsupportedAttestationFormat`, naming the format.
    pub fn from_identifier(identifier: &str) -> Result<AttestationFormat, Failure> {
        let known = AttestationFormat::ALL.into_iter().find(|one| one.identifier() == identifier);
        match known {
            Some(format) if format.is_compiled_in() => Ok(format),
            _ => Err(unsupported(identifier)),
        }
    }

    pub(crate) fn is_compiled_in(self) -> bool {
        matches!(self, AttestationFormat::None | AttestationFormat::Packed)
            || cfg!(feature = "attestation")
    }
}

/// Why a format identifier is not one that is verified here.
fn unsupported(identifier: &str) -> Failure {
    let well_formed = identifier.len() <= MAX_FORMAT
        && identifier.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    let kind = if well_formed {
        ErrorKind::UnsupportedAttestationFormat
    } else {
        ErrorKind::AttestationInvalid
    };
    Failure::new(kind, format!("format {}", quote(identifier.chars())))
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
    /// Not known: the policy ignores attestation, and nobody has looked at the statement.
    Ignored,
    /// The credential key has signed its own registration: possession, and no more.
    SelfAttestation,
    /// A certificate vouches for the model of the authenticator.
    Basic,
    /// A certificate authority vouches for this authenticator's own attestation key.
    AttCa,
    /// A certificate authority vouches for this credential alone.
    AnonCa,
    /// A certificate vouches for the authenticator: Basic or AttCA, which the statement alone
    /// does not tell apart.
    Uncertain,
    /// Several statements, each with a type of its own: `Attestation::statements`.
    Compound,
}

/// Something that a verdict does not say, because nobody has asked for it or nobody could know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unchecked {
    /// The statement: the policy ignores attestation.
    Statement,
    /// The way to a trust anchor: the policy does not demand one. The AAGUID and the certificates
    /// prove nothing.
    Trust,
    /// Whether a certificate of the path was revoked: the anchor has no list of revocations.
    Revocation,
    /// What the metadata says of the model, such as that its keys are compromised: the policy has
    /// no metadata, or the metadata does not know the model.
    Metadata,
    /// What has happened to the model since the last update of the metadata, which is overdue.
    StaleMetadata,
    /// Whether an entry of the metadata that cannot be read is about the model, which has no other.
    UnidentifiedEntries,
    /// Whether the manufacturer that a TPM certificate names is a registered one.
    TpmManufacturer,
    /// Statements inside a compound one that are not correct, or not trusted, where the policy is
    /// content with any.
    NestedStatement,
}

/// What the metadata says of a model, at the time of the registration.
#[cfg(feature = "metadata")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRecord {
    description: Option<String>,
    certification: Option<CertificationLevel>,
    last_status: Option<(AuthenticatorStatus, Option<Date>)>,
    is_proven: bool,
}

#[cfg(feature = "metadata")]
impl ModelRecord {
    /// The name of the model, in English.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The level at which the model is certified; `None` if it is not.
    pub fn certification(&self) -> Option<CertificationLevel> {
        self.certification
    }

    /// The last status of its history, and the day from which it holds.
    pub fn last_status(&self) -> Option<(&AuthenticatorStatus, Option<Date>)> {
        self.last_status.as_ref().map(|(status, date)| (status, *date))
    }

    /// Whether the model is proven: the path ends at an anchor of this model's entry, or at one that
    /// the policy has for this model alone. Otherwise the authenticator only claims to be of it.
    pub fn is_proven(&self) -> bool {
        self.is_proven
    }
}

/// A verified attestation. Only the verifier makes one.
///
/// `Display` is for logs and audits: one line for each fact.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Attestation {
    format: AttestationFormat,
    attestation_type: AttestationType,
    claimed_aaguid: Option<Aaguid>,
    certificates: Vec<Vec<u8>>,
    unchecked: Cow<'static, [Unchecked]>,
    quirks: Quirks,
    #[cfg(feature = "attestation")]
    trust_path: Option<TrustPath>,
    #[cfg(feature = "attestation")]
    trusted_aaguid: Option<Aaguid>,
    #[cfg(feature = "attestation")]
    statements: Vec<Attestation>,
    #[cfg(feature = "attestation")]
    security_level: Option<SecurityLevel>,
    #[cfg(feature = "attestation")]
    tpm_manufacturer: Option<String>,
    #[cfg(feature = "attestation")]
    signed_with_rs1: bool,
    #[cfg(feature = "metadata")]
    model_record: Option<ModelRecord>,
}

impl fmt::Debug for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificates: Vec<_> = self.certificates.iter().map(|der| Der(der)).collect();
        let mut shown = f.debug_struct("Attestation");
        shown
            .field("format", &self.format)
            .field("attestation_type", &self.attestation_type)
            .field("claimed_aaguid", &self.claimed_aaguid)
            .field("certificates", &certificates)
            .field("unchecked", &self.unchecked)
            .field("quirks", &self.quirks);
        #[cfg(feature = "attestation")]
        shown
            .field("trust_path", &self.trust_path)
            .field("trusted_aaguid", &self.trusted_aaguid)
            .field("statements", &self.statements)
            .field("security_level", &self.security_level)
            .field("tpm_manufacturer", &self.tpm_manufacturer.as_deref().map(Text))
            .field("signed_with_rs1", &self.signed_with_rs1);
        #[cfg(feature = "metadata")]
        shown.field("model_record", &self.model_record);
        shown.finish()
    }
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
    /// first. Unproven unless there is a trust path, and those beyond its anchor even then.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The model that the authenticator data name; `None` where they name none, by an AAGUID of zeros.
    /// A claim: with the crate feature `attestation`, `trusted_aaguid` says whether it is proven.
    pub fn claimed_aaguid(&self) -> Option<Aaguid> {
        self.claimed_aaguid
    }

    /// What was not checked.
    pub fn unchecked(&self) -> &[Unchecked] {
        &self.unchecked
    }

    /// The tolerated quirks without which the attestation would have been refused.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// The path to a trust anchor, where the policy demanded one. `None` means that trust was not
    /// assessed, and that the AAGUID and the certificates prove nothing. The statements inside a
    /// compound one have paths of their own.
    #[cfg(feature = "attestation")]
    pub fn trust_path(&self) -> Option<&TrustPath> {
        self.trust_path.as_ref()
    }

    /// The model of the authenticator, where a trusted attestation has signed it. `None` without
    /// a trust path, and for `fido-u2f`, whose signature does not cover the AAGUID. For `tpm`,
    /// `android-key`, `android-safetynet` and `apple`, where software decides which AAGUID is
    /// signed, and for every model that the metadata knows, only where the path ends at an anchor of
    /// that model: otherwise `None`. An anchor that several entries of the metadata list proves that
    /// it is one of their models.
    #[cfg(feature = "attestation")]
    pub fn trusted_aaguid(&self) -> Option<Aaguid> {
        self.trusted_aaguid
    }

    /// The statements inside a compound one that were verified, in their order; none in any other
    /// format.
    #[cfg(feature = "attestation")]
    pub fn statements(&self) -> &[Attestation] {
        &self.statements
    }

    /// Where the credential's key lives, as an `android-key` attestation says it: the lower of its
    /// two levels. Unproven unless there is a trust path.
    #[cfg(feature = "attestation")]
    pub fn security_level(&self) -> Option<SecurityLevel> {
        self.security_level
    }

    /// The manufacturer that the certificate of a `tpm` attestation names, such as
    /// `"id:494E5443"`.
    #[cfg(feature = "attestation")]
    pub fn tpm_manufacturer(&self) -> Option<&str> {
        self.tpm_manufacturer.as_deref()
    }

    /// Whether the statement, or one inside it, is signed with RS1, RSASSA-PKCS1-v1_5 with SHA-1. A
    /// `tpm` statement may be: whoever finds another message with the same SHA-1 has another one signed.
    #[cfg(feature = "attestation")]
    pub fn is_signed_with_rs1(&self) -> bool {
        self.signed_with_rs1 || self.statements.iter().any(Attestation::is_signed_with_rs1)
    }

    /// Whether SHA-1 had a part in what was verified: in the signature of a `tpm` statement (RS1), or,
    /// where [`Quirk::Sha1Attestation`] was needed, in a certificate or the name of a key.
    #[cfg(feature = "attestation")]
    pub fn relies_on_sha1(&self) -> bool {
        let by_quirk = self.quirks.contains(Quirk::Sha1Attestation);
        by_quirk || self.is_signed_with_rs1()
    }

    /// What the metadata says of the model, where the policy has metadata and it knows the model.
    #[cfg(feature = "metadata")]
    pub fn model_record(&self) -> Option<&ModelRecord> {
        self.model_record.as_ref()
    }

    /// Adds what was not checked in the statements inside, so that it is seen without looking
    /// there.
    #[cfg(feature = "attestation")]
    fn take_unchecked_of_statements(&mut self) {
        for one in self.statements.iter().flat_map(|statement| &*statement.unchecked) {
            if !self.unchecked.contains(one) {
                self.unchecked.to_mut().push(*one);
            }
        }
    }

    /// What a format's verification procedure returns: trust is not assessed yet.
    fn new(format: AttestationFormat, attestation_type: AttestationType) -> Attestation {
        Attestation {
            format,
            attestation_type,
            claimed_aaguid: None,
            certificates: Vec::new(),
            unchecked: Cow::Borrowed(&[Unchecked::Trust]),
            quirks: Quirks::NONE,
            #[cfg(feature = "attestation")]
            trust_path: None,
            #[cfg(feature = "attestation")]
            trusted_aaguid: None,
            #[cfg(feature = "attestation")]
            statements: Vec::new(),
            #[cfg(feature = "attestation")]
            security_level: None,
            #[cfg(feature = "attestation")]
            tpm_manufacturer: None,
            #[cfg(feature = "attestation")]
            signed_with_rs1: false,
            #[cfg(feature = "metadata")]
            model_record: None,
        }
    }
}

/// Verifies an attestation: steps 21 to 24 of §7.1, which are to determine the format, to run its
/// verification procedure, and to assess the trust that the policy demands.
///
/// `client_data_hash` is the SHA-256 of `clientDataJSON`.
///
/// # Errors
///
/// `UnsupportedAttestationFormat`, `MissingAttestedCredentialData`, what [`CoseKey::parse`] says
/// of the credential key; where the statement is not correct `AttestationInvalid`,
/// `SignatureInvalid`, `AlgorithmKeyMismatch`, `AaguidMismatch`, `KeyMismatch`,
/// `AttestationNonceMismatch`, `TpmMagicMismatch`, `TrailingBytes`, `UnsupportedAlgorithm`,
/// `WeakAlgorithm`, `TooManySignatureChecks`; where the policy refuses it `NoTrustAnchors`,
/// `UntrustedAttestation`, `AuthenticatorNotAllowed`, and with metadata `MetadataInvalid`;
/// `InvalidPolicy` where the policy ignores attestation and demands something of it.
pub fn verify(
    object: &AttestationObject<'_>,
    client_data_hash: &[u8; 32],
    policy: &AttestationPolicy,
    now: SystemTime,
    quirks: Quirks,
) -> Result<Attestation, Failure> {
    policy.check().map_err(|error| Failure::new(ErrorKind::InvalidPolicy, error.to_string()))?;
    let format = policy.determine_format(object.format())?;
    let attested = object
        .authenticator_data()
        .attested_credential()
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    let key = CoseKey::parse_at(attested.public_key(), attested.public_key_offset())?;
    let authenticator_data = object.authenticator_data();
    let attestation =
        policy.verify_statement(format, object, key.public_key(), client_data_hash, now, quirks)?;
    policy.assess(attestation, authenticator_data, now, quirks)
}

/// The verification procedure inputs (§6.5.2), and what the policy says about the procedure.
#[derive(Clone, Copy)]
struct Inputs<'i, 'a> {
    statement: AttestationStatement<'a>,
    authenticator_data: &'i AuthenticatorData<'a>,
    client_data_hash: &'i [u8; 32],
    credential_key: &'i PublicKey<'a>,
    #[cfg(feature = "attestation")]
    rules: &'i Rules,
    #[cfg(feature = "attestation")]
    now: SystemTime,
    tolerance: &'i Tolerance,
    /// Without certificates there is one statement and one signature.
    #[cfg(feature = "attestation")]
    budget: &'i Budget,
}

impl<'a> Inputs<'_, 'a> {
    /// What most statements sign: authenticator data, then the client data hash.
    fn signed_parts(&self) -> [&[u8]; 2] {
        [self.authenticator_data.as_bytes(), self.client_data_hash]
    }

    /// The SHA-256 of that, which some formats carry in its place.
    #[cfg(feature = "attestation")]
    fn signed_hash(&self) -> [u8; 32] {
        let [authenticator_data, client_data_hash] = self.signed_parts();
        let hash = Sha256::new().chain_update(authenticator_data);
        hash.chain_update(client_data_hash).finalize().into()
    }
}

/// Runs the verification procedure of one format: step 22 of §7.1.
fn verify_format(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    let attestation = run_procedure(format, inputs)?;
    let quirks = attestation.quirks.and(inputs.tolerance.needed());
    let claimed_aaguid = claimed_aaguid(inputs.authenticator_data);
    Ok(Attestation { claimed_aaguid, quirks, ..attestation })
}

/// The model that the authenticator data name, if they name one.
fn claimed_aaguid(authenticator_data: &AuthenticatorData<'_>) -> Option<Aaguid> {
    let attested = authenticator_data.attested_credential()?;
    Some(attested.aaguid()).filter(|aaguid| !aaguid.is_zero())
}

fn run_procedure(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    match format {
        AttestationFormat::None => none::verify(inputs),
        AttestationFormat::Packed => packed::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::Tpm => tpm::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::AndroidKey => android_key::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::AndroidSafetyNet => android_safetynet::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::FidoU2f => fido_u2f::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::Apple => apple::verify(inputs),
        #[cfg(feature = "attestation")]
        AttestationFormat::Compound => compound::verify(inputs, verify_format),
        #[cfg(not(feature = "attestation"))]
        other => Err(unsupported(other.identifier())),
    }
}

/// Verifies the signature `sig` of a statement.
fn check_signature(
    inputs: &Inputs<'_, '_>,
    key: &PublicKey<'_>,
    parts: &[&[u8]],
    sig: &[u8],
) -> Result<(), Failure> {
    #[cfg(feature = "attestation")]
    inputs.budget.pay(key.material())?;
    signature::verify_parts(key, parts, sig, inputs.tolerance)
        .map_err(|failure| failure.in_field("attStmt.sig"))
}

/// The key of an attestation certificate, for the algorithm that the statement declares.
#[cfg(feature = "attestation")]
fn certificate_key<'a>(
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
        let declared = decoder.array("attStmt.x5c")?;
        if declared == 0 {
            return Err(start.error("attStmt.x5c", "an empty array of certificates"));
        }
        let mut certificates: [&[u8]; MAX_CERTIFICATES] = [&[]; MAX_CERTIFICATES];
        let count = usize::try_from(declared).unwrap_or(usize::MAX);
        let Some(places) = certificates.get_mut(..count) else {
            return Err(start.error("attStmt.x5c", "more than 8 certificates"));
        };
        for place in places {
            *place = decoder.bytes("attStmt.x5c")?;
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
