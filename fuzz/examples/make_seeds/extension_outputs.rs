//! Seeds of the target `extension_outputs`: outputs that clients send, and outputs that they do
//! not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::seeds::Seeds;

/// Valid and invalid `clientExtensionResults`.
const OUTPUTS: [(&str, &str); 50] = [
    ("empty", "{}"),
    ("null", "null"),
    ("array", "[]"),
    ("text", "\"{}\""),
    ("spaced", " { } "),
    ("discoverable", r#"{"credProps":{"rk":true}}"#),
    ("not-discoverable", r#"{"credProps":{"rk":false}}"#),
    ("discoverable-spaced", r#"{"credProps":{"rk": true}}"#),
    ("discoverable-text", r#"{"credProps":{"rk":"true"}}"#),
    ("properties-empty", r#"{"credProps":{}}"#),
    ("properties-true", r#"{"credProps":true}"#),
    ("properties-twice", r#"{"credProps":{"rk":true,"rk":true}}"#),
    ("properties-escaped", r#"{"cr\u0065dProps":{"\u0072k":null,"x":[{}]}}"#),
    ("identifier-twice", r#"{"appid":true,"app\u0069d":true}"#),
    (
        "booleans",
        r#"{"appid":false,"appidExclude":true,"hmacCreateSecret":true,"credBlob":false,"remoteClientDataJSON":true}"#,
    ),
    (
        "booleans-lost",
        r#"{"appid":1,"appidExclude":"true","hmacCreateSecret":{},"credBlob":[],"remoteClientDataJSON":0.0}"#,
    ),
    (
        "booleans-null",
        r#"{"appid":null,"appidExclude":null,"hmacCreateSecret":null,"credBlob":null,"remoteClientDataJSON":null}"#,
    ),
    ("app-id", r#"{"appid":true}"#),
    ("prf-enabled", r#"{"prf":{"enabled":true}}"#),
    ("prf-disabled", r#"{"prf":{"enabled":false,"results":null}}"#),
    ("prf-array", r#"{"prf":[]}"#),
    ("prf-empty", r#"{"prf":{}}"#),
    ("prf-results-empty", r#"{"prf":{"enabled":true,"results":{}}}"#),
    ("prf-results-text", r#"{"prf":{"results":"x"}}"#),
    ("blob", r#"{"largeBlob":{"supported":true}}"#),
    ("blob-bytes", r#"{"largeBlob":{"blob":"QUJD","written":true}}"#),
    ("blob-padded", r#"{"largeBlob":{"blob":"QUI="},"getCredBlob":"QUI="}"#),
    ("blob-escaped", r#"{"largeBlob":{"blob":"Q\u0055I"},"getCredBlob":"\u0051UI"}"#),
    ("blob-lost", r#"{"largeBlob":{"supported":1,"blob":[65],"written":"true"}}"#),
    ("blob-twice", r#"{"largeBlob":{"supported":true,"supported":true,"blob":"","blob":null}}"#),
    ("blob-number", r#"{"largeBlob":5,"getCredBlob":5}"#),
    ("uvm", r#"{"uvm":[[2,4,2]]}"#),
    ("uvm-three", r#"{"uvm":[[4294967295,65535,65535],[0,0,0],[ 1 , 2 , 3 ]]}"#),
    ("uvm-four", r#"{"uvm":[[2,4,2],[2,4,2],[2,4,2],[2,4,2]]}"#),
    ("uvm-empty", r#"{"uvm":[]}"#),
    ("uvm-flat", r#"{"uvm":[2,4,2]}"#),
    ("uvm-short", r#"{"uvm":[[2,4]]}"#),
    ("uvm-long", r#"{"uvm":[[2,4,2,1]]}"#),
    ("uvm-large", r#"{"uvm":[[4294967296,4,2]]}"#),
    ("uvm-large-key", r#"{"uvm":[[2,65536,2]]}"#),
    ("uvm-fraction", r#"{"uvm":[[2.0,4,2]]}"#),
    ("uvm-minus", r#"{"uvm":[[-0,4,2]]}"#),
    ("uvm-text", r#"{"uvm":[["2",4,2]]}"#),
    ("uvm-object", r#"{"uvm":{"0":[2,4,2]}}"#),
    ("unknown", r#"{"example.extension":[1e300,{"a":null}],"":"","none":0}"#),
    ("unknown-null", r#"{"example.extension":null}"#),
    ("lone-surrogate", r#"{"prf":{"enabled":true},"\ud800":"\udc00","getCredBlob":"\ud800"}"#),
    ("number-huge", r#"{"appid":1e999,"uvm":[[1e999,4,2]]}"#),
    ("injected", r#"{},"authenticatorAttachment":null"#),
    ("not-closed", r#"{"a":1"#),
];

pub fn add_to(seeds: &mut Seeds) {
    let mut add = |name: &str, outputs: &str| seeds.add("extension_outputs", name, outputs);
    for (name, outputs) in OUTPUTS {
        add(name, outputs);
    }
    add_secrets(&mut add);
    for levels in [31, 32] {
        let nested = "[".repeat(levels - 1) + &"]".repeat(levels - 1);
        add(&format!("depth-{levels}"), &format!("{{\"a\":{nested}}}"));
    }
}

/// Adds secrets of `prf`, and the same secrets of `hmacGetSecret`.
fn add_secrets(mut add: impl FnMut(&str, &str)) {
    let secret = |byte: u8| URL_SAFE_NO_PAD.encode((byte..byte + 32).collect::<Vec<_>>());
    let (one, two) = (secret(1), secret(101));
    for (name, first, second) in [
        ("one", format!("\"{one}\""), String::new()),
        ("two", format!("\"{one}\""), format!("\"{two}\"")),
        ("second-null", format!("\"{one}\""), "null".to_owned()),
        ("first-null", "null".to_owned(), format!("\"{two}\"")),
        ("short", format!("\"{}\"", &one[..40]), String::new()),
        ("padded", format!("\"{one}=\""), String::new()),
        ("second-short", format!("\"{one}\""), format!("\"{}\"", &two[..40])),
        ("second-array", format!("\"{one}\""), "[1,2]".to_owned()),
        ("first-twice", format!("\"{one}\",\"F\":\"{one}\""), String::new()),
        ("second-twice", format!("\"{one}\""), format!("\"{two}\",\"S\":null")),
    ] {
        let members = |names: [&str; 2]| {
            let first = first.replace("\"F\"", &format!("\"{}\"", names[0]));
            let second = second.replace("\"S\"", &format!("\"{}\"", names[1]));
            let second =
                if second.is_empty() { second } else { format!(",\"{}\":{second}", names[1]) };
            format!("{{\"{}\":{first}{second}}}", names[0])
        };
        let results = members(["first", "second"]);
        add(
            &format!("prf-{name}"),
            &format!(r#"{{"prf":{{"enabled":true,"results":{results}}}}}"#),
        );
        let results = members(["output1", "output2"]);
        add(&format!("hmac-{name}"), &format!(r#"{{"hmacGetSecret":{results}}}"#));
    }
}
