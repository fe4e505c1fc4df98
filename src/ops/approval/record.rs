//! Records that a person approves an issue.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::delivery::ledger;
use crate::letter::approval_code::{ApprovalCode, content_digest};
use crate::letter::plan::TransportKind;
use crate::ops::approval::gate;
use crate::ops::approval::people::have_same;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::compose::sample_leaks;
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::plan::{self, PlanContext, ReplanPolicy, SendGuards};
use crate::ops::plan_overview::{SendPart, SettledAddresses};
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::Project;
use crate::project::approval_file::{Approval, ApprovalFile, ApprovalMethod, UNKNOWN_RECORDER};
use crate::project::git_history::GitPerson;

/// What was typed for an approval.
#[derive(Clone, Debug)]
pub struct ApprovalRequest {
    /// The issue.
    pub typed: String,
    /// The person who said that they approve; absent: the user of this copy.
    pub by: Option<String>,
    /// The code that they read in a test mail or the preview.
    pub code: Option<String>,
}

/// An approval that can be written.
#[derive(Debug)]
pub struct NewApproval {
    /// The file with it.
    file: ApprovalFile,
    /// The person.
    pub by: GitPerson,
    /// Who records it for them; absent: they record it themselves, or the project is not in Git.
    pub recorded_by: Option<String>,
    /// The code of what they approve.
    pub code: ApprovalCode,
    /// The recipients per audience; absent: the lists of people are not here.
    pub recipients: Option<BTreeMap<String, u64>>,
    /// The warnings of the letters.
    pub warnings: Diagnostics,
    /// Whether the author of the issue is known, so that it is certain that the person is another one.
    pub author: AuthorKnowledge,
    /// Whether the person has approved the same before.
    pub state: ApprovalState,
}

/// Whether the author of an issue is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorKnowledge {
    /// Git knows who made the last change.
    Known,
    /// The project is not in Git.
    Unknown,
}

/// Whether an approval is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// It is.
    New,
    /// The same person has approved the same before.
    Known,
}

/// Checks an issue as `send` does, and that a person may approve it.
///
/// # Errors
///
/// `send` would stop, the code is that of another version, or the person may not approve.
pub fn prepare(
    project: &Project,
    prepared: PreparedIssue<'_>,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<NewApproval, Blocked> {
    plan::check_sendable(project, &prepared.inputs.issue, now)?;
    let digest = content_digest(&prepared.inputs.approved_files);
    let code = ApprovalCode::of(&digest);
    check_code(request, &code, &prepared.inputs)?;
    let Approver { person: by, how, recorded_by } = approver(project, request)?;
    let refused = |problem: Box<Diagnostic>| Blocked::Diagnostics([*problem].into_iter().collect());
    let authors = gate::authors(project, &prepared.inputs).map_err(refused)?;
    let rule = project.settings().sending.approval.clone().unwrap_or_default();
    gate::check_person(project, &by, &rule, &authors).map_err(refused)?;
    if recorded_by.is_some() && request.code.is_none() {
        return Err(GuardFailure::CodeMissing { typed: request.typed.clone(), by: by.name }.into());
    }
    let former = gate::approvals_to_extend(project, &prepared.inputs)?;
    let (issue, files) = (prepared.inputs.issue.id.clone(), prepared.inputs.approved_files.clone());
    let commit = committed_in(project, &prepared.inputs);
    let (recipients, warnings) = count_recipients(project, prepared, request, now)?;
    let approval = Approval {
        by: by.name.clone(),
        email: Some(by.email.clone()).filter(|email| !email.is_empty()),
        at: now.round(jiff::Unit::Second).unwrap_or(now),
        how,
        recorded_by: recorded_by.clone(),
        author: Some(authors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            .filter(|all| !all.is_empty()),
        digest: digest.clone(),
        commit,
        recipients: recipients.clone(),
    };
    let mut file =
        ApprovalFile { issue, digest, files, approvals: former.map(|file| file.approvals).unwrap_or_default() };
    let state = if gate::is_known(project, &file, &approval) { ApprovalState::Known } else { ApprovalState::New };
    if state == ApprovalState::New {
        file.approvals.push(approval);
    }
    let author = if authors.is_empty() { AuthorKnowledge::Unknown } else { AuthorKnowledge::Known };
    Ok(NewApproval { file, by, recorded_by, code, recipients, warnings, author, state })
}

impl NewApproval {
    /// Writes the approval beside those that the issue has; its file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, project: &Project) -> Result<PathBuf, Blocked> {
        Ok(project.write_approvals(&self.file)?)
    }
}

fn check_code(request: &ApprovalRequest, code: &ApprovalCode, inputs: &IssueInputs<'_>) -> Result<(), GuardFailure> {
    match &request.code {
        Some(typed) => match ApprovalCode::read(typed).as_slice() {
            [] => Err(GuardFailure::NoCode { typed: typed.clone() }),
            codes if codes.contains(code) => Ok(()),
            // The right code is not shown: a person who did not read the newest text must open it.
            [other, ..] => Err(GuardFailure::OtherCode { issue: inputs.issue.id.clone(), typed: other.to_string() }),
        },
        None => Ok(()),
    }
}

/// Who approves, how that is known, and who records it.
struct Approver {
    person: GitPerson,
    how: ApprovalMethod,
    recorded_by: Option<String>,
}

fn approver(project: &Project, request: &ApprovalRequest) -> Result<Approver, GuardFailure> {
    let typed = request.typed.clone();
    let own = |person| Approver { person, how: ApprovalMethod::Git, recorded_by: None };
    let (user, by) = match (project.git_user(), &request.by) {
        (Some(user), None) => return Ok(own(user)),
        (None, None) if project.has_repository() => return Err(GuardFailure::IdentityMissing { typed }),
        (None, None) => return Err(GuardFailure::ApproverUnknown { typed }),
        (user, Some(by)) => (user, project.with_name(GitPerson::parse(by))),
    };
    if let Some(user) = &user
        && have_same(&project.names_of(user), &project.names_of(&by))
    {
        return Ok(own(user.clone()));
    }
    if !project.has_repository() {
        let how = if request.code.is_some() { ApprovalMethod::Code } else { ApprovalMethod::Said };
        return Ok(Approver { person: by, how, recorded_by: None });
    }
    let recorded_by = user.map_or_else(|| UNKNOWN_RECORDER.to_owned(), |user| user.to_string());
    Ok(Approver { person: by, how: ApprovalMethod::Code, recorded_by: Some(recorded_by) })
}

/// The last commit, if it has all files of an issue as they are now.
fn committed_in(project: &Project, inputs: &IssueInputs<'_>) -> Option<String> {
    let own = inputs.approved_files.keys().filter(|path| project.root().join(path).is_file());
    let commit = project.head_commit()?;
    own.into_iter().all(|path| project.is_committed(path)).then_some(commit)
}

/// Composes every letter, as `send` does, and counts the recipients per audience.
fn count_recipients(
    project: &Project,
    prepared: PreparedIssue<'_>,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<(Option<BTreeMap<String, u64>>, Diagnostics), Blocked> {
    if !prepared.inputs.lists_are_read {
        // What is wrong with a letter that a sample reader gets is wrong for everyone.
        let found = sample_leaks(prepared);
        return if found.has_errors() { Err(Blocked::Diagnostics(found)) } else { Ok((None, found)) };
    }
    let mut warnings = plan::check_consent(project, &prepared, now)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for recipient in prepared.selection.recipients() {
        *counts.entry(recipient.edition().audience.to_string()).or_default() += 1;
    }
    let suppressed = plan::suppressed_addresses(project, &prepared)?;
    let settled = SettledAddresses::default();
    let context = PlanContext { transport: TransportKind::Folder, suppressed, settled, former_calendar: None, now };
    let guards = SendGuards {
        expect: None,
        replan: ReplanPolicy::Continue,
        typed: request.typed.clone(),
        part: SendPart::default(),
    };
    let new = plan::new_plan(&mut *ledger::open::in_memory()?, prepared, context, &guards)?;
    warnings.extend(new.composition.warnings);
    Ok((Some(counts), warnings))
}
