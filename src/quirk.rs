//! Deviations of real devices that a relying party may choose to tolerate.

/// A deviation from the specification that was seen in real devices. Each is refused unless the
/// relying party asks for it by name.
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
}

impl Quirk {
    /// Every quirk.
    pub const ALL: &'static [Quirk] =
        &[Quirk::NonMinimalDerIntegers, Quirk::FirefoxTextEd25519Key, Quirk::Sha1Attestation];

    /// The quirk's name as written in code: stable, for configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Quirk::NonMinimalDerIntegers => "NonMinimalDerIntegers",
            Quirk::FirefoxTextEd25519Key => "FirefoxTextEd25519Key",
            Quirk::Sha1Attestation => "Sha1Attestation",
        }
    }
}

/// The set of quirks that are tolerated. Empty by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    bits: u8,
}

impl Quirks {
    /// No quirk at all.
    pub const NONE: Quirks = Quirks { bits: 0 };

    /// The set with `quirk` added.
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks { bits: self.bits | 1 << quirk as u8 }
    }

    /// Whether `quirk` is tolerated.
    pub const fn tolerates(self, quirk: Quirk) -> bool {
        self.bits & 1 << quirk as u8 != 0
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Quirks {
        quirks.into_iter().fold(Quirks::NONE, Quirks::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_tolerates_what_was_added_and_nothing_else() {
        for &added in Quirk::ALL {
            let quirks: Quirks = [added].into_iter().collect();
            for &asked in Quirk::ALL {
                assert_eq!(quirks.tolerates(asked), asked == added);
            }
        }
    }
}
