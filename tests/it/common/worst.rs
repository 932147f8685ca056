//! Requests that cost as much as a client can make them cost, within every limit.

#![allow(dead_code, reason = "each file uses a part")]
#![allow(clippy::unwrap_used, reason = "what cannot be made is a fault of the maker")]

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use num_bigint::BigUint;
use sha2::{Digest, Sha256};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, ClientDataBuilder,
    DistinguishedName, KeyDescriptionBuilder, PrivateKey, PublicNumbers, SafetyNetResponseBuilder,
    TpmStructure, der,
};

use super::certificates::{Fields, NOW, ca, extension, issued_by, key, name, validity};

pub const RP_ID: &str = "example.org";
pub const ORIGIN: &str = "https://example.org";
pub const CHALLENGE: [u8; 32] = [0x5a; 32];
pub const USER_HANDLE: &[u8] = b"a user handle";
pub const CREDENTIAL_ID: &[u8] = b"a credential ID";
pub const AAGUID: [u8; 16] = *b"an authenticator";

/// The longest body that is read.
pub const MAX_BODY: usize = 256 * 1024;

/// The longest client data.
pub const MAX_CLIENT_DATA: usize = 64 * 1024;

/// As much CBOR as fits a body beside everything else, before base64url.
pub const MAX_OBJECT: usize = 190_000;

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `item` and more of it, with commas between, up to this length.
pub fn repeated(item: &str, length: usize) -> String {
    let count = (length + 1) / (item.len() + 1);
    vec![item; count].join(",")
}

/// What an authenticator makes statements about.
pub struct Registering {
    pub algorithm: i64,
    pub authenticator_data: Vec<u8>,
    pub client_data: Vec<u8>,
}

impl Registering {
    pub fn new(key: &PrivateKey) -> Registering {
        let algorithm = Algorithm::from_cose_id(key.algorithm()).unwrap();
        Registering::with_numbers(&key.public_numbers(), algorithm)
    }

    pub fn with_numbers(numbers: &PublicNumbers, algorithm: Algorithm) -> Registering {
        let cose_key = numbers.cose_key(algorithm.cose_id()).unwrap();
        Registering::with_cose_key(&cose_key, algorithm, None)
    }

    /// With extension outputs, CBOR.
    pub fn with_cose_key(
        cose_key: &[u8],
        algorithm: Algorithm,
        extensions: Option<&[u8]>,
    ) -> Registering {
        let flags = if extensions.is_some() { 0xc5 } else { 0x45 };
        let mut data = AuthenticatorDataBuilder::new(RP_ID, flags, 0)
            .attested_credential_data(&AAGUID, CREDENTIAL_ID, cose_key)
            .unwrap();
        if let Some(extensions) = extensions {
            data = data.extensions(extensions);
        }
        Registering {
            algorithm: algorithm.cose_id(),
            authenticator_data: data.build(),
            client_data: ClientDataBuilder::create(&CHALLENGE, ORIGIN).build(),
        }
    }

    pub fn client_data_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.client_data).into()
    }

    /// What most statements sign.
    pub fn signed(&self) -> Vec<u8> {
        [&self.authenticator_data[..], &self.client_data_hash()].concat()
    }

    /// The body of the response with this statement.
    pub fn body(&self, statement: &AttestationStatement) -> String {
        self.body_of(&statement.attestation_object(&self.authenticator_data).unwrap())
    }

    /// The body of the response with this attestation object.
    pub fn body_of(&self, object: &[u8]) -> String {
        registration_body(&self.client_data, object, "{}")
    }
}

pub fn registration_body(client_data: &[u8], object: &[u8], results: &str) -> String {
    let (id, client_data) = (base64url(CREDENTIAL_ID), base64url(client_data));
    let object = base64url(object);
    format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{client_data}","attestationObject":"{object}"}}}}"#
    )
}

pub fn login_body(
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
    results: &str,
) -> String {
    let (id, client_data) = (base64url(CREDENTIAL_ID), base64url(client_data));
    let (data, signature) = (base64url(authenticator_data), base64url(signature));
    let user_handle = base64url(USER_HANDLE);
    format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{client_data}","authenticatorData":"{data}","signature":"{signature}","userHandle":"{user_handle}"}}}}"#
    )
}

/// The Mersenne prime of this many bits.
pub fn mersenne(bits: usize) -> Vec<u8> {
    let mut number = vec![0xff; bits.div_ceil(8)];
    number[0] = 0xff >> (bits.wrapping_neg() % 8);
    number
}

/// A key of RSA with 7640 bits and the exponent 65537, which costs as much as one of 8192.
pub fn large_rsa() -> PrivateKey {
    PrivateKey::rs256(&mersenne(4423), &mersenne(3217)).unwrap()
}

/// A key of RSA with 8192 bits and a large exponent, and a signature by it of this message.
pub fn slow_rsa_signature(message: &[u8]) -> (PublicNumbers, Vec<u8>) {
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let info = [&prefix[..], &Sha256::digest(message)].concat();
    rsa_signature(&[4423, 3217, 521, 31], (1 << 33) - 9, &info)
}

/// The RSA key whose modulus is the product of the Mersenne primes of these many bits, and its
/// signature of this DigestInfo (RFC 8017, section 9.2).
pub fn rsa_signature(primes: &[usize], exponent: u64, info: &[u8]) -> (PublicNumbers, Vec<u8>) {
    let primes: Vec<_> =
        primes.iter().map(|bits| BigUint::from_bytes_be(&mersenne(*bits))).collect();
    let modulus: BigUint = primes.iter().product();
    let group: BigUint = primes.iter().map(|prime| prime - 1_u32).product();
    let exponent = BigUint::from(exponent);
    let inverse = exponent.modinv(&group).unwrap();
    let length = modulus.to_bytes_be().len();
    let padding = vec![0xff; length - 3 - info.len()];
    let encoded = [&[0, 1][..], &padding, &[0], info].concat();
    let signature = BigUint::from_bytes_be(&encoded).modpow(&inverse, &modulus).to_bytes_be();
    let signature = [vec![0; length - signature.len()], signature].concat();
    let (modulus, exponent) = (modulus.to_bytes_be(), exponent.to_bytes_be());
    (PublicNumbers::Rsa { modulus, exponent }, signature)
}

/// A modulus of 8192 bits with an exponent of 33 bits, almost all of them set. Nobody has the
/// private key.
pub fn slowest_rsa() -> PublicNumbers {
    PublicNumbers::Rsa { modulus: vec![0xff; 1024], exponent: vec![1, 0xff, 0xff, 0xff, 0xff] }
}

/// Of the right length, and not a signature of anything.
pub fn wrong_rsa_signature() -> Vec<u8> {
    vec![0x7f; 1024]
}

/// The subject of an attestation certificate.
pub fn authenticator() -> DistinguishedName {
    DistinguishedName::new()
        .country("AA")
        .organization("Maker")
        .organizational_unit("Authenticator Attestation")
        .common_name("Authenticator")
}

/// An attestation certificate for this key, and the certificates of authorities up to "root", all
/// with the key `authority`: `count` certificates.
pub fn chain(leaf: &PublicNumbers, authority: &PrivateKey, count: usize) -> Vec<Vec<u8>> {
    let certificate =
        CertificateBuilder::new(&authenticator(), leaf).basic_constraints(false, None);
    chain_of(certificate, authority, count, |place| name(&format!("authority {place}")))
}

/// The same, with other names for the authorities.
pub fn chain_of(
    leaf: CertificateBuilder,
    authority: &PrivateKey,
    count: usize,
    named: impl Fn(usize) -> DistinguishedName,
) -> Vec<Vec<u8>> {
    let mut below = leaf;
    let mut chain = Vec::new();
    for place in 1..count {
        chain.push(below.issuer(&named(place)).sign(authority));
        below = CertificateBuilder::new(&named(place), &authority.public_numbers())
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN);
    }
    chain.push(issued_by("root", below));
    chain
}

/// A packed statement over this, whose attestation key has these certificates.
pub fn packed(
    registering: &Registering,
    signer: &PrivateKey,
    certificates: &[Vec<u8>],
) -> AttestationStatement {
    let signature = signer.sign(&registering.signed());
    AttestationStatement::packed(signer.algorithm(), &signature, Some(certificates)).unwrap()
}

pub fn packed_self(registering: &Registering, signature: &[u8]) -> AttestationStatement {
    AttestationStatement::packed(registering.algorithm, signature, None).unwrap()
}

pub fn compound(statement: &AttestationStatement, count: usize) -> AttestationStatement {
    AttestationStatement::compound(&vec![statement.clone(); count]).unwrap()
}

/// A certificate by "root" for a packed statement by the key "attestation", with this beside what it
/// needs: name parts, extensions.
pub fn stuffed(extensions: &[Vec<u8>], parts: usize, issuer: &DistinguishedName) -> Fields {
    let mut fields = Fields::new();
    let mut subject = authenticator();
    for _ in 0..parts {
        subject = subject.common_name("");
    }
    fields.subject = subject.to_der();
    fields.issuer = issuer.to_der();
    fields.validity = validity("240101000000Z", "491231235959Z");
    fields.public_key = key("attestation").public_numbers().subject_public_key_info();
    let not_an_authority = extension(&[2, 5, 29, 19], true, &der::sequence::<Vec<u8>>(&[]));
    fields.extensions(&[&[not_an_authority], extensions].concat())
}

/// So many extensions that mean nothing, each of this size.
pub fn extensions(count: u64, size: usize) -> Vec<Vec<u8>> {
    (0..count).map(|one| extension(&[1, 2, 3, one], false, &vec![0; size])).collect()
}

/// Anchors of one name with different keys, of which the last has issued certificates by "root".
pub fn namesakes(count: usize) -> Vec<Vec<u8>> {
    let other = |number: usize| {
        let key = key(&format!("another root {number}"));
        CertificateBuilder::new(&name("root"), &key.public_numbers())
            .basic_constraints(true, None)
            .sign(&key)
    };
    (1..count).map(other).chain([issued_by("root", ca("root"))]).collect()
}

pub fn android_key(
    registering: &Registering,
    key: &PrivateKey,
    count: usize,
) -> AttestationStatement {
    let description = KeyDescriptionBuilder::new(&registering.client_data_hash());
    let certificate = CertificateBuilder::new(&name("Android Keystore Key"), &key.public_numbers())
        .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description.build());
    let authority = super::certificates::key("authority");
    let chain = chain_of(certificate, &authority, count, |place| name(&format!("CA {place}")));
    let signature = key.sign(&registering.signed());
    AttestationStatement::android_key(key.algorithm(), &signature, &chain).unwrap()
}

pub fn apple(registering: &Registering, key: &PrivateKey, count: usize) -> AttestationStatement {
    let certificate = CertificateBuilder::new(&name("credential"), &key.public_numbers())
        .apple_nonce(&Sha256::digest(registering.signed()).into());
    let authority = super::certificates::key("authority");
    let chain = chain_of(certificate, &authority, count, |place| name(&format!("CA {place}")));
    AttestationStatement::apple(&chain).unwrap()
}

pub fn tpm(
    registering: &Registering,
    credential: &PrivateKey,
    signer: &PrivateKey,
    count: usize,
) -> AttestationStatement {
    let area = TpmStructure::pub_area(&credential.public_numbers()).unwrap();
    let extra_data = match Algorithm::from_cose_id(signer.algorithm()) {
        Some(Algorithm::Rs512 | Algorithm::Es512) => {
            sha2::Sha512::digest(registering.signed()).to_vec()
        }
        _ => Sha256::digest(registering.signed()).to_vec(),
    };
    let info = TpmStructure::cert_info(&extra_data, &area.name()).to_bytes();
    let device = DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:00010002");
    let certificate = CertificateBuilder::new(&DistinguishedName::new(), &signer.public_numbers())
        .basic_constraints(false, None)
        .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
        .subject_alt_name(true, &device.to_der());
    let authority = key("authority");
    let chain = chain_of(certificate, &authority, count, |place| name(&format!("CA {place}")));
    let (alg, signature) = (signer.algorithm(), signer.sign(&info));
    AttestationStatement::tpm("2.0", alg, &signature, &chain, &area.to_bytes(), &info).unwrap()
}

pub fn safetynet(registering: &Registering, more: usize, count: usize) -> AttestationStatement {
    let hash = Sha256::digest(registering.signed()).into();
    let certificate = CertificateBuilder::new(&name("service"), &key("service").public_numbers())
        .extension(
            &[2, 5, 29, 17],
            false,
            &der::sequence(&[der::implicit(2, b"attest.android.com")]),
        );
    let authority = key("authority");
    let chain = chain_of(certificate, &authority, count, |place| name(&format!("CA {place}")));
    let response = SafetyNetResponseBuilder::new(&hash, NOW * 1000)
        .member("more", "x".repeat(more))
        .sign(&key("service"), &chain);
    AttestationStatement::android_safetynet("1", response.as_bytes()).unwrap()
}

/// The head of a CBOR item.
pub fn head(major: u8, length: usize) -> Vec<u8> {
    let major = major << 5;
    match u32::try_from(length).unwrap().to_be_bytes() {
        [0, 0, 0, short @ 0..24] => vec![major | short],
        [0, 0, 0, low] => vec![major | 24, low],
        [0, 0, high, low] => vec![major | 25, high, low],
        [a, b, c, d] => vec![major | 26, a, b, c, d],
    }
}

/// An attestation object `none` with one more member, "x".
pub fn object_with(registering: &Registering, more: &[u8]) -> Vec<u8> {
    let data = &registering.authenticator_data;
    [
        &b"\xa4\x61x"[..],
        more,
        b"\x63fmt\x64none\x67attStmt\xa0\x68authData",
        &head(2, data.len()),
        data,
    ]
    .concat()
}

/// The same with indefinite lengths.
pub fn indefinite_object_with(registering: &Registering, more: &[u8]) -> Vec<u8> {
    let data = &registering.authenticator_data;
    let (first, second) = data.split_at(24);
    let length = u8::try_from(second.len()).unwrap();
    [
        &b"\xbf\x61x"[..],
        more,
        b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x5f\x58\x18",
        first,
        &[0x58, length],
        second,
        b"\xff\xff",
    ]
    .concat()
}

/// Client data with these members behind those that it needs.
pub fn client_data(ceremony_type: &str, members: &str) -> Vec<u8> {
    let challenge = base64url(&CHALLENGE);
    format!(
        r#"{{"type":"{ceremony_type}","challenge":"{challenge}","origin":"{ORIGIN}",{members}}}"#
    )
    .into_bytes()
}

/// Client data that take as long as they can, each with what it consists of. All but the last two
/// are as they should be.
pub fn slow_client_data(ceremony_type: &str) -> Vec<(&'static str, Vec<u8>)> {
    let room = MAX_CLIENT_DATA - 150;
    let names = |count: usize| {
        let prefix = "a".repeat(room / count - 14);
        let mut members = String::new();
        for number in 0..count {
            let comma = if number == 0 { "" } else { "," };
            write!(members, r#"{comma}"{prefix}{number:02}\u0061":0"#).unwrap();
        }
        members
    };
    let escapes = "\\u0061".repeat(room / 6);
    let escaped = |member: &str| {
        let data = String::from_utf8(client_data(ceremony_type, "\"x\":0")).unwrap();
        data.replace(member, &format!("{member}{escapes}")).into_bytes()
    };
    vec![
        (
            "61 names with an escape behind a common beginning",
            client_data(ceremony_type, &names(61)),
        ),
        ("nested arrays", client_data(ceremony_type, &nested_arrays(room))),
        ("a value full of escapes", client_data(ceremony_type, &format!(r#""x":"{escapes}""#))),
        ("a challenge full of escapes", escaped(&base64url(&CHALLENGE))),
        ("an origin full of escapes", escaped(ORIGIN)),
    ]
}

fn nested_arrays(room: usize) -> String {
    let tower = format!("{}{}", "[".repeat(29), "]".repeat(29));
    format!(r#""x":[{}]"#, repeated(&tower, room - 8))
}

/// Bodies as long as they may be, each with what it consists of: neither a registration nor a login,
/// most of them, which the reader finds out at the end.
pub fn bodies() -> Vec<(&'static str, String)> {
    let empties = |room: usize| format!(r#""a":[{}]"#, repeated(r#"{"":0}"#, room));
    let object = base64url(&[0; 100]);
    let around = |results: &str, members: &str| {
        let id = base64url(CREDENTIAL_ID);
        format!(
            r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{object}","attestationObject":"{object}","authenticatorData":"{object}","signature":"MAA"{members}}}}}"#
        )
    };
    // What is around takes 700 bytes at most.
    let room = MAX_BODY - 700;
    let many_members: Vec<_> = (0..room / 9).map(|one| format!(r#""{one:x}":0"#)).collect();
    let long_names: Vec<_> = (10..70)
        .map(|one| format!(r#""{}{one}\u0061":0"#, "\\n".repeat(room / 60 / 2 - 10)))
        .collect();
    let named = |name: &str, value: String| format!(r#","{name}":{value}"#);
    let list = |item: &str| format!("[{}]", repeated(item, room));
    let text = |character: &str| format!("\"{}\"", character.repeat(room / character.len()));
    let tower = format!("{}{}", "[".repeat(28), "]".repeat(28));
    let bodies = vec![
        ("small objects at the root", format!("{{{}}}", empties(room))),
        ("small objects in response", around("{}", &format!(",{}", empties(room)))),
        ("small objects in clientExtensionResults", around(&format!("{{{}}}", empties(room)), "")),
        ("small arrays", around("{}", &named("a", list("[]")))),
        ("nested arrays", around("{}", &named("a", list(&tower)))),
        ("many short members at the root", format!("{{{}}}", many_members.join(","))),
        (
            "many short members in clientExtensionResults",
            around(&format!("{{{}}}", many_members.join(",")), ""),
        ),
        ("60 long names with escapes", around(&format!("{{{}}}", long_names.join(",")), "")),
        ("60,000 transports", around("{}", &named("transports", list("\"x\"")))),
        ("escaped transports", around("{}", &named("transports", list("\"\\u0061\"")))),
        ("base64url full of escapes", around("{}", &named("publicKey", text("\\u0041")))),
        ("a long base64url copy", around("{}", &named("publicKey", text("A")))),
        ("short escapes", around("{}", &named("publicKey", text("\\n")))),
        ("a public key of numbers", around("{}", &named("publicKey", list("7")))),
        ("numbers with exponents", around("{}", &named("publicKey", list("1e15")))),
        ("numbers next to zero", around("{}", &named("publicKey", list("5e-324")))),
        ("large results of every extension", around(&large_results(room), "")),
        ("one long result", around(&format!(r#"{{"x":{}}}"#, text("a")), "")),
        ("white space", " ".repeat(MAX_BODY)),
        (
            "white space inside",
            around("{}", "").replacen('{', &format!("{{{}", " ".repeat(room)), 1),
        ),
    ];
    for (name, body) in &bodies {
        assert!(body.len() <= MAX_BODY, "{name}: {} bytes", body.len());
        assert!(body.len() > MAX_BODY - 15_000, "{name}: {} bytes", body.len());
    }
    bodies
}

/// Client extension results of about this length: what has no meaning comes first, and each known
/// extension is at the end.
pub fn large_results(length: usize) -> String {
    let secret = base64url(&[7; 32]);
    let known = format!(
        r#""appid":true,"appidExclude":true,"hmacCreateSecret":true,"credBlob":true,"remoteClientDataJSON":true,"credProps":{{"rk":true}},"prf":{{"enabled":true,"results":{{"first":"{secret}","second":"{secret}"}}}},"largeBlob":{{"supported":true,"blob":"AAAA","written":true}},"hmacGetSecret":{{"output1":"{secret}","output2":"{secret}"}},"getCredBlob":"AAAA","uvm":[[1,2,3]]"#
    );
    let filler = repeated("0", length - known.len() - 10);
    format!(r#"{{"x":[{filler}],{known}}}"#)
}
