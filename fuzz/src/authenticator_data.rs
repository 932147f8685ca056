//! Authenticator data. The parts of a view together are the input, and the flags match the parts.
//! No shorter and no longer input is accepted.

use ciborium::Value;
use webauthn_verify::ErrorKind;
use webauthn_verify::extensions::AuthenticatorOutputs;
use webauthn_verify::parse::AuthenticatorData;

use super::site::{check_parse_failure, decode_cbor, encode_cbor};

pub fn check(input: &[u8]) {
    let view = match AuthenticatorData::parse(input) {
        Ok(view) => view,
        Err(error) => {
            check_parse_failure(&error, input);
            return;
        }
    };
    assert_eq!(view.as_bytes(), input);
    let before_extensions = rebuild(&view);
    let (head, extension_map) = input.split_at(before_extensions.len());
    assert_eq!(head, before_extensions);
    assert_eq!(extension_map.is_empty(), view.extensions().is_none());

    let flags = view.flags();
    assert_eq!(flags.attested_credential_data(), view.attested_credential().is_some());
    assert_eq!(flags.extension_data(), view.extensions().is_some());
    let bits = [
        (flags.user_present(), 0x01),
        (flags.user_verified(), 0x04),
        (flags.backup_eligible(), 0x08),
        (flags.backup_state(), 0x10),
        (flags.attested_credential_data(), 0x40),
        (flags.extension_data(), 0x80),
    ];
    for (set, bit) in bits {
        assert_eq!(set, flags.bits() & bit != 0);
    }
    if let Some(attested) = view.attested_credential() {
        assert!(!attested.credential_id().is_empty());
        assert!(matches!(decode_cbor(attested.public_key()), Some(Value::Map(_))));
        assert_eq!(attested.aaguid().to_string().len(), 36);
    }
    if let Some(extensions) = view.extensions() {
        check_extensions(extensions, extension_map);
    }

    for length in 0..input.len() {
        let prefix = &input[..length];
        let error = AuthenticatorData::parse(prefix).expect_err("a prefix is accepted");
        check_parse_failure(&error, prefix);
    }
    let mut longer = input.to_vec();
    longer.push(0);
    for byte in [0x00, 0x40, 0xa0, 0xff] {
        *longer.last_mut().unwrap() = byte;
        let error = AuthenticatorData::parse(&longer).expect_err("a longer one is accepted");
        assert_eq!(error.kind(), ErrorKind::TrailingBytes);
        assert_eq!(check_parse_failure(&error, &longer).offset(), input.len());
    }
}

/// Builds everything before the extensions from the parts of the view.
fn rebuild(view: &AuthenticatorData<'_>) -> Vec<u8> {
    let mut bytes = view.rp_id_hash().to_vec();
    bytes.push(view.flags().bits());
    bytes.extend(view.sign_count().to_be_bytes());
    if let Some(attested) = view.attested_credential() {
        bytes.extend(attested.aaguid().as_bytes());
        let length = u16::try_from(attested.credential_id().len()).unwrap();
        bytes.extend(length.to_be_bytes());
        bytes.extend(attested.credential_id());
        bytes.extend(attested.public_key());
    }
    bytes
}

/// Checks that the reference finds the same identifiers and outputs, in the same order.
fn check_extensions(extensions: &AuthenticatorOutputs<'_>, map: &[u8]) {
    let Some(Value::Map(expected)) = decode_cbor(map) else {
        panic!("the extensions are no map to the reference")
    };
    assert_eq!(extensions.iter().count(), expected.len());
    for ((identifier, output), (key, value)) in extensions.iter().zip(&expected) {
        assert_eq!(Some(identifier), key.as_text());
        assert_eq!(output, encode_cbor(value));
        assert_eq!(extensions.get(identifier), Some(output));
    }
}
