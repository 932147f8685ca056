//! Android key attestation (§8.4), except for the content of the key description.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{ca, issued_by, key, name, root};
use webauthn_verify_authenticator::{
    AttestationStatement, CertificateBuilder, KeyDescriptionBuilder, PrivateKey,
};

use super::{array, bytes, invalid, trusted};
use crate::case::{Case, Registration, key as credential_key};

const DESCRIPTION: &[u64] = KeyDescriptionBuilder::OBJECT_IDENTIFIER;

pub(super) fn cases() -> Vec<Value> {
    [certificates(), keys()].concat()
}

/// Returns a correct description of the credential key.
pub(super) fn description() -> KeyDescriptionBuilder {
    let signed = Registration::new().signed();
    // The client data hash comes last.
    KeyDescriptionBuilder::new(&signed[signed.len() - 32..])
}

fn bare(key: &PrivateKey) -> CertificateBuilder {
    CertificateBuilder::new(&name("Android Keystore Key"), &key.public_numbers())
}

fn described(description: &[u8]) -> CertificateBuilder {
    bare(&credential_key(-7)).extension(DESCRIPTION, false, description)
}

/// Returns the members of a correct statement, each with its CBOR.
pub(super) fn members(registration: &Registration) -> Vec<(&'static str, Vec<u8>)> {
    let certificate = issued_by("root", described(&description().build()));
    vec![
        ("alg", vec![0x26]),
        ("sig", bytes(&credential_key(-7).sign(&registration.signed()))),
        ("x5c", array(&[bytes(&certificate)])),
    ]
}

/// Returns a case with this description of the credential key.
pub(super) fn with_description(name: &str, rule: &str, description: &[u8]) -> Case {
    with_chain(name, rule, &[issued_by("root", described(description))])
}

fn with_chain(name: &str, rule: &str, x5c: &[Vec<u8>]) -> Case {
    signed_by(name, rule, x5c, &credential_key(-7))
}

fn signed_by(name: &str, rule: &str, x5c: &[Vec<u8>], signer: &PrivateKey) -> Case {
    let registration = Registration::new();
    let signature = signer.sign(&registration.signed());
    let statement = AttestationStatement::android_key(signer.algorithm(), &signature, x5c);
    let statement = statement.expect("CBOR in memory");
    trusted(&format!("android-key/{name}"), rule, registration, statement)
}

fn certificates() -> Vec<Value> {
    let good = || description().build();
    let critical = bare(&credential_key(-7)).extension(DESCRIPTION, true, &good());
    let of_app = ca("one").extension(DESCRIPTION, false, &good());
    let of_app_critical = ca("one").extension(DESCRIPTION, true, &good());
    let leaf = || issued_by("one", described(&good()));
    let own = [issued_by("mine", described(&good())), root("mine")];
    let twice = [leaf(), issued_by("root", ca("one"))];
    vec![
        with_chain("two-certificates", "AK-03", &twice).accept(),
        with_chain("critical-description", "X509-14", &[issued_by("root", critical)]).accept(),
        invalid(
            with_chain("issuer-with-description", "AK-03", &[leaf(), issued_by("root", of_app)]),
            "attStmt.x5c",
        ),
        invalid(
            with_chain(
                "issuer-with-critical-description",
                "AK-03",
                &[leaf(), issued_by("root", of_app_critical)],
            ),
            "attStmt.x5c",
        ),
        // A certificate after the anchor is an issuer as well.
        invalid(
            with_chain(
                "last-certificate-with-description",
                "AK-03",
                &[
                    issued_by("root", described(&good())),
                    root("root"),
                    issued_by("nobody", ca("stranger").extension(DESCRIPTION, false, &good())),
                ],
            ),
            "attStmt.x5c",
        ),
        with_chain("malformed-issuer", "AK-03", &[leaf(), vec![0x30, 0]])
            .reject("AttestationInvalid", "22"),
        with_chain("root-that-was-sent", "AK-13", &own).reject_field(
            "UntrustedAttestation",
            "24",
            "certificate.issuer",
        ),
        invalid(
            with_chain("no-description", "AK-03", &[issued_by("root", bare(&credential_key(-7)))]),
            "x5c[0].keyDescription",
        ),
        with_chain(
            "expired",
            "AK-11",
            &[issued_by("root", described(&good()).validity("240101000000Z", "250101000000Z"))],
        )
        .reject_field("UntrustedAttestation", "24", "certificate.validity"),
    ]
}

fn keys() -> Vec<Value> {
    let good = || description().build();
    let other = key("other");
    let of_other = || [issued_by("root", bare(&other).extension(DESCRIPTION, false, &good()))];
    let of_credential = || [issued_by("root", described(&good()))];
    // ESP256, which is ES256 under another number.
    let esp256 = credential_key(-7).with_algorithm(-9).expect("an algorithm for P-256");
    let wrong_signer = signed_by("other-signer", "AK-01", &of_credential(), &other);
    let wrong_certificate = with_chain("other-certificate", "AK-01", &of_other());
    let other_key = signed_by("other-key", "AK-02", &of_other(), &other);
    vec![
        signed_by("other-number-of-the-algorithm", "AK-01", &of_credential(), &esp256).accept(),
        wrong_signer.reject_field("SignatureInvalid", "22", "attStmt.sig"),
        wrong_certificate.reject_field("SignatureInvalid", "22", "attStmt.sig"),
        other_key.reject_field("KeyMismatch", "22", "x5c[0].subjectPublicKey"),
    ]
}
