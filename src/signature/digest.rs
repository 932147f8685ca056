//! The hash functions SHA-1 and SHA-2 (FIPS 180-4), on the crates `sha1` and `sha2`.

#[cfg(feature = "attestation")]
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::key::Hash;

/// The hash of a message that consists of several parts.
pub(crate) enum Digest {
    #[cfg(feature = "attestation")]
    Sha1([u8; 20]),
    Sha256([u8; 32]),
    Sha384([u8; 48]),
    Sha512([u8; 64]),
}

impl Digest {
    pub(crate) fn of(hash: Hash, parts: &[&[u8]]) -> Digest {
        fn chain<D: sha2::Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
            parts.iter().fold(D::new(), |digest, part| digest.chain_update(part)).finalize()
        }
        match hash {
            #[cfg(feature = "attestation")]
            Hash::Sha1 => Digest::Sha1(chain::<Sha1>(parts).into()),
            Hash::Sha256 => Digest::Sha256(chain::<Sha256>(parts).into()),
            Hash::Sha384 => Digest::Sha384(chain::<Sha384>(parts).into()),
            Hash::Sha512 => Digest::Sha512(chain::<Sha512>(parts).into()),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            #[cfg(feature = "attestation")]
            Digest::Sha1(bytes) => bytes,
            Digest::Sha256(bytes) => bytes,
            Digest::Sha384(bytes) => bytes,
            Digest::Sha512(bytes) => bytes,
        }
    }
}

/// Returns the SHA-256 hash, which the specification uses for client data and RP IDs.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    <Sha256 as sha2::Digest>::digest(bytes).into()
}
