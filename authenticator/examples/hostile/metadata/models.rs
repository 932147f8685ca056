//! The entry of a model: how it is found, its anchors and its attestation types.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use webauthn_verify_authenticator::certificates::{bare, ca, issued_by, key, root};
use webauthn_verify_authenticator::{AttestationStatement, AuthenticatorDataBuilder};

use super::{
    Model, Pending, WithBlob, base64, entry, entry_with, entry_with_statement, leaf, uuid,
};
use crate::case::{AAGUID, CREDENTIAL_ID, REGISTRATION_FLAGS, RP_ID, Registration, cose_key};
use crate::formats::correct_statement;

pub(super) fn cases() -> Vec<WithBlob> {
    [anchors(), own_anchors(), types(), unreadable(), aaguids_elsewhere(), key_identifiers()]
        .into_iter()
        .flatten()
        .collect()
}

const ISSUER: &str = "certificate.issuer";

/// The AAGUID of another model.
const OTHER: [u8; 16] = *b"another one here";

fn untrusted(case: Pending, field: &str) -> WithBlob {
    case.reject_field("UntrustedAttestation", "24", field)
}

fn no_anchors(case: Pending) -> WithBlob {
    case.reject("NoTrustAnchors", "23")
}

/// Returns the entry of another model with the same content.
fn other_model() -> Value {
    let mut other = entry();
    other["aaguid"] = uuid(&OTHER).into();
    other["metadataStatement"]["aaguid"] = uuid(&OTHER).into();
    other
}

fn with_anchors(anchors: &[Vec<u8>]) -> Value {
    let anchors: Vec<_> = anchors.iter().map(|der| base64(der)).collect();
    entry_with_statement("attestationRootCertificates", json!(anchors))
}

fn anchors() -> Vec<WithBlob> {
    let chain = [issued_by("one", leaf()), issued_by("root", ca("one"))];
    let two = Model::of_chain(Registration::new(), &chain);
    let of = |name: &str, anchors: &[Vec<u8>]| {
        two.among(&format!("anchors/{name}"), "MDS-08", &[with_anchors(anchors)])
    };
    let broken = json!([base64(b"no certificate"), base64(&root("root"))]);
    let only_broken = json!([base64(b"no certificate")]);
    let folded = {
        let text = base64(&root("root"));
        format!("{}\n {}", &text[..64], &text[64..])
    };
    let list = |value: Value| entry_with_statement("attestationRootCertificates", value);
    let direct = |name: &str, rule: &str, entry: Value| {
        Model::new().among(&format!("anchors/{name}"), rule, &[entry])
    };
    vec![
        of("root", &[root("root")]).accept(),
        of("intermediate", &chain[1..]).accept(),
        of("leaf", &chain[..1]).accept(),
        of("second", &[root("other"), root("root")]).accept(),
        untrusted(of("other-root", &[root("other")]), ISSUER),
        untrusted(of("other-leaf", &[issued_by("one", leaf().serial_number(&[9]))]), ISSUER),
        untrusted(
            of(
                "expired",
                &[issued_by("root", ca("root").validity("240101000000Z", "250101000000Z"))],
            ),
            "certificate.validity",
        ),
        untrusted(
            of("no-ca", &[issued_by("root", bare("root").basic_constraints(false, None))]),
            "certificate.basicConstraints",
        ),
        of("version-1", &[issued_by("root", bare("root").version(None))]).accept(),
        direct("one-unreadable", "MDS-11", list(broken)).accept(),
        no_anchors(direct("all-unreadable", "MDS-11", list(only_broken))),
        direct("folded-base64", "MDS-08", list(json!([folded]))).accept(),
        no_anchors(direct("none", "MDS-08", list(json!([])))),
        no_anchors(direct("no-statement", "MDS-11", entry_with("metadataStatement", Value::Null))),
        no_anchors(Model::new().among("anchors/no-entry", "MDS-11", &[])),
        no_anchors(Model::new().among("anchors/only-of-other-model", "MDS-07", &[other_model()])),
        untrusted(
            Model::new().among(
                "anchors/own-and-other-model",
                "MDS-08",
                &[with_anchors(&[root("other")]), other_model()],
            ),
            ISSUER,
        ),
        Model::new()
            .among("anchors/shared-with-other-model", "MDS-08", &[other_model(), entry()])
            .accept(),
    ]
}

/// The relying party has anchors of its own.
fn own_anchors() -> Vec<WithBlob> {
    let own = Model::new().anchors(&[root("root")]);
    let of =
        |name: &str, entries: &[Value]| own.among(&format!("own-anchors/{name}"), "KB-97", entries);
    let wrong = Model::new().anchors(&[root("other")]);
    vec![
        of("no-entry", &[]).accept(),
        of("no-statement", &[entry_with("metadataStatement", Value::Null)]).accept(),
        of("entry-with-other-anchor", &[with_anchors(&[root("other")])]).accept(),
        wrong.among("own-anchors/only-the-entry-has-the-anchor", "KB-97", &[entry()]).accept(),
        untrusted(wrong.among("own-anchors/wrong-and-no-entry", "KB-97", &[]), ISSUER),
        untrusted(
            wrong.among("own-anchors/wrong-in-both", "KB-97", &[with_anchors(&[root("third")])]),
            ISSUER,
        ),
    ]
}

/// The attestation types of the entry.
fn types() -> Vec<WithBlob> {
    let types = |types: &[&str]| entry_with_statement("attestationTypes", json!(types));
    let of = |name: &str, listed: &[&str]| {
        Model::new().among(&format!("types/packed-{name}"), "MDS-09", &[types(listed)])
    };
    let field = "attestationTypes";
    let mut cases = vec![
        of("basic-full", &["basic_full"]).accept(),
        of("attca", &["attca"]).accept(),
        of("second", &["basic_surrogate", "basic_full"]).accept(),
        untrusted(of("basic-surrogate", &["basic_surrogate"]), field),
        untrusted(of("anonca", &["anonca"]), field),
        untrusted(of("unknown", &["basic-full"]), field),
        untrusted(of("none", &["none"]), field),
        untrusted(of("empty", &[]), field),
    ];
    for (format, right, wrong) in [
        ("tpm", "attca", "basic_full"),
        ("android-key", "basic_full", "attca"),
        ("apple", "anonca", "basic_full"),
    ] {
        let model = Model::of_statement(Registration::new(), correct_statement(format));
        let name = |what: &str| format!("types/{format}-{}", what.replace('_', "-"));
        cases.push(model.among(&name(right), "MDS-09", &[types(&[right])]).accept());
        cases.push(untrusted(model.among(&name(wrong), "MDS-09", &[types(&[wrong])]), field));
    }
    // Nothing proves a model without a certificate.
    for format in ["none", "packed-self"] {
        let registration = Registration::new();
        let statement = match format {
            "none" => AttestationStatement::none(),
            _ => {
                let signature = crate::case::key(-7).sign(&registration.signed());
                AttestationStatement::packed(-7, &signature, None).expect("CBOR in memory")
            }
        };
        let all = types(&["basic_full", "basic_surrogate", "none"]);
        let case = Model::of_statement(registration, statement);
        let case = case.among(&format!("types/{format}"), "KB-07", &[all]);
        cases.push(case.reject("UntrustedAttestation", "24"));
    }
    cases
}

/// Entries that cannot be used. The model may be revoked.
fn unreadable() -> Vec<WithBlob> {
    let refused = |name: &str, entries: &[Value]| {
        let case = Model::new().among(&format!("unreadable/{name}"), "MDS-11", entries);
        case.not_allowed("metadata")
    };
    let bad_date = entry_with("timeOfLastStatusChange", json!("yesterday"));
    let without_aaguid = |member: Value| {
        let mut entry = bad_date.clone();
        entry["aaguid"] = member;
        entry["metadataStatement"] = json!({});
        entry
    };
    let other_in_statement = entry_with_statement("aaguid", uuid(&OTHER).into());
    let nameless = json!({ "statusReports": "none that can be read" });
    let own = Model::new().anchors(&[root("root")]);
    let upper_case = uuid(&AAGUID).to_uppercase();
    vec![
        refused("date", std::slice::from_ref(&bad_date)),
        refused("two-entries", &[entry(), entry()]),
        refused(
            "two-entries-one-without-statement",
            &[entry(), json!({ "aaguid": uuid(&AAGUID), "statusReports": [] })],
        ),
        refused("no-status-reports", &[json!({ "aaguid": uuid(&AAGUID) })]),
        refused("other-aaguid-in-the-statement", &[other_in_statement]),
        refused("no-hyphens", &[entry_with("aaguid", json!(uuid(&AAGUID).replace('-', "")))]),
        refused("upper-case", &[without_aaguid(json!(upper_case))]),
        refused("braces", &[without_aaguid(json!(format!("{{{upper_case}}}")))]),
        refused("urn", &[without_aaguid(json!(format!("urn:uuid:{}", uuid(&AAGUID))))]),
        refused("base64", &[without_aaguid(json!(base64(&AAGUID)))]),
        refused("numbers", &[without_aaguid(json!(AAGUID))]),
        // The relying party has an anchor for it, but the entry may still report a revocation.
        own.among("unreadable/with-own-anchor", "KB-92", &[bad_date]).not_allowed("metadata"),
        Model::new()
            .among(
                "unreadable/another-model",
                "KB-92",
                &[entry(), json!({ "aaguid": uuid(&OTHER), "statusReports": 1 })],
            )
            .accept(),
        Model::new()
            .among("unreadable/nameless-beside-the-entry", "KB-92", &[entry(), nameless.clone()])
            .accept(),
        own.among("unreadable/nameless-and-no-entry", "KB-92", std::slice::from_ref(&nameless))
            .not_allowed("metadata"),
        own.among(
            "unreadable/of-uaf-and-no-entry",
            "KB-92",
            &[json!({ "aaid": "4e4e#4005", "statusReports": 1 })],
        )
        .accept(),
    ]
}

/// Entries that can be read, but name their model in another member.
fn aaguids_elsewhere() -> Vec<WithBlob> {
    let in_statement = {
        let mut entry = entry();
        entry["aaguid"] = Value::Null;
        entry
    };
    let mut in_another_member = entry();
    in_another_member["aaguid"] = Value::Null;
    in_another_member["metadataStatement"]["aaguid"] = Value::Null;
    in_another_member["model"] = uuid(&AAGUID).into();
    let own = Model::new().anchors(&[root("root")]);
    vec![
        Model::new()
            .among("elsewhere/in-the-statement", "KB-92", &[in_statement])
            .not_allowed("metadata"),
        own.among("elsewhere/in-another-member", "KB-92", &[in_another_member])
            .not_allowed("metadata"),
        Model::new()
            .among("elsewhere/unknown-members", "KB-72", &[entry_with("x", json!([1]))])
            .accept(),
        Model::new()
            .among(
                "elsewhere/upper-case",
                "MDS-07",
                &[{
                    let mut entry = entry();
                    entry["aaguid"] = uuid(&AAGUID).to_uppercase().into();
                    entry
                }],
            )
            .accept(),
    ]
}

/// Returns the identifier of the key of a certificate: the SHA-1 of its bits.
fn identifier(of: &str) -> String {
    let bits = key(of).public_numbers().subject_public_key();
    Sha1::digest(bits).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns an entry that names its model by these keys.
fn by_keys(keys: &[String]) -> Value {
    let mut entry = entry_with("attestationCertificateKeyIdentifiers", json!(keys));
    entry["aaguid"] = Value::Null;
    entry["metadataStatement"]["aaguid"] = Value::Null;
    entry
}

/// Models of U2F, and of packed attestations with a zero AAGUID.
fn key_identifiers() -> Vec<WithBlob> {
    let u2f = Model::of_statement(Registration::new(), correct_statement("fido-u2f"));
    let zero = AuthenticatorDataBuilder::new(RP_ID, REGISTRATION_FLAGS, 0)
        .attested_credential_data(&[0; 16], &CREDENTIAL_ID, &cose_key(-7))
        .expect("a short credential ID");
    let zero = Registration::new().authenticator_data(zero.build());
    let packed = Model::of_chain(zero.clone(), &[issued_by("root", leaf())]);
    let stranger = issued_by("nobody", ca("stranger"));
    let beyond = Model::of_chain(zero, &[issued_by("root", leaf()), root("root"), stranger]);
    let of = |name: &str, entries: &[Value]| {
        u2f.among(&format!("key-identifiers/{name}"), "MDS-07", entries)
    };
    let keys = |names: &[&str]| by_keys(&names.iter().map(|of| identifier(of)).collect::<Vec<_>>());
    let upper_case = by_keys(&[identifier("u2f").to_uppercase()]);
    let revoked = {
        let mut entry = keys(&["u2f"]);
        entry["statusReports"] = json!([super::report("REVOKED", "2025-01-01")]);
        entry
    };
    vec![
        of("u2f", &[keys(&["u2f"])]).accept(),
        of("second-of-two", &[keys(&["other", "u2f"])]).accept(),
        u2f.among("key-identifiers/twice-in-one-entry", "KB-87", &[keys(&["u2f", "u2f"])]).accept(),
        no_anchors(of("other-key", &[keys(&["other"])])),
        no_anchors(of("aaguid-of-u2f", &[entry()])),
        of("in-two-entries", &[keys(&["u2f"]), keys(&["u2f", "other"])]).not_allowed("metadata"),
        of("upper-case", &[upper_case]).not_allowed("metadata"),
        of("revoked", &[revoked]).not_allowed("statusReports"),
        of("cut-short", &[by_keys(&[identifier("u2f")[..38].to_owned()]), keys(&["u2f"])]).accept(),
        packed
            .among("key-identifiers/packed-with-zero-aaguid", "MDS-07", &[keys(&["leaf"])])
            .accept(),
        no_anchors(packed.among(
            "key-identifiers/packed-with-other-key",
            "MDS-07",
            &[keys(&["other"])],
        )),
        // The AAGUID alone identifies a model that has one.
        no_anchors(Model::new().among(
            "key-identifiers/packed-with-aaguid",
            "MDS-07",
            &[keys(&["leaf"])],
        )),
        beyond
            .clone()
            .anchors(&[root("root")])
            .among("key-identifiers/beyond-the-path", "MDS-07", &[keys(&["stranger"])])
            .reject_field("UntrustedAttestation", "24", "x5c"),
        beyond.among("key-identifiers/in-the-path", "MDS-07", &[keys(&["leaf"])]).accept(),
    ]
}
