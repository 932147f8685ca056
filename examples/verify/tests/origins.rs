//! Each origin of a case is passed to the method for its kind.

use serde_json::{Value, json};

use super::made::{Made, with_members};
use super::{reports_on, verdict_on};
use crate::report::Verdict;

/// Returns a registration by this client, with its origin and the hash of this RP ID.
fn made_at(origin: &'static str, rp_id: &'static str) -> Value {
    let case = Made { origin, rp_id, ..Made::new() }.registration();
    with_members(&case, &json!({ "origins": [origin] }))
}

#[test]
fn kb_98_kb_100_each_kind_of_origin_is_configured_with_its_own_method() {
    let android = "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs";
    let chrome = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let clients = [
        "https://example.org",
        android,
        "ios:bundle-id:org.example.app",
        chrome,
        "moz-extension://ngpncaopklanhjklijieoihgbhbgknjjdklmlpagjoaobbpmknfgmhgghbadgoai",
        "safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55",
        "example-os:appid:204ffa1a5af110ac",
    ];
    let mut cases: Vec<Value> =
        clients.iter().map(|origin| made_at(origin, "example.org")).collect();
    for origin in clients {
        let all = json!({ "origins": clients });
        cases.push(with_members(&made_at(origin, "example.org"), &all));
    }
    // An RP ID that is a URI is also an origin.
    cases.push(made_at(chrome, chrome));
    cases.push(made_at("urn:example:bank", "urn:example:bank"));
    cases.push(with_members(&made_at(chrome, chrome), &json!({ "origins": [] })));
    for report in reports_on(&cases) {
        assert!(matches!(report.verdict, Verdict::Accept(_)), "{report}");
    }
    // They allow nothing else.
    for origin in clients {
        let others: Vec<_> = clients.iter().filter(|client| **client != origin).collect();
        let case = with_members(&made_at(origin, "example.org"), &json!({ "origins": others }));
        assert_eq!(verdict_on(&case), "OriginMismatch", "{origin}");
    }
}
