//! FIDO metadata: what is known of each model of authenticator, in a list that the FIDO Alliance
//! signs and publishes, the BLOB of the [FIDO Metadata Service 3][mds].
//!
//! [`Metadata::verify_fido`] checks a BLOB of the FIDO Alliance and reads it, and
//! [`Metadata::update_fido`] replaces it by a newer one; [`Metadata::verify`] and [`Metadata::update`]
//! do it for lists of others. Fetching a list and keeping it is the caller's part: the BLOB is at
//! <https://mds3.fidoalliance.org/>, and [`next_update`](Metadata::next_update) says when to fetch it
//! anew. [`Metadata::entry`] finds the model that an attestation is of; the [`Entry`] has its trust
//! anchors, its certification, and its history, in which it may have been revoked.
//!
//! A BLOB for tests comes from the crate `webauthn-verify-authenticator`:
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
//! // In production: `Metadata::verify_fido(&blob, now)`, with the BLOB as it was fetched.
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
//! (`x5c`). They have to lead to one of the caller's roots, by the rules of
//! [`verify_path`](crate::certificate::verify_path). `x5u`, from which certificates would have to be
//! fetched, is refused. Entries of which one cannot be read are passed over, and
//! [`skipped`](Metadata::skipped) says which and why; anything else that is wrong is an error.
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

/// The longest BLOB that is read, in bytes. That of the FIDO Alliance has less than 10 MB.
const MAX_BLOB: usize = 32 * 1024 * 1024;

/// The host for which the certificate of the FIDO Alliance's BLOB is made.
const FIDO_HOST: &str = "mds.fidoalliance.org";

/// Verified metadata. Only the verifier makes it. `Debug` counts the entries and does not show them.
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
    /// The models of the entries that were passed over.
    salvaged: Salvaged,
}

/// A part of the metadata that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    position: usize,
    is_anchor: bool,
    reason: String,
}

impl Skipped {
    /// The position of the entry in the array `entries`, from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether only one trust anchor of the entry was left out, and the entry was kept.
    pub fn is_anchor(&self) -> bool {
        self.is_anchor
    }

    /// Why, as one line for a log.
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
    /// Verifies and reads a BLOB: the compact JWS as it was fetched. White space and a byte order
    /// mark around it, which editors and scripts add, are passed over. A BLOB has
    /// 32 MiB at most; that of the FIDO Alliance has less than 10 MB.
    ///
    /// This is for other lists than that of the FIDO Alliance, which
    /// [`verify_fido`](Metadata::verify_fido) reads, and for other roots or lists of revoked
    /// certificates. `roots` are what the certificates in the header have to lead to at the time `now`.
    ///
    /// `host` is the one for which the list is published. With it, the certificate has to be that of a
    /// server (its extended key usage has serverAuth), with `host` among its alternative names, and
    /// no authority of its path may be one for other purposes or for other names. `None` is only for
    /// a list that is not downloaded from a host, such as one of your own: whoever else has a
    /// certificate under one of the roots can sign a BLOB that passes.
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
    /// `NoTrustAnchors` where `roots` is empty, else `MetadataInvalid`, which names the part:
    /// `"header.alg"`, `"header.x5c"`, `"signature"`, `"payload"` and so on. It is `"header.x5c"` if
    /// the certificate is for another host or purpose.
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

    /// Verifies and reads the BLOB of the FIDO Alliance: as [`verify`](Metadata::verify) does, for
    /// its host, `mds.fidoalliance.org`, and below its roots, "GlobalSign Root R46" and "GlobalSign
    /// Root CA - R3". These roots issue certificates to anyone, so the host is part of the check.
    /// Whether the certificate was revoked is not checked: for that, give
    /// [`verify`](Metadata::verify) this host and your own copy of the roots, with lists.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Metadata::verify).
    pub fn verify_fido(blob: &str, now: SystemTime) -> Result<Metadata, Failure> {
        Metadata::verify(blob, &fido_roots(), Some(FIDO_HOST), now)
    }

    /// Replaces this metadata by that of a newer BLOB, verified as by [`verify`](Metadata::verify).
    ///
    /// # Errors
    ///
    /// As for [`verify`](Metadata::verify); `MetadataInvalid` with the field `"no"` where the number
    /// is not above that of this metadata. Whatever fails, this metadata stays as it is.
    pub fn update(
        &mut self,
        blob: &str,
        roots: &[TrustAnchor],
        host: Option<&str>,
        now: SystemTime,
    ) -> Result<(), Failure> {
        self.replace_by(Metadata::verify(blob, roots, host, now)?)
    }

    /// Replaces this metadata by that of a newer BLOB of the FIDO Alliance, verified as by
    /// [`verify_fido`](Metadata::verify_fido).
    ///
    /// # Errors
    ///
    /// As for [`update`](Metadata::update) and [`verify_fido`](Metadata::verify_fido).
    pub fn update_fido(&mut self, blob: &str, now: SystemTime) -> Result<(), Failure> {
        self.replace_by(Metadata::verify_fido(blob, now)?)
    }

    /// The path of the certificate with which the BLOB was signed: to which root it leads, and whether
    /// revocations were checked.
    pub fn trust_path(&self) -> &TrustPath {
        &self.trust_path
    }

    /// The number of the BLOB (`no`), which grows from each to the next.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The day by which a newer BLOB is published.
    pub fn next_update(&self) -> Date {
        self.next_update
    }

    /// Whether the day of the next update is over, in UTC. What has been revoked since is not known
    /// then.
    pub fn is_stale(&self, now: SystemTime) -> bool {
        self.next_update.is_over(now)
    }

    /// The terms under which the FIDO Alliance publishes the metadata.
    pub fn legal_header(&self) -> Option<&str> {
        self.legal_header.as_deref()
    }

    /// Every entry that could be read, in the order of the BLOB.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What could not be read. An attestation policy with this metadata refuses the models of the
    /// entries among it.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The entry for the model of an authenticator.
    ///
    /// `aaguid` is that of the authenticator data, `certificates` are those that came with the
    /// attestation, as DER. An AAGUID decides alone. Only where it is zero, the model is looked for
    /// by the public keys of the certificates, which is how U2F authenticators are listed; one that
    /// is zero is never looked up as such.
    pub fn entry(&self, aaguid: Aaguid, certificates: &[impl AsRef<[u8]>]) -> Option<&Entry> {
        let position = if aaguid == Aaguid::ZERO {
            let identifiers = certificates.iter().filter_map(|der| key_identifier(der.as_ref()));
            identifiers.filter_map(|identifier| self.by_key.get(&identifier)).next()
        } else {
            self.by_aaguid.get(aaguid.as_bytes())
        };
        self.entries.get(*position?)
    }

    /// Whether an entry that was passed over is for this model; the parameters are those of
    /// [`entry`](Metadata::entry). What the entry says is not known then: it may be a revocation.
    ///
    /// An identifier counts wherever it stands in such an entry, and however it is written.
    pub fn is_skipped(&self, aaguid: Aaguid, certificates: &[impl AsRef<[u8]>]) -> bool {
        if aaguid != Aaguid::ZERO {
            return self.salvaged.aaguids.contains(aaguid.as_bytes());
        }
        let mut identifiers = certificates.iter().filter_map(|der| key_identifier(der.as_ref()));
        identifiers.any(|identifier| self.salvaged.keys.contains(&identifier))
    }

    /// How many of the entries that were passed over may be about any model, because no identifier
    /// was found in them. An attestation policy with this metadata refuses every model that has no
    /// entry then, unless it says
    /// [`allow_unidentified_entries`](crate::attestation::AttestationPolicy::allow_unidentified_entries).
    pub fn unidentified_entries(&self) -> usize {
        self.salvaged.unidentified
    }

    fn replace_by(&mut self, newer: Metadata) -> Result<(), Failure> {
        if newer.number <= self.number {
            let reason = format!("{} is not above {}, the loaded one", newer.number, self.number);
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

    /// Takes the entries over, but for those that share an identifier: which of them is right
    /// cannot be told, and one of them may be a revocation.
    fn index(&mut self, entries: Vec<(usize, Entry)>) {
        let (mut aaguids, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for (_, entry) in &entries {
            entry
                .aaguid()
                .into_iter()
                .for_each(|one| *aaguids.entry(*one.as_bytes()).or_insert(0) += 1);
            // An entry that lists an identifier twice is still the only one that has it.
            let identifiers: BTreeSet<_> = entry.key_identifiers().iter().collect();
            identifiers.into_iter().for_each(|one| *keys.entry(*one).or_insert(0) += 1);
        }
        for (position, entry) in entries {
            let ambiguous =
                entry.aaguid().is_some_and(|one| aaguids.get(one.as_bytes()) > Some(&1))
                    || entry.key_identifiers().iter().any(|one| keys.get(one) > Some(&1));
            if ambiguous {
                let reason = "another entry has one of its identifiers".to_owned();
                self.skipped.push(Skipped { position, is_anchor: false, reason });
                continue;
            }
            let place = self.entries.len();
            self.by_aaguid.extend(entry.aaguid().map(|one| (*one.as_bytes(), place)));
            self.by_key.extend(entry.key_identifiers().iter().map(|one| (*one, place)));
            self.entries.push(entry);
        }
    }

    /// Keeps what can still be found out about the entries that are of no use.
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
        // What can be read and names nobody may name somebody in another way.
        for entry in self.entries.iter().filter(|entry| entry.names_nobody()) {
            self.salvaged.add(entry.as_json());
        }
    }
}

/// Verifies that the certificates of the BLOB lead to a root of the caller's, and are for the host.
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
    // The text of the kind is about attestations; its reason is about certificates.
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

/// Reads each entry, with its position.
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

/// The SHA-1 of the bits of a certificate's public key (RFC 5280, section 4.2.1.2, method 1).
fn key_identifier(der: &[u8]) -> Option<KeyIdentifier> {
    subject_public_key(der).map(|bits| Sha1::digest(bits).into())
}

fn invalid(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::MetadataInvalid, reason)
}
