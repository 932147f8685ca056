//! A credential as the authenticator stores it.

use core::fmt;

use crate::debug::Base64Url;
use crate::extensions::CredentialExtensions;
use crate::private_key::PrivateKey;

#[derive(Clone)]
pub(crate) struct StoredCredential {
    pub(crate) id: Vec<u8>,
    pub(crate) rp_id: String,
    /// `None` if the credential is not discoverable.
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) private_key: PrivateKey,
    pub(crate) sign_count: u32,
    pub(crate) backup_eligible: bool,
    pub(crate) extensions: CredentialExtensions,
}

impl fmt::Debug for StoredCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCredential")
            .field("id", &Base64Url(&self.id))
            .field("rp_id", &self.rp_id)
            .field("user_handle", &self.user_handle.as_deref().map(Base64Url))
            .field("private_key", &self.private_key)
            .field("sign_count", &self.sign_count)
            .field("backup_eligible", &self.backup_eligible)
            .field("extensions", &self.extensions)
            .finish()
    }
}

impl StoredCredential {
    /// Returns whether the credential is discoverable, which means that it has a user handle.
    /// Credentials of the U2F generation have none.
    pub(crate) fn is_discoverable(&self) -> bool {
        self.user_handle.is_some()
    }
}
