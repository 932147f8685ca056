//! Assesses the trust in a verified attestation under the policy: steps 23 and 24 of §7.1.

mod demand;
#[cfg(feature = "metadata")]
mod freshness;
#[cfg(feature = "metadata")]
mod model;
#[cfg(not(feature = "metadata"))]
#[path = "model_without_metadata.rs"]
mod model;
mod not_trusted;
mod summary;

use std::time::SystemTime;

use super::certified::any_statement::{Refused, each_as_strict_as_possible};
use super::format::AttestationFormat;
use super::rules::{CompoundRule, Rules};
use super::verdict::{Attestation, AttestationType, Unchecked};
use crate::certificate::{Purpose, REVOKED, TrustPath, find_path};
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::{Aaguid, AuthenticatorData};
use crate::oid;
use crate::quirk::{Quirks, Tolerance};
use crate::signature::budget::Budget;

use demand::Anchors;
pub(super) use demand::Trust;
use not_trusted::NotTrusted;

/// Assesses a verified attestation.
pub(super) fn assess(
    attestation: Attestation,
    trust: &Trust,
    rules: &Rules,
    authenticator_data: &AuthenticatorData<'_>,
    now: SystemTime,
    quirks: Quirks,
) -> Result<Attestation, Failure> {
    let attested = authenticator_data.attested_credential();
    let aaguid = attested.map_or(Aaguid::ZERO, |one| one.aaguid());
    let budget = Budget::for_paths();
    let assessment = Assessment { trust, rules, aaguid, now, budget: &budget };
    assessment.assess(attestation, quirks).map_err(|refused| refused.failure)
}

/// The assessment of one registration.
#[derive(Clone, Copy)]
struct Assessment<'p> {
    trust: &'p Trust,
    rules: &'p Rules,
    /// The AAGUID in the authenticator data, whether or not the statement signs it.
    aaguid: Aaguid,
    now: SystemTime,
    budget: &'p Budget,
}

impl Assessment<'_> {
    /// Assesses an attestation. The quirks in `tolerated` are allowed in certificates.
    fn assess(&self, attestation: Attestation, tolerated: Quirks) -> Result<Attestation, Refused> {
        let tolerance = Tolerance::new(tolerated);
        let of_statement = attestation.quirks;
        let assessed = match attestation.attestation_type {
            // The part of step 23 that does not depend on the attestation.
            _ if !self.trust.has_anchors() => Err(Failure::from(ErrorKind::NoTrustAnchors).into()),
            AttestationType::None | AttestationType::Ignored => {
                Err(untrusted("there is no attestation, but the policy requires a trusted one")
                    .into())
            }
            AttestationType::SelfAttestation => {
                Err(untrusted("self attestation is not enough; the policy requires a trusted one")
                    .into())
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

    /// Assesses each statement on its own. Paths are never joined, and a statement that proves
    /// nothing adds nothing.
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
        // A U2F signature does not cover the AAGUID, so anyone may have written it.
        let aaguid = match attestation.format {
            AttestationFormat::FidoU2f => None,
            _ => Some(self.aaguid),
        };
        // Step 23.
        let model = self.trust.models.model(aaguid, &attestation.certificates)?;
        let anchors = self.trust.anchors_for(attestation.format, aaguid, model.anchors());
        // Step 24.
        let (trust_path, is_own) = self.find_path(&attestation, aaguid, &anchors, tolerance)?;
        let proves_model = match anchors.are_exclusive || is_own {
            true => aaguid.is_some(),
            // If the metadata has anchors for the model, other anchors prove nothing about it.
            false => anchors.of_entry.is_none() && signs_aaguid(attestation.format),
        };
        let proven = aaguid.filter(|_| proves_model);
        model.check_is_of_path(&attestation.certificates, &trust_path)?;
        self.trust.check_aaguid(self.aaguid, aaguid, proven)?;
        let mut unchecked = attestation.unchecked.into_owned();
        unchecked.retain(|one| *one != Unchecked::Trust);
        if !trust_path.is_revocation_checked() {
            unchecked.push(Unchecked::Revocation);
        }
        let trusted = Attestation {
            trust_path: Some(trust_path),
            // A zero AAGUID does not name a model, even if it is signed.
            trusted_aaguid: proven.filter(|aaguid| *aaguid != Aaguid::ZERO),
            unchecked: unchecked.into(),
            ..attestation
        };
        model.check(trusted, is_own, self.rules, self.now)
    }

    /// Finds a path to one of the anchors. The anchors of the model's metadata entry are tried
    /// first, then the caller's anchors. The function also returns whether the path ends at an
    /// authority of the entry.
    fn find_path(
        &self,
        attestation: &Attestation,
        aaguid: Option<Aaguid>,
        anchors: &Anchors<'_>,
        tolerance: &Tolerance,
    ) -> Result<(TrustPath, bool), Failure> {
        let chain: Vec<&[u8]> = attestation.certificates.iter().map(Vec::as_slice).collect();
        let mut refused = None;
        let own = anchors.of_entry.unwrap_or_default();
        let of_entry = if anchors.are_exclusive { &[] } else { own };
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
                    let is_own = own.iter().any(|one| one.is_same_authority(path.anchor()));
                    return Ok((path, is_own));
                }
                // Revocation is final, even if the chain also leads to another anchor.
                Err(failure) if failure.field() == Some(REVOKED) => return Err(failure),
                // If both lists fail, report the first failure, because it is about the model.
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
}

impl Refused {
    /// Marks this failure as one of a statement inside a compound statement.
    fn of_statement(self, format: AttestationFormat) -> Refused {
        let is_model_refused = self.is_model_refused && format != AttestationFormat::FidoU2f;
        let failure = self.failure.inside(the_statement(format));
        Refused { failure, is_model_refused, ..self }
    }
}

fn the_statement(format: AttestationFormat) -> String {
    format!("the {format} statement")
}

/// Returns the purpose of a format's certificates. The extension that the format's procedure has
/// read may be critical. SafetyNet certificates are server certificates below public roots.
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

/// Returns whether the signature of the attestation key proves the AAGUID. If it does not, the
/// AAGUID is a claim, which counts only if the path ends at an anchor of the claimed model:
///
/// - `fido-u2f` does not sign the AAGUID.
/// - `android-key`: the signed data is created outside the secure environment (§8.4), so any app
///   can have data of its choice signed by one of its own keys.
/// - `android-safetynet` attests data that its caller chooses (§8.5).
/// - `tpm` attests data that an administrator of the machine can choose (§8.3).
/// - `apple`: the certificate authority sees only a hash of the data, which the operating system
///   creates (§8.8).
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
