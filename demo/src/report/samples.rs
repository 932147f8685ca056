//! Recordings for tests, made with the software authenticator.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use webauthn_verify::{AuthenticationRequest, Credential, RegistrationRequest, RelyingParty, User};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};

use crate::recording::{Pending, Recording, Verdict};

pub const ORIGIN: &str = "http://localhost:8080";
pub const USER_HANDLE: &[u8] = b"user-0001";

pub fn rp() -> RelyingParty {
    RelyingParty::new("localhost", [ORIGIN]).unwrap()
}

/// A site with one account, and the authenticator of its user.
pub struct Sample {
    pub authenticator: SoftwareAuthenticator,
    pub records: Vec<Credential>,
}

impl Sample {
    pub fn new(attestation: AttestationKind) -> Sample {
        let authenticator =
            SoftwareAuthenticator::from_seed(b"sample").with_attestation(attestation);
        Sample { authenticator, records: Vec::new() }
    }

    /// Registers a passkey, and stores its record if it is accepted.
    pub fn register(&mut self, fault: Option<Fault>) -> Recording {
        let user = User::new(USER_HANDLE, "alice", "Alice");
        self.register_with(&RegistrationRequest::passkey(&user, &self.records), fault)
    }

    /// Registers a passkey with this fault, on a new authenticator of the same kind. Its record is
    /// not stored.
    pub fn register_new(&self, fault: Fault) -> Recording {
        let mut authenticator = self.authenticator.clone();
        authenticator.break_next(fault);
        Sample { authenticator, records: Vec::new() }.register(None)
    }

    pub fn register_with(
        &mut self,
        request: &RegistrationRequest,
        fault: Option<Fault>,
    ) -> Recording {
        let (options, pending) = rp().start_registration(request, SystemTime::now()).unwrap();
        let options = serde_json::to_value(options).unwrap();
        self.break_next(fault);
        let response = self.authenticator.register(&options, ORIGIN).unwrap();
        let recording =
            recording(options, Pending::Registration(pending), response, self.records.clone());
        if let Ok(Verdict::Registration(registration)) = recording.verify(&rp()) {
            self.records.push(registration.into_credential());
        }
        recording
    }

    /// Signs in without a user name.
    pub fn sign_in(&mut self, fault: Option<Fault>) -> Recording {
        self.sign_in_with(&AuthenticationRequest::passkey(), fault)
    }

    pub fn sign_in_with(
        &mut self,
        request: &AuthenticationRequest,
        fault: Option<Fault>,
    ) -> Recording {
        let (options, pending) = rp().start_authentication(request, SystemTime::now()).unwrap();
        let options = serde_json::to_value(options).unwrap();
        self.break_next(fault);
        let response = self.authenticator.authenticate(&options, ORIGIN).unwrap();
        recording(options, Pending::Authentication(pending), response, self.records.clone())
    }

    fn break_next(&mut self, fault: Option<Fault>) {
        if let Some(fault) = fault {
            self.authenticator.break_next(fault);
        }
    }
}

fn recording(
    options: Value,
    pending: Pending,
    response: String,
    records: Vec<Credential>,
) -> Recording {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Recording { options, response, pending, records, time }
}
