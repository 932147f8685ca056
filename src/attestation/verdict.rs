//! The result of verifying an attestation: the proven facts, the claims, and the omitted checks.

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

/// The type of an attestation: what a correct statement proves (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationType {
    /// The statement proves nothing.
    None,
    /// The type is unknown, because the policy ignores attestation and the statement was not
    /// examined.
    Ignored,
    /// The credential key signed its own registration. This proves only possession of the key.
    SelfAttestation,
    /// A certificate confirms the model of the authenticator.
    Basic,
    /// A certificate authority certified this authenticator's own attestation key.
    AttCa,
    /// A certificate authority certified only this credential.
    AnonCa,
    /// A certificate confirms the model or the attestation key of the authenticator. The type is
    /// Basic or AttCA; the statement alone does not show which.
    Uncertain,
    /// The attestation contains several statements, each with its own type. See
    /// `Attestation::statements`.
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

/// A fact that was not checked. Either the policy does not require the check, or the information
/// for it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unchecked {
    /// It was not checked whether the statement is correct, because the policy ignores attestation.
    Statement,
    /// It was not checked whether there is a path to a trust anchor, because the policy does not
    /// require one. The AAGUID and the certificates prove nothing.
    Trust,
    /// It was not checked whether a certificate of the path was revoked, because the anchor has no
    /// revocation list.
    Revocation,
    /// It was not checked whether the metadata reports problems of the model, for example
    /// compromised keys. The policy has no metadata, or the metadata has no entry for the model.
    Metadata,
    /// Status changes after the due date of the metadata's next update are unknown.
    StaleMetadata,
    /// The model has no readable entry in the metadata. An unreadable entry may be about it.
    UnidentifiedEntries,
    /// It was not checked whether the manufacturer in the TPM certificate is registered, because
    /// the policy does not require it.
    TpmManufacturer,
    /// Statements inside a compound statement that were left out, because one correct statement is
    /// enough. They are incorrect or untrusted, or they need more quirks.
    NestedStatement,
}

/// A verified attestation. Only the verifier can create one.
///
/// Its `Display` output is for logs and audits, with one fact per line.
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

    /// The attestation type.
    pub fn attestation_type(&self) -> AttestationType {
        self.attestation_type
    }

    /// The certificates of the statement (`x5c`), DER-encoded, with the attestation certificate
    /// first. They are proven only if there is a trust path. Certificates beyond the anchor of the
    /// path are never proven.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The AAGUID in the authenticator data, or `None` if it is zero. It is only a claim about the
    /// model. With the crate feature `attestation`, use `trusted_aaguid` to check whether the claim
    /// is proven.
    pub fn unverified_aaguid(&self) -> Option<Aaguid> {
        self.unverified_aaguid
    }

    /// The facts that were not checked.
    pub fn unchecked(&self) -> &[Unchecked] {
        &self.unchecked
    }

    /// The allowed quirks without which the attestation would have been rejected.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// Creates the result of a format's verification procedure. Trust is not assessed yet.
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
    /// The path to a trust anchor, if the policy required one. Without a path, trust was not
    /// assessed, and the AAGUID and the certificates prove nothing. For a compound statement, this
    /// is `None`; use the paths of the [`statements`](Attestation::statements).
    pub fn trust_path(&self) -> Option<&TrustPath> {
        self.trust_path.as_ref()
    }

    /// The AAGUID of the authenticator's model, if a trusted attestation proves the model. For a
    /// compound statement, this is the first model that a statement inside it proves.
    ///
    /// This method returns `None` if there is no trust path, if the AAGUID is zero, or if the
    /// format is `fido-u2f`, because its signature does not cover the AAGUID. In the following
    /// cases, it returns the model only if the path ends at an anchor of that model:
    ///
    /// - The format is `tpm`, `android-key`, `android-safetynet` or `apple`, where software decides
    ///   which AAGUID is signed.
    /// - The metadata has an entry for the model.
    ///
    /// If several metadata entries list the same anchor, the anchor proves only that the model is
    /// one of these entries' models.
    pub fn trusted_aaguid(&self) -> Option<Aaguid> {
        self.trusted_aaguid
    }

    /// The verified statements inside a compound statement, in their original order. The slice is
    /// empty for all other formats.
    pub fn statements(&self) -> &[Attestation] {
        &self.statements
    }

    /// The place where the credential's key is stored, according to an `android-key` attestation.
    /// This is the lower of the two security levels in the attestation. It is proven only if there
    /// is a trust path.
    pub fn security_level(&self) -> Option<SecurityLevel> {
        self.security_level
    }

    /// The manufacturer in the certificate of a `tpm` attestation, for example `"id:494E5443"`.
    pub fn tpm_manufacturer(&self) -> Option<&str> {
        self.tpm_manufacturer.as_deref()
    }

    /// Returns whether the statement, or one inside it, is signed with RS1 (RSASSA-PKCS1-v1_5 with
    /// SHA-1).
    pub(crate) fn is_signed_with_rs1(&self) -> bool {
        self.signed_with_rs1 || self.statements.iter().any(Attestation::is_signed_with_rs1)
    }

    /// Returns whether the verification relied on SHA-1. It did if a `tpm` statement, alone or
    /// inside a compound statement, is signed with RS1 (RSASSA-PKCS1-v1_5 with SHA-1), or if
    /// [`Quirk::Sha1Attestation`](crate::Quirk::Sha1Attestation) was needed for a certificate or
    /// the name of a key. An attacker who finds another message with the same SHA-1 hash can reuse
    /// the signature.
    pub fn relies_on_sha1(&self) -> bool {
        let by_quirk = self.quirks.contains(crate::quirk::Quirk::Sha1Attestation);
        by_quirk || self.is_signed_with_rs1()
    }

    /// The metadata about the model, if the policy has metadata with an entry for the model.
    #[cfg(feature = "metadata")]
    pub fn model_record(&self) -> Option<&ModelRecord> {
        self.model_record.as_ref()
    }

    /// Adds the unchecked facts of the statements inside a compound statement, so that the outer
    /// attestation lists all of them.
    pub(super) fn take_unchecked_of_statements(&mut self) {
        for one in self.statements.iter().flat_map(|statement| &*statement.unchecked) {
            if !self.unchecked.contains(one) {
                self.unchecked.to_mut().push(*one);
            }
        }
    }
}
