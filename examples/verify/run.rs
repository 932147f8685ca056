//! Runs the cases of a file.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Ceremony, ConfigError, Credential,
    Error, ErrorKind, Quirk, RegistrationRequest, RegistrationResponse, RelyingParty, User,
    UserVerification,
};
#[cfg(feature = "attestation")]
use webauthn_verify::{attestation::AttestationPolicy, certificate::TrustAnchor};

use crate::case::{Case, CaseCeremony, Expect, ExpectReject, RejectWord, VectorFile};
use crate::report::{Report, Verdict};

/// Verifies every case of one file.
pub(crate) fn verify_file(path: &Path) -> Result<Vec<Report>, String> {
    std::fs::read_to_string(path)
        .map_err(|error| error.to_string())
        .and_then(|text| verify_text(&text))
        .map_err(|problem| format!("{}: {problem}", path.display()))
}

/// Verifies every case of the text of a file.
pub(crate) fn verify_text(text: &str) -> Result<Vec<Report>, String> {
    let file: VectorFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if file.format != 1 {
        return Err(format!("format {} is unknown; this program reads 1", file.format));
    }
    let mut registered = HashMap::new();
    let mut reports = Vec::new();
    for case in &file.cases {
        let verdict = verify_case(&file, case, &mut registered).unwrap_or_else(Verdict::Unusable);
        let as_expected = is_expected(&verdict, case.expect.as_ref());
        reports.push(Report { name: case.name.clone(), verdict, as_expected });
    }
    Ok(reports)
}

fn is_expected(verdict: &Verdict, expect: Option<&Expect>) -> bool {
    let Some(expect) = expect else { return true };
    match (verdict, expect) {
        (Verdict::Skip(_), _)
        | (Verdict::Accept(_), Expect::Accept)
        | (Verdict::Unusable(_), Expect::Unusable)
        | (Verdict::Reject(_), Expect::Reject(ExpectReject::Anyhow(RejectWord::Reject))) => true,
        (Verdict::Reject(error), Expect::Reject(ExpectReject::Kind { reject, field })) => {
            error.kind().as_str() == reject
                && (field.is_none() || error.field() == field.as_deref())
        }
        _ => false,
    }
}

const WITHOUT_ATTESTATION: &str = "this build lacks the feature `attestation`";

/// Runs one ceremony. An `Err` says why the case is unusable.
fn verify_case(
    file: &VectorFile,
    case: &Case,
    registered: &mut HashMap<String, Credential>,
) -> Result<Verdict, String> {
    let demanding = case.trust_anchors.is_some() || case.safetynet_max_age.is_some();
    if cfg!(not(feature = "attestation")) && demanding {
        return Ok(Verdict::Skip(WITHOUT_ATTESTATION.to_owned()));
    }
    if let Some(Expect::Reject(ExpectReject::Kind { reject, .. })) = &case.expect
        && !ErrorKind::ALL.iter().any(|kind| kind.as_str() == reject)
    {
        return Err(format!("expect: there is no error kind {reject:?}"));
    }
    let rp = relying_party(file, case)?;
    let now = match &case.now {
        None => SystemTime::now(),
        Some(text) => parse_time(text).ok_or_else(|| format!("now: {text:?} is not a UTC time"))?,
    };
    let setting = Setting {
        rp,
        now,
        challenge: bytes("challenge", &case.challenge)?,
        user_handle: match &case.user_handle {
            None => b"user".to_vec(),
            Some(text) => bytes("user_handle", text)?,
        },
        user_verification: case.user_verification.unwrap_or_default(),
    };
    match case.ceremony {
        CaseCeremony::Registration => setting.register(case, registered),
        CaseCeremony::Authentication => setting.sign_in(case, registered),
    }
}

/// What a case says about the relying party and its request.
struct Setting {
    rp: RelyingParty,
    now: SystemTime,
    challenge: Vec<u8>,
    user_handle: Vec<u8>,
    user_verification: UserVerification,
}

impl Setting {
    fn register(
        self,
        case: &Case,
        registered: &mut HashMap<String, Credential>,
    ) -> Result<Verdict, String> {
        let algorithms = match algorithms(case) {
            Ok(algorithms) => algorithms,
            Err(missing) => return Ok(Verdict::Skip(missing)),
        };
        let user = User::new(self.user_handle, "user", "user");
        let request = RegistrationRequest::passkey(&user, &[])
            .algorithms(&algorithms)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        let (_, pending) =
            self.rp.start_registration(&request, self.now).map_err(|error| error.to_string())?;
        let verdict = RegistrationResponse::from_json(case.response.to_string())
            .and_then(|response| self.rp.finish_registration(pending, &response, self.now));
        Ok(match verdict {
            Ok(registration) => {
                let quirks = registration.quirks();
                registered.insert(case.name.clone(), registration.into_credential());
                Verdict::Accept(quirks)
            }
            Err(error) => unless_missing(error),
        })
    }

    fn sign_in(
        self,
        case: &Case,
        registered: &HashMap<String, Credential>,
    ) -> Result<Verdict, String> {
        let Some(credential) = credential_of(case, registered)? else {
            return Ok(Verdict::Skip("its registration did not pass".to_owned()));
        };
        let account = match (&case.user_handle, credential.user_handle()) {
            (None, Some(stored)) => stored.to_vec(),
            _ => self.user_handle,
        };
        let credentials = [credential];
        let mut request = AuthenticationRequest::for_user(&account, &credentials)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        if let Some(app_id) = &case.appid {
            request = request.app_id(app_id);
        }
        let (_, pending) =
            self.rp.start_authentication(&request, self.now).map_err(|error| error.to_string())?;
        let verdict =
            AuthenticationResponse::from_json(case.response.to_string()).and_then(|response| {
                self.rp.finish_authentication(pending, &response, &credentials, self.now)
            });
        Ok(match verdict {
            Ok(login) => Verdict::Accept(login.quirks()),
            Err(error) => unless_missing(error),
        })
    }
}

/// An error that only says what this build leaves out is no verdict.
fn unless_missing(error: Error) -> Verdict {
    let format = error.kind() == ErrorKind::UnsupportedAttestationFormat;
    if format && cfg!(not(feature = "attestation")) && error.ceremony() == Ceremony::Registration {
        return Verdict::Skip(WITHOUT_ATTESTATION.to_owned());
    }
    Verdict::Reject(error)
}

fn relying_party(file: &VectorFile, case: &Case) -> Result<RelyingParty, String> {
    let rp_id = case.rp_id.as_ref().or(file.rp_id.as_ref()).ok_or("rp_id is missing")?;
    let origins = case.origins.as_ref().or(file.origins.as_ref()).ok_or("origins are missing")?;
    let mut rp = at_origins(rp_id, origins)?;
    if case.cross_origin {
        rp = rp.allow_unnamed_framing();
    }
    if !case.top_origins.is_empty() {
        rp = rp.allow_framing_by(&case.top_origins).map_err(|error| error.to_string())?;
    }
    for name in &case.quirks {
        let known = Quirk::ALL.iter().filter(|quirk| name == "all" || quirk.as_str() == name);
        let known: Vec<_> = known.collect();
        if known.is_empty() {
            return Err(format!("there is no quirk {name:?}"));
        }
        rp = known.into_iter().fold(rp, |rp, quirk| rp.allow_quirk(*quirk));
    }
    with_attestation_policy(rp, case)
}

/// A relying party with these origins, of which each goes to the method that it is for.
fn at_origins(rp_id: &str, origins: &[String]) -> Result<RelyingParty, String> {
    let (pages, apps): (Vec<&String>, Vec<&String>) =
        origins.iter().partition(|origin| app_method(origin).is_none());
    let is_web = |id: &str| id.starts_with("https://") || id.starts_with("http://");
    let rp = match RelyingParty::with_uri_id(rp_id) {
        Ok(_) if !pages.is_empty() => {
            return Err(format!("no web page can use the RP ID {rp_id:?}, which is a URI"));
        }
        Ok(rp) => Ok(rp),
        Err(error) if rp_id.contains("://") && !is_web(rp_id) => Err(error),
        Err(_) if pages.is_empty() && !apps.is_empty() => RelyingParty::for_apps(rp_id),
        Err(_) => RelyingParty::new(rp_id, pages),
    };
    let allow = |rp: RelyingParty, origin: &String| match app_method(origin) {
        Some(method) => method(rp, origin),
        None => Ok(rp),
    };
    rp.and_then(|rp| apps.into_iter().try_fold(rp, allow)).map_err(|error| error.to_string())
}

type AppMethod = fn(RelyingParty, &str) -> Result<RelyingParty, ConfigError>;

/// How to allow the app with this origin, unless it is that of a web page.
fn app_method(origin: &str) -> Option<AppMethod> {
    let (scheme, _) = origin.split_once(':')?;
    Some(match scheme.to_ascii_lowercase().as_str() {
        "android" => |rp, origin| rp.allow_android_app(origin),
        "ios" => |rp, origin| rp.allow_ios_app(origin),
        "chrome-extension" | "moz-extension" | "safari-web-extension" => {
            |rp, origin| rp.allow_browser_extension(origin)
        }
        _ => {
            // The rest goes to the list, and its error has the right spelling.
            RelyingParty::for_apps("localhost").and_then(|rp| rp.allow_app_origin(origin)).ok()?;
            |rp, origin| rp.allow_app_origin(origin)
        }
    })
}

#[cfg(feature = "attestation")]
fn with_attestation_policy(rp: RelyingParty, case: &Case) -> Result<RelyingParty, String> {
    let mut policy = AttestationPolicy::verified();
    if let Some(anchors) = &case.trust_anchors {
        let anchors = anchors.iter().map(|text| {
            let der = bytes("trust_anchors", text)?;
            TrustAnchor::from_der(der).map_err(|error| error.to_string())
        });
        policy = AttestationPolicy::trusted(anchors.collect::<Result<Vec<_>, String>>()?);
    }
    if let Some(seconds) = case.safetynet_max_age {
        policy = policy.allow_safetynet(Duration::from_secs(seconds));
    }
    rp.attestation_policy(policy).map_err(|error| error.to_string())
}

/// `verify_case` has skipped every case with a policy.
#[cfg(not(feature = "attestation"))]
fn with_attestation_policy(rp: RelyingParty, _: &Case) -> Result<RelyingParty, String> {
    Ok(rp)
}

/// The algorithms to ask for; an `Err` that names them where this build has none of those that the
/// case names.
fn algorithms(case: &Case) -> Result<Vec<Algorithm>, String> {
    let Some(ids) = &case.algorithms else { return Ok(Algorithm::compiled_in().collect()) };
    let known = ids.iter().filter_map(|id| Algorithm::from_cose_id(*id));
    let known: Vec<_> = known.filter(|algorithm| algorithm.is_compiled_in()).collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let missing = ids.iter().map(|id| match Algorithm::from_cose_id(*id) {
        Some(algorithm) => format!("{algorithm} ({id})"),
        None => format!("COSE algorithm {id}"),
    });
    Err(format!("this build lacks {}", missing.collect::<Vec<_>>().join(", ")))
}

/// The credential of an authentication; `None` where its registration did not pass.
fn credential_of(
    case: &Case,
    registered: &HashMap<String, Credential>,
) -> Result<Option<Credential>, String> {
    let Some(brought) = &case.credential else {
        let from = case.credential_from.as_ref().ok_or("it has no credential")?;
        return Ok(registered.get(from).cloned());
    };
    let id = bytes("credential.id", &brought.id)?;
    let public_key = bytes("credential.public_key", &brought.public_key)?;
    let mut credential =
        Credential::from_parts(&id, &public_key).map_err(|failure| failure.to_string())?;
    credential = credential.with_sign_count(brought.sign_count.unwrap_or(0));
    if let Some(user_handle) = &brought.user_handle {
        credential = credential
            .with_user_handle(&bytes("credential.user_handle", user_handle)?)
            .map_err(|failure| failure.to_string())?;
    }
    if let Some(eligible) = brought.backup_eligible {
        credential = credential.with_backup(eligible, brought.backup_state.unwrap_or(false));
    }
    Ok(Some(credential))
}

fn bytes(member: &str, text: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| format!("{member} is not base64url: {error}"))
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ`, from 1970 on.
fn parse_time(text: &str) -> Option<SystemTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, separator| -> Option<[u64; 3]> {
        let parts: Option<Vec<u64>> = text.split(separator).map(|part| part.parse().ok()).collect();
        parts?.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since the epoch, with years that begin in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(UNIX_EPOCH + Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}
