//! The specification as data: the two ceremonies and their steps, with number and link.
//!
//! Numbers are list positions in [W3C Web Authentication Level 3][spec], §7.1 (Registering a New
//! Credential, 29 steps) and §7.2 (Verifying an Authentication Assertion, 25 steps). This file is
//! the only place that holds them. [Secure Payment Confirmation][payment] adds steps to §7.2.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//! [payment]: https://www.w3.org/TR/secure-payment-confirmation/

use core::fmt;

use crate::names::names;

/// One of the two ceremonies that a relying party verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ceremony {
    /// A new credential is created and stored: §7.1.
    Registration,
    /// A stored credential signs a user in, or confirms a payment: §7.2.
    Authentication,
}

names! {
    Ceremony, "ceremony", impl Display;
    Registration = "registration",
    Authentication = "authentication",
}

/// Where a step stands in one ceremony: its number and the fragment of its own, if it has one; a
/// step of another specification, the whole path of its section.
type Place = Option<(&'static str, Option<&'static str>)>;

/// Defines [`Step`] from one table: variant, name, what the step does, its place in §7.1, in §7.2.
macro_rules! steps {
    ($($variant:ident, $name:literal, $title:literal, $registration:expr, $authentication:expr;)*) => {
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
            /// Every step, in the order of the table.
            const ALL: &'static [Step] = &[$(Step::$variant,)*];

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

        names! { Step, "step"; $($variant = $name,)* }
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
    Options, "options", "configure the options of the ceremony", at("1"), at("1");
    BrowserCall, "browser-call", "obtain a credential from the browser", at("2"), at("2");
    ResponseType, "response-type", "take the authenticator's response", at("3"), at("3");
    ClientExtensionResults, "client-extension-results", "take the client extension results", at("4"), at("4");
    AllowedCredential, "allowed-credential", "find the credential among those allowed", None, at("5");
    CredentialRecord, "credential-record", "identify the user and the credential record", at("27"), at("6");
    ResponseMembers, "response-members", "take client data, authenticator data and signature", at("3"), at("7");
    ClientDataText, "client-data-text", "decode the client data as UTF-8", at("5"), at("8");
    ClientDataJson, "client-data-json", "parse the client data as JSON", at("6"), at("9");
    CeremonyType, "ceremony-type", "verify the type of the ceremony", at("7"), at("10");
    Challenge, "challenge", "verify the challenge", at("8"), at("11");
    Origin, "origin", "verify the origin",
        linked("9", "rp-op-registering-a-new-credential-step-origin"),
        linked("12", "rp-op-verifying-assertion-step-origin");
    PaymentRpId, "payment-rp-id", "verify the RP ID of the payment", None, payment("12.1");
    PaymentTopOrigin, "payment-top-origin", "verify the top origin of the payment", None, payment("12.2");
    PaymentPayeeName, "payment-payee-name", "verify the name of the payee", None, payment("12.3");
    PaymentPayeeOrigin, "payment-payee-origin", "verify the origin of the payee", None, payment("12.4");
    PaymentEntitiesLogos, "payment-entities-logos", "verify the logos of the payment", None, payment("12.5");
    PaymentTotal, "payment-total", "verify the total of the payment", None, payment("12.6");
    PaymentInstrument, "payment-instrument", "verify the payment instrument", None, payment("12.7");
    CrossOrigin, "cross-origin", "verify that a cross-origin iframe is expected", at("10"), at("13");
    TopOriginFraming, "top-origin-framing", "verify that framing is expected", at("11.1"), at("14.1");
    TopOrigin, "top-origin", "verify the top origin", at("11.2"), at("14.2");
    ClientDataHash, "client-data-hash", "hash the client data", at("12"), at("20");
    AttestationObject, "attestation-object", "decode the attestation object", at("13"), None;
    RpIdHash, "rp-id-hash", "verify the RP ID hash",
        at("14"), linked("15", "rp-op-verifying-assertion-step-rpid-hash");
    UserPresence, "user-presence", "verify that the user was present", at("15"), at("16");
    UserVerification, "user-verification", "verify that the user was verified", at("16"), at("17");
    BackupFlags, "backup-flags", "verify that the backup flags agree", at("17"), at("18");
    BackupEligibility, "backup-eligibility", "evaluate the backup eligibility", at("18"), at("19");
    BackupEligibilityKept, "backup-eligibility-kept", "verify that the credential is still backup eligible", None, at("19.1");
    BackupEligibilityGained, "backup-eligibility-gained", "verify that the credential has not become backup eligible",
        None, at("19.2");
    BackupState, "backup-state", "evaluate the backup state", at("19"), at("19.3");
    CredentialAlgorithm, "credential-algorithm", "verify the algorithm of the credential public key", at("20"), None;
    AttestationFormat, "attestation-format", "determine the attestation statement format", at("21"), None;
    AttestationStatement, "attestation-statement", "verify the attestation statement",
        linked("22", "reg-ceremony-verify-attestation"), None;
    TrustAnchors, "trust-anchors", "obtain the acceptable trust anchors",
        linked("23", "reg-ceremony-attestation-trust-anchors"), None;
    AttestationTrust, "attestation-trust", "assess the trustworthiness of the attestation",
        linked("24", "reg-ceremony-assess-trust"), None;
    CredentialIdLength, "credential-id-length", "verify the length of the credential ID", at("25"), None;
    CredentialIdUnique, "credential-id-unique", "verify that the credential ID is not yet registered", at("26"), None;
    Signature, "signature", "verify the signature", None, at("21");
    SignCount, "sign-count", "verify the signature counter", None, at("22");
    ExtensionOutputs, "extension-outputs", "process the extension outputs",
        linked("28", "reg-ceremony-verify-extension-outputs"),
        linked("23", "authn-ceremony-verify-extension-outputs");
    RecordUpdate, "record-update", "update the credential record", None,
        linked("24", "authn-ceremony-update-credential-record");
}

/// The step's [`title`](Step::title).
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Step {
    /// The steps of a ceremony, in the order of their numbers. Those that only payments have are
    /// left out: [`number`](Step::number) places them inside step 12 of §7.2.
    ///
    /// ```
    /// use webauthn_verify::{Ceremony, Step};
    ///
    /// for step in Step::all(Ceremony::Authentication) {
    ///     let number = step.number(Ceremony::Authentication).unwrap_or_default();
    ///     println!("{number}. {step}: {}", step.link(Ceremony::Authentication));
    /// }
    /// ```
    pub fn all(ceremony: Ceremony) -> impl Iterator<Item = Step> {
        let mut steps: Vec<(Vec<u32>, Step)> = Step::ALL
            .iter()
            .filter_map(|step| match step.place(ceremony)? {
                (_, Some(PAYMENT_SECTION)) => None,
                (number, _) => Some((parts(number), *step)),
            })
            .collect();
        // Stable: steps of one number stay in the order of the table.
        steps.sort_by(|(one, _), (other, _)| one.cmp(other));
        steps.into_iter().map(|(_, step)| step)
    }

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

/// A number as its parts, so that 9 stands before 11.1.
fn parts(number: &str) -> Vec<u32> {
    number.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_belongs_to_a_ceremony_and_its_number_is_in_the_list() {
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
    fn a_step_links_to_its_fragment_or_else_to_its_section() {
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

    #[test]
    fn the_steps_of_a_ceremony_are_in_the_order_of_their_numbers() {
        for (ceremony, count) in [(Ceremony::Registration, 30), (Ceremony::Authentication, 28)] {
            let numbers: Vec<f64> = Step::all(ceremony)
                .map(|step| step.number(ceremony).unwrap().parse().unwrap())
                .collect();
            assert!(numbers.is_sorted(), "{numbers:?}");
            assert_eq!(numbers.len(), count);
        }
        let registration: Vec<_> = Step::all(Ceremony::Registration).collect();
        assert_eq!(registration.first(), Some(&Step::Options));
        assert_eq!(registration.last(), Some(&Step::ExtensionOutputs));
        let place = |step| registration.iter().position(|one| *one == step).unwrap();
        assert!(place(Step::Origin) < place(Step::TopOriginFraming));
        assert!(place(Step::TopOrigin) < place(Step::ClientDataHash));
        assert!(place(Step::CredentialIdUnique) < place(Step::CredentialRecord));
        let login = Step::all(Ceremony::Authentication).last();
        assert_eq!(login, Some(Step::RecordUpdate));
        let is_of_payment = |step: &Step| step.as_str().starts_with("payment-");
        assert!(!Step::all(Ceremony::Authentication).any(|step| is_of_payment(&step)));
        assert_eq!(Step::ALL.iter().filter(|step| is_of_payment(step)).count(), 7);
    }

    #[test]
    fn the_name_of_a_step_is_its_variant_in_kebab_case() {
        for step in Step::ALL {
            let mut name = String::new();
            for (place, letter) in format!("{step:?}").char_indices() {
                if letter.is_ascii_uppercase() && place > 0 {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
            }
            assert_eq!(step.as_str(), name);
            assert_eq!(name.parse(), Ok(*step));
        }
    }
}
