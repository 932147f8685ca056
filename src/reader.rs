//! A bounded cursor over bytes.
//!
//! Every read names the field that it is for. An error has the structure, the field and the offset.
//! Offsets are absolute: in a nested reader, they count from the start of the outermost input.

use crate::error::{ErrorKind, ParseError};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
    structure: &'static str,
    kind: ErrorKind,
}

impl<'a> Reader<'a> {
    /// Creates a reader of `input`, whose first byte is at `offset` of the outermost input. Errors
    /// name `structure` and have `kind`.
    pub(crate) fn new(
        input: &'a [u8],
        offset: usize,
        structure: &'static str,
        kind: ErrorKind,
    ) -> Reader<'a> {
        Reader { rest: input, offset, structure, kind }
    }

    /// Creates a reader of bytes that this reader has read. The structure and the kind of errors
    /// stay the same.
    pub(crate) fn nested(&self, bytes: &'a [u8], offset: usize) -> Reader<'a> {
        Reader { rest: bytes, offset, ..*self }
    }

    /// The absolute offset of the next byte.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes that have not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Returns the bytes between `earlier`, an earlier copy of this reader, and the current
    /// position.
    pub(crate) fn since(&self, earlier: &Reader<'a>) -> &'a [u8] {
        let length = self.offset.saturating_sub(earlier.offset);
        earlier.rest.get(..length).unwrap_or_default()
    }

    /// Reads the next `length` bytes.
    pub(crate) fn take(
        &mut self,
        field: &'static str,
        length: usize,
    ) -> Result<&'a [u8], ParseError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.short(field))?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(length);
        Ok(taken)
    }

    /// Reads the next `N` bytes.
    pub(crate) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<&'a [u8; N], ParseError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.short(field))?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(N);
        Ok(taken)
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, ParseError> {
        self.array(field).map(|&[byte]| byte)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, ParseError> {
        self.array(field).map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, ParseError> {
        self.array(field).map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// Ends the structure. Fails if bytes are left.
    pub(crate) fn finish(&self) -> Result<(), ParseError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(ParseError {
            kind: ErrorKind::TrailingBytes,
            structure: self.structure,
            field: None,
            offset: self.offset,
            reason: "the input should end here",
        })
    }

    /// Creates an error of this structure's kind, at the next byte.
    pub(crate) fn error(&self, field: &'static str, reason: &'static str) -> ParseError {
        ParseError {
            kind: self.kind,
            structure: self.structure,
            field: Some(field),
            offset: self.offset,
            reason,
        }
    }

    /// Creates the error for input that ends inside `field`. The offset is the end of the input.
    fn short(&self, field: &'static str) -> ParseError {
        ParseError {
            offset: self.offset.saturating_add(self.rest.len()),
            ..self.error(field, "the input ends too early")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(input: &[u8]) -> Reader<'_> {
        Reader::new(input, 100, "test structure", ErrorKind::InvalidAuthenticatorData)
    }

    #[test]
    fn reads_are_bounded_and_errors_name_the_field_and_the_end() {
        let mut reader = reader(&[0, 1, 2]);
        assert_eq!(reader.u16("length").unwrap(), 1);
        let error = reader.u32("counter").unwrap_err();
        assert_eq!(error.field(), Some("counter"));
        assert_eq!(error.offset(), 103);
        assert_eq!(reader.take("name", 1).unwrap(), [2]);
        reader.finish().unwrap();
    }

    #[test]
    fn trailing_bytes_are_an_error_at_the_first_of_them() {
        let mut reader = reader(&[7, 8]);
        assert_eq!(reader.u8("first").unwrap(), 7);
        let error = reader.finish().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TrailingBytes);
        assert_eq!(error.offset(), 101);
        assert_eq!(error.structure(), "test structure");
    }
}
