//! Deviations of real devices that a relying party can choose to allow.

use core::cell::Cell;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::names::names;

/// A deviation from the specification that occurs in real devices. A response with a deviation is
/// rejected unless you allow the quirk with
/// [`RelyingParty::allow_quirks`](crate::RelyingParty::allow_quirks). If you allow it, the verdict
/// says whether the quirk was needed.
///
/// In configuration files, quirks have the same names as in code:
///
/// ```
/// use webauthn_verify::Quirk;
///
/// assert_eq!("Sha1Attestation".parse(), Ok(Quirk::Sha1Attestation));
/// let error = "sha1-attestation".parse::<Quirk>().unwrap_err();
/// assert_eq!(error.to_string(), "\"sha1-attestation\" is not a quirk; write Sha1Attestation");
///
/// // serde reads and writes the same name.
/// let quirks: Vec<Quirk> = serde_json::from_str(r#"["NonDerBooleans"]"#)?;
/// assert_eq!(quirks, [Quirk::NonDerBooleans]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// ECDSA signatures in which the DER integers have unnecessary leading zero bytes. The rest of
    /// the encoding stays strict, and the signature is verified as usual.
    NonMinimalDerIntegers,
    /// The Ed25519 key of Firefox 117 on macOS. Its key type and curve are text strings, its
    /// coordinate is an array of integers, and the header of its map states one pair too few. Only
    /// these exact bytes are recognized.
    FirefoxTextEd25519Key,
    /// SHA-1 in the attestation of old authenticators: in RSA signatures of certificates, and in
    /// the key names of `tpm` statements. This quirk never applies to credential keys. A `tpm`
    /// statement that is signed with RS1 does not need this quirk, because all Windows TPMs use
    /// RS1. To reject RS1, use `AttestationPolicy::refuse_rs1`.
    Sha1Attestation,
    /// The attestation certificates of Yubico's first U2F keys. They claim that the last bits of
    /// the issuer's signature are unused, although a signature consists of whole bytes. The quirk
    /// allows this only in `fido-u2f` statements, for certificates with a 2048-bit RSA signature.
    /// The whole signature is still verified. The verdict contains the corrected certificate.
    YubicoU2fUnusedBits,
    /// Indefinite lengths in the attestation object and its statement. Streaming CBOR encoders
    /// write them. For example, the Java library Jackson does so by default, and software
    /// authenticators use it. The rest of the encoding stays strict, and so does the authenticator
    /// data, which is the signed part.
    IndefiniteLengthAttestation,
    /// Authenticator extension outputs in any order, in a map with at most 16 outputs. The firmware
    /// of Solo keys up to 2020 put `hmac-secret` before `credProtect`. The content of each output
    /// is checked as usual.
    UnorderedExtensionOutputs,
    /// Booleans whose value true is not encoded as `ff` but, for example, as `01`. They occur in
    /// certificates and in the key descriptions of `android-key`. Some phone makers encode them in
    /// this way. Signatures are verified over the original bytes.
    NonDerBooleans,
    /// Certificates with an ECDSA signature whose algorithm has NULL parameters, although it must
    /// have no parameters. Four models in the FIDO Alliance's metadata and the TPMs of Intel have
    /// certificates of this kind.
    EcdsaNullParameters,
}

impl Quirk {
    /// All quirks.
    pub const ALL: &'static [Quirk] = &[
        Quirk::NonMinimalDerIntegers,
        Quirk::FirefoxTextEd25519Key,
        Quirk::Sha1Attestation,
        Quirk::YubicoU2fUnusedBits,
        Quirk::IndefiniteLengthAttestation,
        Quirk::UnorderedExtensionOutputs,
        Quirk::NonDerBooleans,
        Quirk::EcdsaNullParameters,
    ];
}

names! {
    Quirk, "quirk", impl Display;
    NonMinimalDerIntegers = "NonMinimalDerIntegers",
    FirefoxTextEd25519Key = "FirefoxTextEd25519Key",
    Sha1Attestation = "Sha1Attestation",
    YubicoU2fUnusedBits = "YubicoU2fUnusedBits",
    IndefiniteLengthAttestation = "IndefiniteLengthAttestation",
    UnorderedExtensionOutputs = "UnorderedExtensionOutputs",
    NonDerBooleans = "NonDerBooleans",
    EcdsaNullParameters = "EcdsaNullParameters",
}

/// A set of quirks: the allowed quirks, or the quirks that a ceremony needed.
///
/// ```
/// use webauthn_verify::{Quirk, Quirks};
///
/// let quirks = Quirks::NONE.with(Quirk::Sha1Attestation);
/// assert!(quirks.contains(Quirk::Sha1Attestation));
/// assert_eq!(quirks.iter().map(Quirk::as_str).collect::<Vec<_>>(), ["Sha1Attestation"]);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    bits: u16,
}

impl Quirks {
    /// The empty set.
    pub const NONE: Quirks = Quirks { bits: 0 };

    /// Returns the set with `quirk` added.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks { bits: self.bits | 1 << quirk as u16 }
    }

    /// Returns whether `quirk` is in the set.
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.bits & 1 << quirk as u16 != 0
    }

    /// Returns the union of both sets.
    pub(crate) const fn and(self, other: Quirks) -> Quirks {
        Quirks { bits: self.bits | other.bits }
    }

    /// Returns whether every quirk of the set is in `other`.
    #[cfg(feature = "attestation")]
    pub(crate) const fn is_subset_of(self, other: Quirks) -> bool {
        self.bits & !other.bits == 0
    }

    /// Returns the quirks in the set, in the order of [`Quirk::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.iter().copied().filter(move |quirk| self.contains(*quirk))
    }
}

impl IntoIterator for Quirks {
    type Item = Quirk;
    type IntoIter = std::vec::IntoIter<Quirk>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

/// Writes the names, separated by commas, or `none`.
impl fmt::Display for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Quirks::NONE {
            return f.write_str("none");
        }
        let names: Vec<_> = self.iter().map(Quirk::as_str).collect();
        f.write_str(&names.join(", "))
    }
}

/// Writes a list of names.
impl Serialize for Quirks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Quirks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quirks, D::Error> {
        Ok(Vec::<Quirk>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Quirks {
        quirks.into_iter().fold(Quirks::NONE, Quirks::with)
    }
}

impl fmt::Debug for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The quirks that are allowed in one verification, and the quirks that it needed so far.
///
/// The parsers ask for a quirk only if the message deviates. A message without deviations is
/// therefore verified in the same way for every set of quirks, and allowing another quirk never
/// makes a message fail.
#[derive(Debug)]
pub(crate) struct Tolerance {
    tolerated: Quirks,
    needed: Cell<Quirks>,
    missed: Cell<Quirks>,
}

impl Tolerance {
    pub(crate) fn new(tolerated: Quirks) -> Tolerance {
        Tolerance { tolerated, needed: Cell::new(Quirks::NONE), missed: Cell::new(Quirks::NONE) }
    }

    /// Creates a tolerance without any allowed quirk.
    pub(crate) fn strict() -> Tolerance {
        Tolerance::new(Quirks::NONE)
    }

    /// Returns whether a deviation that was found in the message is allowed, and records the quirk
    /// as needed or missed.
    pub(crate) fn permits(&self, quirk: Quirk) -> bool {
        let permitted = self.tolerated.contains(quirk);
        let list = if permitted { &self.needed } else { &self.missed };
        list.set(list.get().with(quirk));
        permitted
    }

    /// Returns whether a quirk is allowed. It records nothing.
    pub(crate) fn tolerates(&self, quirk: Quirk) -> bool {
        self.tolerated.contains(quirk)
    }

    /// Adds the results of one of several attempts: the quirks that it missed and, if `counts` is
    /// set, the quirks that it needed.
    #[cfg(feature = "attestation")]
    pub(crate) fn take(&self, attempt: &Tolerance, counts: bool) {
        self.missed.set(self.missed().and(attempt.missed()));
        if counts {
            self.needed.set(self.needed().and(attempt.needed()));
        }
    }

    #[cfg(feature = "attestation")]
    pub(crate) fn tolerated(&self) -> Quirks {
        self.tolerated
    }

    /// The quirks that the message needed so far.
    pub(crate) fn needed(&self) -> Quirks {
        self.needed.get()
    }

    /// The quirks that were missing so far. Each of them would have allowed a deviation.
    #[cfg(feature = "attestation")]
    pub(crate) fn missed(&self) -> Quirks {
        self.missed.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_exactly_the_added_quirks() {
        for &added in Quirk::ALL {
            let quirks: Quirks = [added].into_iter().collect();
            for &asked in Quirk::ALL {
                assert_eq!(quirks.contains(asked), asked == added);
            }
            assert_eq!(quirks.iter().collect::<Vec<_>>(), [added]);
            assert_eq!(format!("{quirks:?}"), format!("{{{}}}", added.as_str()));
            assert_eq!(quirks.to_string(), added.as_str());
            let written = serde_json::to_string(&quirks).unwrap();
            assert_eq!(written, format!("[\"{added}\"]"));
            assert_eq!(serde_json::from_str::<Quirks>(&written).unwrap(), quirks);
            assert_ne!(quirks, Quirks::NONE);
        }
        assert_eq!(Quirks::NONE.iter().count(), 0);
        assert_eq!(Quirks::NONE.to_string(), "none");
        let all: Quirks = Quirk::ALL.iter().copied().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Quirk::ALL);
    }

    #[test]
    fn kb_106_a_quirk_counts_as_needed_when_its_deviation_is_found() {
        let tolerance = Tolerance::new(Quirks::NONE.with(Quirk::Sha1Attestation));
        assert!(tolerance.tolerates(Quirk::Sha1Attestation));
        assert_eq!(tolerance.needed(), Quirks::NONE);
        assert!(!tolerance.permits(Quirk::NonMinimalDerIntegers));
        assert_eq!(tolerance.needed(), Quirks::NONE);
        assert!(tolerance.permits(Quirk::Sha1Attestation));
        assert_eq!(tolerance.needed(), Quirks::NONE.with(Quirk::Sha1Attestation));
        assert!(!Tolerance::strict().permits(Quirk::Sha1Attestation));
    }
}
