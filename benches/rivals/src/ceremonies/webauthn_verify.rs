//! `webauthn-verify`, with plain credential records and with records that hold prepared keys.

use webauthn_verify::{
    AuthenticationResponse, Credential, PendingAuthentication, RegistrationResponse, RelyingParty,
};

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
    login_with(site, site.account.to_vec())
}

pub(crate) fn login_prepared(site: &Site) -> Result<Accepts<str>, Fault> {
    let account = site.account.iter().cloned().map(Credential::with_prepared_key);
    login_with(site, account.collect::<Result<_, _>>()?)
}

fn login_with(site: &Site, account: Vec<Credential>) -> Result<Accepts<str>, Fault> {
    Ok(finish_login(site.rp.clone(), site.pending_login.clone(), account))
}

/// Returns the function that ends a login of this account.
pub(crate) fn finish_login(
    rp: RelyingParty,
    pending: PendingAuthentication,
    account: Vec<Credential>,
) -> Accepts<str> {
    Box::new(move |body| {
        AuthenticationResponse::from_json(body)
            .and_then(|response| {
                rp.finish_authentication(pending.clone(), &response, &account, site::now())
            })
            .is_ok()
    })
}
