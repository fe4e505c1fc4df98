//! Parses the publication times of feeds and posts.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

use crate::issue::date_time::DateBoundary;
use crate::issue::named_moment;

/// Names of time zones that RFC 822 does not have, and their distance from UTC.
const ZONES: [(&str, &str); 12] = [
    ("CET", "+0100"),
    ("CEST", "+0200"),
    ("MET", "+0100"),
    ("MEST", "+0200"),
    ("EET", "+0200"),
    ("EEST", "+0300"),
    ("WET", "+0000"),
    ("WEST", "+0100"),
    ("BST", "+0100"),
    ("UTC", "+0000"),
    ("GMT+1", "+0100"),
    ("GMT+2", "+0200"),
];

/// Reads RFC 3339 (`2026-11-03T10:00:00+01:00`), the same without a time or a zone, and RFC 822 (`Tue, 3 Nov 2026 10:00:00
/// GMT`), also with a zone of another name or with none; and the forms of front matter, such as `3. november
/// 2026`. A time without a zone is in `zone`.
pub(crate) fn publication(written: &str, zone: &TimeZone) -> Option<Timestamp> {
    let written = written.trim();
    if let Ok(moment) = written.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(local) = written.parse::<DateTime>() {
        return in_zone(local, zone);
    }
    of_feed(written, zone)
        .or_else(|| named_moment::parse(written, zone, DateBoundary::Begins).ok().map(|named| named.moment))
}

/// Reads RFC 822, ignoring wrong names of weekdays and zones.
fn of_feed(written: &str, zone: &TimeZone) -> Option<Timestamp> {
    // Many programs get the weekday wrong, or write it in their own language.
    let words = written.split_once(',').map_or(written, |(_, date)| date).trim();
    let parser = DateTimeParser::new();
    let (before, name) = words.rsplit_once(' ')?;
    if let Some((_, offset)) = ZONES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
        return parser.parse_timestamp(format!("{before} {offset}")).ok();
    }
    if let Ok(moment) = parser.parse_timestamp(words) {
        return Some(moment);
    }
    let local = parser.parse_zoned_datetime(format!("{words} +0000")).ok()?;
    in_zone(local.datetime(), zone)
}

fn in_zone(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_feeds_are_read() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        for (written, expected) in [
            ("2026-11-03T10:00:00+01:00", "2026-11-03T09:00:00Z"),
            ("2026-11-03T10:00:00Z", "2026-11-03T10:00:00Z"),
            ("2026-11-03T10:00:00", "2026-11-03T09:00:00Z"),
            ("2026-11-03 10:00", "2026-11-03T09:00:00Z"),
            ("2026-11-03", "2026-11-02T23:00:00Z"),
            ("Tue, 03 Nov 2026 10:00:00 GMT", "2026-11-03T10:00:00Z"),
            ("Mon, 3 Nov 2026 10:00:00 +0100", "2026-11-03T09:00:00Z"),
            ("tir, 3 Nov 2026 10:00:00 CET", "2026-11-03T09:00:00Z"),
            ("3 Nov 2026 10:00 EST", "2026-11-03T15:00:00Z"),
            ("03 Jul 2026 10:00:00 CEST", "2026-07-03T08:00:00Z"),
            ("Tue, 03 Nov 2026 10:00:00", "2026-11-03T09:00:00Z"),
            ("2026-11-03 10:00:00 +0200", "2026-11-03T08:00:00Z"),
            ("3. november 2026", "2026-11-02T23:00:00Z"),
        ] {
            assert_eq!(
                publication(written, &zone).map(|moment| moment.to_string()).as_deref(),
                Some(expected),
                "{written}"
            );
        }
        for written in
            ["", "i går", "2026-02-30", "Tue, 31 Nov 2026 10:00:00 GMT", "99999999999999", "2026-11-03T25:00:00Z"]
        {
            assert_eq!(publication(written, &zone), None, "{written}");
        }
    }
}
