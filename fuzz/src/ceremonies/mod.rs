//! Whole ceremonies, described by choices. Each byte of the input is one choice: a policy of the relying
//! party, or a member of the request, the record or the response. The parts of the software
//! authenticator write the response and sign it, so nearly every input passes base64url, JSON, CBOR and
//! the signature. A byte of 0 chooses what a correct ceremony has. Missing bytes are 0.
//!
//! [`model`] decides from the choices alone which step must fail, or that none does. The verifier must
//! give the same verdict.

pub mod description;
mod made;
pub mod model;

use description::{Description, Kind};

pub fn check(input: &[u8]) {
    let ceremony = Description::read(input);
    let failed = match ceremony.kind {
        Kind::Registration => made::register(&ceremony),
        Kind::Login => made::sign_in(&ceremony),
    };
    assert_eq!(failed, model::failing_step(&ceremony), "{ceremony:#?}");
}
