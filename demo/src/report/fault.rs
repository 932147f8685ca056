//! The ways to break a response that was accepted, in words.

use webauthn_verify::{Ceremony, Step};

/// One way to break a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Replayed,
    WrongOrigin,
    Expired,
    LowerCounter,
    NoUserVerification,
    FlippedSignature,
    OtherAccount,
}

impl Fault {
    pub const ALL: [Fault; 7] = [
        Fault::Replayed,
        Fault::WrongOrigin,
        Fault::Expired,
        Fault::LowerCounter,
        Fault::NoUserVerification,
        Fault::FlippedSignature,
        Fault::OtherAccount,
    ];

    /// The name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Replayed => "replayed",
            Fault::WrongOrigin => "wrong-origin",
            Fault::Expired => "expired",
            Fault::LowerCounter => "lower-counter",
            Fault::NoUserVerification => "no-user-verification",
            Fault::FlippedSignature => "flipped-signature",
            Fault::OtherAccount => "other-account",
        }
    }

    pub fn named(name: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// The text of the button.
    pub fn label(self) -> &'static str {
        match self {
            Fault::Replayed => "Replay it",
            Fault::WrongOrigin => "From another website",
            Fault::Expired => "Too late",
            Fault::LowerCounter => "With a lower counter",
            Fault::NoUserVerification => "Without PIN or biometrics",
            Fault::FlippedSignature => "Flip a bit of the signature",
            Fault::OtherAccount => "With another account’s user handle",
        }
    }

    /// Why the steps before this one did not see the change. `is_signed` is `true` in every login,
    /// and in a registration with an attestation.
    pub fn why_not_earlier(self, ceremony: Ceremony, step: Step, is_signed: bool) -> &'static str {
        let is_login = ceremony == Ceremony::Authentication;
        match (self, step) {
            (Fault::Replayed, Step::Challenge) if is_login => {
                "The response is unchanged: even its signature is correct. Only the challenge \
                 shows that it belongs to an earlier ceremony."
            }
            (Fault::Replayed, Step::Challenge) => {
                "The response is unchanged. Only the challenge shows that it belongs to an earlier \
                 ceremony."
            }
            (Fault::WrongOrigin, Step::Origin) if is_login => {
                "The type and the challenge are unchanged. The signature covers the origin too, \
                 but it is verified later, in step 21."
            }
            (Fault::WrongOrigin, Step::Origin) if is_signed => {
                "The type and the challenge are unchanged. The attestation covers the origin too, \
                 but it is verified later, in step 22."
            }
            (Fault::WrongOrigin, Step::Origin) => {
                "The type and the challenge are unchanged. No later step would see the change, \
                 because this registration has no attestation."
            }
            (Fault::Expired, Step::Options) => {
                "This is the first check after the response is read. Nothing in the response is \
                 wrong."
            }
            (Fault::LowerCounter, Step::SignCount) => {
                "The response is unchanged: even its signature is correct. Only the stored counter \
                 shows that the same credential was used elsewhere."
            }
            (Fault::NoUserVerification, Step::UserVerification) if is_login => {
                "The earlier steps do not depend on this flag. The signature covers it, but is \
                 verified later, in step 21."
            }
            (Fault::NoUserVerification, Step::UserVerification) if is_signed => {
                "The earlier steps do not depend on this flag. The attestation covers it, but is \
                 verified later, in step 22."
            }
            (Fault::NoUserVerification, Step::UserVerification) => {
                "The earlier steps do not depend on this flag. No later step would see the change, \
                 because this registration has no attestation."
            }
            (Fault::NoUserVerification, Step::Signature) => {
                "The options do not require user verification, so the flag may be clear. But the \
                 signature covers it."
            }
            (Fault::NoUserVerification, Step::AttestationStatement) => {
                "The options do not require user verification, so the flag may be clear. But the \
                 attestation covers it."
            }
            (Fault::FlippedSignature, Step::Signature | Step::AttestationStatement) => {
                "Everything that the earlier steps check is unchanged."
            }
            (Fault::OtherAccount, Step::CredentialRecord) => {
                "The signature does not cover the user handle. So the crate looks for the \
                 credential only among the records of one account: a passkey of one account never \
                 signs in to another."
            }
            _ => "The earlier steps do not depend on the change.",
        }
    }
}
