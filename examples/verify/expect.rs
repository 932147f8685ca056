//! The verdict that a case expects.

use std::fmt;

use serde_json::Value;
use webauthn_verify::ErrorKind;

use crate::report::Verdict;

pub(crate) enum Expect {
    Accept,
    Reject {
        kind: Option<ErrorKind>,
        field: Option<String>,
    },
    Unusable,
    /// The expectation cannot be read, so no verdict meets it.
    Unreadable,
}

impl Expect {
    /// Reads the member `expect`.
    pub(crate) fn read(value: &Value) -> Result<Expect, String> {
        const WORDS: &str =
            "expect: write \"accept\", \"reject\", \"unusable\" or {\"reject\": \"Kind\"}";
        match value {
            Value::String(word) => match word.as_str() {
                "accept" => Ok(Expect::Accept),
                "reject" => Ok(Expect::Reject { kind: None, field: None }),
                "unusable" => Ok(Expect::Unusable),
                _ => Err(WORDS.to_owned()),
            },
            Value::Object(members) => {
                let kind = members.get("reject").and_then(Value::as_str).ok_or(WORDS)?;
                let known = ErrorKind::ALL.iter().find(|known| known.as_str() == kind);
                let known = known.ok_or_else(|| format!("expect: unknown error kind {kind:?}"))?;
                let field = match members.get("field") {
                    None | Some(Value::Null) => None,
                    Some(Value::String(field)) => Some(field.clone()),
                    Some(_) => return Err("expect: field is not a string".to_owned()),
                };
                match members.keys().find(|name| !["reject", "field"].contains(&name.as_str())) {
                    Some(unknown) => {
                        Err(format!("unknown member {:?}", format!("expect.{unknown}")))
                    }
                    None => Ok(Expect::Reject { kind: Some(*known), field }),
                }
            }
            _ => Err(WORDS.to_owned()),
        }
    }

    /// Returns whether the verdict meets the expectation, or `None` if the case was skipped.
    pub(crate) fn is_met_by(&self, verdict: &Verdict) -> Option<bool> {
        Some(match (verdict, self) {
            (Verdict::Skip(_), _) => return None,
            (Verdict::Accept(_), Expect::Accept) | (Verdict::Unusable(_), Expect::Unusable) => true,
            (Verdict::Reject(error), Expect::Reject { kind, field }) => {
                kind.is_none_or(|kind| error.kind() == kind)
                    && (field.is_none() || error.field() == field.as_deref())
            }
            _ => false,
        })
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expect::Accept => f.write_str("accept"),
            Expect::Unusable => f.write_str("unusable"),
            Expect::Unreadable => f.write_str("unknown"),
            Expect::Reject { kind: None, .. } => f.write_str("reject"),
            Expect::Reject { kind: Some(kind), field: None } => {
                write!(f, "reject {}", kind.as_str())
            }
            Expect::Reject { kind: Some(kind), field: Some(field) } => {
                write!(f, "reject {} of {field}", kind.as_str())
            }
        }
    }
}
