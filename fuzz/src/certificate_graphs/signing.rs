//! Certificates in DER, from their descriptions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use p256::ecdsa::Signature;
use webauthn_verify_authenticator::certificates::{ECDSA_WITH_SHA256, SUBJECT_ALT_NAME};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey, der};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::graph::{
    Attribute, Certificate, GeneralName, KEYS, NAMES, NameConstraints, TIMES, Version,
};

const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
const UNKNOWN: &[u64] = &[1, 2, 3];

/// The number of certificates that are kept, of about 500 bytes each.
const KEPT: usize = 8192;

thread_local! {
    static KEYS_IN_USE: [PrivateKey; KEYS] = std::array::from_fn(|number| {
        PrivateKey::from_seed(-7, format!("graph {number}").as_bytes()).unwrap()
    });

    /// Certificates that were signed before, because signing is slow.
    static SIGNED: RefCell<HashMap<Certificate, Rc<Vec<u8>>>> = RefCell::default();
}

/// Returns the certificate in DER.
pub fn sign(certificate: &Certificate) -> Rc<Vec<u8>> {
    SIGNED.with_borrow_mut(|signed| {
        if let Some(der) = signed.get(certificate) {
            return Rc::clone(der);
        }
        if signed.len() == KEPT {
            signed.clear();
        }
        let der = Rc::new(sign_anew(certificate));
        signed.insert(certificate.clone(), Rc::clone(&der));
        der
    })
}

fn sign_anew(certificate: &Certificate) -> Vec<u8> {
    let [not_before, not_after] = certificate.validity.map(|end| TIMES[end].0);
    let der = KEYS_IN_USE.with(|keys| {
        let public = keys[certificate.key].public_numbers();
        let builder = CertificateBuilder::new(&distinguished(certificate.subject), &public)
            .issuer(&distinguished(certificate.issuer))
            .serial_number(&[certificate.serial_number])
            .validity(not_before, not_after);
        with_extensions(builder, certificate).sign(&keys[certificate.signer])
    });
    if certificate.other_signature { with_other_signature(&der) } else { der }
}

fn with_extensions(
    mut builder: CertificateBuilder,
    certificate: &Certificate,
) -> CertificateBuilder {
    if let Some(constraints) = certificate.basic_constraints {
        let mut fields = Vec::new();
        if constraints.ca {
            fields.push(der::boolean(true));
        }
        fields.extend(constraints.path_length.map(|length| der::integer(&[length])));
        let value = der::sequence(&fields);
        builder = builder.extension(BASIC_CONSTRAINTS, constraints.critical, &value);
    }
    if let Some(bits) = certificate.key_usage {
        builder = builder.key_usage(bits);
    }
    if let Some(critical) = certificate.unknown {
        builder = builder.extension(UNKNOWN, critical, &der::null());
    }
    if !certificate.alternatives.is_empty() {
        let names = certificate.alternatives.iter().map(general_name).collect::<Vec<_>>();
        let critical = certificate.critical_alternatives;
        builder = builder.extension(SUBJECT_ALT_NAME, critical, &der::sequence(&names));
    }
    if let Some(constraints) = &certificate.name_constraints {
        let value = name_constraints(constraints);
        builder = builder.extension(NAME_CONSTRAINTS, constraints.critical, &value);
    }
    match certificate.version {
        Version::Three => builder,
        Version::One => builder.version(None).without_extensions(),
        // At least one extension, which no rule forbids in version 3.
        Version::OneExtended => builder.version(None).extension(&[1, 2, 4], false, &[]),
    }
}

fn name_constraints(constraints: &NameConstraints) -> Vec<u8> {
    // [0] and [1], each an implicit SEQUENCE OF.
    let subtrees = |number: u32, bases: &[GeneralName]| {
        let subtree = |base| der::sequence(&[general_name(base)]);
        let subtrees: Vec<_> = bases.iter().map(subtree).collect();
        if bases.is_empty() { Vec::new() } else { der::explicit(number, &subtrees.concat()) }
    };
    der::sequence(&[subtrees(0, &constraints.permitted), subtrees(1, &constraints.excluded)])
}

fn general_name(name: &GeneralName) -> Vec<u8> {
    match name {
        GeneralName::Mail => der::implicit(1, b"a@host.example"),
        GeneralName::Host(host) => der::implicit(2, host.as_bytes()),
        GeneralName::Directory(name) => der::explicit(4, &distinguished(*name).to_der()),
        GeneralName::Address(bytes) => der::implicit(7, bytes),
    }
}

fn distinguished(name: usize) -> DistinguishedName {
    NAMES[name].iter().fold(DistinguishedName::new(), |name, attribute| match attribute {
        Attribute::Organization(text) => name.organization(text),
        Attribute::PrintableOrganization(text) => {
            name.attribute(ORGANIZATION, der::printable_string(text))
        }
        Attribute::CommonName(text) => name.common_name(text),
    })
}

/// Returns the certificate with n - s in place of s, which is valid too.
fn with_other_signature(certificate: &[u8]) -> Vec<u8> {
    let (_, read) = X509Certificate::from_der(certificate).unwrap();
    let signature = Signature::from_der(&read.signature_value.data).unwrap();
    let (r, s) = signature.split_scalars();
    let other = Signature::from_scalars(r, -s).unwrap();
    der::sequence(&[
        read.tbs_certificate.as_ref().to_vec(),
        der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256)]),
        der::bit_string(0, other.to_der().as_bytes()),
    ])
}
