//! `prf`, and the authenticator extension `hmac-secret` behind it.

use serde_json::{Value, json};

use super::{authenticator, bytes, case, rejected, results};
use crate::case::{CREDENTIAL_ID, Case, encode};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = enabled();
    cases.extend(results_of_registrations());
    cases.extend(results_of_logins());
    cases.extend(inputs());
    for ceremony in Ceremony::BOTH {
        cases.extend(in_authenticator_data(ceremony));
    }
    cases.extend(hmac_secret_of_registrations());
    cases.extend(hmac_secret_of_logins());
    cases
}

/// A result of this length.
fn result(length: usize) -> String {
    encode(&vec![0xfb; length])
}

fn one_input() -> Value {
    json!({ "prf": { "eval": { "first": "AAAA" } } })
}

fn two_inputs() -> Value {
    json!({ "prf": { "eval": { "first": "AAAA", "second": "" } } })
}

/// A case that demands `prf`.
fn demanding(ceremony: Ceremony, name: &str, output: Value) -> Case {
    let case = case(ceremony, &format!("prf/{name}"), "EXT-05");
    results(case.with("require", json!({ "prf": true })), json!({ "prf": output }))
}

/// Whether a new credential has a pseudo-random function.
fn enabled() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let mut cases = Vec::new();
    let on = demanding(registration, "demanded-enabled", json!({ "enabled": true }));
    cases.push(on.accept());
    for (name, output) in [
        ("null", Value::Null),
        ("true", json!(true)),
        ("array", json!([{ "enabled": true }])),
        ("empty", json!({})),
        ("disabled", json!({ "enabled": false })),
        ("enabled-null", json!({ "enabled": null })),
        ("enabled-text", json!({ "enabled": "true" })),
        ("enabled-number", json!({ "enabled": 1 })),
        ("results-only", json!({ "results": { "first": result(32) } })),
    ] {
        let case = demanding(registration, &format!("demanded-{name}"), output.clone());
        cases.push(rejected(registration, case, "prf"));
        // The same output passes if it is only requested.
        let case = case_of_request(registration, &format!("requested-{name}"), output);
        cases.push(case.accept());
    }
    let absent = case(registration, "prf/demanded-absent", "EXT-05");
    let absent = absent.with("require", json!({ "prf": true }));
    cases.push(rejected(registration, absent, "prf"));
    let other_case = case(registration, "prf/demanded-in-upper-case", "EXT-01")
        .with("require", json!({ "prf": true }));
    let other_case = results(other_case, json!({ "PRF": { "enabled": true } }));
    cases.push(rejected(registration, other_case, "prf"));
    cases
}

/// A case that requests `prf` with one input and does not demand it.
fn case_of_request(ceremony: Ceremony, name: &str, output: Value) -> Case {
    let case = case(ceremony, &format!("prf/{name}"), "KB-84").with("extensions", one_input());
    results(case, json!({ "prf": output }))
}

fn results_of_registrations() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let (good, long) = (result(32), result(33));
    let mut cases = Vec::new();
    for (name, inputs, given, is_accepted) in [
        ("no-results", one_input(), Value::Null, true),
        ("32-bytes", one_input(), json!({ "first": good }), true),
        ("33-bytes", one_input(), json!({ "first": long }), false),
        ("empty-results", one_input(), json!({}), false),
        ("results-as-text", one_input(), json!(good), false),
        ("second-without-input", one_input(), json!({ "first": good, "second": long }), true),
        ("second-33-bytes", two_inputs(), json!({ "first": good, "second": long }), false),
        ("both", two_inputs(), json!({ "first": good, "second": good }), true),
        ("second-missing", two_inputs(), json!({ "first": good }), true),
        ("without-an-input", json!({}), json!({ "first": long }), true),
    ] {
        let output = json!({ "enabled": true, "results": given });
        let case = demanding(registration, &format!("results-{name}"), output);
        let case = case.with("extensions", inputs);
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(registration, case, "prf"),
        });
    }
    cases
}

fn results_of_logins() -> Vec<Value> {
    let login = Ceremony::Login;
    let good = result(32);
    let mut cases = Vec::new();
    let first = |value: Value| json!({ "results": { "first": value } });
    let second = |value: Value| json!({ "results": { "first": good, "second": value } });
    for (name, inputs, output, is_accepted) in [
        ("32-bytes", one_input(), first(json!(good)), true),
        ("31-bytes", one_input(), first(json!(result(31))), false),
        ("33-bytes", one_input(), first(json!(result(33))), false),
        ("empty-text", one_input(), first(json!("")), false),
        ("padded", one_input(), first(json!(good.clone() + "=")), false),
        ("array-of-bytes", one_input(), first(json!(vec![0xfb; 32])), false),
        ("first-null", one_input(), first(Value::Null), false),
        ("empty-results", one_input(), json!({ "results": {} }), false),
        ("results-null", one_input(), json!({ "results": null }), false),
        ("enabled-only", one_input(), json!({ "enabled": true }), false),
        ("output-null", one_input(), Value::Null, false),
        ("second-only", one_input(), json!({ "results": { "second": good } }), false),
        ("second-without-input", one_input(), second(json!(result(33))), true),
        ("both", two_inputs(), second(json!(good)), true),
        ("second-missing", two_inputs(), first(json!(good)), false),
        ("second-null", two_inputs(), second(Value::Null), false),
        ("second-31-bytes", two_inputs(), second(json!(result(31))), false),
    ] {
        let case = demanding(login, &format!("results-{name}"), output.clone());
        let case = case.with("extensions", inputs);
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(login, case, "prf"),
        });
    }
    for (name, output) in [("missing", json!({})), ("33-bytes", first(json!(result(33))))] {
        cases.push(case_of_request(login, &format!("requested-{name}"), output).accept());
    }
    let absent = case(login, "prf/results-absent", "EXT-05")
        .with("require", json!({ "prf": true }))
        .with("extensions", one_input());
    cases.push(rejected(login, absent, "prf"));
    cases
}

fn inputs() -> Vec<Value> {
    let id = encode(&CREDENTIAL_ID);
    let by_credential =
        |id: &str| json!({ "prf": { "evalByCredential": { id: { "first": "" } } } });
    let unusable = |ceremony: Ceremony, name: &str, extensions: Value| {
        case(ceremony, &format!("prf/{name}"), "EXT-04").with("extensions", extensions).unusable()
    };
    let (registration, login) = (Ceremony::Registration, Ceremony::Login);
    let mut cases = vec![
        unusable(registration, "by-credential", by_credential(&id)),
        unusable(login, "by-another-credential", by_credential(&encode(b"the credential 2"))),
        unusable(login, "by-padded-credential", by_credential(&format!("{id}=="))),
        unusable(login, "by-no-credential", by_credential("")),
    ];
    for ceremony in Ceremony::BOTH {
        let first = |value: Value| json!({ "prf": { "eval": { "first": value } } });
        cases.push(unusable(ceremony, "input-not-an-object", json!({ "prf": true })));
        cases.push(unusable(ceremony, "input-without-first", json!({ "prf": { "eval": {} } })));
        cases.push(unusable(ceremony, "input-padded", first(json!("QQ=="))));
        cases.push(unusable(ceremony, "input-array", first(json!([1]))));
    }
    let needs_input = case(login, "prf/demanded-without-input", "EXT-05");
    cases.push(needs_input.with("require", json!({ "prf": true })).unusable());
    let own = demanding(login, "by-own-credential", json!({ "results": { "first": result(32) } }));
    cases.push(own.with("extensions", by_credential(&id)).accept());
    let fewest = demanding(login, "fewest-results", json!({ "results": { "first": result(32) } }))
        .with(
            "extensions",
            json!({ "prf": {
                "eval": { "first": "", "second": "" },
                "evalByCredential": { &*id: { "first": "" } },
            } }),
        );
    cases.push(fewest.accept());
    cases
}

/// Everyone with access to the signed bytes could read results in authenticator data.
fn in_authenticator_data(ceremony: Ceremony) -> Vec<Value> {
    let outputs: &[(&str, &[u8])] = &[("prf", b"\xa0")];
    let asked = authenticator(ceremony, "prf/in-authenticator-data", "EXT-05", outputs)
        .with("extensions", one_input());
    let not_asked =
        authenticator(ceremony, "prf/in-authenticator-data-not-requested", "EXT-02", outputs);
    vec![rejected(ceremony, asked, "prf"), not_asked.accept()]
}

fn hmac_secret_of_registrations() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let with = |name: &str, identifier: &str, output: &[u8]| {
        let name = format!("{identifier}/{name}");
        authenticator(registration, &name, "EXT-06", &[(identifier, output)])
    };
    let requested = json!({ "hmacCreateSecret": true });
    let mut cases = Vec::new();
    for (name, output, is_accepted) in [
        ("true", &b"\xf5"[..], true),
        ("false", b"\xf4", true),
        ("number", b"\x01", false),
        ("null", b"\xf6", false),
        ("bytes", &bytes(32), false),
    ] {
        let case = with(name, "hmac-secret", output).with("extensions", requested.clone());
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(registration, case, "hmac-secret"),
        });
    }
    let by_prf = with("number-with-prf", "hmac-secret", b"\x01").with("extensions", one_input());
    cases.push(rejected(registration, by_prf, "hmac-secret"));
    cases.push(with("number-not-requested", "hmac-secret", b"\x01").accept());
    let not_wanted = with("number-with-input-false", "hmac-secret", b"\x01");
    cases.push(not_wanted.with("extensions", json!({ "hmacCreateSecret": false })).accept());
    for (length, is_accepted) in LENGTHS {
        let case = with(&format!("{length}-bytes"), "hmac-secret-mc", &bytes(length));
        let case = case.with("extensions", one_input());
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(registration, case, "hmac-secret-mc"),
        });
    }
    let boolean = with("true", "hmac-secret-mc", b"\xf5").with("extensions", one_input());
    cases.push(rejected(registration, boolean, "hmac-secret-mc"));
    cases.push(with("true-not-requested", "hmac-secret-mc", b"\xf5").accept());
    let get = case(registration, "hmac-secret/get-secret", "EXT-06")
        .with("extensions", json!({ "hmacGetSecret": { "salt1": result(32) } }));
    cases.push(get.unusable());
    cases
}

/// Lengths of one or two encrypted secrets, with each PIN protocol, and lengths around them.
const LENGTHS: [(usize, bool); 13] = [
    (0, false),
    (16, false),
    (31, false),
    (32, true),
    (33, false),
    (47, false),
    (48, true),
    (63, false),
    (64, true),
    (65, false),
    (79, false),
    (80, true),
    (81, false),
];

fn hmac_secret_of_logins() -> Vec<Value> {
    let login = Ceremony::Login;
    let with = |name: &str, output: &[u8]| {
        let name = format!("hmac-secret/{name}");
        authenticator(login, &name, "EXT-06", &[("hmac-secret", output)])
    };
    let requested = json!({ "hmacGetSecret": { "salt1": result(32) } });
    let mut cases = Vec::new();
    for (length, is_accepted) in LENGTHS {
        let case = with(&format!("{length}-bytes"), &bytes(length));
        let case = case.with("extensions", requested.clone());
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(login, case, "hmac-secret"),
        });
    }
    let boolean = with("true", b"\xf5").with("extensions", requested.clone());
    cases.push(rejected(login, boolean, "hmac-secret"));
    let by_prf = with("true-with-prf", b"\xf5").with("extensions", one_input());
    cases.push(rejected(login, by_prf, "hmac-secret"));
    cases.push(with("true-not-requested", b"\xf5").accept());
    let lost = case(login, "hmac-secret/client-output-lost", "KB-84").with("extensions", requested);
    cases.push(results(lost, json!({ "hmacGetSecret": { "output1": result(31) } })).accept());
    for (name, input) in [
        ("create-secret", json!({ "hmacCreateSecret": true })),
        ("salt-31-bytes", json!({ "hmacGetSecret": { "salt1": result(31) } })),
        ("salt-33-bytes", json!({ "hmacGetSecret": { "salt1": result(33) } })),
        (
            "second-salt-31-bytes",
            json!({ "hmacGetSecret": {
            "salt1": result(32),
            "salt2": result(31),
        } }),
        ),
        ("no-salt", json!({ "hmacGetSecret": {} })),
    ] {
        let case = case(login, &format!("hmac-secret/{name}"), "EXT-06");
        cases.push(case.with("extensions", input).unusable());
    }
    cases
}
