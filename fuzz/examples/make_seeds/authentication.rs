//! Seeds of the target `authentication`, and the account and the ceremonies in `site/`.

use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, RegistrationResponse, UserVerification,
};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};
use webauthn_verify_fuzz::site;

use super::common::{ALGORITHMS, add_variants, authenticator, fault_name};
use super::seeds::{Result, Seeds};

/// The name of a file, and its content.
pub type File = (&'static str, String);

/// Adds logins into an account with a credential for each algorithm. Returns the account and one
/// ceremony of each kind.
pub fn add_to(seeds: &mut Seeds) -> Result<(Vec<Credential>, [File; 4])> {
    let rp = site::relying_party();
    let (mut account, mut authenticators) = (Vec::new(), Vec::new());
    for algorithm in ALGORITHMS {
        let seed = format!("account {algorithm}");
        let mut authenticator =
            SoftwareAuthenticator::from_seed(seed.as_bytes()).with_algorithm(algorithm.cose_id());
        let request = site::registration_request().user_verification(UserVerification::Required);
        let (options, pending) = rp.start_registration(&request, site::now())?;
        let response =
            RegistrationResponse::from_json(authenticator.register(&options, site::ORIGIN)?)?;
        let registration = rp.finish_registration(pending, &response, site::now())?;
        account.push(registration.into_credential());
        authenticators.push((algorithm, authenticator));
    }
    let request = AuthenticationRequest::passkey().challenge(&site::CHALLENGE);
    let (options, _) = rp.start_authentication(&request, site::now())?;
    for (algorithm, authenticator) in &authenticators {
        let body = authenticator.clone().authenticate(&options, site::ORIGIN)?;
        seeds.add("authentication", algorithm.as_str(), &body);
        if *algorithm == Algorithm::EdDsa {
            add_variants(seeds, "authentication", &body)?;
        }
        for fault in Fault::all() {
            let applies = fault.applies_to_authentication();
            if !applies || (*algorithm != Algorithm::Es256 && fault != Fault::AssertionSignature) {
                continue;
            }
            let mut authenticator = authenticator.clone();
            authenticator.break_next(fault.clone());
            let name = format!("{algorithm}-{}", fault_name(&fault));
            match authenticator.authenticate(&options, site::ORIGIN) {
                Ok(body) => seeds.add("authentication", &name, &body),
                Err(error) => println!("left out: {name}: {error}"),
            }
        }
    }
    let ceremonies = ceremonies(&account, &authenticators)?;
    Ok((account, ceremonies))
}

/// Returns a registration, logins and a payment that are all accepted.
fn ceremonies(
    account: &[Credential],
    authenticators: &[(Algorithm, SoftwareAuthenticator)],
) -> Result<[File; 4]> {
    let rp = site::relying_party();
    let find = |algorithm| {
        let mut authenticators = authenticators.iter();
        let found = authenticators.find(|(other, _)| *other == algorithm);
        found.map(|(_, authenticator)| authenticator.clone()).ok_or("no such authenticator")
    };
    let (options, _) = rp.start_registration(&site::registration_request(), site::now())?;
    let registration =
        authenticator(Algorithm::EdDsa, AttestationKind::None).register(&options, site::ORIGIN)?;
    let request = AuthenticationRequest::passkey().challenge(&site::CHALLENGE);
    let (options, _) = rp.start_authentication(&request, site::now())?;
    let login = |algorithm| -> Result<String> {
        Ok(find(algorithm)?.authenticate(&options, site::ORIGIN)?)
    };
    let request =
        AuthenticationRequest::for_user(site::USER_HANDLE, account).challenge(&site::CHALLENGE);
    let (options, _) = rp.start_payment(&request, &site::payment_order(), site::now())?;
    let payment = find(Algorithm::EdDsa)?.confirm_payment(&options, site::ORIGIN, site::ORIGIN)?;
    Ok([
        ("registration.json", registration.replace(r#"{"credProps":{"rk":true}}"#, "{}")),
        ("login.json", login(Algorithm::EdDsa)?),
        ("login-es256.json", login(Algorithm::Es256)?),
        ("payment.json", payment),
    ])
}
