//! The list of all steps of a ceremony: which passed, which one failed, and which were not reached.

use maud::{Markup, html};
use webauthn_verify::{Ceremony, Error, RelyingParty, Step};

use super::facts::Facts;
use crate::recording::Recording;

/// How far a ceremony came.
#[derive(Clone, Copy)]
pub enum Progress<'e> {
    /// Every step passed, and the record was stored.
    Stored,
    /// Every step passed. Nothing was stored, because the ceremony was only verified again.
    Verified,
    /// This step failed.
    Failed(&'e Error),
    /// This step and those after it were not performed, for this reason.
    Stopped(Step, &'static str),
}

/// What is known about one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Passed,
    Failed(String),
    NotReached(Option<&'static str>),
}

/// The reader of a response checks these steps before the others.
pub const WHEN_READ: [Step; 4] =
    [Step::BrowserCall, Step::ResponseType, Step::ClientExtensionResults, Step::ResponseMembers];

/// Returns the steps of a ceremony with their states.
pub fn states(ceremony: Ceremony, progress: Progress<'_>) -> Vec<(Step, State)> {
    let mut order: Vec<Step> = Step::all(ceremony).collect();
    order.sort_by_key(|step| match step {
        step if WHEN_READ.contains(step) => 0,
        step if stores(*step, ceremony) => 2,
        _ => 1,
    });
    let place = |wanted: Step| order.iter().position(|step| *step == wanted);
    let stop = match progress {
        Progress::Stored => None,
        Progress::Verified => order.iter().position(|step| stores(*step, ceremony)),
        Progress::Failed(error) => place(error.step()).or(Some(0)),
        Progress::Stopped(step, _) => place(step),
    };
    let state = |step: Step| match (place(step), stop, progress) {
        (Some(here), Some(stop), Progress::Failed(error)) if here == stop => {
            State::Failed(reason(error))
        }
        (Some(here), Some(stop), Progress::Stopped(_, why)) if here == stop => {
            State::NotReached(Some(why))
        }
        (Some(here), Some(stop), Progress::Verified) if here == stop => {
            State::NotReached(Some("Nothing is stored here."))
        }
        (Some(here), Some(stop), _) if here >= stop => State::NotReached(None),
        _ => State::Passed,
    };
    Step::all(ceremony).map(|step| (step, state(step))).collect()
}

/// Shows the steps of a ceremony at this site, and which of them the site performs.
pub fn show(recording: &Recording, rp: &RelyingParty, progress: Progress<'_>) -> Markup {
    list(&Facts::of(recording, rp), recording.ceremony(), progress, true)
}

/// Shows the steps of a ceremony at another site.
pub fn show_recorded(recording: &Recording, rp: &RelyingParty, progress: Progress<'_>) -> Markup {
    list(&Facts::of(recording, rp), recording.ceremony(), progress, false)
}

fn list(facts: &Facts, ceremony: Ceremony, progress: Progress<'_>, is_ours: bool) -> Markup {
    html! {
        // A screen reader does not read the whole list aloud when it appears.
        ol.steps role="list" aria-live="off" {
            @for (step, state) in states(ceremony, progress) {
                @let fact = match state {
                    State::NotReached(_) => None,
                    _ => facts.about(step),
                };
                @let who = site_part(ceremony, step).filter(|_| is_ours);
                (item(ceremony, step, &state, fact, who))
            }
        }
    }
}

fn item(
    ceremony: Ceremony,
    step: Step,
    state: &State,
    fact: Option<String>,
    who: Option<&str>,
) -> Markup {
    let (class, word) = match state {
        State::Passed => ("passed", "Passed:"),
        State::Failed(_) => ("failed", "Failed:"),
        State::NotReached(_) => ("not-reached", "Not reached:"),
    };
    html! {
        li class=(class) {
            // Screen readers read this. Everybody else sees the color and the sign.
            span.visually-hidden { (word) " step " }
            span.number { (step.number(ceremony).unwrap_or_default()) } " "
            a href=(step.link(ceremony)) { (step.title()) }
            @if let Some(fact) = fact { " " code.fact { (fact) } }
            @if let Some(who) = who { " " span.site { (who) } }
            @match state {
                State::Failed(reason) => { p.reason { (reason) } },
                State::NotReached(Some(why)) => { p.reason { (why) } },
                _ => {},
            }
        }
    }
}

/// Returns what the site does in a step that the crate does not perform alone.
fn site_part(ceremony: Ceremony, step: Step) -> Option<&'static str> {
    Some(match (step, ceremony) {
        (Step::Options, _) => {
            "By the site: it starts the ceremony. The crate makes the options, and checks at the \
             end that they have not expired."
        }
        (Step::BrowserCall, _) => "By the page of the site, in your browser.",
        (Step::CredentialIdUnique, _) => {
            "Partly by the site: its database makes the ID unique across all accounts. The crate \
             checks this account."
        }
        (Step::CredentialRecord, Ceremony::Registration) | (Step::RecordUpdate, _) => {
            "By the site: it stores the record that the crate returns."
        }
        _ => return None,
    })
}

/// Returns whether the site stores the record in this step, after all other steps.
fn stores(step: Step, ceremony: Ceremony) -> bool {
    match ceremony {
        Ceremony::Registration => step == Step::CredentialRecord,
        Ceremony::Authentication => step == Step::RecordUpdate,
    }
}

/// Returns the reason of an error, without the step and its link.
pub fn reason(error: &Error) -> String {
    let text = error.to_string();
    let link = format!(" ({})", error.step().link(error.ceremony()));
    let reason = text.split_once("): ").map_or(&*text, |(_, reason)| reason);
    reason.strip_suffix(&link).unwrap_or(reason).to_owned()
}

#[cfg(test)]
mod tests {
    use webauthn_verify::{AuthenticationResponse, RegistrationResponse};

    use super::*;

    fn numbers(
        ceremony: Ceremony,
        progress: Progress<'_>,
        wanted: fn(&State) -> bool,
    ) -> Vec<&str> {
        let states = states(ceremony, progress).into_iter();
        let wanted = states.filter(|(_, state)| wanted(state));
        wanted.filter_map(|(step, _)| step.number(ceremony)).collect()
    }

    #[test]
    fn the_reader_of_a_response_comes_first() {
        let login = Ceremony::Authentication;
        let error = AuthenticationResponse::from_json(
            r#"{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"!"},
               "clientExtensionResults":{}}"#,
        );
        let error = error.unwrap_err();
        let progress = Progress::Failed(&error);
        assert_eq!(numbers(login, progress, |state| matches!(state, State::Failed(_))), ["7"]);
        // Steps 1, 5 and 6 come after it.
        assert_eq!(numbers(login, progress, |state| *state == State::Passed), ["2", "3", "4"]);

        let error = RegistrationResponse::from_json("null").unwrap_err();
        let progress = Progress::Failed(&error);
        let registration = Ceremony::Registration;
        assert_eq!(numbers(registration, progress, |state| *state == State::Passed), [""; 0]);
        assert_eq!(
            reason(&error),
            "the browser reported an error instead of a credential: the body is null"
        );
    }

    #[test]
    fn only_the_site_stores_a_record() {
        for (ceremony, number) in [(Ceremony::Registration, "27"), (Ceremony::Authentication, "24")]
        {
            let missing = |state: &State| *state != State::Passed;
            assert_eq!(numbers(ceremony, Progress::Stored, missing), [""; 0]);
            assert_eq!(numbers(ceremony, Progress::Verified, missing), [number]);
        }
    }
}
