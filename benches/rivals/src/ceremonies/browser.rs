//! The software authenticator of the one user of a site, and the browser around it.

use serde_json::Value;
use webauthn_verify::{Algorithm, RegistrationRequest};
use webauthn_verify_authenticator::{AttestationKind, Fault as Break, SoftwareAuthenticator};

use super::site::{self, CHALLENGE, ORIGIN, Site, decode, encode};
use crate::contest::Fault;

/// The number of logins that take turns.
const LOGINS: usize = 256;
/// The number of registrations that take turns.
const REGISTRATIONS: usize = 64;

pub(crate) struct Browser {
    pub(crate) site: Site,
    authenticator: SoftwareAuthenticator,
}

impl Browser {
    /// Registers at a site that does not require attestation.
    pub(crate) fn new(algorithm: Algorithm) -> Result<Browser, Fault> {
        Browser::attested(algorithm, AttestationKind::None)
    }

    /// Registers with this kind of attestation. The site requires trust in attestations, if this
    /// kind leads to a root.
    pub(crate) fn attested(algorithm: Algorithm, kind: AttestationKind) -> Result<Browser, Fault> {
        let mut authenticator = SoftwareAuthenticator::from_seed(b"rivals")
            .with_attestation(kind)
            .with_time(site::now());
        let anchor = kind.has_certificate().then(|| authenticator.attestation_root().to_vec());
        let request = match kind {
            // An authenticator of the U2F generation does not verify the user.
            AttestationKind::FidoU2f => RegistrationRequest::security_key(&site::user(), &[])
                .algorithms(&[algorithm])
                .challenge(&CHALLENGE),
            _ => site::passkey(algorithm),
        };
        let register = |options: &_| Ok(authenticator.register(options, ORIGIN)?);
        Ok(Browser { site: Site::new(anchor, &request, register)?, authenticator })
    }

    /// Returns the browser's responses for different credentials.
    pub(crate) fn registrations(&self) -> Result<Vec<Box<str>>, Fault> {
        let mut authenticator = self.authenticator.clone();
        let options = &self.site.registration_options;
        let mut register = |_| Ok(authenticator.register(options, ORIGIN)?.into());
        (0..REGISTRATIONS).map(&mut register).collect()
    }

    /// Returns the browser's responses for logins with the credential of the account. They differ in
    /// the signature counter.
    pub(crate) fn logins(&self) -> Result<Vec<Box<str>>, Fault> {
        let mut authenticator = self.authenticator.clone();
        let options = &self.site.login_options;
        let mut login = |_| Ok(authenticator.authenticate(options, ORIGIN)?.into());
        (0..LOGINS).map(&mut login).collect()
    }

    /// Returns a registration whose attestation certificate comes from an authority with the right
    /// name and another key.
    pub(crate) fn registration_of_other_authority(&self) -> Result<Box<str>, Fault> {
        self.broken_registration(Break::OtherAttestationAuthority)
    }

    /// Returns a registration with a key that is not a point on P-256.
    #[cfg(test)]
    pub(crate) fn registration_off_the_curve(&self) -> Result<Box<str>, Fault> {
        self.broken_registration(Break::PublicKeyOffCurve)
    }

    fn broken_registration(&self, fault: Break) -> Result<Box<str>, Fault> {
        let mut authenticator = self.authenticator.clone();
        authenticator.break_next(fault);
        Ok(authenticator.register(&self.site.registration_options, ORIGIN)?.into())
    }
}

/// Returns the login with the last bit of the signature flipped.
pub(crate) fn flip_signature(login: &str) -> Result<String, Fault> {
    let signature = member_of_response(login, "signature")?;
    let mut bytes = decode(&signature)?;
    *bytes.last_mut().ok_or("the signature is empty")? ^= 1;
    Ok(login.replace(&signature, &encode(&bytes)))
}

/// Returns the registration with the last bit of the challenge in the client data flipped.
pub(crate) fn flip_challenge(registration: &str) -> Result<String, Fault> {
    let client_data = member_of_response(registration, "clientDataJSON")?;
    let [challenge @ .., last] = CHALLENGE;
    let other = [&challenge[..], &[last ^ 1]].concat();
    let text = String::from_utf8(decode(&client_data)?)?;
    let text = text.replace(&encode(&CHALLENGE), &encode(&other));
    Ok(registration.replace(&client_data, &encode(text.as_bytes())))
}

fn member_of_response(body: &str, name: &str) -> Result<String, Fault> {
    let body: Value = serde_json::from_str(body)?;
    let member = body.get("response").and_then(|response| response.get(name)?.as_str());
    Ok(member.ok_or_else(|| format!("the response has no {name}"))?.to_owned())
}
