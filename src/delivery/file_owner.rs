//! Who owns a file that this process may not use.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::base::message::{Message, message};

/// The owner of a file or folder, and of this process.
pub(crate) struct FileOwner {
    file: u32,
    process: u32,
    mode: u32,
    path: PathBuf,
}

impl FileOwner {
    /// The owner of a file, or of the nearest folder above it that can be seen.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let (path, file) = path.ancestors().find_map(|path| Some((path, fs::metadata(path).ok()?)))?;
        let process = current_user()?;
        Some(Self { file: file.uid(), process, mode: file.mode() & 0o7777, path: path.to_owned() })
    }

    /// Whether another user owns it; root may read everything.
    pub(crate) fn is_other(&self) -> bool {
        self.file != self.process && self.process != 0
    }
}

impl fmt::Display for FileOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, process, mode, path } = self;
        message!(
            "{} belongs to user {file} (mode {mode:04o}), and this is user {process}",
            "{} tilhører bruger {file} (rettigheder {mode:04o}), og dette er bruger {process}",
            path.display()
        )
        .fmt(f)
    }
}

/// The user that this process acts as. The standard library cannot ask for it; on Linux the folder of a process belongs to that user
/// (proc(5)).
pub(crate) fn current_user() -> Option<u32> {
    fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// The reason why a file or folder cannot be used; where permission is missing, with its owner and this advice.
pub(crate) fn with_owner(path: &Path, source: io::Error, advice: impl FnOnce(FileOwner) -> Message) -> io::Error {
    match FileOwner::of(path).filter(|_| source.kind() == io::ErrorKind::PermissionDenied) {
        Some(owner) => io::Error::new(source.kind(), advice(owner)),
        None => source,
    }
}
