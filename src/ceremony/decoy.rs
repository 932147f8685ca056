//! Decoys against the enumeration of user names (§14.6.2). In a login with an unknown user name,
//! the options look like the options of a real account.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ceremony::credential::{Credential, MAX_CREDENTIAL_ID};
use crate::ceremony::request::authentication::{Account, AuthenticationRequest};
use crate::ceremony::transport::Transport;
use crate::error::{ConfigError, counted};
use crate::key::Algorithm;
use crate::message::cose_key;

/// The block size of SHA-256 in bytes. HMAC does not hash keys up to this length.
const HMAC_BLOCK: usize = 64;

/// The minimum length of a credential ID in bytes (§4, "Credential ID").
const MIN_CREDENTIAL_ID: usize = 16;

/// The length of the user handle of a decoy in bytes. It is never sent to the browser.
const USER_HANDLE: usize = 32;

/// The purpose of an HMAC. It is the first byte of the HMAC input.
#[derive(Clone, Copy)]
enum Purpose {
    Shape = 0,
    UserHandle = 1,
    CredentialId = 2,
}

/// The secret from which decoys for unknown user names are derived, and the shapes of these decoys.
///
/// Generate the 32 bytes of the secret with a cryptographic random number generator. Use a separate
/// secret for each RP ID. Keep the secret permanently: a new secret changes all decoys at once,
/// which reveals that their accounts do not exist. `Debug` does not show the secret.
#[derive(Clone)]
pub struct DecoySecret {
    hmac: Hmac<Sha256>,
    /// Never empty.
    shapes: Vec<DecoyShape>,
}

/// The visible properties of the credentials of an account: their number, the lengths of their IDs,
/// and their transports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecoyShape {
    credentials: Vec<Look>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    id_length: usize,
    transports: Vec<Transport>,
    backup_eligible: Option<bool>,
}

impl DecoySecret {
    /// Creates a secret for decoys that look like consumer accounts. Each has one to three
    /// credentials. Most are passkeys of password managers; a few belong to Windows or to security
    /// keys.
    pub fn new(secret: &[u8; 32]) -> DecoySecret {
        // HMAC pads a key with zeros to the block size (RFC 2104, section 2).
        let mut block = [0; HMAC_BLOCK];
        for (to, from) in block.iter_mut().zip(secret) {
            *to = *from;
        }
        DecoySecret { hmac: Hmac::new(&block.into()), shapes: DecoyShape::consumers() }
    }

    /// Sets the shapes of the decoys. A shape that is listed twice is used twice as often.
    ///
    /// Use the shapes of a few hundred real accounts of your site, and choose shapes that will
    /// remain common. Do not change the list later, because that changes the decoys.
    ///
    /// # Errors
    ///
    /// Returns an error if the list is empty, if a shape has no credential, or if a credential ID
    /// does not have 16 to 1023 bytes.
    pub fn shapes(
        self,
        shapes: impl IntoIterator<Item = DecoyShape>,
    ) -> Result<DecoySecret, ConfigError> {
        let shapes: Vec<DecoyShape> = shapes.into_iter().collect();
        if shapes.is_empty() {
            return Err(ConfigError::new("the list of decoy shapes is empty; add at least one"));
        }
        shapes.iter().try_for_each(DecoyShape::check)?;
        Ok(DecoySecret { shapes, ..self })
    }

    /// Returns the decoy account for a user name.
    fn account(&self, user_name: &str) -> Account {
        let shape = self.shape(user_name);
        let looks = shape.map(|shape| &shape.credentials[..]).unwrap_or_default();
        let user_handle = self.bytes(Purpose::UserHandle, 0, user_name, USER_HANDLE);
        let credential = |(look, number): (&Look, u32)| {
            let id = self.bytes(Purpose::CredentialId, number, user_name, look.id_length);
            let credential = Credential::unchecked(&id, &cose_key(), Algorithm::Es256)
                .with_checked_user_handle(&user_handle)
                .with_transports(look.transports.iter().cloned());
            match look.backup_eligible {
                Some(eligible) => credential.with_backup(eligible, eligible),
                None => credential,
            }
        };
        let credentials = looks.iter().zip(0..).map(credential).collect();
        Account { user_handle, credentials, exists: false }
    }

    /// Selects a shape. It is always the same for the same user name.
    fn shape(&self, user_name: &str) -> Option<&DecoyShape> {
        let [a, b, c, d, ..] = self.block(Purpose::Shape, 0, 0, user_name);
        let number = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or_default();
        self.shapes.get(number.checked_rem(self.shapes.len())?)
    }

    fn bytes(&self, purpose: Purpose, number: u32, user_name: &str, length: usize) -> Vec<u8> {
        let blocks = (0..).flat_map(|block| self.block(purpose, number, block, user_name));
        blocks.take(length).collect()
    }

    /// Returns the HMAC-SHA-256 of the purpose, the number of the credential, the number of the
    /// block in it, and the user name. Only the user name has a variable length, so the encoding is
    /// unambiguous.
    fn block(&self, purpose: Purpose, number: u32, block: u32, user_name: &str) -> [u8; 32] {
        self.hmac
            .clone()
            .chain_update([purpose as u8])
            .chain_update(number.to_be_bytes())
            .chain_update(block.to_be_bytes())
            .chain_update(user_name)
            .finalize()
            .into_bytes()
            .into()
    }
}

impl fmt::Debug for DecoySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecoySecret(redacted)")
    }
}

impl DecoyShape {
    /// Creates the shape of an existing account, with its credentials in the same order.
    #[must_use]
    pub fn of(credentials: &[Credential]) -> DecoyShape {
        let look = |credential: &Credential| Look {
            id_length: credential.id().len(),
            transports: credential.transports().to_vec(),
            backup_eligible: credential.backup_eligible(),
        };
        DecoyShape { credentials: credentials.iter().map(look).collect() }
    }

    /// Creates a shape without credentials. Add credentials with [`synced`](DecoyShape::synced) and
    /// [`device_bound`](DecoyShape::device_bound).
    #[must_use]
    pub fn new() -> DecoyShape {
        DecoyShape::default()
    }

    /// Adds a credential that may be backed up, such as a passkey of a password manager.
    /// `id_length` is the length of the credential ID in bytes.
    #[must_use]
    pub fn synced(
        self,
        id_length: usize,
        transports: impl IntoIterator<Item = Transport>,
    ) -> DecoyShape {
        self.with(id_length, transports, true)
    }

    /// Adds a credential that stays on its device, such as a credential of a security key.
    /// `id_length` is the length of the credential ID in bytes.
    #[must_use]
    pub fn device_bound(
        self,
        id_length: usize,
        transports: impl IntoIterator<Item = Transport>,
    ) -> DecoyShape {
        self.with(id_length, transports, false)
    }

    fn with(
        mut self,
        id_length: usize,
        transports: impl IntoIterator<Item = Transport>,
        backup_eligible: bool,
    ) -> DecoyShape {
        self.credentials.push(Look {
            id_length,
            transports: transports.into_iter().collect(),
            backup_eligible: Some(backup_eligible),
        });
        self
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.credentials.is_empty() {
            return Err(ConfigError::new("a decoy shape has no credential; add at least one"));
        }
        let lengths = MIN_CREDENTIAL_ID..=MAX_CREDENTIAL_ID;
        match self.credentials.iter().find(|look| !lengths.contains(&look.id_length)) {
            None => Ok(()),
            Some(look) => Err(ConfigError::new(format!(
                "a credential ID in a decoy shape has 16 to 1023 bytes, but this one has {}",
                counted(look.id_length, "byte")
            ))),
        }
    }

    /// Returns an estimate of the accounts of a typical consumer site.
    fn consumers() -> Vec<DecoyShape> {
        let phone = [Transport::Hybrid, Transport::Internal];
        let apple = DecoyShape::new().synced(20, phone.clone());
        let manager = DecoyShape::new().synced(16, phone.clone());
        let windows = DecoyShape::new().device_bound(32, [Transport::Internal]);
        let key = [Transport::Nfc, Transport::Usb];
        vec![
            apple.clone(),
            apple.clone(),
            apple.clone().synced(16, phone),
            apple.device_bound(64, key.clone()).device_bound(64, key.clone()),
            manager.clone(),
            manager.clone(),
            manager.clone(),
            manager.device_bound(32, [Transport::Internal]),
            windows,
            DecoyShape::new().device_bound(64, key),
        ]
    }
}

impl AuthenticationRequest {
    /// Creates a login request for a user name without an account, or whose account has no
    /// credentials. Use it instead of [`for_user`](AuthenticationRequest::for_user).
    ///
    /// An error would reveal which user names have an account (§14.6.2). Instead, the options of a
    /// decoy look like the options of a real account. A name always gets the same credentials.
    ///
    /// ```
    /// use webauthn_verify::{AuthenticationRequest, Credential, DecoySecret};
    ///
    /// /// `found` is the user handle and the credentials of the account, if it exists.
    /// fn login(
    ///     secret: &DecoySecret,
    ///     name: &str,
    ///     found: Option<(&[u8], &[Credential])>,
    /// ) -> AuthenticationRequest {
    ///     match found {
    ///         Some((user_handle, credentials)) if !credentials.is_empty() => {
    ///             AuthenticationRequest::for_user(user_handle, credentials)
    ///         }
    ///         _ => AuthenticationRequest::decoy(secret, name),
    ///     }
    /// }
    /// # let _ = login(&DecoySecret::new(&[7; 32]), "alice@example.com", None);
    /// ```
    ///
    /// Finish the login like any other, and pass an empty slice of records. Every step checks the
    /// response as if the account existed. The signature step always fails.
    ///
    /// You must also do the following:
    ///
    /// - Pass the name in the form that you use to look it up, for example in lower case. `Alice`
    ///   and `alice` get different decoys.
    /// - Do not reveal at sign-up that a name is taken.
    /// - Use the same settings, such as extensions and hints, for decoys and for real accounts.
    /// - Keep the pending state on the server. It shows that the login is a decoy.
    /// - Show the user only the [`public_message`](crate::Error::public_message) of an error. The
    ///   full text may depend on the algorithm of the key.
    /// - Make every answer take about the same time. A login with a prepared key, or with an
    ///   algorithm other than ES256, takes a different time than a decoy.
    ///
    /// [`passkey`](AuthenticationRequest::passkey) requests have no user name, so they need no
    /// decoys.
    pub fn decoy(secret: &DecoySecret, user_name: &str) -> AuthenticationRequest {
        AuthenticationRequest::for_account(secret.account(user_name))
    }

    /// Creates a [`security_key`](AuthenticationRequest::security_key) request for a user name
    /// without an account, or whose account has no credentials. It works like
    /// [`decoy`](AuthenticationRequest::decoy).
    ///
    /// Use it if your site asks for the security key before it reveals whether the password was
    /// correct. For this, set the [`shapes`](DecoySecret::shapes) to those of accounts with
    /// security keys.
    pub fn security_key_decoy(secret: &DecoySecret, user_name: &str) -> AuthenticationRequest {
        AuthenticationRequest::decoy(secret, user_name).into_second_factor()
    }
}

/// The SHA-256 of `webauthn-verify: the key of a decoy, 0`. It is the x-coordinate of a point with
/// a private key that nobody knows.
const X: [u8; 32] = [
    0xbe, 0xda, 0x98, 0x34, 0x6a, 0x60, 0xfe, 0x81, 0x2f, 0x4b, 0xc2, 0xa9, 0x92, 0xd0, 0x3f, 0x6f,
    0x3c, 0xae, 0x8a, 0x63, 0x0e, 0x42, 0x17, 0xe7, 0x7b, 0x89, 0x42, 0x87, 0x26, 0x51, 0x0c, 0x11,
];

/// The even y-coordinate of this point on P-256.
const Y: [u8; 32] = [
    0x64, 0xfb, 0x46, 0x82, 0x5b, 0x0c, 0xb9, 0x5f, 0xad, 0x0c, 0x04, 0xd8, 0x1d, 0x1e, 0x1c, 0x16,
    0xef, 0xc7, 0xcc, 0x02, 0xa1, 0x2e, 0x51, 0x7a, 0x93, 0x65, 0xb1, 0x5f, 0x9a, 0x39, 0xa0, 0x22,
];

/// Returns the public key of every decoy. Verifying a signature takes as long as with any other
/// ES256 key.
fn cose_key() -> Vec<u8> {
    cose_key::es256(&X, &Y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::cose_key::CoseKey;
    use crate::signature;

    #[test]
    fn the_key_of_decoys_is_derived_from_a_hash() {
        let cose_key = cose_key();
        let key = CoseKey::parse(&cose_key).unwrap();
        signature::validate_key(key.public_key()).unwrap();
        assert_eq!(X, signature::sha256(b"webauthn-verify: the key of a decoy, 0"));
    }

    #[test]
    fn a_block_is_the_hmac_of_all_its_inputs() {
        let secret = DecoySecret::new(&[7; 32]);
        let message = [&[2, 0, 0, 0, 1, 0, 0, 0, 3][..], b"alice"].concat();
        // HMAC as defined in RFC 2104, section 2.
        let pad = |with: u8| {
            let mut block = [with; 64];
            block[..32].iter_mut().for_each(|byte| *byte ^= 7);
            block
        };
        let inner = signature::sha256(&[&pad(0x36)[..], &message].concat());
        let outer = signature::sha256(&[&pad(0x5c)[..], &inner].concat());
        assert_eq!(secret.block(Purpose::CredentialId, 1, 3, "alice"), outer);
    }
}
