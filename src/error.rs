//! What can go wrong, as plain data.
//!
//! [`Error`] says where in a ceremony and why; [`Failure`] is the same without the ceremony, for
//! the building blocks below it; [`ParseError`] points at a byte; [`ErrorData`] has the values that
//! a program may want; [`ConfigError`] is about the configuration of a relying party.

use core::fmt;
use std::borrow::Cow;

pub use crate::config_error::ConfigError;
pub use crate::error_data::ErrorData;
use crate::names::names;
use crate::spec::{Ceremony, Step};
pub(crate) use crate::text::{counted, quote};

/// Who has to act on an error, and which HTTP status fits.
///
/// | category | who acts | status |
/// |---|---|---|
/// | `Malformed` | the page: it sent something that is not a response | 400 Bad Request |
/// | `Refused` | the user: try again, or with another passkey | 403 Forbidden |
/// | `Policy` | the user: with another passkey or device | 403 Forbidden |
/// | `Caller` | the developer of the site | 500 Internal Server Error |
///
/// [`Error::category`] gives it, and [`ErrorKind::category`]. Treat a category that later releases
/// add like `Refused`.
///
/// Not 401: that status needs a `WWW-Authenticate` header, and HTTP has no scheme for passkeys. The
/// body of the answer is [`Error::public_message`]; the [`Error`] itself belongs in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// The input does not have the form that the specification gives it. HTTP status 400.
    Malformed,
    /// The input has the right form, and a check of the specification refuses it. HTTP status 403.
    Refused,
    /// The input is acceptable to the specification, and the relying party's policy refuses it.
    /// HTTP status 403.
    Policy,
    /// The calling code passed something that cannot work, such as the stored state of another
    /// relying party. HTTP status 500.
    Caller,
}

impl Category {
    /// The HTTP status that fits.
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

/// Defines [`ErrorKind`] from one table: variant, category, sentence.
macro_rules! kinds {
    ($($variant:ident, $category:ident, $sentence:literal;)*) => {
        /// Why something was refused. Match on this; print the [`Error`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(#[doc = concat!("That ", $sentence, ".")] $variant,)*
        }

        impl ErrorKind {
            /// Every kind, in alphabetical order.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$variant,)*];

            /// Who has to act.
            pub fn category(self) -> Category {
                match self { $(ErrorKind::$variant => Category::$category,)* }
            }

            fn sentence(self) -> &'static str {
                match self { $(ErrorKind::$variant => $sentence,)* }
            }
        }

        names! { ErrorKind, "error kind"; $($variant = stringify!($variant),)* }
    };
}

kinds! {
    AaguidMismatch, Refused,
        "the AAGUID in the attestation certificate differs from the one in the authenticator data";
    AlgorithmKeyMismatch, Refused, "the algorithm does not fit the key";
    AlgorithmNotRequested, Refused,
        "the credential's algorithm is not among those that the options asked for";
    AttestationInvalid, Refused, "the attestation statement is not correct for its format";
    AttestationNonceMismatch, Refused, "the attestation was made for other data than these";
    AuthenticatorNotAllowed, Policy, "the policy refuses authenticators of this model";
    BackupEligibilityChanged, Refused,
        "the backup eligibility differs from the one in the credential record";
    BackupEligibilityRejected, Policy, "the policy refuses the credential's backup eligibility";
    BackupStateRejected, Policy, "the policy refuses the credential's backup state";
    CeremonyAborted, Refused, "the browser reported an error in place of a credential";
    CeremonyExpired, Refused, "the ceremony was finished after its time was over";
    CeremonyNotStarted, Caller, "the time given is before the ceremony was started";
    ChallengeMismatch, Refused, "the challenge is not the one of this ceremony";
    CredentialAlreadyRegistered, Refused, "the credential is registered already";
    CredentialChanged, Refused, "another login changed the credential record in the meantime";
    CredentialIdMismatch, Refused, "the credential IDs in the response differ from each other";
    CredentialIdTooLong, Refused, "the credential ID is longer than 1023 bytes";
    CredentialNotAllowed, Refused, "the credential is not among those that the options allowed";
    ExtensionRejected, Policy, "an extension output is not acceptable";
    InputTooLarge, Malformed, "the input is larger or nested deeper than the limit";
    InvalidAttestationObject, Malformed, "the attestation object is malformed";
    InvalidAuthenticatorData, Malformed, "the authenticator data is malformed";
    InvalidBackupFlags, Refused, "the credential is backed up but not backup eligible";
    InvalidBase64Url, Malformed, "the text is not unpadded base64url";
    InvalidCbor, Malformed, "the bytes are not CTAP2 canonical CBOR";
    InvalidClientDataJson, Malformed, "the client data is malformed";
    InvalidCoseKey, Malformed, "the public key is malformed";
    InvalidOptions, Caller, "the request cannot become options for the browser";
    InvalidPolicy, Caller, "the attestation policy contradicts itself";
    InvalidPreparedKey, Caller, "the stored bytes are not a prepared key";
    InvalidUtf8, Malformed, "the text is not UTF-8";
    KeyMismatch, Refused, "the attestation is for another key than the credential's";
    MalformedResponse, Malformed, "the response does not have the form that browsers send";
    MetadataInvalid, Caller, "the metadata cannot be accepted";
    MissingAttestedCredentialData, Refused, "the authenticator data carries no credential";
    NoCredentials, Caller, "no credential was given to sign in with";
    NoTrustAnchors, Policy, "trust is demanded and there is no trust anchor";
    OriginMismatch, Refused, "the origin is not one that the relying party expects";
    PaymentMismatch, Refused, "the payment that the user confirmed is not the one that was ordered";
    PointNotOnCurve, Refused, "the public key is not a point of its curve";
    RpIdHashMismatch, Refused, "the RP ID hash is not that of the relying party";
    SignCountNotIncreased, Policy, "the signature counter did not increase";
    SignatureInvalid, Refused, "the signature does not verify";
    TooManySignatureChecks, Refused,
        "the attestation would take more signature checks than one request may cause";
    TpmMagicMismatch, Refused, "the TPM has not made this structure as an attestation of a key";
    TrailingBytes, Malformed, "bytes follow the end of the structure";
    UnexpectedCrossOrigin, Policy, "the ceremony ran in a cross-origin iframe";
    UnexpectedTopOrigin, Policy, "the top origin is not one that the relying party expects";
    UnknownCredential, Refused, "the credential is not among the records of the account";
    UnsupportedAlgorithm, Refused, "the algorithm is not supported";
    UnsupportedAttestationFormat, Refused, "the attestation statement format is not supported";
    UnsupportedVersion, Caller, "the stored state has a version that this release cannot read";
    UntrustedAttestation, Policy, "the attestation does not lead to an acceptable trust anchor";
    UserHandleMismatch, Refused, "the user handle is not that of the account";
    UserNotPresent, Refused, "the user was not present";
    UserNotVerified, Refused, "the user was not verified";
    WeakAlgorithm, Refused, "the algorithm is too weak to be accepted";
    WrongCeremonyType, Refused, "the client data is of another type of ceremony";
    WrongCredentialRecord, Caller,
        "the credential record is not the one that the login was verified with";
    WrongPendingState, Caller, "the stored state is damaged, or that of another ceremony";
    WrongRelyingParty, Caller, "the ceremony was started by another relying party";
    WrongResponseType, Malformed, "the response belongs to the other ceremony";
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// A structure that does not parse: which one, where in it, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub(crate) kind: ErrorKind,
    pub(crate) structure: &'static str,
    pub(crate) field: Option<&'static str>,
    pub(crate) offset: usize,
    pub(crate) reason: &'static str,
}

impl ParseError {
    /// The structure in which parsing stopped, such as `"authenticator data"`.
    pub fn structure(&self) -> &'static str {
        self.structure
    }

    /// The member of the structure, such as `"credential ID"`, where there is one to name.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }

    /// Where parsing stopped, in bytes from the start of the outermost input that was given to
    /// the parser: for authenticator data inside an attestation object, from the first byte of
    /// the attestation object. For base64url, in characters from the start of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Why, as a part of a sentence.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.structure)?;
        if let Some(field) = self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ", at byte {}: {}", self.offset, self.reason)
    }
}

impl core::error::Error for ParseError {}

/// Why a building block refused its input, without a place in a ceremony.
///
/// The functions below the ceremonies (`signature::verify`, `attestation::verify`,
/// `certificate::verify_path`) return it; within a ceremony it becomes part of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: ErrorKind,
    field: Option<&'static str>,
    detail: Cow<'static, str>,
    about: About,
}

/// What a failure is about, beside its text.
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

    /// A failure of one member of a structure, such as `"certInfo.magic"`.
    pub(crate) fn of(
        field: &'static str,
        kind: ErrorKind,
        detail: impl Into<Cow<'static, str>>,
    ) -> Failure {
        Failure { field: Some(field), ..Failure::new(kind, detail) }
    }

    /// The same failure, with the values that its text is about.
    pub(crate) fn with_data(self, data: ErrorData) -> Failure {
        Failure { about: About::Data(Box::new(data)), ..self }
    }

    /// The same failure, as one of this member.
    pub(crate) fn in_field(self, field: &'static str) -> Failure {
        Failure { field: Some(field), ..self }
    }

    /// The same failure, as one of this member where it is of none yet.
    #[cfg(feature = "attestation")]
    pub(crate) fn in_field_or(self, field: &'static str) -> Failure {
        if self.field().is_some() { self } else { self.in_field(field) }
    }

    /// The same failure, in one of several structures of a kind: `place` tells which.
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

    /// Why.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The member that is wrong, such as `"certInfo.magic"`, where there is one to name.
    pub fn field(&self) -> Option<&'static str> {
        self.field.or_else(|| self.parse_error()?.field)
    }

    /// Where parsing stopped, if parsing is what failed.
    pub fn parse_error(&self) -> Option<&ParseError> {
        match &self.about {
            About::Parse(parse) => Some(parse),
            _ => None,
        }
    }

    /// The values that the failure is about, for the kinds that have some: see [`ErrorData`].
    pub fn data(&self) -> Option<&ErrorData> {
        match &self.about {
            About::Data(data) => Some(data),
            _ => None,
        }
    }

    /// Who has to act, and the HTTP status that fits: see [`Category`].
    pub fn category(&self) -> Category {
        self.kind.category()
    }

    /// One or two sentences for the person at the browser, as [`Error::public_message`] gives them, if
    /// the input came from there.
    pub fn public_message(&self) -> &'static str {
        public_message(self.kind, None)
    }

    /// What is wrong in particular, without the sentence of the kind.
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

/// Why a ceremony failed: which ceremony, which step of it, and the reason.
///
/// `Display` is one sentence for the log, with the step's number and a link to it:
///
/// ```
/// use webauthn_verify::RegistrationResponse;
///
/// let error = RegistrationResponse::from_json(r#"{"error":"NotAllowedError"}"#).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "registration, step 2 (to obtain a credential from the browser): the browser reported an \
///      error in place of a credential: \"NotAllowedError\" \
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

    /// The step that failed. Every step before it passed.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Why.
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind
    }

    /// The member that is wrong, such as `"certInfo.magic"`, where there is one to name.
    pub fn field(&self) -> Option<&'static str> {
        self.failure.field()
    }

    /// Where parsing stopped, if parsing is what failed.
    pub fn parse_error(&self) -> Option<&ParseError> {
        self.failure.parse_error()
    }

    /// Who has to act, and the HTTP status that fits: see [`Category`].
    pub fn category(&self) -> Category {
        self.kind().category()
    }

    /// The values that the error is about, for the kinds that have some: see [`ErrorData`].
    pub fn data(&self) -> Option<&ErrorData> {
        self.failure.data()
    }

    /// One or two sentences for the person at the browser. They tell what to do next, and do not tell
    /// whether a user name has an account. The error itself belongs in the log.
    pub fn public_message(&self) -> &'static str {
        public_message(self.kind(), Some(self.ceremony))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.ceremony)?;
        if let Some(number) = self.step.number(self.ceremony) {
            write!(f, "step {number} ")?;
        }
        write!(
            f,
            "(to {}): {} ({})",
            self.step.title(),
            self.failure,
            self.step.link(self.ceremony)
        )
    }
}

impl core::error::Error for Error {}

/// What the person at the browser may know of an error.
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

/// Places a failure at the step of a ceremony in which it happened.
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
    fn user_messages_are_sentences_without_technical_words() {
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
    fn the_user_message_of_a_login_reveals_nothing_about_accounts() {
        // What the browser or the user did, or a fault of the site's, and nothing of an account.
        let apart =
            [ErrorKind::CeremonyAborted, ErrorKind::CeremonyExpired, ErrorKind::UserNotVerified];
        let of_accounts = public_messages(Ceremony::Authentication).filter(|(kind, _)| {
            let category = kind.category();
            !apart.contains(kind) && matches!(category, Category::Refused | Category::Policy)
        });
        let messages: std::collections::HashSet<_> = of_accounts.map(|(_, text)| text).collect();
        assert_eq!(messages.len(), 1, "{messages:?}");
    }

    #[test]
    fn an_error_is_small_enough_to_return_by_value() {
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
