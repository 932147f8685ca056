//! A registration with an attestation that the test builds itself.

#![allow(dead_code, reason = "unused without some features")]

use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{self, AttestationPolicy};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{
    Algorithm, AttestationConveyance, Ceremony, Error, ErrorKind, Quirks, Registration,
    RegistrationRequest, RegistrationResponse, RelyingParty, Step, User,
};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, ClientDataBuilder, Fault, PrivateKey,
    SoftwareAuthenticator, u2f_signed_message,
};

use super::certificates::*;

pub const RP_ID: &str = "example.org";
pub const ORIGIN: &str = "https://example.org";
pub const CHALLENGE: [u8; 32] = [7; 32];
pub const AAGUID: [u8; 16] = *b"an authenticator";
pub const CREDENTIAL_ID: [u8; 16] = *b"the credential 1";

/// The parts of a registration that an attestation statement is about.
pub struct Made {
    pub credential_key: PrivateKey,
    pub authenticator_data: Vec<u8>,
    pub client_data_json: Vec<u8>,
    pub client_data_hash: [u8; 32],
}

impl Made {
    pub fn with(algorithm: Algorithm, aaguid: [u8; 16]) -> Made {
        let credential_key = match algorithm {
            Algorithm::Rs256 => rsa_key(),
            _ => PrivateKey::from_seed(algorithm.cose_id(), b"credential").unwrap(),
        };
        let authenticator_data = AuthenticatorDataBuilder::new(RP_ID, 0x45, 0)
            .attested_credential_data(&aaguid, &CREDENTIAL_ID, &credential_key.cose_key().unwrap())
            .unwrap()
            .build();
        let client_data_json = ClientDataBuilder::create(&CHALLENGE, ORIGIN).build();
        let client_data_hash = Sha256::digest(&client_data_json).into();
        Made { credential_key, authenticator_data, client_data_json, client_data_hash }
    }

    pub fn new() -> Made {
        Made::with(Algorithm::Es256, AAGUID)
    }

    /// Returns the message that a packed statement signs.
    pub fn signed(&self) -> Vec<u8> {
        [&self.authenticator_data[..], &self.client_data_hash].concat()
    }

    /// Returns the message that a FIDO U2F statement signs.
    pub fn u2f_signed(&self) -> Vec<u8> {
        u2f_signed_message(
            &Sha256::digest(RP_ID).into(),
            &self.client_data_hash,
            &CREDENTIAL_ID,
            &self.credential_key.public_numbers(),
        )
    }

    /// Registers with this statement, and also verifies the statement alone. Both must have the
    /// same result.
    pub fn register(
        &self,
        statement: &AttestationStatement,
        policy: AttestationPolicy,
    ) -> Result<Registration, Error> {
        self.register_at(statement, policy, now())
    }

    /// Does the same at another time.
    pub fn register_at(
        &self,
        statement: &AttestationStatement,
        policy: AttestationPolicy,
        now: SystemTime,
    ) -> Result<Registration, Error> {
        let object = statement.attestation_object(&self.authenticator_data).unwrap();
        let rp =
            RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy.clone()).unwrap();
        let user = User::new(*b"user handle", "alice", "Alice");
        let request = RegistrationRequest::security_key(&user, &[])
            .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>())
            .attestation(AttestationConveyance::Direct)
            .challenge(&CHALLENGE);
        let (_, pending) = rp.start_registration(&request, now).unwrap();
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let body = serde_json::json!({
            "id": encode(&CREDENTIAL_ID),
            "rawId": encode(&CREDENTIAL_ID),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&self.client_data_json),
                "attestationObject": encode(&object),
                "transports": [],
            },
        });
        let response = RegistrationResponse::from_json(body.to_string()).unwrap();
        let registration = rp.finish_registration(pending, &response, now);
        let parsed = AttestationObject::parse(&object).unwrap();
        let hash = &self.client_data_hash;
        match (&registration, attestation::verify(&parsed, hash, &policy, now, Quirks::NONE)) {
            (Ok(registration), Ok(alone)) => assert_eq!(alone, *registration.attestation()),
            (Err(error), Err(alone)) => {
                assert_eq!((alone.kind(), alone.field()), (error.kind(), error.field()));
            }
            (Ok(_), Err(alone)) => {
                panic!("the registration succeeded, but the statement alone was rejected: {alone}")
            }
            (Err(error), Ok(_)) => panic!(
                "the registration was rejected, but the statement alone was accepted: {error}"
            ),
        }
        registration
    }

    #[track_caller]
    pub fn accept(&self, statement: &AttestationStatement) {
        let _ = self.accepted(statement);
    }

    #[track_caller]
    pub fn accepted(&self, statement: &AttestationStatement) -> Registration {
        match self.register(statement, AttestationPolicy::default()) {
            Ok(registration) => registration,
            Err(error) => panic!("{error}"),
        }
    }

    /// Checks that the statement is rejected in step 22 for this reason.
    #[track_caller]
    pub fn refuse(&self, statement: &AttestationStatement, kind: ErrorKind, reason: &str) {
        let result = self.register(statement, AttestationPolicy::default());
        assert_refused(result, Step::AttestationStatement, kind, reason);
    }

    #[track_caller]
    pub fn refuse_invalid(&self, statement: &AttestationStatement, reason: &str) {
        self.refuse(statement, ErrorKind::AttestationInvalid, reason);
    }
}

#[track_caller]
pub fn assert_refused(
    result: Result<Registration, Error>,
    step: Step,
    kind: ErrorKind,
    reason: &str,
) {
    let Err(error) = result else { panic!("accepted, expected: {reason}") };
    assert_eq!((error.ceremony(), error.step()), (Ceremony::Registration, step), "{error}");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(reason), "{error}");
}

pub fn trusted(certificates: &[Vec<u8>]) -> AttestationPolicy {
    AttestationPolicy::trusted(
        certificates.iter().map(|der| TrustAnchor::from_der(der.as_slice()).unwrap()),
    )
}

/// Encodes a CBOR text string with fewer than 24 bytes or with a length of 2 bytes.
pub fn text(text: &str) -> Vec<u8> {
    [&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

pub fn bytes(bytes: &[u8]) -> Vec<u8> {
    [&[0x59][..], &u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// Encodes a CBOR map with these encoded pairs in this order, with the shortest lengths.
pub fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut map = vec![0xa0 + u8::try_from(pairs.len()).unwrap()];
    for (key, value) in pairs {
        map.extend(text(key));
        map.extend(value);
    }
    map
}

/// Registers with a copy of this software authenticator that makes this fault, if any.
pub fn register_with(
    browser: &SoftwareAuthenticator,
    policy: AttestationPolicy,
    fault: Option<Fault>,
) -> Result<Registration, Error> {
    let mut browser = browser.clone();
    if let Some(fault) = fault {
        browser.break_next(fault);
    }
    let rp = RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy).unwrap();
    let request = RegistrationRequest::passkey(&User::new(*b"user handle", "alice", "Alice"), &[]);
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();
    rp.finish_registration(pending, &response, now())
}
