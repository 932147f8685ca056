//! What a browser writes into the client data of a payment.

use serde::Serialize;

use super::error::AuthenticatorError;
use crate::ceremony::PaymentOptions;

/// `CollectedClientAdditionalPaymentData`, with its members in the order of the dictionary.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentData<'a, Logo, Total, Instrument> {
    rp_id: &'a str,
    top_origin: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee_origin: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Logo]>::is_empty")]
    payment_entities_logos: &'a [Logo],
    total: &'a Total,
    instrument: &'a Instrument,
}

/// The member `payment` as JSON text: everything that the options ask to show, shown in a page
/// inside one of `top_origin`, or with that for its own.
pub(super) fn payment_json(
    options: &PaymentOptions,
    top_origin: &str,
) -> Result<String, AuthenticatorError> {
    let request = options.request();
    let payment = PaymentData {
        rp_id: &request.rp_id,
        top_origin,
        payee_name: request.payee_name.as_deref(),
        payee_origin: request.payee_origin.as_deref(),
        payment_entities_logos: &request.payment_entities_logos,
        total: options.total(),
        instrument: &request.instrument,
    };
    serde_json::to_string(&payment)
        .map_err(|error| AuthenticatorError::new(format!("the payment was not written: {error}")))
}
