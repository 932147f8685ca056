//! The cases of vector files, as `test-vectors/README.md` describes them.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};

use crate::Fault;
use crate::needs;

/// A case of a vector file, with the members of the file added.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) rule: Option<String>,
    /// Whether the case is to be accepted. `None` if any verdict is right, or if nothing can run it.
    pub(crate) accept: Option<bool>,
    pub(crate) registration: bool,
    pub(crate) rp_id: String,
    pub(crate) origins: Vec<String>,
    pub(crate) challenge: Vec<u8>,
    pub(crate) user_verification: String,
    /// `None` if every algorithm is requested.
    pub(crate) algorithms: Option<Vec<i64>>,
    pub(crate) trust_anchors: Vec<Vec<u8>>,
    /// In an authentication, the credential that may sign in.
    pub(crate) credential: Option<Credential>,
    pub(crate) response: Value,
    /// The settings that a library must have to run the case.
    pub(crate) needs: Vec<&'static str>,
    /// The whole case, for the members that only some libraries read.
    pub(crate) members: Value,
}

/// A stored credential.
pub(crate) struct Credential {
    pub(crate) id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) backup_eligible: Option<bool>,
    pub(crate) backup_state: bool,
}

/// Reads the cases of all vector files in a folder, or of one file.
pub(crate) fn read(path: &Path) -> Result<Vec<Case>, Fault> {
    let mut cases = Vec::new();
    for path in files(path)? {
        let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        let vectors: Value = serde_json::from_str(&text)?;
        let all = vectors.get("cases").and_then(Value::as_array).ok_or("a file has no cases")?;
        for (index, members) in all.iter().enumerate() {
            let earlier = all.get(..index).unwrap_or_default();
            let case = Case::read(&vectors, earlier, members);
            cases.push(case.map_err(|fault| format!("{file}, case {}: {fault}", index + 1))?);
        }
    }
    Ok(cases)
}

/// Returns the vector files in a folder, in order.
fn files(path: &Path) -> Result<Vec<std::path::PathBuf>, Fault> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

impl Case {
    fn read(vectors: &Value, earlier: &[Value], members: &Value) -> Result<Case, Fault> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let own_or_shared = |name: &str| {
            let own = members.get(name).filter(|value| !value.is_null());
            own.or_else(|| vectors.get(name)).cloned().unwrap_or_default()
        };
        let anchors = members.get("trust_anchors").and_then(Value::as_array);
        let mut case = Case {
            name: text("name").ok_or("there is no name")?.to_owned(),
            rule: text("rule").map(str::to_owned),
            accept: match members.get("expect") {
                Some(Value::String(word)) if word == "unusable" => None,
                Some(Value::String(word)) => Some(word == "accept"),
                Some(Value::Object(_)) => Some(false),
                _ => None,
            },
            registration: text("ceremony") == Some("registration"),
            rp_id: own_or_shared("rp_id").as_str().unwrap_or_default().to_owned(),
            origins: strings(&own_or_shared("origins")),
            challenge: text("challenge").map(decode).transpose()?.unwrap_or_default(),
            user_verification: text("user_verification").unwrap_or("preferred").to_owned(),
            algorithms: members.get("algorithms").and_then(|value| {
                Some(value.as_array()?.iter().filter_map(Value::as_i64).collect())
            }),
            trust_anchors: match anchors {
                Some(anchors) => certificates(anchors),
                None => Vec::new(),
            },
            credential: None,
            response: members.get("response").cloned().unwrap_or_default(),
            needs: Vec::new(),
            members: members.clone(),
        };
        if text("expect") != Some("unusable") {
            case.credential = Credential::of(members, earlier);
            case.needs = needs::of(&case);
        }
        Ok(case)
    }

    /// Returns a member of the inner response that is base64url.
    pub(crate) fn bytes(&self, member: &str) -> Option<Vec<u8>> {
        bytes_of(&self.response, member)
    }

    /// Returns the attestation format and statement.
    pub(crate) fn attestation(&self) -> Option<(String, Cbor)> {
        let object = attestation_object(&self.response)?;
        Some((entry(&object, "fmt")?.as_text()?.to_owned(), entry(&object, "attStmt")?.clone()))
    }

    /// Returns the account whose user handle the response must have, if there is one.
    pub(crate) fn account(&self) -> Option<Vec<u8>> {
        let own = self.members.get("user_handle").and_then(Value::as_str);
        own.and_then(|text| decode(text).ok())
            .or_else(|| self.credential.as_ref()?.user_handle.clone())
    }

    /// Returns the flags of the authenticator data of an authentication.
    pub(crate) fn login_flags(&self) -> Option<u8> {
        self.bytes("authenticatorData")?.get(32).copied()
    }

    /// Returns the case as JSON for a program of another language.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "registration": self.registration,
            "rp_id": self.rp_id,
            "origins": self.origins,
            "challenge": encode(&self.challenge),
            "user_verification": self.user_verification,
            "algorithms": self.algorithms,
            "trust_anchors": self.trust_anchors.iter().map(|der| encode(der)).collect::<Vec<_>>(),
            "now": self.members.get("now"),
            "mediation": self.members.get("mediation"),
            "top_origins": self.members.get("top_origins"),
            "anchors_by_format": self.members.get("anchors_by_format"),
            "credential": self.credential.as_ref().map(|credential| json!({
                "id": encode(&credential.id),
                "public_key": encode(&credential.public_key),
                "sign_count": credential.sign_count,
            })),
            "response": self.response,
            "needs": self.needs,
        })
    }
}

impl Credential {
    /// Returns the credential in a case or in the registration that the case names.
    fn of(members: &Value, earlier: &[Value]) -> Option<Credential> {
        if let Some(credential) = members.get("credential").filter(|value| value.is_object()) {
            let bytes = |name: &str| decode(credential.get(name)?.as_str()?).ok();
            let count = credential.get("sign_count").and_then(Value::as_u64);
            return Some(Credential {
                id: bytes("id")?,
                public_key: bytes("public_key")?,
                sign_count: u32::try_from(count.unwrap_or(0)).ok()?,
                user_handle: bytes("user_handle"),
                backup_eligible: credential.get("backup_eligible").and_then(Value::as_bool),
                backup_state: credential.get("backup_state") == Some(&Value::Bool(true)),
            });
        }
        let from = members.get("credential_from")?;
        let registration = earlier.iter().find(|case| case.get("name") == Some(from))?;
        Credential::registered(registration)
    }

    /// Returns the credential that a registration creates.
    fn registered(case: &Value) -> Option<Credential> {
        let object = attestation_object(case.get("response")?)?;
        let data = entry(&object, "authData")?.as_bytes()?;
        let flags = *data.get(32)?;
        let length = u16::from_be_bytes([*data.get(53)?, *data.get(54)?]);
        let (id, rest) = data.get(55..)?.split_at_checked(usize::from(length))?;
        let mut unread = rest;
        ciborium::from_reader::<Cbor, _>(&mut unread).ok()?;
        Some(Credential {
            id: id.to_owned(),
            public_key: rest.get(..rest.len() - unread.len())?.to_owned(),
            sign_count: u32::from_be_bytes(data.get(33..37)?.try_into().ok()?),
            user_handle: case.get("user_handle").and_then(|value| decode(value.as_str()?).ok()),
            backup_eligible: Some(flags & 0x08 != 0),
            backup_state: flags & 0x10 != 0,
        })
    }

    /// Returns the COSE number of the algorithm of the key.
    pub(crate) fn algorithm(&self) -> Option<i64> {
        algorithm(&self.public_key)
    }
}

/// Returns the COSE number of the algorithm of the key at the start of these bytes.
pub(crate) fn algorithm(mut key: &[u8]) -> Option<i64> {
    let Cbor::Map(key) = ciborium::from_reader(&mut key).ok()? else { return None };
    let (_, algorithm) = key.iter().find(|(name, _)| *name == Cbor::from(3))?;
    i64::try_from(i128::from(algorithm.as_integer()?)).ok()
}

/// Returns the member of a CBOR map with this name.
pub(crate) fn entry<'a>(map: &'a Cbor, name: &str) -> Option<&'a Cbor> {
    map.as_map()?.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}

/// Decodes the attestation object of a registration, as far as it is well formed.
pub(crate) fn attestation_object(response: &Value) -> Option<Cbor> {
    ciborium::from_reader(bytes_of(response, "attestationObject")?.as_slice()).ok()
}

fn bytes_of(response: &Value, member: &str) -> Option<Vec<u8>> {
    decode(response.get("response")?.get(member)?.as_str()?).ok()
}

/// Decodes a list of certificates.
pub(crate) fn certificates(list: &[Value]) -> Vec<Vec<u8>> {
    list.iter().filter_map(|value| decode(value.as_str()?).ok()).collect()
}

/// Returns the strings in a JSON list.
pub(crate) fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    URL_SAFE_NO_PAD.decode(text)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
