//! The members of a COSE key, which can be replaced.

use webauthn_verify_authenticator::PublicNumbers;

use crate::case::key;
use crate::encoding::{bytes, integer, map};

const KTY: i64 = 1;
const ALG: i64 = 3;

/// Labels and encoded values, in the order in which they are written.
#[derive(Clone)]
pub(crate) struct Members {
    key_type: i64,
    curve: Option<i64>,
    pairs: Vec<(i64, Vec<u8>)>,
}

impl Members {
    /// Returns the members of the credential key for this algorithm.
    pub(crate) fn of(algorithm: i64) -> Members {
        Members::new(algorithm, key(algorithm).public_numbers())
    }

    fn new(algorithm: i64, numbers: PublicNumbers) -> Members {
        let (key_type, curve, numbers): (i64, Option<i64>, Vec<Vec<u8>>) = match numbers {
            PublicNumbers::P256 { x, y } => (2, Some(1), vec![x.into(), y.into()]),
            PublicNumbers::P384 { x, y } => (2, Some(2), vec![x.into(), y.into()]),
            PublicNumbers::P521 { x, y } => (2, Some(3), vec![x.into(), y.into()]),
            PublicNumbers::Secp256k1 { x, y } => (2, Some(8), vec![x.into(), y.into()]),
            PublicNumbers::Ed25519 { x } => (1, Some(6), vec![x.into()]),
            PublicNumbers::Ed448 { x } => (1, Some(7), vec![x.into()]),
            PublicNumbers::Rsa { modulus, exponent } => (3, None, vec![modulus, exponent]),
            PublicNumbers::MlDsa44 { public_key }
            | PublicNumbers::MlDsa65 { public_key }
            | PublicNumbers::MlDsa87 { public_key } => (7, None, vec![public_key]),
            other => panic!("{other:?} has no members"),
        };
        let mut pairs = vec![(KTY, integer(key_type)), (ALG, integer(algorithm))];
        let curve_value = curve.map(integer).into_iter();
        let values = curve_value.chain(numbers.iter().map(|number| bytes(number)));
        pairs.extend((1..).map(|label: i64| -label).zip(values));
        Members { key_type, curve, pairs }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let encoded =
            self.pairs.iter().map(|(label, value)| [&integer(*label), &value[..]].concat());
        map(&encoded.collect::<Vec<_>>())
    }

    pub(crate) fn is_rsa(&self) -> bool {
        self.key_type == 3
    }

    pub(crate) fn is_akp(&self) -> bool {
        self.key_type == 7
    }

    pub(crate) fn key_type(&self) -> i64 {
        self.key_type
    }

    pub(crate) fn curve(&self) -> Option<i64> {
        self.curve
    }

    /// Returns whether both have the same key type and the same curve.
    pub(crate) fn is_of_the_kind_of(&self, other: &Members) -> bool {
        (self.key_type, self.curve) == (other.key_type, other.curve)
    }

    pub(crate) fn labels(&self) -> Vec<i64> {
        self.pairs.iter().map(|(label, _)| *label).collect()
    }

    /// Returns the encoded value of a label.
    pub(crate) fn value(&self, label: i64) -> &[u8] {
        let pair = self.pairs.iter().find(|(other, _)| *other == label);
        pair.map_or(&[], |(_, value)| value)
    }

    /// Returns the labels of the byte strings, and their content.
    pub(crate) fn numbers(&self) -> Vec<(i64, Vec<u8>)> {
        let first = if self.curve.is_some() { -2 } else { -1 };
        let numbers = self.pairs.iter().filter(|(label, _)| *label <= first);
        let content = |value: &[u8]| match value[0] {
            0x58 => value[2..].to_vec(),
            0x59 => value[3..].to_vec(),
            _ => value[1..].to_vec(),
        };
        numbers.map(|(label, value)| (*label, content(value))).collect()
    }

    /// Returns the name of a label for keys of this type.
    pub(crate) fn field(&self, label: i64) -> &'static str {
        match (label, self.key_type) {
            (KTY, _) => "kty",
            (ALG, _) => "alg",
            (-1, 3) => "n",
            (-2, 3) => "e",
            (-1, 7) => "pub",
            (-1, _) => "crv",
            (-2, _) => "x",
            _ => "y",
        }
    }

    /// Replaces the value of a label, or inserts the label in its place in the canonical order.
    pub(crate) fn with(&self, label: i64, value: &[u8]) -> Members {
        let mut pairs = self.without(label).pairs;
        // Positive labels come first, and labels that are closer to zero.
        let place = |label: i64| (label < 0, label.unsigned_abs());
        let at = pairs.partition_point(|(other, _)| place(*other) < place(label));
        pairs.insert(at, (label, value.to_vec()));
        Members { pairs, ..self.clone() }
    }

    pub(crate) fn with_algorithm(&self, algorithm: i64) -> Members {
        self.with(ALG, &integer(algorithm))
    }

    pub(crate) fn without(&self, label: i64) -> Members {
        let pairs = self.pairs.iter().filter(|(other, _)| *other != label).cloned().collect();
        Members { pairs, ..self.clone() }
    }

    /// Returns the same members with two of them swapped.
    pub(crate) fn swapped(&self, one: usize, other: usize) -> Members {
        let mut pairs = self.pairs.clone();
        pairs.swap(one, other);
        Members { pairs, ..self.clone() }
    }

    /// Repeats a member, directly after itself or at the end.
    pub(crate) fn repeated(&self, position: usize, at_end: bool) -> Members {
        let mut pairs = self.pairs.clone();
        let again = pairs[position].clone();
        pairs.insert(if at_end { pairs.len() } else { position + 1 }, again);
        Members { pairs, ..self.clone() }
    }
}
