//! The two versions of an issue that are compared: files of today, or a Git revision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::message::Message;
use crate::base::source::diagnostic::Diagnostics;
use crate::ops::diff::editions::IssueVersion;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::Project;
use crate::project::access;
use crate::project::revision::Revision;

/// Where a version of the issue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionSource {
    /// A file on disk.
    File(PathBuf),
    /// A Git revision, and the issue's path in the project or the repository.
    Revision {
        /// The revision, such as `HEAD~1`.
        revision: String,
        /// The path.
        path: String,
    },
}

/// Parses two versions: each is a file, `REVISION:PATH`, or a revision of the file that is the other version. Absent if
/// neither names an issue.
///
/// # Errors
///
/// An issue cannot be read.
pub fn parse_versions(project: &Project, typed: [&str; 2]) -> Result<Option<[VersionSource; 2]>, Error> {
    let files = typed.map(|text| Some(project.issue_path(Path::new(text))).filter(|path| path.is_file()));
    let path = match files.iter().flatten().next() {
        Some(path) => Some(project.issue(path)?.source.path().to_string()),
        None => None,
    };
    let source = |file: &Option<PathBuf>, text: &str| match (file, text.split_once(':'), &path) {
        (Some(file), _, _) => Some(VersionSource::File(file.clone())),
        (None, Some((revision, path)), _) => {
            Some(VersionSource::Revision { revision: revision.to_owned(), path: path.to_owned() })
        }
        (None, None, Some(path)) => Some(VersionSource::Revision { revision: text.to_owned(), path: path.clone() }),
        (None, None, None) => None,
    };
    let [first, second] = &files;
    Ok(source(first, typed[0]).zip(source(second, typed[1])).map(<[_; 2]>::from))
}

/// Why a version cannot be compared.
#[derive(Debug)]
pub enum VersionError {
    /// Neither an issue nor a revision that Git knows of this project.
    Unknown,
    /// newsletter.yaml of the revision has errors.
    Settings(Diagnostics),
    /// The revision does not have this path.
    NoSuchPath {
        /// The path.
        path: String,
        /// The revision.
        revision: String,
    },
    /// The issue has errors.
    Issue {
        /// The version.
        label: Box<Message>,
        /// Its errors.
        diagnostics: Diagnostics,
    },
    /// A file cannot be read.
    Failed(Error),
}

impl From<Error> for VersionError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A version that was read.
pub struct ReadVersion {
    /// What its recipients get.
    pub version: IssueVersion,
    /// Lists that the revision does not have: the current ones were used.
    pub current_lists: Vec<String>,
    /// The lists that were not read, since the project is not trusted.
    pub unread_lists: Diagnostics,
}

/// Reads one version of an issue; `label` is how a file was typed.
///
/// # Errors
///
/// The version does not exist, or has errors.
pub fn read_version(project: &Project, source: &VersionSource, label: &str) -> Result<ReadVersion, VersionError> {
    let (revision, path) = match source {
        VersionSource::File(path) => {
            let (version, unread_lists) = prepare(project, path, label)?;
            return Ok(ReadVersion { version, current_lists: Vec::new(), unread_lists });
        }
        VersionSource::Revision { revision, path } => (revision, path),
    };
    let files = Revision::check_out(project, revision)?.ok_or(VersionError::Unknown)?;
    let loaded = files.project(project)?;
    let former = loaded.project.ok_or(VersionError::Settings(loaded.diagnostics))?;
    let missing = || VersionError::NoSuchPath { path: path.clone(), revision: revision.clone() };
    let file = find_below(former.root(), path).ok_or_else(missing)?;
    let current_lists = current_lists(&former)?;
    let (version, unread_lists) = prepare(&former, &file, &format!("{revision}:{path}"))?;
    Ok(ReadVersion { version, current_lists, unread_lists })
}

/// The lists that are not in the revision. Lists are seldom in Git, so both versions usually have the current people.
fn current_lists(former: &Project) -> Result<Vec<String>, Error> {
    let (audiences, _) = former.audiences()?;
    let lists: BTreeSet<&str> = audiences.iter().filter_map(|audience| audience.list_source()?.value.path()).collect();
    Ok(lists.into_iter().filter(|list| !former.root().join(list).exists()).map(str::to_owned).collect())
}

/// The file of a path that is relative to the project, or to the repository, whose top may be above it.
fn find_below(root: &Path, path: &str) -> Option<PathBuf> {
    let mut rest = Path::new(path).components();
    while rest.clone().next().is_some() {
        let file = root.join(rest.as_path());
        let file = if file.is_dir() { file.join("index.md") } else { file };
        if file.is_file() {
            return Some(file);
        }
        rest.next();
    }
    None
}

/// Compiles a version; also returns the warnings of lists that were not read.
fn prepare(project: &Project, path: &Path, label: &str) -> Result<(IssueVersion, Diagnostics), VersionError> {
    let failed = |diagnostics| VersionError::Issue { label: Box::new(Message::verbatim(label)), diagnostics };
    let (prepared, diagnostics) = PreparedIssue::of(project, path)?;
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else { return Err(failed(diagnostics)) };
    let unread = diagnostics.into_iter().filter(access::is_unread_list).collect();
    let readers = prepared.selection.recipients();
    let readers = readers.map(|recipient| Ok((recipient.person()?.address.to_string(), recipient.edition().id())));
    let readers = readers.collect::<Result<_, Error>>()?;
    Ok((IssueVersion::of(prepared, label, readers).map_err(failed)?, unread))
}
