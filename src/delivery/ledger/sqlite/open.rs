//! Opens the file of a ledger, and creates it if there is none.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::delivery::file_owner::FileOwner;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::lock::{Lock, sibling_path};
use crate::delivery::ledger::sqlite::file_identity::FileIdentity;
use crate::delivery::ledger::sqlite::upgrade;

const SCHEMA: &str = include_str!("schema.sql");
/// The format of this version, kept in SQLite's `user_version`.
const FORMAT: i64 = 6;
/// Marks the file as ours in SQLite's `application_id`: `NLtr` in ASCII.
const APPLICATION: i64 = 0x4e4c_7472;

/// The size of a log without a row in it (<https://sqlite.org/fileformat2.html#walformat>).
const LOG_HEADER: u64 = 32;

/// An open ledger.
#[derive(Debug)]
pub(in crate::delivery::ledger) struct Sqlite {
    pub(super) connection: Connection,
    /// The file; absent for one in memory.
    pub(super) path: Option<PathBuf>,
    /// Which file that was when it was opened.
    pub(super) identity: FileIdentity,
    /// Held if it was opened for a run.
    pub(super) lock: Option<Lock>,
}

impl Sqlite {
    /// Begins a transaction with the right to write. A deferred one would take it at its first write, and could fail
    /// then instead of waiting (<https://sqlite.org/lang_transaction.html>).
    pub(super) fn begin_writing(&mut self) -> Result<Transaction<'_>, LedgerError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// Fails if the ledger's path no longer leads to the open file.
    pub(super) fn check_place(&self) -> Result<(), LedgerError> {
        match &self.path {
            Some(path) if !self.identity.is_at(path) => Err(LedgerError::Moved { path: path.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Moves the rows of SQLite's log to the ledger, which closing it does only if no other process has it open, such as `serve`.
    /// Returns whether all were moved; where that fails, they stay in the log (<https://sqlite.org/pragma.html#pragma_wal_checkpoint>).
    fn move_log_rows(&self) -> bool {
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            let [busy, rows, moved]: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok(busy == 0 && rows == moved)
        });
        moved.unwrap_or(false)
    }

    /// The same after a change, unless a run sends letters, which does so at its end, or was killed: its log must stay.
    pub(super) fn move_rows_of_change(&self) {
        if self.lock.is_some() || self.path.as_deref().is_some_and(|path| !Lock::is_noted(path)) {
            self.move_log_rows();
        }
    }

    /// Notes beside the ledger that a run sends letters; what it has marked so far is on the disk.
    pub(super) fn note_run(&mut self) -> Result<(), LedgerError> {
        self.lock.as_mut().map_or(Ok(()), Lock::note_run)
    }

    /// Moves the rows of the log to the ledger; then the note is not needed any more, and is removed.
    fn remove_run_note(&mut self) -> Result<(), LedgerError> {
        let is_moved = self.move_log_rows();
        self.lock.as_mut().filter(|_| is_moved).map_or(Ok(()), Lock::remove_note)
    }

    /// Opens the ledger of a run, and creates it if there is none.
    pub(crate) fn open_to_write(path: &Path) -> Result<Self, LedgerError> {
        let mut lock = Lock::take(path)?;
        if !is_there(path)? {
            // The note was of another ledger.
            lock.remove_note()?;
            create(path)?;
        }
        make_private(path);
        let mut ledger = Self::open(path, Some(lock))?;
        ledger.remove_run_note()?;
        // States are written by their types, and checked when they are read. SQLite builds a table of the twelve allowed ones for
        // each row that it writes: nearly half of what a mark costs.
        ledger.connection.pragma_update(None, "ignore_check_constraints", true)?;
        Ok(ledger)
    }

    /// Opens a ledger that a run may be writing at the same time, and creates it if there is none.
    pub(crate) fn open_to_share(path: &Path) -> Result<Self, LedgerError> {
        if !is_there(path)? {
            let mut lock = Lock::take(path)?;
            // Another process may have created it before the lock was free.
            if !is_there(path)? {
                lock.remove_note()?;
                create(path)?;
            }
        }
        Self::open_to_read(path)
    }

    /// Opens a ledger to read it.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, LedgerError> {
        Self::open(path, None)
    }

    /// Opens a ledger, for the run that holds its lock if there is one.
    fn open(path: &Path, lock: Option<Lock>) -> Result<Self, LedgerError> {
        let metadata = fs::metadata(path).map_err(|source| LedgerError::unreadable(path, source))?;
        // SQLite opens an empty file as a new database, and every letter would be sent again.
        if metadata.is_file() && metadata.len() == 0 {
            return Err(LedgerError::Empty { path: path.to_owned() });
        }
        let log = sibling_path(path, "-wal");
        let log_size = || fs::metadata(&log).map_or(0, |log| log.len());
        let has_log = log_size() > 0;
        // Asked in this order, and twice: a run may begin or end at this moment.
        if log_size() <= LOG_HEADER && Lock::is_noted(path) && log_size() <= LOG_HEADER {
            return Err(LedgerError::NoLog { log, lock: sibling_path(path, ".lock") });
        }
        let identity = FileIdentity::new(&metadata);
        // Without CREATE: a file that has vanished since must not come back as an empty ledger. Without a mutex: one
        // thread at a time has the connection.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(|error| refused(path, error))?;
        // The log of a killed run stays until its rows are moved: were it moved and deleted by a command that only reads, or that fails,
        // it could not be told from a lost one.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, Lock::is_noted(path))?;
        // Suppressions are written while a run writes as well: each waits for the other.
        connection.busy_timeout(Duration::from_secs(20))?;
        inspect(&mut connection, path, lock.as_ref()).map_err(|error| match error {
            LedgerError::Sqlite(error) => refused(path, error),
            other => other,
        })?;
        // SQLite would read zeros for the missing part of a page. With a log beside the file, a page may be half
        // written: it is restored from the log.
        let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        if metadata.len() % u64::from(page) != 0 && !has_log {
            return Err(LedgerError::Truncated { path: path.to_owned() });
        }
        // No letter is sent twice because `in flight` is on the disk when a commit returns, which only FULL ensures in
        // WAL mode (<https://sqlite.org/pragma.html#pragma_synchronous>).
        connection.pragma_update(None, "journal_mode", "WAL").map_err(|error| refused(path, error))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self { connection, path: Some(path.to_owned()), identity, lock })
    }

    /// A ledger in memory, which ends with the run.
    pub(crate) fn in_memory() -> Result<Self, LedgerError> {
        let mut connection = Connection::open_in_memory()?;
        create_tables(&mut connection)?;
        Ok(Self { connection, path: None, identity: FileIdentity::default(), lock: None })
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let Some(path) = self.path.clone() else { return };
        match self.lock {
            Some(_) => _ = self.remove_run_note(),
            None => self.move_rows_of_change(),
        }
        // As long as there is a note, the log must be there, too.
        _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, Lock::is_noted(&path));
    }
}

/// Whether there is a ledger. Only "not found" means no: if that cannot be determined, letters may have been sent.
pub(in crate::delivery::ledger) fn is_there(path: &Path) -> Result<bool, LedgerError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(LedgerError::unreadable(path, source)),
    }
}

/// The error for a file that SQLite may not open, with its owner if that is the reason.
fn refused(path: &Path, error: rusqlite::Error) -> LedgerError {
    let denied = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly)
    );
    // The file is not opened to find out: closing it would drop the locks of another connection in this process.
    let is_file = fs::metadata(path).is_ok_and(|file| file.is_file());
    match FileOwner::of(path).filter(|owner| denied && is_file && owner.is_other()) {
        Some(_) => LedgerError::unreadable(path, io::ErrorKind::PermissionDenied.into()),
        None => error.into(),
    }
}

/// Removes other users' permissions, which an earlier version or a copy may have given; only the owner can do so.
fn make_private(path: &Path) {
    for path in [path.to_owned(), sibling_path(path, "-wal"), sibling_path(path, "-shm")] {
        let is_open = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0);
        if is_open {
            _ = fs::set_permissions(&path, Permissions::from_mode(0o600));
        }
    }
}

/// Checks that the file is a ledger, of a format that is known; one of an earlier format is upgraded, unless a run of the
/// program that has written it goes on.
fn inspect(connection: &mut Connection, path: &Path, lock: Option<&Lock>) -> Result<(), LedgerError> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    if number("application_id")? != APPLICATION {
        return Err(LedgerError::Foreign { path: path.to_owned() });
    }
    match number("user_version")? {
        FORMAT => Ok(()),
        found if upgrade::UPGRADABLE.contains(&found) => {
            let _taken = if lock.is_some() { None } else { Some(Lock::take(path)?) };
            upgrade::upgrade(connection, FORMAT)
        }
        found => Err(LedgerError::Format { found, known: FORMAT }),
    }
}

/// Creates the file under another name first: a ledger under its own name is complete.
fn create(path: &Path) -> Result<(), LedgerError> {
    let unfinished = sibling_path(path, ".new");
    let open = |source| LedgerError::Open { path: path.to_owned(), source };
    if unfinished.exists() {
        fs::remove_file(&unfinished).map_err(open)?;
    }
    // SQLite gives its log files the mode of the database: nobody else may read who got a letter.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).map_err(open)?;
    let mut connection = Connection::open(&unfinished)?;
    create_tables(&mut connection)?;
    connection.close().map_err(|(_, error)| error)?;
    // It is closed by now: an open database must not be renamed away from its journal.
    fs::rename(&unfinished, path).map_err(open)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder can be opened and flushed on Unix only.
    if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()).map_err(open) } else { Ok(()) }
}

fn create_tables(connection: &mut Connection) -> Result<(), LedgerError> {
    let transaction = connection.transaction()?;
    for statements in [SCHEMA, upgrade::LETTERS, upgrade::LETTER_INDEXES] {
        transaction.execute_batch(statements)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    Ok(transaction.commit()?)
}
