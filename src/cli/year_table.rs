//! A year of the calendar for people, by month, and for programs.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::noun;
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

/// What must be done now in the years before and after the listed one.
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
pub(super) fn lines(
    year: &CalendarYear<'_>,
    near: &NearYears<'_, '_>,
    busy: &[Message],
    language: UserLanguage,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut month = None;
    for item in near.around(year) {
        let listed = item.occurrence.period.listed_day().first_of_month();
        if month.replace(listed) != Some(listed) {
            lines.extend((!lines.is_empty()).then(String::new));
            lines.push(month_heading(listed).in_language(language).to_owned());
        }
        lines.extend(item_lines(item, language));
    }
    if !year.unlisted.is_empty() {
        lines.extend((!lines.is_empty()).then(String::new));
        let unlisted = message!("Sent, and not in the calendar", "Sendt, men ikke i kalenderen");
        lines.push(unlisted.in_language(language).to_owned());
        lines.extend(year.unlisted.iter().map(|issue| {
            let day = sent_day(issue).map(|day| day.to_string()).unwrap_or_default();
            format!("  {day}  {}", visible(&issue_name(issue)))
        }));
    }
    if !busy.is_empty() {
        lines.extend((!lines.is_empty()).then(String::new));
        lines.extend(busy.iter().map(|line| line.in_language(language).to_owned()));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let beside = [(year.year - 1, &near.before), (year.year + 1, &near.after)].into_iter();
    let beside = beside.filter(|(_, items)| !items.is_empty()).map(|(year, items)| {
        let late = items.iter().filter(|item| matches!(item.state, OccurrenceState::Late(_))).count();
        let due = items.len() - late;
        message!("; {year}: {late} late, {due} due", "; {year}: {late} forsinket, {due} snart")
    });
    let beside = Message::joined(beside, "");
    lines.push(composed!("{}{beside}", summary(year)).in_language(language).to_owned());
    lines
}

/// The last line: how many entries have each state.
fn summary(year: &CalendarYear<'_>) -> Message {
    let [planned, due, late, done] = year.counts();
    let (number, today) = (year.year, year.today);
    if year.items.is_empty() {
        return message!("{number}: no entry in calendar.yaml", "{number}: ingen punkter i calendar.yaml");
    }
    let entries = noun::ENTRY.count(year.items.len() as u64);
    message!(
        "{number}, as of {today}: {entries}: {done} done, {late} late, {due} due, {planned} planned",
        "{number}, pr. {today}: {entries}: {done} udført, {late} forsinket, {due} snart, {planned} planlagt"
    )
}

/// Above the entries of a month: `May 2027`.
fn month_heading(day: Date) -> Message {
    let month = Lang::of_user(UserLanguage::Danish).month(day);
    let mut letters = month.chars();
    let translation: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    Message::translated(day.strftime("%B %Y").to_string(), translation)
}

/// An entry: its day, priority, state and title, and below it what is to be done and by whom.
fn item_lines(item: &YearItem<'_>, language: UserLanguage) -> Vec<String> {
    let entry = item.occurrence.entry;
    let (when, priority, state) = (in_month(item.occurrence.period), priority(entry.priority), state(item.state));
    // Both are as wide together: the title begins in the same column.
    let (priority_width, state_width) = match language {
        UserLanguage::English => (6, 7),
        UserLanguage::Danish => (4, 9),
    };
    let head = composed!("  {when:9}  {priority:priority_width$}  {state:state_width$}");
    let mut lines = wrapped(head.in_language(language), visible(&entry.title).split(' '), " ");
    let details = details(item);
    lines.extend(wrapped("", details.iter().map(|detail| detail.in_language(language)), SEPARATOR));
    lines
}

/// How firmly an entry is promised.
fn priority(priority: EntryPriority) -> Message {
    match priority {
        EntryPriority::Must => message!("MUST", "SKAL"),
        EntryPriority::Should => message!("should", "bør"),
        EntryPriority::Could => message!("could", "kan"),
    }
}

/// What has become of an entry, in a word.
fn state(state: OccurrenceState) -> Message {
    match state {
        OccurrenceState::Planned(_) => message!("planned", "planlagt"),
        OccurrenceState::Due(_) => message!("due", "snart"),
        OccurrenceState::Late(_) => message!("late", "forsinket"),
        OccurrenceState::Done(_) => message!("done", "udført"),
    }
}

/// What is to be done, or was done; the issue, the person responsible, the channels and the audiences.
fn details(item: &YearItem<'_>) -> Vec<Message> {
    let entry = item.occurrence.entry;
    let mut details: Vec<Message> = state_words(item.state, item.occurrence.stages()).into_iter().collect();
    details.extend(item.issue.as_ref().map(|issue| Message::verbatim(visible(&issue_name(issue)))));
    if item.issue.is_none() && entry.has_issue() && !matches!(item.state, OccurrenceState::Done(_)) {
        details.push(Message::verbatim(item.occurrence.name()));
    }
    details.extend(entry.owner.as_deref().map(|owner| Message::verbatim(visible(owner))));
    let audiences: Vec<&str> = entry.audiences.iter().map(|audience| audience.value.as_str()).collect();
    let channels: Vec<&str> = entry.channels.iter().map(|channel| channel.name()).collect();
    details.extend(match (&channels[..], &audiences[..]) {
        ([], []) => None,
        ([], audiences) => {
            let audiences = audiences.join(", ");
            Some(message!("for {audiences}", "til {audiences}"))
        }
        (channels, []) => (channels != [YearChannel::Mail.name()]).then(|| Message::verbatim(channels.join(", "))),
        (channels, audiences) => {
            let (channels, audiences) = (channels.join(", "), audiences.join(", "));
            Some(message!("{channels} to {audiences}", "{channels} til {audiences}"))
        }
    });
    details
}

/// What a state means: `draft by 10 May`, `no draft, due 10 May`, `done 24 May`.
fn state_words(state: OccurrenceState, stages: &[EntryStage]) -> Option<Message> {
    match state {
        OccurrenceState::Planned(Some(next)) | OccurrenceState::Due(Some(next)) => {
            let (word, day) = (stage_word(next.stage, stages), day_and_month(next.day));
            Some(message!("{word} by {day}", "{word} senest {day}"))
        }
        OccurrenceState::Late(next) => {
            let (missing, day) = (missing(next, stages), day_and_month(next.day));
            Some(message!("{missing}, due {day}", "{missing}, frist {day}"))
        }
        OccurrenceState::Done(Some(day)) if !stages.is_empty() => {
            Some(composed!("{} {}", stage_word(EntryStage::Sent, stages), day_and_month(day)))
        }
        OccurrenceState::Planned(None) | OccurrenceState::Due(None) | OccurrenceState::Done(_) => None,
    }
}

/// A stage that is reached. What has no issue is not sent, but published by hand.
fn stage_word(stage: EntryStage, stages: &[EntryStage]) -> Message {
    match stage {
        EntryStage::Sent if !stages.contains(&EntryStage::Draft) => message!("done", "udført"),
        EntryStage::Draft => message!("draft", "kladde"),
        EntryStage::Approved => message!("approved", "godkendt"),
        EntryStage::Sent => message!("sent", "sendt"),
    }
}

/// What is missing where a stage was not reached in time.
pub(super) fn missing(next: NextStep, stages: &[EntryStage]) -> Message {
    match next.stage {
        EntryStage::Draft => message!("no draft", "ingen kladde"),
        EntryStage::Approved => message!("not approved", "ikke godkendt"),
        EntryStage::Sent if !stages.contains(&EntryStage::Draft) => message!("not done", "ikke udført"),
        EntryStage::Sent => message!("not sent", "ikke sendt"),
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
fn in_month(period: Period) -> Message {
    match period {
        Period::Days { first, last } if first == last => {
            let (weekday, day) = (weekday(first), first.day());
            message!("{weekday} {day}", "{weekday} {day}.")
        }
        Period::Days { first, last } if first.month() == last.month() => {
            let (first, last) = (first.day(), last.day());
            message!("{first}–{last}", "{first}.–{last}.")
        }
        Period::Days { first, last } => {
            Message::verbatim(format!("{}–{}", first.strftime("%-d/%-m"), last.strftime("%-d/%-m")))
        }
        Period::Week { monday } => {
            let week = monday.iso_week_date().week();
            message!("week {week}", "uge {week}")
        }
        Period::Month { .. } => message!("all month", "måneden"),
        Period::Quarter { first } => {
            let quarter = (first.month() + 2) / 3;
            message!("Q{quarter}", "{quarter}. kvt.")
        }
        Period::Year { .. } => message!("all year", "hele året"),
    }
}

/// A day of the week in three letters: `Mon`.
pub(super) fn weekday(day: Date) -> Message {
    let translation: String = Lang::of_user(UserLanguage::Danish).weekday(day).chars().take(3).collect();
    Message::translated(day.strftime("%a").to_string(), translation)
}

/// A day in a line: `10 May 2027`.
fn day_and_month(day: Date) -> Message {
    Message::translated(day.strftime("%-d %b %Y").to_string(), Lang::of_user(UserLanguage::Danish).short_date(day))
}

/// Pieces after the head of a line, wrapped between pieces; a piece that is longer than a line is wrapped between
/// words.
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
