//! Reads texts of the project, each file once.

use std::io;
use std::path::Path;

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::project::Project;
use crate::project::files;

impl Project {
    /// Reads a text, under its path in the project.
    pub(crate) fn read_source(&self, path: &Path) -> Result<Source, Error> {
        let content = self.files.read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        files::source(self.root(), path, content.to_vec())
    }

    /// Reads a small file below the project's folder; a link out of the project is refused.
    pub(crate) fn read_inside(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let path = self.root().join(path);
        files::check_link(self.root(), &path).map_err(io::Error::other)?;
        files::read_limited(&path, limit)
    }

    /// Reads a text that letters are made of, or that messages quote. A symbolic link out of the project is refused: anyone who
    /// commits one could make others publish their own files.
    pub(crate) fn read_own(&self, path: &Path) -> Result<Source, Error> {
        files::check_link(self.root(), path)?;
        self.read_source(path)
    }
}
