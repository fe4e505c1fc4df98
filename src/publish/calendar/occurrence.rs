//! An occurrence: one time of an entry, with its period and deadlines.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::publish::calendar::entry::{EntryStage, EntryTime, YearCalendar, YearEntry};
use crate::publish::calendar::period::Period;
use crate::publish::calendar::period_words;
use crate::publish::calendar::repetition::RepetitionUnit;

/// One time of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'c> {
    /// The entry.
    pub entry: &'c YearEntry,
    /// When it is.
    pub period: Period,
}

impl YearCalendar {
    /// The occurrences of a year, in the order of its days, the firmest promise of a day first.
    pub fn in_year(&self, year: i16) -> Vec<Occurrence<'_>> {
        let mut occurrences: Vec<Occurrence<'_>> = self.entries.iter().flat_map(|entry| entry.in_year(year)).collect();
        occurrences.sort_by_key(|occurrence| {
            let day = occurrence.period.listed_day();
            (day.month(), occurrence.period.promised_day(), occurrence.entry.priority)
        });
        occurrences
    }
}

impl YearEntry {
    /// Its occurrences in a year, in their order.
    pub(super) fn in_year(&self, year: i16) -> Vec<Occurrence<'_>> {
        let periods = match &self.time {
            EntryTime::Once(period) => Some(*period).into_iter().filter(|period| period.year() == year).collect(),
            EntryTime::Every(repetition) => repetition.in_year(year),
        };
        periods.into_iter().map(|period| Occurrence { entry: self, period }).collect()
    }

    /// Whether it repeats, so that its id alone names no time.
    pub fn repeats(&self) -> bool {
        self.repeats_every().is_some()
    }

    /// How often it repeats; absent: it does not.
    pub(super) fn repeats_every(&self) -> Option<RepetitionUnit> {
        match &self.time {
            EntryTime::Once(_) => None,
            EntryTime::Every(repetition) => Some(repetition.unit),
        }
    }
}

impl Occurrence<'_> {
    /// Its name: the id of an entry, with the period if it repeats, such as `nyhedsbrev/2027-03`.
    pub fn name(&self) -> String {
        if self.entry.repeats() { format!("{}/{}", self.entry.id, self.period) } else { self.entry.id.clone() }
    }

    /// The title of its issue: for an entry that repeats with its time, such as `Nyhedsbrev marts 2027`.
    pub fn issue_title(&self, lang: Lang) -> String {
        if self.entry.repeats() {
            format!("{} {}", self.entry.title, period_words::written(lang, self.period))
        } else {
            self.entry.title.clone()
        }
    }

    /// The last day on which a stage is in time; absent: it has no deadline. `sent` always has one.
    pub fn deadline(&self, stage: EntryStage) -> Option<Date> {
        let promised = self.period.promised_day();
        let written = self.entry.deadlines.of(stage).map(|deadline| deadline.day(promised));
        match stage {
            EntryStage::Draft | EntryStage::Approved => written,
            EntryStage::Sent => Some(written.unwrap_or(promised)),
        }
    }

    /// Its stages: an entry without an issue is only published, and one that is only a day has none.
    pub fn stages(&self) -> &'static [EntryStage] {
        if self.entry.has_issue() {
            &EntryStage::ALL
        } else if self.entry.is_only_a_day() {
            &[]
        } else {
            &[EntryStage::Sent]
        }
    }
}
