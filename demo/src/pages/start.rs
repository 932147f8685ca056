//! The page of a visitor: create an account, or sign in.

use maud::{Markup, html};

use super::{ask_for_attestation, last_ceremony, layout, message, notices};
use crate::recording::Recording;
use crate::site::Site;
use crate::store::Purpose;

pub fn start(site: &Site, recording: Option<&Recording>) -> Markup {
    layout(
        "Try a passkey",
        "site.js",
        html! {
            div #news data-place {
                p.lead {
                    "Create an account with a passkey, and sign in with it. After each registration \
                     or login (a “ceremony”), this page shows every step that the server verified, \
                     and everything that was sent."
                }
                (message())
            }
            (notices(site))
            div.columns { (create()) (sign_in()) }
            (last_ceremony(site, Purpose::Site, recording))
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
                    "The site adds a random number, so your name is always free. It writes the name \
                     in lower case."
                }
                (ask_for_attestation())
                p.hint { "Most sites need none. With it, you can see what your device proves." }
                button.primary { "Create an account" }
            }
            (message())
        }
    }
}

fn sign_in() -> Markup {
    html! {
        section.card #sign-in data-place aria-labelledby="sign-in-heading" {
            h2 #sign-in-heading { "Welcome back" }
            p { "Your passkey knows your account, so you need not enter anything." }
            button.primary #sign-in-button type="button" { "Sign in with a passkey" }
            form method="post" {
                label for="username" { "Or enter the name of your account" }
                input #username name="username" required maxlength="60"
                    autocomplete="username webauthn" autocapitalize="none" spellcheck="false"
                    placeholder="alice-12345" aria-describedby="username-hint";
                p.hint #username-hint {
                    "Choose a passkey from your browser's menu, or enter the full account name with \
                     its number."
                }
                button { "Sign in by name" }
            }
            (message())
        }
    }
}
