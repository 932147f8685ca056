//! Compound statements in which one correct statement is enough (§8.9, step 2). Each statement is
//! tried, and the correct ones with the fewest quirks are kept.

use crate::attestation::verdict::{Attestation, Unchecked};
use crate::error::{ErrorKind, Failure};
use crate::quirk::Quirks;

/// The reason why a statement was rejected, and the quirks that were involved.
pub(crate) struct Refused {
    pub(crate) failure: Failure,
    /// The quirks that were needed before the failure.
    pub(crate) needed: Quirks,
    /// The quirks that were not allowed but would have been needed.
    pub(crate) missed: Quirks,
    /// Whether a trusted path proves a model that the policy rejects.
    pub(crate) is_model_refused: bool,
}

/// Runs `attempt` for every statement without quirks. Runs it again with the allowed quirks for
/// each statement that failed because of one of them. This order keeps statements that need quirks
/// from using up the budget of statements without quirks. Returns the results and the failures,
/// each in the order of the statements.
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
    /// In a compound attestation in which one correct statement is enough, keeps the statements
    /// that need the fewest quirks.
    pub(crate) fn with_fewest_quirks(mut self) -> Attestation {
        let needed = self.statements.iter().map(|statement| statement.quirks);
        if let Some(fewest) = needed.min_by_key(|quirks| quirks.iter().count()) {
            self.keep_needing(fewest);
        }
        self
    }

    /// Keeps the statements that need only these quirks.
    fn keep_needing(&mut self, quirks: Quirks) {
        self.quirks = quirks;
        let count = self.statements.len();
        self.statements.retain(|statement| statement.quirks.is_subset_of(quirks));
        let is_known = self.unchecked.contains(&Unchecked::NestedStatement);
        if self.statements.len() < count && !is_known {
            self.unchecked.to_mut().push(Unchecked::NestedStatement);
        }
    }

    /// If one statement is enough, keeps the trusted statements that make the attestation
    /// acceptable with the fewest quirks.
    ///
    /// If a path proves a model that the policy rejects, the attestation is rejected, even if
    /// another statement is trusted. The exception is a path that needs a quirk: it counts only if
    /// the accepted statements need the quirk as well. Otherwise, allowing a quirk would reject
    /// attestations that pass without it.
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
