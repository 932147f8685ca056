//! The types that responses are read into, and the list of the members of `response` for both
//! readers.
//!
//! All binary members of a response share one buffer, so reading a response needs one allocation.

use core::fmt;
use core::ops::Range;

use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::transport::Transport;
use crate::encoding::base64url;
use crate::encoding::json::JsonString;
use crate::error::ParseError;

/// Passes the members of `response` (§5.1) to a macro, once for each ceremony. The input is the
/// type that the members are read into, the field that identifies this kind of response, the name
/// of the member that identifies the other kind, and the list of members. Each member has a field,
/// the form in which it is read, a name, and the type of the field. Both readers have a method for
/// every form.
macro_rules! response_members {
    ($each:ident) => {
        $each! {
            /// The members of `AuthenticatorAttestationResponseJSON` that are used.
            RegistrationMembers (attestation_object, not "signature") {
                client_data_json: bytes "clientDataJSON" as Range<usize>;
                attestation_object: bytes "attestationObject" as Range<usize>;
                authenticator_data: copy "authenticatorData" as Copied<Range<usize>>;
                public_key: copy "publicKey" as Copied<Range<usize>>;
                public_key_algorithm: integer "publicKeyAlgorithm" as Copied<i64>;
                transports: transports "transports" as Vec<Transport>;
            }
        }
        $each! {
            /// The members of `AuthenticatorAssertionResponseJSON` that are used.
            AuthenticationMembers (signature, not "attestationObject") {
                client_data_json: bytes "clientDataJSON" as Range<usize>;
                authenticator_data: bytes "authenticatorData" as Range<usize>;
                signature: bytes "signature" as Range<usize>;
                user_handle: user_handle "userHandle" as Option<Range<usize>>;
            }
        }
    };
}
pub(crate) use response_members;

macro_rules! define {
    ($(#[$doc:meta])* $members:ident ($mark:ident, not $other:literal)
        { $($field:ident: $form:ident $name:literal as $type:ty;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $members {
            $(pub(crate) $field: $type,)*
        }
    };
}
response_members!(define);

/// The value of a missing member.
pub(crate) trait Absent: Sized {
    /// Returns the value of a missing member, or `None` if the member is required.
    fn absent() -> Option<Self>;
}

impl Absent for Range<usize> {
    fn absent() -> Option<Self> {
        None
    }
}

impl<T> Absent for Copied<T> {
    fn absent() -> Option<Self> {
        Some(Copied::Absent)
    }
}

impl Absent for Vec<Transport> {
    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl Absent for Option<Range<usize>> {
    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// The binary members of a response, one after the other. `Debug` does not show them, because they
/// contain the challenge.
#[derive(Clone, Default)]
pub(crate) struct Buffer(pub(super) Vec<u8>);

impl Buffer {
    /// Creates a buffer of zeros with room for all bytes in a text of this length. It is written
    /// from the start. The zeros after the last member stay.
    #[allow(
        clippy::slow_vector_initialization,
        reason = "glibc does not use its cache of small blocks for zeroed allocations"
    )]
    pub(crate) fn for_text(length: usize) -> Buffer {
        let length = base64url::decoded_length(length);
        let mut bytes = Vec::with_capacity(length);
        bytes.resize(length, 0);
        Buffer(bytes)
    }

    /// Decodes the base64url at the beginning of `text` into the buffer, starting at index `start`.
    /// Returns the number of characters read and the number of bytes written.
    pub(crate) fn decode_at(&mut self, start: usize, text: &[u8]) -> Option<(usize, usize)> {
        base64url::decode_start(self.0.get_mut(start..)?, text)
    }

    /// Decodes a base64url member and appends it to the buffer.
    pub(crate) fn decode(
        &mut self,
        text: JsonString<'_>,
        structure: &'static str,
        field: &'static str,
    ) -> Result<Range<usize>, ParseError> {
        let start = self.0.len();
        base64url::decode_onto(&mut self.0, &text.text(), structure, field)?;
        Ok(start..self.0.len())
    }

    /// The bytes of one member.
    pub(crate) fn get(&self, range: &Range<usize>) -> &[u8] {
        self.0.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// A response that was read. `M` is the type for the members of `response`.
#[derive(Clone, Debug)]
pub(crate) struct Raw<M> {
    pub(crate) buffer: Buffer,
    pub(crate) credential_id: Range<usize>,
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) client_extension_results: ExtensionResults,
    pub(crate) members: M,
}

/// An unsigned copy of a value in the attestation object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Copied<T> {
    /// The member is missing, null or empty.
    Absent,
    /// The member is malformed.
    Unreadable,
    As(T),
}

impl Copied<Range<usize>> {
    /// Creates a copy from decoded bytes. An empty copy counts as missing.
    pub(crate) fn of(bytes: Range<usize>) -> Copied<Range<usize>> {
        if bytes.is_empty() { Copied::Absent } else { Copied::As(bytes) }
    }
}

impl<T> Copied<T> {
    pub(crate) fn map<U>(&self, change: impl FnOnce(&T) -> U) -> Copied<U> {
        match self {
            Copied::Absent => Copied::Absent,
            Copied::Unreadable => Copied::Unreadable,
            Copied::As(copy) => Copied::As(change(copy)),
        }
    }

    /// Returns whether there is a copy that is malformed or different. `is_same` compares the
    /// values.
    pub(crate) fn differs(&self, is_same: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Copied::Absent => false,
            Copied::Unreadable => true,
            Copied::As(copy) => !is_same(copy),
        }
    }
}
