//! Android's description of a key (§8.4.1).

use serde_json::{Value, json};
use webauthn_verify_authenticator::{KeyDescriptionBuilder, der};

use super::android_key::{description, with_description};
use super::invalid;
use crate::case::{Case, Registration};

const SOFTWARE: &str = "keyDescription.softwareEnforced";
const TEE: &str = "keyDescription.teeEnforced";

pub(super) fn cases() -> Vec<Value> {
    [members(), structure(), challenges(), origins(), purposes(), all_applications(), fields()]
        .concat()
}

fn purpose(purposes: &[u8]) -> Vec<u8> {
    KeyDescriptionBuilder::purpose(purposes)
}

fn origin(origin: u8) -> Vec<u8> {
    KeyDescriptionBuilder::origin(origin)
}

fn with(name: &str, rule: &str, description: &KeyDescriptionBuilder) -> Case {
    with_description(&format!("description/{name}"), rule, &description.build())
}

/// Returns a case with these fields of both lists.
fn lists(name: &str, rule: &str, software: &[Vec<u8>], tee: &[Vec<u8>]) -> Case {
    with(name, rule, &description().software_enforced(software).tee_enforced(tee))
}

/// Each of the eight members: accepted values, and values of another type.
fn members() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, position, value) in [
        ("version-0", 0, der::integer(&[0])),
        ("version-1", 0, der::integer(&[1])),
        ("version-400", 0, der::integer(&[1, 0x90])),
        ("version-128", 0, der::integer(&[0x80])),
        ("keymaster-version-0", 2, der::integer(&[0])),
        ("software-level", 1, der::enumerated(0)),
        ("strong-box-level", 1, der::enumerated(2)),
        ("keymaster-software-level", 3, der::enumerated(0)),
        ("keymaster-strong-box-level", 3, der::enumerated(2)),
        ("unique-id", 5, der::octet_string(&[7; 16])),
    ] {
        let description = description().member(position, value);
        cases.push(with(&format!("accepted/{name}"), "AK-04", &description).accept());
    }
    let fields = [
        "keyDescription.attestationVersion",
        "keyDescription.attestationSecurityLevel",
        "keyDescription.keymasterVersion",
        "keyDescription.keymasterSecurityLevel",
        "keyDescription.attestationChallenge",
        "keyDescription.uniqueId",
        SOFTWARE,
        TEE,
    ];
    for (position, field) in fields.iter().enumerate() {
        let name = &field["keyDescription.".len()..];
        let refused = |what: &str, rule: &str, value: Vec<u8>| {
            let description = description().member(position, value);
            invalid(with(&format!("{name}/{what}"), rule, &description), field)
        };
        cases.push(refused("null", "AK-04", der::null()));
        match position {
            0 | 2 => {
                cases.push(refused("leading-zero", "AK-04", der::value(0x02, &[0, 1])));
                cases.push(refused("empty", "AK-04", der::value(0x02, &[])));
                cases.push(refused("enumerated", "AK-04", der::enumerated(1)));
            }
            1 | 3 => {
                cases.push(refused("integer", "AK-10", der::integer(&[1])));
                cases.push(refused("negative", "AK-04", der::value(0x0a, &[0xff])));
                cases.push(refused("two-bytes", "AK-04", der::value(0x0a, &[0, 1])));
                cases.push(refused("empty", "AK-04", der::value(0x0a, &[])));
            }
            4 | 5 => cases.push(refused("bit-string", "AK-04", der::bit_string(0, &[7; 32]))),
            _ => cases.push(refused("octet-string", "AK-04", der::octet_string(&[]))),
        }
    }
    cases
}

/// The sequence of the eight members.
fn structure() -> Vec<Value> {
    let good = description().build();
    let whole = |name: &str, value: &[u8]| {
        let case = with_description(&format!("description/structure/{name}"), "AK-04", value);
        invalid(case, "keyDescription")
    };
    let without_last = description().member(7, Vec::new());
    let without_first = description().member(0, Vec::new());
    vec![
        whole("empty", &[]),
        whole("trailing-byte", &[&good[..], &[0]].concat()),
        whole("ninth-member", &der::with_more_inside(&good, &der::null())),
        whole("set", &[&[0x31], &good[1..]].concat()),
        whole("long-length", &der::with_long_length(&good)),
        whole("cut-short", &good[..good.len() - 1]),
        whole("octet-string-around", &der::octet_string(&good)),
        invalid(with("structure/no-last-member", "AK-04", &without_last), TEE),
        invalid(
            with("structure/no-first-member", "AK-04", &without_first),
            "keyDescription.attestationVersion",
        ),
    ]
}

fn challenges() -> Vec<Value> {
    let signed = Registration::new().signed();
    let hash = &signed[signed.len() - 32..];
    let mut cases = Vec::new();
    for (name, challenge) in [
        ("empty", Vec::new()),
        ("cut-short", hash[..31].to_vec()),
        ("trailing-byte", [hash, &[0]].concat()),
        ("challenge-of-the-request", crate::case::CHALLENGE.to_vec()),
        ("signed-hash", super::signed_hash(&Registration::new()).to_vec()),
    ] {
        let description = description().member(4, der::octet_string(&challenge));
        let case = with(&format!("challenge/{name}"), "AK-05", &description);
        let field = "keyDescription.attestationChallenge";
        cases.push(case.reject_field("AttestationNonceMismatch", "22", field));
    }
    cases
}

fn origins() -> Vec<Value> {
    let sign = || purpose(&[2]);
    let field = |list: &str| format!("{list}.origin");
    let mut cases = vec![
        lists("origin/software-only", "AK-07", &[origin(0)], &[sign()]).accept(),
        lists("origin/both", "AK-07", &[origin(0)], &[sign(), origin(0)]).accept(),
        invalid(lists("origin/none", "AK-07", &[], &[sign()]), "keyDescription.origin"),
        invalid(
            lists("origin/imported-by-software", "AK-07", &[origin(2)], &[sign(), origin(0)]),
            &field(SOFTWARE),
        ),
        invalid(
            lists("origin/imported-by-tee", "AK-07", &[origin(0)], &[sign(), origin(2)]),
            &field(TEE),
        ),
        invalid(lists("empty-lists", "AK-10", &[], &[]), "keyDescription.origin"),
    ];
    for (name, value) in [
        ("derived", der::integer(&[1])),
        ("unknown", der::integer(&[3])),
        ("256", der::integer(&[1, 0])),
        ("enumerated", der::enumerated(0)),
        ("null", der::null()),
    ] {
        let list = [sign(), der::explicit(702, &value)];
        let case = lists(&format!("origin/{name}"), "AK-07", &[], &list);
        cases.push(invalid(case, &field(TEE)));
    }
    cases
}

fn purposes() -> Vec<Value> {
    let generated = || origin(0);
    let field = |list: &str| format!("{list}.purpose");
    let mut cases = vec![
        lists("purpose/software-only", "AK-08", &[purpose(&[2])], &[generated()]).accept(),
        lists("purpose/both", "AK-08", &[purpose(&[2])], &[purpose(&[2]), generated()]).accept(),
        invalid(lists("purpose/none", "AK-08", &[], &[generated()]), "keyDescription.purpose"),
        invalid(
            lists(
                "purpose/encrypt-by-software",
                "AK-08",
                &[purpose(&[0])],
                &[purpose(&[2]), generated()],
            ),
            &field(SOFTWARE),
        ),
    ];
    let set = |values: &[Vec<u8>]| der::explicit(1, &der::set(values));
    for (name, value) in [
        ("empty", purpose(&[])),
        ("verify", purpose(&[3])),
        ("sign-and-verify", purpose(&[2, 3])),
        ("encrypt-and-sign", purpose(&[0, 2])),
        ("sign-twice", purpose(&[2, 2])),
        ("enumerated", set(&[der::enumerated(2)])),
        ("no-set", der::explicit(1, &der::integer(&[2]))),
        ("sequence", der::explicit(1, &der::sequence(&[der::integer(&[2])]))),
    ] {
        let case = lists(&format!("purpose/{name}"), "KB-27", &[], &[value, generated()]);
        cases.push(invalid(case, &field(TEE)));
    }
    cases
}

fn all_applications() -> Vec<Value> {
    let good = || vec![purpose(&[2]), origin(0)];
    let with_field = |field: Vec<u8>| [vec![field], good()].concat();
    let all = KeyDescriptionBuilder::all_applications;
    let tee = |name: &str, field: Vec<u8>| {
        let case = lists(&format!("all-applications/{name}"), "AK-06", &[], &with_field(field));
        invalid(case, &format!("{TEE}.allApplications"))
    };
    let software = lists("all-applications/software", "AK-06", &[all()], &good());
    vec![
        tee("tee", all()),
        invalid(software, &format!("{SOFTWARE}.allApplications")),
        // Only the presence of the field matters.
        tee("with-other-content", der::explicit(600, &der::boolean(false))),
        lists(
            "all-applications/application-id",
            "AK-06",
            &[],
            &[purpose(&[2]), der::explicit(601, &der::octet_string(b"app")), origin(0)],
        )
        .accept(),
    ]
}

/// The fields of a list in general.
fn fields() -> Vec<Value> {
    let good = || vec![purpose(&[2]), origin(0)];
    let other = |number: u32| der::explicit(number, &der::null());
    let tee =
        |name: &str, fields: &[Vec<u8>]| lists(&format!("fields/{name}"), "AK-09", &[], fields);
    let with_field = |field: Vec<u8>| [good(), vec![field]].concat();
    let many = |count: u32| [good(), (1000..998 + count).map(other).collect()].concat();
    let mut cases = vec![
        tee("reversed", &[origin(0), purpose(&[2])]).accept(),
        tee("unknown", &with_field(other(9999))).accept(),
        tee("largest-number", &with_field(other(u32::MAX))).accept(),
        tee("128", &many(128)).accept(),
        invalid(tee("129", &many(129)), TEE),
        // A non-DER BOOLEAN needs a quirk.
        invalid(tee("boolean-01", &with_field(der::explicit(800, &[1, 1, 1]))), TEE),
        tee("boolean-01-with-quirk", &with_field(der::explicit(800, &[1, 1, 1])))
            .with("quirks", json!(["NonDerBooleans"]))
            .accept(),
    ];
    for (name, field) in [
        ("purpose-twice", purpose(&[2])),
        ("origin-twice", origin(0)),
        ("no-tag", der::null()),
        ("primitive", der::implicit(3, &[5, 0])),
        ("private-tag", der::value(0xe3, &[5, 0])),
        ("empty", der::explicit(3, &[])),
        ("two-elements", der::explicit(3, &[5, 0, 5, 0])),
        ("not-der", der::explicit(3, &[5, 1, 0])),
        ("long-length", der::with_long_length(&other(3))),
        ("short-number-in-long-tag", vec![0xbf, 3, 2, 5, 0]),
        ("zero-in-long-tag", vec![0xbf, 0x80, 0x84, 0x58, 2, 5, 0]),
        ("number-of-33-bits", vec![0xbf, 0x90, 0x80, 0x80, 0x80, 0, 2, 5, 0]),
        ("tag-without-end", vec![0xbf, 0x84]),
    ] {
        cases.push(invalid(tee(name, &with_field(field)), TEE));
    }
    let twice = lists("fields/unknown-twice", "AK-09", &[other(5), other(6), other(5)], &good());
    cases.push(invalid(twice, SOFTWARE));
    cases
}
