//! JWS in compact serialization (RFC 7515).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::base64url;
use crate::private_key::PrivateKey;

/// Signs the payload and returns the JWS. `key` is the key of the first certificate, and
/// `certificates` are in DER. Adds `alg` and `x5c` to the header if they are missing.
pub(crate) fn sign(
    header: &Map<String, Value>,
    payload: &[u8],
    key: &PrivateKey,
    certificates: &[Vec<u8>],
) -> String {
    let mut header = header.clone();
    header.entry("alg").or_insert_with(|| key.cose_algorithm().name().into());
    header.entry("x5c").or_insert_with(|| {
        certificates.iter().map(|der| Value::from(STANDARD.encode(der))).collect()
    });
    let header = base64url::encode(Value::Object(header).to_string().as_bytes());
    let signed = format!("{header}.{}", base64url::encode(payload));
    let signature = key.sign(signed.as_bytes());
    let signature = match key.cose_algorithm() {
        Algorithm::Es256 => raw_signature(&signature),
        _ => signature,
    };
    format!("{signed}.{}", base64url::encode(&signature))
}

/// Converts a DER signature of P-256 to r and s, 32 bytes each (RFC 7518, section 3.4).
fn raw_signature(der: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(64);
    // The header of the SEQUENCE has two bytes. Two INTEGERs follow, each with a length of one
    // byte.
    let mut rest = der.get(2..).unwrap_or_default();
    while let [_, length, content @ ..] = rest {
        let Some((digits, after)) = content.split_at_checked(usize::from(*length)) else { break };
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        raw.resize(raw.len() + 32_usize.saturating_sub(digits.len()), 0);
        raw.extend_from_slice(digits);
        rest = after;
    }
    raw
}
