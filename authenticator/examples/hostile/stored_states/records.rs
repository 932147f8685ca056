//! Stored credential records.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{ES256, ES384};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, PrivateKey};

use crate::case::{
    AAGUID, CREDENTIAL_ID, Case, LOGIN_FLAGS, Login, RP_ID, USER_HANDLE, cose_key, encode,
};
use crate::ceremony::{remove, set};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = vec![case("whole", "REC-01", record()).accept()];
    cases.extend(versions_and_members());
    cases.extend(ids_and_handles());
    cases.extend(keys());
    cases.extend(counters());
    cases.extend(backup_states());
    cases.extend(unverified());
    cases
}

/// The stored record of the credential.
pub(super) fn record() -> Value {
    json!({
        "version": 1,
        "id": encode(&CREDENTIAL_ID),
        "public_key": encode(&cose_key(ES256)),
        "user_handle": encode(&USER_HANDLE),
        "sign_count": 0,
        "uv_initialized": true,
        "transports": ["internal"],
        "backup_eligible": false,
        "backup_state": false,
        "aaguid": encode(&AAGUID),
        "second_factor_only": false,
        "prepared_key": null,
    })
}

/// The stored record with another value of this member.
pub(super) fn with(path: &[&str], value: Value) -> Value {
    let mut record = record();
    set(&mut record, path, value);
    record
}

fn case(name: &str, rule: &str, record: Value) -> Case {
    of_login(&Login::new(), name, rule, record)
}

/// A login with this stored record.
pub(super) fn of_login(login: &Login, name: &str, rule: &str, record: Value) -> Case {
    login
        .case(&format!("stored-states/login/record/{name}"), rule)
        .with("credential", Value::Null)
        .with("record", record)
}

fn versions_and_members() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, version) in [
        ("0", json!(0)),
        ("2", json!(2)),
        ("text", json!("1")),
        ("null", Value::Null),
        ("above-32-bits", json!(1_u64 << 32 | 1)),
    ] {
        let case = case(&format!("version-{name}"), "KB-104", with(&["version"], version));
        cases.push(case.unusable());
    }
    let optional = [
        "user_handle",
        "transports",
        "backup_eligible",
        "aaguid",
        "second_factor_only",
        "prepared_key",
    ];
    let whole = record();
    let names: Vec<&String> = whole.as_object().into_iter().flat_map(|all| all.keys()).collect();
    let mut little = record();
    for member in names {
        let name = |what: &str| format!("{}-{what}", member.replace('_', "-"));
        let mut without = record();
        remove(&mut without, &[member]);
        let is_optional = optional.contains(&member.as_str());
        let missing = case(&name("missing"), "REC-01", without);
        cases.push(if is_optional { missing.accept() } else { missing.unusable() });
        for (what, value) in [("as-object", json!({ "0": 7 })), ("as-array", json!([7]))] {
            let case = case(&name(what), "KB-104", with(&[member], value));
            cases.push(case.unusable());
        }
        if is_optional {
            remove(&mut little, &[member]);
        }
    }
    cases.push(case("required-members-only", "REC-01", little).accept());
    let mut unknown = record();
    set(&mut unknown, &["later"], json!({ "version": 2 }));
    cases.push(case("unknown-member", "KB-104", unknown).accept());
    for (name, value) in
        [("array", json!([record()])), ("text", json!(record().to_string())), ("empty", json!({}))]
    {
        cases.push(case(&format!("as-{name}"), "KB-104", value).unusable());
    }
    cases
}

fn ids_and_handles() -> Vec<Value> {
    let mut cases = Vec::new();
    for length in [0, 1024] {
        let name = format!("id-of-{length}-bytes");
        let id = json!(encode(&vec![7; length]));
        cases.push(case(&name, "REC-01", with(&["id"], id)).unusable());
    }
    for length in [1, 1023] {
        let id = encode(&vec![7; length]);
        let name = format!("id-of-{length}-bytes");
        let case = case(&name, "REC-01", with(&["id"], json!(id))).edit(|response| {
            set(response, &["id"], &*id);
            set(response, &["rawId"], &*id);
        });
        cases.push(case.accept());
    }
    let id = encode(&CREDENTIAL_ID);
    for (name, id) in [("padded", format!("{id}==")), ("not-base64url", "!".to_owned())] {
        let case = case(&format!("id-{name}"), "KB-104", with(&["id"], json!(id)));
        cases.push(case.unusable());
    }
    let other = case("id-of-another", "AUTH-05", with(&["id"], json!(encode(b"the credential 2"))));
    cases.push(other.reject("CredentialNotAllowed", "5"));
    for length in [0, 65] {
        let name = format!("user-handle-of-{length}-bytes");
        let handle = json!(encode(&vec![7; length]));
        cases.push(case(&name, "KB-104", with(&["user_handle"], handle)).unusable());
    }
    let long = encode(&[7; 64]);
    let long = case("user-handle-of-64-bytes", "REC-01", with(&["user_handle"], json!(long)))
        .edit(|response| set(response, &["response", "userHandle"], long.as_str()));
    cases.push(long.accept());
    let other = with(&["user_handle"], json!(encode(b"another user")));
    let mismatch = case("user-handle-of-another", "KB-05", other.clone());
    cases.push(mismatch.reject("UserHandleMismatch", "6"));
    let named = case("user-handle-of-another-than-the-case", "KB-05", other);
    cases.push(named.with("user_handle", encode(&USER_HANDLE)).unusable());
    cases
}

/// Keys of other kinds, and keys that cannot be read.
fn keys() -> Vec<Value> {
    let with_key = |name: &str, rule: &str, key: &[u8]| {
        case(&format!("key-{name}"), rule, with(&["public_key"], json!(encode(key))))
    };
    let correct = cose_key(ES256);
    let changed = |place: usize, byte: u8| {
        let mut key = correct.clone();
        key[place] = byte;
        key
    };
    let other = PrivateKey::from_seed(ES256, b"another").and_then(|key| key.cose_key());
    let mut flipped = correct.clone();
    flipped[76] ^= 1;
    let mut prime = correct.clone();
    prime[10..42].copy_from_slice(&[0xff; 32]);
    // ESP256 has the same keys and the same signatures.
    let esp256 = changed(4, 0x28);
    let mut cases = vec![
        with_key("empty", "KB-104", b"").unusable(),
        with_key("cut-short", "KB-104", &correct[..76]).unusable(),
        with_key("trailing-byte", "KB-104", &[&correct[..], b"\0"].concat()).unusable(),
        with_key("not-a-map", "KB-104", &[0x45, 1, 2, 3, 4, 5]).unusable(),
        with_key("other-curve", "KB-104", &changed(6, 2)).unusable(),
        with_key("other-type", "KB-104", &changed(2, 1)).unusable(),
        with_key("rs1", "KB-104", b"\xa2\x01\x03\x03\x39\xff\xfe").unusable(),
        with_key("of-another", "AUTH-21", &other.expect("a key")).reject("SignatureInvalid", "21"),
        with_key("of-another-kind", "AUTH-21", &cose_key(ES384)).reject("SignatureInvalid", "21"),
        // The curve is checked in each login, and not when the record is read.
        with_key("off-the-curve", "COSE-09", &flipped).reject("PointNotOnCurve", "21"),
        with_key("coordinate-above-the-prime", "COSE-09", &prime).reject("PointNotOnCurve", "21"),
        with_key("esp256", "COSE-10", &esp256).accept(),
    ];
    let padded = with(&["public_key"], json!(format!("{}=", encode(&correct))));
    cases.push(case("key-padded", "KB-104", padded).unusable());
    cases
}

fn counters() -> Vec<Value> {
    let mut cases = Vec::new();
    let login = |received: u32| {
        let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, received).build();
        Login::new().authenticator_data(data)
    };
    for (name, stored, received, is_accepted) in [
        ("equal", 1, 1, false),
        ("higher", 1, 2, true),
        ("lower", 2, 1, false),
        ("highest-and-1", u32::MAX, 1, false),
        ("highest-and-0", u32::MAX, 0, false),
        ("highest-again", u32::MAX, u32::MAX, false),
        ("both-0", 0, 0, true),
    ] {
        let record = with(&["sign_count"], json!(stored));
        let case = of_login(&login(received), &format!("counter-{name}"), "AUTH-22", record);
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject("SignCountNotIncreased", "22"),
        });
    }
    for (name, stored) in [
        ("above-32-bits", json!(1_u64 << 32)),
        ("negative", json!(-1)),
        ("fraction", json!(0.5)),
        ("text", json!("0")),
        ("null", Value::Null),
    ] {
        let case = case(&format!("counter-{name}"), "KB-104", with(&["sign_count"], stored));
        cases.push(case.unusable());
    }
    cases
}

fn backup_states() -> Vec<Value> {
    let mut cases = Vec::new();
    let states = [
        ("not-eligible", json!(false), false),
        ("eligible", json!(true), false),
        ("backed-up", json!(true), true),
        // A login writes this state if the policy accepts credentials that become eligible.
        ("backed-up-but-not-eligible", json!(false), true),
        ("unknown", Value::Null, false),
        ("backed-up-but-unknown", Value::Null, true),
    ];
    for (was, eligible, state) in states {
        for (is, flags) in [("not-eligible", 0x00), ("eligible", 0x08), ("backed-up", 0x18)] {
            let mut record = record();
            set(&mut record, &["backup_eligible"], eligible.clone());
            set(&mut record, &["backup_state"], state);
            let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS | flags, 1).build();
            let login = Login::new().authenticator_data(data);
            let name = format!("backup-{was}-to-{is}");
            let case = of_login(&login, &name, "AUTH-19", record);
            cases.push(match eligible.as_bool() {
                Some(true) if flags == 0 => case.reject("BackupEligibilityChanged", "19.1"),
                Some(false) if flags != 0 => case.reject("BackupEligibilityChanged", "19.2"),
                _ => case.accept(),
            });
        }
    }
    let text = case("backup-state-text", "KB-104", with(&["backup_state"], json!("true")));
    cases.push(text.unusable());
    cases
}

/// Members that no login verifies.
fn unverified() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, member, value, is_usable) in [
        ("aaguid-of-15-bytes", "aaguid", json!(encode(&[7; 15])), false),
        ("aaguid-of-17-bytes", "aaguid", json!(encode(&[7; 17])), false),
        ("aaguid-of-zeros", "aaguid", json!(encode(&[0; 16])), true),
        ("aaguid-null", "aaguid", Value::Null, true),
        ("unknown-transport", "transports", json!(["telepathy"]), true),
        ("long-transport", "transports", json!(["x".repeat(33), "usb"]), true),
        ("many-transports", "transports", json!(vec!["usb"; 100]), true),
        ("transport-not-text", "transports", json!(["usb", 1]), false),
        ("transports-null", "transports", Value::Null, false),
        ("second-factor", "second_factor_only", json!(true), true),
        ("second-factor-text", "second_factor_only", json!("true"), false),
        ("user-never-verified", "uv_initialized", json!(false), true),
        ("uv-initialized-number", "uv_initialized", json!(1), false),
    ] {
        let case = case(name, "REC-01", with(&[member], value));
        cases.push(if is_usable { case.accept() } else { case.unusable() });
    }
    cases
}
