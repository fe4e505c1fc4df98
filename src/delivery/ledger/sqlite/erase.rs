//! Erases people from an SQLite ledger.

use rusqlite::Transaction;

use crate::delivery::ledger::erasure::{ERASE_REASONS, ErasureRemnant, Erasures, IS_ERASED, erased_columns};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::reader;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::suppression;

impl Erasures for Sqlite {
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError> {
        // There is no index by key alone: with the plans named, SQLite looks each of them up by (plan, key).
        let condition = "letter.plan IN (SELECT id FROM plan) AND letter.key = ?1";
        let erase = format!("UPDATE letter SET {} WHERE {condition}", erased_columns());
        let transaction = self.begin_overwriting()?;
        transaction.execute(&format!("{ERASE_REASONS}{condition}"), [key])?;
        let letters = transaction.execute(&erase, [key])?;
        transaction.execute(suppression::FORGET_ADDRESS, [key])?;
        transaction.execute(reader::FORGET_KEY, [key])?;
        transaction.commit()?;
        Ok(letters as u64)
    }

    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError> {
        let condition = format!("letter.plan = ?1 AND NOT {IS_ERASED}");
        let erase = format!("UPDATE letter SET {} WHERE {condition}", erased_columns());
        let transaction = self.begin_overwriting()?;
        transaction.execute(&format!("{ERASE_REASONS}{condition}"), [plan.0])?;
        let letters = transaction.execute(&erase, [plan.0])?;
        transaction.execute(reader::FORGET_KEYS, [])?;
        transaction.commit()?;
        Ok(letters as u64)
    }

    fn is_erased(&mut self, plan: PlanId) -> Result<bool, LedgerError> {
        // Two searches in the index, and not a scan of a million letters: `.` follows `-` in ASCII, so that these are all
        // keys that do not begin with `erased-`.
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = ?1)
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND key < 'erased-')
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND key >= 'erased.')",
        )?;
        Ok(statement.query_row([plan.0], |row| row.get(0))?)
    }

    fn overwrite_free_space(&mut self) -> Result<ErasureRemnant, LedgerError> {
        // The log is emptied as well: it holds pages as they were before.
        self.connection.execute_batch("VACUUM")?;
        let is_busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))? != 0;
        Ok(if is_busy { ErasureRemnant::WhileRead } else { ErasureRemnant::Nothing })
    }
}

impl Sqlite {
    /// A transaction on the connection, which from now on overwrites what is deleted with zeros
    /// (<https://sqlite.org/pragma.html#pragma_secure_delete>).
    fn begin_overwriting(&mut self) -> Result<Transaction<'_>, LedgerError> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        self.begin_writing()
    }
}
