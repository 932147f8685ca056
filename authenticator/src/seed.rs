//! A pseudo-random byte stream derived from a seed.

use core::convert::Infallible;

use hkdf::Hkdf;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// A stream of bytes that depends only on a seed and a label. HKDF-Extract (RFC 5869) derives a
/// key. Each block is the SHA-256 of the key and a counter.
pub(crate) struct SeededRandom {
    key: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl SeededRandom {
    /// Returns the stream for this seed and label. Streams with different labels are unrelated.
    pub(crate) fn new(seed: &[u8], label: &str) -> SeededRandom {
        let (key, _) = Hkdf::<Sha256>::extract(Some(label.as_bytes()), seed);
        SeededRandom { key: key.into(), counter: 0, block: [0; 32], used: 32 }
    }

    /// Returns the next bytes of the stream.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.byte())
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.block.get(self.used) {
                self.used += 1;
                return *byte;
            }
            let block = Sha256::new().chain_update(self.key);
            self.block = block.chain_update(self.counter.to_be_bytes()).finalize().into();
            self.counter += 1;
            self.used = 0;
        }
    }
}

impl TryRng for SeededRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        destination.fill_with(|| self.byte());
        Ok(())
    }
}

/// Key generators require this marker. The stream is secure only if the seed is secret.
impl TryCryptoRng for SeededRandom {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_reads_does_not_change_the_stream() {
        let whole: [u8; 100] = SeededRandom::new(b"seed", "label").bytes();
        let mut pieces = SeededRandom::new(b"seed", "label");
        let mut read = Vec::new();
        read.extend(pieces.try_next_u32().unwrap().to_be_bytes());
        read.extend(pieces.try_next_u64().unwrap().to_be_bytes());
        let mut rest = [0; 88];
        pieces.try_fill_bytes(&mut rest).unwrap();
        read.extend(rest);
        assert_eq!(read, whole);
        assert_ne!(whole[..32], whole[32..64]);
    }

    #[test]
    fn a_different_seed_or_label_gives_a_different_stream() {
        let bytes = |seed: &[u8], label| SeededRandom::new(seed, label).bytes::<32>();
        assert_ne!(bytes(b"seed", "label"), bytes(b"sEed", "label"));
        assert_ne!(bytes(b"seed", "label"), bytes(b"seed", "lAbel"));
    }
}
