//! The year as a calendar file (iCalendar, RFC 5545): the entries, and the deadlines that are still to be met.

use jiff::civil::Date;

use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::edition::icalendar::{escaped, fold};
use crate::publish::calendar::entry::EntryStage;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::period_words;
use crate::publish::calendar::state::OccurrenceState;
use crate::publish::calendar::year::{CalendarYear, YearItem};

/// Whose calendar it is.
#[derive(Clone, Copy, Debug)]
pub struct CalendarFile<'a> {
    /// The domain of the sender, which makes the identities of the entries unique.
    pub domain: &'a str,
    /// The language of the deadlines.
    pub lang: Lang,
}

/// A day or several in a calendar, without a time.
struct DayEvent {
    uid: String,
    first: Date,
    last: Date,
    title: String,
    description: Vec<String>,
    categories: Vec<&'static str>,
}

impl CalendarFile<'_> {
    /// The file of a year; absent: the year has no entries, and a calendar must have one (RFC 5545, section 3.6).
    ///
    /// It has no METHOD, since it is not an invitation (RFC 5546, section 1.4), and is the same for the same calendar and day.
    /// Importing it again replaces the events, since identities are made from an entry's id and its time.
    pub fn of(self, year: &CalendarYear<'_>) -> Option<String> {
        if year.items.is_empty() {
            return None;
        }
        let mut out = String::new();
        let name = self.lang.language().year.title.replace("{year}", &year.year.to_string());
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//newsletter//calendar//EN", "CALSCALE:GREGORIAN"] {
            fold(line, &mut out);
        }
        // Of the programs that show a name, older ones support the second line only (RFC 7986, section 5.1).
        for key in ["NAME", "X-WR-CALNAME"] {
            fold(&format!("{key}:{}", escaped(&name)), &mut out);
        }
        let stamp = year.today.strftime("%Y%m%dT000000Z").to_string();
        for item in &year.items {
            self.event(item).write(&stamp, &mut out);
            for deadline in self.deadlines(item) {
                deadline.write(&stamp, &mut out);
            }
        }
        fold("END:VCALENDAR", &mut out);
        Some(out)
    }

    /// The entry itself, on its days or in its week. An entry for a month is not an event of thirty days: it is on its
    /// deadline, and its description has the month.
    fn event(self, item: &YearItem<'_>) -> DayEvent {
        let (entry, period) = (item.occurrence.entry, item.occurrence.period);
        let (first, last) = match period {
            Period::Days { .. } | Period::Week { .. } => (period.first(), period.last()),
            Period::Month { .. } | Period::Quarter { .. } | Period::Year { .. } => {
                (period.promised_day(), period.promised_day())
            }
        };
        let mut description = self.facts(item);
        if !matches!(period, Period::Days { .. }) {
            description.insert(0, period_words::written(self.lang, period));
        }
        let categories = vec![entry.kind.name(), entry.priority.name()];
        DayEvent { uid: self.uid(item, None), first, last, title: entry.title.clone(), description, categories }
    }

    /// The deadlines that are not met, except for those on the day of the entry itself.
    fn deadlines(self, item: &YearItem<'_>) -> Vec<DayEvent> {
        let next = match item.state {
            OccurrenceState::Done(_) => return Vec::new(),
            OccurrenceState::Planned(next) | OccurrenceState::Due(next) => next,
            OccurrenceState::Late(next) => Some(next),
        };
        let open =
            item.occurrence.stages().iter().copied().filter(|stage| next.is_some_and(|next| *stage >= next.stage));
        let deadlines = open.filter_map(|stage| {
            let day = item.occurrence.deadline(stage)?;
            let form = match stage {
                EntryStage::Draft => self.lang.language().year.deadlines[0],
                EntryStage::Approved => self.lang.language().year.deadlines[1],
                EntryStage::Sent => self.lang.language().year.deadlines[2],
            };
            (day != item.occurrence.period.promised_day()).then(|| DayEvent {
                uid: self.uid(item, Some(stage)),
                first: day,
                last: day,
                title: form.replace("{title}", &item.occurrence.issue_title(self.lang)),
                description: self.facts(item),
                categories: vec!["deadline", item.occurrence.entry.priority.name()],
            })
        });
        deadlines.collect()
    }

    /// The person responsible, and the audiences.
    fn facts(self, item: &YearItem<'_>) -> Vec<String> {
        let entry = item.occurrence.entry;
        let words = &self.lang.language().year;
        let audiences: Vec<&str> = entry.audiences.iter().map(|audience| audience.value.as_str()).collect();
        let audiences = (!audiences.is_empty()).then(|| words.audiences.replace("{audiences}", &audiences.join(", ")));
        entry.owner.iter().cloned().chain(audiences).collect()
    }

    /// The identity of an entry at its time, or of a deadline of it. An entry that does not repeat keeps its identity
    /// when it is moved.
    fn uid(self, item: &YearItem<'_>, stage: Option<EntryStage>) -> String {
        let name = item.occurrence.name();
        let stage = stage.map_or("", EntryStage::name);
        let digest = Digest::of(["calendar", &name, stage].map(str::as_bytes));
        format!("{}@{}", &digest.as_str()[..32], self.domain)
    }
}

impl DayEvent {
    /// Writes it; the end of whole days is the day after the last one (RFC 5545, section 3.6.1).
    fn write(&self, stamp: &str, out: &mut String) {
        let day = |day: Date| day.strftime("%Y%m%d").to_string();
        let mut lines = vec![
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", self.uid),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", day(self.first)),
        ];
        lines.extend(self.last.tomorrow().ok().map(|end| format!("DTEND;VALUE=DATE:{}", day(end))));
        lines.push(format!("SUMMARY:{}", escaped(&self.title)));
        let description = self.description.join("\n");
        lines.extend((!description.is_empty()).then(|| format!("DESCRIPTION:{}", escaped(&description))));
        lines.push(format!("CATEGORIES:{}", self.categories.join(",")));
        // A deadline does not make anyone busy.
        lines.extend(["TRANSP:TRANSPARENT", "END:VEVENT"].map(str::to_owned));
        for line in &lines {
            fold(line, out);
        }
    }
}
