//! The root of the JSON and its members that are not binary.

use serde_json::{Map, Value, json};

use super::case;
use crate::case::encode;
use crate::ceremony::{Ceremony, remove, set};

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(roots(ceremony));
    cases.extend(errors(ceremony));
    cases.extend(responses(ceremony));
    cases.extend(types(ceremony));
    cases.extend(extension_results(ceremony));
    cases.extend(unknown_members(ceremony));
    cases.extend(limits(ceremony));
    cases
}

/// Values in place of the whole response.
fn roots(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let correct = case(ceremony, "correct", "JSON-01");
    cases.push(correct.clone().accept());
    let aborted = ceremony.either("REG-02", "AUTH-02");
    let null = case(ceremony, "root/null", aborted).with("response", Value::Null);
    cases.push(null.reject("CeremonyAborted", "2"));
    let whole = correct.response().clone();
    for (name, value) in [
        ("root/empty-object", json!({})),
        ("root/empty-array", json!([])),
        ("root/array-of-it", json!([whole])),
        ("root/text", json!("response")),
        ("root/text-of-it", json!(whole.to_string())),
        ("root/number", json!(1)),
        ("root/boolean", json!(true)),
        ("root/object-around-it", json!({ "credential": whole })),
    ] {
        let case = case(ceremony, name, "JSON-01").with("response", value);
        cases.push(case.reject("MalformedResponse", "3"));
    }
    cases
}

/// The member `error`, which the page sends if the browser returned no credential.
fn errors(ceremony: Ceremony) -> Vec<Value> {
    let aborted = ceremony.either("REG-02", "AUTH-02");
    let mut cases = Vec::new();
    for (name, rule, value) in [
        ("error/alone", aborted, json!({ "error": "NotAllowedError" })),
        ("error/empty-text", aborted, json!({ "error": "" })),
        ("error/response-null", "KB-85", json!({ "error": "AbortError", "response": null })),
    ] {
        let case = case(ceremony, name, rule).with("response", value);
        cases.push(case.reject("CeremonyAborted", "2"));
    }
    let ids = case(ceremony, "error/with-ids", "KB-85").edit(|response| {
        remove(response, &["response"]);
        set(response, &["error"], "NotAllowedError");
    });
    cases.push(ids.reject("CeremonyAborted", "2"));
    for (name, value) in
        [("null", Value::Null), ("number", json!(1)), ("object", json!({ "name": "AbortError" }))]
    {
        let case = case(ceremony, &format!("error/{name}"), "KB-85").edit(|response| {
            remove(response, &["response"]);
            set(response, &["error"], value.clone());
        });
        cases.push(case.reject_field("MalformedResponse", "3", "response"));
        let case = super::case(ceremony, &format!("error/{name}-with-response"), "KB-85")
            .edit(|response| set(response, &["error"], value));
        cases.push(case.accept());
    }
    let both = case(ceremony, "error/text-with-response", "KB-85")
        .edit(|response| set(response, &["error"], "NotAllowedError"));
    cases.push(both.accept());
    cases
}

/// Values of the member `response`, and the response of the other ceremony.
fn responses(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let missing = case(ceremony, "response/missing", "JSON-01")
        .edit(|response| remove(response, &["response"]));
    cases.push(missing.reject_field("MalformedResponse", "3", "response"));
    let null = case(ceremony, "response/null", "JSON-01")
        .edit(|response| set(response, &["response"], Value::Null));
    cases.push(null.reject_field("MalformedResponse", "3", "response"));
    let whole = case(ceremony, "", "").response()["response"].clone();
    for (name, value) in [
        ("response/empty-object", json!({})),
        ("response/empty-array", json!([])),
        ("response/array-of-it", json!([whole])),
        ("response/text-of-it", json!(whole.to_string())),
        ("response/number", json!(1)),
        ("response/boolean", json!(false)),
    ] {
        let case =
            case(ceremony, name, "JSON-01").edit(|response| set(response, &["response"], value));
        cases.push(case.reject_field("MalformedResponse", ceremony.either("3", "7"), "response"));
    }
    let rule = ceremony.either("REG-03", "AUTH-03");
    let other = ceremony.either(Ceremony::Login, Ceremony::Registration);
    let of_other = case(other, "", "").response().clone();
    let wrong = case(ceremony, "response/of-the-other-ceremony", rule)
        .with("response", of_other.clone())
        .reject("WrongResponseType", "3");
    cases.push(wrong);
    let mark = ceremony.either("signature", "attestationObject");
    let also = case(ceremony, "response/also-a-member-of-the-other-ceremony", rule)
        .edit(|response| set(response, &["response", mark], of_other["response"][mark].clone()));
    cases.push(also.accept());
    let own = ceremony.either("attestationObject", "signature");
    let swapped =
        case(ceremony, "response/member-of-the-other-ceremony-null", rule).edit(|response| {
            remove(response, &["response", own]);
            set(response, &["response", mark], Value::Null);
        });
    let field = format!("response.{own}");
    cases.push(swapped.reject_field("MalformedResponse", ceremony.either("3", "7"), &field));
    cases
}

/// `type` and `authenticatorAttachment`.
fn types(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, value) in [
        ("password", json!("password")),
        ("upper-case", json!("PUBLIC-KEY")),
        ("trailing-space", json!("public-key ")),
        ("prefix", json!("public-ke")),
        ("empty", json!("")),
        ("number", json!(1)),
        ("array", json!(["public-key"])),
        ("boolean", json!(true)),
    ] {
        let case = case(ceremony, &format!("type/{name}"), "JSON-01")
            .edit(|response| set(response, &["type"], value));
        cases.push(case.reject_field("MalformedResponse", "3", "type"));
    }
    for member in ["type", "authenticatorAttachment"] {
        let short = if member == "type" { "type" } else { "attachment" };
        let missing = case(ceremony, &format!("{short}/missing"), "JSON-01")
            .edit(|response| remove(response, &[member]));
        cases.push(missing.accept());
        let null = case(ceremony, &format!("{short}/null"), "JSON-01")
            .edit(|response| set(response, &[member], Value::Null));
        cases.push(null.accept());
    }
    for (name, value) in [
        ("cross-platform", json!("cross-platform")),
        ("unknown", json!("implanted")),
        ("upper-case", json!("Platform")),
        ("empty", json!("")),
        ("number", json!(1)),
        ("array", json!(["platform"])),
    ] {
        let case = case(ceremony, &format!("attachment/{name}"), "JSON-01")
            .edit(|response| set(response, &["authenticatorAttachment"], value));
        cases.push(case.accept());
    }
    cases
}

/// Client extension results that are not an object, or have many members.
fn extension_results(ceremony: Ceremony) -> Vec<Value> {
    const MEMBER: &[&str] = &["clientExtensionResults"];
    let rule = ceremony.either("REG-04", "AUTH-04");
    let mut cases = Vec::new();
    let missing = case(ceremony, "extension-results/missing", "KB-83");
    cases.push(missing.edit(|response| remove(response, MEMBER)).accept());
    for (name, rule, value) in [
        ("null", "KB-83", Value::Null),
        ("array", "KB-83", json!([{ "appid": true }])),
        ("text", "KB-83", json!("{}")),
        ("number", rule, json!(1)),
        ("boolean", rule, json!(true)),
        ("discoverable", rule, json!({ "credProps": { "rk": true } })),
        ("not-discoverable", rule, json!({ "credProps": { "rk": false } })),
        ("unknown-output", "EXT-01", json!({ "unknown": [1, { "x": null }] })),
        ("64-members", "JSON-08", numbered(64)),
    ] {
        let case = case(ceremony, &format!("extension-results/{name}"), rule);
        cases.push(case.edit(|response| set(response, MEMBER, value)).accept());
    }
    let many = case(ceremony, "extension-results/65-members", "JSON-08")
        .edit(|response| set(response, MEMBER, numbered(65)));
    cases.push(many.reject_field("MalformedResponse", "4", "clientExtensionResults"));
    cases
}

/// An object with this many members.
fn numbered(count: usize) -> Value {
    (0..count).map(|number| (format!("x{number}"), json!(number))).collect::<Map<_, _>>().into()
}

fn unknown_members(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, path, value) in [
        ("root", &["unknown"][..], json!({ "id": "AA", "x": [1, -2.5, null, true] })),
        ("prototype", &["__proto__"], json!({ "type": "password" })),
        ("upper-case-id", &["ID"], json!("AAAA")),
        ("response", &["response", "unknown"], json!({ "signature": "AA" })),
        ("raw-id-in-response", &["response", "rawId"], json!("AAAA")),
    ] {
        let case = case(ceremony, &format!("unknown/{name}"), "JSON-08");
        cases.push(case.edit(|response| set(response, path, value)).accept());
    }
    cases
}

/// Sizes, counts and depths at a limit and beyond it.
fn limits(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str| case(ceremony, &format!("limits/{name}"), "JSON-08");
    let filled = |count: usize| {
        move |object: &mut Value| {
            let have = object.as_object().map_or(0, Map::len);
            (have..count).for_each(|number| set(object, &[&format!("x{number}")], number));
        }
    };
    let nested = |levels: usize| {
        move |response: &mut Value| {
            let value = (1..levels).fold(json!([]), |inner, _| json!([inner]));
            set(response, &["unknown"], value);
        }
    };
    let step = ceremony.either("3", "7");
    let mut cases = vec![
        case("64-members").edit(filled(64)).accept(),
        case("65-members").edit(filled(65)).reject("MalformedResponse", "3"),
        case("64-members-in-response")
            .edit(|response| filled(64)(&mut response["response"]))
            .accept(),
        case("65-members-in-response")
            .edit(|response| filled(65)(&mut response["response"]))
            .reject_field("MalformedResponse", step, "response"),
        // The root is the first of 32 levels.
        case("nested-32").edit(nested(31)).accept(),
        case("nested-33").edit(nested(32)).reject("InputTooLarge", "3"),
    ];
    // The two largest cases are not repeated for registrations.
    if ceremony == Ceremony::Login {
        let of_length = |length: usize| {
            move |response: &mut Value| {
                set(response, &["unknown"], "");
                let missing = length - response.to_string().len();
                set(response, &["unknown"], "x".repeat(missing));
            }
        };
        cases.push(case("256-kib").edit(of_length(262_144)).accept());
        let large = case("256-kib-and-a-byte").edit(of_length(262_145));
        cases.push(large.reject("InputTooLarge", "3"));
        // Only the size of the body limits the length of a signature.
        let long = case("long-signature")
            .edit(|response| set(response, &["response", "signature"], encode(&[0x30; 4096])));
        cases.push(long.reject("SignatureInvalid", "21"));
    }
    cases
}
