//! Stored records and pending states that do not fit the response, or cannot be read.

mod lifetimes;
mod login_states;
mod pending_states;
mod prepared_keys;
mod records;
mod registration_states;

use serde_json::{Value, json};

use crate::case::{CHALLENGE, CREDENTIAL_ID, Case, RP_ID, USER_HANDLE, encode};
use crate::ceremony::{Ceremony, remove, set};

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(lifetimes::cases(ceremony));
        cases.extend(pending_states::cases(ceremony));
    }
    cases.extend(registration_states::cases());
    cases.extend(login_states::cases());
    cases.extend(records::cases());
    cases.extend(prepared_keys::cases());
    cases
}

/// The time of every ceremony, in seconds since 1970.
const NOW: u64 = 1_767_225_600;

/// The time from the start of these states to their end, in seconds.
const LIFETIME: u64 = 600;

/// The stored state of a ceremony that starts now.
fn pending(ceremony: Ceremony) -> Value {
    let mut pending = json!({
        "version": 1,
        "rp_id": RP_ID,
        "started_at": NOW,
        "expires_at": NOW + LIFETIME,
        "challenge": encode(&CHALLENGE),
        "user_handle": encode(&USER_HANDLE),
        "user_verification": "preferred",
        "mediation": null,
        "extensions": [],
        "extension_demands": {
            "cred_protect": null,
            "min_pin_length": null,
            "large_blob": false,
            "prf": false,
            "prf_results": 0,
        },
    });
    let more = ceremony.either(
        json!({ "excluded": [], "algorithms": [-7] }),
        json!({ "allowed": [encode(&CREDENTIAL_ID)], "app_id": null, "decoys": [] }),
    );
    for (member, value) in more.as_object().into_iter().flatten() {
        pending[member] = value.clone();
    }
    pending
}

/// A correct response to a changed pending state.
fn case(ceremony: Ceremony, name: &str, rule: &str, change: impl FnOnce(&mut Value)) -> Case {
    let mut pending = pending(ceremony);
    change(&mut pending);
    ceremony.correct("stored-states", name, rule).with("pending", pending)
}

/// A correct response to a pending state with another value of this member.
fn with(ceremony: Ceremony, name: &str, rule: &str, path: &[&str], value: Value) -> Case {
    case(ceremony, name, rule, |pending| set(pending, path, value))
}

/// A correct response to a pending state without this member.
fn without(ceremony: Ceremony, name: &str, rule: &str, path: &[&str]) -> Case {
    case(ceremony, name, rule, |pending| remove(pending, path))
}
