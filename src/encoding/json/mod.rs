//! JSON (RFC 8259).

mod grammar;
mod names;
mod object;
mod reader;
mod string;

pub(crate) use grammar::plain_length;
pub(crate) use object::ObjectError;
pub(crate) use reader::{JsonReader, JsonValue};
pub use string::JsonString;
