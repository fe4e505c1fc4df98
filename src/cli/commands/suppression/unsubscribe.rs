//! `unsubscribe`: unsubscribes readers, from addresses, tokens, access logs and a spool.

use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::commands::suppression::add::{self, SuppressedCounts, SuppressionCause};
use crate::cli::commands::suppression::readers::{Readers, STANDARD_INPUT};
use crate::cli::commands::suppression::unlisted;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::letter::unsubscribe_token::{LeaveTarget, UnsubscribeToken};
use crate::ops::leave::{self, LeaveCounts, LeaveRecorder, LogCounts};
use crate::ops::ledgers;
use crate::ops::log_files;
use crate::ops::unlisted_addresses::unlisted;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::project::Project;

/// What is recorded as the source of what was typed.
const TYPED: &str = "unsubscribe";
const CAUSE: SuppressionCause = SuppressionCause { reason: SuppressionReason::Unsubscribed, source: TYPED };

/// Arguments of `unsubscribe`.
#[derive(Args, Debug)]
pub(crate) struct UnsubscribeArgs {
    /// E-mail addresses, or tokens from unsubscribe links; `-` reads them, or an access log, from standard input
    #[arg(required_unless_present_any = ["access_log", "spool", "log"])]
    readers: Vec<String>,
    /// Unsubscribe the addresses only from this series [default: all letters]
    #[arg(long, value_name = "SERIES")]
    series: Option<String>,
    /// Logs of the web server, with requests that were posted to the unsubscribe page [default: those in `unsubscribe:`]
    #[arg(long, value_name = "FILE", num_args = 0..)]
    access_log: Option<Vec<PathBuf>>,
    /// Folder in which `serve` keeps requests [default: the one in `unsubscribe:`]
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the option may be absent, or have no folder")]
    spool: Option<Option<PathBuf>>,
    /// Count the requests, and record nothing
    #[arg(long = "dry-run", conflicts_with = "spool")]
    dry: bool,
}

impl UnsubscribeArgs {
    /// Takes over `--log` where it names the log of a web server: it is read, not written to.
    pub(crate) fn take_log(&mut self, log: &mut Option<PathBuf>) {
        if let Some(path) = log.take_if(|path| log_files::is_access_log(path)) {
            self.access_log.get_or_insert_default().push(path);
        }
    }
}

/// Where requests are, once it is clear that all of it can be read.
struct RequestSources<'o> {
    readers: Readers<'o>,
    logs: Vec<PathBuf>,
    spool: Option<PathBuf>,
}

/// Unsubscribes the readers that were typed, and those in the logs and the spool.
pub(crate) fn run(terminal: &Terminal, project: &Project, typed: &UnsubscribeArgs) -> Result<Exit, Error> {
    let sources = match sources(terminal, project, typed)? {
        Ok(sources) => sources,
        Err(exit) => return Ok(exit),
    };
    // Where no letter was ever sent, all tokens are unknown, and no ledger is created for them.
    let has_addresses = !sources.readers.targets.addresses.is_empty();
    let is_needed = has_addresses || ledgers::open_to_read(project)?.is_some();
    let mut ledger = if typed.dry || !is_needed { None } else { Some(ledgers::open_to_suppress(project)?) };
    if sources.spool.is_some() && !is_needed {
        terminal.problem(message!(
            "this project has sent no letter yet: the requests in the spool are not for it, and stay there",
            "projektet har ikke sendt en mail endnu: afmeldingerne i spool-mappen er ikke til det og bliver liggende"
        ));
        return Ok(Exit::Blocked);
    }
    let mut report = LeaveReport::default();
    if let Some(ledger) = &mut ledger {
        report.addresses = record_addresses(project, &mut **ledger, &sources)?;
    }
    report.tokens = record_tokens(borrow(&mut ledger), &sources)?;
    report.unreadable = record_logs(terminal, borrow(&mut ledger), &sources, &mut report.others)?;
    report.others.add(record_spool(terminal, borrow(&mut ledger), &sources)?);
    let unlisted = if typed.dry { Vec::new() } else { unlisted(project, &sources.readers.targets.addresses) };
    report.unlisted = unlisted.len();
    let exit = report.print(terminal, typed, &sources);
    unlisted::warn(terminal, &unlisted);
    Ok(exit)
}

fn borrow(ledger: &mut Option<Box<dyn Ledger>>) -> Option<&mut dyn Ledger> {
    // Not `as_deref_mut`: in an `Option` the lifetime of a trait object cannot become shorter.
    match ledger {
        Some(ledger) => Some(&mut **ledger),
        None => None,
    }
}

/// What was typed; reports what is invalid and returns the exit status then.
fn sources<'o>(
    terminal: &Terminal,
    project: &'o Project,
    typed: &UnsubscribeArgs,
) -> Result<Result<RequestSources<'o>, Exit>, Error> {
    let logs = match &typed.access_log {
        None => Vec::new(),
        Some(named) if named.is_empty() => leave::configured_logs(project)?,
        Some(named) => named.clone(),
    };
    let spool = typed.spool.as_ref().map(|named| named.clone().or_else(|| project.spool()));
    let missing = if typed.access_log.is_some() && logs.is_empty() {
        Some(("access_log", "--access-log FILE"))
    } else if matches!(spool, Some(None)) {
        Some(("spool", "--spool DIR"))
    } else {
        None
    };
    if let Some((key, option)) = missing {
        terminal.problem(message!(
            "newsletter.yaml has no `{key}` under `unsubscribe:`: write `{option}`",
            "newsletter.yaml har ingen `{key}` under `unsubscribe:`: skriv `{option}`"
        ));
        return Ok(Err(Exit::Blocked));
    }
    if typed.readers.is_empty() && logs.is_empty() && spool.is_none() {
        terminal.problem(message!(
            "no readers: the file of `--log` is not an access log; write `--access-log FILE`, addresses or tokens",
            "ingen læsere: filen i `--log` er ikke en adgangslog; skriv `--access-log FILE`, adresser eller koder"
        ));
        return Ok(Err(Exit::Blocked));
    }
    let readers = Readers::read(terminal, project, &typed.readers, typed.series.as_deref())?;
    Ok(readers.map(|readers| RequestSources { readers, logs, spool: spool.flatten() }))
}

/// Records addresses as their own links would, so that the letters they were sent are left as well.
fn record_addresses(
    project: &Project,
    ledger: &mut dyn Ledger,
    sources: &RequestSources<'_>,
) -> Result<SuppressedCounts, Error> {
    let targets = &sources.readers.targets;
    if targets.addresses.is_empty() {
        return Ok(SuppressedCounts::default());
    }
    let (key, at) = (project.unsubscribe_key()?, Timestamp::now());
    let request = |address| {
        let target = LeaveTarget { token: UnsubscribeToken::of(&key, address), series: targets.series.cloned() };
        LeaveRequest { target, at, source: TYPED.to_owned() }
    };
    let requests: Vec<LeaveRequest> = targets.addresses.iter().map(request).collect();
    let left = leave::record(ledger, &requests)?.left;
    // The ledger knows only readers who were sent a letter.
    let SuppressedCounts { new, known } = add::record(project, ledger, targets, &CAUSE)?;
    Ok(SuppressedCounts { new: new + left, known: known.saturating_sub(left) })
}

fn record_tokens(ledger: Option<&mut dyn Ledger>, sources: &RequestSources<'_>) -> Result<LeaveCounts, Error> {
    let now = Timestamp::now();
    let mut recorder = LeaveRecorder::new(ledger, TYPED, now);
    sources.readers.tokens.iter().try_for_each(|target| recorder.add(target.clone(), now))?;
    recorder.finish()
}

/// Records the requests in the logs; returns how many of them are not access logs.
fn record_logs(
    terminal: &Terminal,
    ledger: Option<&mut dyn Ledger>,
    sources: &RequestSources<'_>,
    counts: &mut LeaveCounts,
) -> Result<usize, Error> {
    let mut recorder = LeaveRecorder::of_logs(ledger, Timestamp::now());
    let mut unreadable = 0;
    for path in &sources.logs {
        let LogCounts { requests, unreadable: lines } = recorder.add_log(path)?;
        if requests == 0 && lines > 0 {
            let path = path.display();
            terminal.problem(message!(
                "{path} is not an access log: none of its lines is a request",
                "{path} er ikke en adgangslog: ingen af linjerne er en forespørgsel"
            ));
            unreadable += 1;
        }
    }
    if let Some(first) = &sources.readers.log {
        let mut log = first.as_bytes().chain(io::stdin().lock());
        recorder.add_open_log(&mut log, STANDARD_INPUT.as_ref())?;
    }
    counts.add(recorder.finish()?);
    Ok(unreadable)
}

/// Records the requests in the spool, and reports what is left in it.
fn record_spool(
    terminal: &Terminal,
    ledger: Option<&mut dyn Ledger>,
    sources: &RequestSources<'_>,
) -> Result<LeaveCounts, Error> {
    let (Some(folder), Some(ledger)) = (&sources.spool, ledger) else { return Ok(LeaveCounts::default()) };
    let (counts, unread) = leave::record_spool(ledger, folder)?;
    report::unread_requests(terminal, &unread);
    Ok(counts)
}

/// What became of everything.
#[derive(Default)]
struct LeaveReport {
    addresses: SuppressedCounts,
    tokens: LeaveCounts,
    /// Those in logs and in the spool.
    others: LeaveCounts,
    /// Files that are not access logs.
    unreadable: usize,
    /// Addresses that are on no list.
    unlisted: usize,
}

impl LeaveReport {
    /// Prints it, and returns the exit status. Anyone can put unknown tokens into a log, so only typed ones are a
    /// failure.
    fn print(&self, terminal: &Terminal, typed: &UnsubscribeArgs, sources: &RequestSources<'_>) -> Exit {
        let mut all = self.tokens;
        all.add(self.others);
        let targets = &sources.readers.targets;
        if typed.dry {
            let found = all.total() + targets.addresses.len() as u64;
            terminal.json(&serde_json::json!({ "found": found }));
            let requests = noun::REQUEST.count(found);
            terminal.print_line(message!("{requests} found; nothing was recorded", "{requests} fundet; intet er gemt"));
            return if self.unreadable > 0 { Exit::Blocked } else { Exit::Done };
        }
        terminal.json(&serde_json::json!({
            "new": self.addresses.new + all.left,
            "known": self.addresses.known + all.already_left,
            "unknown": all.unknown,
            "on_no_list": self.unlisted,
            "reason": CAUSE.reason,
            "series": targets.series,
        }));
        if !targets.addresses.is_empty() {
            terminal.print_line(add::line(&self.addresses, targets, &CAUSE));
        }
        if targets.addresses.is_empty() || all.total() > 0 {
            terminal.print_line(counts_line(&all));
        }
        match (self.unreadable, self.tokens.unknown) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::SomeFailed,
            (_, _) => Exit::Blocked,
        }
    }
}

/// What became of tokens: `2 readers unsubscribed; 1 already unsubscribed; 3 unknown tokens`.
fn counts_line(counts: &LeaveCounts) -> Message {
    let LeaveCounts { left, already_left, unknown } = *counts;
    let readers = noun::READER.count(left);
    let mut line = message!("{readers} unsubscribed", "{readers} afmeldt");
    if already_left > 0 {
        line = message!("{line}; {already_left} already unsubscribed", "{line}; {already_left} afmeldt i forvejen");
    }
    if unknown > 0 {
        line = composed!("{line}; {}", noun::UNKNOWN_TOKEN.count(unknown));
    }
    line
}
