//! Limits the number of signature checks that one request can cause.

use core::cell::Cell;

use crate::error::{ErrorKind, Failure};
use crate::key::{KeyMaterial, MAX_USUAL_RSA_EXPONENT, rsa_exponent};

/// The budget for the statements of one attestation: 48 checks with P-256 keys, or 6 with P-521
/// keys.
const STATEMENTS: u32 = 48;

/// The budget for the certificate paths of one attestation.
const PATHS: u32 = 128;

/// Hashing this many bytes takes about as long as a check with a P-256 key.
const HASHED_FOR_ONE: usize = 16 * 1024;

/// The signature checks that a request can still cause, over all statements, certificates and trust
/// anchors. A check with a P-256 key costs 1. Slower checks cost proportionally more.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u32>,
}

impl Budget {
    /// Creates the budget for attestation statements.
    pub(crate) fn for_statements() -> Budget {
        Budget { left: Cell::new(STATEMENTS) }
    }

    /// Creates the budget for certificate paths.
    pub(crate) fn for_paths() -> Budget {
        Budget { left: Cell::new(PATHS) }
    }

    /// Pays for one check with this key, of a message that is hashed once.
    ///
    /// # Errors
    ///
    /// Returns [`TooManySignatureChecks`](ErrorKind::TooManySignatureChecks) if the budget is too
    /// small.
    pub(crate) fn pay(&self, key: &KeyMaterial<'_>) -> Result<(), Failure> {
        self.take(price(key))
    }

    /// Pays for one check with this key, of a message that can be hashed for many checks. A large
    /// message costs more.
    ///
    /// # Errors
    ///
    /// Returns [`TooManySignatureChecks`](ErrorKind::TooManySignatureChecks) if the budget is too
    /// small.
    pub(crate) fn pay_for(&self, key: &KeyMaterial<'_>, message: &[u8]) -> Result<(), Failure> {
        let hashing = u32::try_from(message.len() / HASHED_FOR_ONE).unwrap_or(u32::MAX);
        self.take(price(key).saturating_add(hashing))
    }

    /// Fails if the budget is used up, as every check would.
    ///
    /// # Errors
    ///
    /// Returns [`TooManySignatureChecks`](ErrorKind::TooManySignatureChecks) if the budget is used
    /// up.
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

/// Returns the cost of a check, measured in checks with P-256 keys.
fn price(key: &KeyMaterial<'_>) -> u32 {
    match *key {
        KeyMaterial::P256 { .. } | KeyMaterial::Ed25519 { .. } => 1,
        KeyMaterial::Secp256k1 { .. } => 2,
        KeyMaterial::P384 { .. } => 4,
        KeyMaterial::P521 { .. } => 8,
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

        // A check that costs too much uses up the budget, so a cheaper check fails too.
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
