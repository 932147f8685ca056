//! TPM attestation (§8.3).

use core::fmt;

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::attestation::attester::Attester;
use crate::attestation_statement::AttestationStatement;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::debug::length;
use crate::error::AuthenticatorError;
use crate::public_numbers::PublicNumbers;

/// The wrong values of the members of `pubArea` and `certInfo`.
const WRONG: &[(&str, &[u8])] = &[
    // TPM_ALG_KEYEDHASH, for secret keys.
    ("pubArea.type", &[0, 0x08]),
    // TPM_ALG_SM3_256.
    ("pubArea.nameAlg", &[0, 0x12]),
    // AES with 128 bits in CFB mode.
    ("pubArea.symmetric", &[0, 0x06, 0, 128, 0, 0x43]),
    // TPM_ALG_ECDAA with SHA-256.
    ("pubArea.scheme", &[0, 0x1a, 0, 0x0b, 0, 0]),
    ("pubArea.keyBits", &[4, 0]),
    ("pubArea.exponent", &[0, 0, 0, 3]),
    ("pubArea.unique", &[0, 1, 7]),
    // TPM_ECC_BN_P256.
    ("pubArea.curveID", &[0, 0x10]),
    // TPM_ALG_KDF1_SP800_56A with SHA-256.
    ("pubArea.kdf", &[0, 0x20, 0, 0x0b]),
    ("pubArea.unique.x", &[0, 1, 7]),
    ("pubArea.unique.y", &[0, 1, 7]),
    ("certInfo.magic", b"\xffTCF"),
    // TPM_ST_ATTEST_QUOTE.
    ("certInfo.type", &[0x80, 0x18]),
];

/// The registered identifier of Google.
const MANUFACTURER: &str = "id:474F4F47";

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let key = attester.attestation_key();
    let public_area = break_members(TpmStructure::pub_area(attester.public_key)?, attester)?;
    let cert_info = TpmStructure::cert_info(&extra_data(attester), &name(&public_area, attester));
    let cert_info = break_members(cert_info, attester)?;
    // The extra byte is signed too. Otherwise the signature would be the error.
    let whole = |structure: &TpmStructure, field| match attester.breaks(field) {
        true => [structure.to_bytes(), vec![0]].concat(),
        false => structure.to_bytes(),
    };
    let cert_info = whole(&cert_info, "attStmt.certInfo");
    AttestationStatement::tpm(
        if attester.breaks("attStmt.ver") { "1.2" } else { "2.0" },
        attester.alg(&key),
        &attester.sign(&key, &cert_info),
        &attester.x5c(certificate(attester)),
        &whole(&public_area, "attStmt.pubArea"),
        &cert_info,
    )
}

fn break_members(
    structure: TpmStructure,
    attester: &Attester<'_>,
) -> Result<TpmStructure, AuthenticatorError> {
    let folder = structure.folder();
    let wrong = WRONG.iter().filter(|(member, _)| member.starts_with(folder));
    let mut wrong = wrong.filter(|(member, _)| attester.breaks(member));
    wrong.try_fold(structure, |structure, (member, bytes)| structure.with(member, bytes))
}

/// Returns the hash of the attested data, with the hash algorithm of ES256.
fn extra_data(attester: &Attester<'_>) -> Vec<u8> {
    match attester.breaks("certInfo.extraData") {
        true => Sha256::digest(attester.client_data_hash).to_vec(),
        false => Sha256::digest(attester.attested()).to_vec(),
    }
}

/// Returns the Name of the credential key, or a wrong Name if the fault requires it.
fn name(public_area: &TpmStructure, attester: &Attester<'_>) -> Vec<u8> {
    let mut name = public_area.name();
    if attester.breaks("certInfo.name")
        && let Some(last) = name.last_mut()
    {
        *last ^= 1;
    }
    name
}

fn certificate(attester: &Attester<'_>) -> Vec<u8> {
    let key = attester.certified_key();
    let purpose = match attester.breaks("x5c[0].extendedKeyUsage") {
        true => CertificateBuilder::TPM_EK_CERTIFICATE,
        false => CertificateBuilder::TPM_AIK_CERTIFICATE,
    };
    let subject = match attester.breaks("x5c[0].subject") {
        true => DistinguishedName::new().common_name("Software authenticator"),
        false => DistinguishedName::new(),
    };
    let certificate = CertificateBuilder::new(&subject, &key.public_numbers())
        .serial_number(&[2])
        .basic_constraints(attester.breaks("x5c[0].basicConstraints"), None)
        .key_usage(attester.key_usage())
        .subject_key_identifier()
        .extended_key_usage(&[purpose])
        .subject_alt_name(!attester.breaks("x5c[0].subjectAltName"), &tpm_name(attester).to_der())
        .aaguid(&attester.certified_aaguid());
    attester.issue(certificate)
}

/// Returns the directory name that the TCG EK Credential Profile requires (section 3.2.9).
fn tpm_name(attester: &Attester<'_>) -> DistinguishedName {
    let text = |field, text: &'static str| if attester.breaks(field) { "" } else { text };
    DistinguishedName::new()
        .tpm_manufacturer(text("x5c[0].subjectAltName.manufacturer", MANUFACTURER))
        .tpm_model(text("x5c[0].subjectAltName.model", "Software TPM"))
        .tpm_version(text("x5c[0].subjectAltName.version", "id:00010000"))
}

/// A structure that a TPM writes. A test can replace the bytes of each member. The members have
/// their names from TPM 2.0 Part 2, such as `"pubArea.nameAlg"`.
///
/// ```
/// use webauthn_verify_authenticator::{PrivateKey, TpmStructure, algorithm};
///
/// let key = PrivateKey::from_seed(algorithm::ES256, b"credential")?;
/// let pub_area = TpmStructure::pub_area(&key.public_numbers())?;
/// let cert_info = TpmStructure::cert_info(&[7; 32], &pub_area.name())
///     .with("certInfo.type", &[0x80, 0x18])?;
/// assert_eq!(cert_info.to_bytes()[..6], *b"\xffTCG\x80\x18");
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct TpmStructure {
    members: Vec<(&'static str, Vec<u8>)>,
}

impl fmt::Debug for TpmStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.members.iter().map(|(name, bytes)| (name, length(bytes)));
        f.debug_map().entries(members).finish()
    }
}

impl TpmStructure {
    /// Creates a `certInfo` (TPMS_ATTEST) for a key with this Name. `extra_data` is the hash of the
    /// authenticator data followed by the client data hash.
    pub fn cert_info(extra_data: &[u8], name: &[u8]) -> TpmStructure {
        TpmStructure {
            members: vec![
                ("certInfo.magic", b"\xffTCG".to_vec()),
                ("certInfo.type", vec![0x80, 0x17]),
                ("certInfo.qualifiedSigner", tpm2b(&[])),
                ("certInfo.extraData", tpm2b(extra_data)),
                ("certInfo.clockInfo", vec![0; 17]),
                ("certInfo.firmwareVersion", vec![0; 8]),
                ("certInfo.name", tpm2b(name)),
                ("certInfo.qualifiedName", tpm2b(&[])),
            ],
        }
    }

    /// Creates a `pubArea` (TPMT_PUBLIC) for a signing key. The key is not bound to a scheme, and
    /// its Name uses SHA-256.
    ///
    /// # Errors
    ///
    /// Returns an error if a TPM cannot have such a key. A TPM can have keys on P-256, P-384 and
    /// P-521, and RSA keys with an exponent of up to four bytes.
    pub fn pub_area(key: &PublicNumbers) -> Result<TpmStructure, AuthenticatorError> {
        let head = |key_type: u8| {
            vec![
                ("pubArea.type", vec![0, key_type]),
                ("pubArea.nameAlg", vec![0, 0x0b]),
                // fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, sign.
                ("pubArea.objectAttributes", vec![0, 4, 0, 0x72]),
                ("pubArea.authPolicy", tpm2b(&[])),
                ("pubArea.symmetric", vec![0, 0x10]),
                ("pubArea.scheme", vec![0, 0x10]),
            ]
        };
        let ecc = |curve: u8, x: &[u8], y: &[u8]| {
            let rest = [
                ("pubArea.curveID", vec![0, curve]),
                ("pubArea.kdf", vec![0, 0x10]),
                ("pubArea.unique.x", tpm2b(x)),
                ("pubArea.unique.y", tpm2b(y)),
            ];
            Ok(TpmStructure { members: head(0x23).into_iter().chain(rest).collect() })
        };
        match key {
            PublicNumbers::P256 { x, y } => ecc(3, x, y),
            PublicNumbers::P384 { x, y } => ecc(4, x, y),
            PublicNumbers::P521 { x, y } => ecc(5, x, y),
            PublicNumbers::Rsa { modulus, exponent } => {
                let rest = [
                    ("pubArea.keyBits", bit_length(modulus).to_be_bytes().to_vec()),
                    ("pubArea.exponent", rsa_exponent(exponent)?.to_vec()),
                    ("pubArea.unique", tpm2b(modulus)),
                ];
                Ok(TpmStructure { members: head(0x01).into_iter().chain(rest).collect() })
            }
            other => Err(AuthenticatorError::new(format!(
                "a TPM cannot have a key of type {}",
                other.kind().name()
            ))),
        }
    }

    /// Replaces the bytes of a member. If the member has a length prefix, `bytes` must include it;
    /// use [`tpm2b`] to write it.
    ///
    /// # Errors
    ///
    /// Returns an error if the structure does not have this member.
    pub fn with(mut self, member: &str, bytes: &[u8]) -> Result<TpmStructure, AuthenticatorError> {
        let found = self.members.iter_mut().find(|(name, _)| *name == member);
        let (_, place) = found.ok_or_else(|| {
            AuthenticatorError::new(format!("the structure has no member {member}"))
        })?;
        *place = bytes.to_vec();
        Ok(self)
    }

    /// Returns the bytes of the structure.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.members.iter().flat_map(|(_, bytes)| bytes).copied().collect()
    }

    /// Returns the Name of the key with this `pubArea` (TPM 2.0 Part 1, section 16): `nameAlg`, and
    /// the hash of the structure. Uses SHA-256 if `nameAlg` is not SHA-1, SHA-384 or SHA-512.
    #[must_use]
    pub fn name(&self) -> Vec<u8> {
        let member = self.members.iter().find(|(name, _)| *name == "pubArea.nameAlg");
        let name_alg = member.map_or(&[][..], |(_, bytes)| bytes);
        let bytes = self.to_bytes();
        let hash = match name_alg {
            [0, 0x04] => Sha1::digest(bytes).to_vec(),
            [0, 0x0c] => Sha384::digest(bytes).to_vec(),
            [0, 0x0d] => Sha512::digest(bytes).to_vec(),
            _ => Sha256::digest(bytes).to_vec(),
        };
        [name_alg, &hash].concat()
    }

    /// Returns the part of the member names before the dot.
    fn folder(&self) -> &'static str {
        let first = self.members.first().and_then(|(name, _)| name.split_once('.'));
        first.map_or("", |(folder, _)| folder)
    }
}

/// Returns a `TPM2B` structure (TPM 2.0 Part 2, section 10.4): the length in two bytes, then the
/// bytes. There must be at most 65535 bytes.
#[must_use]
pub fn tpm2b(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

fn bit_length(modulus: &[u8]) -> u16 {
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = u32::try_from(modulus.len() * 8).unwrap_or(u32::MAX) - unused;
    u16::try_from(bits).unwrap_or(u16::MAX)
}

/// Returns the exponent in four bytes. 65537 becomes 0, as in TPMs.
fn rsa_exponent(exponent: &[u8]) -> Result<[u8; 4], AuthenticatorError> {
    let mut bytes = [0; 4];
    match exponent {
        [1, 0, 1] => Ok(bytes),
        [] | [_, _, _, _, _, ..] => Err(AuthenticatorError::new(
            "the exponent of an RSA key in a TPM has one to four bytes",
        )),
        _ => {
            for (place, byte) in bytes.iter_mut().rev().zip(exponent.iter().rev()) {
                *place = *byte;
            }
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tpm_02_03_an_rsa_key_is_written_byte_for_byte() {
        let modulus = [&[0x80][..], &[7; 255]].concat();
        let key = |exponent: &[u8]| PublicNumbers::Rsa {
            modulus: modulus.clone(),
            exponent: exponent.to_vec(),
        };
        let head = [0, 1, 0, 0x0b, 0, 4, 0, 0x72, 0, 0, 0, 0x10, 0, 0x10];
        let written = TpmStructure::pub_area(&key(&[1, 0, 1])).unwrap().to_bytes();
        let expected = [&head[..], &[8, 0, 0, 0, 0, 0, 1, 0], &modulus].concat();
        assert_eq!(written, expected);
        let written = TpmStructure::pub_area(&key(&[3])).unwrap().to_bytes();
        let expected = [&head[..], &[8, 0, 0, 0, 0, 3, 1, 0], &modulus].concat();
        assert_eq!(written, expected);
        assert!(TpmStructure::pub_area(&key(&[])).is_err());
        assert!(TpmStructure::pub_area(&key(&[1, 0, 0, 0, 1])).is_err());
        assert!(TpmStructure::pub_area(&PublicNumbers::Ed25519 { x: [7; 32] }).is_err());
    }

    #[test]
    fn tpm_05_cert_info_is_written_byte_for_byte() {
        let written = TpmStructure::cert_info(&[7; 20], &[9; 34]).to_bytes();
        let expected =
            [b"\xffTCG\x80\x17\0\0\0\x14", &[7; 20][..], &[0; 25], &[0, 34], &[9; 34], &[0, 0]];
        assert_eq!(written, expected.concat());
    }

    #[test]
    fn tpm_08_a_name_uses_the_hash_of_name_alg() {
        let area = TpmStructure::pub_area(&PublicNumbers::P256 { x: [7; 32], y: [9; 32] }).unwrap();
        for (name_alg, length) in [(0x04, 22), (0x0b, 34), (0x0c, 50), (0x0d, 66), (0x12, 34)] {
            let name = area.clone().with("pubArea.nameAlg", &[0, name_alg]).unwrap().name();
            assert_eq!((&name[..2], name.len()), (&[0, name_alg][..], length));
        }
        assert!(area.with("pubArea.exponent", &[0; 4]).is_err());
    }
}
