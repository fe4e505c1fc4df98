//! A time zone in a calendar file: the component VTIMEZONE (RFC 5545, section 3.6.5).

use jiff::civil::DateTime;
use jiff::tz::{Dst, Offset, TimeZone, TimeZoneTransition};
use jiff::{SignedDuration, Timestamp};

/// How many changes of the clock are compared to find their rule: three years of two changes each.
const COMPARED: usize = 6;

/// One change of the clock.
struct ClockChange {
    /// What the clocks show when they are changed.
    local: DateTime,
    from: Offset,
    to: Offset,
    name: String,
    /// The component that says so: `STANDARD` or `DAYLIGHT`.
    component: &'static str,
}

/// The name of a zone for TZID; none where its times are written in UTC.
pub(super) fn name(zone: &TimeZone) -> Option<&str> {
    zone.iana_name().filter(|_| *zone != TimeZone::UTC)
}

/// The lines of the component for a zone of this name, as it is from `begins` to `ends`.
///
/// Clocks that change by the same rule every year are described by that rule, since Outlook reads nothing else.
pub(super) fn lines(zone: &TimeZone, name: &str, begins: Timestamp, ends: Timestamp) -> Vec<String> {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{name}")];
    for observance in by_rule(zone, begins).unwrap_or_else(|| one_by_one(zone, begins, ends)) {
        lines.extend(observance);
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// The two changes of a year with the rules that they follow; none where there is no such rule.
fn by_rule(zone: &TimeZone, begins: Timestamp) -> Option<Vec<Vec<String>>> {
    let before: Vec<ClockChange> = zone.preceding(begins).take(2).map(|change| clock_change(zone, &change)).collect();
    let after = zone.following(begins).take(COMPARED - 2).map(|change| clock_change(zone, &change));
    let changes: Vec<ClockChange> = before.into_iter().rev().chain(after).collect();
    if changes.len() < COMPARED {
        return None;
    }
    [0, 1].map(|first| yearly(&changes.iter().skip(first).step_by(2).collect::<Vec<_>>())).into_iter().collect()
}

/// A change that happens every year in the same month, on the same weekday and at the same time.
fn yearly(changes: &[&ClockChange]) -> Option<Vec<String>> {
    let first = *changes.first()?;
    let same = |change: &&ClockChange| {
        let (one, other) = (first.local, change.local);
        one.month() == other.month()
            && one.weekday() == other.weekday()
            && one.time() == other.time()
            && (first.from, first.to) == (change.from, change.to)
    };
    let years = changes.iter().zip(0..).all(|(change, number)| change.local.year() == first.local.year() + number);
    if !years || !changes.iter().all(same) {
        return None;
    }
    let week = |change: &ClockChange| (change.local.day() - 1) / 7 + 1;
    let is_last = |change: &&ClockChange| change.local.day() + 7 > change.local.date().days_in_month();
    let week = if changes.iter().all(is_last) {
        -1
    } else {
        Some(week(first)).filter(|number| changes.iter().all(|change| week(change) == *number))?
    };
    let day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .get(first.local.weekday().to_monday_zero_offset().unsigned_abs() as usize)?;
    let rule = format!("RRULE:FREQ=YEARLY;BYMONTH={};BYDAY={week}{day}", first.local.month());
    Some(observance(first, Some(rule)))
}

/// The offset at `begins`, and each change up to `ends`.
fn one_by_one(zone: &TimeZone, begins: Timestamp, ends: Timestamp) -> Vec<Vec<String>> {
    let before = zone.preceding(begins).next().map(|change| clock_change(zone, &change));
    let first = before.unwrap_or_else(|| {
        let info = zone.to_offset_info(begins);
        ClockChange {
            // A zone whose clocks were never changed still needs an onset (RFC 5545, section 3.6.5).
            local: jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0),
            from: info.offset(),
            to: info.offset(),
            name: info.abbreviation().to_owned(),
            component: component(info.dst()),
        }
    });
    let after = zone.following(begins).take_while(|change| change.timestamp() <= ends);
    let after = after.map(|change| clock_change(zone, &change));
    std::iter::once(first).chain(after).map(|change| observance(&change, None)).collect()
}

fn observance(change: &ClockChange, rule: Option<String>) -> Vec<String> {
    let component = change.component;
    let mut lines = vec![
        format!("BEGIN:{component}"),
        format!("DTSTART:{}", change.local.strftime("%Y%m%dT%H%M%S")),
        format!("TZOFFSETFROM:{}", offset(change.from)),
        format!("TZOFFSETTO:{}", offset(change.to)),
        format!("TZNAME:{}", change.name),
    ];
    lines.extend(rule);
    lines.push(format!("END:{component}"));
    lines
}

fn clock_change(zone: &TimeZone, change: &TimeZoneTransition<'_>) -> ClockChange {
    let moment = change.timestamp();
    // The onset is the local time by the offset that ends then (RFC 5545, section 3.6.5).
    let from = zone.to_offset(moment.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(moment));
    ClockChange {
        local: from.to_datetime(moment),
        from,
        to: change.offset(),
        name: change.abbreviation().to_owned(),
        component: component(change.dst()),
    }
}

fn component(dst: Dst) -> &'static str {
    match dst {
        Dst::Yes => "DAYLIGHT",
        Dst::No => "STANDARD",
    }
}

/// An offset from UTC (RFC 5545, section 3.3.14): `+0100`.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component_of(name: &str, begins: &str) -> String {
        let zone = TimeZone::get(name).unwrap();
        let begins: Timestamp = begins.parse().unwrap();
        lines(&zone, name, begins, begins).join("\n")
    }

    #[test]
    fn clocks_that_change_every_year_have_rules() {
        let expected = "\
BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
DTSTART:20260329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE";
        assert_eq!(component_of("Europe/Copenhagen", "2027-01-21T08:30:00Z"), expected);
        let american = component_of("America/New_York", "2027-07-01T12:00:00Z");
        assert!(american.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"), "{american}");
        assert!(american.contains("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"), "{american}");
    }

    #[test]
    fn other_clocks_are_described_by_their_last_change() {
        for (name, offset) in [("Asia/Tokyo", "+0900"), ("Asia/Kolkata", "+0530")] {
            let component = component_of(name, "2027-01-21T08:30:00Z");
            assert!(component.contains(&format!("\nTZOFFSETTO:{offset}\n")), "{component}");
            assert!(!component.contains("RRULE") && component.matches("BEGIN:STANDARD").count() == 1, "{component}");
        }
        // Clocks in Morocco follow Ramadan.
        let moroccan = component_of("Africa/Casablanca", "2027-01-21T08:30:00Z");
        assert!(!moroccan.contains("RRULE") && moroccan.contains("BEGIN:STANDARD"), "{moroccan}");
        assert_eq!(name(&TimeZone::UTC), None);
    }
}
