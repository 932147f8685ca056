//! The options that a case requests.

use serde_json::{Map, Value};
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticatorAttachment, Credential, Mediation,
    RegistrationRequest, User, UserVerification,
};

use crate::case::CaseCeremony;
use crate::members::{Bytes, Members};

/// The members of a case that describe its options.
pub(crate) struct Asked {
    pub(crate) user_handle: Option<Vec<u8>>,
    user_verification: UserVerification,
    mediation: Option<Mediation>,
    /// COSE algorithm numbers.
    algorithms: Option<Vec<i64>>,
    exclude: Vec<Bytes>,
    /// The input of each extension, by identifier.
    extensions: Map<String, Value>,
    appid: Option<String>,
    require: Demands,
}

/// The extension outputs that a case requires.
#[derive(Default)]
struct Demands {
    cred_protect: Option<CredentialProtection>,
    min_pin_length: Option<u32>,
    prf: bool,
    large_blob: bool,
}

/// Adds the settings of both ceremonies to the request.
macro_rules! with_inputs {
    ($request:expr, $asked:expr) => {{
        let mut request = $request.user_verification($asked.user_verification);
        if let Some(mediation) = $asked.mediation {
            request = request.mediation(mediation);
        }
        for (identifier, input) in &$asked.extensions {
            request = match (identifier.as_str(), input) {
                ("remoteClientDataJSON", Value::String(text)) => {
                    request.remote_client_data_json(text)
                }
                _ => request.extension(identifier, input.clone()),
            };
        }
        request
    }};
}

impl Asked {
    pub(crate) fn read(members: &mut Members, ceremony: CaseCeremony) -> Result<Asked, String> {
        let asked = Asked {
            user_handle: members.take::<Bytes>("user_handle")?.map(|bytes| bytes.0),
            user_verification: members
                .take("user_verification")?
                .unwrap_or(UserVerification::Preferred),
            mediation: members.take("mediation")?,
            algorithms: members.take("algorithms")?,
            exclude: members.or_default("exclude")?,
            extensions: members.or_default("extensions")?,
            appid: members.take("appid")?,
            require: members.object("require")?.map_or(Ok(Demands::default()), Demands::read)?,
        };
        if asked.algorithms.as_ref().is_some_and(Vec::is_empty) {
            return Err("algorithms: the list is empty".to_owned());
        }
        let Demands { cred_protect, min_pin_length, large_blob, .. } = &asked.require;
        let of_registrations = [
            ("exclude", !asked.exclude.is_empty()),
            ("require.cred_protect", cred_protect.is_some()),
            ("require.min_pin_length", min_pin_length.is_some()),
            ("require.large_blob", *large_blob),
        ];
        if let Some((member, _)) = of_registrations.iter().find(|(_, is_there)| *is_there)
            && ceremony == CaseCeremony::Authentication
        {
            return Err(format!("{member} is for registrations"));
        }
        Ok(asked)
    }

    /// Returns the requested algorithms that this build supports.
    fn known_algorithms(&self) -> Vec<Algorithm> {
        match &self.algorithms {
            None => Algorithm::compiled_in().collect(),
            Some(ids) => {
                let known = ids.iter().filter_map(|id| Algorithm::from_cose_id(*id));
                known.filter(|algorithm| algorithm.is_compiled_in()).collect()
            }
        }
    }

    /// Returns a list of the requested algorithms if this build supports none of them.
    pub(crate) fn missing_algorithms(&self) -> Option<String> {
        if !self.known_algorithms().is_empty() {
            return None;
        }
        let missing =
            self.algorithms.iter().flatten().map(|id| match Algorithm::from_cose_id(*id) {
                Some(algorithm) => format!("{algorithm} ({id})"),
                None => format!("COSE algorithm {id}"),
            });
        Some(format!("this build lacks {}", missing.collect::<Vec<_>>().join(", ")))
    }

    pub(crate) fn registration(&self, challenge: &[u8]) -> Result<RegistrationRequest, String> {
        let user = User::new(self.user_handle.as_deref().unwrap_or(b"user"), "user", "user");
        let excluded = self.exclude.iter().map(|id| excluded(&id.0));
        let excluded = excluded.collect::<Result<Vec<_>, _>>()?;
        let mut request = RegistrationRequest::passkey(&user, &excluded)
            .algorithms(&self.known_algorithms())
            // The preset requests it, but the case may not.
            .extension("credProps", false.into());
        if self.extensions.contains_key("payment") {
            request = request.attachment(AuthenticatorAttachment::Platform);
        }
        request = with_inputs!(request, self).challenge(challenge);
        let Demands { cred_protect, min_pin_length, prf, large_blob } = self.require;
        if let Some(protection) = cred_protect {
            request = request.require_cred_protect(protection);
        }
        if let Some(minimum) = min_pin_length {
            request = request.refuse_min_pin_length_below(minimum);
        }
        if prf {
            request = request.require_prf();
        }
        if large_blob {
            request = request.large_blob(LargeBlobSupport::Required);
        }
        Ok(request)
    }

    pub(crate) fn authentication(
        &self,
        challenge: &[u8],
        credentials: &[Credential],
    ) -> AuthenticationRequest {
        let stored = credentials.iter().find_map(Credential::user_handle);
        let account = self.user_handle.as_deref().or(stored).unwrap_or(b"user");
        let request = AuthenticationRequest::for_user(account, credentials);
        let mut request = with_inputs!(request, self).challenge(challenge);
        if let Some(app_id) = &self.appid {
            request = request.app_id(app_id);
        }
        if self.require.prf {
            request = request.require_prf();
        }
        request
    }
}

impl Demands {
    fn read(mut members: Members) -> Result<Demands, String> {
        let demands = Demands {
            cred_protect: members.take("cred_protect")?,
            min_pin_length: members.take("min_pin_length")?,
            prf: members.or_default("prf")?,
            large_blob: members.or_default("large_blob")?,
        };
        members.finish()?;
        Ok(demands)
    }
}

/// Returns a record with this ID. Its key is never used, so it is the base point of P-256.
fn excluded(id: &[u8]) -> Result<Credential, String> {
    const KEY: &[u8] = b"\xa5\x01\x02\x03\x26\x20\x01\
        \x21\x58\x20\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\
        \x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
        \x22\x58\x20\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\
        \x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
    Credential::from_parts(id, KEY).map_err(|failure| format!("exclude: {failure}"))
}
