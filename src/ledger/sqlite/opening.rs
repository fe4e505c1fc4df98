//! Opens the file of a ledger, and makes it where there is none.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::ledger::lock::{Lock, make_folder_of};
use crate::ledger::{LedgerError, Sqlite};

const SCHEMA: &str = include_str!("schema.sql");
/// The format of this version, kept in SQLite's `user_version`.
const FORMAT: i64 = 1;
/// Marks the file as ours in SQLite's `application_id`: `NLtr` in ASCII.
const APPLICATION: i64 = 0x4e4c_7472;

impl Sqlite {
    /// Opens the ledger of a run, and makes it where there is none; its folder is readable by its owner only, for it
    /// holds who got what.
    pub(in crate::ledger) fn open_to_write(path: &Path) -> Result<Self, LedgerError> {
        let lock = Lock::take(path)?;
        let mut ledger = Self::open_to_read(path)?;
        ledger.lock = Some(lock);
        Ok(ledger)
    }

    /// Opens a ledger to look at it.
    pub(in crate::ledger) fn open_to_read(path: &Path) -> Result<Self, LedgerError> {
        make_folder_of(path)?;
        let mut ledger = Self { connection: Connection::open(path)?, path: Some(path.to_owned()), lock: None };
        ledger.prepare(path)?;
        Ok(ledger)
    }

    /// A ledger that is gone with the run.
    pub(in crate::ledger) fn in_memory() -> Result<Self, LedgerError> {
        let mut ledger = Self { connection: Connection::open_in_memory()?, path: None, lock: None };
        ledger.prepare(Path::new(":memory:"))?;
        Ok(ledger)
    }

    fn prepare(&mut self, path: &Path) -> Result<(), LedgerError> {
        let connection = &self.connection;
        connection.busy_timeout(Duration::from_secs(20))?;
        let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != APPLICATION && tables > 0 {
            return Err(LedgerError::Foreign { path: path.to_owned() });
        }
        if format > FORMAT {
            return Err(LedgerError::Newer { found: format, known: FORMAT });
        }
        // FULL: the promise rests on `in flight` being on the disk when a commit returns (sqlite.org/pragma.html).
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        if tables == 0 {
            let transaction = self.begin_writing()?;
            // Another process may have made the tables since they were counted.
            let made: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if made == 0 {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "application_id", APPLICATION)?;
                transaction.pragma_update(None, "user_version", FORMAT)?;
            }
            transaction.commit()?;
        }
        Ok(())
    }
}
