//! The arguments of the signal methods (§5.1.10). With signals, a site informs authenticators about
//! the credentials that they hold for it.
//!
//! Each type serializes as the dictionary of the same name, so the page can pass it on unchanged.

use serde::Serialize;

use crate::ceremony::bytes::Bytes;
use crate::ceremony::credential::{self, Credential};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::user::User;
use crate::error::{ErrorKind, Failure};

/// The argument of `PublicKeyCredential.signalUnknownCredential()`. An authenticator that holds
/// this credential removes or hides it. [`RelyingParty::unknown_credential`] creates this value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page must pass it to the browser"]
pub struct UnknownCredentialOptions {
    rp_id: String,
    credential_id: Bytes,
}

/// The argument of `PublicKeyCredential.signalAllAcceptedCredentials()`. An authenticator removes
/// or hides a credential of the account that is not in the list, and shows a hidden credential
/// again that is in the list. [`RelyingParty::all_accepted_credentials`] and
/// [`RelyingParty::no_accepted_credentials`] create this value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page must pass it to the browser"]
pub struct AllAcceptedCredentialsOptions {
    rp_id: String,
    user_id: Bytes,
    all_accepted_credential_ids: Vec<Bytes>,
}

/// The argument of `PublicKeyCredential.signalCurrentUserDetails()`. An authenticator shows these
/// names with the account's credential from now on. [`RelyingParty::current_user_details`] creates
/// this value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "the page must pass it to the browser"]
pub struct CurrentUserDetailsOptions {
    rp_id: String,
    user_id: Bytes,
    name: String,
    display_name: String,
}

impl RelyingParty {
    /// Creates the signal that tells the browser that the credential it just offered does not
    /// belong to any account. For example, the user may have deleted the credential on the site.
    ///
    /// This is the only signal that you may send to someone who is not signed in, because it
    /// contains only a credential ID that the recipient has sent. Send it only if both conditions
    /// are true: the login failed with [`ErrorKind::UnknownCredential`], and the store has no
    /// record of
    /// [`unverified_credential_id`](crate::AuthenticationResponse::unverified_credential_id) in any
    /// account. Otherwise, the signal can remove a valid passkey, or reveal to a stranger that a
    /// user name has no account.
    ///
    /// If the server rejected a registration, the new passkey does not belong to any account. Send
    /// this signal with the credential ID of that response, unless the store has a record of it.
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
    /// Returns [`ErrorKind::InvalidOptions`] if the ID does not have 1 to 1023 bytes.
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

    /// Creates the signal that tells authenticators which credentials an account has. Send this
    /// signal after the user has deleted a credential, or at every login.
    ///
    /// `credentials` is the complete list, including security keys. **Authenticators remove or hide
    /// every credential of the account that is not in the list, possibly permanently.** If you left
    /// out a valid credential by mistake, send the complete list at once: an authenticator that has
    /// only hidden the credential shows it again. For an account without credentials, call
    /// [`no_accepted_credentials`](RelyingParty::no_accepted_credentials).
    ///
    /// Send this signal only to the account's own user, after the login. To anyone else, it reveals
    /// the account's credential IDs (§14.6.3).
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    ///
    /// - [`ErrorKind::NoCredentials`] if the list is empty, because that would remove every passkey
    ///   of the account.
    /// - [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes.
    /// - [`ErrorKind::UserHandleMismatch`] if a record belongs to another account. A record without
    ///   a user handle, such as a U2F record, is accepted.
    pub fn all_accepted_credentials(
        &self,
        user_handle: &[u8],
        credentials: &[Credential],
    ) -> Result<AllAcceptedCredentialsOptions, Failure> {
        if credentials.is_empty() {
            let reason = "an empty list removes every passkey of the account from the user's \
                          devices; if you want that, call no_accepted_credentials";
            return Err(Failure::new(ErrorKind::NoCredentials, reason));
        }
        credential::check_one_account(credentials, user_handle)?;
        self.accepted_credentials(user_handle, credentials)
    }

    /// Creates the signal that tells authenticators that an account no longer has credentials.
    /// **They remove or hide every passkey of the account**, possibly permanently. Send this signal
    /// after the user has deleted the last credential or the account.
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
    /// Returns [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes.
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

    /// Creates the signal that tells authenticators the current names of the user. Send this signal
    /// after a change of name, or at every login.
    ///
    /// Send this signal only to the account's own user, after the login, because it reveals which
    /// names belong to the user handle.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes.
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
