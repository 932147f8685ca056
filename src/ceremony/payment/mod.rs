//! Secure Payment Confirmation, which builds on §7.2: the user confirms a payment with a passkey.
//!
//! The user confirms a payment on the page of a shop, with a passkey that a bank registered. The
//! bank is the relying party. It gives the shop the options for the browser, and verifies the
//! response. The steps are the same as in a login, with two differences: the client data has
//! another type and one more member, and a page of another site may have asked for the
//! confirmation. The specification numbers the steps as Level 2 did: its step 13 is step 12 here.

mod options;
mod order;

use std::time::{Duration, SystemTime};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::credential::Credential;
use crate::ceremony::credential_update::CredentialUpdate;
use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::ceremony::iframe;
use crate::ceremony::options::UserVerification;
use crate::ceremony::pending::PendingPayment;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::response::AuthenticationResponse;
use crate::ceremony::verdict::{Authentication, SignCount};
use crate::error::{AtStep, Error, ErrorKind, Failure};
use crate::message::authenticator_data::Flags;
use crate::message::client_data::ClientDataText;
use crate::message::extensions::AuthenticatorOutputs;
use crate::message::payment::PaymentData;
use crate::quirk::Quirks;
use crate::spec::{Ceremony, Step};

pub use options::PaymentOptions;
pub use order::{PaymentInstrument, PaymentOrder};

const AUTHENTICATION: Ceremony = Ceremony::Authentication;

/// The longest timeout that browsers accept for a payment.
const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// A payment that the user has confirmed and that passed every step. Only the verifier creates one.
///
/// It does not sign anyone in. After your own checks, update the credential record with
/// [`apply_to`](Payment::apply_to) or [`update`](Payment::update), and store it.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "store the updated credential record of a verified payment: call apply_to"]
pub struct Payment {
    confirmation: Authentication,
}

impl Payment {
    /// The user handle of the account that confirmed the payment.
    pub fn user_handle(&self) -> &[u8] {
        self.confirmation.user_handle()
    }

    /// Applies the changes of this payment to the record of its credential, like
    /// [`Authentication::apply_to`].
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Authentication::apply_to`].
    pub fn apply_to<'r>(&self, records: &'r mut [Credential]) -> Result<&'r Credential, Error> {
        self.confirmation.apply_to(records)
    }

    /// The changes that this payment makes to its credential record. Its
    /// [`credential_id`](CredentialUpdate::credential_id) names the credential.
    pub fn update(&self) -> &CredentialUpdate {
        self.confirmation.update()
    }

    /// The flags of the authenticator data. The flag for user verification is always set.
    pub fn flags(&self) -> Flags {
        self.confirmation.flags()
    }

    /// The result of the signature counter check.
    pub fn sign_count(&self) -> SignCount {
        self.confirmation.sign_count()
    }

    /// The authenticator extension outputs, or `None` if there are none. They are signed.
    ///
    /// [`third_party_payment`](AuthenticatorOutputs::third_party_payment) returns whether the
    /// credential may be used for payments on pages of other sites. Authenticators on most
    /// platforms do not report this, because the browser remembers it instead.
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.confirmation.authenticator_outputs()
    }

    /// The allowed quirks that the payment needed.
    pub fn quirks(&self) -> Quirks {
        self.confirmation.quirks()
    }

    /// The client extension outputs. They are not signed.
    pub fn client_outputs(&self) -> &ClientOutputs {
        self.confirmation.client_outputs()
    }
}

impl RelyingParty {
    /// Starts a payment. It returns the options for the page on which the user confirms the
    /// payment, and the state to keep until the response arrives.
    ///
    /// Create the request with [`for_user`](AuthenticationRequest::for_user), and pass the user's
    /// credentials that belong to this instrument. They must have been registered with
    /// [`payment`](crate::RegistrationRequest::payment). The challenge, timeout and extensions of
    /// the request also apply. Browsers always verify the user. They accept extensions only on the
    /// relying party's own pages.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at step 1:
    ///
    /// - [`ErrorKind::NoCredentials`] if the request has an account without credentials.
    /// - [`ErrorKind::UserHandleMismatch`] if a record belongs to another account.
    /// - [`ErrorKind::InvalidOptions`] if the request has no account, or has remote client data, a
    ///   mediation or a timeout of more than one hour, if the RP ID is a URI, if the order is not
    ///   valid, or if the user handle, the challenge, the timeout, the time limit or an extension
    ///   input is not valid, as in [`start_authentication`](RelyingParty::start_authentication).
    pub fn start_payment(
        &self,
        request: &AuthenticationRequest,
        order: &PaymentOrder,
        now: SystemTime,
    ) -> Result<(PaymentOptions, PendingPayment), Error> {
        self.configure_payment(request, order, now).at(AUTHENTICATION, Step::Options)
    }

    /// Verifies that the user has confirmed this order. It checks all steps of "Verifying an
    /// Authentication Assertion" in Secure Payment Confirmation, which include the steps of §7.2.
    ///
    /// `order` is the order that you are about to charge. It also determines the expected origins
    /// of the page and of the page that embeds it. The origins and top origins of the relying party
    /// do not apply to payments. The type of the client data must be `payment.get`, which is
    /// rejected in logins.
    ///
    /// `credentials` must contain all records of the account, as in
    /// [`finish_authentication`](RelyingParty::finish_authentication). Delete the stored pending
    /// state before you call this method, so that a response cannot be used twice.
    ///
    /// The client data of a confirmed order can vary in three parts. The icon may be missing if the
    /// order [allows it](PaymentInstrument::icon_may_be_missing), some logos may be missing, and
    /// the browser may have added a key that it binds to the device. Use
    /// [`PaymentData`](crate::parse::PaymentData) to read these parts.
    ///
    /// # Errors
    ///
    /// Returns an error if a step fails. The error names the first step that failed and the reason.
    /// The kind is [`ErrorKind::PaymentMismatch`] if the user confirmed something other than the
    /// order. [`Error::field`] then names the member.
    pub fn finish_payment(
        &self,
        pending: PendingPayment,
        response: &AuthenticationResponse,
        credentials: &[Credential],
        order: &PaymentOrder,
        now: SystemTime,
    ) -> Result<Payment, Error> {
        // Part of step 1: checks the order, and that the state belongs to a payment.
        let (origins, framing) = order.check().at(AUTHENTICATION, Step::Options)?;
        pending.payment.check_is_for_payment(true).at(AUTHENTICATION, Step::Options)?;

        // Steps 1 to 23 of §7.2. The closure runs steps 8 to 14.
        let check_client_data = |challenge: &Challenge, client_data_json: &[u8]| {
            // Step 8.
            let text = ClientDataText::decode(client_data_json)
                .at(AUTHENTICATION, Step::ClientDataText)?;

            // Steps 9 to 11. Step 9 includes the additional members of this type of client data.
            let client_data =
                checks::read_client_data(text, AUTHENTICATION, "payment.get", challenge)?;
            let payment = PaymentData::read(text).at(AUTHENTICATION, Step::ClientDataJson)?;

            // Step 12.
            checks::check_origin(&origins, &client_data).at(AUTHENTICATION, Step::Origin)?;

            // Steps 12.1 to 12.7.
            order.check_confirmed(&self.id, &payment)?;

            // Steps 13 and 14.
            iframe::check_frame(&framing, AUTHENTICATION, &client_data)
        };
        let pending = &pending.payment;
        let confirmation =
            self.verify_assertion(pending, response, credentials, now, check_client_data)?;
        Ok(Payment { confirmation })
    }

    fn configure_payment(
        &self,
        request: &AuthenticationRequest,
        order: &PaymentOrder,
        now: SystemTime,
    ) -> Result<(PaymentOptions, PendingPayment), Failure> {
        let refuse = |reason: &'static str| Err(Failure::new(ErrorKind::InvalidOptions, reason));
        if request.account.is_none() {
            return refuse(
                "a payment needs the credentials of a user; create the request with for_user",
            );
        }
        if request.common.remote_client_data.is_some() {
            return refuse("remote client data is for logins, not for payments");
        }
        if self.id.contains(':') {
            return refuse("a payment needs an RP ID that is a domain, not a URI");
        }
        if request.common.mediation.is_some() {
            return refuse("a payment has its own dialog, so mediation cannot be set");
        }
        if request.common.timeout.is_some_and(|timeout| timeout > MAX_TIMEOUT) {
            return refuse("the timeout of a payment is longer than an hour");
        }
        order.check()?;
        let request = request.clone().user_verification(UserVerification::Required);
        let (options, pending) = self.configure_authentication(&request, now)?;
        Ok((PaymentOptions::of(order, options.public_key), PendingPayment::of(pending)))
    }
}
