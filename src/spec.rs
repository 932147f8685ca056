//! The specification as data: the two ceremonies and their steps, with number and link.
//!
//! Numbers are list positions in [W3C Web Authentication Level 3][spec], §7.1 (Registering a New
//! Credential, 29 steps) and §7.2 (Verifying an Authentication Assertion, 25 steps). This file is
//! the only place that holds them. [Secure Payment Confirmation][payment] adds steps to §7.2.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//! [payment]: https://www.w3.org/TR/secure-payment-confirmation/

use core::fmt;

/// One of the two ceremonies that a relying party verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ceremony {
    /// A new credential is created and stored: §7.1.
    Registration,
    /// A stored credential signs a user in, or confirms a payment: §7.2.
    Authentication,
}

impl fmt::Display for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ceremony::Registration => "registration",
            Ceremony::Authentication => "authentication",
        })
    }
}

/// Where a step stands in one ceremony: its number and the fragment of its own, if it has one; a
/// step of another specification, the whole path of its section.
type Place = Option<(&'static str, Option<&'static str>)>;

/// Defines [`Step`] from one table: variant, what the step does, its place in §7.1, in §7.2.
macro_rules! steps {
    ($($variant:ident, $title:literal, $registration:expr, $authentication:expr;)*) => {
        /// A step of a ceremony, named after what it checks.
        ///
        /// Steps that both ceremonies have share a name; [`Step::number`] says where each stands.
        ///
        /// ```
        /// use webauthn_verify::{Ceremony, Step};
        ///
        /// assert_eq!(Step::Origin.number(Ceremony::Registration), Some("9"));
        /// assert_eq!(Step::Origin.number(Ceremony::Authentication), Some("12"));
        /// assert_eq!(Step::SignCount.number(Ceremony::Registration), None);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Step {
            $(#[doc = concat!("To ", $title, ".")] $variant,)*
        }

        impl Step {
            /// Every step, in the order in which the table lists them.
            pub const ALL: &'static [Step] = &[$(Step::$variant,)*];

            /// What the step does, as the end of a sentence that begins with "to".
            pub fn title(self) -> &'static str {
                match self {
                    $(Step::$variant => $title,)*
                }
            }

            fn place(self, ceremony: Ceremony) -> Place {
                match (self, ceremony) {
                    $((Step::$variant, Ceremony::Registration) => $registration,
                      (Step::$variant, Ceremony::Authentication) => $authentication,)*
                }
            }
        }
    };
}

/// The section that puts steps behind step 12 of §7.2, without numbers: they are counted below
/// that step here.
const PAYMENT_SECTION: &str = "secure-payment-confirmation/#sctn-verifying-assertion";

/// A step that Secure Payment Confirmation adds.
const fn payment(number: &'static str) -> Place {
    Some((number, Some(PAYMENT_SECTION)))
}

/// A step without a fragment of its own.
const fn at(number: &'static str) -> Place {
    Some((number, None))
}

/// A step that the specification gives a fragment of its own.
const fn linked(number: &'static str, fragment: &'static str) -> Place {
    Some((number, Some(fragment)))
}

steps! {
    Options, "configure the options of the ceremony", at("1"), at("1");
    BrowserCall, "obtain a credential from the browser", at("2"), at("2");
    ResponseType, "take the authenticator's response", at("3"), at("3");
    ClientExtensionResults, "take the client extension results", at("4"), at("4");
    AllowedCredential, "find the credential among those allowed", None, at("5");
    CredentialRecord, "identify the user and the credential record", at("27"), at("6");
    ResponseMembers, "take client data, authenticator data and signature", at("3"), at("7");
    ClientDataText, "decode the client data as UTF-8", at("5"), at("8");
    ClientDataJson, "parse the client data as JSON", at("6"), at("9");
    CeremonyType, "verify the type of the ceremony", at("7"), at("10");
    Challenge, "verify the challenge", at("8"), at("11");
    Origin, "verify the origin",
        linked("9", "rp-op-registering-a-new-credential-step-origin"),
        linked("12", "rp-op-verifying-assertion-step-origin");
    PaymentRpId, "verify the RP ID of the payment", None, payment("12.1");
    PaymentTopOrigin, "verify the top origin of the payment", None, payment("12.2");
    PaymentPayeeName, "verify the name of the payee", None, payment("12.3");
    PaymentPayeeOrigin, "verify the origin of the payee", None, payment("12.4");
    PaymentEntitiesLogos, "verify the logos of the payment", None, payment("12.5");
    PaymentTotal, "verify the total of the payment", None, payment("12.6");
    PaymentInstrument, "verify the payment instrument", None, payment("12.7");
    CrossOrigin, "verify that a cross-origin iframe is expected", at("10"), at("13");
    TopOriginFraming, "verify that framing is expected", at("11.1"), at("14.1");
    TopOrigin, "verify the top origin", at("11.2"), at("14.2");
    ClientDataHash, "hash the client data", at("12"), at("20");
    AttestationObject, "decode the attestation object", at("13"), None;
    RpIdHash, "verify the RP ID hash",
        at("14"), linked("15", "rp-op-verifying-assertion-step-rpid-hash");
    UserPresence, "verify that the user was present", at("15"), at("16");
    UserVerification, "verify that the user was verified", at("16"), at("17");
    BackupFlags, "verify that the backup flags agree", at("17"), at("18");
    BackupEligibility, "evaluate the backup eligibility", at("18"), at("19");
    BackupEligibilityKept, "verify that the credential is still backup eligible", None, at("19.1");
    BackupEligibilityGained, "verify that the credential has not become backup eligible",
        None, at("19.2");
    BackupState, "evaluate the backup state", at("19"), at("19.3");
    CredentialAlgorithm, "verify the algorithm of the credential public key", at("20"), None;
    AttestationFormat, "determine the attestation statement format", at("21"), None;
    AttestationStatement, "verify the attestation statement",
        linked("22", "reg-ceremony-verify-attestation"), None;
    TrustAnchors, "obtain the acceptable trust anchors",
        linked("23", "reg-ceremony-attestation-trust-anchors"), None;
    AttestationTrust, "assess the trustworthiness of the attestation",
        linked("24", "reg-ceremony-assess-trust"), None;
    CredentialIdLength, "verify the length of the credential ID", at("25"), None;
    CredentialIdUnique, "verify that the credential ID is not yet registered", at("26"), None;
    Signature, "verify the signature", None, at("21");
    SignCount, "verify the signature counter", None, at("22");
    ExtensionOutputs, "process the extension outputs",
        linked("28", "reg-ceremony-verify-extension-outputs"),
        linked("23", "authn-ceremony-verify-extension-outputs");
}

impl Step {
    /// The step's number in the ceremony's list, such as `"9"` or `"11.2"`; `None` where the
    /// ceremony has no such step. Secure Payment Confirmation does not number what it adds to the
    /// verification of the origin; it is counted here as part of that, from `"12.1"` to `"12.7"`.
    pub fn number(self, ceremony: Ceremony) -> Option<&'static str> {
        self.place(ceremony).map(|(number, _)| number)
    }

    /// A link to the step in the published specification: to the step itself where it has a
    /// fragment of its own, else to the ceremony's section.
    pub fn link(self, ceremony: Ceremony) -> String {
        let section = match ceremony {
            Ceremony::Registration => "sctn-registering-a-new-credential",
            Ceremony::Authentication => "sctn-verifying-assertion",
        };
        match self.place(ceremony).and_then(|(_, fragment)| fragment).unwrap_or(section) {
            PAYMENT_SECTION => format!("https://www.w3.org/TR/{PAYMENT_SECTION}"),
            fragment => format!("https://www.w3.org/TR/webauthn-3/#{fragment}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_stands_in_a_ceremony_and_no_number_is_beyond_the_list() {
        for (ceremony, last) in [(Ceremony::Registration, 29), (Ceremony::Authentication, 25)] {
            for step in Step::ALL {
                if let Some(number) = step.number(ceremony) {
                    let whole: u32 = number.split('.').next().unwrap().parse().unwrap();
                    assert!((1..=last).contains(&whole), "{step:?} {number}");
                }
            }
        }
        for step in Step::ALL {
            assert!(
                step.number(Ceremony::Registration).is_some()
                    || step.number(Ceremony::Authentication).is_some()
            );
        }
    }

    #[test]
    fn a_step_with_a_fragment_links_to_it_and_another_to_its_section() {
        assert_eq!(
            Step::Origin.link(Ceremony::Authentication),
            "https://www.w3.org/TR/webauthn-3/#rp-op-verifying-assertion-step-origin"
        );
        assert_eq!(
            Step::PaymentTotal.link(Ceremony::Authentication),
            "https://www.w3.org/TR/secure-payment-confirmation/#sctn-verifying-assertion"
        );
        assert_eq!(
            Step::Challenge.link(Ceremony::Registration),
            "https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential"
        );
    }
}
