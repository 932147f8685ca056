//! What a response says about its own ceremony.

use serde_json::Value;
use sha2::{Digest, Sha256};
use webauthn_verify::Ceremony;
use webauthn_verify::parse::{AttestationObject, ClientData};

use crate::report::bytes_of;

/// The values that the site would know, as the response claims them. A value that cannot be read is
/// `None`.
#[derive(Debug, Default, PartialEq)]
pub struct Claims {
    pub is_registration: bool,
    /// The text of the challenge.
    pub challenge: Option<String>,
    pub origin: Option<String>,
    pub rp_id_hash: Option<Vec<u8>>,
    pub credential_id: Option<Vec<u8>>,
    pub user_handle: Option<Vec<u8>>,
}

impl Claims {
    pub fn of(response: &Value) -> Claims {
        let member = |name| bytes_of(response, name).and_then(Result::ok);
        let client_data = member("clientDataJSON").unwrap_or_default();
        let client_data = ClientData::parse(&client_data).ok();
        let object = member("attestationObject").unwrap_or_default();
        let object = AttestationObject::parse(&object).ok();
        let data = match object {
            Some(object) => Some(object.authenticator_data().as_bytes().to_vec()),
            None => member("authenticatorData"),
        };
        // The ID is not in `response`, but next to it.
        let id = serde_json::json!({ "response": response });
        Claims {
            is_registration: response.pointer("/response/attestationObject").is_some(),
            challenge: client_data.map(|data| data.challenge().chars().collect()),
            origin: client_data.map(|data| data.origin().chars().collect()),
            rp_id_hash: data.and_then(|data| data.get(..32).map(<[u8]>::to_vec)),
            credential_id: bytes_of(&id, "id").and_then(Result::ok),
            user_handle: member("userHandle").filter(|handle| (1..=64).contains(&handle.len())),
        }
    }

    pub fn ceremony(&self) -> Ceremony {
        if self.is_registration { Ceremony::Registration } else { Ceremony::Authentication }
    }

    /// Returns the RP ID that this page can have: the host of the origin or a parent domain of it.
    /// `true` means that its hash is in the authenticator data.
    pub fn rp_id(&self) -> Option<(String, bool)> {
        let origin = self.origin.as_ref()?;
        let (scheme, rest) = origin.split_once("://")?;
        let authority = rest.split('/').next().unwrap_or(rest);
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let mut candidates = vec![host];
        let mut domain = host;
        while let Some((_, parent)) = domain.split_once('.') {
            candidates.push(parent);
            domain = parent;
        }
        // The RP ID of a browser extension can be its origin.
        if !matches!(scheme, "http" | "https") {
            candidates.push(origin);
        }
        let hash = self.rp_id_hash.as_deref();
        let is_hashed = |id: &&&str| hash == Some(&Sha256::digest(**id)[..]);
        let found = candidates.iter().find(is_hashed);
        Some((found.unwrap_or(&host).to_string(), found.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rp_id(origin: &str, hashed: &str) -> Option<(String, bool)> {
        let rp_id_hash = Some(Sha256::digest(hashed).to_vec());
        Claims { origin: Some(origin.to_owned()), rp_id_hash, ..Claims::default() }.rp_id()
    }

    #[test]
    fn the_rp_id_is_a_domain_of_the_origin() {
        let found = |id: &str| Some((id.to_owned(), true));
        assert_eq!(rp_id("https://example.com", "example.com"), found("example.com"));
        assert_eq!(rp_id("https://a.b.example.com:8443", "example.com"), found("example.com"));
        assert_eq!(rp_id("http://localhost:8080", "localhost"), found("localhost"));
        assert_eq!(
            rp_id("https://example.com", "example.org"),
            Some(("example.com".to_owned(), false))
        );
        let extension = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
        assert_eq!(rp_id(extension, extension), found(extension));
        assert_eq!(rp_id("android:apk-key-hash:AAAA", "example.com"), None);
    }
}
