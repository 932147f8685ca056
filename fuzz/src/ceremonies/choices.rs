//! The choices that describe one ceremony.

/// Reads choices from the input. After its end, every choice is the first one.
struct Source<'a>(&'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((byte, rest)) => {
                self.0 = rest;
                *byte
            }
            None => 0,
        }
    }

    fn one_of<T: Copy, const N: usize>(&mut self, values: [T; N]) -> T {
        values[usize::from(self.byte()) % N]
    }

    /// Returns whether something is out of the ordinary.
    fn flag(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    fn number(&mut self) -> u32 {
        self.one_of([0, 1, 2, 3, 255, 256, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX])
    }
}

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
    /// Authenticator data as the flags say, or without its credential or its extensions.
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
    /// Unsigned members have odd values.
    pub odd_copies: bool,
}

/// A whole ceremony.
#[derive(Clone, Debug)]
pub struct Choices {
    pub kind: Kind,
    pub arrival: Arrival,
    pub policy: Policy,
    pub request: Request,
    pub client_data: ClientData,
    pub response: Response,
}

/// The number of choices. More bytes have no effect.
pub const LENGTH: usize = 46;

pub const CREATE: &str = "webauthn.create";
pub const GET: &str = "webauthn.get";
pub const PARTNER: &str = "https://partner.example";

impl Choices {
    pub fn read(input: &[u8]) -> Choices {
        let source = &mut Source(input);
        let kind = source.one_of([Kind::Registration, Kind::Login]);
        Choices {
            kind,
            arrival: source.one_of([
                Arrival::AtOnce,
                Arrival::AtTheEnd,
                Arrival::AfterTheEnd,
                Arrival::BeforeTheStart,
            ]),
            policy: policy(source),
            request: request(source),
            client_data: client_data(source, kind),
            response: response(source, kind),
        }
    }
}

fn policy(source: &mut Source<'_>) -> Policy {
    Policy {
        subdomains: source.flag(),
        framed_by_partner: source.flag(),
        framed_by_same_origin: source.flag(),
        framed_by_any: source.flag(),
        framed_unnamed: source.flag(),
        eligible: source.one_of([None, Some(true), Some(false)]),
        backed_up: source.flag(),
        on_change: source.one_of([OnChange::Refuse, OnChange::AllowGain, OnChange::Report]),
        counter: source.one_of([Counter::Refuse, Counter::Report, Counter::Ignore]),
        trust: source.flag(),
    }
}

fn request(source: &mut Source<'_>) -> Request {
    Request {
        verification: source.one_of([
            Verification::Preferred,
            Verification::Required,
            Verification::Discouraged,
        ]),
        conditional: source.flag(),
        other_algorithm: source.flag(),
        excluded: source.flag(),
        named_user: source.flag(),
        stored_counter: source.number(),
        stored_backup: source.one_of([
            None,
            Some((false, false)),
            Some((true, false)),
            Some((true, true)),
        ]),
    }
}

fn client_data(source: &mut Source<'_>, kind: Kind) -> ClientData {
    let (own, other) = if kind == Kind::Registration { (CREATE, GET) } else { (GET, CREATE) };
    ClientData {
        ceremony_type: source.one_of([
            own,
            other,
            "payment.get",
            "",
            "Webauthn.get",
            "webauthn.get ",
        ]),
        own_challenge: !source.flag(),
        origin: source.one_of([
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
        cross_origin: source.one_of([Some("false"), None, Some("true"), Some("null"), Some("1")]),
        top_origin: source.one_of([
            None,
            Some(PARTNER),
            Some("https://example.com"),
            Some("https://evil.example"),
            Some("null"),
            Some("https://www.example.com"),
        ]),
        repeated_origin: source.flag(),
        other_order: source.flag(),
        tail: source.one_of(["", " \r\n\t", "}", "\0"]),
    }
}

fn response(source: &mut Source<'_>, kind: Kind) -> Response {
    // So that a byte of 0 gives the flags of a correct response. Only a registration has a credential.
    let usual = if kind == Kind::Registration { 0x45 } else { 0x05 };
    Response {
        flags: source.byte() ^ usual,
        counter: source.number().wrapping_add(1),
        own_rp_id: !source.flag(),
        flags_fit: !source.flag(),
        trailing_byte: source.flag(),
        eddsa: source.flag(),
        key_off_curve: source.flag(),
        raw_id_differs: source.flag(),
        other_id: source.flag(),
        handle: source.one_of([Handle::Own, Handle::Absent, Handle::Empty, Handle::Other]),
        statement: source.one_of([
            Statement::None,
            Statement::NoneWithMember,
            Statement::SelfAttestation,
            Statement::SelfAttestationOfOther,
            Statement::Certified,
            Statement::CertifiedByOther,
            Statement::UnknownFormat,
        ]),
        signature: source.one_of([
            Signature::Right,
            Signature::OfOtherData,
            Signature::OfOtherKey,
            Signature::Empty,
        ]),
        odd_copies: source.flag(),
    }
}
