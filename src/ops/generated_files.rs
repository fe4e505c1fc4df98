//! Files that the program writes again when it is updated, such as its man pages. A file that it did not write is left as it is.

use std::fs;
use std::path::Path;

use crate::base::error::Error;
use crate::delivery::file::FileReaders;
use crate::project::files;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// Its name in the folder.
    pub name: String,
    /// Its text, which contains the mark by which it is recognised.
    pub text: String,
}

/// Writes files to a folder, which is created if necessary. Files with the mark in them are replaced.
///
/// # Errors
///
/// A file of one of the names exists without the mark, and nothing was written; or a file cannot be read or written.
pub fn write_all(folder: &Path, generated: &[OwnFile], mark: &str) -> Result<(), Error> {
    for file in generated {
        let path = folder.join(&file.name);
        if !path.exists() {
            continue;
        }
        let old = fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        if !String::from_utf8_lossy(&old).contains(mark) {
            return Err(Error::Exists { path });
        }
    }
    for file in generated {
        files::write(&folder.join(&file.name), file.text.as_bytes(), FileReaders::Everyone)?;
    }
    Ok(())
}
