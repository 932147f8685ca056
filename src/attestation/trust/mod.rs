//! The trust in a verified attestation: steps 23 and 24 of §7.1, by what the policy demands.

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
    /// As the authenticator data has it, signed or not.
    aaguid: Aaguid,
    now: SystemTime,
    budget: &'p Budget,
}

impl Assessment<'_> {
    /// Assesses an attestation, with these quirks tolerated in certificates.
    fn assess(&self, attestation: Attestation, tolerated: Quirks) -> Result<Attestation, Refused> {
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
        let model = self.trust.models.model(aaguid, &attestation.certificates)?;
        let anchors = self.trust.anchors_for(attestation.format, aaguid, model.anchors());
        // Step 24.
        let (trust_path, is_own) = self.find_path(&attestation, aaguid, &anchors, tolerance)?;
        let proves_model = match anchors.are_exclusive || is_own {
            true => aaguid.is_some(),
            // Where the metadata has anchors of the model, others prove nothing about it.
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
            // Zeros name no model, however well they are signed.
            trusted_aaguid: proven.filter(|aaguid| *aaguid != Aaguid::ZERO),
            unchecked: unchecked.into(),
            ..attestation
        };
        model.check(trusted, is_own, self.rules, self.now)
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
