//! The requirements of §8.2.1 and §8.2.2 for packed attestation certificates.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, attestation_subject, issued_by, key,
};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, der};

use super::{Path, leaf, of_leaf};
use crate::case::AAGUID;

const COUNTRY: &[u64] = &[2, 5, 4, 6];
const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
const UNIT: &[u64] = &[2, 5, 4, 11];
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

const SERIAL_NUMBER: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 2];
const ID_AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
const FIRMWARE_VERSION: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 5];

pub(super) fn cases() -> Vec<Value> {
    [subjects(), units(), basic_constraints(), aaguids(), firmware(), serial_numbers()].concat()
}

/// Returns a path with this subject.
fn with_subject(subject: &DistinguishedName) -> Path {
    let certificate = CertificateBuilder::new(subject, &key("leaf").public_numbers());
    of_leaf(certificate.basic_constraints(false, None))
}

/// Returns the subject of a correct certificate, except for one attribute, which has these values.
fn subject_with(attribute: &[u64], values: &[Vec<u8>]) -> DistinguishedName {
    let good: [(&[u64], &str); 4] = [
        (COUNTRY, "AA"),
        (ORGANIZATION, "Maker"),
        (UNIT, "Authenticator Attestation"),
        (COMMON_NAME, "Authenticator"),
    ];
    let mut subject = DistinguishedName::new();
    for (other, text) in good {
        if other == attribute {
            subject =
                values.iter().fold(subject, |name, value| name.attribute(other, value.clone()));
        } else {
            subject = subject.attribute(other, der::utf8_string(text));
        }
    }
    subject
}

fn subjects() -> Vec<Value> {
    let text = |text: &str| der::utf8_string(text);
    let mut cases =
        vec![with_subject(&attestation_subject()).accept("packed/whole", "ATT-PACKED-04")];
    for (name, attribute, field) in [
        ("country", COUNTRY, "x5c[0].subject.C"),
        ("organization", ORGANIZATION, "x5c[0].subject.O"),
        ("common-name", COMMON_NAME, "x5c[0].subject.CN"),
    ] {
        let name = |what: &str| format!("packed/{name}/{what}");
        for (what, values) in [
            ("missing", vec![]),
            ("empty", vec![text("")]),
            ("empty-twice", vec![text(""), text("")]),
            ("not-text", vec![der::octet_string(b"text")]),
            ("not-utf-8", vec![der::value(0x0c, &[0xff])]),
        ] {
            let path = with_subject(&subject_with(attribute, &values));
            cases.push(path.invalid(&name(what), "ATT-PACKED-04", field));
        }
        for (what, values) in [
            ("printable", vec![der::printable_string("x")]),
            ("long", vec![text("United States of America and elsewhere")]),
            ("second-of-two", vec![text(""), text("x")]),
            ("twice", vec![text("x"), text("y")]),
        ] {
            let path = with_subject(&subject_with(attribute, &values));
            cases.push(path.accept(&name(what), "ATT-PACKED-04"));
        }
    }
    let more = attestation_subject().attribute(&[1, 2, 3], der::null());
    cases.push(with_subject(&more).accept("packed/more-attributes", "ATT-PACKED-04"));
    let none = DistinguishedName::new();
    cases.push(with_subject(&none).invalid(
        "packed/empty-subject",
        "ATT-PACKED-04",
        "x5c[0].subject.C",
    ));
    cases
}

fn units() -> Vec<Value> {
    let with = |values: &[Vec<u8>]| with_subject(&subject_with(UNIT, values));
    let text = |text: &str| der::utf8_string(text);
    let right = "Authenticator Attestation";
    let mut cases = Vec::new();
    for (name, values) in [
        ("missing", vec![]),
        ("empty", vec![text("")]),
        ("lower-case", vec![text("authenticator attestation")]),
        ("trailing-space", vec![text("Authenticator Attestation ")]),
        ("longer", vec![text("Authenticator Attestation CA")]),
        ("prefix", vec![text("Authenticator")]),
        ("two-spaces", vec![text("Authenticator  Attestation")]),
        ("not-text", vec![der::octet_string(right.as_bytes())]),
        ("teletex-string", vec![der::value(0x14, right.as_bytes())]),
    ] {
        let path = with(&values);
        cases.push(path.invalid(
            &format!("packed/unit/{name}"),
            "ATT-PACKED-05",
            "x5c[0].subject.OU",
        ));
    }
    for (name, values) in [
        ("printable", vec![der::printable_string(right)]),
        ("second-of-two", vec![text("Other"), text(right)]),
    ] {
        cases.push(with(&values).accept(&format!("packed/unit/{name}"), "ATT-PACKED-05"));
    }
    cases
}

fn basic_constraints() -> Vec<Value> {
    let field = "x5c[0].basicConstraints";
    let bare = || CertificateBuilder::new(&attestation_subject(), &key("leaf").public_numbers());
    let with = |critical: bool, value: &[u8]| {
        of_leaf(bare().extension(BASIC_CONSTRAINTS, critical, value))
    };
    let mut cases = vec![
        with(false, &[0x30, 0]).accept("packed/basic-constraints/not-critical", "ATT-PACKED-06"),
        of_leaf(bare()).invalid("packed/basic-constraints/missing", "KB-78", field),
        of_leaf(bare().basic_constraints(true, None)).invalid(
            "packed/basic-constraints/ca",
            "ATT-PACKED-06",
            field,
        ),
        of_leaf(bare().basic_constraints(true, Some(0))).invalid(
            "packed/basic-constraints/ca-with-path-length",
            "ATT-PACKED-06",
            field,
        ),
    ];
    for (name, value) in [
        ("empty", &[][..]),
        ("set", &[0x31, 0]),
        ("boolean", &[0x01, 1, 0]),
        ("negative-path-length", &[0x30, 3, 0x02, 1, 0xff]),
        ("trailing-byte", &[0x30, 0, 0]),
        ("path-length-first", &[0x30, 6, 0x02, 1, 0, 0x01, 1, 0]),
    ] {
        let name = format!("packed/basic-constraints/{name}");
        cases.push(with(true, value).invalid(&name, "ATT-PACKED-06", field));
    }
    cases
}

fn aaguids() -> Vec<Value> {
    let with = |critical: bool, value: &[u8]| of_leaf(leaf().extension(ID_AAGUID, critical, value));
    let octets = |bytes: &[u8]| der::octet_string(bytes);
    let mismatch = |name: &str, value: &[u8]| {
        let case = with(false, value).case(&format!("packed/aaguid/{name}"), "ATT-PACKED-07");
        case.reject_field("AaguidMismatch", "22", "x5c[0].aaguid")
    };
    let longer = [&AAGUID[..], &[0]].concat();
    let other = AAGUID.map(|byte| byte ^ 1);
    vec![
        with(false, &octets(&AAGUID)).accept("packed/aaguid/whole", "ATT-PACKED-07"),
        of_leaf(leaf()).accept("packed/aaguid/missing", "ATT-PACKED-07"),
        with(true, &octets(&AAGUID)).invalid(
            "packed/aaguid/critical",
            "ATT-PACKED-07",
            "x5c[0].extensions",
        ),
        mismatch("other", &octets(&other)),
        mismatch("zero", &octets(&[0; 16])),
        mismatch("15-bytes", &octets(&AAGUID[..15])),
        mismatch("17-bytes", &octets(&longer)),
        mismatch("empty", &octets(&[])),
        mismatch("without-octet-string", &AAGUID),
        mismatch("nested-twice", &octets(&octets(&AAGUID))),
        mismatch("as-bit-string", &der::bit_string(0, &AAGUID)),
        mismatch("trailing-byte", &[&octets(&AAGUID)[..], &[0]].concat()),
        mismatch("long-length", &der::with_long_length(&octets(&AAGUID))),
        mismatch("no-value", &[]),
    ]
}

fn firmware() -> Vec<Value> {
    let with =
        |critical: bool, value: &[u8]| of_leaf(leaf().extension(FIRMWARE_VERSION, critical, value));
    let name = |what: &str| format!("packed/firmware-version/{what}");
    let mut cases = vec![with(true, &der::integer(&[5])).invalid(
        &name("critical"),
        "ATT-PACKED-08",
        "x5c[0].extensions",
    )];
    for (what, value) in [
        ("zero", der::integer(&[0])),
        ("high-bit", der::integer(&[0x80])),
        ("20-bytes", der::integer(&[0x7f; 20])),
    ] {
        cases.push(with(false, &value).accept(&name(what), "ATT-PACKED-08"));
    }
    for (what, value) in [
        ("negative", der::value(0x02, &[0xff])),
        ("leading-zero", der::value(0x02, &[0, 5])),
        ("empty-integer", der::value(0x02, &[])),
        ("text", der::utf8_string("5.0")),
        ("octet-string", der::octet_string(&[5])),
        ("trailing-byte", [&der::integer(&[5])[..], &[0]].concat()),
        ("long-length", der::with_long_length(&der::integer(&[5]))),
        ("without-integer", vec![5]),
        ("no-value", vec![]),
    ] {
        let path = with(false, &value);
        cases.push(path.invalid(&name(what), "ATT-PACKED-08", "x5c[0].firmwareVersion"));
    }
    cases
}

fn serial_numbers() -> Vec<Value> {
    let with =
        |critical: bool, value: &[u8]| of_leaf(leaf().extension(SERIAL_NUMBER, critical, value));
    let name = |what: &str| format!("packed/serial-number/{what}");
    let good = der::octet_string(b"123");
    let mut cases = vec![
        with(false, &good).accept(&name("whole"), "ATT-PACKED-09"),
        with(true, &good).invalid(&name("critical"), "ATT-PACKED-09", "x5c[0].extensions"),
    ];
    for (what, value) in [
        ("integer", der::integer(&[1])),
        ("text", der::utf8_string("123")),
        ("without-octet-string", b"123".to_vec()),
        ("trailing-byte", [&good[..], &[0]].concat()),
        ("long-length", der::with_long_length(&good)),
        ("no-value", vec![]),
    ] {
        let path = with(false, &value);
        cases.push(path.invalid(&name(what), "ATT-PACKED-09", "x5c[0].serialNumber"));
    }
    // In another certificate of the path, the extensions of §8.2.1 have no meaning.
    let issuer = webauthn_verify_authenticator::certificates::ca("one")
        .extension(ID_AAGUID, false, &der::octet_string(&[7; 16]))
        .extension(FIRMWARE_VERSION, false, &der::null());
    let path = super::below(issued_by("root", issuer));
    cases.push(path.accept("packed/extensions-of-an-issuer", "ATT-PACKED-07"));
    cases
}
