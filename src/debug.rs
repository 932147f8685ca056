//! The `Debug` output of values that are long, binary or secret. The output is for logs: it is
//! short and readable, and contains no secrets.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::encoding::base64url;
use crate::error::{counted, quote};

/// A number with its noun: `1 byte`, `3 certificates`.
pub(crate) struct Count(pub(crate) usize, pub(crate) &'static str);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted(self.0, self.1))
    }
}

/// Returns the length of `bytes`, to be shown as `3 bytes`.
pub(crate) fn length(bytes: &[u8]) -> Count {
    Count(bytes.len(), "byte")
}

/// An identifier, shown as base64url between quotation marks.
pub(crate) struct Base64Url<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Base64Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", base64url::encode(self.0))
    }
}

/// A hash, shown in hexadecimal.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A certificate or key in DER, shown as its length and the first 8 bytes of its SHA-256.
pub(crate) struct Der<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Der<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = Sha256::digest(self.0);
        let prefix = hash.split_at_checked(8).map_or(&[][..], |(prefix, _)| prefix);
        write!(f, "{:?} (SHA-256 {:?}...)", length(self.0), Hex(prefix))
    }
}

/// Untrusted text, shown escaped and cut to 100 characters.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(self.0.chars()))
    }
}

/// A secret, shown as `redacted`.
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
        assert_eq!(format!("{Redacted:?}"), "redacted");
    }
}
