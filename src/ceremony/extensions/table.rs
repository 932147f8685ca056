//! The known extensions, in two tables: the inputs and outputs of browsers, and the outputs of
//! authenticators.
//!
//! To add an extension, add a row to the first table. If authenticators answer it, also add a row
//! to the second table. A row names the functions of `input_forms` and `output_forms` and the
//! methods of [`AuthenticatorOutputs`] that read each form. If browsers support the extension, add
//! a method that requests it (`requests`). Otherwise, name the extension in the documentation of
//! the method `extension`. Add a method to [`ClientOutputs`](crate::extensions::ClientOutputs) that
//! returns its output.

use crate::ceremony::extensions::input_forms::{self, Form, Input};
use crate::ceremony::extensions::output_forms::{self, Lost, Output};
use crate::message::extensions::AuthenticatorOutputs;
use crate::spec::Ceremony;

const REGISTRATION: Option<Ceremony> = Some(Ceremony::Registration);
const LOGIN: Option<Ceremony> = Some(Ceremony::Authentication);
const BOTH: Option<Ceremony> = None;

/// Returns whether a row applies to this ceremony.
fn is_for(only_in: Option<Ceremony>, ceremony: Ceremony) -> bool {
    only_in.is_none_or(|only| only == ceremony)
}

/// Defines [`Extension`] from the table of client extensions. The columns are the variant, the
/// identifier, the ceremony, the form of the input and the form of the output. The variants are
/// sorted by identifier, and serialized lists have the same order.
macro_rules! extensions {
    ($($variant:ident, $identifier:literal, $ceremony:ident, $input:ident, $output:ident;)*) => {
        /// A client extension whose input or output this crate reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Extension {
            $($variant,)*
        }

        impl Extension {
            const COUNT: usize = [$(Extension::$variant,)*].len();

            pub(crate) const ALL: [Extension; Extension::COUNT] = [$(Extension::$variant,)*];

            /// The extension with this identifier (§9.1). Identifiers are case-sensitive.
            pub(crate) fn named(identifier: &str) -> Option<Extension> {
                match identifier {
                    $($identifier => Some(Extension::$variant),)*
                    _ => None,
                }
            }

            pub(crate) const fn identifier(self) -> &'static str {
                match self { $(Extension::$variant => $identifier,)* }
            }

            /// The ceremony of the extension, or `None` for both.
            fn only_in(self) -> Option<Ceremony> {
                match self { $(Extension::$variant => $ceremony,)* }
            }

            /// Checks that a browser would accept the input.
            pub(super) fn check_input(self, input: &Input<'_>) -> Form {
                if !is_for(self.only_in(), input.ceremony) {
                    return Err("the extension is for the other ceremony");
                }
                match self { $(Extension::$variant => input_forms::$input(input),)* }
            }

            /// Reads the output only to collect the parts that are lost.
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

impl Extension {
    /// Returns whether this ceremony can have the extension. A payment is a login, and browsers
    /// themselves add its extension.
    pub(super) fn can_be_in(self, ceremony: Ceremony) -> bool {
        is_for(self.only_in(), ceremony) || self == Extension::Payment
    }
}

/// The output of an authenticator extension.
pub(super) struct AuthenticatorOutput {
    pub(super) identifier: &'static str,
    /// The ceremony in which the output has this form, or `None` for both.
    only_in: Option<Ceremony>,
    /// The client extensions that request it.
    pub(super) asked_by: &'static [Extension],
    /// Whether its form is correct.
    pub(super) has_form: fn(&AuthenticatorOutputs<'_>) -> bool,
    /// The error if its form is not correct.
    pub(super) otherwise: &'static str,
}

impl AuthenticatorOutput {
    /// The outputs in one ceremony, in the order in which they are checked.
    pub(super) fn of(ceremony: Ceremony) -> impl Iterator<Item = &'static AuthenticatorOutput> {
        let is_of = move |output: &&AuthenticatorOutput| is_for(output.only_in, ceremony);
        AUTHENTICATOR_OUTPUTS.iter().filter(is_of)
    }
}

/// The client extensions for which an authenticator uses `hmac-secret`.
const BY_HMAC_SECRET: &[Extension] =
    &[Extension::HmacCreateSecret, Extension::HmacGetSecret, Extension::Prf];

/// The table of authenticator outputs. Some identifiers differ from the client extension
/// identifiers.
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
    // The extension has no authenticator output (§10.1.4), because everyone with access to the
    // signed bytes could read it.
    AuthenticatorOutput {
        identifier: "prf",
        only_in: BOTH,
        asked_by: &[Extension::Prf],
        has_form: |_| false,
        otherwise: "authenticator data must not have results",
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
                let asks = |one: &Extension| one.can_be_in(ceremony);
                assert!(output.asked_by.iter().any(asks), "{}", output.identifier);
            }
        }
    }
}
