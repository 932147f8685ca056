//! The order that a user confirms in a payment, and its comparison with the confirmed payment: the
//! steps that Secure Payment Confirmation inserts after step 12 of §7.2.

use core::fmt;

use serde::Serialize;

use crate::ceremony::iframe::Framing;
use crate::ceremony::origin::{Origins, Pages, is_serialised_authority};
use crate::debug::Text;
use crate::encoding::json::JsonString;
use crate::error::{AtStep, Error, ErrorKind, Failure, quote};
use crate::message::payment::PaymentData;
use crate::spec::{Ceremony, Step};

/// The maximum total length of the strings that are shown. They are signed as part of the client
/// data, which has a limit of 64 KiB. This leaves room for the rest of the client data and for
/// escapes.
const MAX_TEXTS: usize = 48 * 1024;

/// The payment that the user is asked to confirm: where, to whom, how much, and from which card or
/// account.
///
/// All values are compared as strings, so `5.0` differs from `5.00`. Write URLs as browsers write
/// them: `https://bank.example/` needs the slash at the end. All strings together, including
/// `data:` URLs, must not be longer than 48 KiB.
///
/// ```
/// use webauthn_verify::{PaymentInstrument, PaymentOrder};
///
/// let card = PaymentInstrument::new("Gold card ****1234", "https://bank.example/gold.png");
/// let order = PaymentOrder::new("https://shop.example", "EUR", "49.90", card)
///     .payee_name("The shop")
///     .payee_origin("https://shop.example");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PaymentOrder {
    origin: String,
    top_origin: Option<String>,
    pub(crate) payee_name: Option<String>,
    pub(crate) payee_origin: Option<String>,
    pub(crate) logos: Vec<PaymentLogo>,
    pub(crate) total: PaymentTotal,
    pub(crate) instrument: PaymentInstrument,
}

/// The card or account to charge, as the user sees it. It serializes as the dictionary
/// `PaymentCredentialInstrument`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct PaymentInstrument {
    display_name: String,
    icon: String,
    icon_must_be_shown: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

/// `PaymentEntityLogo`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PaymentLogo {
    url: String,
    label: String,
}

/// `PaymentCurrencyAmount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PaymentTotal {
    currency: String,
    value: String,
}

/// Shows only the first characters of URLs, because a URL can contain a whole image.
impl fmt::Debug for PaymentInstrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentInstrument")
            .field("display_name", &Text(&self.display_name))
            .field("icon", &Text(&self.icon))
            .field("icon_must_be_shown", &self.icon_must_be_shown)
            .field("details", &self.details.as_deref().map(Text))
            .finish()
    }
}

impl fmt::Debug for PaymentLogo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentLogo")
            .field("url", &Text(&self.url))
            .field("label", &Text(&self.label))
            .finish()
    }
}

impl PaymentInstrument {
    /// Creates an instrument with a name, such as `Gold card ****1234`, and the URL of its icon. A
    /// `data:` URL contains the icon itself.
    pub fn new(display_name: impl Into<String>, icon: impl Into<String>) -> PaymentInstrument {
        PaymentInstrument {
            display_name: display_name.into(),
            icon: icon.into(),
            icon_must_be_shown: true,
            details: None,
        }
    }

    /// Lets the payment continue if the browser cannot load the icon. By default, the payment fails
    /// if the icon cannot be loaded.
    pub fn icon_may_be_missing(mut self) -> PaymentInstrument {
        self.icon_must_be_shown = false;
        self
    }

    /// Shows more information about the instrument below its name.
    pub fn details(mut self, details: impl Into<String>) -> PaymentInstrument {
        self.details = Some(details.into());
        self
    }
}

impl PaymentOrder {
    /// Creates an order for a total that is paid from an instrument and confirmed on a page of
    /// `origin`.
    ///
    /// `origin` is the origin of the page or iframe that calls the browser. It often belongs to the
    /// shop and not to the relying party. The origins of the [`RelyingParty`](crate::RelyingParty)
    /// do not apply to payments. `currency` must be three capital letters (ISO 4217). `value` must
    /// consist of digits and at most one decimal point, with digits on both sides. Also set the
    /// name or the origin of the payee. [`start_payment`](crate::RelyingParty::start_payment)
    /// checks the order.
    pub fn new(
        origin: impl Into<String>,
        currency: impl Into<String>,
        value: impl Into<String>,
        instrument: PaymentInstrument,
    ) -> PaymentOrder {
        PaymentOrder {
            origin: origin.into(),
            top_origin: None,
            payee_name: None,
            payee_origin: None,
            logos: Vec::new(),
            total: PaymentTotal { currency: currency.into(), value: value.into() },
            instrument,
        }
    }

    /// Sets the origin of the page that embeds the iframe in which the user confirms the payment,
    /// for example a shop's page that embeds a payment service. By default, the user confirms the
    /// payment on a top-level page.
    pub fn framed_by(mut self, top_origin: impl Into<String>) -> PaymentOrder {
        self.top_origin = Some(top_origin.into());
        self
    }

    /// Shows the name of the payee.
    pub fn payee_name(mut self, name: impl Into<String>) -> PaymentOrder {
        self.payee_name = Some(name.into());
        self
    }

    /// Shows the origin of the payee, which must be an `https` origin.
    pub fn payee_origin(mut self, origin: impl Into<String>) -> PaymentOrder {
        self.payee_origin = Some(origin.into());
        self
    }

    /// Adds the logo of a participant in the payment, such as a card network, with its URL and its
    /// label. Add the most important logos first, because browsers may not show all of them.
    pub fn logo(mut self, url: impl Into<String>, label: impl Into<String>) -> PaymentOrder {
        self.logos.push(PaymentLogo { url: url.into(), label: label.into() });
        self
    }

    /// Step 1: checks that browsers accept the order (Secure Payment Confirmation, steps to
    /// validate payment method data), and that origins are written as browsers serialize them. The
    /// result is the origins of the pages that confirm the payment, and of the pages that embed
    /// them.
    pub(crate) fn check(&self) -> Result<(Origins, Framing), Failure> {
        let refuse = |reason: &'static str| Err(Failure::new(ErrorKind::InvalidOptions, reason));
        let PaymentTotal { currency, value } = &self.total;
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return refuse("the currency of the payment is not three capital letters");
        }
        if !is_amount(value) {
            return refuse("the total of the payment is not an amount such as 5.00");
        }
        if self.instrument.display_name.is_empty() || self.instrument.icon.is_empty() {
            return refuse("the payment instrument has no name or no icon");
        }
        if self.instrument.details.as_deref() == Some("") {
            return refuse("the details of the payment instrument are empty");
        }
        if self.logos.iter().any(|logo| logo.url.is_empty() || logo.label.is_empty()) {
            return refuse("a logo of the payment has no URL or no label");
        }
        let mut urls = self.logos.iter().map(|logo| &logo.url).chain([&self.instrument.icon]);
        if !urls.all(|url| is_serialised(url)) {
            return refuse(
                "a URL of the payment is not written as browsers serialize it, \
                 such as https://example.com/icon.png",
            );
        }
        if self.texts().map(str::len).sum::<usize>() > MAX_TEXTS {
            return refuse("the strings and URLs of the payment are longer than 48 KiB");
        }
        match (&self.payee_name, &self.payee_origin) {
            (None, None) => return refuse("the payment has no payee name or payee origin"),
            (Some(name), _) if name.is_empty() => return refuse("the name of the payee is empty"),
            (_, Some(origin)) => {
                origins(origin)?;
                if !origin.starts_with("https://") {
                    return refuse("the origin of the payee is not an https origin");
                }
            }
            (_, None) => {}
        }
        let mut framing = Framing::default();
        if let Some(top_origin) = &self.top_origin {
            framing.listed = origins(top_origin)?;
            // The payment data always contains the top origin, so the client data may omit it.
            framing.unnamed = true;
        }
        Ok((origins(&self.origin)?, framing))
    }

    /// The strings that browsers put into the client data.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let PaymentInstrument { display_name, icon, details, .. } = &self.instrument;
        let PaymentTotal { currency, value } = &self.total;
        let always = [&self.origin, display_name, icon, currency, value];
        let optional = [&self.top_origin, &self.payee_name, &self.payee_origin, details];
        let logos = self.logos.iter().flat_map(|logo| [&logo.url, &logo.label]);
        always.into_iter().chain(optional.into_iter().flatten()).chain(logos).map(String::as_str)
    }

    /// Steps 12.1 to 12.7: checks that the user has confirmed this order.
    pub(crate) fn check_confirmed(
        &self,
        rp_id: &str,
        payment: &PaymentData<'_>,
    ) -> Result<(), Error> {
        const AUTHENTICATION: Ceremony = Ceremony::Authentication;

        // Step 12.1.
        compare("payment.rpId", rp_id, payment.rp_id()).at(AUTHENTICATION, Step::PaymentRpId)?;

        // Step 12.2.
        let top_origin = self.top_origin.as_ref().unwrap_or(&self.origin);
        compare("payment.topOrigin", top_origin, payment.top_origin())
            .at(AUTHENTICATION, Step::PaymentTopOrigin)?;

        // Step 12.3.
        let payee_name = self.payee_name.as_deref();
        compare_if_any("payment.payeeName", payee_name, payment.payee_name())
            .at(AUTHENTICATION, Step::PaymentPayeeName)?;

        // Step 12.4.
        let payee_origin = self.payee_origin.as_deref();
        compare_if_any("payment.payeeOrigin", payee_origin, payment.payee_origin())
            .at(AUTHENTICATION, Step::PaymentPayeeOrigin)?;

        // Step 12.5.
        self.check_logos(payment).at(AUTHENTICATION, Step::PaymentEntitiesLogos)?;

        // Step 12.6.
        self.check_total(payment).at(AUTHENTICATION, Step::PaymentTotal)?;

        // Step 12.7.
        self.instrument.check(payment).at(AUTHENTICATION, Step::PaymentInstrument)
    }

    /// Step 12.5: checks that the logos that were shown are among the logos of the order, and in
    /// the same sequence. A logo that could not be loaded has an empty URL.
    fn check_logos(&self, payment: &PaymentData<'_>) -> Result<(), Failure> {
        let mut ordered = self.logos.iter();
        for (url, label) in payment.payment_entities_logos() {
            let is_it =
                |logo: &PaymentLogo| label == *logo.label && (url == *logo.url || url == *"");
            if !ordered.any(is_it) {
                let detail = format!("{} is not the next logo of the order", quote(label.chars()));
                return Err(mismatch("payment.paymentEntitiesLogos", detail));
            }
        }
        Ok(())
    }

    /// Step 12.6.
    fn check_total(&self, payment: &PaymentData<'_>) -> Result<(), Failure> {
        compare("payment.total.currency", &self.total.currency, payment.total_currency())?;
        compare("payment.total.value", &self.total.value, payment.total_value())
    }
}

impl PaymentInstrument {
    /// Step 12.7. The icon is empty if it could not be shown. This is accepted if the icon may be
    /// missing. If a browser omits `iconMustBeShown`, it used the value in the options.
    fn check(&self, payment: &PaymentData<'_>) -> Result<(), Failure> {
        let display_name = payment.instrument_display_name();
        compare("payment.instrument.displayName", &self.display_name, display_name)?;
        let icon = payment.instrument_icon();
        if self.icon_must_be_shown || icon != *"" {
            compare("payment.instrument.icon", &self.icon, icon)?;
        }
        match payment.instrument_icon_must_be_shown() {
            Some(received) if received != self.icon_must_be_shown => {
                let detail = format!("{received}, not {}", self.icon_must_be_shown);
                return Err(mismatch("payment.instrument.iconMustBeShown", detail));
            }
            _ => {}
        }
        let details = payment.instrument_details();
        compare_if_any("payment.instrument.details", self.details.as_deref(), details)
    }
}

fn origins(origin: &str) -> Result<Origins, Failure> {
    Origins::of_pages([origin], Pages::Paying)
        .map_err(|error| Failure::new(ErrorKind::InvalidOptions, error.to_string()))
}

/// Returns whether a browser could have serialized a URL in this form, because the serialized URL
/// is signed. It must not contain a character that browsers escape, and an `https` origin must be
/// followed by a path.
fn is_serialised(url: &str) -> bool {
    let has_good_origin = |rest: &str| {
        rest.split_once('/').is_some_and(|(authority, _)| is_serialised_authority(authority))
    };
    url.bytes().all(|byte| byte.is_ascii_graphic())
        && url.strip_prefix("https://").is_none_or(has_good_origin)
}

/// `1*DIGIT [ "." 1*DIGIT ]`: a valid decimal monetary value (Payment Request API) that is not
/// negative.
fn is_amount(value: &str) -> bool {
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match value.split_once('.') {
        Some((whole, fraction)) => is_number(whole) && is_number(fraction),
        None => is_number(value),
    }
}

fn compare(field: &'static str, ordered: &str, confirmed: JsonString<'_>) -> Result<(), Failure> {
    compare_if_any(field, Some(ordered), Some(confirmed))
}

/// Checks that both are equal, or that both are missing.
fn compare_if_any(
    field: &'static str,
    ordered: Option<&str>,
    confirmed: Option<JsonString<'_>>,
) -> Result<(), Failure> {
    let detail = match (ordered, confirmed) {
        (None, None) => return Ok(()),
        (Some(ordered), Some(confirmed)) if confirmed == *ordered => return Ok(()),
        (Some(ordered), Some(confirmed)) => {
            format!("{}, not {}", quote(confirmed.chars()), quote(ordered.chars()))
        }
        (Some(ordered), None) => format!("missing, not {}", quote(ordered.chars())),
        (None, Some(confirmed)) => format!("{}, not missing", quote(confirmed.chars())),
    };
    Err(mismatch(field, detail))
}

fn mismatch(field: &'static str, detail: String) -> Failure {
    Failure::of(field, ErrorKind::PaymentMismatch, detail)
}
