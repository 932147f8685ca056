//! The configuration, from environment variables.

use std::env;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use webauthn_verify::{ConfigError, RelyingParty};

/// The default SQLite database is a file in the current folder. It is created if it does not exist.
const DEFAULT_DATABASE: &str = "sqlite://webauthn-verify-demo.sqlite";
const DEFAULT_PORT: u16 = 8080;
/// Enough for a person and for a few browser tabs that refresh their conditional requests.
const DEFAULT_CEREMONIES_PER_MINUTE: i64 = 60;

/// The configuration. [`Config::HELP`] describes each environment variable.
pub struct Config {
    pub database_url: String,
    /// The address to listen on. `None` means `127.0.0.1`, with the first free port from 8080.
    pub listen: Option<SocketAddr>,
    /// The origin of the site. `None` means `http://localhost` with the port of `listen`.
    pub origin: Option<String>,
    pub rp_id: Option<String>,
    /// Other origins whose pages may use the passkeys of this site.
    pub related_origins: Vec<String>,
    /// The origins of pages that may show this site in an iframe.
    pub framed_by: Vec<String>,
    pub ceremonies_per_minute: i64,
    /// Whether new records get a prepared key.
    pub prepared_keys: bool,
    /// Whether a proxy in front of the site writes the address of the client into the header
    /// `X-Forwarded-For`.
    pub behind_proxy: bool,
}

/// A configuration that cannot be used. The text says which variable to change.
#[derive(Debug)]
pub struct ConfigProblem(pub String);

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigProblem {}

impl Config {
    pub const HELP: &str = "\
A website to try passkeys. It has no arguments. These environment variables configure it:

DATABASE_URL           sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
                       (default: the file webauthn-verify-demo.sqlite in the current folder)
LISTEN                 the address and port to listen on (default: 127.0.0.1 and the first free
                       port from 8080)
ORIGIN                 the origin that browsers see, for example https://example.com
                       (default: http://localhost with the port)
RP_ID                  the RP ID (default: the host of ORIGIN)
RELATED_ORIGINS        other origins that may use the passkeys, separated by commas
FRAMED_BY              origins of pages that may show the site in an iframe, separated by commas
CEREMONIES_PER_MINUTE  the requests that one client may start or finish a ceremony with in a minute
                       (default: 60)
PREPARED_KEYS          0: store new passkeys without a prepared key, so logins are slower
BEHIND_PROXY           1: the last address in the header X-Forwarded-For is the client
                       (default: the address of the connection is the client)
";

    /// Reads the environment variables.
    pub fn from_env() -> Result<Config, ConfigProblem> {
        Ok(Config {
            database_url: variable("DATABASE_URL")?.unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
            listen: parsed("LISTEN", "an address and a port, for example 127.0.0.1:8080")?,
            origin: variable("ORIGIN")?,
            rp_id: variable("RP_ID")?,
            related_origins: list("RELATED_ORIGINS")?,
            framed_by: list("FRAMED_BY")?,
            ceremonies_per_minute: parsed("CEREMONIES_PER_MINUTE", "a positive number")?
                .map_or(DEFAULT_CEREMONIES_PER_MINUTE, |number: NonZeroU32| number.get().into()),
            prepared_keys: switch("PREPARED_KEYS", true)?,
            behind_proxy: switch("BEHIND_PROXY", false)?,
        })
    }

    /// Returns the addresses to try, in order.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        match self.listen {
            Some(address) => vec![address],
            // Port 0 means any free port.
            None => (DEFAULT_PORT..DEFAULT_PORT + 20)
                .chain([0])
                .map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
                .collect(),
        }
    }

    /// Returns the origin of the site, if it listens on this port.
    pub fn origin(&self, port: u16) -> String {
        self.origin.clone().unwrap_or_else(|| format!("http://localhost:{port}"))
    }

    /// Returns the relying party of the site.
    pub fn relying_party(&self, origin: &str) -> Result<RelyingParty, ConfigProblem> {
        let rp_id = match &self.rp_id {
            Some(rp_id) => rp_id.clone(),
            None => host(origin)
                .ok_or_else(|| ConfigProblem(format!("ORIGIN is {origin:?}, not an origin")))?
                .to_owned(),
        };
        let own = RelyingParty::new(rp_id, [origin]).map_err(problem("ORIGIN or RP_ID"));
        let rp = own?.name("webauthn-verify demo");
        let rp = match &self.related_origins[..] {
            [] => rp,
            origins => rp.also_accept(origins).map_err(problem("RELATED_ORIGINS"))?,
        };
        match &self.framed_by[..] {
            [] => Ok(rp),
            origins => rp.allow_framing_by(origins).map_err(problem("FRAMED_BY")),
        }
    }
}

fn problem(name: &str) -> impl Fn(ConfigError) -> ConfigProblem {
    move |error| ConfigProblem(format!("{name}: {error}"))
}

/// Returns the host of an origin.
fn host(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    Some(rest.split_once(':').map_or(rest, |(host, _)| host))
}

fn variable(name: &str) -> Result<Option<String>, ConfigProblem> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(ConfigProblem(format!("{name} is not UTF-8"))),
    }
}

fn parsed<T: std::str::FromStr>(name: &str, form: &str) -> Result<Option<T>, ConfigProblem> {
    let parse = |value: String| {
        value.parse().map_err(|_| ConfigProblem(format!("{name} is {value:?}, not {form}")))
    };
    variable(name)?.map(parse).transpose()
}

fn switch(name: &str, default: bool) -> Result<bool, ConfigProblem> {
    match variable(name)?.as_deref() {
        None => Ok(default),
        Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(other) => Err(ConfigProblem(format!("{name} is {other:?}, not 0 or 1"))),
    }
}

fn list(name: &str) -> Result<Vec<String>, ConfigProblem> {
    let value = variable(name)?.unwrap_or_default();
    Ok(value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
