//! Statements inside a compound one, where any will do (§8.9, step 2): each gets a try, and those
//! that hold with the fewest quirks count.

use crate::attestation::verdict::{Attestation, AttestationType, Unchecked};
use crate::error::{ErrorKind, Failure};
use crate::quirk::Quirks;

/// Why a statement does not count, and what quirks have to do with it.
pub(crate) struct Refused {
    pub(crate) failure: Failure,
    /// Those that it needed to come as far as it did.
    pub(crate) needed: Quirks,
    /// Those that it would have needed beyond the ones that were tolerated.
    pub(crate) missed: Quirks,
    /// Whether a trusted path has proven a model that the policy refuses.
    pub(crate) is_model_refused: bool,
}

/// Does the same to every statement: first without any quirk, and then once more with those that are
/// tolerated, to what was refused for want of one. So statements that need quirks take nothing of
/// the budget away from those that need none. Gives what became of each, in the order of the
/// statements.
pub(crate) fn each_as_strict_as_possible<S, V>(
    statements: &[S],
    tolerated: Quirks,
    attempt: impl Fn(&S, Quirks) -> Result<V, Refused>,
) -> (Vec<V>, Vec<Refused>) {
    let strict: Vec<_> =
        statements.iter().map(|statement| attempt(statement, Quirks::NONE)).collect();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (statement, result) in statements.iter().zip(strict) {
        let result = match result {
            Err(refused) if tolerated.iter().any(|quirk| refused.missed.contains(quirk)) => {
                attempt(statement, tolerated)
            }
            result => result,
        };
        match result {
            Ok(value) => good.push(value),
            Err(refused) => bad.push(refused),
        }
    }
    (good, bad)
}

impl Attestation {
    /// Of the statements inside a compound one that hold where any will do, keeps those that hold
    /// with the fewest quirks.
    pub(crate) fn with_fewest_quirks(mut self) -> Attestation {
        if self.attestation_type == AttestationType::Compound && !self.statements.is_empty() {
            let fewest = self.statements.iter().map(|statement| statement.quirks);
            let fewest = fewest.min_by_key(|quirks| quirks.iter().count());
            self.keep_needing(fewest.unwrap_or_default());
        }
        self
    }

    /// Keeps the statements that need no other quirks than these.
    fn keep_needing(&mut self, quirks: Quirks) {
        self.quirks = quirks;
        let count = self.statements.len();
        self.statements.retain(|statement| statement.quirks.is_subset_of(quirks));
        let is_known = self.unchecked.contains(&Unchecked::NestedStatement);
        if self.statements.len() < count && !is_known {
            self.unchecked.to_mut().push(Unchecked::NestedStatement);
        }
    }

    /// Keeps the trusted statements that make the attestation acceptable with the fewest quirks,
    /// where any will do.
    ///
    /// That a path has proven a model which is refused is not undone by a statement that proves no
    /// model. But what was only found by a quirk counts only where that quirk is needed: otherwise
    /// tolerating it would refuse what passes without it.
    pub(crate) fn keep_acceptable(&mut self, refused: Vec<Refused>) -> Result<(), Failure> {
        let is_acceptable = |quirks: &Quirks| {
            !refused.iter().any(|one| one.is_model_refused && one.needed.is_subset_of(*quirks))
        };
        let needed = self.statements.iter().map(|statement| statement.quirks);
        let fewest = needed.filter(is_acceptable).min_by_key(|quirks| quirks.iter().count());
        if let Some(fewest) = fewest {
            self.keep_needing(fewest);
            return Ok(());
        }
        let model = refused.iter().position(|one| one.is_model_refused);
        let failure = refused.into_iter().nth(model.unwrap_or_default());
        let otherwise = || Failure::new(ErrorKind::UntrustedAttestation, "no statement is trusted");
        Err(failure.map_or_else(otherwise, |refused| refused.failure))
    }
}
