//! The page of the experiments: ceremonies with any options.

use maud::{Markup, html};
use webauthn_verify::{Algorithm, Credential};

use super::{confirmation, last_ceremony, layout, message, notices, tick};
use crate::recording::Recording;
use crate::site::Site;
use crate::store::Purpose;

/// The algorithms that are selected at first: the default of the crate.
const SELECTED: [Algorithm; 3] = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

/// The page with the credentials of the session's experiments.
pub fn lab(site: &Site, credentials: &[Credential], recording: Option<&Recording>) -> Markup {
    layout(
        "Experiments",
        "lab.js",
        html! {
            p.lead {
                "Choose any options, and see what your browser and your authenticators make of \
                 them. These passkeys are kept apart from the accounts: you cannot sign in with them."
            }
            (notices(site))
            (form(credentials))
            (earlier(credentials))
            (last_ceremony(site, Purpose::Lab, recording))
            details.card {
                summary { "What this browser says it can do" }
                dl.facts #capabilities {}
            }
            (confirmation())
        },
    )
}

fn form(credentials: &[Credential]) -> Markup {
    html! {
        form.card #experiment method="post" data-place {
            div.columns {
                (for_both())
                (for_registration())
                (for_authentication(credentials))
            }
            div.buttons {
                button.primary name="ceremony" value="registration" { "Create a passkey" }
                button.primary name="ceremony" value="authentication" { "Use a passkey" }
                button #stop type="button" hidden { "Stop" }
            }
            (message())
        }
    }
}

fn for_both() -> Markup {
    html! {
        fieldset {
            legend { "Both ceremonies" }
            (choice("userVerification", "User verification", &REQUIREMENTS, "required"))
            (choice("mediation", "Mediation: how the browser asks", &[
                ("", "A dialog"),
                ("conditional", "Conditional: no dialog"),
            ], ""))
            // Shown if the mediation is conditional.
            div #conditional {
                label for="autofill" { "Field for conditional logins" }
                input #autofill autocomplete="username webauthn" aria-describedby="autofill-hint";
                p.hint #autofill-hint { "Passkeys are offered in the autofill menu of this field." }
            }
            fieldset.plain {
                legend { "Hints: where the browser looks first" }
                (tick("hints", "security-key", "Security key", false))
                (tick("hints", "client-device", "This device", false))
                (tick("hints", "hybrid", "Another device", false))
            }
            details {
                summary { "Extension prf: secrets from the passkey" }
                (tick("prf", "true", "Enable", false))
                (text("prfFirst", "First input"))
                (text("prfSecond", "Second input (needs a first one)"))
                p.hint {
                    "The report shows the secrets. Your site would delete them from the response \
                     before it sends the response to the server."
                }
            }
        }
    }
}

fn for_registration() -> Markup {
    html! {
        fieldset {
            legend { "To create a passkey" }
            (choice("attestation", "Attestation", &[
                ("none", "None"),
                ("indirect", "Indirect"),
                ("direct", "Direct"),
                ("enterprise", "Enterprise"),
            ], "none"))
            (choice("residentKey", "Discoverable credential", &REQUIREMENTS, "required"))
            (choice("attachment", "Authenticator", &[
                ("", "Any"),
                ("platform", "Built into this device"),
                ("cross-platform", "A security key or another device"),
            ], ""))
            (tick("exclude", "true", "Exclude the passkeys of earlier experiments", false))
            details {
                summary { "Algorithms" }
                @for algorithm in Algorithm::compiled_in() {
                    @let number = algorithm.cose_id().to_string();
                    @let label = format!("{algorithm} ({number})");
                    (tick("algorithms", &number, &label, SELECTED.contains(&algorithm)))
                }
            }
            details {
                summary { "Extensions" }
                (tick("credProps", "true", "credProps: the browser says whether the passkey is discoverable", true))
                (choice("credentialProtectionPolicy", "credProtect", &[
                    ("", "Not requested"),
                    ("userVerificationOptional", "User verification optional"),
                    (
                        "userVerificationOptionalWithCredentialIDList",
                        "Optional with a list of passkeys",
                    ),
                    ("userVerificationRequired", "User verification required"),
                ], ""))
                (tick(
                    "enforceCredentialProtectionPolicy", "true",
                    "Fail if the authenticator does not support credProtect", false,
                ))
                (choice("largeBlobSupport", "largeBlob", &[
                    ("", "Not requested"),
                    ("preferred", "Preferred"),
                    ("required", "Required"),
                ], ""))
                (text("credBlob", "credBlob: text to store, up to 32 bytes"))
                (tick("minPinLength", "true", "minPinLength: the shortest PIN", false))
                (text("appidExclude", "appidExclude: an AppID of U2F, which is an https URL"))
            }
        }
    }
}

fn for_authentication(credentials: &[Credential]) -> Markup {
    html! {
        fieldset {
            legend { "To use a passkey" }
            (allowed(credentials))
            p.hint {
                "With “Any passkey”, your browser also offers the passkeys of your account. This \
                 page rejects them."
            }
            details {
                summary { "Extensions" }
                (choice("largeBlobUse", "largeBlob", &[
                    ("", "Not requested"),
                    ("read", "Read"),
                    ("write", "Write the text below"),
                ], ""))
                (text("largeBlobText", "Text to write"))
                p.hint { "To write, allow only one passkey: choose it in the list above." }
                (tick("getCredBlob", "true", "getCredBlob: read the stored text", false))
                (text("appid", "appid: an AppID of U2F, which is an https URL"))
            }
        }
    }
}

/// The choice of the allowed passkeys. The script shows it again after each experiment.
fn allowed(credentials: &[Credential]) -> Markup {
    html! {
        label for="allow" { "Allowed passkeys" }
        select #allow name="allow" {
            option value="all" { "All of earlier experiments" }
            @for credential in credentials {
                option value=(credential.id_base64url()) {
                    "Only " (start(credential)) "… (" (credential.algorithm()) ")"
                }
            }
            option value="" { "Any passkey" }
        }
    }
}

const REQUIREMENTS: [(&str, &str); 3] =
    [("required", "Required"), ("preferred", "Preferred"), ("discouraged", "Discouraged")];

/// A choice of one value.
fn choice(name: &str, label: &str, values: &[(&str, &str)], selected: &str) -> Markup {
    html! {
        label for=(name) { (label) }
        select id=(name) name=(name) {
            @for (value, text) in values {
                option value=(value) selected[*value == selected] { (text) }
            }
        }
    }
}

/// A text field that may be empty.
fn text(name: &str, label: &str) -> Markup {
    html! {
        label for=(name) { (label) }
        input id=(name) name=(name) autocomplete="off" spellcheck="false";
    }
}

/// The credentials of earlier experiments.
fn earlier(credentials: &[Credential]) -> Markup {
    html! {
        section.card #earlier data-place aria-labelledby="earlier-heading" {
            h2 #earlier-heading tabindex="-1" { "Passkeys of earlier experiments" }
            @if credentials.is_empty() {
                p { "There are none in this session." }
            } @else {
                div.scroll.tall tabindex="0" role="region" aria-labelledby="earlier-heading" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Credential ID" }
                                th scope="col" { "Algorithm" }
                                th scope="col" { "Kind" }
                                th scope="col" { "Counter" }
                            }
                        }
                        tbody { @for credential in credentials { (row(credential)) } }
                    }
                }
                button #clear type="button" { "Forget these passkeys" }
            }
            (message())
        }
    }
}

/// The first characters of a credential ID.
fn start(credential: &Credential) -> String {
    credential.id_base64url().chars().take(12).collect()
}

fn row(credential: &Credential) -> Markup {
    html! {
        tr {
            th scope="row" { code { (start(credential)) "…" } }
            td { (credential.algorithm()) }
            td {
                @if credential.backup_eligible() == Some(true) { "Synced" }
                @else { "Device-bound" }
                @if credential.is_second_factor_only() { ", second factor only" }
            }
            td { (credential.sign_count()) }
        }
    }
}
