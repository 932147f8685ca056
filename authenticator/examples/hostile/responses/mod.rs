//! Response JSON that must be refused, and response JSON that must pass.

mod binary;
mod body;
mod copies;
mod identity;

use serde_json::Value;

use crate::case::Case;
use crate::ceremony::Ceremony;

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(body::cases(ceremony));
        cases.extend(binary::cases(ceremony));
        cases.extend(identity::cases(ceremony));
    }
    cases.extend(copies::cases());
    cases
}

/// Returns a correct case, whose response the caller changes.
fn case(ceremony: Ceremony, name: &str, rule: &str) -> Case {
    ceremony.correct("responses", name, rule)
}
