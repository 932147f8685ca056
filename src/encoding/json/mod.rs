//! JSON (RFC 8259).

mod grammar;
mod names;
mod reader;
mod string;

pub(crate) use grammar::plain_length;
pub(crate) use names::{MAX_NAMES, Names};
pub(crate) use reader::{JsonReader, JsonValue};
pub use string::JsonString;
