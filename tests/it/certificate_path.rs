//! Path validation (RFC 5280, section 6): the chains of certificates that lead to a trust anchor,
//! and those that must not.
#![cfg(feature = "attestation")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use webauthn_verify::certificate::{Revocations, TrustAnchor, TrustPath, verify_path};
use webauthn_verify::{Algorithm, ErrorKind, Failure, Quirk, Quirks};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey, der};

use crate::common::certificates::*;

fn anchors(certificates: &[&Vec<u8>]) -> Vec<TrustAnchor> {
    certificates.iter().map(|der| TrustAnchor::from_der(der.as_slice()).unwrap()).collect()
}

fn verify_at(
    chain: &[&Vec<u8>],
    trusted: &[&Vec<u8>],
    now: SystemTime,
) -> Result<TrustPath, Failure> {
    let chain: Vec<&[u8]> = chain.iter().map(|der| der.as_slice()).collect();
    verify_path(&chain, &anchors(trusted), now, Quirks::NONE)
}

fn verify(chain: &[&Vec<u8>], trusted: &[&Vec<u8>]) -> Result<TrustPath, Failure> {
    verify_at(chain, trusted, now())
}

#[track_caller]
fn assert_trusted(result: Result<TrustPath, Failure>) {
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

/// Checks that the chain is not trusted for this reason.
#[track_caller]
fn assert_untrusted(result: Result<TrustPath, Failure>, reason: &str) {
    let Err(failure) = result else { panic!("trusted, expected: {reason}") };
    assert_eq!(failure.kind(), ErrorKind::UntrustedAttestation, "{failure}");
    assert!(failure.to_string().contains(reason), "{failure}");
}

/// Checks that this certificate is trusted. The anchor "root" issued it.
#[track_caller]
fn assert_good(certificate: &Vec<u8>) {
    let path = verify(&[certificate], &[&root("root")]).unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
}

/// Checks that this certificate is not trusted for this reason. The anchor "root" issued it.
#[track_caller]
fn assert_bad(certificate: &Vec<u8>, reason: &str) {
    assert_untrusted(verify(&[certificate], &[&root("root")]), reason);
}

/// Returns a certificate with the name of "root" for another key.
fn twin_of_root() -> Vec<u8> {
    let key = key("another key");
    CertificateBuilder::new(&name("root"), &key.public_numbers())
        .basic_constraints(true, None)
        .sign(&key)
}

fn good_leaf() -> Vec<u8> {
    issued_by("root", leaf())
}

#[test]
fn x509_01_trailing_bytes_after_a_certificate_are_rejected() {
    assert_good(&good_leaf());
    assert_bad(&[good_leaf(), vec![0]].concat(), "should end here");
    assert_bad(&good_leaf()[..good_leaf().len() - 1].to_vec(), "does not parse");
    assert_bad(&Vec::new(), "does not parse");
    assert!(TrustAnchor::from_der([root("root"), vec![0]].concat()).is_err());
    assert!(TrustAnchor::from_der(root("root")).is_ok());
}

#[test]
fn x509_01_a_repeated_extension_is_rejected() {
    let once = leaf().extension(&[1, 2, 3], false, &[5, 0]);
    assert_good(&issued_by("root", once.clone()));
    let twice = once.extension(&[1, 2, 3], false, &[5, 0]);
    assert_bad(&issued_by("root", twice), "extension 1.2.3 occurs twice");
    let two_constraints = leaf().basic_constraints(true, None);
    assert_bad(&issued_by("root", two_constraints), "extension 2.5.29.19 occurs twice");
}

/// Comparing all pairs of many thousand extensions would block the server.
#[test]
fn x509_01_the_size_and_the_number_of_extensions_are_limited() {
    let with = |count: u64| {
        let extensions: Vec<_> = (0..count).map(|i| extension(&[1, 2, i], false, &[])).collect();
        CertificateFields::new().extensions(&extensions).sign(&key("root"))
    };
    assert_good(&with(32));
    assert_bad(&with(33), "more than 32 extensions");
    assert_bad(&with(10_000), "does not parse");
}

#[test]
fn x509_01_lengths_are_minimal() {
    let fields = CertificateFields::new();
    assert_good(&fields.sign(&key("root")));
    assert_bad(&with_long_length(&fields.sign(&key("root"))), "length");
    let long: [fn(&mut CertificateFields); 5] = [
        |fields| fields.serial_number = with_long_length(&fields.serial_number),
        |fields| fields.subject = with_long_length(&fields.subject),
        |fields| fields.validity = with_long_length(&fields.validity),
        |fields| fields.public_key = with_long_length(&fields.public_key),
        |fields| fields.version = with_long_length(&fields.version),
    ];
    for lengthen in long {
        let mut fields = CertificateFields::new();
        lengthen(&mut fields);
        assert_bad(&fields.sign(&key("root")), "length");
    }
    let signature = fields.sign(&key("root"));
    let indefinite = [&[0x30, 0x80], &signature[4..], &[0, 0]].concat();
    assert_bad(&indefinite, "length");
}

#[test]
fn x509_01_trailing_bytes_inside_a_sequence_are_rejected() {
    let more = |element: &Vec<u8>| with_more_inside(element, &der::null());
    let none = extension(&[1, 2, 3], false, &[]);
    assert_good(
        &CertificateFields::new().extensions(std::slice::from_ref(&none)).sign(&key("root")),
    );

    let mut fields = CertificateFields::new();
    fields.after_signature = der::null();
    assert_bad(&fields.sign(&key("root")), "should end here");

    type Change = fn(&mut CertificateFields, fn(&Vec<u8>) -> Vec<u8>);
    let places: [(&str, Change); 6] = [
        ("TBSCertificate", |fields, _| fields.after = der::null()),
        ("version", |fields, more| fields.version = more(&fields.version)),
        ("validity", |fields, more| fields.validity = more(&fields.validity)),
        ("public key", |fields, more| fields.public_key = more(&fields.public_key)),
        ("extension", |fields, more| {
            fields.extensions = der::sequence(&[more(&extension(&[1, 2, 3], false, &[]))]);
        }),
        ("extensions", |fields, _| {
            fields.extensions =
                [der::sequence(&[extension(&[1, 2, 3], false, &[])]), der::null()].concat();
        }),
    ];
    for (place, change) in places {
        let mut fields = CertificateFields::new();
        change(&mut fields, more);
        let failure = verify(&[&fields.sign(&key("root"))], &[&root("root")]);
        assert!(failure.is_err(), "{place}");
        assert_untrusted(failure, "does not parse");
    }

    let attribute = with_more_inside(
        &der::sequence(&[der::object_identifier(&[2, 5, 4, 3]), der::utf8_string("leaf")]),
        &der::null(),
    );
    let mut fields = CertificateFields::new();
    fields.subject = der::sequence(&[der::set(&[attribute])]);
    assert_bad(&fields.sign(&key("root")), "should end here");
}

#[test]
fn x509_01_primitive_values_have_one_encoding() {
    let with = |value: Vec<u8>| {
        let mut fields = CertificateFields::new();
        let attribute = der::sequence(&[der::object_identifier(&[1, 2, 3]), value]);
        fields.subject = der::sequence(&[der::set(&[attribute])]);
        fields.sign(&key("root"))
    };
    for good in [
        der::boolean(true),
        der::boolean(false),
        der::integer(&[0x80]),
        der::value(0x02, &[0x80]),
        der::bit_string(4, &[0xf0]),
        der::bit_string(0, &[]),
        der::null(),
        der::utf8_string("text"),
    ] {
        assert_good(&with(good));
    }
    for bad in [
        der::value(0x01, &[1]),
        der::value(0x01, &[]),
        der::value(0x01, &[0xff, 0xff]),
        der::value(0x02, &[]),
        der::value(0x02, &[0, 0x7f]),
        der::value(0x02, &[0xff, 0x80]),
        der::value(0x03, &[]),
        der::value(0x03, &[1]),
        der::value(0x03, &[8, 0]),
        der::value(0x03, &[4, 0xf8]),
        der::value(0x05, &[0]),
        der::value(0x06, &[]),
        der::value(0x06, &[0x2a, 0x80, 1]),
        der::value(0x06, &[0x2a, 0x81]),
        der::value(0x10, &[]),
        der::value(0x2c, &der::utf8_string("text")),
        der::value(0x1f, &[]),
    ] {
        assert_bad(&with(bad), "does not parse");
    }
    // Nested sequences must not lead to deep recursion.
    let tower = (0..1_000).fold(Vec::new(), |inner, _| der::sequence(&[inner]));
    assert_bad(&with(tower), "does not parse");
}

#[test]
fn x509_01_extensions_require_version_3() {
    let version = |version: Vec<u8>| {
        let mut fields = CertificateFields::new();
        fields.version = version;
        fields
    };
    let some = [extension(&[1, 2, 3], false, &[])];
    let explicit = |number: u8| der::explicit(0, &der::integer(&[number]));
    assert_good(&version(explicit(2)).extensions(&some).sign(&key("root")));
    assert_good(&version(Vec::new()).sign(&key("root")));
    assert_good(&version(explicit(1)).sign(&key("root")));
    let not_3 = "a certificate that is not of version 3 has extensions";
    assert_bad(&version(Vec::new()).extensions(&some).sign(&key("root")), not_3);
    assert_bad(&version(explicit(1)).extensions(&some).sign(&key("root")), not_3);
    assert_bad(&version(explicit(3)).sign(&key("root")), "version");
    assert_bad(&version(explicit(3)).extensions(&some).sign(&key("root")), "version");
}

/// RFC 5280, section 4.1: the list of extensions has at least one element.
#[test]
fn x509_01_an_empty_list_of_extensions_is_rejected() {
    assert_good(&CertificateFields::new().sign(&key("root")));
    assert_bad(&CertificateFields::new().extensions(&[]).sign(&key("root")), "does not parse");
}

#[test]
fn x509_02_each_certificate_names_the_next() {
    let leaf_der = issued_by("two", leaf());
    let (one, two) = (issued_by("root", ca("one")), issued_by("one", ca("two")));
    let path = verify(&[&leaf_der, &two, &one], &[&root("root")]).unwrap();
    assert_eq!(path.intermediates(), [two.clone(), one.clone()]);
    assert_eq!(path.anchor().as_der(), root("root"));
    let swapped = verify(&[&leaf_der, &one, &two], &[&root("root")]);
    assert_untrusted(swapped, "does not name the next certificate");
    let leaf_last = verify(&[&two, &leaf_der, &one], &[&root("root")]);
    assert_untrusted(leaf_last, "may not sign");
}

/// Returns the same common name as a PrintableString.
fn printable(text: &str) -> DistinguishedName {
    DistinguishedName::new().attribute(&[2, 5, 4, 3], der::printable_string(text))
}

#[test]
fn x509_02_equal_names_have_the_same_attributes_with_the_same_text() {
    assert_good(&leaf().issuer(&name("root")).sign(&key("root")));
    assert_good(&leaf().issuer(&printable("root")).sign(&key("root")));
    for other in [
        name("ROOT"),
        name("root "),
        name("roo"),
        name("root").common_name("root"),
        name("root").organization("root"),
        DistinguishedName::new().organization("root"),
        DistinguishedName::new(),
        // IA5String and TeletexString instead of PrintableString and UTF8String.
        DistinguishedName::new().attribute(&[2, 5, 4, 3], der::value(0x16, b"root")),
        DistinguishedName::new().attribute(&[2, 5, 4, 3], der::value(0x14, b"root")),
    ] {
        assert_bad(&leaf().issuer(&other).sign(&key("root")), "no trust anchor");
    }
}

#[test]
fn x509_02_names_are_compared_the_same_way_everywhere() {
    // The anchor and an issuer in the chain are found in either spelling.
    let middle = CertificateBuilder::new(&printable("one"), &key("one").public_numbers())
        .basic_constraints(true, Some(0))
        .issuer(&printable("root"))
        .sign(&key("root"));
    let chain = [issued_by("one", leaf()), middle];
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    assert_trusted(verify_path(&chain, &anchors(&[&root("root")]), now(), Quirks::NONE));

    // A self-issued certificate does not count for the path length of the CA above.
    let renewed = CertificateBuilder::new(&printable("one"), &key("renewed").public_numbers())
        .basic_constraints(true, None)
        .issuer(&name("one"))
        .sign(&key("one"));
    let one = issued_by("root", ca_with_path_length("one", Some(0)));
    let below = leaf().issuer(&name("one")).sign(&key("renewed"));
    assert_trusted(verify(&[&below, &renewed, &one], &[&root("root")]));

    // Revocations and revocation lists of anchors are found in any spelling.
    let spelled = |subject: &DistinguishedName| {
        CertificateBuilder::new(subject, &key("root").public_numbers())
            .basic_constraints(true, None)
            .sign(&key("root"))
    };
    for (issuer, revoked) in [(name("root"), printable("root")), (printable("root"), name("root"))]
    {
        let leaf = leaf().serial_number(&[7]).issuer(&issuer).sign(&key("root"));
        let list = Revocations::new().issued_by(&spelled(&revoked), &[7]).unwrap();
        let anchor = TrustAnchor::from_der(spelled(&issuer)).unwrap();
        let trusted = [anchor.clone().revoking(list.clone())];
        let verdict = verify_path(&[&leaf], &trusted, now(), Quirks::NONE);
        assert_untrusted(verdict, "serial number 07 is revoked");
        // The list is attached to another certificate of the same CA.
        let twin = TrustAnchor::from_der(spelled(&revoked)).unwrap().revoking(list);
        let verdict = verify_path(&[&leaf], &[anchor, twin], now(), Quirks::NONE);
        assert_untrusted(verdict, "serial number 07 is revoked");
    }
}

#[test]
fn x509_02_an_empty_set_of_attributes_is_rejected() {
    let set = |attributes: &[Vec<u8>]| der::value(0x31, &attributes.concat());
    let common_name = der::object_identifier(&[2, 5, 4, 3]);
    let attribute = || der::sequence(&[common_name.clone(), der::utf8_string("leaf")]);
    let with = |sets: &[Vec<u8>]| {
        let mut fields = CertificateFields::new();
        fields.subject = der::sequence(sets);
        fields.sign(&key("root"))
    };
    assert_good(&with(&[set(&[attribute()])]));
    assert_bad(&with(&[set(&[]), set(&[attribute()])]), "an empty set of attributes");
    assert_bad(&with(&[set(&[attribute()]), set(&[])]), "an empty set of attributes");
}

#[test]
fn x509_02_the_order_inside_a_set_does_not_matter() {
    let attribute =
        |oid: u64, text: Vec<u8>| der::sequence(&[der::object_identifier(&[2, 5, 4, oid]), text]);
    let set = |attributes: &[Vec<u8>]| der::sequence(&[der::set(attributes)]);
    let (one, two) = (attribute(3, der::utf8_string("a")), attribute(10, der::utf8_string("b")));
    let two_printable = attribute(10, der::printable_string("b"));
    let root_of = |subject: Vec<u8>| {
        let fields =
            CertificateFields { issuer: subject.clone(), subject, ..CertificateFields::new() };
        CertificateFields {
            public_key: key("root").public_numbers().subject_public_key_info(),
            ..fields
        }
        .extensions(&[extension(BASIC_CONSTRAINTS, true, &der::sequence(&[der::boolean(true)]))])
        .sign(&key("root"))
    };
    let verify_with = |issuer: Vec<u8>, anchor: Vec<u8>| {
        let leaf = CertificateFields { issuer, ..CertificateFields::new() }.sign(&key("root"));
        verify(&[&leaf], &[&root_of(anchor)])
    };
    let pair = [one.clone(), two.clone()];
    let swapped = [two_printable, one.clone()];
    assert_trusted(verify_with(set(&pair), set(&swapped)));
    assert_trusted(verify_with(set(&swapped), set(&pair)));
    // Two sets with one attribute each are a different name. The same holds for more or fewer
    // attributes.
    let apart = der::sequence(&[
        der::set(std::slice::from_ref(&one)),
        der::set(std::slice::from_ref(&two)),
    ]);
    assert_untrusted(verify_with(set(&pair), apart), "no trust anchor");
    let more = [one.clone(), two, one.clone()];
    assert_untrusted(verify_with(set(&pair), set(&more)), "no trust anchor");
    assert_untrusted(verify_with(set(&pair), set(&[one])), "no trust anchor");
}

#[test]
fn x509_03_every_signature_is_verified() {
    let (one, two) = (issued_by("root", ca("one")), issued_by("one", ca("two")));
    let leaf_der = issued_by("two", leaf());
    assert_trusted(verify(&[&leaf_der, &two, &one], &[&root("root")]));

    let invalid = "the signature is not valid";
    let forged_leaf = leaf().issuer(&name("two")).sign(&key("mallory"));
    assert_untrusted(verify(&[&forged_leaf, &two, &one], &[&root("root")]), invalid);
    let forged_middle = ca("two").issuer(&name("one")).sign(&key("mallory"));
    assert_untrusted(verify(&[&leaf_der, &forged_middle, &one], &[&root("root")]), invalid);
    let forged_last = ca("one").issuer(&name("root")).sign(&key("mallory"));
    assert_untrusted(verify(&[&leaf_der, &two, &forged_last], &[&root("root")]), invalid);
}

#[test]
fn x509_03_both_algorithm_identifiers_are_equal() {
    let mut fields = CertificateFields::new();
    assert_good(&fields.sign(&key("root")));
    fields.outer_algorithm = der::sequence(&[der::object_identifier(&[1, 2, 840, 10045, 4, 3, 3])]);
    assert_bad(&fields.sign(&key("root")), "the two signature algorithms of a certificate differ");
}

/// RFC 5758, section 3.2, and RFC 8410, section 3, omit the parameters. RFC 4055, section 5,
/// requires NULL but allows them to be absent.
#[test]
fn x509_03_algorithm_parameters_match_the_algorithm() {
    let identifier = |algorithm: &[u64], parameters: &[Vec<u8>]| {
        der::sequence(&[&[der::object_identifier(algorithm)], parameters].concat())
    };
    let good = identifier(ECDSA_WITH_SHA256, &[]);
    assert_good(&CertificateFields::new().algorithm(good).sign(&key("root")));
    for parameters in [der::null(), der::sequence::<Vec<u8>>(&[]), der::octet_string(b"free")] {
        let bad = identifier(ECDSA_WITH_SHA256, &[parameters]);
        assert_bad(&CertificateFields::new().algorithm(bad).sign(&key("root")), "parameters");
    }

    let rsa_root = rsa_root();
    let by_rsa = |parameters: &[Vec<u8>]| {
        let algorithm = identifier(SHA256_WITH_RSA, parameters);
        let leaf = CertificateFields::new().algorithm(algorithm).sign(&rsa_key());
        verify(&[&leaf], &[&rsa_root])
    };
    assert_trusted(by_rsa(&[der::null()]));
    assert_trusted(by_rsa(&[]));
    assert_untrusted(by_rsa(&[der::octet_string(b"free")]), "parameters");
    let other_class = der::value(0x85, b"");
    assert_untrusted(by_rsa(&[other_class]), "parameters");
    assert_untrusted(by_rsa(&[der::null(), der::null()]), "should end here");

    let ed_key = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"root").unwrap();
    let ed_root = CertificateBuilder::new(&name("root"), &ed_key.public_numbers())
        .basic_constraints(true, None)
        .sign(&ed_key);
    let by_ed25519 = |parameters: &[Vec<u8>]| {
        let algorithm = identifier(&[1, 3, 101, 112], parameters);
        verify(&[&CertificateFields::new().algorithm(algorithm).sign(&ed_key)], &[&ed_root])
    };
    assert_trusted(by_ed25519(&[]));
    assert_untrusted(by_ed25519(&[der::null()]), "parameters");
}

/// RFC 5480, section 2.1.1, RFC 8410, section 3, and RFC 3279, section 2.3.1. The quirk for ECDSA
/// does not apply to other algorithms.
#[test]
fn kb_89_null_parameters_pass_with_ecdsa_only() {
    let ed25519 = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"root").unwrap();
    let anchor = CertificateBuilder::new(&name("root"), &ed25519.public_numbers())
        .basic_constraints(true, None)
        .sign(&ed25519);
    let anchor = TrustAnchor::from_der(anchor).unwrap();
    let algorithm = der::sequence(&[der::object_identifier(&[1, 3, 101, 112]), der::null()]);
    let odd = CertificateFields::new().algorithm(algorithm).sign(&ed25519);
    let quirk = Quirks::NONE.with(Quirk::EcdsaNullParameters);
    assert_untrusted(verify_path(&[&odd], &[anchor], now(), quirk), "parameters");
}

#[test]
fn x509_03_public_key_parameters_match_the_key_type() {
    let bits = |key: &PrivateKey| der::bit_string(0, &key.public_numbers().subject_public_key());
    let chain = |algorithm: &[Vec<u8>], signer: &PrivateKey| {
        let info = der::sequence(&[der::sequence(algorithm), bits(signer)]);
        let issuer = issued_by("root", ca("one").subject_public_key_info(&info));
        let leaf = leaf().issuer(&name("one")).sign(signer);
        verify(&[&leaf, &issuer], &[&root("root")])
    };
    let ec = der::object_identifier(&[1, 2, 840, 10045, 2, 1]);
    let p256 = der::object_identifier(&[1, 2, 840, 10045, 3, 1, 7]);
    let explicit = der::sequence(&[der::integer(&[1])]);
    assert_trusted(chain(&[ec.clone(), p256.clone()], &key("one")));
    let unsupported = "the type of a certificate's public key";
    assert_untrusted(chain(&[ec.clone(), explicit], &key("one")), unsupported);
    assert_untrusted(chain(&[ec.clone(), der::null()], &key("one")), unsupported);
    assert_untrusted(chain(std::slice::from_ref(&ec), &key("one")), unsupported);
    let secp256k1 = der::object_identifier(&[1, 3, 132, 0, 10]);
    assert_untrusted(chain(&[ec.clone(), secp256k1], &key("one")), unsupported);
    let other_tag = der::octet_string(p256.get(2..).unwrap());
    assert_untrusted(chain(&[ec.clone(), other_tag], &key("one")), unsupported);
    assert_untrusted(chain(&[ec, p256, der::null()], &key("one")), "should end here");

    let ed25519 = der::object_identifier(&[1, 3, 101, 112]);
    let ed_key = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"one").unwrap();
    assert_trusted(chain(std::slice::from_ref(&ed25519), &ed_key));
    assert_untrusted(chain(&[ed25519, der::null()], &ed_key), "parameters");

    let rsa = der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 1]);
    assert_trusted(chain(&[rsa.clone(), der::null()], &rsa_key()));
    assert_untrusted(chain(&[rsa.clone(), der::integer(&[1])], &rsa_key()), "parameters");
    assert_untrusted(chain(&[rsa], &rsa_key()), "parameters");
}

/// Old attestation CAs made SHA-1 signatures with RSA keys.
#[test]
fn x509_17_cose_18_sha_1_passes_only_with_its_quirk_and_only_in_certificates() {
    let root = CertificateBuilder::new(&name("root"), &rsa_key().public_numbers())
        .basic_constraints(true, None)
        .sign(&rsa_key());
    let sha1_with_rsa = der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 5]);
    let algorithm = der::sequence(&[sha1_with_rsa, der::null()]);
    // The message to be signed: a leaf without extensions. Its signature follows from its bytes.
    let fields = CertificateFields::new();
    let to_be_signed = der::sequence(&[
        fields.version,
        fields.serial_number,
        algorithm.clone(),
        fields.issuer,
        fields.validity,
        fields.subject,
        fields.public_key,
    ]);
    let sign = |message: &[u8]| {
        let signature = der::bit_string(0, &sign_with_sha1(message));
        der::sequence(&[to_be_signed.clone(), algorithm.clone(), signature])
    };
    let leaf = sign(&to_be_signed);
    let forged = sign(b"another certificate");
    let verify = |leaf: &[u8], quirks| verify_path(&[leaf], &anchors(&[&root]), now(), quirks);
    let tolerant = Quirks::NONE.with(Quirk::Sha1Attestation);
    let others = Quirk::ALL.iter().copied().filter(|quirk| *quirk != Quirk::Sha1Attestation);
    assert_untrusted(verify(&leaf, Quirks::NONE), "1.2.840.113549.1.1.5");
    assert_untrusted(verify(&leaf, others.collect()), "1.2.840.113549.1.1.5");
    assert_trusted(verify(&leaf, tolerant));
    assert_untrusted(verify(&forged, tolerant), "the signature is not valid");

    // No credential can have this algorithm with any quirk, because it is not defined.
    assert_eq!(Algorithm::from_cose_id(-65535), None);
    let credential = rsa_key().public_numbers().cose_key(-65535).unwrap();
    let failure = webauthn_verify::parse::CoseKey::parse(&credential).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::WeakAlgorithm);
    let user = webauthn_verify::User::new(*b"user", "user", "User");
    let registration = webauthn_verify::RegistrationRequest::security_key(&user, &[]);
    let rp = webauthn_verify::RelyingParty::new("example.org", ["https://example.org"]).unwrap();
    let rp = rp.allow_quirks([Quirk::Sha1Attestation]);
    let (options, _) = rp.start_registration(&registration, now()).unwrap();
    assert!(!serde_json::to_string(&options).unwrap().contains("-65535"));
}

#[test]
fn x509_03_keys_of_every_type_can_issue_certificates() {
    for algorithm in [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::EdDsa,
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
    ] {
        let ca_key = match algorithm.key_kind() {
            webauthn_verify::KeyKind::Rsa => rsa_key().with_algorithm(algorithm.cose_id()).unwrap(),
            _ => PrivateKey::from_seed(algorithm.cose_id(), b"root").unwrap(),
        };
        let root = CertificateBuilder::new(&name("root"), &ca_key.public_numbers())
            .basic_constraints(true, None)
            .sign(&ca_key);
        let good = leaf().issuer(&name("root")).sign(&ca_key);
        assert_trusted(verify(&[&good], &[&root]));
        let mut forged = good;
        *forged.last_mut().unwrap() ^= 1;
        assert_untrusted(verify(&[&forged], &[&root]), "the signature is not valid");
    }
}

/// An RSA key inside its bit string must be DER too, and its size must be supported.
#[test]
fn x509_03_an_rsa_key_must_be_der_and_strong() {
    let webauthn_verify_authenticator::PublicNumbers::Rsa { modulus, exponent } =
        rsa_key().public_numbers()
    else {
        panic!("an RSA key has RSA numbers")
    };
    let chain = |numbers: Vec<u8>| {
        let rsa = der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 1]);
        let algorithm = der::sequence(&[rsa, der::null()]);
        let info = der::sequence(&[algorithm, der::bit_string(0, &numbers)]);
        let issuer = issued_by("root", ca("one").subject_public_key_info(&info));
        verify(&[&leaf().issuer(&name("one")).sign(&rsa_key()), &issuer], &[&root("root")])
    };
    let (n, e) = (der::integer(&modulus), der::integer(&exponent));
    assert_trusted(chain(der::sequence(&[n.clone(), e.clone()])));
    let padded = der::value(0x02, &[&[0], &exponent[..]].concat());
    for bad in [
        der::sequence(&[n.clone(), padded]),
        der::sequence(&[n.clone(), e.clone(), der::null()]),
        [der::sequence(&[n.clone(), e.clone()]), der::null()].concat(),
        with_long_length(&der::sequence(&[n.clone(), e.clone()])),
        der::sequence(&[n.clone(), der::value(0x02, &[0xff, 0xff])]),
        der::sequence(std::slice::from_ref(&n)),
    ] {
        assert_untrusted(chain(bad), "RSA key");
    }
    let short = der::integer(&[0xff; 128]);
    assert_untrusted(chain(der::sequence(&[short, e])), "shorter than 2048 bits");
}

const ID_RSASSA_PSS: &[u64] = &[1, 2, 840, 113_549, 1, 1, 10];

/// Returns the parameters of RSASSA-PSS from the content of each field that is present.
fn pss(
    hash: Option<Vec<u8>>,
    mask: Option<Vec<u8>>,
    salt: Option<u8>,
    trailer: Option<u8>,
) -> Vec<u8> {
    let field = |number: u32, content: Option<Vec<u8>>| {
        content.map(|content| der::explicit(number, &content)).unwrap_or_default()
    };
    let parameters = der::sequence(&[
        field(0, hash),
        field(1, mask),
        field(2, salt.map(|length| der::integer(&[length]))),
        field(3, trailer.map(|number| der::integer(&[number]))),
    ]);
    der::sequence(&[der::object_identifier(ID_RSASSA_PSS), parameters])
}

const SHA_1: &[u64] = &[1, 3, 14, 3, 2, 26];
const SHA_256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
const SHA_384: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 2];
const SHA_224: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 4];

fn hash_algorithm(oid: &[u64]) -> Vec<u8> {
    der::sequence(&[der::object_identifier(oid), der::null()])
}

fn mgf1(hash: Vec<u8>) -> Vec<u8> {
    der::sequence(&[der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 8]), hash])
}

/// Returns the numbers of `rsa_key()` for signatures with PSS.
fn pss_key(algorithm: Algorithm) -> PrivateKey {
    rsa_key().with_algorithm(algorithm.cose_id()).unwrap()
}

/// Returns the self-signed certificate of "root", with `rsa_key()` as its key.
fn rsa_root() -> Vec<u8> {
    CertificateBuilder::new(&name("root"), &rsa_key().public_numbers())
        .basic_constraints(true, None)
        .sign(&rsa_key())
}

/// Verifies a certificate that names this algorithm. It is signed with PSS and SHA-256.
fn verify_pss(algorithm: Vec<u8>) -> Result<TrustPath, Failure> {
    let fields = CertificateFields::new().algorithm(algorithm);
    verify(&[&fields.sign(&pss_key(Algorithm::Ps256))], &[&rsa_root()])
}

#[test]
fn x509_03_rsassa_pss_is_accepted_with_sha_2_and_a_salt_of_the_hash_length() {
    let rsa_root = rsa_root();
    for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        let certificate = leaf().issuer(&name("root")).sign(&pss_key(algorithm));
        assert_trusted(verify(&[&certificate], &[&rsa_root]));
        let end = certificate.len() - 1;
        let mut forged = certificate;
        forged[end] ^= 1;
        assert_untrusted(verify(&[&forged], &[&rsa_root]), "the signature is not valid");
        // Signed with a key of another type.
        let mixed = leaf().issuer(&name("root")).sign(&pss_key(algorithm));
        let verdict = verify(&[&mixed], &[&root("root")]);
        assert_untrusted(verdict, "certificate.signature");
    }
}

#[test]
fn x509_03_rsassa_pss_parameters_must_be_explicit() {
    let sha_256 = || hash_algorithm(SHA_256);
    let mask = || Some(mgf1(sha_256()));
    let bare = || der::sequence(&[der::object_identifier(SHA_256)]);
    assert_trusted(verify_pss(pss(Some(sha_256()), mask(), Some(32), None)));
    assert_trusted(verify_pss(pss(Some(sha_256()), mask(), Some(32), Some(1))));
    assert_trusted(verify_pss(pss(Some(bare()), Some(mgf1(bare())), Some(32), None)));
    let sha_1 = || hash_algorithm(SHA_1);
    for (weak, why) in [
        (pss(None, None, None, None), "nothing"),
        (pss(None, mask(), Some(32), None), "no hash"),
        (pss(Some(sha_256()), None, Some(32), None), "no mask"),
        (pss(Some(sha_256()), mask(), None, None), "no length of the salt"),
        (pss(Some(sha_1()), Some(mgf1(sha_1())), Some(20), None), "written out"),
    ] {
        assert!(verify_pss(weak.clone()).is_err(), "{why}");
        assert_untrusted(verify_pss(weak), "SHA-1");
    }
}

#[test]
fn x509_03_rsassa_pss_with_other_parameters_is_rejected() {
    let sha_256 = || hash_algorithm(SHA_256);
    let mask = || Some(mgf1(sha_256()));
    let sha_1 = || hash_algorithm(SHA_1);
    // Another mask generation function with the same hash.
    let other_mask = || der::sequence(&[der::object_identifier(&[1, 2, 3]), sha_256()]);
    for (other, reason) in [
        (pss(Some(sha_256()), Some(mgf1(hash_algorithm(SHA_384))), Some(32), None), "MGF1"),
        (pss(Some(sha_256()), Some(mgf1(sha_1())), Some(32), None), "MGF1"),
        (
            pss(Some(hash_algorithm(SHA_224)), Some(mgf1(hash_algorithm(SHA_224))), Some(28), None),
            "unknown hash",
        ),
        (pss(Some(sha_256()), mask(), Some(20), None), "not as long as the hash"),
        (pss(Some(sha_256()), mask(), Some(33), None), "not as long as the hash"),
        (pss(Some(sha_256()), mask(), Some(0), None), "not as long as the hash"),
        (pss(Some(sha_256()), mask(), Some(32), Some(2)), "trailer"),
        (pss(Some(sha_256()), Some(sha_256()), Some(32), None), "do not parse"),
        (pss(Some(sha_256()), Some(other_mask()), Some(32), None), "MGF1"),
        (pss(Some(der::null()), mask(), Some(32), None), "do not parse"),
        (der::sequence(&[der::object_identifier(ID_RSASSA_PSS)]), "without parameters"),
        (
            der::sequence(&[der::object_identifier(ID_RSASSA_PSS), der::null()]),
            "without parameters",
        ),
    ] {
        assert_untrusted(verify_pss(other), reason);
    }
}

#[cfg(feature = "ml-dsa")]
#[test]
fn x509_03_ml_dsa_keys_and_signatures_are_verified() {
    let all = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];
    let key_of = |algorithm: Algorithm, name: &str| {
        PrivateKey::from_seed(algorithm.cose_id(), name.as_bytes()).unwrap()
    };
    for algorithm in all {
        let (authority, own) = (key_of(algorithm, "root"), key_of(algorithm, "leaf"));
        let anchor = CertificateBuilder::new(&name("root"), &authority.public_numbers())
            .basic_constraints(true, None)
            .sign(&authority);
        let leaf =
            || CertificateBuilder::new(&name("leaf"), &own.public_numbers()).issuer(&name("root"));
        let certificate = leaf().sign(&authority);
        assert_trusted(verify(&[&certificate], &[&anchor]));
        let end = certificate.len() - 1;
        let mut forged = certificate;
        forged[end] ^= 1;
        assert!(verify(&[&forged], &[&anchor]).is_err());
        for other in all.into_iter().filter(|other| *other != algorithm) {
            // The identifier of one algorithm with the key of another.
            let mixed = leaf().sign(&key_of(other, "root"));
            let verdict = verify(&[&mixed], &[&anchor]);
            assert_untrusted(verdict, "the algorithm does not fit the key");
        }
        // Parameters must be absent.
        let arc =
            17 + u64::try_from(all.iter().position(|one| *one == algorithm).unwrap()).unwrap();
        let oid = der::object_identifier(&[2, 16, 840, 1, 101, 3, 4, 3, arc]);
        let fields = CertificateFields::new().algorithm(der::sequence(&[oid.clone(), der::null()]));
        assert_untrusted(verify(&[&fields.sign(&authority)], &[&anchor]), "parameters");
        // A key that is too short.
        let short =
            [&[0][..], &vec![7; own.public_numbers().subject_public_key().len() - 1]].concat();
        let info = der::sequence(&[der::sequence(&[oid]), der::value(0x03, &short)]);
        let odd =
            leaf().subject_public_key_info(&info).basic_constraints(true, None).sign(&authority);
        let below = bare("below").issuer(&name("leaf")).sign(&own);
        assert_untrusted(verify(&[&below, &odd], &[&anchor]), "wrong length");
    }
}

#[test]
fn x509_04_both_ends_of_the_validity_period_are_inclusive() {
    let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(seconds);
    // 2025-06-15 15:06:40.
    let begins = leaf().validity("250615150640Z", "260101000000Z");
    let ends = leaf().validity("250101000000Z", "250615150640Z");
    let check = |certificate: &CertificateBuilder, now: SystemTime| {
        let leaf = issued_by("root", certificate.clone());
        verify_at(&[&leaf], &[&root("root")], now)
    };
    assert_trusted(check(&begins, at(NOW)));
    assert_untrusted(check(&begins, at(NOW - 1)), "not at the given time");
    let just_before = at(NOW) - Duration::from_nanos(1);
    assert_untrusted(check(&begins, just_before), "not at the given time");
    assert_trusted(check(&ends, at(NOW)));
    assert_untrusted(check(&ends, at(NOW + 1)), "not at the given time");
}

#[test]
fn x509_04_every_certificate_must_be_valid_at_the_time() {
    let chain_with = |leaf_ends: &str, one_ends: &str, root_ends: &str| {
        let leaf = issued_by("one", leaf().validity("240101000000Z", leaf_ends));
        let one = issued_by("root", ca("one").validity("240101000000Z", one_ends));
        let root = issued_by("root", ca("root").validity("240101000000Z", root_ends));
        verify(&[&leaf, &one], &[&root])
    };
    let (past, future) = ("250101000000Z", "260101000000Z");
    assert_trusted(chain_with(future, future, future));
    let reason = "a certificate is valid from Jan  1 00:00:00 2024 +00:00 to Jan  1 00:00:00 2025 \
                  +00:00, not at the given time";
    assert_untrusted(chain_with(past, future, future), reason);
    assert_untrusted(chain_with(future, past, future), "not at the given time");
    assert_untrusted(chain_with(future, future, past), "not at the given time");
}

#[test]
fn x509_04_times_are_utc_to_the_second() {
    let with = |not_before: Vec<u8>, not_after: Vec<u8>| {
        let mut fields = CertificateFields::new();
        fields.validity = der::sequence(&[not_before, not_after]);
        fields.sign(&key("root"))
    };
    let start = || der::time("240101000000Z");
    let end = || der::time("491231235959Z");
    assert_good(&with(start(), end()));
    assert_good(&with(der::time("20240101000000Z"), der::time("99991231235959Z")));
    assert_good(&with(der::time("500101000000Z"), end()));
    assert_bad(&with(der::time("24500101000000Z"), end()), "not at the given time");
    assert_bad(&with(start(), der::time("500101000000Z")), "not at the given time");
    for text in ["2401010000Z", "240101000000+0100", "2401010000000", "24010100000aZ"] {
        assert_bad(&with(der::value(0x17, text.as_bytes()), end()), "does not parse");
    }
    for text in ["20240101000000.5Z", "20240101000000", "202401010000Z", "20240101000000+0000"] {
        assert_bad(&with(der::value(0x18, text.as_bytes()), end()), "does not parse");
    }
    assert_bad(&with(der::time("241301000000Z"), end()), "does not parse");
    assert_bad(&with(der::utf8_string("240101000000Z"), end()), "does not parse");
}

#[test]
fn x509_04_times_before_the_epoch_and_far_in_the_future_are_compared() {
    let old = issued_by("root", leaf().validity("500101000000Z", "700101000000Z"));
    let old_root = issued_by("root", ca("root").validity("500101000000Z", "491231235959Z"));
    assert_trusted(verify_at(&[&old], &[&old_root], UNIX_EPOCH));
    assert_trusted(verify_at(&[&old], &[&old_root], UNIX_EPOCH - Duration::from_millis(500)));
    let later = UNIX_EPOCH + Duration::from_secs(1);
    assert_untrusted(verify_at(&[&old], &[&old_root], later), "not at the given time");
    let earlier = UNIX_EPOCH - Duration::from_secs(40 * 366 * 86_400);
    assert_untrusted(verify_at(&[&old], &[&old_root], earlier), "not at the given time");
}

#[test]
fn x509_05_issuers_must_be_cas_by_basic_constraints() {
    let chain = |issuer: CertificateBuilder| {
        let issuer = issued_by("root", issuer);
        verify(&[&issued_by("one", leaf()), &issuer], &[&root("root")])
    };
    let usage = CertificateBuilder::KEY_CERT_SIGN;
    assert_trusted(chain(bare("one").basic_constraints(true, None).key_usage(usage)));
    let not_ca = "not a CA";
    assert_untrusted(chain(bare("one").basic_constraints(false, None).key_usage(usage)), not_ca);
    assert_untrusted(chain(bare("one").key_usage(usage)), not_ca);
    assert_untrusted(chain(bare("one")), not_ca);
    assert_untrusted(chain(bare("one").version(None)), not_ca);

    let not_ca_root = issued_by("root", bare("root").basic_constraints(false, None));
    assert_untrusted(verify(&[&good_leaf()], &[&not_ca_root]), not_ca);
    // If another CA issued the anchor, the anchor is a CA only if its certificate declares it.
    let unsaid = issued_by("above", bare("root"));
    assert_untrusted(verify(&[&good_leaf()], &[&unsaid]), not_ca);
    assert_untrusted(
        verify(&[&good_leaf()], &[&issued_by("above", bare("root").version(None))]),
        not_ca,
    );
}

#[test]
fn x509_05_kb_88_an_anchor_is_a_name_and_a_key() {
    let anchored =
        |anchor: CertificateBuilder| verify(&[&good_leaf()], &[&issued_by("root", anchor)]);
    assert_trusted(anchored(bare("root")));
    assert_trusted(anchored(bare("root").version(None)));
    assert_trusted(anchored(bare("root").version(Some(1))));
    assert_trusted(anchored(bare("root").key_usage(CertificateBuilder::DIGITAL_SIGNATURE)));
    assert_trusted(anchored(bare("root").subject_key_identifier()));
    let spelled = CertificateBuilder::new(&printable("root"), &key("root").public_numbers())
        .issuer(&name("root"))
        .sign(&key("root"));
    assert_trusted(verify(&[&good_leaf()], &[&spelled]));
    // The anchor may also be in the chain and issue CA certificates.
    let one = issued_by("root", ca("one"));
    let version_1 = issued_by("root", bare("root").version(None));
    assert_trusted(verify(&[&issued_by("one", leaf()), &one, &version_1], &[&version_1]));

    // The extensions of an anchor are enforced.
    assert_untrusted(anchored(bare("root").basic_constraints(false, None)), "not a CA");
    let usage = bare("root").basic_constraints(true, None);
    assert_untrusted(anchored(usage.key_usage(CertificateBuilder::CRL_SIGN)), "may not sign");
    let critical = bare("root").extension(&[1, 2, 3, 4], true, &[5, 0]);
    assert_untrusted(anchored(critical), "critical extension 1.2.3.4 is unknown");
    let expired = bare("root").version(None).validity("240101000000Z", "250101000000Z");
    assert_untrusted(anchored(expired), "is valid from");
    let short = issued_by("root", bare("root").basic_constraints(true, Some(0)));
    assert_untrusted(verify(&[&issued_by("one", leaf()), &one], &[&short]), "path length");

    // Without the trust of an anchor, this certificate is not a CA.
    let unsaid = issued_by("root", bare("one"));
    let self_issued = issued_by("root", bare("root"));
    assert_untrusted(verify(&[&issued_by("one", leaf()), &unsaid], &[&root("root")]), "not a CA");
    assert_untrusted(verify(&[&good_leaf(), &self_issued], &[&root("other")]), "not a CA");
}

#[test]
fn x509_05_trailing_bytes_in_basic_constraints_are_rejected() {
    let chain = |value: &[u8]| {
        let issuer = issued_by("root", bare("one").extension(BASIC_CONSTRAINTS, true, value));
        verify(&[&issued_by("one", leaf()), &issuer], &[&root("root")])
    };
    let yes = der::boolean(true);
    assert_trusted(chain(&der::sequence(std::slice::from_ref(&yes))));
    assert_trusted(chain(&der::sequence(&[yes.clone(), der::integer(&[0])])));
    assert_trusted(chain(&der::sequence(&[yes.clone(), der::integer(&[1, 0, 0, 0, 0])])));
    for bad in [
        [der::sequence(std::slice::from_ref(&yes)), der::null()].concat(),
        der::sequence(&[yes.clone(), der::integer(&[0]), der::null()]),
        der::sequence(&[yes.clone(), der::value(0x02, &[0xff])]),
        der::sequence(&[yes.clone(), der::value(0x02, &[0, 1])]),
        der::sequence(&[yes.clone(), der::value(0x02, &[])]),
        der::sequence(&[yes.clone(), der::value(0x02, &[1; 9])]),
        der::sequence(&[der::integer(&[1]), yes.clone()]),
        der::sequence(&[der::value(0x01, &[1])]),
        der::sequence(&[der::value(0x01, &[])]),
        with_long_length(&der::sequence(std::slice::from_ref(&yes))),
        der::set(std::slice::from_ref(&yes)),
        yes.clone(),
        Vec::new(),
    ] {
        assert_untrusted(chain(&bad), "basicConstraints does not parse");
    }
    // The same applies to the leaf, which is not an issuer.
    let odd_leaf = bare("leaf").extension(BASIC_CONSTRAINTS, true, &der::set(&[yes]));
    assert_bad(&issued_by("root", odd_leaf), "basicConstraints does not parse");
}

#[test]
fn x509_06_path_length_counts_intermediates() {
    let chain = |limit: u8| {
        let root = issued_by("root", ca_with_path_length("root", Some(limit)));
        let (one, two) = (issued_by("root", ca("one")), issued_by("one", ca("two")));
        verify(&[&issued_by("two", leaf()), &two, &one], &[&root])
    };
    assert_trusted(chain(3));
    assert_trusted(chain(2));
    assert_untrusted(chain(1), "path length");
    assert_untrusted(chain(0), "path length");

    // The leaf does not count.
    let root_0 = issued_by("root", ca_with_path_length("root", Some(0)));
    assert_trusted(verify(&[&good_leaf()], &[&root_0]));
    let one = issued_by("root", ca("one"));
    assert_untrusted(verify(&[&issued_by("one", leaf()), &one], &[&root_0]), "path length");
}

#[test]
fn x509_06_the_path_length_of_an_intermediate_is_enforced() {
    let chain = |limit: Option<u8>| {
        let one = issued_by("root", ca_with_path_length("one", limit));
        let two = issued_by("one", ca("two"));
        verify(&[&issued_by("two", leaf()), &two, &one], &[&root("root")])
    };
    assert_trusted(chain(None));
    assert_trusted(chain(Some(1)));
    assert_untrusted(chain(Some(0)), "path length");
}

#[test]
fn x509_06_a_path_length_can_have_more_than_one_byte() {
    let with_limit = |limit: &[u8]| {
        let constraints = der::sequence(&[der::boolean(true), der::integer(limit)]);
        let root = issued_by("root", bare("root").extension(BASIC_CONSTRAINTS, true, &constraints));
        let one = issued_by("root", ca("one"));
        verify(&[&issued_by("one", leaf()), &one], &[&root])
    };
    assert_trusted(with_limit(&[1, 0]));
    assert_trusted(with_limit(&[1; 8]));
    assert_untrusted(with_limit(&[0]), "path length");
    assert_untrusted(with_limit(&[1; 9]), "the number is too large");
}

#[test]
fn x509_06_self_issued_intermediates_are_not_counted() {
    // The CA "one" has changed its key: the old key signs for the new one.
    let old = issued_by("root", ca_with_path_length("one", Some(0)));
    let new_key = key("one, second key");
    let rolled = CertificateBuilder::new(&name("one"), &new_key.public_numbers())
        .basic_constraints(true, None)
        .sign(&key("one"));
    let leaf = leaf().issuer(&name("one")).sign(&new_key);
    assert_trusted(verify(&[&leaf, &rolled, &old], &[&root("root")]));
    let none_left = issued_by("root", ca_with_path_length("root", Some(0)));
    assert_untrusted(verify(&[&leaf, &rolled, &old], &[&none_left]), "path length");
}

#[test]
fn x509_07_issuers_must_be_allowed_to_sign_certificates() {
    let chain = |issuer: CertificateBuilder| {
        let issuer = issued_by("root", issuer.basic_constraints(true, None));
        verify(&[&issued_by("one", leaf()), &issuer], &[&root("root")])
    };
    let (sign, crl) = (CertificateBuilder::KEY_CERT_SIGN, CertificateBuilder::CRL_SIGN);
    assert_trusted(chain(bare("one").key_usage(sign)));
    assert_trusted(chain(bare("one").key_usage(sign | crl)));
    assert_trusted(chain(bare("one")));
    let may_not = "may not sign certificates";
    assert_untrusted(chain(bare("one").key_usage(crl)), may_not);
    let digital_signature = CertificateBuilder::DIGITAL_SIGNATURE;
    assert_untrusted(chain(bare("one").key_usage(digital_signature)), may_not);

    let crl_root = bare("root").basic_constraints(true, None).key_usage(crl);
    assert_untrusted(verify(&[&good_leaf()], &[&issued_by("root", crl_root)]), may_not);
}

#[test]
fn x509_07_an_attestation_key_must_be_allowed_to_sign() {
    let with = |usage: u8| issued_by("root", bare("leaf").key_usage(usage));
    let (sign, crl) = (CertificateBuilder::DIGITAL_SIGNATURE, CertificateBuilder::CRL_SIGN);
    assert_good(&with(sign));
    assert_good(&with(sign | crl));
    assert_good(&issued_by("root", bare("leaf")));
    assert_bad(&with(crl), "may not sign");
    assert_bad(&with(CertificateBuilder::KEY_CERT_SIGN), "may not sign");
}

#[test]
fn x509_07_trailing_bytes_in_key_usage_are_rejected() {
    let with = |value: &[u8]| issued_by("root", bare("leaf").extension(KEY_USAGE, true, value));
    assert_good(&with(&der::bit_string(7, &[0x80])));
    // Nine bits, including decipherOnly.
    assert_good(&with(&der::bit_string(7, &[0x80, 0x80])));
    // Trailing zero bits are not DER, but they occur in practice.
    assert_good(&with(&der::bit_string(0, &[0x80])));
    assert_bad(&with(&der::bit_string(0, &[])), "may not sign");
    for bad in [
        [der::bit_string(7, &[0x80]), der::null()].concat(),
        der::value(0x03, &[0x03, 0x84]),
        der::value(0x03, &[]),
        der::octet_string(&[7, 0x80]),
        with_long_length(&der::bit_string(7, &[0x80])),
        Vec::new(),
    ] {
        assert_bad(&with(&bad), "keyUsage does not parse");
    }
}

#[test]
fn x509_08_an_anchor_can_be_a_root_an_intermediate_or_the_leaf() {
    let (leaf, one) = (issued_by("one", leaf()), issued_by("root", ca("one")));
    let chain = [&leaf, &one];

    let to_root = verify(&chain, &[&root("root")]).unwrap();
    assert_eq!(to_root.anchor().as_der(), root("root"));
    assert_eq!(to_root.intermediates(), std::slice::from_ref(&one));

    let to_one = verify(&chain, &[&one]).unwrap();
    assert_eq!(to_one.anchor().as_der(), one);
    assert!(to_one.intermediates().is_empty());

    let to_leaf = verify(&chain, &[&leaf]).unwrap();
    assert_eq!(to_leaf.anchor().as_der(), leaf);
    assert!(to_leaf.intermediates().is_empty());
    // Every byte must match: another certificate with the name and the key of the leaf is not the
    // leaf.
    let sibling = issued_by("one", self::leaf().serial_number(&[2]));
    assert_untrusted(verify(&chain, &[&sibling]), "no trust anchor");

    assert_untrusted(verify(&chain, &[&root("elsewhere")]), "no trust anchor");
}

#[test]
fn kb_70_a_leaf_is_an_anchor_only_if_every_byte_is_equal() {
    let leaf_der = issued_by("maker", leaf());
    assert_trusted(verify(&[&leaf_der], &[&leaf_der]));
    let sibling = issued_by("maker", leaf().serial_number(&[2]));
    assert_untrusted(verify(&[&sibling], &[&leaf_der]), "no trust anchor");
    let copy = leaf().issuer(&name("maker")).sign(&key("mallory"));
    assert_untrusted(verify(&[&copy], &[&leaf_der]), "no trust anchor");
    let expired = issued_by("maker", leaf().validity("230101000000Z", "240101000000Z"));
    assert_untrusted(verify(&[&expired], &[&expired]), "not at the given time");
}

#[test]
fn kb_01_a_root_in_x5c_is_not_an_anchor() {
    let (leaf, fake) = (issued_by("mallory", leaf()), root("mallory"));
    assert_untrusted(verify(&[&leaf, &fake], &[&root("root")]), "no trust anchor");
    assert_trusted(verify(&[&leaf, &fake], &[&root("root"), &fake]));
}

#[test]
fn x509_09_a_self_signed_certificate_is_not_an_anchor() {
    let own = issued_by("leaf", leaf());
    assert_untrusted(verify(&[&own], &[&root("root")]), "no trust anchor");
    let same_name = leaf().issuer(&name("root")).sign(&key("leaf"));
    assert_untrusted(verify(&[&same_name], &[&root("root")]), "the signature is not valid");
    assert_trusted(verify(&[&own], &[&own]));
}

#[test]
fn x509_10_the_chain_may_include_the_anchor() {
    let (leaf, one) = (issued_by("one", leaf()), issued_by("root", ca("one")));
    let path = verify(&[&leaf, &one, &root("root")], &[&root("root")]).unwrap();
    assert_eq!(path.intermediates(), std::slice::from_ref(&one));
    // And the chain may continue after it.
    let path = verify(&[&leaf, &one, &root("root")], &[&one]).unwrap();
    assert!(path.intermediates().is_empty());
    assert_eq!(path.anchor().as_der(), one);
}

#[test]
fn x509_11_every_anchor_with_the_issuer_name_is_tried() {
    let twin = twin_of_root();
    for trusted in [[&twin, &root("root")], [&root("root"), &twin]] {
        let path = verify(&[&good_leaf()], &trusted).unwrap();
        assert_eq!(path.anchor().as_der(), root("root"));
    }
    let expired = issued_by("root", ca("root").validity("230101000000Z", "240101000000Z"));
    for trusted in [[&expired, &root("root")], [&root("root"), &expired]] {
        assert_trusted(verify(&[&good_leaf()], &trusted));
    }
    assert_untrusted(verify(&[&good_leaf()], &[&twin]), "the signature is not valid");
    assert_untrusted(verify(&[&good_leaf()], &[&twin, &expired]), "not at the given time");
}

#[test]
fn kb_36_a_second_root_with_the_same_name_is_found() {
    let by_twin = leaf().issuer(&name("root")).sign(&key("another key"));
    for trusted in [[&twin_of_root(), &root("root")], [&root("root"), &twin_of_root()]] {
        let path = verify(&[&by_twin], &trusted).unwrap();
        assert_eq!(path.anchor().as_der(), twin_of_root());
        let path = verify(&[&good_leaf()], &trusted).unwrap();
        assert_eq!(path.anchor().as_der(), root("root"));
    }
    assert_untrusted(verify(&[&by_twin], &[&root("root")]), "the signature is not valid");
}

#[test]
fn x509_11_the_number_of_anchors_with_the_same_name_is_limited() {
    let twins = |count: usize| -> Vec<Vec<u8>> { vec![twin_of_root(); count] };
    let with_right_one_last = |count: usize| {
        let (twins, root) = (twins(count), root("root"));
        let trusted: Vec<_> = twins.iter().chain([&root]).collect();
        verify(&[&good_leaf()], &trusted)
    };
    assert_trusted(with_right_one_last(127));
    let kind = with_right_one_last(128).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::TooManySignatureChecks);

    // After the right one, only anchors with a list are tried: nobody may skip a list.
    let with_right_one_first = |chain: &[&[u8]], revocations: Option<Revocations>| {
        let twin = TrustAnchor::from_der(twin_of_root()).unwrap();
        let twin = match revocations {
            Some(list) => twin.revoking(list),
            None => twin,
        };
        let mut anchors = vec![twin; 128];
        anchors.insert(0, TrustAnchor::from_der(root("root")).unwrap());
        verify_path(chain, &anchors, now(), Quirks::NONE)
    };
    let leaf_of_root = good_leaf();
    assert_trusted(with_right_one_first(&[&leaf_of_root], None));
    let lists = || Some(Revocations::new());
    let kind = with_right_one_first(&[&leaf_of_root], lists()).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::TooManySignatureChecks);
    // After an intermediate certificate, only the lists of its issuer apply.
    let (leaf_of_one, one) = (issued_by("one", leaf()), issued_by("root", ca("one")));
    assert_trusted(with_right_one_first(&[&leaf_of_one, &one], lists()));
}

#[test]
fn x509_12_a_matching_anchor_name_is_not_enough() {
    let fake = twin_of_root();
    let by_fake = leaf().issuer(&name("root")).sign(&key("another key"));
    let chain = [&by_fake, &fake];
    assert_untrusted(verify(&chain, &[&root("root")]), "the signature is not valid");
    assert_trusted(verify(&chain, &[&fake]));
}

/// Roots are reissued with the same name and key but other dates. Each of them can be the anchor.
#[test]
fn x509_12_another_certificate_of_the_anchor_may_be_in_the_chain() {
    let reissued = issued_by("root", ca("root").serial_number(&[2]));
    let path = verify(&[&good_leaf(), &reissued], &[&root("root")]).unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
    assert!(path.intermediates().is_empty());
    let expired = issued_by("root", ca("root").validity("230101000000Z", "240101000000Z"));
    assert_trusted(verify(&[&good_leaf(), &expired], &[&root("root")]));
}

/// The chain's copy of an anchor does not count, because nobody has signed it.
#[test]
fn x509_12_the_chain_cannot_extend_the_rights_of_an_anchor() {
    let claim = ca("root").issuer(&name("nobody")).sign(&key("mallory"));

    let expired = issued_by("root", ca("root").validity("230101000000Z", "240101000000Z"));
    let result = verify(&[&good_leaf(), &claim], &[&expired]);
    assert_untrusted(result, "not at the given time");

    let root_0 = issued_by("root", ca_with_path_length("root", Some(0)));
    let one = issued_by("root", ca("one"));
    let result = verify(&[&issued_by("one", leaf()), &one, &claim], &[&root_0]);
    assert_untrusted(result, "path length");

    let crl_only = bare("root").basic_constraints(true, None).key_usage(0x02);
    let result = verify(&[&good_leaf(), &claim], &[&issued_by("root", crl_only)]);
    assert_untrusted(result, "may not sign certificates");

    // An attestation certificate as an anchor does not turn its key into a CA key.
    let trusted_leaf = issued_by("maker", bare("root").basic_constraints(false, None));
    let result = verify(&[&good_leaf(), &claim], &[&trusted_leaf]);
    assert_untrusted(result, "not a CA");
}

#[test]
fn kb_74_x509_13_a_chain_may_omit_its_root() {
    let (one, two) = (issued_by("root", ca("one")), issued_by("one", ca("two")));
    let leaf = issued_by("two", leaf());
    let path = verify(&[&leaf, &two, &one], &[&root("root")]).unwrap();
    assert_eq!(path.intermediates(), [two.clone(), one.clone()]);
    assert_untrusted(verify(&[&leaf, &two], &[&root("root")]), "no trust anchor");
    assert_trusted(verify(&[&leaf, &two], &[&one]));
}

#[test]
fn x509_14_an_unknown_critical_extension_is_rejected() {
    let with = |oid: &[u64], critical: bool| {
        let extended = bare("leaf").extension(oid, critical, &der::sequence::<Vec<u8>>(&[]));
        issued_by("root", extended)
    };
    assert_good(&with(&[1, 2, 3, 4], false));
    assert_bad(&with(&[1, 2, 3, 4], true), "critical extension 1.2.3.4 is unknown");
    for known in [17, 19, 32, 37] {
        assert_good(&with(&[2, 5, 29, known], true));
    }
    assert_good(&issued_by("root", bare("leaf").key_usage(CertificateBuilder::DIGITAL_SIGNATURE)));

    let odd = || ca("one").extension(&[1, 2, 3, 4], true, &[5, 0]);
    let leaf = issued_by("one", leaf());
    let unknown = "critical extension 1.2.3.4 is unknown";
    assert_untrusted(verify(&[&leaf, &issued_by("root", odd())], &[&root("root")]), unknown);
    assert_untrusted(verify(&[&leaf], &[&issued_by("one", odd())]), unknown);
}

#[test]
fn x509_15_unsupported_constraints_are_rejected() {
    let policy_constraints = der::sequence::<Vec<u8>>(&[]);
    for oid in [36, 54] {
        let chain = |critical: bool| {
            let one = ca("one").extension(&[2, 5, 29, oid], critical, &policy_constraints);
            let one = issued_by("root", one);
            verify(&[&issued_by("one", leaf()), &one], &[&root("root")])
        };
        assert_trusted(chain(false));
        assert_untrusted(chain(true), &format!("critical extension 2.5.29.{oid} is unknown"));
    }
}

const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];

fn dns(host: &str) -> Vec<u8> {
    der::implicit(2, host.as_bytes())
}

fn directory(name: &DistinguishedName) -> Vec<u8> {
    der::explicit(4, &name.to_der())
}

/// Builds the value of the extension from the bases of subtrees.
fn name_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let subtrees = |number: u32, bases: &[Vec<u8>]| {
        let subtrees: Vec<_> = bases.iter().map(|base| der::sequence(&[base])).collect();
        // [0] and [1] IMPLICIT SEQUENCE OF.
        if bases.is_empty() { Vec::new() } else { der::explicit(number, &subtrees.concat()) }
    };
    der::sequence(&[subtrees(0, permitted), subtrees(1, excluded)])
}

/// Verifies a leaf with these alternative names below a CA with these constraints. The result must
/// not depend on whether the constraints are critical or whether the CA is the anchor.
#[track_caller]
fn constrained(value: &[u8], leaf: CertificateBuilder) -> Result<TrustPath, Failure> {
    let verdicts = [true, false].map(|critical| {
        let constraining = |ca: CertificateBuilder| ca.extension(NAME_CONSTRAINTS, critical, value);
        let below = issued_by("one", leaf.clone());
        let middle = issued_by("root", constraining(ca("one")));
        let anchor = issued_by("root", constraining(ca("root")));
        let direct = issued_by("root", leaf.clone());
        [
            verify(&[&below, &middle], &[&root("root")]).map(drop),
            verify(&[&direct], &[&anchor]).map(drop),
        ]
    });
    let [first, ..] = &verdicts[0];
    let text = |verdict: &Result<(), Failure>| verdict.as_ref().map_err(ToString::to_string).err();
    for verdict in verdicts.iter().flatten() {
        assert_eq!(text(verdict), text(first));
    }
    let middle = issued_by("root", ca("one").extension(NAME_CONSTRAINTS, true, value));
    verify(&[&issued_by("one", leaf), &middle], &[&root("root")])
}

fn with_names(names: &[Vec<u8>]) -> CertificateBuilder {
    let key = key("leaf");
    CertificateBuilder::new(&DistinguishedName::new(), &key.public_numbers()).extension(
        SUBJECT_ALT_NAME,
        true,
        &der::sequence(names),
    )
}

#[test]
fn x509_15_host_names_are_constrained() {
    let (excluded, not_permitted) =
        ("an issuer excludes the name", "an issuer does not permit the name");
    let permits = |bases: &[&str], host: &str| {
        let bases: Vec<_> = bases.iter().map(|base| dns(base)).collect();
        constrained(&name_constraints(&bases, &[]), with_names(&[dns(host)]))
    };
    assert_trusted(permits(&["a.example"], "a.example"));
    assert_trusted(permits(&["a.example"], "b.A.EXAMPLE"));
    assert_trusted(permits(&["b.example", "a.example"], "x.y.a.example"));
    assert_trusted(permits(&[""], "a.example"));
    assert_trusted(permits(&["a.example"], "*.a.example"));
    for other in ["xa.example", "example", "a.example.b", "*.example"] {
        assert_untrusted(permits(&["a.example"], other), not_permitted);
    }
    let malformed = "a constrained name is malformed";
    let long_label = format!("{}.a.example", "x".repeat(64));
    let long = format!("{}a.example", "x.".repeat(123));
    for other in [
        "",
        "a.example.",
        ".a.example",
        "b..a.example",
        "b a.example",
        "x.*.a.example",
        "*",
        "*.*.a.example",
        "x*.a.example",
        "\u{e9}.a.example",
        &long_label,
        &long,
    ] {
        assert_untrusted(permits(&["a.example"], other), malformed);
        assert_untrusted(
            constrained(&name_constraints(&[], &[dns("b.example")]), with_names(&[dns(other)])),
            malformed,
        );
    }
    assert_trusted(permits(&["a.example"], &long_label[1..]));
    assert_trusted(permits(&["a.example"], &long[2..]));
    assert_trusted(permits(&["a.example"], "-x_.a.example"));
    let excludes = |base: &str, host: &str| {
        constrained(&name_constraints(&[], &[dns(base)]), with_names(&[dns("ok"), dns(host)]))
    };
    assert_trusted(excludes("a.example", "b.example"));
    assert_trusted(excludes("a.example", "xa.example"));
    assert_trusted(excludes("a.example", "*.b.example"));
    assert_untrusted(excludes("a.example", "a.example"), excluded);
    assert_untrusted(excludes("a.example", "b.a.example"), excluded);
    // `*.example` also covers a.example.
    assert_untrusted(excludes("a.example", "*.example"), excluded);
    assert_untrusted(excludes("", "a.example"), excluded);

    // Every name counts, and exclusion comes before permission. Names of other kinds are not
    // restricted.
    let both = name_constraints(&[dns("example")], &[dns("a.example")]);
    assert_trusted(constrained(&both, with_names(&[dns("b.example")])));
    assert_untrusted(
        constrained(&both, with_names(&[dns("b.example"), dns("a.example")])),
        excluded,
    );
    assert_untrusted(constrained(&both, with_names(&[dns("b.example"), dns("b")])), not_permitted);
    assert_trusted(constrained(&both, leaf()));
    assert_trusted(constrained(&both, with_names(&[der::implicit(7, &[1, 2, 3, 4])])));
}

#[test]
fn x509_15_directory_names_and_addresses_are_constrained() {
    let not_permitted = "an issuer does not permit the name";
    let base = |text: &str| DistinguishedName::new().organization(text);
    let leaf_of = |subject: &DistinguishedName| {
        CertificateBuilder::new(subject, &key("leaf").public_numbers())
    };
    let permitted = name_constraints(&[directory(&base("Maker"))], &[]);
    assert_trusted(constrained(&permitted, leaf_of(&base("Maker"))));
    assert_trusted(constrained(&permitted, leaf_of(&base("Maker").common_name("leaf"))));
    let printable =
        DistinguishedName::new().attribute(&[2, 5, 4, 10], der::printable_string("Maker"));
    assert_trusted(constrained(&permitted, leaf_of(&printable.common_name("leaf"))));
    assert_untrusted(constrained(&permitted, leaf_of(&base("Other"))), not_permitted);
    assert_untrusted(constrained(&permitted, leaf_of(&base("Maker2"))), not_permitted);
    let later = DistinguishedName::new().common_name("leaf").organization("Maker");
    assert_untrusted(constrained(&permitted, leaf_of(&later)), not_permitted);
    assert_untrusted(
        constrained(&permitted, with_names(&[directory(&base("Other"))])),
        not_permitted,
    );
    assert_trusted(constrained(&permitted, with_names(&[dns("a.example")])));
    let excluded = name_constraints(&[], &[directory(&base("Maker"))]);
    assert_untrusted(constrained(&excluded, leaf_of(&base("Maker"))), "excludes");
    assert_trusted(constrained(&excluded, leaf_of(&base("Other"))));
    // An excluded name is also excluded with other letter case or white space, and in an encoding
    // that cannot be compared.
    let encoded = |tag: u8, text: &[u8]| {
        DistinguishedName::new().attribute(&[2, 5, 4, 10], der::value(tag, text))
    };
    for spelling in [
        base("MAKER"),
        base("  Maker "),
        base("maker").common_name("leaf"),
        encoded(0x13, b"mAKER"),
        encoded(0x16, b"Maker"),
        encoded(0x14, b"Maker"),
        encoded(0x1e, b"\0O\0t\0h\0e\0r"),
    ] {
        assert_untrusted(constrained(&excluded, leaf_of(&spelling)), "excludes");
    }
    assert_trusted(constrained(&excluded, leaf_of(&encoded(0x13, b"Make r"))));
    let two_words = name_constraints(&[], &[directory(&base("A Maker"))]);
    assert_untrusted(constrained(&two_words, leaf_of(&base("a \u{a0} MAKER"))), "excludes");
    assert_trusted(constrained(&two_words, leaf_of(&base("AMaker"))));
    // A permitted name is permitted only in its exact spelling.
    assert_untrusted(constrained(&permitted, leaf_of(&base("MAKER"))), not_permitted);

    let address = |bytes: &[u8]| der::implicit(7, bytes);
    let range = name_constraints(&[address(&[10, 1, 0, 0, 255, 255, 0, 0])], &[]);
    assert_trusted(constrained(&range, with_names(&[address(&[10, 1, 2, 3])])));
    assert_untrusted(constrained(&range, with_names(&[address(&[10, 2, 2, 3])])), not_permitted);
    assert_untrusted(constrained(&range, with_names(&[address(&[10; 16])])), not_permitted);
    for malformed in [&[][..], &[10, 1, 2], &[10, 1, 2, 3, 255, 255, 255, 0]] {
        let verdict = constrained(&range, with_names(&[address(malformed)]));
        assert_untrusted(verdict, "a constrained name is malformed");
    }
}

#[test]
fn x509_15_constraints_of_an_unknown_form_are_rejected() {
    let mail = |text: &str| der::implicit(1, text.as_bytes());
    let unknown = "a constrained kind of name is not supported";
    for constraints in
        [name_constraints(&[mail("a.example")], &[]), name_constraints(&[], &[mail("a.example")])]
    {
        assert_untrusted(constrained(&constraints, with_names(&[mail("x@a.example")])), unknown);
        assert_trusted(constrained(&constraints, with_names(&[dns("a.example")])));
        // The e-mail address of an old-style name.
        let email = DistinguishedName::new()
            .attribute(&[1, 2, 840, 113_549, 1, 9, 1], der::value(0x16, b"x@a.example"));
        let leaf = CertificateBuilder::new(&email, &key("leaf").public_numbers());
        assert_untrusted(constrained(&constraints, leaf), unknown);
    }
    let good = dns("a.example");
    let good_leaf = || with_names(std::slice::from_ref(&good));
    let subtree = |fields: &[Vec<u8>]| der::sequence(&[der::explicit(0, &der::sequence(fields))]);
    assert_trusted(constrained(&subtree(std::slice::from_ref(&good)), good_leaf()));
    for (reason, malformed) in [
        ("no subtree", der::sequence(&[der::explicit(0, &[])])),
        ("minimum", subtree(&[good.clone(), der::implicit(0, &[0])])),
        ("maximum", subtree(&[good.clone(), der::implicit(1, &[1])])),
        ("no base", subtree(&[])),
        ("a dot in front", name_constraints(&[dns(".a.example")], &[])),
        ("a dot behind", name_constraints(&[], &[dns("a.example.")])),
        ("a wildcard", name_constraints(&[], &[dns("*.a.example")])),
        ("an empty label", name_constraints(&[], &[dns("a..example")])),
        ("a short range", name_constraints(&[der::implicit(7, &[10, 0, 0, 0])], &[])),
        ("more behind", [subtree(std::slice::from_ref(&good)), vec![0]].concat()),
        (
            "another field",
            der::sequence(&[der::explicit(2, &der::sequence(std::slice::from_ref(&good)))]),
        ),
        ("no sequence", der::null()),
        ("nothing", Vec::new()),
    ] {
        let verdict = constrained(&malformed, good_leaf());
        assert!(verdict.is_err(), "{reason}");
        assert_untrusted(verdict, "name constraints do not parse");
    }
    let many: Vec<_> = (0..513).map(|number| dns(&format!("{number}.example"))).collect();
    assert_trusted(constrained(&name_constraints(&many[..512], &[]), leaf()));
    assert_untrusted(constrained(&name_constraints(&many, &[]), leaf()), "more than 512 names");
    assert_untrusted(
        constrained(
            &name_constraints(std::slice::from_ref(&good), &[]),
            with_names(&vec![good.clone(); 513]),
        ),
        "more than 512 names",
    );
    let unreadable = leaf().extension(SUBJECT_ALT_NAME, false, &[5, 0]);
    assert_untrusted(
        constrained(&name_constraints(&[good], &[]), unreadable),
        "subjectAltName does not parse",
    );

    // An empty list constrains nothing and must not be critical.
    let empty = |critical: bool| {
        let one = ca("one").extension(NAME_CONSTRAINTS, critical, &[0x30, 0]);
        verify(&[&issued_by("one", leaf()), &issued_by("root", one)], &[&root("root")])
    };
    assert_trusted(empty(false));
    assert_untrusted(empty(true), "name constraints do not parse");
}

#[test]
fn x509_15_constraints_also_apply_to_the_cas_below() {
    let organization = |text: &str| DistinguishedName::new().organization(text);
    let authority = |subject: &DistinguishedName, issuer: &DistinguishedName| {
        CertificateBuilder::new(subject, &key("ca").public_numbers())
            .basic_constraints(true, None)
            .issuer(issuer)
    };
    let constraints = name_constraints(&[directory(&organization("Maker"))], &[]);
    let top = issued_by("root", ca("root").extension(NAME_CONSTRAINTS, true, &constraints));
    let maker_leaf = |issuer: &DistinguishedName| {
        let subject = organization("Maker").common_name("leaf");
        CertificateBuilder::new(&subject, &key("leaf").public_numbers())
            .issuer(issuer)
            .sign(&key("ca"))
    };
    let good = organization("Maker").common_name("ca");
    let below = authority(&good, &name("root")).sign(&key("root"));
    assert_trusted(verify(&[&maker_leaf(&good), &below], &[&top]));
    let bad = organization("Other");
    let below = authority(&bad, &name("root")).sign(&key("root"));
    assert_untrusted(
        verify(&[&maker_leaf(&bad), &below], &[&top]),
        "an issuer does not permit the name",
    );
    // A leaf has nothing to constrain, so its constraints must not be critical.
    let with = |critical: bool| {
        issued_by("root", leaf().extension(NAME_CONSTRAINTS, critical, &constraints))
    };
    assert_good(&with(false));
    assert_bad(&with(true), "critical name constraints in a certificate that is not an issuer");

    // A self-issued certificate is skipped, because it belongs to the same CA.
    let renewed = authority(&name("root"), &name("root")).sign(&key("root"));
    assert_trusted(verify(&[&maker_leaf(&name("root")), &renewed], &[&top]));
}

#[test]
fn x509_15_malformed_unused_extensions_are_ignored() {
    for oid in [14, 31, 35] {
        for value in [&[0xa0, 5][..], &[], &[0x01, 0x00], &[0x30, 0x80]] {
            assert_good(&issued_by("root", leaf().extension(&[2, 5, 29, oid], false, value)));
        }
    }
}

#[test]
fn x509_16_without_anchors_nothing_is_trusted() {
    let leaf = good_leaf();
    let failure = verify(&[&leaf, &root("root")], &[]).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::NoTrustAnchors);
    assert_trusted(verify(&[&leaf, &root("root")], &[&root("root")]));
    assert_untrusted(verify(&[], &[&root("root")]), "there is no certificate");
}

#[test]
fn x509_17_a_chain_has_at_most_8_certificates() {
    let names = ["1", "2", "3", "4", "5", "6", "7", "8"];
    let chain = |intermediates: usize| {
        let names = &names[..intermediates];
        let issuer = |position: usize| names.get(position).copied().unwrap_or("root");
        let mut chain = vec![issued_by(issuer(0), leaf())];
        for (position, subject) in names.iter().enumerate() {
            chain.push(issued_by(issuer(position + 1), ca(subject)));
        }
        let chain: Vec<_> = chain.iter().collect();
        verify(&chain, &[&root("root")])
    };
    assert_eq!(chain(7).unwrap().intermediates().len(), 7);
    assert_untrusted(chain(8), "more than 8 certificates");
}

#[test]
fn x509_17_a_loop_of_cross_signed_cas_terminates() {
    let (a, b) = (issued_by("b", ca("a")), issued_by("a", ca("b")));
    let leaf = issued_by("a", leaf());
    let chain = [&leaf, &a, &b, &a, &b, &a, &b];
    assert_untrusted(verify(&chain, &[&root("root")]), "no trust anchor");
    assert_trusted(verify(&chain, &[&root("b")]));
}

#[test]
fn x509_17_sha_1_is_too_weak() {
    let rsa_root = rsa_root();
    let with = |algorithm: &[u64]| {
        let algorithm = der::sequence(&[der::object_identifier(algorithm), der::null()]);
        verify(&[&CertificateFields::new().algorithm(algorithm).sign(&rsa_key())], &[&rsa_root])
    };
    assert_trusted(with(SHA256_WITH_RSA));
    assert_untrusted(with(&[1, 2, 840, 113_549, 1, 1, 5]), "too weak");
    assert_untrusted(with(&[1, 2, 840, 113_549, 1, 1, 4]), "not supported");
    let by_ecdsa = |algorithm: &[u64]| {
        let algorithm = der::sequence(&[der::object_identifier(algorithm)]);
        verify(
            &[&CertificateFields::new().algorithm(algorithm).sign(&key("root"))],
            &[&root("root")],
        )
    };
    assert_trusted(by_ecdsa(ECDSA_WITH_SHA256));
    assert_untrusted(by_ecdsa(&[1, 2, 840, 10045, 4, 1]), "too weak");
}

/// Six certificates of security keys from 2014 declare the last bits of their signature as unused.
/// They are rejected.
#[test]
fn kb_71_unused_bits_in_a_signature_are_rejected() {
    let mut fields = CertificateFields::new();
    assert_good(&fields.sign(&key("root")));
    let mut signature = key("root").sign(&fields.to_be_signed());
    *signature.last_mut().unwrap() |= 1;
    fields.unused_signature_bits = 1;
    let bits_set = fields.with_signature(&fields.to_be_signed(), &signature);
    assert_bad(&bits_set, "does not parse");
    *signature.last_mut().unwrap() &= !1;
    let bits_clear = fields.with_signature(&fields.to_be_signed(), &signature);
    assert_bad(&bits_clear, "not a whole number of bytes");
}

#[test]
fn x509_01_unique_identifiers_are_bit_strings() {
    let with = |content: &[u8]| {
        let mut fields = CertificateFields::new();
        fields.after = der::value(0x81, content);
        fields.sign(&key("root"))
    };
    assert_good(&with(&[0]));
    assert_good(&with(&[4, 0xf0]));
    for bad in [&[][..], &[1], &[4, 0xf8], &[9, 0]] {
        assert_bad(&with(bad), "does not parse");
    }
}

/// According to X.690, default values are omitted, but certificates contain them.
#[test]
fn kb_78_default_values_may_be_encoded() {
    let no = der::sequence(&[der::boolean(false)]);
    assert_good(&issued_by("root", bare("leaf").extension(BASIC_CONSTRAINTS, true, &no)));
    let not_critical = der::sequence(&[
        der::object_identifier(&[1, 2, 3]),
        der::boolean(false),
        der::octet_string(&[]),
    ]);
    assert_good(&CertificateFields::new().extensions(&[not_critical]).sign(&key("root")));
    let mut version_1 = CertificateFields::new();
    version_1.version = der::explicit(0, &der::integer(&[0]));
    assert_good(&version_1.sign(&key("root")));

    let one = issued_by("root", bare("one").extension(BASIC_CONSTRAINTS, true, &no));
    assert_untrusted(verify(&[&issued_by("one", leaf()), &one], &[&root("root")]), "not a CA");
}

/// Verifies [leaf, intermediate] against "root" with this list.
fn verify_with(revocations: Revocations) -> Result<TrustPath, Failure> {
    let leaf = issued_by("one", leaf().serial_number(&[0x80, 7]));
    let intermediate = issued_by("root", ca("one").serial_number(&[9]));
    let anchor = TrustAnchor::from_der(root("root")).unwrap().revoking(revocations);
    verify_path(&[&leaf, &intermediate], &[anchor], now(), Quirks::NONE)
}

#[test]
fn x509_17_revoked_serial_numbers_are_rejected_anywhere_in_the_path() {
    assert_trusted(verify_with(Revocations::new()));
    assert_trusted(verify_with(Revocations::new().serial_number(&[7]).serial_number(&[])));
    let leaf = Revocations::new().serial_number(&[0x80, 7]);
    assert_untrusted(verify_with(leaf), "serial number 8007 is revoked");
    let padded = Revocations::new().serial_number(&[0, 0, 0x80, 7]);
    assert_untrusted(verify_with(padded), "serial number 8007 is revoked");
    let intermediate = Revocations::new().serial_number(&[9]);
    assert_untrusted(verify_with(intermediate), "serial number 09 is revoked");
}

#[test]
fn x509_17_a_serial_number_is_revoked_for_its_issuer_only() {
    let by =
        |issuer: &str, number: &[u8]| Revocations::new().issued_by(&root(issuer), number).unwrap();
    assert_untrusted(verify_with(by("one", &[0x80, 7])), "serial number 8007 is revoked");
    assert_trusted(verify_with(by("root", &[0x80, 7])));
    assert_untrusted(verify_with(by("root", &[9])), "serial number 09 is revoked");
    assert_trusted(verify_with(by("one", &[9])));
    let error = Revocations::new().issued_by(b"no certificate", &[9]).unwrap_err();
    assert!(error.to_string().starts_with("issuer of revocations: "), "{error}");
}

#[test]
fn x509_17_revoked_certificates_are_rejected_by_their_bytes() {
    let intermediate = issued_by("root", ca("one").serial_number(&[9]));
    let error = Revocations::new().certificate(b"no certificate").unwrap_err();
    assert!(error.to_string().starts_with("revoked certificate: "), "{error}");
    let listed = Revocations::new().certificate(&intermediate).unwrap();
    assert_untrusted(verify_with(listed), "serial number 09 is revoked");
    assert_trusted(verify_with(Revocations::new().certificate(&root("one")).unwrap()));
}

/// Returns the same certificate with the second valid ECDSA signature, which has n - s in place of
/// s. Anybody can compute it without the key.
fn with_other_s(certificate: &CertificateFields, signature: &[u8]) -> Vec<u8> {
    const ORDER: &[u8; 32] = b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\
        \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
    let (r, s) = signature[2..].split_at(2 + usize::from(signature[3]));
    let digits = s[2..].strip_prefix(&[0]).unwrap_or(&s[2..]);
    let s = [&vec![0; 32 - digits.len()], digits].concat();
    let mut other = Vec::new();
    let mut borrow = 0;
    for (n, s) in ORDER.iter().zip(&s).rev() {
        let difference = i16::from(*n) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        other.insert(0, u8::try_from(difference.rem_euclid(256)).unwrap());
    }
    let signature = der::sequence(&[r.to_vec(), der::integer(&other)]);
    certificate.with_signature(&certificate.to_be_signed(), &signature)
}

#[test]
fn x509_17_a_revoked_certificate_with_another_signature_is_still_revoked() {
    let leaf = CertificateFields::new();
    let signature = key("root").sign(&leaf.to_be_signed());
    let as_issued = leaf.with_signature(&leaf.to_be_signed(), &signature);
    let signed_anew = with_other_s(&leaf, &signature);
    assert_ne!(as_issued, signed_anew);
    let verify = |certificate: &Vec<u8>, listed: &[u8]| {
        let revocations = Revocations::new().certificate(listed).unwrap();
        let anchor = TrustAnchor::from_der(root("root")).unwrap().revoking(revocations);
        verify_path(&[certificate], &[anchor], now(), Quirks::NONE)
    };
    for certificate in [&as_issued, &signed_anew] {
        assert_trusted(verify(certificate, &root("one")));
        assert_untrusted(verify(certificate, &as_issued), "is revoked");
        assert_untrusted(verify(certificate, &signed_anew), "is revoked");
    }
}

#[test]
fn x509_17_a_revocation_list_applies_below_its_own_anchor() {
    let leaf = issued_by("root", leaf().serial_number(&[7]));
    let revoking = |anchor: Vec<u8>| {
        let revocations = Revocations::new().serial_number(&[7]);
        TrustAnchor::from_der(anchor).unwrap().revoking(revocations)
    };
    let plain = |anchor: Vec<u8>| TrustAnchor::from_der(anchor).unwrap();
    let verify = |anchors: &[TrustAnchor]| verify_path(&[&leaf], anchors, now(), Quirks::NONE);
    assert_trusted(verify(&[revoking(root("two")), plain(root("root"))]));
    assert_untrusted(verify(&[revoking(root("root")), plain(root("two"))]), "is revoked");
    // A leaf that is the anchor can be revoked too.
    assert_trusted(verify(&[plain(leaf.clone())]));
    assert_untrusted(verify(&[revoking(leaf.clone())]), "is revoked");
    assert!(verify(&[plain(leaf.clone())]).is_ok_and(|path| !path.is_revocation_checked()));
}

/// The chain also leads to another anchor without a list.
#[test]
fn x509_17_a_certificate_revoked_by_one_ca_stays_revoked_below_another() {
    let leaf = issued_by("one", leaf().serial_number(&[7]));
    let one = issued_by("root", ca("one").serial_number(&[9]));
    let anchor = |der: &[u8]| TrustAnchor::from_der(der).unwrap();
    let list = |number| Revocations::new().serial_number(&[number]);
    let verify =
        |anchors: &[TrustAnchor]| verify_path(&[&leaf, &one], anchors, now(), Quirks::NONE);
    let (with_list, root) = (anchor(&one).revoking(list(7)), anchor(&root("root")));
    assert_untrusted(verify(&[with_list.clone(), root.clone()]), "is revoked");
    assert_untrusted(verify(&[root.clone(), with_list]), "is revoked");
    let path = verify(&[root, anchor(&one).revoking(list(8))]).unwrap();
    assert_eq!(path.anchor().as_der(), one);
}

/// The leaf is an anchor, and the CA that issued it is another one. Either can have the list.
#[test]
fn x509_17_a_revoked_leaf_is_rejected_in_any_order_of_the_anchors() {
    let leaf = issued_by("root", leaf().serial_number(&[7]));
    let anchor = |der: &[u8]| TrustAnchor::from_der(der).unwrap();
    let list = |number| Revocations::new().serial_number(&[number]);
    let (itself, root) = (anchor(&leaf), anchor(&root("root")));
    let verify = |anchors: [&TrustAnchor; 2]| {
        verify_path(&[&leaf], &anchors.map(Clone::clone), now(), Quirks::NONE)
    };
    for (listing, other) in [(&itself, &root), (&root, &itself)] {
        let revoking = listing.clone().revoking(list(7));
        assert_untrusted(verify([&revoking, other]), "is revoked");
        assert_untrusted(verify([other, &revoking]), "is revoked");
        let harmless = listing.clone().revoking(list(8));
        assert_eq!(verify([other, &harmless]).unwrap().anchor(), other);
        assert_eq!(verify([&harmless, other]).unwrap().anchor(), &harmless);
    }
    // A list of another CA with the same name does not apply.
    let twin = anchor(&twin_of_root()).revoking(list(7));
    assert_trusted(verify([&itself, &twin]));
}

#[test]
fn x509_17_a_revocation_list_applies_to_every_certificate_of_its_ca() {
    let leaf = issued_by("root", leaf().serial_number(&[7]));
    let again = issued_by("root", ca("root").serial_number(&[9]));
    let plain = |anchor: &[u8]| TrustAnchor::from_der(anchor).unwrap();
    let list = |number| Revocations::new().serial_number(&[number]);
    let verify = |anchors: &[TrustAnchor]| verify_path(&[&leaf], anchors, now(), Quirks::NONE);
    for (one, other) in [(&again, &root("root")), (&root("root"), &again)] {
        let listed = [plain(one), plain(other).revoking(list(7))];
        assert_untrusted(verify(&listed), "is revoked");
        let path = verify(&[plain(one), plain(other).revoking(list(8))]).unwrap();
        assert!(path.is_revocation_checked());
    }
    // It does not apply to another CA with the same name.
    let twin = plain(&twin_of_root()).revoking(list(7));
    let path = verify(&[twin, plain(&root("root"))]).unwrap();
    assert!(!path.is_revocation_checked());
}
