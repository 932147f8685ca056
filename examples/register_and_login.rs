//! Registers a passkey and signs in with it. A map stands in for the database, and the software
//! authenticator stands in for the browser.
use std::collections::HashMap;
use std::time::SystemTime;

use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, Credential, RegistrationRequest,
    RegistrationResponse, RelyingParty, User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let origin = "https://example.com";
    let rp = RelyingParty::new("example.com", [origin])?;
    let mut browser = SoftwareAuthenticator::random()?;

    // The database: maps the user handle of each account to its credential records.
    let mut accounts: HashMap<Vec<u8>, Vec<Credential>> = HashMap::new();
    // The session on the server: maps the ID of each started registration or login to its
    // pending state.
    let (mut registrations, mut logins) = (HashMap::new(), HashMap::new());

    // Start the registration. Send `options` to the browser.
    let user = User::new(*b"a random user handle", "alice@example.com", "Alice");
    let existing = accounts.entry(user.handle().to_vec()).or_default();
    let request = RegistrationRequest::passkey(&user, existing);
    let (options, pending) = rp.start_registration(&request, SystemTime::now())?;
    registrations.insert(pending.id(), pending);

    // Finish it. Remove the pending state from the session first, so that it is used only once.
    let response = RegistrationResponse::from_json(browser.register(&options, origin)?)?;
    let pending = registrations.remove(&response.pending_id()?).ok_or("start again")?;
    let registration = rp.finish_registration(pending, &response, SystemTime::now())?;
    // A credential ID must be unique across all accounts.
    if accounts.values().flatten().any(|other| other.id() == registration.credential().id()) {
        return Err("this passkey is already registered".into());
    }
    accounts.entry(user.handle().to_vec()).or_default().push(registration.into_credential());

    // Start the login. Send `options` to the browser.
    let request = AuthenticationRequest::passkey();
    let (options, pending) = rp.start_authentication(&request, SystemTime::now())?;
    logins.insert(pending.id(), pending);

    // Finish it. Use the user handle only to find the records. `finish_authentication` verifies it.
    let response = AuthenticationResponse::from_json(browser.authenticate(&options, origin)?)?;
    let pending = logins.remove(&response.pending_id()?).ok_or("start again")?;
    let user_handle = response.unverified_user_handle().unwrap_or_default();
    let records = accounts.get_mut(user_handle).map(Vec::as_mut_slice).unwrap_or_default();
    let login = rp.finish_authentication(pending, &response, records, SystemTime::now())?;
    if login.is_second_factor_only() {
        return Err("this security key is only a second factor".into());
    }
    // Here, `records` is part of the database. If you load a copy of the records, store what
    // `apply_to` returns.
    login.apply_to(records)?;
    println!("signed in: {}", String::from_utf8_lossy(login.user_handle()));
    Ok(())
}
