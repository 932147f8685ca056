//! The set of requested algorithms, as the pending state stores it.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::key::Algorithm;

/// A set of algorithms, stored as bits. It serializes as a list of COSE algorithm numbers. Numbers
/// that this release does not know are skipped when a set is read, because it could not verify
/// signatures of those algorithms.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<i64>", into = "Vec<i64>")]
pub(crate) struct AlgorithmSet {
    bits: u32,
}

const _: () = assert!(Algorithm::ALL.len() <= u32::BITS as usize);

impl AlgorithmSet {
    pub(crate) fn contains(self, algorithm: Algorithm) -> bool {
        self.bits & 1 << algorithm as u32 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.bits == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(move |one| self.contains(*one))
    }
}

impl FromIterator<Algorithm> for AlgorithmSet {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> AlgorithmSet {
        let bits = algorithms.into_iter().fold(0, |bits, one| bits | 1 << one as u32);
        AlgorithmSet { bits }
    }
}

impl From<Vec<i64>> for AlgorithmSet {
    fn from(numbers: Vec<i64>) -> AlgorithmSet {
        numbers.into_iter().filter_map(Algorithm::from_cose_id).collect()
    }
}

impl From<AlgorithmSet> for Vec<i64> {
    fn from(algorithms: AlgorithmSet) -> Vec<i64> {
        algorithms.iter().map(Algorithm::cose_id).collect()
    }
}

impl fmt::Debug for AlgorithmSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_exactly_the_added_algorithms() {
        for &one in Algorithm::ALL {
            let set: AlgorithmSet = [one].into_iter().collect();
            assert_eq!(set.iter().collect::<Vec<_>>(), [one]);
            assert_eq!(AlgorithmSet::from(vec![one.cose_id(), 0, -65535]), set);
        }
        let all: AlgorithmSet = Algorithm::ALL.iter().copied().collect();
        assert_eq!(Vec::from(all).len(), Algorithm::ALL.len());
    }
}
