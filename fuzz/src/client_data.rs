//! Client data, compared with `serde_json`. Both accept the same texts and read the same members.
//! The rules that this crate adds to the grammar are implemented here a second time.

use serde::de::IgnoredAny;
use webauthn_verify::parse::{ClientData, JsonString, PaymentData};

use super::json::{Kind, Node, Object};

const MAX_LENGTH: usize = 64 * 1024;
const MAX_HEIGHT: usize = 32;

pub fn check(input: &[u8]) {
    match (ClientData::parse(input), Reference::read(input)) {
        (Ok(ours), Verdict::Accepted(theirs)) => {
            theirs.compare(&ours);
            match (PaymentData::parse(input), PaymentReference::read(theirs.payment.as_ref())) {
                (Ok(ours), Ok(theirs)) => theirs.compare(&ours),
                (Ok(_), Err(reason)) => panic!("a payment was accepted, although {reason}"),
                (Err(error), Ok(_)) => panic!("a payment was refused: {error}"),
                (Err(error), Err(_)) => assert!(error.field().is_some(), "{error}"),
            }
        }
        (Ok(_), Verdict::Undecided(text)) => {
            serde_json::from_str::<IgnoredAny>(text).expect("the reference refuses the grammar");
        }
        (Ok(_), Verdict::Refused(reason)) => panic!("accepted, although {reason}"),
        (Err(error), Verdict::Accepted(_)) => panic!("refused: {error}"),
        (Err(error), Verdict::Undecided(_) | Verdict::Refused(_)) => {
            let parse_error = super::site::check_parse_failure(&error, input);
            assert_eq!(parse_error.structure(), "client data");
            assert!(PaymentData::parse(input).is_err_and(|again| again == error));
        }
    }
}

enum Verdict<'a> {
    Accepted(Reference),
    Refused(String),
    /// `serde_json` refuses numbers beyond the range of `f64`, which the grammar allows. For such a
    /// text, only its check of the grammar is compared.
    Undecided(&'a str),
}

/// The members that the specification defines, as the reference reads them.
struct Reference {
    type_: String,
    challenge: String,
    origin: String,
    cross_origin: bool,
    top_origin: Option<String>,
    payment: Option<Node>,
}

impl Reference {
    fn read(input: &[u8]) -> Verdict<'_> {
        if input.len() > MAX_LENGTH {
            return Verdict::Refused("longer than 64 KiB".to_owned());
        }
        let bytes = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Verdict::Refused("not UTF-8".to_owned());
        };
        match serde_json::from_str::<Node>(text) {
            Ok(root) => match Reference::of(&root) {
                Ok(reference) => Verdict::Accepted(reference),
                Err(reason) => Verdict::Refused(reason),
            },
            Err(error) if error.to_string().starts_with("number out of range") => {
                Verdict::Undecided(text)
            }
            Err(error) => Verdict::Refused(error.to_string()),
        }
    }

    fn of(root: &Node) -> Result<Reference, String> {
        let members = Object::of(root)?;
        if root.height > MAX_HEIGHT {
            return Err("deeper than 32 levels".to_owned());
        }
        let cross_origin = match members.find("crossOrigin").map(|node| &node.kind) {
            None => false,
            Some(Kind::Bool(value)) => *value,
            Some(_) => return Err("crossOrigin is not a boolean".to_owned()),
        };
        let top_origin = members.text("topOrigin")?;
        if top_origin.is_some() && !cross_origin {
            return Err("topOrigin without crossOrigin".to_owned());
        }
        Ok(Reference {
            type_: members.required("type")?,
            challenge: members.required("challenge")?,
            origin: members.required("origin")?,
            cross_origin,
            top_origin,
            payment: members.find("payment").cloned(),
        })
    }

    fn compare(&self, ours: &ClientData<'_>) {
        same(ours.type_(), &self.type_);
        same(ours.challenge(), &self.challenge);
        same(ours.origin(), &self.origin);
        assert_eq!(ours.cross_origin(), self.cross_origin);
        assert_eq!(ours.top_origin().is_some(), self.top_origin.is_some());
        if let (Some(ours), Some(theirs)) = (ours.top_origin(), &self.top_origin) {
            same(ours, theirs);
        }
    }
}

/// The member `payment`, as the reference reads it.
struct PaymentReference {
    texts: Vec<Option<String>>,
    logos: Vec<(String, String)>,
    icon_must_be_shown: Option<bool>,
}

impl PaymentReference {
    fn read(payment: Option<&Node>) -> Result<PaymentReference, String> {
        let payment = Object::of(payment.ok_or("there is no payment")?)?;
        let total = Object::of(payment.find("total").ok_or("there is no total")?)?;
        let instrument = Object::of(payment.find("instrument").ok_or("there is no instrument")?)?;
        let rp_id = payment.required("rpId")?;
        if payment.text("rp")?.is_some_and(|rp| rp != rp_id) {
            return Err("rp differs from rpId".to_owned());
        }
        let icon_must_be_shown = match instrument.find("iconMustBeShown").map(|node| &node.kind) {
            None => None,
            Some(Kind::Bool(value)) => Some(*value),
            Some(_) => return Err("iconMustBeShown is not a boolean".to_owned()),
        };
        let logos = match payment.find("paymentEntitiesLogos").map(|node| &node.kind) {
            None => Vec::new(),
            Some(Kind::Array(items)) => items
                .iter()
                .map(|item| {
                    let logo = Object::of(item)?;
                    Ok((logo.required("url")?, logo.required("label")?))
                })
                .collect::<Result<_, String>>()?,
            Some(_) => return Err("the logos are not an array".to_owned()),
        };
        Ok(PaymentReference {
            texts: vec![
                Some(rp_id),
                Some(payment.required("topOrigin")?),
                payment.text("payeeName")?,
                payment.text("payeeOrigin")?,
                Some(total.required("currency")?),
                Some(total.required("value")?),
                Some(instrument.required("displayName")?),
                Some(instrument.required("icon")?),
                instrument.text("details")?,
                payment.text("browserBoundPublicKey")?,
            ],
            logos,
            icon_must_be_shown,
        })
    }

    fn compare(&self, ours: &PaymentData<'_>) {
        let texts = [
            Some(ours.rp_id()),
            Some(ours.top_origin()),
            ours.payee_name(),
            ours.payee_origin(),
            Some(ours.total_currency()),
            Some(ours.total_value()),
            Some(ours.instrument_display_name()),
            Some(ours.instrument_icon()),
            ours.instrument_details(),
            ours.browser_bound_public_key(),
        ];
        for (ours, theirs) in texts.into_iter().zip(&self.texts) {
            assert_eq!(ours.is_some(), theirs.is_some());
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                same(ours, theirs);
            }
        }
        let logos: Vec<_> = ours.payment_entities_logos().collect();
        assert_eq!(logos.len(), self.logos.len());
        for ((url, label), (their_url, their_label)) in logos.into_iter().zip(&self.logos) {
            same(url, their_url);
            same(label, their_label);
        }
        assert_eq!(ours.instrument_icon_must_be_shown(), self.icon_must_be_shown);
    }
}

/// Checks that all methods of a string give the same text.
fn same(ours: JsonString<'_>, theirs: &str) {
    assert!(ours == *theirs, "{ours:?} is not {theirs:?}");
    assert!(ours.chars().eq(theirs.chars()));
    assert_eq!(ours.to_string(), theirs);
    if let Some(text) = ours.as_str() {
        assert_eq!(text, theirs);
    }
}
