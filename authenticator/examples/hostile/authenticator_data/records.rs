//! Logins that contradict the credential record: the signature counter and the backup flags.

use serde_json::Value;
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::flag::{
    ATTESTED_CREDENTIAL_DATA as AT, BACKUP_ELIGIBLE as BE, BACKUP_STATE as BS, USER_PRESENT as UP,
    USER_VERIFIED as UV,
};

use crate::case::{AAGUID, CREDENTIAL_ID, Case, RP_ID, cose_key, record};
use crate::ceremony::Ceremony;

/// Adds members to the credential record of a login.
fn with_record(case: Case, members: &[(&str, Value)]) -> Case {
    let mut record = record(&cose_key(ES256));
    for (member, value) in members {
        record[member] = value.clone();
    }
    case.with("credential", record)
}

/// The signature counter, which is big-endian and must increase.
pub(super) fn counters() -> Vec<Value> {
    const MAX: u32 = u32::MAX;
    let login = |stored: u32, received: u32| {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV, received).build();
        let name = format!("counter/{stored}-then-{received}");
        let rule = if received == 0 { "KB-81" } else { "AUTH-22" };
        with_record(Ceremony::Login.own_case(&name, rule, data), &[("sign_count", stored.into())])
    };
    let mut cases = Vec::new();
    // Some of these counters would decrease if they were little-endian or signed.
    for (stored, received) in [
        (0, 0),
        (0, 1),
        (1, 2),
        (5, 6),
        (5, 1000),
        (255, 256),
        (0x00ff_ffff, 0x0100_0000),
        (0x7fff_ffff, 0x8000_0000),
        (MAX - 1, MAX),
        (0, MAX),
    ] {
        cases.push(login(stored, received).accept());
    }
    for (stored, received) in
        [(1, 0), (1, 1), (5, 4), (5, 5), (256, 255), (256, 0), (MAX, MAX), (MAX, 0), (MAX, 1)]
    {
        cases.push(login(stored, received).reject("SignCountNotIncreased", "22"));
    }
    for policy in ["report", "ignore"] {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV, 4).build();
        let name = format!("counter/decreased-with-policy-{policy}");
        let case = Ceremony::Login.own_case(&name, "AUTH-22", data).with("sign_count", policy);
        cases.push(with_record(case, &[("sign_count", 5.into())]).accept());
    }
    for received in [1, MAX] {
        let builder = AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, received);
        let key = cose_key(ES256);
        let builder = builder.attested_credential_data(&AAGUID, &CREDENTIAL_ID, &key);
        let data = builder.expect("a short credential ID").build();
        let name = format!("counter/{received}");
        cases.push(Ceremony::Registration.own_case(&name, "AD-01", data).accept());
    }
    cases
}

/// Logins in which the backup flags differ from the record.
pub(super) fn backup_changes() -> Vec<Value> {
    let login = |name: &str, eligible: bool, flags: u8| {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV | flags, 1).build();
        let case = Ceremony::Login.own_case(&format!("backup/{name}"), "AUTH-19", data);
        with_record(case, &[("backup_eligible", eligible.into())])
    };
    vec![
        login("still-eligible", true, BE).accept(),
        login("begins", true, BE | BS).accept(),
        login("still-not-eligible", false, 0).accept(),
        login("lost", true, 0).reject("BackupEligibilityChanged", "19.1"),
        login("gained", false, BE).reject("BackupEligibilityChanged", "19.2"),
        login("gained-and-backed-up", false, BE | BS).reject("BackupEligibilityChanged", "19.2"),
    ]
}
