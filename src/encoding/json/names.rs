//! The member names of one object, to find one that comes twice.

use sha2::{Digest, Sha256};

use crate::encoding::json::string::JsonString;

/// The most names that [`Names`] keeps.
pub(crate) const MAX_NAMES: usize = 64;

/// The member names of one object, to find one that comes twice.
///
/// Texts without escapes are compared as they stand. Once one has escapes, the SHA-256 of every text
/// is compared instead: decoding both for each comparison would take quadratic time.
pub(crate) struct Names<'a> {
    names: [Option<JsonString<'a>>; MAX_NAMES],
    hashes: Option<[[u8; 32]; MAX_NAMES]>,
    count: usize,
}

impl Default for Names<'_> {
    fn default() -> Self {
        Names { names: [None; MAX_NAMES], hashes: None, count: 0 }
    }
}

impl<'a> Names<'a> {
    /// Whether the name is here already; if not, it is from now on. Names beyond [`MAX_NAMES`] are
    /// not kept.
    pub(crate) fn contain_or_take(&mut self, name: JsonString<'a>) -> bool {
        if name.has_escapes || self.hashes.is_some() {
            return self.contain_or_take_hash(name);
        }
        if self.names.iter().take(self.count).any(|earlier| *earlier == Some(name)) {
            return true;
        }
        self.take(name);
        false
    }

    fn contain_or_take_hash(&mut self, name: JsonString<'a>) -> bool {
        let hashes = self.hashes.get_or_insert_with(|| {
            let mut hashes = [[0; 32]; MAX_NAMES];
            for (hash, earlier) in hashes.iter_mut().zip(self.names.iter().flatten()) {
                *hash = hash_of(*earlier);
            }
            hashes
        });
        let hash = hash_of(name);
        if hashes.iter().take(self.count).any(|earlier| *earlier == hash) {
            return true;
        }
        if let Some(place) = hashes.get_mut(self.count) {
            *place = hash;
        }
        self.take(name);
        false
    }

    fn take(&mut self, name: JsonString<'a>) {
        if let Some(place) = self.names.get_mut(self.count) {
            *place = Some(name);
            self.count += 1;
        }
    }
}

/// The SHA-256 of a text, escapes decoded.
fn hash_of(text: JsonString<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    match text.as_str() {
        Some(text) => hash.update(text),
        None => {
            // Blocks of characters, because a call for each would cost more than the hash.
            let mut block = [0; 256];
            let mut filled = 0;
            for character in text.chars() {
                if block.len() - filled < 4 {
                    hash.update(block.get(..filled).unwrap_or_default());
                    filled = 0;
                }
                let place = block.get_mut(filled..).unwrap_or_default();
                filled += character.encode_utf8(place).len();
            }
            hash.update(block.get(..filled).unwrap_or_default());
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json::reader::{JsonReader, JsonValue};

    /// What `Names` says of each of these names, as they stand between quotation marks.
    fn repeated(names: &[&str]) -> Vec<bool> {
        let texts: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let mut seen = Names::default();
        texts
            .iter()
            .map(|text| match JsonReader::new(text, 0, "test").value() {
                Ok(JsonValue::String(name)) => seen.contain_or_take(name),
                other => panic!("{text}: {other:?}"),
            })
            .collect()
    }

    #[test]
    fn kb_107_a_name_is_found_again_however_it_is_written() {
        assert_eq!(repeated(&["a", "b", "a"]), [false, false, true]);
        assert_eq!(repeated(&["a", "\\u0061"]), [false, true]);
        assert_eq!(repeated(&["\\u0061", "a"]), [false, true]);
        assert_eq!(
            repeated(&["b", "\\u0061", "\\u0061b", "b", "ab"]),
            [false, false, false, true, true]
        );
        // Longer than the block that is hashed at once, with characters across its end.
        for length in 240..270 {
            let plain = "\u{1f600}".repeat(length);
            let escaped = format!("{}\\ud83d\\ude00", "\u{1f600}".repeat(length - 1));
            let other = format!("{}\\ud83d\\ude01", "\u{1f600}".repeat(length - 1));
            assert_eq!(repeated(&[&plain, &other, &escaped]), [false, false, true]);
        }
    }
}
