//! How many letters a week readers would get according to the calendar: letters sent, issues with a `send_at`, and
//! entries promised for a week.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::issue::Issue;
use crate::ops::readers_load::{LetterCounter, LoadWeek, PromisedLetter, WantedWeeks, WeekLoad};
use crate::ops::year_calendar::ProjectCalendar;
use crate::project::Project;
use crate::publish::calendar::busy_week::{BusyAudience, BusyLetter, BusyWeek, ReadersLoad};
use crate::publish::calendar::entry::{EntryStage, YearEntry};
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::OccurrenceState;
use crate::publish::calendar::year::{CalendarYear, YearItem};

/// The result of counting the letters that readers get.
#[derive(Debug)]
pub enum LoadCount {
    /// `newsletter.yaml` has no `limits: {per_week: …}`, or the years are over.
    NotWanted,
    /// A list of people cannot be read here, as in a copy of the project without them.
    NoLists,
    /// The weeks to come.
    Counted(ReadersLoad),
}

/// Counts the letters of the coming weeks of some years of the calendar, the earliest first, from their `today` on.
///
/// # Errors
///
/// The ledger or an issue cannot be read.
pub fn count(
    project: &Project,
    known: &ProjectCalendar,
    years: &[&CalendarYear<'_>],
    now: Timestamp,
) -> Result<LoadCount, Error> {
    let (Some(limit), Some(begin), Some(end)) = (project.settings().per_week, years.first(), years.last()) else {
        return Ok(LoadCount::NotWanted);
    };
    let first = LoadWeek::of_day(begin.today).max(LoadWeek { year: begin.year, week: 1 });
    if first.year > end.year {
        return Ok(LoadCount::NotWanted);
    }
    let wanted = WantedWeeks { first, last: Some(LoadWeek { year: end.year, week: 53 }), except: None };
    let (readers, diagnostics) = project.readers()?;
    if diagnostics.has_errors() || !readers.lists_are_read {
        return Ok(LoadCount::NoLists);
    }
    let mut counter = LetterCounter::new(project, &readers.membership);
    let with_time = counter.count(&wanted, now)?;
    let items = years.iter().flat_map(|year| &year.items).filter(|item| is_promised(item));
    let open = items.filter(|item| item.issue.as_ref().is_none_or(|issue| !with_time.contains(&issue.id)));
    let all: Vec<AudienceId> = readers.audiences.ids().cloned().collect();
    let mut letters: BTreeMap<LoadWeek, Vec<BusyLetter>> = BTreeMap::new();
    let mut without_week = 0;
    for item in open {
        let Some(week) = week_of(item) else {
            let is_to_come = item.occurrence.deadline(EntryStage::Sent) >= Some(begin.today);
            without_week += usize::from(is_to_come);
            continue;
        };
        if wanted.holds(week) {
            let (entry, issue) = (item.occurrence.entry, issue_of(project, item));
            let audiences = audiences_of(project, entry, &all);
            let series = entry.series.as_ref().map(|series| &series.value);
            counter.count_promised(&PromisedLetter { week, issue: issue.as_ref(), audiences: &audiences, series })?;
            letters.entry(week).or_default().push(promised(item));
        }
    }
    let loads = counter.loads(&readers.audiences).into_iter();
    let weeks = loads.filter_map(|load| {
        let promised = letters.remove(&load.week).unwrap_or_default();
        busy_week(load, promised, known)
    });
    let weeks = weeks.collect();
    Ok(LoadCount::Counted(ReadersLoad { limit, weeks, without_week, suppressed: counter.suppression() }))
}

/// A week with its letters; absent: no reader gets more than the limit.
fn busy_week(load: WeekLoad, promised: Vec<BusyLetter>, known: &ProjectCalendar) -> Option<BusyWeek> {
    let audiences = load.audiences.into_iter().filter_map(|load| {
        let over = load.over.filter(|over| *over > 0)?;
        Some(BusyAudience { audience: load.audience, over, readers: load.readers, most: load.most })
    });
    let audiences: Vec<BusyAudience> = audiences.collect();
    let issues = load.issues.into_iter().map(|id| {
        let title = known.issues.iter().find(|issue| issue.id == id).map(|issue| issue.title.clone());
        let name = id.to_string();
        BusyLetter { title: title.filter(|title| !title.is_empty()).unwrap_or_else(|| name.clone()), name }
    });
    let letters = issues.chain(promised).collect();
    let LoadWeek { year, week } = load.week;
    (!audiences.is_empty()).then_some(BusyWeek { year, week, letters, audiences })
}

/// Whether an item is mailed and not sent yet.
fn is_promised(item: &YearItem<'_>) -> bool {
    item.occurrence.entry.is_mailed() && !matches!(item.state, OccurrenceState::Done(_))
}

/// The week in which an item is sent; absent: it is promised for longer than a week, without a deadline for sending it.
fn week_of(item: &YearItem<'_>) -> Option<LoadWeek> {
    let has_week = match item.occurrence.period {
        Period::Days { .. } | Period::Week { .. } => true,
        Period::Month { .. } | Period::Quarter { .. } | Period::Year { .. } => {
            item.occurrence.entry.deadlines.sent.is_some()
        }
    };
    let day = item.occurrence.deadline(EntryStage::Sent).filter(|_| has_week);
    day.map(LoadWeek::of_day)
}

/// The issue of an item; absent: there is none, or its front matter has errors.
fn issue_of(project: &Project, item: &YearItem<'_>) -> Option<Issue> {
    let file = item.issue.as_ref()?.file.as_ref()?;
    project.issue(&project.root().join(file)).ok()?.issue
}

/// The audiences of an entry: its own, or else those of its series, or else all, as in a draft that is made from it.
fn audiences_of(project: &Project, entry: &YearEntry, all: &[AudienceId]) -> Vec<AudienceId> {
    if !entry.audiences.is_empty() {
        return entry.audiences.iter().map(|audience| audience.value.clone()).collect();
    }
    let series = entry.series.as_ref().and_then(|series| project.settings().series.get(&series.value));
    let of_series = series.map(|series| series.audiences.clone()).filter(|audiences| !audiences.is_empty());
    of_series.unwrap_or_else(|| all.to_vec())
}

fn promised(item: &YearItem<'_>) -> BusyLetter {
    let issue = item.issue.as_ref().filter(|issue| !issue.title.is_empty());
    BusyLetter {
        name: item.issue.as_ref().map_or_else(|| item.occurrence.name(), |issue| issue.id.to_string()),
        title: issue.map_or_else(|| item.occurrence.entry.title.clone(), |issue| issue.title.clone()),
    }
}
