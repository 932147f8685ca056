//! The two ceremonies, for families whose deviations occur in both.

use serde_json::Value;
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;

use crate::case::{
    Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration, attested, cose_key,
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

    /// Returns a correct case. Its name is the family, the ceremony and `name`.
    pub(crate) fn correct(self, family: &str, name: &str, rule: &str) -> Case {
        let name = format!("{family}/{}/{name}", self.word());
        match self {
            Ceremony::Registration => Registration::new().case(&name, rule),
            Ceremony::Login => Login::new().case(&name, rule),
        }
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
        let name = format!("{family}/{}/{name}", self.word());
        let flags = |flags: u8| (flags | added) & !cleared;
        match self {
            Ceremony::Registration => {
                let data = attested(flags(REGISTRATION_FLAGS), &cose_key(ES256));
                Registration::new().authenticator_data(data.build()).case(&name, rule)
            }
            Ceremony::Login => {
                let data = AuthenticatorDataBuilder::new(RP_ID, flags(LOGIN_FLAGS), 1);
                Login::new().authenticator_data(data.build()).case(&name, rule)
            }
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
