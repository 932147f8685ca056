//! Generates the corpus of broken attestations. For each kind of attestation, it has a correct
//! registration and one registration for each member of the statement, the certificate and the
//! signed structure. In these, only that member is wrong, and the case names the expected error.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_verify::{Algorithm, ErrorKind, RegistrationRequest, RelyingParty, User};
use webauthn_verify_authenticator::{
    AttestationKind, AuthenticatorError, Fault, SoftwareAuthenticator,
};

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";
const CHALLENGE: [u8; 32] = *b"the challenge of every hostile..";

/// The members that only attestations of RSA keys have.
const RSA_FIELDS: [&str; 3] = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];

/// Faults that apply to all kinds of attestation, with their names and errors.
const COMMON: [(&str, Fault, ErrorKind); 3] = [
    ("fmt", Fault::UnknownAttestationFormat, ErrorKind::UnsupportedAttestationFormat),
    ("trailing-byte", Fault::AttestationObjectTrailingByte, ErrorKind::TrailingBytes),
    (
        "authenticator-data-trailing-byte",
        Fault::AuthenticatorDataTrailingByte,
        ErrorKind::TrailingBytes,
    ),
];

/// Returns the content of `test-vectors/hostile/attestation.json`.
pub fn vector_file() -> Result<String, AuthenticatorError> {
    let mut cases = Vec::new();
    for &kind in AttestationKind::ALL {
        let corpus = Corpus::new(kind);
        cases.push(corpus.case("whole", None, json!("accept"))?);
        for (name, fault, error) in COMMON {
            cases.push(corpus.case(name, Some(fault), json!({ "reject": error.as_str() }))?);
        }
        for (field, error) in kind.fields() {
            let expect = json!({ "reject": error, "field": kind.named_for(field) });
            cases.push(corpus.case(field, Some(Fault::AttestationField(field)), expect)?);
        }
        if corpus.trusted {
            let fault = Fault::OtherAttestationAuthority;
            let expect = json!({ "reject": "UntrustedAttestation" });
            cases.push(corpus.case("other-authority", Some(fault), expect)?);
        }
    }
    let file = json!({
        "format": 1,
        "source": "made by the software authenticator, one member wrong at a time",
        "rp_id": RP_ID,
        "origins": [ORIGIN],
        "cases": cases,
    });
    let text = serde_json::to_string_pretty(&file).expect("strings and numbers can be serialized");
    Ok(text + "\n")
}

/// The registrations for one kind of attestation.
struct Corpus {
    kind: AttestationKind,
    authenticator: SoftwareAuthenticator,
    trusted: bool,
}

impl Corpus {
    fn new(kind: AttestationKind) -> Corpus {
        let authenticator =
            SoftwareAuthenticator::from_seed(b"hostile").with_attestation(kind).with_time(now());
        let trusted = !matches!(kind, AttestationKind::None | AttestationKind::PackedSelf);
        Corpus { kind, authenticator, trusted }
    }

    fn case(
        &self,
        name: &str,
        fault: Option<Fault>,
        expect: Value,
    ) -> Result<Value, AuthenticatorError> {
        let algorithm = match &fault {
            Some(Fault::AttestationField(field)) if RSA_FIELDS.contains(field) => Algorithm::Rs256,
            _ => Algorithm::Es256,
        };
        let mut authenticator = self.authenticator.clone().with_algorithm(algorithm.cose_id());
        if let Some(fault) = fault {
            authenticator.break_next(fault);
        }
        let rp = RelyingParty::new(RP_ID, [ORIGIN]).expect("a valid configuration");
        let user = User::new(*b"user handle", "alice", "Alice");
        let request =
            RegistrationRequest::passkey(&user, &[]).algorithms(&[algorithm]).challenge(&CHALLENGE);
        let (options, _) = rp.start_registration(&request, now()).expect("a valid request");
        let body = authenticator.register(&options, ORIGIN)?;
        let mut response: Value =
            serde_json::from_str(&body).expect("the authenticator writes JSON");
        // These members copy data from the attestation object.
        for copy in ["authenticatorData", "publicKey", "publicKeyAlgorithm"] {
            response["response"].as_object_mut().expect("an object").remove(copy);
        }
        let mut case = json!({
            "name": format!("{}/{name}", kind_name(self.kind)),
            "ceremony": "registration",
            "challenge": URL_SAFE_NO_PAD.encode(CHALLENGE),
            "algorithms": [algorithm.cose_id()],
            "now": "2026-01-01T00:00:00Z",
            "response": response,
            "expect": expect,
        });
        if self.trusted {
            let root = URL_SAFE_NO_PAD.encode(authenticator.attestation_root());
            case["trust_anchors"] = json!([root]);
        }
        if self.kind == AttestationKind::AndroidSafetyNet {
            case["safetynet_max_age"] = json!(60);
        }
        Ok(case)
    }
}

/// 2026-01-01T00:00:00Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

fn kind_name(kind: AttestationKind) -> &'static str {
    match kind {
        AttestationKind::None => "none",
        AttestationKind::PackedSelf => "packed-self",
        AttestationKind::PackedX5c => "packed",
        AttestationKind::Tpm => "tpm",
        AttestationKind::AndroidKey => "android-key",
        AttestationKind::AndroidSafetyNet => "android-safetynet",
        AttestationKind::FidoU2f => "fido-u2f",
        AttestationKind::Apple => "apple",
        AttestationKind::Compound => "compound",
        other => panic!("{other:?} has no name"),
    }
}
