//! What a response was read into, and which members both ways of reading it look for in `response`.
//!
//! All binary members of a response share one buffer, so that reading one allocates once.

use core::fmt;
use core::ops::Range;

use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::transport::Transport;
use crate::encoding::base64url;
use crate::encoding::json::JsonString;
use crate::error::ParseError;

/// Describes the members of `response` (§5.1) to a macro, once for each ceremony: the type that they
/// are read into; the member that tells the response from one of the other ceremony, and that of the
/// other one; and for each member its field, the form in which it is read, its name, and the type of
/// the field. Each reader of responses has a method for every form.
macro_rules! response_members {
    ($each:ident) => {
        $each! {
            /// What counts of `AuthenticatorAttestationResponseJSON`.
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
            /// What counts of `AuthenticatorAssertionResponseJSON`.
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

/// A member that was looked for in vain.
pub(crate) trait Absent: Sized {
    /// What is read in its place; `None` where there is no response without the member.
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

/// The binary members of a response, one behind the other. `Debug` does not show them, because the
/// challenge is among them.
#[derive(Clone, Default)]
pub(crate) struct Buffer(pub(super) Vec<u8>);

impl Buffer {
    /// A buffer of zeros for all that a text of this length can hold, to be written from the start
    /// and cut off where that ends.
    #[allow(
        clippy::slow_vector_initialization,
        reason = "glibc keeps small blocks at hand for those alone who do not ask for zeros"
    )]
    pub(crate) fn for_text(length: usize) -> Buffer {
        let length = base64url::decoded_length(length);
        let mut bytes = Vec::with_capacity(length);
        bytes.resize(length, 0);
        Buffer(bytes)
    }

    /// Decodes the base64url that `text` begins with to the bytes from `start` on: the length of
    /// that text, and of its bytes.
    pub(crate) fn decode_at(&mut self, start: usize, text: &[u8]) -> Option<(usize, usize)> {
        base64url::decode_start(self.0.get_mut(start..)?, text)
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Decodes a base64url member onto the buffer.
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

    /// One member.
    pub(crate) fn get(&self, range: &Range<usize>) -> &[u8] {
        self.0.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// A response that was read. `M` are the members of `response`.
#[derive(Clone, Debug)]
pub(crate) struct Raw<M> {
    pub(crate) buffer: Buffer,
    pub(crate) credential_id: Range<usize>,
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) client_extension_results: ExtensionResults,
    pub(crate) members: M,
}

/// An unsigned copy of what the attestation object says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Copied<T> {
    /// The member is absent, null or empty.
    Absent,
    /// The member has a form in which it cannot be read.
    Unreadable,
    As(T),
}

impl Copied<Range<usize>> {
    /// A copy that was decoded. An empty one says nothing.
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

    /// Whether there is a copy, and it is another than this says.
    pub(crate) fn differs(&self, is_same: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Copied::Absent => false,
            Copied::Unreadable => true,
            Copied::As(copy) => !is_same(copy),
        }
    }
}
