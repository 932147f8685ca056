//! BLOBs of metadata (FIDO Metadata Service 3), good and bad.

use core::fmt;

use serde_json::{Map, Value};

use crate::debug::{Count, length};
use crate::jws;
use crate::private_key::PrivateKey;

/// Writes and signs a BLOB of metadata. Nothing is checked, so that a test can make a wrong one.
///
/// The header has `alg`, that of the key, `typ`, and `x5c`; the payload has `no`, `nextUpdate`,
/// `legalHeader` and `entries`. Each member can be replaced, and others added.
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
    /// Metadata without entries: its number, and the date of the next, `YYYY-MM-DD`.
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

    /// Sets a member of the payload; `entries` then replaces those that were added.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> MetadataBlobBuilder {
        self.payload.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a member of the header, also in the place of `alg` and `x5c`.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> MetadataBlobBuilder {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the whole payload, for one that is not JSON or not written in this way.
    pub fn payload(mut self, bytes: &[u8]) -> MetadataBlobBuilder {
        self.bytes = Some(bytes.to_vec());
        self
    }

    /// The BLOB, signed with the key of the first of `certificates`, which are DER, each issued by
    /// the next. An ES256 signature is written as r and s, every other as it is.
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
