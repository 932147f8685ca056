//! The seeds, and the folders that they are written to.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Larger seeds would only slow the fuzzer down.
const LARGEST_SEED: usize = 8192;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The seeds, by target and then by name.
#[derive(Default)]
pub struct Seeds(BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>);

impl Seeds {
    pub fn add(&mut self, target: &'static str, name: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if bytes.len() >= LARGEST_SEED {
            println!("left out, {} bytes: {target}/{name}", bytes.len());
            return;
        }
        let seeds = self.0.entry(target).or_default();
        assert!(seeds.insert(name.to_owned(), bytes.to_vec()).is_none(), "{target}/{name}");
    }

    pub fn write(&self, folder: &Path) -> Result<()> {
        for (target, seeds) in &self.0 {
            let folder = folder.join(target);
            fs::create_dir_all(&folder)?;
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                // A fuzzer found these. Nothing else makes them again.
                if !entry.file_name().to_string_lossy().starts_with("found-") {
                    fs::remove_file(entry.path())?;
                }
            }
            let mut total = 0;
            for (name, bytes) in seeds {
                fs::write(folder.join(name), bytes)?;
                total += bytes.len();
            }
            println!("{target}: {} seeds, {total} bytes", seeds.len());
        }
        Ok(())
    }
}
