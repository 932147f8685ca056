//! The extensions that are known here: two tables, one of what clients take and give, one of what
//! authenticators give.
//!
//! To add an extension, write a row of the first table, and one of the second if authenticators
//! answer to it. The forms that a row names are functions of `input_forms` and `output_forms`, and
//! methods of [`AuthenticatorOutputs`]. If browsers know the extension, a method of the request asks
//! for it (`requests`); else the documentation of the method `extension` names it. A method of
//! [`ClientOutputs`](crate::extensions::ClientOutputs) gives its output.

use crate::ceremony::extensions::input_forms::{self, Form, Input};
use crate::ceremony::extensions::output_forms::{self, Lost, Output};
use crate::message::extensions::AuthenticatorOutputs;
use crate::spec::Ceremony;

const REGISTRATION: Option<Ceremony> = Some(Ceremony::Registration);
const LOGIN: Option<Ceremony> = Some(Ceremony::Authentication);
const BOTH: Option<Ceremony> = None;

/// Whether a row is about this ceremony.
fn is_for(only_in: Option<Ceremony>, ceremony: Ceremony) -> bool {
    only_in.is_none_or(|only| only == ceremony)
}

/// Defines [`Extension`] from the table of what clients take and give: variant, identifier, the
/// ceremony that has it, the form of its input, the form of its output. The variants are in the
/// order of the identifiers, in which the stored forms list them.
macro_rules! extensions {
    ($($variant:ident, $identifier:literal, $ceremony:ident, $input:ident, $output:ident;)*) => {
        /// A client extension whose input or output is read here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Extension {
            $($variant,)*
        }

        impl Extension {
            const COUNT: usize = [$(Extension::$variant,)*].len();

            pub(crate) const ALL: [Extension; Extension::COUNT] = [$(Extension::$variant,)*];

            /// The extension with this identifier (§9.1), which is compared by case.
            pub(crate) fn named(identifier: &str) -> Option<Extension> {
                match identifier {
                    $($identifier => Some(Extension::$variant),)*
                    _ => None,
                }
            }

            pub(crate) const fn identifier(self) -> &'static str {
                match self { $(Extension::$variant => $identifier,)* }
            }

            /// The ceremony that the extension is for, if only one is.
            fn only_in(self) -> Option<Ceremony> {
                match self { $(Extension::$variant => $ceremony,)* }
            }

            /// Whether a client would take the input.
            pub(super) fn check_input(self, input: &Input<'_>) -> Form {
                if !is_for(self.only_in(), input.ceremony) {
                    return Err("the extension is for the other ceremony");
                }
                match self { $(Extension::$variant => input_forms::$input(input),)* }
            }

            /// Reads the output, to see what of it is lost.
            pub(super) fn read_output(self, output: Output<'_>, lost: &mut Lost<'_>) {
                match self { $(Extension::$variant => drop(output_forms::$output(output, lost)),)* }
            }
        }
    };
}

extensions! {
    AppId,                             "appid",                             LOGIN,        app_id,             boolean;
    AppIdExclude,                      "appidExclude",                      REGISTRATION, app_id,             boolean;
    CredBlob,                          "credBlob",                          REGISTRATION, bytes,              boolean;
    CredProps,                         "credProps",                         REGISTRATION, boolean,            cred_props;
    CredentialProtectionPolicy,        "credentialProtectionPolicy",        REGISTRATION, protection_policy,  none;
    EnforceCredentialProtectionPolicy, "enforceCredentialProtectionPolicy", REGISTRATION, enforcement,        none;
    GetCredBlob,                       "getCredBlob",                       LOGIN,        boolean,            bytes;
    HmacCreateSecret,                  "hmacCreateSecret",                  REGISTRATION, boolean,            boolean;
    HmacGetSecret,                     "hmacGetSecret",                     LOGIN,        salts,              hmac_get_secret;
    LargeBlob,                         "largeBlob",                         BOTH,         large_blob,         large_blob;
    MinPinLength,                      "minPinLength",                      REGISTRATION, boolean,            none;
    Payment,                           "payment",                           REGISTRATION, object,             none;
    Prf,                               "prf",                               BOTH,         prf,                prf;
    RemoteClientDataJson,              "remoteClientDataJSON",              BOTH,         remote_client_data, boolean;
    Uvm,                               "uvm",                               BOTH,         boolean,            uvm;
}

/// An output of an authenticator.
pub(super) struct AuthenticatorOutput {
    pub(super) identifier: &'static str,
    /// The ceremony that has it in this form, if only one has.
    only_in: Option<Ceremony>,
    /// The client extensions that ask for it.
    pub(super) asked_by: &'static [Extension],
    /// Whether it has its form.
    pub(super) has_form: fn(&AuthenticatorOutputs<'_>) -> bool,
    /// What is wrong with it otherwise.
    pub(super) otherwise: &'static str,
}

impl AuthenticatorOutput {
    /// The outputs of one ceremony, in the order in which they are checked.
    pub(super) fn of(ceremony: Ceremony) -> impl Iterator<Item = &'static AuthenticatorOutput> {
        let is_of = move |output: &&AuthenticatorOutput| is_for(output.only_in, ceremony);
        AUTHENTICATOR_OUTPUTS.iter().filter(is_of)
    }
}

/// Client extensions that an authenticator serves by `hmac-secret`.
const BY_HMAC_SECRET: &[Extension] =
    &[Extension::HmacCreateSecret, Extension::HmacGetSecret, Extension::Prf];

/// The table of what authenticators give. Its identifiers are others than those of clients.
const AUTHENTICATOR_OUTPUTS: &[AuthenticatorOutput] = &[
    AuthenticatorOutput {
        identifier: "credBlob",
        only_in: REGISTRATION,
        asked_by: &[Extension::CredBlob],
        has_form: |outputs| outputs.cred_blob_stored().is_some(),
        otherwise: "not a boolean in a registration",
    },
    AuthenticatorOutput {
        identifier: "credBlob",
        only_in: LOGIN,
        asked_by: &[Extension::GetCredBlob],
        has_form: |outputs| outputs.cred_blob().is_some(),
        otherwise: "not bytes in a login",
    },
    AuthenticatorOutput {
        identifier: "credProtect",
        only_in: REGISTRATION,
        asked_by: &[Extension::CredentialProtectionPolicy],
        has_form: |outputs| outputs.cred_protect().is_some(),
        otherwise: "not 1, 2 or 3",
    },
    AuthenticatorOutput {
        identifier: "hmac-secret",
        only_in: REGISTRATION,
        asked_by: BY_HMAC_SECRET,
        has_form: |outputs| outputs.hmac_secret_enabled().is_some(),
        otherwise: "not a boolean in a registration",
    },
    AuthenticatorOutput {
        identifier: "hmac-secret",
        only_in: LOGIN,
        asked_by: BY_HMAC_SECRET,
        has_form: |outputs| outputs.hmac_secret().is_some(),
        otherwise: "not encrypted secrets in a login",
    },
    AuthenticatorOutput {
        identifier: "hmac-secret-mc",
        only_in: REGISTRATION,
        asked_by: BY_HMAC_SECRET,
        has_form: |outputs| outputs.hmac_secret_mc().is_some(),
        otherwise: "not encrypted secrets",
    },
    AuthenticatorOutput {
        identifier: "minPinLength",
        only_in: REGISTRATION,
        asked_by: &[Extension::MinPinLength],
        has_form: |outputs| outputs.min_pin_length().is_some(),
        otherwise: "not a number of characters",
    },
    AuthenticatorOutput {
        identifier: "uvm",
        only_in: BOTH,
        asked_by: &[Extension::Uvm],
        has_form: |outputs| outputs.uvm().is_some(),
        otherwise: "not one to three entries of numbers",
    },
    AuthenticatorOutput {
        identifier: "thirdPartyPayment",
        only_in: BOTH,
        asked_by: &[Extension::Payment],
        has_form: |outputs| outputs.third_party_payment().is_some(),
        otherwise: "not a boolean",
    },
    // The extension has no output of the authenticator (§10.1.4): whoever sees the signed bytes
    // could read it.
    AuthenticatorOutput {
        identifier: "prf",
        only_in: BOTH,
        asked_by: &[Extension::Prf],
        has_form: |_| false,
        otherwise: "results in authenticator data",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_extension_has_its_identifier_in_order() {
        for extension in Extension::ALL {
            assert_eq!(Extension::named(extension.identifier()), Some(extension));
        }
        assert!(Extension::ALL.is_sorted_by_key(|extension| extension.identifier()));
    }

    #[test]
    fn each_authenticator_output_is_in_the_table_once_and_can_be_requested() {
        for ceremony in [Ceremony::Registration, Ceremony::Authentication] {
            let mut identifiers = Vec::new();
            for output in AuthenticatorOutput::of(ceremony) {
                assert!(!identifiers.contains(&output.identifier), "{}", output.identifier);
                identifiers.push(output.identifier);
                // Browsers add `payment` to logins by themselves.
                let asks =
                    |one: &Extension| is_for(one.only_in(), ceremony) || *one == Extension::Payment;
                assert!(output.asked_by.iter().any(asks), "{}", output.identifier);
            }
        }
    }
}
