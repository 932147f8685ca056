//! An account at a site, and the authenticator of its user.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{self, EDDSA, ES256, ES384, ES512, PS256, RS256};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};

use crate::Failure;
use crate::change::{self, decode, encode};
use crate::random::Random;

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
const USER_HANDLE: [u8; 11] = *b"user handle";
const NOW: &str = "2026-01-01T00:00:00Z";
const NOW_IN_SECONDS: u64 = 1_767_225_600;

pub(crate) struct Account {
    number: u32,
    authenticator: SoftwareAuthenticator,
    kind: AttestationKind,
    algorithm: i64,
    algorithms: Vec<i64>,
    verification: &'static str,
}

impl Account {
    pub(crate) fn new(number: u32, random: &mut Random) -> Account {
        let kinds = AttestationKind::ALL;
        let kind = match random.below(3) {
            0 => AttestationKind::None,
            _ => kinds.get(random.below(kinds.len())).copied().unwrap_or_default(),
        };
        let algorithm = algorithm(kind, random);
        let mut algorithms = vec![algorithm];
        for other in algorithm::ALL {
            if *other != algorithm && random.one_in(3) {
                algorithms.push(*other);
            }
        }
        let eligible = random.one_in(2);
        let mut authenticator = SoftwareAuthenticator::from_seed(&number.to_be_bytes())
            .with_attestation(kind)
            .with_algorithm(algorithm)
            .with_user_verified(!random.one_in(4))
            .with_backup(eligible, eligible && random.one_in(2))
            .with_time(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW_IN_SECONDS));
        if random.one_in(3) {
            authenticator = authenticator.without_counter();
        }
        let verification = match random.below(3) {
            0 => "required",
            1 => "preferred",
            _ => "discouraged",
        };
        Account { number, authenticator, kind, algorithm, algorithms, verification }
    }

    /// Returns a registration as a case.
    pub(crate) fn registration(&mut self, random: &mut Random) -> Result<Value, Failure> {
        let challenge: [u8; 16] = random.bytes();
        let options = self.creation_options(&challenge);
        let kind = self.kind;
        let faults: Vec<Fault> =
            Fault::all().into_iter().filter(|fault| fault.applies_to_registration(kind)).collect();
        let mut authenticator = self.authenticator.clone();
        let (mut response, mut source) =
            answer(&mut authenticator, &faults, random, |authenticator| {
                authenticator.register(&options, ORIGIN)
            })?;
        if source.is_empty() {
            source = change::change(&mut response, true, random)?;
        }
        let mut case = self.case("registration", &challenge, source, response);
        set(&mut case, "algorithms", json!(self.algorithms));
        if kind.has_certificate() && random.one_in(2) {
            let anchor = encode(self.authenticator.attestation_root());
            set(&mut case, "trust_anchors", json!([anchor]));
        }
        if kind == AttestationKind::AndroidSafetyNet {
            set(&mut case, "safetynet_max_age", json!(60));
        }
        if random.one_in(20) {
            set(&mut case, "mediation", json!("conditional"));
        }
        Ok(case)
    }

    /// Returns a login as a case, with the credential of an earlier registration.
    pub(crate) fn login(&mut self, random: &mut Random) -> Result<Value, Failure> {
        let registration = self.creation_options(&random.bytes());
        let registered: Value =
            serde_json::from_str(&self.authenticator.register(&registration, ORIGIN)?)?;
        let mut credential = credential(&registered)?;
        let challenge: [u8; 16] = random.bytes();
        let options = json!({
            "challenge": encode(&challenge),
            "rpId": RP_ID,
            "userVerification": self.verification,
            "allowCredentials": [{ "type": "public-key", "id": registered.get("id") }],
        });
        let faults: Vec<Fault> =
            Fault::all().into_iter().filter(Fault::applies_to_authentication).collect();
        let (mut response, mut source) =
            answer(&mut self.authenticator, &faults, random, |authenticator| {
                authenticator.authenticate(&options, ORIGIN)
            })?;
        if source.is_empty() {
            source = change::change(&mut response, false, random)?;
        }
        if random.one_in(10) {
            set(&mut credential, "sign_count", json!(random.below(4)));
        }
        let mut case = self.case("authentication", &challenge, source, response);
        set(&mut case, "credential", credential);
        Ok(case)
    }

    fn case(&self, ceremony: &str, challenge: &[u8], source: String, response: Value) -> Value {
        let (number, kind) = (self.number, self.kind);
        json!({
            "name": format!("{number}: {ceremony}, {kind:?}, {}", self.algorithm),
            "source": source,
            "ceremony": ceremony,
            "challenge": encode(challenge),
            "now": NOW,
            "user_verification": self.verification,
            "response": response,
        })
    }

    fn creation_options(&self, challenge: &[u8; 16]) -> Value {
        let number = |id: &i64| json!({ "type": "public-key", "alg": id });
        json!({
            "rp": { "id": RP_ID, "name": "Example" },
            "user": { "id": encode(&USER_HANDLE), "name": "user", "displayName": "User" },
            "challenge": encode(challenge),
            "pubKeyCredParams": self.algorithms.iter().map(number).collect::<Vec<_>>(),
            "authenticatorSelection": { "userVerification": self.verification },
            "attestation": "direct",
        })
    }
}

/// Chooses an algorithm for this kind of attestation.
fn algorithm(kind: AttestationKind, random: &mut Random) -> i64 {
    let common = [ES256, ES256, ES256, EDDSA, ES384, RS256];
    let all = [&common[..], &[ES512, PS256]].concat();
    let chosen = match random.below(4) {
        0 => algorithm::ALL.get(random.below(algorithm::ALL.len())),
        1 => all.get(random.below(all.len())),
        _ => common.get(random.below(common.len())),
    };
    chosen.copied().filter(|id| kind.supports(*id)).unwrap_or(ES256)
}

/// Returns the answer of the authenticator, with a fault in every third answer. The text names the
/// fault and is empty if there is none.
fn answer(
    authenticator: &mut SoftwareAuthenticator,
    faults: &[Fault],
    random: &mut Random,
    ask: impl Fn(
        &mut SoftwareAuthenticator,
    ) -> Result<String, webauthn_verify_authenticator::AuthenticatorError>,
) -> Result<(Value, String), Failure> {
    if random.one_in(3) {
        let fault = random.choose(faults)?.clone();
        let mut broken = authenticator.clone();
        broken.break_next(fault.clone());
        // Some faults do not apply to every key.
        if let Ok(response) = ask(&mut broken) {
            return Ok((serde_json::from_str(&response)?, format!("fault: {fault:?}")));
        }
    }
    Ok((serde_json::from_str(&ask(authenticator)?)?, String::new()))
}

/// Returns the stored credential of a correct registration.
fn credential(registration: &Value) -> Result<Value, Failure> {
    let text = registration.pointer("/response/authenticatorData").and_then(Value::as_str);
    let data = decode(text.ok_or("the response has no authenticator data")?)?;
    let flags = data.get(32).ok_or("the authenticator data is short")?;
    let count = data.get(33..37).ok_or("the authenticator data is short")?;
    let start = data.get(53..55).ok_or("the authenticator data is short")?;
    let length = usize::from(u16::from_be_bytes(start.try_into()?));
    let key = data.get(55 + length..).ok_or("the authenticator data is short")?;
    Ok(json!({
        "id": registration.get("id"),
        "public_key": encode(key),
        "sign_count": u32::from_be_bytes(count.try_into()?),
        "user_handle": encode(&USER_HANDLE),
        "backup_eligible": flags & 0x08 != 0,
        "backup_state": flags & 0x10 != 0,
    }))
}

fn set(object: &mut Value, member: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(member.to_owned(), value);
    }
}
