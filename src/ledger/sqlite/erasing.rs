//! Forgets people in an SQLite ledger.

use crate::ledger::erasure::{Erasures, Remains, columns};
use crate::ledger::{LedgerError, Sqlite};

impl Erasures for Sqlite {
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError> {
        let letters =
            self.writing_over()?.execute(&format!("UPDATE letter SET {} WHERE key = ?1", columns()), [key])?;
        Ok(letters as u64)
    }

    fn scrub(&mut self) -> Result<Remains, LedgerError> {
        // The log is written over too: it holds pages as they were before.
        self.connection.execute_batch("VACUUM")?;
        let is_busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))? != 0;
        Ok(if is_busy { Remains::WhileRead } else { Remains::Nothing })
    }
}

impl Sqlite {
    /// From now on zeros are written over what is deleted (sqlite.org/pragma.html, `secure_delete`).
    fn writing_over(&self) -> Result<&rusqlite::Connection, LedgerError> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        Ok(&self.connection)
    }
}
