//! What the pending states of both ceremonies have in common.

use serde_json::{Value, json};
use webauthn_verify_authenticator::ClientDataBuilder;
use webauthn_verify_authenticator::flag::{USER_PRESENT, USER_VERIFIED};

use super::{case, pending, with, without};
use crate::case::{CHALLENGE, Case, Login, ORIGIN, Registration, encode};
use crate::ceremony::{Ceremony, remove, set};

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = vec![case(ceremony, "pending/whole", "REG-01", |_| ()).accept()];
    cases.extend(versions(ceremony));
    cases.extend(other_states(ceremony));
    cases.extend(challenges(ceremony));
    cases.extend(members(ceremony));
    cases.extend(user_handles(ceremony));
    cases.extend(user_verification(ceremony));
    cases.extend(mediation(ceremony));
    cases.extend(demands(ceremony));
    cases
}

fn versions(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, version) in [("0", 0), ("2", 2), ("highest", u32::MAX)] {
        let case =
            with(ceremony, &format!("version/{name}"), "KB-104", &["version"], json!(version));
        cases.push(case.reject("UnsupportedVersion", "1"));
    }
    // In another version, members may have another meaning.
    let other = case(ceremony, "version/2-with-other-members", "KB-104", |pending| {
        set(pending, &["version"], 2);
        set(pending, &["challenge"], "");
        set(pending, &["expires_at"], 0);
    });
    cases.push(other.reject("UnsupportedVersion", "1"));
    for (name, version) in [
        ("text", json!("1")),
        ("fraction", json!(1.5)),
        ("negative", json!(-1)),
        ("above-32-bits", json!(1_u64 << 32 | 1)),
        ("null", Value::Null),
    ] {
        let name = format!("version/{name}");
        cases.push(with(ceremony, &name, "KB-104", &["version"], version).unusable());
    }
    cases
}

/// States of another relying party or ceremony, and values that are no states.
fn other_states(ceremony: Ceremony) -> Vec<Value> {
    let rule = ceremony.either("REG-01", "AUTH-01");
    let mut cases = Vec::new();
    for (name, rp_id) in [
        ("other", "example.net"),
        ("subdomain", "login.example.org"),
        ("parent", "org"),
        ("upper-case", "Example.org"),
        ("prefix", "example.or"),
    ] {
        let case = with(ceremony, &format!("rp-id/{name}"), rule, &["rp_id"], json!(rp_id));
        cases.push(case.reject("WrongRelyingParty", "1"));
    }
    let empty = with(ceremony, "rp-id/empty", "KB-104", &["rp_id"], json!(""));
    cases.push(empty.unusable());
    let other = pending(ceremony.either(Ceremony::Login, Ceremony::Registration));
    let in_payment = json!({ "payment": pending(Ceremony::Login) });
    let list = json!([pending(ceremony)]);
    for (name, value) in [
        ("of-the-other-ceremony", other),
        ("of-a-payment", in_payment),
        ("in-a-list", list),
        ("as-text", json!(pending(ceremony).to_string())),
        ("empty-object", json!({})),
        ("number", json!(1)),
    ] {
        let case = case(ceremony, &format!("pending/{name}"), rule, |pending| *pending = value);
        cases.push(case.unusable());
    }
    cases
}

/// A response whose client data contains this text as the challenge.
fn answering(ceremony: Ceremony, name: &str, rule: &str, challenge: &str, stored: &str) -> Case {
    let client_data = |ceremony_type: &str| {
        ClientDataBuilder::new(ceremony_type, b"", ORIGIN).challenge_text(challenge).build()
    };
    let mut pending = pending(ceremony);
    set(&mut pending, &["challenge"], stored);
    let name = format!("stored-states/{}/challenge/{name}", ceremony.word());
    match ceremony {
        Ceremony::Registration => {
            Registration::new().client_data(client_data("webauthn.create")).case(&name, rule)
        }
        Ceremony::Login => Login::new().client_data(client_data("webauthn.get")).case(&name, rule),
    }
    .with("pending", pending)
}

fn challenges(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, length, is_usable) in [
        ("0-bytes", 0, false),
        ("15-bytes", 15, false),
        ("16-bytes", 16, true),
        ("1024-bytes", 1024, true),
        ("1025-bytes", 1025, false),
    ] {
        let text = encode(&vec![0xc5; length]);
        let case = answering(ceremony, name, "OPT-03", &text, &text);
        cases.push(match is_usable {
            true => case.accept(),
            false => case.unusable(),
        });
    }
    let correct = encode(&CHALLENGE);
    for (name, text) in [
        ("padded", format!("{correct}=")),
        ("standard-alphabet", "+".repeat(43)),
        ("white-space", format!(" {correct}")),
        ("not-base64url", "a challenge of the site".to_owned()),
    ] {
        cases.push(answering(ceremony, name, "KB-104", &text, &text).unusable());
    }
    let rule = ceremony.either("REG-08", "AUTH-11");
    let (other, step) = (encode(&[0xc5; 32]), ceremony.either("8", "11"));
    let state = answering(ceremony, "of-another-state", rule, &correct, &other);
    cases.push(state.reject("ChallengeMismatch", step));
    // The state replaces the challenge of the case.
    let replaced = answering(ceremony, "of-the-state", rule, &other, &other)
        .with("challenge", encode(&CHALLENGE));
    cases.push(replaced.accept());
    let replaced = answering(ceremony, "of-the-case-only", rule, &correct, &other)
        .with("challenge", encode(&CHALLENGE));
    cases.push(replaced.reject("ChallengeMismatch", step));
    cases
}

/// Members that are missing or have another type.
fn members(ceremony: Ceremony) -> Vec<Value> {
    let optional: &[&str] = ceremony.either(
        &["mediation", "started_at"],
        &["mediation", "started_at", "extension_demands", "app_id"],
    );
    let whole = pending(ceremony);
    let mut cases = Vec::new();
    for member in whole.as_object().into_iter().flat_map(|members| members.keys()) {
        let name = |what: &str| format!("member/{}-{what}", member.replace('_', "-"));
        let missing = without(ceremony, &name("missing"), "KB-104", &[member]);
        cases.push(match optional.contains(&member.as_str()) {
            true => missing.accept(),
            false => missing.unusable(),
        });
        for (what, value) in [("as-array", json!([7])), ("as-object", json!({ "0": 7 }))] {
            cases.push(with(ceremony, &name(what), "KB-104", &[member], value).unusable());
        }
    }
    let unknown = case(ceremony, "member/unknown", "KB-104", |pending| {
        set(pending, &["later"], json!({ "version": 2 }));
        set(pending, &["extension_demands", "later"], true);
    });
    cases.push(unknown.accept());
    cases
}

fn user_handles(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for length in [0, 65] {
        let handle = json!(encode(&vec![7; length]));
        let name = format!("user-handle/{length}-bytes");
        cases.push(with(ceremony, &name, "OPT-04", &["user_handle"], handle).unusable());
    }
    let padded =
        with(ceremony, "user-handle/padded", "KB-104", &["user_handle"], json!("dXNlciBoYW5kbGU="));
    cases.push(padded.unusable());
    if ceremony == Ceremony::Registration {
        for length in [1, 64] {
            let handle = json!(encode(&vec![7; length]));
            let name = format!("user-handle/{length}-bytes");
            cases.push(with(ceremony, &name, "OPT-04", &["user_handle"], handle).accept());
        }
    }
    cases
}

/// A response without these flags to a pending state with another value of this member.
fn flagged(
    ceremony: Ceremony,
    name: &str,
    rule: &str,
    cleared: u8,
    (member, value): (&str, Value),
) -> Case {
    let mut pending = pending(ceremony);
    set(&mut pending, &[member], value);
    ceremony.flagged("stored-states", name, rule, 0, cleared).with("pending", pending)
}

/// Requirements that come from the state.
fn user_verification(ceremony: Ceremony) -> Vec<Value> {
    const MEMBER: &str = "user_verification";
    let rule = ceremony.either("REG-16", "AUTH-17");
    let with = |name: &str, cleared: u8, word: &str| {
        let name = format!("user-verification/{name}");
        flagged(ceremony, &name, rule, cleared, (MEMBER, json!(word)))
    };
    let mut cases = Vec::new();
    for word in ["required", "preferred", "discouraged"] {
        let case = with(&format!("{word}-and-not-verified"), USER_VERIFIED, word);
        cases.push(match word {
            "required" => case.reject("UserNotVerified", ceremony.either("16", "17")),
            _ => case.accept(),
        });
    }
    // The state replaces the options of the case.
    let replaced = with("of-the-case-only", USER_VERIFIED, "preferred");
    cases.push(replaced.with(MEMBER, "required").accept());
    cases.push(with("unknown", 0, "forced").unusable());
    cases
}

/// Conditional mediation, which the response cannot claim.
fn mediation(ceremony: Ceremony) -> Vec<Value> {
    let with = |name: &str, cleared: u8, word: Value| {
        let name = format!("mediation/{name}");
        flagged(ceremony, &name, "OPT-10", cleared, ("mediation", word))
    };
    let conditional = with("conditional-and-not-present", USER_PRESENT, json!("conditional"));
    let claimed = with("of-the-case-only", USER_PRESENT, Value::Null);
    let claimed = claimed.with("mediation", "conditional");
    vec![
        match ceremony {
            Ceremony::Registration => conditional.accept(),
            Ceremony::Login => conditional.reject("UserNotPresent", "16"),
        },
        claimed.reject("UserNotPresent", ceremony.either("15", "16")),
        with("unknown", 0, json!("silent")).unusable(),
    ]
}

/// Requirements for extension outputs, requested and not requested.
fn demands(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let level = json!("userVerificationOptionalWithCredentialIDList");
    for (member, value, identifiers, field) in [
        (
            "cred_protect",
            level,
            json!(["credentialProtectionPolicy", "enforceCredentialProtectionPolicy"]),
            "credProtect",
        ),
        ("min_pin_length", json!(6), json!(["minPinLength"]), ""),
        ("large_blob", json!(true), json!(["largeBlob"]), "largeBlob"),
        ("prf", json!(true), json!(["prf"]), "prf"),
    ] {
        let kebab = member.replace('_', "-");
        let path = ["extension_demands", member];
        let name = format!("demands/{kebab}-not-requested");
        cases.push(with(ceremony, &name, "KB-104", &path, value.clone()).unusable());
        let requested =
            case(ceremony, &format!("demands/{kebab}-requested"), "KB-104", |pending| {
                set(pending, &path, value);
                set(pending, &["extensions"], identifiers);
                if member == "prf" && ceremony == Ceremony::Login {
                    set(pending, &["extension_demands", "prf_results"], 1);
                }
            });
        cases.push(match (ceremony, member) {
            // Only registrations have the others.
            (Ceremony::Login, "cred_protect" | "min_pin_length" | "large_blob") => {
                requested.unusable()
            }
            // The authenticator may report no length.
            (_, "min_pin_length") => requested.accept(),
            _ => requested.reject_field("ExtensionRejected", ceremony.either("28", "23"), field),
        });
        let name = format!("demands/{kebab}-missing");
        let missing = case(ceremony, &name, "KB-104", |pending| remove(pending, &path));
        cases.push(if member == "prf" { missing.accept() } else { missing.unusable() });
    }
    cases.extend(requested_extensions(ceremony));
    cases
}

fn requested_extensions(ceremony: Ceremony) -> Vec<Value> {
    let results: &[&str] = &["extension_demands", "prf_results"];
    let mut cases = vec![
        without(ceremony, "demands/prf-results-missing", "KB-104", results).accept(),
        with(ceremony, "demands/prf-results-only", "KB-104", results, json!(1)).unusable(),
        with(ceremony, "demands/unknown-extension", "KB-104", &["extensions"], json!(["x"]))
            .accept(),
    ];
    for (name, prf, demanded) in
        [("prf-with-no-results", true, 0), ("prf-with-3-results", true, 3), ("no-prf", false, 0)]
    {
        let name = format!("demands/{name}");
        let demanding = case(ceremony, &name, "KB-104", |pending| {
            set(pending, &["extensions"], json!(["prf"]));
            set(pending, &["extension_demands", "prf"], prf);
            set(pending, results, demanded);
        });
        cases.push(match (prf, demanded) {
            (false, _) => demanding.accept(),
            (true, 3) => demanding.unusable(),
            _ => demanding.reject_field("ExtensionRejected", ceremony.either("28", "23"), "prf"),
        });
    }
    let other = ceremony.either("getCredBlob", "credProps");
    let name = "demands/extension-of-the-other-ceremony";
    cases.push(with(ceremony, name, "KB-104", &["extensions"], json!([other])).unusable());
    for (name, extensions) in [
        ("extensions-as-text", json!("prf")),
        ("extensions-of-numbers", json!([1])),
        ("extensions-of-null", json!([null])),
    ] {
        let name = format!("demands/{name}");
        cases.push(with(ceremony, &name, "KB-104", &["extensions"], extensions).unusable());
    }
    cases
}
