//! Writes the files of a new project; existing ones are not changed.

use std::io::Write;
use std::path::Path;

use crate::base::error::Error;
use crate::base::secret::Secret;
use crate::delivery::file::{Durability, ExistingFile, FileReaders, WholeFile};
use crate::ops::new_project::{self, GIT_IGNORES, NewFile, PASSWORD_FILE};
use crate::project::files;

/// The result of writing a file of a new project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewFileState {
    /// It was created.
    Created,
    /// It existed, and is unchanged.
    Kept,
    /// It existed, and got more lines at its end.
    Extended,
}

/// Refuses a folder in which no file can be created, before anything is asked.
///
/// # Errors
///
/// It cannot be written to, or is not a folder.
pub fn check(folder: &Path) -> Result<(), Error> {
    let here = |path: &Path| if path.as_os_str().is_empty() { Path::new(".").to_owned() } else { path.to_owned() };
    let Some(existing) = folder.ancestors().map(here).find(|path| path.exists()) else { return Ok(()) };
    // Dropping the file removes it.
    let path = existing.join(".newsletter-init");
    match WholeFile::create(&path, FileReaders::Owner, ExistingFile::Kept, Durability::Unflushed) {
        Ok(_) => Ok(()),
        Err(source) => Err(Error::Write { path: folder.to_owned(), source }),
    }
}

/// Creates a file unless there is one.
///
/// # Errors
///
/// It cannot be written.
pub fn write(folder: &Path, file: &NewFile) -> Result<NewFileState, Error> {
    kept_if_there(files::write_new(&folder.join(file.path), &file.text))
}

fn kept_if_there(written: Result<(), Error>) -> Result<NewFileState, Error> {
    match written {
        Ok(()) => Ok(NewFileState::Created),
        Err(Error::Exists { .. }) => Ok(NewFileState::Kept),
        Err(error) => Err(error),
    }
}

/// Keeps state and personal data out of Git: creates `.gitignore`, or adds the lines that it lacks.
///
/// # Errors
///
/// It cannot be read or written.
pub fn write_git_ignores(folder: &Path) -> Result<NewFileState, Error> {
    let path = folder.join(".gitignore");
    if !path.exists() {
        return kept_if_there(files::write_new(&path, GIT_IGNORES));
    }
    let own = files::read_source(folder, &path)?;
    match new_project::with_git_ignores(own.text()) {
        Some(text) => files::write(&path, text.as_bytes(), FileReaders::Everyone).map(|()| NewFileState::Extended),
        None => Ok(NewFileState::Kept),
    }
}

/// Writes the password of the relay to its file, which only its owner can read.
///
/// # Errors
///
/// It cannot be written.
pub fn write_password(folder: &Path, password: &Secret) -> Result<NewFileState, Error> {
    let path = folder.join(PASSWORD_FILE);
    let failed = |source| Error::Write { path: path.clone(), source };
    kept_if_there(
        files::create_private(&path).and_then(|mut file| {
            file.write_all(password.reveal().as_bytes()).and_then(|()| file.finish()).map_err(failed)
        }),
    )
}
