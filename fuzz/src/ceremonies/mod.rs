//! Whole ceremonies that are made from choices. Each byte of the input is one choice: a policy of the
//! relying party, a member of the request or the record, or a member of the response. The software
//! authenticator's parts write the response with a signature over it. So nearly every input gets past
//! base64url, JSON, CBOR and the signature. A byte of 0 is the choice of a correct ceremony, and
//! so is the end of the input.
//!
//! [`model`] decides from the choices alone in which step the ceremony must fail, if any. The verifier
//! must fail in the same step, or accept as well.

pub mod choices;
mod made;
pub mod model;

use choices::{Choices, Kind};

pub fn check(input: &[u8]) {
    let choices = Choices::read(input);
    let failed = match choices.kind {
        Kind::Registration => made::register(&choices),
        Kind::Login => made::sign_in(&choices),
    };
    assert_eq!(failed, model::failing_step(&choices), "{choices:#?}");
}
