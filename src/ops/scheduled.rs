//! Which issues have a plan, which of them have no file, and how many letters of an issue are left to send.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::delivery::ledger::read::LedgerReader;
use crate::delivery::ledger::state::LetterState;
use crate::issue::IssueId;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::{ledgers, plan};
use crate::project::Project;

/// The issues that a ledger has a plan of.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn sent(ledger: &mut (impl LedgerReader + ?Sized)) -> Result<BTreeSet<IssueId>, Error> {
    Ok(ledger.plans_in_force()?.into_iter().map(|plan| plan.issue).collect())
}

/// An issue with letters left to send, whose file is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostIssue {
    /// The issue.
    pub issue: IssueId,
    /// How many letters are left.
    pub letters: u64,
}

/// The issues with letters left to send whose files are missing. This includes renamed ones.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn lost(project: &Project, paths: &[PathBuf]) -> Result<Vec<LostIssue>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(Vec::new()) };
    let transport = ledgers::transport_kind(project);
    let mut lost = Vec::new();
    for plan in ledger.plans_in_force()?.into_iter().filter(|plan| plan.transport == transport) {
        let totals = ledger.totals(plan.id)?;
        let letters = totals.of(LetterState::Planned) + totals.of(LetterState::Deferred);
        if letters > 0 {
            lost.push(LostIssue { issue: plan.issue, letters });
        }
    }
    if lost.is_empty() {
        return Ok(lost);
    }
    // A file that cannot be read is reported when its issue is due.
    let present = paths.iter().map(|path| ledgers::issue_id(project, path)).collect::<Result<BTreeSet<_>, _>>();
    let Ok(present) = present else { return Ok(Vec::new()) };
    lost.retain(|issue| !present.contains(&issue.issue));
    Ok(lost)
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
