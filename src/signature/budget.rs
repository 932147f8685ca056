//! How many signature checks one request can cause.

use core::cell::Cell;

use crate::error::{ErrorKind, Failure};
use crate::key::{KeyMaterial, MAX_USUAL_RSA_EXPONENT, rsa_exponent};

/// What the statements of one attestation can cost: 48 checks with a key on P-256, or 3 on P-521.
const STATEMENTS: u32 = 48;

/// What the certificate paths of one attestation can cost.
const PATHS: u32 = 128;

/// Hashing as much takes about as long as a check on P-256.
const HASHED_FOR_ONE: usize = 16 * 1024;

/// The signature checks that a request may still cause, over all statements, certificates and
/// trust anchors. A check with a key on P-256 costs 1, one that takes longer costs as much more.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u32>,
}

impl Budget {
    /// That of attestation statements.
    pub(crate) fn for_statements() -> Budget {
        Budget { left: Cell::new(STATEMENTS) }
    }

    /// That of certificate paths.
    pub(crate) fn for_paths() -> Budget {
        Budget { left: Cell::new(PATHS) }
    }

    /// Pays for one check with this key, of a message that is hashed once.
    ///
    /// # Errors
    ///
    /// `TooManySignatureChecks`.
    pub(crate) fn pay(&self, key: &KeyMaterial<'_>) -> Result<(), Failure> {
        self.take(price(key))
    }

    /// Pays for one check with this key, of a message that may be hashed for many checks: a large one
    /// costs more.
    ///
    /// # Errors
    ///
    /// `TooManySignatureChecks`.
    pub(crate) fn pay_for(&self, key: &KeyMaterial<'_>, message: &[u8]) -> Result<(), Failure> {
        let hashing = u32::try_from(message.len() / HASHED_FOR_ONE).unwrap_or(u32::MAX);
        self.take(price(key).saturating_add(hashing))
    }

    /// Fails where nothing is left, as every check would.
    ///
    /// # Errors
    ///
    /// `TooManySignatureChecks`.
    pub(crate) fn check_left(&self) -> Result<(), Failure> {
        if self.left.get() == 0 { Err(ErrorKind::TooManySignatureChecks.into()) } else { Ok(()) }
    }

    fn take(&self, price: u32) -> Result<(), Failure> {
        match self.left.get().checked_sub(price) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.left.set(0);
                Err(ErrorKind::TooManySignatureChecks.into())
            }
        }
    }
}

/// How long a check takes, in checks on P-256.
fn price(key: &KeyMaterial<'_>) -> u32 {
    match *key {
        KeyMaterial::P256 { .. } | KeyMaterial::Ed25519 { .. } => 1,
        KeyMaterial::Secp256k1 { .. } => 2,
        KeyMaterial::P384 { .. } | KeyMaterial::P521 { .. } => 16,
        KeyMaterial::Ed448 { .. } => 32,
        KeyMaterial::MlDsa44 { .. } => 3,
        KeyMaterial::MlDsa65 { .. } => 5,
        KeyMaterial::MlDsa87 { .. } => 8,
        KeyMaterial::Rsa { modulus, exponent } => {
            let of_size = match modulus.len() {
                ..=384 => 1,
                385..=512 => 2,
                513..=768 => 5,
                _ => 8,
            };
            let usual = rsa_exponent(exponent).is_some_and(|e| e <= MAX_USUAL_RSA_EXPONENT);
            if usual { of_size } else { 4 * of_size }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kb_109_a_budget_limits_the_number_of_checks() {
        let p256 = KeyMaterial::P256 { x: &[1; 32], y: &[1; 32] };
        let budget = Budget::for_statements();
        for _ in 0..STATEMENTS {
            budget.pay(&p256).unwrap();
        }
        assert_eq!(budget.pay(&p256).unwrap_err().kind(), ErrorKind::TooManySignatureChecks);
        assert!(budget.pay(&p256).is_err());

        // What cannot be paid for once is not followed by something cheaper.
        let budget = Budget::for_statements();
        let largest = KeyMaterial::Rsa { modulus: &[0xff; 1024], exponent: &[1, 0, 0, 0, 1] };
        budget.pay(&largest).unwrap();
        assert!(budget.pay(&largest).is_err());
        assert!(budget.pay(&p256).is_err());
    }

    #[test]
    fn kb_109_a_large_message_costs_as_much_as_hashing_it() {
        let p256 = KeyMaterial::P256 { x: &[1; 32], y: &[1; 32] };
        let paid = |length: usize| {
            let budget = Budget::for_paths();
            budget.pay_for(&p256, &vec![0; length]).unwrap();
            PATHS - budget.left.get()
        };
        assert_eq!([0, 2_000, 16_383, 16_384, 65_535, 65_536].map(paid), [1, 1, 1, 2, 4, 5]);
        let budget = Budget::for_paths();
        assert!(budget.pay_for(&p256, &vec![0; 128 * HASHED_FOR_ONE]).is_err());
        assert!(budget.check_left().is_err());
        assert!(Budget::for_paths().check_left().is_ok());
    }

    #[test]
    fn kb_109_larger_keys_and_exponents_cost_more() {
        let rsa = |bytes: usize, exponent: &[u8]| {
            price(&KeyMaterial::Rsa { modulus: &vec![0xff; bytes], exponent })
        };
        assert_eq!([256, 384, 512, 768, 1024].map(|size| rsa(size, &[1, 0, 1])), [1, 1, 2, 5, 8]);
        assert_eq!(rsa(256, &[1, 0, 3]), 4);
        assert_eq!(rsa(1024, &[1, 0xff, 0xff, 0xff, 0xff]), 32);
    }
}
