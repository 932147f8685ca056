//! FIDO metadata: information about authenticator models, in a list that the FIDO Alliance signs
//! and publishes. The list is called the BLOB of the [FIDO Metadata Service 3][mds].
//!
//! [`Metadata::verify_fido`] verifies and reads a BLOB of the FIDO Alliance, and
//! [`Metadata::update_fido`] replaces it with a newer one. [`Metadata::verify`] and
//! [`Metadata::update`] do the same for lists from other publishers.
//!
//! You have to download and store the BLOB. It is published at <https://mds3.fidoalliance.org/>,
//! and [`next_update`](Metadata::next_update) returns the day by which to download it again.
//!
//! [`Metadata::entry`] finds the model of an attestation. The [`Entry`] contains the model's trust
//! anchors, its certification, and its history, which may include a revocation.
//!
//! For tests, the crate `webauthn-verify-authenticator` creates BLOBs:
//!
//! ```
//! use std::time::SystemTime;
//!
//! use serde_json::json;
//! use webauthn_verify::certificate::TrustAnchor;
//! use webauthn_verify::metadata::{CertificationLevel, Metadata};
//! use webauthn_verify::parse::Aaguid;
//! use webauthn_verify_authenticator::{
//!     CertificateBuilder, DistinguishedName, MetadataBlobBuilder, PrivateKey, algorithm,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In production: `Metadata::verify_fido(&blob, now)`, with the downloaded BLOB.
//! let signer = PrivateKey::from_seed(algorithm::ES256, b"metadata")?;
//! let name = DistinguishedName::new().common_name("Metadata of a test");
//! let certificate = CertificateBuilder::new(&name, &signer.public_numbers()).sign(&signer);
//! let blob = MetadataBlobBuilder::new(7, "2040-01-01")
//!     .entry(json!({
//!         "aaguid": "00010203-0405-0607-0809-0a0b0c0d0e0f",
//!         "statusReports": [{ "status": "FIDO_CERTIFIED_L2", "effectiveDate": "2024-05-01" }],
//!     }))
//!     .sign(&signer, &[certificate.clone()]);
//!
//! let now = SystemTime::now();
//! let metadata = Metadata::verify(&blob, &[TrustAnchor::from_der(certificate)?], None, now)?;
//! assert_eq!(metadata.number(), 7);
//! if metadata.is_stale(now) {
//!     println!("newer metadata was due on {}", metadata.next_update());
//! }
//!
//! // The model of an authenticator, from the AAGUID and the certificates of its attestation.
//! let aaguid = Aaguid::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
//! let certificates: [&[u8]; 0] = [];
//! let model = metadata.entry(aaguid, &certificates).ok_or("an unknown model")?;
//! model.check_status(&certificates, now)?;
//! assert!(model.certification(now) >= Some(CertificationLevel::L2));
//! # Ok(())
//! # }
//! ```
//!
//! # What is accepted
//!
//! The BLOB is a compact JWS, signed with RS256 or ES256, with its certificates in the header
//! (`x5c`). They must lead to one of your roots, under the rules of
//! [`verify_path`](crate::certificate::verify_path). A BLOB with `x5u` (a URL of certificates to
//! download) is rejected. Unreadable entries are skipped, and [`skipped`](Metadata::skipped) lists
//! them with the reasons. Every other problem is an error.
//!
//! [mds]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.0-ps-20210518.html

mod date;
mod entry;
mod payload;
mod roots;
mod salvage;
mod status;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use serde_json::value::RawValue;
use sha1::{Digest, Sha1};

pub use date::Date;
pub use entry::{Entry, ListedAttestationType};
pub use status::{AuthenticatorStatus, CertificationLevel, StatusReport};

use crate::certificate::{Purpose, TrustAnchor, TrustPath, find_path, subject_public_key};
use crate::debug::{Count, Text};
use crate::error::{ErrorKind, Failure};
use crate::jws::Jws;
use crate::message::authenticator_data::Aaguid;
use crate::quirk::Tolerance;
use crate::signature::budget::Budget;

use entry::KeyIdentifier;
use payload::Payload;
use roots::fido_roots;
use salvage::Salvaged;

/// The maximum length of a BLOB, in bytes. The FIDO Alliance's BLOB is about 10 MB long.
const MAX_BLOB: usize = 32 * 1024 * 1024;

/// The host in the certificate of the FIDO Alliance's BLOB.
const FIDO_HOST: &str = "mds.fidoalliance.org";

/// Verified metadata. Only the verifier can create it. `Debug` shows the number of entries, but not
/// the entries.
#[derive(Clone, PartialEq, Eq)]
pub struct Metadata {
    trust_path: TrustPath,
    number: u64,
    next_update: Date,
    legal_header: Option<String>,
    entries: Vec<Entry>,
    by_aaguid: BTreeMap<[u8; 16], usize>,
    by_key: BTreeMap<KeyIdentifier, usize>,
    skipped: Vec<Skipped>,
    /// The models of the skipped entries.
    salvaged: Salvaged,
}

/// A part of the metadata that was skipped, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    position: usize,
    is_anchor: bool,
    reason: String,
}

impl Skipped {
    /// The position of the entry in the array `entries`, starting at 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Returns whether the entry was kept and only one of its trust anchors was skipped.
    pub fn is_anchor(&self) -> bool {
        self.is_anchor
    }

    /// The reason, as one line for a log.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entries[{}]: {}", self.position, self.reason)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata")
            .field("number", &self.number)
            .field("next_update", &self.next_update)
            .field("legal_header", &self.legal_header.as_deref().map(Text))
            .field("entries", &Count(self.entries.len(), "model"))
            .field("skipped", &Count(self.skipped.len(), "part"))
            .finish()
    }
}

impl Metadata {
    /// Verifies and reads a BLOB. `blob` is the compact JWS as you downloaded it. White space and a
    /// byte order mark around it, which editors and scripts may add, are ignored. The maximum
    /// length is 32 MiB; the FIDO Alliance's BLOB is about 10 MB long.
    ///
    /// Use [`verify_fido`](Metadata::verify_fido) for the FIDO Alliance's BLOB. Use this function
    /// for other lists, for other roots, or to check revocation. The certificates in the header
    /// must lead to one of `roots` at the time `now`.
    ///
    /// `host` is the host that publishes the list. If you pass a host, the certificate must be a
    /// server certificate (serverAuth in its extended key usage) for `host` (in its subject
    /// alternative names). The authorities in its path must not be limited to other purposes or
    /// names. Pass `None` only for a list that is not downloaded from a host, for example your own
    /// list. Without a host, anyone with a certificate below one of the roots can sign a BLOB that
    /// passes.
    ///
    /// ```no_run
    /// # use std::time::SystemTime;
    /// # use webauthn_verify::certificate::{Revocations, TrustAnchor};
    /// use webauthn_verify::metadata::Metadata;
    ///
    /// # fn load(
    /// #     blob: &str,
    /// #     root: TrustAnchor,
    /// #     revoked: Revocations,
    /// # ) -> Result<(), webauthn_verify::Failure> {
    /// let roots = [root.revoking(revoked)];
    /// let host = Some("metadata.example.com");
    /// let metadata = Metadata::verify(blob, &roots, host, SystemTime::now())?;
    /// assert!(metadata.trust_path().is_revocation_checked());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`NoTrustAnchors`](ErrorKind::NoTrustAnchors) if `roots` is empty
    /// - [`MetadataInvalid`](ErrorKind::MetadataInvalid) in all other cases. The field names the
    ///   part, for example `"header.alg"`, `"header.x5c"`, `"signature"` or `"payload"`. The field
    ///   is `"header.x5c"` if the certificate is for another host or purpose.
    pub fn verify(
        blob: &str,
        roots: &[TrustAnchor],
        host: Option<&str>,
        now: SystemTime,
    ) -> Result<Metadata, Failure> {
        if blob.len() > MAX_BLOB {
            return Err(invalid("the BLOB is longer than 32 MiB"));
        }
        let blob =
            blob.trim_matches(|around: char| around.is_ascii_whitespace() || around == '\u{feff}');
        let jws = Jws::parse(blob, "metadata BLOB", ErrorKind::MetadataInvalid)?;
        let trust_path = verify_signer(&jws, roots, host, now)?;
        jws.verify_signature(&Budget::for_statements())?;
        Metadata::read(jws.payload(), trust_path)
    }

    /// Verifies and reads the BLOB of the FIDO Alliance. It calls [`verify`](Metadata::verify) with
    /// the host `mds.fidoalliance.org` and the roots "GlobalSign Root R46" and "GlobalSign Root CA
    /// - R3". These roots issue certificates to anyone, so the host is part of the check.
    ///
    /// Revocation of the certificate is not checked. To check it, call [`verify`](Metadata::verify)
    /// with this host and your own copy of the roots, with revocation lists attached.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`verify`](Metadata::verify).
    pub fn verify_fido(blob: &str, now: SystemTime) -> Result<Metadata, Failure> {
        Metadata::verify(blob, &fido_roots(), Some(FIDO_HOST), now)
    }

    /// Replaces this metadata with a newer BLOB, which is verified as in
    /// [`verify`](Metadata::verify).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`verify`](Metadata::verify). It also returns
    /// [`MetadataInvalid`](ErrorKind::MetadataInvalid) with the field `"no"` if the number of the
    /// BLOB is not greater than the current number. After an error, this metadata is unchanged.
    pub fn update(
        &mut self,
        blob: &str,
        roots: &[TrustAnchor],
        host: Option<&str>,
        now: SystemTime,
    ) -> Result<(), Failure> {
        self.replace_by(Metadata::verify(blob, roots, host, now)?)
    }

    /// Replaces this metadata with a newer BLOB of the FIDO Alliance, which is verified as in
    /// [`verify_fido`](Metadata::verify_fido).
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`update`](Metadata::update).
    pub fn update_fido(&mut self, blob: &str, now: SystemTime) -> Result<(), Failure> {
        self.replace_by(Metadata::verify_fido(blob, now)?)
    }

    /// The path from the certificate that signed the BLOB to a root. It also shows whether
    /// revocation was checked.
    pub fn trust_path(&self) -> &TrustPath {
        &self.trust_path
    }

    /// The number of the BLOB (`no`). It increases with each BLOB.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The day by which a newer BLOB should be published.
    pub fn next_update(&self) -> Date {
        self.next_update
    }

    /// Returns whether the day of [`next_update`](Metadata::next_update) is over, in UTC. If it is,
    /// later revocations are unknown.
    pub fn is_stale(&self, now: SystemTime) -> bool {
        self.next_update.is_over(now)
    }

    /// The terms under which the FIDO Alliance publishes the metadata, or `None` if the BLOB does
    /// not contain them.
    pub fn legal_header(&self) -> Option<&str> {
        self.legal_header.as_deref()
    }

    /// All readable entries, in the order of the BLOB.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The parts that were skipped. An attestation policy with this metadata rejects the models of
    /// skipped entries.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the entry for the model of an authenticator.
    ///
    /// `aaguid` is the AAGUID in the authenticator data. `certificates` are the DER-encoded
    /// certificates of the attestation. If the AAGUID is not zero, only the AAGUID is used. If it
    /// is zero, the public keys of the certificates identify the model, as for U2F authenticators.
    pub fn entry(&self, aaguid: Aaguid, certificates: &[impl AsRef<[u8]>]) -> Option<&Entry> {
        let position = if aaguid == Aaguid::ZERO {
            let identifiers = certificates.iter().filter_map(|der| key_identifier(der.as_ref()));
            identifiers.filter_map(|identifier| self.by_key.get(&identifier)).next()
        } else {
            self.by_aaguid.get(aaguid.as_bytes())
        };
        self.entries.get(*position?)
    }

    /// Returns whether a skipped entry is about this model. The parameters are the same as for
    /// [`entry`](Metadata::entry). The content of a skipped entry is unknown, so it may report a
    /// revocation.
    ///
    /// Identifiers are found anywhere in a skipped entry and in any notation.
    pub fn is_skipped(&self, aaguid: Aaguid, certificates: &[impl AsRef<[u8]>]) -> bool {
        if aaguid != Aaguid::ZERO {
            return self.salvaged.aaguids.contains(aaguid.as_bytes());
        }
        let mut identifiers = certificates.iter().filter_map(|der| key_identifier(der.as_ref()));
        identifiers.any(|identifier| self.salvaged.keys.contains(&identifier))
    }

    /// The number of skipped entries in which no identifier was recognized. They may be about any
    /// model. If there are any, an attestation policy with this metadata rejects every model
    /// without an entry, unless the policy has
    /// [`allow_unidentified_entries`](crate::attestation::AttestationPolicy::allow_unidentified_entries).
    pub fn unidentified_entries(&self) -> usize {
        self.salvaged.unidentified
    }

    fn replace_by(&mut self, newer: Metadata) -> Result<(), Failure> {
        if newer.number <= self.number {
            let reason =
                format!("{} is not greater than the loaded number {}", newer.number, self.number);
            return Err(Failure::of("no", ErrorKind::MetadataInvalid, reason));
        }
        *self = newer;
        Ok(())
    }

    fn read(payload: &[u8], trust_path: TrustPath) -> Result<Metadata, Failure> {
        let malformed = |reason| Failure::of("payload", ErrorKind::MetadataInvalid, reason);
        let payload =
            core::str::from_utf8(payload).map_err(|_| malformed("not UTF-8".to_owned()))?;
        let payload: Payload<'_> =
            serde_json::from_str(payload).map_err(|error| malformed(entry::explain(&error)))?;
        let (entries, skipped) = read_entries(&payload.entries);
        let mut metadata = Metadata {
            trust_path,
            number: payload.number,
            next_update: payload.next_update,
            legal_header: payload.legal_header,
            entries: Vec::with_capacity(entries.len()),
            by_aaguid: BTreeMap::new(),
            by_key: BTreeMap::new(),
            skipped,
            salvaged: Salvaged::default(),
        };
        metadata.index(entries);
        metadata.salvage(&payload.entries);
        Ok(metadata)
    }

    /// Adds the entries, except entries that share an identifier. It is unknown which of them is
    /// right, and one of them may report a revocation.
    fn index(&mut self, entries: Vec<(usize, Entry)>) {
        let (mut aaguids, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for (_, entry) in &entries {
            entry
                .aaguid()
                .into_iter()
                .for_each(|one| *aaguids.entry(*one.as_bytes()).or_insert(0) += 1);
            // An entry that lists an identifier twice is still the only entry with it.
            let identifiers: BTreeSet<_> = entry.key_identifiers().iter().collect();
            identifiers.into_iter().for_each(|one| *keys.entry(*one).or_insert(0) += 1);
        }
        for (position, entry) in entries {
            let ambiguous =
                entry.aaguid().is_some_and(|one| aaguids.get(one.as_bytes()) > Some(&1))
                    || entry.key_identifiers().iter().any(|one| keys.get(one) > Some(&1));
            if ambiguous {
                let reason = "another entry has the same identifier".to_owned();
                self.skipped.push(Skipped { position, is_anchor: false, reason });
                continue;
            }
            let place = self.entries.len();
            self.by_aaguid.extend(entry.aaguid().map(|one| (*one.as_bytes(), place)));
            self.by_key.extend(entry.key_identifiers().iter().map(|one| (*one, place)));
            self.entries.push(entry);
        }
    }

    /// Collects the identifiers in the entries that cannot be used.
    fn salvage(&mut self, entries: &[&RawValue]) {
        let entries = self
            .skipped
            .iter()
            .filter(|skipped| !skipped.is_anchor)
            .filter_map(|skipped| entries.get(skipped.position));
        for json in entries {
            let is_identified = self.salvaged.add(json.get());
            self.salvaged.unidentified += usize::from(!is_identified);
        }
        // A readable entry without identifiers may name its model in an unexpected form.
        for entry in self.entries.iter().filter(|entry| entry.names_nobody()) {
            self.salvaged.add(entry.as_json());
        }
    }
}

/// Verifies that the certificates of the BLOB lead to one of the roots, and are for the host.
fn verify_signer(
    jws: &Jws<'_>,
    roots: &[TrustAnchor],
    host: Option<&str>,
    now: SystemTime,
) -> Result<TrustPath, Failure> {
    let chain: Vec<&[u8]> = jws.certificates().iter().map(Vec::as_slice).collect();
    let purpose = match host {
        Some(_) => Purpose::Server { named: true },
        None => Purpose::Signature { known: None },
    };
    let (tolerance, budget) = (Tolerance::strict(), Budget::for_paths());
    // The text of the error kind is about attestation, so only the reason is used.
    let path =
        find_path(&chain, roots, now, purpose, &tolerance, &budget).map_err(
            |failure| match failure.kind() {
                ErrorKind::NoTrustAnchors => failure,
                _ => {
                    let reason = failure.detail().to_owned();
                    Failure::of("header.x5c", ErrorKind::MetadataInvalid, reason)
                }
            },
        )?;
    host.map_or(Ok(()), |host| jws.check_host(host))?;
    Ok(path)
}

/// Reads all entries, and keeps their positions.
fn read_entries(entries: &[&RawValue]) -> (Vec<(usize, Entry)>, Vec<Skipped>) {
    let (mut read, mut skipped) = (Vec::new(), Vec::new());
    for (position, json) in entries.iter().enumerate() {
        let skip = |is_anchor| move |reason| Skipped { position, is_anchor, reason };
        match Entry::read(json) {
            Ok((entry, left_out)) => {
                skipped.extend(left_out.into_iter().map(skip(true)));
                read.push((position, entry));
            }
            Err(reason) => skipped.push(skip(false)(reason)),
        }
    }
    (read, skipped)
}

/// Returns the SHA-1 of the bits of a certificate's public key (RFC 5280, section 4.2.1.2, method
/// 1).
fn key_identifier(der: &[u8]) -> Option<KeyIdentifier> {
    subject_public_key(der).map(|bits| Sha1::digest(bits).into())
}

fn invalid(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::MetadataInvalid, reason)
}
