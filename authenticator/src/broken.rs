//! Applies a fault to the parts of a response.

use crate::algorithm::{ES256, RS256};
use crate::client_data::ClientDataBuilder;
use crate::error::AuthenticatorError;
use crate::fault::Fault;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;

/// An RP ID that does not exist, for responses that belong to another relying party.
const OTHER_RP_ID: &str = "other.invalid";

/// The fault of the response that is being created, if it has one.
pub(crate) struct Broken(Option<Fault>);

impl Broken {
    pub(crate) fn new(fault: Option<Fault>) -> Broken {
        Broken(fault)
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.0.as_ref()
    }

    pub(crate) fn is(&self, fault: &Fault) -> bool {
        self.0.as_ref() == Some(fault)
    }

    /// Returns whether the fault makes this member of the attestation wrong. The full name of the
    /// member is `place` followed by `field`.
    pub(crate) fn breaks(&self, place: &str, field: &str) -> bool {
        match self.0 {
            Some(Fault::AttestationField(broken)) => broken.strip_prefix(place) == Some(field),
            _ => false,
        }
    }

    /// Returns the client data of a registration.
    pub(crate) fn create_client_data(&self, challenge: &str, origin: &str) -> Vec<u8> {
        self.write_client_data("webauthn.create", "webauthn.get", challenge, origin, |data| data)
    }

    /// Returns the client data of a login.
    pub(crate) fn get_client_data(&self, challenge: &str, origin: &str) -> Vec<u8> {
        self.write_client_data("webauthn.get", "webauthn.create", challenge, origin, |data| data)
    }

    /// Returns the client data of a payment. `payment` is the JSON text of that member.
    pub(crate) fn payment_client_data(
        &self,
        challenge: &str,
        origin: &str,
        top_origin: &str,
        payment: &str,
    ) -> Vec<u8> {
        self.write_client_data("payment.get", "webauthn.get", challenge, origin, |builder| {
            let builder = builder.member("payment", payment);
            match origin == top_origin {
                true => builder,
                false => builder.cross_origin(true).top_origin(top_origin),
            }
        })
    }

    fn write_client_data(
        &self,
        own_type: &str,
        other_type: &str,
        challenge: &str,
        origin: &str,
        add: impl FnOnce(ClientDataBuilder) -> ClientDataBuilder,
    ) -> Vec<u8> {
        let ceremony_type = if self.is(&Fault::CeremonyType) { other_type } else { own_type };
        let origin = match &self.0 {
            Some(Fault::Origin(other)) => other,
            _ => origin,
        };
        let builder =
            add(ClientDataBuilder::new(ceremony_type, &[], origin).challenge_text(challenge));
        let mut json = match &self.0 {
            Some(Fault::Challenge) => builder.challenge_text(&another_challenge(challenge)),
            Some(Fault::CrossOrigin) => builder.cross_origin(true),
            Some(Fault::TopOrigin(top_origin)) => builder.cross_origin(true).top_origin(top_origin),
            _ => builder,
        }
        .build();
        match self.0 {
            Some(Fault::ClientDataNotJson) => {
                json.pop();
            }
            // A continuation byte without the first byte of its character.
            Some(Fault::ClientDataNotUtf8) => {
                json.pop();
                json.extend(b",\"unknown\":\"\x80\"}");
            }
            _ => {}
        }
        json
    }

    pub(crate) fn rp_id<'a>(&self, rp_id: &'a str) -> &'a str {
        if self.is(&Fault::RpIdHash) { OTHER_RP_ID } else { rp_id }
    }

    pub(crate) fn public_key(&self, key: &PrivateKey) -> Result<PublicNumbers, AuthenticatorError> {
        let numbers = key.public_numbers();
        if !self.is(&Fault::PublicKeyOffCurve) {
            return Ok(numbers);
        }
        match numbers {
            // Each x has only the points y and p - y. If y ^ 1 were p - y, their sum would be p.
            // But y + (y ^ 1) is 1 modulo 4, and p is 3 modulo 4.
            PublicNumbers::P256 { x, mut y } => {
                y[31] ^= 1;
                Ok(PublicNumbers::P256 { x, y })
            }
            PublicNumbers::P384 { x, mut y } => {
                y[47] ^= 1;
                Ok(PublicNumbers::P384 { x, y })
            }
            // About half of all numbers are the y coordinate of a point.
            PublicNumbers::Ed25519 { mut x } => {
                while ed25519_dalek::VerifyingKey::from_bytes(&x).is_ok() {
                    x[0] = x[0].wrapping_add(1);
                }
                Ok(PublicNumbers::Ed25519 { x })
            }
            PublicNumbers::P521 { x, mut y } => {
                y[65] ^= 1;
                Ok(PublicNumbers::P521 { x, y })
            }
            PublicNumbers::Secp256k1 { x, mut y } => {
                y[31] ^= 1;
                Ok(PublicNumbers::Secp256k1 { x, y })
            }
            // This y is not below the field prime.
            PublicNumbers::Ed448 { .. } => Ok(PublicNumbers::Ed448 { x: [0xff; 57] }),
            other => Err(AuthenticatorError::new(format!(
                "an {} key is not a point on a curve",
                other.kind().name()
            ))),
        }
    }
}

/// Returns the bytes with a different last byte.
pub(crate) fn other_than(bytes: &[u8]) -> Vec<u8> {
    let mut other = bytes.to_vec();
    if let Some(last) = other.last_mut() {
        *last ^= 1;
    }
    other
}

/// Returns a challenge of the same length with a different first character.
fn another_challenge(challenge: &str) -> String {
    let first = if challenge.starts_with('A') { "B" } else { "A" };
    first.chars().chain(challenge.chars().skip(1)).collect()
}

/// Returns the COSE number of another algorithm.
pub(crate) fn other_algorithm(algorithm: i64) -> i64 {
    if algorithm == ES256 { RS256 } else { ES256 }
}
