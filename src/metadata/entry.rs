//! An entry of the metadata (FIDO Metadata Service 3, section 3.1.1): information about one
//! authenticator model.

use core::fmt;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::date::Date;
use super::status::{self, CertificationLevel, StatusReport, StatusReportJson, decode_base64};
use crate::certificate::TrustAnchor;
use crate::debug::{Count, Text, length};
use crate::encoding::hex;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;
use crate::names::open_names;

/// The SHA-1 of the bits of a public key.
pub(super) type KeyIdentifier = [u8; 20];

open_names! {
    /// An attestation type in `attestationTypes`.
    ListedAttestationType {
        /// A certificate for the model, or for a batch of devices of the model.
        BasicFull = "basic_full",
        /// Self attestation: the credential key signed its own registration.
        BasicSurrogate = "basic_surrogate",
        /// A certificate that an attestation CA issued for the authenticator.
        AttCa = "attca",
        /// A certificate that an anonymization CA issued for the credential.
        AnonCa = "anonca",
        /// ECDAA, which was removed in WebAuthn Level 2.
        Ecdaa = "ecdaa",
        /// No attestation.
        None = "none",
    }
}

/// Information about one authenticator model. `Debug` shows a summary.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    is_uaf: bool,
    aaguid: Option<Aaguid>,
    key_identifiers: Vec<KeyIdentifier>,
    description: Option<String>,
    attestation_types: Vec<ListedAttestationType>,
    has_statement: bool,
    anchors: Vec<TrustAnchor>,
    status_reports: Vec<StatusReport>,
    json: Box<str>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("aaguid", &self.aaguid)
            .field("key_identifiers", &Count(self.key_identifiers.len(), "key"))
            .field("description", &self.description.as_deref().map(Text))
            .field("attestation_types", &self.attestation_types)
            .field("anchors", &Count(self.anchors.len(), "certificate"))
            .field("status_reports", &Count(self.status_reports.len(), "report"))
            .field("json", &length(self.json.as_bytes()))
            .finish()
    }
}

impl Entry {
    /// The AAGUID of the model, or `None` if the model has another kind of identifier.
    pub fn aaguid(&self) -> Option<Aaguid> {
        self.aaguid
    }

    /// The SHA-1 of the public key of each attestation certificate of the model
    /// (`attestationCertificateKeyIdentifiers`), for models without an AAGUID.
    pub(super) fn key_identifiers(&self) -> &[[u8; 20]] {
        &self.key_identifiers
    }

    /// The model's name in English, or `None` if the entry does not contain it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The certificates at which a path from the model's attestation certificate may end: roots,
    /// intermediates, or the attestation certificates themselves. The slice is empty if the entry
    /// has no metadata statement.
    pub fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }

    /// The attestation types that the model supports.
    pub fn attestation_types(&self) -> &[ListedAttestationType] {
        &self.attestation_types
    }

    /// The history of the model, in the order of the metadata. This may not be the chronological
    /// order.
    pub fn status_reports(&self) -> &[StatusReport] {
        &self.status_reports
    }

    /// The original JSON object of the entry, with all its members. It includes members that this
    /// crate does not interpret, for example the icon, the supported algorithms and the user
    /// verification methods.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The model's certification level at `now`, or `None` if the model is not certified.
    pub fn certification(&self, now: SystemTime) -> Option<CertificationLevel> {
        status::certification(&self.status_reports, now)
    }

    /// The last report of the history at `now`, or `None` if there is no report yet. If several
    /// reports have the same date, the least favorable report is the last.
    pub(crate) fn last_status_report(&self, now: SystemTime) -> Option<&StatusReport> {
        status::history(&self.status_reports, now).pop()
    }

    /// Checks that no revocation or compromise of the model is in effect at `now`.
    ///
    /// `certificates` are the DER-encoded certificates of the attestation and the anchor at which
    /// their path ends. The certificates are needed because a report can be about a single
    /// attestation key.
    ///
    /// The reports are evaluated in the order of `effectiveDate`. The model is rejected after
    /// `REVOKED`, `USER_VERIFICATION_BYPASS`, `ATTESTATION_KEY_COMPROMISE`,
    /// `USER_KEY_REMOTE_COMPROMISE` or `USER_KEY_PHYSICAL_COMPROMISE`, until a later certification
    /// supersedes the report. `UPDATE_AVAILABLE` does not supersede it. Two kinds of report are
    /// final: a report without a date, and `ATTESTATION_KEY_COMPROMISE` with a certificate.
    ///
    /// # Errors
    ///
    /// Returns [`AuthenticatorNotAllowed`](ErrorKind::AuthenticatorNotAllowed) if a revocation or
    /// compromise is in effect. The message contains the status and its date.
    pub fn check_status(
        &self,
        certificates: &[impl AsRef<[u8]>],
        now: SystemTime,
    ) -> Result<(), Failure> {
        status::check(&self.status_reports, certificates, now)
    }

    /// Checks that the model supports the observed attestation type. `observed` contains several
    /// types if the attestation does not distinguish them, such as `basic_full` and `attca`; one is
    /// enough. An entry without a metadata statement passes. If the type is not listed, the check
    /// fails with `UntrustedAttestation`, because an authenticator of this model would not have
    /// created the attestation.
    pub(crate) fn check_attestation_type(
        &self,
        observed: &[ListedAttestationType],
    ) -> Result<(), Failure> {
        let is_made = observed.iter().any(|one| self.attestation_types.contains(one));
        if is_made || !self.has_statement {
            return Ok(());
        }
        let names: Vec<_> = observed.iter().map(ListedAttestationType::as_str).collect();
        let reason =
            format!("the model does not support attestations of type {}", names.join(" or "));
        Err(Failure::of("attestationTypes", ErrorKind::UntrustedAttestation, reason))
    }

    /// Returns whether the entry identifies no model: it has no AAGUID, no key identifier and no
    /// UAF identifier.
    pub(super) fn names_nobody(&self) -> bool {
        let has_aaguid = self.aaguid.is_some_and(|aaguid| aaguid != Aaguid::ZERO);
        !has_aaguid && self.key_identifiers.is_empty() && !self.is_uaf
    }

    /// Reads an entry. The function also returns the reason for each anchor that was skipped.
    pub(super) fn read(json: &RawValue) -> Result<(Entry, Vec<String>), String> {
        let parsed: EntryJson =
            serde_json::from_str(json.get()).map_err(|error| explain(&error))?;
        let has_statement = parsed.metadata_statement.is_some();
        let statement = parsed.metadata_statement.unwrap_or_default();
        let aaguid = parsed.aaguid.as_deref().map(parse_aaguid).transpose()?;
        let aaguid_of_statement = statement.aaguid.as_deref().map(parse_aaguid).transpose()?;
        if aaguid_of_statement.is_some() && aaguid_of_statement != aaguid {
            return Err("the metadata statement has a different AAGUID".to_owned());
        }
        let key_identifiers = parsed.attestation_certificate_key_identifiers.unwrap_or_default();
        let key_identifiers: Option<Vec<_>> =
            key_identifiers.iter().map(|text| parse_hex(text)).collect();
        let last_change = parsed.time_of_last_status_change.as_deref().map(Date::parse);
        if last_change == Some(None) {
            return Err("timeOfLastStatusChange is not YYYY-MM-DD".to_owned());
        }
        let (mut anchors, mut left_out) = (Vec::new(), Vec::new());
        for (position, text) in statement.attestation_root_certificates.iter().enumerate() {
            match read_anchor(text) {
                Ok(anchor) => anchors.push(anchor),
                Err(reason) => {
                    left_out.push(format!("attestationRootCertificates[{position}]: {reason}"));
                }
            }
        }
        let reports = parsed.status_reports.into_iter().map(StatusReportJson::read);
        let types = statement.attestation_types.iter().map(String::as_str);
        let is_uaf = parsed.aaid.as_deref().is_some_and(is_aaid);
        let entry = Entry {
            is_uaf,
            aaguid,
            key_identifiers: key_identifiers
                .ok_or("attestationCertificateKeyIdentifiers are not 40 lower-case hex digits")?,
            description: statement.description,
            attestation_types: types.map(ListedAttestationType::from).collect(),
            has_statement,
            anchors,
            status_reports: reports.collect::<Result<_, _>>()?,
            json: json.get().into(),
        };
        Ok((entry, left_out))
    }
}

/// The JSON form of an entry. Other members are kept in the original JSON only.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson {
    aaid: Option<String>,
    aaguid: Option<String>,
    attestation_certificate_key_identifiers: Option<Vec<String>>,
    metadata_statement: Option<StatementJson>,
    status_reports: Vec<StatusReportJson>,
    time_of_last_status_change: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StatementJson {
    aaguid: Option<String>,
    description: Option<String>,
    attestation_types: Vec<String>,
    attestation_root_certificates: Vec<String>,
}

/// Returns whether this is a UAF model identifier like `4e4e#4005`: the numbers of vendor and
/// model.
pub(super) fn is_aaid(text: &str) -> bool {
    let is_number =
        |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_once('#').is_some_and(|(maker, model)| is_number(maker) && is_number(model))
}

/// Parses an AAGUID with hyphens, which is a UUID (RFC 9562, section 4).
fn parse_aaguid(text: &str) -> Result<Aaguid, &'static str> {
    let aaguid = text.parse().ok().filter(|_| text.contains('-'));
    aaguid.ok_or("the AAGUID is not a UUID")
}

/// Parses exactly `2 * N` lower-case hex digits.
pub(super) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_lower_case = !text.contains(|character: char| character.is_ascii_uppercase());
    if is_lower_case { hex::decode(text)?.try_into().ok() } else { None }
}

fn read_anchor(text: &str) -> Result<TrustAnchor, String> {
    let der = decode_base64(text).ok_or("not base64")?;
    TrustAnchor::from_der(der).map_err(|error| error.to_string())
}

/// Returns the reason why JSON does not have the expected form, as one line for a log.
pub(super) fn explain(error: &serde_json::Error) -> String {
    const LONGEST: usize = 200;
    let characters = error.to_string();
    let characters = characters.chars().take(LONGEST);
    characters.map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(attestation_type: &str) -> Entry {
        let json = format!(
            r#"{{"statusReports":[],"metadataStatement":{{"attestationTypes":["{attestation_type}"]}}}}"#
        );
        Entry::read(&RawValue::from_string(json).unwrap()).unwrap().0
    }

    #[test]
    fn mds_09_the_attestation_type_must_be_listed_for_the_model() {
        let types = ["basic_full", "basic_surrogate", "attca", "anonca", "ecdaa", "none", "other"];
        for listed in types {
            let entry = listing(listed);
            assert_eq!(entry.attestation_types(), [ListedAttestationType::from(listed)]);
            for observed in types {
                let verdict =
                    entry.check_attestation_type(&[ListedAttestationType::from(observed)]);
                assert_eq!(verdict.is_ok(), observed == listed, "{observed} under {listed}");
            }
            let either = [ListedAttestationType::BasicFull, ListedAttestationType::AttCa];
            let passes = listed == "basic_full" || listed == "attca";
            assert_eq!(entry.check_attestation_type(&either).is_ok(), passes, "{listed}");
        }
        // Self attestation, although the entry lists only basic_full.
        let entry = listing("basic_full");
        let observed = [ListedAttestationType::BasicSurrogate];
        let failure = entry.check_attestation_type(&observed).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::UntrustedAttestation);
        assert_eq!(failure.field(), Some("attestationTypes"));
        assert!(failure.to_string().contains("basic_surrogate"), "{failure}");
        assert!(entry.check_attestation_type(&[]).is_err());
    }
}
