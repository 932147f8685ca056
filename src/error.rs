//! The errors, as plain data.
//!
//! - [`Error`]: a ceremony failed at a step.
//! - [`Failure`]: a building block below the ceremonies failed. It has no step.
//! - [`ParseError`]: parsing stopped at a byte.
//! - [`ErrorData`]: values that a program may need, for example the two origins that differ.
//! - [`ConfigError`]: the configuration of a relying party is wrong.

use core::fmt;
use std::borrow::Cow;

pub use crate::config_error::ConfigError;
pub use crate::error_data::ErrorData;
use crate::names::names;
use crate::spec::{Ceremony, Step};
pub(crate) use crate::text::{counted, quote};
use crate::text::{documented, write_clause};

/// The category of an error. It tells who has to act and which HTTP status to return.
///
/// | category | who acts | status |
/// |---|---|---|
/// | `Malformed` | the developer of the page, because it sent something other than a response | 400 Bad Request |
/// | `Refused` | the user: try again, or with another passkey | 403 Forbidden |
/// | `Policy` | the user: with another passkey or device | 403 Forbidden |
/// | `Caller` | the developer of the site | 500 Internal Server Error |
///
/// Later releases may add categories. Treat an unknown category like `Refused`.
///
/// Send [`Error::public_message`] as the body of the HTTP response, and write the [`Error`] to the
/// log. The status is not 401, because 401 requires a `WWW-Authenticate` header and HTTP has no
/// authentication scheme for passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// The input does not have the form that the specification requires. The HTTP status is 400.
    Malformed,
    /// The input has the right form, but fails a check of the specification. The HTTP status is
    /// 403.
    Refused,
    /// The input follows the specification, but the relying party's policy does not allow it. The
    /// HTTP status is 403.
    Policy,
    /// Your code passed something that cannot work, for example the stored state of another relying
    /// party. The HTTP status is 500.
    Caller,
}

impl Category {
    /// Returns the HTTP status for errors of this category.
    pub const fn http_status(self) -> u16 {
        match self {
            Category::Malformed => 400,
            Category::Refused | Category::Policy => 403,
            Category::Caller => 500,
        }
    }
}

names! {
    Category, "category of errors", impl Display;
    Malformed = "malformed",
    Refused = "refused",
    Policy = "policy",
    Caller = "caller",
}

/// Defines [`ErrorKind`] from one table: a sentence, the variant, its category. The sentence is both
/// the documentation of the variant and its `Display`.
macro_rules! kinds {
    ($($(#[doc = $sentence:literal])+ $variant:ident, $category:ident;)*) => {
        /// The reason for an error. Match on the kind, and print the [`Error`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(
                $(#[doc = $sentence])+
                #[doc = concat!("\n\nCategory: [`", stringify!($category), "`](Category::", stringify!($category), ").")]
                $variant,
            )*
        }

        impl ErrorKind {
            /// Every kind, in alphabetical order.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$variant,)*];

            /// Returns the category of this kind, which tells who has to act.
            pub fn category(self) -> Category {
                match self { $(ErrorKind::$variant => Category::$category,)* }
            }

            fn sentence(self) -> &'static str {
                match self { $(ErrorKind::$variant => concat!($($sentence),+),)* }
            }
        }

        names! { ErrorKind, "error kind"; $($variant = stringify!($variant),)* }
    };
}

kinds! {
    /// The AAGUID in the certificate differs from the AAGUID in the authenticator data.
    AaguidMismatch, Refused;
    /// The algorithm does not fit the key.
    AlgorithmKeyMismatch, Refused;
    /// The options did not request the credential's algorithm.
    AlgorithmNotRequested, Refused;
    /// The attestation statement breaks a rule of its format.
    AttestationInvalid, Refused;
    /// The attestation does not cover the data of this registration.
    AttestationNonceMismatch, Refused;
    /// The attestation policy does not allow this authenticator model.
    AuthenticatorNotAllowed, Policy;
    /// The backup eligibility differs from the eligibility in the credential record.
    BackupEligibilityChanged, Refused;
    /// The backup policy does not allow the credential's backup eligibility.
    BackupEligibilityRejected, Policy;
    /// The backup policy does not allow the credential's backup state.
    BackupStateRejected, Policy;
    /// The browser reported an error instead of a credential.
    CeremonyAborted, Refused;
    /// The ceremony has expired.
    CeremonyExpired, Refused;
    /// The given time is before the start of the ceremony.
    CeremonyNotStarted, Caller;
    /// The challenge differs from the challenge of this ceremony.
    ChallengeMismatch, Refused;
    /// The credential is already registered.
    CredentialAlreadyRegistered, Refused;
    /// Another login has changed the credential record.
    CredentialChanged, Refused;
    /// The credential IDs in the response differ from each other.
    CredentialIdMismatch, Refused;
    /// The credential ID is longer than 1023 bytes.
    CredentialIdTooLong, Refused;
    /// The options did not list the credential as allowed.
    CredentialNotAllowed, Refused;
    /// An extension output does not meet the requirements.
    ExtensionRejected, Policy;
    /// The input exceeds a limit on size or nesting.
    InputTooLarge, Malformed;
    /// The attestation object is malformed.
    InvalidAttestationObject, Malformed;
    /// The authenticator data is malformed.
    InvalidAuthenticatorData, Malformed;
    /// The credential is backed up but not eligible for backup.
    InvalidBackupFlags, Refused;
    /// The text is not unpadded base64url.
    InvalidBase64Url, Malformed;
    /// The bytes are not CTAP2 canonical CBOR.
    InvalidCbor, Malformed;
    /// The client data is malformed.
    InvalidClientDataJson, Malformed;
    /// The public key is malformed.
    InvalidCoseKey, Malformed;
    /// An argument or a request is not valid.
    InvalidOptions, Caller;
    /// The attestation policy contradicts itself.
    InvalidPolicy, Caller;
    /// The stored bytes are not a prepared key.
    InvalidPreparedKey, Caller;
    /// The text is not UTF-8.
    InvalidUtf8, Malformed;
    /// The attested key is not the credential's key.
    KeyMismatch, Refused;
    /// The response does not have the form that browsers send.
    MalformedResponse, Malformed;
    /// The metadata is not valid or is out of date.
    MetadataInvalid, Caller;
    /// The authenticator data contains no credential.
    MissingAttestedCredentialData, Refused;
    /// The account has no credential to sign in with.
    NoCredentials, Caller;
    /// The policy requires a trust anchor, but no trust anchor is configured.
    NoTrustAnchors, Policy;
    /// The origin is not in the relying party's list.
    OriginMismatch, Refused;
    /// The confirmed payment differs from the order.
    PaymentMismatch, Refused;
    /// The public key is not a point on its curve.
    PointNotOnCurve, Refused;
    /// The RP ID hash belongs to another RP ID.
    RpIdHashMismatch, Refused;
    /// The signature counter did not increase.
    SignCountNotIncreased, Policy;
    /// The signature is not valid.
    SignatureInvalid, Refused;
    /// The attestation needs too many signature checks.
    TooManySignatureChecks, Refused;
    /// The TPM did not create this structure as an attestation.
    TpmMagicMismatch, Refused;
    /// Bytes follow the end of the structure.
    TrailingBytes, Malformed;
    /// The relying party does not allow the ceremony in this cross-origin iframe.
    UnexpectedCrossOrigin, Policy;
    /// The relying party does not allow the top origin.
    UnexpectedTopOrigin, Policy;
    /// The account has no record of the credential.
    UnknownCredential, Refused;
    /// The algorithm is not supported.
    UnsupportedAlgorithm, Refused;
    /// The attestation statement format is not supported.
    UnsupportedAttestationFormat, Refused;
    /// This release cannot read this version of the stored data.
    UnsupportedVersion, Caller;
    /// The attestation does not lead to an accepted trust anchor.
    UntrustedAttestation, Policy;
    /// The user handle differs from the user handle of the account.
    UserHandleMismatch, Refused;
    /// The user was not present.
    UserNotPresent, Refused;
    /// The user was not verified.
    UserNotVerified, Refused;
    /// The algorithm is too weak.
    WeakAlgorithm, Refused;
    /// The client data belongs to another type of ceremony.
    WrongCeremonyType, Refused;
    /// The login was verified with a different credential record.
    WrongCredentialRecord, Caller;
    /// The stored state is damaged or belongs to another ceremony.
    WrongPendingState, Caller;
    /// The ceremony was started by another relying party.
    WrongRelyingParty, Caller;
    /// The response is from a login instead of a registration, or the reverse.
    WrongResponseType, Malformed;
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_clause(f, documented(self.sentence()))
    }
}

/// An error of a parser: the structure that is malformed, the position, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub(crate) kind: ErrorKind,
    pub(crate) structure: &'static str,
    pub(crate) field: Option<&'static str>,
    pub(crate) offset: usize,
    pub(crate) reason: &'static str,
}

impl ParseError {
    /// The structure that is malformed, such as `"authenticator data"`.
    pub fn structure(&self) -> &'static str {
        self.structure
    }

    /// The member of the structure, such as `"credential ID"`, if the error is about one member.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }

    /// The position at which parsing stopped, in bytes from the start of the parser's input.
    ///
    /// If the structure is nested, the position still counts from the start of the outermost input.
    /// For authenticator data inside an attestation object, that is the first byte of the
    /// attestation object. For base64url, the position counts characters of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The reason, in lower case and without a full stop.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.structure)?;
        // The outermost part can have the name of the structure.
        if let Some(field) = self.field.filter(|field| *field != self.structure) {
            write!(f, ", {field}")?;
        }
        write!(f, ", at byte {}: {}", self.offset, self.reason)
    }
}

impl core::error::Error for ParseError {}

/// The error type of the building blocks: `signature::verify`, `attestation::verify`,
/// `certificate::verify_path` and the parsers.
///
/// A ceremony converts it to an [`Error`], which adds the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: ErrorKind,
    field: Option<&'static str>,
    detail: Cow<'static, str>,
    about: About,
}

/// The data of a failure, in addition to its text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    Nothing,
    Parse(ParseError),
    Data(Box<ErrorData>),
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Failure {
        Failure { detail: detail.into(), ..Failure::from(kind) }
    }

    /// Creates a failure in one member of a structure, such as `"certInfo.magic"`.
    pub(crate) fn of(
        field: &'static str,
        kind: ErrorKind,
        detail: impl Into<Cow<'static, str>>,
    ) -> Failure {
        Failure { field: Some(field), ..Failure::new(kind, detail) }
    }

    /// Adds the values that the text is about.
    pub(crate) fn with_data(self, data: ErrorData) -> Failure {
        Failure { about: About::Data(Box::new(data)), ..self }
    }

    /// Sets the member in which the failure happened.
    pub(crate) fn in_field(self, field: &'static str) -> Failure {
        Failure { field: Some(field), ..self }
    }

    /// Sets the member in which the failure happened, unless it is already set.
    #[cfg(feature = "attestation")]
    pub(crate) fn in_field_or(self, field: &'static str) -> Failure {
        if self.field().is_some() { self } else { self.in_field(field) }
    }

    /// Puts `place` in front of the text, for a failure in one of several structures of a kind.
    #[cfg(feature = "attestation")]
    pub(crate) fn inside(self, place: String) -> Failure {
        let detail = match self.detail.is_empty() {
            true => Cow::Owned(place),
            false => Cow::Owned(format!("{place}: {}", self.detail)),
        };
        Failure { detail, ..self }
    }

    pub(crate) fn at(self, ceremony: Ceremony, step: Step) -> Error {
        Error { ceremony, step, failure: self }
    }

    /// The kind of the error. Match on it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The member that is wrong, such as `"certInfo.magic"`, if the error is about one member.
    pub fn field(&self) -> Option<&'static str> {
        self.field.or_else(|| self.parse_error()?.field)
    }

    /// The position at which parsing stopped, if parsing failed.
    pub fn parse_error(&self) -> Option<&ParseError> {
        match &self.about {
            About::Parse(parse) => Some(parse),
            _ => None,
        }
    }

    /// The values that the failure is about, or `None` if there are none.
    pub fn data(&self) -> Option<&ErrorData> {
        match &self.about {
            About::Data(data) => Some(data),
            _ => None,
        }
    }

    /// Returns the category, which tells who has to act.
    pub fn category(&self) -> Category {
        self.kind.category()
    }

    /// Returns a message for the user, like [`Error::public_message`]. Use this method only if the
    /// input came from a browser.
    pub fn public_message(&self) -> &'static str {
        public_message(self.kind, None)
    }

    /// The details, without the sentence of the kind.
    #[cfg(feature = "attestation")]
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Failure {
        Failure { kind, field: None, detail: Cow::Borrowed(""), about: About::Nothing }
    }
}

impl From<ParseError> for Failure {
    fn from(parse: ParseError) -> Failure {
        Failure { about: About::Parse(parse), ..Failure::from(parse.kind) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(field) = self.field {
            write!(f, ": {field}")?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(parse) = self.parse_error() {
            write!(f, ": {parse}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Failure {}

/// The error type of the ceremonies: the ceremony, the step that failed, and the reason.
///
/// `Display` writes one line for the log, with the number of the step and a link to it:
///
/// ```
/// use webauthn_verify::RegistrationResponse;
///
/// let error = RegistrationResponse::from_json(r#"{"error":"NotAllowedError"}"#).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "registration step 2 (obtain a credential from the browser): the browser reported an error \
///      instead of a credential: \"NotAllowedError\" \
///      (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    ceremony: Ceremony,
    step: Step,
    failure: Failure,
}

impl Error {
    /// The ceremony that failed.
    pub fn ceremony(&self) -> Ceremony {
        self.ceremony
    }

    /// The step that failed. Steps are checked in order, except that parsing a response comes
    /// first. Parsing checks steps 2 to 4 of §7.1, or steps 2 to 4 and 7 of §7.2. The method
    /// `pending_id` also reads the client data before the ceremony is finished.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The kind of the error. Match on it.
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind
    }

    /// The member that is wrong, such as `"certInfo.magic"`, if the error is about one member.
    pub fn field(&self) -> Option<&'static str> {
        self.failure.field()
    }

    /// The position at which parsing stopped, if parsing failed.
    pub fn parse_error(&self) -> Option<&ParseError> {
        self.failure.parse_error()
    }

    /// Returns the category, which tells who has to act.
    pub fn category(&self) -> Category {
        self.kind().category()
    }

    /// The values that the error is about, or `None` if there are none.
    pub fn data(&self) -> Option<&ErrorData> {
        self.failure.data()
    }

    /// Returns a message for the user, one or two sentences long. It says what to do next.
    ///
    /// The message does not reveal whether a user name has an account. The error itself can reveal
    /// this. Write the error to the log, and do not send it.
    pub fn public_message(&self) -> &'static str {
        public_message(self.kind(), Some(self.ceremony))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.ceremony)?;
        if let Some(number) = self.step.number(self.ceremony) {
            write!(f, "step {number} ")?;
        }
        f.write_str("(")?;
        write_clause(f, self.step.title())?;
        write!(f, "): {} ({})", self.failure, self.step.link(self.ceremony))
    }
}

impl core::error::Error for Error {}

/// Returns the message for the user. `ceremony` is `None` outside a ceremony.
fn public_message(kind: ErrorKind, ceremony: Option<Ceremony>) -> &'static str {
    match (kind, kind.category(), ceremony) {
        (ErrorKind::CeremonyAborted, ..) => "No passkey was used. You can try again.",
        (ErrorKind::CeremonyExpired, ..) => "This took too long. Please try again.",
        (ErrorKind::UserNotVerified, ..) => {
            "Your device did not confirm that it is you. Please try again and use its PIN, your \
             fingerprint or your face."
        }
        (_, Category::Malformed, _) => {
            "Your browser sent something unexpected. Please reload the page and try again."
        }
        (_, Category::Caller, _) => "Something went wrong on our side. Please try again later.",
        (ErrorKind::CredentialAlreadyRegistered, _, Some(Ceremony::Registration)) => {
            "Your account already has a passkey on this device or security key."
        }
        (_, Category::Policy, Some(Ceremony::Registration)) => {
            "A passkey of this kind cannot be used here. Please try another device."
        }
        (_, _, Some(Ceremony::Registration)) => "The passkey could not be added. Please try again.",
        _ => "Your passkey could not be confirmed. Please try again, or choose another way.",
    }
}

/// Turns a failure into the error of the step in which it happened.
pub(crate) trait AtStep<T> {
    fn at(self, ceremony: Ceremony, step: Step) -> Result<T, Error>;
}

impl<T, F: Into<Failure>> AtStep<T> for Result<T, F> {
    fn at(self, ceremony: Ceremony, step: Step) -> Result<T, Error> {
        self.map_err(|failure| failure.into().at(ceremony, step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_listed_in_alphabetical_order() {
        let names: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
    }

    fn public_messages(ceremony: Ceremony) -> impl Iterator<Item = (ErrorKind, &'static str)> {
        ErrorKind::ALL.iter().map(move |kind| {
            let error = Failure::from(*kind).at(ceremony, Step::Options);
            (*kind, error.public_message())
        })
    }

    #[test]
    fn public_messages_are_sentences_without_technical_words() {
        for ceremony in [Ceremony::Registration, Ceremony::Authentication] {
            for (kind, message) in public_messages(ceremony) {
                assert!(message.ends_with('.') && !message.contains("  "), "{kind:?}: {message}");
                for word in
                    ["credential", "challenge", "origin", "signature", "account has", "step"]
                {
                    assert!(!message.contains(word), "{kind:?}: {message}");
                }
            }
        }
    }

    #[test]
    fn public_messages_of_a_login_reveal_nothing_about_the_account() {
        // These depend on the browser, the user or the clock, and not on an account.
        let apart =
            [ErrorKind::CeremonyAborted, ErrorKind::CeremonyExpired, ErrorKind::UserNotVerified];
        let about_accounts = public_messages(Ceremony::Authentication).filter(|(kind, _)| {
            let category = kind.category();
            !apart.contains(kind) && matches!(category, Category::Refused | Category::Policy)
        });
        let messages: std::collections::HashSet<_> = about_accounts.map(|(_, text)| text).collect();
        assert_eq!(messages.len(), 1, "{messages:?}");
    }

    #[test]
    fn public_messages_say_what_the_user_can_do() {
        use ErrorKind::{
            AuthenticatorNotAllowed, CeremonyAborted, CeremonyExpired, ChallengeMismatch,
            CredentialAlreadyRegistered, InvalidOptions, MalformedResponse, UserNotVerified,
        };
        for (kind, registration, login) in [
            (CeremonyAborted, "No passkey was used", "No passkey was used"),
            (CeremonyExpired, "took too long", "took too long"),
            (UserNotVerified, "did not confirm that it is you", "did not confirm that it is you"),
            (MalformedResponse, "reload the page", "reload the page"),
            (InvalidOptions, "on our side", "on our side"),
            (CredentialAlreadyRegistered, "already has a passkey", "could not be confirmed"),
            (AuthenticatorNotAllowed, "try another device", "could not be confirmed"),
            (ChallengeMismatch, "could not be added", "could not be confirmed"),
        ] {
            let failure = Failure::from(kind);
            // Without a ceremony, the message says no more than at a login.
            assert!(failure.public_message().contains(login), "{kind:?}");
            for (ceremony, text) in
                [(Ceremony::Registration, registration), (Ceremony::Authentication, login)]
            {
                let message = failure.clone().at(ceremony, Step::Options).public_message();
                assert!(message.contains(text), "{kind:?}: {message}");
            }
        }
    }

    #[test]
    fn each_category_has_its_http_status() {
        for (category, status) in [
            (Category::Malformed, 400),
            (Category::Refused, 403),
            (Category::Policy, 403),
            (Category::Caller, 500),
        ] {
            assert_eq!(category.http_status(), status);
        }
        let failure = Failure::from(ErrorKind::InvalidOptions);
        assert_eq!(failure.category(), Category::Caller);
    }

    #[test]
    fn a_parse_error_does_not_name_the_structure_twice() {
        let (kind, structure, reason) = (ErrorKind::AttestationInvalid, "keyUsage", "no bits");
        let error = |field| ParseError { kind, structure, field, offset: 3, reason }.to_string();
        assert_eq!(error(Some("bits")), "keyUsage, bits, at byte 3: no bits");
        assert_eq!(error(Some("keyUsage")), "keyUsage, at byte 3: no bits");
        assert_eq!(error(None), "keyUsage, at byte 3: no bits");
    }

    #[test]
    fn an_error_is_small_enough_to_return_by_value() {
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
