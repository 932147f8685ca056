//! The attested credential data.

use serde_json::Value;
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::flag::{
    ATTESTED_CREDENTIAL_DATA as AT, EXTENSION_DATA as ED, USER_PRESENT as UP, USER_VERIFIED as UV,
};

use super::EXTENSIONS;
use crate::case::{AAGUID, CREDENTIAL_ID, Case, RP_ID, attested, cose_key, encode};
use crate::ceremony::Ceremony;

/// The credential in the authenticator data. A login ignores its content, but not its form.
pub(super) fn forms(ceremony: Ceremony) -> Vec<Value> {
    let key = cose_key(ES256);
    let start = &AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, 1).build()[..];
    let case = |name: &str, rule: &str, parts: &[&[u8]]| {
        let data = [&[start], parts].concat().concat();
        ceremony.own_case(&format!("credential/{name}"), rule, data)
    };
    let malformed = |case: Case, field: &str| {
        case.reject_field("InvalidAuthenticatorData", ceremony.parsing(), field)
    };
    let id = &CREDENTIAL_ID[..];
    let rest = u16::try_from(id.len() + key.len()).expect("short");
    let [rest, beyond] = [rest, rest + 1].map(u16::to_be_bytes);
    let mut cases = vec![
        case("aaguid-zero", "AD-13", &[&[0; 16], &[0, 16], id, &key]).accept(),
        case("aaguid-ones", "AD-13", &[&[0xff; 16], &[0, 16], id, &key]).accept(),
        malformed(
            case("aaguid-of-15-bytes", "KB-68", &[&AAGUID[1..], &[0, 16], id, &key]),
            "credential ID",
        ),
        malformed(
            case("id-length-little-endian", "AD-06", &[&AAGUID, &[16, 0], id, &key]),
            "credential ID",
        ),
        malformed(case("id-length-0", "AD-07", &[&AAGUID, &[0, 0], &key]), "credential ID length"),
        malformed(case("id-beyond-end", "AD-06", &[&AAGUID, &beyond, id, &key]), "credential ID"),
        malformed(
            case("id-length-65535-beyond-end", "AD-06", &[&AAGUID, &[0xff, 0xff], id, &key]),
            "credential ID",
        ),
        case("id-takes-the-rest", "AD-06", &[&AAGUID, &rest, id, &key]).reject_field(
            "InvalidCbor",
            ceremony.parsing(),
            "credential public key",
        ),
    ];
    for (name, not_a_map) in [
        ("integer", &b"\x01"[..]),
        ("bytes", b"\x41\xa0"),
        ("text", b"\x61x"),
        ("array", b"\x80"),
        ("null", b"\xf6"),
    ] {
        let name = format!("key-is-{name}");
        let case = case(&name, "AD-06", &[&AAGUID, &[0, 16], id, not_a_map]);
        cases.push(malformed(case, "credential public key"));
    }
    // The length of x in three bytes instead of two. A parser that encodes the key again to measure
    // it finds the extensions at another place.
    let padded = [&key[..8], &[0x59, 0x00, 0x20], &key[10..]].concat();
    let data = attested(UP | UV | AT | ED, &padded).extensions(EXTENSIONS).build();
    let case = ceremony.own_case("credential/key-with-padded-length", "AD-08", data);
    cases.push(case.reject("InvalidCbor", ceremony.parsing()));
    cases
}

/// Credential IDs in registrations, and another credential in a login.
pub(super) fn ids() -> Vec<Value> {
    let key = cose_key(ES256);
    let data = |id: &[u8]| {
        let builder = AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, 1);
        let attested = builder.attested_credential_data(&AAGUID, id, &key);
        attested.expect("at most 65535 bytes").build()
    };
    let registration = |length: usize| {
        let id = vec![0x69; length];
        let name = format!("credential-id/{length}-bytes");
        Ceremony::Registration.own_case(&name, "AD-07", data(&id)).edit(|response| {
            response["id"] = encode(&id).into();
            response["rawId"] = encode(&id).into();
        })
    };
    let mut cases = Vec::new();
    for length in [1, 2, 255, 256, 1023] {
        cases.push(registration(length).accept());
    }
    for length in [1024, 32_768] {
        cases.push(registration(length).reject("CredentialIdTooLong", "25"));
    }
    let other = Ceremony::Registration.own_case("credential-id/other", "KB-18", data(b"another"));
    cases.push(other.reject("CredentialIdMismatch", "13"));
    let longer = [&CREDENTIAL_ID[..], &[0]].concat();
    let longer = Ceremony::Registration.own_case("credential-id/longer", "KB-18", data(&longer));
    cases.push(longer.reject("CredentialIdMismatch", "13"));
    // In a login, any well-formed credential is ignored.
    for (name, id) in [("other", &b"another"[..]), ("1024-bytes", &[0x69; 1024])] {
        let name = format!("credential-id/{name}");
        cases.push(Ceremony::Login.own_case(&name, "AD-12", data(id)).accept());
    }
    let empty_key = attested(UP | UV | AT, b"\xa0").build();
    let empty_key = Ceremony::Login.own_case("credential/key-is-empty", "KB-77", empty_key);
    cases.push(empty_key.accept());
    cases
}
