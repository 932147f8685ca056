//! The requirements of §8.3.1 for the certificate of a TPM.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{BASIC_CONSTRAINTS, SUBJECT_ALT_NAME, key};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, der};

use super::tpm::{cert_info, certificate, nameless, pub_area, statement, tpm_name};
use super::{invalid, trusted};
use crate::case::{AAGUID, Case, Registration};

const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const ID_AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
const AIK: &[u64] = CertificateBuilder::TPM_AIK_CERTIFICATE;
const EK: &[u64] = CertificateBuilder::TPM_EK_CERTIFICATE;

const NAME: &str = "x5c[0].subjectAltName";
const MANUFACTURER: &str = "x5c[0].subjectAltName.manufacturer";
const MODEL: &str = "x5c[0].subjectAltName.model";
const VERSION: &str = "x5c[0].subjectAltName.version";

pub(super) fn cases() -> Vec<Value> {
    [names(), forms_of_names(), manufacturers(), others(), aaguids()].concat()
}

fn aik() -> CertificateBuilder {
    certificate(&key("aik"))
}

fn bare() -> CertificateBuilder {
    CertificateBuilder::new(&DistinguishedName::new(), &key("aik").public_numbers())
}

fn with(name: &str, rule: &str, certificate: CertificateBuilder) -> Case {
    let registration = Registration::new();
    let info = cert_info(&registration, &pub_area()).to_bytes();
    let statement = statement(certificate, &pub_area().to_bytes(), &info);
    trusted(&format!("tpm/certificate/{name}"), rule, registration, statement)
}

/// Returns a case with this value of the subject alternative name.
fn with_names(name: &str, value: &[u8]) -> Case {
    let certificate = nameless(&key("aik")).extension(SUBJECT_ALT_NAME, true, value);
    with(&format!("name/{name}"), "TPM-12", certificate)
}

/// Returns a subject alternative name with these directory names.
fn directories(names: &[DistinguishedName]) -> Vec<u8> {
    der::sequence(&names.iter().map(|name| der::explicit(4, &name.to_der())).collect::<Vec<_>>())
}

fn names() -> Vec<Value> {
    let none = DistinguishedName::new;
    let (manufacturer, model, version) = ("id:494E5443", "Model", "id:13");
    let in_one_set = der::sequence(&[der::explicit(4, &tpm_name().to_der_in_one_set())]);
    let reversed = none().tpm_version(version).tpm_model(model).tpm_manufacturer(manufacturer);
    let apart = [
        none().tpm_manufacturer(manufacturer),
        none().tpm_model(model).common_name("TPM"),
        none().tpm_version(version),
    ];
    let host = der::implicit(2, b"example.org");
    let among_others = der::sequence(&[host.clone(), der::explicit(4, &tpm_name().to_der())]);
    let mut cases = vec![
        with_names("in-one-set", &in_one_set).accept(),
        with_names("reversed", &directories(&[reversed])).accept(),
        with_names("in-three-names", &directories(&apart)).accept(),
        with_names("among-others", &among_others).accept(),
        invalid(with("name/missing", "TPM-12", nameless(&key("aik"))), NAME),
        invalid(with_names("host-only", &der::sequence(&[host])), MANUFACTURER),
        invalid(with_names("no-names", &der::sequence::<Vec<u8>>(&[])), MANUFACTURER),
        invalid(
            with_names("other-tag", &der::sequence(&[der::value(0xa5, &tpm_name().to_der())])),
            MANUFACTURER,
        ),
    ];
    for (what, field, directory) in [
        ("no-manufacturer", MANUFACTURER, none().tpm_model(model).tpm_version(version)),
        ("no-model", MODEL, none().tpm_manufacturer(manufacturer).tpm_version(version)),
        ("no-version", VERSION, none().tpm_manufacturer(manufacturer).tpm_model(model)),
        ("manufacturer-twice", MANUFACTURER, tpm_name().tpm_manufacturer(manufacturer)),
        ("model-twice", MODEL, tpm_name().tpm_model(model)),
        ("version-twice", VERSION, tpm_name().tpm_version(version)),
        ("second-model-empty", MODEL, tpm_name().tpm_model("")),
    ] {
        cases.push(invalid(with_names(what, &directories(&[directory])), field));
    }
    let twice = directories(&[tpm_name(), tpm_name()]);
    cases.push(invalid(with_names("two-whole-names", &twice), MANUFACTURER));
    cases
}

/// Names that do not parse.
fn forms_of_names() -> Vec<Value> {
    let good = directories(&[tpm_name()]);
    let with_attribute = |inner: &[u8]| {
        let name = der::sequence(&[der::set(&[der::sequence(&[inner])])]);
        der::sequence(&[der::explicit(4, &name)])
    };
    let id = der::object_identifier(&[2, 23, 133, 2, 1]);
    let other = der::object_identifier(&[2, 5, 4, 3]);
    let mut cases = Vec::new();
    for (name, value) in [
        ("empty", Vec::new()),
        ("null", der::null()),
        ("trailing-byte", [&good[..], &[0]].concat()),
        ("cut-short", good[..good.len() - 1].to_vec()),
        ("more-inside", der::with_more_inside(&good, &[0])),
        ("long-length", der::with_long_length(&good)),
        ("empty-directory", der::sequence(&[der::explicit(4, &[])])),
        ("directory-as-set", der::sequence(&[der::explicit(4, &[0x31, 0])])),
        ("two-in-one", {
            let two = [tpm_name().to_der(), der::null()].concat();
            der::sequence(&[der::explicit(4, &two)])
        }),
        ("no-set", der::sequence(&[der::explicit(4, &der::sequence(&[der::null()]))])),
        ("no-attribute", {
            der::sequence(&[der::explicit(4, &der::sequence(&[der::set(&[der::null()])]))])
        }),
        ("empty-attribute", with_attribute(&[])),
        ("attribute-without-value", with_attribute(&other)),
        ("attribute-with-two-values", with_attribute(&[&other[..], &[5, 0, 5, 0]].concat())),
    ] {
        cases.push(invalid(with_names(&format!("form/{name}"), &value), NAME));
    }
    for (name, value) in [
        ("no-manufacturer", Vec::new()),
        ("printable-manufacturer", der::printable_string("id:494E5443")),
        ("manufacturer-not-utf-8", der::value(0x0c, b"id:\xff")),
        ("two-manufacturers", [der::utf8_string("id:494E5443"), der::null()].concat()),
    ] {
        let value = with_attribute(&[id.clone(), value].concat());
        cases.push(invalid(with_names(&format!("form/{name}"), &value), MANUFACTURER));
    }
    cases
}

fn manufacturers() -> Vec<Value> {
    let by = |name: &str, manufacturer: &str| {
        let directory = DistinguishedName::new().tpm_manufacturer(manufacturer);
        let directory = directory.tpm_model("Model").tpm_version("id:13");
        with_names(&format!("manufacturer/{name}"), &directories(&[directory]))
    };
    let mut cases = Vec::new();
    // The policy decides whether the manufacturer must be registered.
    for (name, text) in [
        ("lower-case", "id:494e5443"),
        ("zero", "id:00000000"),
        ("conformance-tools", "id:FFFFF1D0"),
    ] {
        cases.push(by(name, text).accept());
    }
    for (name, text) in [
        ("no-prefix", "494E5443"),
        ("upper-case-prefix", "ID:494E5443"),
        ("7-digits", "id:494E544"),
        ("9-digits", "id:494E54433"),
        ("letter", "id:494E544G"),
        ("sign", "id:+94E5443"),
        ("space", "id: 94E5443"),
        ("name", "Intel"),
    ] {
        cases.push(invalid(by(name, text), MANUFACTURER));
    }
    cases
}

/// The version, the extended key usage and the basic constraints.
fn others() -> Vec<Value> {
    let usage = |name: &str, value: Option<&[u8]>| {
        let certificate = bare().basic_constraints(false, None);
        let certificate = certificate.subject_alt_name(true, &tpm_name().to_der());
        let certificate = match value {
            Some(value) => certificate.extension(EXTENDED_KEY_USAGE, false, value),
            None => certificate,
        };
        with(&format!("extended-key-usage/{name}"), "TPM-14", certificate)
    };
    let purposes = |purposes: &[&[u64]]| {
        let purposes = purposes.iter().map(|purpose| der::object_identifier(purpose));
        der::sequence(&purposes.collect::<Vec<_>>())
    };
    let constraints = |name: &str, value: Option<&[u8]>| {
        let certificate = bare().extended_key_usage(&[AIK]);
        let certificate = certificate.subject_alt_name(true, &tpm_name().to_der());
        let certificate = match value {
            Some(value) => certificate.extension(BASIC_CONSTRAINTS, true, value),
            None => certificate,
        };
        with(&format!("basic-constraints/{name}"), "KB-29", certificate)
    };
    let field = "x5c[0].extendedKeyUsage";
    let mut cases = vec![
        usage("first", Some(&purposes(&[AIK, EK]))).accept(),
        usage("last", Some(&purposes(&[EK, AIK]))).accept(),
        constraints("explicit-default", Some(&[0x30, 3, 1, 1, 0])).accept(),
        invalid(constraints("missing", None), "x5c[0].basicConstraints"),
        invalid(constraints("unreadable", Some(&[0x31, 0])), "x5c[0].basicConstraints"),
        invalid(constraints("ca", Some(&[0x30, 3, 1, 1, 0xff])), "x5c[0].basicConstraints"),
        invalid(with("version-1", "TPM-11", bare().version(None)), "x5c[0].version"),
        invalid(with("version-2", "TPM-11", bare().version(Some(1))), "x5c[0].version"),
    ];
    for (name, value) in [
        ("missing", None),
        ("empty-list", Some(purposes(&[]))),
        ("other", Some(purposes(&[EK]))),
        // anyExtendedKeyUsage does not name the purpose.
        ("any", Some(purposes(&[&[2, 5, 29, 37, 0]]))),
        ("longer-identifier", Some(purposes(&[&[2, 23, 133, 8, 3, 1]]))),
        ("unreadable", Some(vec![0x30, 0x80])),
        ("set", Some(der::set(&[der::object_identifier(AIK)]))),
        ("trailing-byte", Some([purposes(&[AIK]), vec![0]].concat())),
        ("null-behind", Some(der::sequence(&[der::object_identifier(AIK), der::null()]))),
    ] {
        cases.push(invalid(usage(name, value.as_deref()), field));
    }
    let empty_text = CertificateBuilder::new(
        &DistinguishedName::new().common_name(""),
        &key("aik").public_numbers(),
    );
    cases.push(invalid(with("subject-with-empty-text", "TPM-11", empty_text), "x5c[0].subject"));
    cases
}

fn aaguids() -> Vec<Value> {
    let with_aaguid = |name: &str, critical: bool, value: &[u8]| {
        with(&format!("aaguid/{name}"), "TPM-15", aik().extension(ID_AAGUID, critical, value))
    };
    let mut cases = vec![
        with("aaguid/missing", "TPM-15", aik()).accept(),
        with_aaguid("critical", true, &der::octet_string(&AAGUID)).accept(),
        with_aaguid("not-critical", false, &der::octet_string(&AAGUID)).accept(),
    ];
    for (name, value) in [
        ("other", der::octet_string(&[7; 16])),
        ("15-bytes", der::octet_string(&AAGUID[..15])),
        ("without-octet-string", AAGUID.to_vec()),
    ] {
        let case = with_aaguid(name, false, &value);
        cases.push(case.reject_field("AaguidMismatch", "22", "x5c[0].aaguid"));
    }
    cases
}
