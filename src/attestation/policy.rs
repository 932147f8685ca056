//! What a relying party demands of an attestation: steps 21 to 24 of §7.1.

#[cfg(feature = "attestation")]
use std::borrow::Cow;
use std::time::SystemTime;

#[cfg(feature = "metadata")]
use std::sync::Arc;
#[cfg(feature = "attestation")]
use std::time::Duration;

#[cfg(feature = "attestation")]
use super::unsupported;
use super::{Attestation, AttestationFormat, AttestationType, Inputs, Unchecked, verify_format};
#[cfg(feature = "metadata")]
use crate::certificate::TrustPath;
#[cfg(feature = "attestation")]
use crate::certificate::{TrustAnchor, verify_path};
#[cfg(feature = "attestation")]
use crate::error::ErrorKind;
use crate::error::Failure;
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationObject;
#[cfg(feature = "attestation")]
use crate::message::authenticator_data::Aaguid;
use crate::message::authenticator_data::AuthenticatorData;
#[cfg(feature = "metadata")]
use crate::metadata::{self, CertificationLevel, Entry, Metadata};
use crate::quirk::Quirks;

/// What a relying party demands of an attestation.
///
/// There are three degrees. [`ignore`](AttestationPolicy::ignore) does not look at the statement;
/// the default verifies that it is correct, and accepts every attestation type, with certificates
/// reported as they came, untrusted; and a policy with anchors demands a certificate path to one
/// of them. A format that is not known fails under every policy.
///
/// With the crate feature `attestation`:
///
/// ```
/// # #[cfg(feature = "attestation")] {
/// use webauthn_verify::attestation::{AttestationFormat, AttestationPolicy};
/// use webauthn_verify::certificate::TrustAnchor;
/// use webauthn_verify::parse::Aaguid;
///
/// fn only_our_keys(vendor_root: TrustAnchor, model: Aaguid) -> AttestationPolicy {
///     AttestationPolicy::trusted([])
///         .anchors_for_format(AttestationFormat::Packed, [vendor_root])
///         .allow_aaguids([model])
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttestationPolicy {
    demand: Demand,
    #[cfg(feature = "attestation")]
    rules: Rules,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Demand {
    Nothing,
    #[default]
    CorrectStatement,
    #[cfg(feature = "attestation")]
    Trust(Trust),
}

/// Where a key lives that an `android-key` attestation is about (§8.4).
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityLevel {
    /// In the operating system.
    #[default]
    Software,
    /// In a trusted execution environment.
    TrustedEnvironment,
    /// In a secure element of its own.
    StrongBox,
}

/// How many of the statements inside a `compound` one must hold (§8.9).
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CompoundRule {
    /// Every one.
    #[default]
    All,
    /// At least one. The verdict lists only those that hold.
    Any,
}

/// What the policy says about the verification procedures of the formats.
#[cfg(feature = "attestation")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    /// The age up to which a SafetyNet response counts; `None` accepts none.
    pub(super) safetynet: Option<Duration>,
    pub(super) compound: CompoundRule,
    pub(super) android_key: SecurityLevel,
    pub(super) tpm_manufacturers: bool,
}

/// The demand for a certificate path.
#[cfg(feature = "attestation")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Trust {
    anchors: Vec<TrustAnchor>,
    by_format: Vec<(AttestationFormat, Vec<TrustAnchor>)>,
    by_aaguid: Vec<(Aaguid, Vec<TrustAnchor>)>,
    allowed: Option<Vec<Aaguid>>,
    denied: Vec<Aaguid>,
    #[cfg(feature = "metadata")]
    metadata: Option<Arc<Metadata>>,
    #[cfg(feature = "metadata")]
    minimum_certification: Option<CertificationLevel>,
    #[cfg(feature = "metadata")]
    stale_metadata: bool,
}

impl AttestationPolicy {
    /// Does not look at the statement: only its format must be one that is known. The verdict says
    /// that nothing was checked.
    pub fn ignore() -> AttestationPolicy {
        AttestationPolicy::demanding(Demand::Nothing)
    }

    fn demanding(demand: Demand) -> AttestationPolicy {
        AttestationPolicy {
            demand,
            #[cfg(feature = "attestation")]
            rules: Rules::default(),
        }
    }

    /// Step 21 of §7.1.
    pub(crate) fn determine_format(&self, identifier: &str) -> Result<AttestationFormat, Failure> {
        #[cfg(feature = "attestation")]
        return self.rules.determine_format(identifier);
        #[cfg(not(feature = "attestation"))]
        AttestationFormat::from_identifier(identifier)
    }

    /// Step 22 of §7.1.
    pub(crate) fn verify_statement<'a>(
        &self,
        format: AttestationFormat,
        object: &AttestationObject<'a>,
        credential_key: &PublicKey<'a>,
        client_data_hash: &[u8; 32],
        now: SystemTime,
        quirks: Quirks,
    ) -> Result<Attestation, Failure> {
        if self.demand == Demand::Nothing {
            return Ok(Attestation {
                unchecked: vec![Unchecked::Statement, Unchecked::Trust],
                ..Attestation::new(format, AttestationType::Ignored)
            });
        }
        #[cfg(not(feature = "attestation"))]
        let _ = now;
        let inputs = Inputs {
            statement: object.statement(),
            authenticator_data: object.authenticator_data(),
            client_data_hash,
            credential_key,
            #[cfg(feature = "attestation")]
            rules: &self.rules,
            #[cfg(feature = "attestation")]
            now,
            quirks,
        };
        verify_format(format, &inputs)
    }

    /// Assesses a verified attestation. `NoTrustAnchors` belongs to step 23, every other failure
    /// to step 24.
    pub(crate) fn assess(
        &self,
        attestation: Attestation,
        authenticator_data: &AuthenticatorData<'_>,
        now: SystemTime,
        quirks: Quirks,
    ) -> Result<Attestation, Failure> {
        #[cfg(feature = "attestation")]
        if let Demand::Trust(trust) = &self.demand {
            let attested = authenticator_data.attested_credential();
            let aaguid = attested.map_or(Aaguid::from_bytes([0; 16]), |one| one.aaguid());
            let assessment = Assessment { trust, rules: &self.rules, aaguid, now, quirks };
            return assessment.assess(attestation);
        }
        // Without certificates there is no trust to demand.
        #[cfg(not(feature = "attestation"))]
        let _ = (authenticator_data, now, quirks);
        Ok(attestation)
    }
}

#[cfg(feature = "attestation")]
impl AttestationPolicy {
    /// Demands a certificate path to one of these anchors, valid at the time of the registration.
    /// `none` and self attestation are refused, and so is everything if there is no anchor.
    pub fn trusted(anchors: impl IntoIterator<Item = TrustAnchor>) -> AttestationPolicy {
        let trust = Trust { anchors: anchors.into_iter().collect(), ..Trust::default() };
        AttestationPolicy::demanding(Demand::Trust(trust))
    }

    /// Demands a path to one of these anchors for statements of this format. They take the place
    /// of the anchors of [`trusted`](AttestationPolicy::trusted).
    #[must_use]
    pub fn anchors_for_format(
        self,
        format: AttestationFormat,
        anchors: impl IntoIterator<Item = TrustAnchor>,
    ) -> AttestationPolicy {
        self.with_trust(|trust| trust.by_format.push((format, anchors.into_iter().collect())))
    }

    /// Demands a path to one of these anchors for authenticators of this model. They take the
    /// place of every other anchor, so that no other manufacturer can claim the model.
    #[must_use]
    pub fn anchors_for_aaguid(
        self,
        aaguid: Aaguid,
        anchors: impl IntoIterator<Item = TrustAnchor>,
    ) -> AttestationPolicy {
        self.with_trust(|trust| trust.by_aaguid.push((aaguid, anchors.into_iter().collect())))
    }

    /// Demands that the model is one of these, and a trusted path, because without it anybody can
    /// claim any model. `fido-u2f` attestation proves no model, so it is refused; `tpm`, `android-key`
    /// and `android-safetynet` do only where the model has anchors of its own, by
    /// [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid) or by metadata.
    #[must_use]
    pub fn allow_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust(|trust| trust.allowed.get_or_insert_default().extend(aaguids))
    }

    /// Demands that the model is none of these, and a trusted path, because without it anybody can
    /// claim another model.
    #[must_use]
    pub fn deny_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust(|trust| trust.denied.extend(aaguids))
    }

    /// How many of the statements inside a `compound` one must hold. By default all.
    #[must_use]
    pub fn compound_rule(mut self, rule: CompoundRule) -> AttestationPolicy {
        self.rules.compound = rule;
        self
    }

    /// The least secure place in which a key with an `android-key` attestation may live.
    ///
    /// By default [`SecurityLevel::Software`]: what the operating system says of the key counts
    /// too. Above that only what the trusted environment says of it does (§8.4).
    #[must_use]
    pub fn android_key_security(mut self, minimum: SecurityLevel) -> AttestationPolicy {
        self.rules.android_key = minimum;
        self
    }

    /// Demands that the manufacturer which a TPM certificate names is a registered one.
    #[must_use]
    pub fn check_tpm_manufacturer(mut self) -> AttestationPolicy {
        self.rules.tpm_manufacturers = true;
        self
    }

    /// Accepts `android-safetynet` responses, of whichever application, up to this age, and up to a minute ahead of the
    /// time of the verification. The service behind them was shut down, so this is for
    /// registrations of the past, verified at the time they were made.
    #[must_use]
    pub fn accept_safetynet(mut self, max_age: Duration) -> AttestationPolicy {
        self.rules.safetynet = Some(max_age);
        self
    }

    /// Demands that the model is one that the metadata knows, with a path to one of the model's own
    /// anchors, of a type that the model makes, and not revoked or compromised. Anchors of
    /// [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid) come before those of the
    /// metadata; those for a format and for all hold for models that the metadata does not know.
    ///
    /// Metadata whose next update is overdue is refused with `MetadataInvalid`, because nobody
    /// knows then what was revoked since. A relying party with newer metadata is a new one: make it
    /// with the same configuration and a new policy.
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn metadata(self, metadata: impl Into<Arc<Metadata>>) -> AttestationPolicy {
        self.with_trust(|trust| trust.metadata = Some(metadata.into()))
    }

    /// Uses metadata whose next update is overdue. The verdict says so:
    /// [`Unchecked::StaleMetadata`].
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn allow_stale_metadata(self) -> AttestationPolicy {
        self.with_trust(|trust| trust.stale_metadata = true)
    }

    /// Demands that the model is certified at this level or above, by the metadata.
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn minimum_certification(self, level: CertificationLevel) -> AttestationPolicy {
        self.with_trust(|trust| trust.minimum_certification = Some(level))
    }

    fn with_trust(mut self, change: impl FnOnce(&mut Trust)) -> AttestationPolicy {
        let mut trust = match self.demand {
            Demand::Trust(trust) => trust,
            Demand::Nothing | Demand::CorrectStatement => Trust::default(),
        };
        change(&mut trust);
        self.demand = Demand::Trust(trust);
        self
    }
}

#[cfg(feature = "attestation")]
impl Rules {
    /// Determines a format that is known and accepted.
    pub(super) fn determine_format(&self, identifier: &str) -> Result<AttestationFormat, Failure> {
        let format = AttestationFormat::from_identifier(identifier)?;
        self.check_format(format)?;
        Ok(format)
    }

    /// Whether statements of a known format are accepted at all.
    fn check_format(&self, format: AttestationFormat) -> Result<(), Failure> {
        if format == AttestationFormat::AndroidSafetyNet && self.safetynet.is_none() {
            return Err(unsupported(format.identifier()));
        }
        Ok(())
    }
}

/// The assessment of one registration.
#[cfg(feature = "attestation")]
#[derive(Clone, Copy)]
struct Assessment<'p> {
    trust: &'p Trust,
    rules: &'p Rules,
    /// As the authenticator data has it, signed or not.
    aaguid: Aaguid,
    now: SystemTime,
    quirks: Quirks,
}

#[cfg(feature = "attestation")]
impl Assessment<'_> {
    fn assess(&self, attestation: Attestation) -> Result<Attestation, Failure> {
        // Step 23, as far as no attestation is needed for it.
        if !self.trust.has_anchors() {
            return Err(ErrorKind::NoTrustAnchors.into());
        }
        match attestation.attestation_type {
            AttestationType::None | AttestationType::Ignored => {
                Err(untrusted("there is no attestation, and a trusted one is demanded"))
            }
            AttestationType::SelfAttestation => {
                Err(untrusted("self attestation, and a trusted one is demanded"))
            }
            AttestationType::Compound => self.assess_compound(attestation),
            AttestationType::Basic
            | AttestationType::AttCa
            | AttestationType::AnonCa
            | AttestationType::Uncertain => self.assess_path(attestation),
        }
    }

    /// Each statement for itself: paths are never joined, and one that proves nothing adds
    /// nothing.
    fn assess_compound(&self, attestation: Attestation) -> Result<Attestation, Failure> {
        let mut trusted = Vec::new();
        let mut first_failure = None;
        for statement in attestation.statements {
            let format = statement.format;
            let failure = match self.assess(statement) {
                Ok(statement) => {
                    trusted.push(statement);
                    continue;
                }
                Err(failure) => failure.inside(format!("the {format} statement")),
            };
            // That a path has proven a model which is refused is not undone by a statement that
            // proves no model.
            let is_model_refused = failure.kind() == ErrorKind::AuthenticatorNotAllowed
                && format != AttestationFormat::FidoU2f;
            if self.rules.compound == CompoundRule::All || is_model_refused {
                return Err(failure);
            }
            first_failure.get_or_insert(failure);
        }
        if trusted.is_empty() {
            return Err(first_failure.unwrap_or_else(|| untrusted("no statement is trusted")));
        }
        let mut unchecked = attestation.unchecked;
        unchecked.retain(|one| *one != Unchecked::Trust);
        if first_failure.is_some() && !unchecked.contains(&Unchecked::NestedStatement) {
            unchecked.push(Unchecked::NestedStatement);
        }
        let mut assessed = Attestation {
            trusted_aaguid: trusted.iter().find_map(|statement| statement.trusted_aaguid),
            statements: trusted,
            unchecked,
            ..attestation
        };
        assessed.take_unchecked_of_statements();
        Ok(assessed)
    }

    fn assess_path(&self, attestation: Attestation) -> Result<Attestation, Failure> {
        // A U2F signature leaves the AAGUID out, so anybody may have written it.
        let aaguid = match attestation.format {
            AttestationFormat::FidoU2f => None,
            _ => Some(self.aaguid),
        };
        // Step 23.
        #[cfg(feature = "metadata")]
        self.trust.check_entry_is_usable(aaguid, &attestation.certificates)?;
        #[cfg(feature = "metadata")]
        let entry = self.trust.entry(aaguid, &attestation.certificates);
        #[cfg(feature = "metadata")]
        let of_model = entry.map(Entry::anchors);
        #[cfg(not(feature = "metadata"))]
        let of_model = None;
        let (anchors, are_of_model) = self.trust.anchors_for(attestation.format, aaguid, of_model);
        let proven = aaguid.filter(|_| are_of_model || signs_aaguid(attestation.format));
        if anchors.is_empty() {
            let model = aaguid.map_or("a U2F authenticator".to_owned(), |one| one.to_string());
            let detail = format!("none for the format {} and {model}", attestation.format);
            return Err(Failure::new(ErrorKind::NoTrustAnchors, detail));
        }
        // Step 24.
        let chain: Vec<&[u8]> = attestation.certificates.iter().map(Vec::as_slice).collect();
        let anchors = self.trust.with_revocations(anchors);
        let trust_path = verify_path(&chain, &anchors, self.now, self.quirks)?;
        self.trust.check_aaguid(aaguid, proven)?;
        let mut unchecked = attestation.unchecked;
        unchecked.retain(|one| *one != Unchecked::Trust);
        if !trust_path.is_revocation_checked() {
            unchecked.push(Unchecked::Revocation);
        }
        #[cfg(feature = "metadata")]
        unchecked.extend(self.check_metadata(
            entry,
            attestation.attestation_type,
            &attestation.certificates,
            &trust_path,
        )?);
        #[cfg(not(feature = "metadata"))]
        unchecked.push(Unchecked::Metadata);
        Ok(Attestation {
            trust_path: Some(trust_path),
            trusted_aaguid: proven,
            unchecked,
            ..attestation
        })
    }

    /// What the metadata says of the model. Returned is what it does not say.
    #[cfg(feature = "metadata")]
    fn check_metadata(
        &self,
        entry: Option<&Entry>,
        attestation_type: AttestationType,
        certificates: &[Vec<u8>],
        trust_path: &TrustPath,
    ) -> Result<Vec<Unchecked>, Failure> {
        let certification = entry.and_then(|entry| entry.certification(self.now));
        if self.trust.minimum_certification > certification {
            let reason = match certification {
                Some(level) => format!("the model is certified at level {level:?} only"),
                None => "the model is not known to be certified".to_owned(),
            };
            let kind = ErrorKind::AuthenticatorNotAllowed;
            return Err(Failure::of("certification", kind, reason));
        }
        let mut unchecked = Vec::new();
        match entry {
            Some(entry) => {
                entry.check_attestation_type(observed(attestation_type))?;
                let anchor = trust_path.anchor().as_der().to_vec();
                let path: Vec<_> = certificates.iter().cloned().chain([anchor]).collect();
                entry.check_status(&path, self.now)?;
            }
            None => unchecked.push(Unchecked::Metadata),
        }
        unchecked.extend(self.check_metadata_age()?);
        Ok(unchecked)
    }

    /// Overdue metadata is refused, or named. That it does not know a model may be because it is
    /// overdue, so this does not depend on the model.
    #[cfg(feature = "metadata")]
    fn check_metadata_age(&self) -> Result<Option<Unchecked>, Failure> {
        let stale = self.trust.metadata.as_ref().filter(|metadata| metadata.is_stale(self.now));
        let Some(metadata) = stale else { return Ok(None) };
        if !self.trust.stale_metadata {
            let reason = format!("newer metadata was due on {}", metadata.next_update());
            return Err(Failure::of("nextUpdate", ErrorKind::MetadataInvalid, reason));
        }
        Ok(Some(Unchecked::StaleMetadata))
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

#[cfg(feature = "attestation")]
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

    /// The anchors for the model, those of its metadata, those for the format, those for all: the
    /// first of them that there are. Also, whether they are those of the model alone.
    fn anchors_for<'t>(
        &'t self,
        format: AttestationFormat,
        aaguid: Option<Aaguid>,
        of_model: Option<&'t [TrustAnchor]>,
    ) -> (&'t [TrustAnchor], bool) {
        let for_aaguid = self.by_aaguid.iter().rev().find(|(one, _)| Some(*one) == aaguid);
        if let Some((_, anchors)) = for_aaguid {
            return (anchors, true);
        }
        if let Some(anchors) = of_model {
            return (anchors, true);
        }
        let for_format = self.by_format.iter().rev().find(|(one, _)| *one == format);
        (for_format.map_or(&self.anchors, |(_, anchors)| anchors), false)
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

    /// A model that is only claimed may be denied, and is never one of those allowed.
    fn check_aaguid(&self, aaguid: Option<Aaguid>, proven: Option<Aaguid>) -> Result<(), Failure> {
        let listed = |list: &[Aaguid]| aaguid.is_some_and(|aaguid| list.contains(&aaguid));
        let refused = |reason: &str| {
            let model = aaguid.map_or("a U2F authenticator".to_owned(), |one| one.to_string());
            Failure::of("aaguid", ErrorKind::AuthenticatorNotAllowed, format!("{model} {reason}"))
        };
        if listed(&self.denied) {
            return Err(refused("is on the list of those denied"));
        }
        if self.allowed.as_ref().is_some_and(|allowed| !listed(allowed)) {
            return Err(refused("is not on the list of those allowed"));
        }
        if self.allowed.is_some() && proven.is_none() {
            return Err(refused("is what anybody can claim: it needs anchors of its own"));
        }
        Ok(())
    }
}

/// Whether the AAGUID is among what the attestation key has signed. The data that an `android-key`
/// attestation goes with are made outside of the secure environment (§8.4): any application can have
/// some signed by a key of its own. A SafetyNet response is about whatever its caller hands in
/// (§8.5), and so is what a TPM attests to whoever administers the machine (§8.3). Such an AAGUID is
/// a claim, which only counts where the anchors are those of the model that
/// is claimed.
#[cfg(feature = "attestation")]
fn signs_aaguid(format: AttestationFormat) -> bool {
    !matches!(
        format,
        AttestationFormat::FidoU2f
            | AttestationFormat::Tpm
            | AttestationFormat::AndroidKey
            | AttestationFormat::AndroidSafetyNet
    )
}

#[cfg(feature = "attestation")]
fn untrusted(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::UntrustedAttestation, reason)
}
