//! The state of a plan and its letters, as seen from outside a run.

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::letter::plan::TransportKind;

/// Whether a run is sending at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendingStatus {
    /// A run is under way.
    Running,
    /// No run is under way.
    Idle,
}

impl SendingStatus {
    /// The status of a ledger.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn of(ledger: &mut dyn Ledger) -> Result<Self, Error> {
        Ok(if ledger.is_running()? { Self::Running } else { Self::Idle })
    }
}

/// The letters of a plan by state, as [`observed`] sees each of them.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn totals(ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Totals, Error> {
    let totals = ledger.totals(plan.id)?;
    observed_totals(ledger, plan, totals)
}

/// The letters of a plan by state as seen from outside, from those of the ledger.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn observed_totals(ledger: &mut dyn Ledger, plan: &PlanRecord, totals: Totals) -> Result<Totals, Error> {
    if totals.of(LetterState::InFlight) == 0 {
        return Ok(totals);
    }
    let state = match SendingStatus::of(ledger)? {
        SendingStatus::Running => LetterState::Planned,
        SendingStatus::Idle => state_after_kill(plan.transport),
    };
    Ok(totals.moved(LetterState::InFlight, state))
}

/// A letter as seen from outside: without an active run, none is in flight.
pub fn observed(record: LetterRecord, plan: &PlanRecord, sending: SendingStatus) -> LetterRecord {
    match (record.state, sending) {
        (LetterState::InFlight, SendingStatus::Idle) => {
            LetterRecord { state: state_after_kill(plan.transport), ..record }
        }
        _ => record,
    }
}

/// The state of a letter that was in flight when its run was killed. A file can be written again, since that replaces the
/// first; whether a relay has accepted a letter is unknown.
fn state_after_kill(transport: TransportKind) -> LetterState {
    if transport.can_repeat() { LetterState::Planned } else { LetterState::InDoubt }
}
