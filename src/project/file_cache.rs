//! The project's files, each read once: no command sees two states of a file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::project::Project;
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

impl Project {
    /// Reads a text, under its path in the project.
    pub(super) fn read_source(&self, path: &Path) -> Result<Source, Error> {
        let content = self.files.read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        files::source(self.root(), path, content.to_vec())
    }

    /// Reads a text that letters are made of, or that messages quote: not by a link that leads out of the project, since
    /// anyone who can put a link into Git could make others show any file of theirs.
    pub(super) fn read_own(&self, path: &Path) -> Result<Source, Error> {
        files::check_link(self.root(), path)?;
        self.read_source(path)
    }
}
