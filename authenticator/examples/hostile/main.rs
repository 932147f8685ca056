//! Writes the hostile corpus, `test-vectors/hostile/`, with the parts of the software authenticator.
//!
//! ```text
//! cargo run -p webauthn-verify-authenticator --example hostile
//! ```
//!
//! Each case differs from a correct ceremony in one way. `test-vectors/README.md` describes the
//! format, and `test-vectors/hostile/README.md` the corpus.

mod attestation;
mod authenticator_data;
mod case;
mod cbor;
mod ceremony;
mod certificates;
mod client_data;
mod cose_keys;
mod curves;
mod encoding;
mod extensions;
mod formats;
mod jws;
mod metadata;
mod policies;
mod responses;
mod signatures;
mod stored_states;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use case::{ORIGIN, RP_ID};

/// The files, each with its cases.
fn files() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("attestation.json", attestation::cases()),
        ("authenticator_data.json", authenticator_data::cases()),
        ("cbor.json", cbor::cases()),
        ("certificates.json", certificates::cases()),
        ("client_data.json", client_data::cases()),
        ("cose_keys.json", cose_keys::cases()),
        ("extensions.json", extensions::cases()),
        ("formats.json", formats::cases()),
        ("metadata.json", metadata::cases()),
        ("policies.json", policies::cases()),
        ("responses.json", responses::cases()),
        ("signatures.json", signatures::cases()),
        ("stored_states.json", stored_states::cases()),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/hostile")
}

fn metadata_folder() -> PathBuf {
    folder().join(metadata::FOLDER)
}

/// Returns the text of a file with these cases.
fn text_of(cases: Vec<Value>) -> String {
    let file = json!({
        "format": 1,
        "source": "made by the software authenticator, one deviation in each case",
        "rp_id": RP_ID,
        "origins": [ORIGIN],
        "cases": cases,
    });
    serde_json::to_string_pretty(&file).expect("strings and numbers can be serialized") + "\n"
}

fn main() -> std::io::Result<()> {
    for (name, cases) in files() {
        println!("{name}: {} cases", cases.len());
        fs::write(folder().join(name), text_of(cases))?;
    }
    fs::create_dir_all(metadata_folder())?;
    for (name, blob) in metadata::blobs() {
        fs::write(metadata_folder().join(name), blob)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Returns the names of the files in a folder. Folders and documents are left out.
    fn generated_in(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| {
            path.is_file() && path.extension().is_none_or(|extension| extension != "md")
        });
        files.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// One test, because it takes long to generate the files.
    #[test]
    fn the_committed_corpus_matches_the_generated_one_and_every_name_is_unique() {
        let (mut files_listed, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (file, cases) in files() {
            for case in &cases {
                let name = case["name"].as_str().unwrap().to_owned();
                assert!(names.insert(name.clone()), "{name} in {file} is the second of its name");
            }
            let committed = fs::read_to_string(folder().join(file)).unwrap();
            // Not `assert_eq`, because it would print both files.
            assert!(committed == text_of(cases), "{file} is out of date: run this example");
            files_listed.insert(file.to_owned());
        }
        assert_eq!(generated_in(&folder()), files_listed);
    }

    #[test]
    fn the_committed_blobs_match_the_generated_ones() {
        let mut names = BTreeSet::new();
        for (name, blob) in metadata::blobs() {
            let committed = fs::read_to_string(metadata_folder().join(&name)).unwrap();
            assert!(committed == blob, "{name} is out of date: run this example");
            assert!(names.insert(name.clone()), "{name} is the second of its name");
        }
        assert_eq!(generated_in(&metadata_folder()), names);
    }
}
