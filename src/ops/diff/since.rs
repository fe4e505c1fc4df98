//! What has changed in a project since a Git revision, by the files as they are now, committed or not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::ops::diff::versions::VersionError;
use crate::project::revision::Revision;
use crate::project::{Project, SETTINGS_FILE, files};

/// The folders, besides that of the issues, whose files decide what readers get.
const FOLDERS: [&str; 3] = ["audiences", "snippets", "templates"];

/// A larger file is not compared: none is a part of a letter.
const LARGEST: u64 = 100_000_000;

/// What has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedFiles {
    /// The issues, by their paths.
    pub issues: Vec<ChangedIssue>,
    /// Other files that readers may notice, by their paths.
    pub others: Vec<String>,
}

/// An issue of which a file has changed: its own, that of a translation, or one in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedIssue {
    /// Its path in the project.
    pub path: String,
    /// What happened to it.
    pub change: IssueChange,
}

/// What happened to an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueChange {
    /// The revision does not have it.
    Added,
    /// Both have it.
    Edited,
    /// Only the revision has it.
    Removed,
}

/// Compares a project with a revision of it.
///
/// # Errors
///
/// The revision is unknown, or a file cannot be read.
pub fn changed_files(project: &Project, revision: &str) -> Result<ChangedFiles, VersionError> {
    if !Revision::exists(project, revision)? {
        return Err(VersionError::Unknown);
    }
    // The files exist as long as this value.
    let files = Revision::check_out(project, revision)?;
    let former = match files.as_ref().map(|files| files.project(project)) {
        Some(Ok(loaded)) => loaded.project,
        Some(Err(Error::NoProject { .. })) | None => None,
        Some(Err(error)) => return Err(error.into()),
    };
    // If there was no project, or its settings had errors, nothing could be sent.
    let Some(former) = former else {
        let added = |path: PathBuf| ChangedIssue { path: path.display().to_string(), change: IssueChange::Added };
        let issues = issues(project)?.into_iter().map(added).collect();
        return Ok(ChangedFiles { issues, others: vec![SETTINGS_FILE.to_owned()] });
    };
    let (old, new) = (issues(&former)?, issues(project)?);
    let mut changed = ChangedFiles::default();
    for path in old.union(&new) {
        let change = match (old.contains(path), new.contains(path)) {
            (true, false) => IssueChange::Removed,
            (false, _) => IssueChange::Added,
            (true, true) if same_files(former.root(), project.root(), path)? => continue,
            (true, true) => IssueChange::Edited,
        };
        changed.issues.push(ChangedIssue { path: path.display().to_string(), change });
    }
    let mut others = BTreeSet::from([PathBuf::from(SETTINGS_FILE)]);
    for root in [former.root(), project.root()] {
        for folder in FOLDERS {
            add_files(root, Path::new(folder), &mut others)?;
        }
    }
    let differs = |path: &&PathBuf| content(former.root(), path) != content(project.root(), path);
    changed.others = others.iter().filter(differs).map(|path| path.display().to_string()).collect();
    Ok(changed)
}

/// The issues by their paths in the project.
fn issues(project: &Project) -> Result<BTreeSet<PathBuf>, Error> {
    let issues = project.issues()?;
    Ok(issues.iter().map(|path| path.strip_prefix(project.root()).unwrap_or(path).to_owned()).collect())
}

/// Whether the files of an issue are the same in two copies.
fn same_files(one: &Path, other: &Path, issue: &Path) -> Result<bool, Error> {
    let mut own = BTreeSet::new();
    for root in [one, other] {
        own_files(root, issue, &mut own)?;
    }
    Ok(own.iter().all(|path| content(one, path) == content(other, path)))
}

/// Adds the files of an issue: of `issues/maj/index.md` those of its folder, of `issues/maj.md` also its translations.
fn own_files(root: &Path, issue: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    let folder = issue.parent().unwrap_or(Path::new(""));
    if issue.file_name().is_some_and(|name| name == "index.md") {
        return add_files(root, folder, found);
    }
    let stem = format!("{}.", issue.file_stem().unwrap_or_default().to_string_lossy());
    for path in entries(&root.join(folder))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&stem) && name.ends_with(".md") {
            found.insert(folder.join(&*name));
        }
    }
    Ok(())
}

/// Adds the files of a folder and those below it. Links are files.
fn add_files(root: &Path, folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    for path in entries(&root.join(folder))? {
        let inner = folder.join(path.file_name().unwrap_or_default());
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if is_folder {
            add_files(root, &inner, found)?;
        } else {
            found.insert(inner);
        }
    }
    Ok(())
}

/// What is in a folder; nothing if it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if folder.is_dir() { files::entries(folder) } else { Ok(Vec::new()) }
}

/// The content of a file, or the target of a link; `None` for anything else.
fn content(root: &Path, path: &Path) -> Option<Vec<u8>> {
    let path = root.join(path);
    match fs::read_link(&path) {
        Ok(target) => Some(target.into_os_string().into_encoded_bytes()),
        Err(_) => files::read_limited(&path, LARGEST).ok(),
    }
}
