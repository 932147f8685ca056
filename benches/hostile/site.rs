//! The relying party that receives the requests.

use webauthn_verify::{Algorithm, Credential, Quirk, RelyingParty};
use webauthn_verify_authenticator::PrivateKey;
use webauthn_verify_authenticator::costly::{CREDENTIAL_ID, ORIGIN, RP_ID, USER_HANDLE};

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap()
}

pub(crate) fn with_quirks(rp: RelyingParty) -> RelyingParty {
    rp.allow_quirks(Quirk::ALL.iter().copied())
}

pub(crate) fn algorithms() -> Vec<Algorithm> {
    Algorithm::compiled_in().collect()
}

/// Returns a key that signs with this algorithm.
pub(crate) fn key_of(algorithm: Algorithm, seed: &str) -> PrivateKey {
    PrivateKey::from_seed(algorithm.cose_id(), seed.as_bytes()).unwrap()
}

/// Returns the record of the account's only credential.
pub(crate) fn credential(cose_key: &[u8]) -> Credential {
    Credential::from_parts(CREDENTIAL_ID, cose_key).unwrap().with_user_handle(USER_HANDLE).unwrap()
}
