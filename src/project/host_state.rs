//! The folders in which this host keeps data about projects outside of the projects.

use std::env;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The program's folders for state: that of the systemd service, and that of the user. Both are used, since the service and its
/// administrator send from one project.
pub(super) fn folders() -> Vec<PathBuf> {
    // The XDG Base Directory Specification ignores relative paths.
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    // systemd.exec(5): several folders are separated by colons.
    let service = env::var("STATE_DIRECTORY").ok();
    let service = service.and_then(|folders| folders.split(':').next().map(PathBuf::from)).and_then(absolute);
    // A home that does not exist belongs to a user without one, such as `nobody`.
    let state = || env::var_os("XDG_STATE_HOME").map(PathBuf::from).and_then(absolute);
    let home = || env::var_os("HOME").map(PathBuf::from).and_then(absolute).filter(|home| home.is_dir());
    let home = || home().map(|home| home.join(".local/state"));
    let user =
        state().or_else(home).map(|folder| folder.join("newsletter")).filter(|user| service.as_ref() != Some(user));
    service.into_iter().chain(user).collect()
}

/// Whether a folder exists or can probably be created, without creating it.
pub(super) fn is_usable(folder: &Path) -> bool {
    let existing = folder.ancestors().find_map(|path| fs::metadata(path).ok());
    let Some(existing) = existing.filter(Metadata::is_dir) else { return false };
    // proc(5): the folder of a process belongs to the user it acts as.
    let Ok(own) = fs::metadata("/proc/self") else { return true };
    let is_owner = existing.uid() == own.uid() && existing.mode() & 0o200 != 0;
    own.uid() == 0 || is_owner || existing.mode() & 0o022 != 0
}
