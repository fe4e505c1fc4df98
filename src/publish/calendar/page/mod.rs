//! The year as a web page in one file, which can be printed: a wheel, and a list.
//!
//! It has no script and nothing from another server. It is for those who plan the year: unlike public pages, it names
//! them.

mod wheel;

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::base::language::Lang;
use crate::base::language::year_words::YearWords;
use crate::edition::context::Brand;
use crate::edition::theme::palette::Palette;
use crate::publish::calendar::busy_week::{BusyAudience, BusyWeek, ReadersLoad, SuppressedReaders};
use crate::publish::calendar::entry::{EntryKind, EntryPriority, EntryStage, YearChannel, YearEntry};
use crate::publish::calendar::issue_match::CalendarIssue;
use crate::publish::calendar::page::wheel::{MarkShape, MarkState, WheelMark, YearWheel};
use crate::publish::calendar::period_words;
use crate::publish::calendar::repetition::RepetitionUnit;
use crate::publish::calendar::state::{IssueProgress, NextStep, OccurrenceState};
use crate::publish::calendar::year::{CalendarYear, YearItem};

const PAGE: &str = concat!(include_str!("../../../edition/html/page_head.html"), include_str!("page.html"));
const STYLE: &str = include_str!("page.css");

/// Whose page it is, and how it looks.
#[derive(Clone, Copy, Debug)]
pub struct CalendarPage<'a> {
    /// The name of the newsletter.
    pub name: &'a str,
    /// Its language.
    pub lang: Lang,
    /// Its appearance.
    pub brand: &'a Brand,
    /// The audiences.
    pub audiences: &'a Audiences,
    /// The letters of the coming weeks; absent: not counted.
    pub load: Option<&'a ReadersLoad>,
}

/// What the template needs.
#[derive(Serialize)]
struct PageOfYear<'a> {
    lang: Lang,
    words: &'a YearWords,
    name: &'a str,
    style: String,
    title: String,
    on: String,
    counts: String,
    /// SVG, with its texts escaped.
    wheel: String,
    legend: PageLegend,
    months: Vec<MonthOfPage>,
    unlisted: Vec<UnlistedOfPage<'a>>,
    /// The letters of the coming weeks; absent: not counted.
    load: Option<LoadOfPage>,
    /// The text shown instead of entries; absent: there are some.
    empty: Option<String>,
}

/// Examples of the marks of the wheel, as SVG with their names.
#[derive(Serialize)]
struct PageLegend {
    priorities: Vec<LegendMark>,
    states: Vec<LegendMark>,
    has_weekly: bool,
}

#[derive(Serialize)]
struct LegendMark {
    svg: String,
    name: &'static str,
}

/// A month of the list.
#[derive(Serialize)]
struct MonthOfPage {
    name: String,
    rows: Vec<RowOfPage>,
}

#[derive(Serialize)]
struct RowOfPage {
    number: usize,
    when: String,
    title: String,
    /// Priority, kind, audiences, channels and the person responsible.
    facts: Vec<String>,
    /// The mark of the state as SVG, which its word follows.
    mark: String,
    state: &'static str,
    class: &'static str,
    /// What is to be done, or was done.
    next: Option<String>,
}

#[derive(Serialize)]
struct UnlistedOfPage<'a> {
    date: String,
    title: &'a str,
}

/// Weeks in which readers get more letters than the limit.
#[derive(Serialize)]
struct LoadOfPage {
    title: String,
    /// The text shown instead of weeks; absent: there are some.
    none: Option<String>,
    rows: Vec<BusyRowOfPage>,
    remarks: Vec<String>,
}

/// An audience in such a week.
#[derive(Serialize)]
struct BusyRowOfPage {
    week: String,
    audience: String,
    /// The letters of the week, in its first row.
    letters: Vec<String>,
    share: String,
}

/// The page of a year.
pub fn html(year: &CalendarYear<'_>, page: CalendarPage<'_>) -> String {
    let CalendarPage { name, lang, brand, audiences, load } = page;
    let words = &lang.language().year;
    let palette = Palette::of(brand.colour);
    let values = context! { light => palette.light(), dark => palette.dark(), font => &brand.font };
    // minijinja escapes by the extension of the name. The templates are built in, and the tests render them.
    let style = Environment::new().render_named_str("page.css", STYLE, values).unwrap_or_default();
    let counted = [3, 2, 1, 0].into_iter().filter_map(|state| {
        let count = year.counts()[state];
        (count > 0).then(|| format!("{count} {}", words.states[state]))
    });
    let with_year = |form: &str| form.replace("{year}", &year.year.to_string());
    let marks: Vec<WheelMark> = year.items.iter().enumerate().map(|(at, item)| mark(at + 1, item)).collect();
    let has_weekly = marks.iter().any(|mark| mark.shape == MarkShape::Weekly);
    let page = PageOfYear {
        lang,
        words,
        name,
        style,
        title: with_year(words.title),
        on: words.on.replace("{date}", &lang.short_date(year.today)),
        counts: counted.collect::<Vec<_>>().join(" · "),
        wheel: YearWheel { year: year.year, today: year.today, lang }.svg(&marks),
        legend: PageLegend { has_weekly, ..legend(words) },
        months: months(year, lang, audiences),
        unlisted: year.unlisted.iter().map(|issue| unlisted(issue, lang)).collect(),
        load: load.map(|load| load_of_page(load, year.year, lang, audiences)),
        empty: year.items.is_empty().then(|| with_year(words.empty)),
    };
    Environment::new().render_named_str("page.html", PAGE, Serde(page)).unwrap_or_default()
}

fn legend(words: &YearWords) -> PageLegend {
    let shapes = [MarkShape::Must, MarkShape::Should, MarkShape::Could];
    let states = [MarkState::Planned, MarkState::Due, MarkState::Late, MarkState::Done];
    let mark = |shape, state, name| LegendMark { svg: wheel::example(shape, state), name };
    PageLegend {
        priorities: shapes
            .into_iter()
            .zip(words.priorities)
            .map(|(shape, name)| mark(shape, MarkState::Planned, name))
            .collect(),
        states: states
            .into_iter()
            .zip(words.states)
            .map(|(state, name)| mark(MarkShape::Should, state, name))
            .collect(),
        has_weekly: false,
    }
}

fn mark(number: usize, item: &YearItem<'_>) -> WheelMark {
    let entry = item.occurrence.entry;
    WheelMark { number, period: item.occurrence.period, shape: shape(entry), state: mark_state(item.state) }
}

fn shape(entry: &YearEntry) -> MarkShape {
    match entry.priority {
        _ if entry.repeats_every() == Some(RepetitionUnit::Week) => MarkShape::Weekly,
        EntryPriority::Must => MarkShape::Must,
        EntryPriority::Should => MarkShape::Should,
        EntryPriority::Could => MarkShape::Could,
    }
}

fn mark_state(state: OccurrenceState) -> MarkState {
    match state {
        OccurrenceState::Planned(_) => MarkState::Planned,
        OccurrenceState::Due(_) => MarkState::Due,
        OccurrenceState::Late(_) => MarkState::Late,
        OccurrenceState::Done(_) => MarkState::Done,
    }
}

/// The list, by the month that each entry is listed under.
fn months(year: &CalendarYear<'_>, lang: Lang, audiences: &Audiences) -> Vec<MonthOfPage> {
    let mut months: Vec<MonthOfPage> = Vec::new();
    for (at, item) in year.items.iter().enumerate() {
        let name = lang.month(item.occurrence.period.listed_day());
        let facts = facts(item.occurrence.entry, &lang.language().year, audiences);
        let row = RowOfPage { facts, ..row(at + 1, item, lang) };
        match months.last_mut() {
            Some(month) if month.name == name => month.rows.push(row),
            Some(_) | None => months.push(MonthOfPage { name, rows: vec![row] }),
        }
    }
    months
}

fn row(number: usize, item: &YearItem<'_>, lang: Lang) -> RowOfPage {
    let words = &lang.language().year;
    let entry = item.occurrence.entry;
    let state = mark_state(item.state);
    RowOfPage {
        number,
        when: period_words::short(lang, item.occurrence.period),
        title: entry.title.clone(),
        facts: Vec::new(),
        mark: wheel::example(MarkShape::Should, state),
        state: words.states[state.index()],
        class: state.class(),
        next: next(item, lang),
    }
}

/// Priority, kind, audiences, channels and the person responsible.
fn facts(entry: &YearEntry, words: &YearWords, known: &Audiences) -> Vec<String> {
    let priority = match entry.priority {
        EntryPriority::Must => words.priorities[0],
        EntryPriority::Should => words.priorities[1],
        EntryPriority::Could => words.priorities[2],
    };
    let kind = match entry.kind {
        EntryKind::Newsletter => words.kinds[0],
        EntryKind::Campaign => words.kinds[1],
        EntryKind::Release => words.kinds[2],
        EntryKind::Event => words.kinds[3],
        EntryKind::Meeting => words.kinds[4],
    };
    let mut facts = vec![priority.to_owned(), kind.to_owned()];
    let name = |id: &AudienceId| known.named(id).map_or_else(|| id.to_string(), |audience| audience.name.clone());
    let audiences: Vec<String> = entry.audiences.iter().map(|audience| name(&audience.value)).collect();
    facts.extend((!audiences.is_empty()).then(|| words.audiences.replace("{audiences}", &audiences.join(", "))));
    let named = entry.channels.iter().filter(|channel| **channel != YearChannel::Other);
    let channels: Vec<&str> = named.map(|channel| channel.name()).collect();
    facts.extend((!channels.is_empty()).then(|| channels.join(", ")));
    facts.extend(entry.owner.clone());
    facts
}

/// What is to be done, or was done; absent: nothing.
fn next(item: &YearItem<'_>, lang: Lang) -> Option<String> {
    let words = &lang.language().year;
    let dated = |form: &str, day| form.replace("{date}", &lang.short_date(day));
    match item.state {
        OccurrenceState::Planned(Some(NextStep { stage, day }))
        | OccurrenceState::Due(Some(NextStep { stage, day })) => Some(dated(words.by[stage_index(stage)], day)),
        OccurrenceState::Late(NextStep { stage, day }) => Some(dated(words.missed[stage_index(stage)], day)),
        OccurrenceState::Done(Some(day)) if !item.occurrence.stages().is_empty() => Some(dated(words.done_on, day)),
        OccurrenceState::Planned(None) | OccurrenceState::Due(None) | OccurrenceState::Done(_) => None,
    }
}

/// The place of a stage among the words for stages.
pub(super) fn stage_index(stage: EntryStage) -> usize {
    match stage {
        EntryStage::Draft => 0,
        EntryStage::Approved => 1,
        EntryStage::Sent => 2,
    }
}

/// The weeks of a year in which readers get more letters than the limit.
fn load_of_page(load: &ReadersLoad, year: i16, lang: Lang, known: &Audiences) -> LoadOfPage {
    let words = &lang.language().year;
    let with_limit = |form: &str| form.replace("{limit}", &load.limit.to_string());
    let row = |week: &BusyWeek, at: usize, load: &BusyAudience| BusyRowOfPage {
        week: words.week.replace("{number}", &week.week.to_string()),
        audience: known.named(&load.audience).map_or_else(|| load.audience.to_string(), |found| found.name.clone()),
        letters: week.letters.iter().filter(|_| at == 0).map(|letter| letter.title.clone()).collect(),
        share: words
            .busy_share
            .replace("{over}", &load.over.to_string())
            .replace("{readers}", &load.readers.to_string())
            .replace("{most}", &load.most.to_string()),
    };
    let weeks = load.weeks.iter().filter(|week| week.year == year);
    let rows: Vec<BusyRowOfPage> =
        weeks.flat_map(|week| week.audiences.iter().enumerate().map(move |(at, load)| row(week, at, load))).collect();
    let without_week = load.without_week;
    let uncounted = (without_week > 0).then(|| words.without_week.replace("{number}", &without_week.to_string()));
    let counted = (load.suppressed == SuppressedReaders::Counted).then(|| words.suppressed_counted.to_owned());
    LoadOfPage {
        title: with_limit(words.busy),
        none: rows.is_empty().then(|| with_limit(words.not_busy)),
        rows,
        remarks: uncounted.into_iter().chain(counted).collect(),
    }
}

fn unlisted(issue: &CalendarIssue, lang: Lang) -> UnlistedOfPage<'_> {
    let date = match issue.progress {
        IssueProgress::Sent(day) => lang.short_date(day),
        IssueProgress::Draft | IssueProgress::Ready => String::new(),
    };
    UnlistedOfPage { date, title: &issue.title }
}
