//! Compares the functions with big integers. Also contains conversions and random numbers for the
//! other tests in this folder.
#![allow(clippy::cast_possible_truncation, reason = "truncation is intended")]

use num_bigint::BigUint;

use super::*;

const ALL: u64 = u64::MAX;

/// The number of random operands for each function. Miri is about a thousand times slower.
const ROUNDS: usize = if cfg!(miri) { 10 } else { 2000 };

/// The distance between tested edge cases, or between tested bits.
const STEP: usize = if cfg!(miri) { 13 } else { 1 };

pub(in super::super) fn big(limbs: &[u64]) -> BigUint {
    BigUint::from_bytes_le(&limbs.iter().copied().flat_map(u64::to_le_bytes).collect::<Vec<u8>>())
}

/// Returns the limbs of a number, which must fit.
#[track_caller]
pub(in super::super) fn to_limbs<const N: usize>(number: &BigUint) -> [u64; N] {
    let digits = number.to_u64_digits();
    assert!(digits.len() <= N, "{number:x} has more than {N} limbs");
    core::array::from_fn(|limb| digits.get(limb).copied().unwrap_or(0))
}

pub(in super::super) fn power_of_two(exponent: usize) -> BigUint {
    BigUint::from(1_u8) << exponent
}

/// Random numbers, the same in every run.
pub(in super::super) struct Random(u64);

impl Random {
    pub(in super::super) fn new() -> Self {
        Random(0x9e37_79b9_7f4a_7c15)
    }

    pub(in super::super) fn limb(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number that often has limbs of only zeros or ones, or limbs of `pattern`.
    pub(in super::super) fn number<const N: usize>(&mut self, pattern: &[u64; N]) -> [u64; N] {
        let choice = self.limb();
        core::array::from_fn(|limb| match choice >> (4 * limb) & 15 {
            0 => 0,
            1 => ALL,
            2 => pattern[limb],
            _ => self.limb(),
        })
    }
}

/// Returns numbers at which a carry or a borrow changes.
fn edges<const N: usize>() -> Vec<[u64; N]> {
    let mut numbers = Vec::new();
    for end in 0..=N {
        for start in 0..=end {
            // Limbs of ones between limbs of zeros, and the opposite.
            let ones =
                core::array::from_fn(|limb| if (start..end).contains(&limb) { ALL } else { 0 });
            numbers.extend([ones, ones.map(|limb| !limb)]);
        }
    }
    let near = |number: &[u64; N]| {
        let (modulus, number) = (power_of_two(64 * N), big(number));
        [&number + 1_u8, &number + &modulus - 1_u8].map(|number| to_limbs(&(number % &modulus)))
    };
    let neighbours: Vec<[u64; N]> = numbers.iter().flat_map(near).collect();
    numbers.extend(neighbours);
    for limb in 0..N {
        for bit in [1, 31, 32, 62, 63] {
            let mut number = [0; N];
            number[limb] = 1 << bit;
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Calls `check` with all pairs of edge cases and with random pairs.
fn for_pairs<const N: usize>(mut check: impl FnMut([u64; N], [u64; N])) {
    let edges = edges();
    assert!(edges.len() > 13 * N, "{}", edges.len());
    for a in edges.iter().step_by(STEP) {
        for b in edges.iter().step_by(STEP) {
            check(*a, *b);
        }
    }
    let mut random = Random::new();
    for _ in 0..ROUNDS {
        check(random.number(&[1; N]), random.number(&[1; N]));
    }
}

fn for_each<const N: usize>(mut check: impl FnMut([u64; N])) {
    edges().into_iter().for_each(&mut check);
    let mut random = Random::new();
    for _ in 0..ROUNDS {
        check(random.number(&[1; N]));
    }
}

/// Calls a function for each number of limbs that a curve has. In Miri, only P-256 is tested.
macro_rules! for_all_widths {
    ($check:ident) => {
        $check::<4>();
        if !cfg!(miri) {
            $check::<6>();
            $check::<9>();
        }
    };
}

/// Returns the number of a low and a high half.
fn wide<const N: usize>((low, high): ([u64; N], [u64; N])) -> BigUint {
    big(&low) + (big(&high) << (64 * N))
}

#[test]
fn numbers_are_read_from_bytes_of_any_length() {
    fn check<const N: usize>() {
        let mut random = Random::new();
        for length in 0..8 * N + 20 {
            for bytes in [
                (0..length).map(|_| random.limb() as u8).collect(),
                vec![0xff; length],
                (0..length).map(|place| u8::from(place == 0)).collect::<Vec<u8>>(),
            ] {
                let number = from_be_bytes::<N>(&bytes);
                let expected = BigUint::from_bytes_be(&bytes) % power_of_two(64 * N);
                assert_eq!(big(&number), expected, "{bytes:x?}");
            }
        }
    }
    for_all_widths!(check);
    // The length of a coordinate of P-521.
    let mut bytes: Vec<u8> = (1..=66).collect();
    let number = from_be_bytes::<9>(&bytes);
    assert_eq!((number[8], number[0]), (0x0102, 0x3b3c_3d3e_3f40_4142));
    bytes[0] = 0xff;
    assert_eq!(from_be_bytes::<9>(&bytes)[8], 0xff02);
}

#[test]
fn sums_and_differences_are_right() {
    fn check<const N: usize>() {
        let modulus = power_of_two(64 * N);
        for_pairs::<N>(|a, b| {
            let (sum, carry) = add(&a, &b);
            let expected = big(&a) + big(&b);
            assert_eq!(big(&sum), &expected % &modulus, "{a:x?} {b:x?}");
            assert_eq!(carry, expected >= modulus, "{a:x?} {b:x?}");
            assert_eq!(sub(&a, &b), sub_with_borrow(&a, &b, false));
            for borrow in [false, true] {
                let (difference, is_negative) = sub_with_borrow(&a, &b, borrow);
                let subtracted = big(&b) + u8::from(borrow);
                let expected = big(&a) + &modulus - &subtracted;
                assert_eq!(big(&difference), &expected % &modulus, "{a:x?} {b:x?} {borrow}");
                assert_eq!(is_negative, big(&a) < subtracted, "{a:x?} {b:x?} {borrow}");
            }
            assert_eq!(is_below(&a, &b), big(&a) < big(&b), "{a:x?} {b:x?}");
            let once = if big(&a) < big(&b) { big(&a) } else { big(&a) - big(&b) };
            assert_eq!(big(&sub_once(&a, &b)), once, "{a:x?} {b:x?}");
        });
    }
    for_all_widths!(check);
}

#[test]
fn products_are_right() {
    fn check<const N: usize>() {
        for_pairs::<N>(|a, b| {
            assert_eq!(wide(product(&a, &b)), big(&a) * big(&b), "{a:x?} {b:x?}");
            for limb in [b[0], b[N - 1]] {
                let (low, above) = multiple(&a, limb);
                let whole = big(&low) + (BigUint::from(above) << (64 * N));
                assert_eq!(whole, big(&a) * limb, "{a:x?} {limb:x}");
            }
        });
    }
    for_all_widths!(check);
}

#[test]
fn squares_are_right() {
    fn check<const N: usize>() {
        for_each::<N>(|a| assert_eq!(wide(square(&a)), big(&a) * big(&a), "{a:x?}"));
    }
    for_all_widths!(check);
}

#[test]
fn bits_are_read_across_limb_boundaries() {
    fn check<const N: usize>() {
        let numbers = [core::array::from_fn(|limb| limb as u64 + 1), [ALL; N]];
        let mut random = Random::new();
        let random = [random.number(&[0; N]), random.number(&[0; N])];
        for number in numbers.into_iter().chain(random) {
            for bit in (0..64 * N + 200).step_by(STEP) {
                let expected = (big(&number) >> bit) % power_of_two(64);
                assert_eq!(BigUint::from(bits_from(&number, bit)), expected, "{number:x?} {bit}");
            }
        }
    }
    for_all_widths!(check);
    assert_eq!(bits_from(&[], 0), 0);
    assert_eq!(
        bits_from(&[0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00], 68),
        0x099a_abbc_cdde_eff0
    );
}
