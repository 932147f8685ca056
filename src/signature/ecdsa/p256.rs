//! P-256 (SP 800-186, section 3.2.1.3): p = 2^256 - 2^224 + 2^192 + 2^96 - 1. The elements of the
//! field are in Montgomery form with the factor 2^256. The crate `p256` multiplies modulo n.

use std::sync::LazyLock;

use ::p256::elliptic_curve::ops::Reduce;
use ::p256::{FieldBytes, Scalar};

use super::super::limbs;
use super::comb::{BaseComb, BasePoint};
use super::curve::Curve;

#[derive(Clone, Copy, Debug)]
pub(crate) struct P256;

static BASE: LazyLock<BaseComb<P256, 4>> = LazyLock::new(BaseComb::new);

impl Curve<4> for P256 {
    const P: [u64; 4] = [u64::MAX, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];
    const ORDER: [u64; 4] =
        [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, u64::MAX, 0xffff_ffff_0000_0000];
    const BYTES: usize = 32;
    const ONE: [u64; 4] = [1, 0xffff_ffff_0000_0000, u64::MAX, 0xffff_fffe];
    /// 2^512 modulo p.
    const TO_FORM: [u64; 4] = [
        0x0000_0000_0000_0003,
        0xffff_fffb_ffff_ffff,
        0xffff_ffff_ffff_fffe,
        0x0000_0004_ffff_fffd,
    ];
    const B: [u64; 4] = [
        0xd89c_df62_29c4_bddf,
        0xacf0_05cd_7884_3090,
        0xe5a2_20ab_f721_2ed6,
        0xdc30_061d_0487_4834,
    ];
    const G: [[u64; 4]; 2] = [
        [
            0x79e7_30d4_18a9_143c,
            0x75ba_95fc_5fed_b601,
            0x79fb_732b_7762_2510,
            0x1890_5f76_a537_55c6,
        ],
        [
            0xddf2_5357_ce95_560a,
            0x8b4a_b8e4_ba19_e45c,
            0xd2e8_8688_dd21_f325,
            0x8571_ff18_2588_5d85,
        ],
    ];
    const TEETH: usize = 12;
    const COLUMNS: usize = 22;

    /// Montgomery reduction (Handbook of Applied Cryptography, algorithm 14.32).
    #[inline(always)]
    fn reduce(low: [u64; 4], high: [u64; 4]) -> ([u64; 4], i64) {
        let low = reduce_limb(reduce_limb(reduce_limb(reduce_limb(low))));
        // The low half is now at most p, so there is at most one carry.
        let (low, carry) = limbs::add(&low, &high);
        (low, carry as i64)
    }

    #[inline(always)]
    fn fold(low: [u64; 4], top: i64) -> [u64; 4] {
        // Modulo p, 2^256 is 2^224 - 2^192 - 2^96 + 1. `top` times that is added to `low`, in two's
        // complement. `sign` and `opposite` extend the signs of top and -top.
        let sign = (top >> 63).cast_unsigned();
        let opposite = (-top >> 63).cast_unsigned();
        let top = top.cast_unsigned();
        let shifted = top << 32;
        let [a, b, c, d] = low;
        let (a, carry) = a.carrying_add(top, false);
        let (b, carry) = b.carrying_add(sign.wrapping_sub(shifted), carry);
        let (c, carry) = c.carrying_add(opposite, carry);
        let (d, carry) = d.carrying_add(shifted.wrapping_sub(top).wrapping_add(opposite), carry);
        let top = sign.wrapping_add(carry as u64);
        if top != 0 {
            return fold_again([a, b, c, d], top.cast_signed());
        }
        [a, b, c, d]
    }

    #[inline(always)]
    fn fold_reduced(low: [u64; 4], top: i64) -> [u64; 4] {
        // If there is a carry, subtract p. The result is below 2^256.
        let carry = top.cast_unsigned().wrapping_neg();
        let p = [carry, carry >> 32, 0, carry & Self::P[3]];
        limbs::sub(&low, &p).0
    }

    fn multiply_modulo_order(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
        let scalar = |number: &[u64; 4]| {
            let mut bytes = FieldBytes::default();
            for (to, limb) in bytes.chunks_exact_mut(8).rev().zip(number) {
                to.copy_from_slice(&limb.to_be_bytes());
            }
            Scalar::reduce(&bytes)
        };
        limbs::from_be_bytes(&(scalar(a) * scalar(b)).to_bytes())
    }
}

impl BasePoint<4> for P256 {
    fn base() -> &'static BaseComb<P256, 4> {
        &BASE
    }
}

/// Folds again, in the rare case (one in 2^31 random numbers) that the first fold overflows.
#[cold]
#[inline(never)]
fn fold_again(low: [u64; 4], top: i64) -> [u64; 4] {
    P256::fold(low, top)
}

/// Returns `(low + m * p) / 2^64` for the m that makes the division exact. p is -1 modulo 2^64, so
/// m is the lowest limb. p + 1 is 2^96 (2^160 - 2^128 + 2^96 + 1), so one multiplication is enough.
#[inline(always)]
fn reduce_limb(low: [u64; 4]) -> [u64; 4] {
    let [m, a, b, c] = low;
    let (product_low, product_high) = m.carrying_mul(P256::P[3], 0);
    let (a, carry) = a.carrying_add(m << 32, false);
    let (b, carry) = b.carrying_add(m >> 32, carry);
    let (c, carry) = c.carrying_add(product_low, carry);
    [a, b, c, product_high + carry as u64]
}
