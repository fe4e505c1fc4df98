//! The last approved version, with which an issue is compared by default.

use std::path::Path;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::text::Source;
use crate::ops::diff::editions::IssueVersion;
use crate::ops::diff::text::{self, DiffLine};
use crate::ops::diff::versions::{ReadVersion, VersionError, VersionSource, read_version};
use crate::ops::ledgers;
use crate::ops::text::local_time;
use crate::project::approval_file::{Approval, ApprovalFile, FoundApprovals, line_range};
use crate::project::{Project, approved_part, files};

/// The first digits of a commit's name, which is how people know it.
const SHORT_COMMIT: usize = 10;

/// What was approved last.
pub struct ApprovedVersion {
    /// A line that says who approved it, and when.
    pub line: Message,
    /// The version.
    pub found: FoundVersion,
    file: ApprovalFile,
}

/// Whether Git still has what was approved.
pub enum FoundVersion {
    /// It has.
    Whole {
        /// What its recipients get.
        read: Box<ReadVersion>,
        /// The commit.
        commit: String,
    },
    /// It does not: only the digests of the files are known. The reason, for people.
    Digests(Message),
}

/// How a file has changed since it was approved.
pub struct SourceChange {
    /// Its path.
    pub path: String,
    /// The lines that differ, of a text; none of another file, and where only the permissions or people differ.
    pub lines: Vec<DiffLine>,
}

impl ApprovedVersion {
    /// The files that have changed since, by their paths.
    pub fn changed(&self, now: &IssueVersion) -> Vec<String> {
        now.changed_since(&self.file.files)
    }

    /// What has changed in the files since; people and passwords are left out.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn source_changes(
        &self,
        project: &Project,
        commit: &str,
        now: &IssueVersion,
    ) -> Result<Vec<SourceChange>, Error> {
        let change = |path: String| {
            let before = project.file_at(commit, &path);
            let place = project.root().join(&path);
            let after = if place.is_file() { Some(files::read(&place)?) } else { None };
            let part = |bytes: Option<Vec<u8>>| match bytes.map(String::from_utf8) {
                None => Some(String::new()),
                Some(Ok(text)) if !text.contains('\0') => Some(approved_part(&Source::new(path.clone(), text))),
                Some(_) => None,
            };
            let lines = match (part(before), part(after)) {
                (Some(before), Some(after)) => text::source(&before, &after),
                _ => Vec::new(),
            };
            Ok(SourceChange { path, lines })
        };
        self.changed(now).into_iter().map(change).collect()
    }
}

/// The last approved version of the issue at a path; absent if it was never approved.
///
/// # Errors
///
/// Its approvals cannot be used, or a file cannot be read.
pub fn approved_version(project: &Project, path: &Path) -> Result<Option<ApprovedVersion>, VersionError> {
    let issue = ledgers::issue_id(project, path)?;
    let (source, file) = match project.approvals(&issue)? {
        FoundApprovals::Valid { source, file } => (source, file),
        FoundApprovals::Missing => return Ok(None),
        FoundApprovals::Invalid(problem) => {
            let diagnostics = [*problem].into_iter().collect();
            return Err(VersionError::Issue {
                label: Box::new(message!("its approvals", "dets godkendelser")),
                diagnostics,
            });
        }
    };
    let Some(last) = file.last() else { return Ok(None) };
    let at = local_time(last.at, &project.settings().timezone);
    let line = message!("approved by {} on {at}", "godkendt af {} {at}", last.by);
    let path = project.issue(path)?.source.path().to_string();
    let mut found = None;
    for commit in commits(project, &source, last) {
        let revision = commit.get(..SHORT_COMMIT).unwrap_or(&commit);
        let revision = VersionSource::Revision { revision: revision.to_owned(), path: path.clone() };
        let read = read_version(project, &revision, &path).ok().filter(|read| read.version.digest() == file.digest);
        if let Some(read) = read.map(Box::new) {
            found = Some(FoundVersion::Whole { read, commit });
            break;
        }
    }
    let found = found.unwrap_or_else(|| FoundVersion::Digests(missing(project, last)));
    Ok(Some(ApprovedVersion { line, found, file }))
}

/// The commits that may contain the approved version.
fn commits(project: &Project, source: &Source, approval: &Approval) -> Vec<String> {
    // An approval that was recorded before the issue was committed is in the same commit as the issue, or an earlier one.
    let lines = line_range(source.text(), &approval.lines());
    let recorded = lines.map(|lines| project.commits_of_lines(source.path(), lines).unwrap_or_default());
    let mut commits: Vec<String> = approval.commit.iter().cloned().chain(recorded.unwrap_or_default()).collect();
    if project.is_in_git() {
        commits.push("HEAD".to_owned());
    }
    commits.dedup();
    commits
}

/// Why Git does not have the approved version.
fn missing(project: &Project, approval: &Approval) -> Message {
    match &approval.commit {
        _ if !project.has_repository() => message!(
            "without a Git repository, nothing shows what it was",
            "uden et Git-repository kan ingen se, hvad det var"
        ),
        _ if !project.is_in_git() => message!(
            "Git is not installed, or refuses to read this repository",
            "Git er ikke installeret eller vil ikke læse dette repository"
        ),
        Some(commit) if !project.has_commit(commit) => {
            message!(
                "the commit that was approved is not in this copy; `git fetch --unshallow` may bring it",
                "den commit, der blev godkendt, er ikke i denne kopi; `git fetch --unshallow` henter den måske"
            )
        }
        Some(_) | None => message!(
            "Git does not have it as it was approved: not every file of it was committed",
            "Git har det ikke, som det blev godkendt: ikke alle filer var committet"
        ),
    }
}
