//! Attestation statements and attestation objects (§6.5.4, §8).

use core::fmt;

use ciborium::Value;

use crate::debug::{Text, length};
use crate::error::AuthenticatorError;
use crate::private_key::PrivateKey;
use crate::public_numbers::{PublicNumbers, cbor};

/// An attestation statement: its format, and the CBOR of `attStmt`.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct AttestationStatement {
    format: String,
    statement: Vec<u8>,
}

impl fmt::Debug for AttestationStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttestationStatement")
            .field("format", &Text(&self.format))
            .field("statement", &length(&self.statement))
            .finish()
    }
}

impl AttestationStatement {
    /// Creates a statement of any format. `statement` is the CBOR of `attStmt`, which is not
    /// checked.
    pub fn new(format: &str, statement: &[u8]) -> AttestationStatement {
        AttestationStatement { format: format.to_owned(), statement: statement.to_vec() }
    }

    /// Creates a `none` statement (§8.7).
    pub fn none() -> AttestationStatement {
        AttestationStatement::new("none", &[0xa0])
    }

    /// Creates a packed attestation (§8.2) from its parts: the COSE algorithm, the signature, and
    /// the certificates in DER. The attestation certificate is first, followed by its issuers.
    /// Without certificates, the statement is a self attestation.
    ///
    /// The signature covers the authenticator data followed by the client data hash.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn packed(
        alg: i64,
        signature: &[u8],
        certificates: Option<&[Vec<u8>]>,
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let mut members =
            vec![(text("alg"), Value::from(alg)), (text("sig"), Value::Bytes(signature.to_vec()))];
        members.extend(certificates.map(x5c));
        Ok(AttestationStatement::new("packed", &cbor(&Value::Map(members))?))
    }

    /// Creates an Android key attestation (§8.4) from its parts: the COSE algorithm, the signature,
    /// and the certificates in DER. The first certificate is for the credential key and has the
    /// extension that [`KeyDescriptionBuilder`](crate::KeyDescriptionBuilder) builds.
    ///
    /// The credential key signs the authenticator data followed by the client data hash.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn android_key(
        alg: i64,
        signature: &[u8],
        certificates: &[Vec<u8>],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let statement = AttestationStatement::packed(alg, signature, Some(certificates))?;
        Ok(statement.with_format("android-key"))
    }

    /// Creates a TPM attestation (§8.3) from its parts: the version (`"2.0"`), the COSE algorithm,
    /// the signature over `cert_info`, the certificates in DER, and two structures, which
    /// [`TpmStructure`](crate::TpmStructure) creates. The AIK certificate is first, followed by its
    /// issuers.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn tpm(
        ver: &str,
        alg: i64,
        signature: &[u8],
        certificates: &[Vec<u8>],
        pub_area: &[u8],
        cert_info: &[u8],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let members = vec![
            (text("alg"), Value::from(alg)),
            (text("sig"), Value::Bytes(signature.to_vec())),
            (text("ver"), text(ver)),
            x5c(certificates),
            (text("pubArea"), Value::Bytes(pub_area.to_vec())),
            (text("certInfo"), Value::Bytes(cert_info.to_vec())),
        ];
        Ok(AttestationStatement::new("tpm", &cbor(&Value::Map(members))?))
    }

    /// Creates a FIDO U2F attestation (§8.6) from its parts: the signature over
    /// [`u2f_signed_message`], and the attestation certificate in DER.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn fido_u2f(
        signature: &[u8],
        certificates: &[Vec<u8>],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let members = vec![(text("sig"), Value::Bytes(signature.to_vec())), x5c(certificates)];
        Ok(AttestationStatement::new("fido-u2f", &cbor(&Value::Map(members))?))
    }

    /// Creates an Apple anonymous attestation (§8.8) from its certificates in DER. The first
    /// certificate is for the credential key and has the nonce (see
    /// [`CertificateBuilder::apple_nonce`]). Its issuers follow.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    ///
    /// [`CertificateBuilder::apple_nonce`]: crate::CertificateBuilder::apple_nonce
    pub fn apple(certificates: &[Vec<u8>]) -> Result<AttestationStatement, AuthenticatorError> {
        Ok(AttestationStatement::new("apple", &cbor(&Value::Map(vec![x5c(certificates)]))?))
    }

    /// Creates a SafetyNet attestation (§8.5) from the version of the software that requested the
    /// response, and the response (see [`SafetyNetResponseBuilder`]).
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    ///
    /// [`SafetyNetResponseBuilder`]: crate::SafetyNetResponseBuilder
    pub fn android_safetynet(
        version: &str,
        response: &[u8],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let members =
            vec![(text("ver"), text(version)), (text("response"), Value::Bytes(response.to_vec()))];
        Ok(AttestationStatement::new("android-safetynet", &cbor(&Value::Map(members))?))
    }

    /// Creates a compound attestation (§8.9) of these statements. Any number of statements of any
    /// format is accepted, so a test can create an invalid attestation.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn compound(
        statements: &[AttestationStatement],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        // An array header is the encoding of the number of items, with another major type.
        let count = u64::try_from(statements.len()).unwrap_or(u64::MAX);
        let mut array = cbor(&Value::from(count))?;
        if let Some(initial) = array.first_mut() {
            *initial |= 0x80;
        }
        for nested in statements {
            // A map with two members.
            array.push(0xa2);
            array.extend(cbor(&text("fmt"))?);
            array.extend(cbor(&text(&nested.format))?);
            array.extend(cbor(&text("attStmt"))?);
            array.extend(&nested.statement);
        }
        Ok(AttestationStatement::new("compound", &array))
    }

    /// Creates a packed self attestation (§8.2), signed with the credential key.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn packed_self(
        credential_key: &PrivateKey,
        authenticator_data: &[u8],
        client_data_hash: &[u8; 32],
    ) -> Result<AttestationStatement, AuthenticatorError> {
        AttestationStatement::packed(
            credential_key.algorithm(),
            &credential_key.sign(&[authenticator_data, client_data_hash].concat()),
            None,
        )
    }

    /// Returns the same statement with another format name.
    pub fn with_format(mut self, format: &str) -> AttestationStatement {
        self.format = format.to_owned();
        self
    }

    /// Returns the CBOR of the attestation object with this statement and the authenticator data.
    /// Its members are in CTAP2 canonical order.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn attestation_object(
        &self,
        authenticator_data: &[u8],
    ) -> Result<Vec<u8>, AuthenticatorError> {
        // A map with three members.
        let mut object = vec![0xa3];
        object.extend(cbor(&text("fmt"))?);
        object.extend(cbor(&text(&self.format))?);
        object.extend(cbor(&text("attStmt"))?);
        object.extend(&self.statement);
        object.extend(cbor(&text("authData"))?);
        object.extend(cbor(&Value::Bytes(authenticator_data.to_vec()))?);
        Ok(object)
    }
}

/// Returns the bytes that a FIDO U2F attestation key signs (§8.6, step 5): 00, RP ID hash, client
/// data hash, credential ID, and the public key as an uncompressed point.
#[must_use]
pub fn u2f_signed_message(
    rp_id_hash: &[u8; 32],
    client_data_hash: &[u8; 32],
    credential_id: &[u8],
    public_key: &PublicNumbers,
) -> Vec<u8> {
    [&[0], &rp_id_hash[..], client_data_hash, credential_id, &public_key.subject_public_key()]
        .concat()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn x5c(certificates: &[Vec<u8>]) -> (Value, Value) {
    (text("x5c"), Value::Array(certificates.iter().cloned().map(Value::Bytes).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_none_object_is_written_byte_for_byte() {
        assert_eq!(
            AttestationStatement::none().attestation_object(&[7, 8]).unwrap(),
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x42\x07\x08"
        );
    }

    #[test]
    fn statements_have_their_members_in_canonical_order() {
        let certificates = [vec![1], vec![2, 3]];
        let packed = AttestationStatement::packed(-7, &[9], Some(&certificates)).unwrap();
        assert_eq!(
            packed.statement,
            b"\xa3\x63alg\x26\x63sig\x41\x09\x63x5c\x82\x41\x01\x42\x02\x03"
        );
        let packed = AttestationStatement::packed(-257, &[9], None).unwrap();
        assert_eq!(packed.statement, b"\xa2\x63alg\x39\x01\x00\x63sig\x41\x09");
        let android_key = AttestationStatement::android_key(-7, &[9], &certificates[..1]).unwrap();
        assert_eq!(android_key.statement, b"\xa3\x63alg\x26\x63sig\x41\x09\x63x5c\x81\x41\x01");
        assert_eq!(android_key.format, "android-key");
        let tpm = AttestationStatement::tpm("2.0", -7, &[9], &certificates[..1], &[4], &[5]);
        assert_eq!(
            tpm.unwrap().statement,
            b"\xa6\x63alg\x26\x63sig\x41\x09\x63ver\x632.0\x63x5c\x81\x41\x01\
              \x67pubArea\x41\x04\x68certInfo\x41\x05"
        );
        let u2f = AttestationStatement::fido_u2f(&[9], &certificates[..1]).unwrap();
        assert_eq!(u2f.statement, b"\xa2\x63sig\x41\x09\x63x5c\x81\x41\x01");
        assert_eq!(u2f.with_format("other").format, "other");
        let compound = vec![AttestationStatement::none(); 24];
        let two = AttestationStatement::compound(&compound[..2]).unwrap();
        let none = b"\xa2\x63fmt\x64none\x67attStmt\xa0";
        assert_eq!(two.statement, [&[0x82], &none[..], none].concat());
        let many = AttestationStatement::compound(&compound).unwrap();
        assert_eq!(many.statement[..3], [0x98, 24, 0xa2]);
        let safetynet = AttestationStatement::android_safetynet("1", b"a.b.c").unwrap();
        assert_eq!(safetynet.statement, b"\xa2\x63ver\x611\x68response\x45a.b.c");
        let apple = AttestationStatement::apple(&certificates).unwrap();
        assert_eq!(apple.statement, b"\xa1\x63x5c\x82\x41\x01\x42\x02\x03");
    }

    #[test]
    fn u2f_04_the_signed_message_has_its_parts_in_order() {
        let key = PublicNumbers::P256 { x: [4; 32], y: [5; 32] };
        let message = u2f_signed_message(&[1; 32], &[2; 32], &[3; 7], &key);
        assert_eq!(
            message,
            [&[0][..], &[1; 32], &[2; 32], &[3; 7], &[4], &[4; 32], &[5; 32]].concat()
        );
    }
}
