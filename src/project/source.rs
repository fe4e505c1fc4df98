//! Reads texts of the project, each file once.

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::project::Project;
use crate::project::files;
use std::path::Path;

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
