//! Registrations. Each body runs with the default policy and with the most demanding policies.

use std::time::Duration;

use webauthn_verify::attestation::{AttestationPolicy, CompoundRule};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    PendingRegistration, RegistrationRequest, RegistrationResponse, RelyingParty, User,
};
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::certificates::{key, now};
use webauthn_verify_authenticator::costly::{
    CHALLENGE, MAX_BODY, Registering, USER_HANDLE, large_results, namesakes, registration_body,
    slow_client_data,
};

use crate::row::{Row, verdict};
use crate::site::{algorithms, relying_party, with_quirks};
use crate::{chains, large_certificates, large_messages, self_attestation};

/// Returns the rows of the default policy, and the row of the slowest demanding policy for each
/// body.
pub(crate) fn registrations() -> (Vec<Row>, Vec<Row>) {
    let mut bodies = Vec::new();
    self_attestation::add(&mut bodies);
    chains::add(&mut bodies);
    large_certificates::add(&mut bodies);
    large_messages::add(&mut bodies);
    unattested(&mut bodies);

    let (rp, demanding) = (relying_party(), demanding());
    let default = bodies.iter().map(|(of, body)| register(of, &rp, body)).collect();
    let worst = bodies.iter().map(|(of, body)| {
        assert!(body.len() <= MAX_BODY, "{of}: {} bytes", body.len());
        let rows =
            demanding.iter().map(|(policy, rp)| register(&format!("{of} ({policy})"), rp, body));
        rows.max_by_key(|row| row.time).unwrap()
    });
    (default, worst.collect())
}

/// Adds client data and client extension results that are slow to read.
fn unattested(bodies: &mut Vec<(String, String)>) {
    let registering = Registering::new(&key("credential"));
    let object =
        AttestationStatement::none().attestation_object(&registering.authenticator_data).unwrap();
    for (of, client_data) in slow_client_data("webauthn.create") {
        let body = registration_body(&client_data, &object, "{}");
        bodies.push((format!("client data: {of}"), body));
    }
    let results = large_results(MAX_BODY - 1000);
    let body = registration_body(&registering.client_data, &object, &results);
    bodies.push(("large client extension results".to_owned(), body));
}

/// Returns the most demanding relying parties, each with the name of its policy.
fn demanding() -> Vec<(&'static str, RelyingParty)> {
    let accept = |policy: AttestationPolicy| policy.allow_safetynet(Duration::from_secs(60));
    let trusting = |count: usize| {
        AttestationPolicy::trusted(
            namesakes(count).into_iter().map(|der| TrustAnchor::from_der(der).unwrap()),
        )
    };
    [
        ("all, no trust", AttestationPolicy::default()),
        ("any, no trust", AttestationPolicy::default().compound_rule(CompoundRule::Any)),
        ("all", trusting(1)),
        ("any", trusting(1).compound_rule(CompoundRule::Any)),
        ("any, 32 anchors", trusting(32).compound_rule(CompoundRule::Any)),
        ("any, 128 anchors", trusting(128).compound_rule(CompoundRule::Any)),
    ]
    .map(|(name, policy)| {
        (name, with_quirks(relying_party().attestation_policy(accept(policy)).unwrap()))
    })
    .into()
}

fn pending_registration() -> PendingRegistration {
    let user = User::new(USER_HANDLE, "alice@example.org", "Alice");
    let request = RegistrationRequest::security_key(&user, &[])
        .algorithms(&algorithms())
        .challenge(&CHALLENGE);
    relying_party().start_registration(&request, now()).unwrap().1
}

fn register(name: &str, rp: &RelyingParty, body: &str) -> Row {
    let pending = pending_registration();
    Row::of(name, body.len(), || {
        let finish = || {
            let response = RegistrationResponse::from_json(body)?;
            rp.finish_registration(pending.clone(), &response, now())
        };
        verdict(finish())
    })
}
