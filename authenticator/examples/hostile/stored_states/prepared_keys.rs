//! Records with a prepared key.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{ED448, EDDSA, ES256, ES256K, ES384, RS256};
use webauthn_verify_authenticator::{
    AuthenticatorDataBuilder, Fault, PrivateKey, SoftwareAuthenticator,
};

use super::records::{of_login, with};
use crate::case::{
    CHALLENGE, Case, LOGIN_FLAGS, Login, NOW as TIME, ORIGIN, RP_ID, cose_key, encode,
};
use crate::ceremony::set;

/// Returns a committed record of the first release. The authenticator with the seed "alice" has its
/// key.
fn committed_record() -> Value {
    let path = "../tests/it/fixtures/credential-prepared-v1.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(path).expect("a committed file");
    serde_json::from_str(&text).expect("a record as JSON")
}

pub(super) fn cases() -> Vec<Value> {
    let mut cases = committed();
    cases.extend(without_values());
    cases.extend(damaged());
    cases
}

/// The serialized form of a prepared key: a version, the length of the key, the key, and values.
fn prepared(cose_key: &[u8], values: &[u8]) -> Vec<u8> {
    let length = u16::try_from(cose_key.len()).expect("a short key");
    [&[1][..], &length.to_be_bytes(), cose_key, values].concat()
}

/// The logins of a credential with a key for one algorithm. To create an RSA key takes long, so it
/// is created once.
struct Logins {
    correct: Case,
    cose_key: Vec<u8>,
}

impl Logins {
    fn of(algorithm: i64) -> Logins {
        let cose_key = cose_key(algorithm);
        let record = with(&["public_key"], json!(encode(&cose_key)));
        let correct = of_login(&Login::with_algorithm(algorithm), "", "KB-104", record);
        Logins { correct, cose_key }
    }

    /// A correct login whose record has this prepared key.
    fn with(&self, name: &str, prepared_key: &[u8]) -> Case {
        let mut record = with(&["public_key"], json!(encode(&self.cose_key)));
        set(&mut record, &["prepared_key"], encode(prepared_key));
        let named = |family: &str| format!("{family}prepared-key-{name}");
        self.correct.clone().renamed(named).with("record", record)
    }
}

/// A login with the committed record.
fn login_with(record: Value, name: &str, fault: Option<Fault>) -> Case {
    let mut alice = SoftwareAuthenticator::from_seed(b"alice");
    let challenge = encode(&CHALLENGE);
    let creation = json!({
        "rp": { "id": RP_ID, "name": RP_ID },
        "user": { "id": record["user_handle"], "name": "alice", "displayName": "Alice" },
        "challenge": challenge,
        "pubKeyCredParams": [{ "type": "public-key", "alg": ES256 }],
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true },
    });
    alice.register(&creation, ORIGIN).expect("correct options");
    if let Some(fault) = fault {
        alice.break_next(fault);
    }
    let request = json!({ "challenge": challenge, "rpId": RP_ID });
    let body = alice.authenticate(&request, ORIGIN).expect("correct options");
    let response = serde_json::from_str(&body).expect("the authenticator writes JSON");
    let name = format!("stored-states/login/record/prepared-key-{name}");
    Case::new(&name, "REC-01", "authentication", response).with("now", TIME).with("record", record)
}

fn committed() -> Vec<Value> {
    let record = committed_record();
    let mut without = record.clone();
    set(&mut without, &["prepared_key"], Value::Null);
    let mut of_another = record.clone();
    set(&mut of_another, &["public_key"], encode(&cose_key(ES256)));
    vec![
        login_with(record.clone(), "committed", None).accept(),
        login_with(without, "committed-and-removed", None).accept(),
        login_with(record, "committed-and-signature-wrong", Some(Fault::AssertionSignature))
            .reject("SignatureInvalid", "21"),
        login_with(of_another, "of-another-key", None).unusable(),
    ]
}

/// Keys whose prepared form has no values.
fn without_values() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, algorithm) in [("rs256", RS256), ("es256k", ES256K), ("ed448", ED448)] {
        let logins = Logins::of(algorithm);
        let whole = prepared(&logins.cose_key, b"");
        let correct = logins.with(name, &whole);
        cases.push(correct.clone().accept());
        let more = prepared(&logins.cose_key, b"\0");
        cases.push(logins.with(&format!("{name}-with-a-value"), &more).unusable());
        let other = PrivateKey::from_seed(algorithm, b"another").and_then(|key| key.cose_key());
        let other = prepared(&other.expect("a key"), b"");
        cases.push(logins.with(&format!("{name}-of-another-key"), &other).unusable());
        let wrong = correct.renamed(|name| format!("{name}-other-bytes-signed")).edit(|response| {
            let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, 2).build();
            set(response, &["response", "authenticatorData"], encode(&data));
        });
        cases.push(wrong.with("rule", "AUTH-21").reject("SignatureInvalid", "21"));
    }
    cases
}

fn damaged() -> Vec<Value> {
    let mut cases = Vec::new();
    let rsa = Logins::of(RS256);
    let whole = prepared(&rsa.cose_key, b"");
    let mut version = whole.clone();
    version[0] = 2;
    let mut longer = whole.clone();
    longer[2] = longer[2].wrapping_add(1);
    let mut shorter = whole.clone();
    shorter[2] = shorter[2].wrapping_sub(1);
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("of-1-byte", b"\x01"),
        ("head-only", b"\x01\0\0"),
        ("version-0", &[&b"\0"[..], &whole[1..]].concat()),
        ("version-2", &version),
        ("key-cut-short", &whole[..whole.len() - 1]),
        ("key-length-too-high", &longer),
        ("key-length-too-low", &shorter),
        ("key-without-head", &rsa.cose_key),
        ("of-another-algorithm", &prepared(&cose_key(ES256K), b"")),
    ] {
        cases.push(rsa.with(name, bytes).unusable());
    }
    // The prepared forms of these keys have values.
    for (name, algorithm) in [("es256", ES256), ("es384", ES384), ("eddsa", EDDSA)] {
        let logins = Logins::of(algorithm);
        for (what, values) in [("without-values", &[][..]), ("with-one-value", &[0; 32])] {
            let prepared = prepared(&logins.cose_key, values);
            cases.push(logins.with(&format!("{name}-{what}"), &prepared).unusable());
        }
    }
    let committed = committed_record();
    let values = committed["prepared_key"].as_str().expect("text");
    let place = values.len() - 44;
    for (name, text) in [
        ("values-cut-short", values[..values.len() - 4].to_owned()),
        ("values-too-long", format!("{values}AAAA")),
        // The last coordinate is not below the prime.
        ("value-above-the-prime", format!("{}{}", &values[..place], "_".repeat(44))),
        ("padded", format!("{values}=")),
    ] {
        let mut record = committed.clone();
        set(&mut record, &["prepared_key"], text);
        cases.push(login_with(record, name, None).unusable());
    }
    let number = with(&["prepared_key"], json!(1));
    let number = of_login(&Login::new(), "prepared-key-number", "KB-104", number);
    cases.push(number.unusable());
    cases
}
