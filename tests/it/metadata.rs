//! FIDO metadata: which BLOBs are accepted, which entry is found for a model, and what its history
//! means.
#![cfg(feature = "metadata")]

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use webauthn_verify::certificate::{Revocations, TrustAnchor, verify_path};
use webauthn_verify::metadata::{
    AuthenticatorStatus, CertificationLevel, Entry, ListedAttestationType, Metadata,
};
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{Algorithm, ErrorKind, Failure, Quirks};
use webauthn_verify_authenticator::{CertificateBuilder, MetadataBlobBuilder, PrivateKey, der};

use crate::common::certificates::*;

const AAGUID: &str = "00010203-0405-0607-0809-0a0b0c0d0e0f";
const NO_CERTIFICATES: [&[u8]; 0] = [];

fn aaguid() -> Aaguid {
    Aaguid::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
}

fn anchor(der: &[u8]) -> TrustAnchor {
    TrustAnchor::from_der(der).unwrap()
}

fn roots() -> [TrustAnchor; 1] {
    [anchor(&root("root"))]
}

/// Returns the signer of a BLOB. The root issued its certificate.
fn signer() -> (PrivateKey, Vec<Vec<u8>>) {
    (key("leaf"), vec![issued_by("root", leaf())])
}

fn builder() -> MetadataBlobBuilder {
    MetadataBlobBuilder::new(7, "2025-07-01")
}

fn sign(builder: &MetadataBlobBuilder) -> String {
    let (key, certificates) = signer();
    builder.sign(&key, &certificates)
}

fn verify(blob: &str) -> Result<Metadata, Failure> {
    Metadata::verify(blob, &roots(), None, now())
}

fn accepted(builder: &MetadataBlobBuilder) -> Metadata {
    verify(&sign(builder)).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Returns the field of the failure. The kind must be `MetadataInvalid`.
#[track_caller]
fn refused(blob: &str) -> Option<&'static str> {
    let failure = verify(blob).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}");
    failure.field()
}

/// Returns metadata with one entry, which has the AAGUID and the members in `more`.
fn with_entry(more: Value) -> Metadata {
    let mut entry = json!({ "aaguid": AAGUID, "statusReports": [] });
    for (name, value) in more.as_object().unwrap() {
        entry[name] = value.clone();
    }
    accepted(&builder().entry(entry))
}

fn entry(metadata: &Metadata) -> &Entry {
    metadata.entry(aaguid(), &NO_CERTIFICATES).expect("the entry was skipped")
}

fn report(status: &str, date: &str) -> Value {
    json!({ "status": status, "effectiveDate": date })
}

fn with_history(reports: &[Value]) -> Metadata {
    with_entry(json!({ "statusReports": reports }))
}

/// Returns the reason why this history is rejected, or `None` if it is accepted.
fn refusal(reports: &[Value]) -> Option<String> {
    let metadata = with_history(reports);
    match entry(&metadata).check_status(&NO_CERTIFICATES, now()) {
        Ok(()) => None,
        Err(failure) => {
            assert_eq!(failure.kind(), ErrorKind::AuthenticatorNotAllowed);
            assert_eq!(failure.field(), Some("statusReports"));
            Some(failure.to_string())
        }
    }
}

fn key_identifier(key: &PrivateKey) -> String {
    // The last 65 bytes of a SubjectPublicKeyInfo for P-256 are the point.
    let info = key.public_numbers().subject_public_key_info();
    let digest = Sha1::digest(&info[info.len() - 65..]);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parts(blob: &str) -> [&str; 3] {
    let parts: Vec<_> = blob.split('.').collect();
    parts.try_into().unwrap()
}

#[test]
fn mds_01_the_signature_is_over_the_text_as_received() {
    let blob = sign(&builder());
    let metadata = verify(&blob).unwrap();
    assert_eq!(metadata.number(), 7);
    assert_eq!(metadata.legal_header(), Some("For tests."));
    assert_eq!(metadata.entries(), []);

    let [header, payload, signature] = parts(&blob);
    // Different text for the same JSON.
    let json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let rewritten = URL_SAFE_NO_PAD.encode(serde_json::to_string_pretty(&json).unwrap());
    assert_eq!(refused(&[header, &rewritten, signature].join(".")), Some("signature"));
    let (key, certificates) = signer();
    let other = builder().member("no", 8).sign(&key, &certificates);
    assert_eq!(refused(&[header, parts(&other)[1], signature].join(".")), Some("signature"));
}

#[test]
fn mds_01_a_blob_has_three_parts_of_unpadded_base64url() {
    let blob = sign(&builder());
    let [header, payload, signature] = parts(&blob);
    assert_eq!(refused(&[header, payload].join(".")), None);
    assert_eq!(refused(&[header, payload, signature, ""].join(".")), None);
    assert_eq!(refused(&format!("{blob}==")), Some("signature"));
    assert_eq!(refused(&[header, &format!("{payload}+"), signature].join(".")), Some("payload"));
}

/// White space around a BLOB is not signed. Files and scripts add it.
#[test]
fn mds_01_white_space_around_the_blob_is_ignored() {
    let blob = sign(&builder());
    for (before, behind) in
        [("", "\n"), ("", "\r\n\r\n"), (" \t", " "), ("\u{feff}", "\n"), ("\n\u{feff}", "")]
    {
        assert_eq!(verify(&format!("{before}{blob}{behind}")).unwrap().number(), 7);
    }
    let [header, payload, signature] = parts(&blob);
    assert_eq!(refused(&[header, payload, &format!("\n{signature}")].join(".")), Some("signature"));
    assert_eq!(refused(&[&format!("{header}\n"), payload, signature].join(".")), Some("header"));
    assert!(verify(" \n").is_err());
}

#[test]
fn mds_02_only_es256_and_rs256_are_accepted() {
    let key = rsa_key();
    let certificate = CertificateBuilder::new(&name("rsa"), &key.public_numbers());
    let certificate = issued_by("root", certificate);
    verify(&builder().sign(&key, &[certificate])).unwrap();
    verify(&sign(&builder())).unwrap();
    for alg in ["none", "HS256", "ES384", "PS256", "RS1", ""] {
        assert_eq!(refused(&sign(&builder().header("alg", alg))), Some("header.alg"), "{alg}");
    }
    // An unsigned BLOB, as an attacker would write it.
    let blob = sign(&builder().header("alg", "none"));
    let [header, payload, _] = parts(&blob);
    assert_eq!(refused(&[header, payload, ""].join(".")), Some("header.alg"));
    // An accepted algorithm with a key for the other one.
    assert_eq!(refused(&sign(&builder().header("alg", "RS256"))), Some("header.alg"));
}

#[test]
fn mds_02_an_es256_signature_is_r_and_s_instead_of_der() {
    let (key, _) = signer();
    let blob = sign(&builder());
    let [header, payload, signature] = parts(&blob);
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap().len(), 64);
    let der = URL_SAFE_NO_PAD.encode(key.sign(format!("{header}.{payload}").as_bytes()));
    assert_eq!(refused(&[header, payload, &der].join(".")), Some("signature"));
}

#[test]
fn mds_03_certificates_are_padded_base64_with_the_leaf_first() {
    let (key, certificates) = signer();
    let mut certificate = certificates[0].clone();
    // A certificate whose base64 encoding has padding.
    let mut serial = 1;
    while certificate.len() % 3 == 0 {
        serial += 1;
        certificate = issued_by("root", leaf().serial_number(&[serial, serial]));
    }
    let padded = STANDARD.encode(&certificate);
    assert!(padded.ends_with('='));
    verify(&builder().header("x5c", vec![padded.clone()]).sign(&key, &[])).unwrap();
    // Missing padding, the other alphabet and line breaks are rejected.
    let base64url = URL_SAFE.encode(&certificate);
    assert_ne!(base64url, padded);
    for wrong in [
        padded.trim_end_matches('='),
        &URL_SAFE_NO_PAD.encode(&certificate),
        &base64url,
        &padded.replacen('M', "M\n", 1),
    ] {
        let blob = builder().header("x5c", vec![wrong.to_owned()]).sign(&key, &[]);
        assert_eq!(refused(&blob), Some("header.x5c"));
    }
    let reversed = builder().sign(&key, &[root("root"), certificate.clone()]);
    assert_eq!(refused(&reversed), Some("header.x5c"));
    verify(&builder().sign(&key, &[certificate, root("root")])).unwrap();
}

#[test]
fn mds_03_no_certificate_or_key_is_fetched_or_taken_from_elsewhere() {
    for (member, field) in [
        ("x5u", "header.x5u"),
        ("jku", "header.jku"),
        ("jwk", "header.jwk"),
        ("crit", "header.crit"),
    ] {
        let value = json!("https://mds.fidoalliance.org/certificate");
        assert_eq!(refused(&sign(&builder().header(member, value))), Some(field));
    }
}

#[test]
fn mds_04_the_chain_must_lead_to_a_given_root_at_the_given_time() {
    let blob = sign(&builder());
    let other = [anchor(&root("other"))];
    let failure = Metadata::verify(&blob, &other, None, now()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::MetadataInvalid);
    assert_eq!(failure.field(), Some("header.x5c"));
    assert!(failure.to_string().contains("no trust anchor"), "{failure}");
    let failure = Metadata::verify(&blob, &[], None, now()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::NoTrustAnchors);

    // The caller knows nobody in this chain, including its root.
    let key = key("leaf");
    let stranger = builder().sign(&key, &[issued_by("other", leaf()), root("other")]);
    assert_eq!(refused(&stranger), Some("header.x5c"));

    let expired = leaf().validity("240101000000Z", "250101000000Z");
    let blob = builder().sign(&key, &[issued_by("root", expired)]);
    assert_eq!(refused(&blob), Some("header.x5c"));
    let then = UNIX_EPOCH + Duration::from_secs(1_720_000_000);
    Metadata::verify(&blob, &roots(), None, then).unwrap();

    // A correct chain, but the signature of another key.
    let forged = builder().sign(&self::key("other"), &signer().1);
    assert_eq!(refused(&forged), Some("signature"));
}

/// The caller adds a list of revoked certificates to the root.
#[test]
fn mds_04_a_revoked_signer_is_rejected() {
    let (key, _) = signer();
    let chain = [
        issued_by("middle", leaf().serial_number(&[5])),
        issued_by("root", ca("middle").serial_number(&[6])),
    ];
    let blob = builder().sign(&key, &chain);
    let verify = |revocations| {
        Metadata::verify(&blob, &[anchor(&root("root")).revoking(revocations)], None, now())
    };
    verify(Revocations::new().serial_number(&[7])).unwrap();
    for (revoked, serial_number) in [
        (Revocations::new().serial_number(&[5]), "05"),
        (Revocations::new().issued_by(&root("root"), &[6]).unwrap(), "06"),
        (Revocations::new().certificate(&chain[0]).unwrap(), "05"),
    ] {
        let failure = verify(revoked).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}");
        assert_eq!(failure.field(), Some("header.x5c"));
        let reason = format!("serial number {serial_number} is revoked");
        assert!(failure.to_string().contains(&reason), "{failure}");
    }
}

#[test]
fn mds_05_an_update_needs_a_higher_number() {
    let mut metadata = accepted(&builder());
    let loaded = metadata.clone();
    for number in [0, 6, 7] {
        let blob = sign(&MetadataBlobBuilder::new(number, "2030-01-01"));
        let failure = metadata.update(&blob, &roots(), None, now()).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::MetadataInvalid);
        assert_eq!(failure.field(), Some("no"));
        let reason = format!("{number} is not greater than the loaded number 7");
        assert!(failure.to_string().contains(&reason), "{failure}");
        assert_eq!(metadata, loaded);
    }
    let blob = sign(&MetadataBlobBuilder::new(8, "2025-08-01"));
    metadata.update(&blob, &roots(), None, now()).unwrap();
    assert_eq!((metadata.number(), metadata.next_update().to_string()), (8, "2025-08-01".into()));
}

#[test]
fn mds_06_metadata_is_stale_after_the_day_of_the_next_update() {
    // The current time is on 2025-06-15.
    for (next_update, stale) in
        [("2025-06-14", true), ("2025-06-15", false), ("2025-06-16", false), ("2024-12-31", true)]
    {
        let metadata = accepted(&MetadataBlobBuilder::new(1, next_update));
        assert_eq!(metadata.is_stale(now()), stale, "{next_update}");
        assert_eq!(metadata.next_update().to_string(), next_update);
    }
    for wrong in [json!("2025-6-15"), json!("2025-02-29"), json!("tomorrow"), json!(1), json!(null)]
    {
        assert_eq!(refused(&sign(&builder().member("nextUpdate", wrong))), Some("payload"));
    }
}

#[test]
fn mds_07_a_nonzero_aaguid_alone_identifies_the_model() {
    let certificate = issued_by("root", leaf());
    let metadata = accepted(
        &builder().entry(json!({ "aaguid": AAGUID.to_uppercase(), "statusReports": [] })).entry(
            json!({
                "attestationCertificateKeyIdentifiers": [key_identifier(&key("leaf"))],
                "statusReports": [],
            }),
        ),
    );
    assert_eq!(metadata.skipped(), []);
    let found = metadata.entry(aaguid(), &[&certificate]).unwrap();
    assert_eq!(found.aaguid(), Some(aaguid()));
    // A different AAGUID with the certificates of a listed model is a different model.
    assert_eq!(metadata.entry(Aaguid::from_bytes([9; 16]), &[&certificate]), None);
}

#[test]
fn mds_07_without_an_aaguid_the_certificate_keys_identify_the_model() {
    let zero = Aaguid::ZERO;
    let metadata = accepted(
        &builder().entry(json!({ "aaguid": zero.to_string(), "statusReports": [] })).entry(json!({
            "attestationCertificateKeyIdentifiers":
                ["00".repeat(20), key_identifier(&key("batch"))],
            "statusReports": [],
        })),
    );
    assert_eq!(metadata.skipped(), []);
    assert_eq!(metadata.entries().len(), 2);
    let (batch, other) = (root("batch"), root("other"));
    let by_key = metadata.entry(zero, &[&batch]).unwrap();
    let json: Value = serde_json::from_str(by_key.as_json()).unwrap();
    assert_eq!(json["attestationCertificateKeyIdentifiers"].as_array().unwrap().len(), 2);
    assert_eq!(by_key.aaguid(), None);
    assert_eq!(metadata.entry(zero, &[&other, &batch]), Some(by_key), "any certificate");
    // The all-zero AAGUID does not find the entry that lists it.
    assert_eq!(metadata.entry(zero, &NO_CERTIFICATES), None);
    assert_eq!(metadata.entry(zero, &[&other]), None);
    assert_eq!(metadata.entry(zero, &[b"no certificate"]), None);
}

#[test]
fn mds_07_key_identifiers_are_lower_case_hex() {
    let identifier = key_identifier(&key("batch"));
    for wrong in [identifier.to_uppercase(), identifier[..38].to_owned(), identifier + "00"] {
        let metadata = accepted(&builder().entry(json!({
            "attestationCertificateKeyIdentifiers": [wrong],
            "statusReports": [],
        })));
        assert_eq!((metadata.entries().len(), metadata.skipped().len()), (0, 1));
    }
}

#[test]
fn mds_08_kb_70_an_anchor_can_be_a_root_an_intermediate_or_a_leaf() {
    let leaf = issued_by("middle", leaf());
    let middle = issued_by("root", ca("middle"));
    let chain = [leaf.as_slice(), &middle];
    for listed in [&root("root"), &middle, &leaf] {
        let mut base64 = STANDARD.encode(listed);
        base64.insert(60, '\n');
        base64.insert_str(30, "\r\n\t ");
        let statement = json!({ "attestationRootCertificates": [format!(" {base64}\n")] });
        let metadata = with_entry(json!({ "metadataStatement": statement }));
        let anchors = entry(&metadata).anchors();
        assert_eq!(anchors, [anchor(listed)]);
        let path = verify_path(&chain, anchors, now(), Quirks::NONE).unwrap();
        assert_eq!(path.anchor().as_der(), listed);
        // A leaf anchor does not match the leaf of another device of the same model.
        if *listed == leaf {
            let other = issued_by("middle", self::leaf().serial_number(&[2]));
            let chain = [other.as_slice(), &middle];
            assert!(verify_path(&chain, anchors, now(), Quirks::NONE).is_err());
        }
    }
}

const REFUSED: [&str; 5] = [
    "REVOKED",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_VERIFICATION_BYPASS",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

#[test]
fn mds_10_a_revoked_or_compromised_model_is_rejected() {
    for status in REFUSED {
        let reason =
            refusal(&[report("FIDO_CERTIFIED_L1", "2024-01-01"), report(status, "2024-05-01")]);
        assert!(reason.unwrap().contains(&format!("{status} since 2024-05-01")));
    }
    for status in [
        "NOT_FIDO_CERTIFIED",
        "FIDO_CERTIFIED",
        "FIDO_CERTIFIED_L3plus",
        "SELF_ASSERTION_SUBMITTED",
        "UPDATE_AVAILABLE",
        "RETIRED",
        "SOMETHING_NEW",
    ] {
        assert_eq!(refusal(&[report(status, "2024-05-01")]), None, "{status}");
    }
    assert_eq!(refusal(&[]), None);
}

#[test]
fn mds_10_only_a_later_certification_resolves_a_compromise() {
    for status in REFUSED {
        let compromise = report(status, "2024-05-01");
        for (answer, answers) in [
            ("UPDATE_AVAILABLE", false),
            ("SELF_ASSERTION_SUBMITTED", false),
            ("NOT_FIDO_CERTIFIED", false),
            ("RETIRED", false),
            ("SOMETHING_NEW", false),
            ("FIDO_CERTIFIED", true),
            ("FIDO_CERTIFIED_L1", true),
            ("FIDO_CERTIFIED_L1plus", true),
            ("FIDO_CERTIFIED_L2", true),
            ("FIDO_CERTIFIED_L2plus", true),
            ("FIDO_CERTIFIED_L3", true),
            ("FIDO_CERTIFIED_L3plus", true),
        ] {
            let history = [compromise.clone(), report(answer, "2024-06-01")];
            assert_eq!(refusal(&history).is_none(), answers, "{status}, then {answer}");
        }
    }
}

#[test]
fn mds_10_kb_32_status_reports_are_ordered_by_date() {
    let certified = |date| report("FIDO_CERTIFIED_L1", date);
    let revoked = |date| report("REVOKED", date);
    // Certified and then revoked, or revoked and then certified again, in any order of the list.
    assert!(refusal(&[certified("2023-01-01"), revoked("2024-01-01")]).is_some());
    assert!(refusal(&[revoked("2024-01-01"), certified("2023-01-01")]).is_some());
    assert_eq!(refusal(&[revoked("2023-01-01"), certified("2024-01-01")]), None);
    assert_eq!(refusal(&[certified("2024-01-01"), revoked("2023-01-01")]), None);
    let again = [revoked("2023-01-01"), certified("2024-01-01"), revoked("2025-01-01")];
    assert!(refusal(&again).unwrap().contains("2025-01-01"));
    // Reports with a future date do not apply yet. Today is 2025-06-15.
    assert_eq!(refusal(&[revoked("2025-06-16")]), None);
    assert!(refusal(&[revoked("2025-06-15")]).is_some());
    assert!(refusal(&[revoked("2024-01-01"), certified("2025-06-16")]).is_some());
}

/// Real lists put the newest report first or last.
#[test]
fn mds_10_kb_91_the_rejecting_report_of_a_day_wins() {
    let certified = report("FIDO_CERTIFIED_L1", "2024-01-01");
    for status in REFUSED {
        let refusing = report(status, "2024-01-01");
        assert!(refusal(&[certified.clone(), refusing.clone()]).is_some(), "{status}");
        assert!(refusal(&[refusing.clone(), certified.clone()]).is_some(), "{status}");
        // A certification on the next day resolves it.
        let later = report("FIDO_CERTIFIED_L1", "2024-01-02");
        assert_eq!(refusal(&[later, refusing, certified.clone()]), None, "{status}");
    }
}

/// The lowest level of a day counts.
#[test]
fn kb_91_the_lowest_level_of_a_day_counts() {
    let level = |statuses: [&str; 2]| {
        let metadata = with_history(&statuses.map(|status| report(status, "2024-01-01")));
        entry(&metadata).certification(now())
    };
    for [one, other] in
        [["FIDO_CERTIFIED_L1", "FIDO_CERTIFIED_L2"], ["FIDO_CERTIFIED_L2", "FIDO_CERTIFIED_L1"]]
    {
        assert_eq!(level([one, other]), Some(CertificationLevel::L1));
    }
    for taken in ["REVOKED", "NOT_FIDO_CERTIFIED"] {
        assert_eq!(level(["FIDO_CERTIFIED_L2", taken]), None);
        assert_eq!(level([taken, "FIDO_CERTIFIED_L2"]), None);
    }
    // A status without a level does not lower the level.
    for [one, other] in
        [["FIDO_CERTIFIED", "FIDO_CERTIFIED_L2"], ["FIDO_CERTIFIED_L2", "FIDO_CERTIFIED"]]
    {
        assert_eq!(level([one, other]), Some(CertificationLevel::L2));
    }
}

#[test]
fn mds_10_a_report_without_a_date_always_applies() {
    for status in REFUSED {
        let undated = json!({ "status": status });
        let reason = refusal(&[undated, report("FIDO_CERTIFIED_L2", "2025-01-01")]);
        assert!(reason.unwrap().contains(&format!("{status}, without a date")));
    }
    let certified = json!({ "status": "FIDO_CERTIFIED_L1" });
    assert_eq!(refusal(std::slice::from_ref(&certified)), None);
    assert!(refusal(&[report("REVOKED", "2024-01-01"), certified]).is_some());
}

#[test]
fn mds_10_kb_95_a_compromise_concerns_the_named_certificate_or_all() {
    let named = issued_by("root", leaf());
    let compromise = |certificate: &[u8]| {
        json!({
            "status": "ATTESTATION_KEY_COMPROMISE",
            "effectiveDate": "2024-05-01",
            "certificate": STANDARD.encode(certificate),
        })
    };
    let metadata = with_history(&[compromise(&named), report("FIDO_CERTIFIED_L1", "2025-01-01")]);
    let entry = entry(&metadata);
    assert_eq!(entry.status_reports()[0].certificate(), Some(named.as_slice()));
    let refused = |certificates: &[&[u8]]| entry.check_status(certificates, now()).is_err();
    // No certification makes a compromised key secret again.
    assert!(refused(&[&named]));
    assert!(refused(&[&root("other"), &named]));
    let renewed = issued_by("root", leaf().serial_number(&[2]));
    assert!(refused(&[&renewed]), "another certificate for the same key");
    assert!(!refused(&[&root("other")]));
    assert!(!refused(&[b"no certificate"]));
    assert!(!refused(&[]));
    // An unreadable certificate may be any certificate, so its report is not lost.
    for unreadable in [b"no certificate".to_vec(), [named.as_slice(), &[0]].concat(), vec![]] {
        let metadata = with_history(&[compromise(&unreadable)]);
        let entry = self::entry(&metadata);
        assert!(entry.check_status(&[&named], now()).is_err());
        assert!(entry.check_status(&[&root("other")], now()).is_err());
    }
    // Without a certificate, the report concerns every key. Other kinds of reports always concern
    // every device.
    let any = with_history(&[report("ATTESTATION_KEY_COMPROMISE", "2024-05-01")]);
    assert!(self::entry(&any).check_status(&[&root("other")], now()).is_err());
    let mut bypass = compromise(&named);
    bypass["status"] = json!("USER_VERIFICATION_BYPASS");
    let bypass = with_history(&[bypass]);
    assert!(self::entry(&bypass).check_status(&[&root("other")], now()).is_err());
}

#[test]
fn the_certification_level_is_the_last_one_of_the_history() {
    let level = |reports: &[Value]| entry(&with_history(reports)).certification(now());
    for (status, expected) in [
        ("FIDO_CERTIFIED", CertificationLevel::L1),
        ("FIDO_CERTIFIED_L1", CertificationLevel::L1),
        ("FIDO_CERTIFIED_L1plus", CertificationLevel::L1Plus),
        ("FIDO_CERTIFIED_L2", CertificationLevel::L2),
        ("FIDO_CERTIFIED_L2plus", CertificationLevel::L2Plus),
        ("FIDO_CERTIFIED_L3", CertificationLevel::L3),
        ("FIDO_CERTIFIED_L3plus", CertificationLevel::L3Plus),
    ] {
        assert_eq!(level(&[report(status, "2024-01-01")]), Some(expected));
        assert_eq!(level(&[json!({ "status": status })]), Some(expected));
        assert_eq!(level(&[report(status, "2025-06-16")]), None, "the report is in the future");
    }
    assert!(CertificationLevel::L1Plus > CertificationLevel::L1);
    assert!(CertificationLevel::L3 > CertificationLevel::L2Plus);
    assert_eq!(level(&[]), None);
    assert_eq!(level(&[report("NOT_FIDO_CERTIFIED", "2024-01-01")]), None);
    assert_eq!(level(&[report("SELF_ASSERTION_SUBMITTED", "2024-01-01")]), None);
    let l3 = report("FIDO_CERTIFIED_L3", "2023-01-01");
    let then = |status| level(&[report(status, "2024-01-01"), l3.clone()]);
    assert_eq!(then("FIDO_CERTIFIED_L2"), Some(CertificationLevel::L2));
    assert_eq!(then("FIDO_CERTIFIED"), Some(CertificationLevel::L3));
    assert_eq!(then("UPDATE_AVAILABLE"), Some(CertificationLevel::L3));
    assert_eq!(then("REVOKED"), None);
    assert_eq!(then("NOT_FIDO_CERTIFIED"), None);
}

#[test]
fn the_members_of_a_status_report_can_be_read() {
    let report = json!({
        "status": "FIDO_CERTIFIED_L2",
        "effectiveDate": "2024-02-29",
        "authenticatorVersion": 5,
        "url": "https://example.com/",
        "certificationDescriptor": "Example Key 1",
        "certificateNumber": "FIDO20020240229001",
        "certificationPolicyVersion": "1.4",
        "certificationRequirementsVersion": "1.5",
    });
    let metadata = with_history(std::slice::from_ref(&report));
    // Members that are not interpreted are available as JSON.
    let json: Value = serde_json::from_str(entry(&metadata).as_json()).unwrap();
    assert_eq!(json["statusReports"], json!([report]));
    let [report] = entry(&metadata).status_reports() else { panic!() };
    assert_eq!(*report.status(), AuthenticatorStatus::FidoCertifiedL2);
    assert_eq!(report.effective_date().unwrap().to_string(), "2024-02-29");
    assert_eq!(report.authenticator_version(), Some(5));
    assert_eq!(report.certificate(), None);
}

#[test]
fn mds_11_one_bad_entry_is_skipped_and_reported() {
    let statement = |member: &str, value: Value| json!({ "metadataStatement": { member: value } });
    for (wrong, reason) in [
        (json!(1), "invalid type"),
        (json!("entry"), "invalid type"),
        (json!({}), "statusReports"),
        (json!({ "statusReports": null }), "invalid type"),
        (json!({ "statusReports": [{}] }), "status"),
        (json!({ "statusReports": [report("REVOKED", "yesterday")] }), "effectiveDate"),
        (json!({ "statusReports": [{ "status": "REVOKED", "certificate": "?" }] }), "not base64"),
        (json!({ "aaguid": "00010203", "statusReports": [] }), "UUID"),
        (json!({ "aaguid": AAGUID.replace('-', ""), "statusReports": [] }), "UUID"),
        (json!({ "aaguid": 1, "statusReports": [] }), "invalid type"),
        (json!({ "timeOfLastStatusChange": "", "statusReports": [] }), "timeOfLastStatusChange"),
        (statement("attestationRootCertificates", json!("x")), "invalid type"),
        (statement("aaguid", json!("ffffffff-ffff-ffff-ffff-ffffffffffff")), "a different AAGUID"),
    ] {
        let mut wrong = wrong;
        if wrong.get("metadataStatement").is_some() {
            wrong["statusReports"] = json!([]);
        }
        let good = json!({ "aaguid": AAGUID, "statusReports": [] });
        let metadata = accepted(&builder().entry(wrong.clone()).entry(good));
        assert_eq!(metadata.entries().len(), 1, "{wrong}");
        assert_eq!(entry(&metadata).aaguid(), Some(aaguid()));
        let [skipped] = metadata.skipped() else { panic!("{wrong}: {:?}", metadata.skipped()) };
        assert_eq!((skipped.position(), skipped.is_anchor()), (0, false));
        assert!(skipped.reason().contains(reason), "{wrong}: {skipped}");
        assert!(skipped.to_string().starts_with("entries[0]: "));
    }
}

/// Returns an unreadable entry with these members.
fn bad(more: Value) -> Value {
    let mut bad = json!({ "statusReports": [report("REVOKED", "yesterday")] });
    bad.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bad
}

/// Returns metadata whose only entry is skipped.
#[track_caller]
fn skipped(entry: Value) -> Metadata {
    let metadata = accepted(&builder().entry(entry.clone()));
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (0, 1), "{entry}");
    metadata
}

#[test]
fn mds_11_kb_92_the_aaguid_of_a_bad_entry_is_found_in_any_spelling_anywhere() {
    let hex = AAGUID.replace('-', "");
    for spelling in [
        AAGUID.to_owned(),
        AAGUID.to_uppercase(),
        hex.clone(),
        hex.to_uppercase(),
        format!(" {AAGUID}\n"),
        format!("{{{AAGUID}}}"),
        format!("urn:uuid:{AAGUID}"),
        format!("URN:UUID:{}", AAGUID.to_uppercase()),
        format!("0001-{}", &hex[4..]),
    ] {
        for place in [
            json!({ "aaguid": spelling }),
            json!({ "AAGUID": spelling }),
            json!({ "metadataStatement": { "aaguid": spelling } }),
            json!({ "metadataStatement": { "authenticatorGetInfo": { "aaguid": spelling } } }),
            json!({ "x": [[{ "y": spelling }]] }),
            json!({ spelling.clone(): 1 }),
        ] {
            let metadata = skipped(bad(place.clone()));
            assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES), "{place}");
            assert!(!metadata.is_skipped(Aaguid::from_bytes([9; 16]), &NO_CERTIFICATES));
            assert_eq!(metadata.unidentified_entries(), 0, "{place}");
        }
    }
    // Quotation marks, backslashes and brackets inside strings are ordinary characters.
    for text in ["\"", "\\", "\\\"", "[1,2", "]", "\u{e9}\"["] {
        let metadata = skipped(bad(json!({ "a": text, "aaguid": hex, "z": text })));
        assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES), "{text}");
    }
}

#[test]
fn mds_11_kb_92_base64_and_numbers_in_a_bad_entry_may_be_an_aaguid() {
    let bytes = *aaguid().as_bytes();
    // These values can be anything. They count as the AAGUID of the model at any place. Only in the
    // place of an identifier do they show that the entry is about no other model.
    for spelling in
        [json!(STANDARD.encode(bytes)), json!(URL_SAFE_NO_PAD.encode(bytes)), json!(bytes)]
    {
        let places = [
            (json!({ "aaguid": spelling }), 0),
            (json!({ "AAGUID": spelling }), 0),
            (json!({ "metadataStatement": { "aaguid": spelling, "x": 1 } }), 0),
            (json!({ "aaguid": "?", "x": [[{ "y": spelling }]] }), 1),
        ];
        for (place, unidentified) in places {
            let metadata = skipped(bad(place.clone()));
            assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES), "{place}");
            assert_eq!(metadata.unidentified_entries(), unidentified, "{place}");
        }
    }
    // Member names do not count, although two of them have as many characters as a key in base64.
    let statement = json!({
        "attestationRootCertificates": [STANDARD.encode(root("root"))],
        "authenticatorGetInfo": { "preferredPlatformUvAttempts": 3 },
    });
    let metadata = skipped(bad(json!({ "aaguid": "?", "metadataStatement": statement })));
    assert_eq!(metadata.unidentified_entries(), 1);
}

#[test]
fn mds_11_kb_92_a_bad_entry_for_uaf_concerns_no_model_here() {
    let metadata = skipped(bad(json!({ "aaid": "4e4e#4005" })));
    assert_eq!(metadata.unidentified_entries(), 0);
    for other in ["4e4e#400", "4e4e4005", "4e4e#400g", "#"] {
        assert_eq!(skipped(bad(json!({ "aaid": other }))).unidentified_entries(), 1);
    }
}

#[test]
fn mds_11_kb_92_an_entry_with_another_kind_of_identifier_counts_as_skipped() {
    // Everything in the entry can be read, but the member has the wrong name.
    let misspelt = json!({ "AAGUID": AAGUID, "statusReports": [report("REVOKED", "2024-01-01")] });
    let metadata = accepted(&builder().entry(misspelt));
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (1, 0));
    assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES));
    assert_eq!(metadata.unidentified_entries(), 0);

    // Only the statement names the model. Everything else is correct.
    let metadata =
        skipped(json!({ "statusReports": [], "metadataStatement": { "aaguid": AAGUID } }));
    assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES));
}

#[test]
fn mds_11_kb_92_the_keys_of_a_bad_entry_are_found_in_any_spelling_anywhere() {
    let identifier = key_identifier(&key("batch"));
    let certificates = [issued_by("root", bare("batch"))];
    let zero = Aaguid::ZERO;
    let colons: Vec<_> =
        identifier.as_bytes().chunks(2).map(|two| str::from_utf8(two).unwrap()).collect();
    for spelling in [identifier.clone(), identifier.to_uppercase(), colons.join(":")] {
        for place in [
            json!({ "attestationCertificateKeyIdentifiers": [spelling] }),
            json!({ "attestationCertificateKeyIdentifiers": spelling }),
            json!({ "metadataStatement": { "attestationCertificateKeyIdentifiers": [spelling] } }),
        ] {
            let metadata = skipped(bad(place.clone()));
            assert!(metadata.is_skipped(zero, &certificates), "{place}");
            assert!(!metadata.is_skipped(zero, &[root("root")]), "{place}");
            assert_eq!(metadata.unidentified_entries(), 0, "{place}");
        }
    }
    let upper_case = json!({
        "attestationCertificateKeyIdentifiers": [identifier.to_uppercase()],
        "statusReports": [],
    });
    assert!(skipped(upper_case).is_skipped(zero, &certificates));
}

#[test]
fn kb_92_an_entry_without_an_identifier_is_counted() {
    let nobody = "00000000-0000-0000-0000-000000000000";
    let entries = [
        json!(1),
        json!("entry"),
        json!([]),
        json!({}),
        json!({ "aaguid": nobody }),
        json!({ "aaguid": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }),
        json!({ "aaguid": [1, 2, 3] }),
        json!({ "aaguid": &AAGUID[1..] }),
        json!({ "aaguid": format!("{AAGUID}0") }),
        json!({ "aaguid": AAGUID.replace('0', "g") }),
        json!({ "aaguid": "\" \\ ] [" }),
    ];
    for entry in &entries {
        let good = json!({ "aaguid": AAGUID, "statusReports": [] });
        let metadata = accepted(&builder().entry(entry.clone()).entry(good));
        assert_eq!(metadata.unidentified_entries(), 1, "{entry}");
        assert!(!metadata.is_skipped(aaguid(), &NO_CERTIFICATES), "{entry}");
    }
    let metadata = accepted(&builder().member("entries", entries.to_vec()));
    assert_eq!(metadata.unidentified_entries(), entries.len());
    // A skipped anchor is not a skipped entry, and entries with a shared identifier have an
    // identifier.
    let statement = json!({ "attestationRootCertificates": ["?"] });
    assert_eq!(with_entry(json!({ "metadataStatement": statement })).unidentified_entries(), 0);
    let shared = json!({ "aaguid": AAGUID, "statusReports": [] });
    let metadata = accepted(&builder().entry(shared.clone()).entry(shared));
    assert_eq!(metadata.unidentified_entries(), 0);
    assert!(metadata.is_skipped(aaguid(), &NO_CERTIFICATES));
}

#[test]
fn mds_11_an_unreadable_anchor_is_skipped_and_reported() {
    let good = STANDARD.encode(root("root"));
    let trailing = STANDARD.encode([&root("root")[..], &[0]].concat());
    let statement = json!({ "attestationRootCertificates": ["?", good, trailing] });
    let metadata = with_entry(json!({ "metadataStatement": statement }));
    assert_eq!(entry(&metadata).anchors(), roots());
    let [one, other] = metadata.skipped() else { panic!("{:?}", metadata.skipped()) };
    assert!(one.is_anchor() && other.is_anchor());
    assert!(one.reason().contains("attestationRootCertificates[0]"), "{one}");
    assert!(other.reason().contains("attestationRootCertificates[2]"), "{other}");
}

#[test]
fn mds_11_an_entry_without_a_statement_has_no_anchors_and_keeps_its_history() {
    let metadata = with_history(&[report("REVOKED", "2024-01-01")]);
    let entry = entry(&metadata);
    assert_eq!(entry.anchors(), []);
    assert_eq!(entry.attestation_types(), []);
    assert!(entry.check_status(&NO_CERTIFICATES, now()).is_err());
    let no_match = metadata.entry(Aaguid::from_bytes([9; 16]), &NO_CERTIFICATES);
    assert_eq!(no_match, None);
}

#[test]
fn mds_11_entries_that_share_an_identifier_are_skipped() {
    let listed = json!({ "aaguid": AAGUID, "statusReports": [] });
    let revoked = json!({ "aaguid": AAGUID, "statusReports": [report("REVOKED", "2024-01-01")] });
    let metadata = accepted(&builder().entry(listed).entry(revoked));
    assert_eq!(metadata.entry(aaguid(), &NO_CERTIFICATES), None);
    let positions: Vec<_> = metadata.skipped().iter().map(|one| one.position()).collect();
    assert_eq!(positions, [0, 1]);
    let by_key = json!({
        "attestationCertificateKeyIdentifiers": [key_identifier(&key("batch"))],
        "statusReports": [],
    });
    let metadata = accepted(&builder().entry(by_key.clone()).entry(by_key));
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (0, 2));
}

#[test]
fn mds_11_kb_87_an_identifier_is_ambiguous_between_entries_only() {
    let (batch, other) = (key_identifier(&key("batch")), key_identifier(&key("other")));
    let twice = json!({
        "attestationCertificateKeyIdentifiers": [batch, other, batch],
        "statusReports": [],
    });
    let metadata = accepted(&builder().entry(twice.clone()));
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (1, 0));
    let other_alone = json!({
        "attestationCertificateKeyIdentifiers": [other],
        "statusReports": [],
    });
    let metadata = accepted(&builder().entry(twice).entry(other_alone));
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (0, 2));
}

#[test]
fn mds_11_kb_72_unknown_members_and_statuses_are_kept() {
    let metadata = accepted(
        &builder()
            .entry(json!({
                "aaguid": AAGUID,
                "statusReports": [{ "status": "INVENTED", "effectiveDate": "2024-01-01", "x": 1 }],
                "metadataStatement": {
                    "description": "A key",
                    "icon": "data:image/png;base64,AAAA",
                    "attestationTypes": ["invented"],
                    "futureMember": { "a": [1, 2.5, null] },
                },
                "biometricStatusReports": [{ "certLevel": 1 }],
                "timeOfLastStatusChange": "2024-01-01",
            }))
            .member("future", json!([{ "b": "\u{e9}" }])),
    );
    let entry = entry(&metadata);
    assert_eq!(entry.description(), Some("A key"));
    let [report] = entry.status_reports() else { panic!() };
    assert_eq!(*report.status(), AuthenticatorStatus::Other("INVENTED".to_owned()));
    assert_eq!(report.status().to_string(), "INVENTED");
    assert_eq!(entry.attestation_types(), [ListedAttestationType::Other("invented".to_owned())]);
    let json: Value = serde_json::from_str(entry.as_json()).unwrap();
    assert_eq!(json["metadataStatement"]["futureMember"], json!({ "a": [1, 2.5, null] }));
    assert_eq!(json["biometricStatusReports"][0]["certLevel"], 1);
    assert_eq!(json["statusReports"][0]["x"], 1);
    assert_eq!(json["timeOfLastStatusChange"], "2024-01-01");
    assert_eq!(metadata.entries().len(), 1);
}

#[test]
fn kb_33_text_that_is_not_a_blob_is_an_error_and_keeps_the_old_metadata() {
    let mut metadata = with_entry(json!({}));
    let loaded = metadata.clone();
    let newer = MetadataBlobBuilder::new(8, "2030-01-01");
    let (key, certificates) = signer();
    for blob in [
        String::new(),
        "<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head></html>".into(),
        "{\"error\":\"too many requests\"}".into(),
        "..".into(),
        newer.sign(&key, &[]),
        newer.clone().header("x5c", Value::Null).sign(&key, &certificates),
        newer.clone().header("x5c", vec![""]).sign(&key, &certificates),
        newer.clone().header("x5c", vec!["MAA="]).sign(&key, &certificates),
        newer.clone().payload(b"").sign(&key, &certificates),
        newer.clone().payload(b"<html>").sign(&key, &certificates),
        newer.clone().payload(b"null").sign(&key, &certificates),
        newer.clone().payload(b"{}").sign(&key, &certificates),
        newer.clone().payload(b"\xff").sign(&key, &certificates),
        newer.clone().member("entries", Value::Null).sign(&key, &certificates),
        newer.sign(&self::key("other"), &certificates),
    ] {
        let failure = metadata.update(&blob, &roots(), None, now()).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}");
        assert_eq!(metadata, loaded);
    }
    assert!(metadata.update(&sign(&newer), &[], None, now()).is_err());
    assert_eq!(metadata, loaded);
    metadata.update(&sign(&newer), &roots(), None, now()).unwrap();
    assert_eq!(metadata.number(), 8);
}

#[test]
fn the_payload_is_one_object_without_repeated_members() {
    let payload = |json: &str| sign(&builder().payload(json.as_bytes()));
    let good = r#""no":1,"nextUpdate":"2030-01-01","entries":[]"#;
    let metadata = verify(&payload(&format!("{{{good}}}"))).unwrap();
    assert_eq!((metadata.number(), metadata.legal_header()), (1, None));
    for wrong in [
        format!("{{{good}}}x"),
        format!("{{{good},\"no\":2}}"),
        format!("{{{good},\"\\u006eo\":2}}"),
        format!("{{{good},\"entries\":[]}}"),
        format!("{{{good},\"x\":1,\"x\":1}}"),
        format!("{{{good},}}"),
        good.to_owned(),
        "[]".to_owned(),
        r#"{"nextUpdate":"2030-01-01","entries":[]}"#.to_owned(),
        r#"{"no":1,"entries":[]}"#.to_owned(),
        r#"{"no":1,"nextUpdate":"2030-01-01"}"#.to_owned(),
        r#"{"no":-1,"nextUpdate":"2030-01-01","entries":[]}"#.to_owned(),
        r#"{"no":"1","nextUpdate":"2030-01-01","entries":[]}"#.to_owned(),
        r#"{"no":1.5,"nextUpdate":"2030-01-01","entries":[]}"#.to_owned(),
        r#"{"no":1,"nextUpdate":"2030-01-01","entries":{}}"#.to_owned(),
    ] {
        assert_eq!(refused(&payload(&wrong)), Some("payload"), "{wrong}");
    }
    for (wrong, expected) in [
        ("[]", "expected a metadata BLOB payload"),
        (r#"{"no":1,"nextUpdate":"2030-01-01","entries":{}}"#, "expected an array of entries"),
    ] {
        let failure = verify(&payload(wrong)).unwrap_err().to_string();
        assert!(failure.contains(expected), "{failure}");
    }
    // A reason is one short line for any payload.
    let long = json!({ "no": "\n".repeat(10_000), "nextUpdate": "", "entries": [] });
    let failure = verify(&payload(&long.to_string())).unwrap_err().to_string();
    assert!(failure.len() < 400 && !failure.contains('\n'), "{failure}");
}

#[test]
fn sizes_and_depths_are_limited() {
    let longest = 32 * 1024 * 1024;
    let blob = sign(&builder());
    let padded = |length| [&*blob, &" ".repeat(length - blob.len())].concat();
    assert!(verify(&padded(longest)).is_ok());
    let failure = verify(&padded(longest + 1)).unwrap_err();
    assert!(failure.to_string().contains("32 MiB"), "{failure}");
    let many = |count| {
        let entries = vec!["0"; count].join(",");
        let payload = format!(r#"{{"no":1,"nextUpdate":"2030-01-01","entries":[{entries}]}}"#);
        verify(&sign(&builder().payload(payload.as_bytes())))
    };
    assert_eq!(many(16_384).unwrap().skipped().len(), 16_384);
    assert_eq!(many(16_385).unwrap_err().field(), Some("payload"));
    // Deep nesting in an ignored member causes no recursion.
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let deep = format!(
        r#"{{"no":1,"nextUpdate":"2030-01-01","entries":[{{"statusReports":[],"x":{deep}}}],"y":{deep}}}"#
    );
    let metadata = verify(&sign(&builder().payload(deep.as_bytes()))).unwrap();
    assert_eq!(metadata.entries().len(), 1);
}

const HOST: &str = "mds.example";
const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
const SERVER_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const CODE_SIGNING: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 3];
const EMAIL_PROTECTION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 4];
const ANY_PURPOSE: &[u64] = &[2, 5, 29, 37, 0];

fn dns(host: &str) -> Vec<u8> {
    der::implicit(2, host.as_bytes())
}

/// Returns a server certificate with these alternative names and purposes.
fn server(hosts: &[&str], purposes: &[&[u64]]) -> CertificateBuilder {
    let names: Vec<_> = hosts.iter().map(|host| dns(host)).collect();
    leaf().extension(SUBJECT_ALT_NAME, false, &der::sequence(&names)).extended_key_usage(purposes)
}

fn good_server() -> CertificateBuilder {
    server(&[HOST], &[SERVER_AUTH])
}

/// Verifies a BLOB that is signed with the first of these certificates.
fn below_public_root(
    certificates: &[Vec<u8>],
    anchors: &[TrustAnchor],
) -> Result<Metadata, Failure> {
    let blob = builder().sign(&key("leaf"), certificates);
    Metadata::verify(&blob, anchors, Some(HOST), now())
}

#[track_caller]
fn assert_refused(verdict: Result<Metadata, Failure>, reason: &str) {
    let failure = verdict.expect_err(reason);
    assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}");
    assert_eq!(failure.field(), Some("header.x5c"));
    assert!(failure.to_string().contains(reason), "{failure}");
}

#[test]
fn mds_04_kb_90_below_a_public_root_the_signer_needs_a_server_certificate_for_the_host() {
    let verdict = |certificate: CertificateBuilder| {
        below_public_root(&[issued_by("root", certificate)], &roots())
    };
    let metadata = verdict(good_server()).unwrap();
    assert_eq!(metadata.trust_path().anchor(), &roots()[0]);
    assert!(!metadata.trust_path().is_revocation_checked());
    verdict(server(&["other.example", "MDS.Example"], &[CODE_SIGNING, SERVER_AUTH])).unwrap();
    verdict(server(&[HOST], &[ANY_PURPOSE, SERVER_AUTH])).unwrap();

    let (no_server, no_host) = ("not for servers", "not for mds.example");
    for purposes in [
        &[EMAIL_PROTECTION][..],
        &[CODE_SIGNING],
        &[ANY_PURPOSE],
        &[CODE_SIGNING, EMAIL_PROTECTION],
    ] {
        assert_refused(verdict(server(&[HOST], purposes)), no_server);
    }
    let names = |names: &[Vec<u8>]| {
        leaf()
            .extension(SUBJECT_ALT_NAME, false, &der::sequence(names))
            .extended_key_usage(&[SERVER_AUTH])
    };
    let unsaid = leaf().extension(SUBJECT_ALT_NAME, false, &der::sequence(&[dns(HOST)]));
    assert_refused(verdict(unsaid), no_server);
    let malformed = names(&[dns(HOST)]).without_extensions();
    let malformed = malformed
        .extension(SUBJECT_ALT_NAME, false, &der::sequence(&[dns(HOST)]))
        .extension(&[2, 5, 29, 37], false, &[0x30, 1]);
    assert_refused(verdict(malformed), "extendedKeyUsage does not parse");

    // The common name is ignored, with and without alternative names.
    let common_name = CertificateBuilder::new(&name(HOST), &key("leaf").public_numbers())
        .extended_key_usage(&[SERVER_AUTH]);
    assert_refused(verdict(common_name.clone()), no_host);
    let with_other = der::sequence(&[dns("other.example")]);
    assert_refused(verdict(common_name.extension(SUBJECT_ALT_NAME, false, &with_other)), no_host);
    for other in ["other.example", "*.example", "example", "xmds.example", "mds.example.", ""] {
        assert_refused(verdict(names(&[dns(other)])), no_host);
    }
    assert_refused(verdict(names(&[])), no_host);
    // An e-mail address and a URI are not host names.
    assert_refused(verdict(names(&[der::implicit(1, HOST.as_bytes())])), no_host);
    assert_refused(verdict(names(&[der::implicit(6, HOST.as_bytes())])), no_host);

    // Below a root that the caller has given, these rules do not apply.
    let blob = builder().sign(&key("leaf"), &[issued_by("root", leaf())]);
    Metadata::verify(&blob, &roots(), None, now()).unwrap();
}

#[test]
fn kb_90_the_cas_of_the_path_must_be_allowed_to_issue_for_the_host() {
    let verdict = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        let good = issued_by("middle", good_server());
        let middle = issued_by("root", change(ca("middle")));
        let below_middle = below_public_root(&[good, middle], &roots());
        let anchor = anchor(&issued_by("root", change(ca("root"))));
        let below_anchor = below_public_root(&[issued_by("root", good_server())], &[anchor]);
        assert_eq!(below_middle.is_ok(), below_anchor.is_ok());
        below_middle
    };
    verdict(|ca| ca).unwrap();
    verdict(|ca| ca.extended_key_usage(&[SERVER_AUTH])).unwrap();
    verdict(|ca| ca.extended_key_usage(&[EMAIL_PROTECTION, SERVER_AUTH])).unwrap();
    verdict(|ca| ca.extended_key_usage(&[ANY_PURPOSE])).unwrap();
    assert_refused(verdict(|ca| ca.extended_key_usage(&[EMAIL_PROTECTION])), "not for servers");
    assert_refused(verdict(|ca| ca.extended_key_usage(&[CODE_SIGNING])), "not for servers");

    fn constrained(
        critical: bool,
        number: u32,
        host: &str,
    ) -> impl Fn(CertificateBuilder) -> CertificateBuilder {
        let subtrees = der::explicit(number, &der::sequence(&[dns(host)]));
        let value = der::sequence(&[subtrees]);
        move |ca| ca.extension(NAME_CONSTRAINTS, critical, &value)
    }
    let chain = |constrain: &dyn Fn(CertificateBuilder) -> CertificateBuilder| {
        let middle = issued_by("root", constrain(ca("middle")));
        below_public_root(&[issued_by("middle", good_server()), middle], &roots())
    };
    for critical in [true, false] {
        for (number, host) in [(0, "example"), (0, HOST), (1, "other.example")] {
            chain(&constrained(critical, number, host)).unwrap();
        }
        let not_permitted = "an issuer does not permit the name";
        assert_refused(chain(&constrained(critical, 0, "other.example")), not_permitted);
        assert_refused(chain(&constrained(critical, 1, "example")), "an issuer excludes the name");
        // A malformed constraint.
        assert_refused(chain(&constrained(critical, 2, HOST)), "name constraints do not parse");
    }
}

#[test]
fn kb_90_revocation_lists_apply_to_the_signer_below_a_public_root() {
    let middle = issued_by("root", ca("middle").serial_number(&[6]));
    let chain = [issued_by("middle", good_server().serial_number(&[5])), middle];
    let verdict = |list: Revocations| {
        let anchors = [anchor(&root("root")).revoking(list)];
        below_public_root(&chain, &anchors)
    };
    let metadata = verdict(Revocations::new()).unwrap();
    assert!(metadata.trust_path().is_revocation_checked());
    assert_eq!(metadata.trust_path().intermediates(), &chain[1..]);
    assert_refused(verdict(Revocations::new().serial_number(&[5])), "serial number 05 is revoked");
    assert_refused(verdict(Revocations::new().serial_number(&[6])), "serial number 06 is revoked");

    let mut metadata = verdict(Revocations::new()).unwrap();
    let newer = MetadataBlobBuilder::new(8, "2030-01-01").sign(&key("leaf"), &chain);
    assert!(metadata.update(&newer, &roots(), Some("other.example"), now()).is_err());
    assert_eq!(metadata.number(), 7);
    metadata.update(&newer, &roots(), Some(HOST), now()).unwrap();
    assert_eq!(metadata.number(), 8);
}

/// The old root, the new root, and the new root as certified by the old one.
#[test]
fn kb_86_a_path_may_end_at_either_root_with_any_extra_certificates() {
    let (old, new) = (root("old"), root("new"));
    let cross_signed = issued_by("old", ca("new"));
    let middle = issued_by("new", ca("middle"));
    let leaf = issued_by("middle", good_server());
    let both = [anchor(&new), anchor(&old)];
    for (end, chain) in [
        ("nothing", vec![leaf.clone(), middle.clone()]),
        ("the new root", vec![leaf.clone(), middle.clone(), new.clone()]),
        ("the new root, cross-signed", vec![leaf.clone(), middle.clone(), cross_signed.clone()]),
        (
            "the old root after it",
            vec![leaf.clone(), middle.clone(), cross_signed.clone(), old.clone()],
        ),
    ] {
        let metadata =
            below_public_root(&chain, &both).unwrap_or_else(|failure| panic!("{end}: {failure}"));
        assert_eq!(metadata.trust_path().anchor().as_der(), new, "{end}");
        let metadata = below_public_root(&chain, &both[..1]).unwrap();
        assert_eq!(metadata.trust_path().anchor().as_der(), new, "{end}");
    }
    // Only the old root, as in releases from before the change.
    let metadata =
        below_public_root(&[leaf.clone(), middle.clone(), cross_signed], &both[1..]).unwrap();
    assert_eq!(metadata.trust_path().anchor().as_der(), old);
    assert_refused(
        below_public_root(&[leaf.clone(), middle.clone()], &both[1..]),
        "no trust anchor",
    );
    assert_refused(below_public_root(&[leaf, middle, new], &both[1..]), "no trust anchor");
}

/// The certificate of the FIDO Alliance's BLOB is below roots that issue to anyone.
#[test]
fn mds_04_kb_86_the_fido_alliance_blob_is_verified_with_its_own_roots() {
    let failure = Metadata::verify_fido(&sign(&builder()), now()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::MetadataInvalid);
    assert_eq!(failure.field(), Some("header.x5c"));
    let mut metadata = accepted(&builder());
    let newer = sign(&MetadataBlobBuilder::new(8, "2030-01-01"));
    assert!(metadata.update_fido(&newer, now()).is_err());
    assert_eq!(metadata.number(), 7);
}

#[test]
fn a_new_algorithm_of_the_crate_is_not_accepted_in_metadata() {
    let key = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"signer").unwrap();
    let certificate = CertificateBuilder::new(&name("ed25519"), &key.public_numbers());
    let blob = builder().sign(&key, &[issued_by("root", certificate)]);
    assert_eq!(refused(&blob), Some("header.alg"));
}
