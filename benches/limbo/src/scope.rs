//! Selects the cases that apply to the validation of attestation certificates.

use std::fmt::{self, Display, Formatter};

use crate::Fault;
use crate::case::{Case, Verdict};
use crate::der::contains_name;
use crate::pattern::matches;

/// An input of a case that `verify_path` does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    PeerName,
    Purpose,
    Depth,
    RevocationList,
}

impl Foreign {
    pub(crate) const ALL: [Foreign; 4] =
        [Foreign::PeerName, Foreign::Purpose, Foreign::Depth, Foreign::RevocationList];
}

impl Display for Foreign {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::PeerName => "must fail because the leaf lacks the name of the peer",
            Foreign::Purpose => "must fail because of an extended key usage",
            Foreign::Depth => "the caller limits the number of intermediates",
            Foreign::RevocationList => "the caller has a certificate revocation list",
        })
    }
}

/// Cases that must fail because the leaf does not have the name that the client expects, or has it
/// in a form that web clients do not accept.
const PEER_NAME: [&str; 8] = [
    "rfc5280::ca-as-leaf-wrong-san",
    "webpki::cn::*",
    "webpki::san::mismatch-*",
    "webpki::san::no-san",
    "webpki::san::public-suffix-*",
    "webpki::san::san-wildcard-only*",
    "webpki::san::unicode-emoji-san",
    "webpki::san::wildcard-*",
];

/// Cases that must fail because of the extended key usage of a certificate.
const PURPOSE: [&str; 8] = [
    "bettertls::pathbuilding::tc5",
    "bettertls::pathbuilding::tc12",
    "bettertls::pathbuilding::tc38",
    "bettertls::pathbuilding::tc44",
    "bettertls::pathbuilding::tc71",
    "bettertls::pathbuilding::tc77",
    "rfc5280::eku::ee-wrong-eku",
    "webpki::eku::*",
];

/// Cases that combine everything with everything. They are too many to list, so the leaf is
/// searched for the name of the peer.
const COMBINED: &str = "bettertls::nameconstraints::*";

/// Returns why the case is not applicable, or `None` if it is.
pub(crate) fn foreign(case: &Case) -> Result<Option<Foreign>, Fault> {
    let is_among = |patterns: &[&str]| patterns.iter().any(|one| matches(one, &case.id));
    if case.has("has-crl") {
        return Ok(Some(Foreign::RevocationList));
    }
    if case.has("max-chain-depth") {
        return Ok(Some(Foreign::Depth));
    }
    if case.expected == Verdict::Accept {
        return Ok(None);
    }
    if is_among(&PURPOSE) {
        return Ok(Some(Foreign::Purpose));
    }
    if is_among(&PEER_NAME) {
        return Ok(Some(Foreign::PeerName));
    }
    if let Some(name) = &case.expected_peer_name
        && is_among(&[COMBINED])
        && !contains_name(&case.certificates()?.leaf, name)
    {
        return Ok(Some(Foreign::PeerName));
    }
    Ok(None)
}
