//! The binary and JSON structures that authenticators and browsers produce, one file each. The
//! views borrow from their input and do not allocate.

pub(crate) mod attestation_object;
pub(crate) mod authenticator_data;
pub(crate) mod client_data;
pub(crate) mod cose_key;
pub(crate) mod extensions;
pub(crate) mod key_form;
pub(crate) mod payment;
