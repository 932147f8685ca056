//! Signed text with any header and any payload (RFC 7515).

use webauthn_verify_authenticator::PrivateKey;

use crate::case::encode;

/// Returns the compact serialization, signed with a P-256 key. Neither part is checked.
pub(crate) fn sign(header: &[u8], payload: &[u8], key: &PrivateKey) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = raw_signature(&key.sign(signed.as_bytes()));
    format!("{signed}.{}", encode(&signature))
}

/// Converts a DER signature of P-256 to r and s, 32 bytes each (RFC 7518, section 3.4).
fn raw_signature(der: &[u8]) -> Vec<u8> {
    let number = |der: &[u8]| {
        let digits = &der[2..2 + usize::from(der[1])];
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        [&vec![0; 32 - digits.len()], digits].concat()
    };
    let (r, s) = der[2..].split_at(2 + usize::from(der[3]));
    [number(r), number(s)].concat()
}

/// Returns the header, the payload and the signature.
pub(crate) fn parts(text: &str) -> [String; 3] {
    let parts: Vec<_> = text.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

/// Returns a certificate from `make`, which takes a serial number, whose length is a multiple of
/// three or not. This decides whether its base64 has padding.
pub(crate) fn certificate_with_padding(padded: bool, make: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let mut certificates = (1..128).map(make);
    let found = certificates.find(|der| (der.len() % 3 != 0) == padded);
    found.expect("signatures have different lengths")
}
