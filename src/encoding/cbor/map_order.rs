//! The order of map keys: ascending, as the CTAP2 canonical form requires, or any order. Duplicate
//! keys are never allowed.

use core::cmp::Ordering;

/// The maximum number of pairs in a map that may have any order. Its keys are compared pairwise to
/// find duplicates. The largest such map in the specification has 6 pairs.
const MAX_UNORDERED_PAIRS: usize = 16;

/// The order that a map requires of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Ascending, as CTAP2 canonical CBOR requires.
    Canonical,
    /// Any order, in a map of at most 16 pairs.
    Any,
}

/// The encoded keys to compare the next key with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation while parsing")]
pub(super) enum Keys<'a> {
    Canonical { previous: &'a [u8] },
    Any { seen: [&'a [u8]; MAX_UNORDERED_PAIRS], count: usize },
}

impl<'a> Keys<'a> {
    /// Creates the state before the first key of a map with `pairs` pairs.
    pub(super) fn new(order: Order, pairs: u64) -> Result<Keys<'a>, &'static str> {
        match order {
            Order::Canonical => Ok(Keys::Canonical { previous: &[] }),
            Order::Any if pairs > MAX_UNORDERED_PAIRS as u64 => {
                Err("a map has more than 16 members")
            }
            Order::Any => Ok(Keys::Any { seen: [&[]; MAX_UNORDERED_PAIRS], count: 0 }),
        }
    }

    /// Checks and records the next key.
    pub(super) fn take(&mut self, encoded: &'a [u8]) -> Result<(), &'static str> {
        match self {
            Keys::Canonical { previous } => {
                check_order(previous, encoded)?;
                *previous = encoded;
            }
            Keys::Any { seen, count } => {
                if seen.iter().take(*count).any(|earlier| *earlier == encoded) {
                    return Err("a map key occurs twice");
                }
                if let Some(place) = seen.get_mut(*count) {
                    *place = encoded;
                }
                *count += 1;
            }
        }
        Ok(())
    }
}

/// Checks that a key follows the previous key in canonical order.
pub(super) fn check_order(previous: &[u8], encoded: &[u8]) -> Result<(), &'static str> {
    match compare(previous, encoded) {
        Ordering::Less => Ok(()),
        Ordering::Equal => Err("a map key occurs twice"),
        Ordering::Greater => Err("map keys are not in canonical order"),
    }
}

/// Compares encoded keys in the CTAP2 order: by major type, then by length, then byte by byte.
fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let major = |key: &[u8]| key.first().map(|initial| initial >> 5);
    major(one)
        .cmp(&major(other))
        .then_with(|| one.len().cmp(&other.len()))
        .then_with(|| one.cmp(other))
}
