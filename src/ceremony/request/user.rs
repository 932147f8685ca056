//! The account for which a credential is made.

use core::fmt;

use crate::debug::Base64Url;

/// The account that gets a credential (§5.4.3).
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) handle: Vec<u8>,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

impl User {
    /// An account.
    ///
    /// `handle` is 1 to 64 bytes that identify the account for ever and tell nothing about the
    /// person: 32 random bytes do. `name` is what tells this account from others of the same
    /// person, such as an e-mail address; `display_name` is what the person likes to be called,
    /// and may be empty.
    pub fn new(
        handle: impl AsRef<[u8]>,
        name: impl Into<String>,
        display_name: impl Into<String>,
    ) -> User {
        User {
            handle: handle.as_ref().to_vec(),
            name: name.into(),
            display_name: display_name.into(),
        }
    }

    /// The user handle.
    pub fn handle(&self) -> &[u8] {
        &self.handle
    }

    /// What tells this account from others of the same person.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the person likes to be called; may be empty.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("handle", &Base64Url(&self.handle))
            .field("name", &self.name)
            .field("display_name", &self.display_name)
            .finish()
    }
}
