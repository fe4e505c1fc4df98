//! Days and times as people write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// Which moment a date without a time means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DateBoundary {
    /// The first moment of the day.
    Begins,
    /// The first moment after the day.
    Ends,
}

/// Reads `2026-12-01`, `2026-12-01 09:00`, `2026-12-01 kl. 9.00` or `2026-12-01T09:00:00+01:00`; a time without a zone is in
/// `zone`.
///
/// When clocks go forward, a time that is skipped means the time an hour later; when they go back, a time that occurs twice
/// means the first (RFC 5545, section 3.3.5, and jiff's "compatible").
pub(super) fn parse(text: &str, zone: &TimeZone, alone: DateBoundary) -> Option<Timestamp> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let date: Date = day.parse().ok().filter(|date: &Date| date.to_string() == day)?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if rest.is_empty() {
        let date = match alone {
            DateBoundary::Begins => date,
            DateBoundary::Ends => date.tomorrow().ok()?,
        };
        return date.to_zoned_datetime(zone.clone()).ok().map(|zoned| zoned.timestamp());
    }
    let (time, zone) = clock(date, rest, zone)?;
    zone.to_ambiguous_zoned_datetime(time).compatible().ok().map(|zoned| zoned.timestamp())
}

/// The distance of a time from UTC: none or two when clocks are changed.
pub(super) fn offset(text: &str, zone: &TimeZone) -> Option<AmbiguousOffset> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    let (time, zone) = clock(day.parse().ok()?, rest.trim_start_matches(['T', 't', ' ']), zone)?;
    Some(zone.to_ambiguous_zoned_datetime(time).offset())
}

/// The time behind a date, and its zone.
fn clock(date: Date, rest: &str, zone: &TimeZone) -> Option<(DateTime, TimeZone)> {
    let rest = rest.strip_prefix("kl").map_or(rest, |time| time.trim_start_matches(['.', ' ']));
    let end = rest
        .find(|character: char| !character.is_ascii_digit() && !matches!(character, ':' | '.'))
        .unwrap_or(rest.len());
    let (clock, own_zone) = rest.split_at(end);
    let time = DateTime::from_parts(date, time(clock.trim_end_matches('.'))?);
    let zone = match own_zone.trim() {
        "" => zone.clone(),
        own => own_time_zone(own)?,
    };
    Some((time, zone))
}

/// Reads `9`, `9.00`, `09:00` or `09:00:00`; fractions of a second are dropped.
fn time(text: &str) -> Option<Time> {
    let mut parts = text.split([':', '.']).take(3).map(|part| match part.len() {
        1 | 2 => part.parse::<i8>().ok(),
        _ => None,
    });
    let hour = parts.next()??;
    let minute = parts.next().unwrap_or(Some(0))?;
    let second = parts.next().unwrap_or(Some(0))?;
    Time::new(hour, minute, second, 0).ok()
}

/// `Z`, `+01:00`, `+0100`, `+1`, or a name such as `Europe/Copenhagen`, also in brackets behind an offset (RFC 9557).
fn own_time_zone(text: &str) -> Option<TimeZone> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(TimeZone::UTC);
    }
    let (text, _) = text.split_once('[').filter(|(offset, _)| !offset.is_empty()).unwrap_or((text, ""));
    let Some(digits) = text.strip_prefix(['+', '-']) else {
        let name = text.trim_matches(['[', ']']);
        return name.contains('/').then(|| TimeZone::get(name).ok()).flatten();
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 1 | 2) => (digits, "0"),
        (None, _) => digits.split_at_checked(2)?,
    };
    let seconds =
        hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok().filter(|minute| (0..60).contains(minute))? * 60;
    let seconds = if text.starts_with('-') { -seconds } else { seconds };
    Some(Offset::from_seconds(seconds).ok()?.to_time_zone())
}

/// The day that a text such as `1/12-2026` or `1.12.2026` most likely means, as `2026-12-01`.
pub(super) fn guess(text: &str) -> Option<String> {
    let mut numbers = text.split(|character: char| !character.is_ascii_digit()).filter(|number| !number.is_empty());
    let (first, month, third) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let (year, day) = if first.len() == 4 { (first, third) } else { (third, first) };
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return None,
    };
    let year = century + year.parse::<i16>().ok()?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_as_people_write_them() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        let moment = |text: &str| parse(text, &zone, DateBoundary::Begins).map(|time| time.to_string());
        for (text, expected) in [
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-12-01 09:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01 9", "2026-12-01T08:00:00Z"),
            ("2026-12-01 kl. 9.00", "2026-12-01T08:00:00Z"),
            ("2026-12-01 kl 9", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00+01:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01 09:00 +0100", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00.5Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01 09:00-05:30", "2026-12-01T14:30:00Z"),
            ("2026-12-01 09:00 America/New_York", "2026-12-01T14:00:00Z"),
            ("2026-12-01T09:00+01:00[Europe/Copenhagen]", "2026-12-01T08:00:00Z"),
            // The clocks go forward at 2 on the last Sunday of March, and back at 3 on that of October.
            ("2027-03-28 02:30", "2027-03-28T01:30:00Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(moment(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "1. december 2026", "2026-13-01", "2026-12-01 25:00", "2026-12-01 noon", "2026-12-01 9:00 XYZ"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
        let end = parse("2026-12-01", &zone, DateBoundary::Ends).map(|time| time.to_string());
        assert_eq!(end.as_deref(), Some("2026-12-01T23:00:00Z"));
    }

    #[test]
    fn a_danish_day_is_understood_in_the_hint() {
        assert_eq!(guess("1/12-2026").as_deref(), Some("2026-12-01"));
        assert_eq!(guess("01.12.2026 kl. 9").as_deref(), Some("2026-12-01"));
        assert_eq!(guess("2026/12/1").as_deref(), Some("2026-12-01"));
        assert_eq!(guess("31/12-26").as_deref(), Some("2026-12-31"));
        assert_eq!(guess("1. december 2026"), None);
    }
}
