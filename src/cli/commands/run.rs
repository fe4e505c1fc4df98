//! `run`, for cron: sends every issue whose time has come; silent where nothing is due.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::cli::commands::send::{self, DeferredPolicy, SendOptions};
use crate::cli::exit::Exit;
use crate::cli::plan::SendGuards;
use crate::cli::project::{self, OpenProject};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::state::LetterState;
use crate::issue::{DraftStatus, Issue};

/// Arguments of `run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Write Prometheus metrics to this file at the end, for the textfile collector
    #[arg(long, value_name = "FILE")]
    pub(super) metrics: Option<PathBuf>,
}

/// What an issue is to a run.
pub(in crate::cli) enum RunDecision {
    /// Send it.
    Send,
    /// Its plan waits for the time of a second try.
    Waits,
    /// It is not its turn, or it is finished.
    No,
}

/// Sends what is due, issue by issue; one that is blocked does not hold up the others.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let mut exit = Exit::Done;
    for path in opened.project.issues()? {
        let one = match due(opened, &path, now) {
            Ok(RunDecision::Send) => send_one(terminal, opened, &path),
            Ok(RunDecision::Waits) => Ok(Exit::RetryLater),
            Ok(RunDecision::No) => Ok(Exit::Done),
            Err(error) => Err(error),
        };
        exit = exit.min(one.unwrap_or_else(|error| terminal.error(&error)));
    }
    Ok(exit)
}

fn send_one(terminal: &Terminal, opened: &OpenProject, path: &Path) -> Result<Exit, Error> {
    let guards = SendGuards { ask: false, expect: None, replan: false, typed: path };
    send::issue(
        terminal,
        opened,
        path,
        &SendOptions { guards, audience: None, limit: None, waiting: DeferredPolicy::No },
    )
}

/// Whether an issue is to be sent by itself at this moment.
pub(in crate::cli) fn due(opened: &OpenProject, path: &Path, now: Timestamp) -> Result<RunDecision, Error> {
    let files = opened.project.issue(path)?;
    let Some(issue) = files.issue else {
        // Sending tells what is wrong with it. Somebody's unfinished draft is nobody's concern yet.
        return Ok(if seems_scheduled(&files.source) { RunDecision::Send } else { RunDecision::No });
    };
    if let Some(mut ledger) = opened.ledger()?
        && let Some(due) = planned(opened, &mut *ledger, &issue, now)?
    {
        return Ok(due);
    }
    let come = issue.front.send_at.is_some_and(|it| it <= now);
    Ok(if come && issue.front.draft == DraftStatus::No { RunDecision::Send } else { RunDecision::No })
}

/// What its plan says, if it has one.
fn planned(
    opened: &OpenProject,
    ledger: &mut dyn Ledger,
    issue: &Issue,
    now: Timestamp,
) -> Result<Option<RunDecision>, Error> {
    let Some(record) = ledger.plan(&issue.id, opened.transport())? else { return Ok(None) };
    let totals = project::totals(ledger, &record)?;
    if totals.is_finished() {
        return Ok(Some(RunDecision::No));
    }
    let over = record.send_until.is_some_and(|until| until < now);
    let due = over || totals.of(LetterState::Planned) > 0 || ledger.is_due(record.id, now)?;
    Ok(Some(if due { RunDecision::Send } else { RunDecision::Waits }))
}

/// Whether an issue that cannot be read was meant to be sent by itself.
fn seems_scheduled(source: &Source) -> bool {
    let has = |key: &str| source.text().lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    (has("send_at:") || has("publish_date:")) && !has("draft: true")
}
