//! FIDO metadata about a software authenticator, correct or with one thing wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::attestation::authority::{AnchorForm, Authority};
use crate::certificate::{CertificateBuilder, SUBJECT_ALT_NAME};
use crate::debug::Aaguid;
use crate::der;
use crate::metadata_blob::MetadataBlobBuilder;
use crate::private_key::PrivateKey;
use crate::software::SoftwareAuthenticator;

const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];

/// The key purposes id-kp-serverAuth and id-kp-emailProtection.
const SERVER_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const EMAIL_PROTECTION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 4];

/// Defines [`MetadataCase`] from one table. Its columns are variant, outcome and documentation.
macro_rules! cases {
    ($($variant:ident, $outcome:expr, $doc:literal;)*) => {
        /// A variant of the metadata about an authenticator: correct, or with one thing unusual or
        /// wrong. [`MetadataCase::outcome`] returns the result that a relying party must reach if
        /// it verifies the metadata for [`PublishedMetadata::host`] and with
        /// [`PublishedMetadata::roots`], and if its policy accepts only the trust anchors of the
        /// metadata.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum MetadataCase {
            $(#[doc = $doc] $variant,)*
        }

        impl MetadataCase {
            /// Every case.
            pub const ALL: &'static [MetadataCase] = &[$(MetadataCase::$variant,)*];

            /// Returns the result that a relying party must reach.
            pub fn outcome(self) -> MetadataOutcome {
                match self { $(MetadataCase::$variant => $outcome,)* }
            }
        }
    };
}

const ACCEPTED: MetadataOutcome = MetadataOutcome::ModelAccepted;
const NOT_ALLOWED: MetadataOutcome = MetadataOutcome::ModelRefused("AuthenticatorNotAllowed");

cases! {
    Good, ACCEPTED, "Nothing is wrong.";
    SignerForOtherPurpose, MetadataOutcome::BlobRefused,
        "The signer's certificate is for e-mail.";
    SignerWithoutPurpose, MetadataOutcome::BlobRefused,
        "The signer's certificate has no extended key usage.";
    SignerByCommonName, MetadataOutcome::BlobRefused,
        "The signer's certificate has the host as common name, but no subject alternative name.";
    AuthorityForOtherPurpose, MetadataOutcome::BlobRefused,
        "The certificate of the authority that issued the signer's certificate is for e-mail.";
    AuthorityForOtherNames, MetadataOutcome::BlobRefused,
        "The name constraints of that authority allow only other hosts. They are not critical.";
    AuthorityForTheHost, ACCEPTED,
        "The name constraints of that authority allow the host.";
    NewRoot, ACCEPTED, "The path leads to a second root. Both roots are known.";
    CrossSignedRoot, ACCEPTED,
        "The chain has a certificate for the second root from the first root. Both are known.";
    CrossSignedForTheOldRoot, ACCEPTED,
        "The chain has a certificate for the second root from the first root, the only known root.";
    UnknownNewRoot, MetadataOutcome::BlobRefused,
        "The path leads to a second root. Only the first root is known.";
    Version1Anchor, ACCEPTED,
        "The anchor of the model is a certificate with version 1.";
    AnchorWithoutConstraints, ACCEPTED,
        "The anchor of the model has no basic constraints.";
    AnchorThatIsNoCa, MetadataOutcome::ModelRefused("UntrustedAttestation"),
        "The basic constraints of the model's anchor say that it is not a CA.";
    RepeatedIdentifier, ACCEPTED,
        "The entry lists the same key identifier twice.";
    SharedIdentifier, NOT_ALLOWED,
        "Another entry has the same AAGUID.";
    SharedAnchor, ACCEPTED,
        "Another entry lists the same anchor.";
    TieNewestFirst, NOT_ALLOWED,
        "The entry lists a certification, then a revocation of the same day.";
    TieOldestFirst, NOT_ALLOWED,
        "The entry lists a revocation, then a certification of the same day.";
    CertifiedAnew, ACCEPTED,
        "The entry lists a certification, then a revocation of an earlier day.";
    UnreadableEntry, NOT_ALLOWED,
        "The entry is unreadable, and its AAGUID is in upper case.";
    UnreadableEntryWithoutHyphens, NOT_ALLOWED,
        "The entry is unreadable, because its AAGUID has no hyphens.";
    UnreadableEntryBesideTheStatement, NOT_ALLOWED,
        "The entry is unreadable, because only its metadata statement has the AAGUID.";
    UnidentifiedEntry, ACCEPTED,
        "Another entry is unreadable and has no identifier.";
    CompromisedKey, NOT_ALLOWED,
        "A second report, of an earlier day, says that the anchor's key is compromised.";
    OtherCompromisedKey, ACCEPTED,
        "A report says that the key of another certificate is compromised.";
    UnreadableCompromise, NOT_ALLOWED,
        "A report says that a key is compromised, but its certificate is unreadable.";
}

/// The result that a relying party must reach for a [`MetadataCase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataOutcome {
    /// The BLOB is rejected with `MetadataInvalid`.
    BlobRefused,
    /// The BLOB and an attestation of the authenticator are accepted.
    ModelAccepted,
    /// The BLOB is accepted. An attestation of the authenticator is rejected with this kind of
    /// error, a name that `ErrorKind::as_str()` of `webauthn-verify` returns.
    ModelRefused(&'static str),
}

/// A metadata BLOB, and the roots that the relying party trusts.
#[derive(Clone, Debug)]
pub struct PublishedMetadata {
    blob: String,
    roots: Vec<Vec<u8>>,
}

impl PublishedMetadata {
    /// Returns the signed BLOB. Its number is 1, and the next update is due at the end of 2049.
    pub fn blob(&self) -> &str {
        &self.blob
    }

    /// Returns the trusted roots for the verification, in DER.
    pub fn roots(&self) -> &[Vec<u8>] {
        &self.roots
    }

    /// Returns the host name that the signer must have.
    pub fn host(&self) -> &'static str {
        HOST
    }
}

const HOST: &str = "mds.example";

impl SoftwareAuthenticator {
    /// Creates metadata about this authenticator for one case. The
    /// [`AttestationKind`](crate::AttestationKind) of the authenticator must have certificates, as
    /// in [`AttestationKind::PackedX5c`](crate::AttestationKind::PackedX5c).
    ///
    /// ```
    /// use webauthn_verify_authenticator::{MetadataCase, MetadataOutcome, SoftwareAuthenticator};
    ///
    /// let authenticator = SoftwareAuthenticator::from_seed(b"alice");
    /// let case = MetadataCase::SignerForOtherPurpose;
    /// let published = authenticator.metadata(case);
    /// assert_eq!(published.blob().split('.').count(), 3);
    /// assert_eq!((published.host(), published.roots().len()), ("mds.example", 1));
    /// assert_eq!(case.outcome(), MetadataOutcome::BlobRefused);
    /// ```
    #[must_use]
    pub fn metadata(&self, case: MetadataCase) -> PublishedMetadata {
        let publisher = Publisher::new(self.seed());
        let blob = MetadataBlobBuilder::new(1, "2049-12-31").member("entries", self.entries(case));
        PublishedMetadata {
            blob: blob.sign(&publisher.signer, &publisher.certificates(case)),
            roots: publisher.known_roots(case),
        }
    }

    fn entries(&self, case: MetadataCase) -> Vec<Value> {
        let aaguid = Aaguid(self.aaguid()).to_string();
        let anchor = match case {
            MetadataCase::Version1Anchor => AnchorForm::Version1,
            MetadataCase::AnchorWithoutConstraints => AnchorForm::Unsaid,
            MetadataCase::AnchorThatIsNoCa => AnchorForm::NoCa,
            _ => AnchorForm::Authority,
        };
        let anchor = STANDARD.encode(Authority::root(self.seed()).certificate_as(anchor));
        let mut entry = json!({
            "aaguid": aaguid,
            "metadataStatement": {
                "aaguid": aaguid,
                "description": "A software authenticator",
                "attestationTypes": ["basic_full", "attca", "anonca"],
                "attestationRootCertificates": [anchor],
            },
            "statusReports": self.reports(case),
        });
        let mut other = None;
        match case {
            MetadataCase::RepeatedIdentifier => {
                let identifier = "0123456789abcdef0123456789abcdef01234567";
                let twice = json!([identifier, identifier]);
                set(&mut entry, "attestationCertificateKeyIdentifiers", twice);
            }
            MetadataCase::SharedIdentifier => {
                other = Some(json!({ "aaguid": aaguid, "statusReports": [] }));
            }
            MetadataCase::SharedAnchor => {
                other = Some(json!({
                    "aaguid": "ffffffff-ffff-4fff-bfff-ffffffffffff",
                    "metadataStatement": {
                        "attestationTypes": ["basic_full"],
                        "attestationRootCertificates": [anchor],
                    },
                    "statusReports": [],
                }));
            }
            MetadataCase::UnreadableEntry => {
                set(&mut entry, "aaguid", json!(aaguid.to_uppercase()));
                set(&mut entry, "timeOfLastStatusChange", json!("yesterday"));
            }
            MetadataCase::UnreadableEntryWithoutHyphens => {
                set(&mut entry, "aaguid", json!(aaguid.replace('-', "")));
            }
            MetadataCase::UnreadableEntryBesideTheStatement => {
                set(&mut entry, "aaguid", Value::Null);
            }
            MetadataCase::UnidentifiedEntry => {
                other = Some(json!({ "statusReports": "none that can be read" }));
            }
            _ => {}
        }
        other.into_iter().chain([entry]).collect()
    }

    fn reports(&self, case: MetadataCase) -> Value {
        let certified = json!({ "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-06-01" });
        let report = |status: &str, date: &str| json!({ "status": status, "effectiveDate": date });
        let compromised = |certificate: &[u8]| {
            json!({
                "status": "ATTESTATION_KEY_COMPROMISE",
                "effectiveDate": "2024-01-01",
                "certificate": STANDARD.encode(certificate),
            })
        };
        let revoked = report("REVOKED", "2024-06-01");
        match case {
            MetadataCase::TieNewestFirst => json!([certified, revoked]),
            MetadataCase::TieOldestFirst => json!([revoked, certified]),
            MetadataCase::CertifiedAnew => {
                json!([report("FIDO_CERTIFIED_L1", "2024-06-02"), revoked, certified])
            }
            MetadataCase::CompromisedKey => {
                json!([certified, compromised(self.attestation_root())])
            }
            MetadataCase::OtherCompromisedKey => {
                let other = Authority::new(self.seed(), "compromised root").certificate();
                json!([compromised(&other), certified])
            }
            MetadataCase::UnreadableCompromise => {
                let other = Authority::new(self.seed(), "compromised root").certificate();
                json!([compromised(&[&other[..], &[0]].concat()), certified])
            }
            _ => json!([certified]),
        }
    }
}

fn set(entry: &mut Value, member: &str, value: Value) {
    if let Some(members) = entry.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

/// The signer of the BLOB and its authorities: a server, an authority above it, and two roots.
struct Publisher {
    old_root: Authority,
    new_root: Authority,
    middle: Authority,
    signer: PrivateKey,
}

impl Publisher {
    fn new(seed: &[u8]) -> Publisher {
        let signer = Authority::named(seed, "metadata signer", HOST);
        Publisher {
            old_root: Authority::named(seed, "old metadata root", "Metadata root R1"),
            new_root: Authority::named(seed, "new metadata root", "Metadata root R2"),
            middle: Authority::named(seed, "metadata authority", "Metadata authority"),
            signer: signer.into_key(),
        }
    }

    fn known_roots(&self, case: MetadataCase) -> Vec<Vec<u8>> {
        let both = [&self.old_root, &self.new_root];
        let count = match case {
            MetadataCase::NewRoot | MetadataCase::CrossSignedRoot => 2,
            _ => 1,
        };
        both.into_iter().take(count).map(|root| root.sign(root.authority_certificate())).collect()
    }

    fn certificates(&self, case: MetadataCase) -> Vec<Vec<u8>> {
        let has_new_root = matches!(
            case,
            MetadataCase::NewRoot
                | MetadataCase::CrossSignedRoot
                | MetadataCase::CrossSignedForTheOldRoot
                | MetadataCase::UnknownNewRoot
        );
        let root = if has_new_root { &self.new_root } else { &self.old_root };
        let leaf = self.middle.sign(self.server(case));
        let mut chain = vec![leaf, root.sign(self.authority(case))];
        if matches!(case, MetadataCase::CrossSignedRoot | MetadataCase::CrossSignedForTheOldRoot) {
            chain.push(self.old_root.sign(self.new_root.authority_certificate()));
        }
        chain
    }

    fn server(&self, case: MetadataCase) -> CertificateBuilder {
        let key = self.signer.public_numbers();
        let certificate = CertificateBuilder::new(&Authority::name_of(HOST), &key)
            .basic_constraints(false, None)
            .key_usage(CertificateBuilder::DIGITAL_SIGNATURE);
        let names = der::sequence(&[der::implicit(2, HOST.as_bytes())]);
        let certificate = match case {
            MetadataCase::SignerByCommonName => certificate,
            _ => certificate.extension(SUBJECT_ALT_NAME, false, &names),
        };
        match case {
            MetadataCase::SignerForOtherPurpose => {
                certificate.extended_key_usage(&[EMAIL_PROTECTION])
            }
            MetadataCase::SignerWithoutPurpose => certificate,
            _ => certificate.extended_key_usage(&[SERVER_AUTH]),
        }
    }

    fn authority(&self, case: MetadataCase) -> CertificateBuilder {
        let certificate = self.middle.authority_certificate();
        let only_for = |certificate: CertificateBuilder, host: &str, critical: bool| {
            let subtree = der::sequence(&[der::implicit(2, host.as_bytes())]);
            let value = der::sequence(&[der::explicit(0, &subtree)]);
            certificate.extension(NAME_CONSTRAINTS, critical, &value)
        };
        match case {
            MetadataCase::AuthorityForOtherPurpose => {
                certificate.extended_key_usage(&[EMAIL_PROTECTION])
            }
            MetadataCase::AuthorityForOtherNames => only_for(certificate, "other.example", false),
            MetadataCase::AuthorityForTheHost => only_for(certificate, "example", true),
            _ => certificate,
        }
    }
}
