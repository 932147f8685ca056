use std::path::Path;

use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Mediation, RegistrationRequest, User, UserVerification,
};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};

use super::*;
use crate::report::samples::{ORIGIN, Sample, USER_HANDLE, rp};

/// The members of a case and of a credential that the example `verify` reads.
const MEMBERS: [&str; 18] = [
    "algorithms",
    "appid",
    "backup_eligible",
    "backup_state",
    "ceremony",
    "challenge",
    "credential",
    "exclude",
    "expect",
    "extensions",
    "mediation",
    "name",
    "now",
    "require",
    "response",
    "top_origins",
    "user_handle",
    "user_verification",
];

fn case_of(recording: &Recording) -> Value {
    let origins = [ORIGIN.to_owned()];
    let party = Party { rp: &rp(), origins: &origins, top_origins: &[] };
    let file = file(recording, &party).unwrap();
    assert_eq!(file["format"], 1);
    assert_eq!(file["rp_id"], "localhost");
    assert_eq!(file["origins"], json!([ORIGIN]));
    let case = file["cases"][0].as_object().unwrap();
    assert!(case.keys().all(|name| MEMBERS.contains(&&**name)), "{case:?}");
    save(&file);
    file["cases"][0].clone()
}

/// Writes the file into the folder `VECTOR_FOLDER`, if it is set. To compare the verdicts with
/// the example, run the tests with it, and then `cargo run --all-features --example verify --
/// FOLDER`.
fn save(file: &Value) {
    let Ok(folder) = std::env::var("VECTOR_FOLDER") else { return };
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default().rsplit(':').next().unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let free = (1..).map(|number| Path::new(&folder).join(format!("{test}-{number}.json")));
    let free = free.into_iter().find(|path| !path.exists()).unwrap();
    std::fs::write(free, file.to_string()).unwrap();
}

#[test]
fn a_registration_has_the_settings_of_its_options() {
    let mut sample = Sample::new(AttestationKind::PackedX5c);
    sample.register(None);
    let user = User::new(USER_HANDLE, "alice", "Alice");
    let request = RegistrationRequest::passkey(&user, &sample.records)
        .user_verification(UserVerification::Required)
        .mediation(Mediation::Conditional)
        .algorithms(&[Algorithm::Es256, Algorithm::Es384])
        .require_cred_protect(CredentialProtection::UserVerificationRequired)
        .refuse_min_pin_length_below(4)
        .large_blob(LargeBlobSupport::Required)
        .require_prf()
        .extension("example", json!({ "a": [1] }));
    sample.authenticator = SoftwareAuthenticator::from_seed(b"another");
    let recording = sample.register_with(&request, None);
    let case = case_of(&recording);
    assert_eq!(case["expect"], "accept");
    assert_eq!(case["user_verification"], "required");
    assert_eq!(case["mediation"], "conditional");
    assert_eq!(case["algorithms"], json!([-7, -35]));
    assert_eq!(case["exclude"], json!([sample.records[0].id_base64url()]));
    assert_eq!(case["user_handle"], URL_SAFE_NO_PAD.encode(USER_HANDLE));
    assert_eq!(
        case["require"],
        json!({
            "cred_protect": "userVerificationRequired",
            "min_pin_length": 4,
            "large_blob": true,
            "prf": true,
        })
    );
    assert_eq!(case["extensions"]["example"], json!({ "a": [1] }));
    assert_eq!(case["challenge"], recording.options["publicKey"]["challenge"]);
}

#[test]
fn a_login_has_its_record() {
    let mut sample = Sample::new(AttestationKind::None);
    sample.register(None);
    let request = AuthenticationRequest::for_user(USER_HANDLE, &sample.records)
        .user_verification(UserVerification::Preferred)
        .app_id("https://localhost/app-id.json")
        .extension("example", true.into());
    for recording in [sample.sign_in(None), sample.sign_in_with(&request, None)] {
        let case = case_of(&recording);
        let record = &case["credential"];
        assert_eq!(case["expect"], "accept");
        assert_eq!(record["id"], sample.records[0].id_base64url());
        assert_eq!(record["user_handle"], URL_SAFE_NO_PAD.encode(USER_HANDLE));
        assert_eq!(record["backup_eligible"], false);
        assert_eq!(case["user_handle"], record["user_handle"]);
    }
    let case = case_of(&sample.sign_in_with(&request, None));
    assert_eq!(case["appid"], "https://localhost/app-id.json");
    assert_eq!(case["extensions"], json!({ "example": true }));
    assert_eq!(case["user_verification"], "preferred");
}

#[test]
fn every_attestation_and_extension_can_be_described() {
    for kind in AttestationKind::ALL {
        let mut sample = Sample::new(*kind);
        let case = case_of(&sample.register(None));
        let accepted = sample.records.len() == 1;
        assert_eq!(case["expect"] == "accept", accepted, "{kind:?}");
    }
    let user = User::new(USER_HANDLE, "alice", "Alice");
    let registration = RegistrationRequest::passkey(&user, &[])
        .cred_protect(CredentialProtection::UserVerificationRequired)
        .min_pin_length()
        .enable_prf()
        .large_blob(LargeBlobSupport::Preferred)
        .cred_blob(b"blob")
        .app_id_exclude("https://localhost/app-id.json");
    let mut sample = Sample::new(AttestationKind::None);
    for _ in 0..2 {
        assert_eq!(case_of(&sample.register_with(&registration, None))["expect"], "accept");
    }
    let [one, other] = &sample.records[..] else { unreachable!() };
    let login = AuthenticationRequest::for_user(USER_HANDLE, &sample.records);
    let requests = [
        login.clone().large_blob_read(),
        login.clone().get_cred_blob(),
        login
            .prf_for(one.id(), b"one", None)
            .prf_for(other.id(), b"other", Some(b"second"))
            .require_prf(),
    ];
    for request in requests {
        let case = case_of(&sample.sign_in_with(&request, None));
        assert_eq!(case["expect"], "accept");
        assert!(!case["extensions"].is_null());
    }
}

#[test]
fn a_rejected_ceremony_expects_its_error() {
    let mut sample = Sample::new(AttestationKind::PackedX5c);
    sample.register(None);
    let mut rejected = 0;
    for fault in Fault::all() {
        let recordings = [
            fault
                .applies_to_registration(AttestationKind::PackedX5c)
                .then(|| sample.register_new(fault.clone())),
            fault.applies_to_authentication().then(|| sample.sign_in(Some(fault.clone()))),
        ];
        for recording in recordings.into_iter().flatten() {
            let case = case_of(&recording);
            match recording.verify(&rp()) {
                Ok(_) => assert_eq!(case["expect"], "accept", "{fault:?}"),
                Err(error) => {
                    rejected += 1;
                    let kind = error.kind().as_str();
                    let unknown = case["credential"]["user_handle"].is_null()
                        && case["ceremony"] == "authentication";
                    let expected = match unknown {
                        true => "reject".into(),
                        false => json!({ "reject": kind }),
                    };
                    let when_read = WHEN_READ.contains(&error.step());
                    assert!(case["expect"] == expected || when_read, "{fault:?}: {error}");
                }
            }
        }
    }
    assert!(rejected > 40, "{rejected}");
}

#[test]
fn a_ceremony_that_was_too_late_is_described_as_if_it_was_in_time() {
    let mut sample = Sample::new(AttestationKind::None);
    let mut recording = sample.register(None);
    recording.time += 100_000;
    assert!(recording.verify(&rp()).is_err());
    assert_eq!(case_of(&recording)["expect"], "accept");
}
