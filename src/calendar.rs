//! The Gregorian calendar in UTC, counted in days and seconds since 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Returns the number of days since 1970-01-01, or `None` if the day does not exist.
pub(crate) fn day_number(year: u16, month: u8, day: u8) -> Option<i64> {
    // The days from 0001-01-01 to 1970-01-01.
    const TO_EPOCH: i64 = 719_162;
    if !(1..=days_in_month(year, month)?).contains(&day) {
        return None;
    }
    let years = i64::from(year) - 1;
    let leap_days = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let months = (1..month).filter_map(|month| days_in_month(year, month));
    let days: i64 = months.map(i64::from).sum();
    Some(years * 365 + leap_days + days + i64::from(day) - 1 - TO_EPOCH)
}

fn days_in_month(year: u16, month: u8) -> Option<u8> {
    let is_leap_year =
        (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap_year { 29 } else { 28 }),
        1..=12 => Some(31),
        _ => None,
    }
}

/// Returns the number of seconds since the start of 1970, rounded down, also for times before 1970.
pub(crate) fn second_of(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(error) => {
            let before = error.duration();
            let seconds = before.as_secs() + u64::from(before.subsec_nanos() > 0);
            i64::try_from(seconds).map_or(i64::MIN, |seconds| -seconds)
        }
    }
}

/// Returns the start of a second, counted as in [`second_of`]. Returns the start of 1970 if the
/// system cannot represent the time.
pub(crate) fn start_of(second: i64) -> SystemTime {
    let distance = Duration::from_secs(second.unsigned_abs());
    let time = match second {
        0.. => UNIX_EPOCH.checked_add(distance),
        _ => UNIX_EPOCH.checked_sub(distance),
    };
    time.unwrap_or(UNIX_EPOCH)
}

/// Reads a UTCTime of a certificate, `YYMMDDHHMMSSZ`, with a year from 1950 to 2049 (RFC 5280,
/// section 4.1.2.5.1). Returns the second, counted as in [`second_of`].
pub(crate) fn utc_time(text: &[u8]) -> Option<i64> {
    let (year, rest) = text.split_first_chunk()?;
    match two_digits(*year)? {
        year @ 0..50 => second(2000 + u16::from(year), rest),
        year => second(1900 + u16::from(year), rest),
    }
}

/// Reads a GeneralizedTime of a certificate, `YYYYMMDDHHMMSSZ` (RFC 5280, section 4.1.2.5.2).
pub(crate) fn generalized_time(text: &[u8]) -> Option<i64> {
    let (year, rest) = text.split_first_chunk()?;
    second(four_digits(*year)?, rest)
}

/// Returns the second of `MMDDHHMMSSZ` in a year. Leap seconds are not accepted.
fn second(year: u16, text: &[u8]) -> Option<i64> {
    let [mo1, mo2, d1, d2, h1, h2, m1, m2, s1, s2, b'Z'] = *text else { return None };
    let below = |limit: u8, digits| two_digits(digits).filter(|number| *number < limit);
    let day = day_number(year, two_digits([mo1, mo2])?, two_digits([d1, d2])?)?;
    let (hour, minute) = (below(24, [h1, h2])?, below(60, [m1, m2])?);
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    Some(day * SECONDS_A_DAY + minutes * 60 + i64::from(below(60, [s1, s2])?))
}

pub(crate) fn two_digits(digits: [u8; 2]) -> Option<u8> {
    let [tens, units] = digits;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    Some(digit(tens)? * 10 + digit(units)?)
}

pub(crate) fn four_digits(digits: [u8; 4]) -> Option<u16> {
    let [y1, y2, y3, y4] = digits;
    Some(u16::from(two_digits([y1, y2])?) * 100 + u16::from(two_digits([y3, y4])?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_epoch() {
        for (year, month, day, number) in [
            (1970, 1, 1, 0),
            (1969, 12, 31, -1),
            (1970, 12, 31, 364),
            (1972, 3, 1, 790),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (2025, 6, 15, 20_254),
            (1, 1, 1, -719_162),
            (9999, 12, 31, 2_932_896),
            (0, 12, 31, -719_163),
        ] {
            assert_eq!(day_number(year, month, day), Some(number), "{year}-{month}-{day}");
        }
        for (year, month, day) in
            [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0)]
        {
            assert_eq!(day_number(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn a_time_belongs_to_the_second_that_contains_it() {
        assert_eq!(second_of(UNIX_EPOCH + Duration::from_millis(1999)), 1);
        assert_eq!(second_of(UNIX_EPOCH), 0);
        assert_eq!(second_of(UNIX_EPOCH - Duration::from_nanos(1)), -1);
        assert_eq!(second_of(UNIX_EPOCH - Duration::from_secs(2)), -2);
        for second in [0, 1, -1, 253_402_300_799, -62_167_219_200] {
            assert_eq!(second_of(start_of(second)), second);
        }
    }

    #[test]
    fn times_of_certificates_are_seconds() {
        for (text, second) in [
            (&b"700101000000Z"[..], 0),
            (b"500101000000Z", -631_152_000),
            (b"491231235959Z", 2_524_607_999),
            (b"000229000001Z", 951_782_401),
        ] {
            assert_eq!(utc_time(text), Some(second), "{text:?}");
            assert_eq!(generalized_time(text), None);
        }
        assert_eq!(generalized_time(b"19700101000001Z"), Some(1));
        assert_eq!(generalized_time(b"99991231235959Z"), Some(253_402_300_799));
        assert_eq!(generalized_time(b"00000101000000Z"), Some(-62_167_219_200));
        for bad in [
            &b""[..],
            b"Z",
            b"700101000000",
            b"7001010000Z",
            b"700101000000+",
            b"70010100000aZ",
            b"701301000000Z",
            b"700230000000Z",
            b"700101240000Z",
            b"700101006000Z",
            b"700101000060Z",
            b"700101000000ZZ",
            b"19700101000001Z",
        ] {
            assert_eq!(utc_time(bad), None, "{bad:?}");
        }
    }
}
