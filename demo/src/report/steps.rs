//! The list of all steps of a ceremony: which passed, which had nothing to check, which one failed,
//! and which were not reached.

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
    /// The step does not apply to this ceremony, for this reason.
    Skipped(&'static str),
    /// The step proves nothing, because this page does not know what the site knew.
    Assumed,
    Failed(String),
    NotReached(Option<&'static str>),
}

const NOT_STORED: &str = "Nothing is stored here.";

/// The reader of a response checks these steps before the others.
pub const WHEN_READ: [Step; 4] =
    [Step::BrowserCall, Step::ResponseType, Step::ClientExtensionResults, Step::ResponseMembers];

/// Returns the steps of a ceremony with their states.
pub fn states(ceremony: Ceremony, progress: Progress<'_>) -> Vec<(Step, State)> {
    let mut order: Vec<Step> = Step::all(ceremony).collect();
    order.sort_by_key(|step| match step {
        step if WHEN_READ.contains(step) => 0,
        Step::RecordUpdate => 2,
        _ => 1,
    });
    let place = |wanted: Step| order.iter().position(|step| *step == wanted);
    let stop = match progress {
        Progress::Stored | Progress::Verified => None,
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
        (Some(here), Some(stop), _) if here >= stop => State::NotReached(None),
        _ if step == Step::RecordUpdate && matches!(progress, Progress::Verified) => {
            State::Skipped(NOT_STORED)
        }
        _ => State::Passed,
    };
    Step::all(ceremony).map(|step| (step, state(step))).collect()
}

/// Returns the state of the last step in the specification: if all steps passed, the site accepts
/// the ceremony. The crate has no name for this step, because it is done by the caller.
fn last_state(progress: Progress<'_>) -> State {
    match progress {
        Progress::Stored => State::Passed,
        Progress::Verified => State::Skipped(NOT_STORED),
        Progress::Failed(_) | Progress::Stopped(..) => State::NotReached(None),
    }
}

/// Shows the steps of a ceremony at this site, and which of them the site performs.
pub fn show(recording: &Recording, rp: &RelyingParty, progress: Progress<'_>) -> Markup {
    list(recording, rp, progress, None)
}

/// A ceremony at another site.
pub struct Recorded<'a> {
    /// The steps that prove nothing, because this page does not know what that site knew.
    pub assumed: &'a [Step],
    /// Whether the attestation must lead to a trust anchor.
    pub demands_trust: bool,
}

/// Shows the steps of a ceremony at another site.
pub fn show_recorded(
    recording: &Recording,
    rp: &RelyingParty,
    progress: Progress<'_>,
    recorded: &Recorded<'_>,
) -> Markup {
    list(recording, rp, progress, Some(recorded))
}

/// Shows the step at which a ceremony stopped, without the others.
pub fn failed(recording: &Recording, rp: &RelyingParty, error: &Error) -> Markup {
    let (ceremony, step) = (recording.ceremony(), error.step());
    let fact = Facts::of(recording, rp).about(step);
    html! {
        ol.steps role="list" {
            (Row::of(ceremony, step, State::Failed(reason(error)), fact, None).show())
        }
    }
}

/// Shows all steps. `recorded` is `None` if this site performed the ceremony.
fn list(
    recording: &Recording,
    rp: &RelyingParty,
    progress: Progress<'_>,
    recorded: Option<&Recorded<'_>>,
) -> Markup {
    let (facts, ceremony) = (Facts::of(recording, rp), recording.ceremony());
    let mut states = states(ceremony, progress);
    for (step, state) in states.iter_mut().filter(|(_, state)| *state == State::Passed) {
        let is_trust = matches!(step, Step::TrustAnchors | Step::AttestationTrust);
        let why = match recorded {
            Some(recorded) if recorded.assumed.contains(step) => {
                *state = State::Assumed;
                continue;
            }
            Some(recorded) if recorded.demands_trust && is_trust => None,
            _ => facts.nothing_to_check(*step),
        };
        if let Some(why) = why {
            *state = State::Skipped(why);
        }
    }
    let last = last(ceremony, last_state(progress), recorded.is_none());
    let passed = states.iter().map(|(_, state)| state).chain([&last.state]);
    let passed = passed.filter(|state| **state == State::Passed).count();
    html! {
        p.hint {
            "The numbers are those of the specification." (order(ceremony, &states).unwrap_or_default())
        }
        (legend(&states))
        @if passed > 0 {
            // Phones show the passed steps only on demand.
            label.all-steps {
                input type="checkbox";
                span { (passed) " passed: show all steps" }
            }
        }
        // A screen reader does not read the whole list aloud when it appears.
        ol.steps role="list" aria-live="off" {
            @for (step, state) in states {
                @let fact = match state {
                    State::NotReached(_) => None,
                    // The stored counter is unknown.
                    State::Assumed if step == Step::SignCount => None,
                    _ => facts.about(step),
                };
                @let site = site_part(ceremony, step).filter(|_| recorded.is_none());
                (Row::of(ceremony, step, state, fact, site).show())
            }
            (last.show())
        }
    }
}

/// Explains the signs in the list. Screen readers read the word at each step instead.
fn legend(states: &[(Step, State)]) -> Markup {
    let signs = [
        ("passed", "passed"),
        ("skipped", "nothing to check"),
        ("assumed", "assumed, not checked"),
        ("failed", "failed"),
        ("not-reached", "not reached"),
    ];
    let occurs = |class: &str| states.iter().any(|(_, state)| state.words().0 == class);
    html! {
        p.legend aria-hidden="true" {
            @for (class, word) in signs.into_iter().filter(|(class, _)| occurs(class)) {
                span class=(class) { (word) } " "
            }
        }
    }
}

/// Says in which order the crate checks the steps, if the list shows that it is not the order of
/// the numbers.
fn order(ceremony: Ceremony, states: &[(Step, State)]) -> Option<String> {
    let is_done = |(_, state): &(Step, State)| {
        matches!(state, State::Passed | State::Skipped(_) | State::Assumed)
    };
    let mut after_stop = states.iter().skip_while(|state| is_done(state)).skip(1);
    if after_stop.all(|(_, state)| matches!(state, State::NotReached(_))) {
        return None;
    }
    let first = states.iter().filter(|(step, _)| WHEN_READ.contains(step));
    let mut numbers: Vec<&str> = first.filter_map(|(step, _)| step.number(ceremony)).collect();
    numbers.dedup();
    let last = numbers.pop()?;
    Some(format!(
        " The crate checks steps {} and {last} first, while it reads the response.",
        numbers.join(", ")
    ))
}

impl State {
    /// Returns the class for the style sheet, and the words for screen readers.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            State::Passed => ("passed", "Passed:"),
            State::Skipped(_) => ("skipped", "Nothing to check:"),
            State::Assumed => ("assumed", "Assumed, not checked:"),
            State::Failed(_) => ("failed", "Failed:"),
            State::NotReached(_) => ("not-reached", "Not reached:"),
        }
    }
}

/// A row of the list.
struct Row {
    number: &'static str,
    link: String,
    title: &'static str,
    state: State,
    /// The values that the step looked at.
    fact: Option<String>,
    /// What the site does in this step.
    site: Option<&'static str>,
}

impl Row {
    fn of(
        ceremony: Ceremony,
        step: Step,
        state: State,
        fact: Option<String>,
        site: Option<&'static str>,
    ) -> Row {
        let (link, title) = (step.link(ceremony), title(step, ceremony));
        Row { number: step.number(ceremony).unwrap_or_default(), link, title, state, fact, site }
    }

    fn show(&self) -> Markup {
        let (class, word) = self.state.words();
        html! {
            li class=(class) {
                // Screen readers read this. Everybody else sees the color and the sign.
                span.visually-hidden { (word) " step " }
                span.number { (self.number) } " "
                a href=(self.link) { (self.title) }
                @if let Some(fact) = &self.fact { " " code.fact { (fact) } }
                @if let Some(site) = self.site { " " span.site { (site) } }
                @match &self.state {
                    State::Failed(reason) => { p.reason { (reason) } },
                    State::Skipped(why) | State::NotReached(Some(why)) => { p.reason { (why) } },
                    State::Passed | State::Assumed | State::NotReached(None) => {},
                }
            }
        }
    }
}

/// The last step of the specification.
fn last(ceremony: Ceremony, state: State, is_ours: bool) -> Row {
    let (number, title, site) = match ceremony {
        Ceremony::Registration => (
            "29",
            "If all steps passed, store the record and accept the registration",
            Some("Done by the site: it stores the record."),
        ),
        Ceremony::Authentication => ("25", "If all steps passed, accept the login", None),
    };
    // Every step without a link of its own links to its section.
    let link = Step::BrowserCall.link(ceremony);
    Row { number, link, title, state, fact: None, site: site.filter(|_| is_ours) }
}

/// Returns the title of a step. The crate has one title for both ceremonies.
pub fn title(step: Step, ceremony: Ceremony) -> &'static str {
    match (step, ceremony) {
        (Step::CredentialRecord, Ceremony::Registration) => "Create the credential record",
        _ => step.title(),
    }
}

/// Returns what the site does in a step that the crate does not perform alone.
fn site_part(ceremony: Ceremony, step: Step) -> Option<&'static str> {
    Some(match (step, ceremony) {
        (Step::Options, _) => {
            "Done by the site: it starts the ceremony. The crate makes the options. When the site \
             finishes the ceremony, the crate first checks that the options have not expired."
        }
        (Step::BrowserCall, _) => "Done by the page in your browser.",
        (Step::CredentialIdUnique, _) => {
            "Partly done by the site: its database makes the ID unique across all accounts. The crate \
             checks this account."
        }
        (Step::RecordUpdate, _) => "Done by the site: it stores the record that the crate updated.",
        _ => return None,
    })
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
    use webauthn_verify::{
        AuthenticationRequest, AuthenticationResponse, RegistrationResponse, UserVerification,
    };
    use webauthn_verify_authenticator::{AttestationKind, Fault};

    use super::*;
    use crate::report::samples::{Sample, USER_HANDLE, rp};

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
        for (ceremony, number) in
            [(Ceremony::Registration, None), (Ceremony::Authentication, Some("24"))]
        {
            let missing = |state: &State| *state != State::Passed;
            assert_eq!(numbers(ceremony, Progress::Stored, missing), [""; 0]);
            assert_eq!(numbers(ceremony, Progress::Verified, missing), Vec::from_iter(number));
        }
        assert_eq!(last_state(Progress::Stored), State::Passed);
        assert_eq!(last_state(Progress::Verified), State::Skipped(NOT_STORED));
    }

    #[test]
    fn the_order_is_explained_only_if_it_shows() {
        let told = |error: &Error| {
            let ceremony = error.ceremony();
            order(ceremony, &states(ceremony, Progress::Failed(error)))
        };
        let mut sample = Sample::new(AttestationKind::None);
        let mut recording = sample.register(None);
        recording.time += 24 * 60 * 60;
        let first = " The crate checks steps 2, 3 and 4 first, while it reads the response.";
        assert_eq!(told(&recording.verify(&rp()).unwrap_err()).as_deref(), Some(first));
        let login = sample.sign_in(Some(Fault::AssertionSignature));
        assert_eq!(told(&login.verify(&rp()).unwrap_err()), None);
        let error = AuthenticationResponse::from_json(
            r#"{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"!"},
               "clientExtensionResults":{}}"#,
        );
        let first = " The crate checks steps 2, 3, 4 and 7 first, while it reads the response.";
        assert_eq!(told(&error.unwrap_err()).as_deref(), Some(first));
    }

    #[test]
    fn a_step_that_does_not_apply_is_marked() {
        let skipped = |recording: &Recording| {
            let shown = show(recording, &rp(), Progress::Stored).into_string();
            let rows = shown.split("<li class=\"skipped\">").skip(1);
            let number = |row: &str| {
                let (_, rest) = row.split_once("<span class=\"number\">")?;
                Some(rest.split_once('<')?.0.to_owned())
            };
            rows.filter_map(number).collect::<Vec<_>>()
        };
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        assert_eq!(skipped(&sample.register(None)), ["10", "11.1", "11.2", "23", "24"]);
        assert_eq!(skipped(&sample.sign_in(None)), ["5", "13", "14.1", "14.2", "19.1"]);
        let request = AuthenticationRequest::for_user(USER_HANDLE, &sample.records)
            .user_verification(UserVerification::Preferred);
        let listed = sample.sign_in_with(&request, None);
        assert_eq!(skipped(&listed), ["13", "14.1", "14.2", "17", "19.1"]);
        let mut synced = Sample::new(AttestationKind::None);
        synced.authenticator =
            synced.authenticator.clone().with_backup(true, true).without_counter();
        synced.register(None);
        assert_eq!(skipped(&synced.sign_in(None)), ["5", "13", "14.1", "14.2", "19.2", "22"]);
    }
}
