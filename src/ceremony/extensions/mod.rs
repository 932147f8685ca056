//! Extensions (§9, §10): their inputs in requests, their outputs in responses, and the checks of
//! both.

pub(super) mod demands;
mod input_forms;
pub(super) mod inputs;
pub(super) mod output_checks;
mod output_forms;
pub(super) mod outputs;
pub(super) mod remote_client_data;
pub(super) mod requested;
mod requests;
pub(super) mod results;
pub(super) mod table;

pub use output_forms::{CredentialProperties, LargeBlobOutputs, PrfOutputs, PrfResults};
pub use outputs::ClientOutputs;
pub use requests::LargeBlobSupport;
