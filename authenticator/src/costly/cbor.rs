//! Attestation objects that take long to read.

use crate::certificates::{attestation_certificate, key, name};
use crate::costly::registering::{MAX_OBJECT, Registering};
use crate::costly::statements::{chain_of, compound, packed};

/// Returns the shortest head of a CBOR item with this major type and length.
#[must_use]
pub fn cbor_head(major: u8, length: usize) -> Vec<u8> {
    let major = major << 5;
    let bytes = length.to_be_bytes();
    match u32::try_from(length).map(u32::to_be_bytes) {
        Ok([0, 0, 0, short @ 0..24]) => vec![major | short],
        Ok([0, 0, 0, low]) => vec![major | 24, low],
        Ok([0, 0, high, low]) => vec![major | 25, high, low],
        Ok([a, b, c, d]) => vec![major | 26, a, b, c, d],
        Err(_) => [&[major | 27][..], &bytes].concat(),
    }
}

/// Returns extension outputs with one member, a byte string of this length.
#[must_use]
pub fn one_long_output(length: usize) -> Vec<u8> {
    [&b"\xa1\x61x"[..], &cbor_head(2, length), &vec![0; length]].concat()
}

/// Returns an attestation object of the format `none` with an additional member "x", which has the
/// CBOR value `more`.
#[must_use]
pub fn object_with(registering: &Registering, more: &[u8]) -> Vec<u8> {
    let data = &registering.authenticator_data;
    [
        &b"\xa4\x61x"[..],
        more,
        b"\x63fmt\x64none\x67attStmt\xa0\x68authData",
        &cbor_head(2, data.len()),
        data,
    ]
    .concat()
}

/// Like [`object_with`], but with indefinite lengths, which CTAP2 forbids. The map has an
/// indefinite length, and so does the authenticator data, which is split into two parts.
#[must_use]
pub fn indefinite_object_with(registering: &Registering, more: &[u8]) -> Vec<u8> {
    let (first, second) = registering.authenticator_data.split_at(24);
    [
        &b"\xbf\x61x"[..],
        more,
        b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x5f",
        &cbor_head(2, first.len()),
        first,
        &cbor_head(2, second.len()),
        second,
        b"\xff\xff",
    ]
    .concat()
}

/// Returns an attestation object as long as [`MAX_OBJECT`] allows, with a byte string inside six
/// arrays. All lengths are indefinite, except the length of the byte string.
#[must_use]
pub fn nested_indefinite_object(registering: &Registering) -> Vec<u8> {
    let length = MAX_OBJECT - 1000;
    let nested = [vec![0x9f; 6], cbor_head(2, length), vec![0; length], vec![0xff; 6]].concat();
    indefinite_object_with(registering, &nested)
}

/// Returns an attestation object with eight packed statements. Each statement has eight
/// certificates, and their issuers have long names. The length of the outer map is indefinite.
#[must_use]
pub fn indefinite_object_of_chains(registering: &Registering) -> Vec<u8> {
    let long = |place: usize| name(&format!("{place}{}", "x".repeat(1350)));
    let signer = key("attestation");
    let leaf = attestation_certificate(&signer.public_numbers());
    let certificates = chain_of(leaf, &key("authority"), 8, long);
    let statement = compound(&packed(registering, &signer, &certificates), 8);
    let object = statement.attestation_object(&registering.authenticator_data).unwrap();
    [&[0xbf], object.get(1..).unwrap_or_default(), &[0xff]].concat()
}

#[cfg(test)]
mod tests {
    use ciborium::Value;

    use super::*;

    #[test]
    fn cbor_heads_have_the_shortest_form() {
        assert_eq!(cbor_head(2, 23), [0x57]);
        assert_eq!(cbor_head(2, 24), [0x58, 24]);
        assert_eq!(cbor_head(5, 256), [0xb9, 1, 0]);
        assert_eq!(cbor_head(4, 65_536), [0x9a, 0, 1, 0, 0]);
    }

    #[test]
    fn definite_and_indefinite_objects_have_the_same_content() {
        let registering = Registering::new(&key("credential"));
        let read = |bytes: &[u8]| -> Value { ciborium::from_reader(bytes).unwrap() };
        let definite = read(&object_with(&registering, &[7]));
        assert_eq!(definite, read(&indefinite_object_with(&registering, &[7])));
        let data = Value::Bytes(registering.authenticator_data.clone());
        assert!(definite.as_map().unwrap().iter().any(|(_, value)| *value == data));
    }
}
