//! The software authenticator.

use core::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::attestation::{AttestationKind, Attester, Authority};
use super::attestation_statement::AttestationStatement;
use super::authenticator_data::{AuthenticatorDataBuilder, flag};
use super::broken::{Broken, other_algorithm, other_than};
use super::client_data::client_data_hash;
use super::error::AuthenticatorError;
use super::extensions::CredentialExtensions;
use super::fault::Fault;
use super::payment::payment_json;
use super::private_key::{PrivateKey, not_compiled_in};
use super::public_numbers::PublicNumbers;
use super::seed::SeededRandom;
use crate::ceremony::{CreationOptions, ExtensionInputs, PaymentOptions, RequestOptions};
use crate::debug::{Base64Url, Der, Redacted};
use crate::encoding::base64url;
use crate::key::Algorithm;
use crate::message::authenticator_data::Aaguid;
use crate::spec::Ceremony;

/// The model of this authenticator, unless another is set: a random UUID.
const AAGUID: [u8; 16] = [
    0x5b, 0x0e, 0x86, 0x3c, 0x2f, 0x1d, 0x4a, 0x6e, 0x9d, 0x2a, 0x71, 0xc4, 0x08, 0xb3, 0xe6, 0x57,
];

/// The first second of 2024, in which its certificates begin to be valid.
const TIME: Duration = Duration::from_secs(1_704_067_200);

/// An authenticator in software together with the browser around it.
///
/// It answers the options of a registration or a login with the JSON that a browser's
/// `PublicKeyCredential.toJSON()` gives, and remembers its credentials. A login is answered with
/// the newest credential that the options allow. Of extensions it answers `appid` (that it was not
/// used), `appidExclude`, `credBlob`, `credProps`, `credProtect`, `hmac-secret`, `largeBlob`,
/// `minPinLength` and `prf`.
///
/// ```
/// use std::time::SystemTime;
///
/// use webauthn_verify::authenticator::SoftwareAuthenticator;
/// use webauthn_verify::{
///     AuthenticationRequest, AuthenticationResponse, RegistrationRequest, RegistrationResponse,
///     RelyingParty, User,
/// };
///
/// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
/// let mut authenticator = SoftwareAuthenticator::from_seed(b"alice");
/// let now = SystemTime::now();
///
/// let request = RegistrationRequest::passkey(&User::new(b"user-0001", "alice", "Alice"));
/// let (options, pending) = rp.start_registration(&request, now)?;
/// let body = authenticator.register(&options, "https://example.com")?;
/// let response = RegistrationResponse::from_json(&body)?;
/// let registration = rp.finish_registration(pending, &response, now)?;
///
/// let request = AuthenticationRequest::passkey();
/// let (options, pending) = rp.start_authentication(&request, now)?;
/// let body = authenticator.authenticate(&options, "https://example.com")?;
/// let response = AuthenticationResponse::from_json(&body)?;
/// let credentials = [registration.into_credential()];
/// let login = rp.finish_authentication(pending, &response, &credentials, now)?;
/// assert_eq!(login.user_handle(), Some(&b"user-0001"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SoftwareAuthenticator {
    seed: Vec<u8>,
    algorithm: Option<Algorithm>,
    attestation: AttestationKind,
    user_verified: bool,
    backup_eligible: bool,
    backup_state: bool,
    aaguid: [u8; 16],
    time: SystemTime,
    attestation_root: Vec<u8>,
    credentials: Vec<StoredCredential>,
    /// How many registrations there have been; each has random bytes of its own.
    registrations: u64,
    fault: Option<Fault>,
}

impl fmt::Debug for SoftwareAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareAuthenticator")
            .field("seed", &Redacted)
            .field("algorithm", &self.algorithm)
            .field("attestation", &self.attestation)
            .field("user_verified", &self.user_verified)
            .field("backup_eligible", &self.backup_eligible)
            .field("backup_state", &self.backup_state)
            .field("aaguid", &Aaguid(self.aaguid))
            .field("time", &self.time)
            .field("attestation_root", &Der(&self.attestation_root))
            .field("credentials", &self.credentials)
            .field("registrations", &self.registrations)
            .field("fault", &self.fault)
            .finish()
    }
}

#[derive(Clone)]
struct StoredCredential {
    id: Vec<u8>,
    rp_id: String,
    /// Base64url, as it stands in the options; none where the credential is not discoverable.
    user_handle: Option<String>,
    private_key: PrivateKey,
    sign_count: u32,
    backup_eligible: bool,
    extensions: CredentialExtensions,
}

impl fmt::Debug for StoredCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCredential")
            .field("id", &Base64Url(&self.id))
            .field("rp_id", &self.rp_id)
            .field("user_handle", &self.user_handle)
            .field("private_key", &self.private_key)
            .field("sign_count", &self.sign_count)
            .field("backup_eligible", &self.backup_eligible)
            .field("extensions", &self.extensions)
            .finish()
    }
}

impl StoredCredential {
    /// The user handle, which credentials of the U2F generation do not have, is what makes a
    /// credential discoverable.
    fn is_discoverable(&self) -> bool {
        self.user_handle.is_some()
    }
}

impl SoftwareAuthenticator {
    /// An authenticator whose keys, credential IDs and certificates all follow from `seed`, so
    /// that the same calls always give the same responses. Another seed is another authenticator.
    pub fn from_seed(seed: &[u8]) -> SoftwareAuthenticator {
        SoftwareAuthenticator {
            seed: seed.to_vec(),
            algorithm: None,
            attestation: AttestationKind::None,
            user_verified: true,
            backup_eligible: false,
            backup_state: false,
            aaguid: AAGUID,
            time: UNIX_EPOCH + TIME,
            attestation_root: Authority::new(seed, "attestation root").certificate(),
            credentials: Vec::new(),
            registrations: 0,
            fault: None,
        }
    }

    /// An authenticator with a seed from the operating system.
    ///
    /// # Errors
    ///
    /// Where the operating system gives no random bytes.
    pub fn random() -> Result<SoftwareAuthenticator, AuthenticatorError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| {
            AuthenticatorError::new(format!("the operating system gave no random seed: {error}"))
        })?;
        Ok(SoftwareAuthenticator::from_seed(&seed))
    }

    /// Makes keys for this algorithm only. Otherwise it takes the first algorithm that the
    /// options ask for and that this build supports.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> SoftwareAuthenticator {
        self.algorithm = Some(algorithm);
        self
    }

    /// Sets the attestation of registrations, which it gives whether the options ask for it or
    /// not.
    #[must_use]
    pub fn with_attestation(mut self, attestation: AttestationKind) -> SoftwareAuthenticator {
        self.attestation = attestation;
        self
    }

    /// Sets whether it verifies the user, whatever the options ask for; true otherwise.
    #[must_use]
    pub fn with_user_verified(mut self, user_verified: bool) -> SoftwareAuthenticator {
        self.user_verified = user_verified;
        self
    }

    /// Sets whether new credentials may be backed up, and whether those that may are; both false
    /// otherwise.
    #[must_use]
    pub fn with_backup(mut self, eligible: bool, state: bool) -> SoftwareAuthenticator {
        self.backup_eligible = eligible;
        self.backup_state = state;
        self
    }

    /// Sets the AAGUID.
    #[must_use]
    pub fn with_aaguid(mut self, aaguid: [u8; 16]) -> SoftwareAuthenticator {
        self.aaguid = aaguid;
        self
    }

    /// Sets the time of its clock, which stands still: by default at the first second of 2024.
    /// Only [`AttestationKind::AndroidSafetyNet`] tells it.
    #[must_use]
    pub fn with_time(mut self, time: SystemTime) -> SoftwareAuthenticator {
        self.time = time;
        self
    }

    #[cfg(feature = "metadata")]
    pub(super) fn seed(&self) -> &[u8] {
        &self.seed
    }

    #[cfg(feature = "metadata")]
    pub(super) fn aaguid(&self) -> [u8; 16] {
        self.aaguid
    }

    /// The certificate of its attestation authority in DER, to be given to the relying party as
    /// a trust anchor.
    #[must_use]
    pub fn attestation_root(&self) -> &[u8] {
        &self.attestation_root
    }

    /// Makes the next response, and only that, wrong in this way.
    pub fn break_next(&mut self, fault: Fault) {
        self.fault = Some(fault);
    }

    /// Answers `navigator.credentials.create()` in a page of this origin: makes a credential and
    /// returns a `RegistrationResponseJSON`. The origin is not compared with the RP ID, except that
    /// an extension of Chromium whose ID is the RP ID gets its whole origin for one.
    ///
    /// A credential is remembered even where the response is broken.
    ///
    /// # Errors
    ///
    /// Where a browser would fail too: the options ask for no algorithm that it supports, or it
    /// has a credential that they exclude. And where the [`Fault`] cannot be had here.
    pub fn register(
        &mut self,
        options: &CreationOptions,
        origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let broken = self.take_fault(Ceremony::Registration)?;
        let options = &options.public_key;
        let rp_id = rp_id_at(origin, &options.rp.id);
        let excluded = |credential: &StoredCredential| {
            let id = base64url::encode(&credential.id);
            credential.rp_id == rp_id
                && options.exclude_credentials.iter().any(|descriptor| descriptor.id == id)
        };
        if self.credentials.iter().any(excluded) {
            return Err(AuthenticatorError::new(
                "the authenticator has a credential that the options exclude \
                 (a browser reports InvalidStateError)",
            ));
        }
        let requested: Vec<i64> =
            options.pub_key_cred_params.iter().map(|parameters| parameters.alg).collect();
        let algorithm = self.choose_algorithm(&requested, &broken)?;
        let mut random = self.random_of_registration();
        let private_key = PrivateKey::from_seed(algorithm, &random.bytes::<32>())?;
        let mut credential = StoredCredential {
            id: match broken.is(&Fault::CredentialIdTooLong) {
                true => random.bytes::<1024>().to_vec(),
                false => random.bytes::<32>().to_vec(),
            },
            rp_id: rp_id.to_owned(),
            user_handle: match self.attestation {
                AttestationKind::FidoU2f => None,
                _ => Some(options.user.id.clone()),
            },
            private_key,
            sign_count: 1,
            backup_eligible: self.backup_eligible && self.attestation != AttestationKind::FidoU2f,
            extensions: CredentialExtensions::new(self.extension_secret()),
        };
        let discoverable = credential.is_discoverable();
        let mut outputs = credential.extensions.create(&options.extensions, discoverable);
        let client_extension_results = core::mem::take(&mut outputs.client);
        let extensions = outputs.authenticator_map()?;

        let client_data_json =
            broken.client_data(Ceremony::Registration, options.challenge.as_text(), origin);
        let public_key = broken.public_key(&credential.private_key)?;
        let authenticator_data =
            self.attested_authenticator_data(&credential, &public_key, &extensions, &broken)?;
        let statement = self.attestation_statement(
            &credential,
            &public_key,
            &authenticator_data,
            client_data_hash(&client_data_json),
            &broken,
        )?;
        let mut attestation_object = statement.attestation_object(&authenticator_data)?;
        if broken.is(&Fault::AttestationObjectTrailingByte) {
            attestation_object.push(0);
        }

        let id = match broken.is(&Fault::AttestedCredentialId) {
            true => other_than(&credential.id),
            false => credential.id.clone(),
        };
        let response = AttestationResponse {
            client_data_json: base64url::encode(&client_data_json),
            attestation_object: base64url::encode(&attestation_object),
            authenticator_data: match broken.is(&Fault::AuthenticatorDataCopy) {
                true => base64url::encode(&other_than(&authenticator_data)),
                false => base64url::encode(&authenticator_data),
            },
            transports: self.transports(),
            // Where there is no attested credential data there is no key to return a copy of.
            public_key: match broken.fault() {
                Some(Fault::MissingAttestedCredentialData) => None,
                Some(Fault::PublicKeyCopy) => {
                    let key = PrivateKey::from_seed(algorithm, &random.bytes::<32>())?;
                    Some(base64url::encode(&key.public_numbers().subject_public_key_info()))
                }
                _ => Some(base64url::encode(&public_key.subject_public_key_info())),
            },
            public_key_algorithm: match broken.is(&Fault::PublicKeyAlgorithmCopy) {
                true => other_algorithm(algorithm).cose_id(),
                false => algorithm.cose_id(),
            },
        };
        self.credentials.push(credential);
        self.write_response(&id, client_extension_results, response, &broken)
    }

    /// Answers `navigator.credentials.get()` in a page of this origin: signs with a credential
    /// and returns an `AuthenticationResponseJSON`. The origin is not compared with the RP ID.
    ///
    /// # Errors
    ///
    /// Where a browser would fail too: it has no credential that the options allow. And where the
    /// [`Fault`] cannot be had here.
    pub fn authenticate(
        &mut self,
        options: &RequestOptions,
        origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let broken = self.take_fault(Ceremony::Authentication)?;
        let options = &options.public_key;
        let allowed: Vec<&str> =
            options.allow_credentials.iter().map(|descriptor| descriptor.id.as_str()).collect();
        let client_data_json =
            broken.client_data(Ceremony::Authentication, options.challenge.as_text(), origin);
        let inputs = &options.extensions;
        let rp_id = rp_id_at(origin, &options.rp_id);
        self.assert(rp_id, &allowed, &client_data_json, inputs, Map::new(), &broken)
    }

    /// Answers `new PaymentRequest(...).show()` in a page of this origin, inside a page of
    /// `top_origin` or with that for its own: the user confirms, and it signs with a credential and
    /// returns the payment's details as an `AuthenticationResponseJSON`.
    ///
    /// # Errors
    ///
    /// Where a browser would fail too: it has no credential that the options name. And where the
    /// [`Fault`] cannot be had here.
    pub fn confirm_payment(
        &mut self,
        options: &PaymentOptions,
        origin: &str,
        top_origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let broken = self.take_fault(Ceremony::Authentication)?;
        let payment = payment_json(options, top_origin)?;
        let options = options.request();
        let allowed: Vec<&str> = options.credential_ids.iter().map(String::as_str).collect();
        let challenge = options.challenge.as_text();
        let client_data_json = broken.payment_client_data(challenge, origin, top_origin, &payment);
        let mut client_extension_results = Map::new();
        client_extension_results.insert("payment".to_owned(), json!({}));
        let inputs = &options.extensions;
        let outputs = client_extension_results;
        self.assert(&options.rp_id, &allowed, &client_data_json, inputs, outputs, &broken)
    }

    /// Signs this client data with the newest credential that is allowed: of those listed, or
    /// where none is, of those that are discoverable.
    fn assert(
        &mut self,
        rp_id: &str,
        allowed: &[&str],
        client_data_json: &[u8],
        inputs: &ExtensionInputs,
        mut client_extension_results: Map<String, Value>,
        broken: &Broken,
    ) -> Result<String, AuthenticatorError> {
        let usable = |credential: &&mut StoredCredential| {
            credential.rp_id == rp_id
                && match allowed.is_empty() {
                    true => credential.is_discoverable(),
                    false => allowed.contains(&base64url::encode(&credential.id).as_str()),
                }
        };
        let credential = self.credentials.iter_mut().rev().find(usable).ok_or_else(|| {
            AuthenticatorError::new(
                "the authenticator has no credential that the options allow \
                 (a browser reports NotAllowedError)",
            )
        })?;
        if !broken.is(&Fault::SignCount) {
            credential.sign_count = credential.sign_count.wrapping_add(1);
        }
        let discoverable = credential.is_discoverable();
        let mut outputs = credential.extensions.get(inputs, &credential.id, discoverable);
        client_extension_results.append(&mut outputs.client);
        let extensions = outputs.authenticator_map()?;
        let credential = credential.clone();

        let mut authenticator_data = AuthenticatorDataBuilder::new(
            broken.rp_id(&credential.rp_id),
            self.flags(&credential, broken) | extension_flag(&extensions),
            credential.sign_count,
        )
        .extensions(&extensions)
        .build();
        if broken.is(&Fault::AuthenticatorDataTrailingByte) {
            authenticator_data.push(0);
        }
        let mut signed = authenticator_data.clone();
        signed.extend(client_data_hash(client_data_json));
        if broken.is(&Fault::AssertionSignature) {
            signed.push(0);
        }

        let id = match broken.is(&Fault::OtherCredentialId) {
            true => other_than(&credential.id),
            false => credential.id,
        };
        let response = AssertionResponse {
            client_data_json: base64url::encode(client_data_json),
            authenticator_data: base64url::encode(&authenticator_data),
            signature: base64url::encode(&credential.private_key.sign(&signed)),
            user_handle: match broken.fault() {
                Some(Fault::MissingUserHandle) => None,
                Some(Fault::OtherUserHandle) => Some(base64url::encode(b"a user that is nobody")),
                _ => credential.user_handle,
            },
        };
        self.write_response(&id, client_extension_results, response, broken)
    }

    fn take_fault(&mut self, ceremony: Ceremony) -> Result<Broken, AuthenticatorError> {
        match self.fault.take() {
            Some(fault) if !fault.applies_to(ceremony, self.attestation) => {
                Err(AuthenticatorError::new(format!(
                    "the fault {fault:?} does not apply to the {ceremony} with attestation {:?}",
                    self.attestation
                )))
            }
            fault => Ok(Broken::new(fault)),
        }
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
        if let Some(only) = self.algorithm
            && !only.is_compiled_in()
        {
            return Err(not_compiled_in(only));
        }
        let attestable = |algorithm: &Algorithm| self.attestation.supports(*algorithm);
        let supported = |algorithm: &Algorithm| {
            attestable(algorithm)
                && (self.algorithm.is_none_or(|only| only == *algorithm)
                    // The one algorithm of its generation, whatever is set.
                    || self.attestation == AttestationKind::FidoU2f)
        };
        if broken.is(&Fault::AlgorithmNotRequested) {
            let not_requested = |algorithm: &Algorithm| {
                !requested.contains(&algorithm.cose_id()) && attestable(algorithm)
            };
            return Algorithm::compiled_in().find(not_requested).ok_or_else(|| {
                AuthenticatorError::new("the options ask for every algorithm that it supports")
            });
        }
        let algorithms = requested.iter().filter_map(|id| Algorithm::from_cose_id(*id));
        algorithms.filter(|algorithm| algorithm.is_compiled_in()).find(supported).ok_or_else(|| {
            AuthenticatorError::new(
                "the options ask for no algorithm that the authenticator supports \
                 (a browser reports NotSupportedError)",
            )
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
        // What cannot hold a discoverable credential cannot verify a user either: U2F.
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

    fn attested_authenticator_data(
        &self,
        credential: &StoredCredential,
        public_key: &PublicNumbers,
        extensions: &[u8],
        broken: &Broken,
    ) -> Result<Vec<u8>, AuthenticatorError> {
        let rp_id = broken.rp_id(&credential.rp_id);
        let flags = self.flags(credential, broken) | extension_flag(extensions);
        let mut authenticator_data = if broken.is(&Fault::MissingAttestedCredentialData) {
            AuthenticatorDataBuilder::new(rp_id, flags, credential.sign_count)
                .extensions(extensions)
                .build()
        } else {
            let flags = flags | flag::ATTESTED_CREDENTIAL_DATA;
            let cose_key = public_key.cose_key(credential.private_key.algorithm().cose_id())?;
            AuthenticatorDataBuilder::new(rp_id, flags, credential.sign_count)
                .attested_credential_data(&self.model(), &credential.id, &cose_key)?
                .extensions(extensions)
                .build()
        };
        if broken.is(&Fault::AuthenticatorDataTrailingByte) {
            authenticator_data.push(0);
        }
        Ok(authenticator_data)
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
        let statement = attester.attest(self.attestation)?;
        Ok(match broken.is(&Fault::UnknownAttestationFormat) {
            true => statement.with_format("unknown"),
            false => statement,
        })
    }

    /// The AAGUID; authenticators of the U2F generation have none.
    fn model(&self) -> [u8; 16] {
        match self.attestation {
            AttestationKind::FidoU2f => [0; 16],
            _ => self.aaguid,
        }
    }

    fn transports(&self) -> &'static [&'static str] {
        match self.attestation {
            AttestationKind::FidoU2f => &["usb"],
            _ => &["internal"],
        }
    }

    fn authenticator_attachment(&self) -> &'static str {
        match self.attestation {
            AttestationKind::FidoU2f => "cross-platform",
            _ => "platform",
        }
    }

    fn write_response<R: Serialize>(
        &self,
        id: &[u8],
        client_extension_results: Map<String, Value>,
        response: R,
        broken: &Broken,
    ) -> Result<String, AuthenticatorError> {
        let raw_id = match broken.is(&Fault::RawId) {
            true => base64url::encode(&other_than(id)),
            false => base64url::encode(id),
        };
        let credential = PublicKeyCredentialJson {
            id: base64url::encode(id),
            raw_id,
            r#type: "public-key",
            authenticator_attachment: self.authenticator_attachment(),
            client_extension_results,
            response,
        };
        serde_json::to_string(&credential)
            .map_err(|error| AuthenticatorError::new(format!("the JSON was not written: {error}")))
    }
}

/// The RP ID that a browser hashes for a page of this origin: Chromium puts the scheme before the
/// ID of an extension.
fn rp_id_at<'a>(origin: &'a str, rp_id: &'a str) -> &'a str {
    match origin.strip_prefix("chrome-extension://") {
        Some(id) if id == rp_id => origin,
        _ => rp_id,
    }
}

/// The flag that announces these extension outputs.
fn extension_flag(extensions: &[u8]) -> u8 {
    if extensions.is_empty() { 0 } else { flag::EXTENSION_DATA }
}

/// `RegistrationResponseJSON` and `AuthenticationResponseJSON`, §5.1.8.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyCredentialJson<R> {
    id: String,
    raw_id: String,
    r#type: &'static str,
    authenticator_attachment: &'static str,
    client_extension_results: Map<String, Value>,
    response: R,
}

/// `AuthenticatorAttestationResponseJSON`, §5.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    attestation_object: String,
    authenticator_data: String,
    transports: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    public_key_algorithm: i64,
}

/// `AuthenticatorAssertionResponseJSON`, §5.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    authenticator_data: String,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_handle: Option<String>,
}

#[cfg(test)]
mod tests;
