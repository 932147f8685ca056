//! The two ceremonies of the specification and their steps, with numbers and links.
//!
//! The numbers are list positions in [W3C Web Authentication Level 3][spec]: 29 steps in §7.1
//! (Registering a New Credential) and 25 steps in §7.2 (Verifying an Authentication Assertion).
//! [Secure Payment Confirmation][payment] adds steps to §7.2. No other file contains these numbers.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//! [payment]: https://www.w3.org/TR/secure-payment-confirmation/

use core::fmt;

use crate::names::names;
use crate::text::documented;

/// A ceremony that the relying party verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ceremony {
    /// Creates a credential for an account: §7.1.
    Registration,
    /// Signs a user in with a credential, or confirms a payment: §7.2.
    Authentication,
}

names! {
    Ceremony, "ceremony", impl Display;
    Registration = "registration",
    Authentication = "authentication",
}

/// The place of a step in one ceremony: its number, and the fragment of its link if the step has
/// its own link. For a step of another specification, the fragment is the whole path of the
/// section.
type Place = Option<(&'static str, Option<&'static str>)>;

/// Defines [`Step`] from one table: title, variant, name, place in §7.1, place in §7.2. The title is
/// also the documentation of the variant.
macro_rules! steps {
    ($($(#[doc = $title:literal])+ $variant:ident, $name:literal, $registration:expr, $authentication:expr;)*) => {
        /// A step of a ceremony, named after what it checks.
        ///
        /// A step that occurs in both ceremonies is one variant. [`Step::number`] returns the
        /// number of a step in one ceremony.
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
            $($(#[doc = $title])+ $variant,)*
        }

        impl Step {
            /// Every step, in the order of the table.
            const ALL: &'static [Step] = &[$(Step::$variant,)*];

            /// Returns the title of the step, for example "Verify the challenge".
            pub fn title(self) -> &'static str {
                documented(match self {
                    $(Step::$variant => concat!($($title),+),)*
                })
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

/// The section that adds steps after step 12 of §7.2. It does not number them. This file numbers
/// them as parts of step 12.
const PAYMENT_SECTION: &str = "secure-payment-confirmation/#sctn-verifying-assertion";

/// A step of Secure Payment Confirmation.
const fn payment(number: &'static str) -> Place {
    Some((number, Some(PAYMENT_SECTION)))
}

/// A step that has no link of its own in the specification.
const fn at(number: &'static str) -> Place {
    Some((number, None))
}

/// A step that has its own link in the specification.
const fn linked(number: &'static str, fragment: &'static str) -> Place {
    Some((number, Some(fragment)))
}

steps! {
    /// Configure the options of the ceremony.
    Options, "options", at("1"), at("1");
    /// Obtain a credential from the browser.
    BrowserCall, "browser-call", at("2"), at("2");
    /// Read the authenticator's response.
    ResponseType, "response-type", at("3"), at("3");
    /// Read the client extension results.
    ClientExtensionResults, "client-extension-results", at("4"), at("4");
    /// Verify that the credential is allowed.
    AllowedCredential, "allowed-credential", None, at("5");
    /// Identify the user and the credential record.
    CredentialRecord, "credential-record", at("27"), at("6");
    /// Read the members of the response.
    ResponseMembers, "response-members", at("3"), at("7");
    /// Decode the client data as UTF-8.
    ClientDataText, "client-data-text", at("5"), at("8");
    /// Parse the client data as JSON.
    ClientDataJson, "client-data-json", at("6"), at("9");
    /// Verify the type of the ceremony.
    CeremonyType, "ceremony-type", at("7"), at("10");
    /// Verify the challenge.
    Challenge, "challenge", at("8"), at("11");
    /// Verify the origin.
    Origin, "origin",
        linked("9", "rp-op-registering-a-new-credential-step-origin"),
        linked("12", "rp-op-verifying-assertion-step-origin");
    /// Verify the RP ID of the payment.
    PaymentRpId, "payment-rp-id", None, payment("12.1");
    /// Verify the top origin of the payment.
    PaymentTopOrigin, "payment-top-origin", None, payment("12.2");
    /// Verify the name of the payee.
    PaymentPayeeName, "payment-payee-name", None, payment("12.3");
    /// Verify the origin of the payee.
    PaymentPayeeOrigin, "payment-payee-origin", None, payment("12.4");
    /// Verify the logos of the payment.
    PaymentEntitiesLogos, "payment-entities-logos", None, payment("12.5");
    /// Verify the total of the payment.
    PaymentTotal, "payment-total", None, payment("12.6");
    /// Verify the payment instrument.
    PaymentInstrument, "payment-instrument", None, payment("12.7");
    /// Verify that a cross-origin iframe is expected.
    CrossOrigin, "cross-origin", at("10"), at("13");
    /// Verify that framing is expected.
    TopOriginFraming, "top-origin-framing", at("11.1"), at("14.1");
    /// Verify the top origin.
    TopOrigin, "top-origin", at("11.2"), at("14.2");
    /// Hash the client data.
    ClientDataHash, "client-data-hash", at("12"), at("20");
    /// Decode the attestation object.
    AttestationObject, "attestation-object", at("13"), None;
    /// Verify the RP ID hash.
    RpIdHash, "rp-id-hash",
        at("14"), linked("15", "rp-op-verifying-assertion-step-rpid-hash");
    /// Verify that the user was present.
    UserPresence, "user-presence", at("15"), at("16");
    /// Verify that the user was verified.
    UserVerification, "user-verification", at("16"), at("17");
    /// Verify that the backup flags are consistent.
    BackupFlags, "backup-flags", at("17"), at("18");
    /// Evaluate the backup eligibility.
    BackupEligibility, "backup-eligibility", at("18"), at("19");
    /// Verify that the credential is still backup eligible.
    BackupEligibilityKept, "backup-eligibility-kept", None, at("19.1");
    /// Verify that the credential has not become backup eligible.
    BackupEligibilityGained, "backup-eligibility-gained",
        None, at("19.2");
    /// Evaluate the backup state.
    BackupState, "backup-state", at("19"), at("19.3");
    /// Verify the algorithm of the credential public key.
    CredentialAlgorithm, "credential-algorithm", at("20"), None;
    /// Determine the attestation statement format.
    AttestationFormat, "attestation-format", at("21"), None;
    /// Verify the attestation statement.
    AttestationStatement, "attestation-statement",
        linked("22", "reg-ceremony-verify-attestation"), None;
    /// Obtain the acceptable trust anchors.
    TrustAnchors, "trust-anchors",
        linked("23", "reg-ceremony-attestation-trust-anchors"), None;
    /// Assess the trustworthiness of the attestation.
    AttestationTrust, "attestation-trust",
        linked("24", "reg-ceremony-assess-trust"), None;
    /// Verify the length of the credential ID.
    CredentialIdLength, "credential-id-length", at("25"), None;
    /// Verify that the credential ID is not yet registered.
    CredentialIdUnique, "credential-id-unique", at("26"), None;
    /// Verify the signature.
    Signature, "signature", None, at("21");
    /// Verify the signature counter.
    SignCount, "sign-count", None, at("22");
    /// Process the extension outputs.
    ExtensionOutputs, "extension-outputs",
        linked("28", "reg-ceremony-verify-extension-outputs"),
        linked("23", "authn-ceremony-verify-extension-outputs");
    /// Update the credential record.
    RecordUpdate, "record-update", None,
        linked("24", "authn-ceremony-update-credential-record");
}

/// The step's [`title`](Step::title).
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Step {
    /// Returns the steps of a ceremony, in the order of their numbers, without the steps of
    /// payments.
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
        let mut steps: Vec<(Vec<u32>, Step)> = Vec::new();
        for step in Step::ALL {
            let number = match step.place(ceremony) {
                None | Some((_, Some(PAYMENT_SECTION))) => continue,
                Some((number, _)) => parts(number),
            };
            // Steps with the same number keep the order of the table.
            let index = steps.partition_point(|(other, _)| *other <= number);
            steps.insert(index, (number, *step));
        }
        steps.into_iter().map(|(_, step)| step)
    }

    /// Returns the number of the step in the ceremony, such as `"9"` or `"11.2"`, or `None` if the
    /// ceremony does not have the step.
    ///
    /// Secure Payment Confirmation adds steps to step 12 of §7.2 without numbering them. Here,
    /// these steps have the numbers `"12.1"` to `"12.7"`.
    pub fn number(self, ceremony: Ceremony) -> Option<&'static str> {
        self.place(ceremony).map(|(number, _)| number)
    }

    /// Returns a link to the step in the published specification, or to its section if the step has
    /// no link of its own.
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

/// Splits a number into its parts, so that 9 sorts before 11.1.
fn parts(number: &str) -> Vec<u32> {
    number.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_belongs_to_a_ceremony_and_no_number_exceeds_its_list() {
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
    fn a_step_links_to_its_own_fragment_or_else_to_its_section() {
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
    fn the_steps_of_a_ceremony_are_sorted_by_number() {
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
