//! A folder that exports write into, with the record of what they wrote there.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::message::message;
use crate::delivery::file::FileReaders;
use crate::issue::IssueId;
use crate::project::files;
use crate::publish::written_files::{
    ContentDigests, ExportOwner, ExportPart, ExportRecord, FileFate, FoundFile, KeptCause,
};

/// The record's name in the folder.
const RECORD: &str = ".newsletter-export.json";
/// The name of a web page in its folder.
const PAGE: &str = "index.html";

/// A folder that exports write into. Its files are written whole, and never through a link that leads out of it.
#[derive(Debug)]
pub struct ExportFolder {
    path: PathBuf,
    record: ExportRecord,
}

/// What an export did with the files of its folder, each by its path below the folder, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportedFiles {
    /// Written, since they are new or were changed by the export alone.
    pub written: Vec<String>,
    /// Not changed.
    pub unchanged: Vec<String>,
    /// Not written or removed, since a person created or changed them.
    pub kept: Vec<(String, KeptCause)>,
    /// Removed, since they are not exported any more.
    pub removed: Vec<String>,
    /// Of issues that the project does not have any more, with each issue.
    pub gone: Vec<(IssueId, Vec<String>)>,
}

impl ExportedFiles {
    /// Adds files that are kept for this reason, except for those that are kept already.
    pub fn keep(&mut self, names: Vec<String>, cause: KeptCause) {
        for name in names {
            if !self.kept.iter().any(|(kept, _)| *kept == name) {
                self.kept.push((name, cause));
            }
        }
    }
}

impl ExportFolder {
    /// Reads the record of a folder, which need not exist yet.
    ///
    /// # Errors
    ///
    /// It is not a folder, or its record cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if fs::metadata(path).is_ok_and(|found| !found.is_dir()) {
            let source = io::Error::new(
                io::ErrorKind::NotADirectory,
                message!(
                    "it is a file, and an export needs a folder",
                    "det er en fil, og en eksport skal have en mappe"
                ),
            );
            return Err(Error::Write { path: path.to_owned(), source });
        }
        let mut folder = Self { path: path.to_owned(), record: ExportRecord::default() };
        folder.check_link(RECORD)?;
        let file = path.join(RECORD);
        if file.exists() {
            let text = String::from_utf8_lossy(&files::read(&file)?).into_owned();
            let no_record = message!(
                "it is not the record of an export by this version: restore it, or delete it; then every file there that \
                 differs from the export is kept",
                "det er ikke oversigten over en eksport fra denne version: gendan den, eller slet den; så beholdes alle filer \
                 der, som er anderledes end eksporten"
            );
            let invalid = || Error::Read { path: file.clone(), source: io::Error::other(no_record) };
            folder.record = ExportRecord::parse(&text).ok_or_else(invalid)?;
        }
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everyone that has files in the folder, as earlier exports recorded.
    pub fn owners(&self) -> impl Iterator<Item = &ExportOwner> {
        self.record.owners().into_iter()
    }

    /// The files that some parts would replace and that an earlier export wrote for another issue, each with that issue.
    pub fn of_other_issues(&self, parts: &[ExportPart]) -> Vec<(PathBuf, IssueId)> {
        let found = self.record.of_other_issues(parts).into_iter().map(|(name, issue)| (self.path.join(name), issue));
        found.filter(|(path, _)| fs::symlink_metadata(path).is_ok()).collect()
    }

    /// The names of the files of an owner that are in the folder.
    pub fn files_of(&self, owner: &ExportOwner) -> Vec<String> {
        let part = ExportPart { owner: owner.clone(), files: Vec::new() };
        let mut names = Vec::from_iter(self.record.names(&[part]));
        names.retain(|name| self.path.join(name).is_file());
        names
    }

    /// The names of those of them that are pages.
    pub fn pages_of(&self, owner: &ExportOwner) -> Vec<String> {
        let mut names = self.files_of(owner);
        names.retain(|name| Path::new(name).ends_with(PAGE));
        names
    }

    /// The names of the pages in its folders, and in the folders of these, that the record does not have: `maj/index.html`,
    /// `maj/en/index.html`. Links are not followed, and folders with their own record are left out.
    pub fn unrecorded_pages(&self) -> Vec<String> {
        let mut pages = Vec::new();
        for folder in folders_of(&self.path) {
            pages.extend([folder.clone()].into_iter().chain(folders_of(&folder)).map(|folder| folder.join(PAGE)));
        }
        let name = |page: PathBuf| Some(page.strip_prefix(&self.path).ok()?.to_str()?.replace('\\', "/"));
        let is_file = |page: &PathBuf| fs::symlink_metadata(page).is_ok_and(|found| found.is_file());
        let mut names: Vec<String> = pages.into_iter().filter(is_file).filter_map(name).collect();
        names.retain(|name| !self.record.has(name));
        names.sort();
        names
    }

    /// Writes the files of some owners, and removes those that an earlier export wrote for them and that they no longer
    /// have. What a person changed or put there stays.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written, or a link leads out of the folder; then nothing was written.
    pub fn write(&mut self, parts: &[ExportPart]) -> Result<ExportedFiles, Error> {
        let mut found = BTreeMap::new();
        for name in self.record.names(parts) {
            self.check_link(&name)?;
            let state = self.found(&name)?;
            found.insert(name, state);
        }
        let fates = self.record.fates(parts, &found);
        let done = self.record.after(parts, &fates);
        // Before the files, so that the files of an export that is killed are recorded as its own.
        self.keep_record(self.record.before(parts, &fates))?;
        for file in parts.iter().flat_map(|part| &part.files) {
            if fates.get(&file.name) == Some(&FileFate::Written) {
                files::write(&self.path.join(&file.name), &file.bytes, FileReaders::Everyone)?;
            }
        }
        let mut exported = ExportedFiles::default();
        for (name, fate) in fates {
            match fate {
                FileFate::Written => exported.written.push(name),
                FileFate::Unchanged => exported.unchanged.push(name),
                FileFate::Kept(cause) => exported.kept.push((name, cause)),
                FileFate::Removed => {
                    self.remove(&name)?;
                    exported.removed.push(name);
                }
                FileFate::Gone => {}
            }
        }
        self.keep_record(done)?;
        Ok(exported)
    }

    fn found(&self, name: &str) -> Result<FoundFile, Error> {
        let path = self.path.join(name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => Ok(FoundFile::Regular(ContentDigests::of(&files::read(&path)?))),
            Ok(_) => Ok(FoundFile::Other),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(FoundFile::Absent)
            }
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    /// Refuses a link, the file itself or a folder above it, that leads out of the folder.
    fn check_link(&self, name: &str) -> Result<(), Error> {
        let path = self.path.join(name);
        if files::is_inside(&self.path, &path) { Ok(()) } else { Err(Error::LeadsOutOfExport { path }) }
    }

    /// Removes a file, and the folders above it that are empty then.
    fn remove(&self, name: &str) -> Result<(), Error> {
        files::remove(&self.path.join(name))?;
        for folder in Path::new(name).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            // It fails if the folder has other files, as intended.
            if fs::remove_dir(self.path.join(folder)).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn keep_record(&mut self, record: ExportRecord) -> Result<(), Error> {
        let file = self.path.join(RECORD);
        if record != self.record || !file.exists() {
            files::write(&file, record.text().as_bytes(), FileReaders::Everyone)?;
            self.record = record;
        }
        Ok(())
    }
}

/// The folders in a folder that have no record of their own, not those behind links; none where it cannot be read.
fn folders_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    folders.filter(|folder| !folder.join(RECORD).exists()).collect()
}
