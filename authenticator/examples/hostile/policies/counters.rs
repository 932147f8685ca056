//! Signature counters.

use serde_json::Value;
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;

use crate::case::{
    AAGUID, CREDENTIAL_ID, Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration,
    bare_record, cose_key,
};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = registrations();
    const HALF: u32 = 0x8000_0000;
    for (name, stored, received, has_increased) in [
        ("absent", 0, 0, true),
        ("begins", 0, 1, true),
        ("begins-high", 0, u32::MAX, true),
        ("next", 5, 6, true),
        ("jump", 5, 5_000_000, true),
        ("equal", 5, 5, false),
        ("lower", 5, 4, false),
        ("ends", 1, 0, false),
        ("above-half", HALF - 1, HALF, true),
        ("below-half", HALF, HALF - 1, false),
        ("next-byte", 255, 256, true),
        ("previous-byte", 256, 255, false),
        ("highest", u32::MAX - 1, u32::MAX, true),
        ("highest-again", u32::MAX, u32::MAX, false),
        ("overflow-to-0", u32::MAX, 0, false),
        ("overflow-to-1", u32::MAX, 1, false),
    ] {
        for policy in ["default", "refuse", "report", "ignore"] {
            let case = login(&format!("{policy}-{name}"), stored, received);
            let case = match policy {
                "default" => case,
                _ => case.with("sign_count", policy),
            };
            let is_allowed = matches!(policy, "report" | "ignore");
            cases.push(match has_increased || is_allowed {
                true => case.accept(),
                false => case.reject("SignCountNotIncreased", "22"),
            });
        }
    }
    let unknown = login("unknown-word", 0, 1).with("sign_count", "allow");
    cases.push(unknown.unusable());
    cases
}

/// A login with a stored and a received counter.
fn login(name: &str, stored: u32, received: u32) -> Case {
    let rule = if stored == 0 || received == 0 { "KB-81" } else { "AUTH-22" };
    let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, received).build();
    let name = format!("policies/login/counter/{name}");
    let mut record = bare_record(&cose_key(ES256));
    record["sign_count"] = stored.into();
    Login::new().authenticator_data(data).case(&name, rule).with("credential", record)
}

/// A registration may begin with any counter.
fn registrations() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, count) in [("0", 0), ("1", 1), ("highest", u32::MAX)] {
        let data = AuthenticatorDataBuilder::new(RP_ID, REGISTRATION_FLAGS, count)
            .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &cose_key(ES256))
            .expect("a short credential ID");
        let name = format!("policies/registration/counter/{name}");
        let case = Registration::new().authenticator_data(data.build()).case(&name, "REG-27");
        cases.push(case.accept());
    }
    // The next login is compared with the counter of the registration.
    let next = login("after-the-registration-equal", 1, 1);
    let next = next
        .with("credential", Value::Null)
        .with("credential_from", "policies/registration/counter/1");
    cases.push(next.reject("SignCountNotIncreased", "22"));
    let next = login("after-the-registration-higher", 1, 2)
        .with("credential", Value::Null)
        .with("credential_from", "policies/registration/counter/1");
    cases.push(next.accept());
    cases
}
