//! Backup eligibility and backup state.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::flag::{BACKUP_ELIGIBLE, BACKUP_STATE};

use super::flagged;
use crate::case::{Case, bare_record, cose_key};
use crate::ceremony::Ceremony;

/// The three possible states: their name and their flags.
const STATES: [(&str, u8); 3] = [
    ("not-eligible", 0),
    ("eligible", BACKUP_ELIGIBLE),
    ("backed-up", BACKUP_ELIGIBLE | BACKUP_STATE),
];

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let rule = ceremony.either("REG-17", "AUTH-18");
    let step = ceremony.either("17", "18");
    for (state, flags) in STATES {
        let case = flagged(ceremony, &format!("backup/any-{state}"), rule, flags, 0);
        cases.push(case.accept());
    }
    for (name, policy) in [
        ("any", json!({})),
        ("backed-up", json!({ "backed_up": true })),
        ("report", json!({ "on_change": "report" })),
    ] {
        let name = format!("backup/{name}-contradiction");
        let case = flagged(ceremony, &name, "KB-19", BACKUP_STATE, 0).with("backup", policy);
        cases.push(case.reject("InvalidBackupFlags", step));
    }
    cases.extend(eligibility(ceremony));
    for (state, flags) in STATES {
        let rule = ceremony.either("REG-19", "AUTH-19");
        let case = flagged(ceremony, &format!("backup/must-be-backed-up-{state}"), rule, flags, 0)
            .with("backup", json!({ "backed_up": true }));
        cases.push(match state {
            "backed-up" => case.accept(),
            _ => case.reject("BackupStateRejected", ceremony.either("19", "19.3")),
        });
    }
    let word = flagged(ceremony, "backup/unknown-word", rule, 0, 0);
    cases.push(word.with("backup", json!({ "on_change": "allow" })).unusable());
    cases
}

/// The required eligibility, which only registrations check.
fn eligibility(ceremony: Ceremony) -> Vec<Value> {
    let rule = ceremony.either("REG-18", "AUTH-19");
    let mut cases = Vec::new();
    for (name, required) in [("must-be-eligible", true), ("must-not-be-eligible", false)] {
        for (state, flags) in STATES {
            let case = flagged(ceremony, &format!("backup/{name}-{state}"), rule, flags, 0)
                .with("backup", json!({ "eligible": required }));
            let is_eligible = flags & BACKUP_ELIGIBLE != 0;
            cases.push(match ceremony {
                Ceremony::Registration if is_eligible != required => {
                    case.reject("BackupEligibilityRejected", "18")
                }
                _ => case.accept(),
            });
        }
    }
    cases
}

/// Logins whose record has another backup eligibility or state.
pub(super) fn changes() -> Vec<Value> {
    let mut cases = Vec::new();
    let before =
        [("not-eligible", false, false), ("eligible", true, false), ("backed-up", true, true)];
    for policy in ["default", "refuse", "allow-gain", "report"] {
        for (was, eligible, state) in before {
            for (is, flags) in STATES {
                let name = format!("{policy}-{was}-to-{is}");
                let case = changed(&name, flags, json!(eligible), json!(state));
                let case = match policy {
                    "default" => case,
                    _ => case.with("backup", json!({ "on_change": policy })),
                };
                let is_eligible = flags & BACKUP_ELIGIBLE != 0;
                cases.push(match (policy, eligible, is_eligible) {
                    ("default" | "refuse" | "allow-gain", true, false) => {
                        case.reject("BackupEligibilityChanged", "19.1")
                    }
                    ("default" | "refuse", false, true) => {
                        case.reject("BackupEligibilityChanged", "19.2")
                    }
                    _ => case.accept(),
                });
            }
        }
    }
    for (is, flags) in STATES {
        let case = changed(&format!("unknown-to-{is}"), flags, Value::Null, json!(true));
        cases.push(case.accept());
    }
    let both = changed("report-lost-but-must-be-backed-up", 0, json!(true), json!(true))
        .with("backup", json!({ "on_change": "report", "backed_up": true }));
    cases.push(both.reject("BackupStateRejected", "19.3"));
    cases
}

fn changed(name: &str, flags: u8, eligible: Value, state: Value) -> Case {
    let name = format!("backup/change/{name}");
    let mut record = bare_record(&cose_key(ES256));
    record["backup_eligible"] = eligible;
    record["backup_state"] = state;
    flagged(Ceremony::Login, &name, "KB-63", flags, 0).with("credential", record)
}
