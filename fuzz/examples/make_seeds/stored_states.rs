//! Seeds of the target `stored_states`: valid and invalid stored values of each kind.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, Mediation, RegistrationResponse,
};
use webauthn_verify_fuzz::{site, stored_states};

use super::seeds::{Result, Seeds};

/// The name of a change, the path of the member, and its new value. The value `"missing"` removes
/// the member.
type Change<'a> = (&'a str, &'a str, Value);

pub fn add_to(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    add_registrations(seeds)?;
    add_logins(seeds, account)?;
    add_payments(seeds, account)?;
    add_credentials(seeds, account)?;
    add_prepared_keys(seeds, account)
}

/// Adds a stored value, and the same value with each of the changes.
fn add(seeds: &mut Seeds, kind: u8, name: &str, stored: &Value, changes: &[Change<'_>]) {
    let stored_as = |stored: &Value| [&[kind], stored.to_string().as_bytes()].concat();
    seeds.add("stored_states", name, stored_as(stored));
    for (change, path, value) in changes {
        let mut changed = stored.clone();
        let (parent, member) = path.rsplit_once('/').unwrap_or_default();
        let parent = changed.pointer_mut(parent).and_then(Value::as_object_mut);
        let parent = parent.unwrap_or_else(|| panic!("{name}-{change}"));
        match value {
            Value::String(text) if text == "missing" => drop(parent.remove(member)),
            value => drop(parent.insert(member.to_owned(), value.clone())),
        }
        seeds.add("stored_states", &format!("{name}-{change}"), stored_as(&changed));
    }
}

/// Returns this many bytes as a JSON string in base64url.
fn bytes(length: usize) -> Value {
    Value::from(URL_SAFE_NO_PAD.encode(vec![7; length]))
}

fn add_registrations(seeds: &mut Seeds) -> Result<()> {
    let rp = site::relying_party();
    let request = site::registration_request();
    let (_, pending) = rp.start_registration(&request, site::now())?;
    let registration = serde_json::to_value(&pending)?;
    let later = u64::from(site::NOW) + 24 * 60 * 60;
    let changes = [
        ("version-2", "/version", json!(2)),
        ("other-rp", "/rp_id", json!("example.org")),
        ("not-started", "/started_at", json!(u64::from(site::NOW) + 61)),
        ("start-unknown", "/started_at", json!("missing")),
        ("expired", "/expires_at", json!(u64::from(site::NOW) - 1)),
        ("a-day", "/expires_at", json!(later)),
        ("over-a-day", "/expires_at", json!(later + 1)),
        ("challenge-16", "/challenge", bytes(16)),
        ("challenge-15", "/challenge", bytes(15)),
        ("challenge-text", "/challenge", json!("the challenge")),
        ("user-handle-64", "/user_handle", bytes(64)),
        ("user-handle-65", "/user_handle", bytes(65)),
        ("user-handle-empty", "/user_handle", json!("")),
        ("excluded-empty", "/excluded", json!([""])),
        ("algorithms", "/algorithms", json!([-7, -7, -65535, 0])),
        ("algorithms-unknown", "/algorithms", json!([0])),
        ("demands-prf", "/extension_demands/prf", json!(true)),
        ("demands-blob", "/extension_demands/large_blob", json!(true)),
        (
            "demands-protection",
            "/extension_demands/cred_protect",
            json!("userVerificationRequired"),
        ),
        ("demands-pin", "/extension_demands/min_pin_length", json!(6)),
    ];
    add(seeds, stored_states::REGISTRATION, "registration", &registration, &changes);
    let response = RegistrationResponse::from_json(site::REGISTRATION)?;
    let registered = rp.finish_registration(pending, &response, site::now())?.into_credential();
    let request = site::registration_request_beside(&[registered]);
    let request = request.mediation(Mediation::Conditional).payment();
    let (_, pending) = rp.start_registration(&request, site::now())?;
    let pending = serde_json::to_value(pending)?;
    add(seeds, stored_states::REGISTRATION, "registration-excluded", &pending, &[]);
    Ok(())
}

/// Adds states of logins without a user handle, and of a known user.
fn add_logins(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    let rp = site::relying_party();
    let request = AuthenticationRequest::passkey().challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, site::now())?;
    let login = serde_json::to_value(pending)?;
    let changes = [
        ("version-0", "/version", json!(0)),
        ("payment", "/extensions", json!(["payment"])),
        ("allowed", "/allowed", json!([bytes(3)])),
        ("user-handle", "/user_handle", bytes(3)),
        ("demands-missing", "/extension_demands", json!("missing")),
        ("app-id", "/app_id", json!("https://example.com/app-id.json")),
        ("padded", "/challenge", json!(format!("{}=", login["challenge"].as_str().unwrap_or("")))),
    ];
    add(seeds, stored_states::AUTHENTICATION, "login", &login, &changes);
    // The members of another version are not checked, because they may have another meaning.
    let mut later = login.clone();
    later["version"] = json!(2);
    let padded = &changes[changes.len() - 1..];
    add(seeds, stored_states::AUTHENTICATION, "login-version-2", &later, padded);

    let request = AuthenticationRequest::for_user(site::USER_HANDLE, &account[..1])
        .challenge(&site::CHALLENGE)
        .app_id("https://example.com/app-id.json");
    let (_, pending) = rp.start_authentication(&request, site::now())?;
    let known = serde_json::to_value(pending)?;
    let id = URL_SAFE_NO_PAD.encode(account[0].id());
    let changes = [
        ("other-user", "/user_handle", bytes(3)),
        ("nobody", "/user_handle", Value::Null),
        ("nothing-allowed", "/allowed", json!([])),
        ("id-1023", "/allowed", json!([id, bytes(1023)])),
        ("not-asked", "/extensions", json!([])),
        ("decoy", "/decoys", json!([serde_json::to_value(&account[0])?])),
        ("other-decoy", "/decoys", json!([serde_json::to_value(&account[1])?])),
    ];
    add(seeds, stored_states::AUTHENTICATION, "known", &known, &changes);
    Ok(())
}

fn add_payments(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    let rp = site::relying_party();
    let request =
        AuthenticationRequest::for_user(site::USER_HANDLE, account).challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_payment(&request, &site::payment_order(), site::now())?;
    let changes = [
        ("login", "/payment/extensions", json!([])),
        ("version-2", "/payment/version", json!(2)),
        ("expired", "/payment/expires_at", json!(1)),
    ];
    add(seeds, stored_states::PAYMENT, "payment", &serde_json::to_value(pending)?, &changes);
    Ok(())
}

fn add_credentials(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    let record = serde_json::to_value(&account[0])?;
    let other_key = serde_json::to_value(&account[1])?["public_key"].clone();
    let other_key = ("other-key", "/public_key", other_key);
    let many: Vec<_> = (0..17).map(|number| number.to_string()).collect();
    let changes = [
        ("version-2", "/version", json!(2)),
        ("id-empty", "/id", json!("")),
        ("no-user-handle", "/user_handle", Value::Null),
        ("user-handle-65", "/user_handle", bytes(65)),
        ("counter", "/sign_count", json!(2)),
        ("counter-large", "/sign_count", json!(u64::from(u32::MAX) + 1)),
        ("eligible", "/backup_eligible", json!(true)),
        ("transports-many", "/transports", json!(many)),
        ("transports-long", "/transports", json!(["x".repeat(33), "\u{e9}".repeat(32)])),
        ("aaguid-short", "/aaguid", bytes(15)),
        ("no-aaguid", "/aaguid", json!("missing")),
        ("key-empty", "/public_key", json!("")),
        other_key.clone(),
    ];
    add(seeds, stored_states::CREDENTIAL, "credential", &record, &changes);
    let prepared = serde_json::to_value(account[0].clone().with_prepared_key()?)?;
    add(seeds, stored_states::CREDENTIAL, "credential-prepared", &prepared, &[other_key]);
    let es256 = account.iter().find(|record| is_of(record.public_key(), Algorithm::Es256));
    let es256 = es256.ok_or("no ES256 in the account")?;
    let prepared = serde_json::to_value(es256.clone().with_prepared_key()?)?;
    add(seeds, stored_states::CREDENTIAL, "credential-prepared-ES256", &prepared, &[]);
    Ok(())
}

fn add_prepared_keys(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    let mut add = |name: &str, bytes: &[u8]| {
        let stored = [&[stored_states::PREPARED_KEY], bytes].concat();
        seeds.add("stored_states", &format!("prepared-{name}"), stored);
    };
    let of_account = account.iter().map(|record| record.public_key().to_vec());
    // The target cannot sign with the other keys of the account.
    let others = [Algorithm::Es384, Algorithm::Es512];
    let mut keys: Vec<_> =
        of_account.filter(|cose| !others.iter().any(|other| is_of(cose, *other))).collect();
    for algorithm in others {
        let numbers = stored_states::key(algorithm).public_numbers();
        keys.push(numbers.cose_key(algorithm.cose_id())?);
    }
    for cose in &keys {
        let key = CoseKey::parse(cose)?;
        let bytes = key.public_key().prepare()?.to_bytes();
        let name = key.public_key().algorithm().as_str();
        add(name, &bytes);
        if name == "ES256" {
            let mut other = bytes.clone();
            // Changes a coordinate of the last multiple.
            other.iter_mut().rev().take(32).for_each(|byte| *byte = 0xff);
            add(&format!("{name}-other"), &other);
        } else if name == "EdDSA" {
            add(&format!("{name}-more"), &[&bytes[..], &[0]].concat());
            add(&format!("{name}-version-2"), &[&[2], &bytes[1..]].concat());
        }
    }
    add("empty", &[]);
    Ok(())
}

fn is_of(cose: &[u8], algorithm: Algorithm) -> bool {
    CoseKey::parse(cose).is_ok_and(|key| key.public_key().algorithm() == algorithm)
}
