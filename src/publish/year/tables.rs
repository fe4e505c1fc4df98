//! The tables of a report, in its language.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::language::words::ReportWords;
use crate::publish::calendar::entry::EntryPriority;
use crate::publish::year::figures::LetterFigures;
use crate::publish::year::plot::{Bar, BarPlot};
use crate::publish::year::promises::PromiseFigures;
use crate::publish::year::report::{AudienceSize, YearReport};
use crate::publish::year::sent_issue::SentIssue;
use crate::publish::year::table::{ReportTable, columns};

/// Shown in place of a figure without meaning.
const NONE: &str = "–";

/// How many topics have a bar; the table has all.
const MOST_BARS: usize = 10;

/// The tables of a report, in the order in which they are read; none: nothing was sent, and nothing was promised.
pub(super) fn tables(report: &YearReport) -> Vec<ReportTable> {
    let words = &report.lang.language().report;
    let promises = (!report.promises.is_empty()).then(|| promises(report, words));
    if report.issues.is_empty() {
        return Vec::from_iter(promises);
    }
    let counted = [year, months, audiences, topics].map(|table| table(report, words));
    counted.into_iter().chain(promises).chain([issues(report, words)]).collect()
}

/// All of the year: one figure on each line.
fn year(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let number = |number: u64| whole(report.lang, number);
    let total = report.total();
    let editions = report.issues.iter().map(|issue| issue.editions).sum();
    let rows = [
        (words.issues, report.issues.len() as u64),
        (words.editions, editions),
        (words.recipients, total.recipients()),
        (words.sent, total.sent),
        (words.refused, total.refused),
        (words.not_sent, total.not_sent()),
        (words.bounced, total.bounced),
        (words.complained, total.complained),
        (words.left, total.left),
    ];
    ReportTable {
        id: "year",
        title: words.year,
        columns: columns(&[words.total], &[words.number]),
        rows: rows.map(|(name, figure)| vec![name.to_owned(), number(figure)]).into(),
        total: None,
        plot: None,
    }
}

fn months(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let lang = report.lang;
    let months = report.months();
    let row = |name: &str, issues: u64, figures: &LetterFigures| {
        let figures = [issues].into_iter().chain(letters(figures)).map(|figure| whole(lang, figure));
        std::iter::once(name.to_owned()).chain(figures).collect::<Vec<_>>()
    };
    let calendar = &lang.language().calendar;
    let named = calendar.months.iter().zip(&months);
    let bars = calendar.short_months.iter().zip(&months);
    let bars = bars.map(|(name, month)| Bar::new(lang, (*name).to_owned(), month.figures.sent));
    ReportTable {
        id: "months",
        title: words.by_month,
        columns: columns(&[words.month], &[&[words.issues][..], &letter_heads(words)].concat()),
        rows: named.map(|(name, month)| row(name, month.issues, &month.figures)).collect(),
        total: Some(row(words.total, report.issues.len() as u64, &report.total())),
        plot: Some(BarPlot { title: words.months_plot, bars: bars.collect() }),
    }
}

fn audiences(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let lang = report.lang;
    let years = report.audiences();
    let bars = years.iter().map(|year| Bar::new(lang, year.name.clone(), year.sent)).collect();
    let rows = years.into_iter().map(|year| {
        let letters = [year.issues, year.recipients, year.sent].map(|figure| whole(lang, figure));
        let growth = year.size.map_or_else(|| [NONE; 3].map(str::to_owned), |size| growth(lang, size));
        [year.name].into_iter().chain(letters).chain(growth).collect()
    });
    ReportTable {
        id: "audiences",
        title: words.by_audience,
        columns: columns(
            &[words.audience],
            &[words.issues, words.recipients, words.sent, words.first, words.last, words.change],
        ),
        rows: rows.collect(),
        total: None,
        plot: Some(BarPlot { title: words.audiences_plot, bars }),
    }
}

/// The first and the last size, and their difference with its sign.
fn growth(lang: Lang, size: AudienceSize) -> [String; 3] {
    let change = i128::from(size.last) - i128::from(size.first);
    let change = match change {
        1.. => format!("+{}", lang.whole(change)),
        _ => lang.whole(change).replace('-', "−"),
    };
    [whole(lang, size.first), whole(lang, size.last), change]
}

fn topics(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let lang = report.lang;
    let years = report.topics();
    let name = |topic: Option<String>| topic.unwrap_or_else(|| words.no_topic.to_owned());
    let title = if years.len() > MOST_BARS { words.most_topics_plot } else { words.topics_plot };
    let bars = years.iter().take(MOST_BARS).map(|year| Bar::new(lang, name(year.topic.clone()), year.issues)).collect();
    let rows = years.into_iter().map(|year| vec![name(year.topic), whole(lang, year.issues), whole(lang, year.sent)]);
    ReportTable {
        id: "topics",
        title: words.by_topic,
        columns: columns(&[words.topic], &[words.issues, words.sent]),
        rows: rows.collect(),
        total: None,
        plot: Some(BarPlot { title, bars }),
    }
}

/// The promises of the calendar and their results.
fn promises(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let lang = report.lang;
    let year = &lang.language().year;
    let [must, should, could] = year.priorities;
    let row = |figures: &PromiseFigures| {
        let name = match figures.priority {
            EntryPriority::Must => must,
            EntryPriority::Should => should,
            EntryPriority::Could => could,
        };
        let counts = [figures.promised, figures.done, figures.late, figures.to_come()].map(|count| whole(lang, count));
        [name.to_owned()].into_iter().chain(counts).collect()
    };
    ReportTable {
        id: "calendar",
        title: words.promises,
        columns: columns(&[year.priority], &[words.promised, words.done, words.late, words.to_come]),
        rows: report.promises.iter().map(row).collect(),
        total: None,
        plot: None,
    }
}

fn issues(report: &YearReport, words: &'static ReportWords) -> ReportTable {
    let lang = report.lang;
    let row = |issue: &SentIssue| {
        let title = issue.subject.as_deref().unwrap_or(issue.id.as_str()).to_owned();
        let figures = [issue.editions].into_iter().chain(letters(&issue.figures)).map(|figure| whole(lang, figure));
        [day(lang, issue.day), title].into_iter().chain(figures).collect()
    };
    ReportTable {
        id: "issues",
        title: words.each_issue,
        columns: columns(&[words.date, words.subject], &[&[words.editions][..], &letter_heads(words)].concat()),
        rows: report.issues.iter().map(row).collect(),
        total: None,
        plot: None,
    }
}

/// The results of letters, in the order of [`letter_heads`]. The second, third and fourth add up to the first.
fn letters(figures: &LetterFigures) -> [u64; 7] {
    let LetterFigures { sent, refused, bounced, complained, left, .. } = *figures;
    [figures.recipients(), sent, refused, figures.not_sent(), bounced, complained, left]
}

fn letter_heads(words: &ReportWords) -> [&'static str; 7] {
    [words.recipients, words.sent, words.refused, words.not_sent, words.bounced, words.complained, words.left]
}

/// A day of the report's year, which needs no year: `21. jan.`.
fn day(lang: Lang, day: Date) -> String {
    let text = lang.short_date(day);
    text.trim_end_matches(&day.year().to_string()).trim_end().to_owned()
}

fn whole(lang: Lang, number: u64) -> String {
    lang.whole(i128::from(number))
}
