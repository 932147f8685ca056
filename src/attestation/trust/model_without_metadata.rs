//! Replaces `model.rs` if the crate feature `metadata` is disabled: no model is known, and a policy
//! cannot have requirements for models.

use core::fmt;
use std::time::SystemTime;

use super::not_trusted::NotTrusted;
use crate::attestation::rules::Rules;
use crate::attestation::verdict::{Attestation, Unchecked};
use crate::certificate::{TrustAnchor, TrustPath};
use crate::error::Failure;
use crate::message::authenticator_data::Aaguid;

#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ModelDemands;

impl ModelDemands {
    pub(super) fn show(&self, _: &mut fmt::DebugStruct<'_, '_>) {}

    pub(super) fn bring_anchors(&self) -> bool {
        false
    }

    pub(super) fn model(&self, _: Option<Aaguid>, _: &[Vec<u8>]) -> Result<Model, Failure> {
        Ok(Model)
    }
}

pub(super) struct Model;

impl Model {
    pub(super) fn anchors(&self) -> Option<&'static [TrustAnchor]> {
        None
    }

    pub(super) fn check_is_of_path(&self, _: &[Vec<u8>], _: &TrustPath) -> Result<(), Failure> {
        Ok(())
    }

    pub(super) fn check(
        &self,
        mut trusted: Attestation,
        _: bool,
        _: &Rules,
        _: SystemTime,
    ) -> Result<Attestation, NotTrusted> {
        trusted.unchecked.to_mut().push(Unchecked::Metadata);
        Ok(trusted)
    }
}
