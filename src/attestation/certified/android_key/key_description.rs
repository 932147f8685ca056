//! How Android describes a key, in an extension of the key's certificate.
//!
//! The versions of the schema (1 to 4 of Keymaster, 100 and up of KeyMint, which renames some
//! members) differ in the fields of the lists alone:
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
//! Every element has to be DER, read or not. Devices write the fields of a list in other orders
//! than the schema's, so any order is accepted, which hides nothing: no field may be there twice.

use crate::attestation::rules::SecurityLevel;
use crate::encoding::der::{
    self, ENUMERATED, INTEGER, Noted, OCTET_STRING, SEQUENCE, SET, element,
};
use crate::error::{ErrorKind, ParseError};
use crate::reader::Reader;

const PURPOSE: u32 = 1;
const ALL_APPLICATIONS: u32 = 600;
const ORIGIN: u32 = 702;

/// More fields than the schema of any version has.
const MAX_FIELDS: usize = 128;

pub(super) struct KeyDescription<'a> {
    pub(super) attestation_security_level: SecurityLevel,
    pub(super) keymaster_security_level: SecurityLevel,
    pub(super) attestation_challenge: &'a [u8],
    software_enforced: AuthorizationList<'a>,
    tee_enforced: AuthorizationList<'a>,
}

/// What §8.4 asks about in an authorization list.
pub(super) struct AuthorizationList<'a> {
    pub(super) names: &'static Names,
    /// The content of the SET OF INTEGER.
    pub(super) purpose: Option<&'a [u8]>,
    pub(super) all_applications: bool,
    /// The content of the INTEGER.
    pub(super) origin: Option<&'a [u8]>,
}

/// What errors call a list and its fields.
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
    /// Parses the value of the extension: one key description, and nothing after it. What `noted`
    /// records is no error.
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

    /// Where the key lives: no safer than the one who says it, nor than the one who has made it.
    pub(super) fn security_level(&self) -> SecurityLevel {
        self.attestation_security_level.min(self.keymaster_security_level)
    }

    /// softwareEnforced, then teeEnforced.
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
                // Whatever is in it: what counts is that it is there.
                ALL_APPLICATIONS => list.all_applications = true,
                ORIGIN => list.origin = Some(element(&mut value, INTEGER, names.origin)?.rest()),
                _ => {}
            }
        }
        Ok(list)
    }
}

/// Reads a version: the schemas have numbers from 1, and none has been said to be the last.
fn version(members: &mut Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let start = *members;
    let digits = element(members, INTEGER, field)?.rest();
    if !der::is_minimal_integer(digits) || matches!(digits, [0x80..=0xff, ..]) {
        return Err(start.error(field, "no INTEGER from 0"));
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
        _ => Err(start.error(field, "no security level")),
    }
}

/// Reads the content of a SET OF INTEGER that is checked to be DER. In which order devices write
/// the numbers does not matter where one alone is right.
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

/// What follows makes the attestation invalid, not the message around it.
fn finish(reader: &Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    if reader.rest().is_empty() {
        return Ok(());
    }
    Err(reader.error(field, "the structure should end here"))
}
