//! Decoys against the enumeration of user names (§14.6.2): a login of a user who does not exist
//! gets options like those of one who does.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ceremony::credential::{Credential, MAX_CREDENTIAL_ID};
use crate::ceremony::request::authentication::{Account, AuthenticationRequest};
use crate::ceremony::transport::Transport;
use crate::error::{ConfigError, counted};
use crate::key::Algorithm;
use crate::message::cose_key;

/// The block of SHA-256, in bytes, which is the longest key that HMAC takes as it is.
const HMAC_BLOCK: usize = 64;

/// The fewest bytes that a credential ID has (§4, "Credential ID").
const MIN_CREDENTIAL_ID: usize = 16;

/// How long the user handle of a decoy is. Nobody ever sees it.
const USER_HANDLE: usize = 32;

/// What the secret is used for: the first byte of what goes into HMAC.
#[derive(Clone, Copy)]
enum Purpose {
    Shape = 0,
    UserHandle = 1,
    CredentialId = 2,
}

/// A secret of the site's from which the decoys for unknown user names are made, and what they are
/// to look like.
///
/// 32 bytes from a cryptographic random number generator, one secret for each RP ID. Keep it for
/// ever: with another one, every decoy changes at once, and accounts that exist do not. `Debug`
/// shows nothing of it.
#[derive(Clone)]
pub struct DecoySecret {
    hmac: Hmac<Sha256>,
    /// Never empty.
    shapes: Vec<DecoyShape>,
}

/// What the credentials of an account look like from outside: how many there are, how long their
/// IDs are, and their transports.
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
    /// The secret, for decoys that look like accounts of consumers: one to three credentials,
    /// mostly passkeys of password managers, now and then one of Windows or a security key.
    pub fn new(secret: &[u8; 32]) -> DecoySecret {
        // HMAC fills a key up with zeros to a block (RFC 2104, section 2).
        let mut block = [0; HMAC_BLOCK];
        for (to, from) in block.iter_mut().zip(secret) {
            *to = *from;
        }
        DecoySecret { hmac: Hmac::new(&block.into()), shapes: DecoyShape::consumers() }
    }

    /// Decoys that look like these accounts, each as often as it is listed. A decoy is as good as
    /// the list: take the shapes of some hundred accounts of the site's own, the likes of which
    /// will stay, and take them once, because another list changes the decoys.
    ///
    /// # Errors
    ///
    /// If there is no shape, if one has no credential, or if an ID has not 16 to 1023 bytes.
    pub fn shapes(
        self,
        shapes: impl IntoIterator<Item = DecoyShape>,
    ) -> Result<DecoySecret, ConfigError> {
        let shapes: Vec<DecoyShape> = shapes.into_iter().collect();
        if shapes.is_empty() {
            return Err(ConfigError::new("there is no shape for decoys; write one at least"));
        }
        shapes.iter().try_for_each(DecoyShape::check)?;
        Ok(DecoySecret { shapes, ..self })
    }

    /// The account that this user name does not have.
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

    /// One of the shapes, always the same for a name.
    fn shape(&self, user_name: &str) -> Option<&DecoyShape> {
        let [a, b, c, d, ..] = self.block(Purpose::Shape, 0, 0, user_name);
        let number = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or_default();
        self.shapes.get(number.checked_rem(self.shapes.len())?)
    }

    fn bytes(&self, purpose: Purpose, number: u32, user_name: &str, length: usize) -> Vec<u8> {
        let blocks = (0..).flat_map(|block| self.block(purpose, number, block, user_name));
        blocks.take(length).collect()
    }

    /// HMAC-SHA-256 of the purpose, the number of the credential and of the block in it, and the
    /// name, of which only the last has a length of its own.
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
    /// The shape of an account that exists: of its credentials, in their order.
    #[must_use]
    pub fn of(credentials: &[Credential]) -> DecoyShape {
        let look = |credential: &Credential| Look {
            id_length: credential.id().len(),
            transports: credential.transports().to_vec(),
            backup_eligible: credential.backup_eligible(),
        };
        DecoyShape { credentials: credentials.iter().map(look).collect() }
    }

    /// A shape without credentials, to add some to.
    #[must_use]
    pub fn new() -> DecoyShape {
        DecoyShape::default()
    }

    /// The shape with one more credential of a kind that may be backed up, such as the passkeys of
    /// password managers.
    #[must_use]
    pub fn synced(
        self,
        id_length: usize,
        transports: impl IntoIterator<Item = Transport>,
    ) -> DecoyShape {
        self.with(id_length, transports, true)
    }

    /// The shape with one more credential of a kind that stays on its device, such as those of
    /// security keys.
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
            return Err(ConfigError::new("a shape for decoys has no credential; add one at least"));
        }
        let lengths = MIN_CREDENTIAL_ID..=MAX_CREDENTIAL_ID;
        match self.credentials.iter().find(|look| !lengths.contains(&look.id_length)) {
            None => Ok(()),
            Some(look) => Err(ConfigError::new(format!(
                "a credential ID has 16 to 1023 bytes here, and that of a shape for decoys has {}",
                counted(look.id_length, "byte")
            ))),
        }
    }

    /// A guess at the accounts of a site for everybody.
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
    /// The request of [`for_user`](AuthenticationRequest::for_user) for a user name that has no
    /// account, or an account without credentials. Saying so would tell a stranger who has an account
    /// (§14.6.2); instead the options are like those of an account, and the same each time for the
    /// same name.
    ///
    /// ```
    /// use webauthn_verify::{AuthenticationRequest, Credential, DecoySecret};
    ///
    /// /// For what the store has of this name: the user handle, and maybe no credential.
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
    /// Finish it like any other login, with no records. Every step checks the answer as if there were
    /// an account, and no answer ever passes the step of the signature.
    ///
    /// The rest is up to you:
    ///
    /// - Give the name as you look it up, such as in lower case: `Alice` and `alice` get different
    ///   decoys.
    /// - Do not tell the same stranger at sign-up that a name is taken.
    /// - Ask for the same in both requests, such as extensions and hints.
    /// - Keep the pending state on the server side: it knows that it is a decoy.
    /// - Send the person [`public_message`](crate::Error::public_message) and nothing else: the text
    ///   of an error may depend on the algorithm of the key.
    /// - Answer after about the same time. Accounts with prepared keys, or with another algorithm than
    ///   ES256, take another time than a decoy.
    ///
    /// A login without a name, by [`passkey`](AuthenticationRequest::passkey), needs none of this.
    pub fn decoy(secret: &DecoySecret, user_name: &str) -> AuthenticationRequest {
        AuthenticationRequest::for_account(secret.account(user_name))
    }

    /// The request of [`security_key`](AuthenticationRequest::security_key) for a user name that has
    /// no account, or an account without credentials, like
    /// [`decoy`](AuthenticationRequest::decoy). It is for a site that asks for the security key before
    /// it says whether the password was right. Give the [`shapes`](DecoySecret::shapes) of security
    /// keys.
    pub fn security_key_decoy(secret: &DecoySecret, user_name: &str) -> AuthenticationRequest {
        AuthenticationRequest::decoy(secret, user_name).into_second_factor()
    }
}

/// The hash of `webauthn-verify: the key of a decoy, 0`: a coordinate of a point that nobody knows
/// the private key of.
const X: [u8; 32] = [
    0xbe, 0xda, 0x98, 0x34, 0x6a, 0x60, 0xfe, 0x81, 0x2f, 0x4b, 0xc2, 0xa9, 0x92, 0xd0, 0x3f, 0x6f,
    0x3c, 0xae, 0x8a, 0x63, 0x0e, 0x42, 0x17, 0xe7, 0x7b, 0x89, 0x42, 0x87, 0x26, 0x51, 0x0c, 0x11,
];

/// The even coordinate that belongs to it on P-256.
const Y: [u8; 32] = [
    0x64, 0xfb, 0x46, 0x82, 0x5b, 0x0c, 0xb9, 0x5f, 0xad, 0x0c, 0x04, 0xd8, 0x1d, 0x1e, 0x1c, 0x16,
    0xef, 0xc7, 0xcc, 0x02, 0xa1, 0x2e, 0x51, 0x7a, 0x93, 0x65, 0xb1, 0x5f, 0x9a, 0x39, 0xa0, 0x22,
];

/// The public key of every decoy, with which a signature takes as long as with any other of ES256.
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
        // HMAC by its definition (RFC 2104, section 2).
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
