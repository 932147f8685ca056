use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::Digest;
use webauthn_verify::{Algorithm, ErrorKind, RegistrationRequest, Step, User};
use webauthn_verify_authenticator::{AttestationKind, Fault};

use super::*;
use crate::recording::{Pending, Recording, Verdict};
use crate::report::samples::{ORIGIN, Sample, USER_HANDLE, rp};

fn case(form: &Form) -> Result<(Pasted, Case), String> {
    case_of(&Pasted::read(&form.response)?, form)
}

fn shown(form: &Form) -> String {
    let (pasted, case) = case(form).unwrap();
    show(&pasted, &case).into_string()
}

/// Pastes a test vector and downloads it again.
fn exported(file: &Value) -> Value {
    let (pasted, case) = case(&only(&file.to_string())).unwrap();
    file_of(&pasted, &case).unwrap()
}

fn problem(text: &str) -> String {
    case(&only(text)).err().unwrap()
}

fn only(response: &str) -> Form {
    Form { response: response.to_owned(), ..Form::default() }
}

fn kind(form: &Form) -> Option<ErrorKind> {
    let (pasted, case) = case(form).unwrap();
    // Everything can be shown.
    show(&pasted, &case);
    case.recording.verify(&case.rp).err().map(|error| error.kind())
}

#[test]
fn a_response_alone_is_verified_as_far_as_possible() {
    let mut sample = Sample::new(AttestationKind::PackedX5c);
    let registration = sample.register(None).response;
    assert_eq!(kind(&only(&registration)), None);
    let notes = case(&only(&registration)).unwrap().1.unchecked.notes.concat();
    assert!(notes.contains("The challenge was taken from the response, so step 8 proves"));
    assert!(notes.contains("The RP ID localhost was derived"), "{notes}");

    let login = only(&sample.sign_in(None).response);
    let shown = shown(&login);
    assert!(shown.contains("Steps 21 to 25 need the public key"), "{shown}");
    assert_eq!(shown.matches("<li class=\"not-reached\">").count(), 5);
    let spki: Value = serde_json::from_str(&registration).unwrap();
    let spki = spki["response"]["publicKey"].as_str().unwrap().to_owned();
    let cose = URL_SAFE_NO_PAD.encode(sample.records[0].public_key());
    for public_key in [cose, spki] {
        let login = Form { public_key, ..login.clone() };
        assert_eq!(kind(&login), None);
        let counted = Form { sign_count: "7".to_owned(), ..login.clone() };
        assert_eq!(kind(&counted), Some(ErrorKind::SignCountNotIncreased));
        let other = Form { user_handle: "AAAA".to_owned(), ..login };
        assert_eq!(kind(&other), Some(ErrorKind::UserHandleMismatch));
    }
}

#[test]
fn a_field_is_compared_with_the_response() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.authenticator = sample.authenticator.clone().with_user_verified(false);
    let form = only(&sample.register(None).response);
    let text = str::to_owned;
    for (form, expected) in [
        (Form { challenge: text("AAAA"), ..form.clone() }, ErrorKind::ChallengeMismatch),
        (Form { origins: text("https://a.example"), ..form.clone() }, ErrorKind::OriginMismatch),
        (Form { rp_id: text("example.com"), ..form.clone() }, ErrorKind::RpIdHashMismatch),
        (Form { user_verification: text("required"), ..form.clone() }, ErrorKind::UserNotVerified),
    ] {
        assert_eq!(kind(&form), Some(expected));
    }
    let unreadable = "!".to_owned();
    for form in [
        Form { challenge: unreadable.clone(), ..form.clone() },
        Form { user_verification: unreadable.clone(), ..form.clone() },
        Form { user_handle: unreadable.clone(), ..form.clone() },
    ] {
        assert!(case(&form).is_err());
    }
    let login = only(&sample.sign_in(None).response);
    for form in [
        Form { public_key: unreadable.clone(), ..login.clone() },
        Form { public_key: "{}".to_owned(), ..login.clone() },
        Form { sign_count: "-1".to_owned(), ..login },
    ] {
        assert!(case(&form).is_err());
    }
}

#[test]
fn a_vector_file_is_used_and_exported_as_it_is() {
    let mut sample = Sample::new(AttestationKind::PackedSelf);
    let origins = [ORIGIN.to_owned()];
    let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
    for recording in [sample.register(None), sample.sign_in(None)] {
        let file = vector::file(&recording, &party).unwrap();
        let form = only(&file.to_string());
        assert_eq!(kind(&form), None);
        let (pasted, case) = case(&form).unwrap();
        assert!(case.has_key);
        assert_eq!(case.recording.time, recording.time);
        assert_eq!((case.unchecked.notes.len(), case.unchecked.steps.len()), (0, 0));
        let shown = show(&pasted, &case).into_string();
        assert!(shown.contains("accepted: every check passed."), "{shown}");
        assert!(shown.contains("The test vector expects this verdict."), "{shown}");
        assert!(shown.contains("These values are from the test vector: origins, rp_id, "));
        assert!(!shown.contains("What could not be checked"));
        assert_eq!(exported(&file), file);
        // The form shows the values.
        let form = form.show(Some(&pasted), false).into_string();
        assert!(form.contains("placeholder=\"localhost\""), "{form}");
        assert!(form.contains("as in the test vector: required"), "{form}");
        // A case without its file has no relying party, so this is derived.
        let alone = &file["cases"][0];
        assert_eq!(kind(&only(&alone.to_string())), None);
        assert_eq!(exported(alone)["cases"], file["cases"]);
        assert_eq!(exported(alone)["rp_id"], "localhost");
        assert_eq!(exported(alone)["format"], 1);
    }
    for (file, reason) in [
        (json!({ "cases": [] }), "The file has 0 cases."),
        (json!({ "cases": [1] }), "The case is not an object."),
        (json!({ "cases": 1 }), "The member cases is not a list."),
        (json!({ "cases": [{}, {}] }), "The file has 2 cases."),
        (json!({ "format": 2, "cases": [{}] }), "only format 1"),
        (json!({ "a": 2, "cases": [{}] }), "an unknown member: a."),
        (json!({ "cases": [{ "b": 1 }] }), "an unknown member: b."),
        (json!({ "ceremony": 1 }), "ceremony: "),
    ] {
        let problem = problem(&file.to_string());
        assert!(problem.contains(reason), "{problem}");
    }
}

/// Every member of the format, in `test-vectors/README.md`.
#[test]
fn every_member_of_a_test_vector_is_known() {
    let readme = include_str!("../../../test-vectors/README.md");
    let format = readme.split_once("\n## The format").unwrap().1;
    let format = format.split_once("\n## ").unwrap().0;
    let mut count = 0;
    for table in format.split("\n\n").filter(|part| part.starts_with("| member")) {
        let object = table.lines().next().unwrap().split('`').nth(1);
        for row in table.lines().skip(2) {
            let names = row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2);
            for name in names.filter(|name| !["format", "cases"].contains(name)) {
                let ceremony = match object {
                    Some("credential") => "authentication",
                    _ => "registration",
                };
                let mut members = json!({ "ceremony": ceremony, "response": {} });
                match object {
                    Some(object) => members[object] = json!({ name: null }),
                    None => members[name] = Value::Null,
                }
                let text = json!({ "format": 1, "cases": [members] }).to_string();
                let problem = case(&only(&text)).err().unwrap_or_default();
                assert!(!problem.contains("unknown member"), "{object:?} {name}: {problem}");
                count += 1;
            }
        }
    }
    assert!(count >= 40, "{count}");
}

#[test]
fn the_algorithms_of_a_test_vector_are_checked() {
    let mut sample = Sample::new(AttestationKind::None);
    let user = User::new(USER_HANDLE, "alice", "Alice");
    let request = RegistrationRequest::passkey(&user, &[]).algorithms(&[Algorithm::EdDsa]);
    let mut file = file_of_sample(&sample.register_with(&request, None));
    assert_eq!(file["cases"][0]["algorithms"], json!([-8]));
    assert_eq!(kind(&only(&file.to_string())), None);
    file["cases"][0]["algorithms"] = json!([-7]);
    let form = only(&file.to_string());
    assert_eq!(kind(&form), Some(ErrorKind::AlgorithmNotRequested));
    let shown = shown(&form);
    assert!(shown.contains("rejected at step 20"), "{shown}");
    assert!(shown.contains("EdDSA, allowed: ES256"), "{shown}");
    assert!(shown.contains("The test vector expects another verdict:"), "{shown}");
    assert_eq!(exported(&file), file);
    file["cases"][0].as_object_mut().unwrap().remove("algorithms");
    let (_, case) = case(&only(&file.to_string())).unwrap();
    assert_eq!(case.unchecked.steps, [Step::CredentialAlgorithm]);
    assert_eq!(exported(&file), file);
}

/// Each member alone changes the verdict.
#[test]
fn each_member_of_a_test_vector_decides() {
    let mut sample = Sample::new(AttestationKind::PackedX5c);
    let user = User::new(USER_HANDLE, "alice", "Alice");
    let request = RegistrationRequest::passkey(&user, &[]).extension("example", true.into());
    let registration = file_of_sample(&sample.register_with(&request, None));
    let id = sample.records[0].id_base64url();
    let login = file_of_sample(&sample.sign_in(None));
    assert_eq!(registration["cases"][0]["extensions"]["example"], true);
    let certificate = URL_SAFE_NO_PAD.encode(other_certificate());
    for (file, member, value, expected) in [
        (&registration, "exclude", json!([id]), ErrorKind::CredentialAlreadyRegistered),
        (&registration, "require", json!({ "prf": true }), ErrorKind::ExtensionRejected),
        (&registration, "require", json!({ "large_blob": true }), ErrorKind::ExtensionRejected),
        (
            &registration,
            "backup",
            json!({ "eligible": true }),
            ErrorKind::BackupEligibilityRejected,
        ),
        (&registration, "trust_anchors", json!([certificate]), ErrorKind::UntrustedAttestation),
        (
            &registration,
            "anchors_by_format",
            json!({ "packed": [certificate] }),
            ErrorKind::UntrustedAttestation,
        ),
        (&login, "challenge", json!("AAAA"), ErrorKind::ChallengeMismatch),
        (&login, "origins", json!(["https://a.example"]), ErrorKind::OriginMismatch),
        (&login, "rp_id", json!("example.com"), ErrorKind::RpIdHashMismatch),
        (&login, "user_handle", json!("AAAA"), ErrorKind::UserHandleMismatch),
    ] {
        let mut file = file.clone();
        file["cases"][0][member] = value;
        if member == "user_handle" {
            file["cases"][0]["credential"][member] = json!("AAAA");
        }
        let name = format!("{member}: {expected:?}");
        assert_eq!(kind(&only(&file.to_string())), Some(expected), "{name}");
        assert_eq!(exported(&file), file, "{name}");
    }
    // With a signature counter that did not increase, a policy decides.
    for (member, value, expected) in [
        ("sign_count", Value::Null, Some(ErrorKind::SignCountNotIncreased)),
        ("sign_count", json!("ignore"), None),
    ] {
        let mut file = login.clone();
        file["cases"][0]["credential"]["sign_count"] = json!(7);
        file["cases"][0][member] = value;
        assert_eq!(kind(&only(&file.to_string())), expected);
        assert_eq!(exported(&file), file);
    }
}

/// Nothing signs these registrations, so their parts can be changed.
#[test]
fn each_member_of_a_test_vector_allows_more() {
    let file = file_of_sample(&Sample::new(AttestationKind::None).register(None));
    let changed = |name: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let mut file = file.clone();
        let member = &mut file["cases"][0]["response"]["response"][name];
        let bytes = URL_SAFE_NO_PAD.decode(member.as_str().unwrap()).unwrap();
        *member = URL_SAFE_NO_PAD.encode(change(bytes)).into();
        file
    };
    let client_data = |members: Value| {
        changed("clientDataJSON", &|bytes| {
            let mut json: Value = serde_json::from_slice(&bytes).unwrap();
            json.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            json.to_string().into_bytes()
        })
    };
    // The flag UP, after the RP ID hash.
    let no_presence = changed("attestationObject", &|mut bytes| {
        let hash = sha2::Sha256::digest("localhost");
        let start = bytes.windows(32).position(|window| *window == *hash).unwrap();
        bytes[start + 32] &= !1;
        bytes
    });
    let mut unsolicited = file.clone();
    unsolicited["cases"][0]["response"]["clientExtensionResults"]["appid"] = true.into();
    let framed = client_data(json!({ "crossOrigin": true }));
    let named = client_data(json!({ "crossOrigin": true, "topOrigin": "https://a.example" }));
    let by_itself = client_data(json!({ "crossOrigin": true, "topOrigin": ORIGIN }));
    let below = client_data(json!({ "origin": "https://a.localhost" }));
    let required = json!({ "prf": false, "large_blob": null });
    for (file, member, value, without, with) in [
        (&framed, "cross_origin", json!(true), false, true),
        (&framed, "framing", json!(["unnamed"]), false, true),
        (&framed, "framing", json!(["any"]), false, false),
        (&named, "framing", json!(["any"]), false, true),
        (&named, "top_origins", json!(["https://a.example"]), false, true),
        (&named, "top_origins", json!(["https://b.example"]), false, false),
        (&by_itself, "framing", json!(["same-origin"]), false, true),
        (&below, "subdomains", json!(true), false, true),
        (&no_presence, "mediation", json!("conditional"), false, true),
        (&unsolicited, "refuse_unsolicited_extensions", json!(true), true, false),
        (&framed, "quirks", json!(["all"]), false, false),
        (&file, "require", required, true, true),
        (&file, "address_rp_id", json!(false), true, true),
    ] {
        let mut file = file.clone();
        assert_eq!(kind(&only(&file.to_string())).is_none(), without, "without {member}");
        file["cases"][0][member] = value;
        assert_eq!(kind(&only(&file.to_string())).is_none(), with, "with {member}");
        assert_eq!(exported(&file), file, "{member}");
    }
}

#[test]
fn a_wrong_member_of_a_test_vector_is_named() {
    let file = file_of_sample(&Sample::new(AttestationKind::None).register(None));
    for (member, value) in [
        ("quirks", json!(["unknown"])),
        ("framing", json!(["all"])),
        ("backup", json!({ "backed_up": false })),
        ("require", json!({ "other": true })),
        ("algorithms", json!([])),
        ("trust_anchors", json!(["AAAA"])),
        ("mediation", json!(1)),
    ] {
        let mut file = file.clone();
        file["cases"][0][member] = value;
        assert!(problem(&file.to_string()).starts_with(member), "{member}");
    }
}

#[test]
fn the_file_of_the_metadata_is_missing() {
    let mut file = file_of_sample(&Sample::new(AttestationKind::PackedX5c).register(None));
    file["cases"][0]["metadata"] = "blob.jwt".into();
    file["cases"][0]["trust_anchors"] = json!([URL_SAFE_NO_PAD.encode(other_certificate())]);
    let (_, case) = case(&only(&file.to_string())).unwrap();
    assert_eq!(case.unchecked.steps, [Step::TrustAnchors, Step::AttestationTrust]);
    assert_eq!(kind(&only(&file.to_string())), None);
    assert_eq!(exported(&file), file);
}

fn file_of_sample(recording: &Recording) -> Value {
    let origins = [ORIGIN.to_owned()];
    vector::file(recording, &Party { rp: &rp(), origins: &origins, top_origins: &[] }).unwrap()
}

/// A certificate that issued nothing here.
fn other_certificate() -> Vec<u8> {
    let recording = Sample::new(AttestationKind::Tpm).register(None);
    let response: Value = serde_json::from_str(&recording.response).unwrap();
    let object = report::bytes_of(&response, "attestationObject").unwrap().unwrap();
    let object: ciborium::Value = ciborium::from_reader(&object[..]).unwrap();
    let member = |map: &ciborium::Value, name: &str| {
        let members = map.as_map().unwrap();
        members.iter().find(|(key, _)| key.as_text() == Some(name)).unwrap().1.clone()
    };
    let chain = member(&member(&object, "attStmt"), "x5c");
    chain.as_array().unwrap().last().unwrap().as_bytes().unwrap().clone()
}

#[test]
fn the_values_of_the_form_replace_those_of_the_test_vector() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let file = file_of_sample(&sample.sign_in(None));
    let form = only(&file.to_string());
    let text = str::to_owned;
    for (form, expected) in [
        (Form { challenge: text("AAAA"), ..form.clone() }, ErrorKind::ChallengeMismatch),
        (Form { origins: text("https://a.example"), ..form.clone() }, ErrorKind::OriginMismatch),
        (Form { rp_id: text("example.com"), ..form.clone() }, ErrorKind::RpIdHashMismatch),
        (Form { sign_count: text("7"), ..form.clone() }, ErrorKind::SignCountNotIncreased),
        (Form { user_handle: text("AAAA"), ..form.clone() }, ErrorKind::UserHandleMismatch),
        (Form { credential_id: text("AAAA"), ..form.clone() }, ErrorKind::CredentialNotAllowed),
        (Form { backup: text("eligible"), ..form.clone() }, ErrorKind::BackupEligibilityChanged),
    ] {
        assert_eq!(kind(&form), Some(expected));
    }
    let form = Form { now: text("2026-01-31T23:59:59Z"), ..form };
    let (pasted, case) = case(&form).unwrap();
    let exported = file_of(&pasted, &case).unwrap();
    let mut expected = file;
    expected["cases"][0]["now"] = "2026-01-31T23:59:59Z".into();
    assert_eq!(exported, expected);
}

#[test]
fn a_response_alone_is_exported_without_what_is_unknown() {
    let mut sample = Sample::new(AttestationKind::None);
    let recording = sample.register(None);
    let (pasted, alone) = case(&only(&recording.response)).unwrap();
    let file = file_of(&pasted, &alone).unwrap();
    assert!(file["cases"][0]["algorithms"].is_null());
    assert_eq!(file["cases"][0]["expect"], "accept");
    assert_eq!(kind(&only(&file.to_string())), None);
    let (pasted, login) = case(&only(&sample.sign_in(None).response)).unwrap();
    assert!(file_of(&pasted, &login).unwrap_err().starts_with("Enter the public key"));
}

/// Every vector in the folder has its verdict on this page, and is exported as it is.
#[test]
fn the_published_vectors_have_their_verdicts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors");
    let mut compared = 0;
    for name in [
        "w3c-level-3.json",
        "hostile/attestation.json",
        "hostile/stored_states.json",
        "browser/chromium.json",
        "browser/firefox.json",
    ] {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let mut file: Value = serde_json::from_str(&text).unwrap();
        let mut registered = std::collections::BTreeMap::new();
        for mut case in file["cases"].as_array().cloned().unwrap() {
            file["cases"] = json!([case]);
            if case["expect"] == "unusable" {
                assert!(self::case(&only(&file.to_string())).is_err(), "{}", case["name"]);
                compared += 1;
                continue;
            }
            assert_eq!(exported(&file), file, "{}", case["name"]);
            // The key of a login can be in another case.
            if let Some(from) = case["credential_from"].as_str() {
                case["credential"] = vector::credential(&registered[from]);
                file["cases"] = json!([case]);
            }
            let (_, read) = self::case(&only(&file.to_string())).unwrap();
            let verdict = read.recording.verify(&read.rp);
            if let Ok(Verdict::Registration(registration)) = &verdict {
                let name = case["name"].as_str().unwrap().to_owned();
                registered.insert(name, registration.credential().clone());
            }
            let error = verdict.as_ref().err();
            let expect = &case["expect"];
            assert!(vector::is_expected(expect, error), "{name} {}: {error:?}", case["name"]);
            compared += 1;
        }
    }
    assert!(compared >= 300, "{compared}");
}

#[test]
fn the_values_of_the_form_replace_those_of_stored_data() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let recording = sample.sign_in(None);
    let Pending::Authentication(pending) = &recording.pending else { panic!("a registration") };
    let mut file = file_of_sample(&recording);
    let case = file["cases"][0].as_object_mut().unwrap();
    for name in ["challenge", "user_verification", "user_handle", "credential"] {
        case.remove(name);
    }
    case.insert("pending".to_owned(), json!(pending));
    case.insert("record".to_owned(), json!(sample.records[0]));
    let form = only(&file.to_string());
    assert_eq!(kind(&form), None);
    assert_eq!(exported(&file), file);
    let pasted = Pasted::read(&form.response).unwrap();
    assert_eq!(pasted.text("challenge"), json!(pending)["challenge"]);
    assert_eq!(pasted.text("credential.public_key"), json!(sample.records[0])["public_key"]);

    let text = str::to_owned;
    for (form, expected) in [
        (Form { challenge: "A".repeat(22), ..form.clone() }, ErrorKind::ChallengeMismatch),
        (Form { sign_count: text("7"), ..form.clone() }, ErrorKind::SignCountNotIncreased),
        (Form { backup: text("backed-up"), ..form.clone() }, ErrorKind::BackupEligibilityChanged),
        (Form { user_handle: text("AAAA"), ..form.clone() }, ErrorKind::UserHandleMismatch),
        (Form { rp_id: text("example.com"), ..form.clone() }, ErrorKind::WrongRelyingParty),
    ] {
        assert_eq!(self::kind(&form), Some(expected));
    }
    for (member, name) in [("pending", "challenge"), ("record", "id")] {
        let mut file = file.clone();
        file["cases"][0][member][name] = 7.into();
        let problem = problem(&file.to_string());
        assert!(problem.starts_with(member), "{problem}");
    }
}

#[test]
fn the_key_in_another_case_is_missing() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let mut file = file_of_sample(&sample.sign_in(None));
    let case = file["cases"][0].as_object_mut().unwrap();
    case.remove("credential");
    case.insert("credential_from".to_owned(), "another".into());
    assert!(shown(&only(&file.to_string())).contains("need the public key"));
    assert_eq!(exported(&file), file);
}

#[test]
fn a_broken_response_fails_at_the_same_step_as_at_the_site() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let public_key = URL_SAFE_NO_PAD.encode(sample.records[0].public_key());
    for fault in Fault::all().into_iter().filter(Fault::applies_to_authentication) {
        let recording = sample.sign_in(Some(fault.clone()));
        let expected = recording.verify(&rp()).err().map(|error| error.kind());
        let form = Form {
            challenge: recording.options["publicKey"]["challenge"].as_str().unwrap().to_owned(),
            rp_id: "localhost".to_owned(),
            origins: ORIGIN.to_owned(),
            user_verification: "required".to_owned(),
            public_key: public_key.clone(),
            user_handle: URL_SAFE_NO_PAD.encode(sample.records[0].user_handle().unwrap()),
            ..only(&recording.response)
        };
        // These depend on the list of credentials, on the record, or on the kind of login.
        let unknown = matches!(
            fault,
            Fault::OtherCredentialId
                | Fault::SignCount
                | Fault::MissingUserHandle
                | Fault::BackupEligibilityChanged
        );
        if !unknown {
            assert_eq!(kind(&form), expected, "{fault:?}");
        }
    }
}

#[test]
fn the_record_of_a_test_vector_is_compared() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let origins = [ORIGIN.to_owned()];
    let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
    let file = vector::file(&sample.sign_in(None), &party).unwrap();
    for (member, value, expected) in [
        ("id", json!("AAAA"), ErrorKind::CredentialNotAllowed),
        ("backup_eligible", json!(true), ErrorKind::BackupEligibilityChanged),
    ] {
        let mut file = file.clone();
        file["cases"][0]["credential"][member] = value;
        assert_eq!(kind(&only(&file.to_string())), Some(expected));
    }
    let mut file = file;
    for (now, is_time) in [
        ("yesterday", false),
        ("1969-12-31T23:59:59Z", false),
        ("1970-01-01T00:00:00Z", true),
        ("9999-12-31T23:59:59Z", true),
    ] {
        file["cases"][0]["now"] = now.into();
        assert_eq!(case(&only(&file.to_string())).is_ok(), is_time, "{now}");
    }
}

#[test]
fn an_assumption_is_not_a_passed_check() {
    let mut sample = Sample::new(AttestationKind::None);
    let form = only(&sample.register(None).response);
    let shown = shown(&form);
    let verdict = "The registration is accepted, but not everything could be checked.";
    assert!(shown.contains(verdict), "{shown}");
    for part in ["verdict accepted", "valid until", "allowed: "] {
        assert!(!shown.contains(part), "{part} {shown}");
    }
    assert_eq!(shown.matches("<li class=\"assumed\">").count(), 7);
    assert!(!shown.contains("Nothing to check: step 8"));
    assert!(shown.contains("UV: 1<"), "{shown}");
    assert!(shown.contains("so step 16 does not check it."), "{shown}");
}

#[test]
fn a_text_that_is_not_a_response_is_named() {
    assert_eq!(problem("hello"), "This is not JSON (line 1, column 1).");
    assert_eq!(problem("[]"), "This is not the response of a passkey: it is not a JSON object.");
    assert_eq!(
        problem("{\"hello\":1}"),
        "This is not the response of a passkey: id, rawId, response and type are missing."
    );
    for text in ["hello", "{\"hello\":1}"] {
        assert!(!Pasted::read(text).unwrap().has_structures());
    }
    // The crate says what else is wrong, and not that the page should be loaded again.
    let broken = only("{\"response\":{\"attestationObject\":1}}");
    let shown = shown(&broken);
    assert!(shown.contains("The registration is rejected at step"), "{shown}");
    assert!(!shown.contains("Please"), "{shown}");
}

#[test]
fn hostile_text_is_answered() {
    let mut sample = Sample::new(AttestationKind::PackedX5c);
    let response = sample.register(None).response;
    let deep = "[".repeat(100_000);
    for text in
        ["", "null", "{}", "[]", "1", "\"\"", &deep, "{\"response\":{\"attestationObject\":1}}"]
    {
        if let Ok((pasted, case)) = case(&only(text)) {
            show(&pasted, &case);
        }
        report::decoded(text, "");
    }
    for place in (0..response.len()).step_by(7) {
        for other in ["A", "\"", "\\", ""] {
            let mut text = response.clone();
            text.replace_range(place..place + 1, other);
            if let Ok((pasted, case)) = case(&only(&text)) {
                show(&pasted, &case);
            }
        }
    }
    let script = only("<script>alert(1)</script></textarea>");
    let page = with_form(&script, None, false, html! {}).into_string();
    assert!(!page.contains("<script>alert"));
}
