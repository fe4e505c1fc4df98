//! Erases people from letters, and keeps the number of letters.

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::PlanId;

/// The address of an erased person's letter: unique by plan and number, even after a later plan takes the letter
/// over. Mail to `.invalid` is never delivered (RFC 2606 §2).
pub(crate) const ERASED_ADDRESS: &str = "'erased-' || plan || '-' || number || '@erased.invalid'";

/// A condition that holds for such letters.
pub(crate) const IS_ERASED: &str = "key LIKE 'erased-%@erased.invalid'";

/// The statement, up to its condition, that erases what a relay said of letters: it often quotes the address. It comes before
/// the letters are erased, whose keys it is found by.
pub(crate) const ERASE_REASONS: &str =
    "UPDATE delivery SET reason_code = NULL, reason_status = NULL, reason_text = NULL FROM letter
     WHERE letter.plan = delivery.plan AND letter.number = delivery.number AND ";

/// The assignments of an `UPDATE` that erase a letter's person. State and edition stay, so that totals do not change.
pub(crate) fn erased_columns() -> String {
    let person = r#""lang":null,"fields":{},"consent":null,"origin":{"path":"erased","line":0}}"#;
    format!(
        "address = {ERASED_ADDRESS}, key = {ERASED_ADDRESS}, message_id = '<' || {ERASED_ADDRESS} || '>',
         person = '{{\"address\":\"' || {ERASED_ADDRESS} || '\",{person}'"
    )
}

/// Which erased data may still be readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureRemnant {
    /// Nothing, in the files of the ledger.
    Nothing,
    /// Old pages, since another program is reading the ledger.
    WhileRead,
    /// Old rows, until the server vacuums its tables.
    UntilVacuum,
}

/// Erases people, in either database.
pub trait Erasures {
    /// Erases an address from every letter of every plan and from all suppressions; returns how many letters those were.
    /// Letters not sent yet must have been suppressed before.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Locked`] during a run: the run has the address, and may be about to write it.
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError>;

    /// Erases all people from the letters of a plan; returns how many letters those were.
    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError>;

    /// Whether a plan has letters, and the person of each is erased.
    fn is_erased(&mut self, plan: PlanId) -> Result<bool, LedgerError>;

    /// Overwrites what was erased and is still in free pages, logs and old rows.
    fn overwrite_free_space(&mut self) -> Result<ErasureRemnant, LedgerError>;
}
