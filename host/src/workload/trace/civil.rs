//! UTC time stamps such as `2023-11-16 18:17:03.9799600`.

/// Units of 100 ns, the resolution of the Azure traces, in a second.
const UNITS_PER_S: i128 = 10_000_000;

/// A time stamp in units of 100 ns since 1970; finer digits are cut off. Between date and time stands
/// a blank or a `T`; the fraction may be absent; `Z` or `+00:00` may follow.
pub(super) fn parse(text: &str) -> Option<i128> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
    let (date, time) = text.split_once([' ', 'T'])?;
    let mut date = date.split('-');
    let (year, month, day) = (number(date.next()?, 4)?, number(date.next()?, 2)?, number(date.next()?, 2)?);
    let (clock, fraction) =
        time.split_once('.').map_or((time, None), |(clock, fraction)| (clock, Some(fraction)));
    let mut clock = clock.split(':');
    let (hour, minute, second) =
        (number(clock.next()?, 2)?, number(clock.next()?, 2)?, number(clock.next()?, 2)?);
    let fits = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if date.next().is_some() || clock.next().is_some() || !fits {
        return None;
    }
    let seconds = i128::from(days_since_1970(year, month, day)) * 86_400
        + i128::from(hour * 3600 + minute * 60 + second);
    Some(seconds * UNITS_PER_S + i128::from(fraction.map_or(Some(0), units)?))
}

/// Ticks between two time stamps, cut to whole microseconds; `None` when `to` is the earlier one.
pub(super) fn ticks_between(from: i128, to: i128) -> Option<u64> {
    u64::try_from((to - from) / 10).ok().filter(|_| to >= from)
}

/// A fraction of a second in units of 100 ns.
fn units(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(
        (0..7)
            .fold(0, |sum, i| sum * 10 + i64::from(fraction.as_bytes().get(i).map_or(0, |byte| byte - b'0'))),
    )
}

fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar. A year is counted from March, so that the leap
/// day is its last (Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_1970() {
        assert_eq!(parse("1970-01-01 00:00:00"), Some(0));
        assert_eq!(parse("2000-03-01 00:00:00"), Some(951_868_800 * UNITS_PER_S));
        assert_eq!(parse("2023-11-16 18:17:03.9799600"), Some(1_700_158_623 * UNITS_PER_S + 9_799_600));
        assert_eq!(parse("2024-05-10T00:00:00.009930+00:00"), Some(1_715_299_200 * UNITS_PER_S + 99_300));
        assert_eq!(parse("2024-02-29 23:59:59.99999999Z"), Some(1_709_251_199 * UNITS_PER_S + 9_999_999));
    }

    #[test]
    fn what_is_no_time_stamp_is_refused() {
        for text in [
            "",
            "2023-11-16",
            "2023-11-16 18:17",
            "2023-13-16 18:17:03",
            "2023-02-29 18:17:03",
            "2023-11-16 24:00:00",
            "2023-11-16 18:17:03.",
            "2023-11-16 18:17:03.1x",
            "23-11-16 18:17:03",
            "2023-11-16 18:17:03+01:00",
            "2023-11-16-1 18:17:03",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn differences_are_cut_to_microseconds() {
        assert_eq!(ticks_between(0, 19), Some(1));
        assert_eq!(ticks_between(5, 4), None);
    }
}
