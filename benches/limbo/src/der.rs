//! Reads the issuer and the subject of a certificate, which the search for paths needs. The crate
//! does not expose them.

use std::net::IpAddr;

use crate::case::{PeerKind, PeerName};

const SEQUENCE: u8 = 0x30;
const EXPLICIT_0: u8 = 0xa0;

/// `GeneralName ::= CHOICE { rfc822Name [1], dNSName [2], iPAddress [7], ... }`
const MAIL_NAME: u8 = 0x81;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// The names of a certificate, as DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names<'a> {
    pub(crate) issuer: &'a [u8],
    pub(crate) subject: &'a [u8],
}

impl<'a> Names<'a> {
    /// Returns the names of the certificate, or `None` if it is too malformed to find them.
    pub(crate) fn of(certificate: &'a [u8]) -> Option<Names<'a>> {
        let (certificate, _) = element(certificate)?.content(SEQUENCE)?;
        let (mut fields, _) = element(certificate)?.content(SEQUENCE)?;
        if let Some((_, rest)) = element(fields)?.content(EXPLICIT_0) {
            fields = rest; // version
        }
        let serial_number = element(fields)?;
        let algorithm = element(serial_number.rest)?;
        let issuer = element(algorithm.rest)?;
        let validity = element(issuer.rest)?;
        let subject = element(validity.rest)?;
        Some(Names { issuer: issuer.content, subject: subject.content })
    }
}

/// Returns whether the certificate contains this name as a DER GeneralName. A name of 128 bytes or
/// more is never found; the relevant cases have no such names.
pub(crate) fn contains_name(certificate: &[u8], name: &PeerName) -> bool {
    let (tag, value) = match (&name.kind, name.value.parse()) {
        (PeerKind::Ip, Ok(IpAddr::V4(address))) => (IP_ADDRESS, address.octets().to_vec()),
        (PeerKind::Ip, Ok(IpAddr::V6(address))) => (IP_ADDRESS, address.octets().to_vec()),
        (PeerKind::Ip, Err(_)) => return false,
        (PeerKind::Dns, _) => (DNS_NAME, name.value.as_bytes().to_vec()),
        (PeerKind::Mail, _) => (MAIL_NAME, name.value.as_bytes().to_vec()),
    };
    let Some(length) = u8::try_from(value.len()).ok().filter(|length| *length < 0x80) else {
        return false;
    };
    let der = [&[tag, length], value.as_slice()].concat();
    certificate.windows(der.len()).any(|window| window == der)
}

/// A DER element, and the bytes after it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Element<'a> {
    /// Returns the content and the bytes after the element, if the element has this tag.
    fn content(&self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        (self.tag == tag).then_some((self.content, self.rest))
    }
}

fn element(der: &[u8]) -> Option<Element<'_>> {
    let (&[tag, first], mut rest) = der.split_first_chunk()?;
    let mut length = usize::from(first);
    if let Some(count) = first.checked_sub(0x80) {
        let digits;
        (digits, rest) = rest.split_at_checked(usize::from(count))?;
        length = digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(0x100)?.checked_add(usize::from(*digit))
        })?;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_and_without_a_version() {
        let names = Names { issuer: &[0x31, 0], subject: &[] };
        let fields = [2, 1, 5, 0x30, 0, 0x30, 2, 0x31, 0, 0x30, 0, 0x30, 0];
        let version = [0xa0, 3, 2, 1, 2];
        for fields in [fields.to_vec(), [version.as_slice(), &fields].concat()] {
            let length = u8::try_from(fields.len()).unwrap();
            let certificate = [&[0x30, length + 2, 0x30, length], fields.as_slice()].concat();
            assert_eq!(Names::of(&certificate), Some(names));
            assert_eq!(Names::of(&certificate[..certificate.len() - 1]), None);
        }
    }

    #[test]
    fn long_lengths_are_read() {
        let der = [&[4, 0x81, 0x80], [7; 0x80].as_slice(), &[9]].concat();
        let found = element(&der).unwrap();
        assert_eq!((found.content.len(), found.rest), (0x80, [9].as_slice()));
        assert!(element(&[4, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]).is_none());
    }
}
