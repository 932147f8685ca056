//! Times as text.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns a time in seconds since 1970 in the form `2026-01-31T23:59:59Z`. The result is empty if
/// the year has more than four digits.
pub fn utc(seconds: impl TryInto<i64>) -> String {
    let seconds = seconds.try_into().ok();
    let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

/// Reads a time in the form of [`utc`]. Returns the seconds since 1970.
pub fn from_utc(text: &str) -> Option<u64> {
    OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(utc(951_782_399_u64), "2000-02-28T23:59:59Z");
        assert_eq!(utc(i64::MAX), "");
        assert_eq!(from_utc("2000-02-28T23:59:59Z"), Some(951_782_399));
        assert_eq!(from_utc("1969-12-31T23:59:59Z"), None);
        assert_eq!(from_utc("2000-02-28"), None);
    }
}
