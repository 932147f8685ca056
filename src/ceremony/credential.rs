//! The credential record (§4, "Credential Record"), which a relying party stores for each
//! credential.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::ceremony::bytes::Bytes;
use crate::ceremony::credential_update::{Changing, CredentialUpdate};
use crate::ceremony::transport::{Transport, Transports};
use crate::debug::length;
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorKind, Failure, counted};
use crate::key::Algorithm;
use crate::message::authenticator_data::{Aaguid, Flags};
use crate::message::cose_key::CoseKey;
use crate::migrate;
use crate::signature;
use crate::signature::prepared::PreparedKey;
use crate::spec::{Ceremony, Step};

/// The version of the serialized form. Later releases must still read it.
const VERSION: u32 = 1;

/// The maximum length of a credential ID in bytes (§4, "Credential ID").
pub(crate) const MAX_CREDENTIAL_ID: usize = 1023;

/// The maximum length of a user handle in bytes (§4, "User Handle").
pub(crate) const MAX_USER_HANDLE: usize = 64;

/// A credential record: the data that you store for one credential of an account.
///
/// [`Registration::credential`](crate::Registration::credential) returns the record of a new
/// credential. Serialize it with serde and store it under its [`id`](Credential::id), which must be
/// unique across all accounts. Each login returns a [`CredentialUpdate`] for the record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Credential {
    id: Bytes,
    public_key: Bytes,
    /// The algorithm of `public_key`.
    algorithm: Algorithm,
    user_handle: Option<Bytes>,
    changing: Changing,
    transports: Vec<Transport>,
    aaguid: Option<Aaguid>,
    second_factor_only: bool,
    prepared_key: Option<PreparedKey>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Credential");
        shown.field("id", &self.id);
        match CoseKey::parse_at(&self.public_key, 0) {
            Ok(key) => shown.field("public_key", key.public_key()),
            Err(_) => shown.field("public_key", &length(&self.public_key)),
        };
        shown
            .field("user_handle", &self.user_handle)
            .field("sign_count", &self.changing.sign_count)
            .field("uv_initialized", &self.changing.uv_initialized)
            .field("transports", &self.transports)
            .field("backup_eligible", &self.changing.backup_eligible)
            .field("backup_state", &self.changing.backup_state)
            .field("aaguid", &self.aaguid)
            .field("second_factor_only", &self.second_factor_only)
            .field("prepared_key", &self.prepared_key.is_some())
            .finish()
    }
}

impl Credential {
    /// Creates a record from a credential ID and a public key, for example to import a credential
    /// from another library.
    ///
    /// The public key is a COSE_Key. The module [`migrate`](crate::migrate) converts keys of other
    /// formats to a COSE_Key.
    ///
    /// All other values are unknown until you set them, and a login does not check unknown values.
    /// By default, user verification does not count as a factor, so every login is [only a second
    /// factor](crate::Authentication::is_second_factor_only). If the user was verified when the
    /// credential was registered, call
    /// [`with_uv_initialized(true)`](Credential::with_uv_initialized).
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidOptions`] if the ID does not have 1 to 1023 bytes. Returns an
    /// error of [`CoseKey::parse`](crate::parse::CoseKey::parse) if the key is not accepted, and
    /// [`ErrorKind::PointNotOnCurve`] if the key is not a point on its curve.
    pub fn from_parts(id: &[u8], public_key: &[u8]) -> Result<Credential, Failure> {
        check_id(id)?;
        let key = CoseKey::parse(public_key)?;
        signature::validate_key(key.public_key())?;
        Ok(Credential::unchecked(id, public_key, key.public_key().algorithm()))
    }

    /// Creates the record of a FIDO U2F registration.
    ///
    /// The key handle becomes the credential ID. The public key is an uncompressed point on P-256
    /// (65 bytes, FIDO U2F Raw Message Formats, section 4.3). The algorithm is ES256, and the
    /// credential is only a second factor.
    ///
    /// U2F has no user handles, no backups and no user verification. Set the last signature counter
    /// with [`with_sign_count`](Credential::with_sign_count). To accept the credential in a login,
    /// call [`AuthenticationRequest::app_id`](crate::AuthenticationRequest::app_id). Create the
    /// request with [`for_user`](crate::AuthenticationRequest::for_user) and set
    /// [`UserVerification::Discouraged`](crate::UserVerification::Discouraged).
    ///
    /// ```no_run
    /// use std::time::SystemTime;
    /// use webauthn_verify::{AuthenticationRequest, Credential, RelyingParty, UserVerification};
    ///
    /// # fn login(rp: &RelyingParty, key_handle: &[u8], point: &[u8], counter: u32)
    /// #     -> Result<(), Box<dyn std::error::Error>> {
    /// let account = [Credential::from_u2f(key_handle, point)?.with_sign_count(counter)];
    /// let request = AuthenticationRequest::for_user(b"user-0001", &account)
    ///     .user_verification(UserVerification::Discouraged)
    ///     .app_id("https://example.com/app-id.json");
    /// let (options, pending) = rp.start_authentication(&request, SystemTime::now())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidOptions`] if the key handle does not have 1 to 1023 bytes.
    /// Returns an error of [`migrate::from_sec1`](crate::migrate::from_sec1) if the public key is
    /// not a valid point in this form.
    pub fn from_u2f(key_handle: &[u8], public_key: &[u8]) -> Result<Credential, Failure> {
        let public_key = migrate::from_sec1(public_key, Algorithm::Es256)?;
        Ok(Credential::from_parts(key_handle, &public_key)?.with_second_factor_only(true))
    }

    /// Creates a record from an ID and a key that have already been checked.
    pub(crate) fn unchecked(id: &[u8], public_key: &[u8], algorithm: Algorithm) -> Credential {
        Credential {
            id: id.into(),
            public_key: public_key.into(),
            algorithm,
            user_handle: None,
            changing: Changing::default(),
            transports: Vec::new(),
            aaguid: None,
            second_factor_only: false,
            prepared_key: None,
        }
    }

    /// Sets the user handle of the account. It must have 1 to 64 bytes.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes.
    pub fn with_user_handle(self, user_handle: &[u8]) -> Result<Credential, Failure> {
        check_user_handle(user_handle)?;
        Ok(self.with_checked_user_handle(user_handle))
    }

    /// Sets a user handle that has already been checked.
    pub(crate) fn with_checked_user_handle(self, user_handle: &[u8]) -> Credential {
        Credential { user_handle: Some(user_handle.into()), ..self }
    }

    /// Sets the last signature counter.
    #[must_use]
    pub fn with_sign_count(self, sign_count: u32) -> Credential {
        Credential { changing: Changing { sign_count, ..self.changing }, ..self }
    }

    /// Sets `uvInitialized`: whether user verification of this credential counts as a factor.
    #[must_use]
    pub fn with_uv_initialized(self, uv_initialized: bool) -> Credential {
        Credential { changing: Changing { uv_initialized, ..self.changing }, ..self }
    }

    /// Sets the backup flags. `eligible` is whether the credential may be backed up, and `state` is
    /// whether it was backed up when it was last used.
    #[must_use]
    pub fn with_backup(self, eligible: bool, state: bool) -> Credential {
        let backup_eligible = Some(eligible);
        let changing = Changing { backup_eligible, backup_state: state, ..self.changing };
        Credential { changing, ..self }
    }

    /// Sets the transports, in the order in which the browser reported them. Transports longer than
    /// 32 characters are dropped, and at most 16 are kept.
    #[must_use]
    pub fn with_transports(self, transports: impl IntoIterator<Item = Transport>) -> Credential {
        Credential { transports: Transports::kept(transports), ..self }
    }

    /// Sets the AAGUID, which identifies the model of the authenticator.
    #[must_use]
    pub fn with_aaguid(self, aaguid: Aaguid) -> Credential {
        Credential { aaguid: Some(aaguid), ..self }
    }

    /// Sets whether the credential was registered only as a second factor, in addition to a
    /// password. For example, a site may ask for a password and then for a security key.
    #[must_use]
    pub fn with_second_factor_only(self, second_factor_only: bool) -> Credential {
        Credential { second_factor_only, ..self }
    }

    /// Prepares the key to speed up later logins. This computes the part of a signature
    /// verification that depends only on the key, and adds the result to the record. For ES256,
    /// which most passkeys use, the signature check of a login is about three times as fast.
    ///
    /// The preparation takes up to twice as long as one verification. For ES256, it adds about 4 KiB to
    /// the record, or about 5.5 KiB if the record is stored as JSON.
    ///
    /// Store the record as securely as a key. Anyone who can change the computed values can make an
    /// invalid signature pass; see [`PreparedKey`].
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::PointNotOnCurve`] if the record was read from storage and its key is
    /// not on its curve.
    pub fn with_prepared_key(self) -> Result<Credential, Failure> {
        let prepared_key = CoseKey::parse(&self.public_key)?.public_key().prepare()?;
        Ok(Credential { prepared_key: Some(prepared_key), ..self })
    }

    /// The credential ID, 1 to 1023 bytes.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The credential ID in unpadded base64url, as browsers write it.
    pub fn id_base64url(&self) -> String {
        base64url::encode(&self.id)
    }

    /// The credential public key, which is the COSE_Key that the authenticator sent. If a quirk was
    /// needed to read the key, this is the key in standard form.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The algorithm of the public key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The user handle of the account, or `None` if the user handle is unknown, for example for U2F
    /// credentials.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }

    /// The last signature counter. It is 0 if the authenticator has no counter, or if no counter
    /// was set.
    pub fn sign_count(&self) -> u32 {
        self.changing.sign_count
    }

    /// Returns whether user verification of this credential counts as a factor (§4).
    pub fn uv_initialized(&self) -> bool {
        self.changing.uv_initialized
    }

    /// The transports, in the order in which the browser reported them.
    pub fn transports(&self) -> &[Transport] {
        &self.transports
    }

    /// Returns whether the credential may be backed up, or `None` if that is unknown. According to
    /// §6.1.3, this property never changes.
    pub fn backup_eligible(&self) -> Option<bool> {
        self.changing.backup_eligible
    }

    /// Returns whether the credential was backed up when it was last used.
    pub fn backup_state(&self) -> bool {
        self.changing.backup_state
    }

    /// Returns whether the credential is only a second factor, in addition to a password. It is if
    /// at least one of these conditions is met:
    ///
    /// - It was registered as a second factor: with user verification discouraged, as
    ///   [`security_key`](crate::RegistrationRequest::security_key) does, or with FIDO U2F
    ///   ([`from_u2f`](Credential::from_u2f)). For imported credentials,
    ///   [`with_second_factor_only`](Credential::with_second_factor_only) sets this.
    /// - Its user verification does not count yet: [`uv_initialized`](Credential::uv_initialized)
    ///   is false.
    ///
    /// For every login with a credential that is only a second factor,
    /// [`is_second_factor_only`](crate::Authentication::is_second_factor_only) is true, regardless
    /// of the request.
    pub fn is_second_factor_only(&self) -> bool {
        self.second_factor_only || !self.changing.uv_initialized
    }

    /// The AAGUID that the authenticator claimed when the credential was registered, or `None` if
    /// it is unknown. Only a trusted attestation proves the AAGUID; see `trusted_aaguid` of the
    /// [attestation](crate::Registration::attestation) that the registration returned.
    pub fn unverified_aaguid(&self) -> Option<Aaguid> {
        self.aaguid
    }

    /// The prepared key, or `None` if the record has none.
    pub fn prepared_key(&self) -> Option<&PreparedKey> {
        self.prepared_key.as_ref()
    }

    /// Applies the changes of a login to the record: step 24 of §7.2.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::WrongCredentialRecord`] if the update belongs to another credential.
    /// Returns [`ErrorKind::CredentialChanged`] if the signature counter of the record has changed
    /// since the login was verified. Then either another login came first, and you must reject this
    /// one, or this update was already applied.
    pub fn apply(&mut self, update: &CredentialUpdate) -> Result<(), Error> {
        let changed = update.of_record(&self.id, self.changing);
        self.changing = changed.at(Ceremony::Authentication, Step::RecordUpdate)?;
        Ok(())
    }

    /// Returns the update for this record after a login with this counter and these flags.
    pub(crate) fn update(&self, sign_count: u32, flags: Flags) -> CredentialUpdate {
        CredentialUpdate::new(&self.id, self.changing, sign_count, flags)
    }
}

/// Checks that a credential ID has 1 to 1023 bytes.
pub(crate) fn check_id(id: &[u8]) -> Result<(), Failure> {
    if (1..=MAX_CREDENTIAL_ID).contains(&id.len()) {
        return Ok(());
    }
    let length = counted(id.len(), "byte");
    let reason = format!("a credential ID has 1 to 1023 bytes, but this one has {length}");
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Checks that a user handle has 1 to 64 bytes (§5.4.3).
pub(crate) fn check_user_handle(user_handle: &[u8]) -> Result<(), Failure> {
    if (1..=MAX_USER_HANDLE).contains(&user_handle.len()) {
        return Ok(());
    }
    let length = counted(user_handle.len(), "byte");
    let reason = format!("a user handle has 1 to 64 bytes, but this one has {length}");
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Checks that every record with a user handle belongs to the account.
pub(crate) fn check_one_account(
    credentials: &[Credential],
    user_handle: &[u8],
) -> Result<(), Failure> {
    let mut handles = credentials.iter().filter_map(Credential::user_handle);
    if handles.any(|handle| handle != user_handle) {
        let reason = "a record belongs to another account; pass the records of one account only";
        return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
    }
    Ok(())
}

/// The serialized form of a [`Credential`], version 1.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    id: Bytes,
    public_key: Bytes,
    #[serde(default)]
    user_handle: Option<Bytes>,
    sign_count: u32,
    uv_initialized: bool,
    #[serde(default)]
    transports: Vec<Transport>,
    #[serde(default)]
    backup_eligible: Option<bool>,
    backup_state: bool,
    #[serde(default)]
    aaguid: Option<Bytes>,
    #[serde(default)]
    second_factor_only: bool,
    #[serde(default)]
    prepared_key: Option<Bytes>,
}

impl From<Credential> for Stored {
    fn from(credential: Credential) -> Stored {
        Stored {
            version: VERSION,
            id: credential.id,
            public_key: credential.public_key,
            user_handle: credential.user_handle,
            sign_count: credential.changing.sign_count,
            uv_initialized: credential.changing.uv_initialized,
            transports: credential.transports,
            backup_eligible: credential.changing.backup_eligible,
            backup_state: credential.changing.backup_state,
            aaguid: credential.aaguid.map(|aaguid| Bytes::from(&aaguid.as_bytes()[..])),
            second_factor_only: credential.second_factor_only,
            prepared_key: credential.prepared_key.map(|key| Bytes(key.to_bytes())),
        }
    }
}

impl TryFrom<Stored> for Credential {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Credential, String> {
        if stored.version != VERSION {
            return Err(format!(
                "the credential record has version {}; this release reads version {VERSION}",
                stored.version
            ));
        }
        let in_record = |failure: Failure| format!("the credential record: {failure}");
        check_id(&stored.id).map_err(in_record)?;
        if let Some(user_handle) = &stored.user_handle {
            check_user_handle(user_handle).map_err(in_record)?;
        }
        // Each login checks that the point is on its curve, so this function does not check it.
        let algorithm =
            CoseKey::parse(&stored.public_key).map_err(in_record)?.public_key().algorithm();
        let aaguid = match stored.aaguid {
            None => None,
            Some(bytes) => {
                let bytes = <[u8; 16]>::try_from(&bytes[..]);
                Some(Aaguid::from_bytes(bytes.map_err(|_| "an AAGUID has 16 bytes")?))
            }
        };
        let prepared_key = match stored.prepared_key {
            None => None,
            Some(bytes) => {
                let key = PreparedKey::from_bytes(&bytes).map_err(|failure| failure.to_string())?;
                if key.as_cose() != &stored.public_key[..] {
                    return Err("the prepared key does not match the key of the record".to_owned());
                }
                Some(key)
            }
        };
        Ok(Credential {
            id: stored.id,
            public_key: stored.public_key,
            algorithm,
            user_handle: stored.user_handle,
            changing: Changing {
                sign_count: stored.sign_count,
                backup_eligible: stored.backup_eligible,
                backup_state: stored.backup_state,
                uv_initialized: stored.uv_initialized,
            },
            transports: Transports::kept(stored.transports),
            aaguid,
            second_factor_only: stored.second_factor_only,
            prepared_key,
        })
    }
}
