//! The relying party's requirements for attestation: steps 21 to 24 of §7.1.

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

/// The relying party's requirements for attestation.
///
/// There are three levels:
///
/// - [`ignore`](AttestationPolicy::ignore) does not examine the statement.
/// - [`verified`](AttestationPolicy::verified), the default, requires a correct statement. It
///   accepts every attestation type and reports the certificates as received, without trusting
///   them.
/// - `trusted`, with the crate feature `attestation`, also requires a certificate path to a trust
///   anchor.
///
/// Every requirement for the model also requires a path to a trust anchor. Statements of
/// unsupported formats are rejected under every policy.
///
/// A policy does not implement the serde traits, because trust anchors and metadata are kept in
/// separate files.
///
/// An example with the crate feature `attestation`:
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
    /// The method that added a requirement to a policy that ignores attestation.
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
    /// Creates a policy that does not examine the statement. The format must still be supported.
    /// The verdict reports that nothing was checked.
    ///
    /// Do not add requirements to this policy:
    /// [`RelyingParty::attestation_policy`](crate::RelyingParty::attestation_policy) rejects the
    /// combination.
    pub fn ignore() -> AttestationPolicy {
        AttestationPolicy::of(Demand::Nothing)
    }

    /// Creates the default policy: the statement must be correct for its format, but it does not
    /// have to be trusted.
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
                "an attestation policy that ignores attestation cannot use `{method}`; start \
                 with `AttestationPolicy::verified()` or `trusted()`"
            )));
        }
        Ok(())
    }
}

#[cfg(feature = "attestation")]
impl AttestationPolicy {
    /// Creates a policy that requires a certificate path to one of these anchors. The path must be
    /// valid at the time of registration. `none` and self attestation are rejected.
    ///
    /// `anchors` may be empty if you add anchors with another method. If the policy has no anchor
    /// for an attestation, the attestation is rejected.
    pub fn trusted(anchors: impl IntoIterator<Item = TrustAnchor>) -> AttestationPolicy {
        let trust = Trust { anchors: anchors.into_iter().collect(), ..Trust::default() };
        AttestationPolicy::of(Demand::Trust(trust))
    }

    /// Requires a path to one of these anchors for statements of this format. For this format,
    /// these anchors replace the anchors of [`trusted`](AttestationPolicy::trusted).
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

    /// Requires a path to one of these anchors for authenticators of this model. For this model,
    /// these anchors replace all other anchors, so that no other manufacturer can claim the model.
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

    /// Requires one of these models, and a trusted path. Without a path, any authenticator can
    /// claim any model.
    ///
    /// `fido-u2f` attestation does not prove the model, so it is rejected. `tpm`, `android-key`,
    /// `android-safetynet` and `apple` prove the model only if it has its own anchors, from
    /// [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid) or from metadata. If several
    /// metadata entries list the same anchor, the anchor proves only that the model is one of these
    /// entries' models.
    #[must_use]
    pub fn require_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("require_aaguids", |trust| {
            trust.allowed.get_or_insert_default().extend(aaguids)
        })
    }

    /// Rejects these models, and requires a trusted path. Without a path, any authenticator can
    /// claim another model. A model in this list is rejected in every format, whether it is proven
    /// or only claimed.
    #[must_use]
    pub fn refuse_aaguids(self, aaguids: impl IntoIterator<Item = Aaguid>) -> AttestationPolicy {
        self.with_trust("refuse_aaguids", |trust| trust.denied.extend(aaguids))
    }

    /// Sets how many of the statements inside a `compound` statement must be correct. The default
    /// is all.
    #[must_use]
    pub fn compound_rule(mut self, rule: CompoundRule) -> AttestationPolicy {
        self.rules.compound = rule;
        self
    }

    /// Sets the lowest security level that is accepted for the key of an `android-key` attestation.
    ///
    /// The default is [`SecurityLevel::Software`], which also accepts key properties that only the
    /// operating system enforces. With a higher level, only properties that the trusted environment
    /// enforces are accepted (§8.4).
    #[must_use]
    pub fn require_android_key_security(self, minimum: SecurityLevel) -> AttestationPolicy {
        let mut policy = self.demanding("require_android_key_security");
        policy.rules.android_key = minimum;
        policy
    }

    /// Requires that the manufacturer in a TPM certificate is registered with the TCG. The
    /// identifier of the FIDO conformance tools (`id:FFFFF1D0`), which is not registered, is also
    /// accepted.
    #[must_use]
    pub fn require_tpm_manufacturer(self) -> AttestationPolicy {
        let mut policy = self.demanding("require_tpm_manufacturer");
        policy.rules.tpm_manufacturers = true;
        policy
    }

    /// Rejects `tpm` statements that are signed with RS1 (RSASSA-PKCS1-v1_5 with SHA-1). They fail
    /// with [`WeakAlgorithm`](crate::ErrorKind::WeakAlgorithm). By default, they are accepted,
    /// because every Windows TPM uses RS1, and
    /// [`Attestation::relies_on_sha1`](crate::attestation::Attestation::relies_on_sha1) returns
    /// true.
    #[must_use]
    pub fn refuse_rs1(self) -> AttestationPolicy {
        let mut policy = self.demanding("refuse_rs1");
        policy.rules.refuse_rs1 = true;
        policy
    }

    /// Accepts `android-safetynet` responses that are at most `max_age` old and at most one minute
    /// in the future. Responses about any app are accepted. The service was shut down, so use this
    /// method only for past registrations. Pass the time of the registration as `now`.
    #[must_use]
    pub fn allow_safetynet(mut self, max_age: core::time::Duration) -> AttestationPolicy {
        self.rules.safetynet = Some(max_age);
        self
    }

    /// Adds a requirement for trust. `method` is the name of the public method.
    fn with_trust(
        self,
        method: &'static str,
        change: impl FnOnce(&mut Trust),
    ) -> AttestationPolicy {
        let mut policy = self.demanding(method);
        let mut trust = match policy.demand {
            Demand::Trust(trust) => trust,
            Demand::CorrectStatement => Trust::default(),
            // A policy that ignores attestation stays unchanged, and `check` rejects it.
            Demand::Nothing => return policy,
        };
        change(&mut trust);
        policy.demand = Demand::Trust(trust);
        policy
    }

    /// Records the method if the policy ignores attestation, because the two contradict each other.
    fn demanding(mut self, method: &'static str) -> AttestationPolicy {
        if self.demand == Demand::Nothing {
            self.contradiction.get_or_insert(method);
        }
        self
    }
}

#[cfg(feature = "metadata")]
impl AttestationPolicy {
    /// Uses the metadata's trust anchors for each model. A model is rejected if the metadata
    /// reports that it is revoked or compromised, or does not list the type of the attestation for
    /// it.
    ///
    /// A path may end at an anchor of the model's entry, or at an anchor that you configured for
    /// the format or for all formats. If the model has an entry, only an anchor of the entry proves
    /// the model and its certification. If several entries list the same anchor, the anchor proves
    /// only that the model is one of these entries' models.
    ///
    /// For a model with anchors from [`anchors_for_aaguid`](AttestationPolicy::anchors_for_aaguid),
    /// these anchors replace both kinds, and they also prove the model.
    ///
    /// With no other anchors, as in `AttestationPolicy::trusted([]).metadata(...)`, only models
    /// that are in the metadata are accepted.
    ///
    /// A model whose entry is unreadable is rejected ([`Metadata::skipped`]).
    ///
    /// If the next update of the metadata is overdue, verification fails with
    /// [`MetadataInvalid`](crate::ErrorKind::MetadataInvalid), because later revocations are
    /// unknown. To load newer metadata, create a new relying party with the same configuration and
    /// a new policy.
    #[must_use]
    pub fn metadata(self, metadata: impl Into<std::sync::Arc<Metadata>>) -> AttestationPolicy {
        self.with_trust("metadata", |trust| trust.models.metadata = Some(metadata.into()))
    }

    /// Accepts metadata whose next update is overdue. The verdict then contains
    /// [`Unchecked::StaleMetadata`](crate::attestation::Unchecked::StaleMetadata).
    #[must_use]
    pub fn allow_stale_metadata(mut self) -> AttestationPolicy {
        self.rules.stale_metadata = true;
        self
    }

    /// Accepts models without a metadata entry even if the metadata contains unreadable entries
    /// that may be about any model ([`Metadata::unidentified_entries`]). By default, these models
    /// are rejected, because the unreadable entry may report a revocation. The verdict then
    /// contains
    /// [`Unchecked::UnidentifiedEntries`](crate::attestation::Unchecked::UnidentifiedEntries).
    #[must_use]
    pub fn allow_unidentified_entries(mut self) -> AttestationPolicy {
        self.rules.unidentified_entries = true;
        self
    }

    /// Requires that the metadata certifies the model at this level or above. The path must end at
    /// one of the model's own anchors in the metadata.
    #[must_use]
    pub fn require_certification(self, level: CertificationLevel) -> AttestationPolicy {
        self.with_trust("require_certification", |trust| trust.models.certification = Some(level))
    }
}
