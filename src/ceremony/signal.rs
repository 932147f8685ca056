//! The arguments of the signal methods (§5.1.10): what a site tells authenticators about the
//! credentials that they hold for it.
//!
//! Each serialises as the dictionary of its name, so that the page passes it on as it comes.

use serde::Serialize;

use crate::ceremony::bytes::Bytes;
use crate::ceremony::credential::{self, Credential};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::user::User;
use crate::error::{ErrorKind, Failure};

/// The argument of `PublicKeyCredential.signalUnknownCredential()`: an authenticator that holds
/// this credential removes or hides it. From
/// [`RelyingParty::unknown_credential`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page has to pass it to the browser"]
pub struct UnknownCredentialOptions {
    rp_id: String,
    credential_id: Bytes,
}

/// The argument of `PublicKeyCredential.signalAllAcceptedCredentials()`: an authenticator removes
/// or hides the account's credential if it is not among these, and shows it again if it is. From
/// [`RelyingParty::all_accepted_credentials`] and [`RelyingParty::no_accepted_credentials`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page has to pass it to the browser"]
pub struct AllAcceptedCredentialsOptions {
    rp_id: String,
    user_id: Bytes,
    all_accepted_credential_ids: Vec<Bytes>,
}

/// The argument of `PublicKeyCredential.signalCurrentUserDetails()`: an authenticator shows these
/// names with the account's credential from now on. From
/// [`RelyingParty::current_user_details`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page has to pass it to the browser"]
pub struct CurrentUserDetailsOptions {
    rp_id: String,
    user_id: Bytes,
    name: String,
    display_name: String,
}

impl RelyingParty {
    /// Tells the browser that a credential which it has just offered is of no account, such as one
    /// that the user had deleted on the site.
    ///
    /// The only signal that may go to someone who is not signed in: it says nothing that the
    /// sender did not know. Send it only if both are true: the login failed with
    /// `UnknownCredential`, and the store has no record of
    /// [`unverified_credential_id`](crate::AuthenticationResponse::unverified_credential_id) in any
    /// account. Otherwise it takes a good passkey away, or tells a stranger that a user name has no
    /// account.
    ///
    /// If the server refused a registration, no account has the new passkey. Send this signal with the
    /// credential ID of that response, unless the store has a record of it.
    ///
    /// ```
    /// # use webauthn_verify::RelyingParty;
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let signal = rp.unknown_credential(&[0x69, 0xb7, 0x1d])?;
    /// assert_eq!(
    ///     serde_json::to_string(&signal)?,
    ///     r#"{"rpId":"example.com","credentialId":"abcd"}"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidOptions` where the ID is empty or longer than 1023 bytes.
    pub fn unknown_credential(
        &self,
        credential_id: &[u8],
    ) -> Result<UnknownCredentialOptions, Failure> {
        credential::check_id(credential_id)?;
        Ok(UnknownCredentialOptions {
            rp_id: self.id_in_options(),
            credential_id: credential_id.into(),
        })
    }

    /// Tells authenticators which credentials an account has: after the user has deleted one, or
    /// at every login.
    ///
    /// `credentials` is the complete list, security keys included. **What is left out is removed or
    /// hidden, perhaps for ever.** Where a good one was left out by mistake, send the complete list at once: an
    /// authenticator that has only hidden it shows it again. For an account without credentials call
    /// [`no_accepted_credentials`](RelyingParty::no_accepted_credentials).
    ///
    /// Only for the account's own user, after the login: to anyone else the list gives the
    /// account's credential IDs away (§14.6.3).
    ///
    /// # Errors
    ///
    /// `NoCredentials` where the list is empty, because that would remove every passkey of the
    /// account; `InvalidOptions` where the user handle has not 1 to 64 bytes; `UserHandleMismatch`
    /// where a record says that it belongs to another account. A record that does not say whose it
    /// is, such as one from U2F, counts as the account's.
    pub fn all_accepted_credentials(
        &self,
        user_handle: &[u8],
        credentials: &[Credential],
    ) -> Result<AllAcceptedCredentialsOptions, Failure> {
        if credentials.is_empty() {
            let reason = "an empty list removes every passkey of the account from the user's \
                          devices; if that is meant, call no_accepted_credentials";
            return Err(Failure::new(ErrorKind::NoCredentials, reason));
        }
        credential::check_one_account(credentials, user_handle)?;
        self.accepted_credentials(user_handle, credentials)
    }

    /// Tells authenticators that an account has no credentials any more: **they remove or hide every
    /// passkey of the account**, perhaps for ever. Call it after the user has deleted the last one,
    /// or the account.
    ///
    /// ```
    /// # use webauthn_verify::RelyingParty;
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let signal = rp.no_accepted_credentials(b"user-0001")?;
    /// assert_eq!(
    ///     serde_json::to_string(&signal)?,
    ///     r#"{"rpId":"example.com","userId":"dXNlci0wMDAx","allAcceptedCredentialIds":[]}"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidOptions` where the user handle has not 1 to 64 bytes.
    pub fn no_accepted_credentials(
        &self,
        user_handle: &[u8],
    ) -> Result<AllAcceptedCredentialsOptions, Failure> {
        self.accepted_credentials(user_handle, &[])
    }

    fn accepted_credentials(
        &self,
        user_handle: &[u8],
        credentials: &[Credential],
    ) -> Result<AllAcceptedCredentialsOptions, Failure> {
        credential::check_user_handle(user_handle)?;
        Ok(AllAcceptedCredentialsOptions {
            rp_id: self.id_in_options(),
            user_id: user_handle.into(),
            all_accepted_credential_ids: credentials.iter().map(|one| one.id().into()).collect(),
        })
    }

    /// Tells authenticators how the user is called now: after a change of name, or at every login.
    ///
    /// Only for the account's own user, after the login: it ties the names to the user handle.
    ///
    /// # Errors
    ///
    /// `InvalidOptions` where the user handle is empty or longer than 64 bytes.
    pub fn current_user_details(&self, user: &User) -> Result<CurrentUserDetailsOptions, Failure> {
        credential::check_user_handle(&user.handle)?;
        Ok(CurrentUserDetailsOptions {
            rp_id: self.id_in_options(),
            user_id: user.handle.as_slice().into(),
            name: user.name.clone(),
            display_name: user.display_name.clone(),
        })
    }
}
