//! Imports go one way: no file imports itself through others, and none its own folder's `mod.rs`.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each module imports, by its path without `crate::`; `mod.rs` is called as its folder.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let modules: Vec<String> = files.iter().map(|file| module_of(&root, file)).collect();
    let mut imports = BTreeMap::new();
    for (file, module) in files.iter().zip(&modules) {
        let text = std::fs::read_to_string(file).unwrap();
        let found = paths(&text).into_iter().filter_map(|path| {
            let of_path =
                |known: &&String| path == **known || path.starts_with(&format!("{known}::"));
            modules.iter().filter(of_path).max_by_key(|known| known.len()).cloned()
        });
        imports.insert(module.clone(), found.collect());
    }
    imports
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap().path();
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.file_name().is_some_and(|name| name != "lib.rs" && name != "tests.rs") {
            files.push(entry);
        }
    }
}

fn module_of(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let names: Vec<_> = relative.iter().map(|name| name.to_str().unwrap()).collect();
    names.join("::").trim_end_matches("::mod").to_owned()
}

/// The paths that a file names from the crate's root, tests and comments left out.
fn paths(text: &str) -> Vec<String> {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for after in code.split("crate::").skip(1) {
        let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let end = after.find(|c| !is_of_path(c)).unwrap_or(after.len());
        let (path, rest) = after.split_at(end);
        match rest.strip_prefix('{').and_then(|group| group.split_once('}')) {
            Some((group, _)) => {
                paths.extend(group.split(',').map(|item| format!("{path}{}", item.trim())));
            }
            None => paths.push(path.to_owned()),
        }
    }
    paths
}

#[test]
fn imports_go_one_way() {
    let mut imports = imports();
    assert!(imports.len() > 30, "{}", imports.len());
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 100);
    for (module, imported) in &imports {
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        assert!(!imported.contains(parent), "{module} imports its own folder's mod.rs");
    }
    // What imports nothing that is left is taken away, until nothing is left.
    while !imports.is_empty() {
        let is_left = |module: &String| imports.contains_key(module);
        let lowest: Vec<String> = imports
            .iter()
            .filter(|(_, imported)| !imported.iter().any(is_left))
            .map(|(module, _)| module.clone())
            .collect();
        assert!(!lowest.is_empty(), "these import each other: {imports:#?}");
        imports.retain(|module, _| !lowest.contains(module));
    }
}

#[test]
fn the_walk_finds_groups_and_skips_tests() {
    let text = "use crate::error::A;\n// crate::lies\nuse crate::{der, jws};\nlet x = crate::debug::x();\n\
                #[cfg(test)]\nmod tests { use crate::key::K; }";
    assert_eq!(paths(text), ["error::A", "der", "jws", "debug::x"]);
}
