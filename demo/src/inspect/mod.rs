//! The page that takes apart and verifies a pasted response. It needs no JavaScript.

mod case;
mod form;
mod guess;
mod members;
mod pasted;
mod settings;
#[cfg(test)]
mod tests;

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
use pasted::Pasted;

type Posted = Result<axum::Form<Form>, FormRejection>;

pub async fn page(State(_site): State<Site>) -> Markup {
    with_form(&Form::default(), None, false, html! {})
}

/// Shows the same form with the report on the response.
pub async fn inspect(State(_site): State<Site>, posted: Posted) -> Response {
    let form = match read(posted) {
        Ok(form) => form,
        Err((status, problem)) => return failed(&Form::default(), false, problem, status),
    };
    let pasted = Pasted::read(&form.response);
    let verified = pasted.as_ref().map_err(Clone::clone).and_then(|pasted| case_of(pasted, &form));
    let content = match &verified {
        Ok((pasted, case)) => show(pasted, case),
        Err(problem) => html! {
            p.problem { strong { "The response cannot be verified. " } (problem) }
            @if let Some(pasted) = pasted.as_ref().ok().filter(|pasted| pasted.has_structures()) {
                (report::decoded(&pasted.response, &pasted.text("rp_id")))
            }
        },
    };
    with_form(&form, pasted.as_ref().ok(), false, content).into_response()
}

/// Returns the response as a vector file.
pub async fn vector(State(_site): State<Site>, posted: Posted) -> Response {
    let form = match read(posted) {
        Ok(form) => form,
        Err((status, problem)) => return failed(&Form::default(), false, problem, status),
    };
    let file = Pasted::read(&form.response)
        .and_then(|pasted| case_of(&pasted, &form))
        .and_then(|(pasted, case)| file_of(&pasted, &case));
    match file {
        Ok(file) => vector::download(&file).into_response(),
        // The field for the missing value is shown.
        Err(problem) => failed(&form, true, &problem, StatusCode::BAD_REQUEST),
    }
}

/// Returns the vector file of a ceremony.
fn file_of(pasted: &Pasted, case: &Case) -> Result<Value, String> {
    if !case.has_key && !pasted.case.has("credential_from") {
        return Err("Enter the public key: the test vector of a login needs it.".to_owned());
    }
    let party = Party { rp: &case.rp, origins: &case.origins, top_origins: &[] };
    let file = vector::file(&case.recording, &party);
    if pasted.is_vector {
        return Ok(pasted.file(file.as_ref()));
    }
    let mut file = file.ok_or_else(|| "The response cannot become a test vector.".to_owned())?;
    // It is unknown which algorithms were requested.
    if let Some(case) = file.pointer_mut("/cases/0").and_then(Value::as_object_mut) {
        case.remove("algorithms");
    }
    Ok(file)
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

/// Returns the ceremony of a pasted text with the values of the form.
fn case_of(pasted: &Pasted, form: &Form) -> Result<(Pasted, Case), String> {
    let pasted = pasted.clone().with_values(form)?;
    let case = Case::of(&pasted, SystemTime::now())?;
    Ok((pasted, case))
}

/// `is_open` opens the expected values.
fn failed(form: &Form, is_open: bool, problem: &str, status: StatusCode) -> Response {
    let pasted = Pasted::read(&form.response).ok();
    let page = with_form(form, pasted.as_ref(), is_open, html! { p.problem { (problem) } });
    (status, page).into_response()
}

/// The form, and the result below it.
fn with_form(form: &Form, pasted: Option<&Pasted>, is_open: bool, result: Markup) -> Markup {
    pages::layout(
        "Inspect a response",
        "site.js",
        html! {
            p {
                "Paste the response of a registration or a login. This page takes it apart and \
                 verifies it. It stores nothing."
            }
            (form.show(pasted, is_open))
            section #result { (result) }
        },
    )
}

fn show(pasted: &Pasted, case: &Case) -> Markup {
    let Case { recording, rp, has_key, demands_trust, unchecked, .. } = case;
    report::inspected(&Inspected {
        recording,
        rp,
        has_key: *has_key,
        demands_trust: *demands_trust,
        assumed: &unchecked.steps,
        notes: &unchecked.notes,
        used: &pasted.used(),
        expected: pasted.case.value("expect"),
    })
}
