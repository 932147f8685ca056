//! The page of an account: its passkeys.

use maud::{Markup, html};
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{Credential, Transport};

use super::time::time;
use super::{ask_for_attestation, confirmation, last_ceremony, layout, message, notices};
use crate::failure::Failure;
use crate::providers;
use crate::recording::Recording;
use crate::report;
use crate::site::Site;
use crate::store::{Account, AttestationSummary, Passkey, Purpose};

pub fn account(
    site: &Site,
    account: &Account,
    passkeys: &[Passkey],
    recording: Option<&Recording>,
) -> Markup {
    layout(
        &format!("Hello, {}", account.name),
        "site.js",
        html! {
            div #news data-place {
                div.heading {
                    p.lead {
                        "You are signed in. "
                        @if recording.is_some() {
                            a href="#report" { "See every step that was verified" }
                        }
                    }
                    button #sign-out type="button" { "Sign out" }
                }
                (message())
            }
            (notices(site))
            div.account {
                (list(passkeys))
                (leave(&account.name))
            }
            (last_ceremony(site, Purpose::Site, recording))
            (confirmation())
        },
    )
}

fn list(passkeys: &[Passkey]) -> Markup {
    html! {
        section #passkeys data-place aria-labelledby="passkeys-heading" {
            div.heading {
                h2 #passkeys-heading tabindex="-1" { "Your passkeys" }
                form #add-passkey method="post" {
                    (ask_for_attestation())
                    button.primary { "Add a passkey" }
                }
            }
            (message())
            ul.cards role="list" {
                @for passkey in passkeys { li { (card(passkey, passkeys.len() == 1)) } }
            }
        }
    }
}

/// `is_only` is `true` if the account has no other passkey.
fn card(passkey: &Passkey, is_only: bool) -> Markup {
    let record = &passkey.record;
    let id = record.id_base64url();
    let (field, heading) = (format!("label-{id}"), format!("heading-{id}"));
    let reason = format!("only-{id}");
    html! {
        article.card.passkey data-place data-id=(id) aria-labelledby=(heading) {
            h3 id=(heading) { (passkey.label) }
            p.badges {
                @if record.backup_eligible() == Some(true) { span.badge { "Synced" } }
                @else { span.badge { "Device-bound" } }
                @if record.backup_state() { span.badge { "Backed up" } }
                @if record.is_second_factor_only() { span.badge { "Second factor only" } }
            }
            (facts(passkey))
            details {
                summary { "Rename or delete" }
                form method="post" {
                    label for=(field) { "Name of the passkey" }
                    input id=(field) name="label" value=(passkey.label) required maxlength="40"
                        autocomplete="off";
                    div.buttons {
                        button { "Rename" }
                        button.danger type="button" data-action="delete" disabled[is_only]
                            aria-describedby=(reason) { "Delete" }
                    }
                    p.hint.only id=(reason) hidden[!is_only] { (Failure::LAST_PASSKEY.message()) }
                }
            }
            (message())
        }
    }
}

fn facts(passkey: &Passkey) -> Markup {
    let record = &passkey.record;
    html! {
        dl.facts {
            dt { "Provider" } dd { (provider(record)) }
            dt { "Kind" } dd { (kind(record)) }
            dt { "Reached by" } dd { (transports(record.transports())) }
            dt { "Algorithm" }
            dd { (record.algorithm()) " (" code { (record.algorithm().cose_id()) } ")" }
            dt { "Attestation" } dd { (attestation(&passkey.attestation)) }
            dt { "Created" } dd { (time(passkey.created_at)) }
            dt { "Last used" }
            dd { @match passkey.last_used_at { Some(at) => (time(at)), None => "Not yet" } }
            dt { "Counter" }
            dd {
                @match record.sign_count() {
                    0 => (report::NO_COUNT),
                    count => (count),
                }
            }
        }
    }
}

/// The provider by its AAGUID, which is not attested: this site does not demand a trust anchor.
fn provider(record: &Credential) -> Markup {
    let Some(aaguid) = record.unverified_aaguid().filter(|aaguid| *aaguid != Aaguid::ZERO) else {
        return html! { "It does not say" };
    };
    html! {
        @match providers::name(aaguid) {
            Some(name) => { "It says it is " (name) ". Nothing proves it. " },
            None => "It names a model that is not in the list of this site. ",
        }
        code.small { (aaguid) }
    }
}

fn kind(record: &Credential) -> &'static str {
    match (record.backup_eligible(), record.backup_state()) {
        (Some(true), true) => "Your devices share it, and it is backed up now.",
        (Some(true), false) => "Your devices can share it, but it is not backed up now.",
        (Some(false), _) => "It stays on one device. If you lose the device, you lose the passkey.",
        (None, _) => "Unknown",
    }
}

fn transports(transports: &[Transport]) -> String {
    if transports.is_empty() {
        return "The browser does not say".to_owned();
    }
    let words: Vec<&str> = transports.iter().map(transport).collect();
    words.join(", ")
}

fn transport(transport: &Transport) -> &str {
    match transport.as_str() {
        "usb" => "USB",
        "nfc" => "NFC",
        "ble" => "Bluetooth",
        "smart-card" => "smart card",
        "hybrid" => "a QR code, from another device",
        "internal" => "this device",
        unknown => unknown,
    }
}

fn attestation(summary: &AttestationSummary) -> Markup {
    let proves = match summary.proves.as_str() {
        "None" => "no proof of the device model. Most sites need none.",
        "Self" => "the new key signed its own registration. That proves nothing about the device.",
        _ => "a certificate names the model. This site does not check who issued it.",
    };
    html! { code { (summary.format) } ": " (proves) }
}

fn leave(name: &str) -> Markup {
    html! {
        section.card data-place aria-labelledby="leave-heading" {
            h2 #leave-heading { "Your account" }
            p {
                "Its name is " strong { (name) } ". Sign out, and sign in again: with one button, in \
                 the autofill menu, or by name."
            }
            div.buttons {
                button #sign-out-everywhere type="button" { "Sign out everywhere" }
                button.danger #delete-account type="button" { "Delete the account" }
            }
            (message())
        }
    }
}
