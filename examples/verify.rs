//! Verifies WebAuthn responses from files in the format that `test-vectors/README.md` describes.
//!
//! ```text
//! cargo run --release --example verify -- [--json] FILE_OR_FOLDER...
//! ```
//!
//! Prints one line for each case. Exits with 0 if every verdict is as its case expects it, with 1
//! if one is not, and with 2 if a file cannot be read.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Ceremony, ConfigError, Credential,
    Error, ErrorKind, Quirk, Quirks, RegistrationRequest, RegistrationResponse, RelyingParty, User,
    UserVerification,
};
#[cfg(feature = "attestation")]
use webauthn_verify::{attestation::AttestationPolicy, certificate::TrustAnchor};

#[allow(dead_code, reason = "the tests that include this file call `verify_file` instead")]
fn main() -> ExitCode {
    let mut json = false;
    let mut paths = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        eprintln!("usage: verify [--json] FILE_OR_FOLDER...");
        return ExitCode::from(2);
    }
    match verify_paths(&paths, json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// Verifies every case in these files and folders; whether all verdicts are as expected.
fn verify_paths(paths: &[PathBuf], json: bool) -> Result<bool, String> {
    let mut files = Vec::new();
    for path in paths {
        collect_files(path, &mut files)?;
    }
    if files.is_empty() {
        return Err("there is no .json file".to_owned());
    }
    let mut counts = Counts::default();
    for file in &files {
        for report in verify_file(file)? {
            counts.add(&report);
            if json {
                println!("{}", report.to_json());
            } else {
                println!("{report}");
            }
        }
    }
    if !json {
        println!("{counts}");
    }
    Ok(counts.differing == 0)
}

/// The `.json` files at `path`, in the order of their names.
fn collect_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let problem = |error| format!("{}: {error}", path.display());
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(problem)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "json") {
            collect_files(&entry, files)?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorFile {
    format: u32,
    #[serde(rename = "source")]
    _source: Option<String>,
    rp_id: Option<String>,
    origins: Option<Vec<String>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    ceremony: CaseCeremony,
    challenge: String,
    rp_id: Option<String>,
    origins: Option<Vec<String>>,
    user_handle: Option<String>,
    user_verification: Option<UserVerification>,
    algorithms: Option<Vec<i64>>,
    now: Option<String>,
    trust_anchors: Option<Vec<String>>,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origins: Vec<String>,
    #[serde(default)]
    quirks: Vec<String>,
    appid: Option<String>,
    /// In seconds.
    safetynet_max_age: Option<u64>,
    credential_from: Option<String>,
    credential: Option<CaseCredential>,
    response: Value,
    expect: Option<Expect>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CaseCeremony {
    Registration,
    Authentication,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseCredential {
    id: String,
    public_key: String,
    sign_count: Option<u32>,
    user_handle: Option<String>,
    backup_eligible: Option<bool>,
    backup_state: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Accept,
    Unusable,
    #[serde(untagged)]
    Reject(ExpectReject),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ExpectReject {
    Anyhow(RejectWord),
    Kind { reject: String, field: Option<String> },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RejectWord {
    Reject,
}

/// What became of one case.
pub(crate) struct Report {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) as_expected: bool,
}

pub(crate) enum Verdict {
    /// With the quirks that the verdict needed.
    Accept(Quirks),
    Reject(Error),
    /// Why the case could not be run by this build.
    Skip(String),
    /// Why no build can run the case: what it expects of the response cannot be configured.
    Unusable(String),
}

/// How many cases had each verdict.
#[derive(Default)]
pub(crate) struct Counts {
    accepted: usize,
    rejected: usize,
    skipped: usize,
    unusable: usize,
    differing: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, report: &Report) {
        match report.verdict {
            Verdict::Accept(_) => self.accepted += 1,
            Verdict::Reject(_) => self.rejected += 1,
            Verdict::Skip(_) => self.skipped += 1,
            Verdict::Unusable(_) => self.unusable += 1,
        }
        self.differing += usize::from(!report.as_expected);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { accepted, rejected, skipped, unusable, differing } = self;
        write!(f, "{accepted} accepted, {rejected} rejected, {skipped} skipped")?;
        if *unusable > 0 {
            write!(f, ", {unusable} unusable")?;
        }
        write!(f, "\n{differing} verdicts differ from what was expected")
    }
}

impl Report {
    pub(crate) fn to_json(&self) -> Value {
        match &self.verdict {
            Verdict::Accept(quirks) => json!({
                "name": self.name,
                "verdict": "accept",
                "quirks": quirks.iter().map(Quirk::name).collect::<Vec<_>>(),
            }),
            Verdict::Reject(error) => json!({
                "name": self.name,
                "verdict": "reject",
                "step": error.step().number(error.ceremony()),
                "kind": error.kind().name(),
                "field": error.field(),
                "message": error.to_string(),
            }),
            Verdict::Skip(reason) => {
                json!({ "name": self.name, "verdict": "skip", "message": reason })
            }
            Verdict::Unusable(reason) => {
                json!({ "name": self.name, "verdict": "unusable", "message": reason })
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.verdict {
            Verdict::Accept(quirks) if quirks.is_empty() => write!(f, "accept  {name}")?,
            Verdict::Accept(quirks) => write!(f, "accept  {name}  needs {quirks:?}")?,
            Verdict::Reject(error) => {
                let step = error.step().number(error.ceremony()).unwrap_or_default();
                let kind = error.kind().name();
                write!(f, "reject  {name}  step {step}, {kind}: {error}")?;
            }
            Verdict::Skip(reason) => write!(f, "skip    {name}  {reason}")?,
            Verdict::Unusable(reason) => write!(f, "unusable  {name}  {reason}")?,
        }
        if self.as_expected { Ok(()) } else { f.write_str("  UNEXPECTED") }
    }
}

/// Verifies every case of one file.
pub(crate) fn verify_file(path: &Path) -> Result<Vec<Report>, String> {
    let in_file = |problem: String| format!("{}: {problem}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| in_file(error.to_string()))?;
    let file: VectorFile =
        serde_json::from_str(&text).map_err(|error| in_file(error.to_string()))?;
    if file.format != 1 {
        return Err(in_file(format!("format {} is unknown; this program reads 1", file.format)));
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
            error.kind().name() == reject && (field.is_none() || error.field() == field.as_deref())
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
        && !ErrorKind::ALL.iter().any(|kind| kind.name() == reject)
    {
        return Err(format!("expect: there is no error kind {reject:?}"));
    }
    let rp = relying_party(file, case)?;
    let now = match &case.now {
        None => SystemTime::now(),
        Some(text) => parse_time(text).ok_or_else(|| format!("now: {text:?} is not a UTC time"))?,
    };
    let challenge = bytes("challenge", &case.challenge)?;
    let user_handle = match &case.user_handle {
        None => b"user".to_vec(),
        Some(text) => bytes("user_handle", text)?,
    };
    let user_verification = case.user_verification.unwrap_or_default();
    let body = case.response.to_string();
    match case.ceremony {
        CaseCeremony::Registration => {
            let algorithms = match algorithms(case) {
                Ok(algorithms) => algorithms,
                Err(missing) => return Ok(Verdict::Skip(missing)),
            };
            let user = User::new(user_handle, "user", "user");
            let request = RegistrationRequest::passwordless(&user)
                .algorithms(&algorithms)
                .user_verification(user_verification)
                .challenge(&challenge);
            let (_, pending) =
                rp.start_registration(&request, now).map_err(|error| error.to_string())?;
            let verdict = RegistrationResponse::from_json(&body)
                .and_then(|response| rp.finish_registration(pending, &response, now));
            Ok(match verdict {
                Ok(registration) => {
                    let quirks = registration.quirks();
                    registered.insert(case.name.clone(), registration.into_credential());
                    Verdict::Accept(quirks)
                }
                Err(error) => unless_missing(error),
            })
        }
        CaseCeremony::Authentication => {
            let Some(credential) = credential_of(case, registered)? else {
                return Ok(Verdict::Skip("its registration did not pass".to_owned()));
            };
            let account = match (&case.user_handle, credential.user_handle()) {
                (None, Some(stored)) => stored.to_vec(),
                _ => user_handle,
            };
            let credentials = [credential];
            let mut request = AuthenticationRequest::for_user(&account, &credentials)
                .user_verification(user_verification)
                .challenge(&challenge);
            if let Some(app_id) = &case.appid {
                request = request.app_id(app_id);
            }
            let (_, pending) =
                rp.start_authentication(&request, now).map_err(|error| error.to_string())?;
            let verdict = AuthenticationResponse::from_json(&body).and_then(|response| {
                rp.finish_authentication(pending, &response, &credentials, now)
            });
            Ok(match verdict {
                Ok(login) => Verdict::Accept(login.quirks()),
                Err(error) => unless_missing(error),
            })
        }
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
        let known = Quirk::ALL.iter().filter(|quirk| name == "all" || quirk.name() == name);
        let known: Vec<_> = known.collect();
        if known.is_empty() {
            return Err(format!("there is no quirk {name:?}"));
        }
        rp = known.into_iter().fold(rp, |rp, quirk| rp.tolerate(*quirk));
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
        policy = policy.accept_safetynet(Duration::from_secs(seconds));
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
