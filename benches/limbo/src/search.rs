//! The search for a path. The crate takes the certificates in the given order. A case has its
//! intermediates in any order, and some of them belong to no path.

use std::time::SystemTime;

use webauthn_verify::Quirks;
use webauthn_verify::certificate::{TrustAnchor, verify_path};

use crate::case::Certificates;
use crate::der::Names;

/// The most certificates that the crate takes in a chain.
const MAX_CERTIFICATES: usize = 8;

/// The number of chains after which the search gives up. A hundred certificates with the same name
/// make more chains than can ever be tried.
const MAX_CHAINS: usize = 100_000;

/// The most refusals that are reported. More would add nothing.
const MAX_REFUSALS: usize = 3;

/// Tries every chain from the leaf in which each certificate names the next as its issuer, and the
/// last one names an anchor. Returns `Ok` if the crate accepts a chain, or why it refused them all.
pub(crate) fn find_path(certificates: &Certificates, time: SystemTime) -> Result<(), String> {
    let mut search =
        Search { certificates, anchors: Vec::new(), time, left: MAX_CHAINS, refusals: Vec::new() };
    for der in &certificates.anchors {
        match TrustAnchor::from_der(der.as_slice()) {
            Ok(anchor) => search.anchors.push(anchor),
            Err(error) => search.note(error.to_string()),
        }
    }
    let mut chain = vec![certificates.leaf.as_slice()];
    if search.extend(&mut chain) {
        return Ok(());
    }
    if search.left == 0 {
        search.refusals.insert(0, format!("there are more than {MAX_CHAINS} chains"));
    }
    if search.refusals.is_empty() {
        // No chain reaches the name of an anchor, so the result is the crate's error for the leaf.
        return search.verify(&chain);
    }
    Err(search.refusals.join("; or "))
}

struct Search<'a> {
    certificates: &'a Certificates,
    anchors: Vec<TrustAnchor>,
    time: SystemTime,
    left: usize,
    refusals: Vec<String>,
}

impl<'a> Search<'a> {
    /// Returns whether the crate accepts this chain or a longer one that begins with it. The chain
    /// is unchanged afterwards.
    fn extend(&mut self, chain: &mut Vec<&'a [u8]>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let Some(last) = chain.last() else { return false };
        let issuer = Names::of(last).map(|names| names.issuer);
        if self.ends(last, issuer) {
            match self.verify(chain) {
                Ok(()) => return true,
                Err(refusal) => self.note(refusal),
            }
        }
        if chain.len() == MAX_CERTIFICATES {
            return false;
        }
        for next in &self.certificates.intermediates {
            let is_issuer = Names::of(next).is_some_and(|names| Some(names.subject) == issuer);
            if !is_issuer || chain.contains(&next.as_slice()) {
                continue;
            }
            chain.push(next);
            let found = self.extend(chain);
            chain.pop();
            if found {
                return true;
            }
        }
        false
    }

    /// Returns whether an anchor has the name of the issuer, or is the certificate itself.
    fn ends(&self, certificate: &[u8], issuer: Option<&[u8]>) -> bool {
        let has_name =
            |anchor| issuer.is_some() && Names::of(anchor).map(|one| one.subject) == issuer;
        let mut anchors = self.anchors.iter().map(TrustAnchor::as_der);
        anchors.any(|anchor| anchor == certificate || has_name(anchor))
    }

    fn verify(&self, chain: &[&[u8]]) -> Result<(), String> {
        let Err(failure) = verify_path(chain, &self.anchors, self.time, Quirks::NONE) else {
            return Ok(());
        };
        // Every error begins with the sentence of its kind. It is nearly always the same, so it is
        // cut off.
        let (text, sentence) = (failure.to_string(), format!("{}: ", failure.kind()));
        Err(text.strip_prefix(&sentence).unwrap_or(&text).to_owned())
    }

    fn note(&mut self, refusal: String) {
        if self.refusals.len() < MAX_REFUSALS && !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }
}
