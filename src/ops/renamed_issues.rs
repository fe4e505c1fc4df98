//! Finds public issues that were sent under another name: letters link to the page of that name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::front_matter::Archive;
use crate::issue::{Issue, IssueId};
use crate::ops::receipts;
use crate::project::Project;
use crate::project::receipt::Receipt;

const RENAMED: Code = Code("NL793");

/// Reports those of some issues that are public and whose text has a receipt under a name that no issue has any more.
///
/// # Errors
///
/// The folder of the issues or that of the receipts cannot be read. An issue that cannot be read itself is skipped.
pub(crate) fn check(project: &Project, checked: &[PathBuf]) -> Result<Diagnostics, Error> {
    let lost = lost_receipts(project)?;
    let mut diagnostics = Diagnostics::new();
    if lost.is_empty() {
        return Ok(diagnostics);
    }
    for path in checked {
        let Some(issue) = project.issue(path).ok().and_then(|files| files.issue) else { continue };
        if issue.front.archive.as_ref().is_none_or(|archive| archive.value != Archive::Public) {
            continue;
        }
        let content = receipts::identity(project, path).ok().and_then(|known| known.content);
        if let Some(receipt) = lost.iter().find(|receipt| content.is_some() && receipt.content == content) {
            diagnostics.push(renamed(&issue, &receipt.issue));
        }
    }
    Ok(diagnostics)
}

/// Whether an issue was sent, by its receipt, and no issue of the project has its name any more.
///
/// # Errors
///
/// As for [`check`].
pub(crate) fn is_lost(project: &Project, id: &IssueId) -> Result<bool, Error> {
    Ok(lost_receipts(project)?.iter().any(|receipt| receipt.issue == *id))
}

/// The receipts of issues that the project does not have under their names.
fn lost_receipts(project: &Project) -> Result<Vec<Receipt>, Error> {
    // Problems of other receipts are reported by `check` and when sending.
    let (mut receipts, _) = project.receipts()?;
    let ids: BTreeSet<IssueId> = project.issues()?.iter().map(|path| id_at(project, path)).collect();
    receipts.retain(|receipt| !ids.contains(&receipt.issue) && !project.is_foreign(receipt));
    Ok(receipts)
}

/// The id of the issue at a path. One that cannot be read, or that has errors in its front matter, has the name of its file.
pub(crate) fn id_at(project: &Project, path: &Path) -> IssueId {
    let issue = project.issue(path).ok().and_then(|files| files.issue);
    let name = || path.strip_prefix(project.root()).unwrap_or(path).to_string_lossy().replace('\\', "/");
    issue.map_or_else(|| IssueId::of_path(&name()), |issue| issue.id)
}

fn renamed(issue: &Issue, sent: &IssueId) -> Diagnostic {
    let message = message!(
        "this text was sent as {sent}, and the letters link to the page of that name",
        "teksten er sendt som {sent}, og mailene linker til siden med det navn"
    );
    let is_file = sent.as_str().contains(['/', '.']);
    let hint = if is_file {
        message!("rename the file back to {sent}", "omdøb filen tilbage til {sent}")
    } else {
        message!("write in the front matter: slug: {sent}", "skriv i front matter: slug: {sent}")
    };
    Diagnostic::error(RENAMED, message).at(issue.source.line(1)).hint(hint)
}
