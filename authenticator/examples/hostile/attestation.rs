//! Broken attestations. For each kind of attestation, there is a correct registration and one
//! registration for each member of the statement, the certificate and the signed structure. In
//! these, only that member is wrong, and everything around it is signed again.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{ES256, RS256};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};

use crate::case::{CHALLENGE, Case, ORIGIN, RP_ID, USER_HANDLE, encode};

/// The members that only attestations of RSA keys have.
const RSA_FIELDS: [&str; 3] = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for &kind in AttestationKind::ALL {
        cases.push(case(kind, "whole", "REG-22", None).accept());
        let fault = Fault::UnknownAttestationFormat;
        let unknown = case(kind, "fmt", "REG-21", Some(fault));
        cases.push(unknown.reject("UnsupportedAttestationFormat", "21"));
        let fault = Fault::AttestationObjectTrailingByte;
        let trailing = case(kind, "trailing-byte", "CBOR-09", Some(fault));
        cases.push(trailing.reject("TrailingBytes", "13"));
        let fault = Fault::AuthenticatorDataTrailingByte;
        let trailing = case(kind, "authenticator-data-trailing-byte", "AD-10", Some(fault));
        cases.push(trailing.reject("TrailingBytes", "13"));
        for (field, error) in kind.fields() {
            let fault = Fault::AttestationField(field);
            let broken = case(kind, field, rule_of(kind, field), Some(fault));
            let step = if error == "UntrustedAttestation" { "24" } else { "22" };
            cases.push(broken.reject_field(error, step, kind.named_for(field)));
        }
        if is_trusted(kind) {
            let fault = Fault::OtherAttestationAuthority;
            let other = case(kind, "other-authority", "REG-24", Some(fault));
            cases.push(other.reject("UntrustedAttestation", "24"));
        }
    }
    cases
}

/// Returns whether the cases of this kind require a trusted attestation.
fn is_trusted(kind: AttestationKind) -> bool {
    !matches!(kind, AttestationKind::None | AttestationKind::PackedSelf)
}

/// Returns a registration with this fault. Its name begins with the kind of attestation.
fn case(kind: AttestationKind, name: &str, rule: &str, fault: Option<Fault>) -> Case {
    let algorithm = match &fault {
        Some(Fault::AttestationField(field)) if RSA_FIELDS.contains(field) => RS256,
        _ => ES256,
    };
    let now = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let mut authenticator = SoftwareAuthenticator::from_seed(b"hostile")
        .with_attestation(kind)
        .with_time(now)
        .with_algorithm(algorithm);
    if let Some(fault) = fault {
        authenticator.break_next(fault);
    }
    let options = json!({
        "rp": { "id": RP_ID, "name": RP_ID },
        "user": { "id": encode(&USER_HANDLE), "name": "alice", "displayName": "Alice" },
        "challenge": encode(&CHALLENGE),
        "pubKeyCredParams": [{ "type": "public-key", "alg": algorithm }],
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true },
    });
    let body = authenticator.register(&options, ORIGIN).expect("correct options");
    let mut response: Value = serde_json::from_str(&body).expect("the authenticator writes JSON");
    // These members copy data from the attestation object.
    for copy in ["authenticatorData", "publicKey", "publicKeyAlgorithm"] {
        response["response"].as_object_mut().expect("an object").remove(copy);
    }
    let name = format!("{}/{name}", kind_name(kind));
    let mut case =
        Case::new(&name, rule, "registration", response).with("algorithms", json!([algorithm]));
    if is_trusted(kind) {
        case = case.with("trust_anchors", json!([encode(authenticator.attestation_root())]));
    }
    if kind == AttestationKind::AndroidSafetyNet {
        case = case.with("safetynet_max_age", 60);
    }
    case
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

/// Returns the rule for this member of an attestation.
fn rule_of(kind: AttestationKind, field: &str) -> &'static str {
    if let Some(rule) = certificate_rule(field) {
        return rule;
    }
    match kind {
        AttestationKind::None => "NONE-01",
        AttestationKind::PackedSelf => "ATT-PACKED-10",
        AttestationKind::PackedX5c => packed_rule(field),
        AttestationKind::Tpm => tpm_rule(field),
        AttestationKind::AndroidKey => android_key_rule(field),
        AttestationKind::AndroidSafetyNet => match field {
            "attStmt.ver" | "attStmt.response" => "SN-02",
            "payload.nonce"
            | "attToBeSigned.authenticatorData"
            | "attToBeSigned.clientDataHash" => "SN-03",
            _ => "SN-04",
        },
        AttestationKind::FidoU2f => match field {
            "attStmt.x5c" => "U2F-01",
            "x5c[0].subjectPublicKeyInfo" => "U2F-02",
            _ => "U2F-04",
        },
        AttestationKind::Apple => apple_rule(field),
        AttestationKind::Compound => match field {
            "attStmt" => "COMP-01",
            "attStmt[0].fmt" => "COMP-04",
            "attStmt[1].fmt" => "COMP-02",
            _ => match (field.strip_prefix("attStmt[0]."), field.strip_prefix("attStmt[1].")) {
                (Some("attStmt"), _) | (_, Some("attStmt")) => "COMP-01",
                (Some(member), _) => certificate_rule(member).unwrap_or(packed_rule(member)),
                (_, Some(member)) => certificate_rule(member).unwrap_or(apple_rule(member)),
                (None, None) => panic!("{field} has no rule"),
            },
        },
        other => panic!("{other:?} has no rules"),
    }
}

/// Returns the rule for this member of a certificate path, or `None` if it belongs to one format.
fn certificate_rule(field: &str) -> Option<&'static str> {
    Some(match field {
        "certificate.serialNumber" | "certificate.signature" | "x5c[1].signature" => "X509-03",
        "certificate.issuer" | "x5c[1]" => "X509-02",
        "certificate.validity" => "X509-04",
        "certificate.extensions" => "X509-14",
        "certificate.keyUsage" => "X509-07",
        "x5c[1].basicConstraints" => "X509-05",
        _ => return None,
    })
}

fn packed_rule(field: &str) -> &'static str {
    match field {
        "attStmt.x5c" => "ATT-PACKED-01",
        "attStmt.alg" => "SIG-10",
        "x5c[0].version" => "ATT-PACKED-03",
        "x5c[0].subject.C" | "x5c[0].subject.O" | "x5c[0].subject.CN" => "ATT-PACKED-04",
        "x5c[0].subject.OU" => "ATT-PACKED-05",
        "x5c[0].basicConstraints" => "ATT-PACKED-06",
        "x5c[0].aaguid" => "ATT-PACKED-07",
        _ => "ATT-PACKED-02",
    }
}

fn tpm_rule(field: &str) -> &'static str {
    match field {
        "attStmt.ver" | "attStmt.x5c" => "TPM-01",
        "attStmt.certInfo" => "TPM-05",
        "pubArea.keyBits" | "pubArea.exponent" | "pubArea.unique" => "TPM-03",
        "pubArea.curveID" | "pubArea.unique.x" | "pubArea.unique.y" => "TPM-04",
        "attStmt.pubArea" | "pubArea.type" | "pubArea.symmetric" | "pubArea.scheme"
        | "pubArea.kdf" => "TPM-02",
        "pubArea.nameAlg" | "certInfo.name" => "TPM-08",
        "certInfo.magic" | "certInfo.type" => "TPM-06",
        "certInfo.extraData" => "TPM-09",
        "x5c[0].version" | "x5c[0].subject" | "x5c[0].basicConstraints" => "TPM-11",
        "x5c[0].subjectAltName.manufacturer" => "TPM-13",
        "x5c[0].extendedKeyUsage" => "TPM-14",
        "x5c[0].aaguid" => "TPM-15",
        _ if field.starts_with("x5c[0].subjectAltName") => "TPM-12",
        _ => "TPM-10",
    }
}

fn android_key_rule(field: &str) -> &'static str {
    match field {
        "x5c[0].subjectPublicKey" => "AK-02",
        "x5c[0].keyDescription" => "AK-03",
        "keyDescription.attestationChallenge" => "AK-05",
        _ if field.ends_with(".allApplications") => "AK-06",
        _ if field.ends_with(".origin") => "AK-07",
        _ if field.ends_with(".purpose") => "AK-08",
        _ if field.starts_with("keyDescription.") => "AK-04",
        _ => "AK-01",
    }
}

fn apple_rule(field: &str) -> &'static str {
    match field {
        "attStmt.x5c" => "APPLE-01",
        "x5c[0].subjectPublicKey" => "APPLE-03",
        _ => "APPLE-02",
    }
}
