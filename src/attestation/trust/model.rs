//! The metadata about an authenticator's model, and the policy's requirements for it.

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

/// The policy's requirements for the metadata entry of a model.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ModelDemands {
    pub(crate) metadata: Option<Arc<Metadata>>,
    pub(crate) certification: Option<CertificationLevel>,
}

impl ModelDemands {
    /// Adds the fields to the `Debug` output of the requirement for trust.
    pub(super) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown.field("metadata", &self.metadata).field("certification", &self.certification);
    }

    /// Returns whether the metadata provides anchors, for any model.
    pub(super) fn bring_anchors(&self) -> bool {
        self.metadata.is_some()
    }

    /// Looks up the model. A U2F authenticator has no AAGUID in the metadata.
    ///
    /// A model with an unreadable entry is rejected, because the entry may report a revocation.
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
    /// The AAGUID in the metadata; zero for a U2F authenticator.
    aaguid: Aaguid,
    entry: Option<&'t Entry>,
}

impl<'t> Model<'t> {
    /// Returns the anchors of the model's entry, or `None` if it has no entry.
    pub(super) fn anchors(&self) -> Option<&'t [TrustAnchor]> {
        self.entry.map(Entry::anchors)
    }

    /// If the metadata identifies the model by the key of a certificate, checks that this
    /// certificate is part of the path. Certificates beyond the path's end prove nothing.
    pub(super) fn check_is_of_path(
        &self,
        certificates: &[Vec<u8>],
        trust_path: &TrustPath,
    ) -> Result<(), Failure> {
        let path = certificates.get(..=trust_path.intermediates().len()).unwrap_or(certificates);
        let of_path = self.metadata.and_then(|metadata| metadata.entry(self.aaguid, path));
        if self.entry.is_some() && of_path.is_none() {
            let reason = "the path lacks the certificate that identifies the model in the metadata";
            return Err(Failure::of("x5c", ErrorKind::UntrustedAttestation, reason));
        }
        Ok(())
    }

    /// Checks a trusted attestation against the metadata about its model. The metadata, and the
    /// facts that it leaves open, are added to the verdict. `is_own` is true if the path ends at an
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
                "the path does not end at an anchor of the model, so it is not proven".to_owned()
            }
            Some(level) => format!("the model is certified at level {level} only"),
            None => "the model is not known to be certified".to_owned(),
        };
        let failure = Failure::of("certification", ErrorKind::AuthenticatorNotAllowed, reason);
        let is_unproven = self.entry.is_some() && !is_own;
        Err(if is_unproven { NotTrusted::unproven(failure) } else { failure.into() })
    }

    /// Checks that no unreadable entry may be about this model, which has no readable entry.
    fn check_unidentified_entries(&self, rules: &Rules) -> Result<Option<Unchecked>, Failure> {
        if self.metadata.is_none_or(|metadata| metadata.unidentified_entries() == 0) {
            return Ok(None);
        }
        if !rules.unidentified_entries {
            let reason = "the model has no entry, and an unreadable entry may be about it";
            return Err(Failure::of("metadata", ErrorKind::AuthenticatorNotAllowed, reason));
        }
        Ok(Some(Unchecked::UnidentifiedEntries))
    }
}

/// Returns the attestation types of the metadata that match this attestation type.
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
