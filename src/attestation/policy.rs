//! What a relying party demands of an attestation, for steps 21 to 24 of §7.1.

use std::borrow::Cow;
#[cfg(feature = "metadata")]
use std::sync::Arc;
#[cfg(feature = "attestation")]
use std::time::Duration;
use std::time::SystemTime;

#[cfg(feature = "attestation")]
use super::trust::{Assessment, Trust};
#[cfg(feature = "attestation")]
use super::unsupported;
use super::{
    Attestation, AttestationFormat, AttestationType, Inputs, Unchecked, claimed_aaguid,
    verify_format,
};
#[cfg(feature = "attestation")]
use crate::certificate::TrustAnchor;
use crate::error::{ConfigError, Failure};
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationObject;
#[cfg(feature = "attestation")]
use crate::message::authenticator_data::Aaguid;
use crate::message::authenticator_data::AuthenticatorData;
#[cfg(feature = "metadata")]
use crate::metadata::{CertificationLevel, Metadata};
use crate::quirk::{Quirks, Tolerance};
#[cfg(feature = "attestation")]
use crate::signature::budget::Budget;

/// What a relying party demands of an attestation.
///
/// There are three degrees. [`ignore`](AttestationPolicy::ignore) does not look at the statement;
/// [`verified`](AttestationPolicy::verified), the default, verifies that it is correct, and accepts
/// every attestation type, with certificates reported as they came, untrusted; and `trusted`, with the
/// crate feature `attestation`, demands a certificate path to an anchor. Demands about the model
/// include that of a path. A format that is not known fails under every policy.
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
    /// The method that has made a demand of a policy that ignores attestation.
    #[cfg(feature = "attestation")]
    contradiction: Option<&'static str>,
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
    pub(super) refuse_rs1: bool,
    #[cfg(feature = "metadata")]
    pub(super) stale_metadata: bool,
    #[cfg(feature = "metadata")]
    pub(super) unidentified_entries: bool,
}

impl AttestationPolicy {
    /// Does not look at the statement: only its format must be one that is known. The verdict says
    /// that nothing was checked.
    ///
    /// Such a policy can demand nothing: with a demand,
    /// [`RelyingParty::attestation_policy`](crate::RelyingParty::attestation_policy) refuses it.
    pub fn ignore() -> AttestationPolicy {
        AttestationPolicy::of(Demand::Nothing)
    }

    /// Demands that the statement is correct for its format, and not that it is trusted: the default.
    pub fn verified() -> AttestationPolicy {
        AttestationPolicy::default()
    }

    fn of(demand: Demand) -> AttestationPolicy {
        AttestationPolicy {
            demand,
            #[cfg(feature = "attestation")]
            contradiction: None,
            #[cfg(feature = "attestation")]
            rules: Rules::default(),
        }
    }

    /// Checks that the policy does not contradict itself.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        #[cfg(feature = "attestation")]
        if let Some(method) = self.contradiction {
            return Err(ConfigError::new(format!(
                "an attestation policy that ignores attestation cannot demand what `{method}` \
                 does; begin with `AttestationPolicy::verified()` or `trusted()`"
            )));
        }
        Ok(())
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
                claimed_aaguid: claimed_aaguid(object.authenticator_data()),
                unchecked: Cow::Borrowed(&[Unchecked::Statement, Unchecked::Trust]),
                ..Attestation::new(format, AttestationType::Ignored)
            });
        }
        #[cfg(not(feature = "attestation"))]
        let _ = now;
        let tolerance = Tolerance::new(quirks);
        #[cfg(feature = "attestation")]
        let budget = Budget::for_statements();
        let inputs = Inputs {
            statement: object.statement(),
            authenticator_data: object.authenticator_data(),
            client_data_hash,
            credential_key,
            #[cfg(feature = "attestation")]
            rules: &self.rules,
            #[cfg(feature = "attestation")]
            now,
            tolerance: &tolerance,
            #[cfg(feature = "attestation")]
            budget: &budget,
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
            let budget = Budget::for_paths();
            let assessment = Assessment { trust, rules: &self.rules, aaguid, now, budget: &budget };
            return assessment.assess(attestation, quirks).map_err(|refused| refused.failure);
        }
        // Where every statement must hold, none is left out for the quirks that it needs.
        #[cfg(feature = "attestation")]
        let attestation = match self.rules.compound {
            CompoundRule::All => attestation,
            CompoundRule::Any => attestation.with_fewest_quirks(),
        };
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
        AttestationPolicy::of(Demand::Trust(trust))
    }

    /// Demands a path to one of these anchors for statements of this format. They take the place
    /// of the anchors of [`trusted`](AttestationPolicy::trusted).
    #[must_use]
    pub fn anchors_for_format(
        self,
        format: AttestationFormat,
        anchors: impl IntoIterator<Item = TrustAnchor>,
    ) -> AttestationPolicy {
        self.with_trust("anchors_for_format", |trust| {
            trust.by_format.push((format, anchors.into_iter().collect()))
        })
    }

    /// Demands a path to one of these anchors for authenticators of this model. They take the
    /// place of every other anchor, so that no other manufacturer can claim the model.
    #[must_use]
    pub fn anchors_for_aaguid(
        self,
        aaguid: Aaguid,
        anchors: impl IntoIterator<Item = TrustAnchor>,
    ) -> AttestationPolicy {
        self.with_trust("anchors_for_aaguid", |trust| {
            trust.by_aaguid.push((aaguid, anchors.into_iter().collect()))
        })
    }

    /// Demands that the model is one of these, and a trusted path, because without it anybody can
    /// claim any model. `fido-u2f` attestation proves no model, so it is refused; `tpm`, `android-key`,
    /// `android-safetynet` and `apple` do only where the model has anchors of its own, by
    /// [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid) or by metadata. Where several
    /// entries of the metadata list one anchor, it proves only that the model is one of them.
    #[must_use]
    pub fn allow_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("allow_aaguids", |trust| {
            trust.allowed.get_or_insert_default().extend(aaguids)
        })
    }

    /// Demands that the model is none of these, and a trusted path, because without it anybody can
    /// claim another model. A model of the list is refused in every format, whether it is proven or
    /// only claimed.
    #[must_use]
    pub fn deny_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("deny_aaguids", |trust| trust.denied.extend(aaguids))
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
    pub fn android_key_security(self, minimum: SecurityLevel) -> AttestationPolicy {
        let mut policy = self.demanding("android_key_security");
        policy.rules.android_key = minimum;
        policy
    }

    /// Demands that the manufacturer which a TPM certificate names is a registered one.
    #[must_use]
    pub fn check_tpm_manufacturer(self) -> AttestationPolicy {
        let mut policy = self.demanding("check_tpm_manufacturer");
        policy.rules.tpm_manufacturers = true;
        policy
    }

    /// Refuses `tpm` statements that are signed with RS1, RSASSA-PKCS1-v1_5 with SHA-1, with
    /// `WeakAlgorithm`. They are accepted otherwise, because every TPM of Windows signs so; the verdict
    /// says it ([`Attestation::is_signed_with_rs1`]).
    #[must_use]
    pub fn refuse_rs1(self) -> AttestationPolicy {
        let mut policy = self.demanding("refuse_rs1");
        policy.rules.refuse_rs1 = true;
        policy
    }

    /// Accepts `android-safetynet` responses, of whichever application, up to this age, and up to a
    /// minute ahead of the time of the verification. The service behind them was shut down, so this is
    /// for registrations of the past, verified at the time they were made.
    #[must_use]
    pub fn accept_safetynet(mut self, max_age: Duration) -> AttestationPolicy {
        self.rules.safetynet = Some(max_age);
        self
    }

    /// Takes the anchors of each model from the metadata, and refuses models that it says are revoked
    /// or compromised, or that do not make attestations of this type.
    ///
    /// A path may end at an anchor of the model's entry, or at the caller's own for the format or for
    /// all. Only an anchor of the entry proves the model and its certification, and one that several
    /// entries list proves that it is one of them. Anchors of
    /// [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid) take the place of both. So
    /// `AttestationPolicy::trusted([]).metadata(...)` accepts the models of the metadata and no other.
    ///
    /// A model whose entry cannot be read is refused ([`Metadata::skipped`]).
    ///
    /// Metadata whose next update is overdue is refused with `MetadataInvalid`, because nobody
    /// knows then what was revoked since. A relying party with newer metadata is a new one: make it
    /// with the same configuration and a new policy.
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn metadata(self, metadata: impl Into<Arc<Metadata>>) -> AttestationPolicy {
        self.with_trust("metadata", |trust| trust.metadata = Some(metadata.into()))
    }

    /// Uses metadata whose next update is overdue. The verdict says so:
    /// [`Unchecked::StaleMetadata`].
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn allow_stale_metadata(mut self) -> AttestationPolicy {
        self.rules.stale_metadata = true;
        self
    }

    /// Accepts models without an entry in the metadata, although it has entries that cannot be read
    /// and may be about any model ([`Metadata::unidentified_entries`]). Without this such models are
    /// refused, because the entry may be a revocation. The verdict says so:
    /// [`Unchecked::UnidentifiedEntries`].
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn allow_unidentified_entries(mut self) -> AttestationPolicy {
        self.rules.unidentified_entries = true;
        self
    }

    /// Demands that the model is certified at this level or above, by the metadata, and a path to one
    /// of the model's own anchors there.
    #[cfg(feature = "metadata")]
    #[must_use]
    pub fn minimum_certification(self, level: CertificationLevel) -> AttestationPolicy {
        self.with_trust("minimum_certification", |trust| trust.minimum_certification = Some(level))
    }

    /// The policy with another demand about trust, by the method of this name.
    fn with_trust(
        self,
        method: &'static str,
        change: impl FnOnce(&mut Trust),
    ) -> AttestationPolicy {
        let mut policy = self.demanding(method);
        let mut trust = match policy.demand {
            Demand::Trust(trust) => trust,
            Demand::CorrectStatement => Trust::default(),
            // What ignores attestation stays what it is, and is refused as a whole.
            Demand::Nothing => return policy,
        };
        change(&mut trust);
        policy.demand = Demand::Trust(trust);
        policy
    }

    /// Notes that a method demands something, which contradicts a policy that ignores attestation.
    fn demanding(mut self, method: &'static str) -> AttestationPolicy {
        if self.demand == Demand::Nothing {
            self.contradiction.get_or_insert(method);
        }
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
