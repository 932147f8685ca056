//! Whole registrations. An accepted registration is checked again without this crate. A refused
//! registration names a step.

use ciborium::Value;
use webauthn_verify::attestation::{Attestation, AttestationType};
use webauthn_verify::parse::{AuthenticatorData, CoseKey};
use webauthn_verify::{
    Algorithm, Ceremony, Credential, Registration, RegistrationResponse, RelyingParty,
    UserVerification,
};

use super::site;

pub fn check(input: &[u8]) {
    let response = match RegistrationResponse::from_json(input) {
        Ok(response) => response,
        Err(error) => {
            site::check_error(&error, Ceremony::Registration, input);
            return;
        }
    };
    let accepted = finish(&site::relying_party(), &response, UserVerification::Required, input);
    if let Some(registration) = &accepted {
        check_accepted(registration, input);
        assert!(registration.user_verified() && !registration.is_second_factor_only());
        assert!(registration.attestation().trust_path().is_none());
    }
    // A request with fewer requirements accepts the registration too, with the same result.
    let preferred = finish(&site::relying_party(), &response, UserVerification::Preferred, input);
    assert!(accepted.is_none() || accepted.as_ref().map(told) == preferred.as_ref().map(told));
    // A relying party with more requirements accepts no other registrations.
    let demanding = site::demanding_relying_party();
    if let Some(trusted) = finish(&demanding, &response, UserVerification::Preferred, input) {
        check_trusted(trusted.attestation());
        assert_eq!(Some(trusted.credential()), preferred.as_ref().map(Registration::credential));
    }
}

/// Returns the parts of a registration that do not depend on the request.
fn told(registration: &Registration) -> impl PartialEq + use<'_> {
    (
        registration.credential(),
        registration.flags().bits(),
        registration.is_second_factor_only(),
        registration.attestation(),
        registration.client_outputs().iter().collect::<Vec<_>>(),
        registration.quirks(),
    )
}

fn finish(
    rp: &RelyingParty,
    response: &RegistrationResponse,
    user_verification: UserVerification,
    input: &[u8],
) -> Option<Registration> {
    let request = site::registration_request().user_verification(user_verification);
    let (_, pending) = rp.start_registration(&request, site::now()).unwrap();
    let id = pending.id();
    match rp.finish_registration(pending, response, site::now()) {
        Ok(registration) => {
            assert_eq!(response.pending_id().ok(), Some(id));
            Some(registration)
        }
        Err(error) => {
            site::check_error(&error, Ceremony::Registration, input);
            None
        }
    }
}

/// Checks that every verified statement has a trust path of its own.
fn check_trusted(attestation: &Attestation) {
    let statements = match attestation.attestation_type() {
        AttestationType::Compound => attestation.statements(),
        _ => core::slice::from_ref(attestation),
    };
    assert!(!statements.is_empty());
    for statement in statements {
        assert!(matches!(
            statement.attestation_type(),
            AttestationType::Uncertain
                | AttestationType::Basic
                | AttestationType::AttCa
                | AttestationType::AnonCa
        ));
        assert!(statement.trust_path().is_some());
    }
}

fn check_accepted(registration: &Registration, input: &[u8]) {
    let [client_data_json, object] =
        site::response_bytes(input, ["clientDataJSON", "attestationObject"]);
    site::check_client_data(&client_data_json, "webauthn.create");

    let object = site::decode_cbor(&object).expect("no attestation object");
    let data = member(&object, "authData").as_bytes().expect("no authenticator data");
    site::check_authenticator_data(data);

    let credential = registration.credential();
    let view = AuthenticatorData::parse(data).unwrap();
    let attested = view.attested_credential().expect("no credential");
    assert_eq!(credential.id(), attested.credential_id());
    assert!((1..=1023).contains(&credential.id().len()));
    assert_eq!(credential.public_key(), attested.public_key());
    assert_eq!(credential.user_handle(), Some(site::USER_HANDLE));
    assert_eq!(credential.sign_count(), view.sign_count());
    let key = CoseKey::parse(credential.public_key()).expect("no key");
    assert!(Algorithm::ALL.contains(&key.public_key().algorithm()));

    if registration.attestation().attestation_type() == AttestationType::SelfAttestation {
        let signed = [&data[..], &site::sha256(&client_data_json)].concat();
        let signature = member(member(&object, "attStmt"), "sig").as_bytes();
        site::verify_again(&key, &signed, signature.expect("no signature"));
    }

    // The record can be stored and read back, and can be made from its parts.
    let stored = serde_json::to_string(credential).unwrap();
    assert_eq!(serde_json::from_str::<Credential>(&stored).as_ref().ok(), Some(credential));
    assert!(Credential::from_parts(credential.id(), credential.public_key()).is_ok());
}

fn member<'a>(map: &'a Value, name: &str) -> &'a Value {
    let mut members = map.as_map().expect("no map").iter();
    &members.find(|(key, _)| key.as_text() == Some(name)).expect("a member is missing").1
}
