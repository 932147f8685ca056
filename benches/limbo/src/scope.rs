//! Which cases say something about the validation of attestation certificates.

use std::fmt::{self, Display, Formatter};

use crate::Fault;
use crate::case::{Case, Verdict};
use crate::der::contains_name;
use crate::pattern::matches;

/// What a case gives to the validation that `verify_path` does not take.
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
            Foreign::PeerName => "must fail, if only because the leaf lacks the name of the peer",
            Foreign::Purpose => "must fail because of an extended key usage",
            Foreign::Depth => "the caller limits the number of intermediates",
            Foreign::RevocationList => "the caller has a certificate revocation list",
        })
    }
}

/// Cases that must fail because the leaf is not for the name that the client expects, or has it in
/// a form that the web does not accept.
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

/// Cases that combine everything with everything, too many to list. The leaf itself tells whether
/// it has the name of the peer.
const COMBINED: &str = "bettertls::nameconstraints::*";

/// Why the case is not applicable, if it is not.
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
