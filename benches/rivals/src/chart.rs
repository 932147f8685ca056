//! Draws outcomes as an SVG picture with bars. Short bars are fast.

use std::fmt::{self, Display, Formatter};

use crate::contest::{Outcome, Standing};

const WIDTH: usize = 860;
const TITLE: usize = 34;
const ROW: usize = 20;
const GAP: usize = 18;
/// The left end of the bars, behind the names.
const BARS: usize = 350;
/// The length of a bar with the ratio 1.
const UNIT: f64 = 150.0;
/// Longer bars are cut, so that the others stay readable.
const LONGEST: f64 = 2.8;

/// A panel for each outcome, one below the other.
pub(crate) struct Chart<'a> {
    pub(crate) panels: Vec<(String, &'a Outcome)>,
}

impl Display for Chart<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows: usize = self.panels.iter().map(|(_, outcome)| outcome.standings.len()).sum();
        let height = rows * ROW + self.panels.len() * (TITLE + GAP);
        writeln!(
            f,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="13">
<style>
text {{ fill: #1f2328 }} .title {{ font-size: 15px; font-weight: bold }} .ours {{ font-weight: bold }}
rect {{ fill: #8c959f }} rect.ours {{ fill: #0969da }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} rect {{ fill: #6e7681 }} rect.ours {{ fill: #4493f8 }} }}
</style>"##
        )?;
        let mut top = 0;
        for (title, outcome) in &self.panels {
            let title = plain(title);
            writeln!(f, r#"<text class="title" x="0" y="{}">{title}</text>"#, top + 20)?;
            top += TITLE;
            for standing in &outcome.standings {
                row(f, top, standing)?;
                top += ROW;
            }
            top += GAP;
        }
        writeln!(f, "</svg>")
    }
}

fn row(
    f: &mut Formatter<'_>,
    top: usize,
    Standing { name, in_turn, .. }: &Standing,
) -> fmt::Result {
    let ratio = in_turn.ratio;
    let class = if name.contains("webauthn-verify") { "ours" } else { "other" };
    let (name, base) = (plain(name), top + 14);
    let length = ratio.min(LONGEST) * UNIT;
    let value = BARS as f64 + length + 8.0;
    let cut = if ratio > LONGEST { "… " } else { "" };
    writeln!(
        f,
        r#"<text class="{class}" x="{}" y="{base}" text-anchor="end">{name}</text><rect class="{class}" x="{BARS}" y="{}" width="{length:.0}" height="14"/><text class="{class}" x="{value:.0}" y="{base}">{cut}{ratio:.2}</text>"#,
        BARS - 10,
        top + 3,
    )
}

/// Returns a name without the marks of Markdown.
fn plain(name: &str) -> String {
    name.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::Timing;

    #[test]
    fn each_contender_has_a_bar_and_long_bars_are_cut() {
        let standing = |name: &str, ratio| {
            let in_turn = Timing { ratio, median: 1.0, minimum: 1.0 };
            let repeated = Timing { ratio: 2.0, ..in_turn };
            Standing { name: name.to_owned(), in_turn, repeated }
        };
        let standings = vec![standing("webauthn-verify", 1.0), standing("with `slow`", 14.74)];
        let outcome = Outcome { name: "one".to_owned(), standings };
        let chart = Chart { panels: vec![("A `login`".to_owned(), &outcome)] }.to_string();
        assert_eq!(chart.matches("<rect").count(), 2, "{chart}");
        assert!(chart.contains(r#"<rect class="ours" x="350" y="37" width="150""#), "{chart}");
        assert!(chart.contains(">… 14.74</text>") && chart.contains(r#"width="420""#), "{chart}");
        assert!(chart.contains(r#"y="20">A login</text>"#) && !chart.contains('`'), "{chart}");
        assert!(chart.contains("prefers-color-scheme: dark"), "{chart}");
    }
}
