//! Takes out of the ledger who got what, and leaves how many got it.

use jiff::Timestamp;

use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::PlanId;

/// Whose letter it was, once that is forgotten: nobody's, by plan and number, so that it is told from every other one
/// also where a later plan takes it over. Nobody ever gets mail below `.invalid` (RFC 2606, 2).
pub(crate) const ERASED_ADDRESS: &str = "'erased-' || plan || '-' || number || '@erased.invalid'";

/// A condition that holds for such letters.
pub(crate) const IS_ERASED: &str = "key LIKE 'erased-%@erased.invalid'";

/// What is written over a letter's row: whatever tells whose it was, or what was said of it. Where it stands and
/// its edition stay, so that nothing adds up to anything else.
pub(crate) fn columns() -> String {
    let person = r#""lang":null,"fields":{},"consent":null,"origin":{"path":"erased","line":0}}"#;
    format!(
        "address = {ERASED_ADDRESS}, key = {ERASED_ADDRESS}, message_id = '<' || {ERASED_ADDRESS} || '>', reply = NULL,
         person = '{{\"address\":\"' || {ERASED_ADDRESS} || '\",{person}'"
    )
}

/// What is still there of what was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureRemnant {
    /// Nothing, in the files of the ledger.
    Nothing,
    /// Old pages, since another program reads the ledger.
    WhileRead,
    /// Old rows, until the server takes them away by itself.
    UntilVacuum,
}

/// Forgets people, wherever the ledger is kept.
pub trait Erasures {
    /// Takes an address out of every letter, in every plan; how many letters those were. What was not sent yet must
    /// have been held back before.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Locked`] where a run is under way: it knows the address, and may be about to write it.
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError>;

    /// Takes everybody out of the letters of a plan; how many letters those were.
    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError>;

    /// Whether a plan has letters, and each of them is nobody's.
    fn is_forgotten(&mut self, plan: PlanId) -> Result<bool, LedgerError>;

    /// Writes over what was taken out and still lies in free pages, logs and old rows.
    fn scrub(&mut self) -> Result<ErasureRemnant, LedgerError>;
}

/// Takes everybody out of plans that were frozen before a moment and in which nothing is left to be tried; how many
/// letters those were.
pub fn erase_before(ledger: &mut dyn Ledger, moment: Timestamp) -> Result<u64, LedgerError> {
    let mut letters = 0;
    for plan in ledger.every_plan()?.into_iter().filter(|it| it.record.frozen_at < moment) {
        let id = plan.record.id;
        let is_left = ledger.is_forgotten(id)? || !plan.replaced && !ledger.totals(id)?.is_finished();
        letters += if is_left { 0 } else { ledger.erase_plan(id)? };
    }
    Ok(letters)
}
