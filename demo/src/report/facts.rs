//! The values that each step of a ceremony looked at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use webauthn_verify::parse::{AttestationObject, AuthenticatorData, ClientData, CoseKey, Flags};
use webauthn_verify::{Algorithm, Ceremony, Credential, RelyingParty, Step};

use super::breaking::with_state;
use super::hex::{counted, hex};
use super::structures::bytes_of;
use crate::recording::Recording;
use crate::store::seconds;
use crate::time::utc;

/// The longest fact, in characters. The value itself is in the decoded structures.
const MAX_FACT: usize = 160;

/// What is known about a ceremony. A part that cannot be read is empty.
pub struct Facts {
    recording: Recording,
    rp_id: String,
    /// The stored form of the pending state.
    state: Map<String, Value>,
    response: Value,
    client_data: Vec<u8>,
    /// The attestation object of a registration.
    object: Vec<u8>,
    /// The authenticator data of a login.
    authenticator_data: Vec<u8>,
}

impl Facts {
    pub fn of(recording: &Recording, rp: &RelyingParty) -> Facts {
        let response = serde_json::from_str(&recording.response).unwrap_or_default();
        let member = |name| bytes_of(&response, name).and_then(Result::ok).unwrap_or_default();
        let mut state = Map::new();
        let _ = with_state(&recording.pending, |members| state = members.clone());
        Facts {
            recording: recording.clone(),
            rp_id: rp.id().to_owned(),
            state,
            client_data: member("clientDataJSON"),
            object: member("attestationObject"),
            authenticator_data: member("authenticatorData"),
            response,
        }
    }

    /// Returns the values of a step in a few words.
    pub fn about(&self, step: Step) -> Option<String> {
        let fact = self.full(step)?;
        Some(match fact.char_indices().nth(MAX_FACT) {
            Some((end, _)) => format!("{}…", fact.get(..end)?),
            None => fact,
        })
    }

    /// Returns why a step that passed had nothing to check in this ceremony.
    pub fn nothing_to_check(&self, step: Step) -> Option<&'static str> {
        let state_has =
            |name: &str, wanted: &str| self.state.get(name).and_then(Value::as_str) == Some(wanted);
        let client_data = || ClientData::parse(&self.client_data).ok();
        let (applies, why) = match step {
            Step::Options => {
                (!self.recording.options.is_null(), "It is unknown when the options expire.")
            }
            Step::AllowedCredential => (self.allowed()? > 0, "The options allow every credential."),
            Step::CrossOrigin => {
                (client_data()?.cross_origin(), "The page is not in an iframe of another site.")
            }
            Step::TopOriginFraming | Step::TopOrigin => {
                (client_data()?.top_origin().is_some(), "The client data has no top origin.")
            }
            Step::UserPresence if self.recording.ceremony() == Ceremony::Registration => (
                !state_has("mediation", "conditional"),
                "A registration without a dialog does not require it.",
            ),
            Step::UserVerification => (
                state_has("user_verification", "required"),
                "The options do not require user verification.",
            ),
            Step::BackupEligibilityKept => (
                self.record()?.backup_eligible() == Some(true),
                "According to the record, the credential is not backup eligible.",
            ),
            Step::BackupEligibilityGained => (
                self.record()?.backup_eligible() == Some(false),
                "According to the record, the credential is backup eligible.",
            ),
            // This site configures none, and neither does the page that inspects a response.
            Step::TrustAnchors | Step::AttestationTrust => {
                (false, "No trust anchors are configured.")
            }
            Step::SignCount => {
                let received =
                    AuthenticatorData::parse(&self.authenticator_data).ok()?.sign_count();
                let has_counter = received != 0 || self.record()?.sign_count() != 0;
                (has_counter, "The authenticator has no counter.")
            }
            _ => return None,
        };
        (!applies).then_some(why)
    }

    /// Returns the number of credentials that the options allow. 0 means every credential.
    fn allowed(&self) -> Option<usize> {
        Some(self.state.get("allowed")?.as_array()?.len())
    }

    fn full(&self, step: Step) -> Option<String> {
        // Without the options, this page has made up the pending state.
        let is_known = !self.recording.options.is_null();
        match step {
            Step::Options if is_known => {
                let expires_at = u64::try_from(seconds(self.recording.pending.expires_at()));
                Some(format!("valid until {}", utc(expires_at.ok()?)))
            }
            Step::AllowedCredential if is_known => {
                let listed = self.allowed().filter(|listed| *listed > 0)?;
                Some(format!("in the list of {listed}"))
            }
            Step::CredentialRecord if self.recording.ceremony() == Ceremony::Authentication => {
                let id = self.response.get("id")?.as_str()?;
                let records = counted(self.recording.records.len(), "record");
                Some(if is_known { format!("{id}, among {records}") } else { id.to_owned() })
            }
            Step::CeremonyType
            | Step::Challenge
            | Step::Origin
            | Step::CrossOrigin
            | Step::TopOrigin => self.about_client_data(step),
            Step::ClientDataHash => Some(hex(&Sha256::digest(&self.client_data))),
            Step::Signature => {
                let length = bytes_of(&self.response, "signature")?.ok()?.len();
                let algorithm = self.record()?.algorithm();
                Some(format!("{}, {}", algorithm.as_str(), counted(length, "byte")))
            }
            Step::ExtensionOutputs => {
                let outputs = self.response.get("clientExtensionResults")?.as_object()?;
                let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
                Some(names.join(", ")).filter(|names| !names.is_empty())
            }
            _ => self.about_authenticator(step),
        }
    }

    fn about_client_data(&self, step: Step) -> Option<String> {
        let client_data = ClientData::parse(&self.client_data).ok()?;
        Some(match step {
            Step::CeremonyType => client_data.type_().chars().collect(),
            Step::Challenge => client_data.challenge().chars().collect(),
            Step::Origin => client_data.origin().chars().collect(),
            Step::CrossOrigin => format!("crossOrigin: {}", client_data.cross_origin()),
            _ => client_data.top_origin()?.chars().collect(),
        })
    }

    fn about_authenticator(&self, step: Step) -> Option<String> {
        let object = AttestationObject::parse(&self.object);
        let data = match &object {
            Ok(object) => *object.authenticator_data(),
            Err(_) => AuthenticatorData::parse(&self.authenticator_data).ok()?,
        };
        let flags = data.flags();
        let new = data.attested_credential();
        Some(match step {
            Step::RpIdHash => format!("of {}", self.rp_id),
            Step::UserPresence => format!("UP: {}", u8::from(flags.user_present())),
            Step::UserVerification => {
                let wanted = self.state.get("user_verification")?.as_str()?;
                let uv = format!("UV: {}", u8::from(flags.user_verified()));
                // Without the options, the page that inspects a response knows at most that user
                // verification is required.
                let is_known = wanted == "required" || !self.recording.options.is_null();
                if is_known { format!("{uv}, {wanted}") } else { uv }
            }
            Step::BackupFlags => format!("{}, {}", eligible(flags), backed_up(flags)),
            Step::BackupEligibility
            | Step::BackupEligibilityKept
            | Step::BackupEligibilityGained => eligible(flags),
            Step::BackupState => backed_up(flags),
            Step::CredentialAlgorithm => {
                let algorithm = CoseKey::parse(new?.public_key()).ok()?.public_key().algorithm();
                match self.algorithms() {
                    Some(allowed) => format!("{}, allowed: {allowed}", algorithm.as_str()),
                    None => algorithm.as_str().to_owned(),
                }
            }
            Step::AttestationFormat => object.ok()?.format().to_owned(),
            Step::CredentialIdLength => counted(new?.credential_id().len(), "byte"),
            Step::CredentialIdUnique => URL_SAFE_NO_PAD.encode(new?.credential_id()),
            Step::SignCount => {
                format!("stored {}, received {}", self.record()?.sign_count(), data.sign_count())
            }
            _ => return None,
        })
    }

    /// The requested algorithms, unless every algorithm is allowed because they are unknown.
    fn algorithms(&self) -> Option<String> {
        let numbers = self.state.get("algorithms")?.as_array()?.iter().filter_map(Value::as_i64);
        let known: Vec<&str> =
            numbers.filter_map(Algorithm::from_cose_id).map(Algorithm::as_str).collect();
        let are_unknown =
            self.recording.options.is_null() && known.len() == Algorithm::compiled_in().count();
        (!are_unknown).then(|| known.join(", "))
    }

    fn record(&self) -> Option<&Credential> {
        let id = self.response.get("id")?.as_str()?;
        self.recording.records.iter().find(|record| record.id_base64url() == id)
    }
}

fn eligible(flags: Flags) -> String {
    format!("BE: {}", u8::from(flags.backup_eligible()))
}

fn backed_up(flags: Flags) -> String {
    format!("BS: {}", u8::from(flags.backup_state()))
}
