//! What the crate returned for an accepted ceremony, and the record of its credential.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};
use webauthn_verify::attestation::AttestationType;
use webauthn_verify::{Authentication, Credential, FlagChange, Quirks, Registration, SignCount};

use super::cose_key;
use crate::recording::Verdict;

type Row = (&'static str, String);

/// Shows the facts in a verdict. `prepares_keys` is `true` if this site prepares the key of a new
/// record.
pub fn show(verdict: &Verdict, prepares_keys: bool) -> Markup {
    let rows = match verdict {
        Verdict::Registration(registration) => of_registration(registration),
        Verdict::Authentication(login) => of_login(login),
    };
    html! {
        details {
            summary { "What the crate returned" }
            (table(rows))
            @if let Verdict::Registration(registration) = verdict {
                p {
                    "The credential record to store."
                    @if prepares_keys {
                        " Before this site stores it, it adds a prepared key: values computed from \
                         the public key, with which each verification is faster."
                    }
                }
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
        "Credential ID" | "User handle" | "Public key" => html! { code { (value) } },
        _ => html! { (value) },
    }
}

fn of_registration(registration: &Registration) -> Vec<Row> {
    let attestation = registration.attestation();
    let trust = match attestation.trust_path() {
        Some(_) => "it leads to a trust anchor",
        None => "not assessed: no trust anchors are configured",
    };
    let discoverable = match registration.unverified_discoverable() {
        Some(true) => "yes, says the browser",
        Some(false) => "no, says the browser",
        None => "unknown",
    };
    let differing: Vec<&str> = registration.differing_copies().collect();
    let kind = attestation.attestation_type();
    let kind = match kind {
        AttestationType::Uncertain => "Basic or AttCA: the statement does not say which",
        kind => kind.as_str(),
    };
    let mut rows = vec![
        ("User verified", yes_or_no(registration.user_verified())),
        ("Only a second factor", second_factor(registration.is_second_factor_only())),
        ("Discoverable", discoverable.to_owned()),
        ("Attestation format", attestation.format().as_str().to_owned()),
        ("Attestation type", kind.to_owned()),
        ("Trust in the attestation", trust.to_owned()),
    ];
    if !differing.is_empty() {
        rows.push((
            "Members that differ from the signed values. They are ignored",
            differing.join(", "),
        ));
    }
    rows.extend(quirks(registration.quirks()));
    rows
}

/// Devices that need a quirk do not conform to the specification.
fn quirks(quirks: Quirks) -> Option<Row> {
    (quirks.iter().count() > 0)
        .then(|| ("Accepted deviations from the specification", quirks.to_string()))
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
    let mut rows = vec![
        ("User handle", base64url(login.user_handle())),
        ("User verified", yes_or_no(login.user_verified())),
        ("Only a second factor", second_factor(login.is_second_factor_only())),
        ("Signature counter", counter),
        ("Backup eligibility", change(login.backup_eligibility_change())),
        ("Backup state", change(login.backup_state_change())),
    ];
    rows.extend(quirks(login.quirks()));
    rows
}

fn of_record(record: &Credential) -> Vec<Row> {
    let transports = record.transports().iter().map(|transport| transport.as_str());
    let transports = transports.collect::<Vec<_>>().join(", ");
    let unknown = || "unknown".to_owned();
    vec![
        ("Credential ID", record.id_base64url()),
        ("Algorithm", record.algorithm().as_str().to_owned()),
        ("User handle", record.user_handle().map_or_else(unknown, base64url)),
        ("Signature counter", record.sign_count().to_string()),
        ("Has ever verified the user", yes_or_no(record.uv_initialized())),
        ("Backup eligible", record.backup_eligible().map_or_else(unknown, yes_or_no)),
        ("Backed up", yes_or_no(record.backup_state())),
        ("Transports", if transports.is_empty() { unknown() } else { transports }),
        ("Public key", base64url(record.public_key())),
        ("Prepared key", yes_or_no(record.prepared_key().is_some())),
    ]
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn second_factor(is: bool) -> String {
    let words = match is {
        true => "yes: do not accept it without a password",
        false => "no: it needs no password",
    };
    words.to_owned()
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
