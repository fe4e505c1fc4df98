//! What has changed since an issue was last approved, whether or not approvals are required.

use jiff::Timestamp;

use crate::base::error::Error;
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::plan::changes;
use crate::project::Project;
use crate::project::approval_file::FoundApprovals;

/// The last approval of an issue, compared with the issue as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastApproval {
    /// Who approved.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The names of the files that have changed since.
    pub changed: Vec<String>,
}

/// The last approval of an issue; absent if it has none that can be read.
///
/// # Errors
///
/// A file cannot be read.
pub fn of(project: &Project, inputs: &IssueInputs<'_>) -> Result<Option<LastApproval>, Error> {
    let FoundApprovals::Valid { file, .. } = project.approvals(&inputs.issue.id)? else { return Ok(None) };
    Ok(file.last().map(|last| LastApproval {
        by: last.by.clone(),
        at: last.at,
        changed: changes(&file.files, &inputs.approved_files),
    }))
}
