//! Shorter multipliers for the equation s B = R + h A.
//!
//! For an odd number b that is not a multiple of l, and a number a with a = b h modulo 8 l, the
//! equation is equivalent to b s B = b R + a A. This holds for all points, also for a key or R
//! outside the group of prime order:
//!
//! - The group of the curve has 8 l points, so 8 l A is the neutral point, and a A is b h A.
//! - b has no common divisor with 8 l. So b times a point is the neutral point only if the point
//!   is.
//!
//! Euclid's algorithm for 8 l and h computes such pairs (a, b), which are the vectors of a lattice.
//! Halfway, a and b have about 128 bits each. A b of l or more comes only after an a of at most 8. The
//! vector after the last one can have such a b. Then the vector before is not longer, and [`best`]
//! chooses it.

use super::scalar::L;
use crate::signature::lehmer::Remainders;
use crate::signature::limbs::{Number, bits};

/// 8 l.
const GROUP_ORDER: Number =
    [L[0] << 3, L[1] << 3 | L[0] >> 61, L[2] << 3 | L[1] >> 61, L[3] << 3 | L[2] >> 61];

/// The number of bits of a at which the algorithm ends, about half of the bits of 8 l.
const ENOUGH: usize = 127;

/// a modulo 8 l is b h, and b is odd.
#[derive(Clone, Copy, Debug)]
pub(super) struct Multipliers {
    /// The absolute value of a.
    pub(super) a: Number,
    pub(super) a_is_negative: bool,
    pub(super) b: Number,
}

/// Returns multipliers for h, which is below l. Nearly always, both have fewer than 132 bits.
pub(super) fn short_multipliers(h: &Number) -> Multipliers {
    let mut remainders = Remainders::new(&GROUP_ORDER, h);
    while bits(&remainders.b) > ENOUGH {
        remainders.step(ENOUGH);
    }
    best(remainders)
}

/// Returns the last vector if its b is odd. Otherwise, the b before and the next b are odd, because
/// two successive b have no common divisor. Then the shorter of these two vectors is returned.
fn best(mut remainders: Remainders<4>) -> Multipliers {
    let before = Multipliers {
        a: remainders.a,
        a_is_negative: remainders.b_is_positive,
        b: remainders.a_factor,
    };
    let last = vector_of_b(&remainders);
    if last.b[0] & 1 == 1 {
        return last;
    }
    if last.a == [0; 4] {
        return before;
    }
    remainders.single_step();
    let next = vector_of_b(&remainders);
    // If the next b is l or more, the vector before is chosen, because its numbers are below l.
    if before.bits() <= next.bits() { before } else { next }
}

fn vector_of_b(remainders: &Remainders<4>) -> Multipliers {
    Multipliers {
        a: remainders.b,
        a_is_negative: !remainders.b_is_positive,
        b: remainders.b_factor,
    }
}

impl Multipliers {
    /// Returns the number of bits of the longer number.
    fn bits(&self) -> usize {
        bits(&self.a).max(bits(&self.b))
    }
}

#[cfg(test)]
mod tests;
