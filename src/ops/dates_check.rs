//! Warns of dates that have passed in an issue that was not sent, such as those with a wrong year.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::edition::compiled::Edition;
use crate::edition::generated_file::CalendarMoment;
use crate::issue::{Issue, IssueId, front_matter};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::schedule::{self, RunDecision};
use crate::ops::text::{duration, said_date, said_time};
use crate::ops::{ledgers, scheduled};
use crate::project::Project;

const SEND_AT: Code = Code("NL636");
const SEND_UNTIL: Code = Code("NL637");
const EVENT: Code = Code("NL638");
const HOLIDAY: Code = Code("NL761");
const WEEKEND: Code = Code("NL762");
const NO_TIME: Code = Code("NL765");

/// The issues that were sent, as far as the ledger can be read: a check may run without a ledger.
pub(crate) fn sent(project: &Project) -> BTreeSet<IssueId> {
    let ledger = ledgers::open_to_read(project).ok().flatten();
    ledger.and_then(|mut ledger| scheduled::sent(&mut *ledger).ok()).unwrap_or_default()
}

/// The warnings for an issue that is about to be sent although its time was long ago: it may be a copy of a former one.
pub fn check_late(prepared: &PreparedIssue<'_>, now: Timestamp) -> Diagnostics {
    let (project, issue) = (&prepared.inputs.project, &prepared.inputs.issue);
    let mut diagnostics = Diagnostics::new();
    if let Some(late) = late(project, issue, now) {
        let dated = issue.front.date.or(issue.front.send_at).unwrap_or(now);
        let dated = said_time(dated, &project.settings().timezone);
        diagnostics.push(late.hint(message!(
            "the letters are dated {dated}: write another time, unless that is intended",
            "mailene dateres {dated}: skriv et andet tidspunkt, medmindre det er meningen"
        )));
    }
    diagnostics.extend(check_events(prepared, now));
    prepared.inputs.apply_exemptions(&mut diagnostics);
    diagnostics
}

/// The warnings for the front matter of an issue that was not sent.
pub(crate) fn check(project: &Project, issue: &Issue, now: Timestamp) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let zone = &project.settings().timezone;
    diagnostics.extend(late(project, issue, now).map(|late| late.hint(not_sent_yet())).into_iter().collect());
    diagnostics.extend(check_time(project, issue, now).into_iter().collect());
    if let Some(until) = issue.front.send_until.filter(|until| *until < now) {
        let message = message!(
            "`send_until` passed at {}: the issue can no longer be sent",
            "`send_until` {} er passeret: nyhedsbrevet kan ikke længere sendes",
            said_time(until, zone)
        );
        let place = front_matter::key_place(&issue.source, &["send_until"]);
        diagnostics.push(
            Diagnostic::warning(SEND_UNTIL, message)
                .at(place)
                .hint(message!("write a later time, or delete it", "skriv et senere tidspunkt, eller slet det")),
        );
    }
    diagnostics.extend(check_day(project, issue, now).into_iter().collect());
    diagnostics
}

/// The warning for an issue whose time of sending is longer ago than `run` allows.
fn late(project: &Project, issue: &Issue, now: Timestamp) -> Option<Diagnostic> {
    let RunDecision::Late(send_at) = schedule::by_time(project, issue, now) else { return None };
    let (at, grace) = (said_time(send_at, &project.settings().timezone), duration(schedule::grace(project, issue)));
    let message = message!(
        "`send_at` passed at {at}: `run` sends an issue at most {grace} late (`grace`)",
        "`send_at` {at} er passeret: `run` sender et nyhedsbrev højst {grace} for sent (`grace`)"
    );
    Some(Diagnostic::warning(SEND_AT, message).at(send_at_place(issue)))
}

fn not_sent_yet() -> Message {
    message!(
        "if it was not sent, write another time, or send it with `newsletter send`",
        "er det ikke sendt, så skriv et andet tidspunkt, eller send det med `newsletter send`"
    )
}

/// The warning for an issue that is to be sent on a day without a time: that is at midnight.
fn check_time(project: &Project, issue: &Issue, now: Timestamp) -> Option<Diagnostic> {
    let zone = &project.settings().timezone;
    issue.front.send_at.filter(|send_at| *send_at > now)?;
    front_matter::has_no_time(issue.source.text(), zone).then(|| {
        let message =
            message!("`send_at` has no time, so it is midnight", "`send_at` har intet klokkeslæt og er derfor midnat");
        Diagnostic::warning(NO_TIME, message).at(send_at_place(issue)).hint(message!(
            "write the time behind the day, for example `kl. 9.00`",
            "skriv klokkeslættet efter dagen, f.eks. `kl. 9.00`"
        ))
    })
}

fn send_at_place(issue: &Issue) -> Span {
    front_matter::key_place(&issue.source, &["send_at", "publish_date"])
}

/// The warning for an issue that is to be sent on a day when most readers are off, if the country's holidays are known.
fn check_day(project: &Project, issue: &Issue, now: Timestamp) -> Option<Diagnostic> {
    let settings = project.settings();
    let send_at = issue.front.send_at.filter(|send_at| *send_at > now)?;
    let zone = settings.timezone.iana_name();
    let date = send_at.to_zoned_datetime(settings.timezone.clone()).date();
    let place = send_at_place(issue);
    if let Some(holiday) = settings.lang.public_holiday(zone, date) {
        let date = said_date(date);
        let message = message!(
            "`send_at` is on a holiday: {date} is {holiday}",
            "`send_at` er på en helligdag: {date} er {holiday}"
        );
        return Some(Diagnostic::warning(HOLIDAY, message).at(place).hint(message!(
            "write another day, unless this one is intended",
            "skriv en anden dag, medmindre det er meningen"
        )));
    }
    let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    (is_weekend && settings.lang.has_holidays(zone)).then(|| {
        let weekday = Lang::said_weekday(date);
        let date = said_date(date);
        let message = message!("`send_at` is on a {weekday}: {date}", "`send_at` er på en {weekday}: {date}");
        Diagnostic::warning(WEEKEND, message).at(place).hint(message!(
            "write another day, unless this one is intended",
            "skriv en anden dag, medmindre det er meningen"
        ))
    })
}

/// The warnings for the events of an issue that was not sent.
pub(crate) fn check_events(prepared: &PreparedIssue<'_>, now: Timestamp) -> Diagnostics {
    let front = &prepared.inputs.issue.front;
    if front.date.is_some() || front.send_at.is_some_and(|send_at| send_at > now) {
        // NL467 compares events with that day.
        return Diagnostics::new();
    }
    let zone = &prepared.inputs.project.settings().timezone;
    let today = now.to_zoned_datetime(zone.clone()).date();
    let mut seen = BTreeSet::new();
    let files = prepared.editions.values().flat_map(Edition::enclosures);
    let events = files.filter_map(|file| PastEvent::of(file.dated(CalendarMoment::of(now)).text(), today));
    let warning = |event: PastEvent| {
        let (title, day) = (&event.title, said_date(event.last_day));
        let message = message!("the event \"{title}\" ended on {day}", "arrangementet \"{title}\" sluttede {day}");
        let place = event_place(&prepared.inputs.issue.source, &event.title);
        let hint = message!(
            "check the year; if the issue is to report on it, set `date` in its front matter",
            "se efter årstallet; skal nyhedsbrevet berette om det, så sæt `date` i front matter"
        );
        Diagnostic::warning(EVENT, message).at(place).hint(hint)
    };
    // An event before `send_at` is reported by NL467.
    let send_at = front.send_at.map(|send_at| send_at.to_zoned_datetime(zone.clone()).date());
    let events = events.filter(|event| send_at.is_none_or(|send_at| event.last_day >= send_at));
    events.filter(|event| seen.insert(event.title.clone())).map(warning).collect()
}

/// An event whose last day has passed.
struct PastEvent {
    title: String,
    last_day: Date,
}

impl PastEvent {
    /// Reads it from a calendar file of this program, which has one event (RFC 5545 §3.6.1).
    fn of(calendar: &str, today: Date) -> Option<Self> {
        // The description of a time zone has a DTSTART as well, and comes first.
        let unfolded = calendar.get(calendar.find("BEGIN:VEVENT")?..)?.replace("\r\n ", "");
        let value = |name: &str| {
            let line = unfolded.lines().find(|line| line.starts_with(name))?;
            line.split_once(':').map(|(_, value)| value.to_owned())
        };
        let day = |name: &str| value(name).and_then(|text| Date::strptime("%Y%m%d", text.get(..8)?).ok());
        // DTEND of whole days is the day after the last one.
        let is_days = unfolded.lines().any(|line| line.starts_with("DTEND;VALUE=DATE:"));
        let end = day("DTEND").and_then(|end| if is_days { end.yesterday().ok() } else { Some(end) });
        let last_day = end.or_else(|| day("DTSTART"))?;
        let title = value("SUMMARY")?.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        (last_day < today).then_some(Self { title, last_day })
    }
}

/// The fence of an event, or the first line.
fn event_place(source: &Source, title: &str) -> Span {
    let is_event = |line: &str| line.trim_start().starts_with(":::") && line.contains(title);
    source.line(source.text().lines().position(is_event).unwrap_or(0) + 1)
}
