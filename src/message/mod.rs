//! The binary and JSON structures that an authenticator and a browser produce: one file each, as
//! views that borrow their input and allocate nothing.

pub(crate) mod attestation_object;
pub(crate) mod authenticator_data;
pub(crate) mod client_data;
pub(crate) mod cose_key;
pub(crate) mod extensions;
pub(crate) mod key_form;
pub(crate) mod payment;
