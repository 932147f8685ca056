//! Both ceremonies with every field open to change. A test changes one field and then finishes.

#![allow(dead_code, reason = "unused without some features")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use core::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::{
    Algorithm, Authentication, AuthenticationRequest, AuthenticationResponse, Credential, Error,
    ErrorKind, Failure, KeyKind, ParseError, Registration, RegistrationRequest,
    RegistrationResponse, RelyingParty, Step, User, UserVerification,
};
use webauthn_verify_authenticator::certificates::rsa_key;
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, ClientDataBuilder, PrivateKey, flag,
};

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
pub(crate) const CHALLENGE: [u8; 32] = [0x5a; 32];
pub(crate) const USER_HANDLE: &[u8] = b"a user handle";
pub(crate) const CREDENTIAL_ID: &[u8] = b"a credential ID";
pub(crate) const AAGUID: [u8; 16] = [0xa6; 16];

pub(crate) const UP: u8 = flag::USER_PRESENT;
pub(crate) const AT: u8 = flag::ATTESTED_CREDENTIAL_DATA;
pub(crate) const ED: u8 = flag::EXTENSION_DATA;

pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap()
}

pub(crate) fn user() -> User {
    User::new(USER_HANDLE, "alice@example.org", "Alice")
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns a key for this algorithm, the same one in each call.
pub(crate) fn key(algorithm: Algorithm) -> PrivateKey {
    match algorithm.key_kind() {
        // This key needs no search for primes.
        KeyKind::Rsa => rsa_key().with_algorithm(algorithm.cose_id()).unwrap(),
        _ => PrivateKey::from_seed(algorithm.cose_id(), b"a key").unwrap(),
    }
}

/// Returns the key type and the curve as numbers of the COSE registry.
pub(crate) fn cose_numbers(kind: KeyKind) -> (i64, Option<i64>) {
    match kind {
        KeyKind::P256 => (2, Some(1)),
        KeyKind::P384 => (2, Some(2)),
        KeyKind::P521 => (2, Some(3)),
        KeyKind::Ed25519 => (1, Some(6)),
        KeyKind::Ed448 => (1, Some(7)),
        KeyKind::Secp256k1 => (2, Some(8)),
        KeyKind::Rsa => (3, None),
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => (7, None),
        other => panic!("{other} has no numbers here"),
    }
}

/// Builds the authenticator data of a registration. The flag AT is added to `flags`.
pub(crate) fn attested(flags: u8, credential_id: &[u8], cose_key: &[u8]) -> Vec<u8> {
    AuthenticatorDataBuilder::new(RP_ID, flags | AT, 0)
        .attested_credential_data(&AAGUID, credential_id, cose_key)
        .unwrap()
        .build()
}

/// A registration with attestation `none`, so nothing is signed.
pub(crate) struct Registering {
    pub(crate) rp: RelyingParty,
    pub(crate) request: RegistrationRequest,
    pub(crate) client_data: Vec<u8>,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
}

impl Registering {
    pub(crate) fn new() -> Registering {
        Registering::with_key(&key(Algorithm::Es256).cose_key().unwrap())
    }

    /// Creates a registration with these bytes in place of the COSE key.
    pub(crate) fn with_key(cose_key: &[u8]) -> Registering {
        Registering::with_authenticator_data(&attested(UP, CREDENTIAL_ID, cose_key))
    }

    /// Creates a registration with these bytes in place of the authenticator data.
    pub(crate) fn with_authenticator_data(authenticator_data: &[u8]) -> Registering {
        Registering {
            rp: relying_party(),
            request: RegistrationRequest::security_key(&user(), &[])
                .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>())
                .challenge(&CHALLENGE),
            client_data: ClientDataBuilder::create(&CHALLENGE, ORIGIN).build(),
            credential_id: CREDENTIAL_ID.to_vec(),
            attestation_object: AttestationStatement::none()
                .attestation_object(authenticator_data)
                .unwrap(),
        }
    }

    pub(crate) fn body(&self) -> Value {
        json!({
            "id": base64url(&self.credential_id),
            "rawId": base64url(&self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.client_data),
                "attestationObject": base64url(&self.attestation_object),
            },
        })
    }

    pub(crate) fn finish(&self) -> Result<Registration, Error> {
        self.finish_with(&self.body())
    }

    pub(crate) fn finish_with(&self, body: &Value) -> Result<Registration, Error> {
        let (_, pending) = self.rp.start_registration(&self.request, now())?;
        let response = RegistrationResponse::from_json(body.to_string())?;
        self.rp.finish_registration(pending, &response, now())
    }
}

/// A login of a known user. The signature covers the current content of the fields.
pub(crate) struct LoggingIn {
    pub(crate) rp: RelyingParty,
    pub(crate) request: AuthenticationRequest,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) key: PrivateKey,
    pub(crate) credential: Credential,
}

impl LoggingIn {
    pub(crate) fn new() -> LoggingIn {
        LoggingIn::with_algorithm(Algorithm::Es256)
    }

    pub(crate) fn with_algorithm(algorithm: Algorithm) -> LoggingIn {
        let key = key(algorithm);
        let credential = Credential::from_parts(CREDENTIAL_ID, &key.cose_key().unwrap())
            .unwrap()
            .with_user_handle(USER_HANDLE)
            .unwrap();
        let credentials = core::slice::from_ref(&credential);
        LoggingIn {
            rp: relying_party(),
            request: AuthenticationRequest::for_user(USER_HANDLE, credentials)
                .user_verification(UserVerification::Discouraged)
                .challenge(&CHALLENGE),
            client_data: ClientDataBuilder::get(&CHALLENGE, ORIGIN).build(),
            authenticator_data: AuthenticatorDataBuilder::new(RP_ID, UP, 0).build(),
            key,
            credential,
        }
    }

    /// Returns the signed message: the authenticator data and the hash of the client data.
    pub(crate) fn signed(&self) -> Vec<u8> {
        [&self.authenticator_data[..], &Sha256::digest(&self.client_data)].concat()
    }

    pub(crate) fn body(&self) -> Value {
        self.body_with_signature(&self.key.sign(&self.signed()))
    }

    pub(crate) fn body_with_signature(&self, signature: &[u8]) -> Value {
        json!({
            "id": base64url(self.credential.id()),
            "rawId": base64url(self.credential.id()),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.client_data),
                "authenticatorData": base64url(&self.authenticator_data),
                "signature": base64url(signature),
                "userHandle": base64url(USER_HANDLE),
            },
        })
    }

    pub(crate) fn finish(&self) -> Result<Authentication, Error> {
        self.finish_with(&self.body())
    }

    pub(crate) fn finish_with(&self, body: &Value) -> Result<Authentication, Error> {
        let (_, pending) = self.rp.start_authentication(&self.request, now())?;
        let response = AuthenticationResponse::from_json(body.to_string())?;
        let credentials = core::slice::from_ref(&self.credential);
        self.rp.finish_authentication(pending, &response, credentials, now())
    }
}

/// Returns the record without its prepared key.
pub(crate) fn without_prepared_key(record: &Credential) -> Credential {
    let mut stored = serde_json::to_value(record).unwrap();
    stored.as_object_mut().unwrap().remove("prepared_key").unwrap();
    serde_json::from_value(stored).unwrap()
}

/// Checks that the ceremony succeeds.
#[track_caller]
pub(crate) fn passes<T>(result: Result<T, Error>) {
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Returns the same ECDSA signature with a zero byte before r. Both numbers are short enough for
/// one-byte lengths.
pub(crate) fn padded(signature: &[u8]) -> Vec<u8> {
    let [0x30, length, 0x02, r_length, rest @ ..] = signature else { panic!("{signature:02x?}") };
    [&[0x30, length + 1, 0x02, r_length + 1, 0][..], rest].concat()
}

/// Checks that the ceremony fails in this step for this reason.
#[track_caller]
pub(crate) fn refused<T: Debug>(result: Result<T, Error>, kind: ErrorKind, step: Step) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.step()), (kind, step), "{error}");
}

/// Returns the kind and the location of a parser's failure.
#[track_caller]
pub(crate) fn kind_and_place<T>(result: Result<T, Failure>) -> (ErrorKind, ParseError) {
    let Err(failure) = result else { panic!("parsing succeeded") };
    (failure.kind(), *failure.parse_error().unwrap_or_else(|| panic!("{failure}")))
}

/// Returns the parse error of a failed ceremony.
#[track_caller]
pub(crate) fn unparsed<T: Debug>(result: Result<T, Error>) -> ParseError {
    let error = result.unwrap_err();
    *error.parse_error().unwrap_or_else(|| panic!("{error}"))
}
