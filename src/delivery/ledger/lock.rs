//! One run at a time: a lock that the kernel frees when its process ends, however it ends.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::delivery::ledger::error::LedgerError;

/// The lock of the run that may write the ledger.
///
/// It locks a file beside the ledger and not the ledger itself: SQLite locks that one in its own way, and closing any
/// handle on it would drop SQLite's locks (POSIX `fcntl`, §"Advisory record locking").
#[derive(Debug)]
pub(super) struct Lock(File);

/// Frees the lock even if a process that another thread is starting has the file open until its `exec`.
impl Drop for Lock {
    fn drop(&mut self) {
        // If this fails, the kernel frees the lock when the file is closed.
        let _ = self.0.unlock();
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
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Locked),
            Err(TryLockError::Error(source)) => Err(open(source)),
        }
    }
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
