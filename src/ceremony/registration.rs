//! Registering a new credential: §7.1 of the specification, step by step.

use std::borrow::Cow;
use std::time::SystemTime;

use crate::ceremony::checks;
use crate::ceremony::credential::{Credential, MAX_CREDENTIAL_ID};
use crate::ceremony::extensions::output_checks;
use crate::ceremony::options::{Mediation, UserVerification};
use crate::ceremony::pending::PendingRegistration;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::response::RegistrationResponse;
use crate::ceremony::verdict::{DifferingCopies, Registration};
use crate::error::{AtStep, Error, ErrorKind, Failure, counted};
use crate::key::{Algorithm, PublicKey};
use crate::message::attestation_object::{self, AttestationObject};
use crate::message::authenticator_data::{AttestedCredentialData, Flags};
use crate::message::cose_key::{self, CoseKey};
use crate::quirk::Tolerance;
use crate::signature;
use crate::spec::{Ceremony, Step};

const REGISTRATION: Ceremony = Ceremony::Registration;

impl RelyingParty {
    /// Verifies the response to a registration by checking every step of §7.1 in order. Steps 2 to
    /// 4 were already checked when the response was read.
    ///
    /// Delete the stored pending state before you call this method, so that a response cannot be
    /// used twice. If another user may have signed in since the start, compare
    /// [`pending.user_handle()`](PendingRegistration::user_handle) with the user handle of the
    /// account in the session, and reject the response if they differ.
    ///
    /// `now` is the current time. If another server started the ceremony, the clock of this server
    /// may be up to one minute behind. If it is further behind, the ceremony fails with
    /// [`ErrorKind::CeremonyNotStarted`].
    ///
    /// # Errors
    ///
    /// Returns an error if a step fails. The error names the first step that failed and the reason.
    /// Common kinds are [`ErrorKind::CeremonyExpired`], [`ErrorKind::ChallengeMismatch`],
    /// [`ErrorKind::OriginMismatch`], [`ErrorKind::UserNotVerified`] and
    /// [`ErrorKind::CredentialAlreadyRegistered`]. A kind of the category
    /// [`Caller`](crate::Category::Caller) means that a wrong pending state or time was passed.
    #[expect(clippy::too_many_lines, reason = "it lists the steps of §7.1 in their order")]
    pub fn finish_registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponse,
        now: SystemTime,
    ) -> Result<Registration, Error> {
        // Step 1 created the pending state, which must still be valid. Steps 2 to 4 were checked
        // when the response was read.
        pending.head().check(&self.id, now).at(REGISTRATION, Step::Options)?;

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

        // Step 26, for the credentials of this account. For other accounts, the store decides.
        check_not_registered(&pending, attested).at(REGISTRATION, Step::CredentialIdUnique)?;

        // Step 27.
        let (id, algorithm) = (attested.credential_id(), key.public_key().algorithm());
        let credential = Credential::unchecked(id, &public_key, algorithm)
            .with_checked_user_handle(&pending.user_handle)
            .with_sign_count(authenticator_data.sign_count())
            .with_uv_initialized(flags.user_verified())
            .with_transports(response.unverified_transports().iter().cloned())
            .with_backup(flags.backup_eligible(), flags.backup_state())
            .with_aaguid(attested.aaguid())
            .with_second_factor_only(pending.user_verification == UserVerification::Discouraged);

        // Step 28.
        let results = response.client_outputs();
        let extensions = authenticator_data.extensions();
        output_checks::check_outputs(self, REGISTRATION, &pending.extensions, results, extensions)
            .and_then(|()| pending.extension_demands.check(REGISTRATION, results, extensions))
            .at(REGISTRATION, Step::ExtensionOutputs)?;

        // The caller does step 29 and stores the record.
        let attestation_quirks = attestation.quirks();
        Ok(Registration {
            credential,
            flags,
            attestation,
            authenticator_outputs: extensions.map(|map| map.as_bytes().into()),
            client_outputs: results.clone(),
            differing_copies: differing_copies(
                response,
                authenticator_data.as_bytes(),
                key.public_key(),
            ),
            quirks: tolerance.needed().and(attestation_quirks),
        })
    }
}

/// Step 13: checks that the attestation object contains a credential, and that its ID is the ID in
/// the response.
fn check_attested<'o, 'a>(
    object: &'o AttestationObject<'a>,
    response: &RegistrationResponse,
) -> Result<&'o AttestedCredentialData<'a>, Failure> {
    let attested = object
        .authenticator_data()
        .attested_credential()
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    if attested.credential_id() != response.unverified_credential_id() {
        let reason = "the ID in the response is not the ID in the authenticator data";
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

/// Returns the public key to store in the credential record. It is the received key, or its
/// standard form if a quirk was needed to read the key.
fn public_key_bytes<'a>(
    attested: &AttestedCredentialData<'a>,
    tolerance: &Tolerance,
) -> Cow<'a, [u8]> {
    match cose_key::normalised(attested.public_key(), tolerance) {
        Some(normalised) => Cow::Owned(normalised),
        None => Cow::Borrowed(attested.public_key()),
    }
}

/// Step 20: checks that the algorithm was requested, then parses and checks the whole key.
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
        let asked: Vec<_> = pending.algorithms.iter().map(Algorithm::as_str).collect();
        let detail = format!("{received}, not one of {}", asked.join(", "));
        return Err(Failure::new(ErrorKind::AlgorithmNotRequested, detail));
    }
    let key = CoseKey::parse_at(public_key, offset)?;
    signature::validate_key(key.public_key())?;
    Ok(key)
}

/// Returns which unsigned copies in the response differ from the attested values. Nothing depends
/// on these copies.
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
