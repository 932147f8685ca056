//! What the formats of attestation have in common.

use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::attestation::authority::Authority;
use crate::broken::{Broken, other_algorithm};
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::fault::Fault;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;

/// A registration that is to be attested.
#[derive(Clone, Copy)]
pub(crate) struct Attester<'a> {
    pub(crate) seed: &'a [u8],
    pub(crate) aaguid: [u8; 16],
    pub(crate) rp_id_hash: [u8; 32],
    pub(crate) credential_id: &'a [u8],
    pub(crate) credential_key: &'a PrivateKey,
    /// The public key in the authenticator data, which may be a broken one.
    pub(crate) public_key: &'a PublicNumbers,
    pub(crate) authenticator_data: &'a [u8],
    pub(crate) client_data_hash: [u8; 32],
    pub(crate) time: SystemTime,
    pub(crate) broken: &'a Broken,
    /// What stands before the name of a member inside another statement, such as `"attStmt[1]."`.
    pub(crate) place: &'a str,
}

impl Attester<'_> {
    /// Whether this member is to be wrong.
    pub(crate) fn breaks(&self, field: &str) -> bool {
        self.broken.breaks(self.place, field)
    }

    /// The same for a statement inside the one that is made.
    pub(crate) fn inside(&self, place: &'static str) -> Attester<'_> {
        Attester { place, ..*self }
    }

    /// What most formats sign, or the hash of which they carry: authenticator data, then the
    /// client data hash.
    pub(crate) fn attested(&self) -> Vec<u8> {
        [self.authenticator_data, &self.client_data_hash].concat()
    }

    /// The SHA-256 of that, with one part reversed where that is to be wrong, under these names.
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

    /// The key of the attestation certificate, where that is not the credential's.
    pub(crate) fn attestation_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "attestation key"))
    }

    /// A key that has nothing to do with the registration.
    pub(crate) fn other_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "other key"))
    }

    /// The key in the attestation certificate, or another where that is to be wrong.
    pub(crate) fn certified_key(&self) -> PrivateKey {
        match self.breaks("x5c[0].subjectPublicKey") {
            true => self.other_key(),
            false => self.attestation_key(),
        }
    }

    /// The key usage of the attestation certificate, or another where that is to be wrong.
    pub(crate) fn key_usage(&self) -> u8 {
        match self.breaks("certificate.keyUsage") {
            true => CertificateBuilder::CRL_SIGN,
            false => CertificateBuilder::DIGITAL_SIGNATURE,
        }
    }

    /// The AAGUID in the attestation certificate, or another where that is to be wrong.
    pub(crate) fn certified_aaguid(&self) -> [u8; 16] {
        match self.breaks("x5c[0].aaguid") {
            true => self.aaguid.map(|byte| !byte),
            false => self.aaguid,
        }
    }

    /// The signature of this key, or one of something else where `attStmt.sig` is to be wrong.
    pub(crate) fn sign(&self, key: &PrivateKey, message: &[u8]) -> Vec<u8> {
        match self.breaks("attStmt.sig") {
            true => key.sign(&[message, &[0]].concat()),
            false => key.sign(message),
        }
    }

    /// The COSE algorithm of this key, or another where `attStmt.alg` is to be wrong.
    pub(crate) fn alg(&self, key: &PrivateKey) -> i64 {
        match self.breaks("attStmt.alg") {
            true => other_algorithm(key.algorithm()),
            false => key.algorithm(),
        }
    }

    /// The certificates of the statement: this one, or none where `attStmt.x5c` is to be wrong.
    pub(crate) fn x5c(&self, certificate: Vec<u8>) -> Vec<Vec<u8>> {
        match self.breaks("attStmt.x5c") {
            true => Vec::new(),
            false => vec![certificate],
        }
    }

    /// The attestation root, or another of the same name where that is to be wrong.
    pub(crate) fn root(&self) -> Authority {
        match self.broken.is(&Fault::OtherAttestationAuthority) {
            true => Authority::new(self.seed, "other attestation root"),
            false => Authority::new(self.seed, "attestation root"),
        }
    }

    /// Issues an attestation certificate under the attestation root.
    pub(crate) fn issue(&self, certificate: CertificateBuilder) -> Vec<u8> {
        self.issue_by(&self.root(), certificate)
    }

    /// Issues an attestation certificate, with its version or one of the members of [`CERTIFICATE`] wrong if
    /// that is to be.
    pub(crate) fn issue_by(
        &self,
        authority: &Authority,
        mut certificate: CertificateBuilder,
    ) -> Vec<u8> {
        if self.breaks("certificate.validity") {
            certificate = certificate.validity("240101000000Z", "240101000001Z");
        }
        if self.breaks("certificate.extensions") {
            // An arc for examples (RFC 9371): nobody knows this extension.
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

/// Adds one to the serial number of a certificate that is signed already. It is the 2 that
/// [`Attester::issue`] leaves there, right behind the version: `a0 03 02 01 02, 02 01 02`.
fn break_serial_number(der: &mut [u8]) {
    const VERSION_AND_SERIAL_NUMBER: [u8; 8] = [0xa0, 3, 2, 1, 2, 2, 1, 2];
    let place = der.windows(8).position(|window| window == VERSION_AND_SERIAL_NUMBER);
    if let Some(number) = place.and_then(|place| der.get_mut(place + 7)) {
        *number += 1;
    }
}
