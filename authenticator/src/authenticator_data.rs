//! Authenticator data (§6.1).

use core::fmt;

use sha2::{Digest, Sha256};

use crate::debug::{Hex, length};
use crate::error::AuthenticatorError;

/// The bits of the flags byte in authenticator data (§6.1).
pub mod flag {
    /// UP: the user was present.
    pub const USER_PRESENT: u8 = 0x01;
    /// UV: the user was verified.
    pub const USER_VERIFIED: u8 = 0x04;
    /// BE: the credential is backup eligible.
    pub const BACKUP_ELIGIBLE: u8 = 0x08;
    /// BS: the credential is backed up.
    pub const BACKUP_STATE: u8 = 0x10;
    /// AT: attested credential data follows.
    pub const ATTESTED_CREDENTIAL_DATA: u8 = 0x40;
    /// ED: extension outputs follow.
    pub const EXTENSION_DATA: u8 = 0x80;
}

/// Builds authenticator data. Every part is written as given. The flags are not derived from the
/// other parts, so a test can make them disagree.
#[derive(Clone)]
#[must_use]
pub struct AuthenticatorDataBuilder {
    rp_id_hash: [u8; 32],
    flags: u8,
    sign_count: u32,
    attested_credential_data: Vec<u8>,
    extensions: Vec<u8>,
}

impl fmt::Debug for AuthenticatorDataBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorDataBuilder")
            .field("rp_id_hash", &Hex(&self.rp_id_hash))
            .field("flags", &format_args!("{:#04x}", self.flags))
            .field("sign_count", &self.sign_count)
            .field("attested_credential_data", &length(&self.attested_credential_data))
            .field("extensions", &length(&self.extensions))
            .finish()
    }
}

impl AuthenticatorDataBuilder {
    /// Creates a builder with this RP ID, flags byte (see [`flag`]) and signature counter.
    pub fn new(rp_id: &str, flags: u8, sign_count: u32) -> AuthenticatorDataBuilder {
        AuthenticatorDataBuilder {
            rp_id_hash: Sha256::digest(rp_id).into(),
            flags,
            sign_count,
            attested_credential_data: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// Adds attested credential data (§6.5.1). Set [`flag::ATTESTED_CREDENTIAL_DATA`] too.
    ///
    /// # Errors
    ///
    /// Returns an error if the credential ID is longer than 65535 bytes, because the length field
    /// has two bytes.
    pub fn attested_credential_data(
        mut self,
        aaguid: &[u8; 16],
        credential_id: &[u8],
        cose_key: &[u8],
    ) -> Result<AuthenticatorDataBuilder, AuthenticatorError> {
        let length = u16::try_from(credential_id.len())
            .map_err(|_| AuthenticatorError::new("the credential ID is longer than 65535 bytes"))?;
        self.attested_credential_data =
            [aaguid, &length.to_be_bytes()[..], credential_id, cose_key].concat();
        Ok(self)
    }

    /// Adds extension outputs, a CBOR map. Set [`flag::EXTENSION_DATA`] too.
    pub fn extensions(mut self, cbor: &[u8]) -> AuthenticatorDataBuilder {
        self.extensions = cbor.to_vec();
        self
    }

    /// Returns the bytes of the authenticator data.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        [
            &self.rp_id_hash[..],
            &[self.flags],
            &self.sign_count.to_be_bytes(),
            &self.attested_credential_data,
            &self.extensions,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ad_01_and_ad_06_parts_have_the_specified_positions() {
        let builder = AuthenticatorDataBuilder::new("example.org", 0xc5, 0x0102_0304);
        assert_eq!(builder.build().len(), 37);
        let bytes = builder
            .extensions(&[0xa0])
            .attested_credential_data(&[7; 16], &[8; 258], &[9; 3])
            .unwrap()
            .build();
        assert_eq!(bytes[..4], [0xbf, 0xab, 0xc3, 0x74]);
        assert_eq!(bytes[32..37], [0xc5, 1, 2, 3, 4]);
        assert_eq!(bytes[37..53], [7; 16]);
        assert_eq!(bytes[53..55], [1, 2]);
        assert_eq!(bytes[55..313], [8; 258]);
        assert_eq!(bytes[313..], [9, 9, 9, 0xa0]);
    }

    #[test]
    fn a_credential_id_longer_than_65535_bytes_is_refused() {
        let builder = || AuthenticatorDataBuilder::new("example.org", 0, 0);
        assert!(builder().attested_credential_data(&[0; 16], &[0; 65_535], &[]).is_ok());
        assert!(builder().attested_credential_data(&[0; 16], &[0; 65_536], &[]).is_err());
    }
}
