//! The payment in client data (Secure Payment Confirmation, dictionary
//! `CollectedClientAdditionalPaymentData`): the member `payment` of client data with the type
//! `payment.get`.

use core::fmt;

use crate::debug::Count;
use crate::encoding::json::{JsonReader, JsonString};
use crate::error::{Failure, ParseError};
use crate::message::client_data::ClientDataText;

/// A view of the payment in `clientDataJSON`: the details that the browser showed and the user
/// confirmed. Members that the specification does not define are ignored.
///
/// ```
/// use webauthn_verify::parse::PaymentData;
///
/// let json = br#"{"type":"payment.get","challenge":"AAAA","origin":"https://shop.example",
///     "payment":{"rpId":"bank.example","topOrigin":"https://shop.example","payeeName":"A shop",
///     "total":{"currency":"EUR","value":"5.00"},
///     "instrument":{"displayName":"Card","icon":"https://bank.example/card.png"}}}"#;
/// let payment = PaymentData::parse(json)?;
/// assert!(payment.total_value() == *"5.00");
/// assert!(payment.payee_origin().is_none());
/// # Ok::<(), webauthn_verify::Failure>(())
/// ```
#[derive(Clone, Copy)]
pub struct PaymentData<'a> {
    rp_id: JsonString<'a>,
    top_origin: JsonString<'a>,
    payee_name: Option<JsonString<'a>>,
    payee_origin: Option<JsonString<'a>>,
    /// A reader at the start of the array, which has been checked.
    payment_entities_logos: Option<JsonReader<'a>>,
    total: Total<'a>,
    instrument: Instrument<'a>,
    browser_bound_public_key: Option<JsonString<'a>>,
}

/// `PaymentCurrencyAmount`.
#[derive(Clone, Copy, Debug)]
struct Total<'a> {
    currency: JsonString<'a>,
    value: JsonString<'a>,
}

/// `PaymentCredentialInstrument`.
#[derive(Clone, Copy, Debug)]
struct Instrument<'a> {
    display_name: JsonString<'a>,
    icon: JsonString<'a>,
    icon_must_be_shown: Option<bool>,
    details: Option<JsonString<'a>>,
}

/// Does not show the reader, because the reader contains the whole client data.
impl fmt::Debug for PaymentData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentData")
            .field("rp_id", &self.rp_id)
            .field("top_origin", &self.top_origin)
            .field("payee_name", &self.payee_name)
            .field("payee_origin", &self.payee_origin)
            .field("payment_entities_logos", &Count(self.payment_entities_logos().count(), "logo"))
            .field("total", &self.total)
            .field("instrument", &self.instrument)
            .field("browser_bound_public_key", &self.browser_bound_public_key)
            .finish()
    }
}

impl<'a> PaymentData<'a> {
    /// Parses the bytes of `clientDataJSON` and the member `payment` in it. Members must not be
    /// repeated in the client data or in any object of the payment.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`ClientData::parse`](crate::parse::ClientData::parse). It also
    /// returns [`InvalidClientDataJson`](crate::ErrorKind::InvalidClientDataJson) if `payment` or a
    /// required member of it is missing or has the wrong type.
    pub fn parse(json: &'a [u8]) -> Result<PaymentData<'a>, Failure> {
        let text = ClientDataText::decode(json)?;
        text.parse()?;
        Ok(PaymentData::read(text)?)
    }

    /// Reads the payment from client data that has been parsed before.
    pub(crate) fn read(text: ClientDataText<'a>) -> Result<PaymentData<'a>, ParseError> {
        let mut reader = text.reader();
        let start = reader;
        let mut payment = None;
        read_object(&mut reader, "client data", |name, reader| {
            if name == *"payment" {
                payment = Some(PaymentData::read_member(reader)?);
            } else {
                reader.value()?;
            }
            Ok(())
        })?;
        start.required("payment", payment)
    }

    fn read_member(reader: &mut JsonReader<'a>) -> Result<PaymentData<'a>, ParseError> {
        let start = *reader;
        let (mut rp_id, mut rp, mut top_origin) = (None, None, None);
        let (mut payee_name, mut payee_origin, mut logos) = (None, None, None);
        let (mut total, mut instrument, mut key) = (None, None, None);
        read_object(reader, "payment", |name, reader| {
            if name == *"rpId" {
                rp_id = Some(reader.text("payment.rpId")?);
            } else if name == *"rp" {
                rp = Some(reader.text("payment.rp")?);
            } else if name == *"topOrigin" {
                top_origin = Some(reader.text("payment.topOrigin")?);
            } else if name == *"payeeName" {
                payee_name = Some(reader.text("payment.payeeName")?);
            } else if name == *"payeeOrigin" {
                payee_origin = Some(reader.text("payment.payeeOrigin")?);
            } else if name == *"paymentEntitiesLogos" {
                logos = Some(read_logos(reader)?);
            } else if name == *"total" {
                total = Some(read_total(reader)?);
            } else if name == *"instrument" {
                instrument = Some(read_instrument(reader)?);
            } else if name == *"browserBoundPublicKey" {
                key = Some(reader.text("payment.browserBoundPublicKey")?);
            } else {
                reader.value()?;
            }
            Ok(())
        })?;
        let rp_id = start.required("payment.rpId", rp_id)?;
        // `rp` is the older name of `rpId`. A browser can send both.
        if rp.is_some_and(|rp| rp != rp_id) {
            return Err(start.error_in("payment.rp", "differs from rpId"));
        }
        Ok(PaymentData {
            rp_id,
            top_origin: start.required("payment.topOrigin", top_origin)?,
            payee_name,
            payee_origin,
            payment_entities_logos: logos,
            total: start.required("payment.total", total)?,
            instrument: start.required("payment.instrument", instrument)?,
            browser_bound_public_key: key,
        })
    }

    /// The RP ID of the credential.
    pub fn rp_id(&self) -> JsonString<'a> {
        self.rp_id
    }

    /// The origin of the top-level page on which the payment was confirmed.
    pub fn top_origin(&self) -> JsonString<'a> {
        self.top_origin
    }

    /// The name of the payee, or `None` if it was not shown.
    pub fn payee_name(&self) -> Option<JsonString<'a>> {
        self.payee_name
    }

    /// The origin of the payee, or `None` if it was not shown.
    pub fn payee_origin(&self) -> Option<JsonString<'a>> {
        self.payee_origin
    }

    /// The logos that were shown, each as a URL and a label. The URL is empty if the logo could not
    /// be loaded.
    pub fn payment_entities_logos(
        &self,
    ) -> impl Iterator<Item = (JsonString<'a>, JsonString<'a>)> + use<'a> {
        let mut reader = self.payment_entities_logos;
        if let Some(array) = &mut reader {
            // `read_logos` has checked the same text, so nothing fails here.
            reader = array.array_start().ok().map(|()| *array);
        }
        let mut first = true;
        core::iter::from_fn(move || {
            let reader = reader.as_mut()?;
            let more = reader.has_item(core::mem::take(&mut first)).ok()?;
            if more { read_logo(reader).ok() } else { None }
        })
    }

    /// The currency of the total: three letters (ISO 4217).
    pub fn total_currency(&self) -> JsonString<'a> {
        self.total.currency
    }

    /// The total, for example `5.00`.
    pub fn total_value(&self) -> JsonString<'a> {
        self.total.value
    }

    /// The name of the payment instrument.
    pub fn instrument_display_name(&self) -> JsonString<'a> {
        self.instrument.display_name
    }

    /// The URL of the instrument's icon. It is empty if the icon was optional and the browser could
    /// not show it.
    pub fn instrument_icon(&self) -> JsonString<'a> {
        self.instrument.icon
    }

    /// Returns whether the icon had to be shown, or `None` if the browser does not report it.
    pub fn instrument_icon_must_be_shown(&self) -> Option<bool> {
        self.instrument.icon_must_be_shown
    }

    /// More details of the instrument, or `None` if they were not shown.
    pub fn instrument_details(&self) -> Option<JsonString<'a>> {
        self.instrument.details
    }

    /// The browser bound key: a COSE_Key in base64url that the browser binds to the user's device.
    /// Its signature over the client data is in the client extension results, at
    /// `payment.browserBoundSignature.signature`. This crate does not verify that signature. The
    /// key proves nothing until you have verified that signature and know the key from an earlier
    /// ceremony.
    pub fn browser_bound_public_key(&self) -> Option<JsonString<'a>> {
        self.browser_bound_public_key
    }
}

fn read_total<'a>(reader: &mut JsonReader<'a>) -> Result<Total<'a>, ParseError> {
    let start = *reader;
    let (mut currency, mut value) = (None, None);
    read_object(reader, "payment.total", |name, reader| {
        if name == *"currency" {
            currency = Some(reader.text("payment.total.currency")?);
        } else if name == *"value" {
            value = Some(reader.text("payment.total.value")?);
        } else {
            reader.value()?;
        }
        Ok(())
    })?;
    Ok(Total {
        currency: start.required("payment.total.currency", currency)?,
        value: start.required("payment.total.value", value)?,
    })
}

fn read_instrument<'a>(reader: &mut JsonReader<'a>) -> Result<Instrument<'a>, ParseError> {
    let start = *reader;
    let (mut display_name, mut icon, mut details) = (None, None, None);
    let mut icon_must_be_shown = None;
    read_object(reader, "payment.instrument", |name, reader| {
        if name == *"displayName" {
            display_name = Some(reader.text("payment.instrument.displayName")?);
        } else if name == *"icon" {
            icon = Some(reader.text("payment.instrument.icon")?);
        } else if name == *"iconMustBeShown" {
            icon_must_be_shown = Some(reader.boolean("payment.instrument.iconMustBeShown")?);
        } else if name == *"details" {
            details = Some(reader.text("payment.instrument.details")?);
        } else {
            reader.value()?;
        }
        Ok(())
    })?;
    Ok(Instrument {
        display_name: start.required("payment.instrument.displayName", display_name)?,
        icon: start.required("payment.instrument.icon", icon)?,
        icon_must_be_shown,
        details,
    })
}

/// Reads the array and returns a reader at its start.
fn read_logos<'a>(reader: &mut JsonReader<'a>) -> Result<JsonReader<'a>, ParseError> {
    let start = *reader;
    reader.array_start().map_err(|error| in_field(error, "payment.paymentEntitiesLogos"))?;
    let mut first = true;
    while reader.has_item(core::mem::take(&mut first))? {
        read_logo(reader)?;
    }
    Ok(start)
}

/// Reads a `PaymentEntityLogo` and returns its URL and label.
fn read_logo<'a>(
    reader: &mut JsonReader<'a>,
) -> Result<(JsonString<'a>, JsonString<'a>), ParseError> {
    const URL: &str = "payment.paymentEntitiesLogos[].url";
    const LABEL: &str = "payment.paymentEntitiesLogos[].label";
    let start = *reader;
    let (mut url, mut label) = (None, None);
    read_object(reader, "payment.paymentEntitiesLogos[]", |name, reader| {
        if name == *"url" {
            url = Some(reader.text(URL)?);
        } else if name == *"label" {
            label = Some(reader.text(LABEL)?);
        } else {
            reader.value()?;
        }
        Ok(())
    })?;
    Ok((start.required(URL, url)?, start.required(LABEL, label)?))
}

/// Reads an object without duplicate names. `member` reads the value of each name.
fn read_object<'a>(
    reader: &mut JsonReader<'a>,
    field: &'static str,
    member: impl FnMut(JsonString<'a>, &mut JsonReader<'a>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    reader.object(|error| in_field(error.into_parse_error(), field), member)
}

fn in_field(error: ParseError, field: &'static str) -> ParseError {
    ParseError { field: Some(field), ..error }
}
