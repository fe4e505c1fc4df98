//! The kinds of issues that `new --kind` begins: built-in ones, and those of the project in `templates/kinds/`.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::Value;

use crate::base::language::words::DraftKind;
use crate::base::source::nearest::nearest;
use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::issue::series::SeriesId;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::copied_issue::OWN_KEYS;
use crate::ops::new_issue::{DraftOccasion, send_at_line, with_news};
use crate::ops::news_draft::NewsText;
use crate::project::Project;
use crate::project::appearance::KINDS_FOLDER;
use crate::project::settings::Settings;

/// The placeholders in a text of a kind for a future day and for the deadline before it, and how many days ahead these
/// are.
const DAYS: [(&str, i32); 4] = [("[dag]", DAY_AHEAD), ("[day]", DAY_AHEAD), ("[frist]", 14), ("[deadline]", 14)];
/// How many days ahead the future day is.
const DAY_AHEAD: i32 = 28;

/// What a draft of a kind is made with.
#[derive(Debug)]
pub struct KindDraft<'a> {
    /// The name of the kind.
    pub kind: &'a str,
    /// The subject.
    pub title: &'a str,
    /// The audiences, unless the kind names its own.
    pub audiences: &'a [String],
    /// The day on which it is written.
    pub today: Date,
    /// The entry of the calendar that it is, whose audiences count before those of the kind; absent: of none.
    pub occasion: Option<&'a DraftOccasion>,
    /// What it is made of; absent: an author writes it.
    pub news: Option<&'a NewsText>,
}

/// The series that the issues of a kind belong to; absent: they belong to the newsletter itself.
///
/// # Errors
///
/// The kind is unknown, cannot be read or has errors.
pub fn series_of(project: &Project, kind: &str) -> Result<Option<SeriesId>, Blocked> {
    let source = source(project, kind)?;
    let (issue, diagnostics) = Issue::parse(&source, &project.settings().timezone);
    let issue = issue.ok_or(Blocked::Diagnostics(diagnostics))?;
    Ok(issue.front.series.map(|series| series.value))
}

impl KindDraft<'_> {
    /// The text of the draft.
    ///
    /// # Errors
    ///
    /// The kind is unknown, cannot be read or has errors.
    pub fn text(&self, project: &Project) -> Result<String, Blocked> {
        let source = source(project, self.kind)?;
        let (issue, diagnostics) = Issue::parse(&source, &project.settings().timezone);
        let Some(issue) = issue else { return Err(Blocked::Diagnostics(diagnostics)) };
        let planned: &[&str] = if self.occasion.is_some() { &["audiences", "series"] } else { &[] };
        let written = self.occasion.map_or("", |occasion| &occasion.lines);
        let written: Vec<&str> = written.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
        let dropped = [&OWN_KEYS[..], planned, &written].concat();
        let kept = issue.front_without(&dropped).ok_or(GuardFailure::SharedLine { issue: issue.id.clone() })?;
        let audiences = match &issue.front.audiences[..] {
            [_, ..] if self.occasion.is_none() => String::new(),
            [..] if self.audiences.is_empty() => String::new(),
            [..] => format!("audiences: [{}]\n", self.audiences.join(", ")),
        };
        // A JSON string is also a double-quoted YAML string (YAML 1.2 §1.3), whatever it holds.
        let subject = Value::from(self.title.split_whitespace().collect::<Vec<_>>().join(" "));
        let lang = issue.front.lang.unwrap_or(project.settings().lang);
        let mut body = with_news(issue.text(), self.news);
        let sources = self.news.map_or("", |news| news.front.as_str());
        // The day was not chosen by a person, so `check` reports it.
        let note = lang.language().drafts.check_day;
        for (written, ahead) in DAYS {
            let day = self.day(ahead, project.settings());
            body = with_day(&body, written, &ChosenDay { day: lang.weekday_date(day), note });
        }
        let (lines, send_at) = (self.occasion.map_or("", |occasion| &occasion.lines), send_at_line(self.occasion));
        Ok(format!(
            "---\nsubject: {subject}\npreheader: \"\"\n{audiences}{kept}{lines}{send_at}draft: true\n{sources}---\n{body}"
        ))
    }

    /// The day this many days after the draft is written, or after its day in the calendar. If the calendar has the day
    /// of the event that it invites to, the last placeholder is that day, and the others are at the same distance
    /// before it.
    fn day(&self, ahead: i32, settings: &Settings) -> Date {
        match self.occasion {
            Some(DraftOccasion { day: Some(day), .. }) if ahead == DAY_AHEAD => *day,
            Some(DraftOccasion { day: Some(day), .. }) => {
                last_working_day(day.saturating_sub((DAY_AHEAD - ahead).days()), settings)
            }
            Some(DraftOccasion { day: None, send_on, .. }) => {
                working_day(send_on.saturating_add(ahead.days()), settings)
            }
            None => working_day(self.today.saturating_add(ahead.days()), settings),
        }
    }
}

/// A day that the program has chosen.
struct ChosenDay {
    /// As it is written.
    day: String,
    /// What asks the author to check it.
    note: &'static str,
}

/// A text with a day where `written` is. The note comes after what belongs to the day, such as stars and a colon, so
/// that deleting it leaves a correct line.
fn with_day(text: &str, written: &str, chosen: &ChosenDay) -> String {
    let mut out = String::new();
    let mut pieces = text.split(written);
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str(&chosen.day);
        let is_strong = out.lines().next_back().unwrap_or_default().matches("**").count() % 2 == 1;
        let line = piece.lines().next().unwrap_or_default();
        let strong = if is_strong { line.find("**").map_or(0, |at| at + "**".len()) } else { 0 };
        let signs = line[strong..].len() - line[strong..].trim_start_matches(['.', ',', ':', ';', '!', '?', ')']).len();
        let (own, rest) = piece.split_at(strong + signs);
        out.extend([own, " ", chosen.note, rest]);
    }
    out
}

/// The day, or the first one after it that is neither in a weekend nor a holiday.
fn working_day(from: Date, settings: &Settings) -> Date {
    from.series(1.day()).find(|day| is_working_day(*day, settings)).unwrap_or(from)
}

/// The day, or the last one before it that is neither in a weekend nor a holiday.
pub(super) fn last_working_day(until: Date, settings: &Settings) -> Date {
    until.series(-1.day()).find(|day| is_working_day(*day, settings)).unwrap_or(until)
}

fn is_working_day(day: Date, settings: &Settings) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && settings.lang.public_holiday(settings.timezone.iana_name(), day).is_none()
}

/// The text of a kind: the project's own, or else the built-in one.
fn source(project: &Project, kind: &str) -> Result<Source, Blocked> {
    let own = project.own_kinds();
    if let Some(path) = own.iter().find(|path| path.file_stem().is_some_and(|stem| stem == kind)) {
        return Ok(project.read_own(path)?);
    }
    let built_in = &project.settings().lang.language().drafts.kinds;
    if let Some(DraftKind { name, text }) = built_in.iter().find(|built_in| built_in.name == kind) {
        return Ok(Source::new(format!("templates/{KINDS_FOLDER}/{name}.md"), *text));
    }
    let stems = own.iter().filter_map(|path| path.file_stem()?.to_str().map(str::to_owned));
    let kinds: BTreeSet<String> = stems.chain(built_in.iter().map(|built_in| built_in.name.to_owned())).collect();
    let near = nearest(kind, kinds.iter().map(String::as_str)).map(str::to_owned);
    Err(GuardFailure::UnknownKind { kind: kind.to_owned(), near, kinds: kinds.into_iter().collect() }.into())
}
