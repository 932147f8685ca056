//! The reasons why the crate disagrees. If you change the path validation of the crate, update the
//! list.

use crate::pattern::matches;

/// One reason, and the cases that it explains.
pub(crate) struct Reason {
    cases: &'static str,
    /// A part of the crate's error, if the crate refuses the case. If the error changes, the reason
    /// no longer applies.
    error: Option<&'static str>,
    pub(crate) text: &'static str,
}

/// Returns the reason why the crate accepts the case or refuses it with this error, if there is
/// one.
pub(crate) fn reason(id: &str, error: Option<&str>) -> Option<&'static Reason> {
    let has_error = |reason: &Reason| match (error, reason.error) {
        (None, None) => true,
        (Some(error), Some(part)) => error.contains(part),
        _ => false,
    };
    REASONS.iter().find(|reason| matches(reason.cases, id) && has_error(reason))
}

/// Returns the cases of all reasons that are not in `used`.
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

/// The error for name constraints of a kind that the crate does not read.
const UNKNOWN_NAMES: &str = "a constrained kind of name is not supported";

/// All reasons. The first matching one is used.
static REASONS: &[Reason] = &[
    // RFC 5280, section 4, requires this of issuers. The validation in section 6.1 does not check
    // it.
    accepts(
        "rfc5280::root-missing-basic-constraints",
        "Issuers only: the anchor is not marked as a CA. For RFC 5280, section 6.1, an anchor is a \
         name and a key.",
    ),
    accepts(
        "rfc5280::aki::leaf-missing-aki",
        "Issuers only: the leaf has no authorityKeyIdentifier. It helps to find a path, but here \
         the path is given.",
    ),
    accepts(
        "rfc5280::aki::intermediate-missing-aki",
        "Issuers only: the intermediate has no authorityKeyIdentifier.",
    ),
    accepts(
        "rfc5280::aki::cross-signed-root-missing-aki",
        "Issuers only: the anchor was issued by another CA and has no authorityKeyIdentifier.",
    ),
    accepts(
        "rfc5280::ski::root-missing-ski",
        "Issuers only: the anchor has no subjectKeyIdentifier. It helps to find a path, but here \
         the path is given.",
    ),
    accepts(
        "rfc5280::ski::intermediate-missing-ski",
        "Issuers only: the intermediate has no subjectKeyIdentifier.",
    ),
    accepts(
        "rfc5280::eku::ee-eku-empty",
        "Issuers only: extKeyUsage of the leaf is empty. The `tpm` format reads it, but path \
         validation does not.",
    ),
    accepts(
        "rfc5280::nc::permitted-dns-match-noncritical",
        "Issuers only: nameConstraints of the anchor is not critical. The same path is valid in \
         `webpki::nc::permitted-dns-match-noncritical`.",
    ),
    accepts(
        "rfc5280::nc::not-allowed-in-ee-noncritical",
        "Issuers only: the leaf has nameConstraints. Below a leaf there is nothing to constrain.",
    ),
    accepts(
        "rfc5280::pc::ica-noncritical-pc",
        "Issuers only: policyConstraints of the intermediate is not critical. The crate does not \
         process policies. Here they would change nothing, because the path ends before an \
         explicit policy is required.",
    ),
    accepts(
        "rfc5280::san::malformed",
        "subjectAltName of the leaf is not DER. It is not critical, and path validation reads it \
         only below name constraints.",
    ),
    accepts(
        "rfc5280::san::noncritical-with-empty-subject",
        "Issuers only: the subject is empty and subjectAltName is not critical.",
    ),
    accepts("rfc5280::san::underscore-dns", "Issuers only: a DNS name has an underscore."),
    accepts("rfc5280::san::ip-in-dns", "Issuers only: a DNS name is an IP address."),
    accepts(
        "rfc5280::serial::too-long",
        "Issuers only: the serial number is longer than 20 bytes.",
    ),
    accepts("rfc5280::serial::zero", "Issuers only: the serial number is zero."),
    accepts(
        "rfc5280::ca-empty-subject",
        "Issuers only: the anchor has an empty name. The caller trusts this anchor, and the leaf \
         names it as its issuer.",
    ),
    accepts(
        "rfc5280::root-non-critical-basic-constraints",
        "Issuers only: basicConstraints of the anchor is not critical. It is read anyway.",
    ),
    accepts(
        "rfc5280::leaf-ku-keycertsign",
        "Issuers only: the leaf is not a CA, but its key may sign certificates. It cannot issue \
         any here.",
    ),
    // Only the rules of browsers and their CAs require this.
    accepts(
        "webpki::aki::root-with-aki-*",
        "Web PKI only: the form of authorityKeyIdentifier in a root.",
    ),
    accepts(
        "webpki::san::san-critical-with-nonempty-subject",
        "Web PKI only: subjectAltName is critical although the subject is not empty.",
    ),
    accepts(
        "webpki::malformed-aia",
        "Web PKI only: authorityInfoAccess is malformed. The crate does not read it.",
    ),
    accepts(
        "webpki::forbidden-p192-leaf",
        "The leaf has a P-192 key. Path validation does not use this key. Statement verification \
         uses it and refuses it.",
    ),
    accepts(
        "webpki::forbidden-dsa-leaf",
        "The leaf has a DSA key. Path validation does not use this key. Statement verification \
         uses it and refuses it.",
    ),
    accepts(
        "webpki::forbidden-weak-rsa-in-leaf",
        "The leaf has an RSA key of 1024 bits. Path validation does not use this key. Statement \
         verification uses it and refuses it.",
    ),
    accepts(
        "webpki::forbidden-rsa-not-divisible-by-8-in-root",
        "Web PKI only: an RSA key has 2052 bits, which is not a whole number of bytes.",
    ),
    accepts(
        "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
        "Web PKI only: an RSA key has 2052 bits, which is not a whole number of bytes.",
    ),
    accepts(
        "webpki::v1-cert",
        "Web PKI only: the leaf has version 1. The formats `packed` and `tpm` require version 3.",
    ),
    accepts(
        "webpki::ee-basicconstraints-ca",
        "Web PKI only: the leaf is a CA. The formats `packed` and `tpm` refuse it.",
    ),
    // Attestation requires this in addition to RFC 5280.
    refuses(
        "pathlen::validation-ignores-pathlen-in-leaf",
        NO_SIGNATURES,
        "The leaf belongs to a CA, and its key may not sign data. The key of an attestation \
         certificate has to sign data.",
    ),
    refuses(
        "rfc5280::ca-as-leaf",
        NO_SIGNATURES,
        "The leaf belongs to a CA, and its key may not sign data. The key of an attestation \
         certificate has to sign data.",
    ),
    // The crate does not support this.
    refuses(
        "rfc5280::nc::nc-permits-email-*",
        UNKNOWN_NAMES,
        "nameConstraints on mail addresses are not supported. Below them, a certificate with a mail \
         address is refused.",
    ),
];
