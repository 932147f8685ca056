//! FIDO metadata with the size and structure of the real one: 520 models with anchors, pictures and
//! descriptions, 10.6 MB.
//!
//! ```
//! use webauthn_verify_authenticator::large_metadata;
//!
//! let (blob, root) = (large_metadata::blob(), large_metadata::root());
//! assert!(blob.len() > 10_500_000);
//! // Verify it with `root` as the only trust anchor, at `certificates::NOW`.
//! # assert_eq!(root[0], 0x30);
//! ```

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use crate::certificates;
use crate::debug::{Aaguid, Hex};
use crate::metadata_blob::MetadataBlobBuilder;

/// The number of models.
pub const ENTRIES: usize = 520;

/// One in this many models has no AAGUID. The key of its certificate identifies it.
const BY_KEY: usize = 10;

/// The number of models that share their anchors, like the models of one maker.
const MODELS_OF_A_MAKER: usize = 5;

/// Returns the signed metadata, a BLOB as the FIDO Alliance publishes it. The signer's certificate
/// is issued by [`root`].
///
/// A model has no AAGUID if its number ends in 7. It is identified by the key of its certificate:
/// for model 7 the certificate is [`certificates::root`]`("model 7")`, and so on.
#[must_use]
pub fn blob() -> String {
    let picture = "data:image/png;base64,".to_owned() + &"iVBORw0KGgo".repeat(1_180);
    let numbers: Vec<u32> = (0..300).map(|number| number % 10).collect();
    let mut builder = MetadataBlobBuilder::new(1, "2030-01-01");
    let mut anchors = Vec::new();
    for number in 0..ENTRIES {
        if number % MODELS_OF_A_MAKER == 0 {
            let maker = number / MODELS_OF_A_MAKER;
            let anchor = |place| certificates::root(&format!("maker {maker}, {place}"));
            anchors = (0..3).map(|place| STANDARD.encode(anchor(place))).collect();
        }
        builder = builder.entry(entry(number, &picture, &numbers, &anchors));
    }
    let certificate = certificates::issued_by("alliance", certificates::leaf());
    builder.sign(&certificates::key("leaf"), &[certificate])
}

/// Returns the root certificate in DER. It issued the certificate of the signer.
#[must_use]
pub fn root() -> Vec<u8> {
    certificates::root("alliance")
}

/// Returns the AAGUID of the model with this number, which must be below 65536. Any two AAGUIDs
/// differ in more than the last byte.
#[must_use]
pub fn aaguid(number: usize) -> [u8; 16] {
    let [.., high, low] = number.to_be_bytes();
    [0xaa, low, high, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, high, low]
}

/// Returns an entry with a picture, and with arrays that take many times their size if they are
/// parsed into a tree of values.
fn entry(number: usize, picture: &str, numbers: &[u32], anchors: &[String]) -> Value {
    let mut entry = Map::new();
    entry.insert(
        "metadataStatement".to_owned(),
        json!({
            "legalHeader": "For tests.",
            "description": format!("Model {number}"),
            "authenticatorVersion": 2,
            "attestationTypes": ["basic_full"],
            "attestationRootCertificates": anchors,
            "icon": picture,
            "userVerificationDetails": numbers,
        }),
    );
    entry.insert(
        "statusReports".to_owned(),
        json!([
            { "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-06-01" },
            { "status": "FIDO_CERTIFIED", "effectiveDate": "2023-01-01" },
        ]),
    );
    entry.insert("timeOfLastStatusChange".to_owned(), json!("2024-06-01"));
    match number % BY_KEY {
        7 => {
            let key = certificates::key(&format!("model {number}")).public_numbers();
            let identifier = Sha1::digest(key.subject_public_key());
            let identifier = format!("{:?}", Hex(&identifier));
            entry.insert("attestationCertificateKeyIdentifiers".to_owned(), json!([identifier]));
        }
        _ => {
            entry.insert("aaguid".to_owned(), json!(Aaguid(aaguid(number)).to_string()));
        }
    }
    Value::Object(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aaguids_differ_before_the_last_byte() {
        let mut aaguids: Vec<_> = (0..ENTRIES).map(aaguid).collect();
        aaguids.sort_unstable();
        aaguids.dedup_by_key(|aaguid| aaguid.first_chunk::<15>().copied());
        assert_eq!(aaguids.len(), ENTRIES);
    }

    #[test]
    fn a_model_has_an_aaguid_or_a_key() {
        let named = |number| entry(number, "", &[], &[]);
        assert_eq!(named(258)["aaguid"], "aa020103-0405-4607-8809-0a0b0c0d0102");
        let identifiers = &named(7)["attestationCertificateKeyIdentifiers"];
        assert_eq!(identifiers[0].as_str().map(str::len), Some(40));
        assert!(named(7)["aaguid"].is_null());
    }
}
