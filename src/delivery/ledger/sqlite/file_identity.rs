//! Whether a ledger's file is still the one that was opened.
//!
//! A run goes on writing to a file that is deleted or replaced meanwhile, and what it wrote would be lost: the next run
//! would send those letters again.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::delivery::ledger::lock::sibling_path;

/// What distinguishes one file from another, whatever their names; absent where the system has no such numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FileIdentity(Option<[u64; 2]>);

impl FileIdentity {
    #[cfg(unix)]
    pub(super) fn new(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(Some([metadata.dev(), metadata.ino()]))
    }

    #[cfg(not(unix))]
    pub(super) fn new(_: &Metadata) -> Self {
        Self(None)
    }

    /// Whether a path leads to this file, a ledger that is open.
    pub(super) fn is_at(self, path: &Path) -> bool {
        let is_same = fs::metadata(path).is_ok_and(|metadata| Self::new(&metadata) == self);
        // In WAL mode the newest rows are in this file, which is there as long as the database is open.
        is_same && has_file(&sibling_path(path, "-wal"))
    }
}

/// Whether there is a file at a path. Its metadata are not read: since Linux 6.13, a file whose times were read gets new ones with its
/// next write, and without a journal ext4 writes them with each flush.
#[cfg(unix)]
fn has_file(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXISTS).is_ok()
}

#[cfg(not(unix))]
fn has_file(path: &Path) -> bool {
    path.exists()
}
