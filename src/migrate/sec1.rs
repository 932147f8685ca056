//! Points on elliptic curves as octet strings (SEC 1, section 2.3.3).
//!
//! ```text
//! uncompressed = 04 x y       x and y as long as the field prime, big-endian
//! compressed   = 02 x / 03 x
//! infinity     = 00
//! ```

use crate::error::{ErrorKind, Failure};
use crate::key::{KeyKind, KeyMaterial};
use crate::reader::Reader;

const UNCOMPRESSED: u8 = 0x04;

/// Reads an uncompressed point on this curve. No bytes may follow it.
pub(super) fn point<'a>(kind: KeyKind, mut reader: Reader<'a>) -> Result<KeyMaterial<'a>, Failure> {
    if !matches!(kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1) {
        return Err(Failure::new(
            ErrorKind::AlgorithmKeyMismatch,
            format!("{} keys are not SEC 1 points", kind.as_str()),
        ));
    }
    let start = reader;
    let wrong_form = match reader.u8("point")? {
        UNCOMPRESSED => None,
        0x02 | 0x03 => Some("a compressed point; convert it to the uncompressed form, 04 x y"),
        0x00 => Some("the point at infinity is not a public key"),
        _ => {
            Some("an uncompressed point begins with 04; if there are only x and y, put 04 in front")
        }
    };
    if let Some(reason) = wrong_form {
        return Err(start.error("point", reason).into());
    }
    let material = match kind {
        KeyKind::P256 => KeyMaterial::P256 { x: reader.array("x")?, y: reader.array("y")? },
        KeyKind::P384 => KeyMaterial::P384 { x: reader.array("x")?, y: reader.array("y")? },
        KeyKind::P521 => KeyMaterial::P521 { x: reader.array("x")?, y: reader.array("y")? },
        _ => KeyMaterial::Secp256k1 { x: reader.array("x")?, y: reader.array("y")? },
    };
    reader.finish()?;
    Ok(material)
}
