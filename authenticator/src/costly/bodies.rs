//! Bodies that take long to read.

use crate::base64url::encode;
use crate::costly::registering::{CREDENTIAL_ID, MAX_BODY};
use crate::costly::text::repeated;

/// The bytes for the long part. Everything else takes at most 700 bytes.
const ROOM: usize = MAX_BODY - 700;

/// Returns bodies that are almost as long as [`MAX_BODY`], each with a description. Most are
/// neither a registration nor a login, but a server must read all of the body to find out.
#[must_use]
pub fn bodies() -> Vec<(&'static str, String)> {
    let mut bodies = of_many_items();
    bodies.extend(of_long_texts());
    bodies
}

/// Returns a body with these client extension results, and with these members added to the
/// response.
fn around(results: &str, members: &str) -> String {
    let id = encode(CREDENTIAL_ID);
    let object = encode(&[0; 100]);
    format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{"clientDataJSON":"{object}","attestationObject":"{object}","authenticatorData":"{object}","signature":"MAA"{members}}}}}"#
    )
}

/// Returns a body with this member added to the response.
fn with_member(name: &str, value: &str) -> String {
    around("{}", &format!(r#","{name}":{value}"#))
}

fn list(item: &str) -> String {
    format!("[{}]", repeated(item, ROOM))
}

fn text(character: &str) -> String {
    format!("\"{}\"", character.repeat(ROOM / character.len()))
}

fn of_many_items() -> Vec<(&'static str, String)> {
    let empties = format!(r#""a":[{}]"#, repeated(r#"{"":0}"#, ROOM));
    let tower = format!("{}{}", "[".repeat(28), "]".repeat(28));
    let many_members: Vec<_> = (0..ROOM / 9).map(|one| format!(r#""{one:x}":0"#)).collect();
    let many_members = format!("{{{}}}", many_members.join(","));
    let long_names: Vec<_> = (10..70)
        .map(|one| format!(r#""{}{one}\u0061":0"#, "\\n".repeat(ROOM / 60 / 2 - 10)))
        .collect();
    vec![
        ("small objects at the root", format!("{{{empties}}}")),
        ("small objects in response", around("{}", &format!(",{empties}"))),
        ("small objects in clientExtensionResults", around(&format!("{{{empties}}}"), "")),
        ("small arrays", with_member("a", &list("[]"))),
        ("nested arrays", with_member("a", &list(&tower))),
        ("many short members at the root", many_members.clone()),
        ("many short members in clientExtensionResults", around(&many_members, "")),
        ("60 long names with escapes", around(&format!("{{{}}}", long_names.join(",")), "")),
    ]
}

fn of_long_texts() -> Vec<(&'static str, String)> {
    vec![
        ("60,000 transports", with_member("transports", &list("\"x\""))),
        ("escaped transports", with_member("transports", &list("\"\\u0061\""))),
        ("base64url full of escapes", with_member("publicKey", &text("\\u0041"))),
        ("a long base64url copy", with_member("publicKey", &text("A"))),
        ("short escapes", with_member("publicKey", &text("\\n"))),
        ("a public key of numbers", with_member("publicKey", &list("7"))),
        ("numbers with exponents", with_member("publicKey", &list("1e15"))),
        ("numbers very close to zero", with_member("publicKey", &list("5e-324"))),
        ("large results of every extension", around(&large_results(ROOM), "")),
        ("one long result", around(&format!(r#"{{"x":{}}}"#, text("a")), "")),
        ("white space", " ".repeat(MAX_BODY)),
        (
            "white space inside",
            around("{}", "").replacen('{', &format!("{{{}", " ".repeat(ROOM)), 1),
        ),
    ]
}

/// Returns client extension results of about `length` bytes: a long unknown result, then one result
/// for each known extension. If the known results are longer than `length`, the result is longer
/// too.
#[must_use]
pub fn large_results(length: usize) -> String {
    let secret = encode(&[7; 32]);
    let known = format!(
        r#""appid":true,"appidExclude":true,"hmacCreateSecret":true,"credBlob":true,"remoteClientDataJSON":true,"credProps":{{"rk":true}},"prf":{{"enabled":true,"results":{{"first":"{secret}","second":"{secret}"}}}},"largeBlob":{{"supported":true,"blob":"AAAA","written":true}},"hmacGetSecret":{{"output1":"{secret}","output2":"{secret}"}},"getCredBlob":"AAAA","uvm":[[1,2,3]]"#
    );
    let filler = repeated("0", length.saturating_sub(known.len() + 10));
    format!(r#"{{"x":[{filler}],{known}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_has_almost_the_maximum_length() {
        let bodies = bodies();
        assert_eq!(bodies.len(), 20);
        for (name, body) in bodies {
            assert!(body.len() <= MAX_BODY, "{name}: {} bytes", body.len());
            assert!(body.len() > MAX_BODY - 15_000, "{name}: {} bytes", body.len());
        }
    }

    #[test]
    fn large_results_are_json_of_the_requested_length() {
        for length in [0, 5000, 100_000] {
            let results = large_results(length);
            let read: serde_json::Value = serde_json::from_str(&results).unwrap();
            assert_eq!(read.as_object().unwrap().len(), 12);
            assert!(length == 0 || results.len().abs_diff(length) < 10, "{}", results.len());
        }
    }
}
