//! One module for each library, and one for the libraries of other languages.

pub(crate) mod caden;
pub(crate) mod ours;
pub(crate) mod passki;
pub(crate) mod script;
pub(crate) mod stored;
pub(crate) mod webauthn_rp;
pub(crate) mod webauthn_rs;
