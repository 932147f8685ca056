//! The options for a payment: the arguments of the `PaymentRequest` constructor, with the
//! dictionary `SecurePaymentConfirmationRequest` of Secure Payment Confirmation.

use serde::Serialize;

use crate::ceremony::challenge::Challenge;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::options::{CredentialParameters, PublicKeyRequestOptions};
use crate::ceremony::payment::order::{PaymentInstrument, PaymentLogo, PaymentOrder, PaymentTotal};
use crate::key::Algorithm;

/// The arguments of `new PaymentRequest(methodData, details)`. Serialize them and send them to the
/// page on which the user confirms the payment.
///
/// Browsers have no function that reads these arguments from JSON. The page must decode the
/// base64url in two members, and in the inputs of extensions if you request any:
///
/// ```js
/// const { methodData, details } = await response.json();
/// const bytes = (text) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
/// const data = methodData[0].data;
/// data.challenge = bytes(data.challenge);
/// data.credentialIds = data.credentialIds.map(bytes);
/// const confirmed = await new PaymentRequest(methodData, details).show();
/// await confirmed.complete("success");
/// const body = JSON.stringify(confirmed.details); // goes back to the server
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct PaymentOptions {
    method_data: [PaymentMethodData; 1],
    details: PaymentDetails,
}

/// `PaymentMethodData` of the Payment Request API.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentMethodData {
    supported_methods: &'static str,
    data: ConfirmationRequest,
}

/// `SecurePaymentConfirmationRequest`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfirmationRequest {
    pub(crate) challenge: Challenge,
    pub(crate) rp_id: String,
    /// Base64url.
    pub(crate) credential_ids: Vec<String>,
    pub(crate) instrument: PaymentInstrument,
    /// Milliseconds.
    timeout: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payee_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payee_origin: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) payment_entities_logos: Vec<PaymentLogo>,
    #[serde(skip_serializing_if = "ExtensionInputs::is_empty")]
    pub(crate) extensions: ExtensionInputs,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    browser_bound_pub_key_cred_params: Vec<CredentialParameters>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locale: Vec<String>,
    show_opt_out: bool,
}

/// `PaymentDetailsInit` of the Payment Request API.
#[derive(Clone, Debug, Serialize)]
struct PaymentDetails {
    total: PaymentItem,
}

/// `PaymentItem` of the Payment Request API.
#[derive(Clone, Debug, Serialize)]
struct PaymentItem {
    label: &'static str,
    amount: PaymentTotal,
}

impl PaymentOptions {
    /// Creates the options for a payment of this order from the options of a login.
    pub(crate) fn of(order: &PaymentOrder, login: PublicKeyRequestOptions) -> PaymentOptions {
        let data = ConfirmationRequest {
            challenge: login.challenge,
            rp_id: login.rp_id,
            credential_ids: login.allow_credentials.into_iter().map(|allowed| allowed.id).collect(),
            instrument: order.instrument.clone(),
            timeout: login.timeout,
            payee_name: order.payee_name.clone(),
            payee_origin: order.payee_origin.clone(),
            payment_entities_logos: order.logos.clone(),
            extensions: login.extensions,
            browser_bound_pub_key_cred_params: Vec::new(),
            locale: Vec::new(),
            show_opt_out: false,
        };
        let supported_methods = "secure-payment-confirmation";
        PaymentOptions {
            method_data: [PaymentMethodData { supported_methods, data }],
            details: PaymentDetails {
                total: PaymentItem { label: "Total", amount: order.total.clone() },
            },
        }
    }

    /// Sets the languages of the page as language tags (BCP 47), most preferred first. The browser
    /// uses one of them for its dialog if it can.
    pub fn locale(mut self, tags: &[&str]) -> PaymentOptions {
        self.request_mut().locale = tags.iter().map(|&tag| tag.to_owned()).collect();
        self
    }

    /// Lets the user opt out of payment confirmations. If the user opts out, the promise of
    /// `show()` is rejected with an `OptOutError`.
    pub fn show_opt_out(mut self) -> PaymentOptions {
        self.request_mut().show_opt_out = true;
        self
    }

    /// Sets the algorithms for the key that the browser binds to the device, most preferred first.
    /// Not every browser creates this key. The default is ES256 and RS256.
    pub fn browser_bound_algorithms(mut self, algorithms: &[Algorithm]) -> PaymentOptions {
        self.request_mut().browser_bound_pub_key_cred_params = algorithms
            .iter()
            .map(|algorithm| CredentialParameters {
                r#type: "public-key",
                alg: algorithm.cose_id(),
            })
            .collect();
        self
    }

    fn request_mut(&mut self) -> &mut ConfirmationRequest {
        let [method] = &mut self.method_data;
        &mut method.data
    }
}
