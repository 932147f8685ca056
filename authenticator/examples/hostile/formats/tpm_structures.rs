//! `pubArea` and `certInfo` (§8.3): the structures TPMT_PUBLIC and TPMS_ATTEST.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{ES256, PS256, RS256};
use webauthn_verify_authenticator::certificates::{key, rsa_key};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers, TpmStructure, tpm2b};

use super::tpm::{cert_info, certificate, pub_area, statement};
use super::{invalid, trusted};
use crate::case::{Case, Registration, key as credential_key};

pub(super) fn cases() -> Vec<Value> {
    [areas(), keys(), schemes(), coordinates(), names(), infos()].concat()
}

/// Returns a case with this description of the credential key, whose name is certified.
fn with_area(name: &str, rule: &str, registration: Registration, area: &TpmStructure) -> Case {
    let info = cert_info(&registration, area).to_bytes();
    let statement = statement(certificate(&key("aik")), &area.to_bytes(), &info);
    trusted(&format!("tpm/{name}"), rule, registration, statement)
}

/// Returns a case with these bytes as `certInfo`, which are signed.
fn with_info(name: &str, rule: &str, info: &[u8]) -> Case {
    let statement = statement(certificate(&key("aik")), &pub_area().to_bytes(), info);
    trusted(&format!("tpm/{name}"), rule, Registration::new(), statement)
}

fn area_of(key: &PrivateKey) -> TpmStructure {
    TpmStructure::pub_area(&key.public_numbers()).expect("a key that a TPM can have")
}

fn changed(structure: TpmStructure, member: &str, bytes: &[u8]) -> TpmStructure {
    structure.with(member, bytes).expect("a member of the structure")
}

fn mismatch(case: Case, field: &str) -> Value {
    case.reject_field("KeyMismatch", "22", field)
}

fn areas() -> Vec<Value> {
    let with = |name: &str, member: &str, bytes: &[u8]| {
        let name = format!("pub-area/{name}");
        with_area(&name, "TPM-02", Registration::new(), &changed(pub_area(), member, bytes))
    };
    let mut cases = vec![
        with("no-attributes", "pubArea.objectAttributes", &[0; 4]).accept(),
        with("all-attributes", "pubArea.objectAttributes", &[0xff; 4]).accept(),
        with("policy", "pubArea.authPolicy", &tpm2b(&[7; 32])).accept(),
    ];
    for (name, member, bytes) in [
        ("type-0", "pubArea.type", &[0, 0][..]),
        ("type-symmetric", "pubArea.type", &[0, 0x25]),
        ("symmetric-0", "pubArea.symmetric", &[0, 0]),
        ("kdf-0", "pubArea.kdf", &[0, 0]),
    ] {
        cases.push(invalid(with(name, member, bytes), member));
    }
    let whole = pub_area().to_bytes();
    let cut = |name: &str, length: usize, field: &str| {
        let info = cert_info(&Registration::new(), &pub_area()).to_bytes();
        let statement = statement(certificate(&key("aik")), &whole[..length], &info);
        let name = format!("tpm/pub-area/cut/{name}");
        invalid(trusted(&name, "TPM-02", Registration::new(), statement), field)
    };
    // type 2, nameAlg 2, objectAttributes 4, authPolicy 2, symmetric 2, scheme 2, curveID 2, kdf 2,
    // and both coordinates with 34 bytes.
    for (name, length, field) in [
        ("empty", 0, "pubArea.type"),
        ("type", 2, "pubArea.nameAlg"),
        ("name-alg", 4, "pubArea.objectAttributes"),
        ("attributes", 8, "pubArea.authPolicy"),
        ("policy", 10, "pubArea.symmetric"),
        ("symmetric", 12, "pubArea.scheme"),
        ("scheme", 14, "pubArea.curveID"),
        ("curve", 16, "pubArea.kdf"),
        ("kdf", 18, "pubArea.unique.x"),
        ("x", 52, "pubArea.unique.y"),
        ("y", 85, "pubArea.unique.y"),
    ] {
        cases.push(cut(name, length, field));
    }
    let beyond = changed(pub_area(), "pubArea.authPolicy", &[0xff, 0xff]);
    let case = with_area("pub-area/policy-beyond-the-end", "TPM-02", Registration::new(), &beyond);
    cases.push(invalid(case, "pubArea.authPolicy"));
    cases
}

/// Keys of another kind than the credential, and RSA keys.
fn keys() -> Vec<Value> {
    let rsa = || Registration::with_algorithm(RS256);
    let rsa_area = area_of(&credential_key(RS256));
    let with = |name: &str, member: &str, bytes: &[u8]| {
        let name = format!("pub-area/rsa/{name}");
        with_area(&name, "TPM-03", rsa(), &changed(rsa_area.clone(), member, bytes))
    };
    let PublicNumbers::Rsa { modulus, .. } = credential_key(RS256).public_numbers() else {
        panic!("not an RSA key")
    };
    vec![
        with_area("pub-area/rsa/whole", "TPM-03", rsa(), &rsa_area).accept(),
        with("explicit-exponent", "pubArea.exponent", &[0, 1, 0, 1]).accept(),
        mismatch(with("exponent-1", "pubArea.exponent", &[0, 0, 0, 1]), "pubArea.exponent"),
        mismatch(with("exponent-65536", "pubArea.exponent", &[0, 1, 0, 0]), "pubArea.exponent"),
        mismatch(with("2047-bits", "pubArea.keyBits", &[7, 0xff]), "pubArea.keyBits"),
        mismatch(with("0-bits", "pubArea.keyBits", &[0, 0]), "pubArea.keyBits"),
        mismatch(with("cut-modulus", "pubArea.unique", &tpm2b(&modulus[..255])), "pubArea.unique"),
        mismatch(
            with("longer-modulus", "pubArea.unique", &tpm2b(&[&modulus[..], &[0]].concat())),
            "pubArea.unique",
        ),
        mismatch(
            with_area(
                "pub-area/rsa/for-ec-credential",
                "TPM-03",
                Registration::new(),
                &area_of(&rsa_key()),
            ),
            "pubArea.type",
        ),
        mismatch(
            with_area("pub-area/ec-for-rsa-credential", "TPM-04", rsa(), &pub_area()),
            "pubArea.type",
        ),
        mismatch(
            with_area("pub-area/other-key", "TPM-04", Registration::new(), &area_of(&key("other"))),
            "pubArea.unique.x",
        ),
        mismatch(
            with_area(
                "pub-area/other-curve",
                "TPM-04",
                Registration::new(),
                &changed(pub_area(), "pubArea.curveID", &[0, 4]),
            ),
            "pubArea.curveID",
        ),
        negated(),
    ]
}

/// The point with the same x and the other y.
fn negated() -> Value {
    let PublicNumbers::P256 { mut y, .. } = credential_key(ES256).public_numbers() else {
        panic!("not on P-256")
    };
    y[31] ^= 1;
    let area = changed(pub_area(), "pubArea.unique.y", &tpm2b(&y));
    let case = with_area("pub-area/other-y", "TPM-04", Registration::new(), &area);
    mismatch(case, "pubArea.unique.y")
}

fn schemes() -> Vec<Value> {
    let with = |name: &str, algorithm: i64, scheme: &[u8]| {
        let area = changed(area_of(&credential_key(algorithm)), "pubArea.scheme", scheme);
        let (name, rule) = match algorithm {
            ES256 => (format!("scheme/ec-{name}"), "TPM-04"),
            RS256 => (format!("scheme/rs256-{name}"), "TPM-03"),
            _ => (format!("scheme/ps256-{name}"), "TPM-03"),
        };
        with_area(&name, rule, Registration::with_algorithm(algorithm), &area)
    };
    let field = "pubArea.scheme";
    vec![
        with("ecdsa-sha-256", ES256, &[0, 0x18, 0, 0x0b]).accept(),
        with("rsassa-sha-256", RS256, &[0, 0x14, 0, 0x0b]).accept(),
        with("rsapss-sha-256", PS256, &[0, 0x16, 0, 0x0b]).accept(),
        mismatch(with("ecdsa-sha-384", ES256, &[0, 0x18, 0, 0x0c]), field),
        mismatch(with("ecdsa-sha-1", ES256, &[0, 0x18, 0, 0x04]), field),
        mismatch(with("rsassa-sha-384", RS256, &[0, 0x14, 0, 0x0c]), field),
        mismatch(with("rsapss-sha-256", RS256, &[0, 0x16, 0, 0x0b]), field),
        mismatch(with("rsassa-sha-256", PS256, &[0, 0x14, 0, 0x0b]), field),
        invalid(with("unknown-hash", ES256, &[0, 0x18, 0, 0x12]), field),
        invalid(with("ecschnorr", ES256, &[0, 0x1c, 0, 0x0b]), field),
        invalid(with("rsassa-sha-256", ES256, &[0, 0x14, 0, 0x0b]), field),
        invalid(with("ecdsa-sha-256", RS256, &[0, 0x18, 0, 0x0b]), field),
        // TPM_ALG_RSAES, which encrypts and has no hash.
        invalid(with("rsaes", RS256, &[0, 0x15]), field),
        invalid(with("zero", ES256, &[0, 0]), field),
    ]
}

/// Coordinates with other leading zeros than in the COSE key.
fn coordinates() -> Vec<Value> {
    let PublicNumbers::P256 { x, .. } = credential_key(ES256).public_numbers() else {
        panic!("not on P-256")
    };
    let padded = changed(pub_area(), "pubArea.unique.x", &tpm2b(&[&[0, 0], &x[..]].concat()));
    // A key whose x has a leading zero byte, which the TPM omits.
    let short = (0_u16..).map(|number| key(&format!("short {number}"))).find_map(|key| {
        match key.public_numbers() {
            PublicNumbers::P256 { x, .. } if x[0] == 0 => Some((key, x)),
            _ => None,
        }
    });
    let (short, x) = short.expect("one of 256 keys");
    let cose_key = short.cose_key().expect("CBOR in memory");
    let omitted = changed(area_of(&short), "pubArea.unique.x", &tpm2b(&x[1..]));
    let with = |name: &str, area: &TpmStructure| {
        with_area(name, "TPM-04", Registration::new().cose_key(&cose_key), area)
    };
    let behind = changed(pub_area(), "pubArea.unique.x", &tpm2b(&[&x[..], &[0]].concat()));
    let empty = changed(pub_area(), "pubArea.unique.x", &tpm2b(&[]));
    vec![
        with_area("coordinates/more-zeros", "TPM-04", Registration::new(), &padded).accept(),
        with("coordinates/all-zeros", &area_of(&short)).accept(),
        with("coordinates/no-zeros", &omitted).accept(),
        mismatch(
            with_area("coordinates/zero-behind", "TPM-04", Registration::new(), &behind),
            "pubArea.unique.x",
        ),
        mismatch(
            with_area("coordinates/empty", "TPM-04", Registration::new(), &empty),
            "pubArea.unique.x",
        ),
    ]
}

/// The certified name of `pubArea`, and its hash algorithm.
fn names() -> Vec<Value> {
    let with_hash = |name: &str, name_alg: u8| {
        let area = changed(pub_area(), "pubArea.nameAlg", &[0, name_alg]);
        with_area(&format!("name/{name}"), "TPM-08", Registration::new(), &area)
    };
    let field = "pubArea.nameAlg";
    let unsupported = |name: &str, name_alg: u8| {
        with_hash(name, name_alg).reject_field("UnsupportedAlgorithm", "22", field)
    };
    let quirk = |case: Case, quirk: &str| case.with("quirks", json!([quirk]));
    let mut cases = vec![
        with_hash("sha-384", 0x0c).accept(),
        with_hash("sha-512", 0x0d).accept(),
        with_hash("sha-1", 0x04).reject_field("WeakAlgorithm", "22", field),
        quirk(with_hash("sha-1-with-quirk", 0x04), "Sha1Attestation").accept(),
        quirk(with_hash("sha-1-with-other-quirk", 0x04), "NonDerBooleans").reject_field(
            "WeakAlgorithm",
            "22",
            field,
        ),
        unsupported("null", 0x10),
        unsupported("sha3-256", 0x27),
        unsupported("zero", 0),
    ];
    let right = pub_area().name();
    let mut other_hash = right.clone();
    other_hash[1] = 0x0c;
    let mut last_byte = right.clone();
    last_byte[33] ^= 1;
    for (name, certified) in [
        ("empty", Vec::new()),
        ("one-byte", vec![0]),
        ("algorithm-only", right[..2].to_vec()),
        ("hash-only", right[2..].to_vec()),
        ("cut-short", right[..33].to_vec()),
        ("trailing-byte", [&right[..], &[0]].concat()),
        ("other-algorithm", other_hash),
        ("last-byte", last_byte),
        // The name of a permanent object is its handle.
        ("handle", vec![0x81, 0, 0, 1]),
        ("of-other-key", area_of(&key("other")).name()),
    ] {
        let info = cert_info(&Registration::new(), &pub_area());
        let info = changed(info, "certInfo.name", &tpm2b(&certified)).to_bytes();
        let case = with_info(&format!("certified-name/{name}"), "TPM-08", &info);
        cases.push(mismatch(case, "certInfo.name"));
    }
    cases
}

fn infos() -> Vec<Value> {
    let good = || cert_info(&Registration::new(), &pub_area());
    let with = |name: &str, rule: &str, member: &str, bytes: &[u8]| {
        with_info(&format!("cert-info/{name}"), rule, &changed(good(), member, bytes).to_bytes())
    };
    let magic = |name: &str, member: &str, bytes: &[u8]| {
        let case = with(name, "TPM-06", member, bytes);
        case.reject_field("TpmMagicMismatch", "22", member)
    };
    let mut cases = vec![
        with("signer", "TPM-07", "certInfo.qualifiedSigner", &tpm2b(&[7; 34])).accept(),
        with("clock", "TPM-07", "certInfo.clockInfo", &[0xff; 17]).accept(),
        with("firmware", "TPM-07", "certInfo.firmwareVersion", &[0xff; 8]).accept(),
        with("qualified-name", "TPM-07", "certInfo.qualifiedName", &tpm2b(&[7; 34])).accept(),
        magic("magic-zero", "certInfo.magic", &[0; 4]),
        magic("magic-reversed", "certInfo.magic", b"GCT\xff"),
        magic("quote", "certInfo.type", &[0x80, 0x18]),
        magic("creation", "certInfo.type", &[0x80, 0x1a]),
        magic("type-zero", "certInfo.type", &[0, 0]),
    ];
    let whole = good().to_bytes();
    // magic 4, type 2, qualifiedSigner 2, extraData 34, clockInfo 17, firmwareVersion 8, name 36,
    // qualifiedName 2.
    for (name, length, field) in [
        ("empty", 0, "certInfo.magic"),
        ("magic", 4, "certInfo.type"),
        ("type", 6, "certInfo.qualifiedSigner"),
        ("signer", 8, "certInfo.extraData"),
        ("extra-data", 42, "certInfo.clockInfo"),
        ("clock", 59, "certInfo.firmwareVersion"),
        ("firmware", 67, "certInfo.name"),
        ("name", 103, "certInfo.qualifiedName"),
        ("last-byte", 104, "certInfo.qualifiedName"),
    ] {
        let case = with_info(&format!("cert-info/cut/{name}"), "TPM-05", &whole[..length]);
        cases.push(invalid(case, field));
    }
    let beyond = with("signer-beyond-the-end", "TPM-05", "certInfo.qualifiedSigner", &[0xff, 0xff]);
    cases.push(invalid(beyond, "certInfo.qualifiedSigner"));
    cases
}
