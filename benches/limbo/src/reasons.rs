//! Why the crate disagrees. Whoever changes the crate's path validation writes the list anew.

use crate::pattern::matches;

/// One reason, and the cases that it explains.
pub(crate) struct Reason {
    cases: &'static str,
    /// What the crate's error says, where the crate refuses. A reason must not outlive its cause.
    error: Option<&'static str>,
    pub(crate) text: &'static str,
}

/// Why the crate accepts the case, or refuses it with this error, if that is written down.
pub(crate) fn reason(id: &str, error: Option<&str>) -> Option<&'static Reason> {
    let has_error = |reason: &Reason| match (error, reason.error) {
        (None, None) => true,
        (Some(error), Some(part)) => error.contains(part),
        _ => false,
    };
    REASONS.iter().find(|reason| matches(reason.cases, id) && has_error(reason))
}

/// The reasons that none of these disagreements needs.
pub(crate) fn unused(used: &[&'static Reason]) -> impl Iterator<Item = &'static str> {
    let is_used = |reason: &Reason| used.iter().any(|one| std::ptr::eq(*one, reason));
    REASONS.iter().filter(move |reason| !is_used(reason)).map(|reason| reason.cases)
}

const fn accepts(cases: &'static str, text: &'static str) -> Reason {
    Reason { cases, error: None, text }
}

const fn refuses(cases: &'static str, error: &'static str, text: &'static str) -> Reason {
    Reason { cases, error: Some(error), text }
}

/// The error for a leaf that may not sign data.
const NO_SIGNATURES: &str = "certificate.keyUsage: the key of the attestation certificate";

/// The error for constraints on a kind of name that is not read.
const UNKNOWN_NAMES: &str = "a constrained kind of name is not supported";

/// The first that matches counts.
static REASONS: &[Reason] = &[
    // What RFC 5280 asks of who issues, in section 4, and not of who validates, in section 6.1.
    accepts(
        "rfc5280::root-missing-basic-constraints",
        "Issuers only: the anchor does not say that it is a CA. An anchor is a name and a key (RFC \
         5280, section 6.1).",
    ),
    accepts(
        "rfc5280::aki::leaf-missing-aki",
        "Issuers only: a leaf without authorityKeyIdentifier. It helps to find a path; here the \
         path is given.",
    ),
    accepts(
        "rfc5280::aki::intermediate-missing-aki",
        "Issuers only: an intermediate without authorityKeyIdentifier.",
    ),
    accepts(
        "rfc5280::aki::cross-signed-root-missing-aki",
        "Issuers only: an anchor that another CA has issued, without authorityKeyIdentifier.",
    ),
    accepts(
        "rfc5280::ski::root-missing-ski",
        "Issuers only: an anchor without subjectKeyIdentifier. It helps to find a path.",
    ),
    accepts(
        "rfc5280::ski::intermediate-missing-ski",
        "Issuers only: an intermediate without subjectKeyIdentifier.",
    ),
    accepts(
        "rfc5280::eku::ee-eku-empty",
        "Issuers only: extKeyUsage of the leaf lists nothing. The `tpm` format reads it, path \
         validation does not.",
    ),
    accepts(
        "rfc5280::nc::permitted-dns-match-noncritical",
        "Issuers only: nameConstraints of the anchor is not critical. \
         `webpki::nc::permitted-dns-match-noncritical` accepts the same.",
    ),
    accepts(
        "rfc5280::nc::not-allowed-in-ee-noncritical",
        "Issuers only: nameConstraints in a leaf, below which there is nothing to constrain.",
    ),
    accepts(
        "rfc5280::pc::ica-noncritical-pc",
        "Issuers only: policyConstraints of the intermediate is not critical. Policies are not \
         processed; here they would change nothing, as the path ends before an explicit policy is \
         required.",
    ),
    accepts(
        "rfc5280::san::malformed",
        "subjectAltName of the leaf is not DER. It is not critical, and no name of the leaf is \
         read by path validation.",
    ),
    accepts(
        "rfc5280::san::noncritical-with-empty-subject",
        "Issuers only: the subject is empty and subjectAltName not critical.",
    ),
    accepts("rfc5280::san::underscore-dns", "Issuers only: an underscore in a DNS name."),
    accepts("rfc5280::san::ip-in-dns", "Issuers only: an IP address as a DNS name."),
    accepts("rfc5280::serial::too-long", "Issuers only: a serial number of more than 20 bytes."),
    accepts("rfc5280::serial::zero", "Issuers only: the serial number zero."),
    accepts(
        "rfc5280::ca-empty-subject",
        "Issuers only: the anchor has no name. The caller trusts it as it is, and the leaf names \
         it as its issuer.",
    ),
    accepts(
        "rfc5280::root-non-critical-basic-constraints",
        "Issuers only: basicConstraints of the anchor is not critical. It is read all the same.",
    ),
    accepts(
        "rfc5280::leaf-ku-keycertsign",
        "Issuers only: the key of the leaf may sign certificates, and the leaf is no CA. It \
         cannot issue here.",
    ),
    // What the browsers' rules ask.
    accepts(
        "webpki::aki::root-with-aki-*",
        "Web PKI only: what authorityKeyIdentifier of a root may have.",
    ),
    accepts(
        "webpki::san::san-critical-with-nonempty-subject",
        "Web PKI only: subjectAltName is critical beside a subject.",
    ),
    accepts(
        "webpki::malformed-aia",
        "Web PKI only: the form of authorityInfoAccess, which nothing here reads.",
    ),
    accepts(
        "webpki::forbidden-p192-leaf",
        "The leaf has a P-192 key. Path validation does not use it; verifying the statement does, \
         and refuses it.",
    ),
    accepts(
        "webpki::forbidden-dsa-leaf",
        "The leaf has a DSA key. Path validation does not use it; verifying the statement does, \
         and refuses it.",
    ),
    accepts(
        "webpki::forbidden-weak-rsa-in-leaf",
        "The leaf has an RSA key of 1024 bits. Path validation does not use it; verifying the \
         statement does, and refuses it.",
    ),
    accepts(
        "webpki::forbidden-rsa-not-divisible-by-8-in-root",
        "Web PKI only: an RSA key of 2052 bits, not a whole number of bytes.",
    ),
    accepts(
        "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
        "Web PKI only: an RSA key of 2052 bits, not a whole number of bytes.",
    ),
    accepts(
        "webpki::v1-cert",
        "Web PKI only: a leaf of version 1. The formats `packed` and `tpm` ask for version 3.",
    ),
    accepts(
        "webpki::ee-basicconstraints-ca",
        "Web PKI only: the leaf is a CA. The formats `packed` and `tpm` refuse that.",
    ),
    // What attestation asks beyond RFC 5280.
    refuses(
        "pathlen::validation-ignores-pathlen-in-leaf",
        NO_SIGNATURES,
        "The leaf is the certificate of a CA whose key may not sign data. An attestation \
         certificate signs.",
    ),
    refuses(
        "rfc5280::ca-as-leaf",
        NO_SIGNATURES,
        "The leaf is the certificate of a CA whose key may not sign data. An attestation \
         certificate signs.",
    ),
    // What the crate does not know.
    refuses(
        "rfc5280::nc::nc-permits-email-*",
        UNKNOWN_NAMES,
        "nameConstraints on mail addresses are not read, so certificates with one are refused below \
         them.",
    ),
];
