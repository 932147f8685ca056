//! The attestation statement format `android-safetynet` (§8.5).
#![cfg(feature = "attestation")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{
    AttestationFormat, AttestationPolicy, AttestationType, Unchecked,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{Algorithm, ErrorKind, Registration, Step};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, CertificateBuilder, Fault, PrivateKey,
    SafetyNetResponseBuilder, SoftwareAuthenticator, der,
};

use crate::common::certificates::*;
use crate::common::made::*;

const HOST: &str = "attest.android.com";
const MAX_AGE: Duration = Duration::from_secs(300);

fn hash(made: &Made) -> [u8; 32] {
    Sha256::digest(made.signed()).into()
}

fn milliseconds(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Returns a correct response with the current time.
fn response(made: &Made) -> SafetyNetResponseBuilder {
    SafetyNetResponseBuilder::new(&hash(made), milliseconds(now()))
}

/// Returns a certificate of the service for these names, with the key "attestation".
fn certificate(common_name: &str, alternative_names: Option<&[u8]>) -> Vec<u8> {
    let public_key = key("attestation").public_numbers();
    let mut certificate = CertificateBuilder::new(&name(common_name), &public_key);
    if let Some(names) = alternative_names {
        certificate = certificate.extension(SUBJECT_ALT_NAME, false, names);
    }
    issued_by("root", certificate)
}

fn dns_name(name: &str) -> Vec<u8> {
    der::implicit(2, name.as_bytes())
}

fn service_certificate() -> Vec<u8> {
    certificate("", Some(&der::sequence(&[dns_name(HOST)])))
}

fn statement_of(response: &str) -> AttestationStatement {
    AttestationStatement::android_safetynet("200617000", response.as_bytes()).unwrap()
}

/// Returns the statement with a response that the service has signed.
fn signed(response: &SafetyNetResponseBuilder) -> AttestationStatement {
    statement_of(&response.sign(&key("attestation"), &[service_certificate()]))
}

fn policy() -> AttestationPolicy {
    AttestationPolicy::default().allow_safetynet(MAX_AGE)
}

#[track_caller]
fn accept(made: &Made, statement: &AttestationStatement) {
    let _ = accepted(made, statement);
}

#[track_caller]
fn accepted(made: &Made, statement: &AttestationStatement) -> Registration {
    made.register(statement, policy()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refuse(made: &Made, statement: &AttestationStatement, kind: ErrorKind, field: &str) {
    let error = made.register(statement, policy()).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::AttestationStatement, kind), "{error}");
    assert_eq!(error.field(), Some(field), "{error}");
}

#[track_caller]
fn refuse_invalid(made: &Made, statement: &AttestationStatement, field: &str) {
    refuse(made, statement, ErrorKind::AttestationInvalid, field);
}

#[test]
fn sn_01_the_format_is_accepted_only_if_the_policy_allows_it() {
    let made = Made::new();
    let statement = signed(&response(&made));
    let attestation = accepted(&made, &statement).attestation().clone();
    assert_eq!(attestation.format(), AttestationFormat::AndroidSafetyNet);
    for policy in [
        AttestationPolicy::default(),
        AttestationPolicy::ignore(),
        trusted(&[root("root")]),
        trusted(&[]),
    ] {
        let refused = made.register(&statement, policy.clone());
        let kind = ErrorKind::UnsupportedAttestationFormat;
        assert_refused(refused, Step::AttestationFormat, kind, "\"android-safetynet\"");
        // Only this format depends on the setting.
        let none = made.register(&AttestationStatement::none(), policy.allow_safetynet(MAX_AGE));
        if let Err(error) = none {
            assert_ne!(error.kind(), ErrorKind::UnsupportedAttestationFormat);
        }
    }
}

#[test]
fn sn_02_version_and_response_are_present_with_their_types() {
    let made = Made::new();
    let jws =
        || bytes(response(&made).sign(&key("attestation"), &[service_certificate()]).as_bytes());
    let with =
        |pairs: &[(&str, Vec<u8>)]| AttestationStatement::new("android-safetynet", &map(pairs));
    accept(&made, &with(&[("ver", text("1")), ("response", jws())]));
    accept(&made, &with(&[("response", jws()), ("ver", text("anything"))]));
    accept(&made, &with(&[("ver", text("1")), ("more", vec![0xf5]), ("response", jws())]));
    let refuse = |pairs: &[(&str, Vec<u8>)], field| refuse_invalid(&made, &with(pairs), field);
    refuse(&[("response", jws())], "attStmt.ver");
    refuse(&[("ver", text("1"))], "attStmt.response");
    refuse(&[("ver", text("")), ("response", jws())], "attStmt.ver");
    refuse(&[("ver", vec![0x01]), ("response", jws())], "attStmt.ver");
    refuse(&[("ver", vec![0x41, b'1']), ("response", jws())], "attStmt.ver");
    refuse(&[("ver", vec![0xf6]), ("response", jws())], "attStmt.ver");
    refuse(&[("ver", text("1")), ("response", text("a.b.c"))], "attStmt.response");
    refuse(&[("ver", text("1")), ("response", vec![0x42, 0xc3, 0x28])], "attStmt.response");
    refuse(&[("ver", text("1")), ("response", vec![0x40])], "attStmt.response");
    let list = AttestationStatement::new("android-safetynet", &[0x80]);
    refuse_invalid(&made, &list, "attStmt");
}

#[test]
fn sn_02_the_response_is_a_compact_jws() {
    let made = Made::new();
    let jws = response(&made).sign(&key("attestation"), &[service_certificate()]);
    let parts: Vec<_> = jws.split('.').collect();
    accept(&made, &statement_of(&parts.join(".")));
    let refuse = |text: &str, field| refuse_invalid(&made, &statement_of(text), field);
    refuse(&parts[..2].join("."), "attStmt.response");
    refuse(&format!("{jws}."), "attStmt.response");
    refuse(&format!("{jws}.{}", parts[2]), "attStmt.response");
    refuse(&format!(" {jws}"), "header");
    refuse(&format!("{jws}\n"), "signature");
    refuse(&format!("{}.{}=.{}", parts[0], parts[1], parts[2]), "payload");
    // A response in the other JWS serialization is JSON.
    let object = json!({ "payload": parts[1], "protected": parts[0], "signature": parts[2] });
    refuse(&object.to_string(), "attStmt.response");

    let payload = |bytes: &[u8]| signed(&response(&made).payload(bytes));
    let json = response(&made).payload_json();
    accept(&made, &payload(json.as_bytes()));
    accept(&made, &payload(format!(" {json}\n").as_bytes()));
    let refuse = |bytes: &[u8]| refuse_invalid(&made, &payload(bytes), "payload");
    refuse(b"");
    refuse(b"[]");
    refuse(b"null");
    refuse(b"\xff");
    refuse(format!("{json}{json}").as_bytes());
    refuse(format!("\u{feff}{json}").as_bytes());
    refuse(&json.as_bytes()[..json.len() - 1]);
    // A repeated member, with any value and in any spelling.
    let with = |more: &str| json.replacen('{', &format!("{{{more},"), 1);
    accept(&made, &payload(with(r#""apkPackageName":"com.example","advice":[1]"#).as_bytes()));
    refuse(with(r#""ctsProfileMatch":true"#).as_bytes());
    refuse(with(r#""\u0063tsProfileMatch":true"#).as_bytes());
    refuse(with(r#""a":1,"a":1"#).as_bytes());
    let many = |count: u32| (0..count).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(",");
    accept(&made, &payload(with(&many(61)).as_bytes()));
    // A value that is nested too deeply is a fault of the statement, not of the response.
    let nested = |levels: usize| format!("\"x\":{}{}", "[".repeat(levels), "]".repeat(levels));
    accept(&made, &payload(with(&nested(31)).as_bytes()));
    refuse(with(&nested(32)).as_bytes());
    refuse(with(&many(62)).as_bytes());
}

#[test]
fn sn_03_the_nonce_is_padded_standard_base64_of_the_hash() {
    let made = Made::new();
    let hash = hash(&made);
    let with = |nonce: Value| signed(&response(&made).member("nonce", nonce));
    let good = STANDARD.encode(hash);
    accept(&made, &with(good.clone().into()));
    // Otherwise both encodings would be equal.
    assert!(good.contains('+') || good.contains('/'), "{good}");
    let escaped = response(&made).payload_json().replace(&good, &good.replace('=', "\\u003d"));
    accept(&made, &signed(&response(&made).payload(escaped.as_bytes())));

    let mismatch = ErrorKind::AttestationNonceMismatch;
    let mut other_hash = hash;
    other_hash[31] ^= 1;
    for other in [
        URL_SAFE.encode(hash),
        URL_SAFE_NO_PAD.encode(hash),
        STANDARD_NO_PAD.encode(hash),
        STANDARD.encode(other_hash),
        STANDARD.encode(made.client_data_hash),
        STANDARD.encode(made.signed()),
        hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        format!("{good}\n"),
        String::new(),
    ] {
        refuse(&made, &with(other.into()), mismatch, "payload.nonce");
    }
    for other in [Value::Null, json!([good]), json!(1)] {
        refuse_invalid(&made, &with(other), "payload.nonce");
    }
    let without = json!({ "timestampMs": milliseconds(now()), "ctsProfileMatch": true });
    let without = response(&made).payload(without.to_string().as_bytes());
    refuse_invalid(&made, &signed(&without), "payload.nonce");
    // The response of another registration.
    let other = Made::with(Algorithm::Es256, [0; 16]);
    refuse(&other, &signed(&response(&made)), mismatch, "payload.nonce");
}

#[test]
fn sn_04_the_certificate_key_signs_the_response() {
    let made = Made::new();
    accept(&made, &signed(&response(&made)));
    let names = der::sequence(&[dns_name(HOST)]);
    let rsa = CertificateBuilder::new(&name(""), &rsa_key().public_numbers());
    let rsa = rsa.extension(SUBJECT_ALT_NAME, false, &names);
    let rsa = [issued_by("root", rsa)];
    accept(&made, &statement_of(&response(&made).sign(&rsa_key(), &rsa)));

    let invalid = ErrorKind::SignatureInvalid;
    let by_other = response(&made).sign(&key("other"), &[service_certificate()]);
    refuse(&made, &statement_of(&by_other), invalid, "signature");
    let by_credential = response(&made).sign(&made.credential_key, &[service_certificate()]);
    refuse(&made, &statement_of(&by_credential), invalid, "signature");
    let good = response(&made).sign(&key("attestation"), &[service_certificate()]);
    let (text, _) = good.rsplit_once('.').unwrap();
    refuse(&made, &statement_of(&format!("{text}.")), invalid, "signature");
    let der = URL_SAFE_NO_PAD.encode(key("attestation").sign(text.as_bytes()));
    refuse(&made, &statement_of(&format!("{text}.{der}")), invalid, "signature");
    // The payload of another response with the signature of this one.
    let other = response(&made).member("basicIntegrity", true);
    let other = other.sign(&key("attestation"), &[service_certificate()]);
    let (other, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    refuse(&made, &statement_of(&format!("{other}.{signature}")), invalid, "signature");

    for alg in ["none", "HS256", "RS256", "ES384", ""] {
        let statement = signed(&response(&made).header("alg", alg));
        refuse_invalid(&made, &statement, "header.alg");
    }
    let none = response(&made).header("alg", "none");
    let none = none.sign(&key("attestation"), &[service_certificate()]);
    let (none, _) = none.rsplit_once('.').unwrap();
    refuse_invalid(&made, &statement_of(&format!("{none}.")), "header.alg");
    let p384 = PrivateKey::from_seed(Algorithm::Es384.cose_id(), b"service").unwrap();
    let other_curve = CertificateBuilder::new(&name(""), &p384.public_numbers());
    let other_curve = other_curve.extension(SUBJECT_ALT_NAME, false, &names);
    let other_curve = [issued_by("root", other_curve)];
    let statement = statement_of(&response(&made).sign(&p384, &other_curve));
    refuse_invalid(&made, &statement, "header.alg");
    for x5c in [json!([]), json!(null), json!(["AAAA"]), json!([1])] {
        let statement = signed(&response(&made).header("x5c", x5c.clone()));
        let error = made.register(&statement, policy()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{x5c}: {error}");
    }
    let statement = signed(&response(&made).header("jwk", json!({ "kty": "EC" })));
    refuse_invalid(&made, &statement, "header.jwk");
}

#[test]
fn sn_04_kb_90_the_certificate_is_for_the_host_of_the_service() {
    let made = Made::new();
    let with = |certificate: Vec<u8>| {
        statement_of(&response(&made).sign(&key("attestation"), &[certificate]))
    };
    let names = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| dns_name(name)).collect();
        der::sequence(&names)
    };
    accept(&made, &with(certificate("", Some(&names(&[HOST])))));
    accept(&made, &with(certificate("", Some(&names(&["other.example", HOST])))));
    let refuse = |certificate| {
        refuse_invalid(&made, &with(certificate), "x5c[0].subjectAltName");
    };
    refuse(certificate(HOST, Some(&names(&["other.example"]))));
    refuse(certificate(HOST, Some(&names(&[]))));
    // The common name can be any string.
    refuse(certificate(HOST, None));
    refuse(certificate("", None));
    for other in
        ["android.com", "attest.android.com.example", "xattest.android.com", "*.android.com", ""]
    {
        refuse(certificate(other, None));
        refuse(certificate("", Some(&names(&[other]))));
    }
    // A name of another kind: an e-mail address.
    refuse(certificate("", Some(&der::sequence(&[der::implicit(1, HOST.as_bytes())]))));
    // The name must be in the certificate of the signing key.
    let chain = [certificate("other.example", None), service_certificate()];
    let statement = statement_of(&response(&made).sign(&key("attestation"), &chain));
    refuse_invalid(&made, &statement, "x5c[0].subjectAltName");
}

/// The roots of the service also issue certificates for other purposes and other names.
#[test]
fn kb_90_the_path_is_validated_for_a_server() {
    let made = Made::new();
    const SERVER_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
    const EMAIL_PROTECTION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 4];
    let service = || {
        CertificateBuilder::new(&name(""), &key("attestation").public_numbers()).extension(
            SUBJECT_ALT_NAME,
            false,
            &der::sequence(&[dns_name(HOST)]),
        )
    };
    let verdict = |leaf: CertificateBuilder, middle: CertificateBuilder| {
        let chain = [issued_by("middle", leaf), issued_by("root", middle)];
        let statement = statement_of(&response(&made).sign(&key("attestation"), &chain));
        let policy = trusted(&[root("root")]).allow_safetynet(MAX_AGE);
        made.register(&statement, policy)
    };
    for leaf in [service(), service().extended_key_usage(&[SERVER_AUTH, EMAIL_PROTECTION])] {
        for middle in [ca("middle"), ca("middle").extended_key_usage(&[SERVER_AUTH])] {
            let _ = verdict(leaf.clone(), middle).unwrap();
        }
        let middle = ca("middle").extended_key_usage(&[EMAIL_PROTECTION]);
        let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
        assert_refused(verdict(leaf.clone(), middle), step, kind, "not for servers");
        let other = der::explicit(0, &der::sequence(&[dns_name("other.example")]));
        let middle = ca("middle").extension(&[2, 5, 29, 30], false, &der::sequence(&[other]));
        assert_refused(verdict(leaf, middle), step, kind, "an issuer does not permit the name");
    }
    let mail = verdict(service().extended_key_usage(&[EMAIL_PROTECTION]), ca("middle"));
    let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    assert_refused(mail, step, kind, "not for servers");
}

#[test]
fn sn_04_the_device_passed_the_integrity_check() {
    let made = Made::new();
    let with = |value: Value| signed(&response(&made).member("ctsProfileMatch", value));
    accept(&made, &with(json!(true)));
    for other in [json!(false), json!("true"), json!(1), json!(null), json!([true])] {
        refuse_invalid(&made, &with(other), "payload.ctsProfileMatch");
    }
    let nonce = STANDARD.encode(hash(&made));
    let without = json!({ "nonce": nonce, "timestampMs": milliseconds(now()) });
    let without = response(&made).payload(without.to_string().as_bytes());
    refuse_invalid(&made, &signed(&without), "payload.ctsProfileMatch");
    // The weaker `basicIntegrity` is not checked, because `ctsProfileMatch` includes it.
    accept(&made, &signed(&response(&made).member("basicIntegrity", false)));
}

#[test]
fn sn_04_the_response_is_fresh() {
    let made = Made::new();
    let with = |value: Value| signed(&response(&made).member("timestampMs", value));
    let present = milliseconds(now());
    let max_age = u64::try_from(MAX_AGE.as_millis()).unwrap();
    for good in [present, present - 1, present - max_age, present + 1, present + 60_000] {
        accept(&made, &with(json!(good)));
    }
    for bad in [present - max_age - 1, present + 60_001, 0, u64::MAX, present * 1000] {
        refuse_invalid(&made, &with(json!(bad)), "payload.timestampMs");
    }
    // A time in seconds instead of milliseconds.
    refuse_invalid(&made, &with(json!(present / 1000)), "payload.timestampMs");
    let other = [json!(-1), json!(1.5), json!(present.to_string()), json!(null), json!([present])];
    for other in other {
        refuse_invalid(&made, &with(other), "payload.timestampMs");
    }
    for number in [format!("{present}.0"), "1.75e12".to_owned(), format!("{present}0000000000")] {
        let json = response(&made).payload_json().replace(&present.to_string(), &number);
        let statement = signed(&response(&made).payload(json.as_bytes()));
        refuse_invalid(&made, &statement, "payload.timestampMs");
    }
    let nonce = STANDARD.encode(hash(&made));
    let without = json!({ "nonce": nonce, "ctsProfileMatch": true });
    let without = response(&made).payload(without.to_string().as_bytes());
    refuse_invalid(&made, &signed(&without), "payload.timestampMs");

    // The policy sets the maximum age, and the age is computed at the time of the verification.
    let statement = signed(&response(&made));
    let at = |later: u64, max_age: u64| {
        let policy = AttestationPolicy::default().allow_safetynet(Duration::from_secs(max_age));
        made.register_at(&statement, policy, now() + Duration::from_secs(later))
    };
    for (later, max_age) in [(0, 0), (10, 10), (1_000_000, 1_000_000)] {
        assert!(at(later, max_age).is_ok(), "{later}");
        let (step, kind) = (Step::AttestationStatement, ErrorKind::AttestationInvalid);
        assert_refused(at(later + 1, max_age), step, kind, "too old");
    }
}

#[test]
fn sn_04_the_type_is_basic_and_the_path_comes_from_the_response() {
    let made = Made::new();
    let leaf = || {
        let names = der::sequence(&[dns_name(HOST)]);
        CertificateBuilder::new(&name(""), &key("attestation").public_numbers()).extension(
            SUBJECT_ALT_NAME,
            false,
            &names,
        )
    };
    let chain = [issued_by("one", leaf()), issued_by("root", ca("one"))];
    let statement = statement_of(&response(&made).sign(&key("attestation"), &chain));
    let registration = accepted(&made, &statement);
    let attestation = registration.attestation();
    assert_eq!(attestation.attestation_type(), AttestationType::Basic);
    assert_eq!(attestation.certificates(), chain);
    assert_eq!(attestation.unchecked(), [Unchecked::Trust]);
    assert_eq!(attestation.trust_path(), None);

    let trusting = |anchor: &str| trusted(&[root(anchor)]).allow_safetynet(MAX_AGE);
    let registration = made.register(&statement, trusting("root")).unwrap();
    let path = registration.attestation().trust_path().unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
    assert_eq!(path.intermediates(), &chain[1..]);
    let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    assert_refused(made.register(&statement, trusting("other")), step, kind, "no trust anchor");
    let own = leaf().sign(&key("attestation"));
    let statement = statement_of(&response(&made).sign(&key("attestation"), &[own]));
    accept(&made, &statement);
    assert_refused(made.register(&statement, trusting("root")), step, kind, "no trust anchor");
}

#[test]
fn sn_02_03_04_each_fault_of_the_software_authenticator_is_named() {
    let browser = SoftwareAuthenticator::from_seed(b"safetynet")
        .with_attestation(AttestationKind::AndroidSafetyNet)
        .with_time(now());
    let anchor = TrustAnchor::from_der(browser.attestation_root()).unwrap();
    let policy = AttestationPolicy::trusted([anchor]).allow_safetynet(MAX_AGE);
    let whole = register_with(&browser, policy.clone(), None).unwrap();
    assert_eq!(whole.attestation().attestation_type(), AttestationType::Basic);
    assert!(whole.attestation().trust_path().is_some());
    let late = browser.clone().with_time(now() - MAX_AGE - Duration::from_millis(1));
    let error = register_with(&late, policy.clone(), None).unwrap_err();
    assert_eq!(error.field(), Some("payload.timestampMs"), "{error}");

    let fields = AttestationKind::AndroidSafetyNet.fields();
    assert!(fields.len() > 15);
    for (broken, kind) in fields {
        let error = register_with(&browser, policy.clone(), Some(Fault::AttestationField(broken)))
            .unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{broken}: {error}");
        let expected = AttestationKind::AndroidSafetyNet.named_for(broken);
        assert_eq!(error.field(), Some(expected), "{broken}: {error}");
    }
}
