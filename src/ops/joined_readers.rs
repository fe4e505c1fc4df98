//! Counts readers who joined an audience after an issue was planned, and would get it although it is completely sent.

use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::ops::plan;
use crate::ops::plan_overview::SettledAddresses;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::Project;

/// How many readers `send --replan` would send a finished plan's issue to: those in its audiences whose letters have no outcome, and
/// who are not suppressed. 0 if it cannot be sent any more, or if errors in its files leave nothing to send.
///
/// # Errors
///
/// A list or the ledger cannot be read.
pub fn count(
    project: &Project,
    ledger: &mut dyn Ledger,
    path: &Path,
    record: &PlanRecord,
    now: Timestamp,
) -> Result<u64, Error> {
    if record.cancelled || ledger.is_erased(record.id)? {
        return Ok(0);
    }
    let (Some(prepared), _) = PreparedIssue::of(project, path)? else { return Ok(0) };
    if plan::check_sendable(project, &prepared.inputs.issue, now).is_err() {
        return Ok(0);
    }
    let suppressed = SuppressedAddresses::read(ledger, project.keys()?, prepared.inputs.series())?;
    let settled = SettledAddresses::of(ledger, record.id)?;
    let mut joined = 0;
    for recipient in prepared.selection.recipients() {
        let address = recipient.person()?.address;
        if !settled.contains(&address) && suppressed.reason(&address).is_none() {
            joined += 1;
        }
    }
    Ok(joined)
}
