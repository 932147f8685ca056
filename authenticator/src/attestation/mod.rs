//! The attestation of the software authenticator, one file for each format.

mod android_key;
mod android_safetynet;
mod apple;
pub(crate) mod attester;
pub(crate) mod authority;
mod compound;
mod fido_u2f;
mod fields;
pub(crate) mod kind;
mod none;
mod packed;
mod tpm;

use crate::attestation::attester::Attester;
use crate::attestation::kind::AttestationKind;
use crate::attestation_statement::AttestationStatement;
use crate::error::AuthenticatorError;

pub use android_key::KeyDescriptionBuilder;
pub use android_safetynet::SafetyNetResponseBuilder;
pub use tpm::{TpmStructure, tpm2b};

/// Creates a statement of this kind.
pub(crate) fn attest(
    attester: &Attester<'_>,
    kind: AttestationKind,
) -> Result<AttestationStatement, AuthenticatorError> {
    match kind {
        AttestationKind::None => Ok(none::attest(attester)),
        AttestationKind::PackedSelf => packed::attest_self(attester),
        AttestationKind::PackedX5c => packed::attest(attester),
        AttestationKind::Tpm => tpm::attest(attester),
        AttestationKind::AndroidKey => android_key::attest(attester),
        AttestationKind::AndroidSafetyNet => android_safetynet::attest(attester),
        AttestationKind::FidoU2f => fido_u2f::attest(attester),
        AttestationKind::Apple => apple::attest(attester),
        AttestationKind::Compound => compound::attest(attester),
    }
}
