//! JSON as `serde_json` reads it. All members of an object are kept in order, including repeated
//! ones.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// The most members of an object.
const MAX_MEMBERS: usize = 64;

/// The result of reading a text with `serde_json`.
pub enum Reading {
    /// A value.
    Read(Node),
    /// The grammar allows the text, but `serde_json` cannot hold its value: a number beyond the
    /// range of `f64`, half of a surrogate pair, or more than 127 levels.
    Unrepresentable,
    /// Not JSON.
    Refused,
}

/// Reads a value that takes up all of `text`.
pub fn read(text: &[u8]) -> Reading {
    let error = match serde_json::from_slice(text) {
        Ok(node) => return Reading::Read(node),
        Err(error) => error.to_string(),
    };
    // For an ignored value, `serde_json` checks only the grammar.
    if std::str::from_utf8(text).is_err() || serde_json::from_slice::<IgnoredAny>(text).is_err() {
        return Reading::Refused;
    }
    let reasons = ["number out of range", "surrogate", "hex escape", "recursion limit exceeded"];
    assert!(reasons.iter().any(|reason| error.contains(reason)), "{error}");
    Reading::Unrepresentable
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: Kind,
    /// The number of levels of nested arrays and objects, including this one.
    pub height: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Returns the members if this is an object.
    pub fn members(&self) -> Option<&[(String, Node)]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the text if this is a string.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether two values are equal, except for the last digits of numbers with a fraction.
    /// `serde_json` does not always read the same number that it has written.
    pub fn is_about(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Number(one), Kind::Number(other)) => {
                one == other || is_about(one, other).unwrap_or(false)
            }
            (Kind::Array(one), Kind::Array(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| one.is_about(other))
            }
            (Kind::Object(one), Kind::Object(other)) => {
                let same = |(one, other): (&(String, Node), &(String, Node))| {
                    one.0 == other.0 && one.1.is_about(&other.1)
                };
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            (one, other) => one == other,
        }
    }
}

fn is_about(one: &Number, other: &Number) -> Option<bool> {
    // An integer can be spelled like a number with a fraction, such as `0.0`.
    if !one.is_f64() && !other.is_f64() {
        return None;
    }
    let (one, other) = (one.as_f64()?, other.as_f64()?);
    Some((one - other).abs() <= one.abs() * 1e-14 + f64::MIN_POSITIVE)
}

/// An object with at most 64 members, in which no member occurs twice.
pub struct Object<'a>(&'a [(String, Node)]);

impl<'a> Object<'a> {
    pub fn of(node: &'a Node) -> Result<Object<'a>, String> {
        let members = node.members().ok_or("not an object")?;
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

    pub fn find(&self, name: &str) -> Option<&'a Node> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, node)| node)
    }

    /// Returns a member that is not null.
    pub fn find_some(&self, name: &str) -> Option<&'a Node> {
        self.find(name).filter(|node| node.kind != Kind::Null)
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        let Some(node) = self.find(name) else { return Ok(None) };
        let text = node.text().ok_or_else(|| format!("{name} is not a string"))?;
        Ok(Some(text.to_owned()))
    }

    pub fn required(&self, name: &str) -> Result<String, String> {
        self.text(name)?.ok_or_else(|| format!("{name} is missing"))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

fn leaf<E: Error>(kind: Kind) -> Result<Node, E> {
    Ok(Node { kind, height: 0 })
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        leaf(Kind::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        leaf(Kind::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        leaf(Kind::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a finite number"))?;
        leaf(Kind::Number(number))
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        leaf(Kind::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        leaf(Kind::Text(text.to_owned()))
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
