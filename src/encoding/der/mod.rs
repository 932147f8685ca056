//! DER (X.690).
#![cfg_attr(
    not(feature = "attestation"),
    allow(
        dead_code,
        unused_imports,
        reason = "signatures need only a part of what certificates need"
    )
)]

mod reader;
mod tag;
mod writer;

pub(crate) use reader::{
    NOT_DER, Noted, any, check, check_but, element, explicit, is_bit_string, is_minimal_integer,
};
pub(crate) use tag::{
    BIT_STRING, BOOLEAN, ENUMERATED, EXPLICIT_0, GENERALIZED_TIME, IA5_STRING, INTEGER, NULL,
    NUMERIC_STRING, OBJECT_IDENTIFIER, OCTET_STRING, PRINTABLE_STRING, SEQUENCE, SET, UTC_TIME,
    UTF8_STRING,
};
pub(crate) use writer::{encode, encode_bit_string, encode_unsigned};
