//! Multiples of a known point, computed by a comb with signed digits (Guide to Elliptic Curve
//! Cryptography, section 3.3.2; Hamburg, "Fast and compact elliptic-curve cryptography", section
//! 3.3).
//!
//! A number is written with 260 digits, each 1 or -1, in ten rows of 26 columns. The rows are the
//! teeth of the comb. A table contains the sum of the teeth's multiples of the point for each
//! choice of signs. One addition therefore handles a whole column, and a number takes 26 doublings.
//! Of two opposite sums, the table contains the sum in which the highest tooth is positive.

use super::base_table::BASE;
use super::field::{Element, is_below_p};
use super::point::{Affine, Cached, Jacobian};
use super::scalar::{self, Number};

/// The number of rows.
pub(super) const TEETH: usize = 10;

/// The number of digits in each row. Ten rows have more digits than the 257 bits of n plus a number
/// below n.
pub(super) const COLUMNS: usize = 26;

/// The sums of some teeth, indexed by the signs of all teeth except the highest.
pub(super) type Sums<const N: usize> = [Affine; N];

/// The comb of another point. It is small enough to store: 16 sums of the five low teeth and 16
/// sums of the five high teeth, 2 KiB in total.
#[derive(Clone, Debug)]
pub(super) struct Comb {
    pub(super) low: Sums<16>,
    pub(super) high: Sums<16>,
}

impl Comb {
    pub(super) fn new(point: &Affine) -> Comb {
        let teeth = teeth(point);
        Comb { low: signed_sums(&teeth, 0), high: signed_sums(&teeth, TEETH / 2) }
    }

    /// The length of [`to_bytes`](Comb::to_bytes).
    const LENGTH: usize = 2 * 16 * 2 * 32;

    /// Serializes the coordinates of all sums in Montgomery form, little-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let coordinates = self.low.iter().chain(&self.high).flat_map(|sum| [sum.x, sum.y]);
        coordinates.flat_map(Element::to_montgomery).flat_map(u64::to_le_bytes).collect()
    }

    /// Reads a comb from its bytes. Returns `None` if the length is wrong or a coordinate is not
    /// below p.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Comb> {
        let (limbs, _) = <&[u8; Comb::LENGTH]>::try_from(bytes).ok()?.as_chunks();
        let mut limbs = limbs.iter().map(|limb| u64::from_le_bytes(*limb));
        let mut all_below_p = true;
        let mut coordinate = || {
            let limbs = core::array::from_fn(|_| limbs.next().unwrap_or_default());
            all_below_p &= is_below_p(&limbs);
            Element::from_montgomery(limbs)
        };
        let mut sums = || core::array::from_fn(|_| Affine { x: coordinate(), y: coordinate() });
        let comb = Comb { low: sums(), high: sums() };
        all_below_p.then_some(comb)
    }

    /// Adds the sums that the digits of one column select.
    #[inline(always)]
    pub(super) fn add_column(&self, to: &mut Jacobian, digits: u16) {
        add_chosen(to, &self.low, digits);
        add_chosen(to, &self.high, digits >> (TEETH / 2));
    }
}

/// Returns the signs of a number's digits, one value for each column. The lowest bit is the lowest
/// tooth. The digits represent the number, or the number plus n if it is even. This value is the
/// sum of all powers of two below 2^(TEETH * COLUMNS), where each power is added if its bit is set
/// and subtracted if not.
pub(super) fn digits(number: &Number) -> [u16; COLUMNS] {
    let even = number[0] & 1 == 0;
    let (number, carry) = if even { scalar::add(number, &scalar::N) } else { (*number, false) };
    // If a bit is 0 for -1 and 1 for 1, the bits form half of the value plus all powers of two. For
    // an odd value, that is half of it, rounded down, plus the highest power.
    let [a, b, c, d] = number;
    let half =
        [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1 | u64::from(carry) << 63, 8];
    let tooth = |tooth: usize| scalar::bits_from(&half, tooth * COLUMNS) & ((1 << COLUMNS) - 1);
    // Combine two teeth, 32 bits apart.
    let pairs: [u64; TEETH / 2] =
        core::array::from_fn(|pair| tooth(2 * pair) | tooth(2 * pair + 1) << 32);
    core::array::from_fn(|column| {
        let mut digits = 0;
        for (pair, bits) in pairs.iter().enumerate() {
            digits |= (bits >> column & 0x1_0000_0001) << (2 * pair);
        }
        (digits | digits >> 31) as u16
    })
}

/// Adds the sum of the base point that the digits of one column select.
#[inline(always)]
pub(super) fn add_base_column(to: &mut Jacobian, digits: u16) {
    add_chosen(to, &BASE, digits);
}

/// Adds the sum that the digits select. The lowest bit is the lowest tooth.
#[inline(always)]
fn add_chosen<const N: usize>(to: &mut Jacobian, sums: &Sums<N>, digits: u16) {
    // All ones if the digit of the highest tooth is -1. Then all signs are inverted. The mask is as
    // wide as a limb, because `usize` is narrower on some targets.
    let negative = ((u64::from(digits) / N as u64) & 1).wrapping_sub(1);
    let index = (digits ^ negative as u16) as usize & (N - 1);
    to.add_affine(&sums[index], negative);
}

/// Returns the point times 1, 2^26, 2^52 and so on.
fn teeth(point: &Affine) -> [Jacobian; TEETH] {
    let mut tooth = Jacobian::from_affine(point);
    core::array::from_fn(|_| {
        let this = tooth;
        tooth.double_times(COLUMNS);
        this
    })
}

/// Returns all sums of consecutive teeth, starting with the tooth `lowest`. N is 2^(k - 1) for k
/// teeth.
fn signed_sums<const N: usize>(teeth: &[Jacobian; TEETH], lowest: usize) -> Sums<N> {
    let highest = lowest + N.trailing_zeros() as usize;
    // All signs except the sign of the highest tooth are negative.
    let mut sum = teeth[highest];
    for tooth in &teeth[lowest..highest] {
        sum.add_cached(&Cached::new(*tooth), true);
    }
    // Changing a sign to positive adds the tooth twice.
    let mut sums = [sum; N];
    for (bit, tooth) in teeth[lowest..highest].iter().enumerate() {
        let mut twice = *tooth;
        twice.double_times(1);
        let twice = Cached::new(twice);
        for i in 0..1 << bit {
            sums[i + (1 << bit)] = sums[i];
            sums[i + (1 << bit)].add_cached(&twice, false);
        }
    }
    Jacobian::normalize(&sums)
}

#[cfg(test)]
mod tests {
    use ::p256::{ProjectivePoint, Scalar};

    use super::super::field::P;
    use super::super::point::G;
    use super::super::point::tests::{affine, random_scalars, reference, scalar};
    use super::*;

    /// Returns the content of the file with the comb of the base point.
    fn base_table() -> String {
        let mut file = String::from(
            "//! The comb of the base point: 512 sums of all ten teeth, 32 KiB, in Montgomery form.\n\
             //! A test in `comb.rs` computes it, compares it, and rewrites this file if the\n\
             //! environment variable REGENERATE is set.\n\n\
             use super::field::Element;\n\
             use super::point::Affine;\n\n\
             const fn point(x: [u64; 4], y: [u64; 4]) -> Affine {\n    \
                 Affine { x: Element::from_montgomery(x), y: Element::from_montgomery(y) }\n\
             }\n\n\
             #[rustfmt::skip]\n\
             pub(super) static BASE: [Affine; 512] = [\n",
        );
        let limbs = |element: Element| {
            let limbs = element.to_montgomery().map(|limb| format!("0x{limb:016x}"));
            format!("[{}]", limbs.join(", "))
        };
        let sums: Sums<512> = signed_sums(&teeth(&G), 0);
        for sum in &sums {
            file.push_str(&format!("    point({},\n          {}),\n", limbs(sum.x), limbs(sum.y)));
        }
        file + "];\n"
    }

    /// Returns the multiple of the point that is the sum of these teeth. `signs` has a bit for the
    /// sign of each tooth except the highest.
    fn multiple(signs: usize, teeth: core::ops::Range<usize>) -> Scalar {
        let power = |tooth: usize| {
            let mut number = [0; 5];
            number[tooth * COLUMNS / 64] = 1 << (tooth * COLUMNS % 64);
            let [low @ .., _] = number;
            scalar(&low)
        };
        let highest = teeth.end - 1;
        let low = teeth.clone().take(teeth.len() - 1).enumerate();
        low.fold(power(highest), |sum, (bit, tooth)| {
            if signs >> bit & 1 == 1 { sum + power(tooth) } else { sum - power(tooth) }
        })
    }

    #[test]
    fn each_table_entry_is_the_multiple_for_its_index() {
        let point = ProjectivePoint::GENERATOR;
        for (signs, sum) in BASE.iter().enumerate() {
            let sum = reference(&Jacobian::from_affine(sum));
            assert_eq!(sum, point * multiple(signs, 0..TEETH), "{signs}");
        }
        let mut random = random_scalars();
        for point in [point, -point, point * random()] {
            let comb = Comb::new(&affine(&point));
            for signs in 0..16 {
                let low = reference(&Jacobian::from_affine(&comb.low[signs]));
                assert_eq!(low, point * multiple(signs, 0..TEETH / 2), "{signs}");
                let high = reference(&Jacobian::from_affine(&comb.high[signs]));
                assert_eq!(high, point * multiple(signs, TEETH / 2..TEETH), "{signs}");
            }
        }
    }

    #[test]
    fn all_coordinates_in_tables_are_least_representatives() {
        let is_least = |sum: &Affine| {
            [sum.x, sum.y].iter().all(|coordinate| is_below_p(&coordinate.sum().limbs()))
        };
        assert!(BASE.iter().all(is_least));
        let mut random = random_scalars();
        for _ in 0..20 {
            let comb = Comb::new(&affine(&(ProjectivePoint::GENERATOR * random())));
            assert!(comb.low.iter().chain(&comb.high).all(is_least));
        }
    }

    #[test]
    fn a_comb_reads_back_unless_a_coordinate_is_not_least() {
        let bytes = Comb::new(&G).to_bytes();
        assert_eq!(bytes.len(), Comb::LENGTH);
        assert_eq!(Comb::from_bytes(&bytes).unwrap().to_bytes(), bytes);
        for length in [0, 1, 32, Comb::LENGTH - 1] {
            assert!(Comb::from_bytes(&bytes[..length]).is_none(), "{length}");
        }
        assert!(Comb::from_bytes(&[&bytes[..], &[0]].concat()).is_none());
        let p = P.map(u64::to_le_bytes).concat();
        let mut below = p.clone();
        below[0] -= 1;
        for coordinate in 0..Comb::LENGTH / 32 {
            for (number, is_read) in [(&below[..], true), (&p, false), (&[0xff; 32], false)] {
                let mut changed = bytes.clone();
                changed[32 * coordinate..][..32].copy_from_slice(number);
                assert_eq!(Comb::from_bytes(&changed).is_some(), is_read, "{coordinate}");
            }
        }
    }

    #[test]
    fn the_base_table_is_the_comb_of_the_base_point() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/signature/p256/base_table.rs");
        if std::env::var_os("REGENERATE").is_some() {
            std::fs::write(path, base_table()).unwrap();
        }
        assert!(std::fs::read_to_string(path).unwrap() == base_table());
    }
}
