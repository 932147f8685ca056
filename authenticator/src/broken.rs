//! How a fault makes the parts of a response wrong.

use crate::algorithm::{ES256, RS256};
use crate::client_data::ClientDataBuilder;
use crate::error::AuthenticatorError;
use crate::fault::Fault;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;

/// An RP ID that nobody has, for responses that belong to another relying party.
const OTHER_RP_ID: &str = "other.invalid";

/// What is wrong with the response that is being made, if anything.
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

    /// Whether this member of the attestation is to be wrong, whose full name is `place` followed
    /// by `field`.
    pub(crate) fn breaks(&self, place: &str, field: &str) -> bool {
        match self.0 {
            Some(Fault::AttestationField(broken)) => broken.strip_prefix(place) == Some(field),
            _ => false,
        }
    }

    /// Client data of a registration.
    pub(crate) fn create_client_data(&self, challenge: &str, origin: &str) -> Vec<u8> {
        self.write_client_data("webauthn.create", "webauthn.get", challenge, origin, |data| data)
    }

    /// Client data of a login.
    pub(crate) fn get_client_data(&self, challenge: &str, origin: &str) -> Vec<u8> {
        self.write_client_data("webauthn.get", "webauthn.create", challenge, origin, |data| data)
    }

    /// Client data of a payment, in which `payment` is the JSON text of that member.
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
            // The last byte of a two-byte character, without the first.
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
            // Only y and p - y stand above an x, and they are neither neighbours nor equal.
            PublicNumbers::P256 { x, mut y } => {
                y[31] ^= 1;
                Ok(PublicNumbers::P256 { x, y })
            }
            PublicNumbers::P384 { x, mut y } => {
                y[47] ^= 1;
                Ok(PublicNumbers::P384 { x, y })
            }
            // About every second number is the y of a point.
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
            // A y that is not below the field prime.
            PublicNumbers::Ed448 { .. } => Ok(PublicNumbers::Ed448 { x: [0xff; 57] }),
            other => Err(AuthenticatorError::new(format!(
                "an {} key is no point of a curve",
                other.kind().name()
            ))),
        }
    }
}

/// The same number of bytes, the last of them different.
pub(crate) fn other_than(bytes: &[u8]) -> Vec<u8> {
    let mut other = bytes.to_vec();
    if let Some(last) = other.last_mut() {
        *last ^= 1;
    }
    other
}

/// A challenge of the same length whose first character is different.
fn another_challenge(challenge: &str) -> String {
    let first = if challenge.starts_with('A') { "B" } else { "A" };
    first.chars().chain(challenge.chars().skip(1)).collect()
}

/// Another algorithm, by its COSE number.
pub(crate) fn other_algorithm(algorithm: i64) -> i64 {
    if algorithm == ES256 { RS256 } else { ES256 }
}
