//! The root certificates for the FIDO Alliance's BLOB. This crate contains them, because the root
//! lists of browsers drop old roots.

use crate::certificate::TrustAnchor;

/// "GlobalSign Root CA - R3", valid until 18 March 2029. The BLOB used it until August 2026.
/// SHA-256 `cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b`. Published by
/// GlobalSign, and in Mozilla's root list.
const GLOBALSIGN_R3: &[u8] = include_bytes!("roots/globalsign-root-r3.der");

/// "GlobalSign Root R46", valid until 20 March 2046. The BLOB has used it since August 2026.
/// SHA-256 `4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9`. The sources are the
/// same as for R3.
const GLOBALSIGN_R46: &[u8] = include_bytes!("roots/globalsign-root-r46.der");

/// Returns the root certificates for the FIDO Alliance's BLOB, the newest first. They issue
/// certificates to anyone, so they must only be used together with the BLOB's host.
pub(super) fn fido_roots() -> Vec<TrustAnchor> {
    let roots = [GLOBALSIGN_R46, GLOBALSIGN_R3];
    roots.into_iter().filter_map(|der| TrustAnchor::from_der(der).ok()).collect()
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::time::SystemTime;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::certificate::Certificate;
    use crate::quirk::Tolerance;

    #[test]
    fn mds_04_kb_86_the_fido_alliance_roots_have_the_published_fingerprints() {
        let fingerprint = |root: &TrustAnchor| {
            let digest = Sha256::digest(root.as_der());
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let r46 = "4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9";
        let r3 = "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b";
        assert_eq!(fido_roots().iter().map(fingerprint).collect::<Vec<_>>(), [r46, r3]);
    }

    /// Fails one year before the last root expires.
    #[test]
    fn kb_86_each_fido_alliance_root_is_valid_for_at_least_another_year() {
        let in_a_year = SystemTime::now() + Duration::from_secs(365 * 24 * 60 * 60);
        let last = |anchor: &TrustAnchor| {
            Certificate::parse(anchor.as_der(), &Tolerance::strict())
                .unwrap()
                .is_valid_at(in_a_year)
        };
        assert!(fido_roots().iter().any(last), "the FIDO Alliance must have a newer root by now");
    }
}
