//! `run`, for cron: sends every issue whose time has come; silent where nothing is due.

use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::Source;
use crate::cli::exit::Exit;
use crate::cli::planning::Guards;
use crate::cli::project::{self, Opened};
use crate::cli::send::{self, Terms, Waiting};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::state::State;
use crate::issue::{Draft, Issue};

/// What an issue is to a run.
pub(super) enum Due {
    /// Send it.
    Send,
    /// Its plan waits for the time of a second try.
    Waits,
    /// It is not its turn, or it is finished.
    No,
}

/// Sends what is due, issue by issue; one that is blocked does not hold up the others.
pub(super) fn run(terminal: &Terminal, opened: &Opened) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let mut exit = Exit::Done;
    for path in opened.project.issues()? {
        let one = match due(opened, &path, now) {
            Ok(Due::Send) => send_one(terminal, opened, &path),
            Ok(Due::Waits) => Ok(Exit::Again),
            Ok(Due::No) => Ok(Exit::Done),
            Err(error) => Err(error),
        };
        exit = exit.min(one.unwrap_or_else(|error| terminal.error(&error)));
    }
    Ok(exit)
}

fn send_one(terminal: &Terminal, opened: &Opened, path: &Path) -> Result<Exit, Error> {
    let guards = Guards { ask: false, expect: None, replan: false, typed: path };
    send::issue(terminal, opened, path, &Terms { guards, audience: None, limit: None, waiting: Waiting::No })
}

/// Whether an issue is to be sent by itself at this moment.
pub(super) fn due(opened: &Opened, path: &Path, now: Timestamp) -> Result<Due, Error> {
    let files = opened.project.issue(path)?;
    let Some(issue) = files.issue else {
        // Sending tells what is wrong with it. Somebody's unfinished draft is nobody's concern yet.
        return Ok(if seems_scheduled(&files.source) { Due::Send } else { Due::No });
    };
    if let Some(mut ledger) = opened.ledger()?
        && let Some(due) = planned(opened, &mut *ledger, &issue, now)?
    {
        return Ok(due);
    }
    let come = issue.front.send_at.is_some_and(|it| it <= now);
    Ok(if come && issue.front.draft == Draft::No { Due::Send } else { Due::No })
}

/// What its plan says, if it has one.
fn planned(opened: &Opened, ledger: &mut dyn Ledger, issue: &Issue, now: Timestamp) -> Result<Option<Due>, Error> {
    let Some(record) = ledger.plan(&issue.id, opened.transport())? else { return Ok(None) };
    let totals = project::totals(ledger, &record)?;
    if totals.is_finished() {
        return Ok(Some(Due::No));
    }
    let over = record.send_until.is_some_and(|until| until < now);
    let due = over || totals.of(State::Planned) > 0 || ledger.is_due(record.id, now)?;
    Ok(Some(if due { Due::Send } else { Due::Waits }))
}

/// Whether an issue that cannot be read was meant to be sent by itself.
fn seems_scheduled(source: &Source) -> bool {
    let has = |key: &str| source.text().lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    (has("send_at:") || has("publish_date:")) && !has("draft: true")
}
