//! Patterns that select cases by their ID.

/// Returns whether the pattern equals the ID, or ends with `*` and the ID begins with the rest of
/// it.
pub(crate) fn matches(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => id.starts_with(beginning),
        None => id == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_end() {
        assert!(matches("suite::tc5", "suite::tc5"));
        assert!(!matches("suite::tc5", "suite::tc50"));
        assert!(matches("suite::tc5*", "suite::tc50"));
        assert!(!matches("suite::*", "suit::tc5"));
    }
}
