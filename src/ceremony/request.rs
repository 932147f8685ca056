//! What a relying party asks for in one ceremony.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::credential::Credential;
use crate::ceremony::options::{
    AttestationConveyance, AuthenticatorAttachment, Hint, Mediation, ResidentKey, UserVerification,
};
use crate::key::Algorithm;

/// How long a ceremony may take unless told otherwise: the default of §15.1.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// The account that gets a credential (§5.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub(crate) handle: Vec<u8>,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

impl User {
    /// An account.
    ///
    /// `handle` is 1 to 64 bytes that identify the account for ever and tell nothing about the
    /// person: 32 random bytes do. `name` is what tells this account from others of the same
    /// person, such as an e-mail address; `display_name` is what the person likes to be called,
    /// and may be empty.
    pub fn new(
        handle: impl Into<Vec<u8>>,
        name: impl Into<String>,
        display_name: impl Into<String>,
    ) -> User {
        User { handle: handle.into(), name: name.into(), display_name: display_name.into() }
    }

    /// The user handle.
    pub fn handle(&self) -> &[u8] {
        &self.handle
    }
}

/// What a registration asks for.
#[derive(Clone, Debug)]
pub struct RegistrationRequest {
    pub(crate) user: User,
    pub(crate) excluded: Vec<Credential>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) resident_key: ResidentKey,
    pub(crate) attachment: Option<AuthenticatorAttachment>,
    pub(crate) attestation: AttestationConveyance,
    pub(crate) common: Common,
}

/// What a login asks for.
#[derive(Clone, Debug)]
pub struct AuthenticationRequest {
    /// `None`: whoever the discoverable credential belongs to.
    pub(crate) account: Option<Account>,
    pub(crate) common: Common,
}

/// The account of a user who was identified before the login.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) user_handle: Vec<u8>,
    pub(crate) credentials: Vec<Credential>,
    /// `false` for a decoy, whose credentials nobody has.
    pub(crate) exists: bool,
}

/// What both ceremonies ask for.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) user_verification: UserVerification,
    pub(crate) mediation: Option<Mediation>,
    pub(crate) hints: Vec<Hint>,
    pub(crate) timeout: Duration,
    pub(crate) challenge: Option<CallersChallenge>,
    pub(crate) extensions: Map<String, Value>,
}

impl Common {
    fn new(user_verification: UserVerification) -> Common {
        Common {
            user_verification,
            mediation: None,
            hints: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            challenge: None,
            extensions: Map::new(),
        }
    }
}

impl RegistrationRequest {
    /// A passkey: discoverable, with the user verified, so that it signs in by itself.
    pub fn passkey(user: &User) -> RegistrationRequest {
        let mut request = RegistrationRequest::new(user, UserVerification::Required);
        request.resident_key = ResidentKey::Required;
        // Asks the browser whether the credential is discoverable (§10.1.3).
        request.common.extensions.insert("credProps".to_owned(), Value::Bool(true));
        request
    }

    /// A second factor beside a password: not discoverable, without user verification.
    pub fn second_factor(user: &User) -> RegistrationRequest {
        RegistrationRequest::new(user, UserVerification::Discouraged)
    }

    fn new(user: &User, user_verification: UserVerification) -> RegistrationRequest {
        RegistrationRequest {
            user: user.clone(),
            excluded: Vec::new(),
            algorithms: Algorithm::DEFAULT.to_vec(),
            resident_key: ResidentKey::Discouraged,
            attachment: None,
            attestation: AttestationConveyance::None,
            common: Common::new(user_verification),
        }
    }

    /// The credentials that the account has already. The browser will not make another one on the
    /// same authenticator, and one that comes back all the same is refused.
    #[must_use]
    pub fn exclude(mut self, credentials: &[Credential]) -> Self {
        self.excluded = credentials.to_vec();
        self
    }

    /// The algorithms that are acceptable, the most wanted first. By default
    /// [`Algorithm::DEFAULT`].
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// Whether the credential must be discoverable.
    #[must_use]
    pub fn resident_key(mut self, resident_key: ResidentKey) -> Self {
        self.resident_key = resident_key;
        self
    }

    /// Only authenticators of this attachment.
    #[must_use]
    pub fn attachment(mut self, attachment: AuthenticatorAttachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// Whether the browser should pass on an attestation. Ask for `Direct` where the attestation
    /// policy demands trust.
    #[must_use]
    pub fn attestation(mut self, attestation: AttestationConveyance) -> Self {
        self.attestation = attestation;
        self
    }
}

impl AuthenticationRequest {
    /// A login without a user name: the browser offers the passkeys it has for this site. The
    /// user is verified.
    pub fn discoverable() -> AuthenticationRequest {
        AuthenticationRequest { account: None, common: Common::new(UserVerification::Required) }
    }

    /// A login of a user who is known already, such as by name or cookie, with one of the
    /// account's credentials. The user is verified; ask for less with
    /// [`user_verification`](AuthenticationRequest::user_verification) where the login is a second
    /// factor.
    ///
    /// An account without credentials is an error at the start of the login, because an empty
    /// list would let every credential in.
    pub fn for_user(user_handle: &[u8], credentials: &[Credential]) -> AuthenticationRequest {
        AuthenticationRequest::for_account(Account {
            user_handle: user_handle.to_vec(),
            credentials: credentials.to_vec(),
            exists: true,
        })
    }

    pub(crate) fn for_account(account: Account) -> AuthenticationRequest {
        AuthenticationRequest {
            account: Some(account),
            common: Common::new(UserVerification::Required),
        }
    }
}

impl AuthenticationRequest {
    /// Lets credentials in that were registered with the FIDO U2F API under this AppID: the
    /// extension `appid` (§10.1.1). An answer under the AppID is accepted only where the client
    /// says that it used it.
    #[must_use]
    pub fn app_id(self, app_id: &str) -> AuthenticationRequest {
        self.extension("appid", Value::String(app_id.to_owned()))
    }
}

impl RegistrationRequest {
    /// Lets the credential confirm payments as well, by Secure Payment Confirmation: the extension
    /// `payment`, with `isPayment` true.
    ///
    /// Browsers make such credentials only on the device itself, discoverable, with the user
    /// verified; this asks for that too. A request that asks for less in the end cannot start.
    #[must_use]
    pub fn payment(mut self) -> RegistrationRequest {
        self.attachment = Some(AuthenticatorAttachment::Platform);
        if self.resident_key == ResidentKey::Discouraged {
            self.resident_key = ResidentKey::Required;
        }
        self.common.user_verification = UserVerification::Required;
        self.extension("payment", json!({ "isPayment": true }))
    }

    /// Whether the credential is to confirm payments.
    pub(crate) fn is_payment(&self) -> bool {
        let payment = self.common.extensions.get("payment");
        payment.is_some_and(|input| input.get("isPayment") == Some(&Value::Bool(true)))
    }
}

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

            /// How the browser asks the user.
            #[must_use]
            pub fn mediation(mut self, mediation: Mediation) -> Self {
                self.common.mediation = Some(mediation);
                self
            }

            /// What kind of authenticator the user probably has, the likeliest first.
            #[must_use]
            pub fn hints(mut self, hints: &[Hint]) -> Self {
                self.common.hints = hints.to_vec();
                self
            }

            /// How long the ceremony may take: a hint to the browser, and the time after which
            /// it can no longer be finished. Five minutes by default.
            #[must_use]
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.common.timeout = timeout;
                self
            }

            /// A challenge of the caller's: 16 to 1024 bytes from a cryptographic random number
            /// generator, used once.
            #[must_use]
            pub fn challenge(mut self, challenge: &[u8]) -> Self {
                self.common.challenge = Some(CallersChallenge(challenge.to_vec()));
                self
            }

            /// Asks for a client extension (§9), with its input as JSON. The outputs are in the
            /// verdict, raw.
            #[must_use]
            pub fn extension(mut self, identifier: &str, input: Value) -> Self {
                self.common.extensions.insert(identifier.to_owned(), input);
                self
            }
        }
    };
}

common_methods!(RegistrationRequest);
common_methods!(AuthenticationRequest);
