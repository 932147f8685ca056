//! CBOR as text, in diagnostic notation (RFC 8949, section 8).

use ciborium::Value;

use super::hex::{counted, hex};

/// The largest text of an item, and the largest indentation. Short hostile bytes can make a long text
/// otherwise.
const MAX_TEXT: usize = 256 * 1024;
const MAX_INDENT: usize = 16;

/// Reads the first item of these bytes. Returns it with the number of its bytes.
pub fn read_first(bytes: &[u8]) -> Result<(Value, usize), String> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).map_err(|error| match error {
        ciborium::de::Error::Io(_) => "the bytes end inside a CBOR item".to_owned(),
        ciborium::de::Error::Syntax(offset) => format!("not CBOR at byte {offset}"),
        ciborium::de::Error::Semantic(_, reason) => format!("not CBOR: {reason}"),
        ciborium::de::Error::RecursionLimitExceeded => "CBOR is nested too deeply".to_owned(),
    })?;
    Ok((value, bytes.len() - rest.len()))
}

/// Reads bytes that are one CBOR item.
pub fn read(bytes: &[u8]) -> Result<Value, String> {
    let (value, used) = read_first(bytes)?;
    match bytes.len() - used {
        0 => Ok(value),
        left => Err(format!("{} after the CBOR item", counted(left, "byte"))),
    }
}

/// Returns the value of a member of a map.
pub fn member<'v>(map: &'v Value, name: &str) -> Option<&'v Value> {
    let members = map.as_map()?;
    members.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}

/// Returns an item in diagnostic notation, on several lines. A text that is too long ends with
/// dots.
pub fn diagnostic(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    if text.len() > MAX_TEXT {
        text.push_str(" …");
    }
    text
}

/// Writes an item. The reader has limited the depth.
fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Integer(number) => text.push_str(&i128::from(*number).to_string()),
        Value::Bytes(bytes) => {
            text.push_str("h'");
            text.push_str(&hex(bytes));
            text.push('\'');
        }
        Value::Float(number) => text.push_str(&format!("{number:?}")),
        Value::Text(string) => text.push_str(&serde_json::Value::from(&**string).to_string()),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Null => text.push_str("null"),
        Value::Tag(number, item) => {
            text.push_str(&format!("{number}("));
            write(item, depth, text);
            text.push(')');
        }
        Value::Array(items) => list(items, ['[', ']'], depth, text, |item, text| {
            write(item, depth + 1, text);
        }),
        Value::Map(members) => list(members, ['{', '}'], depth, text, |(key, item), text| {
            write(key, depth + 1, text);
            text.push_str(": ");
            write(item, depth + 1, text);
        }),
        other => text.push_str(&format!("{other:?}")),
    }
}

fn list<T>(
    items: &[T],
    [open, close]: [char; 2],
    depth: usize,
    text: &mut String,
    write_one: impl Fn(&T, &mut String),
) {
    text.push(open);
    for (number, item) in items.iter().enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        if text.len() > MAX_TEXT {
            return;
        }
        text.extend(std::iter::repeat_n("  ", MAX_INDENT.min(depth + 1)));
        write_one(item, text);
    }
    if !items.is_empty() {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", MAX_INDENT.min(depth)));
    }
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_in_diagnostic_notation() {
        let bytes = b"\xa3\x01\x26\x63a\"b\x82\xf5\xf6\x20\xc1\x42\xab\xcd";
        let text = diagnostic(&read(bytes).unwrap());
        assert_eq!(
            text,
            "{\n  1: -7,\n  \"a\\\"b\": [\n    true,\n    null\n  ],\n  -1: 1(h'abcd')\n}"
        );
        assert_eq!(diagnostic(&read(b"\xa0").unwrap()), "{}");
        assert_eq!(diagnostic(&read(b"\x80").unwrap()), "[]");
    }

    #[test]
    fn bytes_that_are_not_one_item_are_errors() {
        assert_eq!(read(b"\x01\x02"), Err("1 byte after the CBOR item".to_owned()));
        assert_eq!(read(b""), Err("the bytes end inside a CBOR item".to_owned()));
        // Claims more bytes than there are.
        assert!(read(b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff").is_err());
        assert!(read(b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff").is_err());
        assert!(read(&[0x81; 100_000]).is_err());
    }

    #[test]
    fn a_long_text_is_cut() {
        let mut bytes = [0x81; 200].to_vec();
        bytes.extend([0x9a, 0, 2, 0, 0]);
        bytes.extend([0x01; 0x20000]);
        let text = diagnostic(&read(&bytes).unwrap());
        assert!(text.len() < 2 * MAX_TEXT && text.ends_with(" …"), "{}", text.len());
    }

    #[test]
    fn the_first_item_has_its_length() {
        assert_eq!(read_first(b"\x41\xaa\x00").unwrap().1, 2);
    }
}
