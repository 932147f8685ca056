//! Name constraints (RFC 5280, section 4.2.1.10): the names for which an authority may issue.
//!
//! ```text
//! NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }
//!
//! GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
//! ```
//!
//! They are enforced for directory names, host names and IP addresses. If another kind of name is
//! constrained, certificates with a name of this kind are rejected.

use super::form::{finish, only, optional};
use super::name::Name;
use super::view::Certificate;
use crate::encoding::der::{self, SEQUENCE, element};
use crate::error::{ErrorKind, ParseError};
use crate::oid;
use crate::reader::Reader;

/// `permittedSubtrees [0]` and `excludedSubtrees [1]`.
const PERMITTED: u8 = 0xa0;
const EXCLUDED: u8 = 0xa1;

/// The tags of the kinds of `GeneralName` that are used here.
const RFC_822_NAME: u8 = 0x81;
const DNS_NAME: u8 = 0x82;
const DIRECTORY_NAME: u8 = 0xa4;
const IP_ADDRESS: u8 = 0x87;

/// More subtrees or names than a real certificate has. Every name is compared with every subtree.
const MAX_NAMES: usize = 512;

/// The reason why name constraints reject a certificate.
pub(super) enum Refusal {
    Excluded,
    NotPermitted,
    /// This kind of name is constrained, but not supported here.
    UnknownKind,
    /// This kind of name is constrained, and the name is malformed.
    NotAName,
    Malformed(ParseError),
}

impl From<ParseError> for Refusal {
    fn from(error: ParseError) -> Refusal {
        Refusal::Malformed(error)
    }
}

/// The name constraints of an authority.
pub(super) struct NameConstraints<'a> {
    permitted: Vec<GeneralName<'a>>,
    excluded: Vec<GeneralName<'a>>,
}

impl<'a> NameConstraints<'a> {
    /// Reads the value of the extension.
    pub(super) fn read(value: &'a [u8]) -> Result<NameConstraints<'a>, ParseError> {
        let value = reader(value, "nameConstraints");
        der::check(value, "value")?;
        let mut fields = only(value, SEQUENCE, "nameConstraints")?;
        let permitted = optional(&mut fields, PERMITTED, "permittedSubtrees")?;
        let excluded = optional(&mut fields, EXCLUDED, "excludedSubtrees")?;
        finish(&fields)?;
        if permitted.is_none() && excluded.is_none() {
            return Err(fields.error("nameConstraints", "no subtrees"));
        }
        let permitted = permitted.map(read_subtrees).transpose()?.unwrap_or_default();
        let excluded = excluded.map(read_subtrees).transpose()?.unwrap_or_default();
        Ok(NameConstraints { permitted, excluded })
    }

    /// Checks a certificate that was issued by this authority or by an authority below it: the
    /// subject, if there is one, and every alternative name.
    pub(super) fn check(&self, certificate: &Certificate<'_>) -> Result<(), Refusal> {
        if !certificate.subject().is_empty() {
            self.check_name(&GeneralName::Directory(certificate.subject().clone()))?;
        }
        // An attribute of old names. Constraints for `rfc822Name` also apply to it.
        let mut attributes = certificate.subject_attributes();
        if attributes.any(|attribute| attribute.kind == oid::EMAIL_ADDRESS) {
            self.check_name(&GeneralName::Other { tag: RFC_822_NAME })?;
        }
        if let Some(names) = certificate.extension(oid::SUBJECT_ALT_NAME) {
            alternative_names(names.value)?.iter().try_for_each(|name| self.check_name(name))?;
        }
        Ok(())
    }

    fn check_name(&self, name: &GeneralName<'_>) -> Result<(), Refusal> {
        let is_same_kind = |base: &&GeneralName<'_>| base.kind() == name.kind();
        let mut permitted = self.permitted.iter().filter(is_same_kind).peekable();
        let mut excluded = self.excluded.iter().filter(is_same_kind).peekable();
        let is_constrained = permitted.peek().is_some() || excluded.peek().is_some();
        if is_constrained && matches!(name, GeneralName::Other { .. }) {
            return Err(Refusal::UnknownKind);
        }
        if is_constrained && !name.is_well_formed() {
            return Err(Refusal::NotAName);
        }
        if excluded.any(|base| name.may_be_within(base)) {
            return Err(Refusal::Excluded);
        }
        if permitted.peek().is_some() && !permitted.any(|base| name.is_within(base)) {
            return Err(Refusal::NotPermitted);
        }
        Ok(())
    }
}

fn read_subtrees(mut subtrees: Reader<'_>) -> Result<Vec<GeneralName<'_>>, ParseError> {
    let mut bases = Vec::new();
    if subtrees.rest().is_empty() {
        return Err(subtrees.error("subtrees", "an empty list"));
    }
    while !subtrees.rest().is_empty() {
        check_count(&subtrees, bases.len())?;
        let mut subtree = element(&mut subtrees, SEQUENCE, "subtree")?;
        let at_base = subtree;
        let base = GeneralName::read(&mut subtree)?;
        let is_readable = match base {
            // An address and its mask.
            GeneralName::Ip(base) => matches!(base.len(), 8 | 32),
            // No other form is defined: no dot at either end, and no wildcard.
            GeneralName::Dns(base) => {
                base.is_empty() || base.split(|byte| *byte == b'.').all(is_label)
            }
            _ => true,
        };
        if !is_readable {
            return Err(at_base.error("subtree", "not a valid base of a subtree"));
        }
        // Minimum and maximum have no meaning for any kind of name and must not be used.
        finish(&subtree)?;
        bases.push(base);
    }
    Ok(bases)
}

/// Reads the value of the extension subjectAltName, `SEQUENCE OF GeneralName` (RFC 5280, section
/// 4.2.1.6).
pub(super) fn alternative_names(value: &[u8]) -> Result<Vec<GeneralName<'_>>, ParseError> {
    let value = reader(value, "subjectAltName");
    let mut names = only(value, SEQUENCE, "names")?;
    let mut read = Vec::new();
    while !names.rest().is_empty() {
        check_count(&names, read.len())?;
        read.push(GeneralName::read(&mut names)?);
    }
    Ok(read)
}

fn check_count(reader: &Reader<'_>, count: usize) -> Result<(), ParseError> {
    if count == MAX_NAMES { Err(reader.error("names", "more than 512 names")) } else { Ok(()) }
}

/// A name of a certificate, or the base of a subtree (RFC 5280, section 4.2.1.6).
pub(super) enum GeneralName<'a> {
    Dns(&'a [u8]),
    Directory(Name),
    Ip(&'a [u8]),
    Other { tag: u8 },
}

impl<'a> GeneralName<'a> {
    fn read(names: &mut Reader<'a>) -> Result<GeneralName<'a>, ParseError> {
        let name = der::any(names, "name")?;
        Ok(match name.tag {
            DNS_NAME => GeneralName::Dns(name.content.rest()),
            // The tag is explicit, because a name is a CHOICE.
            DIRECTORY_NAME => {
                GeneralName::Directory(Name::read(only(name.content, SEQUENCE, "directoryName")?)?)
            }
            IP_ADDRESS => GeneralName::Ip(name.content.rest()),
            tag => GeneralName::Other { tag },
        })
    }

    fn kind(&self) -> u8 {
        match self {
            GeneralName::Dns(_) => DNS_NAME,
            GeneralName::Directory(_) => DIRECTORY_NAME,
            GeneralName::Ip(_) => IP_ADDRESS,
            GeneralName::Other { tag } => *tag,
        }
    }

    /// Returns whether the name is well-formed, so that constraints can be applied: a host name,
    /// whose first label may be a wildcard, or an IP address.
    fn is_well_formed(&self) -> bool {
        match self {
            GeneralName::Dns(name) => {
                let labels = name.strip_prefix(b"*.").unwrap_or(name);
                name.len() <= 253 && labels.split(|byte| *byte == b'.').all(is_label)
            }
            GeneralName::Ip(address) => matches!(address.len(), 4 | 16),
            GeneralName::Directory(_) | GeneralName::Other { .. } => true,
        }
    }

    /// Returns whether the name is in the subtree with this base of the same kind.
    fn is_within(&self, base: &GeneralName<'_>) -> bool {
        match (self, base) {
            (GeneralName::Directory(name), GeneralName::Directory(base)) => name.begins_with(base),
            (GeneralName::Dns(name), GeneralName::Dns(base)) => is_domain_within(name, base),
            (GeneralName::Ip(address), GeneralName::Ip(range)) => is_in_range(address, range),
            _ => false,
        }
    }

    /// Returns whether the name may be in the subtree. A wildcard stands for many hosts, and some
    /// of them may be in the subtree. A directory name may be the same name in a different
    /// spelling.
    fn may_be_within(&self, base: &GeneralName<'_>) -> bool {
        let other_spelling = match (self, base) {
            (GeneralName::Dns(name), GeneralName::Dns(base)) => {
                name.strip_prefix(b"*.").is_some_and(|parent| is_domain_within(base, parent))
            }
            (GeneralName::Directory(name), GeneralName::Directory(base)) => {
                match (name.folded(), base.folded()) {
                    (Some(name), Some(base)) => name.begins_with(&base),
                    _ => true,
                }
            }
            _ => false,
        };
        other_spelling || self.is_within(base)
    }
}

/// Returns whether this is a label of a host name. Real host names contain underscores.
fn is_label(label: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len()) && label.iter().all(is_part)
}

/// Returns whether a host name is this domain or below it. Every name is below the empty domain.
fn is_domain_within(name: &[u8], domain: &[u8]) -> bool {
    let split = name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at));
    let Some((labels, rest)) = split else { return false };
    rest.eq_ignore_ascii_case(domain)
        && (labels.is_empty() || domain.is_empty() || labels.ends_with(b"."))
}

/// Returns whether an address is in a range: an address and a mask of the same length.
fn is_in_range(address: &[u8], range: &[u8]) -> bool {
    let (network, mask) = range.split_at(range.len() / 2);
    let mut bytes = address.iter().zip(network).zip(mask);
    address.len() == network.len()
        && bytes.all(|((address, network), mask)| address & mask == network & mask)
}

fn reader<'a>(value: &'a [u8], structure: &'static str) -> Reader<'a> {
    Reader::new(value, 0, structure, ErrorKind::AttestationInvalid)
}
