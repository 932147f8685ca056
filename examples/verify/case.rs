//! The file format, as described in `test-vectors/README.md`.

use std::time::SystemTime;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::expect::Expect;
use crate::members::{Bytes, Members, Time};
use crate::party::Party;
use crate::request::Asked;
use crate::trust::Trust;

/// The version of the format.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    #[serde(rename = "format")]
    _format: u32,
    #[serde(rename = "source")]
    _source: Option<String>,
    pub(crate) rp_id: Option<String>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) cases: Vec<RawCase>,
}

impl VectorFile {
    /// Reads a file. Its cases are read later, so an unusable case does not affect the others.
    pub(crate) fn read(text: &str) -> Result<VectorFile, String> {
        /// The only member that every version has.
        #[derive(Deserialize)]
        struct Versioned {
            format: u32,
        }

        if !text.trim_start().starts_with('{') {
            return Err("not a JSON object".to_owned());
        }
        let problem = |error: serde_json::Error| error.to_string();
        let Versioned { format } = serde_json::from_str(text).map_err(problem)?;
        if format != FORMAT {
            return Err(format!("format {format} is unknown; this program reads {FORMAT}"));
        }
        serde_json::from_str(text).map_err(problem)
    }
}

/// A case as written in the file.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum RawCase {
    Object(Members),
    Other(IgnoredAny),
}

/// A case, or the reason why it cannot be read.
pub(crate) struct ReadCase {
    pub(crate) name: String,
    pub(crate) expect: Option<Expect>,
    pub(crate) case: Result<Case, String>,
}

impl RawCase {
    /// Reads a case. `number` is its position in the file and becomes its name if it has none.
    pub(crate) fn read(self, number: usize) -> ReadCase {
        let unnamed = format!("case {number}");
        let mut members = match self {
            RawCase::Object(members) => members,
            RawCase::Other(IgnoredAny) => {
                let case = Err("the case is not an object".to_owned());
                return ReadCase { name: unnamed, expect: None, case };
            }
        };
        let name = members.need::<String>("name");
        let expect = members
            .take::<Value>("expect")
            .and_then(|value| value.as_ref().map(Expect::read).transpose());
        let case = match (&name, &expect) {
            (Err(problem), _) | (_, Err(problem)) => Err(problem.clone()),
            (Ok(_), Ok(_)) => Case::read(members),
        };
        ReadCase {
            name: name.unwrap_or(unnamed),
            expect: expect.unwrap_or(Some(Expect::Unreadable)),
            case,
        }
    }
}

/// The description of a ceremony.
pub(crate) struct Case {
    pub(crate) ceremony: CaseCeremony,
    /// Empty if the case has a pending state.
    pub(crate) challenge: Vec<u8>,
    pub(crate) now: Option<SystemTime>,
    pub(crate) party: Party,
    pub(crate) trust: Trust,
    pub(crate) asked: Asked,
    pub(crate) credential_from: Option<String>,
    pub(crate) credential: Option<CaseCredential>,
    /// The stored form of the credential record.
    pub(crate) record: Option<Value>,
    /// The stored form of the pending state.
    pub(crate) pending: Option<Value>,
    pub(crate) response: Value,
}

impl Case {
    fn read(mut members: Members) -> Result<Case, String> {
        members.take::<String>("source")?;
        members.take::<String>("rule")?;
        let ceremony = members.need("ceremony")?;
        let pending = members.take("pending")?;
        let challenge = match pending {
            None => members.need::<Bytes>("challenge")?.0,
            Some(_) => members.take::<Bytes>("challenge")?.map_or(Vec::new(), |bytes| bytes.0),
        };
        let case = Case {
            ceremony,
            challenge,
            now: members.take::<Time>("now")?.map(|time| time.0),
            party: Party::read(&mut members)?,
            trust: Trust::read(&mut members)?,
            asked: Asked::read(&mut members, ceremony)?,
            credential_from: members.take("credential_from")?,
            credential: members.object("credential")?.map(CaseCredential::read).transpose()?,
            record: members.take("record")?,
            pending,
            response: members.raw("response")?,
        };
        members.finish()?;
        Ok(case)
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CaseCeremony {
    Registration,
    Authentication,
}

/// A credential record.
pub(crate) struct CaseCredential {
    pub(crate) id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) sign_count: Option<u32>,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) backup_eligible: Option<bool>,
    pub(crate) backup_state: Option<bool>,
}

impl CaseCredential {
    fn read(mut members: Members) -> Result<CaseCredential, String> {
        let credential = CaseCredential {
            id: members.need::<Bytes>("id")?.0,
            public_key: members.need::<Bytes>("public_key")?.0,
            sign_count: members.take("sign_count")?,
            user_handle: members.take::<Bytes>("user_handle")?.map(|bytes| bytes.0),
            backup_eligible: members.take("backup_eligible")?,
            backup_state: members.take("backup_state")?,
        };
        members.finish()?;
        Ok(credential)
    }
}
