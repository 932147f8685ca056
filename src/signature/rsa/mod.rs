//! RSA signatures (RFC 8017). Only public keys are used, so the code takes variable time.

mod montgomery;

use self::montgomery::Modulus;
use super::digest::Digest;
use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, MAX_RSA_BITS, check_rsa, rsa_exponent};

/// The length of the longest modulus in bytes.
const MAX_BYTES: usize = MAX_RSA_BITS / 8;

/// A public key. Computing the values that depend only on the modulus takes less than a hundredth
/// of a verification, so it is not worth storing them.
#[derive(Clone)]
pub(super) struct RsaKey {
    modulus: Modulus,
    exponent: u64,
}

impl RsaKey {
    /// Creates a key from big-endian numbers. Their size and form must be accepted by this crate.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Result<RsaKey, Failure> {
        check_rsa(modulus, exponent)
            .map_err(|reason| Failure::new(ErrorKind::InvalidCoseKey, reason))?;
        let (Some(modulus), Some(exponent)) = (Modulus::new(modulus), rsa_exponent(exponent))
        else {
            return Err(Failure::new(ErrorKind::InvalidCoseKey, "the RSA key is not usable"));
        };
        Ok(RsaKey { modulus, exponent })
    }

    /// Verifies RSASSA-PKCS1-v1_5 (section 8.2.2) over a hash. The whole encoded message is built
    /// again and compared.
    pub(super) fn verify_pkcs1(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), Failure> {
        self.with_message(signature, |message| is_pkcs1(message, hash, digest))
    }

    /// Verifies RSASSA-PSS (section 8.1.2) over a hash, with MGF1 over the same hash and a salt
    /// exactly as long as the hash (RFC 8230, section 2).
    pub(super) fn verify_pss(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), Failure> {
        #[cfg(feature = "attestation")]
        if hash == Hash::Sha1 {
            return Err(ErrorKind::WeakAlgorithm.into());
        }
        let bits = self.modulus.bits() - 1;
        self.with_message(signature, |message| {
            // The encoded message is one byte shorter than the modulus if its bits fill whole
            // bytes.
            let above = message.len() - bits.div_ceil(8);
            let Some((above, message)) = message.split_at_mut_checked(above) else { return false };
            above.iter().all(|byte| *byte == 0) && is_pss(message, bits, hash, digest).is_some()
        })
    }

    /// Calls `is_valid` with the message representative (RSAVP1, section 5.2.2). It has as many
    /// bytes as the modulus.
    fn with_message(
        &self,
        signature: &[u8],
        is_valid: impl FnOnce(&mut [u8]) -> bool,
    ) -> Result<(), Failure> {
        let length = self.modulus.bits().div_ceil(8);
        if signature.len() != length {
            let reason = "an RSA signature must be as long as the modulus";
            return Err(Failure::new(ErrorKind::SignatureInvalid, reason));
        }
        let mut message = [0; MAX_BYTES];
        let message = message.get_mut(..length).unwrap_or_default();
        let below = self.modulus.power(signature, self.exponent, message).is_some();
        if below && is_valid(message) { Ok(()) } else { Err(ErrorKind::SignatureInvalid.into()) }
    }
}

/// Returns whether `message` is the encoded message of the hash (EMSA-PKCS1-v1_5, section 9.2).
fn is_pkcs1(message: &[u8], hash: Hash, digest: &[u8]) -> bool {
    let mut encoded = [0xff; MAX_BYTES];
    let Some(encoded) = encoded.get_mut(..message.len()) else { return false };
    // Write from the end, so that the padding fills the rest.
    let ends = digest.iter().rev().chain(digest_info(hash).iter().rev()).chain(&[0]);
    for (to, from) in encoded.iter_mut().rev().zip(ends) {
        *to = *from;
    }
    if let Some(start) = encoded.first_chunk_mut() {
        *start = [0, 1];
    }
    *encoded == *message
}

/// Returns the DER of a DigestInfo up to the hash, with NULL parameters (section 9.2, note 1).
fn digest_info(hash: Hash) -> &'static [u8] {
    match hash {
        #[cfg(feature = "attestation")]
        Hash::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        Hash::Sha256 => {
            b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
        }
        Hash::Sha384 => {
            b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
        }
        Hash::Sha512 => {
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
        }
    }
}

/// Returns `Some` if `message` is an encoded message of the hash (EMSA-PSS-VERIFY, section 9.1.2)
/// with `bits` bits.
fn is_pss(message: &mut [u8], bits: usize, hash: Hash, digest: &[u8]) -> Option<()> {
    let (trailer, rest) = message.split_last_mut()?;
    let (db, h) = rest.split_at_mut_checked(rest.len().checked_sub(digest.len())?)?;
    // The unused bits of the first byte: zero to seven.
    let above = !(0xff >> (8 * (db.len() + h.len() + 1) - bits));
    if *trailer != 0xbc || db.first()? & above != 0 {
        return None;
    }
    unmask(db, h, hash);
    *db.first_mut()? &= !above;
    let (padding, salt) = db.split_at_checked(db.len().checked_sub(digest.len())?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    (Digest::of(hash, &[&[0; 8], digest, salt]).as_bytes() == h).then_some(())
}

/// Removes the mask of MGF1 (appendix B.2.1) from a data block.
fn unmask(db: &mut [u8], seed: &[u8], hash: Hash) {
    for (chunk, counter) in db.chunks_mut(seed.len()).zip(0u32..) {
        let mask = Digest::of(hash, &[seed, &counter.to_be_bytes()]);
        for (byte, mask) in chunk.iter_mut().zip(mask.as_bytes()) {
            *byte ^= mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use webauthn_verify_authenticator::{RsaVerifier, algorithm};

    const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// Moduli of every length modulo 8. Each modulus is a Mersenne prime times the largest prime
    /// below a power of two. The entries are the bits of the modulus, and the power of two minus
    /// the second prime.
    const KEYS: [(usize, u32); 9] = [
        (2048, 279),
        (2049, 495),
        (2050, 67),
        (2051, 545),
        (2052, 649),
        (2053, 611),
        (2054, 381),
        (2055, 1539),
        (2056, 1011),
    ];

    struct PrivateKey {
        n: BigUint,
        d: BigUint,
    }

    impl PrivateKey {
        fn new(bits: usize, lacking: u32) -> PrivateKey {
            let one = || BigUint::from(1u8);
            let p = (one() << 1279usize) - one();
            let q = (one() << (bits - 1279)) - lacking;
            let order = (&p - one()) * (&q - one());
            let d = BigUint::from(65_537u32).modinv(&order).unwrap();
            let n = p * q;
            assert_eq!(n.bits(), bits as u64);
            PrivateKey { n, d }
        }

        fn public(&self) -> RsaKey {
            RsaKey::new(&self.n.to_bytes_be(), &[1, 0, 1]).unwrap()
        }

        /// Returns the signature with this message representative (RSASP1, section 5.2.1).
        fn sign(&self, message: &[u8]) -> Vec<u8> {
            let message = BigUint::from_bytes_be(message);
            assert!(message < self.n);
            let signature = message.modpow(&self.d, &self.n).to_bytes_be();
            let length = self.n.to_bytes_be().len();
            [vec![0; length - signature.len()], signature].concat()
        }
    }

    fn digest(hash: Hash) -> Digest {
        Digest::of(hash, &[b"message"])
    }

    fn pkcs1(length: usize, hash: Hash) -> Vec<u8> {
        let end = [&[0], digest_info(hash), digest(hash).as_bytes()].concat();
        [&[0, 1], &vec![0xff; length - 2 - end.len()][..], &end].concat()
    }

    /// EMSA-PSS-ENCODE (section 9.1.1) with a salt of sevens. `edit` can change the data block.
    fn pss(bits: usize, hash: Hash, salt: usize, edit: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let salt = vec![7; salt];
        let h = Digest::of(hash, &[&[0; 8], digest(hash).as_bytes(), &salt]);
        let length = bits.div_ceil(8) - h.as_bytes().len() - 1;
        let mut db = [&vec![0; length - salt.len() - 1][..], &[1], &salt].concat();
        edit(&mut db);
        let above = db[0];
        unmask(&mut db, h.as_bytes(), hash);
        // Keep the bits that `edit` has set above the highest bit.
        let unused = 8 * bits.div_ceil(8) - bits;
        db[0] = db[0] & (0xff >> unused) | above & !(0xff >> unused);
        [&db, h.as_bytes(), &[0xbc]].concat()
    }

    /// Returns the verdict of the crate `rsa` on a signature of "message".
    fn reference(key: &PrivateKey, algorithm: i64, signature: &[u8]) -> bool {
        let verifier = RsaVerifier::new(&key.n.to_bytes_be(), &[1, 0, 1]).unwrap();
        verifier.verifies(algorithm, b"message", signature)
    }

    fn reference_pkcs1(key: &PrivateKey, hash: Hash, signature: &[u8]) -> bool {
        let algorithm = match hash {
            #[cfg(feature = "attestation")]
            Hash::Sha1 => -65535,
            Hash::Sha256 => algorithm::RS256,
            Hash::Sha384 => algorithm::RS384,
            Hash::Sha512 => algorithm::RS512,
        };
        reference(key, algorithm, signature)
    }

    fn reference_pss(key: &PrivateKey, hash: Hash, signature: &[u8]) -> bool {
        let algorithm = match hash {
            Hash::Sha256 => algorithm::PS256,
            Hash::Sha384 => algorithm::PS384,
            Hash::Sha512 => algorithm::PS512,
            #[cfg(feature = "attestation")]
            Hash::Sha1 => unreachable!(),
        };
        reference(key, algorithm, signature)
    }

    /// Verifies a signature and asserts that the crate `rsa` returns the same verdict.
    fn verify_pkcs1(key: &PrivateKey, hash: Hash, signature: &[u8]) -> bool {
        let verdict = key.public().verify_pkcs1(hash, digest(hash).as_bytes(), signature);
        assert_eq!(verdict.is_ok(), reference_pkcs1(key, hash, signature));
        verdict.map_err(|failure| assert_eq!(failure.kind(), ErrorKind::SignatureInvalid)).is_ok()
    }

    fn verify_pss(key: &PrivateKey, hash: Hash, signature: &[u8]) -> bool {
        let verdict = key.public().verify_pss(hash, digest(hash).as_bytes(), signature);
        assert_eq!(verdict.is_ok(), reference_pss(key, hash, signature));
        verdict.map_err(|failure| assert_eq!(failure.kind(), ErrorKind::SignatureInvalid)).is_ok()
    }

    #[test]
    fn both_schemes_agree_with_the_reference_for_moduli_of_every_length_modulo_8() {
        for (bits, lacking) in KEYS {
            let key = PrivateKey::new(bits, lacking);
            for hash in HASHES {
                let good = key.sign(&pkcs1(bits.div_ceil(8), hash));
                assert!(verify_pkcs1(&key, hash, &good), "{bits}");
                assert!(!verify_pss(&key, hash, &good), "{bits}");
                let salt = digest(hash).as_bytes().len();
                let good = key.sign(&pss(bits - 1, hash, salt, |_| {}));
                assert!(verify_pss(&key, hash, &good), "{bits}");
                assert!(!verify_pkcs1(&key, hash, &good), "{bits}");
                for at in [0, 1, good.len() / 2, good.len() - 1] {
                    let mut bad = good.clone();
                    bad[at] ^= 1;
                    assert!(!verify_pss(&key, hash, &bad), "{bits} {at}");
                }
            }
        }
    }

    #[test]
    fn sig_06_kb_13_every_byte_of_a_pkcs1_message_counts() {
        let key = PrivateKey::new(2048, 279);
        let good = pkcs1(256, Hash::Sha256);
        // The first bytes, some of the padding, and all of the DigestInfo and the hash.
        for at in (0..4).chain((4..200).step_by(49)).chain(200..256) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            if at == 0 {
                bad[at..at + 2].copy_from_slice(&[0, 2]);
            }
            assert!(!verify_pkcs1(&key, Hash::Sha256, &key.sign(&bad)), "{at}");
        }
        let digest = digest(Hash::Sha256);
        let info = b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
        let end = [&[0], &info[..], digest.as_bytes()].concat();
        let without_null = [&[0, 1], &vec![0xff; 254 - end.len()][..], &end].concat();
        let signature = key.sign(&without_null);
        let verdict = key.public().verify_pkcs1(Hash::Sha256, digest.as_bytes(), &signature);
        assert!(verdict.is_err());
    }

    #[test]
    fn sig_05_every_part_of_a_pss_message_counts() {
        for (bits, lacking) in KEYS {
            let key = PrivateKey::new(bits, lacking);
            let hash = Hash::Sha256;
            let signed = |edit: &dyn Fn(&mut Vec<u8>)| key.sign(&pss(bits - 1, hash, 32, edit));
            assert!(verify_pss(&key, hash, &signed(&|_| {})));
            for salt in [0, 31, 33] {
                let other = key.sign(&pss(bits - 1, hash, salt, |_| {}));
                assert!(!verify_pss(&key, hash, &other), "{salt}");
            }
            assert!(!verify_pss(&key, hash, &signed(&|db| db[1] = 1)), "padding");
            assert!(!verify_pss(
                &key,
                hash,
                &signed(&|db| *db.iter_mut().nth_back(32).unwrap() = 2)
            ));
            assert!(!verify_pss(&key, hash, &signed(&|db| *db.last_mut().unwrap() ^= 1)), "salt");
            let unused = (8 - (bits - 1) % 8) % 8;
            // The highest bit of the modulus is above the message too.
            if unused > 0 {
                let above = 1 << (8 - unused);
                assert!(!verify_pss(&key, hash, &signed(&|db| db[0] = above)), "{bits}");
            } else {
                let good = pss(bits - 1, hash, 32, |_| {});
                assert!(!verify_pss(&key, hash, &key.sign(&[&[1], &good[..]].concat())), "{bits}");
            }
            let mut bad = pss(bits - 1, hash, 32, |_| {});
            *bad.last_mut().unwrap() = 0xbd;
            assert!(!verify_pss(&key, hash, &key.sign(&bad)), "trailer");
        }
    }

    #[test]
    fn sig_05_a_signature_has_the_length_of_the_modulus_and_is_smaller() {
        for (bits, lacking) in [KEYS[0], KEYS[1]] {
            let key = PrivateKey::new(bits, lacking);
            let good = key.sign(&pkcs1(bits.div_ceil(8), Hash::Sha256));
            assert!(verify_pkcs1(&key, Hash::Sha256, &good));
            assert!(!verify_pkcs1(&key, Hash::Sha256, &good[1..]));
            let longer = [&[0], &good[..]].concat();
            let digest = digest(Hash::Sha256);
            let digest = digest.as_bytes();
            for other in [&longer[..], &good[1..], &good[..good.len() - 1], &[]] {
                let failure = key.public().verify_pkcs1(Hash::Sha256, digest, other).unwrap_err();
                assert!(failure.to_string().contains("as long as the modulus"), "{failure}");
            }
            assert!(!verify_pkcs1(&key, Hash::Sha256, &key.n.to_bytes_be()));
            // s + n, if it fits, has the same residue as s.
            let sum = (BigUint::from_bytes_be(&good) + &key.n).to_bytes_be();
            if bits % 8 != 0 {
                assert_eq!(sum.len(), good.len());
                assert!(!verify_pkcs1(&key, Hash::Sha256, &sum));
            }
        }
    }

    #[test]
    fn a_key_out_of_bounds_is_rejected() {
        for (modulus, exponent) in [
            (&[0xff; 255][..], &[1, 0, 1][..]),
            (&[0xff; 1025], &[1, 0, 1]),
            (&[0xfe; 256], &[1, 0, 1]),
            (&[0xff; 256], &[2]),
            (&[0xff; 256], &[1]),
        ] {
            let failure = RsaKey::new(modulus, exponent).err().unwrap();
            assert_eq!(failure.kind(), ErrorKind::InvalidCoseKey);
        }
        assert!(RsaKey::new(&[0xff; 1024], &[1, 0xff, 0xff, 0xff, 0xff]).is_ok());
    }

    #[test]
    #[cfg(feature = "attestation")]
    fn sha_1_is_accepted_with_pkcs1_only() {
        let key = PrivateKey::new(2048, 279);
        assert!(verify_pkcs1(&key, Hash::Sha1, &key.sign(&pkcs1(256, Hash::Sha1))));
        let signature = key.sign(&pss(2047, Hash::Sha1, 20, |_| {}));
        let failure = key.public().verify_pss(Hash::Sha1, &[0; 20], &signature).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::WeakAlgorithm);
    }
}
