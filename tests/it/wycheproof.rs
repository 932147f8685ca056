//! Project Wycheproof: signatures that broke implementations, and valid ones at every edge of the
//! arithmetic. Each is verified through the public interface with its key as a COSE key. The key is
//! used directly, prepared, and prepared and read back from its bytes.
//!
//! All test sets of these families are used. A vector that matches a COSE algorithm must get the
//! verdict of its file, except for the cases that the constants below name. A vector with another
//! hash, salt or encoding must be rejected even if it is valid, because an algorithm is bound to
//! all of these.
//!
//! `cargo test --all-features wycheproof -- --nocapture` prints the numbers of vectors.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use std::collections::HashMap;
use std::thread;

use ciborium::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{Algorithm, ErrorKind, PreparedKey, signature};
use wycheproof::{EllipticCurve, HashFunction, TestResult};
use wycheproof::{ecdsa, eddsa, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify};

use crate::common::messages::cose_numbers;

/// ECDSA: comments of vectors that are invalid for Bitcoin and valid here. A high s is forbidden by
/// Bitcoin only. Neither COSE nor WebAuthn has that rule, including for secp256k1.
const BITCOIN_ACCEPTED: &[&str] =
    &["Signature malleability", "edge case for signature malleability"];

/// RSASSA-PKCS1-v1_5: rejected although the file says acceptable. A DigestInfo without its NULL
/// differs from the one that RFC 8017 requires the verifier to build (section 8.2.2, step 3).
const PKCS1_REFUSED: &[rsa_pkcs1_verify::TestFlag] = &[rsa_pkcs1_verify::TestFlag::MissingNull];

/// RSASSA-PKCS1-v1_5: the start of the comments of vectors that are invalid in a set for another
/// hash. They use one of our hashes, so they are valid with it.
const PKCS1_ACCEPTED: &[(&str, Algorithm)] = &[
    ("The message is hashed with SHA-256 instead", Algorithm::Rs256),
    ("The message is hashed with SHA-384 instead", Algorithm::Rs384),
    ("The message is hashed with SHA-512 instead", Algorithm::Rs512),
];

/// RSASSA-PSS: the comment of vectors that are invalid in a set without salt, because they have a
/// salt of 32 bytes. Their hash is SHA-256, so PS256 uses this salt length.
const PSS_ACCEPTED: &str = "s_len changed to 32";

/// ML-DSA: the flag of keys with a wrong length, which are not COSE keys.
const ML_DSA_KEY_REFUSED: mldsa_verify::TestFlag = mldsa_verify::TestFlag::IncorrectPublicKeyLength;

/// The result of a vector.
#[derive(Clone, Copy)]
enum Outcome {
    /// Accepted, as in the file.
    Accepted,
    /// Rejected, as in the file.
    Refused,
    /// Accepted, unlike in the file. See the constants.
    AcceptedByPolicy,
    /// Rejected, unlike in the file. See the constants.
    RefusedByPolicy,
    /// Rejected, because the vector has another hash, salt, encoding or context than the COSE
    /// algorithm.
    OutOfScope,
    /// The COSE key is rejected, so no signature is checked.
    KeyRefused,
}

impl Outcome {
    /// Returns the verdict of the file.
    fn of(result: TestResult) -> Outcome {
        match result {
            TestResult::Valid => Outcome::Accepted,
            TestResult::Invalid => Outcome::Refused,
            TestResult::Acceptable => {
                panic!("the file leaves the verdict open, and no constant names it")
            }
        }
    }
}

/// Numbers of vectors by outcome, in the order of [`Outcome`].
type Counts = [usize; 6];

/// The vectors of one row of the table.
struct Row {
    name: &'static str,
    counts: Counts,
    not_compiled_in: usize,
    /// The prepared keys and their copies read back, by COSE key, or the reason why a key cannot be
    /// prepared.
    prepared: HashMap<Vec<u8>, Result<[PreparedKey; 2], ErrorKind>>,
}

impl Row {
    fn new(name: &'static str) -> Row {
        Row { name, counts: [0; 6], not_compiled_in: 0, prepared: HashMap::new() }
    }

    /// Verifies the vector with each algorithm and counts it once. The algorithms are either names
    /// of the same one, or all of them must reject the vector.
    fn vector(
        &mut self,
        algorithms: &[Algorithm],
        key: impl Fn(Algorithm) -> Vec<u8>,
        message: &[u8],
        signature: &[u8],
        outcome: Outcome,
        name: &str,
    ) {
        if !algorithms.iter().all(|algorithm| algorithm.is_compiled_in()) {
            for algorithm in algorithms {
                let failure = CoseKey::parse(&key(*algorithm)).unwrap_err();
                assert_eq!(failure.kind(), ErrorKind::UnsupportedAlgorithm, "{name}");
            }
            self.not_compiled_in += 1;
            return;
        }
        for algorithm in algorithms {
            let key = key(*algorithm);
            let verdict = CoseKey::parse(&key)
                .and_then(|key| signature::verify(key.public_key(), message, signature));
            let error = verdict.err().map(|failure| failure.kind());
            let expected = match outcome {
                Outcome::Accepted | Outcome::AcceptedByPolicy => None,
                Outcome::Refused | Outcome::RefusedByPolicy | Outcome::OutOfScope => {
                    Some(ErrorKind::SignatureInvalid)
                }
                Outcome::KeyRefused => Some(ErrorKind::InvalidCoseKey),
            };
            assert_eq!(error, expected, "{name} as {algorithm}");
            let prepared = self.prepared.entry(key).or_insert_with_key(|key| prepare(key));
            let errors = match prepared {
                Ok(keys) => keys
                    .each_ref()
                    .map(|key| key.verify(message, signature).err().map(|failure| failure.kind())),
                Err(kind) => [Some(*kind); 2],
            };
            assert_eq!(errors, [expected; 2], "{name} as {algorithm}, prepared");
        }
        self.counts[outcome as usize] += 1;
    }

    fn total(&self) -> usize {
        self.counts.iter().sum::<usize>() + self.not_compiled_in
    }
}

/// Prepares the key, and returns it with a copy that was read back.
fn prepare(key: &[u8]) -> Result<[PreparedKey; 2], ErrorKind> {
    let prepared = CoseKey::parse(key).and_then(|key| key.public_key().prepare());
    let prepared = prepared.map_err(|failure| failure.kind())?;
    let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
    assert_eq!(read_back, prepared);
    Ok([prepared, read_back])
}

/// Builds a COSE key: kty, alg, then the parameters from label -1 on.
fn cose_key(algorithm: Algorithm, parameters: Vec<Value>) -> Vec<u8> {
    let head = [(1, cose_numbers(algorithm.key_kind()).0), (3, algorithm.cose_id())];
    let head = head.map(|(label, value)| (Value::from(label), Value::from(value)));
    let parameters = (1..).zip(parameters).map(|(label, value)| (Value::from(-label), value));
    let mut bytes = Vec::new();
    let map = Value::Map(head.into_iter().chain(parameters).collect());
    ciborium::into_writer(&map, &mut bytes).unwrap();
    bytes
}

/// Builds an EC2 key from an uncompressed point with coordinates of the full length.
fn ec2_key(algorithm: Algorithm, point: &[u8]) -> Vec<u8> {
    let curve = cose_numbers(algorithm.key_kind()).1.unwrap();
    let (form, coordinates) = point.split_first().unwrap();
    assert_eq!(*form, 0x04);
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    cose_key(algorithm, vec![curve.into(), x.into(), y.into()])
}

fn okp_key(algorithm: Algorithm, x: &[u8]) -> Vec<u8> {
    let curve = cose_numbers(algorithm.key_kind()).1.unwrap();
    cose_key(algorithm, vec![curve.into(), x.into()])
}

/// Builds an RSA key. The files write numbers as in DER, with a zero byte before a first bit that
/// is set.
fn rsa_key(algorithm: Algorithm, modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let number = |digits: &[u8]| {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        Value::from(&digits[zeros..])
    };
    cose_key(algorithm, vec![number(modulus), number(exponent)])
}

/// Returns the algorithms of a curve, with the name of their row and their hash.
fn curve(curve: EllipticCurve) -> Option<(&'static [Algorithm], &'static str, HashFunction)> {
    use Algorithm::{Es256, Es256k, Es384, Es512, Esp256, Esp384, Esp512};
    match curve {
        EllipticCurve::Secp256r1 => Some((&[Es256, Esp256], "ES256", HashFunction::Sha2_256)),
        EllipticCurve::Secp384r1 => Some((&[Es384, Esp384], "ES384", HashFunction::Sha2_384)),
        EllipticCurve::Secp521r1 => Some((&[Es512, Esp512], "ES512", HashFunction::Sha2_512)),
        EllipticCurve::Secp256k1 => Some((&[Es256k], "ES256K", HashFunction::Sha2_256)),
        _ => None,
    }
}

/// Runs the vectors of one curve: every hash, in DER and as plain r and s (P1363).
fn ecdsa_row(of: EllipticCurve) -> Row {
    let (algorithms, name, hash) = curve(of).unwrap();
    let mut row = Row::new(name);
    for set in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(set).unwrap().test_groups {
            if group.key.curve != of {
                continue;
            }
            let in_scope =
                group.hash == hash && group.test_type != ecdsa::TestGroupTypeId::EcdsaP1363;
            for test in &group.tests {
                let outcome = if !in_scope {
                    Outcome::OutOfScope
                } else if group.test_type == ecdsa::TestGroupTypeId::EcdsaBitcoin
                    && test.result == TestResult::Invalid
                    && BITCOIN_ACCEPTED.contains(&&test.comment[..])
                {
                    Outcome::AcceptedByPolicy
                } else {
                    Outcome::of(test.result)
                };
                row.vector(
                    // If the signature is out of scope, the other name adds nothing.
                    if in_scope { algorithms } else { &algorithms[..1] },
                    |algorithm| ec2_key(algorithm, &group.key.key),
                    &test.msg,
                    &test.sig,
                    outcome,
                    &format!("{set:?} {}", test.tc_id),
                );
            }
        }
    }
    row
}

fn eddsa_row(set: eddsa::TestName) -> Row {
    let (algorithms, name): (&[_], _) = match set {
        eddsa::TestName::Ed25519 => (&[Algorithm::EdDsa, Algorithm::Ed25519], "EdDSA"),
        eddsa::TestName::Ed448 => (&[Algorithm::Ed448], "Ed448"),
    };
    let mut row = Row::new(name);
    for group in eddsa::TestSet::load(set).unwrap().test_groups {
        for test in &group.tests {
            row.vector(
                algorithms,
                |algorithm| okp_key(algorithm, &group.key.pk),
                &test.msg,
                &test.sig,
                Outcome::of(test.result),
                &format!("{set:?} {}", test.tc_id),
            );
        }
    }
    row
}

const PKCS1: [(Algorithm, HashFunction); 3] = [
    (Algorithm::Rs256, HashFunction::Sha2_256),
    (Algorithm::Rs384, HashFunction::Sha2_384),
    (Algorithm::Rs512, HashFunction::Sha2_512),
];

fn pkcs1_rows() -> Vec<Row> {
    let mut rows: Vec<Row> =
        PKCS1.iter().map(|(algorithm, _)| Row::new(algorithm.as_str())).collect();
    let mut others = Row::new("RS, other hashes");
    for set in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let own = PKCS1.iter().position(|(_, hash)| *hash == group.hash);
            for test in &group.tests {
                let accepted = PKCS1_ACCEPTED
                    .iter()
                    .position(|(comment, _)| own.is_none() && test.comment.starts_with(comment));
                let outcome = if accepted.is_some() {
                    assert_eq!(test.result, TestResult::Invalid);
                    Outcome::AcceptedByPolicy
                } else if own.is_none() {
                    Outcome::OutOfScope
                } else if test.flags.iter().any(|flag| PKCS1_REFUSED.contains(flag)) {
                    assert_eq!(test.result, TestResult::Acceptable);
                    Outcome::RefusedByPolicy
                } else {
                    Outcome::of(test.result)
                };
                let algorithms = match (own, accepted) {
                    (Some(own), _) => vec![PKCS1[own].0],
                    (None, Some(accepted)) => vec![PKCS1_ACCEPTED[accepted].1],
                    (None, None) => PKCS1.map(|(algorithm, _)| algorithm).to_vec(),
                };
                let row = own.map_or(&mut others, |own| &mut rows[own]);
                row.vector(
                    &algorithms,
                    |algorithm| rsa_key(algorithm, &group.key.n, &group.key.e),
                    &test.msg,
                    &test.sig,
                    outcome,
                    &format!("{set:?} {}", test.tc_id),
                );
            }
        }
    }
    rows.push(others);
    rows
}

const PSS: [(Algorithm, HashFunction, usize); 3] = [
    (Algorithm::Ps256, HashFunction::Sha2_256, 32),
    (Algorithm::Ps384, HashFunction::Sha2_384, 48),
    (Algorithm::Ps512, HashFunction::Sha2_512, 64),
];

fn pss_rows() -> Vec<Row> {
    let mut rows: Vec<Row> =
        PSS.iter().map(|(algorithm, ..)| Row::new(algorithm.as_str())).collect();
    let mut others = Row::new("PS, other parameters");
    for set in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let own = PSS.iter().position(|(_, hash, salt)| {
                *hash == group.hash && Some(*hash) == group.mgf_hash && *salt == group.salt_size
            });
            for test in &group.tests {
                let (algorithms, outcome) = if let Some(own) = own {
                    (vec![PSS[own].0], Outcome::of(test.result))
                } else if group.hash == HashFunction::Sha2_256
                    && group.mgf_hash == Some(group.hash)
                    && test.comment == PSS_ACCEPTED
                {
                    assert_eq!(test.result, TestResult::Invalid);
                    (vec![Algorithm::Ps256], Outcome::AcceptedByPolicy)
                } else {
                    (PSS.map(|(algorithm, ..)| algorithm).to_vec(), Outcome::OutOfScope)
                };
                let row = own.map_or(&mut others, |own| &mut rows[own]);
                row.vector(
                    &algorithms,
                    |algorithm| rsa_key(algorithm, &group.key.n, &group.key.e),
                    &test.msg,
                    &test.sig,
                    outcome,
                    &format!("{set:?} {}", test.tc_id),
                );
            }
        }
    }
    rows.push(others);
    rows
}

fn ml_dsa_row(set: mldsa_verify::TestName) -> Row {
    let algorithm = match set {
        mldsa_verify::TestName::MlDsa44Verify => Algorithm::MlDsa44,
        mldsa_verify::TestName::MlDsa65Verify => Algorithm::MlDsa65,
        mldsa_verify::TestName::MlDsa87Verify => Algorithm::MlDsa87,
    };
    let mut row = Row::new(algorithm.as_str());
    for group in mldsa_verify::TestSet::load(set).unwrap().test_groups {
        for test in &group.tests {
            // COSE signs with an empty context (RFC 9964, section 4).
            let has_context = test.ctx.as_ref().is_some_and(|context| !context.is_empty());
            let outcome = if has_context {
                Outcome::OutOfScope
            } else if test.flags.contains(&ML_DSA_KEY_REFUSED) {
                Outcome::KeyRefused
            } else {
                Outcome::of(test.result)
            };
            row.vector(
                &[algorithm],
                |algorithm| cose_key(algorithm, vec![group.pubkey[..].into()]),
                &test.msg,
                &test.sig,
                outcome,
                &format!("{set:?} {}", test.tc_id),
            );
        }
    }
    row
}

/// The row, whether its algorithms are compiled in, and the expected counts in that case.
#[rustfmt::skip]
const EXPECTED: [(&str, bool, Counts); 17] = [
    ("ES256", true, [174, 310, 0, 0, 2916, 0]),
    ("ES384", true, [194, 310, 0, 0, 3504, 0]),
    ("ES256K", cfg!(feature = "k256"), [330, 607, 2, 0, 3714, 0]),
    ("ES512", true, [232, 310, 0, 0, 1702, 0]),
    ("EdDSA", true, [88, 63, 0, 0, 0, 0]),
    ("Ed448", cfg!(feature = "ed448"), [17, 70, 0, 0, 0, 0]),
    ("RS256", true, [31, 999, 0, 4, 0, 0]),
    ("RS384", true, [28, 1003, 0, 4, 0, 0]),
    ("RS512", true, [30, 1003, 0, 4, 0, 0]),
    ("RS, other hashes", true, [0, 0, 36, 0, 3060, 0]),
    ("PS256", true, [317, 225, 0, 0, 0, 0]),
    ("PS384", true, [192, 92, 0, 0, 0, 0]),
    ("PS512", true, [266, 94, 0, 0, 0, 0]),
    ("PS, other parameters", true, [0, 0, 2, 0, 2309, 0]),
    ("ML-DSA-44", cfg!(feature = "ml-dsa"), [75, 94, 0, 0, 7, 4]),
    ("ML-DSA-65", cfg!(feature = "ml-dsa"), [77, 122, 0, 0, 7, 4]),
    ("ML-DSA-87", cfg!(feature = "ml-dsa"), [69, 161, 0, 0, 7, 4]),
];

#[test]
fn every_vector_gets_the_verdict_of_its_file() {
    let curves = || {
        [EllipticCurve::Secp256r1, EllipticCurve::Secp384r1, EllipticCurve::Secp256k1]
            .map(ecdsa_row)
    };
    let rows: Vec<Row> = thread::scope(|scope| {
        // Each half takes about the same time, if threads are available.
        let spawned = (!cfg!(target_family = "wasm")).then(|| scope.spawn(curves));
        let mut others = vec![ecdsa_row(EllipticCurve::Secp521r1)];
        others.extend(eddsa::TestName::all().into_iter().map(eddsa_row));
        others.extend(pkcs1_rows());
        others.extend(pss_rows());
        others.extend(mldsa_verify::TestName::all().into_iter().map(ml_dsa_row));
        let curves = spawned.map_or_else(curves, |spawned| spawned.join().unwrap());
        curves.into_iter().chain(others).collect()
    });

    println!(
        "{:<20} {:>8} {:>7} {:>18} {:>17} {:>12} {:>11} {:>15}",
        "algorithm",
        "accepted",
        "refused",
        "accepted by policy",
        "refused by policy",
        "out of scope",
        "key refused",
        "not compiled in",
    );
    for row in &rows {
        let [accepted, refused, policy_accepted, policy_refused, out_of_scope, keys] = row.counts;
        println!(
            "{:<20} {accepted:>8} {refused:>7} {policy_accepted:>18} {policy_refused:>17} \
             {out_of_scope:>12} {keys:>11} {:>15}",
            row.name, row.not_compiled_in,
        );
    }
    let total: usize = rows.iter().map(Row::total).sum();
    let out_of_scope: usize = rows.iter().map(|row| row.counts[Outcome::OutOfScope as usize]).sum();
    let not_compiled_in: usize = rows.iter().map(|row| row.not_compiled_in).sum();
    println!("in scope: {}", total - out_of_scope - not_compiled_in);
    println!("wycheproof total: {total}");

    assert_eq!(rows.len(), EXPECTED.len());
    for (row, (name, compiled_in, counts)) in rows.iter().zip(EXPECTED) {
        let expected =
            if compiled_in { (name, counts, 0) } else { (name, [0; 6], counts.iter().sum()) };
        assert_eq!((row.name, row.counts, row.not_compiled_in), expected);
    }
    assert_eq!(total, 24_873);
}
