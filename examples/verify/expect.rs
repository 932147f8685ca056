//! The verdict that a case expects.

use std::fmt;

use serde_json::Value;
use webauthn_verify::ErrorKind;

use crate::report::Verdict;

pub(crate) enum Expect {
    Accept,
    Reject {
        kind: Option<ErrorKind>,
        /// The number of the step in the ceremony.
        step: Option<String>,
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
                "reject" => Ok(Expect::Reject { kind: None, step: None, field: None }),
                "unusable" => Ok(Expect::Unusable),
                _ => Err(WORDS.to_owned()),
            },
            Value::Object(members) => {
                let kind = members.get("reject").and_then(Value::as_str).ok_or(WORDS)?;
                let known = ErrorKind::ALL.iter().find(|known| known.as_str() == kind);
                let known = known.ok_or_else(|| format!("expect: unknown error kind {kind:?}"))?;
                let text = |name: &str| match members.get(name) {
                    None | Some(Value::Null) => Ok(None),
                    Some(Value::String(text)) => Ok(Some(text.clone())),
                    Some(_) => Err(format!("expect: {name} is not a string")),
                };
                let (step, field) = (text("step")?, text("field")?);
                let is_known = |name: &str| ["reject", "step", "field"].contains(&name);
                match members.keys().find(|name| !is_known(name)) {
                    Some(unknown) => {
                        Err(format!("unknown member {:?}", format!("expect.{unknown}")))
                    }
                    None => Ok(Expect::Reject { kind: Some(*known), step, field }),
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
            (Verdict::Reject(error), Expect::Reject { kind, step, field }) => {
                kind.is_none_or(|kind| error.kind() == kind)
                    && (step.is_none() || error.step().number(error.ceremony()) == step.as_deref())
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
            Expect::Reject { kind, step, field } => {
                f.write_str("reject")?;
                kind.map_or(Ok(()), |kind| write!(f, " {}", kind.as_str()))?;
                step.as_ref().map_or(Ok(()), |step| write!(f, " in step {step}"))?;
                field.as_ref().map_or(Ok(()), |field| write!(f, " of {field}"))
            }
        }
    }
}
