//! Matches issues with occurrences of entries: because one names the other, or by day, audience, series and title.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::Spanned;
use crate::issue::IssueId;
use crate::issue::series::SeriesId;
use crate::issue::slug::slug;
use crate::publish::calendar::entry::{EntryKind, EntryTime, YearCalendar, YearEntry};
use crate::publish::calendar::file::ONE_ISSUE;
use crate::publish::calendar::occurrence::Occurrence;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::IssueProgress;
use crate::publish::calendar::written_period;

const NAMES_NO_ENTRY: Code = Code("NL809");
const TWO_ENTRIES: Code = Code("NL811");
const NO_ISSUE: Code = Code("NL813");
const DONE_LATER: Code = Code("NL814");

/// An invitation is sent at most this many days before or after what it is about.
const NEAR_BY_TITLE: i32 = 60;

/// An issue, as far as the calendar knows it.
#[derive(Clone, Debug)]
pub struct CalendarIssue {
    /// The issue.
    pub id: IssueId,
    /// Its file in the project; absent: it is gone, and is known from the ledger or a receipt only.
    pub file: Option<String>,
    /// Its subject; the id of one that is gone.
    pub title: String,
    /// When it was or is to be sent, or the day or month that its file's name begins with; absent: not known.
    pub time: Option<Period>,
    /// Its audiences.
    pub audiences: Vec<AudienceId>,
    /// Its series; absent: the newsletter itself.
    pub series: Option<SeriesId>,
    /// The occurrence that it names, with its place: `calendar: nyhedsbrev/2027-03`.
    pub names_entry: Option<Spanned<String>>,
    /// How far it is.
    pub progress: IssueProgress,
}

impl CalendarIssue {
    /// Whether a text names it: its file, its slug, or the name of its file alone.
    fn is_named(&self, text: &str) -> bool {
        let file = self.file.as_deref().unwrap_or(self.id.as_str());
        text == self.id.as_str() || text == file || text == stem(file)
    }

    /// Whether the words of a title are in its own, or in the name of its file.
    fn has_words_of(&self, title: &str) -> bool {
        let (words, file) = (slug(title), self.file.as_deref().unwrap_or_default());
        !words.is_empty() && (slug(&self.title).contains(&words) || slug(stem(file)).contains(&words))
    }
}

/// The name of an issue's file or folder.
fn stem(file: &str) -> &str {
    let path = file.strip_suffix("/index.md").or_else(|| file.strip_suffix(".md")).unwrap_or(file);
    path.rsplit('/').next().unwrap_or(path)
}

/// The issues of occurrences: for each occurrence the indexes of its issues. An issue belongs to one occurrence at
/// most.
pub fn match_issues(occurrences: &[Occurrence<'_>], issues: &[CalendarIssue]) -> Vec<Vec<usize>> {
    let mut matched = vec![Vec::new(); occurrences.len()];
    let mut taken = BTreeSet::new();
    let by_name: BTreeMap<String, usize> =
        occurrences.iter().enumerate().map(|(at, occurrence)| (occurrence.name(), at)).collect();
    for (number, issue) in issues.iter().enumerate() {
        let own = issue.names_entry.as_ref();
        let named = own.and_then(|own| by_name.get(own.value.trim()).copied());
        let at = named.or_else(|| {
            let is_it = |entry: &YearEntry| entry.issue.as_ref().is_some_and(|named| issue.is_named(&named.value));
            occurrences.iter().position(|occurrence| is_it(occurrence.entry))
        });
        // An issue that names another year's entry is not matched in this one.
        if own.is_some() || at.is_some() {
            taken.insert(number);
        }
        if let Some(found) = at.and_then(|at| matched.get_mut(at)) {
            found.push(number);
        }
    }
    let mut near: Vec<NearIssue> = Vec::new();
    for (at, occurrence) in occurrences.iter().enumerate() {
        let free = issues.iter().enumerate().filter(|(number, _)| !taken.contains(number));
        let found = free.filter_map(|(number, issue)| {
            let distance = distance(occurrence, issue)?;
            let days = occurrence.period.distance_between_ends();
            Some(NearIssue { has_words: !issue.has_words_of(&occurrence.entry.title), distance, days, at, number })
        });
        near.extend(found);
    }
    near.sort();
    for NearIssue { at, number, .. } in near {
        if let Some(found) = matched.get_mut(at).filter(|found| found.is_empty())
            && taken.insert(number)
        {
            found.push(number);
        }
    }
    matched
}

/// A possible match of an issue with an occurrence, ordered by likelihood.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct NearIssue {
    /// `false` comes first: the issue has the words of the title.
    has_words: bool,
    /// The days between them.
    distance: i32,
    /// The length of the period: a match with a shorter one is less likely by chance.
    days: i32,
    at: usize,
    number: usize,
}

/// The distance in days between an issue and an occurrence that it may match; absent: it cannot.
fn distance(occurrence: &Occurrence<'_>, issue: &CalendarIssue) -> Option<i32> {
    let Occurrence { entry, period } = occurrence;
    let has_audience =
        entry.audiences.is_empty() || entry.audiences.iter().any(|audience| issue.audiences.contains(&audience.value));
    let has_series = entry.series.as_ref().map(|series| &series.value) == issue.series.as_ref();
    if entry.issue.is_some() || !entry.has_issue() || !has_audience || !has_series {
        return None;
    }
    let time = issue.time?;
    let distance = period.distance(time.first()).min(period.distance(time.last()));
    let limit = match (entry.kind, period) {
        // Every issue is a newsletter, whatever its subject.
        (EntryKind::Newsletter, Period::Days { .. }) => 7,
        (EntryKind::Newsletter, Period::Week { .. }) => 3,
        (EntryKind::Newsletter, Period::Month { .. } | Period::Quarter { .. } | Period::Year { .. }) => 0,
        (EntryKind::Campaign | EntryKind::Release | EntryKind::Event | EntryKind::Meeting, _) => {
            issue.has_words_of(&entry.title).then_some(NEAR_BY_TITLE)?
        }
    };
    (distance <= limit).then_some(distance)
}

/// Reports entries whose issue the project does not have, and two that name one issue in different ways.
pub fn check_issues(calendar: &YearCalendar, issues: &[CalendarIssue]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut seen: BTreeMap<usize, &Spanned<String>> = BTreeMap::new();
    for named in calendar.entries.iter().filter_map(|entry| entry.issue.as_ref()) {
        let Some(number) = issues.iter().position(|issue| issue.is_named(&named.value)) else {
            let files: Vec<&str> = issues.iter().filter_map(|issue| issue.file.as_deref()).collect();
            let known = files.iter().flat_map(|file| [*file, stem(file)]);
            let hint = nearest(&named.value, known).map_or_else(
                || {
                    message!(
                        "write the file of an issue; `new --from-calendar` writes one",
                        "skriv et nyhedsbrevs fil; `new --from-calendar` laver en"
                    )
                },
                |near| message!("did you mean `{near}`?", "mente du `{near}`?"),
            );
            let message = message!("the project has no issue `{}`", "projektet har intet nyhedsbrev `{}`", named.value);
            diagnostics.push(Diagnostic::warning(NO_ISSUE, message).at(named.place.clone()).hint(hint));
            continue;
        };
        // The same spelling is reported where the file is read.
        if let Some(first) = seen.insert(number, named).filter(|first| first.value != named.value) {
            let line = first.place.line();
            let message = message!(
                "two entries are the issue {}: this one and that on line {line}",
                "to punkter hører til nyhedsbrevet {}: dette og det på linje {line}",
                named.value
            );
            let hint = message!(
                "make it one entry, or write another issue",
                "gør dem til ét punkt, eller skriv et andet nyhedsbrev"
            );
            diagnostics.push(Diagnostic::error(ONE_ISSUE, message).at(named.place.clone()).hint(hint));
        }
    }
    diagnostics
}

/// Reports `done` days in the future.
pub fn check_done(calendar: &YearCalendar, today: Date) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for done in calendar.entries.iter().flat_map(|entry| &entry.done).filter(|done| done.value.first() > today) {
        let message = message!(
            "`done` is in the future, and does not count yet: {}",
            "`done` er i fremtiden og tæller ikke endnu: {}",
            done.value
        );
        let hint =
            message!("write the day or the time that is past", "skriv den dag eller det tidspunkt, det blev gjort");
        diagnostics.push(Diagnostic::warning(DONE_LATER, message).at(done.place.clone()).hint(hint));
    }
    diagnostics
}

/// Reports issues that name an unknown occurrence, and those that another entry names.
pub fn check_names(calendar: &YearCalendar, issues: &[CalendarIssue]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for issue in issues {
        let Some(named) = &issue.names_entry else { continue };
        let problem = check_name(calendar, named);
        let id = named.value.split('/').next().unwrap_or_default().trim();
        let other = calendar
            .entries
            .iter()
            .find(|entry| entry.id != id && entry.issue.as_ref().is_some_and(|written| issue.is_named(&written.value)));
        let two = other.map(|other| {
            let message = message!(
                "this issue is `{id}`, and calendar.yaml says that it is `{}`",
                "nyhedsbrevet nævner punktet `{id}`, men calendar.yaml nævner det under `{}`",
                other.id
            );
            let hint = message!(
                "delete one of the two; the other is on line {} of calendar.yaml",
                "slet det ene; det andet står på linje {} i calendar.yaml",
                other.place.line()
            );
            Diagnostic::error(TWO_ENTRIES, message).hint(hint)
        });
        for problem in problem.into_iter().chain(two) {
            diagnostics.push(problem.at(named.place.clone()));
        }
    }
    diagnostics
}

/// The problem of an occurrence's name.
fn check_name(calendar: &YearCalendar, named: &Spanned<String>) -> Option<Diagnostic> {
    let (id, time) = match named.value.split_once('/') {
        Some((id, time)) => (id.trim(), Some(time.trim())),
        None => (named.value.trim(), None),
    };
    let Some(entry) = calendar.entries.iter().find(|entry| entry.id == id) else {
        let known = calendar.entries.iter().map(|entry| entry.id.as_str());
        return Some(Diagnostic::unknown(
            NAMES_NO_ENTRY,
            message!("entry of calendar.yaml", "punkt i calendar.yaml"),
            id,
            known,
        ));
    };
    let EntryTime::Every(repetition) = &entry.time else {
        return time.map(|time| {
            let message = message!(
                "`{id}` is once in calendar.yaml, and has no `{time}`",
                "`{id}` kommer én gang i calendar.yaml og har ingen `{time}`"
            );
            Diagnostic::error(NAMES_NO_ENTRY, message).hint(message!("write calendar: {id}", "skriv calendar: {id}"))
        });
    };
    let period = time.and_then(|time| written_period::parse(time).ok());
    if period.is_some_and(|period| repetition.in_year(period.year()).contains(&period)) {
        return None;
    }
    let message = match time {
        Some(time) => message!("`{id}` in calendar.yaml has no `{time}`", "`{id}` i calendar.yaml har ingen `{time}`"),
        None => message!(
            "`{id}` is repeated in calendar.yaml: this issue does not say which occurrence it is",
            "`{id}` gentages i calendar.yaml: det fremgår ikke, hvilken af dem nyhedsbrevet er"
        ),
    };
    let example = repetition.example().map_or_else(Message::default, |example| {
        message!(", such as calendar: {id}/{example}", ", f.eks. calendar: {id}/{example}")
    });
    Some(
        Diagnostic::error(NAMES_NO_ENTRY, message)
            .hint(message!("add its time{example}", "skriv tidspunktet efter{example}")),
    )
}
