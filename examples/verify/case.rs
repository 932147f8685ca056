//! The file format, which `test-vectors/README.md` describes.

use serde::Deserialize;
use serde_json::Value;
use webauthn_verify::UserVerification;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    pub(crate) format: u32,
    #[serde(rename = "source")]
    pub(crate) _source: Option<String>,
    pub(crate) rp_id: Option<String>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(rename = "source")]
    pub(crate) _source: Option<String>,
    pub(crate) ceremony: CaseCeremony,
    pub(crate) challenge: String,
    pub(crate) rp_id: Option<String>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) user_handle: Option<String>,
    pub(crate) user_verification: Option<UserVerification>,
    pub(crate) algorithms: Option<Vec<i64>>,
    pub(crate) now: Option<String>,
    pub(crate) trust_anchors: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) cross_origin: bool,
    #[serde(default)]
    pub(crate) top_origins: Vec<String>,
    #[serde(default)]
    pub(crate) quirks: Vec<String>,
    pub(crate) appid: Option<String>,
    /// In seconds.
    pub(crate) safetynet_max_age: Option<u64>,
    pub(crate) credential_from: Option<String>,
    pub(crate) credential: Option<CaseCredential>,
    pub(crate) response: Value,
    pub(crate) expect: Option<Expect>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CaseCeremony {
    Registration,
    Authentication,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseCredential {
    pub(crate) id: String,
    pub(crate) public_key: String,
    pub(crate) sign_count: Option<u32>,
    pub(crate) user_handle: Option<String>,
    pub(crate) backup_eligible: Option<bool>,
    pub(crate) backup_state: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expect {
    Accept,
    Unusable,
    #[serde(untagged)]
    Reject(ExpectReject),
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum ExpectReject {
    Anyhow(RejectWord),
    Kind { reject: String, field: Option<String> },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RejectWord {
    Reject,
}
