//! The inputs of every verification procedure, and the parts that most statements share.

use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::rules::Rules;
use crate::encoding::cbor::Decoder;
use crate::error::{Failure, ParseError};
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationStatement;
use crate::message::authenticator_data::AuthenticatorData;
use crate::quirk::Tolerance;
use crate::signature::{self, budget::Budget};

/// More certificates than any real statement contains.
const MAX_CERTIFICATES: usize = 8;

/// The inputs of a verification procedure (§6.5.2), and the policy's rules for it.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'i, 'a> {
    pub(super) statement: AttestationStatement<'a>,
    pub(super) authenticator_data: &'i AuthenticatorData<'a>,
    pub(super) client_data_hash: &'i [u8; 32],
    pub(super) credential_key: &'i PublicKey<'a>,
    pub(super) rules: &'i Rules,
    pub(super) now: SystemTime,
    pub(super) tolerance: &'i Tolerance,
    pub(super) budget: &'i Budget,
}

impl<'a> Inputs<'_, 'a> {
    /// The data that most statements sign: the authenticator data, then the client data hash.
    pub(super) fn signed_parts(&self) -> [&[u8]; 2] {
        [self.authenticator_data.as_bytes(), self.client_data_hash]
    }

    /// The SHA-256 of the signed parts. Some formats contain this hash.
    pub(super) fn signed_hash(&self) -> [u8; 32] {
        let [authenticator_data, client_data_hash] = self.signed_parts();
        let hash = Sha256::new().chain_update(authenticator_data);
        hash.chain_update(client_data_hash).finalize().into()
    }
}

/// Verifies the signature `sig` of a statement.
pub(super) fn check_signature(
    inputs: &Inputs<'_, '_>,
    key: &PublicKey<'_>,
    parts: &[&[u8]],
    sig: &[u8],
) -> Result<(), Failure> {
    inputs.budget.pay(key.material())?;
    signature::verify_parts(key, parts, sig, inputs.tolerance)
        .map_err(|failure| failure.in_field("attStmt.sig"))
}

/// The certificates of a statement, borrowed from it.
#[derive(Clone, Copy)]
pub(super) struct Chain<'a> {
    certificates: [&'a [u8]; MAX_CERTIFICATES],
    count: usize,
}

impl<'a> Chain<'a> {
    /// Reads `x5c: [ attestnCert: bytes, * (caCert: bytes) ]`: at least one certificate.
    pub(super) fn read(decoder: &mut Decoder<'a>) -> Result<Chain<'a>, ParseError> {
        let start = *decoder;
        let declared = decoder.array("attStmt.x5c")?;
        if declared == 0 {
            return Err(start.error("attStmt.x5c", "an empty array of certificates"));
        }
        let mut certificates: [&[u8]; MAX_CERTIFICATES] = [&[]; MAX_CERTIFICATES];
        let count = usize::try_from(declared).unwrap_or(usize::MAX);
        let Some(places) = certificates.get_mut(..count) else {
            return Err(start.error("attStmt.x5c", "more than 8 certificates"));
        };
        for place in places {
            *place = decoder.bytes("attStmt.x5c")?;
        }
        decoder.leave();
        Ok(Chain { certificates, count })
    }

    pub(super) fn as_slice(&self) -> &[&'a [u8]] {
        self.certificates.get(..self.count).unwrap_or_default()
    }

    /// The attestation certificate.
    pub(super) fn leaf(&self) -> &'a [u8] {
        self.as_slice().first().copied().unwrap_or_default()
    }

    pub(super) fn to_vec(self) -> Vec<Vec<u8>> {
        self.as_slice().iter().map(|der| der.to_vec()).collect()
    }
}
