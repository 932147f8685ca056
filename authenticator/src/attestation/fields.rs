//! The members of attestations that a fault can make wrong, with the errors of a relying party.

/// A member of an attestation, such as `"attStmt.sig"` or `"x5c[0].subject"`, and the kind of error
/// that a relying party reports if the member is wrong.
pub(crate) type Field = (&'static str, &'static str);

pub(crate) const NONE: &[Field] = &[("attStmt", "AttestationInvalid")];

pub(crate) const PACKED_SELF: &[Field] =
    &[("attStmt.alg", "AlgorithmKeyMismatch"), ("attStmt.sig", "SignatureInvalid")];

pub(crate) const PACKED: &[Field] = &[
    ("attStmt.alg", "AlgorithmKeyMismatch"),
    ("attStmt.sig", "SignatureInvalid"),
    ("attStmt.x5c", "AttestationInvalid"),
    ("x5c[0].version", "AttestationInvalid"),
    ("x5c[0].subject.C", "AttestationInvalid"),
    ("x5c[0].subject.O", "AttestationInvalid"),
    ("x5c[0].subject.OU", "AttestationInvalid"),
    ("x5c[0].subject.CN", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "SignatureInvalid"),
    ("x5c[0].basicConstraints", "AttestationInvalid"),
    ("certificate.keyUsage", "UntrustedAttestation"),
    ("x5c[0].aaguid", "AaguidMismatch"),
];

/// `keyBits`, `exponent` and `unique` exist only for RSA keys. `curveID`, `kdf` and the coordinates
/// exist only for ECC keys.
pub(crate) const TPM: &[Field] = &[
    ("attStmt.ver", "AttestationInvalid"),
    ("attStmt.alg", "AlgorithmKeyMismatch"),
    ("attStmt.x5c", "AttestationInvalid"),
    ("attStmt.sig", "SignatureInvalid"),
    ("attStmt.certInfo", "TrailingBytes"),
    ("attStmt.pubArea", "TrailingBytes"),
    ("pubArea.type", "AttestationInvalid"),
    ("pubArea.nameAlg", "UnsupportedAlgorithm"),
    ("pubArea.symmetric", "AttestationInvalid"),
    ("pubArea.scheme", "AttestationInvalid"),
    ("pubArea.keyBits", "KeyMismatch"),
    ("pubArea.exponent", "KeyMismatch"),
    ("pubArea.unique", "KeyMismatch"),
    ("pubArea.curveID", "KeyMismatch"),
    ("pubArea.kdf", "AttestationInvalid"),
    ("pubArea.unique.x", "KeyMismatch"),
    ("pubArea.unique.y", "KeyMismatch"),
    ("x5c[0].version", "AttestationInvalid"),
    ("x5c[0].subject", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "SignatureInvalid"),
    ("x5c[0].subjectAltName", "AttestationInvalid"),
    ("x5c[0].subjectAltName.manufacturer", "AttestationInvalid"),
    ("x5c[0].subjectAltName.model", "AttestationInvalid"),
    ("x5c[0].subjectAltName.version", "AttestationInvalid"),
    ("x5c[0].extendedKeyUsage", "AttestationInvalid"),
    ("x5c[0].basicConstraints", "AttestationInvalid"),
    ("certificate.keyUsage", "UntrustedAttestation"),
    ("x5c[0].aaguid", "AaguidMismatch"),
    ("certInfo.magic", "TpmMagicMismatch"),
    ("certInfo.type", "TpmMagicMismatch"),
    ("certInfo.extraData", "AttestationNonceMismatch"),
    ("certInfo.name", "KeyMismatch"),
];

pub(crate) const ANDROID_KEY: &[Field] = &[
    ("attStmt.alg", "AlgorithmKeyMismatch"),
    ("attStmt.sig", "SignatureInvalid"),
    ("attStmt.x5c", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "KeyMismatch"),
    ("certificate.keyUsage", "UntrustedAttestation"),
    ("x5c[0].keyDescription", "AttestationInvalid"),
    ("keyDescription.attestationVersion", "AttestationInvalid"),
    ("keyDescription.attestationSecurityLevel", "AttestationInvalid"),
    ("keyDescription.keymasterVersion", "AttestationInvalid"),
    ("keyDescription.keymasterSecurityLevel", "AttestationInvalid"),
    ("keyDescription.attestationChallenge", "AttestationNonceMismatch"),
    ("keyDescription.uniqueId", "AttestationInvalid"),
    ("keyDescription.softwareEnforced", "AttestationInvalid"),
    ("keyDescription.softwareEnforced.purpose", "AttestationInvalid"),
    ("keyDescription.softwareEnforced.allApplications", "AttestationInvalid"),
    ("keyDescription.softwareEnforced.origin", "AttestationInvalid"),
    ("keyDescription.teeEnforced", "AttestationInvalid"),
    ("keyDescription.teeEnforced.purpose", "AttestationInvalid"),
    ("keyDescription.teeEnforced.allApplications", "AttestationInvalid"),
    ("keyDescription.teeEnforced.origin", "AttestationInvalid"),
    ("keyDescription.purpose", "AttestationInvalid"),
    ("keyDescription.origin", "AttestationInvalid"),
];

pub(crate) const ANDROID_SAFETYNET: &[Field] = &[
    ("attStmt.ver", "AttestationInvalid"),
    ("attStmt.response", "AttestationInvalid"),
    ("header.alg", "AttestationInvalid"),
    ("header.x5c", "AttestationInvalid"),
    ("payload.nonce", "AttestationInvalid"),
    ("payload.timestampMs", "AttestationInvalid"),
    ("payload.ctsProfileMatch", "AttestationInvalid"),
    ("attToBeSigned.authenticatorData", "AttestationNonceMismatch"),
    ("attToBeSigned.clientDataHash", "AttestationNonceMismatch"),
    ("signature", "SignatureInvalid"),
    ("x5c[0].subjectAltName", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "SignatureInvalid"),
    ("certificate.keyUsage", "UntrustedAttestation"),
];

pub(crate) const FIDO_U2F: &[Field] = &[
    ("attStmt.sig", "SignatureInvalid"),
    ("attStmt.x5c", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "SignatureInvalid"),
    ("x5c[0].subjectPublicKeyInfo", "AttestationInvalid"),
    ("verificationData.rpIdHash", "SignatureInvalid"),
    ("verificationData.clientDataHash", "SignatureInvalid"),
    ("verificationData.credentialId", "SignatureInvalid"),
    ("verificationData.publicKey", "SignatureInvalid"),
];

pub(crate) const APPLE: &[Field] = &[
    ("attStmt.x5c", "AttestationInvalid"),
    ("nonceToHash.authenticatorData", "AttestationNonceMismatch"),
    ("nonceToHash.clientDataHash", "AttestationNonceMismatch"),
    ("x5c[0].nonce", "AttestationInvalid"),
    ("x5c[0].subjectPublicKey", "KeyMismatch"),
    ("certificate.keyUsage", "UntrustedAttestation"),
    ("x5c[1]", "UntrustedAttestation"),
    ("x5c[1].basicConstraints", "UntrustedAttestation"),
    ("x5c[1].signature", "UntrustedAttestation"),
];

/// The members of the array, then the members of each statement with its position as the prefix.
pub(crate) const COMPOUND: &[Field] = &[
    ("attStmt", "AttestationInvalid"),
    ("attStmt[0].fmt", "UnsupportedAttestationFormat"),
    ("attStmt[0].attStmt", "AttestationInvalid"),
    ("attStmt[1].fmt", "AttestationInvalid"),
    ("attStmt[1].attStmt", "AttestationInvalid"),
    ("attStmt[0].attStmt.alg", "AlgorithmKeyMismatch"),
    ("attStmt[0].attStmt.sig", "SignatureInvalid"),
    ("attStmt[0].attStmt.x5c", "AttestationInvalid"),
    ("attStmt[0].x5c[0].version", "AttestationInvalid"),
    ("attStmt[0].x5c[0].subject.C", "AttestationInvalid"),
    ("attStmt[0].x5c[0].subject.O", "AttestationInvalid"),
    ("attStmt[0].x5c[0].subject.OU", "AttestationInvalid"),
    ("attStmt[0].x5c[0].subject.CN", "AttestationInvalid"),
    ("attStmt[0].x5c[0].subjectPublicKey", "SignatureInvalid"),
    ("attStmt[0].x5c[0].basicConstraints", "AttestationInvalid"),
    ("attStmt[0].certificate.keyUsage", "UntrustedAttestation"),
    ("attStmt[0].x5c[0].aaguid", "AaguidMismatch"),
    ("attStmt[0].certificate.serialNumber", "UntrustedAttestation"),
    ("attStmt[0].certificate.issuer", "UntrustedAttestation"),
    ("attStmt[0].certificate.validity", "UntrustedAttestation"),
    ("attStmt[0].certificate.extensions", "UntrustedAttestation"),
    ("attStmt[0].certificate.signature", "UntrustedAttestation"),
    ("attStmt[1].attStmt.x5c", "AttestationInvalid"),
    ("attStmt[1].nonceToHash.authenticatorData", "AttestationNonceMismatch"),
    ("attStmt[1].nonceToHash.clientDataHash", "AttestationNonceMismatch"),
    ("attStmt[1].x5c[0].nonce", "AttestationInvalid"),
    ("attStmt[1].x5c[0].subjectPublicKey", "KeyMismatch"),
    ("attStmt[1].certificate.keyUsage", "UntrustedAttestation"),
    ("attStmt[1].x5c[1]", "UntrustedAttestation"),
    ("attStmt[1].x5c[1].basicConstraints", "UntrustedAttestation"),
    ("attStmt[1].x5c[1].signature", "UntrustedAttestation"),
    ("attStmt[1].certificate.serialNumber", "UntrustedAttestation"),
    ("attStmt[1].certificate.issuer", "UntrustedAttestation"),
    ("attStmt[1].certificate.validity", "UntrustedAttestation"),
    ("attStmt[1].certificate.extensions", "UntrustedAttestation"),
    ("attStmt[1].certificate.signature", "UntrustedAttestation"),
];

/// The members of every attestation certificate. A relying party checks some of them only if it
/// requires trust.
pub(crate) const CERTIFICATE: &[Field] = &[
    ("certificate.serialNumber", "UntrustedAttestation"),
    ("certificate.issuer", "UntrustedAttestation"),
    ("certificate.validity", "UntrustedAttestation"),
    ("certificate.extensions", "UntrustedAttestation"),
    ("certificate.signature", "UntrustedAttestation"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_lists_every_member_of_its_statements() {
        let mut expected = Vec::new();
        for (place, fields) in [("attStmt[0].", PACKED), ("attStmt[1].", APPLE)] {
            for (field, kind) in fields.iter().chain(CERTIFICATE) {
                expected.push((format!("{place}{field}"), *kind));
            }
        }
        let of_the_array = COMPOUND.len() - expected.len();
        assert_eq!(of_the_array, 5);
        let listed = COMPOUND.iter().map(|(field, kind)| ((*field).to_owned(), *kind));
        assert!(listed.skip(of_the_array).eq(expected));
    }
}
