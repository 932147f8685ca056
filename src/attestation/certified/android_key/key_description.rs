//! Android's description of a key, in an extension of the key's certificate.
//!
//! The schema versions are 1 to 4 of Keymaster, and 100 and above of KeyMint, which renames some
//! members. They differ only in the fields of the lists:
//!
//! ```text
//! KeyDescription ::= SEQUENCE {
//!     attestationVersion INTEGER, attestationSecurityLevel SecurityLevel,
//!     keymasterVersion INTEGER, keymasterSecurityLevel SecurityLevel,
//!     attestationChallenge OCTET STRING, uniqueId OCTET STRING,
//!     softwareEnforced AuthorizationList, teeEnforced AuthorizationList }
//!
//! SecurityLevel ::= ENUMERATED { Software (0), TrustedEnvironment (1), StrongBox (2) }
//!
//! AuthorizationList ::= SEQUENCE {
//!     purpose [1] EXPLICIT SET OF INTEGER OPTIONAL,
//!     …
//!     allApplications [600] EXPLICIT NULL OPTIONAL,
//!     …
//!     origin [702] EXPLICIT INTEGER OPTIONAL,
//!     … }
//! ```
//!
//! Every element must be DER, even if it is not used. Some devices write the fields of a list in a
//! different order than the schema, so any order is accepted. This cannot hide a field, because no
//! field may occur twice.

use crate::attestation::rules::SecurityLevel;
use crate::encoding::der::{
    self, ENUMERATED, INTEGER, Noted, OCTET_STRING, SEQUENCE, SET, element,
};
use crate::error::{ErrorKind, ParseError};
use crate::reader::Reader;

const PURPOSE: u32 = 1;
const ALL_APPLICATIONS: u32 = 600;
const ORIGIN: u32 = 702;

/// More fields than any version of the schema has.
const MAX_FIELDS: usize = 128;

pub(super) struct KeyDescription<'a> {
    pub(super) attestation_security_level: SecurityLevel,
    pub(super) keymaster_security_level: SecurityLevel,
    pub(super) attestation_challenge: &'a [u8],
    software_enforced: AuthorizationList<'a>,
    tee_enforced: AuthorizationList<'a>,
}

/// The fields of an authorization list that §8.4 uses.
pub(super) struct AuthorizationList<'a> {
    pub(super) names: &'static Names,
    /// The content of the SET OF INTEGER.
    pub(super) purpose: Option<&'a [u8]>,
    pub(super) all_applications: bool,
    /// The content of the INTEGER.
    pub(super) origin: Option<&'a [u8]>,
}

/// The names of a list and its fields in errors.
pub(super) struct Names {
    list: &'static str,
    pub(super) purpose: &'static str,
    pub(super) all_applications: &'static str,
    pub(super) origin: &'static str,
}

const SOFTWARE_ENFORCED: Names = Names {
    list: "keyDescription.softwareEnforced",
    purpose: "keyDescription.softwareEnforced.purpose",
    all_applications: "keyDescription.softwareEnforced.allApplications",
    origin: "keyDescription.softwareEnforced.origin",
};

const TEE_ENFORCED: Names = Names {
    list: "keyDescription.teeEnforced",
    purpose: "keyDescription.teeEnforced.purpose",
    all_applications: "keyDescription.teeEnforced.allApplications",
    origin: "keyDescription.teeEnforced.origin",
};

impl<'a> KeyDescription<'a> {
    /// Parses the value of the extension: one key description, with nothing after it. Deviations
    /// that are recorded in `noted` are not errors.
    pub(super) fn parse(
        value: &'a [u8],
        noted: &mut Noted,
    ) -> Result<KeyDescription<'a>, ParseError> {
        let mut reader = Reader::new(value, 0, "key description", ErrorKind::AttestationInvalid);
        let mut members = element(&mut reader, SEQUENCE, "keyDescription")?;
        finish(&reader, "keyDescription")?;
        version(&mut members, "keyDescription.attestationVersion")?;
        let attestation_security_level =
            security_level(&mut members, "keyDescription.attestationSecurityLevel")?;
        version(&mut members, "keyDescription.keymasterVersion")?;
        let keymaster_security_level =
            security_level(&mut members, "keyDescription.keymasterSecurityLevel")?;
        let attestation_challenge =
            element(&mut members, OCTET_STRING, "keyDescription.attestationChallenge")?.rest();
        element(&mut members, OCTET_STRING, "keyDescription.uniqueId")?;
        let software_enforced = AuthorizationList::read(&mut members, &SOFTWARE_ENFORCED, noted)?;
        let tee_enforced = AuthorizationList::read(&mut members, &TEE_ENFORCED, noted)?;
        finish(&members, "keyDescription")?;
        Ok(KeyDescription {
            attestation_security_level,
            keymaster_security_level,
            attestation_challenge,
            software_enforced,
            tee_enforced,
        })
    }

    /// Returns where the key is stored: the lower of the levels of the component that attests it
    /// and the component that created it.
    pub(super) fn security_level(&self) -> SecurityLevel {
        self.attestation_security_level.min(self.keymaster_security_level)
    }

    /// Returns `softwareEnforced`, then `teeEnforced`.
    pub(super) fn lists(&self) -> [&AuthorizationList<'a>; 2] {
        [&self.software_enforced, &self.tee_enforced]
    }
}

impl<'a> AuthorizationList<'a> {
    fn read(
        members: &mut Reader<'a>,
        names: &'static Names,
        noted: &mut Noted,
    ) -> Result<AuthorizationList<'a>, ParseError> {
        let mut fields = element(members, SEQUENCE, names.list)?;
        let mut list =
            AuthorizationList { names, purpose: None, all_applications: false, origin: None };
        let mut seen = Vec::new();
        while !fields.rest().is_empty() {
            let start = fields;
            let (number, mut value) = der::explicit(&mut fields, names.list, noted)?;
            if seen.contains(&number) {
                return Err(start.error(names.list, "a field of the list occurs twice"));
            }
            if seen.len() == MAX_FIELDS {
                return Err(start.error(names.list, "more than 128 fields in a list"));
            }
            seen.push(number);
            match number {
                PURPOSE => list.purpose = Some(set_of_integers(&mut value, names.purpose)?),
                // Only the presence of the field matters, not its content.
                ALL_APPLICATIONS => list.all_applications = true,
                ORIGIN => list.origin = Some(element(&mut value, INTEGER, names.origin)?.rest()),
                _ => {}
            }
        }
        Ok(list)
    }
}

/// Reads a version. The schema versions start at 1 and newer ones may follow, so every non-negative
/// number is accepted.
fn version(members: &mut Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let start = *members;
    let digits = element(members, INTEGER, field)?.rest();
    if !der::is_minimal_integer(digits) || matches!(digits, [0x80..=0xff, ..]) {
        return Err(start.error(field, "not a non-negative INTEGER"));
    }
    Ok(())
}

fn security_level(
    members: &mut Reader<'_>,
    field: &'static str,
) -> Result<SecurityLevel, ParseError> {
    let start = *members;
    match element(members, ENUMERATED, field)?.rest() {
        [0] => Ok(SecurityLevel::Software),
        [1] => Ok(SecurityLevel::TrustedEnvironment),
        [2] => Ok(SecurityLevel::StrongBox),
        _ => Err(start.error(field, "not a security level")),
    }
}

/// Reads the content of a SET OF INTEGER that has been checked to be DER. The order of the numbers
/// does not matter, because only a set with a single number is accepted.
fn set_of_integers<'a>(
    value: &mut Reader<'a>,
    field: &'static str,
) -> Result<&'a [u8], ParseError> {
    let set = element(value, SET, field)?;
    let mut numbers = set;
    while !numbers.rest().is_empty() {
        element(&mut numbers, INTEGER, field)?;
    }
    Ok(set.rest())
}

/// Checks that nothing follows. Fails with `AttestationInvalid` and not with `TrailingBytes`,
/// because the message around the structure is well-formed.
fn finish(reader: &Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    if reader.rest().is_empty() {
        return Ok(());
    }
    Err(reader.error(field, "the structure should end here"))
}
