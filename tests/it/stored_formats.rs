//! Stored values read back from every serde format: JSON and CBOR, which write member names, and
//! postcard and bincode, which write neither names nor types.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, DecoySecret, ErrorKind,
    Mediation, PaymentInstrument, PaymentOrder, PendingAuthentication, PendingPayment,
    PendingRegistration, RegistrationRequest, Step, Transport, UserVerification,
};

use crate::common::site::{self, Site, USER_HANDLE, now, relying_party, user};

const CHALLENGE: [u8; 32] = [7; 32];

/// One way to store a value: a function that writes it, and one that reads it back.
struct Format<T> {
    name: &'static str,
    write: fn(&T) -> Vec<u8>,
    read: fn(&[u8]) -> Result<T, String>,
}

/// Returns the formats. Each must read the whole input.
fn formats<T: Serialize + DeserializeOwned>() -> [Format<T>; 5] {
    const BINCODE: bincode::config::Configuration = bincode::config::standard();
    [
        Format {
            name: "JSON",
            write: |value| serde_json::to_vec(value).unwrap(),
            read: |bytes| serde_json::from_slice(bytes).map_err(|error| error.to_string()),
        },
        Format {
            name: "a JSON value",
            write: |value| serde_json::to_value(value).unwrap().to_string().into_bytes(),
            read: |bytes| {
                let value: Value = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
                serde_json::from_value(value).map_err(|error| error.to_string())
            },
        },
        Format {
            name: "CBOR",
            write: |value| {
                let mut bytes = Vec::new();
                ciborium::into_writer(value, &mut bytes).unwrap();
                bytes
            },
            read: |bytes| ciborium::from_reader(bytes).map_err(|error| error.to_string()),
        },
        Format {
            name: "postcard",
            write: |value| postcard::to_allocvec(value).unwrap(),
            read: |bytes| postcard::from_bytes(bytes).map_err(|error| error.to_string()),
        },
        Format {
            name: "bincode",
            write: |value| bincode::serde::encode_to_vec(value, BINCODE).unwrap(),
            read: |bytes| {
                let read = bincode::serde::decode_from_slice(bytes, BINCODE);
                let (value, length) = read.map_err(|error| error.to_string())?;
                if length == bytes.len() { Ok(value) } else { Err("bytes are left".to_owned()) }
            },
        },
    ]
}

/// Checks that the value reads back equal from every format, but not from a part of the stored
/// bytes.
#[track_caller]
fn reads_back<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    for Format { name, write, read } in formats() {
        let written = write(value);
        assert_eq!(read(&written).as_ref(), Ok(value), "{name}");
        for length in 0..written.len() {
            assert!(read(&written[..length]).is_err(), "{name}, {length} bytes");
        }
    }
}

/// Returns a record with all values known.
fn whole_credential() -> Credential {
    Site::new()
        .with_browser(|browser| browser.with_backup(true, true).with_aaguid(*b"sixteen bytes id"))
        .registered()
        .with_sign_count(u32::MAX)
        .with_transports([Transport::Internal, Transport::Other("x-new".to_owned())])
}

/// Returns a record with as few known values as possible.
fn least_credential() -> Credential {
    let whole = whole_credential();
    Credential::from_parts(whole.id(), whole.public_key()).unwrap()
}

fn registration(request: RegistrationRequest) -> PendingRegistration {
    relying_party().start_registration(&request.challenge(&CHALLENGE), now()).unwrap().1
}

fn login(request: AuthenticationRequest) -> PendingAuthentication {
    relying_party().start_authentication(&request.challenge(&CHALLENGE), now()).unwrap().1
}

fn payment(request: AuthenticationRequest) -> PendingPayment {
    let card = PaymentInstrument::new("Card", "https://example.org/card.png");
    let order = PaymentOrder::new("https://shop.example", "EUR", "5.00", card).payee_name("Shop");
    relying_party().start_payment(&request.challenge(&CHALLENGE), &order, now()).unwrap().1
}

#[test]
fn rec_01_a_credential_reads_back_from_every_format() {
    let whole = whole_credential();
    assert!(
        whole.user_handle().is_some()
            && whole.unverified_aaguid().is_some()
            && whole.backup_state()
    );
    reads_back(&whole);
    reads_back(&least_credential());
    reads_back(&Credential::from_parts(&[7; 1023], whole.public_key()).unwrap());
}

#[test]
fn rec_01_a_prepared_key_reads_back_from_every_format() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let request = RegistrationRequest::passkey(&user(), &[]).algorithms(&[algorithm]);
        let credential = Site::new().register_as(&request).unwrap().into_credential();
        let prepared = credential.with_prepared_key().unwrap();
        assert!(prepared.prepared_key().is_some());
        for Format { name, write, read } in formats() {
            assert_eq!(read(&write(&prepared)).as_ref(), Ok(&prepared), "{name}");
        }
    }
}

#[test]
fn a_pending_registration_reads_back_from_every_format() {
    reads_back(&registration(RegistrationRequest::passkey(&user(), &[])));
    let existing = [whole_credential(), least_credential().with_transports([Transport::Usb])];
    let whole = RegistrationRequest::passkey(&user(), &existing)
        .mediation(Mediation::Conditional)
        .require_cred_protect(CredentialProtection::UserVerificationOptionalWithCredentialIdList)
        .require_prf()
        .refuse_min_pin_length_below(6)
        .large_blob(LargeBlobSupport::Required)
        .extension("unknown", json!(1));
    reads_back(&registration(whole));
}

#[test]
fn a_pending_login_reads_back_from_every_format() {
    reads_back(&login(AuthenticationRequest::passkey()));
    let whole = AuthenticationRequest::for_user(USER_HANDLE, &[whole_credential()])
        .user_verification(UserVerification::Discouraged)
        .mediation(Mediation::Conditional)
        .app_id("https://example.org/u2f.json")
        .extension("unknown", json!(1));
    reads_back(&login(whole));
}

#[test]
fn a_pending_login_of_a_decoy_reads_back_from_every_format() {
    let secret = DecoySecret::new(&[7; 32]);
    reads_back(&login(AuthenticationRequest::decoy(&secret, "nobody@example.org")));
}

#[test]
fn a_pending_payment_reads_back_from_every_format() {
    reads_back(&payment(AuthenticationRequest::for_user(USER_HANDLE, &[least_credential()])));
    let secret = DecoySecret::new(&[7; 32]);
    reads_back(&payment(AuthenticationRequest::decoy(&secret, "nobody@example.org")));
}

/// Pending states of the first releases have no start time. Once read, they can be written in every
/// format.
#[test]
fn the_first_version_of_pending_states_reads_back_from_every_format() {
    fn reads<T>(first: &str)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        reads_back(&serde_json::from_str::<T>(first).unwrap());
    }
    reads::<PendingRegistration>(include_str!("fixtures/pending-registration-v1.json"));
    reads::<PendingAuthentication>(include_str!("fixtures/pending-authentication-v1.json"));
    reads::<PendingPayment>(include_str!("fixtures/pending-payment-v1.json"));
}

#[test]
fn a_state_of_another_version_is_reported_in_every_format() {
    let mut stored = serde_json::to_value(login(AuthenticationRequest::passkey())).unwrap();
    stored["version"] = json!(2);
    let mut site = Site::new();
    let account = [site.registered()];
    let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
    let (options, _) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, site::ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    let of_the_future: PendingAuthentication = serde_json::from_value(stored).unwrap();
    for Format { name, write, read } in formats::<PendingAuthentication>() {
        let pending = read(&write(&of_the_future)).unwrap();
        let result = site.rp.finish_authentication(pending, &response, &account, now());
        let error = result.unwrap_err();
        let expected = (Step::Options, ErrorKind::UnsupportedVersion);
        assert_eq!((error.step(), error.kind()), expected, "{name}");
    }
}

/// A state that no ceremony writes is rejected in every format.
#[test]
fn a_damaged_state_is_rejected_in_every_format() {
    let handle = URL_SAFE_NO_PAD.encode(USER_HANDLE);
    let whole = AuthenticationRequest::for_user(USER_HANDLE, &[whole_credential()]);
    let pending = login(whole);
    for Format { name, write, read } in formats::<PendingAuthentication>() {
        let mut written = write(&pending);
        let place = written.windows(handle.len()).position(|part| part == handle.as_bytes());
        // Not base64url.
        written[place.unwrap()] = b'=';
        assert!(read(&written).is_err(), "{name}");
    }
}
