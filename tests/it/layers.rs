//! Imports only go down: a file of `src/` names only files that stand below it in this list.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every module, from top to bottom. A folder's `mod.rs` stands where its name stands.
const ORDER: &[&str] = &[
    "lib",
    "ceremony",
    "ceremony::registration",
    "ceremony::payment",
    "ceremony::payment::options",
    "ceremony::payment::order",
    "ceremony::authentication",
    "ceremony::decoy",
    "ceremony::signal",
    "ceremony::related_origins",
    "ceremony::extensions",
    "ceremony::extensions::remote_client_data",
    "ceremony::checks",
    "ceremony::extensions::output_checks",
    "ceremony::relying_party",
    "ceremony::policy",
    "ceremony::extensions::requests",
    "ceremony::request",
    "ceremony::response",
    "ceremony::response_serde",
    "ceremony::response_text",
    "ceremony::response_json",
    "ceremony::options",
    "ceremony::algorithm_set",
    "ceremony::challenge",
    "ceremony::extensions::inputs",
    "ceremony::extensions::requested",
    "ceremony::app_origin",
    "ceremony::origin",
    "ceremony::credential",
    "ceremony::extensions::outputs",
    "ceremony::extensions::results",
    "ceremony::bytes",
    "migrate",
    "migrate::jwk",
    "migrate::pem",
    "migrate::spki",
    "migrate::sec1",
    "attestation",
    "attestation::policy",
    "attestation::summary",
    "attestation::trust",
    "attestation::none",
    "attestation::packed",
    "attestation::tpm",
    "attestation::tpm::attest",
    "attestation::tpm::public_area",
    "attestation::tpm::certificate",
    "attestation::tpm::manufacturers",
    "attestation::android_key",
    "attestation::android_key::key_description",
    "attestation::android_safetynet",
    "attestation::fido_u2f",
    "attestation::apple",
    "attestation::compound",
    "attestation::extension",
    "metadata",
    "metadata::payload",
    "metadata::salvage",
    "metadata::entry",
    "metadata::status",
    "metadata::date",
    "metadata::roots",
    "jws",
    "certificate",
    "certificate::path",
    "certificate::revocation",
    "certificate::constraints",
    "certificate::server",
    "certificate::pss",
    "certificate::name",
    "certificate::form",
    "signature::prepared",
    "signature",
    "signature::budget",
    "signature::p256::tests",
    "signature::p256",
    "signature::p256::comb",
    "signature::p256::base_table",
    "signature::p256::scalar",
    "signature::p256::point::tests",
    "signature::p256::point",
    "signature::p256::field::tests",
    "signature::p256::field",
    "signature::ecdsa",
    "signature::eddsa",
    "signature::ml_dsa",
    "signature::rsa",
    "signature::rsa::montgomery",
    "signature::digest",
    "message",
    "message::attestation_object",
    "message::authenticator_data",
    "message::payment",
    "message::client_data",
    "message::cose_key",
    "message::key_form",
    "message::extensions",
    "key",
    "quirk",
    "debug",
    "encoding",
    "encoding::cbor",
    "encoding::definite",
    "encoding::der",
    "encoding::json",
    "encoding::json_grammar",
    "encoding::base64url",
    "reader",
    "error",
    "spec",
];

/// A format's file and the policy take types and helpers of `attestation/mod.rs`, the path those
/// of `certificate/mod.rs`, as children of one module do: the folder is one layer.
const ONE_LAYER: &[&str] = &["attestation", "certificate"];

#[test]
fn imports_only_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let modules: BTreeSet<String> = files.iter().map(|file| module_of(&root, file)).collect();
    let listed: BTreeSet<String> = ORDER.iter().map(|module| module.to_string()).collect();
    assert_eq!(modules, listed, "ORDER lists every module once");

    let mut checked = 0;
    let mut wrong = Vec::new();
    for file in &files {
        let module = module_of(&root, file);
        if module == "lib" {
            continue;
        }
        let text = std::fs::read_to_string(file).unwrap();
        for path in crate_paths(&text, &module) {
            let Some(target) = resolve(&path) else {
                wrong.push(format!("{module} names crate::{path}, which is no module"));
                continue;
            };
            checked += 1;
            let folder = target.split("::").next().unwrap_or_default();
            let same_folder = module == folder || module.starts_with(&format!("{folder}::"));
            if same_folder && ONE_LAYER.contains(&folder) {
                continue;
            }
            if position(&module) > position(&target) {
                wrong.push(format!("{module} imports {target} from above"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 100, "only {checked} imports were found");
}

#[test]
fn the_walk_finds_what_it_is_for() {
    let text = "use crate::error::{A, B};\n// crate::lies::x\nlet x = crate::signature::verify(k);\n\
                use super::policy::P;\n#[cfg(test)]\nmod tests { use crate::key::K; }";
    assert_eq!(
        crate_paths(text, "ceremony::checks"),
        ["error::A", "signature::verify", "ceremony::policy::P"]
    );
    assert_eq!(resolve("signature::verify").as_deref(), Some("signature"));
    assert_eq!(resolve("ceremony::policy::P").as_deref(), Some("ceremony::policy"));
    assert_eq!(resolve("nowhere::x"), None);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
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

/// The paths that a file names from the crate's root, tests and comments left out; of a group of
/// imports, the first stands for all.
fn crate_paths(text: &str, module: &str) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut paths = Vec::new();
    for (marker, prefix) in [("crate::", String::new()), ("super::", format!("{parent}::"))] {
        for (start, _) in code.match_indices(marker) {
            let before = code[..start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                continue;
            }
            let rest = &code[start + marker.len()..];
            let path: String = rest
                .chars()
                .filter(|c| *c != '{')
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                .collect();
            let path = path.trim_end_matches(':');
            if path.starts_with("super") || path.is_empty() {
                continue;
            }
            paths.push(format!("{prefix}{path}"));
        }
    }
    paths
}

/// The module in which a path ends.
fn resolve(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    (1..=parts.len())
        .rev()
        .map(|length| parts[..length].join("::"))
        .find(|prefix| ORDER.contains(&prefix.as_str()))
}

fn position(module: &str) -> usize {
    ORDER.iter().position(|listed| *listed == module).unwrap()
}
