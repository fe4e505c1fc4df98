//! The moment that a key of the front matter names: as ISO 8601 writes it, or as people write days and times.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::issue::date_time::{self, DateBoundary};
use crate::issue::when::error::WhenErrorKind;
use crate::issue::when::{self, EventTime, MissingYear};

/// A moment, with whether a change of the clocks affects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedMoment {
    pub(crate) moment: Timestamp,
    pub(crate) clock: ClockEffect,
}

/// What a change of the clocks does to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockEffect {
    /// Nothing: it occurs once.
    None,
    /// It is in the hour that is skipped when clocks go forward.
    Skipped,
    /// It occurs twice when clocks go back, first with one offset from UTC and then with the other.
    Repeated { first: Offset, second: Offset },
}

impl From<AmbiguousOffset> for ClockEffect {
    fn from(offset: AmbiguousOffset) -> Self {
        match offset {
            AmbiguousOffset::Unambiguous { .. } => Self::None,
            AmbiguousOffset::Gap { .. } => Self::Skipped,
            AmbiguousOffset::Fold { before, after } => Self::Repeated { first: before, second: after },
        }
    }
}

/// Reads `2026-12-01 kl. 9.00`, `24/12-2026 kl. 9` or `24. december 2026`; a time without a zone is in `zone`. The times of
/// events are read by the same rules, so that a date that works in the text works in the front matter too.
pub(crate) fn parse(text: &str, zone: &TimeZone, alone: DateBoundary) -> Result<NamedMoment, WhenErrorKind> {
    if let Some(moment) = date_time::parse(text, zone, alone) {
        let clock = date_time::offset(text, zone).map_or(ClockEffect::None, ClockEffect::from);
        return Ok(NamedMoment { moment, clock });
    }
    // `Tue, 12 Dec 2023 10:00:00 +0000`, as in a post that was imported from a feed.
    if let Ok(moment) = DateTimeParser::new().parse_timestamp(text.trim()) {
        return Ok(NamedMoment { moment, clock: ClockEffect::None });
    }
    if has_doubtful_year(text) {
        return Err(WhenErrorKind::NoYear);
    }
    // The year is not guessed: the clock does not decide what a file means.
    match when::parse(&[text], MissingYear::Unknown) {
        Ok(EventTime::Days { first, last }) if first == last => day(first, zone, alone).ok_or(WhenErrorKind::NoSuchDay),
        Ok(EventTime::Hours { begins, ends: None }) => hour(begins, zone).ok_or(WhenErrorKind::NoSuchTime),
        Ok(EventTime::Days { .. } | EventTime::Hours { .. }) => Err(WhenErrorKind::TooMany),
        Err((_, error)) => Err(error.mistake),
    }
}

/// Whether a day in digits has no year of four digits: what follows the dash in `1/12-26` may be a year, a day or an hour.
fn has_doubtful_year(text: &str) -> bool {
    let is_year = |number: &str| number.len() == 4;
    text.matches('/').count() == 1 && !text.split(|sign: char| !sign.is_ascii_digit()).any(is_year)
}

fn day(day: Date, zone: &TimeZone, alone: DateBoundary) -> Option<NamedMoment> {
    let day = match alone {
        DateBoundary::Begins => day,
        DateBoundary::Ends => day.tomorrow().ok()?,
    };
    let midnight = day.to_zoned_datetime(zone.clone()).ok()?;
    Some(NamedMoment { moment: midnight.timestamp(), clock: ClockEffect::None })
}

fn hour(time: DateTime, zone: &TimeZone) -> Option<NamedMoment> {
    let zoned = zone.to_ambiguous_zoned_datetime(time);
    let clock = zoned.offset().into();
    zoned.compatible().ok().map(|zoned| NamedMoment { moment: zoned.timestamp(), clock })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_in_an_event() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        let read = |text: &str| parse(text, &zone, DateBoundary::Begins).map(|named| named.moment.to_string());
        for text in [
            "2026-12-24 09:00",
            "2026-12-24 kl. 9",
            "24.12.2026 kl. 9.00",
            "24/12-2026 kl. 9",
            "24. december 2026 kl. 9.00",
            "torsdag den 24. december 2026 kl. 9",
            "December 24, 2026, 9 am",
        ] {
            assert_eq!(read(text).as_deref(), Ok("2026-12-24T08:00:00Z"), "{text}");
        }
        assert_eq!(read("Thu, 24 Dec 2026 09:00:00 +0100").as_deref(), Ok("2026-12-24T08:00:00Z"));
        assert_eq!(read("24.12.2026").as_deref(), Ok("2026-12-23T23:00:00Z"));
        let end = parse("24.12.2026", &zone, DateBoundary::Ends).map(|named| named.moment.to_string());
        assert_eq!(end.as_deref(), Ok("2026-12-24T23:00:00Z"));
        for (text, expected) in [
            ("24. december kl. 9", WhenErrorKind::NoYear),
            ("31/2-2026", WhenErrorKind::NoSuchDay),
            ("24.12.2026 kl. 25", WhenErrorKind::NoSuchTime),
            ("24.-25. december 2026", WhenErrorKind::TooMany),
            ("24.12.2026 kl. 9-10", WhenErrorKind::TooMany),
            ("kl. 9", WhenErrorKind::NoDay),
            ("snart", WhenErrorKind::NotUnderstood),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
        let clock = |text: &str| parse(text, &zone, DateBoundary::Begins).map(|named| named.clock);
        let (first, second) = (Offset::constant(2), Offset::constant(1));
        for (text, expected) in [
            ("28. marts 2027 kl. 2.30", ClockEffect::Skipped),
            ("2027-03-28 02:30", ClockEffect::Skipped),
            ("31. oktober 2027 kl. 2.30", ClockEffect::Repeated { first, second }),
            ("2027-10-31 02:00", ClockEffect::Repeated { first, second }),
            ("2027-10-31 02:30 +01:00", ClockEffect::None),
            ("2027-10-31 03:00", ClockEffect::None),
        ] {
            assert_eq!(clock(text), Ok(expected), "{text}");
        }
    }
}
