//! Changes the user's own list of trusted projects.

use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::delivery::file::FileReaders;
use crate::project::trust;
use crate::project::{Project, files};

/// A change of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustChange {
    /// The project is trusted.
    Add,
    /// It is not trusted.
    Remove,
}

/// Adds the project of a folder to the list, or removes it; returns its folder and the list's file. Absent if no folder
/// for the list is known.
///
/// # Errors
///
/// The folder is not in a project, or the list cannot be read or written.
pub fn change(folder: &Path, change: TrustChange) -> Result<Option<(PathBuf, PathBuf)>, Error> {
    let Some(list) = trust::list_file() else { return Ok(None) };
    let root = Project::find(None, folder)?.root;
    let real = fs::canonicalize(&root).map_err(|source| Error::Read { path: root, source })?;
    let mut folders = trust::listed()?;
    folders.retain(|listed| *listed != real);
    if change == TrustChange::Add {
        folders.push(real.clone());
    }
    let lines: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    files::write(&list, (lines.join("\n") + "\n").as_bytes(), FileReaders::Owner)?;
    Ok(Some((real, list)))
}
