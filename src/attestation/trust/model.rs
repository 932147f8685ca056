//! What the metadata says of the model of an authenticator, and what the policy demands of it.

use core::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::freshness::check_freshness;
use super::not_trusted::NotTrusted;
use crate::attestation::model_record::ModelRecord;
use crate::attestation::rules::Rules;
use crate::attestation::verdict::{Attestation, AttestationType, Unchecked};
use crate::certificate::{TrustAnchor, TrustPath};
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;
use crate::metadata::{CertificationLevel, Entry, ListedAttestationType, Metadata};

/// What a policy demands of models by their entries in the metadata.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ModelDemands {
    pub(crate) metadata: Option<Arc<Metadata>>,
    pub(crate) certification: Option<CertificationLevel>,
}

impl ModelDemands {
    /// Adds them to what `Debug` says of the demand for trust.
    pub(super) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown.field("metadata", &self.metadata).field("certification", &self.certification);
    }

    /// Whether there are anchors in the metadata, whatever the model is.
    pub(super) fn bring_anchors(&self) -> bool {
        self.metadata.is_some()
    }

    /// Looks up the model. A U2F authenticator has no AAGUID in the metadata.
    ///
    /// A model of which the metadata says something that cannot be read is refused: it may have been
    /// a revocation.
    pub(super) fn model(
        &self,
        aaguid: Option<Aaguid>,
        certificates: &[Vec<u8>],
    ) -> Result<Model<'_>, Failure> {
        let aaguid = aaguid.unwrap_or(Aaguid::ZERO);
        let metadata = self.metadata.as_deref();
        if metadata.is_some_and(|metadata| metadata.is_skipped(aaguid, certificates)) {
            let reason = "the entry of the model cannot be used";
            return Err(Failure::of("metadata", ErrorKind::AuthenticatorNotAllowed, reason));
        }
        let entry = metadata.and_then(|metadata| metadata.entry(aaguid, certificates));
        Ok(Model { metadata, certification: self.certification, aaguid, entry })
    }
}

/// The model of one authenticator.
pub(super) struct Model<'t> {
    metadata: Option<&'t Metadata>,
    certification: Option<CertificationLevel>,
    /// That of the metadata, zeros for a U2F authenticator.
    aaguid: Aaguid,
    entry: Option<&'t Entry>,
}

impl<'t> Model<'t> {
    /// The anchors of the model's entry; `None` where it has no entry.
    pub(super) fn anchors(&self) -> Option<&'t [TrustAnchor]> {
        self.entry.map(Entry::anchors)
    }

    /// A model that is known by a key is the one whose certificate is part of the path: what stands
    /// behind its end proves nothing.
    pub(super) fn check_is_of_path(
        &self,
        certificates: &[Vec<u8>],
        trust_path: &TrustPath,
    ) -> Result<(), Failure> {
        let path = certificates.get(..=trust_path.intermediates().len()).unwrap_or(certificates);
        let of_path = self.metadata.and_then(|metadata| metadata.entry(self.aaguid, path));
        if self.entry.is_some() && of_path.is_none() {
            let reason = "the certificate by which the metadata knows the model is not of the path";
            return Err(Failure::of("x5c", ErrorKind::UntrustedAttestation, reason));
        }
        Ok(())
    }

    /// Checks an attestation with a trusted path against what the metadata says of the model, and
    /// adds that, and what it does not say, to the verdict. `is_own` is whether the path ends at an
    /// anchor of the model's entry.
    pub(super) fn check(
        &self,
        mut trusted: Attestation,
        is_own: bool,
        rules: &Rules,
        now: SystemTime,
    ) -> Result<Attestation, NotTrusted> {
        self.check_certification(is_own, now)?;
        let unchecked = trusted.unchecked.to_mut();
        match self.entry {
            Some(entry) => {
                entry.check_attestation_type(observed(trusted.attestation_type))?;
                let certificates = trusted.certificates.iter().map(Vec::as_slice);
                let anchor = trusted.trust_path.iter().map(|path| path.anchor().as_der());
                entry.check_status(&certificates.chain(anchor).collect::<Vec<_>>(), now)?;
            }
            None => {
                unchecked.push(Unchecked::Metadata);
                unchecked.extend(self.check_unidentified_entries(rules)?);
            }
        }
        if let Some(metadata) = self.metadata {
            unchecked.extend(check_freshness(metadata, rules, now)?);
        }
        let is_proven = is_own || trusted.trusted_aaguid.is_some();
        let model_record = self.entry.map(|entry| ModelRecord::of(entry, now, is_proven));
        Ok(Attestation { model_record, ..trusted })
    }

    fn check_certification(&self, is_own: bool, now: SystemTime) -> Result<(), NotTrusted> {
        let certification = self.entry.and_then(|entry| entry.certification(now));
        if self.certification <= certification.filter(|_| is_own) {
            return Ok(());
        }
        let reason = match certification {
            Some(_) if !is_own => {
                "the path does not end at an anchor of the model, so it may be another".to_owned()
            }
            Some(level) => format!("the model is certified at level {level} only"),
            None => "the model is not known to be certified".to_owned(),
        };
        let failure = Failure::of("certification", ErrorKind::AuthenticatorNotAllowed, reason);
        let is_unproven = self.entry.is_some() && !is_own;
        Err(if is_unproven { NotTrusted::unproven(failure) } else { failure.into() })
    }

    /// An entry in which no model could be found may be that of a model without an entry.
    fn check_unidentified_entries(&self, rules: &Rules) -> Result<Option<Unchecked>, Failure> {
        if self.metadata.is_none_or(|metadata| metadata.unidentified_entries() == 0) {
            return Ok(None);
        }
        if !rules.unidentified_entries {
            let reason =
                "an entry that cannot be read may be that of the model, which has no other";
            return Err(Failure::of("metadata", ErrorKind::AuthenticatorNotAllowed, reason));
        }
        Ok(Some(Unchecked::UnidentifiedEntries))
    }
}

/// The types of the metadata that an attestation type may be.
fn observed(attestation_type: AttestationType) -> &'static [ListedAttestationType] {
    use crate::metadata::ListedAttestationType::{AnonCa, AttCa, BasicFull, BasicSurrogate};
    match attestation_type {
        AttestationType::SelfAttestation => &[BasicSurrogate],
        AttestationType::Basic => &[BasicFull],
        AttestationType::AttCa => &[AttCa],
        AttestationType::AnonCa => &[AnonCa],
        AttestationType::Uncertain => &[BasicFull, AttCa],
        AttestationType::None | AttestationType::Ignored | AttestationType::Compound => &[],
    }
}
