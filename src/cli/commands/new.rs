//! `new`: creates a draft issue.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::slug::slug;
use crate::ops::blocked::Blocked;
use crate::ops::calendar_draft::{self, CalendarDraft, CalendarDraftOrder};
use crate::ops::copied_issue::{self, CorrectionDraft, SimilarDraft, SimilarText};
use crate::ops::issue_kinds::{self, KindDraft};
use crate::ops::new_issue::{NewFrontMatter, issue_text};
use crate::ops::news_draft::{self, FoundNews, NewsLine, NewsRequest};
use crate::ops::text::visible;
use crate::project::Project;
use crate::project::files::write_new;

/// Arguments of `new`.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The title, which becomes the subject
    #[arg(required_unless_present_any = ["correction_of", "like", "from_calendar"])]
    title: Option<String>,
    /// Correct an issue that was sent: a draft for those who had it, with its text
    #[arg(long, value_name = "ISSUE", conflicts_with_all = ["like", "kind"])]
    correction_of: Option<PathBuf>,
    /// Copy an issue, with the next number and without its times
    #[arg(long, value_name = "ISSUE", conflicts_with = "kind")]
    like: Option<PathBuf>,
    /// Begin with the text of a kind: newsletter, release, case, invitation, webinar, onboarding, board, or one in templates/kinds/
    #[arg(long)]
    kind: Option<String>,
    /// Begin with an entry of calendar.yaml, by its id [default: the entry that is due and has no issue]
    #[arg(long, value_name = "ENTRY", num_args = 0..=1, conflicts_with_all = ["correction_of", "like"])]
    from_calendar: Option<Vec<String>>,
    /// Make a card of each new item of an RSS or Atom feed (a file or an https: address), of a Jekyll site, or of a folder with Markdown files
    #[arg(long, value_name = "FEED|FOLDER", conflicts_with_all = ["like", "correction_of", "from_calendar"])]
    from: Vec<String>,
    /// Count items as new from this day on, instead of since the last issue
    #[arg(long, value_name = "DATE", requires = "from")]
    since: Option<String>,
    /// Make at most this many cards, of the newest items
    #[arg(long, value_name = "NUMBER", requires = "from", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=500))]
    max: u16,
}

/// Creates `<slug of the title>.md` in the folder of issues, for all audiences, or beside the issue that it is made from.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &NewArgs) -> Result<Exit, Blocked> {
    let title = args.title.as_deref();
    if title.is_some_and(|title| slug(title).is_empty()) {
        terminal.problem(message!(
            "the title needs a letter or a digit for the file name",
            "titlen skal have et bogstav eller et ciffer til filnavnet"
        ));
        return Ok(Exit::Blocked);
    }
    if let Some(typed) = &args.correction_of {
        let draft = copied_issue::correct(project, &project.issue_like(typed), title)?;
        report_correction(terminal, &draft);
    } else if let Some(typed) = &args.like {
        let draft = copied_issue::copy(project, &project.issue_like(typed), title)?;
        report_copy(terminal, &draft);
    } else if let Some(entry) = &args.from_calendar {
        let (kind, today) = (args.kind.as_deref(), today(project));
        let order = CalendarDraftOrder { entry: entry.first().map(String::as_str), title, kind, today };
        report_calendar_draft(terminal, &calendar_draft::write(project, order)?);
    } else {
        create(terminal, project, title.unwrap_or_default(), args)?;
    }
    Ok(Exit::Done)
}

fn create(terminal: &Terminal, project: &Project, title: &str, args: &NewArgs) -> Result<(), Blocked> {
    let now = Timestamp::now();
    let path = project.issues_folder().join(format!("{}.md", slug(title)));
    let found = if args.from.is_empty() { None } else { Some(find_news(terminal, project, args, now)?) };
    let news = found.as_ref().and_then(|found| found.text.as_ref());
    if let Some(found) = found.as_ref().filter(|_| news.is_none()) {
        report_no_news(terminal, found, &args.from);
        return Ok(());
    }
    let (audiences, _) = project.audiences()?;
    let audiences: Vec<String> = audiences.ids().map(ToString::to_string).collect();
    let text = if let Some(kind) = args.kind.as_deref() {
        KindDraft { kind, title, audiences: &audiences, today: today(project), occasion: None, news }.text(project)?
    } else {
        let lang = project.settings().lang;
        issue_text(&NewFrontMatter { subject: title, preheader: "", audiences: &audiences, lang, occasion: None, news })
    };
    write_new(&path, text)?;
    report_path(terminal, &path);
    match &found {
        Some(found) => report_news(terminal, found, &path),
        None => terminal.json(&json!({ "path": path })),
    }
    Ok(())
}

fn today(project: &Project) -> Date {
    Timestamp::now().to_zoned_datetime(project.settings().timezone.clone()).date()
}

fn report_calendar_draft(terminal: &Terminal, draft: &CalendarDraft) {
    let CalendarDraft { path, entry, sent_by } = draft;
    report_path(terminal, path);
    terminal.print_line(message!(
        "  {entry} of calendar.yaml, sent by {sent_by}",
        "  {entry} i calendar.yaml, sendes senest {sent_by}"
    ));
    terminal.json(&json!({ "path": path, "entry": entry, "sent_by": sent_by.to_string() }));
}

/// Reads the feeds and folders, and prints what is left out of them.
fn find_news(terminal: &Terminal, project: &Project, args: &NewArgs, now: Timestamp) -> Result<FoundNews, Blocked> {
    let series = args.kind.as_deref().map(|kind| issue_kinds::series_of(project, kind)).transpose()?.flatten();
    let since = args.since.as_deref().map(|typed| news_draft::first_day(project, typed)).transpose()?;
    let lang = project.settings().lang;
    let request = NewsRequest { from: &args.from, since, most: args.max.into(), series: series.as_ref(), lang, now };
    let found = news_draft::find(project, &request)?;
    terminal.list_diagnostics(project, found.warnings.clone());
    Ok(found)
}

fn report_no_news(terminal: &Terminal, found: &FoundNews, from: &[String]) {
    let from = Message::all(from).map(visible);
    terminal.print_line(message!(
        "nothing new in {from}: no draft was written",
        "intet nyt i {from}: der er ikke skrevet en kladde"
    ));
    if !found.used_in.is_empty() {
        let issues = visible(&found.used_in.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
        terminal.print_line(message!("  its items are in {issues}", "  indlæggene er i {issues}"));
    }
    report_unused(terminal, found);
    terminal.json(&json!({ "path": null, "cards": [], "left": [], "older": found.older, "repeated": found.repeated }));
}

fn report_news(terminal: &Terminal, found: &FoundNews, path: &Path) {
    let FoundNews { cards, left, .. } = found;
    let mut names: Vec<&str> = cards.iter().map(|card| card.from.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let number = cards.iter().filter(|card| card.from == name).count();
        let (cards, name) = (noun::CARD.count(number as u64), visible(name));
        terminal.print_line(message!("  {cards} from {name}", "  {cards} fra {name}"));
    }
    let without_link = cards.iter().filter(|card| card.link.is_none()).count();
    if without_link > 0 {
        let cards = noun::CARD.count(without_link as u64);
        terminal.print_line(message!("  {cards} without a link", "  {cards} uden link"));
    }
    if !left.is_empty() {
        let items = noun::NEW_ITEM.count(left.len() as u64);
        terminal.print_line(message!(
            "  {items} left for the next issue (--max):",
            "  {items} gemt til næste nyhedsbrev (--max):"
        ));
        for line in left {
            let day = line.day.as_deref().map(Message::verbatim);
            let day = day.unwrap_or_else(|| message!("no date", "uden dato"));
            terminal.print_line(composed!("    {day:10}  {}", visible(&line.title)));
        }
    }
    report_unused(terminal, found);
    let json = |line: &NewsLine| {
        let NewsLine { id, title, from, link, day } = line;
        json!({ "id": id, "title": title, "from": from, "link": link, "day": day })
    };
    let (cards, left) = (cards.iter().map(json).collect::<Vec<_>>(), left.iter().map(json).collect::<Vec<_>>());
    terminal
        .json(&json!({ "path": path, "cards": cards, "left": left, "older": found.older, "repeated": found.repeated }));
}

fn report_unused(terminal: &Terminal, found: &FoundNews) {
    if found.repeated > 0 {
        let items = noun::ITEM.count(found.repeated as u64);
        terminal.print_line(message!(
            "  {items} left out: the same page as an item of another feed or folder",
            "  {items} udeladt: samme side som et indlæg fra et andet feed eller en anden mappe"
        ));
    }
    if found.older > 0 {
        let older = noun::OLDER_ITEM.count(found.older as u64);
        terminal.print_line(message!(
            "  {older} not used in any issue: `--since DATE` includes them",
            "  {older} er ikke brugt i noget nyhedsbrev: `--since DATO` tager dem med"
        ));
    }
}

fn report_path(terminal: &Terminal, path: &Path) {
    let path = path.display();
    terminal.print_line(message!("created {path}", "oprettede {path}"));
}

fn report_correction(terminal: &Terminal, draft: &CorrectionDraft) {
    let CorrectionDraft { path, corrected, recipients } = draft;
    report_path(terminal, path);
    terminal.print_line(match recipients {
        0 => message!(
            "  {corrected} has no accepted letters, according to the ledger on this machine",
            "  ingen mail fra {corrected} er modtaget ifølge sendebogen (ledger) på denne maskine"
        ),
        1 => message!("  for the 1 recipient of {corrected}", "  til den ene modtager af {corrected}"),
        _ => message!(
            "  for the {recipients} recipients of {corrected}",
            "  til de {recipients} modtagere af {corrected}"
        ),
    });
    terminal.json(&json!({ "path": path, "corrected": corrected, "recipients": recipients }));
}

fn report_copy(terminal: &Terminal, draft: &SimilarDraft) {
    let SimilarDraft { path, original, number, texts } = draft;
    report_path(terminal, path);
    if let Some(number) = number {
        terminal.print_line(message!("  number {number}", "  nummer {number}"));
    }
    let name =
        |text: &SimilarText| text.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for text in texts {
        for subject in &text.subjects {
            let (file, subject) = (name(text), visible(subject));
            terminal.print_line(message!(
                "  {file} has the subject of {original}: {subject}",
                "  {file} har samme emne som {original}: {subject}"
            ));
        }
    }
    if texts.iter().any(|text| !text.days.is_empty()) {
        terminal.print_line(message!(
            "  these lines name days of {original}:",
            "  disse linjer nævner dage fra {original}:"
        ));
    }
    for text in texts {
        // A translation is another file than the one that is named above.
        let file = if text.path == *path { String::new() } else { format!("{}:", name(text)) };
        for day in &text.days {
            terminal.print_line(Message::verbatim(format!("    {file}{}: {}", day.line, visible(&day.text))));
        }
    }
    let days = |text: &SimilarText| {
        let days: Vec<_> = text.days.iter().map(|day| json!({ "line": day.line, "text": day.text })).collect();
        json!({ "path": text.path, "subjects": text.subjects, "days": days })
    };
    let texts: Vec<_> = texts.iter().map(days).collect();
    terminal.json(&json!({ "path": path, "like": original, "number": number, "texts": texts }));
}
