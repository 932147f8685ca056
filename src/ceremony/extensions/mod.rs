//! Extensions (§9, §10): what requests ask for, what comes back, and what is checked of it.

pub(super) mod inputs;
pub(super) mod output_checks;
pub(super) mod outputs;
pub(super) mod remote_client_data;
pub(super) mod requested;
mod requests;
pub(super) mod results;

pub use outputs::{
    ClientExtensionOutputs, CredentialProperties, LargeBlobOutputs, PrfOutputs, PrfResults,
};
pub use requests::LargeBlobSupport;
