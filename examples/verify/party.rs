//! The relying party of a case: its RP ID, the allowed origins, and its policies.

use std::net::{IpAddr, Ipv6Addr};

use serde::Deserialize;
use webauthn_verify::{BackupPolicy, ConfigError, Quirk, RelyingParty, SignCountPolicy};

use crate::case::VectorFile;
use crate::members::Members;

/// The members of a case that describe the relying party.
pub(crate) struct Party {
    rp_id: Option<String>,
    origins: Option<Vec<String>>,
    address_rp_id: bool,
    subdomains: bool,
    cross_origin: bool,
    framing: Vec<Framing>,
    top_origins: Vec<String>,
    backup: BackupPolicy,
    sign_count: SignCountPolicy,
    refuse_unsolicited_extensions: bool,
    quirks: Vec<Quirk>,
}

/// The pages that may frame a ceremony, in addition to the listed ones.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Framing {
    SameOrigin,
    Any,
    Unnamed,
}

impl Party {
    pub(crate) fn read(members: &mut Members) -> Result<Party, String> {
        Ok(Party {
            rp_id: members.take("rp_id")?,
            origins: members.take("origins")?,
            address_rp_id: members.or_default("address_rp_id")?,
            subdomains: members.or_default("subdomains")?,
            cross_origin: members.or_default("cross_origin")?,
            framing: members.or_default("framing")?,
            top_origins: members.or_default("top_origins")?,
            backup: members.object("backup")?.map_or(Ok(BackupPolicy::default()), read_backup)?,
            sign_count: members.or_default("sign_count")?,
            refuse_unsolicited_extensions: members.or_default("refuse_unsolicited_extensions")?,
            quirks: read_quirks(&members.or_default::<Vec<String>>("quirks")?)?,
        })
    }

    /// Creates the relying party. The RP ID and the origins come from the file if the case has
    /// none.
    pub(crate) fn configure(&self, file: &VectorFile) -> Result<RelyingParty, String> {
        let rp_id = self.rp_id.as_ref().or(file.rp_id.as_ref()).ok_or("rp_id is missing")?;
        let origins =
            self.origins.as_ref().or(file.origins.as_ref()).ok_or("origins is missing")?;
        let mut rp = match self.address_rp_id {
            true => at_address(rp_id, origins)?,
            false => at_origins(rp_id, origins)?,
        };
        if self.subdomains {
            rp = rp.allow_subdomains();
        }
        if self.cross_origin {
            rp = rp.allow_unnamed_framing();
        }
        rp = self.framing.iter().fold(rp, |rp, framing| match framing {
            Framing::SameOrigin => rp.allow_framing_by_same_origin(),
            Framing::Any => rp.allow_framing_by_any(),
            Framing::Unnamed => rp.allow_unnamed_framing(),
        });
        rp = rp
            .allow_framing_by(&self.top_origins)
            .map_err(|error| format!("top_origins: {error}"))?
            .backup_policy(self.backup)
            .sign_count_policy(self.sign_count);
        if self.refuse_unsolicited_extensions {
            rp = rp.refuse_unsolicited_extensions();
        }
        Ok(rp.allow_quirks(self.quirks.iter().copied()))
    }
}

fn read_backup(mut members: Members) -> Result<BackupPolicy, String> {
    let mut policy = BackupPolicy::default();
    if let Some(eligible) = members.take("eligible")? {
        policy = policy.require_eligible(eligible);
    }
    match members.take("backed_up")? {
        None => {}
        Some(true) => policy = policy.require_backed_up(),
        Some(false) => return Err("backup.backed_up: only true is allowed".to_owned()),
    }
    policy = policy.on_change(members.or_default("on_change")?);
    members.finish()?;
    Ok(policy)
}

fn read_quirks(names: &[String]) -> Result<Vec<Quirk>, String> {
    let mut quirks = Vec::new();
    for name in names {
        let before = quirks.len();
        quirks.extend(Quirk::ALL.iter().filter(|quirk| name == "all" || quirk.as_str() == name));
        if quirks.len() == before {
            return Err(format!("quirks: unknown quirk {name:?}"));
        }
    }
    Ok(quirks)
}

/// Creates a relying party for recordings, if a live relying party could have these origins.
fn at_origins(rp_id: &str, origins: &[String]) -> Result<RelyingParty, String> {
    check_origins(rp_id, origins)?;
    // A URI is also an origin.
    let own = RelyingParty::with_uri_id(rp_id).is_ok().then_some(rp_id);
    let origins = origins.iter().map(String::as_str).chain(own);
    Ok(RelyingParty::for_recordings(rp_id, origins))
}

/// Checks that a live relying party can have this RP ID and these origins. Each origin is passed to
/// the method for its kind.
fn check_origins(rp_id: &str, origins: &[String]) -> Result<(), String> {
    let (pages, apps): (Vec<&String>, Vec<&String>) =
        origins.iter().partition(|origin| app_method(origin).is_none());
    let is_related = |page: &&String| {
        RelyingParty::for_apps(rp_id).and_then(|rp| rp.also_accept([*page])).is_ok()
    };
    let (related, own): (Vec<&String>, Vec<&String>) =
        pages.iter().partition(|page| is_related(page));
    let is_web = |id: &str| id.starts_with("https://") || id.starts_with("http://");
    let rp = match RelyingParty::with_uri_id(rp_id) {
        Ok(_) if !pages.is_empty() => {
            return Err(format!("no web page can use the RP ID {rp_id:?}, which is a URI"));
        }
        Ok(rp) => Ok(rp),
        Err(error) if rp_id.contains("://") && !is_web(rp_id) => Err(error),
        Err(_) if own.is_empty() && !origins.is_empty() => RelyingParty::for_apps(rp_id),
        Err(_) => RelyingParty::new(rp_id, own),
    };
    let rp = rp.and_then(|rp| rp.also_accept(related));
    let allow = |rp: RelyingParty, origin: &String| match app_method(origin) {
        Some(method) => method(rp, origin),
        None => Ok(rp),
    };
    let rp = rp.and_then(|rp| apps.into_iter().try_fold(rp, allow));
    rp.map(drop).map_err(|error| error.to_string())
}

/// Creates a relying party for recordings with an IP address as its RP ID, which browsers do not
/// accept. All its pages must be at that address.
fn at_address(rp_id: &str, origins: &[String]) -> Result<RelyingParty, String> {
    let in_brackets = rp_id.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_address = match in_brackets {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => rp_id.parse::<IpAddr>().is_ok(),
    };
    if !is_address {
        return Err(format!("address_rp_id: the RP ID {rp_id:?} is not an IP address"));
    }
    let host = match rp_id.parse::<Ipv6Addr>() {
        Ok(_) => format!("[{rp_id}]"),
        Err(_) => rp_id.to_owned(),
    };
    let is_there = |origin: &&String| {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let port = rest.and_then(|rest| rest.strip_prefix(host.as_str()));
        port.is_some_and(|port| match port.strip_prefix(':') {
            Some(port) => port.parse::<u16>().is_ok_and(|number| number.to_string() == port),
            None => port.is_empty(),
        })
    };
    if origins.is_empty() {
        return Err("the list of origins is empty".to_owned());
    }
    match origins.iter().find(|origin| !is_there(origin)) {
        Some(other) => Err(format!("address_rp_id: the origin {other:?} is not at {host}")),
        None => Ok(RelyingParty::for_recordings(rp_id, origins)),
    }
}

type AppMethod = fn(RelyingParty, &str) -> Result<RelyingParty, ConfigError>;

/// Returns the method that allows the app with this origin, or `None` if it is the origin of a web
/// page.
fn app_method(origin: &str) -> Option<AppMethod> {
    let (scheme, _) = origin.split_once(':')?;
    Some(match scheme.to_ascii_lowercase().as_str() {
        "android" => |rp, origin| rp.allow_android_app(origin),
        "ios" => |rp, origin| rp.allow_ios_app(origin),
        "chrome-extension" | "moz-extension" | "safari-web-extension" => {
            |rp, origin| rp.allow_browser_extension(origin)
        }
        _ => {
            // Anything else goes to the list of web origins, whose error suggests the right
            // spelling.
            RelyingParty::for_apps("localhost").and_then(|rp| rp.allow_app_origin(origin)).ok()?;
            |rp, origin| rp.allow_app_origin(origin)
        }
    })
}
