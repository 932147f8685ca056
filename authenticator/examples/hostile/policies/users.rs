//! User presence and user verification.

use serde_json::Value;
use webauthn_verify_authenticator::flag::{USER_PRESENT, USER_VERIFIED};

use super::flagged;
use crate::ceremony::Ceremony;

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = verification(ceremony);
    cases.extend(mediation(ceremony));
    cases
}

const REQUIREMENTS: [&str; 3] = ["required", "preferred", "discouraged"];

/// Every requirement with every pair of flags.
fn verification(ceremony: Ceremony) -> Vec<Value> {
    let rule = ceremony.either("REG-16", "AUTH-17");
    let presence = ceremony.either("REG-15", "AUTH-16");
    let mut cases = Vec::new();
    for requirement in REQUIREMENTS {
        let with = |what: &str, rule: &str, cleared: u8| {
            let name = format!("user-verification/{requirement}-{what}");
            flagged(ceremony, &name, rule, 0, cleared).with("user_verification", requirement)
        };
        cases.push(with("verified", rule, 0).accept());
        let present_only = with("present-only", rule, USER_VERIFIED);
        cases.push(match requirement {
            "required" => present_only.reject("UserNotVerified", ceremony.either("16", "17")),
            _ => present_only.accept(),
        });
        // Verification without presence.
        let absent = with("verified-but-not-present", presence, USER_PRESENT);
        cases.push(absent.reject("UserNotPresent", ceremony.either("15", "16")));
        let nothing = with("neither", presence, USER_PRESENT | USER_VERIFIED);
        cases.push(nothing.reject("UserNotPresent", ceremony.either("15", "16")));
    }
    let unset = flagged(ceremony, "user-verification/default", rule, 0, USER_VERIFIED);
    cases.push(unset.accept());
    let unknown = flagged(ceremony, "user-verification/unknown-word", rule, 0, 0);
    cases.push(unknown.with("user_verification", "Required").unusable());
    cases
}

/// Conditional mediation, which can register without presence.
fn mediation(ceremony: Ceremony) -> Vec<Value> {
    let with = |what: &str, rule: &str, cleared: u8, requirement: &str| {
        flagged(ceremony, &format!("conditional/{what}"), rule, 0, cleared)
            .with("mediation", "conditional")
            .with("user_verification", requirement)
    };
    let presence = ceremony.either("KB-73", "OPT-11");
    let verification = ceremony.either("REG-16", "AUTH-17");
    let mut cases = vec![with("present", presence, 0, "required").accept()];
    for requirement in REQUIREMENTS {
        let what = format!("not-present-{requirement}");
        let case = with(&what, presence, USER_PRESENT, requirement);
        cases.push(match ceremony {
            Ceremony::Registration => case.accept(),
            Ceremony::Login => case.reject("UserNotPresent", "16"),
        });
        let what = format!("neither-{requirement}");
        let case = with(&what, presence, USER_PRESENT | USER_VERIFIED, requirement);
        cases.push(match (ceremony, requirement) {
            (Ceremony::Login, _) => case.reject("UserNotPresent", "16"),
            (Ceremony::Registration, "required") => case.reject("UserNotVerified", "16"),
            (Ceremony::Registration, _) => case.accept(),
        });
    }
    let present_only = with("not-verified", verification, USER_VERIFIED, "required");
    cases.push(present_only.reject("UserNotVerified", ceremony.either("16", "17")));
    let unknown = flagged(ceremony, "conditional/unknown-word", presence, 0, 0);
    cases.push(unknown.with("mediation", "silent").unusable());
    cases
}
