//! One run at a time: a lock that the kernel frees when its process ends, however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::delivery::ledger::error::LedgerError;

/// The lock of the run that may write the ledger.
///
/// It locks a file beside the ledger and not the ledger itself: SQLite locks that one in its own way, and closing any
/// handle on it would drop SQLite's locks (POSIX `fcntl`, §"Advisory record locking").
///
/// The file has a note while a run sends letters. One that is killed leaves the note: then SQLite's log beside the ledger is
/// needed as well.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// Whether the file has the note of this run.
    is_noted: bool,
}

/// The note of a run, to be read by an administrator.
const NOTE: &str =
    "A run has sent letters: what it sent is in the file that ends in -wal, too. Delete neither of them.\n";

/// Frees the lock even if a process that another thread is starting has the file open until its `exec`.
impl Drop for Lock {
    fn drop(&mut self) {
        // If this fails, the kernel frees the lock when the file is closed.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of the ledger at this path, without waiting; [`LedgerError::Locked`] if another run has it.
    pub(super) fn take(ledger: &Path) -> Result<Self, LedgerError> {
        create_folder_of(ledger)?;
        let path = sibling_path(ledger, ".lock");
        let open = |source| LedgerError::unreadable(&path, source);
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(open)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path, is_noted: false }),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Locked),
            Err(TryLockError::Error(source)) => Err(open(source)),
        }
    }

    /// Notes in the file, on the disk, that letters are sent; it does so once.
    pub(super) fn note_run(&mut self) -> Result<(), LedgerError> {
        if !self.is_noted {
            self.write_note(NOTE).map_err(|source| LedgerError::unreadable(&self.path, source))?;
            self.is_noted = true;
        }
        Ok(())
    }

    /// Removes the note of this run, or of one before it.
    pub(super) fn remove_note(&mut self) -> Result<(), LedgerError> {
        self.is_noted = false;
        if has_note(&self.path) {
            self.write_note("").map_err(|source| LedgerError::unreadable(&self.path, source))?;
        }
        Ok(())
    }

    fn write_note(&self, note: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).write_all(note.as_bytes())?;
        self.file.sync_data()
    }

    /// Whether a run on this ledger sends letters, or was killed while it did.
    pub(super) fn is_noted(ledger: &Path) -> bool {
        has_note(&sibling_path(ledger, ".lock"))
    }
}

fn has_note(lock: &Path) -> bool {
    fs::metadata(lock).is_ok_and(|file| file.len() > 0)
}

/// A file beside the ledger: the ledger's name with this ending.
pub(super) fn sibling_path(ledger: &Path, ending: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Creates the folder of a ledger if there is none, readable by its owner only: the ledger is personal data.
fn create_folder_of(ledger: &Path) -> Result<(), LedgerError> {
    let Some(folder) = ledger.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| LedgerError::Open { path: folder.to_owned(), source })
}
