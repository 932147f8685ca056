//! Hexadecimal digits.

/// Decodes digits in lower or upper case. Returns `None` if the text contains anything else, or an
/// odd number of digits.
pub(crate) fn decode(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pairs_of_digits_are_decoded() {
        assert_eq!(decode("00ff7aBC").unwrap(), [0x00, 0xff, 0x7a, 0xbc]);
        assert!(decode("").unwrap().is_empty());
        for wrong in ["0", "0f1", "+f", "-1", "0x", " 1", "0g", "0\u{661}", "0f\n"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
