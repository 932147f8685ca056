//! One entry of the metadata (FIDO Metadata Service 3, section 3.1.1): what is known of one model of
//! authenticator.

use core::fmt;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::date::Date;
use super::status::{self, CertificationLevel, StatusReport, StatusReportJson, decode_base64};
use crate::certificate::TrustAnchor;
use crate::debug::{Count, Text, length};
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;
use crate::names::open_names;

/// SHA-1 of the bits of a public key.
pub(super) type KeyIdentifier = [u8; 20];

open_names! {
    /// A type of attestation, as `attestationTypes` names it.
    ListedAttestationType {
        /// A certificate for the model, or for a batch of it.
        BasicFull = "basic_full",
        /// Self attestation: the credential key vouches for itself.
        BasicSurrogate = "basic_surrogate",
        /// A certificate that an attestation CA has made for the authenticator.
        AttCa = "attca",
        /// A certificate that an anonymization CA has made for the credential.
        AnonCa = "anonca",
        /// ECDAA, which WebAuthn Level 2 has removed.
        Ecdaa = "ecdaa",
        /// No attestation.
        None = "none",
    }
}

/// What is known of one model of authenticator. `Debug` shows a summary.
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
    /// The AAGUID of the model; `None` where it is known by another identifier.
    pub fn aaguid(&self) -> Option<Aaguid> {
        self.aaguid
    }

    /// The SHA-1 of the public key of each attestation certificate of the model
    /// (`attestationCertificateKeyIdentifiers`), for models that have no AAGUID.
    pub(super) fn key_identifiers(&self) -> &[[u8; 20]] {
        &self.key_identifiers
    }

    /// The name of the model, in English.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The certificates at which a path from the model's attestation certificate may end: roots,
    /// intermediates, or attestation certificates themselves. Empty where the entry has no
    /// metadata statement.
    pub fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }

    /// The types of attestation that the model makes.
    pub fn attestation_types(&self) -> &[ListedAttestationType] {
        &self.attestation_types
    }

    /// The history of the model, in the order of the metadata, which need not be that of time.
    pub fn status_reports(&self) -> &[StatusReport] {
        &self.status_reports
    }

    /// The entry as it came, a JSON object with every member, known and unknown: icon, supported
    /// algorithms, user verification methods and all else that is not interpreted here.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The level at which the model is certified at `now`; `None` if it is not.
    pub fn certification(&self, now: SystemTime) -> Option<CertificationLevel> {
        status::certification(&self.status_reports, now)
    }

    /// The last report of the history at `now`: of those of one day, the one that speaks against the
    /// model.
    pub(crate) fn last_status_report(&self, now: SystemTime) -> Option<&StatusReport> {
        status::history(&self.status_reports, now).pop()
    }

    /// Checks that the history of the model does not end, at `now`, with a revocation or a
    /// compromise.
    ///
    /// `certificates` are those that came with the attestation, as DER, and the anchor at which
    /// their path ends: a report may be about one attestation key only.
    ///
    /// The reports are read in the order of `effectiveDate`. `REVOKED`, `USER_VERIFICATION_BYPASS`,
    /// `ATTESTATION_KEY_COMPROMISE`, `USER_KEY_REMOTE_COMPROMISE` and
    /// `USER_KEY_PHYSICAL_COMPROMISE` refuse the model, until a later certification answers them;
    /// `UPDATE_AVAILABLE` does not. No certification answers a report without a date, or the
    /// compromise of the key of a named certificate.
    ///
    /// # Errors
    ///
    /// `AuthenticatorNotAllowed`, with the status and its date.
    pub fn check_status(
        &self,
        certificates: &[impl AsRef<[u8]>],
        now: SystemTime,
    ) -> Result<(), Failure> {
        status::check(&self.status_reports, certificates, now)
    }

    /// Checks that the model makes attestations of one of these types: of the one observed, or of
    /// those that the observation does not tell apart, as `basic_full` and `attca`. An entry without a
    /// metadata statement says nothing of it. Otherwise the error is `UntrustedAttestation`: an
    /// authenticator of this model would not have made the attestation.
    pub(crate) fn check_attestation_type(
        &self,
        observed: &[ListedAttestationType],
    ) -> Result<(), Failure> {
        let is_made = observed.iter().any(|one| self.attestation_types.contains(one));
        if is_made || !self.has_statement {
            return Ok(());
        }
        let names: Vec<_> = observed.iter().map(ListedAttestationType::as_str).collect();
        let reason = format!("the model does not make attestations of type {}", names.join(" or "));
        Err(Failure::of("attestationTypes", ErrorKind::UntrustedAttestation, reason))
    }

    /// Whether it does not say which model it is about: neither by an AAGUID, nor by a key, nor as one
    /// of UAF.
    pub(super) fn names_nobody(&self) -> bool {
        let has_aaguid = self.aaguid.is_some_and(|aaguid| aaguid != Aaguid::ZERO);
        !has_aaguid && self.key_identifiers.is_empty() && !self.is_uaf
    }

    /// Reads an entry. Also returned is why an anchor was left out, for each that was.
    pub(super) fn read(json: &RawValue) -> Result<(Entry, Vec<String>), String> {
        let parsed: EntryJson =
            serde_json::from_str(json.get()).map_err(|error| explain(&error))?;
        let has_statement = parsed.metadata_statement.is_some();
        let statement = parsed.metadata_statement.unwrap_or_default();
        let aaguid = parsed.aaguid.as_deref().map(parse_aaguid).transpose()?;
        let aaguid_of_statement = statement.aaguid.as_deref().map(parse_aaguid).transpose()?;
        if aaguid_of_statement.is_some() && aaguid_of_statement != aaguid {
            return Err("the metadata statement has another AAGUID".to_owned());
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

/// An entry as JSON has it. Members that are not here are passed over, and kept as JSON.
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

/// The identifier of a model of UAF: `4e4e#4005`, the numbers of the maker and of the model.
pub(super) fn is_aaid(text: &str) -> bool {
    let is_number =
        |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_once('#').is_some_and(|(maker, model)| is_number(maker) && is_number(model))
}

/// A UUID (RFC 9562, section 4): an AAGUID with its hyphens.
fn parse_aaguid(text: &str) -> Result<Aaguid, &'static str> {
    let aaguid = text.parse().ok().filter(|_| text.contains('-'));
    aaguid.ok_or("the AAGUID is not a UUID")
}

/// Exactly `2 * N` lower-case hex digits.
pub(super) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

fn read_anchor(text: &str) -> Result<TrustAnchor, String> {
    let der = decode_base64(text).ok_or("not base64")?;
    TrustAnchor::from_der(der).map_err(|error| error.to_string())
}

/// Why JSON does not have the form that it should have, for one line of a log.
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
        // Self attestation under basic_full.
        let entry = listing("basic_full");
        let observed = [ListedAttestationType::BasicSurrogate];
        let failure = entry.check_attestation_type(&observed).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::UntrustedAttestation);
        assert_eq!(failure.field(), Some("attestationTypes"));
        assert!(failure.to_string().contains("basic_surrogate"), "{failure}");
        assert!(entry.check_attestation_type(&[]).is_err());
    }
}
