//! What happened in a ceremony: its steps, what was sent and received, and the decoded structures.

mod attestation;
mod authenticator_data;
mod breaking;
mod cbor;
mod certificates;
mod client_data;
mod cose_key;
mod extensions;
mod facts;
mod fault;
mod hex;
mod returned;
#[cfg(test)]
pub mod samples;
mod steps;
mod structures;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;
use webauthn_verify::{AuthenticationResponse, Ceremony, Credential, Error, RelyingParty, Step};

use crate::failure::{self, Failure};
use crate::pages::time;
use crate::recording::Recording;
use crate::session::Session;
use crate::site::Site;
use crate::store::Purpose;
use crate::vector::{self, Party};

pub use authenticator_data::NO_COUNT;
use breaking::Broken;
use fault::Fault;
pub use steps::WHEN_READ;
use steps::{Progress, Recorded};
pub use structures::bytes_of;

/// Shows the last ceremony of the session.
pub async fn last(
    State(site): State<Site>,
    Extension(purpose): Extension<Purpose>,
    session: Session,
) -> Result<Markup, Failure> {
    let recording = site.store.recording(&session, purpose).await?;
    Ok(show(&recording.ok_or(Failure::NOT_FOUND)?, &site, purpose))
}

/// Verifies the last response of the session again, broken in one way.
pub async fn broken(
    State(site): State<Site>,
    Extension(purpose): Extension<Purpose>,
    session: Session,
    Path(fault): Path<String>,
) -> Result<Markup, Failure> {
    let fault = Fault::named(&fault).ok_or(Failure::NOT_FOUND)?;
    let recording = site.store.recording(&session, purpose).await?.ok_or(Failure::NOT_FOUND)?;
    // A ceremony that was rejected cannot be broken in only one way.
    let applies = recording.verify(&site.rp).is_ok();
    let broken = applies.then(|| breaking::broken(&recording, fault)).flatten();
    Ok(show_broken(&broken.ok_or(Failure::NOT_FOUND)?, fault, &site.rp))
}

/// Returns the last ceremony of the session as a vector file.
pub async fn vector(
    State(site): State<Site>,
    Extension(purpose): Extension<Purpose>,
    session: Session,
) -> Result<Response, Failure> {
    let recording = site.store.recording(&session, purpose).await?.ok_or(Failure::NOT_FOUND)?;
    let party = Party { rp: &site.rp, origins: &site.origins, top_origins: &site.config.framed_by };
    let file = vector::file(&recording, &party).ok_or(Failure::NOT_FOUND)?;
    Ok(vector::download(&file))
}

/// Shows a ceremony: the verdict and all steps, and beside them what was sent and received.
pub fn show(recording: &Recording, site: &Site, purpose: Purpose) -> Markup {
    let party = Party { rp: &site.rp, origins: &site.origins, top_origins: &site.config.framed_by };
    let what = match (purpose, recording.ceremony()) {
        (Purpose::Lab, _) => "Earlier experiment",
        (Purpose::Site, Ceremony::Registration) => "Earlier registration",
        (Purpose::Site, Ceremony::Authentication) => "Earlier login",
    };
    // An experiment stores the record as it is.
    let prepares_keys = site.config.prepared_keys && matches!(purpose, Purpose::Site);
    html! {
        // The script shows this if the next ceremony does not get as far as a report.
        p.notice.earlier { (what) ", " (time(recording.time)) }
        (of_site(recording, &party, purpose, prepares_keys))
    }
}

fn of_site(
    recording: &Recording,
    party: &Party<'_>,
    purpose: Purpose,
    prepares_keys: bool,
) -> Markup {
    let rp = party.rp;
    let verdict = recording.verify(rp);
    let progress = match &verdict {
        Ok(_) => Progress::Stored,
        Err(error) => Progress::Failed(error),
    };
    html! {
        div.report {
            section.verification {
                h2 { "What this site verified" }
                (sentence(recording.ceremony(), verdict.as_ref().err()))
                @if verdict.is_ok() { p { a href="#broken-heading" { "Break it and send it again" } } }
                (steps::show(recording, rp, progress))
                @if let Ok(verdict) = &verdict { (returned::show(verdict, prepares_keys)) }
                p { a href={ (purpose.report()) "/vector" } download { "Download as test vector" } }
                @if let Some(file) = vector::file(recording, party) { (inspect_this(&file)) }
                @if verdict.is_ok() { (faults(recording)) }
            }
            (evidence(recording, rp.id(), true))
        }
    }
}

/// A form that opens the ceremony on the page that inspects responses. It needs no JavaScript.
fn inspect_this(file: &Value) -> Markup {
    html! {
        form method="post" action="/inspect#result" {
            input type="hidden" name="response" value=(file);
            button type="submit" { "Inspect this response" }
        }
    }
}

/// A ceremony of another site, and how much of it is known.
pub struct Inspected<'a> {
    pub recording: &'a Recording,
    pub rp: &'a RelyingParty,
    /// `false` in a login if the public key is unknown.
    pub has_key: bool,
    /// Whether the attestation must lead to a trust anchor.
    pub demands_trust: bool,
    /// The steps that prove nothing.
    pub assumed: &'a [Step],
    /// What could not be checked, in sentences.
    pub notes: &'a [String],
    /// The members of a test vector that were used.
    pub used: &'a [&'a str],
    /// The verdict that a test vector expects.
    pub expected: Option<&'a Value>,
}

/// Shows a response that was verified only to see what happens.
pub fn inspected(inspected: &Inspected<'_>) -> Markup {
    let Inspected { recording, rp, has_key, notes, used, .. } = *inspected;
    let verdict = recording.verify(rp);
    let error = verdict.as_ref().err();
    // Without the key, the result of the signature check means nothing.
    let needs_key = !has_key && error.is_none_or(|error| error.step() == Step::Signature);
    let progress = match &verdict {
        _ if needs_key => Progress::Stopped(
            Step::Signature,
            "This step and the next ones need the public key of the credential.",
        ),
        Ok(_) => Progress::Verified,
        Err(error) => Progress::Failed(error),
    };
    let recorded = Recorded { assumed: inspected.assumed, demands_trust: inspected.demands_trust };
    html! {
        div.report {
            section.verification {
                h2 { "What was verified" }
                @if needs_key {
                    p.verdict {
                        "No step before the signature failed. Steps 21 to 25 need the public key \
                         of the credential."
                    }
                } @else {
                    (conclusion(recording.ceremony(), error, !notes.is_empty()))
                    (expectation(inspected.expected, error))
                }
                @if !notes.is_empty() {
                    section.notes {
                        h3 { "What could not be checked" }
                        ul { @for note in notes { li { (note) } } }
                    }
                }
                @if !used.is_empty() {
                    p.hint { "These values are from the test vector: " (used.join(", ")) "." }
                }
                (steps::show_recorded(recording, rp, progress, &recorded))
                @if let (Ok(verdict), true) = (&verdict, has_key) {
                    (returned::show(verdict, false))
                }
            }
            (evidence(recording, rp.id(), has_key))
        }
    }
}

/// Says whether a verdict is the one that a test vector expects.
fn expectation(expected: Option<&Value>, error: Option<&Error>) -> Markup {
    html! {
        @match expected {
            Some(expected) if vector::is_expected(expected, error) => {
                p.hint { "The test vector expects this verdict." }
            },
            Some(expected) => {
                p.problem { "The test vector expects another verdict: " code { (expected) } }
            },
            None => {},
        }
    }
}

/// Shows the structures in a response that cannot be verified.
pub fn decoded(response: &str, rp_id: &str) -> Markup {
    html! {
        section.evidence {
            h2 { "What is in the response" }
            (structures::show(response, rp_id))
        }
    }
}

/// Shows where a broken ceremony stops.
fn show_broken(broken: &Broken, fault: Fault, rp: &RelyingParty) -> Markup {
    let ceremony = broken.recording.ceremony();
    let verdict = broken.recording.verify(rp).map(drop);
    let is_signed = breaking::is_signed(&broken.recording);
    html! {
        h3 { (fault.label()) }
        p { (broken.change) }
        @match &verdict {
            Ok(()) => {
                p.verdict.accepted { "It was accepted anyway." }
                (steps::show(&broken.recording, rp, Progress::Verified))
            },
            Err(error) => {
                p.verdict.rejected {
                    "It stops at step " (error.step().number(ceremony).unwrap_or_default())
                }
                (steps::failed(&broken.recording, rp, error))
                p { (fault.why_not_earlier(ceremony, error.step(), is_signed)) }
                (developer(error, false))
                details {
                    summary { "All steps" }
                    (steps::show(&broken.recording, rp, Progress::Failed(error)))
                }
            },
        }
    }
}

/// The buttons that send the response again, broken in one way.
fn faults(recording: &Recording) -> Markup {
    let applicable =
        Fault::ALL.into_iter().filter(|fault| breaking::broken(recording, *fault).is_some());
    html! {
        section.faults {
            h2 #broken-heading { "Break it and send it again" }
            p { "The server breaks the response in one way and verifies it again. It stores nothing." }
            div.buttons role="group" aria-labelledby="broken-heading" {
                @for fault in applicable {
                    button type="button" data-fault=(fault.name()) { (fault.label()) }
                }
            }
            div #broken aria-live="polite" {}
        }
    }
}

/// The verdict in a sentence, and the whole error for the developer.
fn sentence(ceremony: Ceremony, error: Option<&Error>) -> Markup {
    let (accepted, rejected) = match ceremony {
        Ceremony::Registration => {
            ("The registration was accepted", "The registration was rejected")
        }
        Ceremony::Authentication => ("The login was accepted", "The login was rejected"),
    };
    html! {
        @match error {
            None => { p.verdict.accepted { (accepted) ": every check passed." } },
            Some(error) => {
                p.verdict.rejected {
                    (rejected) " at step "
                    (error.step().number(ceremony).unwrap_or_default()) ". "
                    (failure::sentence(error))
                }
                (developer(error, true))
            },
        }
    }
}

/// The verdict on a response of another site in a sentence, for the developer of that site.
fn conclusion(ceremony: Ceremony, error: Option<&Error>, has_assumptions: bool) -> Markup {
    let what = match ceremony {
        Ceremony::Registration => "The registration is",
        Ceremony::Authentication => "The login is",
    };
    html! {
        @match (error, has_assumptions) {
            (None, false) => { p.verdict.accepted { (what) " accepted: every check passed." } },
            (None, true) => {
                p.verdict { (what) " accepted, but not everything could be checked." }
            },
            (Some(error), _) => {
                p.verdict.rejected {
                    (what) " rejected at step "
                    (error.step().number(ceremony).unwrap_or_default()) ": "
                    (steps::reason(error)) "."
                }
                (developer(error, false))
            },
        }
    }
}

/// The whole error, as in the log of a server.
fn developer(error: &Error, is_open: bool) -> Markup {
    html! {
        details open[is_open] {
            summary { "For the developer" }
            p { code { (error) } }
        }
    }
}

/// What was sent and received, and the structures in it.
fn evidence(recording: &Recording, rp_id: &str, has_record: bool) -> Markup {
    let response = match serde_json::from_str(&recording.response) {
        Ok(response) => json(&response),
        Err(_) => html! { pre { code { (recording.response) } } },
    };
    html! {
        section.evidence {
            h2 { "What was sent and received" }
            @if !recording.options.is_null() {
                (structures::part("Options for the browser", false, json(&recording.options)))
            }
            (structures::part("Response of the browser", false, response))
            (structures::show(&recording.response, rp_id))
            @if let (Some(record), true) = (record_of(recording), has_record) {
                (structures::part("Credential record before the login", false, returned::record(record)))
            }
        }
    }
}

/// Returns the record of the credential in a login.
fn record_of(recording: &Recording) -> Option<&Credential> {
    let response = AuthenticationResponse::from_json(&recording.response).ok()?;
    let id = response.unverified_credential_id();
    recording.records.iter().find(|record| record.id() == id)
}

fn json(value: &Value) -> Markup {
    html! { pre { code { (pretty(value)) } } }
}

/// Returns JSON on several lines, unless it is nested so deeply that most of it would be spaces.
pub fn pretty(value: &Value) -> String {
    let short = value.to_string();
    match serde_json::to_string_pretty(value) {
        Ok(pretty) if pretty.len() <= 8 * short.len() + 1024 => pretty,
        _ => short,
    }
}

#[cfg(test)]
mod tests {
    use webauthn_verify_authenticator::{AttestationKind, Fault as Wrong};

    use super::*;
    use crate::report::samples::{ORIGIN, Sample, rp};

    fn report(recording: &Recording) -> String {
        let origins = [ORIGIN.to_owned()];
        let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
        of_site(recording, &party, Purpose::Site, true).into_string()
    }

    /// Returns the numbers of passed, skipped, failed and missing steps, and of buttons.
    fn counts(report: &str) -> [usize; 5] {
        [
            "<li class=\"passed\">",
            "<li class=\"skipped\">",
            "<li class=\"failed\">",
            "<li class=\"not-reached\">",
            "data-fault",
        ]
        .map(|part| report.matches(part).count())
    }

    #[test]
    fn a_report_lists_every_step_and_only_faults_that_apply() {
        let mut sample = Sample::new(AttestationKind::None);
        let registration = report(&sample.register(None));
        // No iframe, and no trust anchors.
        assert_eq!(counts(&registration), [26, 5, 0, 0, 4]);
        assert!(!registration.contains("the signature"), "{registration}");
        let login = report(&sample.sign_in(None));
        // No list of credentials, no iframe, and no synced passkey.
        assert_eq!(counts(&login), [24, 5, 0, 0, 7]);
        for (report, last) in [(&registration, "29"), (&login, "25")] {
            assert!(report.contains(&format!("<span class=\"number\">{last}</span>")), "{report}");
            assert!(report.contains("Inspect this response"));
        }
        for part in
            ["Credential record before the login", "Passed: step 21", "What the crate returned"]
        {
            assert!(
                login.replace(" </span><span class=\"number\">", " ").contains(part),
                "{login}"
            );
        }
        for fact in ["UV: 1, required", "stored 1, received ", "webauthn.get", "every credential"] {
            assert!(login.contains(fact), "{fact} {login}");
        }
        let rejected = report(&sample.sign_in(Some(Wrong::AssertionSignature)));
        assert_eq!(counts(&rejected), [19, 5, 1, 4, 0]);
        assert!(rejected.contains("rejected at step 21"));
        assert!(rejected.contains("authentication step 21 (verify the signature)"));
    }

    #[test]
    fn a_broken_ceremony_says_what_was_changed_and_where_it_stops() {
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        let recording = sample.register(None);
        for fault in Fault::ALL {
            let Some(broken) = breaking::broken(&recording, fault) else { continue };
            let shown = show_broken(&broken, fault, &rp()).into_string();
            assert!(shown.contains("It stops at step"), "{fault:?}: {shown}");
            // Above the list, and in it.
            assert_eq!(counts(&shown)[2], 2);
        }
    }
}
