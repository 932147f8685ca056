//! The `compound` attestation statement format (§8.9).
//!
//! ```text
//! attStmt: [ 2* { fmt: text .ne "compound", attStmt: the format's own } ]
//! ```
//!
//! Every statement is about the whole registration, so all statements are verified with the same
//! authenticator data and client data hash.

use super::any_statement::Refused;
use crate::attestation::format::AttestationFormat;
use crate::attestation::verdict::{Attestation, AttestationType, Unchecked};
use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::message::attestation_object::AttestationStatement;
use crate::quirk::Quirks;

const STRUCTURE: &str = "compound attestation statement";

/// The specification sets no limit. There are seven formats besides `compound`.
const MAX_STATEMENTS: usize = 8;

/// The names of the statements and their members in errors.
const PLACES: [Place; MAX_STATEMENTS] = [
    Place::new("attStmt[0]", "attStmt[0].fmt", "attStmt[0].attStmt"),
    Place::new("attStmt[1]", "attStmt[1].fmt", "attStmt[1].attStmt"),
    Place::new("attStmt[2]", "attStmt[2].fmt", "attStmt[2].attStmt"),
    Place::new("attStmt[3]", "attStmt[3].fmt", "attStmt[3].attStmt"),
    Place::new("attStmt[4]", "attStmt[4].fmt", "attStmt[4].attStmt"),
    Place::new("attStmt[5]", "attStmt[5].fmt", "attStmt[5].attStmt"),
    Place::new("attStmt[6]", "attStmt[6].fmt", "attStmt[6].attStmt"),
    Place::new("attStmt[7]", "attStmt[7].fmt", "attStmt[7].attStmt"),
];

#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) itself: &'static str,
    pub(crate) format: &'static str,
    statement: &'static str,
}

impl Place {
    const fn new(itself: &'static str, format: &'static str, statement: &'static str) -> Place {
        Place { itself, format, statement }
    }
}

/// Combines the statements if all of them must be correct.
pub(crate) fn all(statements: Vec<Attestation>) -> Attestation {
    let needed = statements.iter().map(|statement| statement.quirks);
    let quirks = needed.fold(Quirks::NONE, Quirks::and);
    let mut attestation = Attestation { quirks, statements, ..new() };
    attestation.take_unchecked_of_statements();
    attestation
}

/// Combines the correct statements if one is enough. The needed quirks are determined later,
/// together with the quirks of the trusted path.
pub(crate) fn any(
    statements: Vec<Attestation>,
    refused: Vec<Refused>,
) -> Result<Attestation, Failure> {
    let mut attestation = Attestation { statements, ..new() };
    match refused.into_iter().next() {
        Some(refused) if attestation.statements.is_empty() => return Err(refused.failure),
        Some(_) => attestation.unchecked.to_mut().push(Unchecked::NestedStatement),
        None => {}
    }
    attestation.take_unchecked_of_statements();
    Ok(attestation)
}

fn new() -> Attestation {
    Attestation::new(AttestationFormat::Compound, AttestationType::Compound)
}

/// A statement inside the compound statement.
#[derive(Clone, Copy)]
pub(crate) struct Nested<'a> {
    pub(crate) place: Place,
    pub(crate) format: &'a str,
    pub(crate) statement: AttestationStatement<'a>,
}

impl<'a> Nested<'a> {
    /// Reads `{ fmt: text, attStmt: any }`. Other members are ignored.
    fn read(decoder: &mut Decoder<'a>, place: Place) -> Result<Nested<'a>, Failure> {
        let (mut format, mut statement) = (None, None);
        let mut map = decoder.map(place.itself, Order::Canonical)?;
        loop {
            let at_key = *decoder;
            let Some(key) = decoder.key(&mut map)? else { break };
            match key {
                Item::Text("fmt") => format = Some(decoder.text(place.format)?),
                Item::Text("attStmt") => {
                    statement = Some(AttestationStatement::read(decoder, place.statement)?);
                }
                Item::Text(_) => {
                    decoder.skip("member", Order::Canonical)?;
                }
                _ => return Err(at_key.error(place.itself, "a key is not text").into()),
            }
        }
        let missing = |field| decoder.error(field, "the member is missing");
        let format = format.ok_or_else(|| missing(place.format))?;
        let statement = statement.ok_or_else(|| missing(place.statement))?;
        if format == AttestationFormat::Compound.as_str() {
            let reason = "a compound statement must not contain another compound statement";
            return Err(Failure::of(place.format, ErrorKind::AttestationInvalid, reason));
        }
        Ok(Nested { place, format, statement })
    }
}

/// Reads the array of statements. A malformed array fails under every policy.
pub(crate) fn parse<'a>(statement: AttestationStatement<'a>) -> Result<Vec<Nested<'a>>, Failure> {
    let mut decoder = statement.decoder(STRUCTURE);
    let start = decoder;
    let wrong_count = |reason| -> ParseError { start.error("attStmt", reason) };
    let declared = decoder.array("attStmt")?;
    if declared < 2 {
        return Err(wrong_count("fewer than 2 statements").into());
    }
    let count = usize::try_from(declared).unwrap_or(usize::MAX);
    let Some(places) = PLACES.get(..count) else {
        return Err(wrong_count("more than 8 statements").into());
    };
    places.iter().map(|place| Nested::read(&mut decoder, *place)).collect()
}
