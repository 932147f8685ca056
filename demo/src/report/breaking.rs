//! Breaks a ceremony in exactly one way. Everything else stays as it was.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use webauthn_verify::parse::{AttestationObject, AuthenticatorData};
use webauthn_verify::{AuthenticationResponse, Credential};

use super::cbor;
use super::fault::Fault;
use super::structures::bytes_of;
use crate::recording::{Pending, Recording};

/// The origin of the page that an attacker might use.
const OTHER_ORIGIN: &str = "https://login.example.net";

/// The place of the flags in authenticator data, after the RP ID hash.
const FLAGS: usize = 32;
const USER_VERIFIED: u8 = 0x04;

/// How much higher the stored counter is than the received one.
const COUNTER_STEP: u32 = 5;

/// A ceremony that was broken, and what was changed in it.
pub struct Broken {
    pub recording: Recording,
    pub change: String,
}

/// Breaks a ceremony that was accepted. Returns `None` if the fault does not apply to it.
pub fn broken(recording: &Recording, fault: Fault) -> Option<Broken> {
    match fault {
        Fault::Replayed => replayed(recording),
        Fault::WrongOrigin => wrong_origin(recording),
        Fault::Expired => expired(recording),
        Fault::LowerCounter => lower_counter(recording),
        Fault::NoUserVerification => no_user_verification(recording),
        Fault::FlippedSignature => flipped_signature(recording),
        Fault::OtherAccount => other_account(recording),
    }
}

/// A new ceremony gets the response of the old one.
fn replayed(recording: &Recording) -> Option<Broken> {
    let mut broken = recording.clone();
    let mut challenge = String::new();
    broken.pending = with_state(&recording.pending, |state| {
        let old = state.get("challenge").and_then(Value::as_str).unwrap_or_default();
        challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("after {old}")));
        state.insert("challenge".to_owned(), challenge.as_str().into());
    })?;
    *broken.options.pointer_mut("/publicKey/challenge")? = challenge.into();
    let change = "The site started a new ceremony with a new challenge, and received the old \
                  response again. Usually the site would not even find a pending state for this \
                  response, because each state is used only once.";
    Some(Broken { recording: broken, change: change.to_owned() })
}

/// A page of another website got the response, and its server passed it on.
fn wrong_origin(recording: &Recording) -> Option<Broken> {
    let mut response = response_of(recording)?;
    let text = String::from_utf8(bytes_of(&response, "clientDataJSON")?.ok()?).ok()?;
    let client_data: Value = serde_json::from_str(&text).ok()?;
    let origin = client_data.get("origin")?;
    // The other members keep their order, as in the client data of a browser.
    let (old, new) = (format!("\"origin\":{origin}"), format!("\"origin\":\"{OTHER_ORIGIN}\""));
    if !text.contains(&old) {
        return None;
    }
    set_bytes(&mut response, "clientDataJSON", text.replacen(&old, &new, 1).as_bytes())?;
    let change = format!(
        "In the client data, the origin was changed from {} to {OTHER_ORIGIN}.",
        origin.as_str()?
    );
    Some(Broken { recording: with_response(recording, &response), change })
}

/// The response arrived one second after the end of its validity.
fn expired(recording: &Recording) -> Option<Broken> {
    let mut time = 0;
    with_state(&recording.pending, |state| {
        time = state.get("expires_at").and_then(Value::as_u64).unwrap_or_default();
    })?;
    let change = "The response arrived one second after the end of its validity.";
    let recording = Recording { time: time.checked_add(1)?, ..recording.clone() };
    Some(Broken { recording, change: change.to_owned() })
}

/// The record has a higher counter than the response.
fn lower_counter(recording: &Recording) -> Option<Broken> {
    let response = login_of(recording)?;
    let received = AuthenticatorData::parse(response.authenticator_data()).ok()?.sign_count();
    let stored = received.saturating_add(COUNTER_STEP);
    let id = response.unverified_credential_id();
    let records = recording.records.iter().map(|record| match record.id() == id {
        true => record.clone().with_sign_count(stored),
        false => record.clone(),
    });
    let change = format!(
        "The signature counter in the stored record was set to {stored}, and the response has \
         {received}. This happens if someone copied the key and used the copy."
    );
    let recording = Recording { records: records.collect(), ..recording.clone() };
    Some(Broken { recording, change })
}

/// The flag UV is clear.
fn no_user_verification(recording: &Recording) -> Option<Broken> {
    let mut response = response_of(recording)?;
    let cleared = |mut data: Vec<u8>| {
        let flags = data.get_mut(FLAGS).filter(|flags| **flags & USER_VERIFIED != 0)?;
        *flags &= !USER_VERIFIED;
        Some(data)
    };
    if let Pending::Registration(_) = recording.pending {
        let mut object = bytes_of(&response, "attestationObject")?.ok()?;
        let parsed = AttestationObject::parse(&object).ok()?;
        if parsed.format() == "none" && !requires_user_verification(recording) {
            // Nothing would reject it.
            return None;
        }
        let old = parsed.authenticator_data().as_bytes().to_vec();
        replace(&mut object, &old, &cleared(old.clone())?)?;
        set_bytes(&mut response, "attestationObject", &object)?;
    }
    if let Some(Ok(data)) = bytes_of(&response, "authenticatorData") {
        set_bytes(&mut response, "authenticatorData", &cleared(data)?)?;
    }
    let change = "In the authenticator data, the flag UV was cleared, so the response no longer \
                  says that the user was verified.";
    Some(Broken { recording: with_response(recording, &response), change: change.to_owned() })
}

/// One bit of the signature is flipped.
fn flipped_signature(recording: &Recording) -> Option<Broken> {
    let mut response = response_of(recording)?;
    let flipped = |mut signature: Vec<u8>| {
        *signature.last_mut()? ^= 1;
        Some(signature)
    };
    let change = match recording.pending {
        Pending::Authentication(_) => {
            let signature = bytes_of(&response, "signature")?.ok()?;
            set_bytes(&mut response, "signature", &flipped(signature)?)?;
            "The last bit of the signature was flipped."
        }
        Pending::Registration(_) => {
            let mut object = bytes_of(&response, "attestationObject")?.ok()?;
            let statement = cbor::read(AttestationObject::parse(&object).ok()?.statement()).ok()?;
            let signature = cbor::member(&statement, "sig")?.as_bytes()?.clone();
            replace(&mut object, &signature, &flipped(signature.clone())?)?;
            set_bytes(&mut response, "attestationObject", &object)?;
            "The last bit of the signature in the attestation statement was flipped."
        }
    };
    Some(Broken { recording: with_response(recording, &response), change: change.to_owned() })
}

/// The response names another account. If the login was started without an account, the site
/// passes the records of that account.
fn other_account(recording: &Recording) -> Option<Broken> {
    let Pending::Authentication(pending) = &recording.pending else { return None };
    let id = login_of(recording)?.unverified_credential_id().to_vec();
    let record = recording.records.iter().find(|record| record.id() == id)?;
    let other = Sha256::digest(record.user_handle().unwrap_or_default());
    let mut response = response_of(recording)?;
    set_bytes(&mut response, "userHandle", &other)?;
    let mut broken = with_response(recording, &response);
    let change = if pending.user_handle().is_some() {
        "The login was started for an account, and the response now names the user handle of \
         another account."
    } else {
        // The other account has a passkey of its own.
        let own = Credential::from_parts(&Sha256::digest(&id), record.public_key()).ok()?;
        broken.records = vec![own.with_user_handle(&other).ok()?];
        "The response now names the user handle of another account. So the site looked up the \
         records of that account, which has a passkey of its own."
    };
    Some(Broken { recording: broken, change: change.to_owned() })
}

fn response_of(recording: &Recording) -> Option<Value> {
    serde_json::from_str(&recording.response).ok()
}

fn login_of(recording: &Recording) -> Option<AuthenticationResponse> {
    match recording.pending {
        Pending::Registration(_) => None,
        Pending::Authentication(_) => AuthenticationResponse::from_json(&recording.response).ok(),
    }
}

fn with_response(recording: &Recording, response: &Value) -> Recording {
    Recording { response: response.to_string(), ..recording.clone() }
}

fn set_bytes(response: &mut Value, name: &str, bytes: &[u8]) -> Option<()> {
    let members = response.get_mut("response")?.as_object_mut()?;
    members.insert(name.to_owned(), URL_SAFE_NO_PAD.encode(bytes).into());
    Some(())
}

/// Replaces the first occurrence of some bytes.
fn replace(bytes: &mut Vec<u8>, old: &[u8], new: &[u8]) -> Option<()> {
    let start = bytes.windows(old.len().max(1)).position(|window| window == old)?;
    bytes.splice(start..start + old.len(), new.iter().copied());
    Some(())
}

/// Returns whether a signature covers the client data: in every login, and in a registration with
/// an attestation.
pub fn is_signed(recording: &Recording) -> bool {
    let response = response_of(recording).unwrap_or_default();
    let object = bytes_of(&response, "attestationObject").and_then(Result::ok);
    object.is_none_or(|object| {
        AttestationObject::parse(&object).is_ok_and(|object| object.format() != "none")
    })
}

fn requires_user_verification(recording: &Recording) -> bool {
    let mut required = false;
    let _ = with_state(&recording.pending, |state| {
        required = state.get("user_verification").is_some_and(|value| value == "required");
    });
    required
}

/// Changes the stored form of a pending state.
pub fn with_state(
    pending: &Pending,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Option<Pending> {
    let mut stored = serde_json::to_value(pending).ok()?;
    change(stored.as_object_mut()?.values_mut().next()?.as_object_mut()?);
    serde_json::from_value(stored).ok()
}

#[cfg(test)]
mod tests {
    use webauthn_verify::{AuthenticationRequest, RegistrationRequest, User, UserVerification};
    use webauthn_verify_authenticator::AttestationKind;

    use super::*;
    use crate::report::samples::{Sample, USER_HANDLE, rp};

    /// Breaks a ceremony in every way that applies to it. Returns the numbers of the steps at which
    /// it stops, or `-` if a fault does not apply.
    fn stops(recording: &Recording) -> Vec<&'static str> {
        assert!(recording.verify(&rp()).is_ok());
        let stop = |fault| match broken(recording, fault) {
            None => "-",
            Some(broken) => {
                let error = broken.recording.verify(&rp()).expect_err(&broken.change);
                let why =
                    fault.why_not_earlier(error.ceremony(), error.step(), is_signed(recording));
                assert!(!why.contains("do not depend on the change"), "{fault:?}: {error}");
                error.step().number(error.ceremony()).unwrap()
            }
        };
        Fault::ALL.into_iter().map(stop).collect()
    }

    #[test]
    fn each_fault_stops_a_registration_at_its_own_step() {
        use AttestationKind::*;
        for (kind, signature) in [
            (None, "-"),
            (PackedSelf, "22"),
            (PackedX5c, "22"),
            (Tpm, "22"),
            (AndroidKey, "22"),
            (Apple, "-"),
            (Compound, "-"),
        ] {
            let recording = Sample::new(kind).register(Option::None);
            let expected = ["8", "9", "1", "-", "16", signature, "-"];
            assert_eq!(stops(&recording), expected, "{kind:?}");
        }
    }

    #[test]
    fn each_fault_stops_a_login_at_its_own_step() {
        for kind in [AttestationKind::None, AttestationKind::PackedX5c] {
            let mut sample = Sample::new(kind);
            sample.register(None);
            let expected = ["11", "12", "1", "22", "17", "21", "6"];
            assert_eq!(stops(&sample.sign_in(None)), expected, "{kind:?}");
            let request = AuthenticationRequest::for_user(USER_HANDLE, &sample.records);
            assert_eq!(stops(&sample.sign_in_with(&request, None)), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_synced_passkey_has_no_counter() {
        let mut sample = Sample::new(AttestationKind::None);
        sample.authenticator = sample.authenticator.clone().without_counter();
        sample.register(None);
        assert_eq!(stops(&sample.sign_in(None))[3], "22");
    }

    #[test]
    fn if_user_verification_is_not_required_only_a_signature_protects_the_flag() {
        let user = User::new(USER_HANDLE, "alice", "Alice");
        for (kind, expected) in [(AttestationKind::None, "-"), (AttestationKind::PackedSelf, "22")]
        {
            let mut sample = Sample::new(kind);
            let request = RegistrationRequest::passkey(&user, &[])
                .user_verification(UserVerification::Preferred);
            assert_eq!(stops(&sample.register_with(&request, None))[4], expected);
            let request =
                AuthenticationRequest::passkey().user_verification(UserVerification::Preferred);
            assert_eq!(stops(&sample.sign_in_with(&request, None))[4], "21");
        }
        // The flag is already clear.
        let mut sample = Sample::new(AttestationKind::PackedSelf);
        sample.authenticator = sample.authenticator.clone().with_user_verified(false);
        let request =
            RegistrationRequest::passkey(&user, &[]).user_verification(UserVerification::Preferred);
        assert_eq!(stops(&sample.register_with(&request, None))[4], "-");
    }

    #[test]
    fn every_fault_has_its_own_name() {
        for fault in Fault::ALL {
            assert_eq!(Fault::named(fault.name()), Some(fault));
        }
        assert_eq!(Fault::named("unknown"), None);
    }

    #[test]
    fn without_an_attestation_nothing_is_said_about_a_signature() {
        let unsigned = Sample::new(AttestationKind::None).register(None);
        assert!(!is_signed(&unsigned));
        for kind in [AttestationKind::PackedSelf, AttestationKind::Apple] {
            assert!(is_signed(&Sample::new(kind).register(None)));
        }
        for fault in Fault::ALL {
            let Some(broken) = broken(&unsigned, fault) else { continue };
            let error = broken.recording.verify(&rp()).expect_err(&broken.change);
            let why = fault.why_not_earlier(error.ceremony(), error.step(), false);
            for word in ["signature", "attestation covers", "step 22"] {
                assert!(!why.contains(word), "{fault:?}: {why}");
            }
        }
    }
}
