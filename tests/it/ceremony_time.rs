//! The lifetime of a ceremony, which differs from the timeout of the browser.

#![allow(clippy::unwrap_used, reason = "a helper may fail like the test that calls it")]

use std::time::{Duration, SystemTime};

use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, Error, ErrorKind, Mediation,
    RegistrationRequest, RegistrationResponse, Step,
};

use crate::common::messages::{LoggingIn, Registering, now, refused};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Starts a login at `start` and finishes it at `end`.
fn log_in(
    request: &AuthenticationRequest,
    start: SystemTime,
    end: SystemTime,
) -> Result<(), Error> {
    let login = LoggingIn::new();
    let (_, pending) = login.rp.start_authentication(request, start)?;
    let response = AuthenticationResponse::from_json(login.body().to_string())?;
    let credentials = std::slice::from_ref(&login.credential);
    login.rp.finish_authentication(pending, &response, credentials, end).map(drop)
}

fn register(
    request: &RegistrationRequest,
    start: SystemTime,
    end: SystemTime,
) -> Result<(), Error> {
    let registration = Registering::new();
    let (_, pending) = registration.rp.start_registration(request, start)?;
    let response = RegistrationResponse::from_json(registration.body().to_string())?;
    registration.rp.finish_registration(pending, &response, end).map(drop)
}

/// Returns the timeout in the options for the browser, in milliseconds.
fn timeout(request: &AuthenticationRequest) -> u64 {
    let (options, _) = LoggingIn::new().rp.start_authentication(request, now()).unwrap();
    serde_json::to_value(options).unwrap()["publicKey"]["timeout"].as_u64().unwrap()
}

fn login() -> AuthenticationRequest {
    LoggingIn::new().request
}

/// Checks that both ceremonies can be finished for exactly this long.
#[track_caller]
fn lasts(change: impl Fn(Request) -> Request, length: Duration) {
    let Request::Login(login) = change(Request::Login(login())) else { return };
    log_in(&login, now(), now() + length).unwrap();
    let late = log_in(&login, now(), now() + length + SECOND);
    refused(late, ErrorKind::CeremonyExpired, Step::Options);
    let registering = Registering::new().request;
    let Request::Registration(registration) = change(Request::Registration(registering)) else {
        return;
    };
    register(&registration, now(), now() + length).unwrap();
    let late = register(&registration, now(), now() + length + SECOND);
    refused(late, ErrorKind::CeremonyExpired, Step::Options);
}

/// Either request, for methods that both have.
enum Request {
    Registration(RegistrationRequest),
    Login(AuthenticationRequest),
}

impl Request {
    fn timeout(self, timeout: Duration) -> Request {
        match self {
            Request::Registration(request) => Request::Registration(request.timeout(timeout)),
            Request::Login(request) => Request::Login(request.timeout(timeout)),
        }
    }

    fn valid_for(self, valid_for: Duration) -> Request {
        match self {
            Request::Registration(request) => Request::Registration(request.valid_for(valid_for)),
            Request::Login(request) => Request::Login(request.valid_for(valid_for)),
        }
    }

    fn conditional(self) -> Request {
        let mediation = Mediation::Conditional;
        match self {
            Request::Registration(request) => Request::Registration(request.mediation(mediation)),
            Request::Login(request) => Request::Login(request.mediation(mediation)),
        }
    }
}

#[test]
fn opt_03_kb_101_a_ceremony_lasts_ten_minutes_for_any_browser_timeout() {
    lasts(|request| request, 10 * MINUTE);
    lasts(|request| request.timeout(MINUTE), 10 * MINUTE);
    lasts(|request| request.timeout(10 * MINUTE), 10 * MINUTE);
    // But it never ends while the browser still waits.
    lasts(|request| request.timeout(15 * MINUTE), 15 * MINUTE);
}

#[test]
fn opt_03_kb_101_a_conditional_ceremony_lasts_an_hour() {
    lasts(Request::conditional, 60 * MINUTE);
    lasts(|request| request.conditional().timeout(MINUTE), 60 * MINUTE);
    lasts(|request| request.conditional().timeout(90 * MINUTE), 90 * MINUTE);
}

#[test]
fn kb_101_valid_for_sets_the_lifetime() {
    lasts(|request| request.valid_for(SECOND), SECOND);
    lasts(|request| request.valid_for(24 * 60 * MINUTE), 24 * 60 * MINUTE);
    lasts(|request| request.conditional().valid_for(5 * MINUTE), 5 * MINUTE);
    // The timeout for the browser is not longer.
    assert_eq!(timeout(&login()), 300_000);
    assert_eq!(timeout(&login().valid_for(MINUTE)), 60_000);
    assert_eq!(timeout(&login().valid_for(20 * MINUTE)), 300_000);
    assert_eq!(timeout(&login().timeout(7 * MINUTE)), 420_000);
}

#[test]
fn kb_101_a_fraction_of_a_second_is_rounded_up() {
    lasts(|request| request.valid_for(Duration::from_millis(1999)), 2 * SECOND);
}

#[test]
fn kb_101_a_ceremony_with_an_unusable_lifetime_does_not_start() {
    let not_options = |request: AuthenticationRequest| {
        refused(log_in(&request, now(), now()), ErrorKind::InvalidOptions, Step::Options);
    };
    not_options(login().valid_for(Duration::ZERO));
    not_options(login().valid_for(Duration::from_millis(999)));
    not_options(login().valid_for(24 * 60 * MINUTE + SECOND));
    not_options(login().valid_for(MINUTE).timeout(MINUTE + Duration::from_millis(1)));
    log_in(&login().valid_for(MINUTE).timeout(MINUTE), now(), now()).unwrap();
}

#[test]
fn kb_102_a_ceremony_cannot_finish_before_it_started() {
    let registration = Registering::new().request;
    for (end, is_in_time) in [
        (now() - MINUTE, true),
        (now() - MINUTE - SECOND, false),
        (now() - 365 * 24 * 60 * MINUTE, false),
        (SystemTime::UNIX_EPOCH - SECOND, false),
    ] {
        for result in [log_in(&login(), now(), end), register(&registration, now(), end)] {
            match is_in_time {
                true => result.unwrap(),
                false => refused(result, ErrorKind::CeremonyNotStarted, Step::Options),
            }
        }
    }
    let early = log_in(&login(), now(), now() - 90 * SECOND).unwrap_err().to_string();
    assert!(early.contains("before the start of the ceremony: 90 seconds too early"), "{early}");
    let late = log_in(&login(), now(), now() + 10 * MINUTE + SECOND).unwrap_err().to_string();
    assert!(late.contains("the ceremony has expired: 1 second too late ("), "{late}");
}
