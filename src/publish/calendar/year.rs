//! A year of the calendar, joined with the issues: the occurrences and their states.

use jiff::civil::Date;

use crate::publish::calendar::entry::{EntryPriority, YearCalendar};
use crate::publish::calendar::issue_match::{CalendarIssue, match_issues};
use crate::publish::calendar::occurrence::Occurrence;
use crate::publish::calendar::state::{IssueProgress, OccurrenceState};

/// A year of the calendar on a day.
#[derive(Debug)]
pub struct CalendarYear<'c> {
    /// The year.
    pub year: i16,
    /// The day that the states are for.
    pub today: Date,
    /// The occurrences of the year, in the order of its days.
    pub items: Vec<YearItem<'c>>,
    /// The issues that were sent in the year and are in no entry, the earliest first.
    pub unlisted: Vec<CalendarIssue>,
}

/// An occurrence, its issue and its state.
#[derive(Debug)]
pub struct YearItem<'c> {
    /// The occurrence.
    pub occurrence: Occurrence<'c>,
    /// Its issue; of several the one with most progress. Absent: none yet.
    pub issue: Option<CalendarIssue>,
    /// Its state.
    pub state: OccurrenceState,
}

impl<'c> CalendarYear<'c> {
    /// Joins a year of a calendar with all issues that are known.
    pub fn join(calendar: &'c YearCalendar, year: i16, today: Date, issues: &[CalendarIssue]) -> Self {
        // An issue that is sent near New Year may belong to another year, and is then not matched in this one.
        let near: Vec<Occurrence<'c>> = (year - 1..=year + 1).flat_map(|year| calendar.in_year(year)).collect();
        let matched = match_issues(&near, issues);
        let item = |occurrence: Occurrence<'c>, numbers: &[usize]| {
            let own = numbers.iter().filter_map(|number| issues.get(*number));
            let issue = own.max_by_key(|issue| issue.progress);
            let state = OccurrenceState::of(&occurrence, issue.map(|issue| issue.progress), today);
            YearItem { occurrence, issue: issue.cloned(), state }
        };
        let items = near.iter().zip(&matched).filter(|(occurrence, _)| occurrence.period.year() == year);
        let items = items.map(|(occurrence, numbers)| item(*occurrence, numbers)).collect();
        let is_listed = |number: usize| matched.iter().any(|numbers| numbers.contains(&number));
        let sent_on = |issue: &CalendarIssue| match issue.progress {
            IssueProgress::Sent(day) => Some(day),
            IssueProgress::Draft | IssueProgress::Ready => None,
        };
        let unlisted = issues.iter().enumerate().filter(|(number, issue)| {
            // One that names its entry is in the calendar of any year.
            let is_of_year = sent_on(issue).is_some_and(|day| day.year() == year);
            is_of_year && issue.names_entry.is_none() && !is_listed(*number)
        });
        let mut unlisted: Vec<CalendarIssue> = unlisted.map(|(_, issue)| issue.clone()).collect();
        unlisted.sort_by_key(|issue| (sent_on(issue), issue.id.clone()));
        Self { year, today, items, unlisted }
    }

    /// The duties of which a deadline has passed.
    pub fn late_duties(&self) -> impl Iterator<Item = &YearItem<'c>> {
        self.items.iter().filter(|item| {
            let is_duty = item.occurrence.entry.priority == EntryPriority::Must;
            is_duty && matches!(item.state, OccurrenceState::Late(_))
        })
    }

    /// How many items have each state: planned, due, late, done.
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for item in &self.items {
            let [planned, due, late, done] = &mut counts;
            *match item.state {
                OccurrenceState::Planned(_) => planned,
                OccurrenceState::Due(_) => due,
                OccurrenceState::Late(_) => late,
                OccurrenceState::Done(_) => done,
            } += 1;
        }
        counts
    }
}
