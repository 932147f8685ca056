//! The page of a visitor: create an account, or sign in.

use maud::{Markup, html};

use super::{ask_for_attestation, last_ceremony, layout, message, notices};
use crate::recording::Recording;
use crate::site::Site;

pub fn start(site: &Site, recording: Option<&Recording>) -> Markup {
    layout(
        "Try a passkey",
        "site.js",
        html! {
            p.lead {
                "Create an account with a passkey, and sign in with it. After each ceremony, this \
                 page shows every step that the server verified, and all that was sent."
            }
            (notices(site))
            div.columns { (create()) (sign_in()) }
            (last_ceremony(site, recording))
        },
    )
}

fn create() -> Markup {
    html! {
        section.card #create data-place aria-labelledby="create-heading" {
            h2 #create-heading { "New here?" }
            p { "You need only a name. Your device creates a passkey for it: there is no password." }
            form method="post" {
                label for="new-name" { "Your name" }
                input #new-name name="name" required maxlength="40" autocomplete="nickname"
                    placeholder="Alice" aria-describedby="new-name-hint";
                p.hint #new-name-hint {
                    "The site adds a random number to it, so no name is ever taken."
                }
                (ask_for_attestation())
                button.primary { "Create an account" }
            }
            (message())
        }
    }
}

fn sign_in() -> Markup {
    html! {
        section.card #sign-in data-place aria-labelledby="sign-in-heading" {
            h2 #sign-in-heading { "Back again?" }
            p { "Your passkey knows your account, so you need not enter anything." }
            button.primary #sign-in-button type="button" { "Sign in with a passkey" }
            form method="post" {
                label for="username" { "Or enter the name of your account" }
                input #username name="username" required maxlength="60"
                    autocomplete="username webauthn" autocapitalize="none" spellcheck="false"
                    placeholder="alice-12345" aria-describedby="username-hint";
                p.hint #username-hint {
                    "Your browser may offer your passkeys in this field. If it does not, the site \
                     asks for a passkey of this account."
                }
                button { "Sign in by name" }
            }
            (message())
        }
    }
}
