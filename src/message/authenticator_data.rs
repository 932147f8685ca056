//! Authenticator data (§6.1), which the authenticator signs together with the hash of the client
//! data.
//!
//! ```text
//! authenticator data        rpIdHash 32, flags 1, signCount 4 (big-endian),
//!                           attested credential data   (if flag AT)
//!                           extensions, one CBOR map   (if flag ED)
//! attested credential data  aaguid 16, credentialIdLength 2 (big-endian), credentialId,
//!                           credentialPublicKey, one COSE_Key
//! ```

use core::fmt;
use core::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config_error::ConfigError;
use crate::debug::{Base64Url, Hex, length};
use crate::encoding::cbor::{Decoder, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::message::cose_key;
use crate::message::extensions::AuthenticatorOutputs;
use crate::quirk::Tolerance;
use crate::reader::Reader;
use crate::text::quote;

const STRUCTURE: &str = "authenticator data";

/// A view of authenticator data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuthenticatorData<'a> {
    raw: &'a [u8],
    rp_id_hash: &'a [u8; 32],
    flags: Flags,
    sign_count: u32,
    attested_credential: Option<AttestedCredentialData<'a>>,
    extensions: Option<AuthenticatorOutputs<'a>>,
}

/// The credential in authenticator data (§6.5.1).
#[derive(Clone, Copy)]
pub struct AttestedCredentialData<'a> {
    aaguid: Aaguid,
    credential_id: &'a [u8],
    public_key: &'a [u8],
    public_key_offset: usize,
}

/// Compares only the bytes, not their offset.
impl PartialEq for AttestedCredentialData<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.aaguid == other.aaguid
            && self.credential_id == other.credential_id
            && self.public_key == other.public_key
    }
}

impl Eq for AttestedCredentialData<'_> {}

impl<'a> AuthenticatorData<'a> {
    /// Parses authenticator data. No bytes may follow it.
    ///
    /// The public key is only checked to be a CBOR map. Parse it with
    /// [`CoseKey`](crate::parse::CoseKey).
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`InvalidAuthenticatorData`](ErrorKind::InvalidAuthenticatorData) if the structure is
    ///   malformed
    /// - [`InvalidCbor`](ErrorKind::InvalidCbor) if the public key or the extensions are not
    ///   canonical CBOR
    /// - [`TrailingBytes`](ErrorKind::TrailingBytes) if bytes follow the parts that the flags
    ///   indicate
    pub fn parse(bytes: &'a [u8]) -> Result<AuthenticatorData<'a>, Failure> {
        Ok(AuthenticatorData::parse_at(bytes, 0, &Tolerance::strict())?)
    }

    /// Parses authenticator data that is at `offset` of the outermost input.
    pub(crate) fn parse_at(
        bytes: &'a [u8],
        offset: usize,
        tolerance: &Tolerance,
    ) -> Result<AuthenticatorData<'a>, ParseError> {
        let kind = ErrorKind::InvalidAuthenticatorData;
        let mut reader = Reader::new(bytes, offset, STRUCTURE, kind);
        let rp_id_hash = reader.array("RP ID hash")?;
        let flags = Flags(reader.u8("flags")?);
        let sign_count = reader.u32("signature counter")?;
        let mut attested_credential = None;
        if flags.attested_credential_data() {
            let (attested, behind) = AttestedCredentialData::read(reader, tolerance)?;
            attested_credential = Some(attested);
            reader = behind;
        }
        let mut extensions = None;
        if flags.extension_data() {
            let (map, behind) = AuthenticatorOutputs::read(reader, tolerance)?;
            extensions = Some(map);
            reader = behind;
        }
        reader.finish()?;
        Ok(AuthenticatorData {
            raw: bytes,
            rp_id_hash,
            flags,
            sign_count,
            attested_credential,
            extensions,
        })
    }

    /// The bytes as received. The authenticator signs these bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The SHA-256 hash of the RP ID that the credential belongs to.
    pub fn rp_id_hash(&self) -> &'a [u8; 32] {
        self.rp_id_hash
    }

    /// The flags.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The signature counter (§6.1.1). It is 0 if the authenticator has no counter.
    pub fn sign_count(&self) -> u32 {
        self.sign_count
    }

    /// The new credential, or `None` if the data is from a login.
    pub fn attested_credential(&self) -> Option<&AttestedCredentialData<'a>> {
        self.attested_credential.as_ref()
    }

    /// The authenticator extension outputs, or `None` if there are none.
    pub fn extensions(&self) -> Option<&AuthenticatorOutputs<'a>> {
        self.extensions.as_ref()
    }
}

impl<'a> AttestedCredentialData<'a> {
    fn read(
        mut reader: Reader<'a>,
        tolerance: &Tolerance,
    ) -> Result<(AttestedCredentialData<'a>, Reader<'a>), ParseError> {
        let aaguid = Aaguid(*reader.array("AAGUID")?);
        let at_length = reader;
        let length = reader.u16("credential ID length")?;
        if length == 0 {
            return Err(at_length.error("credential ID length", "the credential ID is empty"));
        }
        let credential_id = reader.take("credential ID", usize::from(length))?;
        let at_key = reader;
        if let Some(length) = cose_key::recognised_length(reader.rest(), tolerance) {
            reader.take("credential public key", length)?;
        } else {
            let mut decoder = Decoder::from_reader(reader);
            let mut map = decoder.map("credential public key", Order::Canonical)?;
            while decoder.key(&mut map)?.is_some() {
                decoder.skip("credential public key", Order::Canonical)?;
            }
            reader = decoder.into_reader();
        }
        let attested = AttestedCredentialData {
            aaguid,
            credential_id,
            public_key: reader.since(&at_key),
            public_key_offset: at_key.offset(),
        };
        Ok((attested, reader))
    }

    /// The AAGUID, which identifies the model of the authenticator. Only a trusted attestation
    /// proves it.
    pub fn aaguid(&self) -> Aaguid {
        self.aaguid
    }

    /// The credential ID. It has at least 1 byte. A registration is accepted only if it has at most
    /// 1023 bytes.
    pub fn credential_id(&self) -> &'a [u8] {
        self.credential_id
    }

    /// The credential public key: the bytes of one COSE_Key as received.
    pub fn public_key(&self) -> &'a [u8] {
        self.public_key
    }

    /// The offset of the public key in the outermost input.
    pub(crate) fn public_key_offset(&self) -> usize {
        self.public_key_offset
    }
}

impl fmt::Debug for AuthenticatorData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorData")
            .field("rp_id_hash", &Hex(self.rp_id_hash))
            .field("flags", &self.flags)
            .field("sign_count", &self.sign_count)
            .field("attested_credential", &self.attested_credential)
            .field("extensions", &self.extensions)
            .finish()
    }
}

impl fmt::Debug for AttestedCredentialData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttestedCredentialData")
            .field("aaguid", &self.aaguid)
            .field("credential_id", &Base64Url(self.credential_id))
            .field("public_key", &length(self.public_key))
            .finish()
    }
}

/// The flags of authenticator data (§6.1). Reserved bits are kept and ignored.
///
/// `Display` writes the names of the flags that are set, such as `UP UV AT`, or `none`. `Debug`
/// writes `Flags(UP UV AT)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub(crate) u8);

impl Flags {
    /// The names of the bits, from bit 0.
    const NAMES: [&'static str; 8] = ["UP", "RFU1", "UV", "BE", "BS", "RFU2", "AT", "ED"];

    /// Returns whether the user was present (bit 0, UP).
    pub fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// Returns whether the user was verified (bit 2, UV).
    pub fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Returns whether the credential may be backed up (bit 3, BE).
    pub fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Returns whether the credential is backed up now (bit 4, BS).
    pub fn backup_state(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Returns whether attested credential data is included (bit 6, AT).
    pub fn attested_credential_data(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Returns whether extension data is included (bit 7, ED).
    pub fn extension_data(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// All eight bits, including the reserved bits.
    pub fn bits(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("none");
        }
        let set = Flags::NAMES.iter().enumerate().filter(|(bit, _)| self.0 & 1 << bit != 0);
        for (place, (_, name)) in set.enumerate() {
            write!(f, "{}{name}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

/// The identifier of an authenticator model (§6.5.1).
///
/// `Display` writes the usual UUID form, and `FromStr` reads it. Serde uses the same form in
/// human-readable formats such as JSON, and 16 bytes in other formats. A stored
/// [`Credential`](crate::Credential) uses base64url instead.
///
/// ```
/// use webauthn_verify::parse::Aaguid;
///
/// let model: Aaguid = "cb69481e-8ff7-4039-93ec-0a2729a154a8".parse()?;
/// assert_eq!("CB69481E8FF7403993EC0A2729A154A8".parse(), Ok(model));
/// assert_eq!(model.to_string(), "cb69481e-8ff7-4039-93ec-0a2729a154a8");
/// # Ok::<(), webauthn_verify::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Aaguid(pub(crate) [u8; 16]);

impl Aaguid {
    /// The AAGUID of an authenticator that does not reveal its model.
    pub const ZERO: Aaguid = Aaguid([0; 16]);

    /// Creates an AAGUID from its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Aaguid {
        Aaguid(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Parses 32 hexadecimal digits, with or without the hyphens of a UUID (RFC 9562, section 4).
    fn parse(text: &str) -> Option<Aaguid> {
        const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
        let is_grouped = || text.split('-').map(str::len).eq(GROUPS);
        if text.len() != 32 && !is_grouped() {
            return None;
        }
        let mut digits = text.chars().filter(|character| *character != '-').map(|c| c.to_digit(16));
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            *byte = u8::try_from(digits.next()?? << 4 | digits.next()??).ok()?;
        }
        digits.next().is_none().then_some(Aaguid(bytes))
    }
}

impl FromStr for Aaguid {
    type Err = ConfigError;

    /// Parses 32 hexadecimal digits of either case, with or without the hyphens of a UUID.
    ///
    /// # Errors
    ///
    /// Returns an error if `text` is not an AAGUID. The message says what a valid AAGUID looks
    /// like.
    fn from_str(text: &str) -> Result<Aaguid, ConfigError> {
        Aaguid::parse(text).ok_or_else(|| {
            let wrong = quote(text.chars());
            ConfigError::new(format!(
                "{wrong} is not an AAGUID; write it like cb69481e-8ff7-4039-93ec-0a2729a154a8"
            ))
        })
    }
}

impl Serialize for Aaguid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Aaguid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Aaguid, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(AaguidVisitor)
        } else {
            deserializer.deserialize_bytes(AaguidVisitor)
        }
    }
}

struct AaguidVisitor;

impl Visitor<'_> for AaguidVisitor {
    type Value = Aaguid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AAGUID")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Aaguid, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Aaguid, E> {
        let bytes = <[u8; 16]>::try_from(bytes);
        bytes.map(Aaguid).map_err(|_| E::custom("an AAGUID has 16 bytes"))
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aaguid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_that_is_not_a_map_is_rejected_at_its_offset() {
        let mut bytes = vec![0; 32];
        bytes.extend(b"\x41\x00\x00\x00\x00");
        bytes.extend([0; 16]);
        bytes.extend(b"\x00\x01i");
        let offset = bytes.len();
        for key in [&b"\x00"[..], b"\x80", b"\x41a", b"\xf6"] {
            let error = AuthenticatorData::parse(&[&bytes[..], key].concat()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAuthenticatorData);
            assert_eq!(error.field(), Some("credential public key"));
            assert_eq!(error.parse_error().unwrap().offset(), offset);
        }
        assert!(AuthenticatorData::parse(&[&bytes[..], b"\xa0"].concat()).is_ok());
    }
}
