//! Long JSON lists.

/// Returns `item` repeated as often as it fits in `length` bytes, separated by commas.
#[must_use]
pub fn repeated(item: &str, length: usize) -> String {
    let count = (length + 1) / (item.len() + 1);
    vec![item; count].join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_repeated_while_they_fit() {
        assert_eq!(repeated("ab", 8), "ab,ab,ab");
        assert_eq!(repeated("ab", 10), "ab,ab,ab");
        assert_eq!(repeated("ab", 11), "ab,ab,ab,ab");
        assert_eq!(repeated("ab", 1), "");
    }
}
