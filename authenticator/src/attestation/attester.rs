//! Shared parts of the attestation formats.

use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::attestation::authority::Authority;
use crate::broken::{Broken, other_algorithm};
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::fault::Fault;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;

/// A registration that needs an attestation statement.
#[derive(Clone, Copy)]
pub(crate) struct Attester<'a> {
    pub(crate) seed: &'a [u8],
    pub(crate) aaguid: [u8; 16],
    pub(crate) rp_id_hash: [u8; 32],
    pub(crate) credential_id: &'a [u8],
    pub(crate) credential_key: &'a PrivateKey,
    /// The public key in the authenticator data. A fault can make it invalid.
    pub(crate) public_key: &'a PublicNumbers,
    pub(crate) authenticator_data: &'a [u8],
    pub(crate) client_data_hash: [u8; 32],
    pub(crate) time: SystemTime,
    pub(crate) broken: &'a Broken,
    /// The prefix of member names inside a compound statement, such as `"attStmt[1]."`. Otherwise
    /// empty.
    pub(crate) place: &'a str,
}

impl Attester<'_> {
    /// Returns whether the fault makes this member wrong.
    pub(crate) fn breaks(&self, field: &str) -> bool {
        self.broken.breaks(self.place, field)
    }

    /// Returns the same attester for a statement inside this one.
    pub(crate) fn inside(&self, place: &'static str) -> Attester<'_> {
        Attester { place, ..*self }
    }

    /// Returns the bytes that most formats sign or hash: the authenticator data, then the client
    /// data hash.
    pub(crate) fn attested(&self) -> Vec<u8> {
        [self.authenticator_data, &self.client_data_hash].concat()
    }

    /// Returns the SHA-256 of [`attested`](Attester::attested). If the fault names one of these
    /// members, the bytes of that part are reversed.
    pub(crate) fn attested_hash(
        &self,
        authenticator_data: &str,
        client_data_hash: &str,
    ) -> [u8; 32] {
        let part = |bytes: &[u8], name| {
            let mut part = bytes.to_vec();
            if self.breaks(name) {
                part.reverse();
            }
            part
        };
        Sha256::new()
            .chain_update(part(self.authenticator_data, authenticator_data))
            .chain_update(part(&self.client_data_hash, client_data_hash))
            .finalize()
            .into()
    }

    /// Returns the attestation key, for formats in which the credential key does not sign.
    pub(crate) fn attestation_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "attestation key"))
    }

    /// Returns a key that is not used elsewhere in the registration.
    pub(crate) fn other_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "other key"))
    }

    /// Returns the key for the attestation certificate, or another key if the fault requires it.
    pub(crate) fn certified_key(&self) -> PrivateKey {
        match self.breaks("x5c[0].subjectPublicKey") {
            true => self.other_key(),
            false => self.attestation_key(),
        }
    }

    /// Returns the key usage of the attestation certificate, or another one if the fault requires
    /// it.
    pub(crate) fn key_usage(&self) -> u8 {
        match self.breaks("certificate.keyUsage") {
            true => CertificateBuilder::CRL_SIGN,
            false => CertificateBuilder::DIGITAL_SIGNATURE,
        }
    }

    /// Returns the AAGUID for the attestation certificate, or another one if the fault requires it.
    pub(crate) fn certified_aaguid(&self) -> [u8; 16] {
        match self.breaks("x5c[0].aaguid") {
            true => self.aaguid.map(|byte| !byte),
            false => self.aaguid,
        }
    }

    /// Signs the message, or another message if the fault is `attStmt.sig`.
    pub(crate) fn sign(&self, key: &PrivateKey, message: &[u8]) -> Vec<u8> {
        match self.breaks("attStmt.sig") {
            true => key.sign(&[message, &[0]].concat()),
            false => key.sign(message),
        }
    }

    /// Returns the COSE algorithm of this key, or another one if the fault is `attStmt.alg`.
    pub(crate) fn alg(&self, key: &PrivateKey) -> i64 {
        match self.breaks("attStmt.alg") {
            true => other_algorithm(key.algorithm()),
            false => key.algorithm(),
        }
    }

    /// Returns a list with this certificate, or an empty list if the fault is `attStmt.x5c`.
    pub(crate) fn x5c(&self, certificate: Vec<u8>) -> Vec<Vec<u8>> {
        match self.breaks("attStmt.x5c") {
            true => Vec::new(),
            false => vec![certificate],
        }
    }

    /// Returns the attestation root, or another authority with the same name if the fault requires
    /// it.
    pub(crate) fn root(&self) -> Authority {
        match self.broken.is(&Fault::OtherAttestationAuthority) {
            true => Authority::new(self.seed, "other attestation root"),
            false => Authority::new(self.seed, "attestation root"),
        }
    }

    /// Issues an attestation certificate from the attestation root.
    pub(crate) fn issue(&self, certificate: CertificateBuilder) -> Vec<u8> {
        self.issue_by(&self.root(), certificate)
    }

    /// Issues an attestation certificate. The fault can break its version or a member listed in
    /// [`CERTIFICATE`].
    pub(crate) fn issue_by(
        &self,
        authority: &Authority,
        mut certificate: CertificateBuilder,
    ) -> Vec<u8> {
        if self.breaks("certificate.validity") {
            certificate = certificate.validity("240101000000Z", "240101000001Z");
        }
        if self.breaks("certificate.extensions") {
            // An unknown extension, under an arc that is reserved for examples (RFC 9371).
            certificate = certificate.extension(&[1, 3, 6, 1, 4, 1, 32473, 1], true, &[5, 0]);
        }
        certificate = authority.issue(certificate);
        if self.breaks("x5c[0].version") {
            certificate = certificate.version(Some(1)).without_extensions();
        }
        if self.breaks("certificate.issuer") {
            certificate =
                certificate.issuer(&DistinguishedName::new().common_name("Somebody else"));
        }
        let mut der = certificate.sign(&authority.key);
        if self.breaks("certificate.signature")
            && let Some(last) = der.last_mut()
        {
            *last ^= 1;
        }
        if self.breaks("certificate.serialNumber") {
            break_serial_number(&mut der);
        }
        der
    }
}

/// Adds one to the serial number of a signed certificate. The number is 2, right after the version:
/// `a0 03 02 01 02, 02 01 02`.
fn break_serial_number(der: &mut [u8]) {
    const VERSION_AND_SERIAL_NUMBER: [u8; 8] = [0xa0, 3, 2, 1, 2, 2, 1, 2];
    let place = der.windows(8).position(|window| window == VERSION_AND_SERIAL_NUMBER);
    if let Some(number) = place.and_then(|place| der.get_mut(place + 7)) {
        *number += 1;
    }
}
