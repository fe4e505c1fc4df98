//! Prevents an export from replacing the files of another issue, and finds the files of issues that are gone.

use crate::issue::IssueId;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::renamed_issues;
use crate::project::Project;
use crate::project::export_folder::ExportFolder;
use crate::publish::written_files::{ExportOwner, ExportPart};

/// Checks that no file of these parts belongs to another issue. An issue whose file is gone or renamed owns no files.
///
/// # Errors
///
/// A file does; or the folder of the issues cannot be read.
pub fn check(project: &Project, folder: &ExportFolder, parts: &[ExportPart]) -> Result<(), Blocked> {
    let others = folder.of_other_issues(parts);
    let Some(issue) = parts.iter().find_map(|part| part.owner.issue.clone()) else { return Ok(()) };
    for (file, other) in others {
        if exists(project, &other)? {
            return Err(GuardFailure::FileOfOtherIssue { file, issue, other }.into());
        }
    }
    Ok(())
}

/// The files in a folder that earlier exports of the same channel wrote for issues that the project does not have any more.
///
/// # Errors
///
/// The folder of the issues cannot be read.
pub fn gone(
    project: &Project,
    folder: &ExportFolder,
    parts: &[ExportPart],
) -> Result<Vec<(IssueId, Vec<String>)>, Blocked> {
    let is_same_channel = |owner: &ExportOwner| parts.iter().any(|part| part.owner.channel == owner.channel);
    let mut gone = Vec::new();
    for owner in folder.owners().filter(|owner| is_same_channel(owner)) {
        let files = folder.files_of(owner);
        if let Some(issue) = owner.issue.as_ref().filter(|_| !files.is_empty())
            && !exists(project, issue)?
        {
            gone.push((issue.clone(), files));
        }
    }
    Ok(gone)
}

/// Whether an issue of the project has this id.
fn exists(project: &Project, id: &IssueId) -> Result<bool, Blocked> {
    let own = project.root().join(id.as_str());
    let mut paths = project.issues()?.into_iter().chain(own.is_file().then_some(own));
    Ok(paths.any(|path| renamed_issues::id_at(project, &path) == *id))
}
