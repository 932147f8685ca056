//! Metadata BLOBs (FIDO Metadata Service 3), valid or not.

use core::fmt;

use serde_json::{Map, Value};

use crate::debug::{Count, length};
use crate::jws;
use crate::private_key::PrivateKey;

/// Builds and signs a metadata BLOB. Values are not checked, so a test can create an invalid one.
///
/// The header has the members `alg` (from the key), `typ` and `x5c`. The payload has `no`,
/// `nextUpdate`, `legalHeader` and `entries`. You can replace each member and add others.
///
/// ```
/// use serde_json::json;
/// use webauthn_verify_authenticator::{MetadataBlobBuilder, PrivateKey, algorithm};
///
/// let key = PrivateKey::from_seed(algorithm::ES256, b"signer")?;
/// let blob = MetadataBlobBuilder::new(1, "2030-01-01")
///     .entry(json!({ "aaguid": "00010203-0405-0607-0809-0a0b0c0d0e0f", "statusReports": [] }))
///     .header("x5u", "https://example.com/certificate")
///     .sign(&key, &[]);
/// assert_eq!(blob.split('.').count(), 3);
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct MetadataBlobBuilder {
    header: Map<String, Value>,
    payload: Map<String, Value>,
    entries: Vec<Value>,
    bytes: Option<Vec<u8>>,
}

impl fmt::Debug for MetadataBlobBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |object: &Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
        f.debug_struct("MetadataBlobBuilder")
            .field("header", &names(&self.header))
            .field("payload", &names(&self.payload))
            .field("entries", &Count(self.entries.len(), "model"))
            .field("bytes", &self.bytes.as_deref().map(length))
            .finish()
    }
}

impl MetadataBlobBuilder {
    /// Creates a builder for metadata without entries, from its number and the date of the next
    /// update (`YYYY-MM-DD`).
    pub fn new(number: u64, next_update: &str) -> MetadataBlobBuilder {
        let builder = MetadataBlobBuilder {
            header: Map::new(),
            payload: Map::new(),
            entries: Vec::new(),
            bytes: None,
        };
        builder
            .header("typ", "JWT")
            .member("no", number)
            .member("nextUpdate", next_update)
            .member("legalHeader", "For tests.")
    }

    /// Adds an entry.
    pub fn entry(mut self, entry: Value) -> MetadataBlobBuilder {
        self.entries.push(entry);
        self
    }

    /// Sets a member of the payload. A member `entries` replaces all added entries.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> MetadataBlobBuilder {
        self.payload.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a member of the header. This can replace `alg` and `x5c`.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> MetadataBlobBuilder {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the whole payload, which does not have to be JSON.
    pub fn payload(mut self, bytes: &[u8]) -> MetadataBlobBuilder {
        self.bytes = Some(bytes.to_vec());
        self
    }

    /// Returns the BLOB, signed with the key of the first certificate. `certificates` are in DER,
    /// each issued by the next. An ES256 signature is written as r and s; other signatures are
    /// written unchanged.
    #[must_use]
    pub fn sign(&self, key: &PrivateKey, certificates: &[Vec<u8>]) -> String {
        let payload = self.bytes.clone().unwrap_or_else(|| {
            let mut payload = self.payload.clone();
            payload.entry("entries").or_insert_with(|| self.entries.clone().into());
            Value::Object(payload).to_string().into_bytes()
        });
        jws::sign(&self.header, &payload, key, certificates)
    }
}
