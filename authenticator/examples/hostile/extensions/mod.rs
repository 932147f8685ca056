//! Extension outputs that do not meet the requirements of a request, and inputs that no browser
//! accepts.

mod app_id;
mod authenticator;
mod large_blob;
mod prf;
mod protection;
mod remote_client_data;
mod unsolicited;

use serde_json::Value;
use webauthn_verify_authenticator::flag;

use crate::case::{Case, LOGIN_FLAGS, REGISTRATION_FLAGS};
use crate::ceremony::{Ceremony, set};
use crate::encoding::text_map;

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(protection::cases());
    cases.extend(prf::cases());
    cases.extend(large_blob::cases());
    cases.extend(app_id::cases());
    cases.extend(authenticator::cases());
    cases.extend(unsolicited::cases());
    cases.extend(remote_client_data::cases());
    cases
}

/// A correct case, whose inputs and outputs the caller sets.
fn case(ceremony: Ceremony, name: &str, rule: &str) -> Case {
    ceremony.correct("extensions", name, rule)
}

/// A case with these authenticator outputs. Each has an identifier and CBOR, and they are in
/// canonical order.
fn authenticator(ceremony: Ceremony, name: &str, rule: &str, outputs: &[(&str, &[u8])]) -> Case {
    let name = format!("extensions/{}/{name}", ceremony.word());
    let flags = ceremony.either(REGISTRATION_FLAGS, LOGIN_FLAGS) | flag::EXTENSION_DATA;
    let data = ceremony.authenticator_data(flags).extensions(&text_map(outputs)).build();
    ceremony.with_authenticator_data(&name, rule, data)
}

/// Sets the client extension results.
fn results(case: Case, results: Value) -> Case {
    case.edit(|response| set(response, &["clientExtensionResults"], results))
}

/// The error for an output of this extension.
fn rejected(ceremony: Ceremony, case: Case, identifier: &str) -> Value {
    case.reject_field("ExtensionRejected", ceremony.either("28", "23"), identifier)
}

/// Encodes a byte string of this length.
fn bytes(length: usize) -> Vec<u8> {
    crate::encoding::bytes(&vec![0xee; length])
}
