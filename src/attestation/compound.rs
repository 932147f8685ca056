//! The `compound` attestation statement format (§8.9).
//!
//! ```text
//! attStmt: [ 2* { fmt: text .ne "compound", attStmt: the format's own } ]
//! ```
//!
//! Every statement is about the whole registration: all of them are verified with the same
//! authenticator data and client data hash.

use super::{Attestation, AttestationFormat, AttestationType, CompoundRule, Inputs, Unchecked};
use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::message::attestation_object::AttestationStatement;
use crate::quirk::{Quirks, Tolerance};

const STRUCTURE: &str = "compound attestation statement";

/// The specification sets no limit. There are seven other formats.
const MAX_STATEMENTS: usize = 8;

/// The names of the statements and of their members in errors.
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
struct Place {
    itself: &'static str,
    format: &'static str,
    statement: &'static str,
}

impl Place {
    const fn new(itself: &'static str, format: &'static str, statement: &'static str) -> Place {
        Place { itself, format, statement }
    }
}

/// The procedure that verifies a statement of any format.
type VerifyFormat = fn(AttestationFormat, &Inputs<'_, '_>) -> Result<Attestation, Failure>;

pub(super) fn verify(
    inputs: &Inputs<'_, '_>,
    verify_format: VerifyFormat,
) -> Result<Attestation, Failure> {
    let nested = parse(inputs.statement)?;
    let mut attestation = Attestation::new(AttestationFormat::Compound, AttestationType::Compound);
    // Step 1.
    let tolerated = inputs.tolerance.tolerated();
    attestation.statements = match inputs.rules.compound {
        CompoundRule::All => {
            let verify = |statement: &Nested<'_>| {
                statement.verify(inputs, &Tolerance::new(tolerated), verify_format)
            };
            nested.iter().map(verify).collect::<Result<_, _>>()?
        }
        // Step 2.
        CompoundRule::Any => {
            let verify = |statement: &Nested<'_>, quirks| {
                let tolerance = Tolerance::new(quirks);
                statement.verify(inputs, &tolerance, verify_format).map_err(|failure| Refused {
                    failure,
                    needed: tolerance.needed(),
                    missed: tolerance.missed(),
                    is_model_refused: false,
                })
            };
            let (verified, refused) = each_as_strict_as_possible(&nested, tolerated, verify);
            match refused.into_iter().next() {
                Some(refused) if verified.is_empty() => return Err(refused.failure),
                Some(_) => attestation.unchecked.to_mut().push(Unchecked::NestedStatement),
                None => {}
            }
            verified
        }
    };
    if inputs.rules.compound == CompoundRule::All {
        let needed = attestation.statements.iter().map(|statement| statement.quirks);
        attestation.quirks = needed.fold(Quirks::NONE, Quirks::and);
    }
    attestation.take_unchecked_of_statements();
    Ok(attestation)
}

/// Why a statement does not count, and what quirks have to do with it.
pub(super) struct Refused {
    pub(super) failure: Failure,
    /// Those that it needed to come as far as it did.
    pub(super) needed: Quirks,
    /// Those that it would have needed beyond the ones that were tolerated.
    pub(super) missed: Quirks,
    /// Whether a trusted path has proven a model that the policy refuses.
    pub(super) is_model_refused: bool,
}

/// Does the same to every statement: first without any quirk, and then once more with those that are
/// tolerated, to what was refused for want of one. So statements that need quirks take nothing of
/// the budget away from those that need none. Gives what became of each, in the order of the
/// statements.
pub(super) fn each_as_strict_as_possible<S, V>(
    statements: &[S],
    tolerated: Quirks,
    attempt: impl Fn(&S, Quirks) -> Result<V, Refused>,
) -> (Vec<V>, Vec<Refused>) {
    let strict: Vec<_> =
        statements.iter().map(|statement| attempt(statement, Quirks::NONE)).collect();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (statement, result) in statements.iter().zip(strict) {
        let result = match result {
            Err(refused) if tolerated.iter().any(|quirk| refused.missed.contains(quirk)) => {
                attempt(statement, tolerated)
            }
            result => result,
        };
        match result {
            Ok(value) => good.push(value),
            Err(refused) => bad.push(refused),
        }
    }
    (good, bad)
}

/// One of the statements.
#[derive(Clone, Copy)]
struct Nested<'a> {
    place: Place,
    format: &'a str,
    statement: AttestationStatement<'a>,
}

impl<'a> Nested<'a> {
    /// Reads `{ fmt: text, attStmt: any }`; members of other names are ignored.
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
        if format == AttestationFormat::Compound.identifier() {
            let reason = "a compound statement inside another";
            return Err(Failure::of(place.format, ErrorKind::AttestationInvalid, reason));
        }
        Ok(Nested { place, format, statement })
    }

    fn verify(
        &self,
        inputs: &Inputs<'_, 'a>,
        tolerance: &Tolerance,
        verify_format: VerifyFormat,
    ) -> Result<Attestation, Failure> {
        let format = inputs
            .rules
            .determine_format(self.format)
            .map_err(|failure| failure.in_field(self.place.format))?;
        verify_format(format, &Inputs { statement: self.statement, tolerance, ..*inputs })
            .map_err(|failure| failure.inside(format!("{} ({format})", self.place.itself)))
    }
}

/// Reads the array. That it does not have this form is a failure whatever the policy says.
fn parse<'a>(statement: AttestationStatement<'a>) -> Result<Vec<Nested<'a>>, Failure> {
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
