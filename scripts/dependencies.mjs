// Prints docs/dependencies.md with its tables written anew: node scripts/dependencies.mjs
//
// Everything comes from `cargo tree`, `cargo metadata` and the sources that cargo has downloaded. Only
// the reasons for the direct dependencies are taken from the old tables.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chdir, exit } from "node:process";

chdir(join(import.meta.dirname, ".."));
const document = "docs/dependencies.md";
const mark = "<!-- scripts/check-dependencies writes what follows. -->\n";
const root = "webauthn-verify";

function cargo(...args) {
  return execFileSync("cargo", [...args, "--locked"], { encoding: "utf8", maxBuffer: 2 ** 28 });
}

/// Returns each crate that a build of the verifier contains, with the crates that depend on it
/// directly. The key is "name version".
function tree(...args) {
  const dependents = new Map();
  const path = [];
  const lines = cargo("tree", "--package", root, "--target", "all", "--prefix", "depth", "--no-dedupe", ...args);
  for (const [, depth, name, version] of lines.matchAll(/^(\d+)(\S+) v(\S+)/gm)) {
    const key = `${name} ${version}`;
    path.splice(Number(depth), Infinity, key);
    if (!dependents.has(key)) dependents.set(key, new Set());
    if (path.length > 1) dependents.get(key).add(path.at(-2));
  }
  return dependents;
}

const metadata = JSON.parse(cargo("metadata", "--format-version", "1"));
const packages = new Map(metadata.packages.map((it) => [`${it.name} ${it.version}`, it]));
const verifier = metadata.packages.find((it) => it.name === root);
const direct = new Set(verifier.dependencies.filter((it) => it.kind === null).map((it) => it.name));
const features = Object.keys(verifier.features).filter((it) => it !== "default");
const edges = (kinds) => ["--edges", kinds];
const only = (feature) => ["--no-default-features", ...(feature ? ["--features", feature] : [])];

// What is linked, and what else is compiled: procedural macros, and the dependencies of build scripts.
const linked = tree("--all-features", ...edges("normal,no-proc-macro"));
const compiled = tree("--all-features", ...edges("normal,build"));
const always = tree(...only(), ...edges("normal,build"));
const byFeature = new Map(features.map((it) => [it, tree(...only(it), ...edges("normal,build"))]));
const byDefault = tree(...edges("normal,build"));

/// Names the features that bring a crate, without those that only enable another one of them.
function broughtBy(key) {
  if (always.has(key)) return "always";
  const found = features.filter((it) => byFeature.get(it).has(key));
  const enables = (one) => found.some((other) => other !== one && verifier.features[one].includes(other));
  return found.filter((it) => !enables(it)).map((it) => `\`${it}\``).join(", ");
}

function rustFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const path = join(folder, it.name);
    return it.isDirectory() ? rustFiles(path) : path.endsWith(".rs") ? [path] : [];
  });
}

const commentsAndTexts =
  /\/\/.*|\/\*[\s\S]*?\*\/|\br(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[^']+|[^\\'])'/g;

/// Counts the keyword `unsafe` in the sources of the library.
function unsafeUses(library) {
  const root = readFileSync(library.src_path, "utf8").replace(commentsAndTexts, "");
  if (/^#!\[forbid\([^)]*\bunsafe_code\b/m.test(root)) return "forbidden";
  const count = rustFiles(dirname(library.src_path))
    .map((it) => readFileSync(it, "utf8").replace(commentsAndTexts, "").match(/\bunsafe\b/g)?.length ?? 0)
    .reduce((sum, it) => sum + it, 0);
  return count === 0 ? "none" : String(count);
}

function account({ repository }) {
  return /^https:\/\/github\.com\/([^/]+)\//.exec(repository ?? "")?.[1] ?? "?";
}

function row(key, old) {
  const it = packages.get(key);
  const library = it.targets.find((target) => target.kind.some((kind) => kind.endsWith("lib") || kind === "proc-macro"));
  const authors = it.authors.map((author) => author.replace(/\s*<.*>/, "").replace(/.*@.*/, "")).filter(Boolean);
  const runs = [
    it.targets.some((target) => target.kind.includes("custom-build")) ? "build script" : "",
    library.kind.includes("proc-macro") ? "macro" : "",
  ].filter(Boolean);
  const parents = [...compiled.get(key)].map((parent) => `\`${parent.split(" ")[0]}\``).sort();
  const reason = direct.has(it.name) ? old.get(it.name) : `for ${[...new Set(parents)].join(", ")}`;
  if (!reason) {
    console.error(`${document}: write why ${it.name} is a dependency, in the last column of its row`);
    exit(1);
  }
  const link = `[\`${it.name}\`](${it.repository})`;
  const cells = [link, it.version, it.license.replaceAll("/", " OR "), authors.join(", "), broughtBy(key), unsafeUses(library)];
  return `| ${[...cells, runs.join(", "), reason].join(" | ").replaceAll("|  |", "| |")} |`;
}

/// Returns the reasons in the last column of the rows, by the name of the crate.
function reasons(page) {
  return new Map([...page.matchAll(/^\| \[`(.+?)`\].*\|(.*)\|$/gm)].map(([, name, reason]) => [name, reason.trim()]));
}

function table(keys, old) {
  const head = "| crate | version | licence | authors | feature | `unsafe` | runs at build | why |\n|---|---|---|---|---|---|---|---|";
  return [head, ...keys.map((it) => row(it, old))].join("\n");
}

function accounts(keys) {
  const names = new Map();
  for (const it of keys.map((key) => packages.get(key))) {
    names.set(account(it), [...(names.get(account(it)) ?? []), `\`${it.name}\``]);
  }
  const rows = [...names]
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(([name, crates]) => `| [${name}](https://github.com/${name}) | ${crates.length} | ${[...new Set(crates)].join(", ")} |`);
  return ["| account | crates | |", "|---|---|---|", ...rows].join("\n");
}

const sorted = (keys) => [...keys].filter((it) => !it.startsWith(`${root} `)).sort();
const page = readFileSync(document, "utf8");
const [written, generated] = page.split(mark);
const old = reasons(generated);
const linkedKeys = sorted(linked.keys());
const others = sorted(compiled.keys()).filter((it) => !linked.has(it));
const inDefault = (keys) => keys.filter((it) => byDefault.has(it)).length;

console.log(`${written}${mark}
## Who wrote them

${accounts(sorted(compiled.keys()))}

## Crates that are linked

All features together link ${linkedKeys.length} crates. The default features link ${inDefault(linkedKeys)} of them.

${table(linkedKeys, old)}

## Crates that only run at build time

These crates are macros and what they use, and what build scripts use. The compiler runs their code, but it
is not linked. There are ${others.length} of them, and ${inDefault(others)} with the default features.

${table(others, old)}`);
