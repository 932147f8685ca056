//! Client data, against `serde_json`: both accept the same texts, and read the same members out
//! of them. The rules that this crate has beyond the grammar are written here a second time.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use webauthn_verify::parse::{ClientData, JsonString, PaymentData};

const MAX_LENGTH: usize = 64 * 1024;
const MAX_MEMBERS: usize = 64;
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
            assert!(error.offset() <= input.len(), "{error}");
            assert_eq!(error.structure(), "client data");
            assert!(!error.to_string().is_empty());
            assert!(PaymentData::parse(input).is_err_and(|again| again == error));
        }
    }
}

enum Verdict<'a> {
    Accepted(Reference),
    Refused(String),
    /// `serde_json` refuses numbers beyond the range of `f64`; the grammar has none. Then only
    /// its check of the grammar counts.
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
        match serde_json::from_str::<Root>(text) {
            Ok(root) => match Reference::of(root) {
                Ok(reference) => Verdict::Accepted(reference),
                Err(reason) => Verdict::Refused(reason),
            },
            Err(error) if error.to_string().starts_with("number out of range") => {
                Verdict::Undecided(text)
            }
            Err(error) => Verdict::Refused(error.to_string()),
        }
    }

    fn of(root: Root) -> Result<Reference, String> {
        let Root(members) = root;
        if members.len() > MAX_MEMBERS {
            return Err("more than 64 members".to_owned());
        }
        for (position, (name, node)) in members.iter().enumerate() {
            if members[..position].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("{name:?} occurs twice"));
            }
            // The root is a level too.
            if 1 + node.height > MAX_HEIGHT {
                return Err("deeper than 32 levels".to_owned());
            }
        }
        let find = |name| members.iter().find(|(found, _)| found == name).map(|(_, node)| node);
        let text = |name| match find(name).map(|node| &node.kind) {
            None => Ok(None),
            Some(Kind::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{name} is no string")),
        };
        let required = |name| text(name)?.ok_or_else(|| format!("{name} is missing"));
        let cross_origin = match find("crossOrigin").map(|node| &node.kind) {
            None => false,
            Some(Kind::Bool(value)) => *value,
            Some(_) => return Err("crossOrigin is no boolean".to_owned()),
        };
        let top_origin = text("topOrigin")?;
        if top_origin.is_some() && !cross_origin {
            return Err("topOrigin without crossOrigin".to_owned());
        }
        Ok(Reference {
            type_: required("type")?,
            challenge: required("challenge")?,
            origin: required("origin")?,
            cross_origin,
            top_origin,
            payment: find("payment").cloned(),
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

/// The member `payment`, as the reference reads it. Each member is there or not; of the logos, URL
/// and label.
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
            Some(_) => return Err("iconMustBeShown is no boolean".to_owned()),
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
            Some(_) => return Err("the logos are no array".to_owned()),
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

/// An object of a payment, in which no member occurs twice.
struct Object<'a>(&'a [(String, Node)]);

impl<'a> Object<'a> {
    fn of(node: &'a Node) -> Result<Object<'a>, String> {
        let Kind::Object(members) = &node.kind else { return Err("no object".to_owned()) };
        if members.len() > MAX_MEMBERS {
            return Err("more than 64 members".to_owned());
        }
        for (position, (name, _)) in members.iter().enumerate() {
            if members[..position].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("{name:?} occurs twice"));
            }
        }
        Ok(Object(members))
    }

    fn find(&self, name: &str) -> Option<&'a Node> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, node)| node)
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.find(name).map(|node| &node.kind) {
            None => Ok(None),
            Some(Kind::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{name} is no string")),
        }
    }

    fn required(&self, name: &str) -> Result<String, String> {
        self.text(name)?.ok_or_else(|| format!("{name} is missing"))
    }
}

/// Every way in which a string can be read gives the same text.
fn same(ours: JsonString<'_>, theirs: &str) {
    assert!(ours == *theirs, "{ours:?} is not {theirs:?}");
    assert!(ours.chars().eq(theirs.chars()));
    assert_eq!(ours.to_string(), theirs);
    if let Some(text) = ours.as_str() {
        assert_eq!(text, theirs);
    }
}

/// The members of the root object in their order, repeated ones included.
struct Root(Vec<(String, Node)>);

/// A value, as far as client data cares.
#[derive(Clone)]
struct Node {
    kind: Kind,
    /// How many arrays and objects stand inside one another, this one included.
    height: usize,
}

#[derive(Clone)]
enum Kind {
    Text(String),
    Bool(bool),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
    Other,
}

impl<'de> Deserialize<'de> for Root {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Root, D::Error> {
        deserializer.deserialize_map(RootVisitor)
    }
}

struct RootVisitor;

impl<'de> Visitor<'de> for RootVisitor {
    type Value = Root;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Root(members))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl NodeVisitor {
    fn leaf<E: Error>(kind: Kind) -> Result<Node, E> {
        Ok(Node { kind, height: 0 })
    }
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Bool(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        NodeVisitor::leaf(Kind::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = seq.next_element::<Node>()? {
            items.push(node);
        }
        let highest = items.iter().map(|node| node.height).max().unwrap_or(0);
        Ok(Node { kind: Kind::Array(items), height: highest + 1 })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry::<String, Node>()? {
            members.push(member);
        }
        let highest = members.iter().map(|(_, node)| node.height).max().unwrap_or(0);
        Ok(Node { kind: Kind::Object(members), height: highest + 1 })
    }
}
