//! `report`: a year in figures.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::language::words::ReportWords;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::csv_cell::CsvForm;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::ops::text::visible;
use crate::ops::written_page::{self, PageWriting};
use crate::ops::year_report::{self, GatheredYear};
use crate::project::Project;
use crate::publish::year::figures::LetterFigures;
use crate::publish::year::promises::PromiseFigures;
use crate::publish::year::report::{AudienceYear, TopicYear, YearReport};
use crate::publish::year::sent_issue::{AudienceLetters, FigureRecord, SentIssue};
use crate::publish::year::text::ReportWidth;
use crate::publish::year::{markdown, page, text};

/// Arguments of `report`.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The year [default: this one]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=9999))]
    year: Option<i16>,
    /// Write a web page, which can be printed, to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["markdown", "csv"])]
    html: Option<PathBuf>,
    /// Print Markdown, to be pasted into another document
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    markdown: bool,
    /// Print the issues as CSV
    #[arg(long, conflicts_with = "json", value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "excel")]
    csv: Option<CsvForm>,
}

/// A report as JSON.
#[derive(Serialize)]
struct YearJson<'a> {
    year: i16,
    /// The day on which it was counted.
    as_of: String,
    issues: Vec<YearIssueJson<'a>>,
    total: YearFiguresJson,
    months: Vec<YearMonthJson>,
    audiences: Vec<AudienceYear>,
    topics: Vec<TopicYear>,
    calendar: Vec<YearPromiseJson>,
    /// Issues that were written to a folder only, and are not counted.
    written_only: &'a [IssueId],
}

#[derive(Serialize)]
struct YearIssueJson<'a> {
    issue: &'a IssueId,
    subject: Option<&'a str>,
    date: String,
    editions: u64,
    #[serde(flatten)]
    figures: YearFiguresJson,
    audiences: &'a BTreeMap<String, AudienceLetters>,
    tags: &'a [String],
    record: FigureRecord,
}

/// `bounced`, `complained` and `left` are among those `sent`; the others add up to the recipients.
#[derive(Serialize)]
struct YearFiguresJson {
    recipients: u64,
    #[serde(flatten)]
    figures: LetterFigures,
}

#[derive(Serialize)]
struct YearMonthJson {
    month: usize,
    issues: u64,
    #[serde(flatten)]
    figures: YearFiguresJson,
}

/// What the calendar promised with one priority.
#[derive(Serialize)]
struct YearPromiseJson {
    priority: &'static str,
    promised: u64,
    done: u64,
    late: u64,
}

/// Prints a year, or writes its page.
///
/// The report is in `lang`, or else in the project's language.
pub(super) fn run(
    terminal: &Terminal,
    project: &Project,
    args: &ReportArgs,
    lang: Option<Lang>,
) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let this_year = || now.to_zoned_datetime(project.settings().timezone.clone()).year();
    let year = args.year.unwrap_or_else(this_year);
    let lang = lang.unwrap_or(project.settings().lang);
    let gathered = year_report::gather(project, year, lang, now)?;
    terminal.diagnostics(&gathered.problems);
    let report = &gathered.report;
    if let Some(csv) = args.csv {
        print_csv(csv, report);
    } else if args.markdown {
        Terminal::answer(&visible(&markdown::markdown(report)));
    } else if terminal.is_json() {
        terminal.json(&YearJson::new(&gathered));
    }
    if let Some(path) = &args.html {
        let html = page::html(report, &project.settings().brand);
        if written_page::write(path, &html)? == PageWriting::Refused {
            let path = path.display();
            terminal.problem(message!(
                "{path} is another file, or was changed since `report` wrote it: name a new file",
                "{path} er en anden fil eller er ændret, siden `report` skrev den: vælg en ny fil"
            ));
            return Ok(Exit::Blocked);
        }
        let (issues, path) = (noun::ISSUE.count(report.issues.len() as u64), path.display());
        terminal.print_line(message!("{issues} of {year} in {path}", "{issues} fra {year} i {path}"));
    } else if args.csv.is_none() && !args.markdown {
        let width = if io::stdout().is_terminal() { ReportWidth::Screen } else { ReportWidth::Whole };
        terminal.print_line(Message::verbatim(visible(&text::text(report, width))));
    }
    print_notes(terminal, &gathered);
    Ok(if gathered.problems.has_errors() { Exit::Blocked } else { Exit::Done })
}

/// Notes that a reader of the figures needs, other than about the year itself.
fn print_notes(terminal: &Terminal, gathered: &GatheredYear) {
    let issues = &gathered.report.issues;
    let receipted = issues.iter().filter(|issue| issue.record == FigureRecord::Receipt).count() as u64;
    if receipted > 0 {
        let issues = noun::ISSUE.count(receipted);
        terminal.note(message!(
            "{issues} counted from receipts: the ledger has no letters of them, or fewer",
            "{issues} talt efter kvitteringer: sendebogen (ledger) har ingen af deres mails, eller færre"
        ));
    }
    if !gathered.written.is_empty() {
        let written = noun::ISSUE.count(gathered.written.len() as u64);
        terminal.note(message!(
            "{written} not counted: written to outbox/ and not sent",
            "{written} ikke talt med: skrevet til outbox/ og ikke sendt"
        ));
    }
    if !gathered.gone.is_empty() {
        let gone = gathered.gone.iter().map(IssueId::as_str).collect::<Vec<_>>().join(", ");
        terminal.note(message!(
            "without subject and topics, since the file is gone: {gone}",
            "uden emnefelt og emner, fordi filen er væk: {gone}"
        ));
    }
    for issue in issues {
        let LetterFigures { open, in_doubt, .. } = issue.figures;
        let unknown =
            [(open, message!("not sent yet", "ikke sendt endnu")), (in_doubt, message!("in doubt", "i tvivl"))];
        for (letters, state) in unknown.into_iter().filter(|(letters, _)| *letters > 0) {
            let (issue, letters) = (&issue.id, noun::LETTER.count(letters));
            terminal.note(message!(
                "{issue}: {letters} {state}, counted as not sent",
                "{issue}: {letters} {state}, talt som ikke sendt"
            ));
        }
    }
}

/// What programs read, in the order of the cells that [`print_csv`] prints.
const CSV_COLUMNS: [&str; 17] = [
    "date",
    "issue",
    "subject",
    "editions",
    "recipients",
    "sent",
    "bounced",
    "complained",
    "left",
    "refused",
    "suppressed",
    "expired",
    "cancelled",
    "in_doubt",
    "open",
    "tags",
    "record",
];

/// What people read, in the same order.
fn sheet_columns(words: &ReportWords) -> [&'static str; 17] {
    [
        words.date,
        words.file,
        words.subject,
        words.editions,
        words.recipients,
        words.sent,
        words.bounced,
        words.complained,
        words.left,
        words.refused,
        words.suppressed,
        words.expired,
        words.cancelled,
        words.in_doubt,
        words.open,
        words.by_topic,
        words.record,
    ]
}

fn print_csv(csv: CsvForm, report: &YearReport) {
    let words = &report.lang.language().report;
    let (heads, records) = match csv {
        CsvForm::Excel => (sheet_columns(words), words.records),
        CsvForm::Comma => (CSV_COLUMNS, ["ledger", "receipt"]),
    };
    let [ledger, receipt] = records;
    csv.print_header(&heads);
    for issue in &report.issues {
        let LetterFigures { sent, bounced, complained, left, refused, suppressed, expired, cancelled, in_doubt, open } =
            issue.figures;
        let figures = [
            issue.editions,
            issue.figures.recipients(),
            sent,
            bounced,
            complained,
            left,
            refused,
            suppressed,
            expired,
            cancelled,
            in_doubt,
            open,
        ];
        let record = match issue.record {
            FigureRecord::Ledger => ledger,
            FigureRecord::Receipt => receipt,
        };
        let subject = issue.subject.clone().unwrap_or_default();
        let first = [issue.day.to_string(), issue.id.to_string(), subject].into_iter();
        let last = [issue.tags.join(", "), record.to_owned()];
        let cells: Vec<String> = first.chain(figures.map(|figure| figure.to_string())).chain(last).collect();
        csv.print_row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

impl<'a> YearJson<'a> {
    fn new(gathered: &'a GatheredYear) -> Self {
        let report = &gathered.report;
        let months = report.months().into_iter().enumerate();
        Self {
            year: report.year,
            as_of: report.day.to_string(),
            issues: report.issues.iter().map(YearIssueJson::new).collect(),
            total: YearFiguresJson::new(report.total()),
            months: months
                .map(|(at, month)| YearMonthJson {
                    month: at + 1,
                    issues: month.issues,
                    figures: YearFiguresJson::new(month.figures),
                })
                .collect(),
            audiences: report.audiences(),
            topics: report.topics(),
            calendar: report.promises.iter().map(YearPromiseJson::new).collect(),
            written_only: &gathered.written,
        }
    }
}

impl<'a> YearIssueJson<'a> {
    fn new(issue: &'a SentIssue) -> Self {
        Self {
            issue: &issue.id,
            subject: issue.subject.as_deref(),
            date: issue.day.to_string(),
            editions: issue.editions,
            figures: YearFiguresJson::new(issue.figures),
            audiences: &issue.audiences,
            tags: &issue.tags,
            record: issue.record,
        }
    }
}

impl YearPromiseJson {
    fn new(figures: &PromiseFigures) -> Self {
        let PromiseFigures { priority, promised, done, late } = *figures;
        Self { priority: priority.name(), promised, done, late }
    }
}

impl YearFiguresJson {
    fn new(figures: LetterFigures) -> Self {
        Self { recipients: figures.recipients(), figures }
    }
}
