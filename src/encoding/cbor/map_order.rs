//! The order of the keys of a map: ascending, as the CTAP2 canonical form demands, or any. No key
//! occurs twice.

use core::cmp::Ordering;

/// Pairs in a map whose keys may stand in any order, where duplicates are found pairwise. The
/// largest such map of the specification has 6.
const MAX_UNORDERED_PAIRS: usize = 16;

/// Which order the keys of a map may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Ascending, as CTAP2 canonical CBOR demands.
    Canonical,
    /// Any, in a map of at most 16 pairs.
    Any,
}

/// The encoded keys of a map that the next one is compared with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation while parsing")]
pub(super) enum Keys<'a> {
    Canonical { previous: &'a [u8] },
    Any { seen: [&'a [u8]; MAX_UNORDERED_PAIRS], count: usize },
}

impl<'a> Keys<'a> {
    /// Those of a map of so many pairs, before the first.
    pub(super) fn new(order: Order, pairs: u64) -> Result<Keys<'a>, &'static str> {
        match order {
            Order::Canonical => Ok(Keys::Canonical { previous: &[] }),
            Order::Any if pairs > MAX_UNORDERED_PAIRS as u64 => {
                Err("a map has more than 16 members")
            }
            Order::Any => Ok(Keys::Any { seen: [&[]; MAX_UNORDERED_PAIRS], count: 0 }),
        }
    }

    /// Takes the next key.
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

/// The key comes behind the previous one, in canonical order.
pub(super) fn check_order(previous: &[u8], encoded: &[u8]) -> Result<(), &'static str> {
    match compare(previous, encoded) {
        Ordering::Less => Ok(()),
        Ordering::Equal => Err("a map key occurs twice"),
        Ordering::Greater => Err("map keys are not in canonical order"),
    }
}

/// The CTAP2 order of encoded keys: by major type, then by length, then byte by byte.
fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let major = |key: &[u8]| key.first().map(|initial| initial >> 5);
    major(one)
        .cmp(&major(other))
        .then_with(|| one.len().cmp(&other.len()))
        .then_with(|| one.cmp(other))
}
