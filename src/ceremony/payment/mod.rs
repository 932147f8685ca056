//! Confirming a payment: Secure Payment Confirmation, on top of §7.2.
//!
//! The user confirms a payment in the page of a shop, with a credential of a bank, which is the
//! relying party: the bank gives the shop what the browser needs, and verifies what comes back.
//! The steps are those of a login, except that the client data has another type and a member more,
//! and that another page may have asked. The specification counts them as Level 2 did: its step 13
//! is step 12 here.

mod options;
mod order;

use std::time::{Duration, SystemTime};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::credential::{Credential, CredentialUpdate};
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

/// Browsers take no longer timeout for a payment.
const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// A payment that the user has confirmed, and that passed every step. Only the verifier makes one.
///
/// It signs nobody in. After every check of your own, take it over into the credential record, by
/// [`apply_to`](Payment::apply_to) or [`update`](Payment::update), and store that.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a payment is over when its update is stored: call apply_to"]
pub struct Payment {
    confirmation: Authentication,
}

impl Payment {
    /// The credential that the user confirmed with.
    pub fn credential_id(&self) -> &[u8] {
        self.confirmation.credential_id()
    }

    /// The account that has confirmed the payment.
    pub fn user_handle(&self) -> &[u8] {
        self.confirmation.user_handle()
    }

    /// Takes over what the payment changed into the record of its credential, like
    /// [`Authentication::apply_to`].
    ///
    /// # Errors
    ///
    /// Those of [`Authentication::apply_to`].
    pub fn apply_to<'r>(&self, records: &'r mut [Credential]) -> Result<&'r Credential, Error> {
        self.confirmation.apply_to(records)
    }

    /// What the payment changes in the record of its credential.
    pub fn update(&self) -> &CredentialUpdate {
        self.confirmation.update()
    }

    /// The flags of the authenticator data. The user was verified.
    pub fn flags(&self) -> Flags {
        self.confirmation.flags()
    }

    /// What the signature counter says.
    pub fn sign_count(&self) -> SignCount {
        self.confirmation.sign_count()
    }

    /// Whether the authenticator says that the credential may be used for payments in pages of
    /// others (authenticator extension `thirdPartyPayment` of CTAP 2.2). `None` where it does not
    /// say, as authenticators of most platforms do not: then the browser keeps that in mind.
    pub fn third_party_payment(&self) -> Option<bool> {
        self.authenticator_outputs()?.third_party_payment()
    }

    /// The authenticator extension outputs, if there are any. They are signed.
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.confirmation.authenticator_outputs()
    }

    /// The tolerated quirks without which the payment would have been rejected.
    pub fn quirks(&self) -> Quirks {
        self.confirmation.quirks()
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_outputs(&self) -> &ClientOutputs {
        self.confirmation.client_outputs()
    }
}

impl RelyingParty {
    /// Starts a payment: options for the browser in the page that asks the user, and the state to
    /// keep until the answer is back.
    ///
    /// The request is one [`for_user`](AuthenticationRequest::for_user), with those of the user's
    /// credentials that are good for this instrument; they were registered with
    /// [`payment`](crate::RegistrationRequest::payment). Its challenge, timeout and extensions
    /// count too. Browsers always verify the user, and take extensions only in the relying party's
    /// own pages.
    ///
    /// # Errors
    ///
    /// At step 1: `NoCredentials` where the account has none, `InvalidOptions` where request or
    /// order cannot become options.
    pub fn start_payment(
        &self,
        request: &AuthenticationRequest,
        order: &PaymentOrder,
        now: SystemTime,
    ) -> Result<(PaymentOptions, PendingPayment), Error> {
        self.configure_payment(request, order, now).at(AUTHENTICATION, Step::Options)
    }

    /// Verifies that the user has confirmed this order, by every step of Secure Payment
    /// Confirmation, "Verifying an Authentication Assertion", which has those of §7.2.
    ///
    /// `order` is what is going to be charged. The page must be the order's, and the page around it
    /// too; the origins and top origins that the relying party has for logins do not count.
    /// Nothing but client data of type `payment.get` is accepted, which in turn no login accepts.
    ///
    /// `credentials` are all records of the account, as in
    /// [`finish_authentication`](RelyingParty::finish_authentication). Delete the stored pending
    /// state before calling this, so that no response counts twice.
    ///
    /// Three things in the client data can differ where the order lets them: an icon and logos that
    /// were not shown, and the browser's own key for the device.
    /// [`PaymentData`](crate::parse::PaymentData) reads them.
    ///
    /// # Errors
    ///
    /// The first step that fails, and why: `PaymentMismatch` where something else was confirmed
    /// than is ordered, with the member in [`Error::field`].
    pub fn finish_payment(
        &self,
        pending: PendingPayment,
        response: &AuthenticationResponse,
        credentials: &[Credential],
        order: &PaymentOrder,
        now: SystemTime,
    ) -> Result<Payment, Error> {
        // Step 1, as far as the order goes, and the kind of the state.
        let (origins, framing) = order.check().at(AUTHENTICATION, Step::Options)?;
        pending.payment.check_is_for_payment(true).at(AUTHENTICATION, Step::Options)?;

        // Steps 1 to 23 of §7.2, of which 8 to 14 are these.
        let check_client_data = |challenge: &Challenge, client_data_json: &[u8]| {
            // Step 8.
            let text = ClientDataText::decode(client_data_json)
                .at(AUTHENTICATION, Step::ClientDataText)?;

            // Steps 9 to 11, and of step 9 what client data of this type has beyond others.
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
            return refuse("a payment needs the credentials of a user, of `for_user`");
        }
        if request.common.remote_client_data.is_some() {
            return refuse("remote client data is that of a login, which is no payment");
        }
        if self.id.contains(':') {
            return refuse("a payment needs an RP ID that is a domain, not a URI");
        }
        if request.common.mediation.is_some() {
            return refuse("a payment has a dialog of its own, and no mediation");
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
