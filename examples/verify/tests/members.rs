//! Each member changes a verdict: the verdict differs with and without it.

use serde_json::{Value, json};
use webauthn_verify_authenticator::flag::{
    BACKUP_ELIGIBLE, BACKUP_STATE, USER_PRESENT, USER_VERIFIED,
};

use super::made::{CREDENTIAL_ID, Made, ORIGIN, USER_HANDLE, base64url, with_members};
use super::verdict_on;

const ELIGIBLE: u8 = USER_PRESENT | BACKUP_ELIGIBLE;
const CRED_PROTECT_2: &[u8] = b"\xa1\x6bcredProtect\x02";
const CRED_PROTECT_9: &[u8] = b"\xa1\x6bcredProtect\x09";
const MIN_PIN_LENGTH_4: &[u8] = b"\xa1\x6cminPinLength\x04";

/// Checks the verdict on the case without and with these members.
#[track_caller]
fn changes(case: &Value, without: &str, members: &Value, with: &str) {
    assert_eq!(verdict_on(case), without, "without {members}");
    assert_eq!(verdict_on(&with_members(case, members)), with, "with {members}");
}

/// Does the same for a registration and a login.
#[track_caller]
fn both_change(made: &Made, without: &str, members: &Value, with: &str) {
    changes(&made.registration(), without, members, with);
    changes(&made.login(), without, members, with);
}

#[test]
fn user_verification_can_be_configured() {
    let required = json!({ "user_verification": "required" });
    both_change(&Made::new(), "accept", &required, "UserNotVerified");
    let verified = Made::with_flags(USER_PRESENT | USER_VERIFIED);
    both_change(&verified, "accept", &required, "accept");
    both_change(&Made::new(), "accept", &json!({ "user_verification": "discouraged" }), "accept");
}

#[test]
fn mediation_can_be_configured() {
    let conditional = json!({ "mediation": "conditional" });
    changes(&Made::with_flags(0).registration(), "UserNotPresent", &conditional, "accept");
    changes(&Made::with_flags(0).login(), "UserNotPresent", &conditional, "UserNotPresent");
}

#[test]
fn the_rp_id_and_origins_can_be_configured() {
    let other = json!({ "rp_id": "example.com" });
    both_change(&Made::new(), "accept", &other, "RpIdHashMismatch");
    let elsewhere = Made { origin: "https://shop.example", ..Made::new() };
    let origins = json!({ "origins": ["https://shop.example"] });
    both_change(&elsewhere, "OriginMismatch", &origins, "accept");
    let tenant = Made { origin: "https://tenant.example.org", ..Made::new() };
    both_change(&tenant, "OriginMismatch", &json!({ "subdomains": true }), "accept");
    both_change(&elsewhere, "OriginMismatch", &json!({ "subdomains": true }), "OriginMismatch");
}

#[test]
fn an_ip_address_as_rp_id_is_accepted() {
    for (rp_id, origin) in [
        ("192.168.0.1", "http://192.168.0.1:8080"),
        ("127.0.0.1", "https://127.0.0.1"),
        ("::1", "https://[::1]:8443"),
        ("[::1]", "https://[::1]"),
    ] {
        for case in [
            Made { rp_id, origin, ..Made::new() }.registration(),
            Made { rp_id, origin, ..Made::new() }.login(),
        ] {
            let case = with_members(&case, &json!({ "origins": [origin] }));
            let address = json!({ "address_rp_id": true });
            assert!(verdict_on(&case).starts_with("unusable: "), "{rp_id}");
            assert_eq!(verdict_on(&with_members(&case, &address)), "accept", "{rp_id}");
        }
    }
    let case = Made { rp_id: "127.0.0.1", ..Made::new() }.registration();
    let case = with_members(&case, &json!({ "address_rp_id": true }));
    for origin in [
        ORIGIN,
        "127.0.0.1",
        "ftp://127.0.0.1",
        "https://127.0.0.12",
        "https://127.0.0.1:080",
        "https://127.0.0.1:65536",
        "https://127.0.0.1/",
    ] {
        let case = with_members(&case, &json!({ "origins": [origin] }));
        assert!(verdict_on(&case).contains("is not at 127.0.0.1"), "{origin}");
    }
}

#[test]
fn the_challenge_can_have_any_length() {
    for challenge in [&[][..], b"1", &[9; 5000]] {
        let made = Made { challenge: challenge.to_vec(), ..Made::new() };
        let other = json!({ "challenge": "AAAA" });
        both_change(&made, "accept", &other, "ChallengeMismatch");
    }
}

#[test]
fn framing_can_be_configured() {
    let framed = |framed| Made { framed: Some(framed), ..Made::new() };
    let (refused, other) = ("UnexpectedCrossOrigin", "https://shop.example");
    let words = |words: Value| json!({ "framing": words });
    both_change(&framed(None), refused, &json!({ "cross_origin": true }), "accept");
    both_change(&framed(None), refused, &words(json!(["unnamed"])), "accept");
    both_change(&framed(None), refused, &words(json!(["any", "same-origin"])), refused);
    both_change(&framed(Some(ORIGIN)), refused, &words(json!(["same-origin"])), "accept");
    both_change(&framed(Some(other)), refused, &words(json!(["any"])), "accept");
    both_change(&framed(Some(other)), refused, &json!({ "top_origins": [other] }), "accept");
    let unexpected = "UnexpectedTopOrigin";
    both_change(&framed(Some(other)), refused, &words(json!(["same-origin"])), unexpected);
    both_change(&framed(Some(other)), refused, &json!({ "cross_origin": true }), unexpected);
    both_change(&framed(Some(other)), refused, &json!({ "top_origins": [ORIGIN] }), unexpected);
}

#[test]
fn backup_policies_can_be_configured() {
    let demand = |eligible: bool| json!({ "backup": { "eligible": eligible } });
    let rejected = "BackupEligibilityRejected";
    changes(&Made::new().registration(), "accept", &demand(true), rejected);
    changes(&Made::new().registration(), "accept", &demand(false), "accept");
    changes(&Made::with_flags(ELIGIBLE).registration(), "accept", &demand(true), "accept");
    changes(&Made::with_flags(ELIGIBLE).registration(), "accept", &demand(false), rejected);
    let backed_up = json!({ "backup": { "backed_up": true } });
    both_change(&Made::with_flags(ELIGIBLE), "accept", &backed_up, "BackupStateRejected");
    both_change(&Made::with_flags(ELIGIBLE | BACKUP_STATE), "accept", &backed_up, "accept");
}

#[test]
fn a_change_of_backup_eligibility_is_detected() {
    let stored = |made: Made, eligible: bool| {
        let record =
            json!({ "credential": { "backup_eligible": eligible, "backup_state": false } });
        with_members(&made.login(), &record)
    };
    let (gained, lost) = (stored(Made::with_flags(ELIGIBLE), false), stored(Made::new(), true));
    let on_change = |word: &str| json!({ "backup": { "on_change": word } });
    let refused = "BackupEligibilityChanged";
    changes(&gained, refused, &on_change("refuse"), refused);
    changes(&gained, refused, &on_change("allow-gain"), "accept");
    changes(&gained, refused, &on_change("report"), "accept");
    changes(&lost, refused, &on_change("allow-gain"), refused);
    changes(&lost, refused, &on_change("report"), "accept");
}

#[test]
fn the_signature_counter_can_be_configured() {
    let login = Made { sign_count: 4, ..Made::new() }.login();
    let login = with_members(&login, &json!({ "credential": { "sign_count": 4 } }));
    let refused = "SignCountNotIncreased";
    changes(&login, refused, &json!({ "sign_count": "refuse" }), refused);
    changes(&login, refused, &json!({ "sign_count": "report" }), "accept");
    changes(&login, refused, &json!({ "sign_count": "ignore" }), "accept");
    changes(&login, refused, &json!({ "credential": { "sign_count": 3 } }), "accept");
}

#[test]
fn algorithms_and_excluded_credentials_can_be_configured() {
    let registration = Made::new().registration();
    changes(&registration, "accept", &json!({ "algorithms": [-7] }), "accept");
    changes(&registration, "accept", &json!({ "algorithms": [-257] }), "AlgorithmNotRequested");
    let exclude = |id: &[u8]| json!({ "exclude": [base64url(b"one"), base64url(id)] });
    changes(&registration, "accept", &exclude(CREDENTIAL_ID), "CredentialAlreadyRegistered");
    changes(&registration, "accept", &exclude(b"another"), "accept");
}

#[test]
fn the_account_and_its_credential_can_be_configured() {
    let account = |user_handle: &[u8]| json!({ "user_handle": base64url(user_handle) });
    let login = Made::new().login();
    let another = with_members(&login, &account(b"another account"));
    assert!(verdict_on(&another).starts_with("unusable: "));
    changes(&login, "accept", &account(USER_HANDLE), "accept");
    // If the record has no user handle, only the user handle of the case is compared.
    let mut unknown = login.clone();
    unknown["credential"]["user_handle"].take();
    changes(&unknown, "accept", &account(b"another account"), "UserHandleMismatch");
    changes(&unknown, "accept", &account(USER_HANDLE), "accept");
    let recorded = json!({ "credential": account(b"another account") });
    changes(&unknown, "accept", &recorded, "UserHandleMismatch");
    let other_id = json!({ "credential": { "id": base64url(b"another") } });
    changes(&login, "accept", &other_id, "CredentialNotAllowed");
}

#[test]
fn a_login_can_use_the_credential_of_a_registration() {
    let mut login = Made::new().login();
    login.as_object_mut().unwrap().remove("credential");
    login["credential_from"] = json!("registration");
    let verdict = |registration: &Value, login: &Value| {
        let reports = super::reports_on(&[registration.clone(), login.clone()]);
        super::word_for(&reports[1].verdict)
    };
    let account = |user_handle: &[u8]| json!({ "user_handle": base64url(user_handle) });
    let registration = Made::new().registration();
    assert_eq!(verdict(&registration, &login), "accept");
    let of = |user_handle: &[u8]| with_members(&registration, &account(user_handle));
    assert_eq!(verdict(&of(USER_HANDLE), &login), "accept");
    assert_eq!(verdict(&of(b"another account"), &login), "UserHandleMismatch");
    let another = with_members(&login, &account(b"another account"));
    assert_eq!(verdict(&registration, &another), "UserHandleMismatch");
    assert!(verdict(&of(USER_HANDLE), &another).starts_with("unusable: "));
    let rejected = with_members(&registration, &json!({ "challenge": "AAAA" }));
    assert_eq!(verdict(&rejected, &login), "skip");
    let elsewhere = with_members(&login, &json!({ "credential_from": "nobody" }));
    assert!(verdict(&registration, &elsewhere).contains("no registration \"nobody\" before"));
    let itself = with_members(&login, &json!({ "credential_from": "authentication" }));
    assert!(verdict(&registration, &itself).starts_with("unusable: "));
}

#[test]
fn the_app_id_can_be_configured() {
    let app_id = "https://example.org/app-id.json";
    let login = Made { rp_id: app_id, client: json!({ "appid": true }), ..Made::new() }.login();
    let login = with_members(&login, &json!({ "rp_id": "example.org" }));
    changes(&login, "RpIdHashMismatch", &json!({ "appid": app_id }), "accept");
    changes(&login, "RpIdHashMismatch", &json!({ "extensions": { "appid": app_id } }), "accept");
}

#[test]
fn extensions_can_be_requested() {
    let registration = Made::with_authenticator(CRED_PROTECT_9).registration();
    let asked = json!({
        "extensions": { "credentialProtectionPolicy": "userVerificationOptionalWithCredentialIDList" }
    });
    changes(&registration, "accept", &asked, "ExtensionRejected");
    let login = Made::with_authenticator(b"\xa1\x68credBlob\x01").login();
    changes(
        &login,
        "accept",
        &json!({ "extensions": { "getCredBlob": true } }),
        "ExtensionRejected",
    );
    // A credential for payments requests the required settings.
    let verified = Made::with_flags(USER_PRESENT | USER_VERIFIED).registration();
    let payment = json!({
        "extensions": { "payment": { "isPayment": true } }, "user_verification": "required",
    });
    changes(&verified, "accept", &payment, "accept");
    assert!(
        verdict_on(&with_members(
            &Made::new().registration(),
            &json!({
                "extensions": { "payment": { "isPayment": true } },
            })
        ))
        .starts_with("unusable: ")
    );
}

#[test]
fn unsolicited_extensions_can_be_rejected() {
    let strict = json!({ "refuse_unsolicited_extensions": true });
    for (outputs, inputs) in [
        (json!({ "mine": 1 }), json!({ "mine": {} })),
        (json!({ "largeBlob": {} }), json!({ "largeBlob": {} })),
    ] {
        let made = Made::with_client(outputs);
        both_change(&made, "accept", &strict, "ExtensionRejected");
        let asked = json!({ "extensions": inputs, "refuse_unsolicited_extensions": true });
        both_change(&made, "accept", &asked, "accept");
    }
    // An extension that the case does not request is unsolicited.
    let cred_props = Made::with_client(json!({ "credProps": { "rk": true } })).registration();
    changes(&cred_props, "accept", &strict, "ExtensionRejected");
    let asked =
        json!({ "extensions": { "credProps": true }, "refuse_unsolicited_extensions": true });
    changes(&cred_props, "accept", &asked, "accept");
}

#[test]
fn extension_outputs_can_be_required() {
    let require = |demands: Value| json!({ "require": demands });
    let rejected = "ExtensionRejected";
    let registration = |made: Made| made.registration();
    let list = json!({ "cred_protect": "userVerificationOptionalWithCredentialIDList" });
    changes(&Made::new().registration(), "accept", &require(list.clone()), rejected);
    let protected = registration(Made::with_authenticator(CRED_PROTECT_2));
    changes(&protected, "accept", &require(list), "accept");
    let short = registration(Made::with_authenticator(MIN_PIN_LENGTH_4));
    changes(&short, "accept", &require(json!({ "min_pin_length": 6 })), rejected);
    changes(&short, "accept", &require(json!({ "min_pin_length": 4 })), "accept");
    for (member, outputs) in [
        ("prf", json!({ "prf": { "enabled": true } })),
        ("large_blob", json!({ "largeBlob": { "supported": true } })),
    ] {
        changes(&Made::new().registration(), "accept", &require(json!({ member: true })), rejected);
        let able = registration(Made::with_client(outputs));
        changes(&able, "accept", &require(json!({ member: true })), "accept");
        changes(
            &Made::new().registration(),
            "accept",
            &require(json!({ member: false })),
            "accept",
        );
    }
    let results = json!({ "prf": { "results": { "first": base64url(&[7; 32]) } } });
    let asked = json!({
        "extensions": { "prf": { "eval": { "first": "AAAA" } } }, "require": { "prf": true },
    });
    changes(&Made::new().login(), "accept", &asked, rejected);
    changes(&Made::with_client(results).login(), "accept", &asked, "accept");
}

#[test]
fn quirks_can_be_accepted() {
    // The outputs are in the wrong order.
    let outputs = b"\xa2\x6bhmac-secret\xf5\x6bcredProtect\x02";
    let tolerated = json!({ "quirks": ["UnorderedExtensionOutputs"] });
    let case = Made::with_authenticator(outputs).registration();
    let other = json!({ "quirks": ["NonDerBooleans"] });
    let refused = verdict_on(&case);
    changes(&case, &refused, &other, &refused);
    changes(&case, &refused, &tolerated, "accept");
    changes(&case, &refused, &json!({ "quirks": ["all"] }), "accept");
    assert_ne!(refused, "accept");
}

/// A stored record, from the fixtures of the crate's tests.
const RECORD: &str = include_str!("../../../tests/it/fixtures/credential-v1.json");

#[test]
fn a_stored_record_replaces_the_credential() {
    let login = Made::new().login();
    let record: Value = serde_json::from_str(RECORD).unwrap();
    let other = json!({ "record": record, "credential": null });
    changes(&login, "accept", &other, "CredentialNotAllowed");
    let unreadable = json!({ "record": { "format": 1 } });
    let verdict = verdict_on(&with_members(&login, &unreadable));
    assert!(verdict.starts_with("unusable: record: "), "{verdict}");
}

#[test]
fn a_stored_pending_state_replaces_the_options() {
    let registration = Made::new().registration();
    let pending = include_str!("../../../tests/it/fixtures/pending-registration-v1-started.json");
    let pending: Value = serde_json::from_str(pending).unwrap();
    let stored = json!({ "pending": pending, "challenge": null, "now": "2026-01-01T00:00:00Z" });
    changes(&registration, "accept", &stored, "UserNotVerified");
    let of_a_login =
        include_str!("../../../tests/it/fixtures/pending-authentication-v1-started.json");
    let of_a_login: Value = serde_json::from_str(of_a_login).unwrap();
    let verdict = verdict_on(&with_members(&registration, &json!({ "pending": of_a_login })));
    assert!(verdict.starts_with("unusable: pending: "), "{verdict}");
}
