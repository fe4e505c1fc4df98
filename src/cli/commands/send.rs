//! `send`: plan, compose all, deliver, report; run again, it finishes what is left.

use std::path::{Path, PathBuf};

use clap::{Args, builder::RangedU64ValueParser};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::cli::deliver::{self, DeliveryRequest};
use crate::cli::exit::Exit;
use crate::cli::plan::{self, SendGuards};
use crate::cli::project::{self, OpenProject};
use crate::cli::report::{self, EventJson, SendingStatus, TotalsJson};
use crate::cli::terminal::Terminal;
use crate::delivery::folder::FolderTransport;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::{self, Ledger};
use crate::delivery::run::WaitPolicy;
use crate::issue::IssueId;
use crate::issue::translation;
use crate::letter::plan::TransportKind;
use crate::ops::prepared_issue::PreparedIssue;

/// Arguments of `send`.
#[derive(Args, Debug)]
pub(crate) struct SendArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// Send without confirmation
    #[arg(short, long)]
    yes: bool,
    /// Send only if there are exactly N recipients
    #[arg(long, value_name = "N")]
    expect: Option<u64>,
    /// Send only to recipients in this audience; the rest stay planned
    #[arg(long, value_name = "ID")]
    audience: Option<String>,
    /// Send at most N letters; the rest stay planned
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    limit: Option<usize>,
    /// Re-plan unsent letters after files changed
    #[arg(long)]
    replan: bool,
    /// Wait for deferred letters
    #[arg(long, conflicts_with = "wanted")]
    wait: bool,
    #[command(flatten)]
    dry: DryRunArgs,
    /// Write Prometheus metrics to this file at the end, for the textfile collector
    #[arg(long, value_name = "FILE", conflicts_with = "wanted")]
    pub(super) metrics: Option<PathBuf>,
}

/// What a dry run takes.
#[derive(Args, Debug)]
struct DryRunArgs {
    /// Write every letter to <edition>/<address>.eml instead of sending it
    #[arg(long = "dry-run")]
    wanted: bool,
    /// Output folder of a dry run [default: preview/<issue>/letters in the project]
    #[arg(long, value_name = "DIR", requires = "wanted")]
    out: Option<PathBuf>,
    /// Date header of a dry run's letters, if the issue has neither `date` nor `send_at`
    #[arg(long, value_name = "TIME", requires = "wanted")]
    date: Option<String>,
}

/// How a `send` is bounded, whoever asked for it.
pub(super) struct SendOptions<'a> {
    pub(super) guards: SendGuards<'a>,
    pub(super) audience: Option<AudienceId>,
    pub(super) limit: Option<usize>,
    pub(super) waiting: DeferredPolicy,
}

/// What becomes of letters that are not due in this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeferredPolicy {
    /// They are for a later run.
    No,
    /// This run tries them when they are due.
    Yes,
}

/// What was typed after `send`.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, send: &SendArgs) -> Result<Exit, Error> {
    let path = opened.project.issue_path(&send.issue);
    if let Some(main) = main_issue_path(&send.issue, &path) {
        let typed = send.issue.display();
        let main = main.display();
        terminal.problem(&format!("{typed} is a translation, and goes out with its issue: newsletter send {main}"));
        return Ok(Exit::Blocked);
    }
    let audience = match send.audience.as_deref().map(AudienceId::parse).transpose() {
        Ok(audience) => audience,
        Err(error) => {
            terminal.problem(&error.to_string());
            return Ok(Exit::Blocked);
        }
    };
    let guards = SendGuards { ask: !send.yes, expect: send.expect, replan: send.replan, typed: &send.issue };
    let terms = SendOptions {
        guards,
        audience,
        limit: send.limit,
        waiting: if send.wait { DeferredPolicy::Yes } else { DeferredPolicy::No },
    };
    if send.dry.wanted {
        return dry_run(terminal, opened, (&path, send), &terms);
    }
    issue(terminal, opened, &path, &terms)
}

/// The issue as it would be typed, where its translation was.
fn main_issue_path(typed: &Path, path: &Path) -> Option<PathBuf> {
    let name = path.file_name().filter(|_| translation::of_file(typed).is_some())?;
    Some(typed.with_file_name(name)).filter(|it| it != typed)
}

/// Sends one issue: the way of `send` and of `run`.
pub(super) fn issue(
    terminal: &Terminal,
    opened: &OpenProject,
    path: &Path,
    terms: &SendOptions<'_>,
) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let id = opened.issue_id(path)?;
    if let Some(exit) = ended(terminal, opened, &id, (now, terms))? {
        return Ok(exit);
    }
    let Some(prepared) = plan::prepare(terminal, opened, path)? else { return Ok(Exit::Blocked) };
    if !is_among(terminal, terms, &prepared)
        || !plan::may_start(terminal, &prepared, now)
        || !plan::check_consent(terminal, opened, &prepared, now)?
    {
        return Ok(Exit::Blocked);
    }
    let transport = opened.way_out()?;
    let mut ledger = opened.ledger_to_write()?;
    erase_old(terminal, opened, (&mut *ledger, now))?;
    ledger.begin_planning()?;
    let Some((record, composed)) = plan::plan(terminal, opened, (&mut *ledger, prepared), &terms.guards)? else {
        return Ok(Exit::Blocked);
    };
    let delivery = DeliveryRequest {
        record: &record,
        composed: &composed,
        transport: &*transport,
        retry: opened.project.retry(),
        desk: RunScope {
            plan: record.id,
            audience: terms.audience.clone(),
            limit: terms.limit,
            tries: if terms.waiting == DeferredPolicy::Yes { u8::MAX } else { TRIES },
            rate: opened.project.rate(),
        },
        patience: wait_policy(opened, &record, terms.waiting),
    };
    deliver::deliver(terminal, &mut *ledger, &delivery)
}

/// Forgets who got what longer ago than the settings want to know.
fn erase_old(
    terminal: &Terminal,
    opened: &OpenProject,
    (ledger, now): (&mut dyn Ledger, Timestamp),
) -> Result<(), Error> {
    let Some(moment) = opened.project.forgets_before(now) else { return Ok(()) };
    let letters = crate::delivery::ledger::retention::erase_before(ledger, moment)?;
    if letters > 0 {
        terminal.letter(|| {
            format!("{} of old issues made nobody's, as `retention` says", report::count(letters, "letter"))
        });
    }
    Ok(())
}

/// How often a letter is tried within one run.
const TRIES: u8 = 5;

/// How long a run may wait: at most until its letters expire.
fn wait_policy(opened: &OpenProject, record: &PlanRecord, waiting: DeferredPolicy) -> WaitPolicy {
    let give_up = SignedDuration::try_from(opened.project.retry().give_up).unwrap_or(SignedDuration::MAX);
    let expired = Timestamp::now().checked_add(give_up).unwrap_or(Timestamp::MAX);
    match waiting {
        DeferredPolicy::No => WaitPolicy::Brief,
        DeferredPolicy::Yes => WaitPolicy::Until(record.send_until.map_or(expired, |until| until.min(expired))),
    }
}

/// Whether there is nothing to do: the plan is finished, or nothing of it is due yet. Files are not looked at.
fn ended(
    terminal: &Terminal,
    opened: &OpenProject,
    id: &IssueId,
    (now, terms): (Timestamp, &SendOptions<'_>),
) -> Result<Option<Exit>, Error> {
    let Some(mut ledger) = opened.ledger()? else { return Ok(None) };
    let Some(record) = ledger.plan(id, opened.transport())? else { return Ok(None) };
    let totals = project::totals(&mut *ledger, &record)?;
    let waits =
        terms.waiting == DeferredPolicy::No && !ledger.is_due(record.id, now)? && totals.of(LetterState::Planned) == 0;
    let over = record.send_until.is_some_and(|until| until < now);
    if terms.guards.replan || !(totals.is_finished() || waits && !over) {
        return Ok(None);
    }
    report_end(terminal, &record, &totals);
    Ok(Some(Exit::of_totals(&totals)))
}

fn report_end(terminal: &Terminal, record: &PlanRecord, totals: &Totals) {
    let json = TotalsJson::new(record.issue.as_str(), record.transport, totals);
    terminal.json(&EventJson::Totals(json));
    let what = if totals.is_finished() { "nothing is left to send" } else { "nothing is due yet" };
    terminal.say(&format!("{}: {what}. {}", record.issue, report::line(totals, record.transport)));
    for line in report::advice(record, totals, SendingStatus::Over) {
        terminal.say(&format!("  {line}"));
    }
}

/// The same way with a folder for a transport and a ledger that is gone afterwards.
fn dry_run(
    terminal: &Terminal,
    opened: &OpenProject,
    (path, send): (&Path, &SendArgs),
    terms: &SendOptions<'_>,
) -> Result<Exit, Error> {
    let Some(mut prepared) = plan::prepare(terminal, opened, path)? else { return Ok(Exit::Blocked) };
    if !is_among(terminal, terms, &prepared) || !plan::check_consent(terminal, opened, &prepared, Timestamp::now())? {
        return Ok(Exit::Blocked);
    }
    if let Some(typed) = &send.dry.date {
        let Some(date) = moment(opened, typed) else {
            terminal.problem("--date wants a time such as 2027-01-21T09:30:00+01:00 or 2027-01-21 09:30");
            return Ok(Exit::Blocked);
        };
        let front = &mut prepared.issue.front;
        front.date = front.date.or(front.send_at).or(Some(date));
    }
    let folder = match &send.dry.out {
        Some(folder) => folder.clone(),
        None => opened.project.empty_preview(&prepared.issue, "letters")?,
    };
    let mut ledger = ledger::open::in_memory()?;
    let guards = SendGuards { ask: false, ..terms.guards };
    let transport = TransportKind::Folder;
    let held_back = plan::held_back(opened, &prepared)?;
    let fresh = plan::fresh(terminal, (&mut *ledger, prepared, transport), held_back, &guards)?;
    let Some((record, composed)) = fresh else {
        return Ok(Exit::Blocked);
    };
    let delivery = DeliveryRequest {
        record: &record,
        composed: &composed,
        transport: &FolderTransport::new(folder.clone()),
        retry: opened.project.retry(),
        desk: RunScope {
            plan: record.id,
            audience: terms.audience.clone(),
            limit: terms.limit,
            tries: 1,
            rate: RateLimits::default(),
        },
        patience: WaitPolicy::Brief,
    };
    let exit = deliver::deliver(terminal, &mut *ledger, &delivery)?;
    if exit == Exit::Done {
        terminal.say(&format!("the letters lie in {}; nothing was sent", folder.display()));
    }
    Ok(exit)
}

/// Whether the issue goes to the audience that was asked for; nobody would get anything, and it would look like success.
fn is_among(terminal: &Terminal, terms: &SendOptions<'_>, prepared: &PreparedIssue<'_>) -> bool {
    terms.audience.as_ref().is_none_or(|it| plan::is_addressed_to(terminal, prepared, it.as_str()))
}

/// A time as it is typed: with a zone, or in the project's.
fn moment(opened: &OpenProject, typed: &str) -> Option<Timestamp> {
    if let Ok(moment) = typed.parse::<Timestamp>() {
        return Some(moment);
    }
    let local: jiff::civil::DateTime = typed.parse().ok()?;
    local.to_zoned(opened.project.settings().timezone.clone()).ok().map(|it: Zoned| it.timestamp())
}
