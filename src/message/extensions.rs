//! Authenticator extension outputs (§9.5): a CBOR map from extension identifiers to outputs.
//!
//! ```text
//! "credBlob"           bool in a registration, bytes in a login
//! "credProtect"        1, 2 or 3
//! "hmac-secret"        bool in a registration, 32, 48, 64 or 80 bytes in a login
//! "hmac-secret-mc"     32, 48, 64 or 80 bytes in a registration
//! "minPinLength"       uint
//! "thirdPartyPayment"  bool
//! "uvm"                1 to 3 of [uint of 4 bytes, uint of 2 bytes, uint of 2 bytes]
//! ```
//!
//! `uvm` is defined in WebAuthn Level 2 (§10.3), the others in CTAP 2.2 (section 12).

use core::fmt;

use crate::debug::{Text, length};
use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, ParseError};
use crate::names::names;
use crate::quirk::{Quirk, Tolerance};
use crate::reader::Reader;

/// A view of the authenticator extension outputs, a map in the authenticator data.
///
/// In a login, the signature covers these outputs. In a registration, only the attestation covers
/// them, so they are proven only if the attestation is trusted. Client extension outputs
/// ([`ClientOutputs`]) are never signed.
///
/// Outputs are kept as raw CBOR. A method named after an extension reads the output of that
/// extension. It returns `None` if the output is missing or malformed. `Debug` shows the outputs
/// that have a method. It shows only the length of byte strings and of all other outputs.
///
/// ```
/// use webauthn_verify::Registration;
/// use webauthn_verify::extensions::CredentialProtection;
///
/// fn is_protected(registration: &Registration) -> bool {
///     let outputs = registration.authenticator_outputs();
///     let protection = outputs.and_then(|outputs| outputs.cred_protect());
///     protection == Some(CredentialProtection::UserVerificationRequired)
/// }
/// ```
///
/// [`ClientOutputs`]: crate::extensions::ClientOutputs
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuthenticatorOutputs<'a> {
    raw: &'a [u8],
}

impl<'a> AuthenticatorOutputs<'a> {
    /// Reads the map at the position of `reader`. The function also returns a reader of the bytes
    /// after it.
    pub(crate) fn read(
        reader: Reader<'a>,
        tolerance: &Tolerance,
    ) -> Result<(AuthenticatorOutputs<'a>, Reader<'a>), ParseError> {
        AuthenticatorOutputs::read_in(Order::Canonical, reader).or_else(|error| {
            match AuthenticatorOutputs::read_in(Order::Any, reader) {
                Ok(read) if tolerance.permits(Quirk::UnorderedExtensionOutputs) => Ok(read),
                _ => Err(error),
            }
        })
    }

    fn read_in(
        order: Order,
        reader: Reader<'a>,
    ) -> Result<(AuthenticatorOutputs<'a>, Reader<'a>), ParseError> {
        let mut decoder = Decoder::from_reader(reader);
        let mut map = decoder.map("extensions", order)?;
        loop {
            let at_key = decoder;
            match decoder.key(&mut map)? {
                None => break,
                Some(Item::Text(_)) => {
                    decoder.skip("extension output", Order::Canonical)?;
                }
                Some(_) => return Err(at_key.error("extensions", "an identifier is not text")),
            }
        }
        let behind = decoder.into_reader();
        Ok((AuthenticatorOutputs { raw: behind.since(&reader) }, behind))
    }

    /// The CBOR map as received.
    pub(crate) fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Iterates over the extension identifiers and their outputs, as raw CBOR.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        let mut decoder =
            Decoder::new(self.raw, 0, "extensions", ErrorKind::InvalidAuthenticatorData);
        // `read` has checked the same bytes, so nothing fails here. The order does not matter.
        let mut left = match decoder.item("extensions") {
            Ok(Item::Map(count)) => count,
            _ => 0,
        };
        core::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let Ok(Item::Text(identifier)) = decoder.item("extensions") else { return None };
            let output = decoder.skip("extension output", Order::Canonical).ok()?;
            Some((identifier, output))
        })
    }

    /// The raw CBOR of one extension output.
    pub fn get(&self, identifier: &str) -> Option<&'a [u8]> {
        self.iter().find(|(found, _)| *found == identifier).map(|(_, output)| output)
    }

    /// Creates a view of a map that was checked before.
    pub(crate) fn from_checked(raw: &'a [u8]) -> AuthenticatorOutputs<'a> {
        AuthenticatorOutputs { raw }
    }

    /// The protection of the new credential: the output of `credProtect`.
    pub fn cred_protect(&self) -> Option<CredentialProtection> {
        match self.item("credProtect")? {
            Item::Unsigned(1) => Some(CredentialProtection::UserVerificationOptional),
            Item::Unsigned(2) => {
                Some(CredentialProtection::UserVerificationOptionalWithCredentialIdList)
            }
            Item::Unsigned(3) => Some(CredentialProtection::UserVerificationRequired),
            _ => None,
        }
    }

    /// The minimum length of a new PIN, in Unicode characters: the output of `minPinLength` in a
    /// registration. Authenticators return it only to relying parties that they were configured
    /// for.
    pub fn min_pin_length(&self) -> Option<u32> {
        match self.item("minPinLength")? {
            Item::Unsigned(length) => u32::try_from(length).ok(),
            _ => None,
        }
    }

    /// Returns whether the new credential has secrets for `hmac-secret`, and therefore for `prf`.
    pub fn hmac_secret_enabled(&self) -> Option<bool> {
        self.bool("hmac-secret")
    }

    /// The output of `hmac-secret` in a login: 32 or 64 bytes with PIN protocol 1, 48 or 80 bytes
    /// with PIN protocol 2. It is encrypted for the browser, so a relying party cannot read it.
    pub fn hmac_secret(&self) -> Option<&'a [u8]> {
        self.encrypted_secrets("hmac-secret")
    }

    /// The output of `hmac-secret-mc`, which returns the secrets of `hmac-secret` in a
    /// registration. It is encrypted in the same way.
    pub fn hmac_secret_mc(&self) -> Option<&'a [u8]> {
        self.encrypted_secrets("hmac-secret-mc")
    }

    /// Returns whether the new credential stores the bytes of `credBlob`.
    pub fn cred_blob_stored(&self) -> Option<bool> {
        self.bool("credBlob")
    }

    /// The bytes that are stored with the credential: the output of `credBlob` in a login. They are
    /// empty if nothing is stored.
    pub fn cred_blob(&self) -> Option<&'a [u8]> {
        self.bytes("credBlob")
    }

    /// The methods by which the user was verified: the output of `uvm`, an extension of Level 2
    /// (§10.3). The output lists one to three methods. All of them were used.
    pub fn uvm(&self) -> Option<impl Iterator<Item = UvmEntry> + use<>> {
        let mut entries = [UvmEntry::default(); MAX_UVM_ENTRIES];
        let mut decoder = decoder_of(self.get("uvm")?);
        let count = usize::try_from(decoder.array("uvm").ok()?).ok()?;
        for entry in entries.get_mut(..count).filter(|entries| !entries.is_empty())? {
            *entry = UvmEntry::read(&mut decoder)?;
        }
        Some(entries.into_iter().take(count))
    }

    /// Returns whether the credential can be used for payments on pages of other sites: the output
    /// of `thirdPartyPayment`.
    pub fn third_party_payment(&self) -> Option<bool> {
        self.bool("thirdPartyPayment")
    }

    fn item(&self, identifier: &str) -> Option<Item<'a>> {
        decoder_of(self.get(identifier)?).item("extension output").ok()
    }

    fn bool(&self, identifier: &str) -> Option<bool> {
        match self.item(identifier)? {
            Item::Bool(output) => Some(output),
            _ => None,
        }
    }

    fn bytes(&self, identifier: &str) -> Option<&'a [u8]> {
        match self.item(identifier)? {
            Item::Bytes(output) => Some(output),
            _ => None,
        }
    }

    fn encrypted_secrets(&self, identifier: &str) -> Option<&'a [u8]> {
        self.bytes(identifier).filter(|output| matches!(output.len(), 32 | 48 | 64 | 80))
    }
}

impl fmt::Debug for AuthenticatorOutputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More outputs than any authenticator returns.
        const MAX_SHOWN: usize = 16;
        let mut map = f.debug_map();
        for (identifier, output) in self.iter().take(MAX_SHOWN) {
            map.key(&Text(identifier)).value(&Output { extensions: self, identifier, output });
        }
        match self.iter().nth(MAX_SHOWN) {
            Some(_) => map.finish_non_exhaustive(),
            None => map.finish(),
        }
    }
}

/// One output, for `Debug`.
struct Output<'o, 'a> {
    extensions: &'o AuthenticatorOutputs<'a>,
    identifier: &'a str,
    output: &'a [u8],
}

impl Output<'_, '_> {
    /// Returns the output if it is known and not secret.
    fn known(&self) -> Option<Box<dyn fmt::Debug>> {
        let extensions = self.extensions;
        Some(match self.identifier {
            "credBlob" | "hmac-secret" | "thirdPartyPayment" => {
                Box::new(extensions.bool(self.identifier)?)
            }
            "credProtect" => Box::new(extensions.cred_protect()?),
            "minPinLength" => Box::new(extensions.min_pin_length()?),
            "uvm" => Box::new(extensions.uvm()?.collect::<Vec<_>>()),
            _ => return None,
        })
    }
}

impl fmt::Debug for Output<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.known(), self.extensions.bytes(self.identifier)) {
            (Some(output), _) => output.fmt(f),
            (None, Some(bytes)) => length(bytes).fmt(f),
            (None, None) => length(self.output).fmt(f),
        }
    }
}

/// Returns a decoder of one output, which was checked before.
fn decoder_of(output: &[u8]) -> Decoder<'_> {
    Decoder::new(output, 0, "extension output", ErrorKind::InvalidAuthenticatorData)
}

/// The maximum number of user verification methods in `uvm`.
pub(crate) const MAX_UVM_ENTRIES: usize = 3;

/// The protection of a credential: when the authenticator requires user verification (PIN or
/// biometrics) to use it. It is defined by the extension `credProtect` of CTAP. Stronger protection
/// compares as greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CredentialProtection {
    /// User verification is optional, and the browser decides. Credentials without `credProtect`
    /// have this level.
    UserVerificationOptional,
    /// User verification is optional only if the browser lists the credential ID. Some browsers
    /// choose this level for discoverable credentials by default.
    UserVerificationOptionalWithCredentialIdList,
    /// User verification is always required.
    UserVerificationRequired,
}

names! {
    CredentialProtection, "credential protection", impl Display;
    UserVerificationOptional = "userVerificationOptional",
    UserVerificationOptionalWithCredentialIdList = "userVerificationOptionalWithCredentialIDList",
    UserVerificationRequired = "userVerificationRequired",
}

/// A method by which the user was verified, as numbers from the FIDO Registry of Predefined Values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UvmEntry {
    /// The user verification method: bits of `USER_VERIFY_...`, for example 2 for a fingerprint.
    pub user_verification_method: u32,
    /// The protection of the private key: bits of `KEY_PROTECTION_...`, for example 4 for a trusted
    /// execution environment.
    pub key_protection_type: u16,
    /// The protection of the biometric matcher: bits of `MATCHER_PROTECTION_...`.
    pub matcher_protection_type: u16,
}

impl UvmEntry {
    /// `[ uint .size 4, uint .size 2, uint .size 2 ]`
    fn read(decoder: &mut Decoder<'_>) -> Option<UvmEntry> {
        if decoder.array("uvm").ok()? != 3 {
            return None;
        }
        let mut number = || match decoder.item("uvm").ok()? {
            Item::Unsigned(number) => Some(number),
            _ => None,
        };
        let entry = UvmEntry::from_numbers([number()?, number()?, number()?]);
        decoder.leave();
        entry
    }

    pub(crate) fn from_numbers([method, key, matcher]: [u64; 3]) -> Option<UvmEntry> {
        Some(UvmEntry {
            user_verification_method: method.try_into().ok()?,
            key_protection_type: key.try_into().ok()?,
            matcher_protection_type: matcher.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quirk::Quirks;

    #[test]
    fn unknown_extensions_are_kept_raw_and_found_by_name() {
        let map = [0xa2, 0x61, b'a', 0x82, 1, 2, 0x62, b'b', b'c', 0xf5, 0x99];
        let reader = Reader::new(&map, 50, "test", ErrorKind::InvalidAuthenticatorData);
        let (extensions, behind) =
            AuthenticatorOutputs::read(reader, &Tolerance::strict()).unwrap();
        assert_eq!(behind.rest(), [0x99]);
        assert_eq!(extensions.as_bytes(), &map[..10]);
        let all: Vec<_> = extensions.iter().collect();
        assert_eq!(all, [("a", &[0x82, 1, 2][..]), ("bc", &[0xf5])]);
        assert_eq!(extensions.get("bc"), Some(&[0xf5][..]));
        assert_eq!(extensions.get("b"), None);
    }

    #[test]
    fn unordered_extensions_are_found_if_the_quirk_is_accepted() {
        let map = [0xa2, 0x62, b'b', b'c', 0xf5, 0x61, b'a', 1];
        let reader = Reader::new(&map, 0, "test", ErrorKind::InvalidAuthenticatorData);
        assert_eq!(
            AuthenticatorOutputs::read(reader, &Tolerance::strict()).unwrap_err().kind,
            ErrorKind::InvalidCbor
        );
        let quirks = Quirks::NONE.with(Quirk::UnorderedExtensionOutputs);
        let tolerance = Tolerance::new(quirks);
        let (extensions, _) = AuthenticatorOutputs::read(reader, &tolerance).unwrap();
        assert_eq!(tolerance.needed(), quirks);
        assert_eq!(extensions.get("bc"), Some(&[0xf5][..]));
        assert_eq!(extensions.get("a"), Some(&[1][..]));
    }
}
