//! Times the verification of one signature over 69 bytes, as many as a login signs. Keys are
//! parsed beforehand unless the name says otherwise. Signatures are parsed each time.

use std::hint::black_box;

use p256::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{Algorithm, PreparedKey, signature};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

use crate::contest::{Accepts, Contender, Contest, Fault, Outcome};
use crate::machine::versioned;

/// As long as the message that a login signs: authenticator data and a hash.
const MESSAGE: [u8; 37 + 32] = [7; 69];

/// A public key in every form that a contender takes.
struct Key {
    algorithm: Algorithm,
    cose: Vec<u8>,
    numbers: PublicNumbers,
    /// The SEC 1 point, the bytes of the Ed25519 key, or RSAPublicKey (RFC 8017, A.1.1).
    bytes: Vec<u8>,
}

/// Returns whether a signature of [`MESSAGE`] is valid. `None` if the contender does not have the
/// algorithm.
type Verify = Option<Accepts<[u8]>>;

struct Entry {
    package: &'static str,
    key: &'static str,
    /// Prepares the key and returns the function that is timed.
    verify: fn(&Key) -> Result<Verify, Fault>,
}

const ENTRIES: &[Entry] = &[
    Entry { package: "aws-lc-rs", key: "parsed key", verify: aws_lc_rs },
    Entry { package: "webauthn-verify", key: "COSE key", verify: from_cose_key },
    Entry { package: "webauthn-verify", key: "prepared key", verify: prepared },
    Entry { package: "webauthn-verify", key: "prepared key read from bytes", verify: read_back },
    Entry { package: "graviola", key: "parsed key", verify: graviola },
    Entry { package: "ring", key: "bytes of the key", verify: ring },
    #[cfg(feature = "openssl")]
    Entry { package: "openssl", key: "parsed key", verify: openssl },
    Entry { package: "p256", key: "parsed key", verify: p256 },
    Entry { package: "ed25519-dalek", key: "parsed key", verify: ed25519_dalek },
    Entry { package: "rsa", key: "parsed key", verify: rsa },
];

const ALGORITHMS: [(Algorithm, &str); 3] =
    [(Algorithm::Es256, "P-256"), (Algorithm::EdDsa, "Ed25519"), (Algorithm::Rs256, "RSA-2048")];

pub(crate) fn run(rounds: usize) -> Result<Vec<Outcome>, Fault> {
    let run = |(algorithm, name)| contest(algorithm, name)?.run(rounds);
    ALGORITHMS.into_iter().map(run).collect()
}

fn contest(algorithm: Algorithm, name: &str) -> Result<Contest<[u8]>, Fault> {
    let private_key = PrivateKey::from_seed(algorithm.cose_id(), b"rivals")?;
    let numbers = private_key.public_numbers();
    let (cose, bytes) = (private_key.cose_key()?, numbers.subject_public_key());
    let key = Key { algorithm, cose, numbers, bytes };
    let mut contenders = Vec::new();
    for Entry { package, key: form, verify } in ENTRIES {
        if let Some(accepts) = verify(&key)? {
            let name = format!("{}, {form}", versioned(package)?);
            contenders.push(Contender { name, accepts });
        }
    }
    let right = private_key.sign(&MESSAGE).into_boxed_slice();
    let mut wrong = right.clone();
    *wrong.last_mut().ok_or("the signature is empty")? ^= 1;
    Ok(Contest { name: name.to_owned(), right, wrong, contenders })
}

fn message() -> &'static [u8] {
    black_box(&MESSAGE)
}

/// Wraps the function of a contender that has the algorithm.
fn verifier(accepts: impl Fn(&[u8]) -> bool + 'static) -> Result<Verify, Fault> {
    Ok(Some(Box::new(accepts)))
}

fn from_cose_key(key: &Key) -> Result<Verify, Fault> {
    let cose = key.cose.clone();
    verifier(move |signed| {
        CoseKey::parse(black_box(&cose))
            .and_then(|key| signature::verify(key.public_key(), message(), signed))
            .is_ok()
    })
}

fn prepared(key: &Key) -> Result<Verify, Fault> {
    let key = CoseKey::parse(&key.cose)?.public_key().prepare()?;
    verifier(move |signed| key.verify(message(), signed).is_ok())
}

fn read_back(key: &Key) -> Result<Verify, Fault> {
    let stored = CoseKey::parse(&key.cose)?.public_key().prepare()?.to_bytes();
    verifier(move |signed| {
        PreparedKey::from_bytes(black_box(&stored))
            .and_then(|key| key.verify(message(), signed))
            .is_ok()
    })
}

fn aws_lc_rs(key: &Key) -> Result<Verify, Fault> {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    };
    let key = match key.algorithm {
        Algorithm::Es256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key.bytes)?,
        Algorithm::EdDsa => ParsedPublicKey::new(&ED25519, &key.bytes)?,
        Algorithm::Rs256 => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.bytes)?,
        _ => return Ok(None),
    };
    verifier(move |signed| key.verify_sig(message(), signed).is_ok())
}

fn ring(key: &Key) -> Result<Verify, Fault> {
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
        VerificationAlgorithm,
    };
    let algorithm: &'static dyn VerificationAlgorithm = match key.algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_ASN1,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Ok(None),
    };
    let key = UnparsedPublicKey::new(algorithm, key.bytes.clone());
    verifier(move |signed| key.verify(message(), signed).is_ok())
}

fn graviola(key: &Key) -> Result<Verify, Fault> {
    use graviola::signing::{ecdsa, eddsa, rsa};
    let wrong = |error| format!("graviola refuses the key: {error:?}");
    match key.algorithm {
        Algorithm::Es256 => {
            let key = ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(&key.bytes);
            let key = key.map_err(wrong)?;
            verifier(move |signed| {
                key.verify_asn1::<graviola::hashing::Sha256>(&[message()], signed).is_ok()
            })
        }
        Algorithm::EdDsa => {
            let key = eddsa::Ed25519VerifyingKey::from_bytes(&key.bytes).map_err(wrong)?;
            verifier(move |signed| key.verify(signed, message()).is_ok())
        }
        Algorithm::Rs256 => {
            let key = rsa::VerifyingKey::from_pkcs1_der(&key.bytes).map_err(wrong)?;
            verifier(move |signed| key.verify_pkcs1_sha256(signed, message()).is_ok())
        }
        _ => Ok(None),
    }
}

#[cfg(feature = "openssl")]
fn openssl(key: &Key) -> Result<Verify, Fault> {
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::sign::Verifier;
    let algorithm = key.algorithm;
    let key = PKey::public_key_from_der(&key.numbers.subject_public_key_info())?;
    verifier(move |signed| {
        let verifier = match algorithm {
            Algorithm::EdDsa => Verifier::new_without_digest(&key),
            _ => Verifier::new(MessageDigest::sha256(), &key),
        };
        verifier
            .and_then(|mut verifier| verifier.verify_oneshot(signed, message()))
            .is_ok_and(|right| right)
    })
}

fn p256(key: &Key) -> Result<Verify, Fault> {
    use p256::ecdsa::{Signature, VerifyingKey};
    if key.algorithm != Algorithm::Es256 {
        return Ok(None);
    }
    let key = VerifyingKey::from_sec1_bytes(&key.bytes)?;
    verifier(move |signed| {
        Signature::from_der(signed).is_ok_and(|signed| key.verify(message(), &signed).is_ok())
    })
}

fn ed25519_dalek(key: &Key) -> Result<Verify, Fault> {
    use ed25519_dalek::{Signature, VerifyingKey};
    let PublicNumbers::Ed25519 { x } = &key.numbers else { return Ok(None) };
    let key = VerifyingKey::from_bytes(x)?;
    verifier(move |signed| {
        Signature::from_slice(signed)
            .is_ok_and(|signed| key.verify_strict(message(), &signed).is_ok())
    })
}

fn rsa(key: &Key) -> Result<Verify, Fault> {
    use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
    let PublicNumbers::Rsa { modulus, exponent } = &key.numbers else { return Ok(None) };
    let number = BoxedUint::from_be_slice_vartime;
    let key = RsaPublicKey::new(number(modulus), number(exponent))?;
    verifier(move |signed| {
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        key.verify(scheme, &Sha256::digest(message()), signed).is_ok()
    })
}
