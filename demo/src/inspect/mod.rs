//! The page that takes apart and verifies a pasted response. It needs no JavaScript.

mod case;
mod form;
mod guess;

use std::time::SystemTime;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;

use crate::pages;
use crate::report::{self, Inspected};
use crate::site::Site;
use crate::vector::{self, Party};

use case::Case;
use form::Form;

type Posted = Result<axum::Form<Form>, FormRejection>;

pub async fn page(State(_site): State<Site>) -> Markup {
    with_form(&Form::default(), html! {})
}

/// Shows the same form with the report on the response.
pub async fn inspect(State(_site): State<Site>, posted: Posted) -> Response {
    let mut form = match read(posted) {
        Ok(form) => form,
        Err((status, problem)) => return failed(&Form::default(), problem, status),
    };
    let content = match case_of(&mut form) {
        Ok(case) => show(&case, &form.filled),
        Err(problem) => html! {
            p.problem { strong { "The response cannot be verified. " } (problem) }
            @if has_structures(&form.response) {
                (report::decoded(&form.response, &form.rp_id))
            }
        },
    };
    with_form(&form, content).into_response()
}

/// Returns the response as a vector file.
pub async fn vector(State(_site): State<Site>, posted: Posted) -> Response {
    let mut form = match read(posted) {
        Ok(form) => form,
        Err((status, problem)) => return failed(&Form::default(), problem, status),
    };
    let file = case_of(&mut form).and_then(|case| {
        if !case.has_key {
            return Err("Enter the public key: the test vector of a login needs it.".to_owned());
        }
        let party = Party { rp: &case.rp, origins: &case.origins, top_origins: &[] };
        vector::download(&case.recording, &party)
            .ok_or_else(|| "The response cannot become a test vector.".to_owned())
    });
    file.unwrap_or_else(|problem| failed(&form, &problem, StatusCode::BAD_REQUEST))
}

fn read(posted: Posted) -> Result<Form, (StatusCode, &'static str)> {
    match posted {
        Ok(axum::Form(form)) => Ok(form),
        Err(rejection) => {
            let problem = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "The form is larger than 256 KiB.",
                _ => "The form cannot be read.",
            };
            Err((rejection.status(), problem))
        }
    }
}

/// Returns the ceremony in the form. If a whole vector file was pasted, its members become fields.
fn case_of(form: &mut Form) -> Result<Case, String> {
    form.unfold()?;
    Case::of(form, SystemTime::now())
}

fn failed(form: &Form, problem: &str, status: StatusCode) -> Response {
    (status, with_form(form, html! { p.problem { (problem) } })).into_response()
}

/// The form, and the result below it.
fn with_form(form: &Form, result: Markup) -> Markup {
    pages::layout(
        "Inspect a response",
        "site.js",
        html! {
            p {
                "Paste the response of a registration or a login. This page takes it apart and \
                 verifies it. It stores nothing."
            }
            (form.show())
            section #result { (result) }
        },
    )
}

/// Returns whether something in a text can be shown although it cannot be verified.
fn has_structures(response: &str) -> bool {
    let json: Option<Value> = serde_json::from_str(response).ok();
    json.is_some_and(|json| json.get("response").is_some_and(Value::is_object))
}

/// `filled` are the fields that a test vector filled.
fn show(case: &Case, filled: &[&str]) -> Markup {
    let Case { recording, rp, has_key, unchecked, .. } = case;
    html! {
        @if !filled.is_empty() {
            p { "These values are from the test vector: " (filled.join(", ")) "." }
        }
        @if !unchecked.notes.is_empty() {
            section.notes {
                h2 { "What could not be checked" }
                ul { @for note in &unchecked.notes { li { (note) } } }
            }
        }
        (report::inspected(&Inspected {
            recording,
            rp,
            has_key: *has_key,
            assumed: &unchecked.steps,
            unchecked: unchecked.notes.len(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;
    use webauthn_verify::{ErrorKind, Step};
    use webauthn_verify_authenticator::{AttestationKind, Fault};

    use super::*;
    use crate::report::samples::{ORIGIN, Sample, rp};

    fn case(form: &Form) -> Result<Case, String> {
        Case::of(form, SystemTime::now())
    }

    fn only(response: &str) -> Form {
        Form { response: response.to_owned(), ..Form::default() }
    }

    fn unfolded(text: &str) -> Result<Form, String> {
        let mut form = only(text);
        form.unfold().map(|()| form)
    }

    fn kind(form: &Form) -> Option<ErrorKind> {
        let case = case(form).unwrap();
        // Everything can be shown.
        show(&case, &[]);
        case.recording.verify(&case.rp).err().map(|error| error.kind())
    }

    #[test]
    fn a_response_alone_is_verified_as_far_as_possible() {
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        let registration = sample.register(None).response;
        assert_eq!(kind(&only(&registration)), None);
        let notes = case(&only(&registration)).unwrap().unchecked.notes.concat();
        assert!(notes.contains("The challenge was taken from the response, so step 8 proves"));
        assert!(notes.contains("The RP ID localhost was derived"), "{notes}");

        let login = only(&sample.sign_in(None).response);
        let shown = show(&case(&login).unwrap(), &[]).into_string();
        assert!(shown.contains("Steps 21 to 24 need the public key"), "{shown}");
        let spki: Value = serde_json::from_str(&registration).unwrap();
        let spki = spki["response"]["publicKey"].as_str().unwrap().to_owned();
        let cose = URL_SAFE_NO_PAD.encode(sample.records[0].public_key());
        for public_key in [cose, spki] {
            let login = Form { public_key, ..login.clone() };
            assert_eq!(kind(&login), None);
            let counted = Form { sign_count: "7".to_owned(), ..login.clone() };
            assert_eq!(kind(&counted), Some(ErrorKind::SignCountNotIncreased));
            let other = Form { user_handle: "AAAA".to_owned(), ..login };
            assert_eq!(kind(&other), Some(ErrorKind::UserHandleMismatch));
        }
    }

    #[test]
    fn a_field_is_compared_with_the_response() {
        let mut sample = Sample::new(AttestationKind::None);
        sample.authenticator = sample.authenticator.clone().with_user_verified(false);
        let form = only(&sample.register(None).response);
        let text = str::to_owned;
        for (form, expected) in [
            (Form { challenge: text("AAAA"), ..form.clone() }, ErrorKind::ChallengeMismatch),
            (
                Form { origins: text("https://a.example"), ..form.clone() },
                ErrorKind::OriginMismatch,
            ),
            (Form { rp_id: text("example.com"), ..form.clone() }, ErrorKind::RpIdHashMismatch),
            (
                Form { user_verification: text("required"), ..form.clone() },
                ErrorKind::UserNotVerified,
            ),
        ] {
            assert_eq!(kind(&form), Some(expected));
        }
        let unreadable = "!".to_owned();
        for form in [
            Form { challenge: unreadable.clone(), ..form.clone() },
            Form { user_verification: unreadable.clone(), ..form.clone() },
            Form { user_handle: unreadable.clone(), ..form.clone() },
        ] {
            assert!(case(&form).is_err());
        }
        let login = only(&sample.sign_in(None).response);
        for form in [
            Form { public_key: unreadable.clone(), ..login.clone() },
            Form { public_key: "{}".to_owned(), ..login.clone() },
            Form { sign_count: "-1".to_owned(), ..login },
        ] {
            assert!(case(&form).is_err());
        }
    }

    #[test]
    fn a_vector_file_fills_the_fields() {
        let mut sample = Sample::new(AttestationKind::PackedSelf);
        let origins = [ORIGIN.to_owned()];
        let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
        for recording in [sample.register(None), sample.sign_in(None)] {
            let file = vector::file(&recording, &party).unwrap();
            let form = unfolded(&file.to_string()).unwrap();
            assert_eq!(form.rp_id, "localhost");
            assert_eq!(form.origins, ORIGIN);
            assert_eq!(kind(&form), None);
            let case = case(&form).unwrap();
            assert!(case.has_key);
            assert_eq!(case.recording.time, recording.time);
            for assumed in [
                Step::Challenge,
                Step::AllowedCredential,
                Step::UserVerification,
                Step::BackupEligibilityKept,
            ] {
                assert!(!case.unchecked.steps.contains(&assumed), "{assumed:?}");
            }
            let shown = show(&case, &form.filled).into_string();
            assert!(shown.contains("These values are from the test vector: challenge, RP ID, "));
            assert!(shown.contains("user handle") && shown.contains(", time."), "{shown}");
            let party = Party { rp: &case.rp, origins: &case.origins, top_origins: &[] };
            let again = vector::file(&case.recording, &party).unwrap();
            for member in ["challenge", "credential", "expect", "now", "response", "user_handle"] {
                assert_eq!(again["cases"][0][member], file["cases"][0][member], "{member}");
            }
            // A case without its file has no relying party, so this is derived.
            let form = unfolded(&file["cases"][0].to_string()).unwrap();
            assert_eq!(kind(&form), None);
        }
        for file in [
            json!({ "cases": [] }),
            json!({ "cases": [1] }),
            json!({ "cases": 1 }),
            json!({ "cases": [{}, {}] }),
        ] {
            assert!(unfolded(&file.to_string()).is_err());
        }
        assert!(case(&unfolded("{\"ceremony\":1}").unwrap()).is_err());
    }

    #[test]
    fn the_published_vectors_have_their_verdicts() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/w3c-level-3.json");
        let text = std::fs::read_to_string(path).unwrap();
        let mut file: Value = serde_json::from_str(&text).unwrap();
        let mut compared = 0;
        for case in file["cases"].as_array().cloned().unwrap() {
            file["cases"] = json!([case]);
            let form = unfolded(&file.to_string()).unwrap();
            let kind = kind(&form).map(|kind| kind.as_str());
            // The key of a login is in another case.
            let ignored = ["algorithms", "trust_anchors"];
            let expected = case["expect"]["reject"].as_str();
            let is_about_ignored =
                matches!(expected, Some("AlgorithmNotRequested" | "UntrustedAttestation"));
            if form.unused.iter().all(|name| ignored.contains(&&**name)) && !is_about_ignored {
                assert_eq!(kind, expected, "{}", case["name"]);
                compared += 1;
            }
        }
        assert!(compared >= 24, "{compared}");
    }

    #[test]
    fn a_broken_response_fails_at_the_same_step_as_at_the_site() {
        let mut sample = Sample::new(AttestationKind::None);
        sample.register(None);
        let public_key = URL_SAFE_NO_PAD.encode(sample.records[0].public_key());
        for fault in Fault::all().into_iter().filter(Fault::applies_to_authentication) {
            let recording = sample.sign_in(Some(fault.clone()));
            let expected = recording.verify(&rp()).err().map(|error| error.kind());
            let form = Form {
                challenge: recording.options["publicKey"]["challenge"].as_str().unwrap().to_owned(),
                rp_id: "localhost".to_owned(),
                origins: ORIGIN.to_owned(),
                user_verification: "required".to_owned(),
                public_key: public_key.clone(),
                user_handle: URL_SAFE_NO_PAD.encode(sample.records[0].user_handle().unwrap()),
                ..only(&recording.response)
            };
            // These depend on the list of credentials, on the record, or on the kind of login.
            let unknown = matches!(
                fault,
                Fault::OtherCredentialId
                    | Fault::SignCount
                    | Fault::MissingUserHandle
                    | Fault::BackupEligibilityChanged
            );
            if !unknown {
                assert_eq!(kind(&form), expected, "{fault:?}");
            }
        }
    }

    #[test]
    fn the_record_of_a_test_vector_is_compared() {
        let mut sample = Sample::new(AttestationKind::None);
        sample.register(None);
        let origins = [ORIGIN.to_owned()];
        let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
        let file = vector::file(&sample.sign_in(None), &party).unwrap();
        for (member, value, expected) in [
            ("id", json!("AAAA"), ErrorKind::CredentialNotAllowed),
            ("backup_eligible", json!(true), ErrorKind::BackupEligibilityChanged),
        ] {
            let mut file = file.clone();
            file["cases"][0]["credential"][member] = value;
            assert_eq!(kind(&unfolded(&file.to_string()).unwrap()), Some(expected));
        }
        let mut file = file;
        for (now, is_time) in [
            ("yesterday", false),
            ("1969-12-31T23:59:59Z", false),
            ("1970-01-01T00:00:00Z", true),
            ("9999-12-31T23:59:59Z", true),
        ] {
            file["cases"][0]["now"] = now.into();
            assert_eq!(case(&unfolded(&file.to_string()).unwrap()).is_ok(), is_time, "{now}");
        }
    }

    #[test]
    fn an_assumption_is_not_a_passed_check() {
        let mut sample = Sample::new(AttestationKind::None);
        let form = only(&sample.register(None).response);
        let shown = show(&case(&form).unwrap(), &[]).into_string();
        // The challenge, the origin, the RP ID, user verification, and the options.
        assert!(shown.contains("The registration is accepted, with 5 assumptions"), "{shown}");
        for part in ["verdict accepted", "valid until", "allowed: "] {
            assert!(!shown.contains(part), "{part} {shown}");
        }
        assert_eq!(shown.matches("Assumed, not checked.").count(), 7);
        assert!(shown.contains("UV: 1<"), "{shown}");
        assert!(shown.contains("so step 16 does not check it."), "{shown}");
    }

    #[test]
    fn a_text_that_is_not_a_response_is_named() {
        let problem = |text: &str| case(&unfolded(text).unwrap()).err().unwrap();
        assert_eq!(problem("hello"), "This is not JSON (line 1, column 1).");
        assert_eq!(
            problem("[]"),
            "This is not the response of a passkey: it is not a JSON object."
        );
        assert_eq!(
            problem("{\"hello\":1}"),
            "This is not the response of a passkey: id, rawId, response and type are missing."
        );
        assert!(!has_structures("hello") && !has_structures("{\"hello\":1}"));
        // The crate says what else is wrong, and not that the page should be loaded again.
        let broken = only("{\"response\":{\"attestationObject\":1}}");
        let shown = show(&case(&broken).unwrap(), &[]).into_string();
        assert!(shown.contains("The registration is rejected at step"), "{shown}");
        assert!(!shown.contains("Please"), "{shown}");
    }

    #[test]
    fn hostile_text_is_answered() {
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        let response = sample.register(None).response;
        let deep = "[".repeat(100_000);
        for text in
            ["", "null", "{}", "[]", "1", "\"\"", &deep, "{\"response\":{\"attestationObject\":1}}"]
        {
            if let Ok(case) = case(&only(text)) {
                show(&case, &[]);
            }
            report::decoded(text, "");
        }
        for place in (0..response.len()).step_by(7) {
            for other in ["A", "\"", "\\", ""] {
                let mut text = response.clone();
                text.replace_range(place..place + 1, other);
                let form = unfolded(&text).unwrap();
                if let Ok(case) = case(&form) {
                    show(&case, &[]);
                }
            }
        }
        let script = only("<script>alert(1)</script></textarea>");
        assert!(!with_form(&script, html! {}).into_string().contains("<script>alert"));
    }
}
