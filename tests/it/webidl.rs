//! Checks every member of the JSON dictionaries in the specification, with the name and type from
//! the WebIDL (§5.1, §5.1.8, §5.1.9, §5.3, §5.4, §10.1). Each is written in options or read from
//! responses.

use core::time::Duration;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_verify::attestation::AttestationFormat;
use webauthn_verify::{
    Algorithm, AttestationConveyance, AuthenticationRequest, AuthenticationResponse,
    AuthenticatorAttachment, Credential, Error, Hint, RegistrationRequest, RegistrationResponse,
    RelyingParty, ResidentKey, Transport, UserVerification,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::common::messages::{
    CHALLENGE, CREDENTIAL_ID, ORIGIN, RP_ID, USER_HANDLE, key, now, user,
};

/// A check of a member.
enum Check {
    /// The options contain it: the place under `publicKey`, and its value as JSON.
    Written(Options, &'static str, &'static str),
    /// A response contains it: the place, the effect of its absence, and another value of its type
    /// as JSON.
    Read(Response, &'static str, Absence, &'static str),
}

#[derive(Clone, Copy)]
enum Options {
    Creation,
    Request,
    /// A request that writes a large blob. It cannot also read one.
    Storing,
}

#[derive(Clone, Copy)]
enum Response {
    Registration,
    Authentication,
}

#[derive(Clone, Copy, PartialEq)]
enum Absence {
    /// Gives an error that names the member.
    Fails,
    /// Has no effect: another member has the same content, or the member is optional.
    Passes,
    /// Changes the parsed response.
    Shows,
}

use Absence::{Fails, Passes, Shows};
use Check::{Read, Written};
use Options::{Creation, Request, Storing};
use Response::{Authentication, Registration};

/// A dictionary: its name, and the declaration of each member with its checks.
type Dictionary = (&'static str, &'static [(&'static str, &'static [Check])]);

#[rustfmt::skip]
const DICTIONARIES: &[Dictionary] = &[
    ("PublicKeyCredentialCreationOptionsJSON", &[
        ("required PublicKeyCredentialRpEntity rp", &[
            Written(Creation, "/rp", r#"{"id":"example.org","name":"Example"}"#),
        ]),
        ("required PublicKeyCredentialUserEntityJSON user", &[
            Written(Creation, "/user", r#"{"id":"YSB1c2VyIGhhbmRsZQ","name":"alice@example.org","displayName":"Alice"}"#),
        ]),
        ("required Base64URLString challenge", &[
            Written(Creation, "/challenge", r#""WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo""#),
        ]),
        ("required sequence<PublicKeyCredentialParameters> pubKeyCredParams", &[
            Written(Creation, "/pubKeyCredParams", r#"[{"type":"public-key","alg":-257},{"type":"public-key","alg":-7}]"#),
        ]),
        ("unsigned long timeout", &[Written(Creation, "/timeout", "400000")]),
        ("sequence<PublicKeyCredentialDescriptorJSON> excludeCredentials = []", &[
            Written(Creation, "/excludeCredentials", r#"[{"type":"public-key","id":"YSBjcmVkZW50aWFsIElE","transports":["usb","x-new"]}]"#),
        ]),
        ("AuthenticatorSelectionCriteria authenticatorSelection", &[
            Written(Creation, "/authenticatorSelection", r#"{"authenticatorAttachment":"platform","residentKey":"required","requireResidentKey":true,"userVerification":"discouraged"}"#),
        ]),
        ("sequence<DOMString> hints = []", &[Written(Creation, "/hints", r#"["client-device","x-new"]"#)]),
        ("DOMString attestation = \"none\"", &[Written(Creation, "/attestation", r#""direct""#)]),
        ("sequence<DOMString> attestationFormats = []", &[
            Written(Creation, "/attestationFormats", r#"["packed","none"]"#),
        ]),
        ("AuthenticationExtensionsClientInputsJSON extensions", &[
            Written(Creation, "/extensions", r#"{"appidExclude":"https://example.org/u2f","credProps":true,"largeBlob":{"support":"preferred"},"prf":{"eval":{"first":"AAEC","second":"AwQF"}}}"#),
        ]),
    ]),
    ("PublicKeyCredentialRequestOptionsJSON", &[
        ("required Base64URLString challenge", &[
            Written(Request, "/challenge", r#""WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo""#),
        ]),
        ("unsigned long timeout", &[Written(Request, "/timeout", "500000")]),
        ("DOMString rpId", &[Written(Request, "/rpId", r#""example.org""#)]),
        ("sequence<PublicKeyCredentialDescriptorJSON> allowCredentials = []", &[
            Written(Request, "/allowCredentials", r#"[{"type":"public-key","id":"YSBjcmVkZW50aWFsIElE","transports":["usb","x-new"]}]"#),
        ]),
        ("DOMString userVerification = \"preferred\"", &[
            Written(Request, "/userVerification", r#""discouraged""#),
        ]),
        ("sequence<DOMString> hints = []", &[Written(Request, "/hints", r#"["hybrid","x-new"]"#)]),
        ("AuthenticationExtensionsClientInputsJSON extensions", &[
            Written(Storing, "/extensions", r#"{"largeBlob":{"write":"AAEC"}}"#),
        ]),
    ]),
    ("PublicKeyCredentialRpEntity", &[
        ("required DOMString name", &[Written(Creation, "/rp/name", r#""Example""#)]),
        ("DOMString id", &[Written(Creation, "/rp/id", r#""example.org""#)]),
    ]),
    ("PublicKeyCredentialUserEntityJSON", &[
        ("required Base64URLString id", &[Written(Creation, "/user/id", r#""YSB1c2VyIGhhbmRsZQ""#)]),
        ("required DOMString name", &[Written(Creation, "/user/name", r#""alice@example.org""#)]),
        ("required DOMString displayName", &[Written(Creation, "/user/displayName", r#""Alice""#)]),
    ]),
    ("PublicKeyCredentialParameters", &[
        ("required DOMString type", &[Written(Creation, "/pubKeyCredParams/0/type", r#""public-key""#)]),
        ("required COSEAlgorithmIdentifier alg", &[
            Written(Creation, "/pubKeyCredParams/0/alg", "-257"),
            Written(Creation, "/pubKeyCredParams/1/alg", "-7"),
        ]),
    ]),
    ("PublicKeyCredentialDescriptorJSON", &[
        ("required DOMString type", &[
            Written(Creation, "/excludeCredentials/0/type", r#""public-key""#),
            Written(Request, "/allowCredentials/0/type", r#""public-key""#),
        ]),
        ("required Base64URLString id", &[
            Written(Creation, "/excludeCredentials/0/id", r#""YSBjcmVkZW50aWFsIElE""#),
            Written(Request, "/allowCredentials/0/id", r#""YSBjcmVkZW50aWFsIElE""#),
        ]),
        ("sequence<DOMString> transports", &[
            Written(Creation, "/excludeCredentials/0/transports", r#"["usb","x-new"]"#),
            Written(Request, "/allowCredentials/0/transports", r#"["usb","x-new"]"#),
        ]),
    ]),
    ("AuthenticatorSelectionCriteria", &[
        ("DOMString authenticatorAttachment", &[
            Written(Creation, "/authenticatorSelection/authenticatorAttachment", r#""platform""#),
        ]),
        ("DOMString residentKey", &[Written(Creation, "/authenticatorSelection/residentKey", r#""required""#)]),
        ("boolean requireResidentKey = false", &[
            Written(Creation, "/authenticatorSelection/requireResidentKey", "true"),
        ]),
        ("DOMString userVerification = \"preferred\"", &[
            Written(Creation, "/authenticatorSelection/userVerification", r#""discouraged""#),
        ]),
    ]),
    ("AuthenticationExtensionsClientInputsJSON", &[
        ("DOMString appid", &[Written(Request, "/extensions/appid", r#""https://example.org/u2f""#)]),
        ("DOMString appidExclude", &[Written(Creation, "/extensions/appidExclude", r#""https://example.org/u2f""#)]),
        ("boolean credProps", &[Written(Creation, "/extensions/credProps", "true")]),
        ("AuthenticationExtensionsPRFInputsJSON prf", &[
            Written(Creation, "/extensions/prf", r#"{"eval":{"first":"AAEC","second":"AwQF"}}"#),
        ]),
        ("AuthenticationExtensionsLargeBlobInputsJSON largeBlob", &[
            Written(Creation, "/extensions/largeBlob", r#"{"support":"preferred"}"#),
            Written(Request, "/extensions/largeBlob", r#"{"read":true}"#),
        ]),
    ]),
    ("AuthenticationExtensionsPRFInputsJSON", &[
        ("AuthenticationExtensionsPRFValuesJSON eval", &[
            Written(Creation, "/extensions/prf/eval", r#"{"first":"AAEC","second":"AwQF"}"#),
        ]),
        ("record<DOMString, AuthenticationExtensionsPRFValuesJSON> evalByCredential", &[
            Written(Request, "/extensions/prf/evalByCredential", r#"{"YSBjcmVkZW50aWFsIElE":{"first":"BgcI"}}"#),
        ]),
    ]),
    ("AuthenticationExtensionsPRFValuesJSON", &[
        ("required Base64URLString first", &[
            Written(Creation, "/extensions/prf/eval/first", r#""AAEC""#),
            Written(Request, "/extensions/prf/evalByCredential/YSBjcmVkZW50aWFsIElE/first", r#""BgcI""#),
            Read(Authentication, "/clientExtensionResults/prf/results/first", Shows, r#""AAAA""#),
        ]),
        ("Base64URLString second", &[
            Written(Creation, "/extensions/prf/eval/second", r#""AwQF""#),
            Read(Authentication, "/clientExtensionResults/prf/results/second", Shows, r#""AAAA""#),
        ]),
    ]),
    ("AuthenticationExtensionsLargeBlobInputsJSON", &[
        ("DOMString support", &[Written(Creation, "/extensions/largeBlob/support", r#""preferred""#)]),
        ("boolean read", &[Written(Request, "/extensions/largeBlob/read", "true")]),
        ("Base64URLString write", &[Written(Storing, "/extensions/largeBlob/write", r#""AAEC""#)]),
    ]),
    ("RegistrationResponseJSON", &[
        ("required DOMString id", &[Read(Registration, "/id", Passes, r#""AAAA""#)]),
        ("required Base64URLString rawId", &[Read(Registration, "/rawId", Passes, r#""AAAA""#)]),
        ("required AuthenticatorAttestationResponseJSON response", &[
            Read(Registration, "/response", Fails, r#"{"clientDataJSON":"AAAA","authenticatorData":"AAAA","transports":[],"publicKeyAlgorithm":-7,"attestationObject":"AAAA"}"#),
        ]),
        ("DOMString authenticatorAttachment", &[
            Read(Registration, "/authenticatorAttachment", Shows, r#""cross-platform""#),
        ]),
        ("required AuthenticationExtensionsClientOutputsJSON clientExtensionResults", &[
            Read(Registration, "/clientExtensionResults", Shows, "{}"),
        ]),
        ("required DOMString type", &[Read(Registration, "/type", Passes, r#""password""#)]),
    ]),
    ("AuthenticatorAttestationResponseJSON", &[
        ("required Base64URLString clientDataJSON", &[
            Read(Registration, "/response/clientDataJSON", Fails, r#""AAAA""#),
        ]),
        // Older front ends do not send the copies.
        ("required Base64URLString authenticatorData", &[
            Read(Registration, "/response/authenticatorData", Shows, r#""AAAA""#),
        ]),
        ("required sequence<DOMString> transports", &[
            Read(Registration, "/response/transports", Shows, r#"["nfc","x-new"]"#),
        ]),
        ("Base64URLString publicKey", &[Read(Registration, "/response/publicKey", Shows, r#""AAAA""#)]),
        ("required COSEAlgorithmIdentifier publicKeyAlgorithm", &[
            Read(Registration, "/response/publicKeyAlgorithm", Shows, "-257"),
        ]),
        ("required Base64URLString attestationObject", &[
            Read(Registration, "/response/attestationObject", Fails, r#""AAAA""#),
        ]),
    ]),
    ("AuthenticationResponseJSON", &[
        ("required DOMString id", &[Read(Authentication, "/id", Passes, r#""AAAA""#)]),
        ("required Base64URLString rawId", &[Read(Authentication, "/rawId", Passes, r#""AAAA""#)]),
        ("required AuthenticatorAssertionResponseJSON response", &[
            Read(Authentication, "/response", Fails, r#"{"clientDataJSON":"AAAA","authenticatorData":"AAAA","signature":"AAAA"}"#),
        ]),
        ("DOMString authenticatorAttachment", &[
            Read(Authentication, "/authenticatorAttachment", Shows, r#""cross-platform""#),
        ]),
        ("required AuthenticationExtensionsClientOutputsJSON clientExtensionResults", &[
            Read(Authentication, "/clientExtensionResults", Shows, "{}"),
        ]),
        ("required DOMString type", &[Read(Authentication, "/type", Passes, r#""password""#)]),
    ]),
    ("AuthenticatorAssertionResponseJSON", &[
        ("required Base64URLString clientDataJSON", &[
            Read(Authentication, "/response/clientDataJSON", Fails, r#""AAAA""#),
        ]),
        ("required Base64URLString authenticatorData", &[
            Read(Authentication, "/response/authenticatorData", Fails, r#""AAAA""#),
        ]),
        ("required Base64URLString signature", &[
            Read(Authentication, "/response/signature", Fails, r#""AAAA""#),
        ]),
        ("Base64URLString userHandle", &[Read(Authentication, "/response/userHandle", Shows, r#""AAAA""#)]),
    ]),
    ("AuthenticationExtensionsClientOutputsJSON", &[
        ("boolean appid", &[Read(Authentication, "/clientExtensionResults/appid", Shows, "false")]),
        ("boolean appidExclude", &[Read(Registration, "/clientExtensionResults/appidExclude", Shows, "false")]),
        ("CredentialPropertiesOutput credProps", &[
            Read(Registration, "/clientExtensionResults/credProps", Shows, "{}"),
        ]),
        ("AuthenticationExtensionsPRFOutputsJSON prf", &[
            Read(Registration, "/clientExtensionResults/prf", Shows, "{}"),
            Read(Authentication, "/clientExtensionResults/prf", Shows, "{}"),
        ]),
        ("AuthenticationExtensionsLargeBlobOutputsJSON largeBlob", &[
            Read(Registration, "/clientExtensionResults/largeBlob", Shows, "{}"),
            Read(Authentication, "/clientExtensionResults/largeBlob", Shows, "{}"),
        ]),
    ]),
    ("CredentialPropertiesOutput", &[
        ("boolean rk", &[Read(Registration, "/clientExtensionResults/credProps/rk", Shows, "false")]),
    ]),
    ("AuthenticationExtensionsPRFOutputsJSON", &[
        ("boolean enabled", &[Read(Registration, "/clientExtensionResults/prf/enabled", Shows, "false")]),
        ("AuthenticationExtensionsPRFValuesJSON results", &[
            Read(Authentication, "/clientExtensionResults/prf/results", Shows, r#"{"first":"AAAA"}"#),
        ]),
    ]),
    ("AuthenticationExtensionsLargeBlobOutputsJSON", &[
        ("boolean supported", &[Read(Registration, "/clientExtensionResults/largeBlob/supported", Shows, "false")]),
        ("Base64URLString blob", &[Read(Authentication, "/clientExtensionResults/largeBlob/blob", Shows, r#""AAAA""#)]),
        ("boolean written", &[Read(Authentication, "/clientExtensionResults/largeBlob/written", Shows, "false")]),
    ]),
];

/// A declaration, for example `required sequence<DOMString> transports` or `boolean read = false`.
struct Declaration {
    name: &'static str,
    idl_type: &'static str,
    required: bool,
}

fn declaration(text: &'static str) -> Declaration {
    let text = text.split(" = ").next().unwrap_or_default();
    let (idl_type, name) = text.rsplit_once(' ').unwrap_or_default();
    let required = idl_type.strip_prefix("required ");
    Declaration { name, idl_type: required.unwrap_or(idl_type), required: required.is_some() }
}

fn dictionary(name: &str) -> Option<&'static Dictionary> {
    DICTIONARIES.iter().find(|(dictionary, _)| *dictionary == name)
}

/// Returns where a value does not match its type in the WebIDL.
fn mismatch(idl_type: &str, value: &Value, place: &str) -> Option<String> {
    let inner = |outer| idl_type.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>'));
    let fits = match idl_type {
        "DOMString" => value.is_string(),
        "Base64URLString" => {
            value.as_str().is_some_and(|text| URL_SAFE_NO_PAD.decode(text).is_ok())
        }
        "boolean" => value.is_boolean(),
        "unsigned long" => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        "COSEAlgorithmIdentifier" => {
            value.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        _ => match (inner("sequence<"), inner("record<DOMString, "), value) {
            (Some(item), _, Value::Array(items)) => {
                return items.iter().find_map(|value| mismatch(item, value, place));
            }
            (_, Some(item), Value::Object(items)) => {
                return items.values().find_map(|value| mismatch(item, value, place));
            }
            (None, None, Value::Object(_)) => return dictionary_mismatch(idl_type, value, place),
            _ => false,
        },
    };
    (!fits).then(|| format!("{place} is {value}, no {idl_type}"))
}

fn dictionary_mismatch(idl_type: &str, value: &Value, place: &str) -> Option<String> {
    let Some((_, members)) = dictionary(idl_type) else {
        return Some(format!("{place} has the unknown type {idl_type}"));
    };
    let Some(object) = value.as_object() else {
        return Some(format!("{place} is {value}, no {idl_type}"));
    };
    let declarations: Vec<_> = members.iter().map(|(text, _)| declaration(text)).collect();
    let missing = declarations.iter().find(|one| one.required && !object.contains_key(one.name));
    if let Some(missing) = missing {
        return Some(format!("{place} has no {}", missing.name));
    }
    object.iter().find_map(|(name, value)| {
        let place = format!("{place}/{name}");
        match declarations.iter().find(|one| one.name == name) {
            Some(one) => mismatch(one.idl_type, value, &place),
            None => Some(format!("{place} is not in {idl_type}")),
        }
    })
}

fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap().name("Example")
}

fn account() -> [Credential; 1] {
    let key = key(Algorithm::Es256).cose_key().unwrap();
    let transports = ["usb", "x-new"].map(|name| Transport::from(name.to_owned()));
    [Credential::from_parts(CREDENTIAL_ID, &key).unwrap().with_transports(transports)]
}

fn hints(first: Hint) -> [Hint; 2] {
    [first, Hint::Other("x-new".to_owned())]
}

/// Returns `publicKey` of options in which everything is set.
fn public_key(options: Options) -> Value {
    let rp = relying_party();
    let values = json!({ "first": "AAEC", "second": "AwQF" });
    let written = match options {
        Options::Creation => {
            let request = RegistrationRequest::passkey(&user(), &account())
                .challenge(&CHALLENGE)
                .algorithms(&[Algorithm::Rs256, Algorithm::Es256])
                .timeout(Duration::from_secs(400))
                .attachment(AuthenticatorAttachment::Platform)
                .resident_key(ResidentKey::Required)
                .user_verification(UserVerification::Discouraged)
                .hints(&hints(Hint::ClientDevice))
                .attestation(AttestationConveyance::Direct)
                .attestation_formats(&[AttestationFormat::Packed, AttestationFormat::None])
                .extension("appidExclude", "https://example.org/u2f".into())
                .extension("prf", json!({ "eval": values }))
                .extension("largeBlob", json!({ "support": "preferred" }));
            serde_json::to_value(rp.start_registration(&request, now()).unwrap().0)
        }
        Options::Request => {
            let by_credential =
                json!({ URL_SAFE_NO_PAD.encode(CREDENTIAL_ID): { "first": "BgcI" } });
            let request = AuthenticationRequest::for_user(USER_HANDLE, &account())
                .challenge(&CHALLENGE)
                .timeout(Duration::from_secs(500))
                .user_verification(UserVerification::Discouraged)
                .hints(&hints(Hint::Hybrid))
                .app_id("https://example.org/u2f")
                .extension("prf", json!({ "eval": values, "evalByCredential": by_credential }))
                .extension("largeBlob", json!({ "read": true }));
            serde_json::to_value(rp.start_authentication(&request, now()).unwrap().0)
        }
        Options::Storing => {
            let request = AuthenticationRequest::for_user(USER_HANDLE, &account())
                .extension("largeBlob", json!({ "write": "AAEC" }));
            serde_json::to_value(rp.start_authentication(&request, now()).unwrap().0)
        }
    };
    written.unwrap()["publicKey"].take()
}

/// Returns responses as `toJSON()` writes them: of a registration and of the login after it.
fn bodies() -> (Value, Value) {
    let rp = relying_party();
    let mut browser = SoftwareAuthenticator::from_seed(b"webidl");
    let request = RegistrationRequest::passkey(&user(), &[]);
    let (options, _) = rp.start_registration(&request, now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let mut registration: Value = serde_json::from_str(&body).unwrap();
    let results = &mut registration["clientExtensionResults"];
    results["appidExclude"] = true.into();
    results["prf"] = json!({ "enabled": true });
    results["largeBlob"] = json!({ "supported": true });

    let (options, _) = rp.start_authentication(&AuthenticationRequest::passkey(), now()).unwrap();
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    let mut login: Value = serde_json::from_str(&body).unwrap();
    let results = &mut login["clientExtensionResults"];
    results["appid"] = true.into();
    let secret = |first: &str| format!("{first}{}", "A".repeat(42));
    results["prf"] = json!({ "results": { "first": secret("B"), "second": secret("C") } });
    results["largeBlob"] = json!({ "blob": "AAEC", "written": true });
    (registration, login)
}

/// Parses the response.
fn read(response: Response, body: &Value) -> Result<Parsed, Error> {
    let body = body.to_string();
    match response {
        Response::Registration => RegistrationResponse::from_json(body)
            .map(|response| Parsed::Registration(Box::new(response))),
        Response::Authentication => AuthenticationResponse::from_json(body)
            .map(|response| Parsed::Authentication(Box::new(response))),
    }
}

#[derive(Debug, PartialEq)]
enum Parsed {
    Registration(Box<RegistrationResponse>),
    Authentication(Box<AuthenticationResponse>),
}

impl Parsed {
    /// Returns whether the parsed values differ, using the methods that read them. Extension
    /// outputs are also kept as received, so comparing them directly would show every change.
    fn differs(&self, other: &Parsed, pointer: &str) -> bool {
        if !pointer.starts_with("/clientExtensionResults/") {
            return self != other;
        }
        let read = |parsed: &Parsed| {
            let outputs = match parsed {
                Parsed::Registration(response) => response.client_outputs(),
                Parsed::Authentication(response) => response.client_outputs(),
            };
            let prf = outputs.prf().map(|prf| {
                (prf.enabled, prf.results.map(|results| (results.first, results.second)))
            });
            let large_blob =
                outputs.large_blob().map(|output| (output.supported, output.blob, output.written));
            let rk = outputs.cred_props().map(|output| output.rk);
            (outputs.app_id(), outputs.app_id_exclude(), rk, prf, large_blob)
        };
        read(self) != read(other)
    }
}

/// Returns whether an error is about the member, named as `name` or `response.name`. It compares
/// the field of the parse error, or else the reason.
fn names(error: &Error, name: &str) -> bool {
    if let Some(field) = error.field() {
        return field.rsplit('.').next() == Some(name);
    }
    let (text, kind) = (error.to_string(), format!("{}: ", error.kind()));
    let reason = text.split(&kind).nth(1).and_then(|rest| rest.split(" (https:").next());
    let mut words = reason.unwrap_or_default().split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == name)
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn rows() -> impl Iterator<Item = (String, Declaration, &'static [Check])> {
    DICTIONARIES.iter().flat_map(|(dictionary, members)| {
        members.iter().map(move |(text, checks)| {
            let declared = declaration(text);
            (format!("{dictionary}.{}", declared.name), declared, *checks)
        })
    })
}

#[test]
fn every_member_has_a_check() {
    let mut names = BTreeSet::new();
    for (row, declared, checks) in rows() {
        assert!(!checks.is_empty(), "{row} has no check");
        assert!(names.insert(row.clone()), "{row} is listed twice");
        for check in checks {
            let (Written(_, pointer, _) | Read(_, pointer, ..)) = check;
            assert!(pointer.ends_with(&format!("/{}", declared.name)), "{row}: {pointer}");
        }
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn opt_01_02_08_every_member_of_the_options_is_written() {
    let creation = public_key(Creation);
    assert_eq!(mismatch("PublicKeyCredentialCreationOptionsJSON", &creation, ""), None);
    for options in [Request, Storing] {
        let request = public_key(options);
        assert_eq!(mismatch("PublicKeyCredentialRequestOptionsJSON", &request, ""), None);
    }
    let mut checked = 0;
    for (row, declared, checks) in rows() {
        for check in checks {
            let Written(options, pointer, expected) = check else { continue };
            let written = public_key(*options);
            assert_eq!(written.pointer(pointer), Some(&parse(expected)), "{row} at {pointer}");
            assert_eq!(mismatch(declared.idl_type, &parse(expected), &row), None);
            checked += 1;
        }
    }
    println!("{checked} members of options are written");
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn json_01_02_03_every_member_of_the_responses_is_read() {
    let (registration, login) = bodies();
    assert_eq!(mismatch("RegistrationResponseJSON", &registration, ""), None);
    assert_eq!(mismatch("AuthenticationResponseJSON", &login, ""), None);
    let mut checked = 0;
    for (row, declared, checks) in rows() {
        for check in checks {
            let Read(response, pointer, absence, other) = check else { continue };
            let body = match response {
                Registration => &registration,
                Authentication => &login,
            };
            let whole = read(*response, body);
            assert!(whole.is_ok(), "{row}: {whole:?}");
            is_seen_absent(&row, (*response, body), pointer, *absence, &whole);
            assert!(declared.required || *absence != Fails, "{row} is optional");

            let other = parse(other);
            assert_eq!(mismatch(declared.idl_type, &other, &row), None);
            is_seen_changed(&row, (*response, body), pointer, other, &whole);
            // An unreadable unsigned member is dropped.
            let wrong = read(*response, &replaced(body, pointer, json!([[declared.name]])));
            match (decides(*response, pointer), wrong) {
                (true, Err(error)) => {
                    assert!(names(&error, declared.name), "{row} of another type: {error}");
                }
                (false, Ok(_)) => {}
                (_, result) => panic!("{row} of another type: {result:?}"),
            }
            checked += 1;
        }
    }
    println!("{checked} members of responses are read");
}

/// Returns whether a malformed value of this member fails the response.
fn decides(response: Response, pointer: &str) -> bool {
    let members: &[&str] = match response {
        Registration => &["clientDataJSON", "attestationObject"],
        Authentication => &["clientDataJSON", "authenticatorData", "signature", "userHandle"],
    };
    match pointer.strip_prefix("/response/") {
        Some(member) => members.contains(&member),
        None => matches!(pointer, "/type" | "/response"),
    }
}

fn replaced(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

#[track_caller]
fn is_seen_absent(
    row: &str,
    (response, body): (Response, &Value),
    pointer: &str,
    absence: Absence,
    whole: &Result<Parsed, Error>,
) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut without = body.clone();
    let object = without.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    assert!(object.remove(name).is_some(), "{row} is in no response");
    match (absence, read(response, &without)) {
        (Fails, Err(error)) => assert!(names(&error, name), "without {row}: {error}"),
        (Passes, Ok(parsed)) => {
            let differs = parsed.differs(whole.as_ref().unwrap(), pointer);
            assert!(!differs, "{row} matters");
        }
        (Shows, Ok(parsed)) => {
            let differs = parsed.differs(whole.as_ref().unwrap(), pointer);
            assert!(differs, "removing {row} has no effect");
        }
        (_, result) => panic!("without {row}: {result:?}"),
    }
}

#[track_caller]
fn is_seen_changed(
    row: &str,
    (response, body): (Response, &Value),
    pointer: &str,
    other: Value,
    whole: &Result<Parsed, Error>,
) {
    let name = pointer.rsplit('/').next().unwrap();
    match read(response, &replaced(body, pointer, other)) {
        Ok(parsed) => {
            let differs = parsed.differs(whole.as_ref().unwrap(), pointer);
            assert!(differs, "changing {row} has no effect");
        }
        Err(error) => assert!(names(&error, name), "{row} changed: {error}"),
    }
}

/// The type checker itself detects wrong values.
#[test]
fn values_of_other_types_are_rejected() {
    for (idl_type, value) in [
        ("DOMString", json!(7)),
        ("Base64URLString", json!("QQ==")),
        ("boolean", json!("true")),
        ("unsigned long", json!(-1)),
        ("unsigned long", json!(4_294_967_296_u64)),
        ("COSEAlgorithmIdentifier", json!(2_147_483_648_u64)),
        ("sequence<DOMString>", json!(["usb", 7])),
        ("sequence<DOMString>", json!({})),
        ("record<DOMString, AuthenticationExtensionsPRFValuesJSON>", json!({ "a": {} })),
        ("PublicKeyCredentialParameters", json!({ "type": "public-key" })),
        ("PublicKeyCredentialParameters", json!({ "type": "public-key", "alg": -7, "x": 1 })),
        ("PublicKeyCredentialParameters", json!([])),
        ("NoSuchDictionary", json!({})),
    ] {
        assert!(mismatch(idl_type, &value, "").is_some(), "{value} as {idl_type}");
    }
    let values = json!({ "a": { "first": "AAEC" } });
    let idl_type = "record<DOMString, AuthenticationExtensionsPRFValuesJSON>";
    assert_eq!(mismatch(idl_type, &values, ""), None);
    let error = |body: &str| RegistrationResponse::from_json(body).unwrap_err();
    assert!(names(&error(r#"{"id":"AAAA","response":7}"#), "response"));
    assert!(!names(&error(r#"{"id":7}"#), "response"));
    assert!(names(&error(r#"{"response":{}}"#), "id"));
    assert!(!names(&error(r#"{"response":{}}"#), "response"));
}
