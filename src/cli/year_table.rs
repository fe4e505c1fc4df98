//! A year of the calendar for people, by month, and for programs.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::issue::IssueId;
use crate::ops::text::visible;
use crate::publish::calendar::entry::{EntryPriority, EntryStage, YearChannel};
use crate::publish::calendar::issue_match::CalendarIssue;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::{IssueProgress, NextStep, OccurrenceState};
use crate::publish::calendar::year::{CalendarYear, YearItem};

/// The width of a terminal that everyone has; what is longer is wrapped.
const WIDTH: usize = 80;
/// Where the titles begin.
const INDENT: usize = 30;
const SEPARATOR: &str = " · ";

/// What must be done now of the years beside the one that is listed.
pub(super) struct NearYears<'y, 'c> {
    /// What is late of the year before.
    before: Vec<&'y YearItem<'c>>,
    /// What is due or late of the next year.
    after: Vec<&'y YearItem<'c>>,
}

impl<'y, 'c> NearYears<'y, 'c> {
    /// Those of the year before, unless a year was asked for, and of the next.
    pub(super) fn of(former: Option<&'y CalendarYear<'c>>, next: &'y CalendarYear<'c>) -> Self {
        let is_late = |item: &&YearItem<'_>| matches!(item.state, OccurrenceState::Late(_));
        let is_open = |item: &&YearItem<'_>| matches!(item.state, OccurrenceState::Due(Some(_)));
        Self {
            before: former.iter().flat_map(|year| &year.items).filter(is_late).collect(),
            after: next.items.iter().filter(|item| is_late(item) || is_open(item)).collect(),
        }
    }

    /// The items of the year, between those before and after it.
    pub(super) fn around(&self, year: &'y CalendarYear<'c>) -> impl Iterator<Item = &'y YearItem<'c>> {
        self.before.iter().copied().chain(&year.items).chain(self.after.iter().copied())
    }
}

/// The lines of a year, with what must be done now of the years beside it, and those of weeks with many letters.
pub(super) fn lines(year: &CalendarYear<'_>, near: &NearYears<'_, '_>, busy: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut month = None;
    for item in near.around(year) {
        let listed = item.occurrence.period.listed_day().first_of_month();
        if month.replace(listed) != Some(listed) {
            lines.extend((!lines.is_empty()).then(String::new));
            lines.push(listed.strftime("%B %Y").to_string());
        }
        lines.extend(item_lines(item));
    }
    if !year.unlisted.is_empty() {
        lines.extend((!lines.is_empty()).then(String::new));
        lines.push("Sent, and not in the calendar".to_owned());
        lines.extend(year.unlisted.iter().map(|issue| {
            let day = sent_day(issue).map(|day| day.to_string()).unwrap_or_default();
            format!("  {day}  {}", visible(&issue_name(issue)))
        }));
    }
    if !busy.is_empty() {
        lines.extend((!lines.is_empty()).then(String::new));
        lines.extend_from_slice(busy);
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let beside = [(year.year - 1, &near.before), (year.year + 1, &near.after)].into_iter();
    let beside = beside.filter(|(_, items)| !items.is_empty()).map(|(year, items)| {
        let late = items.iter().filter(|item| matches!(item.state, OccurrenceState::Late(_))).count();
        format!("; {year}: {late} late, {} due", items.len() - late)
    });
    let beside: String = beside.collect();
    lines.push(format!("{}{beside}", summary(year)));
    lines
}

/// The last line: how many entries have each state.
fn summary(year: &CalendarYear<'_>) -> String {
    let [planned, due, late, done] = year.counts();
    match year.items.len() {
        0 => format!("{}: no entry in calendar.yaml", year.year),
        all => {
            let entries = if all == 1 { "entry" } else { "entries" };
            format!(
                "{}, as of {}: {all} {entries}: {done} done, {late} late, {due} due, {planned} planned",
                year.year, year.today
            )
        }
    }
}

/// An entry: its day, priority, state and title, and below it what is to be done and by whom.
fn item_lines(item: &YearItem<'_>) -> Vec<String> {
    let entry = item.occurrence.entry;
    let priority = match entry.priority {
        EntryPriority::Must => "MUST",
        EntryPriority::Should | EntryPriority::Could => entry.priority.name(),
    };
    let head = format!("  {:9}  {priority:6}  {:7}", in_month(item.occurrence.period), item.state.name());
    let mut lines = wrapped(&head, visible(&entry.title).split(' '), " ");
    let details = details(item);
    lines.extend(wrapped("", details.iter().map(String::as_str), SEPARATOR));
    lines
}

/// What is to be done, or was; the issue, who sees to it, where it goes and whom it is for.
fn details(item: &YearItem<'_>) -> Vec<String> {
    let entry = item.occurrence.entry;
    let mut details: Vec<String> = state_words(item.state, item.occurrence.stages()).into_iter().collect();
    details.extend(item.issue.as_ref().map(|issue| visible(&issue_name(issue))));
    if item.issue.is_none() && entry.has_issue() && !matches!(item.state, OccurrenceState::Done(_)) {
        details.push(item.occurrence.name());
    }
    details.extend(entry.owner.as_deref().map(visible));
    let audiences: Vec<&str> = entry.audiences.iter().map(|audience| audience.value.as_str()).collect();
    let channels: Vec<&str> = entry.channels.iter().map(|channel| channel.name()).collect();
    details.extend(match (&channels[..], &audiences[..]) {
        ([], []) => None,
        ([], audiences) => Some(format!("for {}", audiences.join(", "))),
        (channels, []) => (channels != [YearChannel::Mail.name()]).then(|| channels.join(", ")),
        (channels, audiences) => Some(format!("{} to {}", channels.join(", "), audiences.join(", "))),
    });
    details
}

/// What a state means: `draft by 10 May`, `no draft, due 10 May`, `done 24 May`.
fn state_words(state: OccurrenceState, stages: &[EntryStage]) -> Option<String> {
    match state {
        OccurrenceState::Planned(Some(next)) | OccurrenceState::Due(Some(next)) => {
            Some(format!("{} by {}", stage_word(next.stage, stages), day_and_month(next.day)))
        }
        OccurrenceState::Late(next) => Some(format!("{}, due {}", missing(next, stages), day_and_month(next.day))),
        OccurrenceState::Done(Some(day)) if !stages.is_empty() => {
            Some(format!("{} {}", stage_word(EntryStage::Sent, stages), day_and_month(day)))
        }
        OccurrenceState::Planned(None) | OccurrenceState::Due(None) | OccurrenceState::Done(_) => None,
    }
}

/// A stage that is reached. What has no issue is not sent, but published by hand.
fn stage_word(stage: EntryStage, stages: &[EntryStage]) -> &'static str {
    match stage {
        EntryStage::Sent if !stages.contains(&EntryStage::Draft) => "done",
        EntryStage::Draft | EntryStage::Approved | EntryStage::Sent => stage.name(),
    }
}

/// What is missing where a stage was not reached in time.
pub(super) fn missing(next: NextStep, stages: &[EntryStage]) -> &'static str {
    match next.stage {
        EntryStage::Draft => "no draft",
        EntryStage::Approved => "not approved",
        EntryStage::Sent if !stages.contains(&EntryStage::Draft) => "not done",
        EntryStage::Sent => "not sent",
    }
}

/// An issue by its file, or its id where that is gone.
fn issue_name(issue: &CalendarIssue) -> String {
    issue.file.clone().unwrap_or_else(|| issue.id.to_string())
}

fn sent_day(issue: &CalendarIssue) -> Option<Date> {
    match issue.progress {
        IssueProgress::Sent(day) => Some(day),
        IssueProgress::Draft | IssueProgress::Ready => None,
    }
}

/// A period under the heading of its month.
fn in_month(period: Period) -> String {
    match period {
        Period::Days { first, last } if first == last => first.strftime("%a %-d").to_string(),
        Period::Days { first, last } if first.month() == last.month() => format!("{}–{}", first.day(), last.day()),
        Period::Days { first, last } => format!("{}–{}", first.strftime("%-d/%-m"), last.strftime("%-d/%-m")),
        Period::Week { monday } => format!("week {}", monday.iso_week_date().week()),
        Period::Month { .. } => "all month".to_owned(),
        Period::Quarter { first } => format!("Q{}", (first.month() + 2) / 3),
        Period::Year { .. } => "all year".to_owned(),
    }
}

/// A day in a line: `10 May`.
fn day_and_month(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// Pieces behind the head of a line, wrapped between them below each other; a piece that is longer than a line is wrapped
/// between its words.
fn wrapped<'a>(head: &str, pieces: impl Iterator<Item = &'a str>, separator: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = format!("{head:INDENT$}");
    let mut is_empty = true;
    for piece in pieces {
        let mut joint = separator;
        let is_long = piece.chars().count() > WIDTH - INDENT;
        for part in piece.split(|sign: char| is_long && sign == ' ') {
            let width = line.chars().count() + joint.chars().count() + part.chars().count();
            if !is_empty && width > WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(INDENT)));
                is_empty = true;
            }
            if !is_empty {
                line.push_str(joint);
            }
            line.push_str(part);
            (is_empty, joint) = (false, " ");
        }
    }
    lines.extend((!is_empty).then_some(line));
    lines
}

/// An entry for programs.
pub(super) fn json(item: &YearItem<'_>) -> Value {
    let entry = item.occurrence.entry;
    let period = item.occurrence.period;
    let done = match item.state {
        OccurrenceState::Done(day) => day,
        OccurrenceState::Planned(_) | OccurrenceState::Due(_) | OccurrenceState::Late(_) => None,
    };
    let deadlines = item.occurrence.stages().iter().map(|stage| {
        let day = item.occurrence.deadline(*stage).map(|day| day.to_string());
        (stage.name().to_owned(), Value::from(day))
    });
    json!({
        "entry": item.occurrence.name(),
        "title": entry.title,
        "kind": entry.kind.name(),
        "when": period.to_string(),
        "first": period.first().to_string(),
        "last": period.last().to_string(),
        "channels": entry.channels.iter().map(|channel| channel.name()).collect::<Vec<_>>(),
        "audiences": entry.audiences.iter().map(|audience| audience.value.as_str()).collect::<Vec<_>>(),
        "series": entry.series.as_ref().map(|series| series.value.as_str()),
        "owner": entry.owner,
        "priority": entry.priority.name(),
        "state": item.state.name(),
        "next": item.state.next().map(|next| json!({ "stage": next.stage.name(), "by": next.day.to_string() })),
        "deadlines": deadlines.collect::<serde_json::Map<_, _>>(),
        "done": done.map(|day| day.to_string()),
        "issue": item.issue.as_ref().map(|issue| &issue.id),
    })
}

/// An issue that was sent and is in no entry, for programs.
pub(super) fn unlisted_json(issue: &CalendarIssue) -> Value {
    let id: &IssueId = &issue.id;
    json!({ "issue": id, "title": issue.title, "state": "not_in_calendar", "sent": sent_day(issue).map(|day| day.to_string()) })
}
