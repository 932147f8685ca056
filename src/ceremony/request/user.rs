//! The account that a credential belongs to.

use core::fmt;

use crate::debug::Base64Url;

/// The account that gets a new credential (§5.4.3).
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) handle: Vec<u8>,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

impl User {
    /// Creates a user from the data of an account.
    ///
    /// `handle` identifies the account permanently. It must have 1 to 64 bytes, and must not reveal
    /// anything about the person, so use 32 random bytes, for example. `name`, for example an
    /// e-mail address, distinguishes this account from other accounts of the same person.
    /// `display_name` is the name that the person prefers. It may be empty.
    /// [`start_registration`](crate::RelyingParty::start_registration) checks the length of the
    /// handle.
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

    /// The name that distinguishes this account from other accounts of the same person.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that the person prefers. It may be empty.
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
