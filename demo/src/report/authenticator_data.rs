//! Authenticator data: its bytes next to their meanings.

use maud::{Markup, html};
use sha2::{Digest, Sha256};
use webauthn_verify::parse::{Aaguid, AuthenticatorData};

use super::cbor;
use super::hex::{counted, hex};
use super::structures::{bytes, problem};
use crate::providers;

/// The places of the members in authenticator data. If the bytes end early, the later members are
/// `None`.
#[derive(Default)]
pub struct Layout<'a> {
    rp_id_hash: Option<&'a [u8]>,
    flags: Option<u8>,
    sign_count: Option<[u8; 4]>,
    aaguid: Option<[u8; 16]>,
    id_length: Option<[u8; 2]>,
    id: Option<&'a [u8]>,
    /// The public key, a COSE_Key.
    pub public_key: Option<&'a [u8]>,
    /// The authenticator extension outputs, a CBOR map.
    pub extensions: Option<&'a [u8]>,
    /// The bytes that belong to no member.
    rest: &'a [u8],
}

/// What a signature counter of 0 means.
pub const NO_COUNT: &str = "0: the authenticator has no counter, or did not sign yet";

/// The flags: the bit, its name, and its meaning if it is set or clear.
const FLAGS: [(u8, &str, &str, &str); 8] = [
    (0, "UP", "The user was present.", "The user was not present."),
    (1, "RFU1", "Reserved.", "Reserved."),
    (2, "UV", "The user was verified, by PIN or biometrics.", "The user was not verified."),
    (3, "BE", "The credential may be backed up.", "The credential is bound to its device."),
    (4, "BS", "The credential is backed up now.", "The credential is not backed up."),
    (5, "RFU2", "Reserved.", "Reserved."),
    (6, "AT", "A new credential follows.", "No credential follows."),
    (7, "ED", "Extension outputs follow.", "No extension outputs follow."),
];

impl<'a> Layout<'a> {
    pub fn of(bytes: &'a [u8]) -> Layout<'a> {
        let mut layout = Layout { rest: bytes, ..Layout::default() };
        layout.fill();
        layout
    }

    /// Reads the members one after the other, until the bytes end.
    fn fill(&mut self) -> Option<()> {
        self.rp_id_hash = Some(self.take(32)?);
        self.flags = self.take(1)?.first().copied();
        self.sign_count = self.take(4)?.try_into().ok();
        if self.flags? & 0x40 != 0 {
            self.aaguid = self.take(16)?.try_into().ok();
            self.id_length = self.take(2)?.try_into().ok();
            self.id = Some(self.take(usize::from(u16::from_be_bytes(self.id_length?)))?);
            self.public_key = Some(self.take_cbor()?);
        }
        if self.flags? & 0x80 != 0 {
            self.extensions = Some(self.take_cbor()?);
        }
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn take_cbor(&mut self) -> Option<&'a [u8]> {
        let (_, length) = cbor::read_first(self.rest).ok()?;
        self.take(length)
    }
}

/// Shows the members of authenticator data, with the flags bit by bit.
pub fn show(data: &[u8], rp_id: &str) -> Markup {
    let layout = Layout::of(data);
    html! {
        @if let Err(error) = AuthenticatorData::parse(data) { (problem(&error.to_string())) }
        table {
            thead { tr { th scope="col" { "Bytes" } th scope="col" { "Member" } th scope="col" { "Meaning" } } }
            tbody {
                @for (bytes, member, meaning) in rows(&layout, rp_id) {
                    tr {
                        td { code { (hex(&bytes)) } }
                        th scope="row" { (member) }
                        td { (meaning) }
                    }
                }
            }
        }
        @if let Some(flags) = layout.flags { (show_flags(flags)) }
        @if !layout.rest.is_empty() {
            p { "These bytes belong to no member:" }
            (bytes(layout.rest))
        }
    }
}

/// The bytes, the name and the meaning of each member.
fn rows(layout: &Layout<'_>, rp_id: &str) -> Vec<(Vec<u8>, &'static str, String)> {
    let mut rows = Vec::new();
    if let Some(hash) = layout.rp_id_hash {
        let meaning = match Sha256::digest(rp_id)[..] == *hash {
            _ if rp_id.is_empty() => "The SHA-256 hash of the RP ID.".to_owned(),
            true => format!("The SHA-256 hash of “{rp_id}”."),
            false => format!("Not the SHA-256 hash of “{rp_id}”."),
        };
        rows.push((hash.to_vec(), "RP ID hash", meaning));
    }
    if let Some(flags) = layout.flags {
        rows.push((vec![flags], "Flags", format!("{flags:08b} in binary, see below.")));
    }
    if let Some(count) = layout.sign_count {
        let meaning = match u32::from_be_bytes(count) {
            0 => format!("{NO_COUNT}."),
            number => format!("{number}"),
        };
        rows.push((count.to_vec(), "Signature counter", meaning));
    }
    if let Some(aaguid) = layout.aaguid {
        let known = Aaguid::from_bytes(aaguid);
        let name = providers::name(known).unwrap_or(match aaguid {
            [0, ..] if aaguid == [0; 16] => "the authenticator does not reveal its model",
            _ => "a model that this site does not know",
        });
        rows.push((aaguid.to_vec(), "AAGUID", format!("{known}: {name}.")));
    }
    if let Some(length) = layout.id_length {
        let meaning = counted(usize::from(u16::from_be_bytes(length)), "byte");
        rows.push((length.to_vec(), "Length of the credential ID", meaning));
    }
    for (bytes, member, meaning) in [
        (layout.id, "Credential ID", "The ID of the new credential."),
        (layout.public_key, "Credential public key", "A COSE_Key, see below."),
        (layout.extensions, "Extensions", "A CBOR map, see below."),
    ] {
        rows.extend(bytes.map(|bytes| (bytes.to_vec(), member, meaning.to_owned())));
    }
    rows
}

fn show_flags(flags: u8) -> Markup {
    html! {
        table {
            caption { "The flags" }
            thead {
                tr {
                    th scope="col" { "Bit" } th scope="col" { "Flag" } th scope="col" { "Value" }
                    th scope="col" { "Meaning" }
                }
            }
            tbody {
                @for (bit, name, set, clear) in FLAGS {
                    @let is_set = flags >> bit & 1 == 1;
                    tr {
                        td { (bit) }
                        th scope="row" { (name) }
                        td { (u8::from(is_set)) }
                        td { (if is_set { set } else { clear }) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_until_the_bytes_end() {
        let mut data = [0xaa; 32].to_vec();
        data.extend([0xc5, 0, 0, 0, 7]);
        data.extend([0xbb; 16]);
        data.extend([0, 2, 1, 2]);
        data.extend(b"\xa1\x01\x02\xa0");
        let all = rows(&Layout::of(&data), "x").len();
        assert_eq!(all, 8);
        let layout = Layout::of(&data);
        assert_eq!(layout.public_key, Some(&b"\xa1\x01\x02"[..]));
        assert_eq!(layout.extensions, Some(&b"\xa0"[..]));
        assert_eq!(layout.rest, b"");
        // Any part of the bytes can be shown.
        for length in 0..data.len() {
            let shown = show(&data[..length], "x").into_string();
            assert!(shown.contains("Cannot be read"), "{length}");
        }
    }
}
