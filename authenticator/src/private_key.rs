//! Private keys for credentials, attestation and certificate authorities.

use core::fmt;

use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use p256::ecdsa::signature::Keypair;
use p256::ecdsa::signature::Signer;
use rsa::pkcs1v15;
use rsa::pss;
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey};
use sha2::digest::const_oid::AssociatedOid;
use sha2::digest::{FixedOutputReset, Update};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::algorithm::{Algorithm, Hash, KeyKind, Scheme};
use crate::der;
use crate::error::AuthenticatorError;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;

/// The public exponent of RSA keys, unless a caller chooses another.
const RSA_EXPONENT: u64 = 65_537;

/// The size of RSA keys derived from a seed. It is the smallest size in WebAuthn, because larger
/// keys take long to generate.
const RSA_BITS: usize = 2048;

/// A private key and the one algorithm that it signs with.
#[derive(Clone)]
pub struct PrivateKey {
    algorithm: Algorithm,
    secret: Secret,
}

/// The secret for each kind of key. The hash and the padding depend on the algorithm.
#[derive(Clone)]
enum Secret {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(Box<p521::ecdsa::SigningKey>),
    Secp256k1(k256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    Ed448(Box<ed448_goldilocks::SigningKey>),
    Rsa(Box<RsaPrivateKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
    MlDsa65(Box<ml_dsa::SigningKey<MlDsa65>>),
    MlDsa87(Box<ml_dsa::SigningKey<MlDsa87>>),
}

/// Signs with the nonce of RFC 6979 and the usual hash for the size of the curve, which every COSE
/// algorithm of the curve uses.
macro_rules! sign_ecdsa {
    ($curve:ident, $key:expr, $message:expr) => {{
        let signature: $curve::ecdsa::Signature = $key.sign($message);
        let (r, s) = signature.split_bytes();
        der::sequence(&[der::integer(&r), der::integer(&s)])
    }};
}

/// Returns the public numbers of an ECDSA key.
macro_rules! point {
    ($kind:ident, $key:expr) => {{
        let (x, y) = coordinates($key.verifying_key().to_sec1_point(false).as_bytes());
        PublicNumbers::$kind { x, y }
    }};
}

impl PrivateKey {
    /// Creates an ES256 key from its scalar, big-endian.
    ///
    /// # Errors
    ///
    /// Returns an error if the scalar is zero or not below the order of P-256.
    pub fn es256(scalar: &[u8; 32]) -> Result<PrivateKey, AuthenticatorError> {
        let key = p256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| bad_scalar("P-256"))?;
        Ok(PrivateKey { algorithm: Algorithm::Es256, secret: Secret::P256(key) })
    }

    /// Creates an ES384 key from its scalar, big-endian.
    ///
    /// # Errors
    ///
    /// Returns an error if the scalar is zero or not below the order of P-384.
    pub fn es384(scalar: &[u8; 48]) -> Result<PrivateKey, AuthenticatorError> {
        let key = p384::ecdsa::SigningKey::from_slice(scalar).map_err(|_| bad_scalar("P-384"))?;
        Ok(PrivateKey { algorithm: Algorithm::Es384, secret: Secret::P384(key) })
    }

    /// Creates an ES512 key from its scalar, big-endian.
    ///
    /// # Errors
    ///
    /// Returns an error if the scalar is zero or not below the order of P-521.
    pub fn es512(scalar: &[u8; 66]) -> Result<PrivateKey, AuthenticatorError> {
        let key = p521::ecdsa::SigningKey::from_slice(scalar).map_err(|_| bad_scalar("P-521"))?;
        Ok(PrivateKey { algorithm: Algorithm::Es512, secret: Secret::P521(Box::new(key)) })
    }

    /// Creates an ES256K key from its scalar, big-endian.
    ///
    /// # Errors
    ///
    /// Returns an error if the scalar is zero or not below the order of secp256k1.
    pub fn es256k(scalar: &[u8; 32]) -> Result<PrivateKey, AuthenticatorError> {
        let key =
            k256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| bad_scalar("secp256k1"))?;
        Ok(PrivateKey { algorithm: Algorithm::Es256k, secret: Secret::Secp256k1(key) })
    }

    /// Creates an EdDSA key from its Ed25519 seed (RFC 8032, section 5.1.5). Any 32 bytes are
    /// valid.
    pub fn ed25519(seed: &[u8; 32]) -> PrivateKey {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        PrivateKey { algorithm: Algorithm::EdDsa, secret: Secret::Ed25519(key) }
    }

    /// Creates an Ed448 key from its seed (RFC 8032, section 5.2.5). Any 57 bytes are valid.
    pub fn ed448(seed: &[u8; 57]) -> PrivateKey {
        let key = ed448_goldilocks::SigningKey::from(ed448_goldilocks::SecretKey::from(*seed));
        PrivateKey { algorithm: Algorithm::Ed448, secret: Secret::Ed448(Box::new(key)) }
    }

    /// Creates an RS256 key from its two primes, big-endian, with the public exponent 65537. The
    /// primes can have different sizes.
    ///
    /// # Errors
    ///
    /// Returns an error if the numbers are not the primes of an RSA key of at least 1024 bits. The
    /// numbers are not fully tested for primality: they are only checked to be odd and consistent
    /// with each other.
    pub fn rs256(p: &[u8], q: &[u8]) -> Result<PrivateKey, AuthenticatorError> {
        let refused =
            || AuthenticatorError::new("the two numbers are not the primes of an RSA key");
        if p.len() + q.len() < 128 {
            return Err(refused());
        }
        PrivateKey::rsa_of_primes(&[p, q], RSA_EXPONENT).ok_or_else(refused)
    }

    /// Creates an RS256 key from its primes, big-endian, and its public exponent.
    pub(crate) fn rsa_of_primes(primes: &[&[u8]], exponent: u64) -> Option<PrivateKey> {
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        if !primes.iter().all(|prime| odd(prime)) {
            return None;
        }
        // Every number is wide enough for the product of the primes.
        let bytes: usize = primes.iter().map(|prime| prime.len()).sum();
        let bits = u32::try_from(bytes.checked_mul(8)?).ok()?;
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok();
        let one = number(&[1])?;
        let primes: Vec<_> = primes.iter().map(|prime| number(prime)).collect::<Option<_>>()?;
        let (mut modulus, mut totient) = (one.clone(), one.clone());
        for prime in &primes {
            modulus = modulus.wrapping_mul(prime);
            totient = totient.wrapping_mul(&(prime - &one));
        }
        let totient = totient.into_nz().into_option()?;
        let private_exponent =
            number(&exponent.to_be_bytes())?.invert_mod(&totient).into_option()?;
        let key = RsaPrivateKey::from_components_with_wide_primes(
            modulus,
            BoxedUint::from(exponent),
            private_exponent,
            primes,
        );
        Some(PrivateKey::from_rsa(key.ok()?))
    }

    /// Derives a key for any algorithm. The same seed and algorithm always give the same key. An
    /// RSA key has 2048 bits. It stays the same only as long as the `rsa` crate does not change its
    /// search for primes. The search takes about a second if that crate is compiled without
    /// optimisation.
    ///
    /// `algorithm` is a COSE number, one of the constants in [`algorithm`](crate::algorithm).
    ///
    /// # Errors
    ///
    /// Returns an error if the algorithm is not supported, or if the RSA key could not be
    /// generated.
    pub fn from_seed(algorithm: i64, seed: &[u8]) -> Result<PrivateKey, AuthenticatorError> {
        let algorithm = Algorithm::asked_for(algorithm)?;
        let mut random = SeededRandom::new(seed, algorithm.name());
        let key = match algorithm.key_kind() {
            KeyKind::P256 => PrivateKey::es256_from(&mut random),
            KeyKind::P384 => first_valid(|| PrivateKey::es384(&random.bytes())),
            KeyKind::P521 => first_valid(|| {
                // The order has 521 bits, so only one bit of the first byte is used.
                let mut scalar = random.bytes();
                scalar[0] &= 0x01;
                PrivateKey::es512(&scalar)
            }),
            KeyKind::Secp256k1 => first_valid(|| PrivateKey::es256k(&random.bytes())),
            KeyKind::Ed25519 => PrivateKey::ed25519(&random.bytes()),
            KeyKind::Ed448 => PrivateKey::ed448(&random.bytes()),
            KeyKind::Rsa => {
                let key = RsaPrivateKey::new(&mut random, RSA_BITS).map_err(|error| {
                    AuthenticatorError::new(format!("the RSA key could not be generated: {error}"))
                })?;
                PrivateKey::from_rsa(key)
            }
            KeyKind::MlDsa44 => PrivateKey {
                algorithm,
                secret: Secret::MlDsa44(Box::new(ml_dsa_key(random.bytes()))),
            },
            KeyKind::MlDsa65 => PrivateKey {
                algorithm,
                secret: Secret::MlDsa65(Box::new(ml_dsa_key(random.bytes()))),
            },
            KeyKind::MlDsa87 => PrivateKey {
                algorithm,
                secret: Secret::MlDsa87(Box::new(ml_dsa_key(random.bytes()))),
            },
        };
        Ok(PrivateKey { algorithm, ..key })
    }

    /// Returns the same key with another algorithm for its kind of key, such as ESP256 instead of
    /// ES256, or PS384 instead of RS256.
    ///
    /// # Errors
    ///
    /// Returns an error if the algorithm is not supported, if it needs another kind of key, or if
    /// the RSA key has fewer than 2048 bits.
    pub fn with_algorithm(self, algorithm: i64) -> Result<PrivateKey, AuthenticatorError> {
        let algorithm = Algorithm::asked_for(algorithm)?;
        let (kind, other) = (self.algorithm.key_kind(), algorithm.key_kind());
        if kind != other {
            let (kind, other) = (kind.name(), other.name());
            return Err(AuthenticatorError::new(format!(
                "{algorithm} needs {other} keys, but this is a {kind} key"
            )));
        }
        if let Secret::Rsa(key) = &self.secret
            && key.size() * 8 < RSA_BITS
        {
            return Err(AuthenticatorError::new(format!(
                "an RSA key of fewer than {RSA_BITS} bits can only sign with RS256"
            )));
        }
        Ok(PrivateKey { algorithm, ..self })
    }

    /// Derives a P-256 key from the next valid scalar of the stream. About one scalar in 2^32 is
    /// invalid.
    pub(crate) fn es256_from(random: &mut SeededRandom) -> PrivateKey {
        first_valid(|| PrivateKey::es256(&random.bytes()))
    }

    fn from_rsa(key: RsaPrivateKey) -> PrivateKey {
        PrivateKey { algorithm: Algorithm::Rs256, secret: Secret::Rsa(Box::new(key)) }
    }

    /// Returns the COSE number of the algorithm that this key signs with.
    pub fn algorithm(&self) -> i64 {
        self.algorithm.cose_id()
    }

    pub(crate) fn cose_algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the numbers of the public key.
    pub fn public_numbers(&self) -> PublicNumbers {
        match &self.secret {
            Secret::P256(key) => point!(P256, key),
            Secret::P384(key) => point!(P384, key),
            Secret::P521(key) => point!(P521, key),
            Secret::Secp256k1(key) => point!(Secp256k1, key),
            Secret::Ed25519(key) => PublicNumbers::Ed25519 { x: key.verifying_key().to_bytes() },
            Secret::Ed448(key) => PublicNumbers::Ed448 { x: key.verifying_key().to_bytes() },
            Secret::Rsa(key) => PublicNumbers::Rsa {
                modulus: key.n_bytes().into_vec(),
                exponent: key.e_bytes().into_vec(),
            },
            Secret::MlDsa44(key) => {
                PublicNumbers::MlDsa44 { public_key: key.verifying_key().encode().to_vec() }
            }
            Secret::MlDsa65(key) => {
                PublicNumbers::MlDsa65 { public_key: key.verifying_key().encode().to_vec() }
            }
            Secret::MlDsa87(key) => {
                PublicNumbers::MlDsa87 { public_key: key.verifying_key().encode().to_vec() }
            }
        }
    }

    /// Returns the public key as a COSE key with the algorithm of this key, in CTAP2 canonical
    /// order.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn cose_key(&self) -> Result<Vec<u8>, AuthenticatorError> {
        self.public_numbers().cose_key(self.algorithm.cose_id())
    }

    /// Creates an RSASSA-PKCS1-v1_5 signature (RFC 8017) with these bytes in place of the
    /// DigestInfo. Use it for hashes that no algorithm here supports, such as SHA-1, and for wrong
    /// hashes. The bytes are not checked.
    ///
    /// # Errors
    ///
    /// Returns an error if this is not an RSA key, or if the DigestInfo is too long for the key.
    pub fn sign_digest_info(&self, digest_info: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        let Secret::Rsa(key) = &self.secret else {
            return Err(AuthenticatorError::new("only an RSA key can sign a DigestInfo"));
        };
        key.sign(pkcs1v15::Pkcs1v15Sign::new_unprefixed(), digest_info).map_err(|error| {
            AuthenticatorError::new(format!("the DigestInfo could not be signed: {error}"))
        })
    }

    /// Signs a message. The result is always the same for the same key and message:
    ///
    /// - ECDSA uses the nonce of RFC 6979, and the signature is in DER.
    /// - Ed25519 and Ed448 follow RFC 8032.
    /// - RSASSA-PKCS1-v1_5 follows RFC 8017.
    /// - RSASSA-PSS derives its salt from the key and the message.
    /// - ML-DSA uses the deterministic variant of FIPS 204 with an empty context.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::P256(key) => sign_ecdsa!(p256, key, message),
            Secret::P384(key) => sign_ecdsa!(p384, key, message),
            Secret::P521(key) => sign_ecdsa!(p521, key, message),
            Secret::Secp256k1(key) => sign_ecdsa!(k256, key, message),
            Secret::Ed25519(key) => key.sign(message).to_vec(),
            Secret::Ed448(key) => key.sign_raw(message).to_bytes().to_vec(),
            Secret::Rsa(key) => match self.algorithm.scheme() {
                Scheme::RsaPss(Hash::Sha512) => sign_pss::<Sha512>(key, message),
                Scheme::RsaPss(Hash::Sha384) => sign_pss::<Sha384>(key, message),
                Scheme::RsaPss(_) => sign_pss::<Sha256>(key, message),
                Scheme::RsaPkcs1(Hash::Sha512) => sign_pkcs1::<Sha512>(key, message),
                Scheme::RsaPkcs1(Hash::Sha384) => sign_pkcs1::<Sha384>(key, message),
                _ => sign_pkcs1::<Sha256>(key, message),
            },
            Secret::MlDsa44(key) => key.sign(message).encode().to_vec(),
            Secret::MlDsa65(key) => key.sign(message).encode().to_vec(),
            Secret::MlDsa87(key) => key.sign(message).encode().to_vec(),
        }
    }
}

/// Shows the algorithm but not the secret.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.algorithm)
    }
}

fn bad_scalar(curve: &str) -> AuthenticatorError {
    AuthenticatorError::new(format!("the scalar is zero or not below the order of {curve}"))
}

/// Calls `draw` until it returns a key. Very few draws fail.
fn first_valid(mut draw: impl FnMut() -> Result<PrivateKey, AuthenticatorError>) -> PrivateKey {
    loop {
        if let Ok(key) = draw() {
            return key;
        }
    }
}

fn ml_dsa_key<P: MlDsaParams>(seed: [u8; 32]) -> ml_dsa::SigningKey<P> {
    ml_dsa::SigningKey::from_seed(&seed.into())
}

fn sign_pkcs1<D: Digest + AssociatedOid>(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    pkcs1v15::SigningKey::<D>::new(key.clone()).sign(message).to_vec()
}

/// Signs with a salt that is as long as the hash (RFC 8230, section 2).
fn sign_pss<D: Digest + FixedOutputReset + Update>(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    let seed = [&key.d().to_be_bytes(), message].concat();
    let mut random = SeededRandom::new(&seed, "RSASSA-PSS salt");
    pss::SigningKey::<D>::new(key.clone()).sign_with_rng(&mut random, message).to_vec()
}

/// Returns the coordinates of an uncompressed point (SEC 1, section 2.3.3): 04, x, y.
fn coordinates<const N: usize>(point: &[u8]) -> ([u8; N], [u8; N]) {
    let mut bytes = point.iter().skip(1).copied();
    let mut coordinate = || core::array::from_fn(|_| bytes.next().unwrap_or_default());
    (coordinate(), coordinate())
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Verifier;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// RFC 6979, section A.2.5, with SHA-256 and the message "sample".
    #[test]
    fn es256_signs_as_rfc_6979_says() {
        let scalar = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
        let key = PrivateKey::es256(&scalar.try_into().unwrap()).unwrap();
        let expected = der::sequence(&[
            der::integer(&hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716")),
            der::integer(&hex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")),
        ]);
        assert_eq!(key.sign(b"sample"), expected);
        let PublicNumbers::P256 { x, y } = key.public_numbers() else { panic!() };
        assert_eq!(x[..4], hex("60fed4ba"));
        assert_eq!(y[..4], hex("7903fe10"));
    }

    /// RFC 6979, section A.2.6, with SHA-384 and the message "sample".
    #[test]
    fn es384_signs_as_rfc_6979_says() {
        let scalar = hex("6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8\
                          96d5724e4c70a825f872c9ea60d2edf5");
        let key = PrivateKey::es384(&scalar.try_into().unwrap()).unwrap();
        let signature = key.sign(b"sample");
        assert_eq!(signature[..6], hex("306602310094"));
        assert_eq!(signature[6..10], hex("edbb92a5"));
        assert_eq!(
            signature[53..],
            hex("023100\
            99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f\
            a329c145786e679e7b82c71a38628ac8")
        );
    }

    /// RFC 8032, section 7.1, test 1.
    #[test]
    fn ed25519_signs_as_rfc_8032_says() {
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let key = PrivateKey::ed25519(&seed.try_into().unwrap());
        assert_eq!(key.sign(b"")[..8], hex("e5564300c360ac72"));
        let PublicNumbers::Ed25519 { x } = key.public_numbers() else { panic!() };
        assert_eq!(x[..8], hex("d75a980182b10ab7"));
    }

    #[test]
    fn an_rsa_key_from_mersenne_primes_makes_valid_signatures() {
        let mersenne = |bits: usize| {
            let mut number = vec![0xff; bits.div_ceil(8)];
            number[0] = 0xff >> (number.len() * 8 - bits);
            number
        };
        let key = PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).unwrap();
        let PublicNumbers::Rsa { modulus, exponent } = key.public_numbers() else { panic!() };
        assert_eq!((modulus.len(), modulus[0]), (436, 0x03));
        assert_eq!(exponent, [1, 0, 1]);
        let public = rsa::RsaPublicKey::new(
            BoxedUint::from_be_slice_vartime(&modulus),
            BoxedUint::from(RSA_EXPONENT),
        )
        .unwrap();
        let signature = pkcs1v15::Signature::try_from(&key.sign(b"sample")[..]).unwrap();
        pkcs1v15::VerifyingKey::<Sha256>::new(public).verify(b"sample", &signature).unwrap();
    }

    #[test]
    fn numbers_that_are_not_keys_are_refused() {
        assert!(PrivateKey::es256(&[0; 32]).is_err());
        assert!(PrivateKey::es256(&[0xff; 32]).is_err());
        assert!(PrivateKey::es384(&[0; 48]).is_err());
        assert!(PrivateKey::es384(&[0xff; 48]).is_err());
        assert!(PrivateKey::rs256(&[], &[]).is_err());
        assert!(PrivateKey::rs256(&[1], &[1]).is_err());
        assert!(PrivateKey::rs256(&[0xfe; 128], &[0xff; 128]).is_err());
    }

    #[test]
    fn a_seed_always_gives_the_same_key() {
        for algorithm in [-7, -35, -8] {
            let key = |seed: &[u8]| PrivateKey::from_seed(algorithm, seed).unwrap().cose_key();
            assert_eq!(key(b"one"), key(b"one"));
            assert_ne!(key(b"one"), key(b"two"));
        }
        let rsa = || PrivateKey::from_seed(-257, b"one").unwrap().public_numbers();
        let PublicNumbers::Rsa { modulus, exponent } = rsa() else { panic!() };
        assert_eq!((modulus.len(), &exponent[..]), (256, &[1, 0, 1][..]));
        assert_eq!(rsa(), PublicNumbers::Rsa { modulus, exponent });
    }

    #[test]
    fn debug_does_not_show_the_key() {
        assert_eq!(format!("{:?}", PrivateKey::ed25519(&[7; 32])), "PrivateKey(EdDSA)");
    }

    #[test]
    fn with_algorithm_accepts_only_algorithms_for_the_kind_of_key() {
        let key = || PrivateKey::from_seed(-7, b"one").unwrap();
        assert_eq!(key().with_algorithm(-9).unwrap().algorithm(), -9);
        for (algorithm, reason) in [
            (-35, "ES384 needs P-384 keys, but this is a P-256 key"),
            (-65535, "the authenticator has no algorithm with the COSE number -65535"),
        ] {
            assert_eq!(key().with_algorithm(algorithm).unwrap_err().to_string(), reason);
        }
        assert!(PrivateKey::from_seed(-65535, b"one").is_err());
    }

    #[test]
    fn sign_digest_info_signs_exactly_the_given_bytes() {
        let key = PrivateKey::from_seed(-257, b"one").unwrap();
        let info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
        let signed = [&info[..], &Sha256::digest(b"sample")].concat();
        assert_eq!(key.sign_digest_info(&signed).unwrap(), key.sign(b"sample"));
        assert!(key.sign_digest_info(&[0; 256]).is_err());
        assert!(PrivateKey::ed25519(&[7; 32]).sign_digest_info(&signed).is_err());
    }
}
