//! The requirements of a case for attestations.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use webauthn_verify::attestation::AttestationPolicy;

use crate::members::{Bytes, Members};

pub(crate) const WITHOUT_ATTESTATION: &str = "this build lacks the feature `attestation`";

/// All certificates are DER.
pub(crate) struct Trust {
    anchors: Option<Vec<Bytes>>,
    by_format: Option<BTreeMap<String, Vec<Bytes>>>,
    /// The path of a file, relative to the folder of the vector file.
    metadata: Option<String>,
    metadata_root: Option<Bytes>,
    /// In seconds.
    safetynet_max_age: Option<u64>,
}

impl Trust {
    pub(crate) fn read(members: &mut Members) -> Result<Trust, String> {
        let trust = Trust {
            anchors: members.take("trust_anchors")?,
            by_format: members.take("anchors_by_format")?,
            metadata: members.take("metadata")?,
            metadata_root: members.take("metadata_root")?,
            safetynet_max_age: members.take("safetynet_max_age")?,
        };
        if trust.metadata_root.is_some() && trust.metadata.is_none() {
            return Err("metadata_root: the member metadata is missing".to_owned());
        }
        Ok(trust)
    }

    fn demands_trust(&self) -> bool {
        self.anchors.is_some() || self.by_format.is_some() || self.metadata.is_some()
    }

    /// Returns the reason why this build cannot check the requirements.
    pub(crate) fn missing_feature(&self) -> Option<&'static str> {
        let demanding = self.demands_trust() || self.safetynet_max_age.is_some();
        if cfg!(not(feature = "attestation")) && demanding {
            return Some(WITHOUT_ATTESTATION);
        }
        (cfg!(not(feature = "metadata")) && self.metadata.is_some())
            .then_some("this build lacks the feature `metadata`")
    }

    /// Returns the policy. `folder` is the folder of the vector file.
    #[cfg(feature = "attestation")]
    pub(crate) fn policy(
        &self,
        folder: &Path,
        now: SystemTime,
    ) -> Result<AttestationPolicy, String> {
        use webauthn_verify::attestation::AttestationFormat;

        let mut policy = AttestationPolicy::verified();
        if self.demands_trust() {
            let listed = self.anchors.as_deref().unwrap_or_default();
            policy = AttestationPolicy::trusted(anchors("trust_anchors", listed)?);
        }
        for (word, listed) in self.by_format.iter().flatten() {
            let format = word
                .parse::<AttestationFormat>()
                .map_err(|_| format!("anchors_by_format: unknown format {word:?}"))?;
            policy = policy.anchors_for_format(format, anchors("anchors_by_format", listed)?);
        }
        if let Some(seconds) = self.safetynet_max_age {
            policy = policy.allow_safetynet(std::time::Duration::from_secs(seconds));
        }
        self.with_metadata(policy, folder, now)
    }

    /// `missing_feature` has skipped every case with requirements.
    #[cfg(not(feature = "attestation"))]
    pub(crate) fn policy(&self, _: &Path, _: SystemTime) -> Result<AttestationPolicy, String> {
        Ok(AttestationPolicy::verified())
    }

    #[cfg(feature = "metadata")]
    fn with_metadata(
        &self,
        policy: AttestationPolicy,
        folder: &Path,
        now: SystemTime,
    ) -> Result<AttestationPolicy, String> {
        use std::path::Component;
        use webauthn_verify::metadata::Metadata;

        let Some(file) = &self.metadata else { return Ok(policy) };
        let path = Path::new(file);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(format!("metadata: {file:?} is not a path below the folder of the file"));
        }
        let blob = std::fs::read_to_string(folder.join(path))
            .map_err(|error| format!("metadata: {file:?}: {error}"))?;
        let metadata = match &self.metadata_root {
            Some(root) => {
                let root = anchors("metadata_root", std::slice::from_ref(root))?;
                Metadata::verify(&blob, &root, None, now)
            }
            None => Metadata::verify_fido(&blob, now),
        };
        Ok(policy.metadata(metadata.map_err(|failure| format!("metadata: {failure}"))?))
    }

    /// `missing_feature` has skipped every case with metadata.
    #[cfg(all(feature = "attestation", not(feature = "metadata")))]
    fn with_metadata(
        &self,
        policy: AttestationPolicy,
        _: &Path,
        _: SystemTime,
    ) -> Result<AttestationPolicy, String> {
        Ok(policy)
    }
}

#[cfg(feature = "attestation")]
fn anchors(
    member: &str,
    listed: &[Bytes],
) -> Result<Vec<webauthn_verify::certificate::TrustAnchor>, String> {
    let anchor = |der: &Bytes| {
        webauthn_verify::certificate::TrustAnchor::from_der(der.0.as_slice())
            .map_err(|error| format!("{member}: {error}"))
    };
    listed.iter().map(anchor).collect()
}
