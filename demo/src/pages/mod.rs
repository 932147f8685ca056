//! The pages, as HTML. They work with the scripts in `assets`.

mod account;
mod lab;
mod start;
mod time;

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::recording::Recording;
use crate::report;
use crate::site::Site;
use crate::store::Purpose;

pub use account::account;
pub use lab::lab;
pub use start::start;
pub use time::time;

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

/// The page of a request that failed.
pub fn failure(status: StatusCode, message: &str) -> Markup {
    let is_missing = status == StatusCode::NOT_FOUND;
    layout(
        if is_missing { "Page not found" } else { "That did not work" },
        "page.js",
        html! {
            p.lead { (message) }
            p { a href="/" { "Go to the start page" } }
        },
    )
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

/// The last ceremony of the session with this purpose. The script replaces it after each ceremony.
fn last_ceremony(site: &Site, purpose: Purpose, recording: Option<&Recording>) -> Markup {
    let label = match purpose {
        Purpose::Site => "Your last registration or login",
        Purpose::Lab => "Your last experiment",
    };
    html! {
        section #report data-path=(purpose.report()) aria-label=(label) {
            @if let Some(recording) = recording { (report::show(recording, site, purpose)) }
        }
        // Hidden until there is a report.
        p.to-top { a href="#content" { "Back to the top" } }
    }
}

/// The dialog in which the user confirms that something is deleted.
fn confirmation() -> Markup {
    html! {
        dialog #confirm aria-labelledby="confirm-heading" aria-describedby="confirm-text" {
            form method="dialog" {
                h2 #confirm-heading {}
                p #confirm-text {}
                div.buttons {
                    button value="no" autofocus { "Cancel" }
                    button.danger value="yes" { "Delete" }
                }
            }
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
    tick("attestation", "direct", "Request attestation (proof of the device model)", false)
}
