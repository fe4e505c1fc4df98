//! An event as a calendar file (iCalendar, RFC 5545).

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::edition::blocks::event::details::EventStatus;
use crate::edition::blocks::event::time_zone;
use crate::edition::generated_file::{CalendarPurpose, UndatedFile};
use crate::edition::icalendar::{escaped, fold};
use crate::issue::when::EventTime;

/// How every calendar begins.
const HEAD: [&str; 4] =
    ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//newsletter//newsletter//EN", "CALSCALE:GREGORIAN"];

/// What a calendar file says about an event.
#[derive(Debug)]
pub(super) struct CalendarEntry<'e> {
    /// The same for the same event, so that a calendar replaces the event by its corrected version.
    pub(super) uid: String,
    pub(super) when: EventTime,
    pub(super) zone: &'e TimeZone,
    pub(super) title: String,
    pub(super) status: EventStatus,
    pub(super) place: Option<String>,
    pub(super) description: String,
    /// Where to read more or sign up.
    pub(super) url: Option<&'e str>,
}

/// A calendar with one event. It has no METHOD, since it is not an invitation and asks for no reply (RFC 5546,
/// section 1.4). When it was made is added later.
pub(super) fn write(entry: &CalendarEntry<'_>, name: String) -> UndatedFile {
    let mut head = String::new();
    let mut line = |content: &str| fold(content, &mut head);
    HEAD.into_iter().for_each(&mut line);
    for content in time_zone_lines(entry.when, entry.zone) {
        line(&content);
    }
    line("BEGIN:VEVENT");
    line(&format!("UID:{}", entry.uid));
    let mut tail = String::new();
    let mut line = |content: &str| fold(content, &mut tail);
    let (start, end) = times(entry.when, entry.zone);
    line(&format!("DTSTART{start}"));
    if let Some(end) = end {
        line(&format!("DTEND{end}"));
    }
    if entry.status == EventStatus::Cancelled {
        line("STATUS:CANCELLED");
    }
    line(&format!("SUMMARY:{}", escaped(&entry.title)));
    if let Some(place) = &entry.place {
        line(&format!("LOCATION:{}", escaped(place)));
    }
    if !entry.description.is_empty() {
        line(&format!("DESCRIPTION:{}", escaped(&entry.description)));
    }
    if let Some(url) = entry.url {
        // An address is not a text, and needs no backslashes (RFC 5545, section 3.3.13).
        line(&format!("URL:{}", url.replace(char::is_control, "")));
    }
    line("END:VEVENT");
    line("END:VCALENDAR");
    let purpose = match entry.status {
        EventStatus::Planned => CalendarPurpose::Add,
        EventStatus::Cancelled => CalendarPurpose::Cancel,
    };
    UndatedFile::calendar(name, purpose, head, tail)
}

/// One calendar with the events of several, each as [`write()`] makes it, under a name. A time zone is in it once.
pub(crate) fn joined(name: &str, calendars: &[&str]) -> String {
    let mut joined = String::new();
    let mut line = |content: &str| fold(content, &mut joined);
    HEAD.into_iter().for_each(&mut line);
    // Not in RFC 5545, but Outlook, Apple and Google name a calendar by it.
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    let mut zones: Vec<&str> = calendars.iter().flat_map(|calendar| components(calendar, "VTIMEZONE")).collect();
    let mut seen = BTreeSet::new();
    zones.retain(|zone| seen.insert(*zone));
    joined.extend(zones);
    joined.extend(calendars.iter().flat_map(|calendar| components(calendar, "VEVENT")));
    fold("END:VCALENDAR", &mut joined);
    joined
}

/// The components of a kind in a calendar, with their line breaks.
fn components<'c>(calendar: &'c str, kind: &str) -> Vec<&'c str> {
    let (begin, end) = (format!("BEGIN:{kind}\r\n"), format!("END:{kind}\r\n"));
    let pieces = calendar.match_indices(&begin).filter_map(|(at, _)| {
        let length = calendar[at..].find(&end)?;
        Some(&calendar[at..at + length + end.len()])
    });
    pieces.collect()
}

fn moment(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    // jiff's "compatible" follows RFC 5545, section 3.3.5, for a time that occurs twice: the first is meant.
    zone.to_ambiguous_zoned_datetime(time).compatible().ok().map(|moment| moment.timestamp())
}

/// The description of the zone that the times of an event are in; empty where they are in none.
fn time_zone_lines(when: EventTime, zone: &TimeZone) -> Vec<String> {
    let EventTime::Hours { begins, ends } = when else { return Vec::new() };
    let moments = [begins, ends.unwrap_or(begins)].map(|time| moment(time, zone));
    match (time_zone::name(zone), moments) {
        (Some(name), [Some(begins), Some(ends)]) => time_zone::lines(zone, name, begins, ends),
        (Some(_) | None, _) => Vec::new(),
    }
}

/// Parameters and values of DTSTART and DTEND. The end of whole days is exclusive: the day after the last one (RFC 5545,
/// section 3.6.1). Times are in the zone of the place, so that they stay right if its rules change after the letter.
fn times(when: EventTime, zone: &TimeZone) -> (String, Option<String>) {
    let day = |day: Date| format!(";VALUE=DATE:{}", day.strftime("%Y%m%d"));
    let local = |time: DateTime| time.strftime("%Y%m%dT%H%M%S").to_string();
    let hour = |time: DateTime| match (moment(time, zone), time_zone::name(zone)) {
        (Some(_), Some(name)) => format!(";TZID={name}:{}", local(time)),
        (Some(moment), None) => format!(":{}", utc(moment)),
        // At the last moments that the calendar can express the time zone cannot be applied: the time is written without.
        (None, _) => format!(":{}", local(time)),
    };
    match when {
        EventTime::Days { first, last } => (day(first), last.tomorrow().ok().map(day)),
        EventTime::Hours { begins, ends } => (hour(begins), ends.map(hour)),
    }
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::edition::generated_file::CalendarMoment;
    use crate::edition::icalendar::WIDTH;

    fn entry(zone: &TimeZone, when: EventTime) -> CalendarEntry<'_> {
        let uid = "1@example.org".to_owned();
        let (title, status) = ("Årsmøde".to_owned(), EventStatus::Planned);
        CalendarEntry { uid, when, zone, title, status, place: None, description: String::new(), url: None }
    }

    fn write(entry: &CalendarEntry<'_>) -> String {
        super::write(entry, "event.ics".to_owned()).dated(CalendarMoment::of(Timestamp::UNIX_EPOCH)).text().to_owned()
    }

    #[test]
    fn a_later_file_of_an_event_is_a_later_version_of_it() {
        let undated = super::write(
            &entry(&TimeZone::UTC, EventTime::Days { first: date(2027, 1, 1), last: date(2027, 1, 1) }),
            "event.ics".to_owned(),
        );
        let at = |moment: &str| undated.dated(CalendarMoment::of(moment.parse().unwrap())).text().to_owned();
        let stamped = "UID:1@example.org\r\nDTSTAMP:20261128T090030Z\r\nLAST-MODIFIED:20261128T090030Z\r\n\
                       SEQUENCE:29930940\r\nDTSTART;VALUE=DATE:20270101\r\n";
        assert!(at("2026-11-28T09:00:30Z").contains(stamped), "{}", at("2026-11-28T09:00:30Z"));
        let [first, second]: [Timestamp; 2] =
            ["2026-11-28T09:01:59Z", "2026-11-28T09:01:00Z"].map(|moment| moment.parse().unwrap());
        let later = undated.dated(CalendarMoment::of(first).then(first).then(second));
        assert!(later.text().contains("20261128T090100Z\r\nSEQUENCE:29930943\r\n"), "{}", later.text());
        assert!(at("2026-11-28T09:01:00Z").contains("SEQUENCE:29930941\r\n"));
        assert!(at("1960-01-01T00:00:00Z").contains("SEQUENCE:0\r\n"));
    }

    #[test]
    fn times_are_in_their_zone_and_days_end_before_the_next() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        let summer = date(2027, 7, 1).at(0, 30, 0, 0);
        let hours =
            write(&entry(&zone, EventTime::Hours { begins: summer, ends: Some(date(2027, 7, 1).at(9, 0, 0, 0)) }));
        let written =
            "\r\nDTSTART;TZID=Europe/Copenhagen:20270701T003000\r\nDTEND;TZID=Europe/Copenhagen:20270701T090000\r\n";
        assert!(hours.contains(written) && hours.contains("\r\nTZID:Europe/Copenhagen\r\n"), "{hours}");
        let universal = write(&entry(&TimeZone::UTC, EventTime::Hours { begins: summer, ends: None }));
        assert!(universal.contains("\r\nDTSTART:20270701T003000Z\r\n") && !universal.contains("TZID"), "{universal}");
        let days = write(&entry(&zone, EventTime::Days { first: date(2026, 12, 31), last: date(2026, 12, 31) }));
        assert!(days.contains("\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"), "{days}");
        let last = write(&entry(&zone, EventTime::Days { first: Date::MAX, last: Date::MAX }));
        assert!(last.contains("99991231") && !last.contains("DTEND"), "{last}");
    }

    #[test]
    fn texts_are_escaped_and_folded_without_cutting_a_character() {
        let zone = TimeZone::UTC;
        let mut entry = entry(&zone, EventTime::Days { first: date(2027, 1, 1), last: date(2027, 1, 1) });
        entry.description = format!("a,b;c\\d\r\n{}", "å€😀".repeat(40));
        let written = write(&entry);
        assert!(written.split("\r\n").all(|line| line.len() <= WIDTH && !line.contains(['\r', '\n'])), "{written}");
        let unfolded = written.replace("\r\n ", "");
        let expected = format!("DESCRIPTION:a\\,b\\;c\\\\d \\n{}\r\n", "å€😀".repeat(40));
        assert!(unfolded.contains(&expected), "{unfolded}");
    }

    #[test]
    fn calendars_are_joined_with_each_time_zone_once() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        let begins = date(2027, 7, 1).at(9, 0, 0, 0);
        let hours = write(&entry(&zone, EventTime::Hours { begins, ends: None }));
        let days = write(&entry(&zone, EventTime::Days { first: date(2027, 1, 1), last: date(2027, 1, 1) }));
        let joined = joined("Nyt, og mere", &[&hours, &days, &hours]);
        let count = |line: &str| joined.matches(&format!("{line}\r\n")).count();
        assert_eq!(["BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE"].map(count), [1, 1, 1], "{joined}");
        assert_eq!(["BEGIN:VEVENT", "END:VEVENT", "X-WR-CALNAME:Nyt\\, og mere"].map(count), [3, 3, 1], "{joined}");
        assert_eq!(components(&joined, "VEVENT")[1], components(&days, "VEVENT")[0]);
    }
}
