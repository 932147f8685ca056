//! Certificate paths, compared with a model of the rules. The input describes a graph: certificates,
//! a chain of them, trust anchors, and revocations (`graph`). The certificates are signed (`signing`)
//! and verified. The model (`model`) reads only the description.

mod graph;
mod model;
mod signing;

use std::rc::Rc;
use std::time::Duration;

use webauthn_verify::certificate::{Revocations, TrustAnchor, TrustPath, verify_path};
use webauthn_verify::{ErrorKind, Failure, Quirks};

use super::site;
use graph::{Graph, Revoked};
use model::Verdict;

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The chain leads to an anchor just above the last of this many certificates, or the only
    /// certificate is the anchor.
    Trusted(usize),
    /// The chain leads to an anchor, but a certificate is revoked.
    Revoked,
    Untrusted,
    NoAnchors,
}

/// Checks that the verdict is that of the model, and returns it.
pub fn check(input: &[u8]) -> Outcome {
    let graph = Graph::read(input);
    let sent: Vec<_> = graph.chain.iter().map(signing::sign).collect();
    let chain: Vec<&[u8]> = sent.iter().map(|der| der.as_slice()).collect();
    // `None` stands for a certificate that cannot be an anchor.
    let anchors: Vec<Option<TrustAnchor>> = graph.anchors.iter().map(anchor).collect();
    let usable: Vec<TrustAnchor> = anchors.iter().flatten().cloned().collect();
    let now = site::now() + if graph.is_late { Duration::from_millis(999) } else { Duration::ZERO };
    let verdict = verify_path(&chain, &usable, now, Quirks::NONE);

    let expected = model::verdict(&graph);
    check_verdict(&graph, &sent, &anchors, &verdict, &expected)
        .unwrap_or_else(|| panic!("expected {expected:?}, found {verdict:?}: {graph:#?}"))
}

/// Returns the outcome, or `None` if the verdict is not the expected one.
fn check_verdict(
    graph: &Graph,
    sent: &[Rc<Vec<u8>>],
    anchors: &[Option<TrustAnchor>],
    verdict: &Result<TrustPath, Failure>,
    expected: &Verdict,
) -> Option<Outcome> {
    let fails_with = |kind| verdict.as_ref().is_err_and(|failure| failure.kind() == kind);
    match expected {
        Verdict::NoAnchors => fails_with(ErrorKind::NoTrustAnchors).then_some(Outcome::NoAnchors),
        Verdict::Untrusted => {
            fails_with(ErrorKind::UntrustedAttestation).then_some(Outcome::Untrusted)
        }
        Verdict::Revoked => {
            let is_named = verdict
                .as_ref()
                .is_err_and(|failure| failure.field() == Some("certificate.serialNumber"));
            let is_right = fails_with(ErrorKind::UntrustedAttestation) && is_named;
            is_right.then_some(Outcome::Revoked)
        }
        Verdict::Trusted { length, ends } => {
            let path = verdict.as_ref().ok()?;
            let intermediates = sent.get(1..*length).unwrap_or_default();
            let is_end = |end: &usize| {
                anchors[*end].as_ref() == Some(path.anchor())
                    && model::has_list(graph, *end) == path.is_revocation_checked()
            };
            let is_right = ends.iter().any(is_end)
                && intermediates.iter().map(|der| der.as_slice()).eq(path.intermediates());
            is_right.then_some(Outcome::Trusted(*length))
        }
    }
}

/// Returns the anchor with its revocations, or `None` if the certificate is malformed.
fn anchor(described: &graph::Anchor) -> Option<TrustAnchor> {
    let anchor = TrustAnchor::from_der(signing::sign(&described.certificate).as_slice());
    assert_eq!(anchor.is_ok(), described.certificate.is_well_formed());
    let anchor = anchor.ok()?;
    let Some(list) = &described.revoked else { return Some(anchor) };
    Some(anchor.revoking(list.iter().fold(Revocations::new(), revoke)))
}

/// Adds an entry to a list. A malformed certificate adds none.
fn revoke(list: Revocations, revoked: &Revoked) -> Revocations {
    let unchanged = list.clone();
    let (certificate, added) = match revoked {
        Revoked::Number(number) => return list.serial_number(&[*number]),
        Revoked::Issued(issuer, number) => {
            (issuer, list.issued_by(&signing::sign(issuer), &[*number]))
        }
        Revoked::Certificate(certificate) => {
            (certificate, list.certificate(&signing::sign(certificate)))
        }
    };
    assert_eq!(added.is_ok(), certificate.is_well_formed());
    added.unwrap_or(unchanged)
}
