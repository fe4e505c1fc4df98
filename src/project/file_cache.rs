//! Reads each of the project's files once, so that no command sees two states of a file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::project::files;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct FileCache {
    contents: Mutex<BTreeMap<PathBuf, Arc<[u8]>>>,
}

impl FileCache {
    /// The content of a regular file, as it was when it was first asked for.
    pub(super) fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        // A thread that panics leaves the map whole: an entry is inserted in one step.
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = contents.get(path) {
            return Ok(Arc::clone(content));
        }
        let content: Arc<[u8]> = files::read_regular(path)?.into();
        contents.insert(path.to_owned(), Arc::clone(&content));
        Ok(content)
    }
}
