//! Makes the request and the response of a description, and verifies the response. The result is the
//! number of the step that failed, or `None`.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, BackupChange, BackupPolicy, Ceremony,
    Credential, Error, Mediation, RegistrationRequest, RegistrationResponse, RelyingParty,
    SignCountPolicy, User, UserVerification,
};
use webauthn_verify_authenticator::certificates::{attestation_certificate, issued_by, name, root};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, PrivateKey, PublicNumbers, flag,
};

use super::description::{
    Arrival, ClientData, Counter, Description, Handle, Kind, OnChange, PARTNER, Policy, Response,
    Signature, Statement, Verification,
};
use crate::site::{self, CHALLENGE, RP_ID, USER_HANDLE};

const ID: [u8; 16] = *b"the credential 1";
const OTHER_ID: [u8; 16] = *b"the credential 2";
const AAGUID: [u8; 16] = *b"an authenticator";

/// The keys, which are made once.
struct Keys {
    es256: PrivateKey,
    eddsa: PrivateKey,
    other: PrivateKey,
    attestation: PrivateKey,
    /// Attestation certificates below the known root, and below another one with the same name.
    certificates: [Vec<u8>; 2],
    root: Vec<u8>,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let key = |algorithm: Algorithm, seed: &[u8]| {
            PrivateKey::from_seed(algorithm.cose_id(), seed).expect("a key")
        };
        let attestation = key(Algorithm::Es256, b"attestation");
        let certificate =
            attestation_certificate(&attestation.public_numbers()).issuer(&name("root"));
        let other_root = key(Algorithm::Es256, b"other root");
        Keys {
            es256: key(Algorithm::Es256, b"credential"),
            eddsa: key(Algorithm::EdDsa, b"credential"),
            other: key(Algorithm::Es256, b"other"),
            certificates: [issued_by("root", certificate.clone()), certificate.sign(&other_root)],
            attestation,
            root: root("root"),
        }
    })
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn register(ceremony: &Description) -> Option<&'static str> {
    let rp = relying_party(&ceremony.policy);
    let existing: &[Credential] = if ceremony.request.excluded { &[record(ceremony)] } else { &[] };
    let algorithm = match ceremony.response.eddsa == ceremony.request.other_algorithm {
        true => Algorithm::Es256,
        false => Algorithm::EdDsa,
    };
    let user = User::new(USER_HANDLE, "alice@example.com", "Alice");
    let mut request = RegistrationRequest::passkey(&user, existing)
        .algorithms(&[algorithm])
        .user_verification(verification(ceremony.request.verification))
        .challenge(&CHALLENGE);
    if ceremony.request.conditional {
        request = request.mediation(Mediation::Conditional);
    }
    let (_, pending) = rp.start_registration(&request, site::now()).expect("the request is right");
    let now = arrival(ceremony.arrival, pending.expires_at());
    let body = registration_body(ceremony).to_string();
    let result = RegistrationResponse::from_json(&body)
        .and_then(|response| rp.finish_registration(pending, &response, now));
    let accepted = step_of(result, &body, Ceremony::Registration);
    if let Ok(registration) = &accepted {
        let expected = if ceremony.response.other_id { OTHER_ID } else { ID };
        assert_eq!(registration.credential().id(), expected);
        assert_eq!(registration.credential().sign_count(), ceremony.response.counter);
        assert_eq!(registration.flags().bits(), ceremony.response.flags);
    }
    accepted.err()
}

pub fn sign_in(ceremony: &Description) -> Option<&'static str> {
    let rp = relying_party(&ceremony.policy);
    let credentials = [record(ceremony)];
    let mut request = match ceremony.request.named_user {
        true => AuthenticationRequest::for_user(USER_HANDLE, &credentials),
        false => AuthenticationRequest::passkey(),
    };
    request = request
        .user_verification(verification(ceremony.request.verification))
        .challenge(&CHALLENGE);
    if ceremony.request.conditional {
        request = request.mediation(Mediation::Conditional);
    }
    let (_, pending) =
        rp.start_authentication(&request, site::now()).expect("the request is right");
    let now = arrival(ceremony.arrival, pending.expires_at());
    let body = login_body(ceremony).to_string();
    let result = AuthenticationResponse::from_json(&body)
        .and_then(|response| rp.finish_authentication(pending, &response, &credentials, now));
    let accepted = step_of(result, &body, Ceremony::Authentication);
    if let Ok(login) = &accepted {
        let mut updated = credentials[0].clone();
        updated.apply(login.update()).expect("the record has not changed");
        let (stored, received) = (ceremony.request.stored_counter, ceremony.response.counter);
        assert_eq!(updated.sign_count(), stored.max(received), "the counter never decreases");
        assert_eq!(login.user_handle(), USER_HANDLE);
    }
    accepted.err()
}

/// Returns the number of the step that failed as the error.
fn step_of<T>(result: Result<T, Error>, body: &str, ceremony: Ceremony) -> Result<T, &'static str> {
    result.map_err(|error| {
        site::check_error(&error, ceremony, body.as_bytes());
        error.step().number(ceremony).expect("a step of the ceremony")
    })
}

fn arrival(arrival: Arrival, end: SystemTime) -> SystemTime {
    match arrival {
        Arrival::AtOnce => site::now(),
        Arrival::AtTheEnd => end,
        Arrival::AfterTheEnd => end + Duration::from_secs(1),
        Arrival::BeforeTheStart => site::now() - Duration::from_secs(61),
    }
}

fn verification(verification: Verification) -> UserVerification {
    match verification {
        Verification::Preferred => UserVerification::Preferred,
        Verification::Required => UserVerification::Required,
        Verification::Discouraged => UserVerification::Discouraged,
    }
}

fn relying_party(policy: &Policy) -> RelyingParty {
    let mut backup = BackupPolicy::default().on_change(match policy.on_change {
        OnChange::Refuse => BackupChange::Refuse,
        OnChange::AllowGain => BackupChange::AllowGain,
        OnChange::Report => BackupChange::Report,
    });
    if let Some(eligible) = policy.eligible {
        backup = backup.require_eligible(eligible);
    }
    if policy.backed_up {
        backup = backup.require_backed_up();
    }
    let counter = match policy.counter {
        Counter::Refuse => SignCountPolicy::Refuse,
        Counter::Report => SignCountPolicy::Report,
        Counter::Ignore => SignCountPolicy::Ignore,
    };
    let mut rp = site::relying_party().backup_policy(backup).sign_count_policy(counter);
    if policy.subdomains {
        rp = rp.allow_subdomains();
    }
    if policy.framed_by_partner {
        rp = rp.allow_framing_by([PARTNER]).expect("an origin");
    }
    if policy.framed_by_same_origin {
        rp = rp.allow_framing_by_same_origin();
    }
    if policy.framed_by_any {
        rp = rp.allow_framing_by_any();
    }
    if policy.framed_unnamed {
        rp = rp.allow_unnamed_framing();
    }
    if policy.trust {
        let anchor = TrustAnchor::from_der(keys().root.as_slice()).expect("a root");
        rp = rp.attestation_policy(AttestationPolicy::trusted([anchor])).expect("a policy");
    }
    rp
}

fn credential_key(response: &Response) -> &'static PrivateKey {
    if response.eddsa { &keys().eddsa } else { &keys().es256 }
}

/// Returns the stored record of the credential.
fn record(ceremony: &Description) -> Credential {
    let key = credential_key(&ceremony.response).cose_key().expect("a COSE key");
    let record = Credential::from_parts(&ID, &key)
        .and_then(|record| record.with_user_handle(USER_HANDLE))
        .expect("a record")
        .with_sign_count(ceremony.request.stored_counter);
    match ceremony.request.stored_backup {
        Some((eligible, state)) => record.with_backup(eligible, state),
        None => record,
    }
}

fn client_data(client_data: &ClientData) -> Vec<u8> {
    let quoted = |text: &str| Value::from(text).to_string();
    let challenge = if client_data.own_challenge { CHALLENGE } else { [7; 32] };
    let mut members = vec![
        ("type", quoted(client_data.ceremony_type)),
        ("challenge", quoted(&encode(&challenge))),
        ("origin", quoted(client_data.origin)),
    ];
    members.extend(client_data.cross_origin.map(|json| ("crossOrigin", json.to_owned())));
    members.extend(client_data.top_origin.map(|top| ("topOrigin", quoted(top))));
    if client_data.repeated_origin {
        members.push(("origin", quoted(client_data.origin)));
    }
    if client_data.other_order {
        members.reverse();
    }
    let members: Vec<_> = members.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}{}", members.join(","), client_data.tail).into_bytes()
}

/// Returns a point that is not on the curve, or a key of small order.
fn broken_key(response: &Response) -> Vec<u8> {
    let numbers = match credential_key(response).public_numbers() {
        PublicNumbers::P256 { x, mut y } => {
            y[31] ^= 1;
            PublicNumbers::P256 { x, y }
        }
        _ => PublicNumbers::Ed25519 { x: [0; 32] },
    };
    numbers.cose_key(credential_key(response).algorithm()).expect("a COSE key")
}

fn authenticator_data(kind: Kind, response: &Response) -> Vec<u8> {
    let rp_id = if response.own_rp_id { RP_ID } else { "other.example" };
    let mut builder = AuthenticatorDataBuilder::new(rp_id, response.flags, response.counter);
    if response.flags & flag::ATTESTED_CREDENTIAL_DATA != 0 {
        let key = match response.key_off_curve && kind == Kind::Registration {
            true => broken_key(response),
            false => credential_key(response).cose_key().expect("a COSE key"),
        };
        let id = if response.other_id { OTHER_ID } else { ID };
        builder = builder.attested_credential_data(&AAGUID, &id, &key).expect("a short ID");
    }
    let says_extensions = response.flags & flag::EXTENSION_DATA != 0;
    if says_extensions == response.flags_fit {
        builder = builder.extensions(b"\xa1\x69appidTest\xf5");
    }
    let mut data = builder.build();
    data.extend(response.trailing_byte.then_some(0));
    data
}

/// Returns the members that both responses have, with these members of `response`.
fn body(response: &Response, id: &[u8], members: Value) -> Value {
    let raw_id = if response.raw_id_differs { b"the credential 3".to_vec() } else { id.to_vec() };
    let mut body = json!({
        "id": encode(id),
        "rawId": encode(&raw_id),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": members,
    });
    if response.odd_copies {
        body["clientExtensionResults"] = json!([1]);
        body["authenticatorAttachment"] = json!("by pigeon");
        body["unknown"] = json!({ "deep": [null] });
        body["response"]["transports"] = json!(["usb", 1, null]);
        body["response"]["publicKey"] = json!("!");
        body["response"]["publicKeyAlgorithm"] = json!("ES256");
    }
    body
}

fn registration_body(ceremony: &Description) -> Value {
    let response = &ceremony.response;
    let data = authenticator_data(Kind::Registration, response);
    let client_data = client_data(&ceremony.client_data);
    let signed = [&data[..], &site::sha256(&client_data)].concat();
    let object = statement(response, &signed).attestation_object(&data).expect("a short format");
    let members = json!({
        "clientDataJSON": encode(&client_data),
        "attestationObject": encode(&object),
    });
    body(response, &ID, members)
}

fn statement(response: &Response, signed: &[u8]) -> AttestationStatement {
    let packed = |key: &PrivateKey, message: &[u8], certificates: Option<&[Vec<u8>]>| {
        AttestationStatement::packed(key.algorithm(), &key.sign(message), certificates)
            .expect("few certificates")
    };
    let key = credential_key(response);
    match response.statement {
        Statement::None => AttestationStatement::none(),
        Statement::NoneWithMember => AttestationStatement::new("none", b"\xa1\x63alg\x26"),
        Statement::SelfAttestation => packed(key, signed, None),
        Statement::SelfAttestationOfOther => packed(key, b"something else", None),
        Statement::Certified => {
            packed(&keys().attestation, signed, Some(&keys().certificates[..1]))
        }
        Statement::CertifiedByOther => {
            packed(&keys().attestation, signed, Some(&keys().certificates[1..]))
        }
        Statement::UnknownFormat => AttestationStatement::none().with_format("None"),
    }
}

fn login_body(ceremony: &Description) -> Value {
    let response = &ceremony.response;
    let data = authenticator_data(Kind::Login, response);
    let client_data = client_data(&ceremony.client_data);
    let signed = [&data[..], &site::sha256(&client_data)].concat();
    let key = credential_key(response);
    let signature = match response.signature {
        Signature::Right => key.sign(&signed),
        Signature::OfOtherData => key.sign(&data),
        Signature::OfOtherKey => keys().other.sign(&signed),
        Signature::Empty => Vec::new(),
    };
    let mut members = json!({
        "clientDataJSON": encode(&client_data),
        "authenticatorData": encode(&data),
        "signature": encode(&signature),
    });
    match response.handle {
        Handle::Own => members["userHandle"] = encode(USER_HANDLE).into(),
        Handle::Absent => {}
        Handle::Empty => members["userHandle"] = "".into(),
        Handle::Other => members["userHandle"] = encode(b"somebody else").into(),
    }
    body(response, if response.other_id { &OTHER_ID } else { &ID }, members)
}
