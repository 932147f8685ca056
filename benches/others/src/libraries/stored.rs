//! The registration of the stored credential. A library that stores parsed keys gets the credential
//! of a login in this way.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::case::{Case, Credential, encode};

/// The challenge of this registration. All challenges of `webauthn_rp` have 16 bytes.
pub(crate) const CHALLENGE: [u8; 16] = *b"to store the key";

/// Returns a registration with the attestation `none` that stores the credential of a case.
///
/// If the case does not say whether the credential is backup eligible, it is what the login says,
/// so that no library sees a change. The user was verified only if the case requires it, because
/// `webauthn-rs-core` requires it again in each login.
pub(crate) fn registration(case: &Case, credential: &Credential) -> Value {
    let login = case.login_flags().unwrap_or(0);
    let eligible = credential.backup_eligible.unwrap_or(login & 0x08 != 0);
    let backed_up = eligible && credential.backup_state;
    let mut flags = 0x41;
    for (set, bit) in
        [(case.user_verification == "required", 0x04), (eligible, 0x08), (backed_up, 0x10)]
    {
        flags |= if set { bit } else { 0 };
    }
    let data = [
        &Sha256::digest(&case.rp_id)[..],
        &[flags],
        &credential.sign_count.to_be_bytes(),
        &[0; 16],
        &length(&credential.id),
        &credential.id,
        &credential.public_key,
    ]
    .concat();
    // The CBOR of {"fmt": "none", "attStmt": {}, "authData": data}.
    let start: &[u8] = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData";
    let size = match u8::try_from(data.len()) {
        Ok(size) => vec![0x58, size],
        Err(_) => [&[0x59], &length(&data)[..]].concat(),
    };
    let object = [start, &size, &data].concat();
    let client_data = json!({
        "type": "webauthn.create",
        "challenge": encode(&CHALLENGE),
        "origin": case.origins.first(),
        "crossOrigin": false,
    });
    json!({
        "id": encode(&credential.id),
        "rawId": encode(&credential.id),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": encode(client_data.to_string().as_bytes()),
            "attestationObject": encode(&object),
            "transports": [],
        },
    })
}

/// Returns the length as two bytes. A longer input does not occur.
fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()
}
