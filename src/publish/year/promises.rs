//! The promises of the calendar for a year and their results, by priority.

use crate::publish::calendar::entry::EntryPriority;
use crate::publish::calendar::state::OccurrenceState;
use crate::publish::calendar::year::CalendarYear;

/// The promises of one priority. Each occurrence of a repeated entry counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseFigures {
    /// The priority.
    pub priority: EntryPriority,
    /// All of them.
    pub promised: u64,
    /// Those that are done.
    pub done: u64,
    /// Those that missed a deadline and are not done.
    pub late: u64,
}

impl PromiseFigures {
    /// The promises of a year, the firmest first; a priority without any is left out.
    pub fn of(year: &CalendarYear<'_>) -> Vec<Self> {
        let of_priority = |priority: EntryPriority| {
            let states =
                year.items.iter().filter(|item| item.occurrence.entry.priority == priority).map(|item| item.state);
            let mut figures = Self { priority, promised: 0, done: 0, late: 0 };
            for state in states {
                figures.promised += 1;
                match state {
                    OccurrenceState::Done(_) => figures.done += 1,
                    OccurrenceState::Late(_) => figures.late += 1,
                    OccurrenceState::Planned(_) | OccurrenceState::Due(_) => {}
                }
            }
            figures
        };
        let all = [EntryPriority::Must, EntryPriority::Should, EntryPriority::Could].map(of_priority);
        all.into_iter().filter(|figures| figures.promised > 0).collect()
    }

    /// Those that are neither done nor late.
    pub fn to_come(&self) -> u64 {
        self.promised - self.done - self.late
    }
}
