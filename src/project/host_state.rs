//! The folders in which this host keeps data about projects outside of the projects.

use std::env;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::delivery::file_owner::current_user;

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

/// The folders for state of the program's systemd services that this user owns (systemd.exec(5), `StateDirectory`): in a shell, no
/// variable names them.
pub(super) fn service_folders() -> Vec<PathBuf> {
    service_folders_in(Path::new("/var/lib"))
}

fn service_folders_in(folder: &Path) -> Vec<PathBuf> {
    let Some(own) = current_user() else { return Vec::new() };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.split('-').next() == Some("newsletter")
            && fs::metadata(path).is_ok_and(|folder| folder.is_dir() && folder.uid() == own)
    };
    entries.map(|entry| entry.path()).filter(is_ours).collect()
}

/// Whether a folder exists or can probably be created, without creating it.
pub(super) fn is_usable(folder: &Path) -> bool {
    let existing = folder.ancestors().find_map(|path| fs::metadata(path).ok());
    let Some(existing) = existing.filter(Metadata::is_dir) else { return false };
    let Some(own) = current_user() else { return true };
    let is_owner = existing.uid() == own && existing.mode() & 0o200 != 0;
    own == 0 || is_owner || existing.mode() & 0o022 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_services_are_found_by_name() {
        let folder = env::temp_dir().join(format!("newsletter-host-state-{}", std::process::id()));
        for name in ["newsletter", "newsletter-anna", "newsletters", "other"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let mut found = service_folders_in(&folder);
        found.sort();
        assert_eq!(found, ["newsletter", "newsletter-anna"].map(|name| folder.join(name)));
        assert_eq!(service_folders_in(&folder.join("missing")), Vec::<PathBuf>::new());
        fs::remove_dir_all(folder).unwrap();
    }
}
