//! Copies the pictures and attachments of an issue that has its own folder.

use std::fs;
use std::path::Path;

use crate::base::error::Error;
use crate::project::Project;
use crate::project::files;

impl Project {
    /// Copies the files of a folder and of those in it to a new folder, except for texts, hidden files, links, and files
    /// that must not be sent.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub(crate) fn copy_files(&self, from: &Path, to: &Path) -> Result<(), Error> {
        for path in files::entries(from)? {
            let failed = |source| Error::Read { path: path.clone(), source };
            let kind = fs::symlink_metadata(&path).map_err(failed)?.file_type();
            let (Some(name), real) = (path.file_name(), fs::canonicalize(&path).map_err(failed)?) else { continue };
            let is_text = path.extension().is_some_and(|extension| extension == "md");
            if kind.is_dir() && !to.starts_with(&path) {
                self.copy_files(&path, &to.join(name))?;
            } else if kind.is_file() && !is_text && !self.private_files().contains(&real) {
                files::write_new(&to.join(name), &files::read(&path)?)?;
            }
        }
        Ok(())
    }
}
