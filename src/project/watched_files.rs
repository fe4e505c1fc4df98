//! Detects changes of the files that an issue is made from.
//!
//! It polls: the operating system's events do not report changes by other machines on SMB or NFS, and editors save in
//! ways that cause different events (writing in place, renaming a new file, deleting first).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::project::{LoadedProject, Project, SETTINGS_FILE};

/// The metadata of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileStamp {
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// Absent for a folder, whose size has no meaning.
    size: Option<u64>,
    /// It changes if an editor saves by renaming.
    inode: u64,
}

impl FileStamp {
    /// The metadata of the file that a path leads to; absent: the file is missing or cannot be accessed.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            size: metadata.is_file().then(|| metadata.size()),
            inode: metadata.ino(),
        })
    }
}

/// Files and folders with their metadata at the last check.
#[derive(Clone, Debug, Default)]
pub struct WatchedFiles {
    stamps: BTreeMap<PathBuf, Option<FileStamp>>,
}

impl WatchedFiles {
    /// Whether any of them was changed, created or deleted since the last check.
    pub fn have_changed(&mut self) -> bool {
        let mut have_changed = false;
        for (path, known) in &mut self.stamps {
            let now = FileStamp::of(path);
            have_changed |= *known != now;
            *known = now;
        }
        have_changed
    }

    /// Watches these from now on, and no others. The stored metadata of files that were watched before is kept, so that
    /// a change while a file was read is noticed.
    pub fn watch(&mut self, paths: BTreeSet<PathBuf>) {
        let known = std::mem::take(&mut self.stamps);
        self.stamps = paths
            .into_iter()
            .map(|path| {
                let stamp = known.get(&path).copied().unwrap_or_else(|| FileStamp::of(&path));
                (path, stamp)
            })
            .collect();
    }
}

impl Project {
    /// Reads the project again, as it is on disk now, with the same trust.
    ///
    /// # Errors
    ///
    /// Its settings cannot be read.
    pub fn read_again(&self) -> Result<LoadedProject, Error> {
        let loaded = Self::find(Some(self.root()), self.root())?;
        let project = loaded.project.map(|project| Self {
            people_from: self.people_from.clone(),
            missing_lists: self.missing_lists,
            trusted_lists: self.trusted_lists.clone(),
            ..project.with_trust(self.trust, self.unread)
        });
        Ok(LoadedProject { project, ..loaded })
    }

    /// Whether it may start commands and log in to servers: to send a test, a relay's password is needed.
    pub fn may_send(&self) -> bool {
        self.may_act()
    }

    /// Every file that was read so far or was missing, and the folders between it and the project's own: a new file in one of
    /// them may be one that is used, such as a translation or a part of the theme.
    pub fn used_files(&self) -> BTreeSet<PathBuf> {
        let mut used = self.files.asked();
        used.insert(self.root().join(SETTINGS_FILE));
        let folders = used.iter().flat_map(|file| file.ancestors().skip(1));
        let folders: BTreeSet<PathBuf> =
            folders.filter(|folder| folder.starts_with(self.root())).map(Path::to_owned).collect();
        used.extend(folders);
        used
    }
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn every_way_to_save_is_noticed_once() {
        let folder = env::temp_dir().join(format!("newsletter-watched-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| folder.join(name);
        fs::write(file("a.md"), "one").unwrap();
        let mut watched = WatchedFiles::default();
        watched.watch([file("a.md"), file("missing.png"), folder.clone()].into());
        assert!(!watched.have_changed());
        fs::write(file("a.md"), "longer").unwrap();
        assert!([watched.have_changed(), watched.have_changed()] == [true, false], "written in place");
        let modified = fs::metadata(file("a.md")).unwrap().modified().unwrap();
        fs::write(file("b.md"), "LONGER").unwrap();
        fs::File::options().write(true).open(file("b.md")).unwrap().set_modified(modified).unwrap();
        fs::rename(file("b.md"), file("a.md")).unwrap();
        assert!([watched.have_changed(), watched.have_changed()] == [true, false], "renamed, same size and time");
        fs::remove_file(file("a.md")).unwrap();
        assert!([watched.have_changed(), watched.have_changed()] == [true, false], "deleted");
        fs::write(file("missing.png"), "").unwrap();
        assert!([watched.have_changed(), watched.have_changed()] == [true, false], "came");
        fs::write(file("missing.png"), "x").unwrap();
        watched.watch([file("missing.png"), file("a.md")].into());
        assert!(watched.have_changed(), "what was known of it is kept");
        fs::remove_dir_all(&folder).unwrap();
    }
}
