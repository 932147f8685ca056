//! A crate for each algorithm, from RustCrypto and dalek.

use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use p256::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::PublicNumbers;

use super::signed::Key;
use super::{Verify, algorithm_of, verifier};
use crate::contest::Fault;

/// Defines the function for a curve that verifies ECDSA with the usual hash for its size.
macro_rules! ecdsa {
    ($function:ident, $curve:ident, $algorithm:ident) => {
        pub(crate) fn $function(keys: &[Key]) -> Result<Verify, Fault> {
            use $curve::ecdsa::{Signature, VerifyingKey};
            if algorithm_of(keys)? != Algorithm::$algorithm {
                return Ok(None);
            }
            verifier(
                keys,
                |key| Ok(VerifyingKey::from_sec1_bytes(&key.bytes)?),
                |key, signed| {
                    Signature::from_der(&signed.signature)
                        .is_ok_and(|signature| key.verify(&signed.message, &signature).is_ok())
                },
            )
        }
    };
}

ecdsa!(p256, p256, Es256);
ecdsa!(p384, p384, Es384);
ecdsa!(p521, p521, Es512);
ecdsa!(k256, k256, Es256k);

pub(crate) fn ed25519_dalek(keys: &[Key]) -> Result<Verify, Fault> {
    use ed25519_dalek::{Signature, VerifyingKey};
    if algorithm_of(keys)? != Algorithm::EdDsa {
        return Ok(None);
    }
    verifier(
        keys,
        |key| Ok(VerifyingKey::try_from(key.bytes.as_slice())?),
        |key, signed| {
            Signature::from_slice(&signed.signature)
                .is_ok_and(|signature| key.verify_strict(&signed.message, &signature).is_ok())
        },
    )
}

pub(crate) fn ed448_goldilocks(keys: &[Key]) -> Result<Verify, Fault> {
    use ed448_goldilocks::{Signature, VerifyingKey};
    if algorithm_of(keys)? != Algorithm::Ed448 {
        return Ok(None);
    }
    verifier(
        keys,
        |key| {
            let bytes = key.bytes.as_slice().try_into()?;
            Ok(VerifyingKey::from_bytes(bytes).map_err(|error| error.to_string())?)
        },
        |key, signed| {
            signed.signature.as_slice().try_into().is_ok_and(|bytes: &[u8; 114]| {
                key.verify_raw(&Signature::from_bytes(bytes), &signed.message).is_ok()
            })
        },
    )
}

pub(crate) fn rsa(keys: &[Key]) -> Result<Verify, Fault> {
    use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
    if algorithm_of(keys)? != Algorithm::Rs256 {
        return Ok(None);
    }
    verifier(
        keys,
        |key| {
            let PublicNumbers::Rsa { modulus, exponent } = &key.numbers else {
                return Err("not an RSA key".into());
            };
            let number = BoxedUint::from_be_slice_vartime;
            Ok(RsaPublicKey::new(number(modulus), number(exponent))?)
        },
        |key, signed| {
            let (scheme, hash) = (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(signed.message));
            key.verify(scheme, &hash, &signed.signature).is_ok()
        },
    )
}

pub(crate) fn ml_dsa(keys: &[Key]) -> Result<Verify, Fault> {
    match algorithm_of(keys)? {
        Algorithm::MlDsa44 => ml_dsa_of::<MlDsa44>(keys),
        Algorithm::MlDsa65 => ml_dsa_of::<MlDsa65>(keys),
        Algorithm::MlDsa87 => ml_dsa_of::<MlDsa87>(keys),
        _ => Ok(None),
    }
}

fn ml_dsa_of<P: MlDsaParams + 'static>(keys: &[Key]) -> Result<Verify, Fault> {
    use ml_dsa::{Signature, VerifyingKey};
    verifier(
        keys,
        |key| {
            let bytes = EncodedVerifyingKey::<P>::try_from(key.bytes.as_slice())?;
            Ok(VerifyingKey::<P>::decode(&bytes))
        },
        |key, signed| {
            Signature::<P>::try_from(signed.signature.as_slice())
                .is_ok_and(|signature| key.verify(&signed.message, &signature).is_ok())
        },
    )
}
