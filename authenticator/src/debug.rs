//! Short, readable `Debug` output for long, binary or secret values. Secrets are not shown.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::base64url;

/// The maximum number of characters of a string that are shown.
const LONGEST_TEXT: usize = 100;

/// A count with its noun, such as `1 byte` or `3 certificates`.
pub(crate) struct Count(pub(crate) usize, pub(crate) &'static str);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.0, self.1)
    }
}

/// Returns the number of bytes, for display.
pub(crate) fn length(bytes: &[u8]) -> Count {
    Count(bytes.len(), "byte")
}

/// An identifier, shown as quoted base64url.
pub(crate) struct Base64Url<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Base64Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", base64url::encode(self.0))
    }
}

/// A hash, shown in hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An AAGUID. `Debug` and `Display` both show the usual form of a UUID.
pub(crate) struct Aaguid(pub(crate) [u8; 16]);

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(position, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A certificate or key in DER, shown by its length and the first 8 bytes of its SHA-256.
pub(crate) struct Der<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Der<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = Sha256::digest(self.0);
        let prefix = hash.split_at_checked(8).map_or(&[][..], |(prefix, _)| prefix);
        write!(f, "{:?} (SHA-256 {:?}...)", length(self.0), Hex(prefix))
    }
}

/// A string from outside, shown escaped and cut to [`LONGEST_TEXT`] characters.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        let shown: String = characters.by_ref().take(LONGEST_TEXT).collect();
        let rest = if characters.next().is_some() { "..." } else { "" };
        write!(f, "{shown:?}{rest}")
    }
}

/// A placeholder for a secret.
pub(crate) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_by_their_length_or_as_text() {
        assert_eq!(format!("{:?}", length(&[7])), "1 byte");
        assert_eq!(format!("{:?}", Count(0, "certificate")), "0 certificates");
        assert_eq!(format!("{:?}", Base64Url(&[0xff, 0xfe])), "\"__4\"");
        assert_eq!(format!("{:#?}", Some(Hex(&[0x0a, 0xff]))), "Some(\n    0aff,\n)");
        assert_eq!(format!("{:?}", Der(b"abc")), "3 bytes (SHA-256 ba7816bf8f01cfea...)");
        assert_eq!(format!("{:?}", Text("a\n\u{202e}")), r#""a\n\u{202e}""#);
        assert_eq!(format!("{:?}", Text(&"x".repeat(101))), format!("\"{}\"...", "x".repeat(100)));
        assert_eq!(format!("{Redacted:?}"), "redacted");
        let uuid = "00010203-0405-0607-0809-0a0b0c0d0e0f";
        let bytes = core::array::from_fn(|index| u8::try_from(index).unwrap());
        assert_eq!(format!("{:?} {}", Aaguid(bytes), Aaguid(bytes)), format!("{uuid} {uuid}"));
    }
}
