//! The two ceremonies, for families whose deviations occur in both.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, ClientDataBuilder};

use crate::case::{
    Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration, attested, cose_key,
    create_client_data, get_client_data,
};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Ceremony {
    Registration,
    Login,
}

impl Ceremony {
    pub(crate) const BOTH: [Ceremony; 2] = [Ceremony::Registration, Ceremony::Login];

    /// Returns the name of the ceremony in the names of cases.
    pub(crate) fn word(self) -> &'static str {
        self.either("registration", "login")
    }

    /// Returns the first value for a registration, and the second for a login.
    pub(crate) fn either<T>(self, registration: T, login: T) -> T {
        match self {
            Ceremony::Registration => registration,
            Ceremony::Login => login,
        }
    }

    /// Returns correct client data.
    pub(crate) fn client_data(self) -> ClientDataBuilder {
        self.either(create_client_data(), get_client_data())
    }

    /// Returns the type of the ceremony in client data.
    pub(crate) fn ceremony_type(self) -> &'static str {
        self.either("webauthn.create", "webauthn.get")
    }

    /// Returns authenticator data with these flags. That of a registration contains the credential.
    pub(crate) fn authenticator_data(self, flags: u8) -> AuthenticatorDataBuilder {
        match self {
            Ceremony::Registration => attested(flags, &cose_key(ES256)),
            Ceremony::Login => AuthenticatorDataBuilder::new(RP_ID, flags, 1),
        }
    }

    /// Returns a correct case. Its name is the family, the ceremony and `name`.
    pub(crate) fn correct(self, family: &str, name: &str, rule: &str) -> Case {
        self.flagged(family, name, rule, 0, 0)
    }

    /// Like [`correct`](Ceremony::correct), with these flags added, and without the flags in
    /// `cleared`.
    pub(crate) fn flagged(
        self,
        family: &str,
        name: &str,
        rule: &str,
        added: u8,
        cleared: u8,
    ) -> Case {
        let flags = self.either(REGISTRATION_FLAGS, LOGIN_FLAGS);
        let data = self.authenticator_data((flags | added) & !cleared).build();
        self.with_authenticator_data(&format!("{family}/{}/{name}", self.word()), rule, data)
    }

    /// Returns a case with this authenticator data, which is signed.
    pub(crate) fn with_authenticator_data(self, name: &str, rule: &str, data: Vec<u8>) -> Case {
        match self {
            Ceremony::Registration => Registration::new().authenticator_data(data).case(name, rule),
            Ceremony::Login => Login::new().authenticator_data(data).case(name, rule),
        }
    }

    /// Returns a case with this client data, whose hash is signed.
    pub(crate) fn with_client_data(
        self,
        name: &str,
        rule: &str,
        client_data: impl Into<Vec<u8>>,
    ) -> Case {
        match self {
            Ceremony::Registration => Registration::new().client_data(client_data).case(name, rule),
            Ceremony::Login => Login::new().client_data(client_data).case(name, rule),
        }
    }
}

/// Sets the member at this path.
pub(crate) fn set(value: &mut Value, path: &[&str], member: impl Into<Value>) {
    let mut place = value;
    for name in path {
        place = &mut place[*name];
    }
    *place = member.into();
}

/// Removes the member at this path.
pub(crate) fn remove(value: &mut Value, path: &[&str]) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut place = value;
    for name in parents {
        place = &mut place[*name];
    }
    if let Some(members) = place.as_object_mut() {
        members.remove(*last);
    }
}
