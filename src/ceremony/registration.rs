//! Registering a new credential: §7.1 of the specification, step by step.

use core::fmt;
use std::borrow::Cow;
use std::time::SystemTime;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attestation::Attestation;
use crate::ceremony::algorithm_set::AlgorithmSet;
use crate::ceremony::bytes::Bytes;
use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks::{self, Kept, Start};
use crate::ceremony::credential::{self, Credential, MAX_CREDENTIAL_ID};
use crate::ceremony::extensions::inputs::ExtensionDemands;
use crate::ceremony::extensions::output_checks;
use crate::ceremony::extensions::outputs::ClientExtensionOutputs;
use crate::ceremony::extensions::remote_client_data;
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::options::{
    AuthenticatorAttachment, AuthenticatorSelection, CreationOptions, CredentialDescriptor,
    CredentialParameters, Mediation, PublicKeyCreationOptions, ResidentKey, RpEntity, UserEntity,
    UserVerification,
};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::registration::RegistrationRequest;
use crate::ceremony::response::RegistrationResponse;
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorKind, Failure, counted};
use crate::key::{Algorithm, PublicKey};
use crate::message::attestation_object::{self, AttestationObject};
use crate::message::authenticator_data::{Aaguid, AttestedCredentialData, Flags};
use crate::message::cose_key::{self, CoseKey};
use crate::message::extensions::{CredentialProtection, Extensions};
use crate::quirk::{Quirks, Tolerance};
use crate::signature;
use crate::spec::{Ceremony, Step};

const REGISTRATION: Ceremony = Ceremony::Registration;

/// What the server keeps between the start of a registration and its end.
///
/// It holds the challenge, so it is a secret of the server's: keep it in the session on the server
/// side, bound to the user's session, and **delete the stored state before you finish** with it.
/// State that can be replayed, such as a cookie that is merely signed, would let one response
/// count twice. It serialises with serde; `Debug` does not show the challenge.
///
/// Finishing consumes it:
///
/// ```compile_fail
/// # use webauthn_verify::*;
/// # fn twice(rp: RelyingParty, pending: PendingRegistration, response: RegistrationResponse) {
/// let now = std::time::SystemTime::now();
/// let first = rp.finish_registration(pending, &response, now);
/// let second = rp.finish_registration(pending, &response, now); // error: use of moved value
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[must_use]
pub struct PendingRegistration {
    version: u32,
    rp_id: String,
    /// In seconds since the epoch. States that were kept by early versions lack it.
    #[serde(default)]
    started_at: Option<u64>,
    /// In seconds since the epoch.
    expires_at: u64,
    challenge: Challenge,
    user_handle: Bytes,
    excluded: Vec<Bytes>,
    algorithms: AlgorithmSet,
    user_verification: UserVerification,
    mediation: Option<Mediation>,
    extensions: RequestedExtensions,
    extension_demands: ExtensionDemands,
}

/// A registration that passed every step. Only the verifier makes one.
///
/// Store [`credential`](Registration::credential) in the account. Its ID must not exist in any
/// other account: make it a unique key of the store.
#[derive(Clone, PartialEq)]
#[must_use = "store the credential of a verified registration"]
pub struct Registration {
    credential: Credential,
    flags: Flags,
    attestation: Attestation,
    extensions: Option<Bytes>,
    client_extension_results: ClientExtensionOutputs,
    differing_copies: DifferingCopies,
    quirks: Quirks,
}

/// The members of a response that copy what the attestation object says, and differ from it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct DifferingCopies {
    authenticator_data: bool,
    public_key: bool,
    public_key_algorithm: bool,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("credential", &self.credential)
            .field("flags", &self.flags)
            .field("attestation", &self.attestation)
            .field("extensions", &self.extensions())
            .field("client_extension_results", &self.client_extension_results)
            .field("differing_copies", &self.differing_copies().collect::<Vec<_>>())
            .field("quirks", &self.quirks)
            .finish()
    }
}

impl Registration {
    /// The credential record to store.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The credential record to store, by value.
    pub fn into_credential(self) -> Credential {
        self.credential
    }

    /// The model of the authenticator. Proven only where the attestation is trusted.
    pub fn aaguid(&self) -> Aaguid {
        self.credential.aaguid().unwrap_or(Aaguid::from_bytes([0; 16]))
    }

    /// Whether the user was verified, by PIN or biometrics.
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified()
    }

    /// The flags of the authenticator data.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The verified attestation.
    pub fn attestation(&self) -> &Attestation {
        &self.attestation
    }

    /// Whether the browser says that the credential is discoverable (extension `credProps`,
    /// §10.1.3). `None` where it does not say.
    pub fn discoverable(&self) -> Option<bool> {
        self.client_extension_results.cred_props()?.rk
    }

    /// The authenticator extension outputs, if there are any. Only the attestation signs them: they
    /// are proven where that is trusted.
    pub fn extensions(&self) -> Option<Extensions<'_>> {
        self.extensions.as_deref().map(Extensions::from_checked)
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }

    /// The members of the response that browsers copy from the attestation object, and that say
    /// something else than it does, such as `"response.publicKey"`, or cannot be read. Nothing signs
    /// these copies and the verdict does not depend on them; some password managers get them wrong.
    /// Empty in most registrations.
    pub fn differing_copies(&self) -> impl Iterator<Item = &'static str> + use<> {
        let DifferingCopies { authenticator_data, public_key, public_key_algorithm } =
            self.differing_copies;
        [
            ("response.authenticatorData", authenticator_data),
            ("response.publicKey", public_key),
            ("response.publicKeyAlgorithm", public_key_algorithm),
        ]
        .into_iter()
        .filter_map(|(member, differs)| differs.then_some(member))
    }

    /// The tolerated quirks without which the registration would have been rejected: none for
    /// what current devices send.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}

impl PendingRegistration {
    fn kept(&self) -> Kept<'_> {
        Kept {
            version: self.version,
            rp_id: &self.rp_id,
            started_at: self.started_at,
            expires_at: self.expires_at,
            challenge: &self.challenge,
        }
    }

    /// What no start of a registration writes is not read back.
    fn check_stored(&self) -> Result<(), Failure> {
        checks::check_stored(&self.kept())?;
        credential::check_user_handle(&self.user_handle)?;
        self.excluded.iter().try_for_each(|id| credential::check_id(id))?;
        if self.algorithms.is_empty() {
            return Err(checks::damaged("the list of algorithms is empty"));
        }
        self.extension_demands.check_requested(&self.extensions)
    }
}

impl Serialize for PendingRegistration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PendingRegistration::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PendingRegistration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pending = PendingRegistration::deserialize(deserializer)?;
        // Another version may mean something else; `finish_registration` says that it is another.
        if pending.version == checks::PENDING_VERSION {
            pending.check_stored().map_err(D::Error::custom)?;
        }
        Ok(pending)
    }
}

impl RelyingParty {
    /// Starts a registration: options for the browser, and the state to keep until it answers.
    ///
    /// # Errors
    ///
    /// `InvalidOptions` at step 1, where the request cannot become options.
    pub fn start_registration(
        &self,
        request: &RegistrationRequest,
        now: SystemTime,
    ) -> Result<(CreationOptions, PendingRegistration), Error> {
        checks::check_origins(self)
            .and_then(|()| checks::check_list_length(&request.excluded))
            .and_then(|()| self.configure_registration(request, now))
            .at(REGISTRATION, Step::Options)
    }

    /// Verifies the browser's answer, by every step of §7.1 in order.
    ///
    /// Delete the stored pending state before calling this, so that no response counts twice.
    ///
    /// # Errors
    ///
    /// The first step that fails, and why.
    pub fn finish_registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponse,
        now: SystemTime,
    ) -> Result<Registration, Error> {
        // Step 1, as far as it reaches into the future. Steps 2 to 4 have made the response.
        checks::check_pending(self, &pending.kept(), now).at(REGISTRATION, Step::Options)?;

        // Steps 5 to 11.
        let client_data_json = response.client_data_json();
        checks::check_client_data(self, REGISTRATION, &pending.challenge, client_data_json)?;

        // Step 12.
        let client_data_hash = signature::sha256(client_data_json);

        // Step 13.
        let tolerance = Tolerance::new(self.quirks);
        let object = attestation_object::normalised(response.attestation_object(), &tolerance);
        let object = AttestationObject::parse_with(&object, &tolerance)
            .at(REGISTRATION, Step::AttestationObject)?;
        let authenticator_data = object.authenticator_data();
        let attested =
            check_attested(&object, response).at(REGISTRATION, Step::AttestationObject)?;

        // Step 14.
        checks::check_rp_id_hash(self, authenticator_data).at(REGISTRATION, Step::RpIdHash)?;

        // Step 15.
        let flags = authenticator_data.flags();
        if pending.mediation != Some(Mediation::Conditional) {
            checks::check_user_present(flags).at(REGISTRATION, Step::UserPresence)?;
        }

        // Step 16.
        let required = pending.user_verification == UserVerification::Required;
        checks::check_user_verified(flags, required).at(REGISTRATION, Step::UserVerification)?;

        // Step 17.
        checks::check_backup_flags(flags).at(REGISTRATION, Step::BackupFlags)?;

        // Step 18.
        check_backup_eligibility(self, flags).at(REGISTRATION, Step::BackupEligibility)?;

        // Step 19.
        checks::check_backup_state(self, flags).at(REGISTRATION, Step::BackupState)?;

        // Step 20.
        let public_key = public_key_bytes(attested, &tolerance);
        let key = check_algorithm(&pending, attested, &public_key)
            .at(REGISTRATION, Step::CredentialAlgorithm)?;

        // Step 21.
        let (policy, quirks) = (&self.attestation, self.quirks);
        let format =
            policy.determine_format(object.format()).at(REGISTRATION, Step::AttestationFormat)?;

        // Step 22.
        let attestation = policy
            .verify_statement(format, &object, key.public_key(), &client_data_hash, now, quirks)
            .at(REGISTRATION, Step::AttestationStatement)?;

        // Steps 23 and 24.
        let attestation =
            policy.assess(attestation, authenticator_data, now, quirks).map_err(|failure| {
                let step = match failure.kind() {
                    ErrorKind::NoTrustAnchors => Step::TrustAnchors,
                    _ => Step::AttestationTrust,
                };
                failure.at(REGISTRATION, step)
            })?;

        // Step 25.
        check_credential_id_length(attested).at(REGISTRATION, Step::CredentialIdLength)?;

        // Step 26, among the account's own credentials. Across accounts the store decides.
        check_not_registered(&pending, attested).at(REGISTRATION, Step::CredentialIdUnique)?;

        // Step 27.
        let credential = Credential::unchecked(attested.credential_id(), &public_key)
            .with_checked_user_handle(&pending.user_handle)
            .with_sign_count(authenticator_data.sign_count())
            .with_uv_initialized(flags.user_verified())
            .with_transports(response.transports().iter().cloned())
            .with_backup(flags.backup_eligible(), flags.backup_state())
            .with_aaguid(attested.aaguid());

        // Step 28.
        let results = response.client_extension_results();
        let extensions = authenticator_data.extensions();
        output_checks::check_outputs(self, REGISTRATION, &pending.extensions, results, extensions)
            .and_then(|()| {
                let demands = &pending.extension_demands;
                output_checks::check_demands(REGISTRATION, demands, results, extensions)
            })
            .at(REGISTRATION, Step::ExtensionOutputs)?;

        // Step 29 is the caller's: store the record.
        let attestation_quirks = attestation.quirks();
        Ok(Registration {
            credential,
            flags,
            attestation,
            extensions: extensions.map(|map| map.as_bytes().into()),
            client_extension_results: results.clone(),
            differing_copies: differing_copies(
                response,
                authenticator_data.as_bytes(),
                key.public_key(),
            ),
            quirks: tolerance.needed().and(attestation_quirks),
        })
    }

    fn configure_registration(
        &self,
        request: &RegistrationRequest,
        now: SystemTime,
    ) -> Result<(CreationOptions, PendingRegistration), Failure> {
        let Start { challenge, timeout, started_at, expires_at } =
            checks::configure(&request.common, now)?;
        let common = &request.common;
        check_protection(request)?;
        common.extensions.check(REGISTRATION, &[])?;
        let user = &request.user;
        credential::check_user_handle(&user.handle)?;
        if request.algorithms.is_empty() {
            // Browsers would put their own defaults in the place of an empty list (§5.4).
            let reason = "the list of algorithms is empty";
            return Err(Failure::new(ErrorKind::InvalidOptions, reason));
        }
        if let Some(missing) = request.algorithms.iter().find(|one| !one.is_compiled_in()) {
            let reason = format!("{missing} is not compiled in, so it cannot be verified");
            return Err(Failure::new(ErrorKind::InvalidOptions, reason));
        }
        check_payment_credential(request)?;
        let extensions =
            remote_client_data::with_input(self, REGISTRATION, &challenge, &request.common)?;
        let requested = extensions.requested();
        let options = CreationOptions {
            public_key: PublicKeyCreationOptions {
                rp: RpEntity { id: self.id_in_options(), name: self.name.clone() },
                user: UserEntity {
                    id: base64url::encode(&user.handle),
                    name: user.name.clone(),
                    display_name: user.display_name.clone(),
                },
                challenge: challenge.clone(),
                pub_key_cred_params: request
                    .algorithms
                    .iter()
                    .map(|one| CredentialParameters { r#type: "public-key", alg: one.cose_id() })
                    .collect(),
                timeout,
                exclude_credentials: request
                    .excluded
                    .iter()
                    .map(CredentialDescriptor::of)
                    .collect(),
                authenticator_selection: AuthenticatorSelection {
                    authenticator_attachment: request.attachment,
                    resident_key: request.resident_key,
                    require_resident_key: request.resident_key == ResidentKey::Required,
                    user_verification: request.common.user_verification,
                },
                hints: request.common.hints.clone(),
                attestation: request.attestation,
                attestation_formats: attestation_formats(request)?,
                extensions,
            },
            mediation: request.common.mediation,
        };
        let pending = PendingRegistration {
            version: checks::PENDING_VERSION,
            rp_id: self.id.clone(),
            started_at: Some(started_at),
            expires_at,
            challenge,
            user_handle: user.handle.as_slice().into(),
            excluded: request.excluded.iter().map(|credential| credential.id().into()).collect(),
            algorithms: request.algorithms.iter().copied().collect(),
            user_verification: request.common.user_verification,
            mediation: request.common.mediation,
            extensions: requested,
            extension_demands: request.common.extensions.demands(),
        };
        Ok((options, pending))
    }
}

/// Still step 1: the identifiers of the formats that are preferred, all of which can be verified.
fn attestation_formats(request: &RegistrationRequest) -> Result<Vec<&'static str>, Failure> {
    let formats = request.attestation_formats.iter();
    if let Some(missing) = formats.clone().find(|one| !one.is_compiled_in()) {
        let reason = format!("the format {missing} is not compiled in, so it cannot be verified");
        return Err(Failure::new(ErrorKind::InvalidOptions, reason));
    }
    Ok(formats.map(|format| format.identifier()).collect())
}

/// Still step 1: the credential protection policy is none of those with which Chromium does not start
/// a registration.
fn check_protection(request: &RegistrationRequest) -> Result<(), Failure> {
    let Some((policy, enforced)) = request.common.extensions.cred_protect() else { return Ok(()) };
    let reason = match policy {
        CredentialProtection::UserVerificationRequired
            if request.common.user_verification != UserVerification::Required =>
        {
            "userVerificationRequired makes a credential that never works without user \
             verification, and the registration does not require it; add \
             .user_verification(UserVerification::Required)"
        }
        CredentialProtection::UserVerificationOptional if enforced => {
            "userVerificationOptional protects nothing, so there is nothing to enforce; leave it \
             out, or ask for it with cred_protect"
        }
        CredentialProtection::UserVerificationOptional
            if request.resident_key == ResidentKey::Discouraged =>
        {
            "userVerificationOptional is for discoverable credentials, which the registration \
             discourages; leave it out"
        }
        _ => return Ok(()),
    };
    Err(Failure::of("credentialProtectionPolicy", ErrorKind::InvalidOptions, reason))
}

/// Still step 1: a credential for payments is one that browsers make (Secure Payment Confirmation,
/// client extension processing of `payment`).
fn check_payment_credential(request: &RegistrationRequest) -> Result<(), Failure> {
    if !request.is_payment() {
        return Ok(());
    }
    let wrong = if request.attachment != Some(AuthenticatorAttachment::Platform) {
        "of the platform"
    } else if request.resident_key == ResidentKey::Discouraged {
        "discoverable"
    } else if request.common.user_verification != UserVerification::Required {
        "used with user verification required"
    } else {
        return Ok(());
    };
    let reason = format!("a credential for payments is {wrong}");
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Step 13: the attestation object holds a credential, and the response is about that one.
fn check_attested<'o, 'a>(
    object: &'o AttestationObject<'a>,
    response: &RegistrationResponse,
) -> Result<&'o AttestedCredentialData<'a>, Failure> {
    let attested = object
        .authenticator_data()
        .attested_credential()
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    if attested.credential_id() != response.unverified_credential_id() {
        let reason = "that of the response is not the one in the authenticator data";
        return Err(Failure::new(ErrorKind::CredentialIdMismatch, reason));
    }
    Ok(attested)
}

/// Step 18.
fn check_backup_eligibility(rp: &RelyingParty, flags: Flags) -> Result<(), Failure> {
    let reason = match rp.backup.eligible {
        Some(true) if !flags.backup_eligible() => "the credential is bound to its device",
        Some(false) if flags.backup_eligible() => "the credential may be backed up",
        _ => return Ok(()),
    };
    Err(Failure::new(ErrorKind::BackupEligibilityRejected, reason))
}

/// The public key as the credential record keeps it: as received, unless a quirk is tolerated that
/// writes it otherwise than COSE does.
fn public_key_bytes<'a>(
    attested: &AttestedCredentialData<'a>,
    tolerance: &Tolerance,
) -> Cow<'a, [u8]> {
    match cose_key::normalised(attested.public_key(), tolerance) {
        Some(normalised) => Cow::Owned(normalised),
        None => Cow::Borrowed(attested.public_key()),
    }
}

/// Step 20: the algorithm is one of those asked for. Then the whole key is parsed.
fn check_algorithm<'k>(
    pending: &PendingRegistration,
    attested: &AttestedCredentialData<'_>,
    public_key: &'k [u8],
) -> Result<CoseKey<'k>, Failure> {
    let offset = attested.public_key_offset();
    let algorithm = cose_key::algorithm_id(public_key, offset)?;
    let requested = Algorithm::from_cose_id(algorithm);
    if !requested.is_some_and(|requested| pending.algorithms.contains(requested)) {
        let received = match requested {
            Some(known) => format!("{known} (COSE algorithm {algorithm})"),
            None => format!("COSE algorithm {algorithm}"),
        };
        let asked: Vec<_> = pending.algorithms.iter().map(Algorithm::name).collect();
        let detail = format!("{received}, not one of {}", asked.join(", "));
        return Err(Failure::new(ErrorKind::AlgorithmNotRequested, detail));
    }
    let key = CoseKey::parse_at(public_key, offset)?;
    signature::validate_key(key.public_key())?;
    Ok(key)
}

/// The unsigned copies in the response that are not what was attested. Nothing depends on them.
fn differing_copies(
    response: &RegistrationResponse,
    authenticator_data: &[u8],
    key: &PublicKey<'_>,
) -> DifferingCopies {
    let is_spki = |copy: &[u8]| key.material().is_spki_der(copy);
    DifferingCopies {
        authenticator_data: response.authenticator_data_copy_differs(authenticator_data),
        public_key: response.public_key_copy_differs(is_spki),
        public_key_algorithm: response.public_key_algorithm_copy_differs(key.algorithm().cose_id()),
    }
}

/// Step 25.
fn check_credential_id_length(attested: &AttestedCredentialData<'_>) -> Result<(), Failure> {
    let length = attested.credential_id().len();
    if length > MAX_CREDENTIAL_ID {
        return Err(Failure::new(ErrorKind::CredentialIdTooLong, counted(length, "byte")));
    }
    Ok(())
}

/// Step 26.
fn check_not_registered(
    pending: &PendingRegistration,
    attested: &AttestedCredentialData<'_>,
) -> Result<(), Failure> {
    if pending.excluded.iter().any(|excluded| **excluded == *attested.credential_id()) {
        return Err(ErrorKind::CredentialAlreadyRegistered.into());
    }
    Ok(())
}

#[cfg(all(test, not(feature = "attestation")))]
mod tests {
    use super::*;
    use crate::attestation::AttestationFormat;
    use crate::ceremony::request::user::User;

    #[test]
    fn opt_02_a_format_that_cannot_be_verified_is_not_asked_for() {
        let rp = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
        let start = |format| {
            let request = RegistrationRequest::passkey(&User::new(b"user-0001", "alice", "Alice"))
                .challenge(&[7; 32])
                .attestation_formats(&[AttestationFormat::Packed, format]);
            rp.start_registration(&request, SystemTime::UNIX_EPOCH).map(drop)
        };
        assert_eq!(start(AttestationFormat::None), Ok(()));
        let error = start(AttestationFormat::Tpm).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
    }
}
