//! Deviations of real devices that a relying party may choose to tolerate.

use core::cell::Cell;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::names::names;

/// A deviation from the specification that was seen in real devices. Each is refused unless the
/// relying party asks for it by name, with
/// [`RelyingParty::allow_quirks`](crate::RelyingParty::allow_quirks); then the verdict says whether
/// it was needed.
///
/// A configuration file names a quirk as the code does:
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
    /// ECDSA signatures whose DER integers carry superfluous leading zero bytes. Nothing else of
    /// the encoding is relaxed, and the numbers are checked as ever.
    NonMinimalDerIntegers,
    /// The Ed25519 key of Firefox 117 on macOS: key type and curve as text, the coordinate as an
    /// array of integers, and a map header that counts one pair too few. Only these exact bytes
    /// are recognised.
    FirefoxTextEd25519Key,
    /// SHA-1 in attestation, as old authenticators have it: RSA signatures of certificates, and names
    /// of keys in `tpm` statements. Never in credentials. That a `tpm` statement is signed with RS1
    /// needs no quirk: every TPM of Windows does it, and `AttestationPolicy::refuse_rs1` refuses it.
    Sha1Attestation,
    /// The first batches of Yubico's U2F keys, whose attestation certificates say that the last
    /// bits of their issuer's signature are unused, where a signature is of whole bytes. It
    /// loosens that one byte in certificates of `fido-u2f` with signatures of RSA with 2048 bits.
    /// The byte says nothing, and the whole signature is verified. The verdict has the certificate
    /// as it should have been.
    YubicoU2fUnusedBits,
    /// Indefinite lengths in the attestation object and its statement, as streaming encoders of
    /// CBOR write them: Jackson's for Java does by default, and software authenticators use it.
    /// Nothing else of the encoding is relaxed, and nothing inside the authenticator data, which
    /// is what is signed.
    IndefiniteLengthAttestation,
    /// Extension outputs of the authenticator in any order, in a map of at most 16: the firmware
    /// of Solo keys up to 2020 put `hmac-secret` before `credProtect`. What each output contains
    /// is as strict as ever.
    UnorderedExtensionOutputs,
    /// Booleans that are true and written as another byte than `ff`, as `01`, in certificates and in
    /// the key descriptions of `android-key`: some makers of phones write them so. The bytes are
    /// signed as they are.
    NonDerBooleans,
    /// Certificates whose ECDSA signature names NULL as the parameters of its algorithm, where there
    /// are none: four models of the FIDO Alliance's metadata, and TPMs of Intel.
    EcdsaNullParameters,
}

impl Quirk {
    /// Every quirk.
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

/// A set of quirks: those that are tolerated, or those that a verdict needed.
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
    /// No quirk at all.
    pub const NONE: Quirks = Quirks { bits: 0 };

    /// The set with `quirk` added.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks { bits: self.bits | 1 << quirk as u16 }
    }

    /// Whether `quirk` is in the set.
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.bits & 1 << quirk as u16 != 0
    }

    /// The quirks of both sets.
    pub(crate) const fn and(self, other: Quirks) -> Quirks {
        Quirks { bits: self.bits | other.bits }
    }

    /// Whether every quirk of the set is in `other`.
    #[cfg(feature = "attestation")]
    pub(crate) const fn is_subset_of(self, other: Quirks) -> bool {
        self.bits & !other.bits == 0
    }

    /// The quirks of the set, in the order of [`Quirk::ALL`].
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

/// The names, separated by commas, or `none`.
impl fmt::Display for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Quirks::NONE {
            return f.write_str("none");
        }
        let names: Vec<_> = self.iter().map(Quirk::as_str).collect();
        f.write_str(&names.join(", "))
    }
}

/// A list of names.
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

/// The quirks that one verification may let pass, and those of them that it was found to need.
///
/// A quirk is asked for where a message deviates, and nowhere else. So what needs none is verified
/// as if none were tolerated, and tolerating one more never refuses.
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

    /// For what deviates in nothing.
    pub(crate) fn strict() -> Tolerance {
        Tolerance::new(Quirks::NONE)
    }

    /// Whether a deviation passes that was found in the message. The quirk counts as needed from
    /// then on.
    pub(crate) fn permits(&self, quirk: Quirk) -> bool {
        let permitted = self.tolerated.contains(quirk);
        let list = if permitted { &self.needed } else { &self.missed };
        list.set(list.get().with(quirk));
        permitted
    }

    /// Whether a quirk is tolerated, before anything is known of the message.
    pub(crate) fn tolerates(&self, quirk: Quirk) -> bool {
        self.tolerated.contains(quirk)
    }

    /// Takes over what one of several attempts has asked for: what it missed, and, if it is the one
    /// that counts, what it needed.
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

    /// The quirks without which the message would have been refused, so far.
    pub(crate) fn needed(&self) -> Quirks {
        self.needed.get()
    }

    /// The quirks that would have let pass what was refused.
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
