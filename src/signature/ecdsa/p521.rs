//! P-521 (SP 800-186, section 3.2.1.5): p = 2^521 - 1. The elements of the field are the numbers
//! themselves.
//!
//! A fold adds the bits above 2^521 to the bits below. Because the limb above a sum is from -4 to 4,
//! a folded element is below 2^521 + 2^60. A product of two elements is therefore below 2^1043, and
//! `reduce` returns a number below 2^523, without a limb above.

use std::sync::LazyLock;

use super::super::limbs;
use super::comb::{BaseComb, BasePoint};
use super::curve::Curve;
use super::order::Modulus;

#[derive(Clone, Copy, Debug)]
pub(crate) struct P521;

static BASE: LazyLock<BaseComb<P521, 9>> = LazyLock::new(BaseComb::new);

/// The bits of the highest limb that are below 2^521.
const HIGHEST: u64 = 0x1ff;

const ORDER: Modulus<9> = Modulus {
    order: P521::ORDER,
    inverse: 0x1d2f_5ccd_79a9_95c7,
    r_squared: [
        0x137c_d04d_cf15_dd04,
        0xf707_badc_e554_7ea3,
        0x12a7_8d38_7945_73ff,
        0xd372_1ef5_57f7_5e06,
        0xdd6e_23d8_2e49_c7db,
        0xcff3_d142_b775_6e3e,
        0x5bcc_6d61_a8e5_67bc,
        0x2d8e_03d1_492d_0d45,
        0x0000_0000_0000_003d,
    ],
};

impl Curve<9> for P521 {
    const P: [u64; 9] =
        [u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX, HIGHEST];
    const ORDER: [u64; 9] = [
        0xbb6f_b71e_9138_6409,
        0x3bb5_c9b8_899c_47ae,
        0x7fcc_0148_f709_a5d0,
        0x5186_8783_bf2f_966b,
        0xffff_ffff_ffff_fffa,
        u64::MAX,
        u64::MAX,
        u64::MAX,
        HIGHEST,
    ];
    const BYTES: usize = 66;
    const ONE: [u64; 9] = [1, 0, 0, 0, 0, 0, 0, 0, 0];
    const TO_FORM: [u64; 9] = Self::ONE;
    const B: [u64; 9] = [
        0xef45_1fd4_6b50_3f00,
        0x3573_df88_3d2c_34f1,
        0x1652_c0bd_3bb1_bf07,
        0x5619_3951_ec7e_937b,
        0xb8b4_8991_8ef1_09e1,
        0xa2da_725b_99b3_15f3,
        0x929a_21a0_b685_40ee,
        0x953e_b961_8e1c_9a1f,
        0x51,
    ];
    const G: [[u64; 9]; 2] = [
        [
            0xf97e_7e31_c2e5_bd66,
            0x3348_b3c1_856a_429b,
            0xfe1d_c127_a2ff_a8de,
            0xa14b_5e77_efe7_5928,
            0xf828_af60_6b4d_3dba,
            0x9c64_8139_053f_b521,
            0x9e3e_cb66_2395_b442,
            0x858e_06b7_0404_e9cd,
            0xc6,
        ],
        [
            0x88be_9476_9fd1_6650,
            0x353c_7086_a272_c240,
            0xc550_b901_3fad_0761,
            0x97ee_7299_5ef4_2640,
            0x17af_bd17_273e_662c,
            0x98f5_4449_579b_4468,
            0x5c8a_5fb4_2c7d_1bd9,
            0x3929_6a78_9a3b_c004,
            0x118,
        ],
    ];
    const TEETH: usize = 10;
    const COLUMNS: usize = 53;

    /// Adds the bits above 2^521 to the bits below, because 2^521 is 1 modulo p.
    #[inline(always)]
    fn reduce(low: [u64; 9], high: [u64; 9]) -> ([u64; 9], i64) {
        let mut above = high;
        let mut below = low[8];
        for limb in &mut above {
            let this = *limb;
            *limb = below >> 9 | this << 55;
            below = this;
        }
        let [a, b, c, d, e, f, g, h, i] = low;
        let (low, carry) = limbs::add(&[a, b, c, d, e, f, g, h, i & HIGHEST], &above);
        (low, carry as i64)
    }

    #[inline(always)]
    fn fold(low: [u64; 9], top: i64) -> [u64; 9] {
        let above = (low[8] >> 9).cast_signed() | top << 55;
        let sign = (above >> 63).cast_unsigned();
        let [a, b, c, d, e, f, g, h, i] = low;
        let (low, carry) = limbs::add(
            &[a, b, c, d, e, f, g, h, i & HIGHEST],
            &[above.cast_unsigned(), sign, sign, sign, sign, sign, sign, sign, sign],
        );
        let top = sign.wrapping_add(carry as u64);
        if top != 0 {
            return fold_again(low, top.cast_signed());
        }
        low
    }

    #[inline(always)]
    fn fold_reduced(low: [u64; 9], _: i64) -> [u64; 9] {
        let above = low[8] >> 9;
        let [a, b, c, d, e, f, g, h, i] = low;
        let low = [a, b, c, d, e, f, g, h, i & HIGHEST];
        limbs::add(&low, &[above, 0, 0, 0, 0, 0, 0, 0, 0]).0
    }

    fn multiply_modulo_order(a: &[u64; 9], b: &[u64; 9]) -> [u64; 9] {
        ORDER.multiply(a, b)
    }
}

impl BasePoint<9> for P521 {
    fn base() -> &'static BaseComb<P521, 9> {
        &BASE
    }
}

/// Folds again, in the rare case that the number below 2^521 is smaller than what is subtracted.
#[cold]
#[inline(never)]
fn fold_again(low: [u64; 9], top: i64) -> [u64; 9] {
    P521::fold(low, top)
}
