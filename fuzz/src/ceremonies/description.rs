//! The description of one ceremony. Each byte of the input is one choice.

use crate::choices::Choices;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Registration,
    Login,
}

/// Required, preferred or discouraged user verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    Preferred,
    Required,
    Discouraged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    Refuse,
    AllowGain,
    Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    Refuse,
    Report,
    Ignore,
}

/// The time at which the response arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    AtOnce,
    AtTheEnd,
    AfterTheEnd,
    /// More than a minute before the start. A server may have such a clock.
    BeforeTheStart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    None,
    /// Format `none` with a member in the statement.
    NoneWithMember,
    SelfAttestation,
    /// The signature covers another message.
    SelfAttestationOfOther,
    /// An attestation certificate below the known root.
    Certified,
    /// An attestation certificate below another root with the same name.
    CertifiedByOther,
    UnknownFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    Own,
    Absent,
    Empty,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    Right,
    OfOtherData,
    OfOtherKey,
    Empty,
}

/// What the relying party allows and requires.
#[derive(Clone, Debug)]
pub struct Policy {
    pub subdomains: bool,
    pub framed_by_partner: bool,
    pub framed_by_same_origin: bool,
    pub framed_by_any: bool,
    pub framed_unnamed: bool,
    pub eligible: Option<bool>,
    pub backed_up: bool,
    pub on_change: OnChange,
    pub counter: Counter,
    pub trust: bool,
}

/// What the request asks for, and what the account stores.
#[derive(Clone, Debug)]
pub struct Request {
    pub verification: Verification,
    pub conditional: bool,
    /// In a registration, the algorithm of the credential is not requested.
    pub other_algorithm: bool,
    /// In a registration, the account already has the credential.
    pub excluded: bool,
    /// In a login, the request names the user and lists the credentials.
    pub named_user: bool,
    /// The record's counter, and its eligibility and backup state.
    pub stored_counter: u32,
    pub stored_backup: Option<(bool, bool)>,
}

/// The members of the client data.
#[derive(Clone, Debug)]
pub struct ClientData {
    pub ceremony_type: &'static str,
    pub own_challenge: bool,
    pub origin: &'static str,
    /// The JSON of `crossOrigin`, if it is present.
    pub cross_origin: Option<&'static str>,
    pub top_origin: Option<&'static str>,
    pub repeated_origin: bool,
    pub other_order: bool,
    pub tail: &'static str,
}

/// The members of a response besides the client data.
#[derive(Clone, Debug)]
pub struct Response {
    pub flags: u8,
    pub counter: u32,
    pub own_rp_id: bool,
    /// Whether extension outputs are present if their flag is set, and absent if it is not.
    pub flags_fit: bool,
    pub trailing_byte: bool,
    pub eddsa: bool,
    pub key_off_curve: bool,
    pub raw_id_differs: bool,
    /// In a registration, the attested ID differs. In a login, the credential is not known.
    pub other_id: bool,
    pub handle: Handle,
    pub statement: Statement,
    pub signature: Signature,
    /// Whether members that nobody signs have unusual values.
    pub odd_copies: bool,
}

/// A whole ceremony.
#[derive(Clone, Debug)]
pub struct Description {
    pub kind: Kind,
    pub arrival: Arrival,
    pub policy: Policy,
    pub request: Request,
    pub client_data: ClientData,
    pub response: Response,
}

/// The number of choices. More bytes have no effect.
pub const LENGTH: usize = 40;

pub const CREATE: &str = "webauthn.create";
pub const GET: &str = "webauthn.get";
pub const PARTNER: &str = "https://partner.example";

impl Description {
    pub fn read(input: &[u8]) -> Description {
        let choices = &mut Choices(input);
        let kind = choices.one_of(&[Kind::Registration, Kind::Login]);
        Description {
            kind,
            arrival: choices.one_of(&[
                Arrival::AtOnce,
                Arrival::AtTheEnd,
                Arrival::AfterTheEnd,
                Arrival::BeforeTheStart,
            ]),
            policy: policy(choices),
            request: request(choices),
            client_data: client_data(choices, kind),
            response: response(choices, kind),
        }
    }
}

/// Chooses whether a part differs from that of a correct ceremony.
fn is_odd(choices: &mut Choices<'_>) -> bool {
    choices.below(2) == 1
}

fn counter(choices: &mut Choices<'_>) -> u32 {
    choices.one_of(&[0, 1, 2, 3, 255, 256, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX])
}

fn policy(choices: &mut Choices<'_>) -> Policy {
    Policy {
        subdomains: is_odd(choices),
        framed_by_partner: is_odd(choices),
        framed_by_same_origin: is_odd(choices),
        framed_by_any: is_odd(choices),
        framed_unnamed: is_odd(choices),
        eligible: choices.one_of(&[None, Some(true), Some(false)]),
        backed_up: is_odd(choices),
        on_change: choices.one_of(&[OnChange::Refuse, OnChange::AllowGain, OnChange::Report]),
        counter: choices.one_of(&[Counter::Refuse, Counter::Report, Counter::Ignore]),
        trust: is_odd(choices),
    }
}

fn request(choices: &mut Choices<'_>) -> Request {
    Request {
        verification: choices.one_of(&[
            Verification::Preferred,
            Verification::Required,
            Verification::Discouraged,
        ]),
        conditional: is_odd(choices),
        other_algorithm: is_odd(choices),
        excluded: is_odd(choices),
        named_user: is_odd(choices),
        stored_counter: counter(choices),
        stored_backup: choices.one_of(&[
            None,
            Some((false, false)),
            Some((true, false)),
            Some((true, true)),
        ]),
    }
}

fn client_data(choices: &mut Choices<'_>, kind: Kind) -> ClientData {
    let (own, other) = if kind == Kind::Registration { (CREATE, GET) } else { (GET, CREATE) };
    ClientData {
        ceremony_type: choices.one_of(&[
            own,
            other,
            "payment.get",
            "",
            "Webauthn.get",
            "webauthn.get ",
        ]),
        own_challenge: !is_odd(choices),
        origin: choices.one_of(&[
            "https://example.com",
            "https://www.example.com",
            "https://a.b.example.com",
            "https://www.example.com:8443",
            "https://example.com:443",
            "http://example.com",
            "https://evil-example.com",
            "https://example.com.evil.example",
            "https://.example.com",
            "null",
            "",
            PARTNER,
        ]),
        cross_origin: choices.one_of(&[Some("false"), None, Some("true"), Some("null"), Some("1")]),
        top_origin: choices.one_of(&[
            None,
            Some(PARTNER),
            Some("https://example.com"),
            Some("https://evil.example"),
            Some("null"),
            Some("https://www.example.com"),
        ]),
        repeated_origin: is_odd(choices),
        other_order: is_odd(choices),
        tail: choices.one_of(&["", " \r\n\t", "}", "\0"]),
    }
}

fn response(choices: &mut Choices<'_>, kind: Kind) -> Response {
    // A byte of 0 gives the flags of a correct response. Only a registration has a credential.
    let usual = if kind == Kind::Registration { 0x45 } else { 0x05 };
    Response {
        flags: choices.byte() ^ usual,
        counter: counter(choices).wrapping_add(1),
        own_rp_id: !is_odd(choices),
        flags_fit: !is_odd(choices),
        trailing_byte: is_odd(choices),
        eddsa: is_odd(choices),
        key_off_curve: is_odd(choices),
        raw_id_differs: is_odd(choices),
        other_id: is_odd(choices),
        handle: choices.one_of(&[Handle::Own, Handle::Absent, Handle::Empty, Handle::Other]),
        statement: choices.one_of(&[
            Statement::None,
            Statement::NoneWithMember,
            Statement::SelfAttestation,
            Statement::SelfAttestationOfOther,
            Statement::Certified,
            Statement::CertifiedByOther,
            Statement::UnknownFormat,
        ]),
        signature: choices.one_of(&[
            Signature::Right,
            Signature::OfOtherData,
            Signature::OfOtherKey,
            Signature::Empty,
        ]),
        odd_copies: is_odd(choices),
    }
}
