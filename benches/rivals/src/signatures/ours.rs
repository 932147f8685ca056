//! `webauthn-verify`, from three forms of the key.

use std::hint::black_box;

use webauthn_verify::parse::CoseKey;
use webauthn_verify::{PreparedKey, signature};

use super::signed::{Key, Signed};
use super::{Verify, verifier};
use crate::contest::Fault;

pub(crate) fn from_cose_key(keys: &[Key]) -> Result<Verify, Fault> {
    verifier(
        keys,
        |key| Ok(key.cose.clone()),
        |cose, Signed { message, signature, .. }| {
            CoseKey::parse(black_box(cose))
                .and_then(|key| signature::verify(key.public_key(), message, signature))
                .is_ok()
        },
    )
}

pub(crate) fn prepared(keys: &[Key]) -> Result<Verify, Fault> {
    verifier(keys, prepare, |key, Signed { message, signature, .. }| {
        key.verify(message, signature).is_ok()
    })
}

pub(crate) fn read_back(keys: &[Key]) -> Result<Verify, Fault> {
    verifier(
        keys,
        |key| Ok(prepare(key)?.to_bytes()),
        |stored, Signed { message, signature, .. }| {
            PreparedKey::from_bytes(black_box(stored))
                .and_then(|key| key.verify(message, signature))
                .is_ok()
        },
    )
}

fn prepare(key: &Key) -> Result<PreparedKey, Fault> {
    Ok(CoseKey::parse(&key.cose)?.public_key().prepare()?)
}
