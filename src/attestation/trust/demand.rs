//! The policy's requirement for a certificate path: the accepted anchors and models.

use core::fmt;
use std::borrow::Cow;

use super::model::ModelDemands;
use super::not_trusted::NotTrusted;
use crate::attestation::format::AttestationFormat;
use crate::certificate::TrustAnchor;
use crate::debug::Count;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Aaguid;

/// The requirement for a certificate path.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    pub(crate) anchors: Vec<TrustAnchor>,
    pub(crate) by_format: Vec<(AttestationFormat, Vec<TrustAnchor>)>,
    pub(crate) by_aaguid: Vec<(Aaguid, Vec<TrustAnchor>)>,
    pub(crate) allowed: Option<Vec<Aaguid>>,
    pub(crate) denied: Vec<Aaguid>,
    pub(crate) models: ModelDemands,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |anchors: &[TrustAnchor]| Count(anchors.len(), "certificate");
        let by_format: Vec<_> =
            self.by_format.iter().map(|(format, anchors)| (format, count(anchors))).collect();
        let mut shown = f.debug_struct("Trust");
        shown
            .field("anchors", &count(&self.anchors))
            .field("by_format", &by_format)
            .field("by_aaguid", &Count(self.by_aaguid.len(), "model"))
            .field("allowed", &self.allowed.as_ref().map(|allowed| Count(allowed.len(), "model")))
            .field("denied", &Count(self.denied.len(), "model"));
        self.models.show(&mut shown);
        shown.finish()
    }
}

/// The anchors at which the path of an attestation may end.
pub(super) struct Anchors<'t> {
    /// The anchors of the model's metadata entry, if it has one.
    pub(super) of_entry: Option<&'t [TrustAnchor]>,
    /// The caller's anchors for the model, else for the format, else for all attestations.
    pub(super) of_caller: &'t [TrustAnchor],
    /// Whether `of_caller` is for the model. If so, paths of the model may end only there.
    pub(super) are_exclusive: bool,
}

impl Trust {
    /// Returns whether there is any anchor at which a path may end.
    pub(super) fn has_anchors(&self) -> bool {
        let by_format = self.by_format.iter().map(|(_, anchors)| anchors);
        let by_aaguid = self.by_aaguid.iter().map(|(_, anchors)| anchors);
        let mut all = [&self.anchors].into_iter().chain(by_format).chain(by_aaguid);
        self.models.bring_anchors() || all.any(|anchors| !anchors.is_empty())
    }

    /// Returns the anchors at which the path of an attestation may end.
    pub(super) fn anchors_for<'t>(
        &'t self,
        format: AttestationFormat,
        aaguid: Option<Aaguid>,
        of_entry: Option<&'t [TrustAnchor]>,
    ) -> Anchors<'t> {
        let mut anchors = Anchors { of_entry, of_caller: &self.anchors, are_exclusive: false };
        let for_aaguid = self.by_aaguid.iter().rev().find(|(one, _)| Some(*one) == aaguid);
        let for_format = self.by_format.iter().rev().find(|(one, _)| *one == format);
        if let Some((_, for_aaguid)) = for_aaguid {
            anchors.of_caller = for_aaguid;
            anchors.are_exclusive = true;
        } else if let Some((_, for_format)) = for_format {
            anchors.of_caller = for_format;
        }
        anchors
    }

    /// Returns these anchors. If the caller has a revocation list for the authority of an anchor, a
    /// copy of the anchor with this list is added: anchors from metadata have no list of their own.
    /// The caller's anchor itself is not added, because it may have looser limits.
    pub(super) fn with_revocations<'t>(
        &'t self,
        anchors: &'t [TrustAnchor],
    ) -> Cow<'t, [TrustAnchor]> {
        let by_format = self.by_format.iter().flat_map(|(_, anchors)| anchors);
        let by_aaguid = self.by_aaguid.iter().flat_map(|(_, anchors)| anchors);
        let more: Vec<_> = self
            .anchors
            .iter()
            .chain(by_format)
            .chain(by_aaguid)
            .filter(|one| !anchors.contains(one))
            .filter_map(|one| {
                let anchor = anchors.iter().find(|anchor| anchor.is_same_authority(one))?;
                Some(anchor.clone().revoking(one.revocations()?.clone()))
            })
            .collect();
        if more.is_empty() { anchors.into() } else { [anchors, &more].concat().into() }
    }

    /// Checks the model against the lists of rejected and allowed models. An attestation that
    /// claims a rejected model always fails, even for U2F. An allowed model must be proven.
    pub(super) fn check_aaguid(
        &self,
        claimed: Aaguid,
        aaguid: Option<Aaguid>,
        proven: Option<Aaguid>,
    ) -> Result<(), NotTrusted> {
        if self.denied.contains(&claimed) {
            let reason = format!("{claimed} is on the list of rejected models");
            let failure = Failure::of("aaguid", ErrorKind::AuthenticatorNotAllowed, reason);
            return Err(failure.into());
        }
        let listed = |list: &[Aaguid]| aaguid.is_some_and(|aaguid| list.contains(&aaguid));
        let refused = |reason: &str| {
            let model = aaguid.map_or("a U2F authenticator".to_owned(), |one| one.to_string());
            Failure::of("aaguid", ErrorKind::AuthenticatorNotAllowed, format!("{model} {reason}"))
        };
        if self.allowed.as_ref().is_some_and(|allowed| !listed(allowed)) {
            let failure = refused("is not on the list of allowed models");
            // The model is only claimed: the real model may be in the list.
            return Err(match proven {
                Some(_) => failure.into(),
                None => NotTrusted::unproven(failure),
            });
        }
        if self.allowed.is_some() && proven.is_none() {
            let failure = refused("is claimed but not proven; configure anchors for this model");
            return Err(NotTrusted::unproven(failure));
        }
        Ok(())
    }
}
