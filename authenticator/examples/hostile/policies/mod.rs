//! Correct responses that the policy of the relying party does not allow, and responses that a
//! policy allows although they deviate.

mod backup;
mod counters;
mod lists;
mod places;
mod quirks;
mod trust;
mod users;

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, ClientDataBuilder};

use crate::case::{
    AAGUID, CHALLENGE, CREDENTIAL_ID, Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, Registration,
    cose_key,
};
use crate::ceremony::Ceremony;

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(users::cases(ceremony));
        cases.extend(backup::cases(ceremony));
        cases.extend(places::cases(ceremony));
    }
    cases.extend(backup::changes());
    cases.extend(counters::cases());
    cases.extend(lists::cases());
    cases.extend(trust::cases());
    cases.extend(quirks::cases());
    cases
}

/// A response from a page with this origin and an authenticator that hashed this RP ID.
fn response_at(ceremony: Ceremony, name: &str, rule: &str, rp_id: &str, origin: &str) -> Case {
    let name = format!("policies/{}/{name}", ceremony.word());
    match ceremony {
        Ceremony::Registration => {
            let data = AuthenticatorDataBuilder::new(rp_id, REGISTRATION_FLAGS, 0)
                .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &cose_key(ES256))
                .expect("a short credential ID");
            let client_data = ClientDataBuilder::create(&CHALLENGE, origin).build();
            Registration::new()
                .client_data(client_data)
                .authenticator_data(data.build())
                .case(&name, rule)
        }
        Ceremony::Login => {
            let data = AuthenticatorDataBuilder::new(rp_id, LOGIN_FLAGS, 1).build();
            let client_data = ClientDataBuilder::get(&CHALLENGE, origin).build();
            Login::new().client_data(client_data).authenticator_data(data).case(&name, rule)
        }
    }
}

/// A response with these flags in addition to those of the ceremony, and without the flags in
/// `cleared`.
fn flagged(ceremony: Ceremony, name: &str, rule: &str, added: u8, cleared: u8) -> Case {
    ceremony.flagged("policies", name, rule, added, cleared)
}
