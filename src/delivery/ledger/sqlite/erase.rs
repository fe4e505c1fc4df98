//! Forgets people in an SQLite ledger.

use crate::delivery::ledger::Sqlite;
use crate::delivery::ledger::erasure::{ErasureRemnant, Erasures, IS_ERASED, columns};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::PlanId;

impl Erasures for Sqlite {
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError> {
        // By the index, plan by plan.
        let erase = format!("UPDATE letter SET {} WHERE plan IN (SELECT id FROM plan) AND key = ?1", columns());
        let letters = self.writing_over()?.execute(&erase, [key])?;
        Ok(letters as u64)
    }

    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError> {
        let erase = format!("UPDATE letter SET {} WHERE plan = ?1 AND NOT {IS_ERASED}", columns());
        Ok(self.writing_over()?.execute(&erase, [plan.0])? as u64)
    }

    fn is_forgotten(&mut self, plan: PlanId) -> Result<bool, LedgerError> {
        // By the index: `.` follows `-`, and there may be a million of these.
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = ?1)
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND key < 'erased-')
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND key >= 'erased.')",
        )?;
        Ok(statement.query_row([plan.0], |row| row.get(0))?)
    }

    fn scrub(&mut self) -> Result<ErasureRemnant, LedgerError> {
        // The log is written over too: it holds pages as they were before.
        self.connection.execute_batch("VACUUM")?;
        let is_busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))? != 0;
        Ok(if is_busy { ErasureRemnant::WhileRead } else { ErasureRemnant::Nothing })
    }
}

impl Sqlite {
    /// From now on zeros are written over what is deleted (sqlite.org/pragma.html, `secure_delete`).
    fn writing_over(&self) -> Result<&rusqlite::Connection, LedgerError> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        Ok(&self.connection)
    }
}
