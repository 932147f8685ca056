//! Mutants as `cargo mutants --list --json` prints them, and what became of them.

use std::ops::Range;

use serde::Deserialize;

/// One change in one place.
#[derive(Deserialize)]
pub(crate) struct Mutant {
    /// The place and the change, in words.
    pub(crate) name: String,
    /// The file, relative to the package.
    pub(crate) file: String,
    #[serde(rename = "genre")]
    pub(crate) kind: Kind,
    /// The text that replaces the text of the span.
    pub(crate) replacement: String,
    span: Span,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The body of a function is replaced by a value.
    FnValue,
    BinaryOperator,
    UnaryOperator,
    /// A guard is replaced by `true` or `false`.
    MatchArmGuard,
    /// An arm is deleted.
    MatchArm,
    /// A field of a struct expression is deleted, so the base gives its value.
    StructField,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
    end: Position,
}

/// A line and a column, both counted in characters from 1.
#[derive(Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Mutant {
    /// Returns the changed bytes in the text of the file.
    pub(crate) fn range(&self, text: &str) -> Range<usize> {
        self.span.start.offset(text)..self.span.end.offset(text)
    }
}

impl Position {
    fn offset(&self, text: &str) -> usize {
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(self.line - 1).map(str::len).sum();
        let line = lines.next().unwrap_or_default();
        before + line.chars().take(self.column - 1).map(char::len_utf8).sum::<usize>()
    }
}

/// What became of a mutant. A later variant says more than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The place is not in the build, or no test reaches it.
    NotReached,
    /// Every test that reaches the place passes.
    NotNoticed,
    /// The changed code does not compile.
    NotCompilable,
    /// A test did not end.
    NoEnd,
    /// A test failed.
    Noticed,
}

impl Outcome {
    /// Whether the mutant need not be tried again.
    pub(crate) fn is_noticed(&self) -> bool {
        matches!(self, Outcome::NotCompilable | Outcome::NoEnd | Outcome::Noticed)
    }
}
