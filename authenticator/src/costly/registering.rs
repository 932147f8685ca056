//! The values and the bodies of the costly requests.

use crate::attestation_statement::AttestationStatement;
use crate::authenticator_data::AuthenticatorDataBuilder;
use crate::base64url::encode;
use crate::client_data::{ClientDataBuilder, client_data_hash};
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;

/// The RP ID of every request.
pub const RP_ID: &str = "example.org";

/// The origin of every request.
pub const ORIGIN: &str = "https://example.org";

/// The challenge of every request.
pub const CHALLENGE: [u8; 32] = [0x5a; 32];

/// The user handle in every login.
pub const USER_HANDLE: &[u8] = b"a user handle";

/// The ID of every credential.
pub const CREDENTIAL_ID: &[u8] = b"a credential ID";

/// The AAGUID of every registration.
pub const AAGUID: [u8; 16] = *b"an authenticator";

/// The maximum length of a body in bytes. It is the limit of `webauthn-verify`.
pub const MAX_BODY: usize = 256 * 1024;

/// The maximum length of client data in bytes.
pub const MAX_CLIENT_DATA: usize = 64 * 1024;

/// The maximum length of an attestation object that fits in a body, in bytes before base64url.
pub const MAX_OBJECT: usize = 190_000;

/// A registration for which you create attestation statements.
#[derive(Clone, Debug)]
pub struct Registering {
    /// The COSE number of the credential's algorithm.
    pub algorithm: i64,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The client data as JSON.
    pub client_data: Vec<u8>,
}

impl Registering {
    /// Creates a registration of this key.
    #[must_use]
    pub fn new(key: &PrivateKey) -> Registering {
        Registering::with_numbers(&key.public_numbers(), key.algorithm())
    }

    /// Creates a registration of this public key with any COSE algorithm number.
    #[must_use]
    pub fn with_numbers(numbers: &PublicNumbers, algorithm: i64) -> Registering {
        Registering::with_cose_key(&numbers.cose_key(algorithm).unwrap(), algorithm, None)
    }

    /// Creates a registration with any bytes as the COSE key. `extensions` is the CBOR map of
    /// extension outputs.
    #[must_use]
    pub fn with_cose_key(
        cose_key: &[u8],
        algorithm: i64,
        extensions: Option<&[u8]>,
    ) -> Registering {
        let flags = if extensions.is_some() { 0xc5 } else { 0x45 };
        let mut data = AuthenticatorDataBuilder::new(RP_ID, flags, 0)
            .attested_credential_data(&AAGUID, CREDENTIAL_ID, cose_key)
            .unwrap();
        if let Some(extensions) = extensions {
            data = data.extensions(extensions);
        }
        Registering {
            algorithm,
            authenticator_data: data.build(),
            client_data: ClientDataBuilder::create(&CHALLENGE, ORIGIN).build(),
        }
    }

    /// Returns the SHA-256 of the client data.
    #[must_use]
    pub fn client_data_hash(&self) -> [u8; 32] {
        client_data_hash(&self.client_data)
    }

    /// Returns the bytes that most attestation statements sign: the authenticator data, then the
    /// hash of the client data.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        [&self.authenticator_data[..], &self.client_data_hash()].concat()
    }

    /// Returns the body of the response with this statement.
    #[must_use]
    pub fn body(&self, statement: &AttestationStatement) -> String {
        self.body_of(&statement.attestation_object(&self.authenticator_data).unwrap())
    }

    /// Returns the body of the response with any bytes as the attestation object.
    #[must_use]
    pub fn body_of(&self, object: &[u8]) -> String {
        registration_body(&self.client_data, object, "{}")
    }
}

/// Returns the body of the response to a registration. `results` is the JSON of the client
/// extension results.
#[must_use]
pub fn registration_body(client_data: &[u8], object: &[u8], results: &str) -> String {
    let (id, client_data) = (encode(CREDENTIAL_ID), encode(client_data));
    let object = encode(object);
    format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{client_data}","attestationObject":"{object}"}}}}"#
    )
}

/// Returns the body of the response to a login. `results` is the JSON of the client extension
/// results.
#[must_use]
pub fn login_body(
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
    results: &str,
) -> String {
    let (id, client_data) = (encode(CREDENTIAL_ID), encode(client_data));
    let (data, signature) = (encode(authenticator_data), encode(signature));
    let user_handle = encode(USER_HANDLE);
    format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{client_data}","authenticatorData":"{data}","signature":"{signature}","userHandle":"{user_handle}"}}}}"#
    )
}
