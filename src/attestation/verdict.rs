//! The verdict on an attestation: what is proven, what is only said, and what was not checked.

use core::fmt;
use std::borrow::Cow;

use super::format::AttestationFormat;
#[cfg(feature = "metadata")]
use super::model_record::ModelRecord;
use super::rules::SecurityLevel;
#[cfg(feature = "attestation")]
use crate::certificate::TrustPath;
use crate::debug::{Der, Text};
use crate::message::authenticator_data::Aaguid;
use crate::names::names;
use crate::quirk::Quirks;

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

names! {
    AttestationType, "attestation type";
    None = "None",
    Ignored = "ignored",
    SelfAttestation = "Self",
    Basic = "Basic",
    AttCa = "AttCA",
    AnonCa = "AnonCA",
    Uncertain = "uncertain",
    Compound = "compound",
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

/// A verified attestation. Only the verifier makes one.
///
/// `Display` is for logs and audits: one line for each fact.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Attestation {
    pub(super) format: AttestationFormat,
    pub(super) attestation_type: AttestationType,
    pub(super) unverified_aaguid: Option<Aaguid>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) unchecked: Cow<'static, [Unchecked]>,
    pub(super) quirks: Quirks,
    pub(super) trusted_aaguid: Option<Aaguid>,
    pub(super) statements: Vec<Attestation>,
    pub(super) security_level: Option<SecurityLevel>,
    pub(super) tpm_manufacturer: Option<String>,
    pub(super) signed_with_rs1: bool,
    #[cfg(feature = "attestation")]
    pub(super) trust_path: Option<TrustPath>,
    #[cfg(feature = "metadata")]
    pub(super) model_record: Option<ModelRecord>,
}

impl fmt::Debug for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificates: Vec<_> = self.certificates.iter().map(|der| Der(der)).collect();
        let mut shown = f.debug_struct("Attestation");
        shown
            .field("format", &self.format)
            .field("attestation_type", &self.attestation_type)
            .field("unverified_aaguid", &self.unverified_aaguid)
            .field("certificates", &certificates)
            .field("unchecked", &self.unchecked)
            .field("quirks", &self.quirks);
        #[cfg(feature = "attestation")]
        shown.field("trust_path", &self.trust_path);
        shown
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
    pub fn unverified_aaguid(&self) -> Option<Aaguid> {
        self.unverified_aaguid
    }

    /// What was not checked.
    pub fn unchecked(&self) -> &[Unchecked] {
        &self.unchecked
    }

    /// The tolerated quirks without which the attestation would have been refused.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// What a format's verification procedure returns: trust is not assessed yet.
    pub(super) fn new(format: AttestationFormat, attestation_type: AttestationType) -> Attestation {
        Attestation {
            format,
            attestation_type,
            unverified_aaguid: None,
            certificates: Vec::new(),
            unchecked: Cow::Borrowed(&[Unchecked::Trust]),
            quirks: Quirks::NONE,
            trusted_aaguid: None,
            statements: Vec::new(),
            security_level: None,
            tpm_manufacturer: None,
            signed_with_rs1: false,
            #[cfg(feature = "attestation")]
            trust_path: None,
            #[cfg(feature = "metadata")]
            model_record: None,
        }
    }
}

#[cfg(feature = "attestation")]
impl Attestation {
    /// The path to a trust anchor, where the policy demanded one. `None` means that trust was not
    /// assessed, and that the AAGUID and the certificates prove nothing. The statements inside a
    /// compound one have paths of their own.
    pub fn trust_path(&self) -> Option<&TrustPath> {
        self.trust_path.as_ref()
    }

    /// The model of the authenticator, where a trusted attestation has signed it. `None` without
    /// a trust path, for an AAGUID of zeros, and for `fido-u2f`, whose signature does not cover the
    /// AAGUID. For `tpm`,
    /// `android-key`, `android-safetynet` and `apple`, where software decides which AAGUID is
    /// signed, and for every model that the metadata knows, only where the path ends at an anchor of
    /// that model: otherwise `None`. An anchor that several entries of the metadata list proves that
    /// it is one of their models.
    pub fn trusted_aaguid(&self) -> Option<Aaguid> {
        self.trusted_aaguid
    }

    /// The statements inside a compound one that were verified, in their order; none in any other
    /// format.
    pub fn statements(&self) -> &[Attestation] {
        &self.statements
    }

    /// Where the credential's key lives, as an `android-key` attestation says it: the lower of its
    /// two levels. Unproven unless there is a trust path.
    pub fn security_level(&self) -> Option<SecurityLevel> {
        self.security_level
    }

    /// The manufacturer that the certificate of a `tpm` attestation names, such as
    /// `"id:494E5443"`.
    pub fn tpm_manufacturer(&self) -> Option<&str> {
        self.tpm_manufacturer.as_deref()
    }

    /// Whether the statement, or one inside it, is signed with RS1, RSASSA-PKCS1-v1_5 with SHA-1.
    pub(crate) fn is_signed_with_rs1(&self) -> bool {
        self.signed_with_rs1 || self.statements.iter().any(Attestation::is_signed_with_rs1)
    }

    /// Whether SHA-1 had a part in what was verified: in the signature of a `tpm` statement, or of
    /// one inside a compound statement (RS1, RSASSA-PKCS1-v1_5 with SHA-1), or, where
    /// [`Quirk::Sha1Attestation`](crate::Quirk::Sha1Attestation) was needed, in a certificate or the
    /// name of a key. Whoever finds another message with the same SHA-1 has another one signed.
    pub fn relies_on_sha1(&self) -> bool {
        let by_quirk = self.quirks.contains(crate::quirk::Quirk::Sha1Attestation);
        by_quirk || self.is_signed_with_rs1()
    }

    /// What the metadata says of the model, where the policy has metadata and it knows the model.
    #[cfg(feature = "metadata")]
    pub fn model_record(&self) -> Option<&ModelRecord> {
        self.model_record.as_ref()
    }

    /// Adds what was not checked in the statements inside, so that it is seen without looking
    /// there.
    pub(super) fn take_unchecked_of_statements(&mut self) {
        for one in self.statements.iter().flat_map(|statement| &*statement.unchecked) {
            if !self.unchecked.contains(one) {
                self.unchecked.to_mut().push(*one);
            }
        }
    }
}
