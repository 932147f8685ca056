//! CBOR (RFC 8949).

mod definite;
mod major;
mod reader;
mod writer;

pub(crate) use definite::with_definite_lengths;
pub(crate) use reader::{Decoder, Item, Order};
pub(crate) use writer::{write_bytes, write_integer, write_map_head};
