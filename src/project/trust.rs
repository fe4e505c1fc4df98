//! Whether a project may act: start commands, log in to servers, and use files outside its folder.
//!
//! A project is text that others wrote: a pull request, a branch, a folder from a mail. Reading it must not run
//! commands from it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;

/// Whether a project may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It may, with everything that belongs to it: an operator sends it, or passed `--trust`.
    Given,
    /// It may as it is now, since its folder is on the user's list; its other revisions may not.
    Listed,
    /// It may not.
    Withheld,
}

/// The user's own list of trusted projects: one folder per line, as in Git's `safe.directory`. Absent without a home.
pub fn list_file() -> Option<PathBuf> {
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    // The XDG Base Directory Specification ignores relative paths.
    let config = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).and_then(absolute);
    let home = || env::var_os("HOME").map(PathBuf::from).and_then(absolute).map(|home| home.join(".config"));
    config.or_else(home).map(|folder| folder.join("newsletter").join("trusted"))
}

/// The folders on that list.
///
/// # Errors
///
/// The list exists and cannot be read.
pub fn listed() -> Result<Vec<PathBuf>, Error> {
    let Some(path) = list_file() else { return Ok(Vec::new()) };
    match fs::read_to_string(&path) {
        Ok(text) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            Ok(lines.map(PathBuf::from).collect())
        }
        // A home without that folder, or a missing home, as a service's user has.
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(source) => Err(Error::Read { path, source }),
    }
}

/// Whether the user has put a folder on that list.
///
/// # Errors
///
/// As for [`listed`].
pub fn is_listed(root: &Path) -> Result<bool, Error> {
    let Ok(root) = fs::canonicalize(root) else { return Ok(false) };
    Ok(listed()?.iter().any(|folder| fs::canonicalize(folder).is_ok_and(|folder| folder == root)))
}
