//! Erases people from old plans.

use jiff::{SignedDuration, Timestamp};

use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;

/// Erases all people from plans that were frozen before a moment and have no open letter; returns how many letters
/// those were.
pub fn erase_before(ledger: &mut dyn Ledger, moment: Timestamp) -> Result<u64, LedgerError> {
    let mut letters = 0;
    for plan in ledger.every_plan()?.into_iter().filter(|plan| plan.record.frozen_at < moment) {
        let id = plan.record.id;
        // An open letter still needs its address; in a replaced plan none is tried any more.
        let is_left = ledger.is_erased(id)? || !plan.replaced && !ledger.totals(id)?.is_finished();
        letters += if is_left { 0 } else { ledger.erase_plan(id)? };
    }
    Ok(letters)
}

/// The longest time between two plans; a longer one is treated as a wrong clock.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24 * 120);

/// Whether the clock fits the ledger: a machine that wakes up in a later year must not erase everyone at once. The next
/// plan shows that the time has passed.
pub fn is_plausible(ledger: &mut dyn Ledger, now: Timestamp) -> Result<bool, LedgerError> {
    let frozen = ledger.every_plan()?.into_iter().map(|plan| plan.record.frozen_at);
    Ok(frozen.filter(|at| *at <= now).max().is_none_or(|latest| now.duration_since(latest) <= LONGEST_PAUSE))
}
