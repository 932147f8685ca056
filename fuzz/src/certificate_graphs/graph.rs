//! The description of a graph of certificates.
//!
//! ```text
//! input = late (1 byte), authorities, leaf, extra certificates, chain, anchors
//! ```
//!
//! Each authority has a name and a key, which other authorities may have too. The certificate of an
//! authority is normally issued by the next authority, and that of the last one by itself. Extra
//! certificates are changed copies, or connect any two authorities. Normally, each certificate of the
//! chain has the name and the key of the issuer of the certificate before it, and each anchor those
//! of the issuer of some certificate of the chain. `// input` marks the code that
//! reads bytes of the input, in their order.

use crate::choices::Choices;

/// The names. Two of them differ only in the type of the text, and two only in its case.
pub const NAMES: [&[Attribute]; 7] = [
    &[Attribute::Organization("Maker")],
    &[Attribute::Organization("Maker"), Attribute::CommonName("One")],
    &[Attribute::Organization("Maker"), Attribute::CommonName("Two")],
    &[Attribute::Organization("Other")],
    &[Attribute::Organization("MAKER"), Attribute::CommonName("One")],
    &[Attribute::PrintableOrganization("Maker")],
    &[],
];

/// The number of names that an issuer can have: all but the empty name.
const ISSUER_NAMES: usize = NAMES.len() - 1;

/// The number of keys.
pub const KEYS: usize = 4;

/// The ends of validity periods as certificates have them, and in seconds from the time of the
/// verification. The first and the last are years away.
pub const TIMES: [(&str, i64); 5] = [
    ("240101000000Z", -80_000_000),
    ("260921141319Z", -1),
    ("260921141320Z", 0),
    ("260921141321Z", 1),
    ("491231235959Z", 730_000_000),
];

const SERIAL_NUMBERS: [u8; 4] = [1, 0x80, 0, 7];

/// The bits of key usage: digitalSignature, keyCertSign, cRLSign.
pub const DIGITAL_SIGNATURE: u8 = 0x80;
pub const KEY_CERT_SIGN: u8 = 0x04;
const CRL_SIGN: u8 = 0x02;

const ALTERNATIVES: [GeneralName; 16] = [
    GeneralName::Host("a.host.example"),
    GeneralName::Host("host.example"),
    GeneralName::Host("b.a.HOST.example"),
    GeneralName::Host("nothost.example"),
    GeneralName::Host("*.host.example"),
    GeneralName::Host("host.test"),
    GeneralName::Host("host..example"),
    GeneralName::Directory(0),
    GeneralName::Directory(1),
    GeneralName::Directory(3),
    GeneralName::Directory(4),
    GeneralName::Directory(6),
    GeneralName::Address(&[10, 1, 2, 3]),
    GeneralName::Address(&[192, 0, 2, 1]),
    GeneralName::Address(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    GeneralName::Mail,
];

const BASES: [GeneralName; 15] = [
    GeneralName::Host("host.example"),
    GeneralName::Host("a.host.example"),
    GeneralName::Host("EXAMPLE"),
    GeneralName::Host("test"),
    GeneralName::Host(""),
    GeneralName::Directory(0),
    GeneralName::Directory(1),
    GeneralName::Directory(2),
    GeneralName::Directory(3),
    GeneralName::Directory(4),
    GeneralName::Directory(5),
    GeneralName::Directory(6),
    GeneralName::Address(&[10, 0, 0, 0, 0xff, 0, 0, 0]),
    GeneralName::Address(&[0; 32]),
    GeneralName::Mail,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Organization(&'static str),
    PrintableOrganization(&'static str),
    CommonName(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GeneralName {
    Host(&'static str),
    /// The position in [`NAMES`].
    Directory(usize),
    /// The bytes of an address, or of an address and its mask in a constraint.
    Address(&'static [u8]),
    Mail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    Three,
    /// Without extensions.
    One,
    /// With extensions, which is malformed.
    OneExtended,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameConstraints {
    pub critical: bool,
    pub permitted: Vec<GeneralName>,
    pub excluded: Vec<GeneralName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    pub critical: bool,
    pub ca: bool,
    pub path_length: Option<u8>,
}

/// Two certificates have the same bytes exactly if they are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Certificate {
    pub version: Version,
    pub serial_number: u8,
    /// The positions of the names in [`NAMES`].
    pub issuer: usize,
    pub subject: usize,
    /// The number of the key.
    pub key: usize,
    /// The positions of both ends in [`TIMES`].
    pub validity: [usize; 2],
    pub basic_constraints: Option<BasicConstraints>,
    pub key_usage: Option<u8>,
    /// Whether the unknown extension is critical, or `None` if there is no unknown extension.
    pub unknown: Option<bool>,
    /// Whether the extension with the alternative names is critical.
    pub critical_alternatives: bool,
    pub alternatives: Vec<GeneralName>,
    pub name_constraints: Option<NameConstraints>,
    /// The number of the key that signs. It is not part of the signed content.
    pub signer: usize,
    /// Whether the certificate has the second valid signature, with n - s in place of s.
    pub other_signature: bool,
}

impl Certificate {
    pub fn is_well_formed(&self) -> bool {
        self.version != Version::OneExtended
    }
}

#[derive(Clone, Debug)]
pub enum Revoked {
    Number(u8),
    /// The serial number of a certificate that was issued by the subject of this certificate.
    Issued(Certificate, u8),
    Certificate(Certificate),
}

#[derive(Clone, Debug)]
pub struct Anchor {
    pub certificate: Certificate,
    pub revoked: Option<Vec<Revoked>>,
}

#[derive(Debug)]
pub struct Graph {
    /// Whether the time of the verification is at the end of a second.
    pub is_late: bool,
    pub chain: Vec<Certificate>,
    pub anchors: Vec<Anchor>,
}

impl Graph {
    pub fn read(input: &[u8]) -> Graph {
        let mut choices = Choices(input);
        // input
        let is_late = choices.happens(64);
        let certificates = certificates(&mut choices);
        let chain = chain(&mut choices, &certificates);
        let count = choices.one_of(&[1, 1, 1, 2, 1, 2, 3, 1, 2, 4, 3, 2, 1, 4, 0]);
        let anchors = (0..count).map(|_| anchor(&mut choices, &certificates, &chain)).collect();
        Graph { is_late, chain, anchors }
    }
}

/// Reads the certificates: the leaf, one for each authority, and the extra ones.
fn certificates(choices: &mut Choices<'_>) -> Vec<Certificate> {
    // input
    let count = 1 + choices.below(6);
    let authorities: Vec<[usize; 2]> =
        (0..count).map(|_| [choices.below(ISSUER_NAMES), choices.below(KEYS)]).collect();
    let leaf = [choices.below(NAMES.len()), choices.below(KEYS)];

    let mut certificates = vec![certificate(choices, leaf, authorities[0], false)];
    for (number, subject) in authorities.iter().enumerate() {
        let next = (number + 1).min(count - 1);
        let issuer = if choices.happens(48) { choices.below(count) } else { next };
        certificates.push(certificate(choices, *subject, authorities[issuer], true));
    }
    for _ in 0..choices.below(5) {
        if choices.happens(128) {
            let mut copy = choices.one_of(&certificates);
            change(choices, &mut copy);
            certificates.push(copy);
        } else {
            let (subject, issuer) = (choices.below(count), choices.below(count));
            certificates.push(certificate(
                choices,
                authorities[subject],
                authorities[issuer],
                true,
            ));
        }
    }
    certificates
}

/// Reads a certificate. Most certificates have no changes.
fn certificate(
    choices: &mut Choices<'_>,
    [subject, key]: [usize; 2],
    [issuer, signer]: [usize; 2],
    is_authority: bool,
) -> Certificate {
    let ca = BasicConstraints { critical: true, ca: true, path_length: None };
    let mut certificate = Certificate {
        version: Version::Three,
        serial_number: SERIAL_NUMBERS[0],
        issuer,
        subject,
        key,
        validity: [0, TIMES.len() - 1],
        basic_constraints: is_authority.then_some(ca),
        key_usage: None,
        unknown: None,
        critical_alternatives: false,
        alternatives: Vec::new(),
        name_constraints: None,
        signer,
        other_signature: false,
    };
    // input
    for _ in 0..choices.one_of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 3]) {
        change(choices, &mut certificate);
    }
    certificate
}

/// Changes a property of a certificate.
fn change(choices: &mut Choices<'_>, certificate: &mut Certificate) {
    // input
    match choices.below(22) {
        0 => certificate.version = choices.one_of(&[Version::One, Version::OneExtended]),
        1 => certificate.validity = [choices.below(TIMES.len()), choices.below(TIMES.len())],
        2 => certificate.validity[choices.below(2)] = 1 + choices.below(3),
        3 => certificate.basic_constraints = None,
        4..=8 => {
            let critical = !choices.happens(64);
            let ca = !choices.happens(64);
            let path_length = choices.one_of(&[Some(0), Some(1), Some(2), None]);
            certificate.basic_constraints = Some(BasicConstraints { critical, ca, path_length });
        }
        9..=11 => {
            let both = DIGITAL_SIGNATURE | KEY_CERT_SIGN;
            let usage = [both, DIGITAL_SIGNATURE, KEY_CERT_SIGN, both | CRL_SIGN, CRL_SIGN];
            certificate.key_usage = Some(choices.one_of(&usage));
        }
        12 => certificate.unknown = Some(choices.happens(128)),
        13 | 14 => {
            certificate.critical_alternatives = choices.happens(128);
            certificate.alternatives = choices.some_of(&ALTERNATIVES, 3);
        }
        15 | 16 => {
            let critical = choices.happens(128);
            let permitted = choices.some_of(&BASES, 3);
            let excluded = choices.some_of(&BASES, 2);
            let constraints = NameConstraints { critical, permitted, excluded };
            certificate.name_constraints = Some(constraints);
        }
        17 => certificate.signer = choices.below(KEYS),
        18 => certificate.issuer = choices.below(ISSUER_NAMES),
        19 => certificate.subject = choices.below(NAMES.len()),
        20 => certificate.other_signature = true,
        _ => certificate.serial_number = choices.one_of(&SERIAL_NUMBERS),
    }
    if certificate.version == Version::One {
        certificate.basic_constraints = None;
        certificate.key_usage = None;
        certificate.unknown = None;
        certificate.alternatives.clear();
        certificate.name_constraints = None;
    }
    if certificate.alternatives.is_empty() {
        certificate.critical_alternatives = false;
    }
}

fn chain(choices: &mut Choices<'_>, certificates: &[Certificate]) -> Vec<Certificate> {
    // input
    let length = choices.one_of(&[1, 2, 3, 4, 5, 2, 3, 6, 4, 7, 3, 8, 4, 8, 9, 0]);
    let mut chain: Vec<Certificate> = Vec::new();
    for _ in 0..length {
        let next = match chain.last() {
            None if choices.happens(24) => choices.one_of(certificates),
            None => certificates[0].clone(),
            Some(below) => issuer(choices, certificates, below),
        };
        chain.push(next);
    }
    chain
}

/// Reads the choice of a certificate that normally is one of the issuer of `below`.
fn issuer(
    choices: &mut Choices<'_>,
    certificates: &[Certificate],
    below: &Certificate,
) -> Certificate {
    let is_issuer = |one: &&Certificate| one.subject == below.issuer && one.key == below.signer;
    let issuers: Vec<_> = certificates.iter().filter(is_issuer).cloned().collect();
    // input
    let candidates =
        if choices.happens(16) || issuers.is_empty() { certificates } else { &issuers };
    choices.one_of(candidates)
}

fn anchor(
    choices: &mut Choices<'_>,
    certificates: &[Certificate],
    chain: &[Certificate],
) -> Anchor {
    // input
    let certificate = match (choices.byte(), chain.first()) {
        (0..=207, Some(_)) => {
            let last = &chain[chain.len() - 1..];
            let candidates = if choices.happens(80) { chain } else { last };
            let below = choices.one_of(candidates);
            issuer(choices, certificates, &below)
        }
        (208..=231, Some(first)) => first.clone(),
        _ => choices.one_of(certificates),
    };
    let revoked = choices.happens(80).then(|| {
        let count = choices.one_of(&[1, 1, 0, 2]);
        (0..count).map(|_| revoked(choices, certificates, chain)).collect()
    });
    Anchor { certificate, revoked }
}

fn revoked(
    choices: &mut Choices<'_>,
    certificates: &[Certificate],
    chain: &[Certificate],
) -> Revoked {
    // input
    let certificate = choices.one_of(if chain.is_empty() { certificates } else { chain });
    match choices.below(4) {
        0 => Revoked::Certificate(certificate),
        1 => Revoked::Issued(certificate, choices.one_of(&SERIAL_NUMBERS)),
        2 => Revoked::Certificate(choices.one_of(certificates)),
        _ => Revoked::Number(choices.one_of(&SERIAL_NUMBERS)),
    }
}
