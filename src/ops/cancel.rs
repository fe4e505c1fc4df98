//! Cancels the letters of an issue that are not sent yet.

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::Totals;
use crate::ops::ledgers;
use crate::ops::status::SendingStatus;
use crate::project::Project;

/// The result of cancelling a plan.
#[derive(Clone, Copy, Debug)]
pub struct CancelReport {
    /// How many letters were cancelled.
    pub cancelled: u64,
    /// The letters by state; some may be in flight.
    pub totals: Totals,
    /// Whether a run is sending it: then it ends with the letters in flight.
    pub sending: SendingStatus,
}

/// Cancels the letters of a plan that are left, also while a run is sending them.
///
/// # Errors
///
/// The ledger cannot be written.
pub fn cancel(project: &Project, plan: &PlanRecord, now: Timestamp) -> Result<CancelReport, Error> {
    // If no run is active, letters that a killed one left in flight are settled first.
    let mut ledger = match ledgers::open_to_write(project) {
        Err(Error::Locked) => ledgers::open_to_suppress(project)?,
        opened => opened?,
    };
    let cancelled = ledger.cancel(plan.id, now)?;
    let (totals, sending) = (ledger.totals(plan.id)?, SendingStatus::of(&mut *ledger)?);
    Ok(CancelReport { cancelled, totals, sending })
}
