//! The moment that a key of the front matter names: as ISO 8601 writes it, or as people write days and times.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::issue::date_time::{self, DateBoundary};
use crate::issue::when::error::WhenErrorKind;
use crate::issue::when::{self, EventTime, MissingYear};

/// A moment, and whether it was written as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamedMoment {
    pub(super) moment: Timestamp,
    /// It is in the hour that is skipped when clocks go forward, and read as the time an hour later.
    pub(super) is_skipped: bool,
}

/// Reads `2026-12-01 kl. 9.00`, `24/12-2026 kl. 9` or `24. december 2026`; a time without a zone is in `zone`. The times of
/// events are read by the same rules, so that a date that works in the text works in the front matter too.
pub(super) fn parse(text: &str, zone: &TimeZone, alone: DateBoundary) -> Result<NamedMoment, WhenErrorKind> {
    if let Some(moment) = date_time::parse(text, zone, alone) {
        return Ok(NamedMoment { moment, is_skipped: date_time::is_skipped(text, zone) });
    }
    // `Tue, 12 Dec 2023 10:00:00 +0000`, as in a post that was imported from a feed.
    if let Ok(moment) = DateTimeParser::new().parse_timestamp(text.trim()) {
        return Ok(NamedMoment { moment, is_skipped: false });
    }
    // The year is not guessed: the clock does not decide what a file means.
    match when::parse(&[text], MissingYear::Unknown) {
        Ok(EventTime::Days { first, last }) if first == last => day(first, zone, alone).ok_or(WhenErrorKind::NoSuchDay),
        Ok(EventTime::Hours { begins, ends: None }) => hour(begins, zone).ok_or(WhenErrorKind::NoSuchTime),
        Ok(EventTime::Days { .. } | EventTime::Hours { .. }) => Err(WhenErrorKind::TooMany),
        Err((_, error)) => Err(error.mistake),
    }
}

fn day(day: Date, zone: &TimeZone, alone: DateBoundary) -> Option<NamedMoment> {
    let day = match alone {
        DateBoundary::Begins => day,
        DateBoundary::Ends => day.tomorrow().ok()?,
    };
    let midnight = day.to_zoned_datetime(zone.clone()).ok()?;
    Some(NamedMoment { moment: midnight.timestamp(), is_skipped: false })
}

fn hour(time: DateTime, zone: &TimeZone) -> Option<NamedMoment> {
    let zoned = zone.to_ambiguous_zoned_datetime(time);
    let is_skipped = matches!(zoned.offset(), AmbiguousOffset::Gap { .. });
    zoned.compatible().ok().map(|zoned| NamedMoment { moment: zoned.timestamp(), is_skipped })
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
        assert!(parse("28. marts 2027 kl. 2.30", &zone, DateBoundary::Begins).is_ok_and(|named| named.is_skipped));
    }
}
