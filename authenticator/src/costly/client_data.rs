//! Client data that takes long to read.

use std::fmt::Write;

use crate::base64url::encode;
use crate::costly::registering::{CHALLENGE, MAX_CLIENT_DATA, ORIGIN};
use crate::costly::text::repeated;

/// Returns client data of this type, such as `"webauthn.get"`. `members` is JSON that is appended
/// after the members that every client data has.
#[must_use]
pub fn client_data(ceremony_type: &str, members: &str) -> Vec<u8> {
    let challenge = encode(&CHALLENGE);
    format!(
        r#"{{"type":"{ceremony_type}","challenge":"{challenge}","origin":"{ORIGIN}",{members}}}"#
    )
    .into_bytes()
}

/// Returns client data that takes as long to read as possible, each with a description. The
/// challenge and the origin are correct in all except the last two.
#[must_use]
pub fn slow_client_data(ceremony_type: &str) -> Vec<(&'static str, Vec<u8>)> {
    let room = MAX_CLIENT_DATA - 150;
    let escapes = "\\u0061".repeat(room / 6);
    let escaped = |member: &str| {
        let data = String::from_utf8(client_data(ceremony_type, "\"x\":0")).unwrap();
        data.replace(member, &format!("{member}{escapes}")).into_bytes()
    };
    vec![
        (
            "61 member names that begin alike and end with an escape",
            client_data(ceremony_type, &long_names(61, room)),
        ),
        ("nested arrays", client_data(ceremony_type, &nested_arrays(room))),
        ("a value full of escapes", client_data(ceremony_type, &format!(r#""x":"{escapes}""#))),
        ("a challenge full of escapes", escaped(&encode(&CHALLENGE))),
        ("an origin full of escapes", escaped(ORIGIN)),
    ]
}

fn long_names(count: usize, room: usize) -> String {
    let prefix = "a".repeat(room / count - 14);
    let mut members = String::new();
    for number in 0..count {
        let comma = if number == 0 { "" } else { "," };
        write!(members, r#"{comma}"{prefix}{number:02}\u0061":0"#).unwrap();
    }
    members
}

fn nested_arrays(room: usize) -> String {
    let tower = format!("{}{}", "[".repeat(29), "]".repeat(29));
    format!(r#""x":[{}]"#, repeated(&tower, room - 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_client_data_is_json_of_almost_the_maximum_length() {
        for (name, data) in slow_client_data("webauthn.create") {
            let _: serde_json::Value = serde_json::from_slice(&data).unwrap();
            let lengths = MAX_CLIENT_DATA - 1000..=MAX_CLIENT_DATA;
            assert!(lengths.contains(&data.len()), "{name}: {} bytes", data.len());
        }
    }
}
