//! Attestation objects, compared with `ciborium`. An object is accepted exactly if the reference
//! finds it canonical and of the right structure, and both read the same members.

use std::cmp::Ordering;

use ciborium::Value;
use webauthn_verify::Quirks;
use webauthn_verify::attestation::{self, AttestationFormat, AttestationPolicy, AttestationType};
use webauthn_verify::parse::{AttestationObject, AuthenticatorData, CoseKey};

use super::site;

const MAX_DEPTH: usize = 8;
const MAX_UNORDERED: usize = 16;

pub fn check(input: &[u8]) {
    let reference = reference(input);
    match AttestationObject::parse(input) {
        Ok(object) => {
            check_members(input, &object);
            check_statement(&object);
            assert!(reference, "accepted, although the reference finds it wrong");
        }
        Err(error) => {
            site::check_parse_failure(&error, input);
            assert!(!reference, "refused, although the reference finds it right: {error}");
        }
    }
}

fn check_members(input: &[u8], object: &AttestationObject<'_>) {
    let decoded = site::decode_cbor(input).expect("the reference refuses the object");
    let members = decoded.as_map().expect("no map");
    let find = |name| members.iter().find(|(key, _)| key.as_text() == Some(name));
    let member = |name| &find(name).expect("a member is missing").1;
    assert_eq!(member("fmt").as_text(), Some(object.format()));
    let data = object.authenticator_data();
    assert_eq!(member("authData").as_bytes().map(Vec::as_slice), Some(data.as_bytes()));
    let statement = site::decode_cbor(object.statement()).expect("no statement");
    assert_eq!(member("attStmt"), &statement);
    // The same data alone gives the same view, with other offsets.
    let alone = AuthenticatorData::parse(data.as_bytes()).expect("refused alone");
    assert_eq!((alone.flags(), alone.sign_count()), (data.flags(), data.sign_count()));
    assert_eq!(alone.extensions(), data.extensions());
    let parts = |data: &AuthenticatorData<'_>| {
        let attested = data.attested_credential()?;
        let (id, key) = (attested.credential_id().to_vec(), attested.public_key().to_vec());
        Some((attested.aaguid(), id, key))
    };
    assert_eq!(parts(&alone), parts(data));
}

/// Checks that a verified statement has a known format, and that a self attestation is a signature
/// of the credential key.
fn check_statement(object: &AttestationObject<'_>) {
    let client_data_hash = site::sha256(&site::client_data("webauthn.create"));
    let attestation = match attestation::verify(
        object,
        &client_data_hash,
        &AttestationPolicy::default(),
        site::now(),
        Quirks::NONE,
    ) {
        Ok(attestation) => attestation,
        Err(failure) => {
            assert!(!failure.to_string().is_empty());
            return;
        }
    };
    let statement = site::decode_cbor(object.statement()).unwrap();
    assert_eq!(attestation.format().as_str(), object.format());
    let data = object.authenticator_data();
    match attestation.attestation_type() {
        AttestationType::None => {
            assert_eq!(attestation.format(), AttestationFormat::None);
            assert_eq!(statement, Value::Map(Vec::new()));
        }
        AttestationType::SelfAttestation => {
            assert_eq!(attestation.format(), AttestationFormat::Packed);
            let key = data.attested_credential().expect("no credential").public_key();
            let key = CoseKey::parse(key).expect("no key");
            let members = statement.as_map().unwrap();
            let sig = members.iter().find(|(name, _)| name.as_text() == Some("sig")).unwrap();
            let signed = [data.as_bytes(), &client_data_hash].concat();
            site::verify_again(&key, &signed, sig.1.as_bytes().unwrap());
        }
        AttestationType::Compound => {
            assert_eq!(attestation.format(), AttestationFormat::Compound);
            let Value::Array(nested) = &statement else { panic!("no array") };
            let formats = nested.iter().map(|one| {
                let format =
                    one.as_map().unwrap().iter().find(|(name, _)| name.as_text() == Some("fmt"));
                format.unwrap().1.as_text().unwrap()
            });
            let verified = attestation.statements().iter().map(|one| one.format().as_str());
            assert!(formats.eq(verified));
        }
        _ => assert!(!attestation.certificates().is_empty()),
    }
}

/// Returns whether the reference finds the object canonical and of the right structure. It does not
/// look into the authenticator data.
fn reference(input: &[u8]) -> bool {
    let Some(decoded) = site::decode_cbor(input) else { return false };
    let Value::Map(members) = &decoded else { return false };
    let find = |name| {
        let mut found = members.iter().filter(|(key, _)| key.as_text() == Some(name));
        found.next().map(|(_, value)| value)
    };
    let (Some(Value::Text(_)), Some(_), Some(Value::Bytes(data))) =
        (find("fmt"), find("attStmt"), find("authData"))
    else {
        return false;
    };
    // If something is not in the shortest form, encoding it again gives other bytes.
    site::encode_cbor(&decoded) == input
        && AuthenticatorData::parse(data).is_ok()
        && unordered(members)
        && members.iter().all(|(key, value)| match (key.as_text(), value) {
            (None, _) => false,
            (Some("attStmt"), Value::Map(pairs)) => {
                unordered(pairs)
                    && pairs.iter().all(|(key, value)| scalar(key) && canonical(value, 2))
            }
            (Some(_), value) => canonical(value, 1),
        })
}

/// Returns whether no key occurs twice. The order does not matter.
fn unordered(pairs: &[(Value, Value)]) -> bool {
    let twice = |(position, (key, _)): (usize, &(Value, Value))| {
        pairs[..position].iter().any(|(earlier, _)| earlier == key)
    };
    pairs.len() <= MAX_UNORDERED && !pairs.iter().enumerate().any(twice)
}

/// Returns whether a value inside `depth` others is in CTAP2 canonical form. The encoding of
/// lengths is not checked here.
fn canonical(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => {
            depth < MAX_DEPTH && items.iter().all(|item| canonical(item, depth + 1))
        }
        Value::Map(pairs) => {
            let ascending = |pair: &[(Value, Value)]| order(&pair[0].0, &pair[1].0).is_lt();
            depth < MAX_DEPTH
                && pairs.windows(2).all(ascending)
                && pairs.iter().all(|(key, value)| scalar(key) && canonical(value, depth + 1))
        }
        _ => scalar(value),
    }
}

fn scalar(value: &Value) -> bool {
    match value {
        Value::Integer(number) => {
            // `ciborium` reads larger integers from tags.
            let number = i128::from(*number);
            (-(1 << 64)..1 << 64).contains(&number)
        }
        Value::Bytes(_) | Value::Text(_) | Value::Bool(_) | Value::Null => true,
        _ => false,
    }
}

/// Compares by major type, then by length, then by bytes.
fn order(one: &Value, other: &Value) -> Ordering {
    let key = |value| {
        let bytes = site::encode_cbor(value);
        (bytes[0] >> 5, bytes.len(), bytes)
    };
    key(one).cmp(&key(other))
}
