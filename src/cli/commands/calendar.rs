//! `calendar`: what is promised for a year, and what has become of it.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::message::{Message, message};
use crate::cli::busy_weeks;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::cli::year_table::{self, NearYears};
use crate::ops::blocked::Blocked;
use crate::ops::calendar_load::{self, LoadCount};
use crate::ops::written_page::{self, PageWriting};
use crate::ops::year_calendar::{self, CALENDAR_FILE, ProjectCalendar};
use crate::project::{Project, SETTINGS_FILE};
use crate::publish::calendar::busy_week::ReadersLoad;
use crate::publish::calendar::entry::EntryStage;
use crate::publish::calendar::ics::CalendarFile;
use crate::publish::calendar::issue_match;
use crate::publish::calendar::page::{self, CalendarPage};
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::OccurrenceState;
use crate::publish::calendar::year::{CalendarYear, YearItem};

/// Arguments of `calendar`.
#[derive(Args, Debug)]
pub(crate) struct CalendarArgs {
    /// The year [default: this year]
    #[arg(long, value_parser = clap::value_parser!(i16).range(1900..=2999))]
    year: Option<i16>,
    /// Show it as it is on a day, such as 2027-03-01 [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// Write a page with the year as a wheel and a list, which can be printed [default: preview/calendar-YEAR.html]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with = "check")]
    html: Option<Vec<PathBuf>>,
    /// Write the year and its deadlines for calendar programs [default: preview/calendar-YEAR.ics]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with = "check")]
    ics: Option<Vec<PathBuf>>,
    /// Exit with 1 if a deadline of an entry with `priority: must` has passed
    #[arg(long)]
    check: bool,
}

/// A day, as `calendar.yaml` accepts it.
fn day(typed: &str) -> Result<Date, Message> {
    match Period::typed(typed) {
        Some(Period::Days { first, last }) if first == last => Ok(first),
        Some(
            Period::Days { .. }
            | Period::Week { .. }
            | Period::Month { .. }
            | Period::Quarter { .. }
            | Period::Year { .. },
        )
        | None => {
            Err(message!("write a day with its year, such as 2026-12-24", "skriv en dag med årstal, f.eks. 2026-12-24"))
        }
    }
}

/// Lists the entries of a year with their states, or checks them.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &CalendarArgs) -> Result<Exit, Blocked> {
    let Some(mut read) = year_calendar::read(project)? else {
        return Err(year_calendar::none(project).into());
    };
    let now = Timestamp::now().to_zoned_datetime(project.settings().timezone.clone());
    let today = args.on.unwrap_or(now.date());
    let calendar = read.calendar.take();
    let mut diagnostics = std::mem::take(&mut read.diagnostics);
    diagnostics.extend(calendar.as_ref().map(|calendar| issue_match::check_done(calendar, today)).unwrap_or_default());
    let failed = terminal.list_diagnostics(project, diagnostics);
    let Some(calendar) = calendar else { return Ok(failed) };
    if let Some(why) = &read.unread_ledger {
        terminal.note(message!(
            "the ledger was not read, so only receipts show what was sent: {why}",
            "sendebogen (ledger) er ikke læst, så kun kvitteringerne viser, hvad der er sendt: {why}"
        ));
    }
    let join = |year: i16| CalendarYear::join(&calendar, year, today, &read.issues);
    let year = join(args.year.unwrap_or(today.year()));
    // Late entries stay late after New Year, unless a year was asked for.
    let former = args.year.is_none().then(|| join(year.year - 1));
    let next = join(year.year + 1);
    if args.check {
        let late: Vec<_> = former.iter().chain([&year, &next]).flat_map(CalendarYear::late_duties).collect();
        return Ok(failed.min(check(terminal, project, today, &late)));
    }
    let is_written = args.html.is_some() || args.ics.is_some();
    // A page has one year. In December, the list has the letters of January too.
    let to_come = (args.year.is_none() && !is_written).then_some(&next);
    let years: Vec<&CalendarYear<'_>> = std::iter::once(&year).chain(to_come).collect();
    let is_counted = args.html.is_some() || args.ics.is_none();
    let load = if is_counted { count_load(terminal, project, &read, &years)? } else { None };
    if is_written {
        return Ok(failed.min(write_files(terminal, project, &YearPage { year: &year, load: load.as_ref() }, args)?));
    }
    let near = NearYears::of(former.as_ref(), &next);
    near.around(&year).for_each(|item| terminal.json(&year_table::json(item)));
    year.unlisted.iter().for_each(|issue| terminal.json(&year_table::unlisted_json(issue)));
    let busy = load.as_ref().map(|load| {
        load.weeks.iter().for_each(|week| terminal.json(&busy_weeks::json(week, load.limit)));
        busy_weeks::lines(load)
    });
    for line in year_table::lines(&year, &near, &busy.unwrap_or_default(), terminal.language()) {
        terminal.print_line(Message::verbatim(line));
    }
    Ok(failed)
}

/// What readers get in the weeks to come; absent if the user did not ask for it, or if it cannot be counted here, which
/// is printed.
fn count_load(
    terminal: &Terminal,
    project: &Project,
    read: &ProjectCalendar,
    years: &[&CalendarYear<'_>],
) -> Result<Option<ReadersLoad>, Blocked> {
    let uncounted = |reason: Message| {
        terminal.note(message!(
            "letters a week are not counted (`limits` in {SETTINGS_FILE}): {reason}",
            "mails om ugen er ikke talt (`limits` i {SETTINGS_FILE}): {reason}"
        ));
        Ok(None)
    };
    if read.unread_ledger.is_some() && project.settings().per_week.is_some() {
        return uncounted(message!("the ledger was not read", "sendebogen er ikke læst"));
    }
    match calendar_load::count(project, read, years, Timestamp::now())? {
        LoadCount::NotWanted => Ok(None),
        LoadCount::NoLists => uncounted(message!(
            "not all lists of people can be read here; `newsletter audience load` says why",
            "ikke alle lister over personer kan læses her; `newsletter audience load` viser hvorfor"
        )),
        LoadCount::Counted(load) => {
            if let Some(remark) = load.suppressed.remark() {
                terminal.note(remark);
            }
            Ok(Some(load))
        }
    }
}

/// What a page shows.
struct YearPage<'a> {
    year: &'a CalendarYear<'a>,
    load: Option<&'a ReadersLoad>,
}

/// Writes the files that were asked for.
fn write_files(
    terminal: &Terminal,
    project: &Project,
    shown: &YearPage<'_>,
    args: &CalendarArgs,
) -> Result<Exit, Blocked> {
    let mut exit = Exit::Done;
    if let Some(typed) = &args.html {
        exit = exit.min(write_page(terminal, project, shown, typed)?);
    }
    if let Some(typed) = &args.ics {
        exit = exit.min(write_ics(terminal, project, shown.year, typed)?);
    }
    Ok(exit)
}

fn write_page(
    terminal: &Terminal,
    project: &Project,
    shown: &YearPage<'_>,
    typed: &[PathBuf],
) -> Result<Exit, Blocked> {
    let settings = project.settings();
    let (audiences, _) = project.audiences()?;
    let (name, lang, brand) = (&settings.name, settings.lang, &settings.brand);
    let page = CalendarPage { name, lang, brand, audiences: &audiences, load: shown.load };
    let path = output_file(project, shown.year, typed, "html");
    let written = written_page::write(&path, &page::html(shown.year, page))?;
    Ok(report(terminal, &path, written))
}

fn write_ics(
    terminal: &Terminal,
    project: &Project,
    year: &CalendarYear<'_>,
    typed: &[PathBuf],
) -> Result<Exit, Blocked> {
    let settings = project.settings();
    let calendar = CalendarFile { domain: settings.from.address.domain(), lang: settings.lang }.of(year);
    let Some(calendar) = calendar else {
        let year = year.year;
        terminal.problem(message!(
            "{CALENDAR_FILE} has no entry in {year}: there is nothing to write",
            "{CALENDAR_FILE} har ingen punkter i {year}: der er intet at skrive"
        ));
        return Ok(Exit::Blocked);
    };
    let path = output_file(project, year, typed, "ics");
    let written = written_page::write_calendar(&path, &calendar)?;
    Ok(report(terminal, &path, written))
}

fn output_file(project: &Project, year: &CalendarYear<'_>, typed: &[PathBuf], kind: &str) -> PathBuf {
    let usual = || project.root().join(format!("preview/calendar-{}.{kind}", year.year));
    typed.first().cloned().unwrap_or_else(usual)
}

/// Reports that a file was written, or why not.
fn report(terminal: &Terminal, path: &Path, written: PageWriting) -> Exit {
    let shown = path.display();
    match written {
        PageWriting::Written => {
            terminal.print_line(message!("wrote {shown}", "skrev {shown}"));
            terminal.json(&serde_json::json!({ "path": path }));
            Exit::Done
        }
        PageWriting::Refused => {
            terminal.problem(message!(
                "{shown} is another file, or was changed since `calendar` wrote it: name a new file, or delete that one",
                "{shown} er en anden fil eller er ændret, siden `calendar` skrev den: vælg en ny fil, eller slet den"
            ));
            Exit::Blocked
        }
    }
}

/// Reports the duties of which a deadline has passed: those of the year, of the one before, and those of the next that begin early.
fn check(terminal: &Terminal, project: &Project, today: Date, late: &[&YearItem<'_>]) -> Exit {
    for item in late {
        terminal.json(&year_table::json(item));
        terminal.problem(late_duty(item, project, today));
    }
    if late.is_empty() {
        terminal.print_line(message!(
            "{CALENDAR_FILE}: no `must` is late on {today}",
            "{CALENDAR_FILE}: intet med `must` er forsinket {today}"
        ));
        return Exit::Done;
    }
    Exit::SomeFailed
}

/// What is wrong with a duty that is late, and how to fix it.
fn late_duty(item: &YearItem<'_>, project: &Project, today: Date) -> Message {
    let (entry, name, period) = (item.occurrence.entry, item.occurrence.name(), item.occurrence.period);
    let OccurrenceState::Late(next) = item.state else { return Message::default() };
    let issue = item.issue.as_ref().and_then(|issue| issue.file.as_deref());
    let remedy = match (next.stage, issue) {
        (EntryStage::Draft, _) if item.occurrence.deadline(EntryStage::Sent) < Some(today) => {
            let dropped = if entry.repeats() {
                message!("write `except: [{period}]`", "skriv `except: [{period}]`")
            } else {
                message!("delete it", "slet det")
            };
            message!(
                "name its issue there with `calendar: {name}`, or, if it is dropped, {dropped} in {CALENDAR_FILE}",
                "skriv `calendar: {name}` i nyhedsbrevet, eller, hvis det er droppet, {dropped} i {CALENDAR_FILE}"
            )
        }
        (EntryStage::Draft, _) => message!(
            "write it with `newsletter new --from-calendar {name}`",
            "skriv det med `newsletter new --from-calendar {name}`"
        ),
        (EntryStage::Approved, Some(issue)) if project.settings().sending.approval.is_some() => {
            message!("finish {issue}, and approve it", "gør {issue} færdigt, og godkend det")
        }
        (EntryStage::Approved, Some(issue)) => {
            message!("finish {issue}, and delete `draft: true`", "gør {issue} færdigt, og slet `draft: true`")
        }
        (EntryStage::Sent, Some(issue)) if entry.is_mailed() => {
            message!("send it with `newsletter send {issue}`", "send det med `newsletter send {issue}`")
        }
        (EntryStage::Approved | EntryStage::Sent, _) => {
            let day = if entry.repeats() { period.to_string() } else { next.day.to_string() };
            message!(
                "when it is done, write `done: {day}` in {CALENDAR_FILE}",
                "skriv `done: {day}` i {CALENDAR_FILE}, når det er gjort"
            )
        }
    };
    let owner = entry.owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default();
    let title = &entry.title;
    let missing = year_table::missing(next, item.occurrence.stages());
    let day = next.day;
    message!(
        "{title}, {period}{owner}: {missing}, due {day}; {remedy}",
        "{title}, {period}{owner}: {missing}, frist {day}; {remedy}"
    )
}
