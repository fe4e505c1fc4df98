//! Whether an issue may be sent as it is now, by the approvals that it has.

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::letter::approval_code::content_digest;
use crate::ops::approval::people::{is_among, is_same};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::plan::changes;
use crate::ops::text::local_time;
use crate::project::Project;
use crate::project::approval_file::{Approval, ApprovalFile, ApprovalMethod, FoundApprovals, line_range};
use crate::project::git_history::{CommitSignature, GitPerson, NoAnswer};
use crate::project::settings::approval::ApprovalRule;

const NOT_ALLOWED: Code = Code("NL748");
const NOT_TRUSTED: Code = Code("NL749");

/// Checks that an issue is approved as it is now, where `newsletter.yaml` requires it; the notes are to be reported.
///
/// # Errors
///
/// It is not approved, not by enough people, or in another version; or its approvals cannot be trusted.
pub fn check(project: &Project, inputs: &IssueInputs<'_>, typed: &str) -> Result<Vec<String>, Blocked> {
    let Some(rule) = &project.settings().sending.approval else { return Ok(Vec::new()) };
    let issue = &inputs.issue.id;
    let (source, file) = match project.approvals(issue)? {
        FoundApprovals::Valid { source, file } => (source, file),
        FoundApprovals::Invalid(problem) => return Err(Blocked::Diagnostics([*problem].into_iter().collect())),
        FoundApprovals::Missing => {
            return Err(GuardFailure::NotApproved { issue: issue.clone(), typed: typed.to_owned() }.into());
        }
    };
    let digest = content_digest(&inputs.approved_files);
    let present: Vec<&Approval> = file.approvals.iter().filter(|approval| approval.digest == digest).collect();
    if present.is_empty() {
        return Err(outdated(project, inputs, &file, typed).into());
    }
    let judge = ApprovalJudge { project, rule, source: &source, authors: authors(project, inputs) };
    let mut objections = Diagnostics::new();
    let (mut counted, mut notes): (Vec<GitPerson>, Vec<String>) = (Vec::new(), Vec::new());
    for approval in present {
        match judge.judge(approval) {
            Ok(note) => {
                let person = person_of(project, approval);
                if !counted.iter().any(|other| is_same(other, &person)) {
                    counted.push(person);
                    notes.push(note);
                }
            }
            Err(objection) => objections.push(*objection),
        }
    }
    if !project.has_repository() {
        notes.push("without a Git repository, nothing shows who recorded the approvals".to_owned());
    }
    match counted.len() {
        approvals if approvals >= rule.count => Ok(notes),
        _ if !objections.is_empty() => Err(Blocked::Diagnostics(objections)),
        approvals => {
            let (issue, typed, needed) = (issue.clone(), typed.to_owned(), rule.count);
            Err(GuardFailure::TooFewApprovals { issue, typed, approvals, needed }.into())
        }
    }
}

fn outdated(project: &Project, inputs: &IssueInputs<'_>, file: &ApprovalFile, typed: &str) -> GuardFailure {
    let last = file.approvals.iter().rfind(|approval| approval.digest == file.digest);
    let zone = &project.settings().timezone;
    GuardFailure::ChangedSinceApproval {
        issue: inputs.issue.id.clone(),
        typed: typed.to_owned(),
        by: last.map(|approval| approval.by.clone()).unwrap_or_default(),
        at: last.map(|approval| local_time(approval.at, zone)).unwrap_or_default(),
        changed: changes(&file.files, &inputs.approved_files),
    }
}

/// The authors of an issue and its translations: whoever made the last change of each, which may be the user of this copy.
/// None where Git does not know.
pub(super) fn authors(project: &Project, inputs: &IssueInputs<'_>) -> Vec<GitPerson> {
    let user = project.git_user();
    let translations = inputs.issue.translations.values().map(|translation| &translation.source);
    let sources = std::iter::once(&inputs.issue.source).chain(translations);
    let author = |source: &Source| {
        let path = source.path();
        if project.is_committed(path) { project.last_author(path) } else { user.clone() }
    };
    let mut authors: Vec<GitPerson> = sources.filter_map(author).collect();
    authors.dedup();
    authors
}

/// The person who approved. One who was named only by an address may have a name in Git.
pub(super) fn person_of(project: &Project, approval: &Approval) -> GitPerson {
    let person = match &approval.email {
        Some(email) => GitPerson { name: approval.by.clone(), email: email.clone() },
        None => GitPerson::parse(&approval.by),
    };
    project.with_name(person)
}

/// Refuses a person who may not approve, since they wrote the issue or `approval` does not name them.
pub(super) fn check_person(
    person: &GitPerson,
    rule: &ApprovalRule,
    authors: &[GitPerson],
) -> Result<(), Box<Diagnostic>> {
    let name = &person.name;
    if !rule.by.is_empty() && !is_among(person, &rule.by) {
        let hint = format!("ask one of them: {}", rule.by.join(", "));
        return Err(Box::new(Diagnostic::error(NOT_ALLOWED, format!("`approval` does not name {name}")).hint(hint)));
    }
    if authors.iter().any(|author| is_same(author, person)) {
        let message = format!("{name} made the last change of the issue, and cannot approve it");
        return Err(Box::new(Diagnostic::error(NOT_ALLOWED, message).hint("ask another person to approve it")));
    }
    Ok(())
}

/// What approvals are judged by.
struct ApprovalJudge<'p> {
    project: &'p Project,
    rule: &'p ApprovalRule,
    source: &'p Source,
    authors: Vec<GitPerson>,
}

impl ApprovalJudge<'_> {
    /// A line that says who approved, or why the approval does not count.
    fn judge(&self, approval: &Approval) -> Result<String, Box<Diagnostic>> {
        let lines = line_range(self.source.text(), &approval.lines());
        let place = self.source.line(lines.as_ref().map_or(1, |lines| lines.start));
        let mut authors = self.authors.clone();
        // A copy without Git knows only what was recorded.
        authors.extend(approval.author.as_deref().map(GitPerson::parse));
        check_person(&person_of(self.project, approval), self.rule, &authors)
            .map_err(|problem| Box::new(problem.at(place.clone())))?;
        let signer = self.signer(approval).map_err(|problem| Box::new(problem.at(place)))?;
        let at = local_time(approval.at, &self.project.settings().timezone);
        let how = match (approval.how, &approval.recorded_by, signer) {
            (ApprovalMethod::Git, _, Some(signer)) => format!(", in a commit signed by {signer}"),
            (ApprovalMethod::Git, ..) => String::new(),
            (_, Some(by), _) => format!(", recorded by {}", GitPerson::parse(by).name),
            (_, None, _) => ", recorded by another person".to_owned(),
        };
        Ok(format!("approved by {} on {at}{how}", approval.by))
    }

    /// Checks that the person who recorded an approval also committed it; who signed the commit, if anybody did.
    fn signer(&self, approval: &Approval) -> Result<Option<String>, Box<Diagnostic>> {
        let recorder = match approval.how {
            ApprovalMethod::Git => Some(person_of(self.project, approval)),
            ApprovalMethod::Said | ApprovalMethod::Code => approval.recorded_by.as_deref().map(GitPerson::parse),
        };
        let Some(recorder) = recorder else { return Ok(None) };
        if !self.project.is_in_git() {
            let reason = NoAnswer("it is not installed, or refuses to read this repository");
            return if self.project.has_repository() { Err(unanswered(reason)) } else { Ok(None) };
        }
        let path = self.source.path();
        let committed = self.project.committed_surely(path).map_err(unanswered)?;
        let committed = committed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let lines = committed.as_deref().and_then(|text| line_range(text, &approval.lines()));
        let Some(lines) = lines else { return self.check_user(&recorder).map(|()| None) };
        let mut signer = None;
        for commit in self.project.commits_of_lines(path, lines).map_err(unanswered)? {
            let facts = self.project.commit_facts(&commit).map_err(unanswered)?;
            if !is_same(&facts.author, &recorder) {
                let message = format!("{} committed this approval in the name of {}", facts.author.name, recorder.name);
                return Err(not_trusted(message));
            }
            match facts.signature {
                CommitSignature::Valid(by) => signer = Some(by),
                CommitSignature::Bad => {
                    return Err(not_trusted(format!("the signature of commit {commit:.12} is invalid")));
                }
                CommitSignature::None => {}
            }
        }
        Ok(signer)
    }

    /// An approval that is not committed can only be that of the user of this copy.
    fn check_user(&self, recorder: &GitPerson) -> Result<(), Box<Diagnostic>> {
        match self.project.git_user() {
            Some(user) if is_same(&user, recorder) => Ok(()),
            Some(user) => {
                let message =
                    format!("this approval of {} is not committed, and {} uses this copy", recorder.name, user.name);
                Err(not_trusted(message))
            }
            None => Err(not_trusted(format!("this approval of {} is not committed", recorder.name))),
        }
    }
}

/// An approval that only Git could vouch for.
fn unanswered(NoAnswer(reason): NoAnswer) -> Box<Diagnostic> {
    let message = format!("Git cannot say who committed this approval ({reason})");
    let hint = "use a complete clone, made by `git clone` without `--filter` and `--depth`, that belongs to you";
    Box::new(Diagnostic::error(NOT_TRUSTED, message).hint(hint))
}

fn not_trusted(message: String) -> Box<Diagnostic> {
    let hint = "let the person who approves run `newsletter approve` and commit the file";
    Box::new(Diagnostic::error(NOT_TRUSTED, message).hint(hint))
}

/// The approvals of an issue to which another one can be added.
///
/// # Errors
///
/// The file cannot be read, or its approvals cannot be used.
pub(super) fn approvals_to_extend(
    project: &Project,
    inputs: &IssueInputs<'_>,
) -> Result<Option<ApprovalFile>, Blocked> {
    match project.approvals(&inputs.issue.id)? {
        FoundApprovals::Valid { file, .. } => Ok(Some(file)),
        FoundApprovals::Missing => Ok(None),
        FoundApprovals::Invalid(problem) => Err(Blocked::Diagnostics([*problem].into_iter().collect())),
    }
}

/// Whether what is approved now could be approved again by the same person without any effect.
pub(super) fn is_known(project: &Project, file: &ApprovalFile, approval: &Approval) -> bool {
    let person = person_of(project, approval);
    let mut same = file.approvals.iter().filter(|other| other.digest == approval.digest);
    same.any(|other| is_same(&person_of(project, other), &person))
}
