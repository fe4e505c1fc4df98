//! Reads each of the project's files once, so that a command never sees two states of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::project::files;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct FileCache {
    contents: Mutex<BTreeMap<PathBuf, Arc<[u8]>>>,
    /// Every path that was asked for, whether or not there is a file.
    asked: Mutex<BTreeSet<PathBuf>>,
}

impl FileCache {
    /// The content of a regular file, as it was when it was first asked for.
    pub(super) fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.note(path);
        // A thread that panics leaves the map whole: an entry is inserted in one step.
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = contents.get(path) {
            return Ok(Arc::clone(content));
        }
        let content: Arc<[u8]> = files::read_regular(path)?.into();
        contents.insert(path.to_owned(), Arc::clone(&content));
        Ok(content)
    }

    /// Notes a path that was read, or found missing, without the cache.
    pub(super) fn note(&self, path: &Path) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if !asked.contains(path) {
            asked.insert(path.to_owned());
        }
    }

    /// Every path that was asked for so far.
    pub(super) fn asked(&self) -> BTreeSet<PathBuf> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
