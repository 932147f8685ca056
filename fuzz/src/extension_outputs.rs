//! Client extension outputs, in a registration and a login that are otherwise right. The typed
//! outputs equal the outputs of a second parser. A ceremony fails because of an output only if the
//! request or the relying party requires it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use webauthn_verify::extensions::{ClientOutputs, LargeBlobSupport, PrfResults};
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, Ceremony, Error, ErrorKind,
    RegistrationResponse, RelyingParty, Step, UserVerification,
};

use super::json::{self, Kind, Node, Object, Reading};
use super::site;

const MAX_BODY: usize = 256 * 1024;
const MAX_HEIGHT: usize = 32;
const MAX_UVM_ENTRIES: usize = 3;
const APP_ID: &str = "https://example.com/app-id.json";

pub fn check(input: &[u8]) {
    let (registration, login) = (site::registration_with(input), site::login_with(input));
    let (registration, login) =
        (RegistrationResponse::from_json(&registration), AuthenticationResponse::from_json(&login));
    let node = match json::read(input) {
        Reading::Read(node) => Some(node),
        Reading::Unrepresentable => None,
        // Such an input may close the object and add members after it.
        Reading::Refused => return,
    };
    if let Some(node) = &node
        && input.len() < MAX_BODY / 2
    {
        let is_object = node.members().is_some();
        let is_good = node.height < MAX_HEIGHT && (!is_object || Object::of(node).is_ok());
        assert_eq!(registration.is_ok(), is_good);
    }
    let (registration, login) = match (registration, login) {
        (Ok(registration), Ok(login)) => (registration, login),
        (Err(error), Err(other)) => {
            for error in [error, other] {
                assert!(matches!(
                    error.kind(),
                    ErrorKind::MalformedResponse | ErrorKind::InputTooLarge
                ));
            }
            return;
        }
        (one, other) => panic!("the ceremonies differ: {one:?}, {other:?}"),
    };
    let outputs = registration.client_outputs();
    assert_eq!(outputs, login.client_outputs());
    let object = node.as_ref().filter(|node| node.members().is_some());
    match &node {
        Some(_) => check_read(outputs, object),
        None => drop(Typed::of(outputs)),
    }
    check_debug(outputs, &[format!("{registration:?}"), format!("{login:?}")]);
    check_registrations(&registration);
    check_logins(&login);
}

/// Checks that the outputs equal the outputs of the second parser. Without an object there are no
/// outputs.
pub fn check_read(outputs: &ClientOutputs, object: Option<&Node>) {
    let none = Vec::new();
    let members = object.and_then(Node::members).unwrap_or(&none);
    let found: Vec<_> = outputs.iter().collect();
    assert_eq!(found.len(), members.len());
    for ((identifier, text), (expected, value)) in found.iter().zip(members) {
        assert_eq!(identifier.to_string(), *expected);
        assert_eq!(outputs.get(expected), Some(*text));
        assert_eq!(serde_json::from_str::<Node>(text).ok().as_ref(), Some(value));
    }
    if members.iter().all(|(identifier, _)| identifier != "none") {
        assert_eq!(outputs.get("none"), None);
    }
    assert_eq!(*outputs == ClientOutputs::default(), members.is_empty());
    assert_eq!(Typed::of(outputs), Typed::expected(members));
}

/// Checks that two outputs have the same values, which may be spelled differently.
pub fn compare(one: &ClientOutputs, other: &ClientOutputs) {
    assert_eq!(Typed::of(one), Typed::of(other));
    let (one, other): (Vec<_>, Vec<_>) = (one.iter().collect(), other.iter().collect());
    assert_eq!(one.len(), other.len());
    for ((name, text), (other_name, other_text)) in one.into_iter().zip(other) {
        assert_eq!(name, other_name);
        let values = [text, other_text].map(serde_json::from_str::<Node>);
        if let [Ok(one), Ok(other)] = values {
            assert!(one.is_about(&other), "{text} is not {other_text}");
        }
    }
}

/// Checks that `Debug` shows only the identifiers, also for values that contain the outputs.
fn check_debug(outputs: &ClientOutputs, others: &[String]) {
    let identifiers: Vec<_> = outputs.iter().map(|(name, _)| format!("{name:?}")).collect();
    let shown = format!("{{{}}}", identifiers.join(", "));
    assert_eq!(format!("{outputs:?}"), shown);
    let (prf, hmac) = (outputs.prf(), outputs.hmac_get_secret());
    let all = format!("{others:?} {prf:?} {hmac:?} {:?}", outputs.large_blob());
    for results in prf.and_then(|prf| prf.results).into_iter().chain(hmac) {
        for secret in [Some(results.first), results.second].into_iter().flatten() {
            let text = URL_SAFE_NO_PAD.encode(secret);
            // An identifier can be any text, even the text of a secret.
            let is_identifier = shown.contains(&text);
            assert!(is_identifier || !all.contains(&text), "{all}");
            assert!(!all.contains(&format!("{secret:?}")), "{all}");
        }
    }
}

fn check_registrations(response: &RegistrationResponse) {
    let outputs = response.client_outputs();
    let typed = Typed::of(outputs);
    let finish = |rp: &RelyingParty, request: &webauthn_verify::RegistrationRequest| {
        let (_, pending) = rp.start_registration(request, site::now()).unwrap();
        rp.finish_registration(pending, response, site::now()).map(drop)
    };
    let rp = site::relying_party();
    let request = site::registration_request();
    expect(Ceremony::Registration, finish(&rp, &request), None);

    // Without inputs, results are ignored. With one input, a second result is ignored.
    let has_prf = typed.prf.as_ref().is_some_and(|prf| prf.0 == Some(true));
    let demanded = finish(&rp, &request.clone().require_prf());
    expect(Ceremony::Registration, demanded, (!has_prf).then_some(Some("prf")));
    for (second, paths) in [
        (None, &["prf.results", "prf.results.first"][..]),
        (Some(&b"y"[..]), &["prf.results", "prf.results.first", "prf.results.second"]),
    ] {
        let has_prf = has_prf && !typed.has_lost(paths);
        let demanded = finish(&rp, &request.clone().prf(b"x", second).require_prf());
        expect(Ceremony::Registration, demanded, (!has_prf).then_some(Some("prf")));
    }

    let has_blob = typed.large_blob.as_ref().is_some_and(|blob| blob.0 == Some(true));
    let demanded = finish(&rp, &request.clone().large_blob(LargeBlobSupport::Required));
    expect(Ceremony::Registration, demanded, (!has_blob).then_some(Some("largeBlob")));

    // A passkey request asks for `credProps`.
    let refused = finish(&rp.refuse_unsolicited_extensions(), &request);
    expect(Ceremony::Registration, refused, has_others(outputs, "credProps").then_some(None));
}

fn check_logins(response: &AuthenticationResponse) {
    let outputs = response.client_outputs();
    let typed = Typed::of(outputs);
    let finish = |rp: &RelyingParty, request: AuthenticationRequest| {
        let request = request.challenge(&site::CHALLENGE);
        let (_, pending) = rp.start_authentication(&request, site::now()).unwrap();
        rp.finish_authentication(pending, response, site::account(), site::now()).map(drop)
    };
    let rp = site::relying_party();
    expect(Ceremony::Authentication, finish(&rp, AuthenticationRequest::passkey()), None);

    let results = typed.prf.as_ref().and_then(|prf| prf.1.as_ref());
    let one = AuthenticationRequest::passkey().prf(b"first", None).require_prf();
    let error = results.is_none().then_some(Some("prf"));
    expect(Ceremony::Authentication, finish(&rp, one.clone()), error);
    let two = AuthenticationRequest::passkey().prf(b"first", Some(b"second"));
    let error = results.is_none_or(|results| results.1.is_none()).then_some(Some("prf"));
    expect(Ceremony::Authentication, finish(&rp, two.require_prf()), error);

    // The login is signed for the RP ID, so an output that says that the AppID was used is wrong.
    let known = AuthenticationRequest::for_user(site::USER_HANDLE, site::account())
        .user_verification(UserVerification::Required)
        .app_id(APP_ID);
    match finish(&rp, known) {
        Ok(()) => assert_ne!(outputs.app_id(), Some(true)),
        Err(error) => {
            assert_eq!(outputs.app_id(), Some(true), "{error}");
            assert_eq!((error.step(), error.kind()), (Step::RpIdHash, ErrorKind::RpIdHashMismatch));
        }
    }

    let strict = rp.refuse_unsolicited_extensions();
    let asked = AuthenticationRequest::passkey().prf(b"first", None);
    let error = has_others(outputs, "prf").then_some(None);
    expect(Ceremony::Authentication, finish(&strict, asked), error);
}

/// Returns whether there are outputs of other extensions. Null does not count as an output.
fn has_others(outputs: &ClientOutputs, asked: &str) -> bool {
    outputs.iter().any(|(identifier, text)| identifier != *asked && text != "null")
}

/// Checks that a ceremony succeeds, or that it fails at the step of extension outputs with this
/// field.
fn expect(ceremony: Ceremony, verdict: Result<(), Error>, failure: Option<Option<&str>>) {
    match (verdict, failure) {
        (Ok(()), None) => {}
        (Err(error), Some(field)) => {
            let place = (error.ceremony(), error.step(), error.kind());
            assert_eq!(place, (ceremony, Step::ExtensionOutputs, ErrorKind::ExtensionRejected));
            assert_eq!(error.field(), field, "{error}");
        }
        (verdict, failure) => panic!("{ceremony}: {verdict:?}, expected {failure:?}"),
    }
}

/// One or two results.
type Secrets = (Vec<u8>, Option<Vec<u8>>);

/// Whether a blob can be stored, the blob that was read, and whether a blob was written.
type LargeBlob = (Option<bool>, Option<Vec<u8>>, Option<bool>);

/// All outputs that have a method of their own.
#[derive(Debug, Default, PartialEq)]
struct Typed {
    /// In alphabetical order.
    lost: Vec<String>,
    booleans: Vec<Option<bool>>,
    cred_props: Option<Option<bool>>,
    prf: Option<(Option<bool>, Option<Secrets>)>,
    large_blob: Option<LargeBlob>,
    hmac_get_secret: Option<Secrets>,
    get_cred_blob: Option<Vec<u8>>,
    uvm: Option<Vec<[u64; 3]>>,
}

/// The extensions whose output is a boolean.
const BOOLEANS: [&str; 5] =
    ["appid", "appidExclude", "hmacCreateSecret", "credBlob", "remoteClientDataJSON"];

impl Typed {
    /// Returns the outputs that the methods give.
    fn of(outputs: &ClientOutputs) -> Typed {
        let secrets = |results: PrfResults| {
            (results.first.to_vec(), results.second.map(|second| second.to_vec()))
        };
        let mut lost: Vec<_> = outputs.lost().into_iter().map(str::to_owned).collect();
        lost.sort();
        let (prf, large_blob) = (outputs.prf(), outputs.large_blob());
        Typed {
            lost,
            booleans: vec![
                outputs.app_id(),
                outputs.app_id_exclude(),
                outputs.hmac_create_secret(),
                outputs.cred_blob(),
                outputs.remote_client_data_json(),
            ],
            cred_props: outputs.cred_props().map(|properties| properties.rk),
            prf: prf.map(|prf| (prf.enabled, prf.results.map(secrets))),
            large_blob: large_blob.map(|blob| (blob.supported, blob.blob, blob.written)),
            hmac_get_secret: outputs.hmac_get_secret().map(secrets),
            get_cred_blob: outputs.get_cred_blob(),
            uvm: outputs.uvm().map(|entries| {
                let numbers = entries.iter().map(|entry| {
                    let method = entry.user_verification_method.into();
                    [method, entry.key_protection_type.into(), entry.matcher_protection_type.into()]
                });
                numbers.collect()
            }),
        }
    }

    /// Returns whether one of these is lost.
    fn has_lost(&self, paths: &[&str]) -> bool {
        self.lost.iter().any(|lost| paths.contains(&lost.as_str()))
    }

    /// Returns the outputs that the second parser gives.
    fn expected(members: &[(String, Node)]) -> Typed {
        let mut lost = Vec::new();
        let mut find = |identifier: &'static str| Place::root(members, identifier);
        let places = BOOLEANS.map(&mut find);
        let [cred_props, prf, large_blob, hmac, cred_blob, uvm] =
            ["credProps", "prf", "largeBlob", "hmacGetSecret", "getCredBlob", "uvm"].map(find);
        let lost_here = &mut lost;
        let mut typed = Typed {
            booleans: places.into_iter().map(|place| place.read(lost_here, boolean)).collect(),
            cred_props: cred_props
                .object(lost_here)
                .map(|object| object.member("rk", lost_here).read(lost_here, boolean)),
            prf: prf.object(lost_here).map(|object| {
                let enabled = object.member("enabled", lost_here).read(lost_here, boolean);
                let results = object.member("results", lost_here).object(lost_here);
                (enabled, results.and_then(|it| it.secrets(["first", "second"], lost_here)))
            }),
            large_blob: large_blob.object(lost_here).map(|object| {
                (
                    object.member("supported", lost_here).read(lost_here, boolean),
                    object.member("blob", lost_here).read(lost_here, bytes),
                    object.member("written", lost_here).read(lost_here, boolean),
                )
            }),
            hmac_get_secret: hmac
                .object(lost_here)
                .and_then(|object| object.secrets(["output1", "output2"], lost_here)),
            get_cred_blob: cred_blob.read(lost_here, bytes),
            uvm: uvm.read(lost_here, uvm_entries),
            ..Typed::default()
        };
        lost.sort();
        typed.lost = lost;
        typed
    }
}

/// A place in the outputs, and the value in it.
struct Place<'a> {
    path: String,
    found: Option<&'a Node>,
}

impl<'a> Place<'a> {
    fn root(members: &'a [(String, Node)], name: &str) -> Place<'a> {
        let found = members.iter().find(|(found, _)| found == name).map(|(_, node)| node);
        Place { path: name.to_owned(), found }
    }

    /// Returns a member of the object in this place. A repeated member is lost.
    fn member(&self, name: &str, lost: &mut Vec<String>) -> Place<'a> {
        let path = format!("{}.{name}", self.path);
        let members = self.found.and_then(Node::members).unwrap_or_default();
        let mut found = members.iter().filter(|(found, _)| found == name).map(|(_, node)| node);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                lost.push(path.clone());
                Place { path, found: None }
            }
            (found, _) => Place { path, found },
        }
    }

    /// Reads the value, unless it is missing or null. An unreadable value is lost.
    fn read<T>(self, lost: &mut Vec<String>, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
        let node = self.found.filter(|node| node.kind != Kind::Null)?;
        let value = read(node);
        if value.is_none() {
            lost.push(self.path);
        }
        value
    }

    /// Returns the same place if its value is an object.
    fn object(self, lost: &mut Vec<String>) -> Option<Place<'a>> {
        let place = Place { path: self.path.clone(), found: self.found };
        self.read(lost, |node| node.members().map(drop)).map(|()| place)
    }

    /// Reads one or two secrets of 32 bytes. Without the first one there are none, and it is lost.
    fn secrets(&self, [first, second]: [&str; 2], lost: &mut Vec<String>) -> Option<Secrets> {
        let secret = |node: &Node| bytes(node).filter(|bytes| bytes.len() == 32);
        let mut ignored = Vec::new();
        let one = self.member(first, &mut ignored).read(&mut ignored, secret);
        if one.is_none() {
            lost.push(format!("{}.{first}", self.path));
        }
        let other = self.member(second, lost).read(lost, secret);
        Some((one?, other))
    }
}

fn boolean(node: &Node) -> Option<bool> {
    match node.kind {
        Kind::Bool(value) => Some(value),
        _ => None,
    }
}

fn bytes(node: &Node) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(node.text()?).ok()
}

fn uvm_entries(node: &Node) -> Option<Vec<[u64; 3]>> {
    let Kind::Array(items) = &node.kind else { return None };
    let entries: Vec<_> = items.iter().map(uvm_entry).collect::<Option<_>>()?;
    (1..=MAX_UVM_ENTRIES).contains(&entries.len()).then_some(entries)
}

/// Reads three numbers: one of up to four bytes, and two of up to two bytes.
fn uvm_entry(node: &Node) -> Option<[u64; 3]> {
    let Kind::Array(items) = &node.kind else { return None };
    let number = |node: &Node| match &node.kind {
        Kind::Number(number) => number.as_u64(),
        _ => None,
    };
    let numbers: Vec<_> = items.iter().map(number).collect::<Option<_>>()?;
    let [method, key, matcher] = numbers[..] else { return None };
    let is_in_range = method <= u32::MAX.into() && key.max(matcher) <= u16::MAX.into();
    is_in_range.then_some([method, key, matcher])
}
