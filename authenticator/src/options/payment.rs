//! The arguments of `new PaymentRequest(methodData, details)` as JSON, with the dictionaries of
//! Secure Payment Confirmation. Bytes are base64url.

use serde::Serialize;
use serde_json::Value;

use crate::error::AuthenticatorError;
use crate::options::common::{algorithms, extensions};
use crate::options::extensions::ExtensionInputs;
use crate::options::json::{Dictionary, Member, TYPE_ERROR};

/// The options of a payment: the data that the user confirms, and the credentials for it.
#[derive(Debug)]
pub(crate) struct PaymentOptions {
    pub(crate) rp_id: String,
    pub(crate) challenge: Vec<u8>,
    pub(crate) credential_ids: Vec<Vec<u8>>,
    pub(crate) extensions: ExtensionInputs,
    payee_name: Option<String>,
    payee_origin: Option<String>,
    logos: Vec<Logo>,
    total: Total,
    instrument: Instrument,
}

/// `PaymentCredentialInstrument`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Instrument {
    display_name: String,
    icon: String,
    icon_must_be_shown: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

/// `PaymentEntityLogo`.
#[derive(Debug, Serialize)]
struct Logo {
    url: String,
    label: String,
}

/// `PaymentCurrencyAmount`.
#[derive(Debug, Serialize)]
struct Total {
    currency: String,
    value: String,
}

/// `CollectedClientAdditionalPaymentData`, with its members in the order of the dictionary.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentData<'a> {
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

impl PaymentOptions {
    /// Reads the options, and rejects them as a browser would. Any page can request a payment, so
    /// the RP ID is not compared with an origin.
    pub(crate) fn read(json: &Value) -> Result<PaymentOptions, AuthenticatorError> {
        let arguments = Dictionary::outermost("options", json)?;
        let details = arguments.required("details")?.dictionary()?;
        let total = details.required("total")?.dictionary()?.required("amount")?.dictionary()?;
        let total = Total { currency: text(&total, "currency")?, value: text(&total, "value")? };
        let data = method_data(&arguments)?;
        let ids = data.required("credentialIds")?;
        let credential_ids: Vec<_> =
            ids.sequence()?.iter().map(Member::bytes).collect::<Result<_, _>>()?;
        if credential_ids.is_empty() || credential_ids.iter().any(Vec::is_empty) {
            return Err(ids.refused("RangeError", "is empty, or has an empty ID"));
        }
        check_unused(&data)?;
        let payee_name = some_text_if_any(&data, "payeeName")?;
        let payee_origin = some_text_if_any(&data, "payeeOrigin")?;
        if payee_name.is_none() && payee_origin.is_none() {
            let reason = "payeeName and payeeOrigin are both missing";
            return Err(AuthenticatorError::thrown(TYPE_ERROR, reason));
        }
        if payee_origin.as_ref().is_some_and(|origin| !origin.starts_with("https://")) {
            return Err(data
                .required("payeeOrigin")?
                .refused(TYPE_ERROR, "is not an https origin"));
        }
        let logos = data.sequence("paymentEntitiesLogos")?;
        let extensions = extensions(&data)?;
        extensions.check_request(&credential_ids)?;
        Ok(PaymentOptions {
            rp_id: some_text(&data, "rpId")?,
            challenge: data.required("challenge")?.some_bytes()?,
            credential_ids,
            extensions,
            payee_name,
            payee_origin,
            logos: logos.into_iter().map(Logo::read).collect::<Result<_, _>>()?,
            total,
            instrument: Instrument::read(&data.required("instrument")?.dictionary()?)?,
        })
    }

    /// Returns the member `payment` of client data as JSON text. It contains all data that the
    /// options ask the browser to show. `top_origin` is the origin of the top page.
    pub(crate) fn payment_json(&self, top_origin: &str) -> Result<String, AuthenticatorError> {
        let payment = PaymentData {
            rp_id: &self.rp_id,
            top_origin,
            payee_name: self.payee_name.as_deref(),
            payee_origin: self.payee_origin.as_deref(),
            payment_entities_logos: &self.logos,
            total: &self.total,
            instrument: &self.instrument,
        };
        serde_json::to_string(&payment).map_err(|error| {
            AuthenticatorError::new(format!("the payment could not be written as JSON: {error}"))
        })
    }
}

impl Instrument {
    fn read(instrument: &Dictionary<'_>) -> Result<Instrument, AuthenticatorError> {
        let must_be_shown = instrument.optional("iconMustBeShown");
        Ok(Instrument {
            display_name: some_text(instrument, "displayName")?,
            icon: some_text(instrument, "icon")?,
            icon_must_be_shown: must_be_shown.map_or(Ok(true), |member| member.boolean())?,
            details: some_text_if_any(instrument, "details")?,
        })
    }
}

impl Logo {
    fn read(logo: Member<'_>) -> Result<Logo, AuthenticatorError> {
        let logo = logo.dictionary()?;
        Ok(Logo { url: some_text(&logo, "url")?, label: some_text(&logo, "label")? })
    }
}

/// Returns the data of the only payment method that is supported here.
fn method_data<'a>(arguments: &Dictionary<'a>) -> Result<Dictionary<'a>, AuthenticatorError> {
    for method in arguments.required("methodData")?.sequence()? {
        let method = method.dictionary()?;
        if method.required("supportedMethods")?.string()? == "secure-payment-confirmation" {
            return method.required("data")?.dictionary();
        }
    }
    let reason = "methodData has no entry for secure-payment-confirmation";
    Err(AuthenticatorError::thrown("NotSupportedError", reason))
}

/// Checks the types of members that have no effect here.
fn check_unused(data: &Dictionary<'_>) -> Result<(), AuthenticatorError> {
    if let Some(timeout) = data.optional("timeout") {
        timeout.check_number()?;
    }
    if let Some(parameters) = data.optional("browserBoundPubKeyCredParams") {
        algorithms(&parameters)?;
    }
    data.boolean("showOptOut")?;
    data.check_strings("locale")
}

fn text(dictionary: &Dictionary<'_>, name: &str) -> Result<String, AuthenticatorError> {
    Ok(dictionary.required(name)?.string()?.to_owned())
}

fn some_text(dictionary: &Dictionary<'_>, name: &str) -> Result<String, AuthenticatorError> {
    let member = dictionary.required(name)?;
    match member.string()? {
        "" => Err(member.refused(TYPE_ERROR, "is empty")),
        text => Ok(text.to_owned()),
    }
}

fn some_text_if_any(
    dictionary: &Dictionary<'_>,
    name: &str,
) -> Result<Option<String>, AuthenticatorError> {
    dictionary.optional(name).map(|_| some_text(dictionary, name)).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn options() -> Value {
        json!({
            "methodData": [
                { "supportedMethods": "unknown" },
                {
                    "supportedMethods": "secure-payment-confirmation",
                    "data": {
                        "challenge": "AgM",
                        "rpId": "bank.example",
                        "credentialIds": ["AQ"],
                        "payeeName": "The shop",
                        "instrument": { "icon": "https://bank.example/i.png", "displayName": "Card" },
                    },
                },
            ],
            "details": { "total": { "label": "Total", "amount": { "value": "5.00", "currency": "EUR" } } },
        })
    }

    #[test]
    fn payment_members_are_in_the_order_of_the_dictionary() {
        let mut json = options();
        let data = &mut json["methodData"][1]["data"];
        data["payeeOrigin"] = json!("https://shop.example");
        data["paymentEntitiesLogos"] = json!([{ "label": "Net", "url": "https://net.example/" }]);
        data["instrument"]["details"] = json!("**** 1234");
        data["instrument"]["iconMustBeShown"] = json!(false);
        let options = PaymentOptions::read(&json).unwrap();
        assert_eq!(
            options.payment_json("https://top.example").unwrap(),
            r#"{"rpId":"bank.example","topOrigin":"https://top.example","payeeName":"The shop","payeeOrigin":"https://shop.example","paymentEntitiesLogos":[{"url":"https://net.example/","label":"Net"}],"total":{"currency":"EUR","value":"5.00"},"instrument":{"displayName":"Card","icon":"https://bank.example/i.png","iconMustBeShown":false,"details":"**** 1234"}}"#
        );
    }

    #[test]
    fn icon_must_be_shown_is_true_by_default() {
        let payment = PaymentOptions::read(&options()).unwrap().payment_json("https://a.example");
        assert!(payment.unwrap().contains(r#""iconMustBeShown":true"#));
    }

    #[test]
    fn invalid_options_are_refused_as_in_a_browser() {
        for (name, value, exception, reason) in [
            ("challenge", json!(""), "TypeError", "methodData[1].data.challenge is empty"),
            ("rpId", json!(""), "TypeError", "methodData[1].data.rpId is empty"),
            ("credentialIds", json!([]), "RangeError", "methodData[1].data.credentialIds is empty"),
            ("credentialIds", json!([""]), "RangeError", "methodData[1].data.credentialIds"),
            ("credentialIds", json!(["="]), "EncodingError", "methodData[1].data.credentialIds[0]"),
            ("payeeName", json!(""), "TypeError", "methodData[1].data.payeeName is empty"),
            (
                "payeeOrigin",
                json!("http://a.example"),
                "TypeError",
                "methodData[1].data.payeeOrigin",
            ),
            (
                "instrument",
                json!({ "icon": "x" }),
                "TypeError",
                "methodData[1].data.instrument.disp",
            ),
            (
                "paymentEntitiesLogos",
                json!([{}]),
                "TypeError",
                "methodData[1].data.paymentEntitiesL",
            ),
            ("locale", json!("en"), "TypeError", "methodData[1].data.locale is a string"),
            (
                "extensions",
                json!({ "largeBlob": { "support": "required" } }),
                "NotSupportedError",
                "extensions.largeBlob.support",
            ),
        ] {
            let mut options = options();
            options["methodData"][1]["data"][name] = value;
            let error = PaymentOptions::read(&options).unwrap_err();
            assert_eq!(error.exception(), Some(exception), "{error}");
            assert!(error.to_string().starts_with(reason), "{error}");
        }
        let mut nobody = options();
        nobody["methodData"][1]["data"].as_object_mut().unwrap().remove("payeeName");
        assert!(PaymentOptions::read(&nobody).is_err());
        let mut unknown = options();
        unknown["methodData"][1]["supportedMethods"] = json!("basic-card");
        let error = PaymentOptions::read(&unknown).unwrap_err();
        assert_eq!(error.exception(), Some("NotSupportedError"));
        assert!(PaymentOptions::read(&json!({ "methodData": [] })).is_err());
    }
}
