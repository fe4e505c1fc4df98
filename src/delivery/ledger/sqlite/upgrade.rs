//! Upgrades a file of the format before this one.

use rusqlite::{Connection, TransactionBehavior};

use crate::delivery::ledger::error::LedgerError;

/// The format that [`upgrade`] reads.
pub(super) const UPGRADABLE: i64 = 4;

const NEW_COLUMNS: &str =
    "ALTER TABLE plan ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));
     ALTER TABLE plan ADD COLUMN accepts_refusals INTEGER NOT NULL DEFAULT 0 CHECK (accepts_refusals IN (0, 1));";
const NEW_STATE: &str = "UPDATE sqlite_schema SET sql = replace(sql, '''expired'')', '''expired'', ''cancelled'')')
     WHERE type = 'table' AND name = 'letter'";

/// Upgrades a file, in one transaction, to the format with this number.
pub(super) fn upgrade(connection: &mut Connection, format: i64) -> Result<(), LedgerError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |pragma| transaction.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    // Another process may have upgraded it while this one waited.
    if number("user_version")? != UPGRADABLE {
        return Ok(());
    }
    transaction.execute_batch(NEW_COLUMNS)?;
    // SQLite cannot alter a CHECK. Writing the schema is its documented way where no stored row contradicts the new one; the
    // next schema version makes other connections read it (<https://sqlite.org/lang_altertable.html>, section 7).
    let schema_version = number("schema_version")?;
    transaction.pragma_update(None, "writable_schema", true)?;
    transaction.execute(NEW_STATE, [])?;
    transaction.pragma_update(None, "schema_version", schema_version + 1)?;
    transaction.pragma_update(None, "writable_schema", false)?;
    transaction.pragma_update(None, "user_version", format)?;
    Ok(transaction.commit()?)
}
