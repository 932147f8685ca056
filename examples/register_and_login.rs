//! Registers a passkey and signs in with it. The browser is played by the software authenticator.
use std::time::SystemTime;

use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, RegistrationRequest, RegistrationResponse,
    RelyingParty, User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let origin = "https://example.com";
    let rp = RelyingParty::new("example.com", [origin])?;
    let mut browser = SoftwareAuthenticator::random()?;

    // Registration: send `options` to the browser, keep `pending` in the session.
    let user = User::new(*b"a random user handle", "alice@example.com", "Alice");
    let request = RegistrationRequest::passkey(&user, &[]);
    let (options, pending) = rp.start_registration(&request, SystemTime::now())?;

    // The browser's answer. Take `pending` out of the session before finishing.
    let body = browser.register(&options, origin)?;
    let response = RegistrationResponse::from_json(body)?;
    let registration = rp.finish_registration(pending, &response, SystemTime::now())?;

    // Store the record with the account. Its ID must be unique over all accounts.
    let mut account = vec![registration.into_credential()];

    // Login: the same dance.
    let request = AuthenticationRequest::passkey();
    let (options, pending) = rp.start_authentication(&request, SystemTime::now())?;
    let body = browser.authenticate(&options, origin)?;
    let response = AuthenticationResponse::from_json(body)?;

    // Find the account by `response.unverified_user_handle()`, then give all its records.
    let login = rp.finish_authentication(pending, &response, &account, SystemTime::now())?;

    // Take over what has changed, and store the record again.
    login.apply_to(&mut account)?;
    println!("signed in: {:?}", login.user_handle().map(String::from_utf8_lossy));
    Ok(())
}
