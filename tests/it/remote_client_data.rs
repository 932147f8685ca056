//! Client data from the other side of a remote desktop session: requested by name and checked like
//! any other.

use serde_json::{Value, json};
use webauthn_verify::{AuthenticationRequest, ErrorKind, RegistrationRequest, RelyingParty, Step};
use webauthn_verify_authenticator::ClientDataBuilder;

use crate::common::messages::{
    CHALLENGE, LoggingIn, ORIGIN, Registering, now, passes, refused, relying_party, user,
};

const EXTENSION: &str = "remoteClientDataJSON";
const OTHER_ORIGIN: &str = "https://desktop.example";

fn text(builder: ClientDataBuilder) -> String {
    String::from_utf8(builder.build()).unwrap_or_default()
}

fn create() -> ClientDataBuilder {
    ClientDataBuilder::create(&CHALLENGE, ORIGIN)
}

fn get() -> ClientDataBuilder {
    ClientDataBuilder::get(&CHALLENGE, ORIGIN)
}

/// Returns a registration that requests this client data and receives it.
fn registering() -> Registering {
    let mut registration = Registering::new();
    registration.request = registration.request.remote_client_data_json(&text(create()));
    registration
}

fn logging_in() -> LoggingIn {
    let mut login = LoggingIn::new();
    login.request = login.request.remote_client_data_json(&text(get()));
    login
}

fn with_output(mut body: Value, output: Value) -> Value {
    body["clientExtensionResults"][EXTENSION] = output;
    body
}

#[test]
fn ext_10_the_options_carry_the_client_data_as_text() {
    let rp = relying_party();
    let request = registering().request;
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    let written = serde_json::to_value(&options).unwrap();
    assert_eq!(written["publicKey"]["extensions"], json!({ EXTENSION: text(create()) }));
    assert_eq!(serde_json::to_value(&pending).unwrap()["extensions"], json!([EXTENSION]));
    // It is requested together with other extensions. Debug output does not show it, because it
    // contains the challenge.
    let request = logging_in().request.app_id("https://example.org/app-id.json");
    let (options, pending) = rp.start_authentication(&request, now()).unwrap();
    let written = serde_json::to_value(&options).unwrap();
    let expected = json!({ "appid": "https://example.org/app-id.json", EXTENSION: text(get()) });
    assert_eq!(written["publicKey"]["extensions"], expected);
    for shown in [format!("{request:?}"), format!("{options:?}"), format!("{pending:?}")] {
        assert!(!shown.contains("webauthn.get"), "{shown}");
    }
}

#[test]
fn ext_10_the_verdict_reports_whether_it_was_used() {
    let strict = relying_party().refuse_unsolicited_extensions();
    for output in [Some(true), Some(false), None] {
        let registration = Registering { rp: strict.clone(), ..registering() };
        let mut body = registration.body();
        if let Some(output) = output {
            body = with_output(body, output.into());
        }
        assert_eq!(
            registration.finish_with(&body).unwrap().client_outputs().remote_client_data_json(),
            output
        );
        let login = LoggingIn { rp: strict.clone(), ..logging_in() };
        let mut body = login.body();
        if let Some(output) = output {
            body = with_output(body, output.into());
        }
        assert_eq!(
            login.finish_with(&body).unwrap().client_outputs().remote_client_data_json(),
            output
        );
    }
}

#[test]
fn ext_10_an_output_without_an_input_is_unsolicited() {
    let registration = Registering::new();
    let body = with_output(registration.body(), true.into());
    assert!(registration.finish_with(&body).is_ok());
    let login = LoggingIn::new();
    let body = with_output(login.body(), true.into());
    assert!(login.finish_with(&body).is_ok());

    let strict = relying_party().refuse_unsolicited_extensions();
    let (kind, step) = (ErrorKind::ExtensionRejected, Step::ExtensionOutputs);
    let registration = Registering { rp: strict.clone(), ..Registering::new() };
    let body = with_output(registration.body(), true.into());
    refused(registration.finish_with(&body), kind, step);
    let login = LoggingIn { rp: strict, ..LoggingIn::new() };
    let body = with_output(login.body(), true.into());
    refused(login.finish_with(&body), kind, step);
}

#[test]
fn ext_10_kb_84_an_output_that_is_not_a_boolean_is_dropped() {
    for output in [json!("true"), json!(1), json!([]), json!({})] {
        let body = with_output(registering().body(), output.clone());
        let registration = registering().finish_with(&body).unwrap();
        let outputs = registration.client_outputs();
        assert_eq!(outputs.lost(), ["remoteClientDataJSON"]);
        assert_eq!(outputs.remote_client_data_json(), None);
        let body = with_output(logging_in().body(), output);
        let login = logging_in().finish_with(&body).unwrap();
        assert_eq!(login.client_outputs().lost(), ["remoteClientDataJSON"]);
    }
}

#[test]
fn ext_10_every_check_of_client_data_applies() {
    // The requested client data could have passed, but the received one could not.
    let registration = Registering {
        client_data: ClientDataBuilder::create(&CHALLENGE, OTHER_ORIGIN).build(),
        ..registering()
    };
    let body = with_output(registration.body(), true.into());
    refused(registration.finish_with(&body), ErrorKind::OriginMismatch, Step::Origin);
    for (client_data, kind, step) in [
        (ClientDataBuilder::get(&CHALLENGE, OTHER_ORIGIN), ErrorKind::OriginMismatch, Step::Origin),
        (ClientDataBuilder::get(&[1; 32], ORIGIN), ErrorKind::ChallengeMismatch, Step::Challenge),
        (create(), ErrorKind::WrongCeremonyType, Step::CeremonyType),
        (get().cross_origin(true), ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin),
    ] {
        let login = LoggingIn { client_data: client_data.build(), ..logging_in() };
        refused(login.finish_with(&with_output(login.body(), true.into())), kind, step);
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_10_client_data_that_could_not_pass_cannot_be_requested() {
    let rp = relying_party();
    let creation = |rp: &RelyingParty, client_data: &str| {
        let request = RegistrationRequest::passkey(&user(), &[]).challenge(&CHALLENGE);
        rp.start_registration(&request.remote_client_data_json(client_data), now()).map(drop)
    };
    let request = |rp: &RelyingParty, client_data: &str| {
        let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
        rp.start_authentication(&request.remote_client_data_json(client_data), now()).map(drop)
    };
    passes(creation(&rp, &text(create())));
    passes(request(&rp, &text(get())));
    let of = |challenge: &[u8], origin: &str, cross: bool| {
        [ClientDataBuilder::create(challenge, origin), ClientDataBuilder::get(challenge, origin)]
            .map(|builder| text(builder.cross_origin(cross)))
    };
    for [create, get] in [
        of(&[1; 32], ORIGIN, false),
        of(&CHALLENGE, OTHER_ORIGIN, false),
        of(&CHALLENGE, ORIGIN, true),
        [text(get()), text(create())],
        [text(create()) + "x", text(get()) + "x"],
        [String::new(), String::new()],
    ] {
        refused(creation(&rp, &create), ErrorKind::InvalidOptions, Step::Options);
        refused(request(&rp, &get), ErrorKind::InvalidOptions, Step::Options);
    }
    // The relying party's own policy decides about frames.
    let framed = rp.allow_unnamed_framing();
    passes(request(&framed, &text(get().cross_origin(true))));
    // Without an explicit challenge in the request, the challenge differs.
    let without = AuthenticationRequest::passkey().remote_client_data_json(&text(get()));
    let result = relying_party().start_authentication(&without, now());
    let error = result.map(drop).unwrap_err();
    assert!(error.to_string().contains("the remote client data would be rejected"), "{error}");
}

#[test]
fn ext_10_only_its_own_method_can_request_it() {
    let rp = relying_party();
    let request = Registering::new().request.extension(EXTENSION, text(create()).into());
    let result = rp.start_registration(&request, now()).map(drop);
    refused(result, ErrorKind::InvalidOptions, Step::Options);
    let request = LoggingIn::new().request.extension(EXTENSION, text(get()).into());
    let result = rp.start_authentication(&request, now()).map(drop);
    refused(result, ErrorKind::InvalidOptions, Step::Options);
}
