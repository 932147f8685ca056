//! A ceremony as it was verified: the options, the response, and everything that decided the
//! verdict. With it, the ceremony can be verified again, as it was or broken on purpose.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_verify::{
    Authentication, AuthenticationResponse, Ceremony, Credential, Error, PendingAuthentication,
    PendingRegistration, Registration, RegistrationResponse, RelyingParty,
};

use crate::store::Taken;

/// A finished ceremony, successful or not.
///
/// A real site does not keep used pending states. This one only shows what happened: nobody is
/// signed in by a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The options that the browser received.
    pub options: Value,
    /// The response of the browser, as received.
    pub response: String,
    pub pending: Pending,
    /// The records of the account, as they were before an authentication.
    pub records: Vec<Credential>,
    /// The time of the verification, in seconds since 1970.
    pub time: u64,
}

/// The pending state of a ceremony.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pending {
    Registration(PendingRegistration),
    Authentication(PendingAuthentication),
}

/// The result of a successful ceremony.
#[derive(Debug)]
pub enum Verdict {
    Registration(Box<Registration>),
    Authentication(Box<Authentication>),
}

impl Recording {
    pub fn new(
        taken: &Taken,
        response: String,
        records: Vec<Credential>,
        now: SystemTime,
    ) -> Recording {
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let Taken { pending, options, .. } = taken.clone();
        Recording { options, response, pending, records, time }
    }

    pub fn ceremony(&self) -> Ceremony {
        match self.pending {
            Pending::Registration(_) => Ceremony::Registration,
            Pending::Authentication(_) => Ceremony::Authentication,
        }
    }

    /// Verifies the ceremony again.
    pub fn verify(&self, rp: &RelyingParty) -> Result<Verdict, Error> {
        let now = self.time();
        match self.pending.clone() {
            Pending::Registration(pending) => {
                let response = RegistrationResponse::from_json(&self.response)?;
                let registration = rp.finish_registration(pending, &response, now)?;
                Ok(Verdict::Registration(Box::new(registration)))
            }
            Pending::Authentication(pending) => {
                let response = AuthenticationResponse::from_json(&self.response)?;
                let login = rp.finish_authentication(pending, &response, &self.records, now)?;
                Ok(Verdict::Authentication(Box::new(login)))
            }
        }
    }

    pub fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.time)
    }
}

impl Pending {
    pub fn id(&self) -> String {
        match self {
            Pending::Registration(pending) => pending.id(),
            Pending::Authentication(pending) => pending.id(),
        }
    }

    pub fn expires_at(&self) -> SystemTime {
        match self {
            Pending::Registration(pending) => pending.expires_at(),
            Pending::Authentication(pending) => pending.expires_at(),
        }
    }
}
