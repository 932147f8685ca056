//! The pages, as HTML. They work with the scripts in `assets`.

mod account;
mod lab;
mod start;
mod time;

use maud::{DOCTYPE, Markup, html};

use crate::recording::Recording;
use crate::report;
use crate::site::Site;

pub use account::account;
pub use lab::lab;
pub use start::start;

/// The pages in the navigation.
const PAGES: [(&str, &str); 3] =
    [("/", "Passkeys"), ("/lab", "Experiments"), ("/inspect", "Inspect")];

/// A page with this title, script and content.
pub fn layout(title: &str, script: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · webauthn-verify" }
                link rel="icon" href="/assets/icon.svg";
                link rel="stylesheet" href="/assets/site.css";
                script type="module" src={ "/assets/" (script) } {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header.site {
                    a.brand href="/" {
                        img src="/assets/icon.svg" alt="" width="24" height="24";
                        "webauthn-verify"
                    }
                    nav aria-label="Pages" {
                        ul { @for (path, name) in PAGES { li { a href=(path) { (name) } } } }
                    }
                }
                main #content { h1 { (title) } (content) }
                footer.site {
                    p {
                        "A demonstration of webauthn-verify, a Rust crate that verifies passkeys. \
                         Use it with made-up names."
                    }
                }
            }
        }
    }
}

/// What to say if passkeys cannot work here. The script shows what applies.
fn notices(site: &Site) -> Markup {
    let own = site.origins.first().map_or("/", String::as_str);
    html! {
        noscript {
            p.notice {
                "Browsers give passkeys only to scripts, so this page needs JavaScript. "
                a href="/inspect" { "Inspect" } " works without it."
            }
        }
        p.notice #no-webauthn role="alert" hidden {
            "This browser cannot use passkeys. Try a current version of Chrome, Edge, Firefox or \
             Safari, outside of another app."
        }
        p.notice #wrong-address role="alert" data-origin=(site.origins.join(" ")) hidden {
            "Passkeys belong to an address, and those of this site belong to another one: open "
            a href=(own) { (own) } " instead."
        }
    }
}

/// The place where the script says what happens, next to the button that was pressed. It is inside
/// an element with the attribute `data-place`.
fn message() -> Markup {
    html! { div.message role="status" {} }
}

/// The last ceremony of the session. The script replaces it after each ceremony.
fn last_ceremony(site: &Site, recording: Option<&Recording>) -> Markup {
    html! {
        section #report aria-label="The last ceremony" {
            @if let Some(recording) = recording { (report::show(recording, site)) }
        }
    }
}

/// A checkbox.
fn tick(name: &str, value: &str, label: &str, checked: bool) -> Markup {
    html! {
        label.tick {
            input type="checkbox" name=(name) value=(value) checked[checked];
            span { (label) }
        }
    }
}

/// The checkbox of a registration. Without it, the site does not ask for the model.
fn ask_for_attestation() -> Markup {
    tick("attestation", "direct", "Ask the device to prove its model", false)
}
