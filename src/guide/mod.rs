//! The guide has a page for each task. Its examples are compiled and run as tests.
//!
//! This module exists only in the documentation.

// The pages are about every feature, so a note about features on each page would mislead.
#![cfg_attr(docsrs, doc(auto_cfg = false))]

#[doc = include_str!("sign_up.md")]
pub mod sign_up {}

#[doc = include_str!("sign_in.md")]
pub mod sign_in {}

#[doc = include_str!("autofill.md")]
pub mod autofill {}

#[doc = include_str!("second_factor.md")]
pub mod second_factor {}

#[doc = include_str!("storage.md")]
pub mod storage {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("signals.md")]
pub mod signals {}

#[doc = include_str!("attestation.md")]
pub mod attestation {}

#[doc = include_str!("metadata.md")]
pub mod metadata {}

#[doc = include_str!("moving.md")]
pub mod moving {}

#[doc = include_str!("checklist.md")]
pub mod checklist {}

#[doc = include_str!("threat_model.md")]
pub mod threat_model {}
