//! Every file in `test-vectors/` gives the verdicts that it expects.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::{Algorithm, ErrorKind};

use crate::report::{Counts, Report, Verdict};
use crate::run::{verify_file, verify_text};

fn reports(file: &str) -> Vec<Report> {
    verify_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors").join(file)).unwrap()
}

/// The reports on a file with these cases.
fn reports_on(cases: &[Value]) -> Vec<Report> {
    let vectors = json!({
        "format": 1,
        "source": "a test",
        "rp_id": "example.org",
        "origins": ["https://example.org"],
        "cases": cases,
    });
    verify_text(&vectors.to_string()).unwrap()
}

/// A published registration without attestation, so that nothing in it is signed.
fn unsigned_registration() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors/w3c-level-3.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut cases = vectors["cases"].as_array().unwrap().iter();
    cases.find(|case| case["name"] == "none-es256/registration").unwrap().clone()
}

/// The case with another member.
fn with(case: &Value, member: &str, value: Value) -> Value {
    let mut case = case.clone();
    case[member] = value;
    case
}

fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// The registration as this client makes it: with its origin and the hash of an RP ID.
fn made_at(origin: &str, rp_id: &str) -> Value {
    let mut case = unsigned_registration();
    case["origins"] = json!([origin]);
    case["rp_id"] = rp_id.into();
    let response = &mut case["response"]["response"];
    let mut client_data: Value =
        serde_json::from_slice(&decode(&response["clientDataJSON"])).unwrap();
    client_data["origin"] = origin.into();
    response["clientDataJSON"] = URL_SAFE_NO_PAD.encode(client_data.to_string()).into();
    let (old, new) = (Sha256::digest("example.org"), Sha256::digest(rp_id));
    for member in ["attestationObject", "authenticatorData"] {
        if response[member].is_string() {
            let mut bytes = decode(&response[member]);
            let at = bytes.windows(32).position(|window| window == old.as_slice()).unwrap();
            bytes[at..at + 32].copy_from_slice(&new);
            response[member] = URL_SAFE_NO_PAD.encode(bytes).into();
        }
    }
    case
}

/// Cases that cannot be configured, and a part of the message that says why.
fn unusable_cases(good: &Value) -> [(Value, &'static str); 18] {
    let unusable =
        |member: &str, value: Value| with(&with(good, member, value), "expect", "unusable".into());
    let mut login = json!({
        "name": "login",
        "ceremony": "authentication",
        "challenge": good["challenge"],
        "response": {},
        "expect": "unusable",
    });
    let login_without_credential = login.clone();
    login["credential"] = json!({ "id": "AAAA", "public_key": "AAAA" });
    [
        (unusable("rp_id", "127.0.0.1".into()), "is an IP address"),
        (unusable("rp_id", "https://example.org".into()), "write the domain alone"),
        (unusable("rp_id", "chrome-extension://x".into()), "32 letters"),
        (unusable("rp_id", "urn:example:bank".into()), "no web page can use"),
        (unusable("origins", json!(["localhost:8080"])), "write \"http://localhost:8080\""),
        (unusable("origins", json!(["javascript:x"])), "have no WebAuthn"),
        (unusable("origins", json!([])), "empty"),
        (unusable("origins", json!(["android:apk-key-hash:7d10"])), "43 characters"),
        (unusable("origins", json!(["chrome-extension://x"])), "32 letters"),
        (unusable("origins", json!(["ios:bundle-id:"])), "is not a bundle ID"),
        (unusable("top_origins", json!(["example.com"])), "write \"https://example.com\""),
        (unusable("challenge", "AAAA".into()), "challenge"),
        (unusable("challenge", "=".into()), "challenge is not base64url"),
        (unusable("user_handle", "=".into()), "user_handle is not base64url"),
        (unusable("quirks", json!(["x"])), "there is no quirk \"x\""),
        (unusable("now", "yesterday".into()), "is not a UTC time"),
        (login, "public key"),
        (login_without_credential, "it has no credential"),
    ]
}

#[test]
fn kb_98_a_case_that_cannot_be_configured_is_unusable_and_the_rest_runs() {
    let good = unsigned_registration();
    let unusable = unusable_cases(&good);
    let mut cases = vec![good.clone()];
    cases.extend(unusable.iter().map(|(case, _)| case.clone()));
    cases.push(good.clone());
    let reports = reports_on(&cases);
    assert_eq!(reports.len(), cases.len());
    let mut counts = Counts::default();
    for report in &reports {
        assert!(report.as_expected, "{report}");
        counts.add(report);
    }
    for (report, (_, reason)) in reports[1..].iter().zip(&unusable) {
        let Verdict::Unusable(message) = &report.verdict else { panic!("{report}") };
        assert!(message.contains(reason), "{message}");
        assert!(report.to_string().starts_with("unusable  "), "{report}");
        let verdict = json!({ "name": report.name, "verdict": "unusable", "message": message });
        assert_eq!(report.to_json(), verdict);
    }
    for report in [reports.first().unwrap(), reports.last().unwrap()] {
        assert!(matches!(report.verdict, Verdict::Accept(_)), "{report}");
    }
    assert_eq!(
        counts.to_string(),
        "2 accepted, 0 rejected, 0 skipped, 18 unusable\n\
         0 verdicts differ from what was expected"
    );
    assert_eq!(
        Counts::default().to_string(),
        "0 accepted, 0 rejected, 0 skipped\n0 verdicts differ from what was expected"
    );
}

#[test]
fn an_unusable_case_is_not_what_another_verdict_expects() {
    let good = unsigned_registration();
    let bad = with(&good, "rp_id", "127.0.0.1".into());
    let cases = [
        (with(&bad, "expect", Value::Null), true),
        (with(&bad, "expect", "unusable".into()), true),
        (with(&bad, "expect", "accept".into()), false),
        (with(&bad, "expect", "reject".into()), false),
        (with(&bad, "expect", json!({ "reject": "OriginMismatch" })), false),
        (with(&good, "expect", "unusable".into()), false),
        (with(&good, "expect", json!({ "reject": "NoSuchKind" })), false),
        (with(&good, "source", "a text".into()), true),
    ];
    let (cases, expected): (Vec<Value>, Vec<bool>) = cases.into_iter().unzip();
    let reports = reports_on(&cases);
    let as_expected: Vec<bool> = reports.iter().map(|report| report.as_expected).collect();
    assert_eq!(as_expected, expected);
    assert!(reports[6].to_string().contains("no error kind"), "{}", reports[6]);
}

#[test]
fn kb_98_kb_100_the_origins_of_a_case_go_to_the_methods_they_are_for() {
    let android = "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs";
    let chrome = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let clients = [
        "https://example.org",
        android,
        "ios:bundle-id:org.example.app",
        chrome,
        "moz-extension://ngpncaopklanhjklijieoihgbhbgknjjdklmlpagjoaobbpmknfgmhgghbadgoai",
        "safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55",
        "example-os:appid:204ffa1a5af110ac",
    ];
    let mut cases: Vec<Value> =
        clients.iter().map(|origin| made_at(origin, "example.org")).collect();
    for origin in clients {
        cases.push(with(&made_at(origin, "example.org"), "origins", json!(clients)));
    }
    // An RP ID that is a URI, which is an origin too.
    cases.push(made_at(chrome, chrome));
    cases.push(made_at("urn:example:bank", "urn:example:bank"));
    cases.push(with(&made_at(chrome, chrome), "origins", json!([])));
    let reports = reports_on(&cases);
    for report in &reports {
        assert!(matches!(report.verdict, Verdict::Accept(_)), "{report}");
    }
    // Nothing else is allowed by them.
    let cases = clients.map(|origin| {
        let others: Vec<_> = clients.iter().filter(|client| **client != origin).collect();
        let case = with(&made_at(origin, "example.org"), "origins", json!(others));
        with(&case, "expect", json!({ "reject": "OriginMismatch" }))
    });
    for report in reports_on(&cases) {
        assert!(report.as_expected, "{report}");
        assert!(matches!(report.verdict, Verdict::Reject(_)), "{report}");
    }
}

#[test]
fn the_published_vectors_pass_and_their_twins_fail() {
    let reports = reports("w3c-level-3.json");
    for report in &reports {
        assert!(report.as_expected, "{report}");
    }
    let count =
        |is: fn(&Verdict) -> bool| reports.iter().filter(|report| is(&report.verdict)).count();
    let accepted = count(|verdict| matches!(verdict, Verdict::Accept(_)));
    let rejected = count(|verdict| matches!(verdict, Verdict::Reject(_)));
    let skipped = count(|verdict| matches!(verdict, Verdict::Skip(_)));
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    // One of the published ones has to fail itself, and has no twin.
    if cfg!(not(feature = "attestation")) {
        // Without certificates, four pairs of format none and one of packed self are left.
        assert_eq!((accepted, rejected, skipped), (10, 10, 41));
    } else if Algorithm::Ed448.is_compiled_in() {
        assert_eq!((accepted, rejected, skipped), (30, 31, 0));
    } else {
        // One pair is of Ed448.
        assert_eq!((accepted, rejected, skipped), (28, 29, 4));
    }
}

/// The same with every quirk tolerated: what is right needs none, and what is wrong fails as before.
#[test]
fn no_vector_needs_a_quirk() {
    for file in ["w3c-level-3.json", "hostile/attestation.json"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let mut vectors: Value = serde_json::from_str(&text).unwrap();
        for case in vectors["cases"].as_array_mut().unwrap() {
            case["quirks"] = json!(["all"]);
        }
        for report in verify_text(&vectors.to_string()).unwrap() {
            assert!(report.as_expected, "{report}");
            if let Verdict::Accept(quirks) = report.verdict {
                assert!(quirks.is_empty(), "{report}");
            }
        }
    }
}

#[test]
fn every_twin_fails_in_a_way_of_its_own() {
    if cfg!(not(feature = "attestation")) {
        return;
    }
    let kinds: std::collections::HashSet<ErrorKind> = reports("w3c-level-3.json")
        .iter()
        .filter_map(|report| match &report.verdict {
            Verdict::Reject(error) => Some(error.kind()),
            _ => None,
        })
        .collect();
    assert!(kinds.len() >= 15, "{kinds:?}");
}

#[test]
fn every_broken_attestation_is_refused_for_the_member_that_is_wrong() {
    let reports = reports("hostile/attestation.json");
    let (mut accepted, mut rejected, mut skipped) = (0, 0, 0);
    for report in &reports {
        assert!(report.as_expected, "{report}");
        match report.verdict {
            Verdict::Accept(_) => {
                assert!(report.name.ends_with("/whole"), "{report}");
                accepted += 1;
            }
            Verdict::Reject(_) => rejected += 1,
            Verdict::Skip(_) => skipped += 1,
            Verdict::Unusable(_) => panic!("{report}"),
        }
    }
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    if cfg!(feature = "attestation") {
        // One whole registration for each kind of attestation.
        assert_eq!((accepted, skipped), (9, 0));
        assert!(rejected >= 190, "{rejected}");
    } else {
        // No attestation, and self attestation. Whether a format is unknown cannot be told.
        assert_eq!((accepted, rejected), (2, 7));
    }
}
