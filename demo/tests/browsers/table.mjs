// The results as text for a terminal, and as Markdown.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Prints the result of one row. */
export function print({ row, expected, happened, isGood, seconds }) {
  const time = `${seconds.toFixed(1)} s`.padStart(7);
  console.log(`${isGood ? "  ok" : "FAIL"} ${time}  ${row.theme}: ${row.name}`);
  console.log(`                ${happened}`);
  if (!isGood) console.log(`      expected: ${expected}`);
}

/** The results in a Markdown file are below this line. The text above it stays as it is. */
const MARK = "<!-- scripts/test-browsers --markdown writes everything below -->";

/** Writes the results into a Markdown file. */
export function writeMarkdown(file, rows, tables) {
  const head = existsSync(file) ? readFileSync(file, "utf8").split(MARK)[0] : "";
  writeFileSync(file, `${head}${MARK}\n\n${markdown(rows, tables)}`);
}

/** Returns all results as tables, one for each theme, with a column for each browser. */
function markdown(rows, tables) {
  const themes = [...new Set(rows.map(({ theme }) => theme))];
  const versions = tables.map(({ version }) => `- ${version}`).join("\n");
  const parts = themes.map((theme) => {
    const head = ["test", ...tables.map(({ name }) => name)];
    const lines = rows.flatMap((row, position) => {
      if (row.theme !== theme) return [];
      return [[row.name, ...tables.map(({ name, results }) => cell(results[position], name))]];
    });
    const table = [head, head.map(() => "---"), ...lines];
    return `## ${theme}\n\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
  });
  return `${versions}\n\n${parts.join("\n")}`;
}

function cell({ row, happened, isGood }, browser) {
  const why = row.why?.[browser] ? ` (${row.why[browser]})` : "";
  const text = `${happened}${why}`.replaceAll("|", "\\|");
  return isGood ? text : `**not as expected:** ${text}`;
}
