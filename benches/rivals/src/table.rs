//! Formats the outcomes as Markdown.

use std::fmt::{self, Display, Formatter};

use crate::contest::{Outcome, Standing};

/// A table with a column for each contest and a row for each contender, in the order in which they
/// first appear.
pub(crate) struct Table<'a> {
    pub(crate) outcomes: &'a [Outcome],
    pub(crate) cell: fn(&Standing) -> String,
}

impl Table<'_> {
    fn contenders(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for standing in self.outcomes.iter().flat_map(|outcome| &outcome.standings) {
            if !names.contains(&standing.name.as_str()) {
                names.push(&standing.name);
            }
        }
        names
    }

    fn cell(&self, outcome: &Outcome, contender: &str) -> String {
        let standing = outcome.standings.iter().find(|standing| standing.name == contender);
        standing.map_or_else(|| "–".to_owned(), self.cell)
    }
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let contests: Vec<&str> =
            self.outcomes.iter().map(|outcome| outcome.name.as_str()).collect();
        writeln!(f, "| | {} |", contests.join(" | "))?;
        writeln!(f, "|---|{}", "---:|".repeat(contests.len()))?;
        for contender in self.contenders() {
            let cells: Vec<String> =
                self.outcomes.iter().map(|outcome| self.cell(outcome, contender)).collect();
            writeln!(f, "| {contender} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

pub(crate) fn ratio(standing: &Standing) -> String {
    format!("{:.2}", standing.ratio)
}

pub(crate) fn nanoseconds(standing: &Standing) -> String {
    format!("{} ({})", thousands(standing.median), thousands(standing.minimum))
}

/// Formats a whole number with a comma after every three digits.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contender_has_one_row_and_an_empty_cell_where_it_was_not_there() {
        let standing = |name: &str, ratio, median| Standing {
            name: name.to_owned(),
            ratio,
            median,
            minimum: median / 2.0,
        };
        let outcomes = [
            Outcome { name: "one".to_owned(), standings: vec![standing("a", 1.0, 1_234_567.0)] },
            Outcome {
                name: "two".to_owned(),
                standings: vec![standing("a", 1.0, 1000.0), standing("b", 0.526, 999.6)],
            },
        ];
        let ratios = Table { outcomes: &outcomes, cell: ratio };
        let expected = "| | one | two |\n|---|---:|---:|\n| a | 1.00 | 1.00 |\n| b | – | 0.53 |\n";
        assert_eq!(ratios.to_string(), expected);
        let times = Table { outcomes: &outcomes, cell: nanoseconds }.to_string();
        assert!(times.contains("| a | 1,234,567 (617,284) | 1,000 (500) |"), "{times}");
        assert!(times.contains("| b | – | 1,000 (500) |"), "{times}");
    }
}
