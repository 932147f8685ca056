//! Compound attestation (§8.9).

use serde_json::{Value, json};
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::certificates::{
    attestation_certificate, ca, issued_by, key, name, root,
};
use webauthn_verify_authenticator::{CertificateBuilder, SafetyNetResponseBuilder};

use super::{array, bytes, head, invalid, map, signed_hash, text, trusted, untrusted};
use crate::case::{Case, Registration, create_client_data, encode, key as credential_key};

pub(super) fn cases() -> Vec<Value> {
    [counts(), forms(), statements(), paths()].concat()
}

fn compound(statements: &[AttestationStatement]) -> AttestationStatement {
    AttestationStatement::compound(statements).expect("CBOR in memory")
}

/// Returns a packed statement about this registration, with a certificate by this issuer.
fn packed_by(issuer: &str, registration: &Registration) -> AttestationStatement {
    let certificate = attestation_certificate(&key("leaf").public_numbers());
    let signature = key("leaf").sign(&registration.signed());
    let x5c = [issued_by(issuer, certificate)];
    AttestationStatement::packed(-7, &signature, Some(&x5c)).expect("CBOR in memory")
}

fn packed() -> AttestationStatement {
    packed_by("root", &Registration::new())
}

fn of_self() -> AttestationStatement {
    let signature = credential_key(-7).sign(&Registration::new().signed());
    AttestationStatement::packed(-7, &signature, None).expect("CBOR in memory")
}

/// Returns an Apple statement with a certificate by this issuer, and these issuers.
fn apple_by(issuer: &str, issuers: &[Vec<u8>]) -> AttestationStatement {
    let key = credential_key(-7).public_numbers();
    let certificate = CertificateBuilder::new(&name("a credential"), &key)
        .apple_nonce(&signed_hash(&Registration::new()));
    let x5c = [vec![issued_by(issuer, certificate)], issuers.to_vec()].concat();
    AttestationStatement::apple(&x5c).expect("CBOR in memory")
}

fn with(name: &str, rule: &str, statements: &[AttestationStatement]) -> Case {
    let name = format!("compound/{name}");
    trusted(&name, rule, Registration::new(), compound(statements))
}

fn without_trust(name: &str, rule: &str, statements: &[AttestationStatement]) -> Case {
    let name = format!("compound/{name}");
    untrusted(&name, rule, Registration::new(), compound(statements))
}

fn counts() -> Vec<Value> {
    let of = |name: &str, count: usize| with(name, "COMP-01", &vec![packed(); count]);
    vec![
        invalid(of("0-statements", 0), "attStmt"),
        invalid(of("1-statement", 1), "attStmt"),
        of("2-statements", 2).accept(),
        of("8-statements", 8).accept(),
        invalid(of("9-statements", 9), "attStmt"),
        invalid(of("24-statements", 24), "attStmt"),
        without_trust(
            "none-twice",
            "COMP-05",
            &[AttestationStatement::none(), AttestationStatement::none()],
        )
        .accept(),
        without_trust("self-and-none", "COMP-05", &[of_self(), AttestationStatement::none()])
            .accept(),
    ]
}

/// The forms of the array and its items.
fn forms() -> Vec<Value> {
    let of = |name: &str, statement: &[u8]| {
        let statement = AttestationStatement::new("compound", statement);
        untrusted(&format!("compound/form/{name}"), "COMP-01", Registration::new(), statement)
    };
    let none = || map(&[("fmt", text("none")), ("attStmt", map(&[]))]);
    let second =
        |name: &str, item: Vec<u8>, field: &str| invalid(of(name, &array(&[none(), item])), field);
    // A map whose second key is a byte string. In canonical order, it comes first.
    let other_key = [head(5, 3), bytes(b"x"), vec![0xf6], none()[1..].to_vec()].concat();
    let more = map(&[("x", vec![0xf6]), ("fmt", text("none")), ("attStmt", map(&[]))]);
    vec![
        of("whole", &array(&[none(), none()])).accept(),
        of("unknown-member", &array(&[none(), more])).accept(),
        invalid(of("map", &map(&[("a", none()), ("b", none())])), "attStmt"),
        invalid(of("text", &text("none")), "attStmt"),
        second("text-item", text("none"), "attStmt[1]"),
        second("array-item", array(&[text("none"), map(&[])]), "attStmt[1]"),
        second("null-item", vec![0xf6], "attStmt[1]"),
        second("empty-item", map(&[]), "attStmt[1].fmt"),
        second("no-format", map(&[("attStmt", map(&[]))]), "attStmt[1].fmt"),
        second("no-statement", map(&[("fmt", text("none"))]), "attStmt[1].attStmt"),
        second(
            "format-is-bytes",
            map(&[("fmt", bytes(b"none")), ("attStmt", map(&[]))]),
            "attStmt[1].fmt",
        ),
        second(
            "format-is-null",
            map(&[("fmt", vec![0xf6]), ("attStmt", map(&[]))]),
            "attStmt[1].fmt",
        ),
        second("key-is-bytes", other_key, "attStmt[1]"),
    ]
}

/// The formats of the statements, and the data that they are about.
fn statements() -> Vec<Value> {
    let of_format =
        |name: &str, format: &str| with(name, "COMP-04", &[packed(), packed().with_format(format)]);
    let other_client_data = create_client_data().cross_origin(true).build();
    let other = Registration::new().client_data(other_client_data);
    let nested = compound(&[packed(), packed()]);
    let response =
        SafetyNetResponseBuilder::new(&signed_hash(&Registration::new()), 1_767_225_600_000);
    let response = response.sign(&key("service"), &[root("root")]);
    let safetynet = AttestationStatement::android_safetynet("1", response.as_bytes());
    let safetynet = safetynet.expect("CBOR in memory");
    let unsupported =
        |case: Case| case.reject_field("UnsupportedAttestationFormat", "22", "attStmt[1].fmt");
    vec![
        unsupported(of_format("unknown-format", "unknown")),
        unsupported(of_format("format-in-upper-case", "PACKED")),
        unsupported(of_format("format-of-32-bytes", "packed-packed-packed-packed-pack")),
        unsupported(with("safetynet", "SN-01", &[packed(), safetynet])),
        invalid(
            of_format("format-of-33-bytes", "packed-packed-packed-packed-packe"),
            "attStmt[1].fmt",
        ),
        invalid(of_format("format-with-space", "packed "), "attStmt[1].fmt"),
        invalid(with("nested-first", "COMP-02", &[nested.clone(), packed()]), "attStmt[0].fmt"),
        invalid(with("nested-second", "COMP-02", &[packed(), nested]), "attStmt[1].fmt"),
        with("other-registration-first", "COMP-03", &[packed_by("root", &other), packed()])
            .reject_field("SignatureInvalid", "22", "attStmt.sig"),
        with("other-registration-second", "COMP-03", &[packed(), packed_by("root", &other)])
            .reject_field("SignatureInvalid", "22", "attStmt.sig"),
        invalid(
            with(
                "none-with-content",
                "COMP-04",
                &[packed(), AttestationStatement::new("none", &map(&[("x", vec![0xf6])]))],
            ),
            "attStmt",
        ),
    ]
}

/// Each statement needs its own path.
fn paths() -> Vec<Value> {
    let one = || vec![issued_by("root", ca("one"))];
    let by_other = || packed_by("other", &Registration::new());
    let untrusted = |case: Case| case.reject("UntrustedAttestation", "24");
    let field = "certificate.issuer";
    let listed = |name: &str| json!([encode(&root(name))]);
    let by_format = |name: &str, packed: &str, apple: &str| {
        let statements = [packed_by("root", &Registration::new()), apple_by("other", &[])];
        let case = with(name, "REG-23", &statements);
        case.with("anchors_by_format", json!({ "packed": listed(packed), "apple": listed(apple) }))
    };
    vec![
        with("packed-and-apple", "COMP-05", &[packed(), apple_by("one", &one())]).accept(),
        with("second-untrusted", "COMP-05", &[packed(), by_other()]).reject_field(
            "UntrustedAttestation",
            "24",
            field,
        ),
        with("first-untrusted", "COMP-05", &[by_other(), packed()]).reject_field(
            "UntrustedAttestation",
            "24",
            field,
        ),
        untrusted(with("trusted-and-none", "COMP-05", &[packed(), AttestationStatement::none()])),
        untrusted(with("none-and-trusted", "COMP-05", &[AttestationStatement::none(), packed()])),
        untrusted(with("trusted-and-self", "COMP-05", &[packed(), of_self()])),
        // The issuer of the packed certificate is only in the other statement.
        with(
            "joined-paths",
            "COMP-05",
            &[packed_by("one", &Registration::new()), apple_by("one", &one())],
        )
        .reject_field("UntrustedAttestation", "24", field),
        by_format("anchors-by-format", "root", "other").accept(),
        by_format("anchors-by-format-swapped", "other", "root").reject_field(
            "UntrustedAttestation",
            "24",
            field,
        ),
        with("general-anchor-for-one", "REG-23", &[packed(), apple_by("other", &[])])
            .with("anchors_by_format", json!({ "apple": listed("other") }))
            .accept(),
    ]
}
