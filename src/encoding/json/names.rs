//! Detects duplicate member names in an object.

use sha2::{Digest, Sha256};

use crate::encoding::json::string::JsonString;

/// The number of names that have room from the start. Client data has five.
const FEW: usize = 8;

/// The maximum number of names that [`Names`] keeps.
pub(super) const MAX_NAMES: usize = 64;

/// The member names of one object, to detect duplicates.
///
/// Names without escapes are compared directly. After the first name with escapes, the SHA-256
/// hashes of all names are compared instead. Decoding both names for each comparison would take
/// quadratic time.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// The names, as long as none has escapes.
    texts: Texts<'a>,
    hashes: Option<[[u8; 32]; MAX_NAMES]>,
    count: usize,
}

impl<'a> Names<'a> {
    /// Returns whether the name is already in the list, and adds it if not. Names after the
    /// first [`MAX_NAMES`] are not kept.
    #[inline]
    pub(super) fn contain_or_take(&mut self, name: JsonString<'a>) -> bool {
        let Some(text) = name.as_str().filter(|_| self.hashes.is_none()) else {
            return self.contain_or_take_hash(name);
        };
        if self.texts.contain(text, self.count) {
            return true;
        }
        if let Some(place) = self.texts.place(self.count) {
            *place = text;
            self.count += 1;
        }
        false
    }

    #[cold]
    fn contain_or_take_hash(&mut self, name: JsonString<'a>) -> bool {
        let hashes = self.hashes.get_or_insert_with(|| {
            let mut hashes = [[0; 32]; MAX_NAMES];
            for (hash, earlier) in hashes.iter_mut().zip(self.texts.iter()).take(self.count) {
                *hash = Sha256::digest(earlier).into();
            }
            hashes
        });
        let hash = hash_of(name);
        if hashes.iter().take(self.count).any(|earlier| *earlier == hash) {
            return true;
        }
        if let Some(place) = hashes.get_mut(self.count) {
            *place = hash;
            self.count += 1;
        }
        false
    }
}

/// Room for names. It is initialized in two parts, because initializing all of it takes longer than
/// reading a typical object.
#[derive(Default)]
struct Texts<'a> {
    few: [&'a str; FEW],
    more: Option<[&'a str; MAX_NAMES - FEW]>,
}

impl<'a> Texts<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.few.iter().chain(self.more.iter().flatten()).copied()
    }

    /// Returns whether `text` is one of the first `count` names.
    #[inline]
    fn contain(&self, text: &str, count: usize) -> bool {
        self.few.iter().take(count).any(|earlier| *earlier == text)
            || self.more.as_ref().is_some_and(|more| {
                more.iter().take(count.saturating_sub(FEW)).any(|earlier| *earlier == text)
            })
    }

    #[inline]
    fn place(&mut self, number: usize) -> Option<&mut &'a str> {
        match number.checked_sub(FEW) {
            None => self.few.get_mut(number),
            Some(number) => self.more.get_or_insert([""; MAX_NAMES - FEW]).get_mut(number),
        }
    }
}

/// Returns the SHA-256 of the decoded string.
fn hash_of(text: JsonString<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    match text.as_str() {
        Some(text) => hash.update(text),
        None => {
            // Hash blocks of characters: a call for each character would take longer than the hash.
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
    use crate::error::ErrorKind;

    /// Returns what `Names` reports for each name. Names are given as they are written in JSON.
    fn repeated(names: &[&str]) -> Vec<bool> {
        let texts: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let mut seen = Names::default();
        texts
            .iter()
            .map(|text| {
                match JsonReader::new(text, 0, "test", ErrorKind::MalformedResponse).value() {
                    Ok(JsonValue::String(name)) => seen.contain_or_take(name),
                    other => panic!("{text}: {other:?}"),
                }
            })
            .collect()
    }

    #[test]
    #[cfg_attr(miri, ignore = "compares thousands of names")]
    fn each_of_64_names_is_recognized_with_and_without_escapes() {
        for escaped in ["x", "\\u0078"] {
            let plain: Vec<_> = (0..64).map(|number| format!("x{number}")).collect();
            for again in [0, 7, 8, 9, 63] {
                let name = plain[again].replace('x', escaped);
                let names: Vec<_> = plain.iter().chain([&name]).map(String::as_str).collect();
                let found = repeated(&names);
                assert_eq!(found.iter().position(|found| *found), Some(64), "{name}");
            }
        }
    }

    #[test]
    fn kb_107_a_name_is_recognized_with_any_escapes() {
        assert_eq!(repeated(&["a", "b", "a"]), [false, false, true]);
        assert_eq!(repeated(&["a", "\\u0061"]), [false, true]);
        assert_eq!(repeated(&["\\u0061", "a"]), [false, true]);
        assert_eq!(
            repeated(&["b", "\\u0061", "\\u0061b", "b", "ab"]),
            [false, false, false, true, true]
        );
        // Longer than the hashed block, with characters that end before, at and after its end.
        for character in ["\u{1f600}", "\u{20ac}", "\u{e9}", "a"] {
            for length in (240..270).step_by(if cfg!(miri) { 9 } else { 1 }) {
                let start = format!("a{}", character.repeat(length - 1));
                let plain = format!("{start}\u{1f600}");
                let escaped = format!("{start}\\ud83d\\ude00");
                let other = format!("{start}\\ud83d\\ude01");
                assert_eq!(repeated(&[&plain, &other, &escaped]), [false, false, true]);
            }
        }
    }
}
