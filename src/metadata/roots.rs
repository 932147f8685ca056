//! The roots of the FIDO Alliance's BLOB, which this crate holds itself: lists of roots for browsers
//! drop old ones.

use crate::certificate::TrustAnchor;

/// "GlobalSign Root CA - R3", valid until 18 March 2029, above the BLOB until August 2026. SHA-256
/// `cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b`. Published by GlobalSign, and
/// part of Mozilla's list of roots.
const GLOBALSIGN_R3: &[u8] = include_bytes!("roots/globalsign-root-r3.der");

/// "GlobalSign Root R46", valid until 20 March 2046, above the BLOB since. SHA-256
/// `4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9`. From where R3 is.
const GLOBALSIGN_R46: &[u8] = include_bytes!("roots/globalsign-root-r46.der");

/// The root certificates of the FIDO Alliance's BLOB, the newest first. They issue certificates to
/// anyone, so they are used with the host of the BLOB, and nowhere else.
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

    /// Fails a year before nothing verifies any more.
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
