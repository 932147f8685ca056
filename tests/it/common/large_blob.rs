//! A BLOB of metadata of the size and shape of real ones.

#![allow(dead_code, reason = "each file uses a part")]

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify_authenticator::MetadataBlobBuilder;

use super::certificates::{issued_by, key, leaf, root};

pub const ENTRIES: usize = 520;

/// One model in so many has no AAGUID, and is known by the keys of its certificates.
const BY_KEY: usize = 10;

/// So many models share an anchor, as those of one maker do.
const MODELS_OF_A_MAKER: usize = 5;

pub fn roots() -> [TrustAnchor; 1] {
    [TrustAnchor::from_der(root("alliance")).unwrap()]
}

/// The AAGUID of a model, in which no two differ in the last byte alone.
pub fn aaguid(number: usize) -> [u8; 16] {
    let number = u16::try_from(number).unwrap().to_be_bytes();
    let [high, low] = number;
    [0xaa, low, high, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, high, low]
}

fn text(aaguid: [u8; 16]) -> String {
    let mut text = String::new();
    for (position, byte) in aaguid.into_iter().enumerate() {
        let hyphen = if matches!(position, 4 | 6 | 8 | 10) { "-" } else { "" };
        write!(text, "{hyphen}{byte:02x}").unwrap();
    }
    text
}

/// The SHA-1 of the key of whoever has this name.
fn key_identifier(name: &str) -> String {
    let digest = Sha1::digest(key(name).public_numbers().subject_public_key());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture, and arrays of which a tree would be many times as large.
fn entry(number: usize, picture: &str, numbers: &[u32], anchors: &[String]) -> Value {
    let mut entry = json!({
        "metadataStatement": {
            "legalHeader": "For tests.",
            "description": format!("Model {number}"),
            "authenticatorVersion": 2,
            "attestationTypes": ["basic_full"],
            "attestationRootCertificates": anchors,
            "icon": picture,
            "userVerificationDetails": numbers,
        },
        "statusReports": [
            { "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-06-01" },
            { "status": "FIDO_CERTIFIED", "effectiveDate": "2023-01-01" },
        ],
        "timeOfLastStatusChange": "2024-06-01",
    });
    match number % BY_KEY {
        7 => {
            let identifier = key_identifier(&format!("model {number}"));
            entry["attestationCertificateKeyIdentifiers"] = json!([identifier]);
        }
        _ => entry["aaguid"] = json!(text(aaguid(number))),
    }
    entry
}

/// 10.6 MB, as the FIDO Alliance publishes them.
pub fn blob() -> String {
    let picture = "data:image/png;base64,".to_owned() + &"iVBORw0KGgo".repeat(1_180);
    let numbers: Vec<u32> = (0..300).map(|number| number % 10).collect();
    let mut builder = MetadataBlobBuilder::new(1, "2030-01-01");
    let mut anchors = Vec::new();
    for number in 0..ENTRIES {
        if number % MODELS_OF_A_MAKER == 0 {
            let maker = number / MODELS_OF_A_MAKER;
            let anchor = |place| STANDARD.encode(root(&format!("maker {maker}, {place}")));
            anchors = (0..3).map(anchor).collect();
        }
        builder = builder.entry(entry(number, &picture, &numbers, &anchors));
    }
    builder.sign(&key("leaf"), &[issued_by("alliance", leaf())])
}
