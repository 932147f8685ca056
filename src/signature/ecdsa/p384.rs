//! P-384 (SP 800-186, section 3.2.1.4): p = 2^384 - 2^128 - 2^96 + 2^32 - 1. The elements of the
//! field are in Montgomery form with the factor 2^384.

use std::sync::LazyLock;

use super::super::limbs;
use super::comb::{BaseComb, BasePoint};
use super::curve::Curve;
use super::order::Modulus;

#[derive(Clone, Copy, Debug)]
pub(crate) struct P384;

static BASE: LazyLock<BaseComb<P384, 6>> = LazyLock::new(BaseComb::new);

const ORDER: Modulus<6> = Modulus {
    order: P384::ORDER,
    inverse: 0x6ed4_6089_e88f_dc45,
    r_squared: [
        0x2d31_9b24_19b4_09a9,
        0xff3d_81e5_df1a_a419,
        0xbc3e_483a_fcb8_2947,
        0xd40d_4917_4aab_1cc5,
        0x3fb0_5b7a_2826_6895,
        0x0c84_ee01_2b39_bf21,
    ],
};

impl Curve<6> for P384 {
    const P: [u64; 6] = [
        0x0000_0000_ffff_ffff,
        0xffff_ffff_0000_0000,
        0xffff_ffff_ffff_fffe,
        u64::MAX,
        u64::MAX,
        u64::MAX,
    ];
    const ORDER: [u64; 6] = [
        0xecec_196a_ccc5_2973,
        0x581a_0db2_48b0_a77a,
        0xc763_4d81_f437_2ddf,
        u64::MAX,
        u64::MAX,
        u64::MAX,
    ];
    const BYTES: usize = 48;
    const ONE: [u64; 6] = [0xffff_ffff_0000_0001, 0x0000_0000_ffff_ffff, 1, 0, 0, 0];
    /// 2^768 modulo p.
    const TO_FORM: [u64; 6] = [
        0xffff_fffe_0000_0001,
        0x0000_0002_0000_0000,
        0xffff_fffe_0000_0000,
        0x0000_0002_0000_0000,
        1,
        0,
    ];
    const B: [u64; 6] = [
        0x0811_8871_9d41_2dcc,
        0xf729_add8_7a4c_32ec,
        0x77f2_209b_1920_022e,
        0xe337_4bee_9493_8ae2,
        0xb62b_21f4_1f02_2094,
        0xcd08_114b_604f_bff9,
    ];
    const G: [[u64; 6]; 2] = [
        [
            0x3dd0_7566_49c0_b528,
            0x20e3_78e2_a0d6_ce38,
            0x879c_3afc_541b_4d6e,
            0x6454_8684_59a3_0eff,
            0x812f_f723_614e_de2b,
            0x4d3a_adc2_299e_1513,
        ],
        [
            0x2304_3dad_4b03_a4fe,
            0xa1bf_a8bf_7bb4_a9ac,
            0x8bad_e756_2e83_b050,
            0xc6c3_5219_68f4_ffd9,
            0xdd80_0226_3969_a840,
            0x2b78_abc2_5a15_c5e9,
        ],
    ];
    const TEETH: usize = 10;
    const COLUMNS: usize = 39;

    /// Montgomery reduction (Handbook of Applied Cryptography, algorithm 14.32).
    #[inline(always)]
    fn reduce(low: [u64; 6], high: [u64; 6]) -> ([u64; 6], i64) {
        let low = reduce_limb(reduce_limb(reduce_limb(low)));
        let low = reduce_limb(reduce_limb(reduce_limb(low)));
        // The low half is now at most p, so there is at most one carry.
        let (low, carry) = limbs::add(&low, &high);
        (low, carry as i64)
    }

    #[inline(always)]
    fn fold(low: [u64; 6], top: i64) -> [u64; 6] {
        // Modulo p, 2^384 is 2^128 + 2^96 - 2^32 + 1. `top` times that is added to `low`, in two's
        // complement. Each part takes over the sign of the part below.
        let shifted = top << 32;
        let first = top - shifted;
        let second = shifted + (first >> 63);
        let third = top + (second >> 63);
        let sign = (third >> 63).cast_unsigned();
        let parts = [first, second, third].map(i64::cast_unsigned);
        let (low, carry) = limbs::add(&low, &[parts[0], parts[1], parts[2], sign, sign, sign]);
        let top = sign.wrapping_add(carry as u64);
        if top != 0 {
            return fold_again(low, top.cast_signed());
        }
        low
    }

    #[inline(always)]
    fn fold_reduced(low: [u64; 6], top: i64) -> [u64; 6] {
        // If there is a carry, subtract p. The result is below 2^384.
        let carry = top.cast_unsigned().wrapping_neg();
        let p = Self::P.map(|limb| limb & carry);
        limbs::sub(&low, &p).0
    }

    fn multiply_modulo_order(a: &[u64; 6], b: &[u64; 6]) -> [u64; 6] {
        ORDER.multiply(a, b)
    }
}

impl BasePoint<6> for P384 {
    fn base() -> &'static BaseComb<P384, 6> {
        &BASE
    }
}

/// Folds again, in the rare case (one in 2^255 random numbers) that the first fold overflows.
#[cold]
#[inline(never)]
fn fold_again(low: [u64; 6], top: i64) -> [u64; 6] {
    P384::fold(low, top)
}

/// Returns `(low + m * p) / 2^64` for the m that makes the division exact. p is 2^32 - 1 modulo
/// 2^64, so m is the lowest limb times 2^32 + 1.
#[inline(always)]
fn reduce_limb(low: [u64; 6]) -> [u64; 6] {
    let [first, a, b, c, d, e] = low;
    let m = first.wrapping_add(first << 32);
    // m p is m 2^384 - m (2^128 + 2^96 - 2^32 + 1). The lowest limb of the second product cancels.
    let (_, high_0) = m.carrying_mul(0xffff_ffff_0000_0001, 0);
    let (low_1, high_1) = m.carrying_mul(0xffff_ffff, high_0);
    let (part_2, carry) = high_1.carrying_add(m, false);
    let (a, borrow) = a.borrowing_sub(low_1, false);
    let (b, borrow) = b.borrowing_sub(part_2, borrow);
    let (c, borrow) = c.borrowing_sub(carry as u64, borrow);
    let (d, borrow) = d.borrowing_sub(0, borrow);
    let (e, borrow) = e.borrowing_sub(0, borrow);
    [a, b, c, d, e, m - borrow as u64]
}
