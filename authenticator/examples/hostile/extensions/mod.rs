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
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, flag};

use crate::case::{
    Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration, attested, cose_key,
};
use crate::ceremony::{Ceremony, set};

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
    let map = map(outputs);
    match ceremony {
        Ceremony::Registration => {
            let flags = REGISTRATION_FLAGS | flag::EXTENSION_DATA;
            let data = attested(flags, &cose_key(ES256)).extensions(&map).build();
            Registration::new().authenticator_data(data).case(&name, rule)
        }
        Ceremony::Login => {
            let flags = LOGIN_FLAGS | flag::EXTENSION_DATA;
            let data = AuthenticatorDataBuilder::new(RP_ID, flags, 1).extensions(&map).build();
            Login::new().authenticator_data(data).case(&name, rule)
        }
    }
}

/// Sets the client extension results.
fn results(case: Case, results: Value) -> Case {
    case.edit(|response| set(response, &["clientExtensionResults"], results))
}

/// The error for an output of this extension.
fn rejected(ceremony: Ceremony, case: Case, identifier: &str) -> Value {
    case.reject_field("ExtensionRejected", ceremony.either("28", "23"), identifier)
}

/// Encodes a map of fewer than 24 outputs.
fn map(outputs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut map = vec![0xa0 | u8::try_from(outputs.len()).expect("few outputs")];
    for (identifier, output) in outputs {
        map.push(0x60 | u8::try_from(identifier.len()).expect("a short identifier"));
        map.extend(identifier.as_bytes());
        map.extend(*output);
    }
    map
}

/// Encodes a byte string of fewer than 256 bytes.
fn bytes(length: usize) -> Vec<u8> {
    let short = u8::try_from(length).expect("a short string");
    let head = if short < 24 { vec![0x40 | short] } else { vec![0x58, short] };
    [head, vec![0xee; length]].concat()
}
