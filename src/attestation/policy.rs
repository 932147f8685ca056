//! What a relying party demands of an attestation, for steps 21 to 24 of §7.1.

use super::rules::Rules;
#[cfg(feature = "attestation")]
use super::{
    format::AttestationFormat,
    rules::{CompoundRule, SecurityLevel},
    trust::Trust,
};
use crate::error::ConfigError;
#[cfg(feature = "metadata")]
use crate::metadata::{CertificationLevel, Metadata};
#[cfg(feature = "attestation")]
use crate::{certificate::TrustAnchor, message::authenticator_data::Aaguid};

/// What a relying party demands of an attestation.
///
/// There are three degrees. [`ignore`](AttestationPolicy::ignore) does not look at the statement;
/// [`verified`](AttestationPolicy::verified), the default, verifies that it is correct, and accepts
/// every attestation type, with certificates reported as they came, untrusted; and `trusted`, with the
/// crate feature `attestation`, demands a certificate path to an anchor. Demands about the model
/// include that of a path. A format that is not known fails under every policy.
///
/// A policy has no serde form: trust anchors and metadata are files of their own.
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
///         .require_aaguids([model])
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttestationPolicy {
    pub(super) demand: Demand,
    /// The method that has made a demand of a policy that ignores attestation.
    contradiction: Option<&'static str>,
    pub(super) rules: Rules,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Demand {
    Nothing,
    #[default]
    CorrectStatement,
    #[cfg(feature = "attestation")]
    Trust(Trust),
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
        AttestationPolicy { demand, contradiction: None, rules: Rules::default() }
    }

    /// Checks that the policy does not contradict itself.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if let Some(method) = self.contradiction {
            return Err(ConfigError::new(format!(
                "an attestation policy that ignores attestation cannot demand what `{method}` \
                 does; begin with `AttestationPolicy::verified()` or `trusted()`"
            )));
        }
        Ok(())
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
    pub fn require_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("require_aaguids", |trust| {
            trust.allowed.get_or_insert_default().extend(aaguids)
        })
    }

    /// Refuses these models, and demands a trusted path, because without it anybody can
    /// claim another model. A model of the list is refused in every format, whether it is proven or
    /// only claimed.
    #[must_use]
    pub fn refuse_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("refuse_aaguids", |trust| trust.denied.extend(aaguids))
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
    pub fn require_android_key_security(self, minimum: SecurityLevel) -> AttestationPolicy {
        let mut policy = self.demanding("require_android_key_security");
        policy.rules.android_key = minimum;
        policy
    }

    /// Demands that the manufacturer which a TPM certificate names is a registered one.
    #[must_use]
    pub fn require_tpm_manufacturer(self) -> AttestationPolicy {
        let mut policy = self.demanding("require_tpm_manufacturer");
        policy.rules.tpm_manufacturers = true;
        policy
    }

    /// Refuses `tpm` statements that are signed with RS1, RSASSA-PKCS1-v1_5 with SHA-1, with
    /// `WeakAlgorithm`. They are accepted otherwise, because every TPM of Windows signs so; the verdict
    /// says it ([`Attestation::relies_on_sha1`](crate::attestation::Attestation::relies_on_sha1)).
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
    pub fn allow_safetynet(mut self, max_age: core::time::Duration) -> AttestationPolicy {
        self.rules.safetynet = Some(max_age);
        self
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

#[cfg(feature = "metadata")]
impl AttestationPolicy {
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
    #[must_use]
    pub fn metadata(self, metadata: impl Into<std::sync::Arc<Metadata>>) -> AttestationPolicy {
        self.with_trust("metadata", |trust| trust.models.metadata = Some(metadata.into()))
    }

    /// Uses metadata whose next update is overdue. The verdict says so:
    /// [`Unchecked::StaleMetadata`](crate::attestation::Unchecked::StaleMetadata).
    #[must_use]
    pub fn allow_stale_metadata(mut self) -> AttestationPolicy {
        self.rules.stale_metadata = true;
        self
    }

    /// Accepts models without an entry in the metadata, although it has entries that cannot be read
    /// and may be about any model ([`Metadata::unidentified_entries`]). Without this such models are
    /// refused, because the entry may be a revocation. The verdict says so:
    /// [`Unchecked::UnidentifiedEntries`](crate::attestation::Unchecked::UnidentifiedEntries).
    #[must_use]
    pub fn allow_unidentified_entries(mut self) -> AttestationPolicy {
        self.rules.unidentified_entries = true;
        self
    }

    /// Demands that the model is certified at this level or above, by the metadata, and a path to one
    /// of the model's own anchors there.
    #[must_use]
    pub fn require_certification(self, level: CertificationLevel) -> AttestationPolicy {
        self.with_trust("require_certification", |trust| trust.models.certification = Some(level))
    }
}
