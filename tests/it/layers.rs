//! Imports only go down: from each room to the rooms below it, and without cycles inside a room.
//!
//! The graph is built from the sources: a file imports every other file that a path in it names, in
//! a `use` or in code. Tests are ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::is_published;

/// The rooms of `src`, from top to bottom. A room is a file or a folder.
const ROOMS: &[&str] = &[
    "lib",
    "guide",
    "ceremony",
    "migrate",
    "attestation",
    "metadata",
    "jws",
    "certificate",
    "signature",
    "message",
    "key",
    "oid",
    "calendar",
    "quirk",
    "debug",
    "encoding",
    "reader",
    "error",
    "spec",
    "names",
    "config_error",
    "error_data",
    "text",
];

#[test]
fn rooms_import_only_from_rooms_below() {
    let graph = Graph::read("src");
    let rooms: BTreeSet<&str> = graph.files.keys().map(|module| room(module)).collect();
    assert_eq!(rooms, ROOMS.iter().copied().collect(), "ROOMS lists every room once");
    let height = |module| ROOMS.iter().position(|known| *known == room(module)).unwrap();
    let up: Vec<String> = graph
        .imports()
        .filter(|(from, to)| height(from) > height(to))
        .map(|(from, to)| format!("{from} imports {to}, which is above it"))
        .collect();
    assert!(up.is_empty(), "{up:#?}");
}

#[test]
fn there_are_no_import_cycles() {
    for (folder, at_least) in [("src", 300), ("authenticator/src", 100)] {
        if folder != "src" && is_published() {
            println!("{folder} is not in the published crate");
            continue;
        }
        let graph = Graph::read(folder);
        let circles = graph.circles();
        assert!(
            circles.is_empty(),
            "files of {folder} that import one another in a cycle: {circles:#?}"
        );
        let imports = graph.imports().count();
        println!("{folder}: {} files, {imports} imports, no cycle", graph.files.len());
        assert!(imports >= at_least, "only {imports} imports were found in {folder}");
    }
}

/// Returns the first part of a path.
fn room(module: &str) -> &str {
    module.split("::").next().unwrap()
}

/// Every file of a crate, as its module with the modules that it names.
struct Graph {
    files: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(folder: &str) -> Graph {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut paths = Vec::new();
        collect(&root, &mut paths);
        let sources: Vec<(String, String)> = paths
            .iter()
            .map(|path| (module_of(&root, path), std::fs::read_to_string(path).unwrap()))
            .filter(|(module, _)| !format!("{module}::").contains("::tests::"))
            .collect();
        Graph::of(&sources)
    }

    fn of(sources: &[(String, String)]) -> Graph {
        let modules: BTreeSet<&str> = sources.iter().map(|(module, _)| module.as_str()).collect();
        let files = sources.iter().map(|(module, text)| {
            let named = paths_named(&code_of(text), module);
            let mut named: BTreeSet<String> =
                named.iter().filter_map(|path| file_of(path, &modules)).collect();
            named.remove(module);
            (module.clone(), named)
        });
        Graph { files: files.collect() }
    }

    fn imports(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .flat_map(|(from, named)| named.iter().map(move |to| (from.as_str(), to.as_str())))
    }

    /// Returns groups of files that all import one another, directly or indirectly.
    fn circles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.files.keys().map(|from| (from.as_str(), self.reached_from(from))).collect();
        let mut circles: BTreeSet<Vec<&str>> = BTreeSet::new();
        for (from, to) in &reached {
            let circle: Vec<&str> =
                to.iter().filter(|other| reached[*other].contains(from)).copied().collect();
            if !circle.is_empty() {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn reached_from(&self, from: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = self.files[from].iter().map(String::as_str).collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(self.files[module].iter().map(String::as_str));
            }
        }
        reached
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

fn module_of(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let names: Vec<_> = relative.iter().map(|name| name.to_str().unwrap()).collect();
    names.join("::").trim_end_matches("::mod").to_owned()
}

/// Returns the code without comments and without the tests, which are at the end of a file.
fn code_of(text: &str) -> String {
    let mut code: Vec<&str> = Vec::new();
    for line in text.lines() {
        // The tests, with or without more attributes.
        if line.starts_with("mod tests") {
            let attributes = code.iter().rev().take_while(|line| line.starts_with("#["));
            let end = code.len() - attributes.count();
            let is_for_tests = |line: &&str| line.contains("cfg") && line.contains("test");
            assert!(code.split_off(end).iter().any(is_for_tests), "{line} without cfg(test)");
            break;
        }
        // A link in a string, such as "https://", is not a comment, but it does not name a path
        // either.
        code.push(line.find("//").map_or(line, |start| &line[..start]));
    }
    code.join("\n")
}

/// Returns every path of the crate that the code of a module names, starting at the root.
fn paths_named(code: &str, module: &str) -> BTreeSet<String> {
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let children = code.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    let inside = if module == "lib" { "" } else { module };
    let mut starts = vec![
        ("crate::".to_owned(), String::new()),
        ("super::".to_owned(), parent.to_owned()),
        ("self::".to_owned(), inside.to_owned()),
    ];
    starts.extend(children.map(|child| (format!("{child}::"), join(inside, child))));
    let mut paths = BTreeSet::new();
    for (marker, prefix) in starts {
        for (start, _) in code.match_indices(&marker) {
            let before = code[..start].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                expand(&code[start + marker.len()..], &prefix, &mut paths);
            }
        }
    }
    paths
}

/// Adds the path, or every path of the group, at the start of `code`, and returns the remaining
/// code.
fn expand<'c>(code: &'c str, prefix: &str, paths: &mut BTreeSet<String>) -> &'c str {
    let code = code.trim_start();
    if let Some(mut group) = code.strip_prefix('{') {
        // The last comma may be followed by nothing.
        while !group.trim_start().is_empty() && !group.trim_start().starts_with('}') {
            group = expand(group, prefix, paths).trim_start();
            group = group.strip_prefix(',').unwrap_or(group);
        }
        return group.trim_start().strip_prefix('}').unwrap_or(group);
    }
    if let Some(rest) = code.strip_prefix('*') {
        paths.insert(prefix.to_owned());
        return rest;
    }
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    let (name, rest) = code.split_at(end);
    let path = match name {
        "super" => prefix.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned(),
        "self" => prefix.to_owned(),
        name => join(prefix, name),
    };
    if let Some(rest) = rest.strip_prefix("::") {
        return expand(rest, &path, paths);
    }
    paths.insert(path);
    // Skips the other name in `X as Y`.
    let rest = rest.trim_start();
    let Some(other) = rest.strip_prefix("as ") else { return rest };
    other.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

/// Returns the module that contains this path: the longest module that is a prefix of it.
fn file_of(path: &str, modules: &BTreeSet<&str>) -> Option<String> {
    let mut path = path;
    loop {
        if modules.contains(path) {
            return Some(path.to_owned());
        }
        match path.rsplit_once("::") {
            Some((shorter, _)) => path = shorter,
            // Items in the root of the crate.
            None => return modules.contains("lib").then(|| "lib".to_owned()),
        }
    }
}

#[test]
fn every_path_in_an_import_group_is_found() {
    let code = code_of(
        "use crate::error::{A, B};\n// crate::lies::x\nlet x = crate::signature::verify(k);\n\
         use super::{policy::P, self as own, extensions::{inputs::I, outputs}};\n
         use super::{\n    a::X,\n    b::*,\n};\nmod child;\n\
         child::f();\nuse super::super::key::K;\n#[cfg(test)]\nmod tests { use crate::quirk::Q; }\n",
    );
    let expected = [
        "ceremony",
        "ceremony::a::X",
        "ceremony::b",
        "ceremony::checks::child::f",
        "ceremony::extensions::inputs::I",
        "ceremony::extensions::outputs",
        "ceremony::policy::P",
        "error::A",
        "error::B",
        "key::K",
        "signature::verify",
    ];
    assert_eq!(paths_named(&code, "ceremony::checks"), expected.map(String::from).into());
    let modules = ["lib", "ceremony", "ceremony::policy"].into();
    assert_eq!(file_of("ceremony::policy::P", &modules).as_deref(), Some("ceremony::policy"));
    assert_eq!(file_of("ceremony::Credential", &modules).as_deref(), Some("ceremony"));
    assert_eq!(file_of("Credential", &modules).as_deref(), Some("lib"));
}

#[test]
fn an_import_cycle_is_found() {
    let source = |module: &str, text: &str| (module.to_owned(), text.to_owned());
    let graph = Graph::of(&[
        source("lib", "mod a;\nmod b;\npub use a::A;"),
        source("a", "mod child;\nuse child::C; use crate::b::B;"),
        source("a::child", "use super::A;"),
        source("b", "struct B;"),
    ]);
    assert_eq!(graph.circles(), [["a", "a::child"]]);
    assert_eq!(graph.imports().count(), 4);
}
