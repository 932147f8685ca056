//! Words in messages: numbers with their nouns, and text that came from outside.

/// A number with its noun: `1 byte`, `2 bytes`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into() {
        Ok(1) => format!("1 {noun}"),
        Ok(count) => format!("{count} {noun}s"),
        Err(_) => format!("too many {noun}s"),
    }
}

/// Quotes text that came from outside for a log line: escaped, and cut to 100 characters.
pub(crate) fn quote(text: impl Iterator<Item = char>) -> String {
    const LONGEST_QUOTE: usize = 100;
    let mut characters = text;
    let mut quoted = String::from("\"");
    for character in characters.by_ref().take(LONGEST_QUOTE) {
        quoted.extend(character.escape_debug());
    }
    quoted.push('"');
    if characters.next().is_some() {
        quoted.push_str("...");
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_cannot_break_or_flood_the_log_line() {
        assert_eq!(quote("a\nb\"\u{1b}".chars()), r#""a\nb\"\u{1b}""#);
        assert_eq!(quote("x".repeat(101).chars()), format!("\"{}\"...", "x".repeat(100)));
    }
}
