//! The state of an occurrence on a day: planned, due, late or done.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::publish::calendar::entry::{EntryStage, EntryTime};
use crate::publish::calendar::occurrence::Occurrence;
use crate::publish::calendar::period::Period;

/// An entry is due when its next deadline is at most this many days ahead.
pub const DUE_DAYS: i32 = 14;

/// The progress of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueProgress {
    /// It is a draft, is not approved although that is required, or has errors.
    Draft,
    /// It may be sent.
    Ready,
    /// Its letters were accepted, the last of them on this day.
    Sent(Date),
}

/// The state of an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OccurrenceState {
    /// Its next deadline is more than [`DUE_DAYS`] days ahead.
    Planned(Option<NextStep>),
    /// Its next deadline is near; absent: it has none, and is near itself.
    Due(Option<NextStep>),
    /// A deadline has passed.
    Late(NextStep),
    /// It is sent or published, or the day has passed; absent: the day is not known.
    Done(Option<Date>),
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The stage that is not reached yet.
    pub stage: EntryStage,
    /// The last day for it. Without its own deadline, that of a later stage.
    pub day: Date,
}

impl OccurrenceState {
    /// Its name, as printed and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned(_) => "planned",
            Self::Due(_) => "due",
            Self::Late(_) => "late",
            Self::Done(_) => "done",
        }
    }

    /// What is to be done next; absent: nothing.
    pub fn next(self) -> Option<NextStep> {
        match self {
            Self::Planned(next) | Self::Due(next) => next,
            Self::Late(next) => Some(next),
            Self::Done(_) => None,
        }
    }

    /// The state of an occurrence on a day, given the progress of its issue; absent: no issue.
    pub fn of(occurrence: &Occurrence<'_>, progress: Option<IssueProgress>, today: Date) -> Self {
        let Occurrence { entry, period } = occurrence;
        // A `done` day in the future does not count: the year was mistyped, which is reported.
        let past = || entry.done.iter().map(|done| done.value).filter(|done| done.first() <= today);
        let done = match &entry.time {
            EntryTime::Once(_) => past().map(Period::last).max().map(Some),
            EntryTime::Every(_) => past().any(|done| done == *period).then_some(None),
        };
        if let Some(day) = done {
            return Self::Done(day);
        }
        if let (true, Some(IssueProgress::Sent(day))) = (entry.is_mailed(), progress) {
            return Self::Done(Some(day));
        }
        let next = next_step(occurrence, progress);
        let (starts, ends) = next.map_or((period.first(), period.last()), |next| (next.day, next.day));
        match next {
            Some(next) if next.day < today => Self::Late(next),
            None if ends < today => Self::Done(Some(ends)),
            Some(_) | None if starts <= today.saturating_add(DUE_DAYS.days()) => Self::Due(next),
            Some(_) | None => Self::Planned(next),
        }
    }
}

/// The first stage that is not reached; absent: all are.
fn next_step(occurrence: &Occurrence<'_>, progress: Option<IssueProgress>) -> Option<NextStep> {
    let reached = progress.map(|progress| match progress {
        IssueProgress::Draft => EntryStage::Draft,
        // Entries that are not mailed are published by hand, and marked with `done:`.
        IssueProgress::Ready | IssueProgress::Sent(_) => EntryStage::Approved,
    });
    let mut open = occurrence.stages().iter().copied().filter(|stage| Some(*stage) > reached);
    let stage = open.next()?;
    let day = std::iter::once(stage).chain(open).find_map(|stage| occurrence.deadline(stage))?;
    Some(NextStep { stage, day })
}
