//! CBOR (RFC 8949).

mod definite;
mod major;
mod map_order;
mod reader;
mod writer;

pub(crate) use definite::with_definite_lengths;
pub(crate) use map_order::Order;
pub(crate) use reader::{Decoder, Item};
pub(crate) use writer::{write_bytes, write_integer, write_map_head};
