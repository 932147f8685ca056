//! The inputs of a contest between ceremonies, as a file for programs without the software
//! authenticator.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Inputs {
    /// The name of the contest.
    pub(crate) name: String,
    /// Whether the inputs are logins. Otherwise they are registrations.
    pub(crate) login: bool,
    /// The COSE number of the algorithm.
    pub(crate) algorithm: i64,
    /// The root certificate that attestations must lead to.
    pub(crate) anchor: Option<Vec<u8>>,
    /// The registration of the credential that logs in.
    pub(crate) registration: String,
    pub(crate) right: Vec<Box<str>>,
    pub(crate) wrong: Box<str>,
}
