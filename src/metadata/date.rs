//! Calendar dates in the form that metadata uses: `YYYY-MM-DD`, a day in UTC.

use core::fmt;
use std::time::SystemTime;

use crate::calendar::{SECONDS_A_DAY, day_number, four_digits, second_of, two_digits};

/// A day in the Gregorian calendar, in UTC. Dates are ordered chronologically.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Parses exactly four digits, two digits and two digits, separated by hyphens.
    pub(super) fn parse(text: &str) -> Option<Date> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
        let year = four_digits([y1, y2, y3, y4])?;
        let (month, day) = (two_digits([m1, m2])?, two_digits([d1, d2])?);
        day_number(year, month, day).map(|_| Date { year, month, day })
    }

    /// The year, from 0 to 9999.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The month, from 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, from 1 to 31.
    pub fn day(&self) -> u8 {
        self.day
    }

    /// Returns whether this day has begun at `now`.
    pub(super) fn has_come(&self, now: SystemTime) -> bool {
        self.number().is_some_and(|number| number <= day_of(now))
    }

    /// Returns whether this day is over at `now`.
    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        self.number().is_some_and(|number| number < day_of(now))
    }

    fn number(&self) -> Option<i64> {
        day_number(self.year, self.month, self.day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

/// Returns the number of the UTC day that contains a time.
fn day_of(now: SystemTime) -> i64 {
    second_of(now).div_euclid(SECONDS_A_DAY)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn mds_06_a_date_has_four_digits_then_two_then_two() {
        let date = Date::parse("2024-02-29").unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (2024, 2, 29));
        assert_eq!(date.to_string(), "2024-02-29");
        for text in [
            "",
            "2024-2-29",
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-04-31",
            "2024/01/01",
            "20240101",
            "2024-01-01T00:00:00Z",
            " 2024-01-01",
            "+024-01-01",
            "2024-01-0a",
            "2024-01-\u{664}",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(Date::parse("2000-02-29").is_some());
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight() {
        let date = Date::parse("1970-01-02").unwrap();
        let at = |seconds: i64| UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
        assert!(!date.has_come(at(SECONDS_A_DAY - 1)));
        assert!(date.has_come(at(SECONDS_A_DAY)) && !date.is_over(at(SECONDS_A_DAY)));
        assert!(!date.is_over(at(2 * SECONDS_A_DAY - 1)));
        assert!(date.is_over(at(2 * SECONDS_A_DAY)));
        let before =
            |seconds: i64| day_of(UNIX_EPOCH - Duration::from_secs(seconds.unsigned_abs()));
        assert_eq!(day_of(UNIX_EPOCH - Duration::from_nanos(1)), -1);
        assert_eq!((before(SECONDS_A_DAY), before(SECONDS_A_DAY + 1)), (-1, -2));
    }
}
