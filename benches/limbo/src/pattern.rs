//! Which cases a line of a list is about.

/// Whether the line is this id, or ends with a star and the id begins with what stands before it.
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
