//! SafetyNet attestation (§8.5): a JWS of a service that no longer exists.

use base64::Engine;
use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{
    SUBJECT_ALT_NAME, ca, issued_by, key, name, root, rsa_key,
};
use webauthn_verify_authenticator::{
    AttestationStatement, CertificateBuilder, SafetyNetResponseBuilder, der,
};

use super::{bytes, invalid, signed_hash, text, trusted};
use crate::case::{Case, Registration, encode};
use crate::jws;

/// The time of the ceremony in milliseconds.
const NOW: u64 = 1_767_225_600_000;

const HOST: &str = "attest.android.com";
const SERVER_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const EMAIL_PROTECTION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 4];
const ANY: &[u64] = &[2, 5, 29, 37, 0];

pub(super) fn cases() -> Vec<Value> {
    [policy(), ages(), nonces(), payloads(), texts(), headers(), raw_headers(), hosts(), purposes()]
        .concat()
}

fn response() -> SafetyNetResponseBuilder {
    SafetyNetResponseBuilder::new(&signed_hash(&Registration::new()), NOW)
}

/// Returns a certificate of the service for these hosts.
fn service(hosts: &[&str]) -> CertificateBuilder {
    let names: Vec<_> = hosts.iter().map(|host| der::implicit(2, host.as_bytes())).collect();
    CertificateBuilder::new(&name(HOST), &key("service").public_numbers()).extension(
        SUBJECT_ALT_NAME,
        false,
        &der::sequence(&names),
    )
}

fn certificate() -> Vec<u8> {
    issued_by("root", service(&[HOST]))
}

fn sign(response: &SafetyNetResponseBuilder) -> String {
    response.sign(&key("service"), &[certificate()])
}

/// Returns the members of a correct statement, each with its CBOR.
pub(super) fn members(_: &Registration) -> Vec<(&'static str, Vec<u8>)> {
    vec![("ver", text("200617000")), ("response", bytes(sign(&response()).as_bytes()))]
}

fn of_text(name: &str, rule: &str, response: &[u8]) -> Case {
    let statement = AttestationStatement::android_safetynet("200617000", response);
    let statement = statement.expect("CBOR in memory");
    let name = format!("android-safetynet/{name}");
    trusted(&name, rule, Registration::new(), statement).with("safetynet_max_age", 60)
}

fn of(name: &str, rule: &str, response: &SafetyNetResponseBuilder) -> Case {
    of_text(name, rule, sign(response).as_bytes())
}

/// The format is only accepted if the policy says so.
fn policy() -> Vec<Value> {
    let statement = || AttestationStatement::android_safetynet("1", sign(&response()).as_bytes());
    let not_allowed = trusted(
        "android-safetynet/not-allowed",
        "SN-01",
        Registration::new(),
        statement().expect("CBOR in memory"),
    );
    let at_once = of("age-of-zero", "SN-01", &response()).with("safetynet_max_age", 0);
    let older = response().member("timestampMs", NOW - 1);
    let older = of("age-of-a-millisecond", "SN-01", &older).with("safetynet_max_age", 0);
    vec![
        not_allowed.reject("UnsupportedAttestationFormat", "21"),
        at_once.accept(),
        invalid(older, "payload.timestampMs"),
    ]
}

fn ages() -> Vec<Value> {
    let at = |name: &str, timestamp: Value| {
        let response = response().member("timestampMs", timestamp);
        of(&format!("timestamp/{name}"), "SN-04", &response)
    };
    let mut cases = Vec::new();
    for (name, timestamp) in [("a-minute-ago", NOW - 60_000), ("in-a-minute", NOW + 60_000)] {
        cases.push(at(name, timestamp.into()).accept());
    }
    for (name, timestamp) in [
        ("over-a-minute-ago", json!(NOW - 60_001)),
        ("in-over-a-minute", json!(NOW + 60_001)),
        ("in-seconds", json!(NOW / 1000)),
        ("zero", json!(0)),
        ("largest", json!(u64::MAX)),
        ("text", json!(NOW.to_string())),
        ("negative", json!(-1)),
        ("fraction", json!(1_767_225_600_000.5)),
        ("null", Value::Null),
    ] {
        cases.push(invalid(at(name, timestamp), "payload.timestampMs"));
    }
    let exponent = response().payload_json().replace(&NOW.to_string(), "1767225600e3");
    let response = response().payload(exponent.as_bytes());
    let case = of("timestamp/exponent", "SN-04", &response);
    cases.push(invalid(case, "payload.timestampMs"));
    cases
}

fn nonces() -> Vec<Value> {
    let hash = signed_hash(&Registration::new());
    let padded = response().payload_json();
    let padded: Value = serde_json::from_str(&padded).expect("JSON");
    let padded = padded["nonce"].as_str().expect("text").to_owned();
    let with = |name: &str, nonce: Value| {
        of(&format!("nonce/{name}"), "SN-03", &response().member("nonce", nonce))
    };
    let mut cases = Vec::new();
    for (name, nonce) in [
        ("unpadded", padded.trim_end_matches('=').to_owned()),
        ("base64url", encode(&hash)),
        ("two-paddings", format!("{padded}=")),
        ("white-space", format!("{padded}\n")),
        ("other-case", padded.to_lowercase()),
        ("empty", String::new()),
        ("challenge", encode(&crate::case::CHALLENGE)),
    ] {
        let case = with(name, nonce.into());
        cases.push(case.reject_field("AttestationNonceMismatch", "22", "payload.nonce"));
    }
    cases.push(invalid(with("number", json!(1)), "payload.nonce"));
    cases.push(invalid(with("array", json!([padded])), "payload.nonce"));
    let escaped = response().payload_json().replace(&padded, &padded.replace('=', "\\u003d"));
    cases.push(of("nonce/escaped", "SN-03", &response().payload(escaped.as_bytes())).accept());
    cases
}

fn payloads() -> Vec<Value> {
    let json = response().payload_json();
    let members = json[1..json.len() - 1].to_owned();
    let with = |name: &str, payload: &[u8], field: &str| {
        let case = of(&format!("payload/{name}"), "SN-02", &response().payload(payload));
        invalid(case, field)
    };
    let mut cases = vec![
        of("payload/more-members", "SN-02", &response().member("apkPackageName", "x")).accept(),
        of("payload/white-space", "SN-02", &response().payload(format!(" {json} ").as_bytes()))
            .accept(),
    ];
    for (name, payload) in [
        ("empty", String::new()),
        ("array", format!("[{json}]")),
        ("trailing-text", format!("{json}x")),
        ("trailing-comma", format!("{{{members},}}")),
        ("cut-short", json[..json.len() - 1].to_owned()),
        ("nonce-twice", format!("{{{members},\"nonce\":\"\"}}")),
        ("cts-twice", format!("{{\"ctsProfileMatch\":false,{members}}}")),
        ("escaped-name-twice", format!("{{{members},\"\\u006eonce\":\"\"}}")),
        ("unknown-twice", format!("{{{members},\"x\":1,\"x\":1}}")),
        ("byte-order-mark", format!("\u{feff}{json}")),
    ] {
        cases.push(with(name, payload.as_bytes(), "payload"));
    }
    cases.push(with("not-utf-8", b"{\"x\":\"\xff\"}", "payload"));
    for name in ["nonce", "timestampMs", "ctsProfileMatch"] {
        let mut without: Value = serde_json::from_str(&json).expect("JSON");
        without.as_object_mut().expect("an object").remove(name);
        let case_name = format!("{name}-missing");
        let field = format!("payload.{name}");
        cases.push(with(&case_name, without.to_string().as_bytes(), &field));
    }
    for (name, value) in [
        ("false", json!(false)),
        ("text", json!("true")),
        ("number", json!(1)),
        ("null", Value::Null),
    ] {
        let response = response().member("ctsProfileMatch", value);
        let case = of(&format!("cts-profile-match/{name}"), "SN-04", &response);
        cases.push(invalid(case, "payload.ctsProfileMatch"));
    }
    cases
}

/// The compact serialization.
fn texts() -> Vec<Value> {
    let good = sign(&response());
    let [header, payload, signature] = jws::parts(&good);
    let of = |name: &str, text: &str, field: &str| {
        invalid(of_text(&format!("jws/{name}"), "SN-02", text.as_bytes()), field)
    };
    let unsigned = of_text("jws/no-signature", "SN-04", format!("{header}.{payload}.").as_bytes());
    let der = encode(&key("service").sign(format!("{header}.{payload}").as_bytes()));
    let der = of_text("jws/der-signature", "SN-04", format!("{header}.{payload}.{der}").as_bytes());
    vec![
        of("empty", "", "attStmt.response"),
        of("two-parts", &format!("{header}.{payload}"), "attStmt.response"),
        of("four-parts", &format!("{good}.{signature}"), "attStmt.response"),
        of("padded-header", &format!("{header}=.{payload}.{signature}"), "header"),
        of("padded-payload", &format!("{header}.{payload}=.{signature}"), "payload"),
        of("padded-signature", &format!("{good}=="), "signature"),
        of("white-space-before", &format!(" {good}"), "header"),
        of("line-break-behind", &format!("{good}\n"), "signature"),
        of("base64", &format!("{header}.{payload}+.{signature}"), "payload"),
        invalid(of_text("jws/not-utf-8", "SN-02", b"\xff.."), "attStmt.response"),
        unsigned.reject_field("SignatureInvalid", "22", "signature"),
        der.reject_field("SignatureInvalid", "22", "signature"),
    ]
}

/// The members of the header, and the kind of the key.
fn headers() -> Vec<Value> {
    let with = |name: &str, member: &str, value: Value| {
        of(&format!("header/{name}"), "SN-02", &response().header(member, value))
    };
    let mut cases = vec![with("more-members", "kid", json!("1")).accept()];
    for (name, alg) in [
        ("alg-none", json!("none")),
        ("alg-in-lower-case", json!("es256")),
        ("alg-es384", json!("ES384")),
        ("alg-hs256", json!("HS256")),
        ("alg-of-other-key", json!("RS256")),
        ("alg-number", json!(-7)),
        ("alg-null", Value::Null),
    ] {
        cases.push(invalid(with(name, "alg", alg), "header.alg"));
    }
    for member in ["jku", "jwk", "x5u", "crit", "b64"] {
        let case = with(member, member, json!("https://example.org/"));
        cases.push(invalid(case, &format!("header.{member}")));
    }
    let der = certificate();
    let base64 = |der: &[u8]| base64::engine::general_purpose::STANDARD.encode(der);
    let make = |number: u8| issued_by("root", service(&[HOST]).serial_number(&[number]));
    let padded = jws::certificate_with_padding(true, make);
    let unpadded = jws::certificate_with_padding(false, make);
    cases.push(with("x5c-of-8", "x5c", json!(vec![base64(&der); 8])).accept());
    for (name, x5c) in [
        ("x5c-null", Value::Null),
        ("x5c-empty", json!([])),
        ("x5c-text", json!(base64(&der))),
        ("x5c-number", json!([1])),
        ("x5c-unpadded", json!([base64(&padded).trim_end_matches('=')])),
        ("x5c-base64url", json!([encode(&unpadded)])),
        ("x5c-white-space", json!([format!("{}\n", base64(&der))])),
        ("x5c-of-9", json!(vec![base64(&der); 9])),
        ("x5c-trailing-byte", json!([base64(&[&der[..], &[0]].concat())])),
    ] {
        let field =
            if name == "x5c-trailing-byte" { "x5c[0].subjectAltName" } else { "header.x5c" };
        cases.push(invalid(with(name, "x5c", x5c), field));
    }
    cases
}

/// Headers that are not JSON objects, and other signers.
fn raw_headers() -> Vec<Value> {
    let der = certificate();
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let raw = |name: &str, header: &str| {
        let response =
            jws::sign(header.as_bytes(), response().payload_json().as_bytes(), &key("service"));
        invalid(of_text(&format!("header/{name}"), "SN-02", response.as_bytes()), "header")
    };
    let mut cases = Vec::new();
    let good = format!("\"alg\":\"ES256\",\"x5c\":[\"{}\"]", base64);
    cases.push(raw("alg-twice", &format!("{{{good},\"alg\":\"ES256\"}}")));
    cases.push(raw("array", &format!("[{{{good}}}]")));
    cases.push(raw("trailing-text", &format!("{{{good}}}x")));
    cases.push(raw("empty", ""));
    let rsa = CertificateBuilder::new(&name(HOST), &rsa_key().public_numbers());
    let names = der::sequence(&[der::implicit(2, HOST.as_bytes())]);
    let rsa = issued_by("root", rsa.extension(SUBJECT_ALT_NAME, false, &names));
    let signed = response().sign(&rsa_key(), &[rsa]);
    cases.push(of_text("header/rs256", "SN-04", signed.as_bytes()).accept());
    let other = response().sign(&key("other"), &[der]);
    let other = of_text("other-signer", "SN-04", other.as_bytes());
    cases.push(other.reject_field("SignatureInvalid", "22", "signature"));
    cases
}

fn hosts() -> Vec<Value> {
    let with = |name: &str, certificate: CertificateBuilder| {
        let response = response().sign(&key("service"), &[issued_by("root", certificate)]);
        of_text(&format!("host/{name}"), "KB-90", response.as_bytes())
    };
    let bare = || CertificateBuilder::new(&name(HOST), &key("service").public_numbers());
    let other_kind = der::sequence(&[der::implicit(6, HOST.as_bytes())]);
    let field = "x5c[0].subjectAltName";
    let mut cases = vec![
        with("second", service(&["other.example", HOST])).accept(),
        with("upper-case", service(&["ATTEST.android.com"])).accept(),
        invalid(with("common-name-only", bare()), field),
        invalid(with("unreadable", bare().extension(SUBJECT_ALT_NAME, false, &[5, 0])), field),
        invalid(with("uri", bare().extension(SUBJECT_ALT_NAME, false, &other_kind)), field),
    ];
    for (name, host) in [
        ("wildcard", "*.android.com"),
        ("above", "android.com"),
        ("below", "x.attest.android.com"),
        ("longer-label", "xattest.android.com"),
        ("suffix", "attest.android.com.example"),
        ("dot-behind", "attest.android.com."),
        ("nul", "attest.android.com\0"),
        ("empty", ""),
    ] {
        cases.push(invalid(with(name, service(&[host])), field));
    }
    cases
}

/// The purposes of the certificates of the path.
fn purposes() -> Vec<Value> {
    let with = |name: &str, leaf: CertificateBuilder, issuer: CertificateBuilder| {
        let chain = [issued_by("one", leaf), issued_by("root", issuer)];
        let response = response().sign(&key("service"), &chain);
        of_text(&format!("purpose/{name}"), "KB-90", response.as_bytes())
    };
    let of = |purposes: &[&[u64]]| service(&[HOST]).extended_key_usage(purposes);
    let untrusted =
        |case: Case, field: &str| case.reject_field("UntrustedAttestation", "24", field);
    let field = "certificate.extendedKeyUsage";
    let unreadable = service(&[HOST]).extension(&[2, 5, 29, 37], false, &[0x30, 0x80]);
    let other_hosts = der::sequence(&[der::implicit(2, b"other.example")]);
    let other_hosts = der::sequence(&[der::explicit(0, &other_hosts)]);
    let mail_root = issued_by("root", ca("root").extended_key_usage(&[EMAIL_PROTECTION]));
    let below_mail = with("anchor-for-mail", of(&[SERVER_AUTH]), ca("one"));
    let below_mail = below_mail.with("trust_anchors", vec![encode(&mail_root)]);
    let two_roots = vec![encode(&mail_root), encode(&root("root"))];
    let two_roots =
        with("two-anchors", of(&[SERVER_AUTH]), ca("one")).with("trust_anchors", two_roots);
    vec![
        with("open", service(&[HOST]), ca("one")).accept(),
        with("server", of(&[EMAIL_PROTECTION, SERVER_AUTH]), ca("one")).accept(),
        with("any", of(&[ANY]), ca("one").extended_key_usage(&[ANY])).accept(),
        with("issuer-for-servers", service(&[HOST]), ca("one").extended_key_usage(&[SERVER_AUTH]))
            .accept(),
        two_roots.accept(),
        untrusted(with("mail", of(&[EMAIL_PROTECTION]), ca("one")), field),
        untrusted(with("none", of(&[]), ca("one")), field),
        untrusted(with("unreadable", unreadable, ca("one")), field),
        untrusted(
            with(
                "issuer-for-mail",
                of(&[SERVER_AUTH]),
                ca("one").extended_key_usage(&[EMAIL_PROTECTION]),
            ),
            field,
        ),
        untrusted(below_mail, field),
        untrusted(
            with("issuer-for-other-hosts", of(&[SERVER_AUTH]), {
                ca("one").extension(&[2, 5, 29, 30], false, &other_hosts)
            }),
            "certificate.nameConstraints",
        ),
    ]
}
