//! What the crate returned for an accepted ceremony, and the record of its credential.

use maud::{Markup, html};
use webauthn_verify::{Authentication, Credential, FlagChange, Registration, SignCount};

use super::cose_key;
use super::hex::hex;
use crate::recording::Verdict;

type Row = (&'static str, String);

/// Shows the facts in a verdict.
pub fn show(verdict: &Verdict) -> Markup {
    let rows = match verdict {
        Verdict::Registration(registration) => of_registration(registration),
        Verdict::Authentication(login) => of_login(login),
    };
    html! {
        details {
            summary { "What the crate returned" }
            (table(rows))
            @if let Verdict::Registration(registration) = verdict {
                p { "The credential record to store:" }
                (table(of_record(registration.credential())))
            }
        }
    }
}

/// Shows a record as it was before a login.
pub fn record(record: &Credential) -> Markup {
    html! { (table(of_record(record))) (cose_key::show(record.public_key())) }
}

fn table(rows: Vec<Row>) -> Markup {
    html! {
        table {
            tbody { @for (name, value) in rows { tr { th scope="row" { (name) } td { (shown(name, value)) } } } }
        }
    }
}

/// Shows bytes as code.
fn shown(name: &str, value: String) -> Markup {
    match name {
        "Credential ID" | "User handle" => html! { code { (value) } },
        _ => html! { (value) },
    }
}

fn of_registration(registration: &Registration) -> Vec<Row> {
    let attestation = registration.attestation();
    let trust = match attestation.trust_path() {
        Some(_) => "it leads to a trust anchor",
        None => "not assessed, because this site requires none",
    };
    let discoverable = match registration.unverified_discoverable() {
        Some(true) => "yes, says the browser",
        Some(false) => "no, says the browser",
        None => "unknown",
    };
    let differing: Vec<&str> = registration.differing_copies().collect();
    let differing = if differing.is_empty() { "none".to_owned() } else { differing.join(", ") };
    vec![
        ("User verified", yes_or_no(registration.user_verified())),
        ("Only a second factor", yes_or_no(registration.is_second_factor_only())),
        ("Discoverable", discoverable.to_owned()),
        ("Attestation format", attestation.format().as_str().to_owned()),
        ("Attestation type", attestation.attestation_type().as_str().to_owned()),
        ("Trust in the attestation", trust.to_owned()),
        ("Unsigned copies that differ", differing),
        ("Quirks that were needed", registration.quirks().to_string()),
    ]
}

fn of_login(login: &Authentication) -> Vec<Row> {
    let before = login.update().sign_count_before();
    let counter = match login.sign_count() {
        SignCount::Absent => "the authenticator has none".to_owned(),
        SignCount::Increased => format!("increased, from {before}"),
        SignCount::NotIncreased { stored, received } => {
            format!("not increased: stored {stored}, received {received}")
        }
        SignCount::Ignored => "ignored".to_owned(),
    };
    vec![
        ("User handle", hex(login.user_handle())),
        ("User verified", yes_or_no(login.user_verified())),
        ("Only a second factor", yes_or_no(login.is_second_factor_only())),
        ("Signature counter", counter),
        ("Backup eligibility", change(login.backup_eligibility_change())),
        ("Backup state", change(login.backup_state_change())),
        ("Quirks that were needed", login.quirks().to_string()),
    ]
}

fn of_record(record: &Credential) -> Vec<Row> {
    let transports = record.transports().iter().map(|transport| transport.as_str());
    let transports = transports.collect::<Vec<_>>().join(", ");
    let unknown = || "unknown".to_owned();
    vec![
        ("Credential ID", record.id_base64url()),
        ("Algorithm", record.algorithm().as_str().to_owned()),
        ("User handle", record.user_handle().map_or_else(unknown, hex)),
        ("Signature counter", record.sign_count().to_string()),
        ("User verification counts", yes_or_no(record.uv_initialized())),
        ("Backup eligible", record.backup_eligible().map_or_else(unknown, yes_or_no)),
        ("Backed up", yes_or_no(record.backup_state())),
        ("Transports", if transports.is_empty() { unknown() } else { transports }),
        ("Prepared key", yes_or_no(record.prepared_key().is_some())),
    ]
}

fn yes_or_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn change(change: FlagChange) -> String {
    let words = match change {
        FlagChange::Unknown => "the record does not contain it",
        FlagChange::Unchanged => "unchanged",
        FlagChange::Gained => "gained",
        FlagChange::Lost => "lost",
    };
    words.to_owned()
}
