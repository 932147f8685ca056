//! Attestation statements of each format that break one rule of the format, and unusual ones that
//! must be accepted. The family `attestation` has the faults of the software authenticator; these
//! cases cover the rest.

mod android_key;
mod android_safetynet;
mod apple;
mod compound;
mod fido_u2f;
mod key_description;
mod statements;
mod tpm;
mod tpm_certificate;
mod tpm_structures;

use serde_json::Value;
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::certificates::root;

use crate::case::{Case, Registration, encode};
use crate::encoding::{array, bytes, head, text, text_map};

pub(crate) fn cases() -> Vec<Value> {
    [
        statements::cases(),
        tpm::cases(),
        tpm_structures::cases(),
        tpm_certificate::cases(),
        android_key::cases(),
        key_description::cases(),
        android_safetynet::cases(),
        fido_u2f::cases(),
        apple::cases(),
        compound::cases(),
    ]
    .concat()
}

/// Returns a case with this statement. Its certificates must lead to the root "root".
fn trusted(
    name: &str,
    rule: &str,
    registration: Registration,
    statement: AttestationStatement,
) -> Case {
    untrusted(name, rule, registration, statement)
        .with("trust_anchors", vec![encode(&root("root"))])
}

/// Returns a case with this statement. It need not be trusted.
fn untrusted(
    name: &str,
    rule: &str,
    registration: Registration,
    statement: AttestationStatement,
) -> Case {
    registration.statement(statement).case(&format!("formats/{}", lower_case(name)), rule)
}

/// Returns the name with `-x` in place of each upper-case letter `X`.
fn lower_case(name: &str) -> String {
    let mut lower = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            lower.push('-');
        }
        lower.push(letter.to_ascii_lowercase());
    }
    lower
}

/// Returns a correct statement of this format about `Registration::new()`. Its certificate comes
/// from the root "root".
pub(crate) fn correct_statement(format: &str) -> AttestationStatement {
    AttestationStatement::new(format, &map(&statements::correct(format)))
}

/// Returns the hash of the authenticator data and the client data hash.
fn signed_hash(registration: &Registration) -> [u8; 32] {
    Sha256::digest(registration.signed()).into()
}

/// Ends a case as an incorrect statement.
fn invalid(case: Case, field: &str) -> Value {
    case.reject_field("AttestationInvalid", "22", field)
}

/// Encodes a map of members with their CBOR.
fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    text_map(members)
}
