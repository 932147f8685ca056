//! Words in messages: numbers with their nouns, and quoted input.

use core::fmt::{self, Write};

/// Returns a number with its noun: `1 byte`, `2 bytes`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into() {
        Ok(1) => format!("1 {noun}"),
        Ok(count) => format!("{count} {noun}s"),
        Err(_) => format!("too many {noun}s"),
    }
}

/// Quotes untrusted text for a log line. Special characters are escaped, and the text is cut to 100
/// characters.
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

/// Returns the sentence of a doc comment, without the leading space and the full stop.
pub(crate) fn documented(comment: &'static str) -> &'static str {
    comment.trim().trim_end_matches('.')
}

/// Writes a sentence as a part of a longer sentence, with its first letter in lower case.
pub(crate) fn write_clause(f: &mut fmt::Formatter<'_>, sentence: &str) -> fmt::Result {
    let mut characters = sentence.chars();
    if let Some(first) = characters.next() {
        f.write_char(first.to_ascii_lowercase())?;
    }
    f.write_str(characters.as_str())
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
