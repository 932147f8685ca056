//! Compares sums of multiples and complete verifications with the crate `p256`. The key is plain,
//! prepared, or prepared and read back from its bytes.

use ::p256::ecdsa::VerifyingKey;
use ::p256::ecdsa::signature::hazmat::PrehashVerifier;
use ::p256::elliptic_curve::bigint::U256;
use ::p256::elliptic_curve::ops::Reduce;
use ::p256::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use ::p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};

use super::comb::{COLUMNS, TEETH};
use super::point::tests::{affine, big_endian, number, random_scalars, reference, scalar};
use super::point::tests::{limbs, uint};
use super::scalar::N;
use super::*;

const BASE: ProjectivePoint = ProjectivePoint::GENERATOR;

/// The key in its three forms.
struct Keys {
    plain: Key,
    prepared: [PreparedKey; 2],
}

impl Keys {
    fn new(point: &ProjectivePoint) -> Keys {
        let plain = Key(affine(point));
        let prepared = plain.prepare();
        let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
        Keys { plain, prepared: [prepared, read_back] }
    }

    /// Asserts that every form of the key returns u1 times the base point plus u2 times the key.
    #[track_caller]
    fn sum_of_multiples(&self, point: &ProjectivePoint, u1: &Scalar, u2: &Scalar) {
        let expected = BASE * u1 + *point * u2;
        let (u1, u2) = (number(u1), number(u2));
        let sum = self.plain.sum_of_multiples(&u1, &u2);
        assert_eq!(reference(&sum), expected, "{u1:x?} {u2:x?}");
        for prepared in &self.prepared {
            let sum = prepared.sum_of_multiples(&u1, &u2);
            assert_eq!(reference(&sum), expected, "prepared, {u1:x?} {u2:x?}");
        }
    }
}

/// Returns multipliers at which a digit, a carry or a case changes.
fn multipliers() -> Vec<Scalar> {
    let mut numbers: Vec<Scalar> = (0..4_u64).map(Scalar::from).collect();
    numbers.extend([15, 16, 17, 31, 32, 33_u64].map(Scalar::from));
    for bit in [26, 52, 63, 64, 127, 130, 234, 254, 255] {
        let power = limbs(&U256::ONE.shl_vartime(bit));
        numbers.extend([
            scalar(&power) - Scalar::ONE,
            scalar(&power),
            scalar(&power) + Scalar::ONE,
        ]);
    }
    let opposites: Vec<Scalar> = numbers.iter().skip(1).map(|number| -number).collect();
    numbers.extend(opposites);
    let mut random = random_scalars();
    numbers.extend((0..4).map(|_| random()));
    numbers
}

#[test]
fn multiples_are_added_correctly_for_edge_multipliers() {
    let multipliers = multipliers();
    let mut random = random_scalars();
    for key in [Scalar::ONE, -Scalar::ONE, Scalar::from(2_u64), random()] {
        let point = BASE * key;
        let keys = Keys::new(&point);
        let few = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, random()];
        for one in &multipliers {
            for other in &few {
                keys.sum_of_multiples(&point, one, other);
                keys.sum_of_multiples(&point, other, one);
            }
            // Both multiples are the same point, or opposite points.
            keys.sum_of_multiples(&point, one, &(one * &key.invert().unwrap()));
            keys.sum_of_multiples(&point, one, &-(one * &key.invert().unwrap()));
        }
    }
}

/// One step of a sum: a doubling, or the addition of a multiple of the base point or the key.
enum Step {
    Double,
    AddBase(Scalar),
    AddKey(Scalar),
}

/// Returns the sum of these teeth that the digits of a column select.
fn column_sum(digits: u16, teeth: core::ops::Range<usize>) -> Scalar {
    teeth.fold(Scalar::ZERO, |sum, tooth| {
        let power = limbs(&U256::ONE.shl_vartime((tooth * COLUMNS) as u32));
        let power = scalar(&power);
        if digits >> tooth & 1 == 1 { sum + power } else { sum - power }
    })
}

/// Returns the steps of a sum with the plain key.
fn plain_steps(u1: &Scalar, u2: &Scalar) -> Vec<Step> {
    let (base, key) = (comb::digits(&number(u1)), scalar::non_adjacent_form(&number(u2)));
    let mut steps = Vec::new();
    for bit in (0..key.len()).rev() {
        steps.push(Step::Double);
        if key[bit] != 0 {
            let digit = Scalar::from(u64::from(key[bit].unsigned_abs()));
            steps.push(Step::AddKey(if key[bit] < 0 { -digit } else { digit }));
        }
        if let Some(column) = base.get(bit) {
            steps.push(Step::AddBase(column_sum(*column, 0..TEETH)));
        }
    }
    steps
}

/// Returns the steps of a sum with the prepared key.
fn prepared_steps(u1: &Scalar, u2: &Scalar) -> Vec<Step> {
    let (base, key) = (comb::digits(&number(u1)), comb::digits(&number(u2)));
    let mut steps = Vec::new();
    for (base, key) in base.iter().zip(&key).rev() {
        steps.push(Step::Double);
        steps.push(Step::AddBase(column_sum(*base, 0..TEETH)));
        steps.push(Step::AddKey(column_sum(*key, 0..TEETH / 2)));
        steps.push(Step::AddKey(column_sum(*key, TEETH / 2..TEETH)));
    }
    steps
}

/// Returns the keys for which an addition is exceptional, as multiples of the base point. With such
/// a key, a step adds a point to itself, to its opposite or to infinity.
fn exceptional_keys(steps: &[Step]) -> Vec<Scalar> {
    // Before each step, the sum is `base + key * k` for the key k.
    let (mut base, mut key) = (Scalar::ZERO, Scalar::ZERO);
    let mut keys = Vec::new();
    for step in steps {
        let (to_base, to_key) = match step {
            Step::Double => {
                (base, key) = (base + base, key + key);
                continue;
            }
            Step::AddBase(multiple) => (*multiple, Scalar::ZERO),
            Step::AddKey(multiple) => (Scalar::ZERO, *multiple),
        };
        // base + key * k = sign * (to_base + to_key * k). A sign of 0 means infinity.
        for sign in [Scalar::ONE, -Scalar::ONE, Scalar::ZERO] {
            let inverse = Option::<Scalar>::from((key - sign * to_key).invert());
            keys.extend(inverse.map(|inverse| (sign * to_base - base) * inverse));
        }
        (base, key) = (base + to_base, key + to_key);
    }
    keys.retain(|key| *key != Scalar::ZERO);
    keys
}

#[test]
fn every_addition_is_right_for_equal_and_opposite_points() {
    let mut random = random_scalars();
    let (u1, u2) = (random(), random());
    let mut checked = 0;
    for steps in [plain_steps, prepared_steps] {
        for key in exceptional_keys(&steps(&u1, &u2)) {
            let point = BASE * key;
            Keys::new(&point).sum_of_multiples(&point, &u1, &u2);
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

fn integer(content: &[u8]) -> Vec<u8> {
    let zeros = content.iter().take_while(|byte| **byte == 0).count();
    let digits = &content[zeros.min(content.len() - 1)..];
    let sign: &[u8] = if digits[0] < 0x80 { &[] } else { &[0] };
    [&[2, (sign.len() + digits.len()) as u8], sign, digits].concat()
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let content = [integer(r), integer(s)].concat();
    [&[0x30, content.len() as u8], &content[..]].concat()
}

/// Returns the verdict. Asserts that all forms of the key and the crate `p256` agree.
#[track_caller]
fn verdict(point: &ProjectivePoint, hash: [u8; 32], r: [u8; 32], s: [u8; 32]) -> bool {
    verdict_with(&Keys::new(point), point, hash, r, s)
}

/// Does the same as [`verdict`], with existing keys of the point.
#[track_caller]
fn verdict_with(
    keys: &Keys,
    point: &ProjectivePoint,
    hash: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
) -> bool {
    let theirs = ::p256::ecdsa::Signature::from_scalars(r, s).is_ok_and(|signature| {
        let key = VerifyingKey::from_affine(point.to_affine()).unwrap();
        key.verify_prehash(&hash, &signature).is_ok()
    });
    let signature = der(&r, &s);
    let by_numbers = keys.plain.verify_numbers(&hash, r, s).is_ok();
    assert_eq!(by_numbers, theirs, "numbers: {hash:x?} {r:x?} {s:x?}");
    let plain = keys.plain.verify(&hash, &signature, &Tolerance::strict()).is_ok();
    assert_eq!(plain, theirs, "plain: {hash:x?} {r:x?} {s:x?}");
    for prepared in &keys.prepared {
        let prepared = prepared.verify(&hash, &signature, &Tolerance::strict()).is_ok();
        assert_eq!(prepared, theirs, "prepared: {hash:x?} {r:x?} {s:x?}");
    }
    theirs
}

fn bytes(number: &Scalar) -> [u8; 32] {
    number.to_bytes().into()
}

/// Asserts that the signature is valid, also with n - s, and invalid for another hash, r or s.
#[track_caller]
fn is_valid(point: &ProjectivePoint, hash: &Scalar, r: &Scalar, s: &Scalar) {
    assert!(verdict(point, bytes(hash), bytes(r), bytes(s)), "valid");
    assert!(verdict(point, bytes(hash), bytes(r), bytes(&-s)), "the other s");
    let one = Scalar::ONE;
    assert!(!verdict(point, bytes(&(hash + &one)), bytes(r), bytes(s)), "another hash");
    assert!(!verdict(point, bytes(hash), bytes(&(r + &one)), bytes(s)), "another r");
    assert!(!verdict(point, bytes(hash), bytes(r), bytes(&(s + &one))), "another s");
}

#[track_caller]
fn is_invalid(point: &ProjectivePoint, hash: &Scalar, r: &Scalar, s: &Scalar) {
    assert!(!verdict(point, bytes(hash), bytes(r), bytes(s)), "invalid");
}

/// Returns the x coordinate of a point modulo n.
fn x_modulo_n(point: &ProjectivePoint) -> Scalar {
    Scalar::reduce(&point.to_affine().x())
}

/// Returns the point with this x and an even y, if there is one on the curve.
fn point_with_x(x: &U256) -> Option<ProjectivePoint> {
    let x = FieldBytes::from(big_endian(&limbs(x)));
    Option::<AffinePoint>::from(AffinePoint::decompress(&x, 0.into())).map(ProjectivePoint::from)
}

/// Returns the key with which `r`, `s` is a signature over `hash` whose point R is `point`: (s R -
/// z G) / r.
fn key_for(point: &ProjectivePoint, hash: &Scalar, r: &Scalar, s: &Scalar) -> ProjectivePoint {
    (*point * s - BASE * hash) * r.invert().unwrap()
}

#[test]
fn kb_12_sig_04_zero_and_the_group_order_are_rejected() {
    let order = big_endian(&N);
    let above = big_endian(&[N[0] + 1, N[1], N[2], N[3]]);
    let (zero, one) = ([0; 32], bytes(&Scalar::ONE));
    let key = Keys::new(&BASE);
    for outside in [zero, order, above, [0xff; 32]] {
        for (r, s) in [(outside, one), (one, outside), (outside, outside)] {
            assert!(!verdict(&BASE, zero, r, s));
            let mut verdicts = vec![
                key.plain.verify(&[0; 32], &der(&r, &s), &Tolerance::strict()),
                key.plain.verify_numbers(&[0; 32], r, s),
            ];
            for prepared in &key.prepared {
                verdicts.push(prepared.verify(&[0; 32], &der(&r, &s), &Tolerance::strict()));
            }
            for verdict in verdicts {
                let failure = verdict.unwrap_err();
                assert!(failure.to_string().contains("1 to n - 1"), "{failure}");
            }
        }
    }
}

#[test]
fn random_signatures_are_valid() {
    let mut random = random_scalars();
    for _ in 0..40 {
        let (key, secret, hash) = (random(), random(), random());
        let r = x_modulo_n(&(BASE * secret));
        let s = (hash + r * key) * secret.invert().unwrap();
        is_valid(&(BASE * key), &hash, &r, &s);
    }
}

#[test]
fn a_hash_of_zero_modulo_n_leaves_a_multiple_of_the_key() {
    let mut random = random_scalars();
    for key in [Scalar::ONE, -Scalar::ONE, random(), random()] {
        let secret = random();
        let r = x_modulo_n(&(BASE * secret));
        let s = r * key * secret.invert().unwrap();
        let point = BASE * key;
        is_valid(&point, &Scalar::ZERO, &r, &s);
        assert!(verdict(&point, big_endian(&N), bytes(&r), bytes(&s)));
        assert!(!verdict(&point, [0xff; 32], bytes(&r), bytes(&s)));
    }
}

#[test]
fn equal_multiples_are_doubled() {
    let mut random = random_scalars();
    for key in [Scalar::ONE, -Scalar::ONE, random(), random()] {
        let secret = random();
        let r = x_modulo_n(&(BASE * secret));
        let hash = r * key;
        let s = (hash + r * key) * secret.invert().unwrap();
        is_valid(&(BASE * key), &hash, &r, &s);
    }
}

#[test]
fn a_sum_at_infinity_is_rejected() {
    let mut random = random_scalars();
    for key in [Scalar::ONE, -Scalar::ONE, random(), random()] {
        let point = BASE * key;
        for s in [Scalar::ONE, -Scalar::ONE, random()] {
            for r in [Scalar::ONE, -Scalar::ONE, random(), x_modulo_n(&point), x_modulo_n(&BASE)] {
                is_invalid(&point, &-(r * key), &r, &s);
            }
        }
    }
}

#[test]
fn infinity_has_no_x_for_any_other_coordinates() {
    let (zero, p) = (Element::ZERO, Element::from_montgomery(field::P));
    for x in [zero, p, Element::ONE] {
        for z in [zero, p] {
            let infinity = Jacobian { x, y: Element::ONE, z };
            for r in [[1, 0, 0, 0], [7, 8, 9, 10]] {
                assert!(!is_x_modulo_n(&r, &infinity));
            }
        }
    }
}

#[test]
fn the_base_point_and_its_negation_are_valid_keys() {
    let mut random = random_scalars();
    for key in [Scalar::ONE, -Scalar::ONE, Scalar::from(2_u64), -Scalar::from(2_u64)] {
        for secret in [random(), Scalar::ONE, -Scalar::ONE, Scalar::from(3_u64)] {
            let hash = random();
            let r = x_modulo_n(&(BASE * secret));
            let s = (hash + r * key) * secret.invert().unwrap();
            is_valid(&(BASE * key), &hash, &r, &s);
        }
    }
}

/// Returns four points whose x is near `start`, each with its x.
fn points_from(start: &U256, step: impl Fn(&U256) -> U256) -> Vec<(U256, ProjectivePoint)> {
    let mut xs = core::iter::successors(Some(*start), |x| Some(step(x)));
    let mut points = Vec::new();
    while points.len() < 4 {
        let x = xs.next().unwrap();
        points.extend(point_with_x(&x).map(|point| (x, point)));
    }
    points
}

fn up(x: &U256) -> U256 {
    x.wrapping_add(&U256::ONE)
}

fn down(x: &U256) -> U256 {
    x.wrapping_sub(&U256::ONE)
}

#[test]
fn an_x_of_n_or_more_is_compared_modulo_n() {
    let (n, p) = (uint(N), uint(field::P));
    let mut random = random_scalars();
    let near_n = points_from(&n, up);
    let near_p = points_from(&down(&p), down);
    for (x, point) in near_n.into_iter().chain(near_p) {
        assert!(n <= x && x < p);
        let r = scalar(&limbs(&x.wrapping_sub(&n)));
        if r == Scalar::ZERO {
            continue;
        }
        for point in [point, -point] {
            let (hash, s) = (random(), random());
            is_valid(&key_for(&point, &hash, &r, &s), &hash, &r, &s);
        }
    }
}

#[test]
fn an_x_below_p_minus_n_equals_r() {
    let (n, p) = (uint(N), uint(field::P));
    let p_minus_n = p.wrapping_sub(&n);
    let mut random = random_scalars();
    let points = [
        points_from(&U256::ONE, up),
        points_from(&down(&p_minus_n), down),
        points_from(&p_minus_n, up),
        points_from(&down(&n), down),
    ];
    for (x, point) in points.concat() {
        let r = scalar(&limbs(&x));
        let (hash, s) = (random(), random());
        is_valid(&key_for(&point, &hash, &r, &s), &hash, &r, &s);
    }
}

#[test]
fn n_is_not_added_to_r_if_the_sum_is_p_or_more() {
    let (n, p) = (uint(N), uint(field::P));
    let mut random = random_scalars();
    let points = [points_from(&U256::ZERO, up), points_from(&U256::from(1_u64 << 40), up)];
    for (x, point) in points.concat() {
        // r + n is p + x, which is the same element as x, or 2^256 + x, which has the limbs of x.
        for above in [p, U256::ZERO] {
            let r = scalar(&limbs(&x.wrapping_add(&above).wrapping_sub(&n)));
            for s in [Scalar::ONE, random()] {
                let hash = random();
                is_invalid(&key_for(&point, &hash, &r, &s), &hash, &r, &s);
            }
        }
    }
}

#[test]
fn s_may_be_any_number_from_1_to_n_minus_1() {
    let mut random = random_scalars();
    for s in [1, 2, 3_u64].map(Scalar::from).into_iter().flat_map(|s| [s, -s]) {
        for secret in [random(), Scalar::ONE, -Scalar::ONE] {
            let point = BASE * secret;
            let (hash, r) = (random(), x_modulo_n(&point));
            let key = key_for(&point, &hash, &r, &s);
            assert!(verdict(&key, bytes(&hash), bytes(&r), bytes(&s)));
            assert!(verdict(&key, bytes(&hash), bytes(&r), bytes(&-s)));
            is_invalid(&key, &hash, &(r + Scalar::ONE), &s);
        }
    }
}

#[test]
fn both_implementations_agree_on_all_combinations_of_edge_values() {
    let p_minus_n = uint(field::P).wrapping_sub(&uint(N));
    let p_minus_n = scalar(&limbs(&p_minus_n));
    let one = Scalar::ONE;
    let edges = [one, one + one, p_minus_n - one, p_minus_n, p_minus_n + one, -one - one, -one];
    let x = x_modulo_n(&BASE);
    let mut valid = 0;
    for key in [BASE, -BASE, BASE + BASE] {
        let keys = Keys::new(&key);
        for r in edges.iter().chain([&x]) {
            for s in edges.iter().chain([&x, &-x]) {
                for hash in edges.iter().chain([&Scalar::ZERO, &x, &-x]) {
                    let (hash, r, s) = (bytes(hash), bytes(r), bytes(s));
                    valid += usize::from(verdict_with(&keys, &key, hash, r, s));
                }
            }
        }
    }
    assert!(valid > 0);
}
