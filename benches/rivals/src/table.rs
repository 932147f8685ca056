//! Formats the outcomes as Markdown.

use std::fmt::{self, Display, Formatter};

use crate::contest::{Outcome, Standing};

/// A table with a column for each contest and a row for each contender, in the order in which they
/// first appear.
struct Table<'a> {
    outcomes: &'a [Outcome],
    cell: fn(&Standing) -> String,
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

/// Prints three tables, if there are outcomes.
pub(crate) fn print(title: &str, base: &str, outcomes: &[Outcome]) {
    if outcomes.is_empty() {
        return;
    }
    const INPUTS: &str = "with different inputs in turn (with the same input again and again)";
    println!("{title}, median of the ratios, {base}, {INPUTS}:\n");
    println!("{}", Table { outcomes, cell: ratios });
    println!("{title}, nanoseconds, median, {INPUTS}:\n");
    println!("{}", Table { outcomes, cell: nanoseconds });
    println!("{title}, nanoseconds, minimum, {INPUTS}:\n");
    println!("{}", Table { outcomes, cell: least_nanoseconds });
}

/// Formats the ratio with inputs that take turns, and then the ratio with a repeated input.
fn ratios(standing: &Standing) -> String {
    format!("{:.2} ({:.2})", standing.in_turn.ratio, standing.repeated.ratio)
}

fn nanoseconds(standing: &Standing) -> String {
    let Standing { in_turn, repeated, .. } = standing;
    format!("{} ({})", thousands(in_turn.median), thousands(repeated.median))
}

fn least_nanoseconds(standing: &Standing) -> String {
    let Standing { in_turn, repeated, .. } = standing;
    format!("{} ({})", thousands(in_turn.minimum), thousands(repeated.minimum))
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
    use crate::contest::Timing;

    #[test]
    fn a_contender_has_one_row_and_an_empty_cell_where_it_was_not_there() {
        let standing = |name: &str, ratio, median| {
            let in_turn = Timing { ratio, median, minimum: median / 2.0 };
            let repeated = Timing { ratio: ratio / 2.0, median: median / 4.0, minimum: 1.0 };
            Standing { name: name.to_owned(), in_turn, repeated }
        };
        let outcomes = [
            Outcome { name: "one".to_owned(), standings: vec![standing("a", 1.0, 1_234_567.0)] },
            Outcome {
                name: "two".to_owned(),
                standings: vec![standing("a", 1.0, 1000.0), standing("b", 0.526, 999.6)],
            },
        ];
        let table = |cell| Table { outcomes: &outcomes, cell }.to_string();
        let expected = "| | one | two |\n|---|---:|---:|\n\
                        | a | 1.00 (0.50) | 1.00 (0.50) |\n| b | – | 0.53 (0.26) |\n";
        assert_eq!(table(ratios), expected);
        let times = table(nanoseconds);
        assert!(times.contains("| a | 1,234,567 (308,642) | 1,000 (250) |"), "{times}");
        assert!(times.contains("| b | – | 1,000 (250) |"), "{times}");
        let times = table(least_nanoseconds);
        assert!(times.contains("| a | 617,284 (1) | 500 (1) |"), "{times}");
    }
}
