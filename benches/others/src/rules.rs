//! The list of rules in `docs/rules.md`.

use std::collections::HashMap;

/// The sources of rules by id.
pub(crate) struct Rules(HashMap<&'static str, &'static str>);

impl Rules {
    pub(crate) fn read() -> Rules {
        let lines = include_str!("../../../docs/rules.md").lines();
        Rules(
            lines
                .filter_map(|line| {
                    let mut columns = line.strip_prefix("| ")?.split(" | ");
                    let (id, source) = (columns.next()?, columns.nth(1)?);
                    Some((id, source))
                })
                .collect(),
        )
    }

    /// Returns whether our own policy is a source of this rule, alone or with a standard. Another
    /// verifier can have another policy.
    pub(crate) fn is_own(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|source| {
            source.split(", ").any(|part| ["own policy", "own decision"].contains(&part))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_our_own_if_own_policy_is_one_of_its_sources() {
        let rules = Rules::read();
        assert!(rules.is_own("CD-10"));
        assert!(rules.is_own("CD-04"));
        assert!(!rules.is_own("REG-09"));
    }
}
