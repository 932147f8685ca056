//! Attestation (§6.5, §8): statements about the authenticator that created a credential.
//!
//! [`verify`] runs the verification procedure of the statement's format. Then an
//! [`AttestationPolicy`] decides whether the result is trustworthy. A correct statement is not
//! necessarily trusted.

#[cfg(feature = "attestation")]
mod certified;
mod format;
#[cfg(feature = "metadata")]
mod model_record;
mod none;
mod packed;
mod policy;
#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, unreachable_pub, reason = "most rules are about certificates")
)]
mod rules;
#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "self attestation uses few of these functions")
)]
mod statement;
mod summary;
#[cfg(feature = "attestation")]
mod trust;
mod verdict;

use std::borrow::Cow;
use std::time::SystemTime;

use crate::error::{ErrorKind, Failure};
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationObject;
use crate::message::authenticator_data::{Aaguid, AuthenticatorData};
use crate::message::cose_key::CoseKey;
use crate::quirk::{Quirks, Tolerance};
use crate::signature::budget::Budget;

#[cfg(feature = "attestation")]
use certified::{
    any_statement::{Refused, each_as_strict_as_possible},
    compound::{self, Nested},
};
pub use format::AttestationFormat;
#[cfg(feature = "metadata")]
pub use model_record::ModelRecord;
pub use policy::AttestationPolicy;
use policy::Demand;
#[cfg(feature = "attestation")]
pub use rules::{CompoundRule, SecurityLevel};
use statement::Inputs;
pub use verdict::{Attestation, AttestationType, Unchecked};

/// Verifies an attestation: steps 21 to 24 of §7.1. This function determines the format, runs the
/// verification procedure of the format, and assesses the trust that the policy requires.
///
/// `client_data_hash` is the SHA-256 of `clientDataJSON`. `now` is the time at which certificates
/// must be valid. `quirks` are the allowed quirks.
///
/// # Errors
///
/// Returns one of these errors:
/// - [`InvalidPolicy`](ErrorKind::InvalidPolicy) if the policy ignores attestation but also has
///   requirements
/// - [`UnsupportedAttestationFormat`](ErrorKind::UnsupportedAttestationFormat) if the format is not
///   supported
/// - [`MissingAttestedCredentialData`](ErrorKind::MissingAttestedCredentialData) if the
///   authenticator data contains no credential
/// - an error of [`CoseKey::parse`] if the credential public key is not valid
/// - if the format identifier is malformed or the statement is not correct:
///   [`AttestationInvalid`](ErrorKind::AttestationInvalid),
///   [`SignatureInvalid`](ErrorKind::SignatureInvalid),
///   [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch),
///   [`AaguidMismatch`](ErrorKind::AaguidMismatch), [`KeyMismatch`](ErrorKind::KeyMismatch),
///   [`PointNotOnCurve`](ErrorKind::PointNotOnCurve),
///   [`AttestationNonceMismatch`](ErrorKind::AttestationNonceMismatch),
///   [`TpmMagicMismatch`](ErrorKind::TpmMagicMismatch),
///   [`TrailingBytes`](ErrorKind::TrailingBytes),
///   [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm),
///   [`WeakAlgorithm`](ErrorKind::WeakAlgorithm), or
///   [`TooManySignatureChecks`](ErrorKind::TooManySignatureChecks)
/// - if the policy rejects the attestation: [`NoTrustAnchors`](ErrorKind::NoTrustAnchors),
///   [`UntrustedAttestation`](ErrorKind::UntrustedAttestation),
///   [`AuthenticatorNotAllowed`](ErrorKind::AuthenticatorNotAllowed), or, with metadata,
///   [`MetadataInvalid`](ErrorKind::MetadataInvalid)
pub fn verify(
    object: &AttestationObject<'_>,
    client_data_hash: &[u8; 32],
    policy: &AttestationPolicy,
    now: SystemTime,
    quirks: Quirks,
) -> Result<Attestation, Failure> {
    policy.check().map_err(|error| Failure::new(ErrorKind::InvalidPolicy, error.to_string()))?;
    let format = policy.determine_format(object.format())?;
    let attested = object
        .authenticator_data()
        .attested_credential()
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    let key = CoseKey::parse_at(attested.public_key(), attested.public_key_offset())?;
    let authenticator_data = object.authenticator_data();
    let attestation =
        policy.verify_statement(format, object, key.public_key(), client_data_hash, now, quirks)?;
    policy.assess(attestation, authenticator_data, now, quirks)
}

impl AttestationPolicy {
    /// Returns the format with this identifier if the policy accepts it: step 21 of §7.1.
    pub(crate) fn determine_format(&self, identifier: &str) -> Result<AttestationFormat, Failure> {
        self.rules.determine_format(identifier)
    }

    /// Runs the verification procedure unless the policy ignores attestation: step 22 of §7.1.
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
                unverified_aaguid: unverified_aaguid(object.authenticator_data()),
                unchecked: Cow::Borrowed(&[Unchecked::Statement, Unchecked::Trust]),
                ..Attestation::new(format, AttestationType::Ignored)
            });
        }
        let tolerance = Tolerance::new(quirks);
        let budget = Budget::for_statements();
        let inputs = Inputs {
            statement: object.attestation_statement(),
            authenticator_data: object.authenticator_data(),
            client_data_hash,
            credential_key,
            rules: &self.rules,
            now,
            tolerance: &tolerance,
            budget: &budget,
        };
        verify_format(format, &inputs)
    }

    /// Assesses a verified attestation. A `NoTrustAnchors` failure belongs to step 23, every other
    /// failure to step 24.
    #[cfg(feature = "attestation")]
    pub(crate) fn assess(
        &self,
        attestation: Attestation,
        authenticator_data: &AuthenticatorData<'_>,
        now: SystemTime,
        quirks: Quirks,
    ) -> Result<Attestation, Failure> {
        match (&self.demand, self.rules.compound) {
            (Demand::Trust(trust), _) => {
                let rules = &self.rules;
                trust::assess(attestation, trust, rules, authenticator_data, now, quirks)
            }
            // All statements must be correct, so none can be left out to need fewer quirks.
            (_, CompoundRule::All) => Ok(attestation),
            (_, CompoundRule::Any) => Ok(attestation.with_fewest_quirks()),
        }
    }

    /// Without the crate feature `attestation`, a policy cannot require trust.
    #[cfg(not(feature = "attestation"))]
    pub(crate) fn assess(
        &self,
        attestation: Attestation,
        _: &AuthenticatorData<'_>,
        _: SystemTime,
        _: Quirks,
    ) -> Result<Attestation, Failure> {
        Ok(attestation)
    }
}

/// Returns the AAGUID in the authenticator data, or `None` if it is zero.
fn unverified_aaguid(authenticator_data: &AuthenticatorData<'_>) -> Option<Aaguid> {
    let attested = authenticator_data.attested_credential()?;
    Some(attested.aaguid()).filter(|aaguid| *aaguid != Aaguid::ZERO)
}

/// Runs the verification procedure of one format: step 22 of §7.1.
fn verify_format(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    let attestation = run_procedure(format, inputs)?;
    let quirks = attestation.quirks.and(inputs.tolerance.needed());
    let unverified_aaguid = unverified_aaguid(inputs.authenticator_data);
    Ok(Attestation { unverified_aaguid, quirks, ..attestation })
}

/// Calls the procedure of the format. Only this function knows every format.
#[cfg(feature = "attestation")]
fn run_procedure(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    match format {
        AttestationFormat::None => none::verify(inputs),
        AttestationFormat::Packed => packed::verify(inputs),
        AttestationFormat::Tpm => certified::tpm::verify(inputs),
        AttestationFormat::AndroidKey => certified::android_key::verify(inputs),
        AttestationFormat::AndroidSafetyNet => certified::android_safetynet::verify(inputs),
        AttestationFormat::FidoU2f => certified::fido_u2f::verify(inputs),
        AttestationFormat::Apple => certified::apple::verify(inputs),
        AttestationFormat::Compound => verify_compound(inputs),
    }
}

/// Calls the procedure of the format. Only formats without certificates are available.
#[cfg(not(feature = "attestation"))]
fn run_procedure(
    format: AttestationFormat,
    inputs: &Inputs<'_, '_>,
) -> Result<Attestation, Failure> {
    match format {
        AttestationFormat::None => none::verify(inputs),
        AttestationFormat::Packed => packed::verify(inputs),
        other => Err(format::unsupported(other.as_str())),
    }
}

/// Runs the procedure of each statement inside a compound statement (§8.9).
#[cfg(feature = "attestation")]
fn verify_compound(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let nested = compound::parse(inputs.statement)?;
    let verify = |one: &Nested<'_>, tolerance: &Tolerance| {
        let format = inputs.rules.determine_format(one.format);
        let format = format.map_err(|failure| failure.in_field(one.place.format))?;
        verify_format(format, &Inputs { statement: one.statement, tolerance, ..*inputs })
            .map_err(|failure| failure.inside(format!("{} ({format})", one.place.itself)))
    };
    let tolerated = inputs.tolerance.tolerated();
    match inputs.rules.compound {
        // Step 1.
        CompoundRule::All => {
            let verified = nested.iter().map(|one| verify(one, &Tolerance::new(tolerated)));
            Ok(compound::all(verified.collect::<Result<_, _>>()?))
        }
        // Step 2.
        CompoundRule::Any => {
            let attempt = |one: &Nested<'_>, quirks| {
                let tolerance = Tolerance::new(quirks);
                verify(one, &tolerance).map_err(|failure| Refused {
                    failure,
                    needed: tolerance.needed(),
                    missed: tolerance.missed(),
                    is_model_refused: false,
                })
            };
            let (verified, refused) = each_as_strict_as_possible(&nested, tolerated, attempt);
            compound::any(verified, refused)
        }
    }
}
