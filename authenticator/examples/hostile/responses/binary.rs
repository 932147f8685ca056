//! Binary members that are missing, mistyped, or not base64url.

use serde_json::{Value, json};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, flag};

use super::case;
use crate::case::{
    AAGUID, Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration, cose_key,
    create_client_data, encode, get_client_data,
};
use crate::ceremony::{Ceremony, remove, set};

/// The COSE number of ES256.
const ES256: i64 = -7;

/// Its base64url contains `-` and `_`, and its standard base64 ends with two `=`.
const ID: [u8; 16] = *b"\xfb\xff\xbfid with - _ x";

/// Its base64url contains `-` and `_`, and its standard base64 ends with one `=`.
const HANDLE: [u8; 17] = *b"\xfb\xff\xbfhandle with -_";

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for member in signed_members(ceremony) {
        cases.extend(types(ceremony, member));
        cases.extend(encodings(ceremony, &["response", member]));
    }
    for member in ["id", "rawId"] {
        cases.extend(encodings(ceremony, &[member]));
    }
    if ceremony == Ceremony::Login {
        cases.extend(encodings(ceremony, &["response", "userHandle"]));
    }
    cases.push(encoded(ceremony, "binary/all-characters").accept());
    cases.extend(empty(ceremony));
    cases
}

/// The binary members of `response` that the steps verify.
fn signed_members(ceremony: Ceremony) -> &'static [&'static str] {
    ceremony.either(
        &["clientDataJSON", "attestationObject"],
        &["clientDataJSON", "authenticatorData", "signature"],
    )
}

/// `clientDataJSON` as `client-data-json`.
fn kebab(member: &str) -> String {
    let member = member.replace("JSON", "Json");
    let mut name = String::new();
    for character in member.chars() {
        if character.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Values of a required member that are not strings.
fn types(ceremony: Ceremony, member: &str) -> Vec<Value> {
    let rule = ceremony.either("JSON-02", "JSON-03");
    let (step, field) = (ceremony.either("3", "7"), format!("response.{member}"));
    let case = |what: &str| case(ceremony, &format!("{}/{what}", kebab(member)), rule);
    let path = ["response", member];
    let missing = case("missing").edit(|response| remove(response, &path));
    let mut cases = vec![missing.reject_field("MalformedResponse", step, &field)];
    for (what, value) in [
        ("null", Value::Null),
        ("number", json!(0)),
        ("boolean", json!(true)),
        ("array-of-bytes", json!([123, 125])),
        ("empty-object", json!({})),
        ("typed-array", json!({ "0": 123, "1": 125 })),
        ("buffer", json!({ "type": "Buffer", "data": [123, 125] })),
    ] {
        let case = case(what).edit(|response| set(response, &path, value));
        cases.push(case.reject_field("MalformedResponse", step, &field));
    }
    cases
}

/// Returns a correct case in which every binary member has spare bits and needs the two characters
/// that differ between base64url and base64.
fn encoded(ceremony: Ceremony, name: &str) -> Case {
    let name = format!("responses/{}/{name}", ceremony.word());
    let ids = |response: &mut Value| {
        set(response, &["id"], encode(&ID));
        set(response, &["rawId"], encode(&ID));
    };
    match ceremony {
        Ceremony::Registration => {
            let data = |extensions: &[u8]| {
                let flags = REGISTRATION_FLAGS | flag::EXTENSION_DATA;
                AuthenticatorDataBuilder::new(RP_ID, flags, 0)
                    .attested_credential_data(&AAGUID, &ID, &cose_key(ES256))
                    .expect("a short credential ID")
                    .extensions(extensions)
                    .build()
            };
            let registration = Registration::new()
                .client_data(create_client_data().member("x", "\">>>???\"").build());
            // The output of an unknown extension, one of which makes the length suitable.
            let object =
                |extensions: &[u8]| registration.clone().authenticator_data(data(extensions));
            let registration = [&b"\xa1\x61x\x41x"[..], b"\xa1\x61x\x42xx"]
                .into_iter()
                .map(object)
                .find(|registration| !registration.object().len().is_multiple_of(3))
                .expect("a length that is not a multiple of three");
            registration.case(&name, "JSON-04").edit(ids)
        }
        Ceremony::Login => {
            let client_data = get_client_data().member("x", "\">>>???\"").build();
            let login = (1..)
                .map(|count| {
                    let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, count).build();
                    Login::new().client_data(client_data.clone()).authenticator_data(data)
                })
                .find(|login| has_both(text(&login.response(), &["response", "signature"])))
                .expect("a suitable signature");
            let credential = json!({
                "id": encode(&ID),
                "public_key": encode(&cose_key(ES256)),
                "user_handle": encode(&HANDLE),
            });
            login.case(&name, "JSON-04").edit(ids).with("credential", credential).edit(|response| {
                set(response, &["response", "userHandle"], encode(&HANDLE));
            })
        }
    }
}

/// Returns whether a text has spare bits and one of the two characters that differ.
fn has_both(text: &str) -> bool {
    !text.len().is_multiple_of(4) && text.contains(['-', '_'])
}

fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    path.iter().fold(value, |value, name| &value[*name]).as_str().expect("text")
}

/// Encodings that other decoders read as the same bytes, and one that none can read.
fn encodings(ceremony: Ceremony, path: &[&str]) -> Vec<Value> {
    let field = path.join(".");
    let step = if path.len() == 1 { "3" } else { ceremony.either("3", "7") };
    let correct = encoded(ceremony, "");
    let correct = text(correct.response(), path).to_owned();
    assert!(has_both(&correct), "{field} cannot be written in another way: {correct}");
    let (start, last) = correct.split_at(correct.len() - 1);
    let member = kebab(path.last().expect("a name"));
    let mut cases = Vec::new();
    for (what, text) in [
        ("padded", correct.clone() + &"=".repeat(4 - correct.len() % 4)),
        ("standard-alphabet", correct.replace('-', "+").replace('_', "/")),
        ("spare-bits", format!("{start}{}", next_character(last))),
        ("leading-space", format!(" {correct}")),
        ("trailing-line-break", format!("{correct}\n")),
        ("nul-inside", format!("{}\0{}", &correct[..8], &correct[8..])),
        ("not-ascii", format!("{}\u{2011}{}", &correct[..8], &correct[9..])),
        ("impossible-length", format!("{correct}{}", "A".repeat(5 - correct.len() % 4))),
    ] {
        let case = encoded(ceremony, &format!("{member}/{what}"));
        let case = case.edit(|response| set(response, path, text));
        cases.push(case.reject_field("InvalidBase64Url", step, &field));
    }
    cases
}

/// Returns the next character of base64url. After a correct last character with spare bits, it
/// stands for the same bytes.
fn next_character(character: &str) -> char {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = ALPHABET.find(character).expect("a character of base64url");
    ALPHABET[place + 1..].chars().next().expect("a last character is never the highest")
}

/// Members without a byte.
fn empty(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let members = [
        ("clientDataJSON", "InvalidClientDataJson", ceremony.either("6", "9")),
        ("attestationObject", "InvalidCbor", "13"),
        ("authenticatorData", "InvalidAuthenticatorData", "15"),
        ("signature", "SignatureInvalid", "21"),
    ];
    let members = members.iter().filter(|(name, ..)| signed_members(ceremony).contains(name));
    for (member, kind, step) in members {
        let case = case(ceremony, &format!("{}/empty", kebab(member)), "JSON-04")
            .edit(|response| set(response, &["response", member], ""));
        cases.push(case.reject(kind, step));
    }
    cases
}
