//! The rules for paths, applied to the description of a graph. Every rule looks at a whole path from
//! the leaf to the anchor. Nothing here reads DER, verifies a signature, or calls the crate.

use super::graph::{
    Anchor, Attribute, Certificate, DIGITAL_SIGNATURE, GeneralName, Graph, KEY_CERT_SIGN, NAMES,
    NameConstraints, Revoked, TIMES,
};

/// The maximum number of certificates in a chain (X509-17).
const MOST_CERTIFICATES: usize = 8;

#[derive(Debug)]
pub enum Verdict {
    NoAnchors,
    Untrusted,
    Revoked,
    Trusted {
        /// The number of certificates of the chain that the path uses.
        length: usize,
        /// The positions of the anchors at which the path can end.
        ends: Vec<usize>,
    },
}

/// Returns the verdict for the chain of a graph.
pub fn verdict(graph: &Graph) -> Verdict {
    let anchors: Vec<usize> = (0..graph.anchors.len())
        .filter(|position| graph.anchors[*position].certificate.is_well_formed())
        .collect();
    // X509-16.
    if anchors.is_empty() {
        return Verdict::NoAnchors;
    }
    // X509-01 and X509-10: certificates beyond the anchor must be well-formed too.
    let is_well_formed = graph.chain.iter().all(Certificate::is_well_formed);
    if graph.chain.len() > MOST_CERTIFICATES || !is_well_formed {
        return Verdict::Untrusted;
    }
    // A path that reaches an anchor ends there. Only the shortest paths count.
    for length in 1..=graph.chain.len() {
        let below = &graph.chain[..length];
        let ends_at = |position: &usize| leads_to(below, &graph.anchors[*position].certificate);
        let ends: Vec<usize> = anchors.iter().copied().filter(ends_at).collect();
        if ends.is_empty() {
            continue;
        }
        // A certificate revoked by one authority is rejected even if there is another anchor.
        let is_revoked = ends.iter().any(|end| {
            let lists = lists(graph, *end);
            below.iter().any(|one| lists.iter().any(|list| is_listed(one, list)))
        });
        return if is_revoked { Verdict::Revoked } else { Verdict::Trusted { length, ends } };
    }
    Verdict::Untrusted
}

/// Returns whether a revocation list applies to paths that end at this anchor.
pub fn has_list(graph: &Graph, anchor: usize) -> bool {
    !lists(graph, anchor).is_empty()
}

/// Returns the lists of all anchors with the name and the key of this one.
fn lists(graph: &Graph, anchor: usize) -> Vec<&[Revoked]> {
    let authority = &graph.anchors[anchor].certificate;
    let is_same = |one: &&Anchor| {
        let other = &one.certificate;
        other.is_well_formed()
            && other.key == authority.key
            && name(other.subject) == name(authority.subject)
    };
    graph.anchors.iter().filter(is_same).filter_map(|one| one.revoked.as_deref()).collect()
}

/// X509-17: by the serial number, by the issuer and the serial number, or by the signed content.
fn is_listed(certificate: &Certificate, list: &[Revoked]) -> bool {
    list.iter().any(|entry| match entry {
        Revoked::Number(number) => certificate.serial_number == *number,
        Revoked::Issued(issuer, number) => {
            issuer.is_well_formed()
                && name(issuer.subject) == name(certificate.issuer)
                && certificate.serial_number == *number
        }
        Revoked::Certificate(listed) => {
            let signer = certificate.signer;
            let other_signature = certificate.other_signature;
            *certificate == Certificate { signer, other_signature, ..listed.clone() }
        }
    })
}

/// Returns whether these certificates are a path to the anchor, without revocation. The first one is
/// the leaf.
fn leads_to(below: &[Certificate], anchor: &Certificate) -> bool {
    let [leaf, above @ ..] = below else { return false };
    // X509-08: the anchor is the leaf itself.
    if above.is_empty() && leaf == anchor {
        return is_usable(leaf) && is_leaf(leaf);
    }
    // From the leaf to the anchor.
    let path: Vec<&Certificate> = below.iter().chain([anchor]).collect();
    path.iter().all(|certificate| is_usable(certificate))
        && is_leaf(leaf)
        && path.windows(2).all(|pair| is_issued_by(pair[0], pair[1]))
        && (1..path.len()).all(|position| may_issue(&path, position))
        && (1..path.len()).all(|position| names_allowed_by(&path, position))
}

/// X509-04 and X509-14: the rules for every certificate, including the anchor.
fn is_usable(certificate: &Certificate) -> bool {
    // The verification is in second 0.
    let [not_before, not_after] = certificate.validity.map(|end| TIMES[end].1);
    not_before <= 0 && 0 <= not_after && certificate.unknown != Some(true)
}

/// X509-07 and X509-15: the rules for the leaf. Name constraints are only for issuers, and critical
/// ones cannot be ignored.
fn is_leaf(leaf: &Certificate) -> bool {
    let may_sign = leaf.key_usage.is_none_or(|usage| usage & DIGITAL_SIGNATURE != 0);
    may_sign && !leaf.name_constraints.as_ref().is_some_and(|constraints| constraints.critical)
}

/// X509-02 and X509-03.
fn is_issued_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    name(certificate.issuer) == name(issuer.subject) && certificate.signer == issuer.key
}

/// X509-05, X509-06, X509-07 and KB-88: the rules for the issuer at this position of the path.
fn may_issue(path: &[&Certificate], position: usize) -> bool {
    let issuer = path[position];
    let is_anchor = position == path.len() - 1;
    let Some(constraints) = issuer.basic_constraints else {
        // Only the name and the key of a self-issued anchor count.
        return is_anchor && is_self_issued(issuer);
    };
    // The CAs between the issuer and the leaf.
    let between = path[1..position].iter().filter(|one| !is_self_issued(one)).count();
    constraints.ca
        && constraints.path_length.is_none_or(|most| between <= usize::from(most))
        && issuer.key_usage.is_none_or(|usage| usage & KEY_CERT_SIGN != 0)
}

fn is_self_issued(certificate: &Certificate) -> bool {
    name(certificate.issuer) == name(certificate.subject)
}

/// X509-15: whether the issuer at this position allows the names of the certificates below it.
/// Self-issued certificates above the leaf are not checked.
fn names_allowed_by(path: &[&Certificate], position: usize) -> bool {
    let Some(constraints) = &path[position].name_constraints else { return true };
    // Without any subtree, the extension is malformed.
    if constraints.permitted.is_empty() && constraints.excluded.is_empty() {
        return !constraints.critical;
    }
    path[..position].iter().enumerate().all(|(below, certificate)| {
        (below > 0 && is_self_issued(certificate)) || allows_names_of(constraints, certificate)
    })
}

fn allows_names_of(constraints: &NameConstraints, certificate: &Certificate) -> bool {
    let mut names = certificate.alternatives.clone();
    if !name(certificate.subject).is_empty() {
        names.push(GeneralName::Directory(certificate.subject));
    }
    names.iter().all(|name| allows_name(constraints, name))
}

fn allows_name(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let same_kind = |bases: &[GeneralName]| -> Vec<GeneralName> {
        let is_same =
            |base: &GeneralName| std::mem::discriminant(base) == std::mem::discriminant(name);
        bases.iter().copied().filter(is_same).collect()
    };
    let (permitted, excluded) =
        (same_kind(&constraints.permitted), same_kind(&constraints.excluded));
    if permitted.is_empty() && excluded.is_empty() {
        return true;
    }
    can_be_constrained(name)
        && (permitted.is_empty() || permitted.iter().any(|base| is_within(name, base)))
        && !excluded.iter().any(|base| is_within(name, base) || may_be_within(name, base))
}

/// Constraints that cannot be enforced are rejected: those on mail addresses, and on a host name
/// with an empty label.
fn can_be_constrained(name: &GeneralName) -> bool {
    match name {
        GeneralName::Host(host) => host.split('.').all(|label| !label.is_empty()),
        GeneralName::Directory(_) | GeneralName::Address(_) => true,
        GeneralName::Mail => false,
    }
}

fn is_within(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Host(name), GeneralName::Host(base)) => labels(name).ends_with(&labels(base)),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            self::name(*name).starts_with(&self::name(*base))
        }
        (GeneralName::Address(address), GeneralName::Address(base)) => {
            let (network, mask) = base.split_at(base.len() / 2);
            address.len() == network.len()
                && (0..mask.len()).all(|at| address[at] & mask[at] == network[at] & mask[at])
        }
        _ => false,
    }
}

/// Returns whether the excluded subtree may contain something that the name stands for: a host of a
/// wildcard, or the same directory name in another case.
fn may_be_within(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Host(name), GeneralName::Host(base)) => {
            name.strip_prefix("*.").is_some_and(|parent| labels(base).ends_with(&labels(parent)))
        }
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            lowercase(*name).starts_with(&lowercase(*base))
        }
        _ => false,
    }
}

/// Returns the labels of a host name in lower case. The empty name has no labels.
fn labels(host: &str) -> Vec<String> {
    host.split('.').filter(|label| !label.is_empty()).map(str::to_lowercase).collect()
}

/// The type and the text of each attribute of a name. The type of the text does not matter
/// (X509-02).
fn name(position: usize) -> Vec<(&'static str, &'static str)> {
    let attribute = |attribute: &Attribute| match attribute {
        Attribute::Organization(text) | Attribute::PrintableOrganization(text) => ("O", *text),
        Attribute::CommonName(text) => ("CN", *text),
    };
    NAMES[position].iter().map(attribute).collect()
}

fn lowercase(position: usize) -> Vec<(&'static str, String)> {
    name(position).into_iter().map(|(kind, text)| (kind, text.to_lowercase())).collect()
}
