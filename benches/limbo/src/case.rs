//! Reads the file of cases, as far as path validation needs it.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::Fault;

/// The version of the file format that this program reads.
const VERSION: u64 = 1;

/// 2024-01-01 00:00:00 UTC, for cases without a time. All certificates of these cases are valid at
/// this time, except for one that has expired on purpose.
const USUAL_TIME: Duration = Duration::from_secs(1_704_067_200);

#[derive(Deserialize)]
struct Suite {
    version: u64,
    testcases: Vec<Case>,
}

/// The certificates of a possible path, and whether the path is valid.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) features: Option<Vec<String>>,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    #[serde(rename = "expected_result")]
    pub(crate) expected: Verdict,
    pub(crate) expected_peer_name: Option<PeerName>,
}

/// The verdict that a case expects, or the verdict of the crate.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    #[serde(rename = "SUCCESS")]
    Accept,
    #[serde(rename = "FAILURE")]
    Refuse,
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Accept => "accept",
            Verdict::Refuse => "refuse",
        })
    }
}

/// The name that a web client would look for in the leaf.
#[derive(Deserialize)]
pub(crate) struct PeerName {
    pub(crate) kind: PeerKind,
    pub(crate) value: String,
}

#[derive(Deserialize)]
pub(crate) enum PeerKind {
    #[serde(rename = "DNS")]
    Dns,
    #[serde(rename = "IP")]
    Ip,
    #[serde(rename = "RFC822")]
    Mail,
}

/// The certificates of a case as DER.
pub(crate) struct Certificates {
    pub(crate) leaf: Vec<u8>,
    pub(crate) intermediates: Vec<Vec<u8>>,
    pub(crate) anchors: Vec<Vec<u8>>,
}

impl Case {
    /// Returns whether the case has this feature.
    pub(crate) fn has(&self, feature: &str) -> bool {
        self.features.iter().flatten().any(|one| one == feature)
    }

    pub(crate) fn certificates(&self) -> Result<Certificates, Fault> {
        let all = |texts: &[String]| {
            texts.iter().map(|text| self.decode(text)).collect::<Result<_, Fault>>()
        };
        Ok(Certificates {
            leaf: self.decode(&self.peer_certificate)?,
            intermediates: all(&self.untrusted_intermediates)?,
            anchors: all(&self.trusted_certs)?,
        })
    }

    /// Returns the time at which the path must be valid.
    pub(crate) fn time(&self) -> Result<SystemTime, Fault> {
        let since_epoch = match &self.validation_time {
            None => USUAL_TIME,
            Some(text) => since_epoch(text)
                .ok_or_else(|| format!("{}: the time {text:?} cannot be read", self.id))?,
        };
        Ok(UNIX_EPOCH + since_epoch)
    }

    fn decode(&self, pem: &str) -> Result<Vec<u8>, Fault> {
        let base64: String = pem
            .trim()
            .strip_prefix("-----BEGIN CERTIFICATE-----")
            .and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"))
            .ok_or_else(|| format!("{}: a certificate is not PEM", self.id))?
            .split_ascii_whitespace()
            .collect();
        let der = STANDARD.decode(base64);
        der.map_err(|error| format!("{}: the PEM of a certificate: {error}", self.id).into())
    }
}

/// Reads the cases of a file.
pub(crate) fn read(file: &Path) -> Result<Vec<Case>, Fault> {
    let in_file = |error: &dyn Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| in_file(&error))?;
    let suite: Suite = serde_json::from_str(&text).map_err(|error| in_file(&error))?;
    if suite.version != VERSION {
        return Err(in_file(&format!("version {} is not supported", suite.version)).into());
    }
    Ok(suite.testcases)
}

/// Reads a UTC time from 1970 onwards, for example `2024-03-01T00:00:00.999+00:00`.
fn since_epoch(text: &str) -> Option<Duration> {
    let text = text.strip_suffix("+00:00").or_else(|| text.strip_suffix('Z'))?;
    let (date, time) = text.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(Duration::new(seconds, nanoseconds))
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

/// Returns the number of days since 1970-01-01. The calculation uses years that begin in March, so
/// a leap day is the last day of its year.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let read = |text| since_epoch(text).map(|since| since.as_millis());
        assert_eq!(read("1970-01-01T00:00:03+00:00"), Some(3_000));
        assert_eq!(read("2024-01-01T00:00:00+00:00"), Some(USUAL_TIME.as_millis()));
        assert_eq!(read("2024-02-29T23:59:59.005Z"), Some(1_709_251_199_005));
        assert_eq!(read("2024-02-29T23:59:59+01:00"), None);
        assert_eq!(read("2024-13-01T00:00:00Z"), None);
        assert_eq!(read("yesterday"), None);
    }
}
