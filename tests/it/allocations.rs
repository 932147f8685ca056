//! Counts heap allocations: parsing needs none, and a login needs at most three.
#![cfg(feature = "getrandom")]

use webauthn_verify::parse::{
    AttestationObject, AuthenticatorData, ClientData, CoseKey, PaymentData,
};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, RegistrationRequest,
    RegistrationResponse,
};
use webauthn_verify_authenticator::AttestationKind;

use crate::common::heap::allocations;
use crate::common::site::{ORIGIN, Site, now, user};

#[test]
fn parsing_allocates_nothing() {
    let mut site =
        Site::new().with_browser(|browser| browser.with_attestation(AttestationKind::PackedX5c));
    let request = RegistrationRequest::passkey(&user(), &[]);
    let (options, _) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();

    let (count, client_data) = allocations(|| ClientData::parse(response.client_data_json()));
    assert_eq!((count, client_data.is_ok()), (0, true));
    let (count, object) = allocations(|| AttestationObject::parse(response.attestation_object()));
    assert_eq!(count, 0);
    let object = object.unwrap();
    let bytes = object.authenticator_data().as_bytes();
    let (count, authenticator_data) = allocations(|| AuthenticatorData::parse(bytes));
    assert_eq!((count, authenticator_data.is_ok()), (0, true));
    let key = object.authenticator_data().attested_credential().unwrap().public_key();
    let (count, key) = allocations(|| CoseKey::parse(key));
    assert_eq!((count, key.is_ok()), (0, true));

    let escaped = br#"{"\u0074ype":"a","challenge":"b","origin":"https:\/\/c","x":[[{"y":1}]]}"#;
    let (count, client_data) = allocations(|| ClientData::parse(escaped));
    assert_eq!((count, client_data.is_ok()), (0, true));
    let payment =
        br#"{"type":"a","challenge":"b","origin":"c","payment":{"rpId":"d","topOrigin":"e",
        "paymentEntitiesLogos":[{"url":"f","label":"g"}],"total":{"currency":"h","value":"i"},
        "instrument":{"displayName":"j","icon":"k"}}}"#;
    let (count, logos) = allocations(|| {
        PaymentData::parse(payment).map(|payment| payment.payment_entities_logos().count())
    });
    assert_eq!((count, logos), (0, Ok(1)));
    let (count, broken) = allocations(|| ClientData::parse(br#"{"type":"a",}"#));
    assert_eq!((count, broken.is_err()), (0, true));
}

#[test]
fn a_login_allocates_three_times() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384] {
        let mut site =
            Site::new().with_browser(|browser| browser.with_algorithm(algorithm.cose_id()));
        let request = RegistrationRequest::passkey(&user(), &[])
            .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>());
        let credentials = [site.register_as(&request).unwrap().into_credential()];
        // The first verification on a curve computes a table of its base point.
        let _ = site.login(&credentials).unwrap();
        let request = AuthenticationRequest::passkey();
        let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
        let body = site.browser.authenticate(&options, ORIGIN).unwrap();

        let (count, login) = allocations(|| {
            let response = AuthenticationResponse::from_json(&body)?;
            site.rp.finish_authentication(pending, &response, &credentials, now())
        });
        let _ = login.unwrap();
        // The buffer of the response, and the credential ID and user handle of the verdict.
        assert!(count <= 3, "{algorithm}: {count} allocations");
        println!("{algorithm} login: {count} allocations");
    }
}
