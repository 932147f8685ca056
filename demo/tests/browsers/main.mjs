// Runs the rows in the browsers that are installed, and prints a table. See scripts/test-browsers.
import { parseArgs } from "node:util";
import { BROWSERS, installed, versionOf } from "./browsers.mjs";
import { Captures } from "./captures.mjs";
import { Site, startHttps, startOtherSite } from "./server.mjs";
import { writeScreenshots } from "./screenshots.mjs";
import { print, writeMarkdown } from "./table.mjs";
import { Tester, runRow } from "./tester.mjs";
import * as attestation from "./rows/attestation.mjs";
import * as authenticators from "./rows/authenticators.mjs";
import * as backup from "./rows/backup.mjs";
import * as extensions from "./rows/extensions.mjs";
import * as origins from "./rows/origins.mjs";
import * as libraries from "./rows/libraries.mjs";
import * as pages from "./rows/pages.mjs";
import * as requests from "./rows/requests.mjs";
import * as signals from "./rows/signals.mjs";

const THEMES = [
  authenticators, backup, attestation, extensions, origins, requests, signals, pages, libraries,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    server: { type: "string" },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    markdown: { type: "string" },
    capture: { type: "string" },
    screenshots: { type: "string" },
  },
});

/** Returns the browsers to use. A browser that was asked for must be installed. */
function chosen() {
  const all = Object.keys(BROWSERS);
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown) throw new Error(`unknown browser ${unknown}; the browsers are: ${all.join(", ")}`);
  const names = positionals.length ? positionals : all;
  const present = names.filter((name) => {
    if (installed(name)) return true;
    console.log(`${name} or its driver is not installed; run scripts/setup ${name}`);
    return false;
  });
  if (!present.length || (positionals.length && present.length < names.length)) process.exit(1);
  return present;
}

/** Returns the expectation of a row for one browser. `why` of the row explains it in the table. */
function expectation({ expect }, name) {
  return typeof expect === "string" ? expect : expect[name];
}

/** Runs all rows in one browser. */
async function runBrowser(name, rows, servers) {
  const programs = installed(name);
  const version = versionOf(programs);
  console.log(version);
  const browser = await BROWSERS[name].open(programs, servers.https);
  const captures = new Captures(name, version);
  const tester = new Tester({ browser, name, captures, ...servers });
  const results = [];
  try {
    for (const row of rows) {
      const began = performance.now();
      const expected = expectation(row, name);
      const happened = await runRow(row, tester);
      const result = { row, expected, happened, isGood: happened === expected };
      results.push({ ...result, seconds: (performance.now() - began) / 1000 });
      print(results.at(-1));
    }
    if (values.screenshots && name === "chromium") {
      const number = await writeScreenshots(browser, servers.site, values.screenshots);
      console.log(`written: ${number} screenshots`);
    }
  } finally {
    await browser.quit();
  }
  if (values.capture) console.log(`written: ${captures.write(values.capture)}`);
  return { name, version, results };
}

async function main() {
  const browsers = chosen();
  const all = THEMES.flatMap(({ theme, rows }) => rows.map((row) => ({ theme, ...row })));
  const isMeant = (row) => `${row.theme}: ${row.name}`.includes(values.only);
  const rows = all.filter((row) => isMeant(row) && (row.quick || !values.quick));
  const targets = {};
  const https = await startHttps(targets);
  const other = await startOtherSite();
  const site = await Site.start(values.server);
  const framed = await Site.start(values.server, { FRAMED_BY: other.origin });
  framed.topOrigins = [other.origin];
  const secure = await Site.start(values.server, {
    ORIGIN: "https://passkeys.test",
    RELATED_ORIGINS: "https://related.test",
    BEHIND_PROXY: "1",
  });
  targets["passkeys.test"] = targets["related.test"] = secure.port;
  const servers = { site, framed, secure, other, https };
  const tables = [];
  try {
    for (const name of browsers) {
      const began = performance.now();
      tables.push(await runBrowser(name, rows, servers));
      console.log(`${((performance.now() - began) / 1000).toFixed(1)} seconds\n`);
    }
  } finally {
    for (const server of [site, framed, secure, other, https]) server.stop();
  }
  if (values.markdown) writeMarkdown(values.markdown, rows, tables);
  const bad = tables.flatMap(({ results }) => results.filter(({ isGood }) => !isGood));
  console.log(bad.length ? `${bad.length} rows are not as expected` : "all rows are as expected");
  return bad.length || !rows.length ? 1 : 0;
}

process.exit(await main());
