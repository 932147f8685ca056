//! The names of enumerations in configuration files, databases and logs.

use core::fmt::{Debug, Display};
use core::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_verify::attestation::{AttestationFormat, AttestationType};
#[cfg(feature = "attestation")]
use webauthn_verify::attestation::{CompoundRule, SecurityLevel};
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{
    Algorithm, AttestationConveyance, AuthenticatorAttachment, BackupChange, BackupPolicy,
    Category, Ceremony, ConfigError, ErrorKind, Hint, KeyKind, Mediation, Quirk, ResidentKey,
    SignCountPolicy, Step, Transport, UserVerification,
};

/// Reads each name in every supported way, and returns the values.
fn values<T>(names: &[&str]) -> Vec<T>
where
    T: FromStr<Err = ConfigError> + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let read = |name: &&str| {
        let value: T = name.parse().unwrap();
        assert_eq!(serde_json::to_value(&value).unwrap(), **name);
        assert_eq!(serde_json::from_value::<T>(json!(name)).unwrap(), value);
        let mut cbor = Vec::new();
        ciborium::into_writer(&value, &mut cbor).unwrap();
        assert_eq!(ciborium::from_reader::<T, _>(&cbor[..]).unwrap(), value);
        value
    };
    let values = names.iter().map(read).collect();
    for wrong in [json!(0), json!(null), json!([]), json!({ "required": null }), json!("")] {
        assert!(serde_json::from_value::<T>(wrong).is_err());
    }
    values
}

/// Does the same for a type whose `Display` is the name.
fn shown<T>(names: &[&str]) -> Vec<T>
where
    T: FromStr<Err = ConfigError> + Serialize + DeserializeOwned + PartialEq + Debug + Display,
{
    let values = values::<T>(names);
    assert!(values.iter().map(T::to_string).eq(names.iter().copied()));
    values
}

#[test]
fn names_from_the_specification_are_used_unchanged() {
    let three = ["required", "preferred", "discouraged"];
    assert_eq!(
        shown::<UserVerification>(&three),
        [UserVerification::Required, UserVerification::Preferred, UserVerification::Discouraged]
    );
    assert_eq!(
        shown::<ResidentKey>(&three),
        [ResidentKey::Required, ResidentKey::Preferred, ResidentKey::Discouraged]
    );
    assert_eq!(
        shown::<AuthenticatorAttachment>(&["platform", "cross-platform"]),
        [AuthenticatorAttachment::Platform, AuthenticatorAttachment::CrossPlatform]
    );
    shown::<AttestationConveyance>(&["none", "indirect", "direct", "enterprise"]);
    shown::<Mediation>(&["conditional"]);
    shown::<CredentialProtection>(&[
        "userVerificationOptional",
        "userVerificationOptionalWithCredentialIDList",
        "userVerificationRequired",
    ]);
    shown::<LargeBlobSupport>(&["required", "preferred"]);
    shown::<Ceremony>(&["registration", "authentication"]);
    shown::<AttestationFormat>(&[
        "none",
        "packed",
        "tpm",
        "android-key",
        "android-safetynet",
        "fido-u2f",
        "apple",
        "compound",
    ]);
    #[cfg(feature = "attestation")]
    shown::<SecurityLevel>(&["Software", "TrustedEnvironment", "StrongBox"]);
    assert_eq!(
        values::<AttestationType>(&["None", "Self", "Basic", "AttCA", "AnonCA"]),
        [
            AttestationType::None,
            AttestationType::SelfAttestation,
            AttestationType::Basic,
            AttestationType::AttCa,
            AttestationType::AnonCa,
        ]
    );
    let all: Vec<_> = Algorithm::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(shown::<Algorithm>(&all), Algorithm::ALL);
    let keys: Vec<_> = Algorithm::ALL.iter().map(|one| one.key_kind().as_str()).collect();
    shown::<KeyKind>(&keys);
    #[cfg(feature = "metadata")]
    shown::<webauthn_verify::metadata::CertificationLevel>(&[
        "L1", "L1plus", "L2", "L2plus", "L3", "L3plus",
    ]);
}

#[test]
fn our_own_names_are_the_variant_names_or_kebab_case() {
    values::<AttestationType>(&["ignored", "uncertain", "compound"]);
    #[cfg(feature = "attestation")]
    shown::<CompoundRule>(&["all", "any"]);
    shown::<SignCountPolicy>(&["refuse", "report", "ignore"]);
    shown::<BackupChange>(&["refuse", "allow-gain", "report"]);
    shown::<Category>(&["malformed", "refused", "policy", "caller"]);
    for quirk in Quirk::ALL {
        assert_eq!(shown::<Quirk>(&[&format!("{quirk:?}")]), [*quirk]);
    }
    for kind in ErrorKind::ALL {
        assert_eq!(values::<ErrorKind>(&[&format!("{kind:?}")]), [*kind]);
    }
    for ceremony in [Ceremony::Registration, Ceremony::Authentication] {
        for step in Step::all(ceremony) {
            assert_eq!(values::<Step>(&[step.as_str()]), [step]);
            assert_eq!(step.to_string(), step.title());
        }
    }
    assert_eq!(Step::ClientDataJson.as_str(), "client-data-json");
    assert_eq!("payment-total".parse(), Ok(Step::PaymentTotal));
}

fn error<T: FromStr<Err = ConfigError> + Debug>(name: &str) -> String {
    name.parse::<T>().unwrap_err().to_string()
}

#[test]
fn the_error_for_a_wrong_name_lists_the_right_ones() {
    assert_eq!(
        error::<UserVerification>("preferd"),
        "\"preferd\" is not a user verification requirement; write required, preferred or \
         discouraged"
    );
    assert_eq!(
        error::<LargeBlobSupport>("a\nb"),
        "\"a\\nb\" is not a large blob support requirement; write required or preferred"
    );
    assert_eq!(error::<Mediation>(""), "\"\" is not a mediation requirement; write conditional");
    assert_eq!(
        error::<AttestationFormat>("fido_u2f"),
        "\"fido_u2f\" is not an attestation statement format; write fido-u2f"
    );
    assert_eq!(
        error::<ErrorKind>("origin-mismatch"),
        "\"origin-mismatch\" is not an error kind; write OriginMismatch"
    );
    assert_eq!(
        error::<Algorithm>("RS1"),
        "\"RS1\" is not a signature algorithm; write one of 19 names, such as ES256"
    );
    let long = error::<Step>(&"x".repeat(1_000_000));
    assert!(long.len() < 250, "{long}");
    let error = serde_json::from_str::<UserVerification>("true").unwrap_err().to_string();
    assert!(error.contains("expected the name of a user verification requirement"), "{error}");
    let error = serde_json::from_str::<Vec<Quirk>>("[\"Sha1\"]").unwrap_err().to_string();
    assert!(error.starts_with("\"Sha1\" is not a quirk; write NonMinimalDerIntegers,"), "{error}");
}

#[test]
fn open_enumerations_keep_unknown_values() {
    assert_eq!("usb".parse(), Ok(Transport::Usb));
    assert_eq!(Transport::from("x-new"), Transport::Other("x-new".to_owned()));
    assert_eq!(Transport::SmartCard.to_string(), "smart-card");
    assert_eq!(Hint::from(String::from("hybrid")), Hint::Hybrid);
    let hints = vec![Hint::SecurityKey, Hint::Other("x-new".to_owned())];
    let json = json!(["security-key", "x-new"]);
    assert_eq!(serde_json::to_value(&hints).unwrap(), json);
    assert_eq!(serde_json::from_value::<Vec<Hint>>(json).unwrap(), hints);
    #[cfg(feature = "metadata")]
    {
        use webauthn_verify::metadata::{AuthenticatorStatus, ListedAttestationType};
        assert_eq!("REVOKED".parse(), Ok(AuthenticatorStatus::Revoked));
        let listed: ListedAttestationType = serde_json::from_value(json!("attca")).unwrap();
        assert_eq!(listed, ListedAttestationType::AttCa);
        assert_eq!(listed.to_string(), "attca");
    }
}

#[test]
fn an_aaguid_is_written_as_a_uuid() {
    let model =
        Aaguid::from_bytes(*b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xaa\xbb\xcc\xdd\xee\xff");
    let uuid = "00010203-0405-0607-0809-aabbccddeeff";
    assert_eq!(model.to_string(), uuid);
    for text in [uuid, &uuid.to_uppercase(), &uuid.replace('-', "")] {
        assert_eq!(text.parse(), Ok(model));
    }
    assert_eq!("0".repeat(32).parse(), Ok(Aaguid::ZERO));
    for wrong in [
        "",
        "0001020304050607-0809-aabbccddeeff",
        "00010203-0405-0607-0809-aabbccddeef",
        "00010203-0405-0607-0809-aabbccddeeff0",
        "0001020304050607080-aabbccddeeff",
        "000102030405060708090abbccddeefg",
        "{00010203-0405-0607-0809-aabbccddeeff}",
        "+0010203-0405-0607-0809-aabbccddeeff",
    ] {
        assert!(error::<Aaguid>(wrong).contains("is not an AAGUID; write it like "), "{wrong}");
    }
    assert_eq!(serde_json::to_value(model).unwrap(), uuid);
    assert_eq!(serde_json::from_value::<Aaguid>(json!(uuid)).unwrap(), model);
    let error = serde_json::from_value::<Aaguid>(json!([0, 1, 2])).unwrap_err().to_string();
    assert_eq!(error, "invalid type: sequence, expected an AAGUID");
    let mut cbor = Vec::new();
    ciborium::into_writer(&model, &mut cbor).unwrap();
    assert_eq!(cbor, [&[0x50][..], model.as_bytes()].concat());
    assert_eq!(ciborium::from_reader::<Aaguid, _>(&cbor[..]).unwrap(), model);
    assert!(ciborium::from_reader::<Aaguid, _>(&b"\x41\x00"[..]).is_err());
}

#[test]
fn a_backup_policy_can_be_configured() {
    let read = |value: Value| serde_json::from_value::<BackupPolicy>(value);
    assert_eq!(read(json!({})).unwrap(), BackupPolicy::default());
    let policy = BackupPolicy::default()
        .require_eligible(true)
        .require_backed_up()
        .on_change(BackupChange::AllowGain);
    let json = json!({
        "require_eligible": true, "require_backed_up": true, "on_change": "allow-gain"
    });
    assert_eq!(serde_json::to_value(policy).unwrap(), json);
    assert_eq!(read(json).unwrap(), policy);
    let default = serde_json::to_value(BackupPolicy::default()).unwrap();
    assert_eq!(read(default).unwrap(), BackupPolicy::default());
    for wrong in [
        json!({ "require_eligble": true }),
        json!({ "on_change": "gain" }),
        json!({ "require_backed_up": null }),
        json!("refuse"),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}
