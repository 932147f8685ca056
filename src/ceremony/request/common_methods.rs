//! The methods that both requests have.

use std::time::Duration;

use serde_json::Value;

use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::options::{Hint, Mediation, UserVerification};
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::request::common::RemoteClientData;
use crate::ceremony::request::registration::RegistrationRequest;

/// Defines the methods that both requests have.
macro_rules! common_methods {
    ($request:ident) => {
        impl $request {
            /// Sets the requirement for user verification. [`UserVerification::Required`] is
            /// checked when the ceremony finishes.
            #[must_use]
            pub fn user_verification(mut self, user_verification: UserVerification) -> Self {
                self.common.user_verification = user_verification;
                self
            }

            /// Sets how the browser asks the user. By default, the browser shows a dialog.
            #[must_use]
            pub fn mediation(mut self, mediation: Mediation) -> Self {
                self.common.mediation = Some(mediation);
                self
            }

            /// Sets the kinds of authenticator that the user probably has, most likely first. This
            /// replaces all earlier hints.
            #[must_use]
            pub fn hints(mut self, hints: &[Hint]) -> Self {
                self.common.hints = hints.to_vec();
                self
            }

            /// Sets how long the browser should wait for the user, from a millisecond to a day. The
            /// default is five minutes. Browsers may wait longer or shorter. The specification
            /// recommends five to ten minutes (§15.1), so that people have enough time.
            ///
            /// Use [`valid_for`](Self::valid_for) to set how long the response is accepted.
            #[must_use]
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.common.timeout = Some(timeout);
                self
            }

            /// Sets the time limit for finishing the ceremony, from a second to a day after its
            /// start. The default is 10 minutes, or 60 minutes with [`Mediation::Conditional`]. If
            /// you set a longer [`timeout`](Self::timeout), the default is the timeout.
            ///
            /// If you set both times and the timeout is longer, starting the ceremony returns
            /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions), because a response
            /// within the timeout would be rejected.
            ///
            /// A page can stay open longer than any limit, especially with conditional mediation.
            /// The page should fetch new options before the time limit: abort the pending call,
            /// start a new ceremony, and call the browser again.
            ///
            /// ```js
            /// async function offerPasskeys() {
            ///     for (;;) {
            ///         const refresh = AbortSignal.timeout(50 * 60 * 1000);
            ///         const { publicKey } = await (await fetch("/login/options")).json();
            ///         const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
            ///         try {
            ///             return await navigator.credentials.get({
            ///                 publicKey: options, mediation: "conditional", signal: refresh,
            ///             });
            ///         } catch (error) {
            ///             if (!refresh.aborted) throw error;
            ///         }
            ///     }
            /// }
            /// ```
            #[must_use]
            pub fn valid_for(mut self, valid_for: Duration) -> Self {
                self.common.valid_for = Some(valid_for);
                self
            }

            /// Sets the challenge: 16 to 1024 bytes from a cryptographic random number generator.
            /// Use each challenge only once. By default, the challenge is random. Without the crate
            /// feature `getrandom`, you must set it.
            #[must_use]
            pub fn challenge(mut self, challenge: &[u8]) -> Self {
                self.common.challenge = Some(CallersChallenge(challenge.to_vec()));
                self
            }

            /// Asks for a client extension (§9). The input is JSON, with bytes as base64url. The
            /// verdict contains the raw outputs.
            ///
            /// Extensions that browsers support have their own methods. The following known
            /// extensions do not:
            ///
            /// | identifier | ceremony | input | requests |
            /// |---|---|---|---|
            /// | `uvm` | both | `true` | how the user was verified (Level 2, §10.3) |
            /// | `hmacCreateSecret` | registration | `true` | a credential with secrets, for clients that use CTAP; browsers offer `prf` |
            /// | `hmacGetSecret` | login | `{"salt1": …, "salt2": …}`, 32 bytes each; `salt2` is optional | the secrets of the credential |
            ///
            /// ```
            /// # use webauthn_verify::{RegistrationRequest, User};
            /// # let user = User::new(b"user-0001", "alice", "Alice");
            /// let request = RegistrationRequest::passkey(&user, &[]).extension("uvm", true.into());
            /// ```
            ///
            /// Starting the ceremony returns
            /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions) if the input of a
            /// known extension is not valid. Known extensions are the extensions in the table and
            /// the extensions with a method.
            #[must_use]
            pub fn extension(mut self, identifier: &str, input: Value) -> Self {
                self.common.extensions.set(identifier, input);
                self
            }

            /// Asks the local browser to sign client data that a browser on a remote desktop
            /// created (extension `remoteClientDataJSON`). This extension is in the editor's draft
            /// (§10.1.6) but not in Level 3. Few browsers support it, and only for pages that are
            /// listed in their settings.
            ///
            /// All checks of client data apply. The origin must be one of the relying party's
            /// origins. The challenge must be the challenge of this request, so pass the same
            /// challenge to [`challenge`](Self::challenge). Starting the ceremony returns
            /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions) if the client data
            /// would be rejected. The verdict reports whether the client data was used.
            #[must_use]
            pub fn remote_client_data_json(mut self, client_data_json: &str) -> Self {
                let client_data = RemoteClientData(client_data_json.to_owned());
                self.common.remote_client_data = Some(client_data);
                self
            }
        }
    };
}

common_methods!(RegistrationRequest);
common_methods!(AuthenticationRequest);
