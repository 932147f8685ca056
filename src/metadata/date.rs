//! Calendar dates, as metadata has them: `YYYY-MM-DD`, a day in UTC.

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// A day of the Gregorian calendar. Dates compare in the order of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Parses four digits, two digits, two digits, with hyphens between them.
    pub(super) fn parse(text: &str) -> Option<Date> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
        let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
        let two = |tens, units| Some(digit(tens)? * 10 + digit(units)?);
        let year = u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?);
        let date = Date { year, month: two(m1, m2)?, day: two(d1, d2)? };
        (1..=date.days_in_month()?).contains(&date.day).then_some(date)
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

    /// Whether this day has begun at `now`.
    pub(super) fn has_come(&self, now: SystemTime) -> bool {
        self.days_since_epoch() <= day_of(now)
    }

    /// Whether this day is over at `now`.
    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        self.days_since_epoch() < day_of(now)
    }

    fn is_leap_year(&self) -> bool {
        (self.year.is_multiple_of(4) && !self.year.is_multiple_of(100))
            || self.year.is_multiple_of(400)
    }

    fn days_in_month(&self) -> Option<u8> {
        match self.month {
            4 | 6 | 9 | 11 => Some(30),
            2 => Some(if self.is_leap_year() { 29 } else { 28 }),
            1..=12 => Some(31),
            _ => None,
        }
    }

    fn days_since_epoch(&self) -> i64 {
        // From the first day of the year 1 to that of 1970.
        const TO_EPOCH: i64 = 719_162;
        let years = i64::from(self.year) - 1;
        let leap_days = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
        let months = (1..self.month).filter_map(|month| Date { month, ..*self }.days_in_month());
        let days: i64 = months.map(i64::from).sum();
        years * 365 + leap_days + days + i64::from(self.day) - 1 - TO_EPOCH
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

/// The number of the day in UTC, counted from 1970-01-01.
fn day_of(now: SystemTime) -> i64 {
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs() / SECONDS_A_DAY).unwrap_or(i64::MAX),
        // A time of day before the epoch lies in the day that it has begun.
        Err(error) => {
            let before = error.duration();
            let seconds = before.as_secs() + u64::from(before.subsec_nanos() > 0);
            i64::try_from(seconds.div_ceil(SECONDS_A_DAY)).map_or(i64::MIN, |days| -days)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn days(text: &str) -> i64 {
        Date::parse(text).unwrap().days_since_epoch()
    }

    #[test]
    fn mds_06_a_date_is_four_digits_two_and_two() {
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
    fn days_are_counted_from_the_epoch() {
        assert_eq!(days("1970-01-01"), 0);
        assert_eq!(days("1969-12-31"), -1);
        assert_eq!(days("1970-12-31"), 364);
        assert_eq!(days("1972-03-01"), 790);
        assert_eq!(days("2000-03-01"), 11_017);
        assert_eq!(days("2025-06-15"), 20_254);
        assert_eq!(days("0001-01-01"), -719_162);
        assert_eq!(days("9999-12-31"), 2_932_896);
        assert_eq!(days("0000-12-31"), -719_163);
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight() {
        let date = Date::parse("1970-01-02").unwrap();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!date.has_come(at(SECONDS_A_DAY - 1)));
        assert!(date.has_come(at(SECONDS_A_DAY)) && !date.is_over(at(SECONDS_A_DAY)));
        assert!(!date.is_over(at(2 * SECONDS_A_DAY - 1)));
        assert!(date.is_over(at(2 * SECONDS_A_DAY)));
        assert_eq!(day_of(UNIX_EPOCH - Duration::from_nanos(1)), -1);
        assert_eq!(day_of(UNIX_EPOCH - Duration::from_secs(SECONDS_A_DAY)), -1);
        assert_eq!(day_of(UNIX_EPOCH - Duration::from_secs(SECONDS_A_DAY + 1)), -2);
    }
}
