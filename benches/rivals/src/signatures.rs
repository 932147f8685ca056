//! Times the verification of signatures over 69 bytes, as many as a login signs. Keys are parsed
//! beforehand unless the name says otherwise. Signatures are parsed each time.

mod aws_lc_rs;
mod graviola;
#[cfg(feature = "openssl")]
mod openssl;
mod ours;
mod ring;
mod rust_crypto;
mod signed;

use ::aws_lc_rs::rsa::KeySize;
use webauthn_verify::Algorithm;

use crate::contest::{Accepts, Contender, Contest, Fault};
use crate::machine::versioned;
use signed::{Key, Signed, Source};

/// Returns whether a signature is valid. `None` if the contender does not have the algorithm.
type Verify = Option<Accepts<Signed>>;

struct Entry {
    package: &'static str,
    key: &'static str,
    /// Prepares the keys, which have the same algorithm, and returns the function that is timed.
    verify: fn(&[Key]) -> Result<Verify, Fault>,
}

/// The first entry that has an algorithm is the one that the others are compared with.
const ENTRIES: &[Entry] = &[
    Entry { package: "aws-lc-rs", key: "parsed key", verify: aws_lc_rs::verify },
    #[cfg(feature = "openssl")]
    Entry { package: "openssl", key: "parsed key", verify: openssl::verify },
    Entry { package: "webauthn-verify", key: "COSE key", verify: ours::from_cose_key },
    Entry { package: "webauthn-verify", key: "prepared key", verify: ours::prepared },
    Entry {
        package: "webauthn-verify",
        key: "prepared key read from bytes",
        verify: ours::read_back,
    },
    Entry { package: "graviola", key: "parsed key", verify: graviola::verify },
    Entry { package: "ring", key: "bytes of the key", verify: ring::verify },
    Entry { package: "p256", key: "parsed key", verify: rust_crypto::p256 },
    Entry { package: "p384", key: "parsed key", verify: rust_crypto::p384 },
    Entry { package: "p521", key: "parsed key", verify: rust_crypto::p521 },
    Entry { package: "k256", key: "parsed key", verify: rust_crypto::k256 },
    Entry { package: "ed25519-dalek", key: "parsed key", verify: rust_crypto::ed25519_dalek },
    Entry { package: "ed448-goldilocks", key: "parsed key", verify: rust_crypto::ed448_goldilocks },
    Entry { package: "rsa", key: "parsed key", verify: rust_crypto::rsa },
    Entry { package: "ml-dsa", key: "parsed key", verify: rust_crypto::ml_dsa },
];

const CONTESTS: &[(&str, Source)] = &[
    ("P-256", Source::Seed(Algorithm::Es256)),
    ("Ed25519", Source::Seed(Algorithm::EdDsa)),
    ("P-384", Source::Seed(Algorithm::Es384)),
    ("P-521", Source::Seed(Algorithm::Es512)),
    ("ES256K", Source::Seed(Algorithm::Es256k)),
    ("Ed448", Source::Seed(Algorithm::Ed448)),
    ("RSA-2048", Source::Rsa(KeySize::Rsa2048)),
    ("RSA-3072", Source::Rsa(KeySize::Rsa3072)),
    ("RSA-4096", Source::Rsa(KeySize::Rsa4096)),
    ("ML-DSA-44", Source::Seed(Algorithm::MlDsa44)),
    ("ML-DSA-65", Source::Seed(Algorithm::MlDsa65)),
    ("ML-DSA-87", Source::Seed(Algorithm::MlDsa87)),
];

/// Returns the names of the contests.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CONTESTS.iter().map(|(name, _)| *name)
}

/// Prepares the contest with this name.
pub(crate) fn contest(name: &str) -> Result<Contest<Signed>, Fault> {
    let found = CONTESTS.iter().find(|(other, _)| *other == name);
    let (_, source) = found.ok_or_else(|| format!("there is no contest {name}"))?;
    let (keys, right) = signed::signatures(*source)?;
    let wrong = right.first().ok_or("there are no signatures")?.wrong()?;
    let mut contenders = Vec::new();
    for Entry { package, key, verify } in ENTRIES {
        let name = format!("{}, {key}", versioned(package)?);
        if let Some(accepts) = verify(&keys).map_err(|fault| format!("{name}: {fault}"))? {
            contenders.push(Contender { name, accepts });
        }
    }
    let right = right.into_iter().map(Box::new).collect();
    Ok(Contest { name: name.to_owned(), right, wrong: Box::new(wrong), contenders })
}

/// Returns the algorithm of all keys.
fn algorithm_of(keys: &[Key]) -> Result<Algorithm, Fault> {
    Ok(keys.first().ok_or("there are no keys")?.algorithm)
}

/// Prepares every key, and returns a function that verifies with the key of the signature.
fn verifier<Prepared: 'static>(
    keys: &[Key],
    prepare: impl Fn(&Key) -> Result<Prepared, Fault>,
    accepts: impl Fn(&Prepared, &Signed) -> bool + 'static,
) -> Result<Verify, Fault> {
    let keys: Vec<Prepared> = keys.iter().map(prepare).collect::<Result<_, _>>()?;
    Ok(Some(Box::new(move |signed| keys.get(signed.key).is_some_and(|key| accepts(key, signed)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RSA is left out because its keys take long to create, except the smallest.
    #[test]
    fn every_contest_has_the_verifiers_of_the_algorithm() {
        let mut expected = vec![
            ("P-256", 8),
            ("Ed25519", 8),
            ("P-384", 8),
            ("P-521", 6),
            ("ES256K", 6),
            ("Ed448", 5),
            ("RSA-2048", 8),
            ("ML-DSA-44", 5),
            ("ML-DSA-65", 5),
            ("ML-DSA-87", 5),
        ];
        if cfg!(not(feature = "openssl")) {
            for (name, count) in &mut expected {
                *count -= usize::from(!name.starts_with("ML-DSA"));
            }
        }
        for (name, count) in expected {
            let contest = contest(name).unwrap();
            assert_eq!(contest.contenders.len(), count, "{name}");
            let outcome = contest.run(1).unwrap();
            assert_eq!(outcome.standings.len(), count, "{name}");
        }
    }
}
