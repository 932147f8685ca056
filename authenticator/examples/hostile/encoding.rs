//! Encoders of CBOR (RFC 8949) that also write what the canonical form does not allow.

/// Encodes the head of an item with this major type, in its shortest form.
pub(crate) fn head(major: u8, argument: u64) -> Vec<u8> {
    let initial = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => vec![initial | bytes[7]],
        24..0x100 => vec![initial | 24, bytes[7]],
        0x100..0x1_0000 => [&[initial | 25], &bytes[6..]].concat(),
        0x1_0000..0x1_0000_0000 => [&[initial | 26], &bytes[4..]].concat(),
        _ => [&[initial | 27], &bytes[..]].concat(),
    }
}

/// Encodes an integer.
pub(crate) fn integer(value: i64) -> Vec<u8> {
    // The argument of a negative integer is -1 - value.
    if value < 0 { head(1, (!value).unsigned_abs()) } else { head(0, value.unsigned_abs()) }
}

/// Encodes a byte string.
pub(crate) fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, length(content)), content.to_vec()].concat()
}

/// Encodes a text string. The content need not be UTF-8.
pub(crate) fn text(content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    [head(3, length(content)), content.to_vec()].concat()
}

/// Encodes an array of encoded items.
pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    let count = u64::try_from(items.len()).expect("few items");
    [head(4, count), items.concat()].concat()
}

/// Encodes a map of encoded pairs.
pub(crate) fn map(pairs: &[Vec<u8>]) -> Vec<u8> {
    let count = u64::try_from(pairs.len()).expect("few pairs");
    [head(5, count), pairs.concat()].concat()
}

/// Encodes a map of text keys and encoded values, in this order.
pub(crate) fn text_map<V: AsRef<[u8]>>(members: &[(&str, V)]) -> Vec<u8> {
    let pairs: Vec<_> = members.iter().map(|(key, value)| pair(key, value.as_ref())).collect();
    map(&pairs)
}

/// Encodes a pair with a text key and an encoded value.
pub(crate) fn pair(key: &str, value: &[u8]) -> Vec<u8> {
    [&text(key), value].concat()
}

/// Encodes empty arrays, one inside the other.
pub(crate) fn nested_arrays(depth: usize) -> Vec<u8> {
    [vec![0x81; depth - 1], vec![0x80]].concat()
}

/// Encodes maps, one inside the other. The innermost map is empty.
pub(crate) fn nested_maps(depth: usize) -> Vec<u8> {
    [b"\xa1\x01".repeat(depth - 1), vec![0xa0]].concat()
}

fn length(content: &[u8]) -> u64 {
    u64::try_from(content.len()).expect("a short string")
}
