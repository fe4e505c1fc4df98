//! `run`, for cron, which mails all output: sends every issue that is due, and prints nothing where nothing has changed.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::inbox::{self, InboxOutput};
use crate::cli::notify::Notifier;
use crate::cli::open_project::{self, ProjectAccess};
use crate::cli::report;
use crate::cli::run_output::{RunOutput, RunPart};
use crate::cli::send_issue::{self, send_issue};
use crate::cli::send_options::{Confirmation, DeferredPolicy, EarlyPolicy, SendOptions};
use crate::cli::terminal::Terminal;
use crate::ops::approval::gate;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::inbox::InboxPolicy;
use crate::ops::notices::{self, IssueNews};
use crate::ops::plan::{self, ReplanPolicy, SendGuards};
use crate::ops::plan_overview::SendPart;
use crate::ops::refusals::OverLimitPolicy;
use crate::ops::schedule::{self, RunDecision};
use crate::ops::scheduled::LostIssue;
use crate::ops::text::{duration, local_time};
use crate::ops::{clock, leave, ledgers, receipts, scheduled, sending_host};
use crate::project::Project;
use crate::project::run_history::RunHistory;

/// Arguments of `run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Print what would be sent, and send nothing
    #[arg(long = "dry-run", conflicts_with = "metrics")]
    dry: bool,
    /// Write Prometheus metrics to this file at the end, for the textfile collector
    #[arg(long, value_name = "FILE")]
    pub(super) metrics: Option<PathBuf>,
}

impl RunArgs {
    /// Whether nothing is sent.
    pub(super) fn is_dry(&self) -> bool {
        self.dry
    }
}

/// How many issues that are too late are named; the rest are counted.
const MAX_NAMED: usize = 5;

/// Sends what is due, and prints what has changed since the last run.
pub(super) fn run(terminal: &Terminal, global: &GlobalArgs, args: &RunArgs) -> Result<Exit, Blocked> {
    let (root, access) = if args.dry {
        (None, ProjectAccess::ShowsPeople)
    } else {
        (open_project::root(global.directory.as_deref(), None), ProjectAccess::Operates)
    };
    let output = RunOutput::new(terminal, root);
    let opened = open_project::open(terminal, global, None, access);
    let found = opened.and_then(|project| match find_issues(&project, args) {
        Ok(issues) => Ok((project, issues)),
        Err(blocked) => Err(terminal.blocked(&blocked)),
    });
    match found {
        Ok((project, issues)) => {
            let output = output.in_zone(&project.settings().timezone);
            if !args.dry {
                open_project::warn_of_root(terminal, &project);
            }
            output.end_part(RunPart::Project, Exit::Done);
            let exit = send_due(terminal, &project, &issues, args, &output);
            output.end();
            exit
        }
        Err(exit) => {
            output.end_part(RunPart::Project, exit);
            output.end();
            Ok(exit)
        }
    }
}

/// The files of the issues. Without the ledger none of them is sent: it is opened once for all.
fn find_issues(project: &Project, args: &RunArgs) -> Result<Vec<PathBuf>, Blocked> {
    if !args.dry {
        sending_host::check(project)?;
        clock::check(project, Timestamp::now())?;
    }
    drop(ledgers::open_to_read(project)?);
    Ok(project.issues()?)
}

/// Sends what is due, issue by issue; one that is blocked does not hold up the others.
fn send_due(
    terminal: &Terminal,
    project: &Project,
    issues: &[PathBuf],
    args: &RunArgs,
    output: &RunOutput<'_>,
) -> Result<Exit, Blocked> {
    let now = Timestamp::now();
    let mut exit = Exit::Done;
    if !args.dry {
        // First, so that readers who unsubscribed or cannot be reached get no letter in this run. A mailbox that cannot
        // be read stops nothing else; but if the spool cannot be read, it is not known who has unsubscribed.
        exit = read_mailbox(terminal, project);
        output.end_part(RunPart::Mailbox, exit);
        let spool = record_spool(terminal, project).map_or_else(|error| terminal.error(&error), |()| Exit::Done);
        output.end_part(RunPart::Spool, spool);
        if spool != Exit::Done {
            return Ok(spool);
        }
    }
    let notifier = Notifier::new(terminal, project).filter(|_| !args.dry);
    let (mut late, mut is_ledger_lost) = (Vec::new(), false);
    for path in issues {
        let reported = terminal.problem_count();
        let decision = schedule::decide(project, path, now);
        let tried = decision.as_ref().ok().copied();
        if let Some(decision) = tried.filter(|decision| time_of(*decision).is_some()) {
            late.push((path.clone(), decision));
            continue;
        }
        let one = follow(terminal, project, args, path, decision);
        if let Some(notifier) = &notifier
            && let Some(news) = news_of(tried, one, terminal.problems_after(reported), || is_finished(project, path))
        {
            notifier.mail(path, &news);
        }
        // All letters are sent: only the receipt is blocked.
        let is_sent = one == Exit::Ledger && is_finished(project, path);
        output.end_part(RunPart::Issue(&name(project, path)), if is_sent { Exit::Done } else { one });
        is_ledger_lost |= one == Exit::Ledger && !is_sent;
        // The variants of `Exit` are ordered: the gravest is the least.
        exit = exit.min(one);
    }
    let lost = scheduled::lost(project, issues)?;
    exit = exit.min(report_lost(terminal, output, &lost));
    if !args.dry {
        // Late issues are reported below, once, and not as recovered.
        let others: Vec<&PathBuf> = issues.iter().filter(|path| late.iter().all(|(other, _)| other != *path)).collect();
        let names = others.into_iter().map(|path| name(project, path));
        output.keep_issues(&names.chain(lost.iter().map(|lost| lost.issue.to_string())).collect());
    }
    if !args.dry && !is_ledger_lost {
        // The mailbox may have said more about letters of former issues; and a former run may have been killed before it
        // wrote its receipt.
        let kept = receipts::keep_all(project).map_or_else(|error| terminal.error(&error), |()| Exit::Done);
        output.end_part(RunPart::Receipts, kept);
        exit = exit.min(kept);
    }
    let reported = report_late(terminal, project, args, &late)?;
    output.note_late(reported);
    Ok(exit.min(reported))
}

/// Reports issues whose remaining letters cannot be sent, since their files are gone.
fn report_lost(terminal: &Terminal, output: &RunOutput<'_>, lost: &[LostIssue]) -> Exit {
    let mut exit = Exit::Done;
    for LostIssue { issue, letters } in lost {
        let failure = GuardFailure::LostFile { issue: issue.clone(), letters: noun::LETTER.count(*letters) };
        exit = terminal.blocked(&failure.into());
        output.end_part(RunPart::Issue(issue.as_str()), exit);
    }
    exit
}

/// Carries out the decision about an issue; returns its exit status.
fn follow(
    terminal: &Terminal,
    project: &Project,
    args: &RunArgs,
    path: &Path,
    decision: Result<RunDecision, Error>,
) -> Exit {
    let done = match decision {
        Ok(RunDecision::Send) if args.dry => print_due(terminal, project, path),
        Ok(RunDecision::Send) => send_scheduled(terminal, project, path),
        Ok(RunDecision::Wait) => Ok(Exit::RetryLater),
        Ok(_) => Ok(Exit::Done),
        Err(error) => Err(error.into()),
    };
    done.unwrap_or_else(|blocked| terminal.blocked(&blocked))
}

/// The moment that the report of an issue that is not sent any more is about; absent: it may be sent, or nothing is due.
fn time_of(decision: RunDecision) -> Option<Timestamp> {
    match decision {
        RunDecision::Late(at) | RunDecision::Expired { send_at: at, .. } | RunDecision::SentElsewhere(at) => Some(at),
        RunDecision::Send | RunDecision::Wait | RunDecision::Early(_) | RunDecision::Skip => None,
    }
}

/// What to mail about an issue after this decision.
fn news_of(
    decision: Option<RunDecision>,
    exit: Exit,
    problems: Vec<Message>,
    is_finished: impl FnOnce() -> bool,
) -> Option<IssueNews> {
    match (decision, exit) {
        (_, Exit::Locked) => None,
        // Its receipt could not be written, but all letters are sent.
        (Some(RunDecision::Send), Exit::Ledger) if is_finished() => Some(IssueNews::Done),
        (Some(RunDecision::Send), Exit::Done | Exit::SomeFailed) => Some(IssueNews::Done),
        (_, Exit::Done) => Some(IssueNews::Recovered),
        _ if !problems.is_empty() => Some(IssueNews::Blocked(problems)),
        (Some(RunDecision::Send), _) => Some(IssueNews::Recovered),
        _ => None,
    }
}

/// Whether nothing is left to send of an issue, as far as the ledger can be read.
fn is_finished(project: &Project, path: &Path) -> bool {
    ledgers::issue_id(project, path).and_then(|issue| notices::is_finished(project, &issue)).unwrap_or(false)
}

/// The path of an issue in the project.
fn name(project: &Project, path: &Path) -> String {
    path.strip_prefix(project.root()).unwrap_or(path).display().to_string()
}

fn read_mailbox(terminal: &Terminal, project: &Project) -> Exit {
    if project.settings().inbox.is_none() {
        return Exit::Done;
    }
    inbox::read_set(terminal, project, InboxPolicy::Record, InboxOutput::News)
}

/// Records what is in the spool, although no issue may be due: readers who unsubscribed should not have to wait for
/// one.
fn record_spool(terminal: &Terminal, project: &Project) -> Result<(), Error> {
    let Some(folder) = project.spool().filter(|folder| folder.exists()) else { return Ok(()) };
    if ledgers::open_to_read(project)?.is_none() {
        return Ok(());
    }
    let (counts, unread) = leave::record_spool(&mut *ledgers::open_to_suppress(project)?, &folder)?;
    report::unread_requests(terminal, &unread);
    send_issue::print_left(terminal, &counts);
    Ok(())
}

fn send_scheduled(terminal: &Terminal, project: &Project, path: &Path) -> Result<Exit, Blocked> {
    let guards = SendGuards {
        expect: None,
        replan: ReplanPolicy::Continue,
        typed: name(project, path),
        part: SendPart::default(),
    };
    let options = SendOptions {
        guards,
        confirmation: Confirmation::Given,
        early: EarlyPolicy::Ask,
        over_limit: OverLimitPolicy::Pause,
        deferred: DeferredPolicy::Leave,
    };
    send_issue(terminal, project, path, &options)
}

/// Prints what a run would send of an issue.
fn print_due(terminal: &Terminal, project: &Project, path: &Path) -> Result<Exit, Blocked> {
    let (prepared, warnings) = plan::prepare_to_send(project, path)?;
    terminal.diagnostics(&warnings);
    plan::check_sendable(project, &prepared.inputs.issue, Timestamp::now())?;
    gate::check(project, &prepared.inputs, &name(project, path))?;
    let letters = scheduled::open_letters(project, &prepared)?;
    let issue = prepared.inputs.issue.id.as_str();
    terminal.json(&serde_json::json!({ "issue": issue, "would_send": letters }));
    let letters = noun::LETTER.count(letters);
    terminal.print_line(message!("{issue}: {letters} would be sent now", "{issue}: {letters} ville blive sendt nu"));
    Ok(Exit::Done)
}

/// Reports the issues that a run does not send any more, or that another ledger has sent: each once, since cron would mail it every few minutes.
fn report_late(
    terminal: &Terminal,
    project: &Project,
    args: &RunArgs,
    late: &[(PathBuf, RunDecision)],
) -> Result<Exit, Blocked> {
    let mut state = RunHistory::read(project.root());
    let mut now_late = std::collections::BTreeMap::new();
    let mut new = Vec::new();
    // The newest first: one of today must be named, not only counted after a list of old ones.
    let mut late: Vec<&(PathBuf, RunDecision)> = late.iter().collect();
    late.sort_by_key(|(_, decision)| Reverse(time_of(*decision)));
    for (path, decision) in late {
        let (RunDecision::Late(send_at) | RunDecision::Expired { send_at, .. } | RunDecision::SentElsewhere(send_at)) =
            decision
        else {
            continue;
        };
        let issue = ledgers::issue_id(project, path)?;
        let is_known = state.late.get(issue.as_str()) == Some(send_at);
        now_late.insert(issue.to_string(), *send_at);
        if !is_known || args.dry {
            let typed = name(project, path);
            let zone = &project.settings().timezone;
            let (send_at, grace) =
                (local_time(*send_at, zone), duration(schedule::grace_at(project, path)?).to_string());
            let failure = match decision {
                RunDecision::Expired { send_until, .. } => {
                    Some(GuardFailure::Expired { issue, send_until: local_time(*send_until, zone) })
                }
                RunDecision::SentElsewhere(_) => {
                    receipts::unknown_here(project, &receipts::identity(project, path)?)?.map(|receipt| receipt.failure)
                }
                _ => Some(GuardFailure::Late { issue, send_at, grace, typed }),
            };
            new.extend(failure.map(|failure| (path, failure)));
        }
    }
    let notifier = Notifier::new(terminal, project).filter(|_| !args.dry);
    for (path, failure) in new.iter().take(MAX_NAMED) {
        let text = Message::shown(failure);
        terminal.problem(text.clone());
        if let Some(notifier) = &notifier
            && matches!(failure, GuardFailure::Late { .. } | GuardFailure::Expired { .. })
        {
            notifier.mail(path, &IssueNews::TooLate(text));
        }
    }
    if new.len() > MAX_NAMED {
        let rest = new.len() - MAX_NAMED;
        terminal.problem(message!(
            "{rest} more are not sent by `run`; see `newsletter status`",
            "{rest} andre bliver ikke sendt af `run`; se `newsletter status`"
        ));
    }
    if !args.dry && state.late != now_late {
        state.late = now_late;
        state.save(project.root())?;
    }
    Ok(if new.is_empty() { Exit::Done } else { Exit::Blocked })
}
