//! This crate, without a prepared key.

use webauthn_verify::{AuthenticationResponse, RegistrationResponse};

use super::site::{self, Site};
use crate::contest::{Accepts, Fault};

pub(crate) fn registration(site: &Site) -> Result<Accepts<str>, Fault> {
    let (rp, pending) = (site.rp.clone(), site.pending_registration.clone());
    Ok(Box::new(move |body| {
        RegistrationResponse::from_json(body)
            .and_then(|response| rp.finish_registration(pending.clone(), &response, site::now()))
            .is_ok()
    }))
}

pub(crate) fn login(site: &Site) -> Result<Accepts<str>, Fault> {
    let (rp, pending, account) =
        (site.rp.clone(), site.pending_login.clone(), site.account.clone());
    Ok(Box::new(move |body| {
        AuthenticationResponse::from_json(body)
            .and_then(|response| {
                rp.finish_authentication(pending.clone(), &response, &account, site::now())
            })
            .is_ok()
    }))
}
