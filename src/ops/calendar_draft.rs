//! A draft that is made from an entry of the calendar.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::base::message::{Message, message};
use crate::base::source::nearest::nearest;
use crate::issue::slug::slug;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::issue_kinds::{KindDraft, last_working_day};
use crate::ops::new_issue::{DraftOccasion, NewFrontMatter, issue_text};
use crate::ops::year_calendar::{self, ProjectCalendar};
use crate::project::Project;
use crate::project::files::write_new;
use crate::publish::calendar::entry::{EntryKind, EntryStage, EntryTime, YearCalendar, YearChannel};
use crate::publish::calendar::issue_match::CalendarIssue;
use crate::publish::calendar::occurrence::Occurrence;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::{IssueProgress, OccurrenceState};
use crate::publish::calendar::year::{CalendarYear, YearItem};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct CalendarDraftOrder<'a> {
    /// The entry, as typed: its id, for a repeated one also with its time. Absent: the one that is due.
    pub entry: Option<&'a str>,
    /// The subject; absent: the title of the entry.
    pub title: Option<&'a str>,
    /// The kind of text to begin with; absent: that of the entry's kind.
    pub kind: Option<&'a str>,
    /// The day on which it is written.
    pub today: Date,
}

/// A draft that was made from an entry.
#[derive(Debug)]
pub struct CalendarDraft {
    /// Its file.
    pub path: PathBuf,
    /// The entry, as the draft names it: `nyhedsbrev/2027-03`.
    pub entry: String,
    /// The last day on which it is to be sent.
    pub sent_by: Date,
}

/// Writes a draft for an entry of the calendar: its front matter names the entry, whose file is not changed.
///
/// # Errors
///
/// The calendar or the entry is missing; it has an issue; several are due, or none; or the draft cannot be written.
pub fn write(project: &Project, order: CalendarDraftOrder<'_>) -> Result<CalendarDraft, Blocked> {
    let Some(read) = year_calendar::read(project)? else { return Err(year_calendar::none(project).into()) };
    let ProjectCalendar { calendar, issues, diagnostics, .. } = read;
    let Some(calendar) = calendar else { return Err(Blocked::Diagnostics(diagnostics)) };
    let search = EntrySearch { calendar: &calendar, issues: &issues, today: order.today };
    let occurrence = match order.entry {
        Some(typed) => search.named(typed)?,
        None => search.due()?,
    };
    let name = occurrence.name();
    let title = order.title.map_or_else(|| occurrence.issue_title(project.settings().lang), str::to_owned);
    let text = text(project, &occurrence, &title, order)?;
    let path = project.issues_folder().join(format!("{}.md", slug(&title)));
    write_new(&path, text)?;
    let sent_by = occurrence.deadline(EntryStage::Sent).unwrap_or(order.today);
    Ok(CalendarDraft { path, entry: name, sent_by })
}

/// The text of the draft.
fn text(
    project: &Project,
    occurrence: &Occurrence<'_>,
    title: &str,
    order: CalendarDraftOrder<'_>,
) -> Result<String, Blocked> {
    let entry = occurrence.entry;
    let lang = project.settings().lang;
    let mut audiences: Vec<String> = entry.audiences.iter().map(|audience| audience.value.to_string()).collect();
    let mut lines = String::new();
    match &entry.series {
        // Without its own audiences, the issue has those of its series.
        Some(series) => lines.extend(["series: ", series.value.as_str(), "\n"]),
        None if !audiences.is_empty() => {}
        None if entry.is_mailed() => audiences = project.audiences()?.0.ids().map(ToString::to_string).collect(),
        // It was never decided that everyone may get what is only published.
        None => lines.extend(["audiences: []   ", lang.language().drafts.no_audience, "\n"]),
    }
    if entry.channels.contains(&YearChannel::Web) {
        lines.push_str("archive: public\n");
    }
    lines.extend(["calendar: ", &occurrence.name(), "\n"]);
    let sent_by = occurrence.deadline(EntryStage::Sent).unwrap_or(order.today).max(order.today);
    let invites = matches!(entry.kind, EntryKind::Event | EntryKind::Meeting);
    let occasion = DraftOccasion {
        lines,
        is_mailed: entry.is_mailed(),
        send_on: last_working_day(sent_by, project.settings()),
        day: match occurrence.period {
            Period::Days { first, .. } if invites => Some(first),
            Period::Days { .. }
            | Period::Week { .. }
            | Period::Month { .. }
            | Period::Quarter { .. }
            | Period::Year { .. } => None,
        },
    };
    let occasion = Some(&occasion);
    if let Some(kind) = order.kind.or_else(|| usual_kind(project, entry.kind)) {
        return KindDraft { kind, title, audiences: &audiences, today: order.today, occasion, news: None }
            .text(project);
    }
    Ok(issue_text(&NewFrontMatter { subject: title, preheader: "", audiences: &audiences, lang, occasion, news: None }))
}

/// The kind of text that an entry begins with: the project's own of that name, or else a built-in one; absent: an empty text.
fn usual_kind(project: &Project, kind: EntryKind) -> Option<&'static str> {
    let own = project.own_kinds();
    if own.iter().any(|path| path.file_stem().is_some_and(|stem| stem == kind.name())) {
        return Some(kind.name());
    }
    match kind {
        EntryKind::Newsletter => Some("newsletter"),
        EntryKind::Release => Some("release"),
        EntryKind::Event | EntryKind::Meeting => Some("invitation"),
        EntryKind::Campaign => None,
    }
}

/// A search for an entry.
struct EntrySearch<'c> {
    calendar: &'c YearCalendar,
    issues: &'c [CalendarIssue],
    today: Date,
}

impl<'c> EntrySearch<'c> {
    fn year(&self, year: i16) -> CalendarYear<'c> {
        CalendarYear::join(self.calendar, year, self.today, self.issues)
    }

    /// The times of this year and the next.
    fn near(&self) -> Vec<YearItem<'c>> {
        let this = self.today.year();
        [this, this + 1].into_iter().flat_map(|year| self.year(year).items).collect()
    }

    /// The time of an entry that was typed: for a repeated one, its id alone means the next one without an issue.
    fn named(&self, typed: &str) -> Result<Occurrence<'c>, GuardFailure> {
        let (id, time) = typed.split_once('/').map_or((typed, None), |(id, time)| (id, Some(time)));
        let Some(entry) = self.calendar.entries.iter().find(|entry| entry.id == id) else {
            let near = nearest(id, self.calendar.entries.iter().map(|entry| entry.id.as_str())).map(str::to_owned);
            let entries = self.calendar.entries.iter().map(|entry| entry.id.clone()).collect();
            return Err(GuardFailure::UnknownEntry { entry: typed.to_owned(), near, entries });
        };
        let period = time.and_then(Period::typed);
        let year = match (&entry.time, period) {
            (EntryTime::Once(period), _) => period.year(),
            (EntryTime::Every(_), Some(period)) => period.year(),
            (EntryTime::Every(_), None) => self.today.year(),
        };
        let items = if time.is_none() && entry.repeats() { self.near() } else { self.year(year).items };
        let own: Vec<YearItem<'c>> = items.into_iter().filter(|item| item.occurrence.entry.id == id).collect();
        let is_typed = |item: &&YearItem<'c>| Some(item.occurrence.period) == period;
        let is_next = |item: &&YearItem<'c>| needs_draft(item) && item.occurrence.period.last() >= self.today;
        let found = if time.is_some() && entry.repeats() {
            own.iter().find(is_typed)
        } else {
            own.iter().find(is_next).or_else(|| own.iter().rfind(|item| needs_draft(item))).or(own.last())
        };
        let Some(item) = found else {
            let names: Vec<String> = own.iter().map(|item| item.occurrence.name()).collect();
            let near = nearest(typed, names.iter().map(String::as_str)).map(str::to_owned);
            return Err(GuardFailure::UnknownEntry { entry: typed.to_owned(), near, entries: names });
        };
        match why_not(item) {
            Some(why) => Err(GuardFailure::NoIssueNeeded { entry: item.occurrence.name(), why }),
            None => Ok(item.occurrence),
        }
    }

    /// The only time of an entry that is due and has no issue. A draft that should have been sent by now is only
    /// written if its entry is named.
    fn due(&self) -> Result<Occurrence<'c>, GuardFailure> {
        let is_in_time = |item: &YearItem<'c>| item.occurrence.deadline(EntryStage::Sent) >= Some(self.today);
        let open: Vec<YearItem<'c>> =
            self.near().into_iter().filter(|item| needs_draft(item) && is_in_time(item)).collect();
        let is_due = |item: &&YearItem<'c>| matches!(item.state, OccurrenceState::Due(_) | OccurrenceState::Late(_));
        let due: Vec<&YearItem<'c>> = open.iter().filter(is_due).collect();
        match &due[..] {
            [only] => Ok(only.occurrence),
            [] => {
                let next = open.iter().min_by_key(|item| item.state.next().map(|next| next.day));
                Err(GuardFailure::NothingDue { next: next.map(|item| item.occurrence.name()) })
            }
            several => {
                let entries = several.iter().map(|item| item.occurrence.name()).collect();
                Err(GuardFailure::SeveralDue { entries })
            }
        }
    }
}

/// Whether a draft is missing.
fn needs_draft(item: &YearItem<'_>) -> bool {
    why_not(item).is_none()
}

/// Why a time of an entry needs no draft; absent: it does.
fn why_not(item: &YearItem<'_>) -> Option<Message> {
    if let Some(issue) = &item.issue {
        let file = issue.file.clone().unwrap_or_else(|| issue.id.to_string());
        return Some(match issue.progress {
            IssueProgress::Sent(day) => message!("{file} was sent on {day}", "{file} blev sendt {day}"),
            IssueProgress::Draft | IssueProgress::Ready => message!("it has {file}", "det har {file}"),
        });
    }
    if !item.occurrence.entry.has_issue() {
        return Some(message!(
            "it has no `channel` that an issue is written for, such as channel: mail",
            "det har ingen `channel`, som der skrives et nyhedsbrev til, f.eks. channel: mail"
        ));
    }
    matches!(item.state, OccurrenceState::Done(_))
        .then(|| message!("calendar.yaml says that it is done", "ifølge calendar.yaml er det gjort"))
}
