//! Upgrades a file of an earlier format.

use std::ops::RangeInclusive;

use rusqlite::{Connection, TransactionBehavior};

use crate::delivery::ledger::error::LedgerError;

/// The formats that [`upgrade`] reads.
pub(super) const UPGRADABLE: RangeInclusive<i64> = 4..=5;

/// The tables of letters, and their indexes, which are made faster once the tables are filled.
pub(super) const LETTERS: &str = include_str!("letters.sql");
pub(super) const LETTER_INDEXES: &str = include_str!("letter_indexes.sql");

/// Format 4 had no columns for an operator's decisions.
const NEW_COLUMNS: &str =
    "ALTER TABLE plan ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));
     ALTER TABLE plan ADD COLUMN accepts_refusals INTEGER NOT NULL DEFAULT 0 CHECK (accepts_refusals IN (0, 1));";
/// Until format 5, one table held both the letters and their delivery state.
const SET_ASIDE: &str = "DROP INDEX letter_key; DROP INDEX letter_open; ALTER TABLE letter RENAME TO former_letter;";
const DIVIDE: &str = "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
       SELECT plan, number, address, key, person, audience, edition, message_id FROM former_letter ORDER BY plan, number;
     INSERT INTO delivery (plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure)
       SELECT plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure
       FROM former_letter ORDER BY plan, number;
     DROP TABLE former_letter;";

/// Upgrades a file, in one transaction, to the format with this number. No run may be writing it.
pub(super) fn upgrade(connection: &mut Connection, format: i64) -> Result<(), LedgerError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?;
    // Another process may have upgraded it while this one waited.
    if !UPGRADABLE.contains(&found) {
        return Ok(());
    }
    if found == *UPGRADABLE.start() {
        transaction.execute_batch(NEW_COLUMNS)?;
    }
    for step in [SET_ASIDE, LETTERS, DIVIDE, LETTER_INDEXES] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", format)?;
    Ok(transaction.commit()?)
}
