//! The methods that both requests have, for what both ceremonies ask for.

use std::time::Duration;

use serde_json::Value;

use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::options::{Hint, Mediation, UserVerification};
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::request::common::RemoteClientData;
use crate::ceremony::request::registration::RegistrationRequest;

/// Gives both requests the methods for what both ask for.
macro_rules! common_methods {
    ($request:ident) => {
        impl $request {
            /// How strongly the user is to be verified. `Required` is checked when the ceremony
            /// is finished.
            #[must_use]
            pub fn user_verification(mut self, user_verification: UserVerification) -> Self {
                self.common.user_verification = user_verification;
                self
            }

            /// How the browser asks the user. By default it shows a dialog.
            #[must_use]
            pub fn mediation(mut self, mediation: Mediation) -> Self {
                self.common.mediation = Some(mediation);
                self
            }

            /// What kind of authenticator the user probably has, the likeliest first. In place of
            /// those of the preset.
            #[must_use]
            pub fn hints(mut self, hints: &[Hint]) -> Self {
                self.common.hints = hints.to_vec();
                self
            }

            /// How long the browser should wait for the user: a hint, which browsers may overrule.
            /// From a millisecond to a day; five minutes by default. Five to ten minutes are
            /// recommended (§15.1), so that people have enough time.
            ///
            /// How long the answer is accepted is up to [`valid_for`](Self::valid_for).
            #[must_use]
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.common.timeout = Some(timeout);
                self
            }

            /// How long the ceremony can be finished after its start: from a second to a day. The
            /// default is 10 minutes, or 60 with [`Mediation::Conditional`], or the
            /// [`timeout`](Self::timeout) if that is longer.
            ///
            /// If you set both and the timeout is longer, the start fails with `InvalidOptions`,
            /// because an answer in time would be refused.
            ///
            /// A page can stay open for longer than any limit, above all with conditional mediation.
            /// Have it fetch new options before the time is over: abort the pending call, start a
            /// new ceremony, and call the browser again.
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

            /// A challenge of the caller's: 16 to 1024 bytes from a cryptographic random number
            /// generator, used once.
            #[must_use]
            pub fn challenge(mut self, challenge: &[u8]) -> Self {
                self.common.challenge = Some(CallersChallenge(challenge.to_vec()));
                self
            }

            /// Asks for a client extension (§9), with its input as JSON, in which bytes are
            /// base64url. The outputs are in the verdict, raw.
            ///
            /// There are methods for the extensions that are known here. Of those, the start of
            /// the ceremony refuses an input that is none.
            #[must_use]
            pub fn extension(mut self, identifier: &str, input: Value) -> Self {
                self.common.extensions.set(identifier, input);
                self
            }

            /// Has a browser on this side of a remote desktop sign the client data that the
            /// browser on the other side has made: the extension `remoteClientDataJSON` of the
            /// editor's draft (§10.1.6 there; Level 3 does not have it). Few browsers know it, and
            /// those only for pages that their settings name.
            ///
            /// Every check of client data applies as ever, so the origin is one of the relying
            /// party's, and the challenge is that of this request: give the same one to
            /// [`challenge`](Self::challenge). Client data that could not pass is `InvalidOptions`
            /// at the start. The verdict says whether it was used.
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
