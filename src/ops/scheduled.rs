//! What is going to be sent, and what should have been: the issues with a `send_at` that have no plan yet.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::ledger::read::LedgerReader;
use crate::delivery::ledger::state::LetterState;
use crate::issue::IssueId;
use crate::issue::front_matter::DraftStatus;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::schedule::{self, RunDecision};
use crate::ops::{ledgers, plan};
use crate::project::Project;

/// An issue with a `send_at` that was not sent yet.
#[derive(Debug)]
pub struct ScheduledIssue {
    /// The issue.
    pub issue: IssueId,
    /// Its file.
    pub path: PathBuf,
    /// Its `send_at`.
    pub send_at: Timestamp,
    /// Whether it is a draft, which `run` skips.
    pub draft: DraftStatus,
    /// What `run` does with it.
    pub decision: RunDecision,
}

/// The issues with a `send_at` that are not among those that were sent, the earliest first. An issue with errors is
/// left out: `check` reports it.
///
/// # Errors
///
/// A folder or a file cannot be read.
pub fn scheduled(project: &Project, sent: &BTreeSet<IssueId>, now: Timestamp) -> Result<Vec<ScheduledIssue>, Error> {
    let mut issues = Vec::new();
    for path in project.issues()? {
        let Some(issue) = project.issue(&path)?.issue.filter(|issue| !sent.contains(&issue.id)) else { continue };
        let Some(send_at) = issue.front.send_at else { continue };
        let decision = match schedule::by_time(project, &issue, now) {
            // It may have been sent with another ledger.
            RunDecision::Send => schedule::decide(project, &path, now)?,
            decision => decision,
        };
        issues.push(ScheduledIssue { issue: issue.id, path, send_at, draft: issue.front.draft, decision });
    }
    issues.sort_by_key(|issue| issue.send_at);
    Ok(issues)
}

/// The issues that a ledger has a plan of.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn sent(ledger: &mut (impl LedgerReader + ?Sized)) -> Result<BTreeSet<IssueId>, Error> {
    Ok(ledger.plans_in_force()?.into_iter().map(|plan| plan.issue).collect())
}

/// How many letters of an issue would be sent now: those of its plan that are not finished, or else one to each recipient who
/// is not suppressed.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn open_letters(project: &Project, prepared: &PreparedIssue<'_>) -> Result<u64, Error> {
    let kind = ledgers::transport_kind(project);
    if let Some(mut ledger) = ledgers::open_to_read(project)?
        && let Some(plan) = ledger.plan(&prepared.inputs.issue.id, kind)?
    {
        let totals = ledger.totals(plan.id)?;
        return Ok(totals.of(LetterState::Planned) + totals.of(LetterState::Deferred));
    }
    let suppressed = plan::suppressed_addresses(project, prepared)?;
    let mut letters = 0;
    for recipient in prepared.selection.recipients() {
        letters += u64::from(suppressed.reason(&recipient.person()?.address).is_none());
    }
    Ok(letters)
}
