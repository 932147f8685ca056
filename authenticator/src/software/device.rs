//! The authenticator without the browser: `authenticatorMakeCredential` (§6.3.2) and
//! `authenticatorGetAssertion` (§6.3.3).

use std::time::SystemTime;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::algorithm::Algorithm;
use crate::attestation;
use crate::attestation::attester::Attester;
use crate::attestation::kind::AttestationKind;
use crate::attestation_statement::AttestationStatement;
use crate::authenticator_data::{AuthenticatorDataBuilder, flag};
use crate::broken::{Broken, other_than};
use crate::error::AuthenticatorError;
use crate::extensions::CredentialExtensions;
use crate::fault::Fault;
use crate::options::creation::CreationOptions;
use crate::options::extensions::ExtensionInputs;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;
use crate::software::credential::StoredCredential;

#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) seed: Vec<u8>,
    /// The COSE number of the only algorithm to use, if it is set.
    pub(crate) algorithm: Option<i64>,
    pub(crate) attestation: AttestationKind,
    pub(crate) user_verified: bool,
    pub(crate) backup_eligible: bool,
    pub(crate) backup_state: bool,
    /// If false, the counter is always 0, as in synced passkeys.
    pub(crate) has_counter: bool,
    pub(crate) aaguid: [u8; 16],
    pub(crate) time: SystemTime,
    pub(crate) credentials: Vec<StoredCredential>,
    /// The number of registrations so far. It makes the random bytes of each registration unique.
    pub(crate) registrations: u64,
}

/// The result of a registration.
pub(crate) struct NewCredential {
    pub(crate) id: Vec<u8>,
    pub(crate) algorithm: i64,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    /// The `SubjectPublicKeyInfo` that a browser creates from the key.
    pub(crate) public_key_copy: Option<Vec<u8>>,
    pub(crate) client_extension_results: Map<String, Value>,
}

/// The result of a login.
pub(crate) struct Assertion {
    pub(crate) id: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) client_extension_results: Map<String, Value>,
}

impl Device {
    /// Creates a credential and remembers it.
    pub(crate) fn make_credential(
        &mut self,
        options: &CreationOptions,
        client_data_hash: [u8; 32],
        broken: &Broken,
    ) -> Result<NewCredential, AuthenticatorError> {
        if self.holds_one_of(&options.rp_id, &options.excluded) {
            return Err(AuthenticatorError::thrown(
                "InvalidStateError",
                "the authenticator has a credential that the options exclude",
            ));
        }
        let algorithm = self.choose_algorithm(&options.algorithms, broken)?;
        let mut random = self.random_of_registration();
        let mut credential = self.new_credential(options, algorithm, &mut random, broken)?;
        let discoverable = credential.is_discoverable();
        let mut outputs = credential.extensions.create(&options.extensions, discoverable);
        let client_extension_results = core::mem::take(&mut outputs.client);
        let extensions = outputs.authenticator_map()?;

        let public_key = broken.public_key(&credential.private_key)?;
        let authenticator_data =
            self.attested_authenticator_data(&credential, &public_key, &extensions, broken)?;
        let statement = self.attestation_statement(
            &credential,
            &public_key,
            &authenticator_data,
            client_data_hash,
            broken,
        )?;
        let new = NewCredential {
            id: credential.id.clone(),
            algorithm: credential.private_key.algorithm(),
            attestation_object: statement.attestation_object(&authenticator_data)?,
            authenticator_data,
            // Without attested credential data, a browser has no key to return a copy of.
            public_key_copy: match broken.fault() {
                Some(Fault::MissingAttestedCredentialData) => None,
                Some(Fault::PublicKeyCopy) => {
                    let key = PrivateKey::from_seed(algorithm.cose_id(), &random.bytes::<32>())?;
                    Some(key.public_numbers().subject_public_key_info())
                }
                _ => Some(public_key.subject_public_key_info()),
            },
            client_extension_results,
        };
        self.credentials.push(credential);
        Ok(new)
    }

    /// Signs with the newest credential that is listed in `allowed`. If the list is empty, signs
    /// with the newest discoverable credential.
    pub(crate) fn get_assertion(
        &mut self,
        rp_id: &str,
        allowed: &[Vec<u8>],
        inputs: &ExtensionInputs,
        client_data_hash: [u8; 32],
        broken: &Broken,
    ) -> Result<Assertion, AuthenticatorError> {
        let usable = |credential: &&mut StoredCredential| {
            credential.rp_id == rp_id
                && match allowed.is_empty() {
                    true => credential.is_discoverable(),
                    false => allowed.contains(&credential.id),
                }
        };
        let credential = self.credentials.iter_mut().rev().find(usable).ok_or_else(|| {
            AuthenticatorError::thrown(
                "NotAllowedError",
                "the authenticator has no credential that the options allow",
            )
        })?;
        if self.has_counter && !broken.is(&Fault::SignCount) {
            credential.sign_count = credential.sign_count.wrapping_add(1);
        }
        let discoverable = credential.is_discoverable();
        let mut outputs = credential.extensions.get(inputs, &credential.id, discoverable);
        let client_extension_results = core::mem::take(&mut outputs.client);
        let extensions = outputs.authenticator_map()?;
        let credential = credential.clone();

        let authenticator_data = self.authenticator_data(&credential, &extensions, broken);
        let mut signed = [&authenticator_data[..], &client_data_hash].concat();
        if broken.is(&Fault::AssertionSignature) {
            signed.push(0);
        }
        Ok(Assertion {
            id: match broken.is(&Fault::OtherCredentialId) {
                true => other_than(&credential.id),
                false => credential.id,
            },
            authenticator_data,
            signature: credential.private_key.sign(&signed),
            user_handle: match broken.fault() {
                Some(Fault::MissingUserHandle) => None,
                Some(Fault::OtherUserHandle) => Some(b"a user that is nobody".to_vec()),
                _ => credential.user_handle,
            },
            client_extension_results,
        })
    }

    fn holds_one_of(&self, rp_id: &str, ids: &[Vec<u8>]) -> bool {
        let is_one = |credential: &StoredCredential| {
            credential.rp_id == rp_id && ids.contains(&credential.id)
        };
        self.credentials.iter().any(is_one)
    }

    fn random_of_registration(&mut self) -> SeededRandom {
        self.registrations += 1;
        SeededRandom::new(&self.seed, &format!("registration {}", self.registrations))
    }

    fn extension_secret(&self) -> [u8; 32] {
        let purpose = format!("extensions of registration {}", self.registrations);
        SeededRandom::new(&self.seed, &purpose).bytes::<32>()
    }

    fn choose_algorithm(
        &self,
        requested: &[i64],
        broken: &Broken,
    ) -> Result<Algorithm, AuthenticatorError> {
        let only = self.algorithm.map(Algorithm::asked_for).transpose()?;
        let attestable = |algorithm: &Algorithm| self.attestation.attests(*algorithm);
        if broken.is(&Fault::AlgorithmNotRequested) {
            let not_requested = |algorithm: &Algorithm| {
                !requested.contains(&algorithm.cose_id()) && attestable(algorithm)
            };
            return Algorithm::ALL.iter().copied().find(not_requested).ok_or_else(|| {
                AuthenticatorError::new(
                    "the options request every algorithm that the authenticator supports",
                )
            });
        }
        let supported = |algorithm: &Algorithm| {
            attestable(algorithm)
                && (only.is_none_or(|only| only == *algorithm)
                    // U2F keys have only one algorithm, so the setting is ignored.
                    || self.attestation == AttestationKind::FidoU2f)
        };
        let algorithms = requested.iter().filter_map(|id| Algorithm::from_cose_id(*id));
        algorithms.into_iter().find(supported).ok_or_else(|| {
            AuthenticatorError::thrown(
                "NotSupportedError",
                "the options request no algorithm that the authenticator supports",
            )
        })
    }

    fn new_credential(
        &self,
        options: &CreationOptions,
        algorithm: Algorithm,
        random: &mut SeededRandom,
        broken: &Broken,
    ) -> Result<StoredCredential, AuthenticatorError> {
        let private_key = PrivateKey::from_seed(algorithm.cose_id(), &random.bytes::<32>())?;
        let is_u2f = self.attestation == AttestationKind::FidoU2f;
        Ok(StoredCredential {
            id: match broken.is(&Fault::CredentialIdTooLong) {
                true => random.bytes::<1024>().to_vec(),
                false => random.bytes::<32>().to_vec(),
            },
            rp_id: options.rp_id.clone(),
            user_handle: (!is_u2f).then(|| options.user_id.clone()),
            private_key,
            sign_count: u32::from(self.has_counter),
            backup_eligible: self.backup_eligible && !is_u2f,
            extensions: CredentialExtensions::new(self.extension_secret()),
        })
    }

    fn flags(&self, credential: &StoredCredential, broken: &Broken) -> u8 {
        let mut backup_eligible = credential.backup_eligible;
        if broken.is(&Fault::BackupEligibilityChanged) {
            backup_eligible = !backup_eligible;
        }
        let mut backup_state = self.backup_state && backup_eligible;
        if broken.is(&Fault::BackedUpButNotEligible) {
            (backup_eligible, backup_state) = (false, true);
        }
        // U2F keys cannot store discoverable credentials and cannot verify a user.
        let user_verified = self.user_verified
            && credential.is_discoverable()
            && !broken.is(&Fault::UserNotVerified);
        let user_present = !broken.is(&Fault::UserNotPresent);
        [
            (user_present, flag::USER_PRESENT),
            (user_verified, flag::USER_VERIFIED),
            (backup_eligible, flag::BACKUP_ELIGIBLE),
            (backup_state, flag::BACKUP_STATE),
        ]
        .into_iter()
        .fold(0, |flags, (set, flag)| if set { flags | flag } else { flags })
    }

    /// Returns authenticator data without attested credential data.
    fn authenticator_data(
        &self,
        credential: &StoredCredential,
        extensions: &[u8],
        broken: &Broken,
    ) -> Vec<u8> {
        let rp_id = broken.rp_id(&credential.rp_id);
        let flags = self.flags(credential, broken) | extension_flag(extensions);
        let builder = AuthenticatorDataBuilder::new(rp_id, flags, credential.sign_count);
        end(builder.extensions(extensions), broken)
    }

    fn attested_authenticator_data(
        &self,
        credential: &StoredCredential,
        public_key: &PublicNumbers,
        extensions: &[u8],
        broken: &Broken,
    ) -> Result<Vec<u8>, AuthenticatorError> {
        if broken.is(&Fault::MissingAttestedCredentialData) {
            return Ok(self.authenticator_data(credential, extensions, broken));
        }
        let rp_id = broken.rp_id(&credential.rp_id);
        let flags = self.flags(credential, broken)
            | extension_flag(extensions)
            | flag::ATTESTED_CREDENTIAL_DATA;
        let cose_key = public_key.cose_key(credential.private_key.algorithm())?;
        let builder = AuthenticatorDataBuilder::new(rp_id, flags, credential.sign_count)
            .attested_credential_data(&self.model(), &credential.id, &cose_key)?
            .extensions(extensions);
        Ok(end(builder, broken))
    }

    fn attestation_statement(
        &self,
        credential: &StoredCredential,
        public_key: &PublicNumbers,
        authenticator_data: &[u8],
        client_data_hash: [u8; 32],
        broken: &Broken,
    ) -> Result<AttestationStatement, AuthenticatorError> {
        let attester = Attester {
            seed: &self.seed,
            aaguid: self.model(),
            rp_id_hash: Sha256::digest(broken.rp_id(&credential.rp_id)).into(),
            credential_id: &credential.id,
            credential_key: &credential.private_key,
            public_key,
            authenticator_data,
            client_data_hash,
            time: self.time,
            broken,
            place: "",
        };
        let statement = attestation::attest(&attester, self.attestation)?;
        Ok(match broken.is(&Fault::UnknownAttestationFormat) {
            true => statement.with_format("unknown"),
            false => statement,
        })
    }

    /// Returns the AAGUID. It is zero for authenticators of the U2F generation.
    fn model(&self) -> [u8; 16] {
        match self.attestation {
            AttestationKind::FidoU2f => [0; 16],
            _ => self.aaguid,
        }
    }
}

/// Returns the ED flag if there are extension outputs, otherwise 0.
fn extension_flag(extensions: &[u8]) -> u8 {
    if extensions.is_empty() { 0 } else { flag::EXTENSION_DATA }
}

/// Builds the authenticator data, and appends a byte if the fault requires it.
fn end(builder: AuthenticatorDataBuilder, broken: &Broken) -> Vec<u8> {
    let mut authenticator_data = builder.build();
    if broken.is(&Fault::AuthenticatorDataTrailingByte) {
        authenticator_data.push(0);
    }
    authenticator_data
}
