//! Which issues a scheduled run sends.

use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::state::LetterState;
use crate::issue::Issue;
use crate::issue::front_matter::DraftStatus;
use crate::ops::{ledgers, status};
use crate::project::Project;

/// What a scheduled run does with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunDecision {
    /// Sends it.
    Send,
    /// Waits until deferred letters may be tried again.
    Wait,
    /// Nothing: it is not due, or finished.
    Skip,
}

/// Decides what to do with the issue at a path.
///
/// # Errors
///
/// The issue or the ledger cannot be read.
pub fn decide(project: &Project, path: &Path, now: Timestamp) -> Result<RunDecision, Error> {
    let files = project.issue(path)?;
    let Some(issue) = files.issue else {
        // Sending reports what is wrong with it. An unfinished draft does not concern the administrator yet.
        return Ok(if seems_scheduled(&files.source) { RunDecision::Send } else { RunDecision::Skip });
    };
    if let Some(mut ledger) = ledgers::open_to_read(project)?
        && let Some(decision) = by_plan(project, &mut *ledger, &issue, now)?
    {
        return Ok(decision);
    }
    let is_due = issue.front.send_at.is_some_and(|send_at| send_at <= now);
    Ok(if is_due && issue.front.draft == DraftStatus::No { RunDecision::Send } else { RunDecision::Skip })
}

/// The decision by the plan of an issue; absent where it has none.
fn by_plan(
    project: &Project,
    ledger: &mut dyn Ledger,
    issue: &Issue,
    now: Timestamp,
) -> Result<Option<RunDecision>, Error> {
    let Some(record) = ledger.plan(&issue.id, ledgers::transport_kind(project))? else { return Ok(None) };
    let totals = status::totals(ledger, &record)?;
    if totals.is_finished() {
        return Ok(Some(RunDecision::Skip));
    }
    let is_expired = record.send_until.is_some_and(|until| until < now);
    // An expired plan is sent once more, which marks its unsent letters as expired.
    let is_due =
        is_expired || totals.of(LetterState::Planned) > 0 || ledger.is_due(record.id, project.retry().due_time(now))?;
    Ok(Some(if is_due { RunDecision::Send } else { RunDecision::Wait }))
}

/// Whether an issue with errors was meant to be sent by a scheduled run.
fn seems_scheduled(source: &Source) -> bool {
    // Front matter that cannot be parsed can only be searched as text.
    let has = |key: &str| source.text().lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    (has("send_at:") || has("publish_date:")) && !has("draft: true")
}
