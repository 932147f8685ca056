//! Compares sums of multiples and complete verifications with the crates `p256`, `p384` and `p521`.
//! The key is plain, prepared, or prepared and read back from its bytes.

pub(super) mod reference;

use num_bigint::BigUint;

use self::reference::{
    Scalar, Tested, affine, base, bytes, coordinates_of_xyzz, on_every_curve, one, opposite,
};
use super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::*;

/// The key in its three forms.
struct Keys<C, const N: usize> {
    point: [[u64; N]; 2],
    plain: Key<C, N>,
    prepared: [PreparedKey<C, N>; 2],
}

impl<C: Tested<N>, const N: usize> Keys<C, N> {
    fn new(point: [[u64; N]; 2]) -> Self {
        let plain = Key(affine(Some(point)));
        let prepared = plain.prepare();
        let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
        Keys { point, plain, prepared: [prepared, read_back] }
    }

    /// Returns the keys of a multiple of the base point.
    fn multiple(multiplier: Scalar<C, N>) -> Self {
        Keys::new(C::multiple(multiplier).unwrap())
    }

    /// Asserts that every form of the key returns u1 times the base point plus u2 times the key.
    #[track_caller]
    fn sum_of_multiples(&self, u1: Scalar<C, N>, u2: Scalar<C, N>) {
        let expected = C::sum_of_multiples(u1, u2, self.point);
        let sum = self.plain.sum_of_multiples(&u1.0, &u2.0);
        assert_eq!(coordinates_of_xyzz(&sum), expected, "{u1:x?} {u2:x?}");
        for prepared in &self.prepared {
            let sum = prepared.sum_of_multiples(&u1.0, &u2.0);
            assert_eq!(coordinates_of_xyzz(&sum), expected, "prepared, {u1:x?} {u2:x?}");
        }
    }

    /// Returns the verdict. Asserts that all forms of the key and the crate of the curve agree.
    #[track_caller]
    fn verdict(&self, hash: &[u8], r: &[u8], s: &[u8]) -> bool {
        let theirs = C::verifies(self.point, hash, r, s);
        let signature = der(r, s);
        let by_numbers = self.plain.verify_numbers(hash, r, s).is_ok();
        assert_eq!(by_numbers, theirs, "numbers: {hash:x?} {r:x?} {s:x?}");
        let plain = self.plain.verify(hash, &signature, &Tolerance::strict()).is_ok();
        assert_eq!(plain, theirs, "plain: {hash:x?} {r:x?} {s:x?}");
        for prepared in &self.prepared {
            let prepared = prepared.verify(hash, &signature, &Tolerance::strict()).is_ok();
            assert_eq!(prepared, theirs, "prepared: {hash:x?} {r:x?} {s:x?}");
        }
        theirs
    }

    #[track_caller]
    fn verdict_of(&self, hash: Scalar<C, N>, r: Scalar<C, N>, s: Scalar<C, N>) -> bool {
        self.verdict(&hash.bytes(), &r.bytes(), &s.bytes())
    }

    /// Asserts that the signature is valid, also with n - s, and invalid for another hash, r or s.
    #[track_caller]
    fn is_valid(&self, hash: Scalar<C, N>, r: Scalar<C, N>, s: Scalar<C, N>) {
        assert!(self.verdict_of(hash, r, s), "valid");
        assert!(self.verdict_of(hash, r, -s), "the other s");
        assert!(!self.verdict_of(hash + Scalar::ONE, r, s), "another hash");
        assert!(!self.verdict_of(hash, r + Scalar::ONE, s), "another r");
        assert!(!self.verdict_of(hash, r, s + Scalar::ONE), "another s");
    }

    #[track_caller]
    fn is_invalid(&self, hash: Scalar<C, N>, r: Scalar<C, N>, s: Scalar<C, N>) {
        assert!(!self.verdict_of(hash, r, s), "invalid");
    }
}

/// Returns multipliers at which a digit, a carry or a case changes.
fn multipliers<C: Tested<N>, const N: usize>() -> Vec<Scalar<C, N>> {
    let mut numbers: Vec<Scalar<C, N>> = (0..4_u8).map(Scalar::new).collect();
    numbers.extend([15, 16, 17, 31, 32, 33_u8].map(Scalar::new));
    let columns = C::COLUMNS;
    for bit in [columns, 2 * columns, 63, 64, 127, 5 * columns, 11 * columns]
        .into_iter()
        .chain([C::ORDER_BITS - 2, C::ORDER_BITS - 1])
    {
        let power = Scalar::new(power_of_two(bit));
        numbers.extend([power - Scalar::ONE, power, power + Scalar::ONE]);
    }
    let opposites: Vec<_> = numbers.iter().skip(1).map(|number| -*number).collect();
    numbers.extend(opposites);
    let mut random = Random::new();
    numbers.extend((0..5).map(|_| Scalar::random(&mut random)));
    numbers
}

/// Returns whether to check the next combination. For P-256, which nearly all logins use, all
/// combinations are checked. The other curves take longer, and every seventh is checked. No loop has
/// a multiple of seven steps, so all values occur.
fn selection<const N: usize>() -> impl FnMut() -> bool {
    let mut count = 0;
    move || {
        count += 1;
        N == 4 || count % 7 == 0
    }
}

#[test]
fn multiples_are_added_correctly_for_edge_multipliers() {
    fn check<C: Tested<N>, const N: usize>() {
        let multipliers = multipliers::<C, N>();
        let mut random = Random::new();
        let one = Scalar::<C, N>::ONE;
        let mut is_selected = selection::<N>();
        for key in [one, -one, one + one, Scalar::random(&mut random)] {
            let keys = Keys::multiple(key);
            let few = [Scalar::ZERO, one, -one, Scalar::random(&mut random)];
            let inverse = key.invert().unwrap();
            for one in &multipliers {
                // At the end, both multiples are the same point, or opposite points.
                let equal = [(*one, *one * inverse), (*one, -(*one * inverse))];
                let pairs = few.iter().flat_map(|other| [(*one, *other), (*other, *one)]);
                for (u1, u2) in pairs.chain(equal) {
                    if is_selected() {
                        keys.sum_of_multiples(u1, u2);
                    }
                }
            }
        }
    }
    on_every_curve!(check);
}

/// One step of a sum: a doubling, or the addition of a multiple of the base point or the key.
enum Step<C, const N: usize> {
    Double,
    AddBase(Scalar<C, N>),
    AddKey(Scalar<C, N>),
}

/// Returns the sum of these teeth that the digits of a column select.
fn column_sum<C: Tested<N>, const N: usize>(
    digits: u16,
    teeth: core::ops::Range<usize>,
) -> Scalar<C, N> {
    teeth.fold(Scalar::ZERO, |sum, tooth| {
        let power = Scalar::new(power_of_two(tooth * C::COLUMNS));
        if digits >> tooth & 1 == 1 { sum + power } else { sum - power }
    })
}

/// Returns the steps of a sum with the plain key.
fn plain_steps<C: Tested<N>, const N: usize>(
    u1: Scalar<C, N>,
    u2: Scalar<C, N>,
) -> Vec<Step<C, N>> {
    let base = recoding::comb_digits::<C, N>(&u1.0);
    let key = digits::non_adjacent_form(&u2.0);
    let mut steps = Vec::new();
    for bit in (0..=C::ORDER_BITS).rev() {
        steps.push(Step::Double);
        if key[bit] != 0 {
            let digit = Scalar::new(key[bit].unsigned_abs());
            steps.push(Step::AddKey(if key[bit] < 0 { -digit } else { digit }));
        }
        if bit < C::COLUMNS {
            steps.push(Step::AddBase(column_sum(base[bit], 0..C::TEETH)));
        }
    }
    steps
}

/// Returns the steps of a sum with the prepared key.
fn prepared_steps<C: Tested<N>, const N: usize>(
    u1: Scalar<C, N>,
    u2: Scalar<C, N>,
) -> Vec<Step<C, N>> {
    let [base, key] = [u1, u2].map(|number| recoding::comb_digits::<C, N>(&number.0));
    let mut steps = Vec::new();
    for (base, key) in base.iter().zip(&key).take(C::COLUMNS).rev() {
        steps.push(Step::Double);
        steps.push(Step::AddBase(column_sum(*base, 0..C::TEETH)));
        steps.push(Step::AddKey(column_sum(*key, 0..C::TEETH / 2)));
        steps.push(Step::AddKey(column_sum(*key, C::TEETH / 2..C::TEETH)));
    }
    steps
}

/// Returns the keys for which an addition is exceptional, as multiples of the base point. With such
/// a key, a step adds a point to itself, to its opposite or to infinity.
fn exceptional_keys<C: Tested<N>, const N: usize>(steps: &[Step<C, N>]) -> Vec<Scalar<C, N>> {
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
            let inverse = (key - sign * to_key).invert();
            keys.extend(inverse.map(|inverse| (sign * to_base - base) * inverse));
        }
        (base, key) = (base + to_base, key + to_key);
    }
    keys.retain(|key| *key != Scalar::ZERO);
    keys
}

#[test]
fn every_addition_is_right_for_equal_and_opposite_points() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let [u1, u2] = [(); 2].map(|()| Scalar::<C, N>::random(&mut random));
        let mut checked = 0;
        for steps in [plain_steps, prepared_steps] {
            for key in exceptional_keys(&steps(u1, u2)) {
                Keys::multiple(key).sum_of_multiples(u1, u2);
                checked += 1;
            }
        }
        assert!(checked > 250, "{checked}");
    }
    on_every_curve!(check);
}

fn integer(content: &[u8]) -> Vec<u8> {
    let zeros = content.iter().take_while(|byte| **byte == 0).count();
    let digits = &content[zeros.min(content.len() - 1)..];
    let sign: &[u8] = if digits[0] < 0x80 { &[] } else { &[0] };
    [&[2, (sign.len() + digits.len()) as u8], sign, digits].concat()
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let content = [integer(r), integer(s)].concat();
    // The numbers of P-521 need the long form of a length.
    let long: &[u8] = if content.len() < 0x80 { &[] } else { &[0x81] };
    [&[0x30], long, &[content.len() as u8], &content[..]].concat()
}

/// Returns the x coordinate of a point modulo n.
fn x_modulo_n<C: Tested<N>, const N: usize>([x, _]: [[u64; N]; 2]) -> Scalar<C, N> {
    Scalar::new(big(&x))
}

/// Returns the r of a signature with this secret number.
fn r_of<C: Tested<N>, const N: usize>(secret: Scalar<C, N>) -> Scalar<C, N> {
    x_modulo_n(C::multiple(secret).unwrap())
}

/// Returns the keys with which `r`, `s` is a signature over `hash` whose point R is `point`: (s R -
/// z G) / r.
fn keys_for<C: Tested<N>, const N: usize>(
    point: [[u64; N]; 2],
    hash: Scalar<C, N>,
    r: Scalar<C, N>,
    s: Scalar<C, N>,
) -> Keys<C, N> {
    let inverse = r.invert().unwrap();
    Keys::new(C::sum_of_multiples(-hash * inverse, s * inverse, point).unwrap())
}

#[test]
fn kb_12_sig_04_zero_and_the_group_order_are_rejected() {
    fn check<C: Tested<N>, const N: usize>() {
        let order = bytes::<C, N>(&C::ORDER);
        let above = bytes::<C, N>(&to_limbs(&(C::order() + 1_u8)));
        let [zero, one] = [Scalar::<C, N>::ZERO, Scalar::ONE].map(Scalar::bytes);
        let key = Keys::<C, N>::new(base::<C, N>());
        for outside in [&zero, &order, &above, &vec![0xff; C::BYTES]] {
            for (r, s) in [(outside, &one), (&one, outside), (outside, outside)] {
                assert!(!key.verdict(&zero, r, s));
                let mut verdicts = vec![
                    key.plain.verify(&zero, &der(r, s), &Tolerance::strict()),
                    key.plain.verify_numbers(&zero, r, s),
                ];
                for prepared in &key.prepared {
                    verdicts.push(prepared.verify(&zero, &der(r, s), &Tolerance::strict()));
                }
                for verdict in verdicts {
                    let failure = verdict.unwrap_err();
                    assert!(failure.to_string().contains("1 to n - 1"), "{failure}");
                }
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn random_signatures_are_valid() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for _ in 0..40 {
            let [key, secret, hash] = [(); 3].map(|()| Scalar::<C, N>::random(&mut random));
            let r = r_of(secret);
            let s = (hash + r * key) * secret.invert().unwrap();
            Keys::multiple(key).is_valid(hash, r, s);
        }
    }
    on_every_curve!(check);
}

/// Returns some multipliers of keys.
fn few_keys<C: Tested<N>, const N: usize>(random: &mut Random) -> [Scalar<C, N>; 4] {
    [Scalar::ONE, -Scalar::ONE, Scalar::random(random), Scalar::random(random)]
}

#[test]
fn a_hash_of_zero_modulo_n_leaves_a_multiple_of_the_key() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for key in few_keys::<C, N>(&mut random) {
            let secret = Scalar::random(&mut random);
            let r = r_of(secret);
            let s = r * key * secret.invert().unwrap();
            let keys = Keys::multiple(key);
            keys.is_valid(Scalar::ZERO, r, s);
            assert!(keys.verdict(&bytes::<C, N>(&C::ORDER), &r.bytes(), &s.bytes()));
            assert!(!keys.verdict(&vec![0xff; C::BYTES], &r.bytes(), &s.bytes()));
        }
    }
    on_every_curve!(check);
}

#[test]
fn equal_multiples_are_doubled() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for key in few_keys::<C, N>(&mut random) {
            let secret = Scalar::random(&mut random);
            let r = r_of(secret);
            let hash = r * key;
            let s = (hash + r * key) * secret.invert().unwrap();
            Keys::multiple(key).is_valid(hash, r, s);
        }
    }
    on_every_curve!(check);
}

#[test]
fn a_sum_at_infinity_is_rejected() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let [one, last] = [Scalar::<C, N>::ONE, -Scalar::ONE];
        for key in few_keys::<C, N>(&mut random) {
            let keys = Keys::multiple(key);
            for s in [one, last, Scalar::random(&mut random)] {
                for r in [one, last, Scalar::random(&mut random), r_of(key), r_of(one)] {
                    keys.is_invalid(-(r * key), r, s);
                }
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn infinity_has_no_x_for_any_other_coordinates() {
    fn check<C: Tested<N>, const N: usize>() {
        let (zero, p) = (Element::<C, N>::ZERO, Element::from_form(C::P));
        for x in [zero, p, Element::ONE] {
            for zz in [zero, p] {
                let infinity = Xyzz { x, y: Element::ONE, zz, zzz: zero };
                for r in [one(), to_limbs(&BigUint::from(0x1234_5678_u32).pow(7))] {
                    assert!(!is_x_modulo_n(&r, &infinity));
                }
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn the_base_point_and_its_negation_are_valid_keys() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let one = Scalar::<C, N>::ONE;
        for key in [one, -one, one + one, -(one + one)] {
            let keys = Keys::multiple(key);
            for secret in [Scalar::random(&mut random), one, -one, one + one + one] {
                let hash = Scalar::random(&mut random);
                let r = r_of(secret);
                let s = (hash + r * key) * secret.invert().unwrap();
                keys.is_valid(hash, r, s);
            }
        }
    }
    on_every_curve!(check);
}

/// Returns four points whose x is near `start`, each with its x.
fn points_from<C: Tested<N>, const N: usize>(
    start: &BigUint,
    step: impl Fn(&BigUint) -> BigUint,
) -> Vec<(BigUint, [[u64; N]; 2])> {
    let mut xs = core::iter::successors(Some(start.clone()), |x| Some(step(x)));
    let mut points = Vec::new();
    while points.len() < 4 {
        let x = xs.next().unwrap();
        points.extend(C::decompress(&to_limbs(&x)).map(|point| (x, point)));
    }
    points
}

fn up(x: &BigUint) -> BigUint {
    x + 1_u8
}

fn down(x: &BigUint) -> BigUint {
    x - 1_u8
}

#[test]
fn an_x_of_n_or_more_is_compared_modulo_n() {
    fn check<C: Tested<N>, const N: usize>() {
        let (n, p) = (C::order(), big(&C::P));
        let mut random = Random::new();
        let near_n = points_from::<C, N>(&n, up);
        let near_p = points_from::<C, N>(&down(&p), down);
        let mut checked = 0;
        for (x, point) in near_n.into_iter().chain(near_p) {
            assert!(n <= x && x < p);
            let r = Scalar::<C, N>::new(&x - &n);
            if r == Scalar::ZERO {
                continue;
            }
            for point in [point, opposite::<C, N>(point)] {
                let [hash, s] = [(); 2].map(|()| Scalar::random(&mut random));
                keys_for(point, hash, r, s).is_valid(hash, r, s);
                checked += 1;
            }
        }
        assert!(checked >= 14, "{checked}");
    }
    on_every_curve!(check);
}

#[test]
fn an_x_below_p_minus_n_equals_r() {
    fn check<C: Tested<N>, const N: usize>() {
        let (n, p) = (C::order(), big(&C::P));
        let p_minus_n = &p - &n;
        let mut random = Random::new();
        let points = [
            points_from::<C, N>(&BigUint::from(1_u8), up),
            points_from::<C, N>(&down(&p_minus_n), down),
            points_from::<C, N>(&p_minus_n, up),
            points_from::<C, N>(&down(&n), down),
        ];
        for (x, point) in points.concat() {
            assert!(x < n);
            let r = Scalar::<C, N>::new(x);
            let [hash, s] = [(); 2].map(|()| Scalar::random(&mut random));
            keys_for(point, hash, r, s).is_valid(hash, r, s);
        }
    }
    on_every_curve!(check);
}

#[test]
fn n_is_not_added_to_r_if_the_sum_is_p_or_more() {
    fn check<C: Tested<N>, const N: usize>() {
        let (n, p) = (C::order(), big(&C::P));
        let mut random = Random::new();
        let points =
            [points_from::<C, N>(&BigUint::ZERO, up), points_from::<C, N>(&power_of_two(40), up)];
        let mut checked = 0;
        for (x, point) in points.concat() {
            // r + n is p + x, which is the same element as x, or 2^(64 N) + x, which has the limbs
            // of x. The n of P-521 is so small that r + n has no carry.
            for above in [p.clone(), power_of_two(64 * N)] {
                let r = &x + &above - &n;
                if r >= n {
                    assert_eq!(C::ORDER_BITS, 521);
                    continue;
                }
                let r = Scalar::<C, N>::new(r);
                for s in [Scalar::ONE, Scalar::random(&mut random)] {
                    let hash = Scalar::random(&mut random);
                    keys_for(point, hash, r, s).is_invalid(hash, r, s);
                    checked += 1;
                }
            }
        }
        assert!(checked >= 16, "{checked}");
    }
    on_every_curve!(check);
}

#[test]
fn s_may_be_any_number_from_1_to_n_minus_1() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for s in [1, 2, 3_u8].map(Scalar::<C, N>::new).into_iter().flat_map(|s| [s, -s]) {
            for secret in [Scalar::random(&mut random), Scalar::ONE, -Scalar::ONE] {
                let point = C::multiple(secret).unwrap();
                let (hash, r) = (Scalar::random(&mut random), x_modulo_n(point));
                let keys = keys_for(point, hash, r, s);
                assert!(keys.verdict_of(hash, r, s));
                assert!(keys.verdict_of(hash, r, -s));
                keys.is_invalid(hash, r + Scalar::ONE, s);
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn both_implementations_agree_on_all_combinations_of_edge_values() {
    fn check<C: Tested<N>, const N: usize>() {
        let p_minus_n = Scalar::<C, N>::new(big(&C::P) - C::order());
        let one = Scalar::ONE;
        let edges = [one, one + one, p_minus_n - one, p_minus_n, p_minus_n + one, -one - one, -one];
        let x = r_of(one);
        let (mut valid, mut is_selected) = (0, selection::<N>());
        for key in [one, -one, one + one] {
            let keys = Keys::multiple(key);
            for r in edges.iter().chain([&x]) {
                for s in edges.iter().chain([&x, &-x]) {
                    for hash in edges.iter().chain([&Scalar::ZERO, &x, &-x]) {
                        if is_selected() {
                            valid += usize::from(keys.verdict_of(*hash, *r, *s));
                        }
                    }
                }
            }
        }
        assert!(valid > 0);
    }
    on_every_curve!(check);
}
