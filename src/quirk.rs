//! Deviations of real devices that a relying party may choose to tolerate.

use core::fmt;

/// A deviation from the specification that was seen in real devices. Each is refused unless the
/// relying party asks for it by name, with
/// [`RelyingParty::tolerate`](crate::RelyingParty::tolerate); then the verdict says whether it was
/// needed.
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
    /// SHA-1 in attestation, as old authenticators have it: RSA signatures of certificates, and of
    /// `tpm` statements (RS1), where the hash of what is attested and the name of the key may be
    /// by SHA-1 too. Never in credentials.
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
    ];

    /// The quirk's name as written in code: stable, for configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Quirk::NonMinimalDerIntegers => "NonMinimalDerIntegers",
            Quirk::FirefoxTextEd25519Key => "FirefoxTextEd25519Key",
            Quirk::Sha1Attestation => "Sha1Attestation",
            Quirk::YubicoU2fUnusedBits => "YubicoU2fUnusedBits",
            Quirk::IndefiniteLengthAttestation => "IndefiniteLengthAttestation",
            Quirk::UnorderedExtensionOutputs => "UnorderedExtensionOutputs",
        }
    }
}

/// A set of quirks: those that are tolerated, or those that a verdict needed.
///
/// ```
/// use webauthn_verify::{Quirk, Quirks};
///
/// let quirks = Quirks::NONE.with(Quirk::Sha1Attestation);
/// assert!(quirks.contains(Quirk::Sha1Attestation));
/// assert_eq!(quirks.iter().map(Quirk::name).collect::<Vec<_>>(), ["Sha1Attestation"]);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    bits: u8,
}

impl Quirks {
    /// No quirk at all.
    pub const NONE: Quirks = Quirks { bits: 0 };

    /// The set with `quirk` added.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks { bits: self.bits | 1 << quirk as u8 }
    }

    /// The set with `quirk` taken out.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Quirks {
        Quirks { bits: self.bits & !(1 << quirk as u8) }
    }

    /// Whether `quirk` is in the set.
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.bits & 1 << quirk as u8 != 0
    }

    /// Whether there is no quirk in the set.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The quirks of the set, in the order of [`Quirk::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.iter().copied().filter(move |quirk| self.contains(*quirk))
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

/// Verifies strictly, and only where that fails with tolerated quirks. The verdict is that of the
/// verification with no more of them than it takes.
///
/// What a quirk lets pass is decided in many places. Instead of having each of them tell that it
/// was taken, each tolerated quirk is left out in turn, and it was needed if the message is refused
/// then. That costs a message which is as it should be nothing, one that is refused a second
/// verification, and one that passes by a quirk at most yet another for each that is tolerated.
///
/// # Errors
///
/// Those of the verification with every tolerated quirk.
#[inline]
pub(crate) fn with_those_needed<T, E>(
    tolerated: Quirks,
    verify: impl Fn(Quirks) -> Result<T, E>,
) -> Result<T, E> {
    // The usual case, in which nothing is to be found out.
    if tolerated.is_empty() {
        return verify(Quirks::NONE);
    }
    verify(Quirks::NONE).or_else(|_| leave_out(tolerated, &verify))
}

#[cold]
fn leave_out<T, E>(tolerated: Quirks, verify: &impl Fn(Quirks) -> Result<T, E>) -> Result<T, E> {
    let mut verdict = verify(tolerated)?;
    let mut needed = tolerated;
    for quirk in tolerated.iter() {
        let fewer = needed.without(quirk);
        // Without any it was refused already.
        if fewer.is_empty() {
            break;
        }
        if let Ok(without) = verify(fewer) {
            verdict = without;
            needed = fewer;
        }
    }
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    #[test]
    fn a_set_contains_what_was_added_and_nothing_else() {
        for &added in Quirk::ALL {
            let quirks: Quirks = [added].into_iter().collect();
            for &asked in Quirk::ALL {
                assert_eq!(quirks.contains(asked), asked == added);
            }
            assert_eq!(quirks.iter().collect::<Vec<_>>(), [added]);
            assert_eq!(format!("{quirks:?}"), format!("{{{}}}", added.name()));
            assert!(!quirks.is_empty());
            assert_eq!(quirks.without(added), Quirks::NONE);
        }
        assert!(Quirks::NONE.is_empty());
        let all: Quirks = Quirk::ALL.iter().copied().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Quirk::ALL);
    }

    const DER: Quirk = Quirk::NonMinimalDerIntegers;
    const SHA1: Quirk = Quirk::Sha1Attestation;
    const FIREFOX: Quirk = Quirk::FirefoxTextEd25519Key;

    /// What is needed where these are tolerated and `accepts` says what is accepted, and the
    /// number of verifications.
    fn needed_by(
        tolerated: &[Quirk],
        accepts: impl Fn(Quirks) -> bool,
    ) -> (Result<Quirks, Quirks>, u32) {
        let count = Cell::new(0);
        let tolerated = tolerated.iter().copied().collect();
        let result = with_those_needed(tolerated, |quirks| {
            count.set(count.get() + 1);
            if accepts(quirks) { Ok(quirks) } else { Err(quirks) }
        });
        (result, count.get())
    }

    #[test]
    fn what_passes_strictly_is_verified_once_and_needs_nothing() {
        assert_eq!(needed_by(&[], |_| true), (Ok(Quirks::NONE), 1));
        assert_eq!(needed_by(&[DER, SHA1], |_| true), (Ok(Quirks::NONE), 1));
    }

    #[test]
    fn what_is_refused_is_verified_once_more_if_anything_is_tolerated() {
        assert_eq!(needed_by(&[], |_| false), (Err(Quirks::NONE), 1));
        let both = Quirks::NONE.with(DER).with(SHA1);
        assert_eq!(needed_by(&[DER, SHA1], |_| false), (Err(both), 2));
    }

    #[test]
    fn exactly_those_are_needed_without_which_it_would_be_refused() {
        let one = Quirks::NONE.with(SHA1);
        let accepts = |quirks: Quirks| quirks.contains(SHA1);
        assert_eq!(needed_by(&[SHA1], accepts), (Ok(one), 2));
        assert_eq!(needed_by(&[DER, SHA1, FIREFOX], accepts), (Ok(one), 4));
        let two = Quirks::NONE.with(DER).with(SHA1);
        let accepts = |quirks: Quirks| quirks.contains(SHA1) && quirks.contains(DER);
        assert_eq!(needed_by(&[DER, SHA1, FIREFOX], accepts), (Ok(two), 5));
        // Where either of two will do, one is named.
        let accepts = |quirks: Quirks| quirks.contains(SHA1) || quirks.contains(DER);
        assert_eq!(needed_by(&[DER, SHA1], accepts), (Ok(one), 3));
    }
}
