//! CBOR that is not canonical, and attestation objects, statements and extension outputs with wrong
//! members.

mod extensions;
mod items;
mod object;
mod quirk;
mod statement;

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    [items::cases(), object::cases(), quirk::cases(), statement::cases(), extensions::cases()]
        .concat()
}
