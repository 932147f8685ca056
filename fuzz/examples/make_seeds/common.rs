//! Functions that the seeds of several targets share.

use serde_json::Value;
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{AttestationKind, Fault, PrivateKey, SoftwareAuthenticator};

use super::seeds::{Result, Seeds};

/// The algorithms of seeds that are whole messages. Seeds that are keys have every algorithm.
pub const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384, Algorithm::Rs256];

pub const AAGUID: [u8; 16] = *b"a fuzzed device.";

/// Returns a key for every algorithm that is compiled in.
pub fn keys() -> Result<Vec<PrivateKey>> {
    let key = |algorithm: Algorithm| Ok(PrivateKey::from_seed(algorithm.cose_id(), b"fuzz")?);
    Algorithm::compiled_in().map(key).collect()
}

pub fn algorithm_of(key: &PrivateKey) -> Result<Algorithm> {
    Ok(Algorithm::from_cose_id(key.algorithm()).ok_or("an algorithm that is not verified")?)
}

/// Returns an authenticator that makes keys for this algorithm.
pub fn authenticator(algorithm: Algorithm, kind: AttestationKind) -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"fuzz")
        .with_algorithm(algorithm.cose_id())
        .with_attestation(kind)
}

/// Adds the same response with other spellings and members, and bodies that are not responses.
pub fn add_variants(seeds: &mut Seeds, target: &'static str, body: &str) -> Result<()> {
    let value: Value = serde_json::from_str(body)?;
    seeds.add(target, "pretty", serde_json::to_string_pretty(&value)?);
    seeds.add(target, "null", "null");
    seeds.add(target, "error", r#"{"error":"NotAllowedError"}"#);
    seeds.add(target, "empty-object", "{}");
    seeds.add(target, "not-closed", &body[..body.len() - 1]);
    seeds.add(target, "trailing", format!("{body} x"));
    let mut more = value.clone();
    more["more"] = serde_json::json!([{"a": [1, "\u{e9}"]}]);
    more["clientExtensionResults"]["uvm"] = serde_json::json!([[2, 4, 2]]);
    more["authenticatorAttachment"] = Value::Null;
    seeds.add(target, "more", more.to_string());
    let mut padded = value.clone();
    padded["rawId"] = format!("{}=", padded["rawId"].as_str().unwrap_or_default()).into();
    seeds.add(target, "padded", padded.to_string());
    let mut without = value;
    without["response"].as_object_mut().ok_or("no response")?.remove("clientDataJSON");
    seeds.add(target, "no-client-data", without.to_string());
    Ok(())
}

/// Returns the name of a fault without its parameter. `AttestationField("attStmt.sig")` is named by
/// its parameter.
pub fn fault_name(fault: &Fault) -> String {
    if let Fault::AttestationField(field) = fault {
        return field.replace(['[', ']'], "");
    }
    let name = format!("{fault:?}");
    name.split('(').next().unwrap_or_default().to_owned()
}
