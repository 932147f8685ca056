//! The trust in a verified attestation: steps 23 and 24 of §7.1, by what the policy demands.

use core::fmt;
use std::borrow::Cow;
#[cfg(feature = "metadata")]
use std::sync::Arc;
use std::time::SystemTime;

#[cfg(feature = "metadata")]
use super::ModelRecord;
use super::compound::{Refused, each_as_strict_as_possible};
use super::policy::{CompoundRule, Rules};
use super::{Attestation, AttestationFormat, AttestationType, Unchecked};
use crate::certificate::{Purpose, REVOKED, TrustAnchor, TrustPath, find_path};
use crate::debug::Count;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;
#[cfg(feature = "metadata")]
use crate::metadata::{self, CertificationLevel, Entry, Metadata};
use crate::oid;
use crate::quirk::{Quirks, Tolerance};
use crate::signature::budget::Budget;

/// The demand for a certificate path.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Trust {
    pub(super) anchors: Vec<TrustAnchor>,
    pub(super) by_format: Vec<(AttestationFormat, Vec<TrustAnchor>)>,
    pub(super) by_aaguid: Vec<(Aaguid, Vec<TrustAnchor>)>,
    pub(super) allowed: Option<Vec<Aaguid>>,
    pub(super) denied: Vec<Aaguid>,
    #[cfg(feature = "metadata")]
    pub(super) metadata: Option<Arc<Metadata>>,
    #[cfg(feature = "metadata")]
    pub(super) minimum_certification: Option<CertificationLevel>,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |anchors: &[TrustAnchor]| Count(anchors.len(), "certificate");
        let by_format: Vec<_> =
            self.by_format.iter().map(|(format, anchors)| (format, count(anchors))).collect();
        let mut shown = f.debug_struct("Trust");
        shown
            .field("anchors", &count(&self.anchors))
            .field("by_format", &by_format)
            .field("by_aaguid", &Count(self.by_aaguid.len(), "model"))
            .field("allowed", &self.allowed.as_ref().map(|allowed| Count(allowed.len(), "model")))
            .field("denied", &Count(self.denied.len(), "model"));
        #[cfg(feature = "metadata")]
        shown
            .field("metadata", &self.metadata)
            .field("minimum_certification", &self.minimum_certification);
        shown.finish()
    }
}

/// The anchors at which the path of an attestation may end.
struct Anchors<'t> {
    /// Those of the model's entry in the metadata.
    of_entry: &'t [TrustAnchor],
    /// Whether there is an entry, with anchors or without.
    has_entry: bool,
    /// Those for the model, those for the format, or those for all: the first of them that there are.
    of_caller: &'t [TrustAnchor],
    /// Whether the caller's are for the model, and the only ones at which its paths may end.
    are_exclusive: bool,
}

/// The assessment of one registration.
#[derive(Clone, Copy)]
pub(super) struct Assessment<'p> {
    pub(super) trust: &'p Trust,
    pub(super) rules: &'p Rules,
    /// As the authenticator data has it, signed or not.
    pub(super) aaguid: Aaguid,
    pub(super) now: SystemTime,
    pub(super) budget: &'p Budget,
}

impl Assessment<'_> {
    /// Assesses an attestation, with these quirks tolerated in certificates.
    pub(super) fn assess(
        &self,
        attestation: Attestation,
        tolerated: Quirks,
    ) -> Result<Attestation, Refused> {
        let tolerance = Tolerance::new(tolerated);
        let of_statement = attestation.quirks;
        let assessed = match attestation.attestation_type {
            // Step 23, as far as no attestation is needed for it.
            _ if !self.trust.has_anchors() => Err(Failure::from(ErrorKind::NoTrustAnchors).into()),
            AttestationType::None | AttestationType::Ignored => {
                Err(untrusted("there is no attestation, and a trusted one is demanded").into())
            }
            AttestationType::SelfAttestation => {
                Err(untrusted("self attestation, and a trusted one is demanded").into())
            }
            AttestationType::Compound => {
                self.assess_compound(attestation, tolerated).map_err(NotTrusted::from)
            }
            AttestationType::Basic
            | AttestationType::AttCa
            | AttestationType::AnonCa
            | AttestationType::Uncertain => self.assess_path(attestation, &tolerance),
        };
        let needed = of_statement.and(tolerance.needed());
        assessed
            .map(|assessed| Attestation { quirks: assessed.quirks.and(needed), ..assessed })
            .map_err(|NotTrusted { failure, is_model_refused }| Refused {
                failure,
                needed,
                missed: tolerance.missed(),
                is_model_refused,
            })
    }

    /// Each statement for itself: paths are never joined, and one that proves nothing adds
    /// nothing.
    fn assess_compound(
        &self,
        mut attestation: Attestation,
        tolerated: Quirks,
    ) -> Result<Attestation, Failure> {
        let statements = core::mem::take(&mut attestation.statements);
        let mut assessed = attestation;
        assessed.unchecked.to_mut().retain(|one| *one != Unchecked::Trust);
        match self.rules.compound {
            CompoundRule::All => {
                for statement in statements {
                    let format = statement.format;
                    let statement = self
                        .assess(statement, tolerated)
                        .map_err(|refused| refused.failure.inside(the_statement(format)))?;
                    assessed.quirks = assessed.quirks.and(statement.quirks);
                    assessed.statements.push(statement);
                }
            }
            CompoundRule::Any => {
                let attempt = |statement: &Attestation, quirks| {
                    self.assess(statement.clone(), quirks)
                        .map_err(|refused| refused.of_statement(statement.format))
                };
                let (trusted, refused) =
                    each_as_strict_as_possible(&statements, tolerated, attempt);
                if !refused.is_empty() && !assessed.unchecked.contains(&Unchecked::NestedStatement)
                {
                    assessed.unchecked.to_mut().push(Unchecked::NestedStatement);
                }
                assessed.statements = trusted;
                assessed.keep_acceptable(refused)?;
            }
        }
        assessed.trusted_aaguid =
            assessed.statements.iter().find_map(|statement| statement.trusted_aaguid);
        assessed.take_unchecked_of_statements();
        Ok(assessed)
    }

    fn assess_path(
        &self,
        attestation: Attestation,
        tolerance: &Tolerance,
    ) -> Result<Attestation, NotTrusted> {
        // A U2F signature leaves the AAGUID out, so anybody may have written it.
        let aaguid = match attestation.format {
            AttestationFormat::FidoU2f => None,
            _ => Some(self.aaguid),
        };
        // Step 23.
        #[cfg(feature = "metadata")]
        self.trust.check_entry_is_usable(aaguid, &attestation.certificates)?;
        let anchors = self.trust.anchors_for(attestation.format, aaguid, &attestation.certificates);
        // Step 24.
        let (trust_path, is_own) = self.find_path(&attestation, aaguid, &anchors, tolerance)?;
        let proves_model = match anchors.are_exclusive || is_own {
            true => aaguid.is_some(),
            // Where the metadata has anchors of the model, others prove nothing about it.
            false => !anchors.has_entry && signs_aaguid(attestation.format),
        };
        let proven = aaguid.filter(|_| proves_model);
        #[cfg(feature = "metadata")]
        self.trust.check_entry_is_of_path(aaguid, &attestation.certificates, &trust_path)?;
        self.trust.check_aaguid(self.aaguid, aaguid, proven)?;
        let mut unchecked = attestation.unchecked.into_owned();
        unchecked.retain(|one| *one != Unchecked::Trust);
        if !trust_path.is_revocation_checked() {
            unchecked.push(Unchecked::Revocation);
        }
        #[cfg(feature = "metadata")]
        let entry = self.trust.entry(aaguid, &attestation.certificates);
        #[cfg(feature = "metadata")]
        unchecked.extend(self.check_metadata(
            entry,
            attestation.attestation_type,
            &attestation.certificates,
            &trust_path,
            is_own,
        )?);
        #[cfg(not(feature = "metadata"))]
        unchecked.push(Unchecked::Metadata);
        Ok(Attestation {
            trust_path: Some(trust_path),
            trusted_aaguid: proven,
            unchecked: unchecked.into(),
            #[cfg(feature = "metadata")]
            model_record: entry
                .map(|entry| ModelRecord::of(entry, self.now, is_own || proven.is_some())),
            ..attestation
        })
    }

    /// Finds a path to one of the anchors: first to those of the model's entry in the metadata, then
    /// to those of the caller. Says whether it ends at an authority of the entry.
    fn find_path(
        &self,
        attestation: &Attestation,
        aaguid: Option<Aaguid>,
        anchors: &Anchors<'_>,
        tolerance: &Tolerance,
    ) -> Result<(TrustPath, bool), Failure> {
        let chain: Vec<&[u8]> = attestation.certificates.iter().map(Vec::as_slice).collect();
        let mut refused = None;
        let of_entry = if anchors.are_exclusive { &[] } else { anchors.of_entry };
        for list in [of_entry, anchors.of_caller] {
            if list.is_empty() {
                continue;
            }
            let list = self.trust.with_revocations(list);
            let purpose = purpose_of(attestation.format);
            let attempt = Tolerance::new(tolerance.tolerated());
            let found = find_path(&chain, &list, self.now, purpose, &attempt, self.budget);
            tolerance.take(&attempt, found.is_ok());
            match found {
                Ok(path) => {
                    let mut own = anchors.of_entry.iter();
                    let is_own = own.any(|one| one.is_same_authority(path.anchor()));
                    return Ok((path, is_own));
                }
                // What is revoked stays so, whoever else the chain leads to.
                Err(failure) if failure.field() == Some(REVOKED) => return Err(failure),
                // If both lists fail, the reason of the first is reported: it is about the model.
                Err(failure) => {
                    refused.get_or_insert(failure);
                }
            }
        }
        Err(refused.unwrap_or_else(|| {
            let model = aaguid.map_or("a U2F authenticator".to_owned(), |one| one.to_string());
            let detail = format!("none for the format {} and {model}", attestation.format);
            Failure::new(ErrorKind::NoTrustAnchors, detail)
        }))
    }

    /// What the metadata says of the model. Returned is what it does not say.
    #[cfg(feature = "metadata")]
    fn check_metadata(
        &self,
        entry: Option<&Entry>,
        attestation_type: AttestationType,
        certificates: &[Vec<u8>],
        trust_path: &TrustPath,
        is_own: bool,
    ) -> Result<Vec<Unchecked>, NotTrusted> {
        let certification = entry.and_then(|entry| entry.certification(self.now));
        if self.trust.minimum_certification > certification.filter(|_| is_own) {
            let reason = match certification {
                Some(_) if !is_own => {
                    "the path does not end at an anchor of the model, so it may be another"
                        .to_owned()
                }
                Some(level) => format!("the model is certified at level {level:?} only"),
                None => "the model is not known to be certified".to_owned(),
            };
            let kind = ErrorKind::AuthenticatorNotAllowed;
            let failure = Failure::of("certification", kind, reason);
            let is_unproven = entry.is_some() && !is_own;
            return Err(if is_unproven { NotTrusted::unproven(failure) } else { failure.into() });
        }
        let mut unchecked = Vec::new();
        match entry {
            Some(entry) => {
                entry.check_attestation_type(observed(attestation_type))?;
                let anchor = trust_path.anchor().as_der().to_vec();
                let path: Vec<_> = certificates.iter().cloned().chain([anchor]).collect();
                entry.check_status(&path, self.now)?;
            }
            None => {
                unchecked.push(Unchecked::Metadata);
                unchecked.extend(self.check_unidentified_entries()?);
            }
        }
        unchecked.extend(self.check_metadata_age()?);
        Ok(unchecked)
    }

    /// An entry in which no model could be found may be that of a model without an entry.
    #[cfg(feature = "metadata")]
    fn check_unidentified_entries(&self) -> Result<Option<Unchecked>, Failure> {
        let metadata = self.trust.metadata.as_ref();
        if metadata.is_none_or(|metadata| metadata.unidentified_entries() == 0) {
            return Ok(None);
        }
        if !self.rules.unidentified_entries {
            let reason =
                "an entry that cannot be read may be that of the model, which has no other";
            return Err(Failure::of("metadata", ErrorKind::AuthenticatorNotAllowed, reason));
        }
        Ok(Some(Unchecked::UnidentifiedEntries))
    }

    /// Overdue metadata is refused, or named. That it does not know a model may be because it is
    /// overdue, so this does not depend on the model.
    #[cfg(feature = "metadata")]
    fn check_metadata_age(&self) -> Result<Option<Unchecked>, Failure> {
        let stale = self.trust.metadata.as_ref().filter(|metadata| metadata.is_stale(self.now));
        let Some(metadata) = stale else { return Ok(None) };
        if !self.rules.stale_metadata {
            let reason = format!("newer metadata was due on {}", metadata.next_update());
            return Err(Failure::of("nextUpdate", ErrorKind::MetadataInvalid, reason));
        }
        Ok(Some(Unchecked::StaleMetadata))
    }
}

/// Why an attestation is not trusted.
struct NotTrusted {
    failure: Failure,
    /// Whether the policy refuses the model, as opposed to not knowing that it is this one.
    is_model_refused: bool,
}

impl NotTrusted {
    /// The model may be another one than it claims.
    fn unproven(failure: Failure) -> NotTrusted {
        NotTrusted { failure, is_model_refused: false }
    }
}

impl From<Failure> for NotTrusted {
    fn from(failure: Failure) -> NotTrusted {
        let is_model_refused = failure.kind() == ErrorKind::AuthenticatorNotAllowed;
        NotTrusted { failure, is_model_refused }
    }
}

impl Refused {
    /// The same, of one statement inside a compound one.
    fn of_statement(self, format: AttestationFormat) -> Refused {
        let is_model_refused = self.is_model_refused && format != AttestationFormat::FidoU2f;
        let failure = self.failure.inside(the_statement(format));
        Refused { failure, is_model_refused, ..self }
    }
}

fn the_statement(format: AttestationFormat) -> String {
    format!("the {format} statement")
}

impl Attestation {
    /// Of the statements inside a compound one that hold where any will do, keeps those that hold
    /// with the fewest quirks.
    pub(super) fn with_fewest_quirks(mut self) -> Attestation {
        if self.attestation_type == AttestationType::Compound && !self.statements.is_empty() {
            let fewest = self.statements.iter().map(|statement| statement.quirks);
            let fewest = fewest.min_by_key(|quirks| quirks.iter().count());
            self.keep_needing(fewest.unwrap_or_default());
        }
        self
    }

    /// Keeps the statements that need no other quirks than these.
    fn keep_needing(&mut self, quirks: Quirks) {
        self.quirks = quirks;
        let count = self.statements.len();
        self.statements.retain(|statement| statement.quirks.is_subset_of(quirks));
        let is_known = self.unchecked.contains(&Unchecked::NestedStatement);
        if self.statements.len() < count && !is_known {
            self.unchecked.to_mut().push(Unchecked::NestedStatement);
        }
    }

    /// Keeps the trusted statements that make the attestation acceptable with the fewest quirks,
    /// where any will do.
    ///
    /// That a path has proven a model which is refused is not undone by a statement that proves no
    /// model. But what was only found by a quirk counts only where that quirk is needed: otherwise
    /// tolerating it would refuse what passes without it.
    fn keep_acceptable(&mut self, refused: Vec<Refused>) -> Result<(), Failure> {
        let is_acceptable = |quirks: &Quirks| {
            !refused.iter().any(|one| one.is_model_refused && one.needed.is_subset_of(*quirks))
        };
        let needed = self.statements.iter().map(|statement| statement.quirks);
        let fewest = needed.filter(is_acceptable).min_by_key(|quirks| quirks.iter().count());
        if let Some(fewest) = fewest {
            self.keep_needing(fewest);
            return Ok(());
        }
        let model = refused.iter().position(|one| one.is_model_refused);
        let failure = refused.into_iter().nth(model.unwrap_or_default());
        let otherwise = || untrusted("no statement is trusted");
        Err(failure.map_or_else(otherwise, |refused| refused.failure))
    }
}

#[cfg(feature = "metadata")]
impl ModelRecord {
    fn of(entry: &Entry, now: SystemTime, is_proven: bool) -> ModelRecord {
        let last = entry.last_status_report(now);
        ModelRecord {
            description: entry.description().map(str::to_owned),
            certification: entry.certification(now),
            last_status: last.map(|report| (report.status().clone(), report.effective_date())),
            is_proven,
        }
    }
}

/// The types of the metadata that an attestation type may be.
#[cfg(feature = "metadata")]
fn observed(attestation_type: AttestationType) -> &'static [metadata::AttestationType] {
    use crate::metadata::AttestationType::{AnonCa, AttCa, BasicFull, BasicSurrogate};
    match attestation_type {
        AttestationType::SelfAttestation => &[BasicSurrogate],
        AttestationType::Basic => &[BasicFull],
        AttestationType::AttCa => &[AttCa],
        AttestationType::AnonCa => &[AnonCa],
        AttestationType::Uncertain => &[BasicFull, AttCa],
        AttestationType::None | AttestationType::Ignored | AttestationType::Compound => &[],
    }
}

impl Trust {
    fn has_anchors(&self) -> bool {
        let by_format = self.by_format.iter().map(|(_, anchors)| anchors);
        let by_aaguid = self.by_aaguid.iter().map(|(_, anchors)| anchors);
        #[cfg(feature = "metadata")]
        if self.metadata.is_some() {
            return true;
        }
        let mut all = [&self.anchors].into_iter().chain(by_format).chain(by_aaguid);
        all.any(|anchors| !anchors.is_empty())
    }

    /// What the metadata says of the model. A U2F authenticator has no AAGUID there.
    #[cfg(feature = "metadata")]
    fn entry(&self, aaguid: Option<Aaguid>, certificates: &[Vec<u8>]) -> Option<&Entry> {
        let aaguid = aaguid.unwrap_or(Aaguid::from_bytes([0; 16]));
        self.metadata.as_ref()?.entry(aaguid, certificates)
    }

    /// A model of which the metadata says something that cannot be read is refused: it may have been
    /// a revocation.
    #[cfg(feature = "metadata")]
    fn check_entry_is_usable(
        &self,
        aaguid: Option<Aaguid>,
        certificates: &[Vec<u8>],
    ) -> Result<(), Failure> {
        let aaguid = aaguid.unwrap_or(Aaguid::from_bytes([0; 16]));
        let metadata = self.metadata.as_ref();
        if metadata.is_some_and(|metadata| metadata.is_skipped(aaguid, certificates)) {
            let reason = "the entry of the model cannot be used";
            return Err(Failure::of("metadata", ErrorKind::AuthenticatorNotAllowed, reason));
        }
        Ok(())
    }

    /// A model that is known by a key is the one whose certificate is part of the path: what stands
    /// behind its end proves nothing.
    #[cfg(feature = "metadata")]
    fn check_entry_is_of_path(
        &self,
        aaguid: Option<Aaguid>,
        certificates: &[Vec<u8>],
        trust_path: &TrustPath,
    ) -> Result<(), Failure> {
        let path = certificates.get(..=trust_path.intermediates().len()).unwrap_or(certificates);
        if self.entry(aaguid, path) != self.entry(aaguid, certificates) {
            let reason = "the certificate by which the metadata knows the model is not of the path";
            return Err(Failure::of("x5c", ErrorKind::UntrustedAttestation, reason));
        }
        Ok(())
    }

    /// The anchors at which the path of an attestation may end.
    fn anchors_for(
        &self,
        format: AttestationFormat,
        aaguid: Option<Aaguid>,
        certificates: &[Vec<u8>],
    ) -> Anchors<'_> {
        let mut anchors = Anchors {
            of_entry: &[],
            has_entry: false,
            of_caller: &self.anchors,
            are_exclusive: false,
        };
        #[cfg(feature = "metadata")]
        if let Some(entry) = self.entry(aaguid, certificates) {
            anchors.of_entry = entry.anchors();
            anchors.has_entry = true;
        }
        #[cfg(not(feature = "metadata"))]
        let _ = certificates;
        let for_aaguid = self.by_aaguid.iter().rev().find(|(one, _)| Some(*one) == aaguid);
        let for_format = self.by_format.iter().rev().find(|(one, _)| *one == format);
        if let Some((_, for_aaguid)) = for_aaguid {
            anchors.of_caller = for_aaguid;
            anchors.are_exclusive = true;
        } else if let Some((_, for_format)) = for_format {
            anchors.of_caller = for_format;
        }
        anchors
    }

    /// The same anchors, and those of the caller's that are certificates of the same authorities
    /// and have a list of revocations: metadata brings anchors without.
    fn with_revocations<'t>(&'t self, anchors: &'t [TrustAnchor]) -> Cow<'t, [TrustAnchor]> {
        let by_format = self.by_format.iter().flat_map(|(_, anchors)| anchors);
        let by_aaguid = self.by_aaguid.iter().flat_map(|(_, anchors)| anchors);
        let more: Vec<_> = self
            .anchors
            .iter()
            .chain(by_format)
            .chain(by_aaguid)
            .filter(|one| one.has_revocations() && !anchors.contains(one))
            .filter(|one| anchors.iter().any(|anchor| anchor.is_same_authority(one)))
            .cloned()
            .collect();
        if more.is_empty() { anchors.into() } else { [anchors, &more].concat().into() }
    }

    /// A model is denied whatever claims it, a U2F authenticator too; one that is only claimed is
    /// never one of those allowed.
    fn check_aaguid(
        &self,
        claimed: Aaguid,
        aaguid: Option<Aaguid>,
        proven: Option<Aaguid>,
    ) -> Result<(), NotTrusted> {
        if self.denied.contains(&claimed) {
            let reason = format!("{claimed} is on the list of those denied");
            let failure = Failure::of("aaguid", ErrorKind::AuthenticatorNotAllowed, reason);
            return Err(failure.into());
        }
        let listed = |list: &[Aaguid]| aaguid.is_some_and(|aaguid| list.contains(&aaguid));
        let refused = |reason: &str| {
            let model = aaguid.map_or("a U2F authenticator".to_owned(), |one| one.to_string());
            Failure::of("aaguid", ErrorKind::AuthenticatorNotAllowed, format!("{model} {reason}"))
        };
        if self.allowed.as_ref().is_some_and(|allowed| !listed(allowed)) {
            let failure = refused("is not on the list of those allowed");
            // A model that is only claimed may be one of the list.
            return Err(match proven {
                Some(_) => failure.into(),
                None => NotTrusted::unproven(failure),
            });
        }
        if self.allowed.is_some() && proven.is_none() {
            let failure = refused("is what anybody can claim: it needs anchors of its own");
            return Err(NotTrusted::unproven(failure));
        }
        Ok(())
    }
}

/// What the certificates of a format are for: the extension that its procedure has read may be
/// critical. Those of SafetyNet are of a server, below roots that issue to the public.
fn purpose_of(format: AttestationFormat) -> Purpose {
    let known = match format {
        AttestationFormat::AndroidSafetyNet => return Purpose::Server { named: false },
        AttestationFormat::Packed | AttestationFormat::Tpm => Some(oid::FIDO_AAGUID),
        AttestationFormat::AndroidKey => Some(oid::ANDROID_KEY_DESCRIPTION),
        AttestationFormat::Apple => Some(oid::APPLE_NONCE),
        AttestationFormat::FidoU2f | AttestationFormat::None | AttestationFormat::Compound => None,
    };
    Purpose::Signature { known }
}

/// Whether the AAGUID is among what the attestation key has signed. The data that an `android-key`
/// attestation goes with are made outside of the secure environment (§8.4): any application can have
/// some signed by a key of its own. A SafetyNet response is about whatever its caller hands in
/// (§8.5), and so is what a TPM attests to whoever administers the machine (§8.3). The authority of an
/// `apple` attestation sees a hash of the data, which the operating system made (§8.8). Such an
/// AAGUID is a claim, which only counts where the anchors are those of the model that is claimed.
fn signs_aaguid(format: AttestationFormat) -> bool {
    !matches!(
        format,
        AttestationFormat::FidoU2f
            | AttestationFormat::Tpm
            | AttestationFormat::AndroidKey
            | AttestationFormat::AndroidSafetyNet
            | AttestationFormat::Apple
    )
}

fn untrusted(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::UntrustedAttestation, reason)
}
