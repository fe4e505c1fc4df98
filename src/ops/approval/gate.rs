//! Whether an issue may be sent as it is now, by the approvals that it has.
//!
//! An approval counts once Git shows that the person who recorded it also committed it. Before it is committed, it counts
//! only in the copy of that person, so that an officer can approve, and send at once on the same machine; anyone else
//! who could write it there could also commit in the officer's name. A clone, which is where cron sends from, has only
//! what is committed. In a Git repository, an approval that one person records for another needs the code of what that
//! person read.

use std::fmt;
use std::path::Path;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::issue::front_matter::DraftStatus;
use crate::letter::approval_code::content_digest;
use crate::ops::approval::people::{have_same, is_among, is_same};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::plan::changes;
use crate::ops::text::local_time;
use crate::project::Project;
use crate::project::approval_file::{
    Approval, ApprovalFile, ApprovalMethod, FoundApprovals, UNKNOWN_RECORDER, line_range,
};
use crate::project::git_history::{CommitSignature, GitPerson, NoAnswer};
use crate::project::settings::approval::ApprovalRule;

const NOT_ALLOWED: Code = Code("NL748");
const NOT_TRUSTED: Code = Code("NL749");
const NO_AUTHOR: Code = Code("NL753");

/// Checks that an issue is approved as it is now, if `newsletter.yaml` requires it; returns notes to report.
///
/// # Errors
///
/// It is not approved, not by enough people, or in another version; or its approvals cannot be trusted.
pub fn check(project: &Project, inputs: &IssueInputs<'_>, typed: &str) -> Result<Vec<Message>, Blocked> {
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
    let authors = authors(project, inputs).map_err(|problem| Blocked::Diagnostics([*problem].into_iter().collect()))?;
    let judge = ApprovalJudge { project, rule, source: &source, authors };
    let mut objections = Diagnostics::new();
    let (mut counted, mut notes): (Vec<Vec<GitPerson>>, Vec<Message>) = (Vec::new(), Vec::new());
    for approval in present {
        match judge.judge(approval) {
            Ok(note) => {
                let names = project.names_of(&person_of(project, approval));
                if !counted.iter().any(|other| have_same(other, &names)) {
                    counted.push(names);
                    notes.push(note);
                }
            }
            Err(objection) => objections.push(*objection),
        }
    }
    if !project.has_repository() {
        notes.push(message!(
            "without a Git repository, nothing shows who recorded the approvals",
            "uden et Git-repository kan ingen se, hvem der skrev godkendelserne"
        ));
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

/// Why an issue may not be sent yet, by its approvals; absent: it may, or needs none, or is a draft, or cannot be read, which
/// `check` reports.
///
/// # Errors
///
/// A file cannot be read.
pub fn missing(project: &Project, path: &Path) -> Result<Option<Message>, Error> {
    if project.settings().sending.approval.is_none() {
        return Ok(None);
    }
    let (inputs, _) = IssueInputs::read(project, path)?;
    inputs.map_or(Ok(None), |inputs| objection(project, &inputs))
}

/// The same for an issue that was read.
///
/// # Errors
///
/// The file with its approvals cannot be read.
pub fn objection(project: &Project, inputs: &IssueInputs<'_>) -> Result<Option<Message>, Error> {
    if inputs.issue.front.draft == DraftStatus::Yes {
        return Ok(None);
    }
    match check(project, inputs, inputs.issue.source.path()) {
        Ok(_) => Ok(None),
        Err(Blocked::Diagnostics(problems)) => Ok(problems.iter().next().map(|problem| problem.message.clone())),
        Err(Blocked::Guard(failure)) => Ok(Some(Message::shown(&failure))),
        Err(Blocked::Failed(error)) => Err(error),
    }
}

fn outdated(project: &Project, inputs: &IssueInputs<'_>, file: &ApprovalFile, typed: &str) -> GuardFailure {
    let last = file.last();
    let zone = &project.settings().timezone;
    GuardFailure::ChangedSinceApproval {
        issue: inputs.issue.id.clone(),
        typed: typed.to_owned(),
        by: last.map(|approval| approval.by.clone()).unwrap_or_default(),
        at: last.map(|approval| local_time(approval.at, zone)).unwrap_or_default(),
        changed: changes(&file.files, &inputs.approved_files),
    }
}

/// The authors of an issue and its translations: the person who last changed each, who may be the user of this copy.
/// None without Git.
///
/// # Errors
///
/// Git lacks the commit that names the author.
pub(super) fn authors(project: &Project, inputs: &IssueInputs<'_>) -> Result<Vec<GitPerson>, Box<Diagnostic>> {
    let user: Vec<GitPerson> = project.git_user().iter().flat_map(|user| project.names_of(user)).collect();
    let translations = inputs.issue.translations.values().map(|translation| &translation.source);
    let mut authors: Vec<GitPerson> = Vec::new();
    for source in std::iter::once(&inputs.issue.source).chain(translations) {
        let path = source.path();
        let found = if project.is_committed(path) {
            project.last_authors(path).map_err(|reason| unknown_author(path, reason))?
        } else {
            user.clone()
        };
        for author in found {
            if !authors.contains(&author) {
                authors.push(author);
            }
        }
    }
    Ok(authors)
}

fn unknown_author(path: &str, reason: NoAnswer) -> Box<Diagnostic> {
    let message = message!(
        "Git cannot determine who wrote {path} ({reason})",
        "Git kan ikke sige, hvem der har skrevet {path} ({reason})"
    );
    Box::new(Diagnostic::error(NO_AUTHOR, message).hint(reason.remedy()))
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
    project: &Project,
    person: &GitPerson,
    rule: &ApprovalRule,
    authors: &[GitPerson],
) -> Result<(), Box<Diagnostic>> {
    let name = &person.name;
    if !rule.by.is_empty() && !is_among(person, &rule.by) {
        let hint = message!("ask one of them: {}", "spørg en af dem: {}", rule.by.join(", "));
        return Err(Box::new(
            Diagnostic::error(
                NOT_ALLOWED,
                message!("`approval` does not name {name}", "`approval` nævner ikke {name}"),
            )
            .hint(hint),
        ));
    }
    if have_same(authors, &project.names_of(person)) {
        let message = message!(
            "{name} made the last change of the issue, and cannot approve it",
            "{name} har lavet den seneste ændring og kan ikke godkende nyhedsbrevet"
        );
        return Err(Box::new(
            Diagnostic::error(NOT_ALLOWED, message)
                .hint(message!("ask another person to approve it", "bed en anden om at godkende det")),
        ));
    }
    Ok(())
}

/// Context for judging approvals.
struct ApprovalJudge<'p> {
    project: &'p Project,
    rule: &'p ApprovalRule,
    source: &'p Source,
    authors: Vec<GitPerson>,
}

impl ApprovalJudge<'_> {
    /// A line that says who approved, or why the approval does not count.
    fn judge(&self, approval: &Approval) -> Result<Message, Box<Diagnostic>> {
        let lines = line_range(self.source.text(), &approval.lines());
        let place = self.source.line(lines.as_ref().map_or(1, |lines| lines.start));
        let mut authors = self.authors.clone();
        // A copy without Git knows only what was recorded.
        authors.extend(approval.author.iter().flat_map(|people| people.split(">, ").map(GitPerson::parse)));
        let at_place = |problem: Box<Diagnostic>| Box::new(problem.at(place.clone()));
        check_person(self.project, &person_of(self.project, approval), self.rule, &authors).map_err(at_place)?;
        let proof = self.proof(approval).map_err(at_place)?;
        let at = local_time(approval.at, &self.project.settings().timezone);
        let recorder = match (&approval.recorded_by, &proof) {
            _ if approval.how == ApprovalMethod::Git => Message::default(),
            (Some(by), _) if by != UNKNOWN_RECORDER => {
                message!(", recorded by {}", ", gemt af {}", GitPerson::parse(by).name)
            }
            (_, ApprovalProof::Committed { by, .. }) => message!(", recorded by {}", ", gemt af {}", by.name),
            (_, ApprovalProof::Uncommitted | ApprovalProof::NoRepository) => {
                message!(", recorded by another person", ", gemt af en anden")
            }
        };
        Ok(message!("approved by {} on {at}{recorder}{proof}", "godkendt af {} {at}{recorder}{proof}", approval.by))
    }

    /// Checks that the person who recorded an approval also committed it.
    fn proof(&self, approval: &Approval) -> Result<ApprovalProof, Box<Diagnostic>> {
        if !self.project.is_in_git() {
            let has_repository = self.project.has_repository();
            return if has_repository { Err(unanswered(NoAnswer::Refused)) } else { Ok(ApprovalProof::NoRepository) };
        }
        let recorder = match (approval.how, &approval.recorded_by) {
            (ApprovalMethod::Git, _) => Some(person_of(self.project, approval)),
            (ApprovalMethod::Said, _) => {
                let message = message!(
                    "this approval of {} was recorded without the code of what they read",
                    "godkendelsen fra {} er gemt uden koden for det, de læste",
                    approval.by
                );
                let hint = message!(
                    "record it with `--by` and `--code`; the code is in test mails and on the preview page",
                    "gem den med `--by` og `--code`; koden står i testmails og på forhåndsvisningen"
                );
                return Err(Box::new(Diagnostic::error(NOT_TRUSTED, message).hint(hint)));
            }
            (ApprovalMethod::Code, Some(by)) if by != UNKNOWN_RECORDER => Some(GitPerson::parse(by)),
            (ApprovalMethod::Code, _) => None,
        };
        let path = self.source.path();
        let committed = self.project.committed_surely(path).map_err(unanswered)?;
        let committed = committed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let lines = committed.as_deref().and_then(|text| line_range(text, &approval.lines()));
        let Some(lines) = lines else {
            return self.check_user(&approval.by, recorder.as_ref()).map(|()| ApprovalProof::Uncommitted);
        };
        self.committed_by(recorder.as_ref(), &self.project.commits_of_lines(path, lines).map_err(unanswered)?)
    }

    /// Checks that a person made some commits, at least one.
    fn committed_by(&self, recorder: Option<&GitPerson>, commits: &[String]) -> Result<ApprovalProof, Box<Diagnostic>> {
        let mut proof = ApprovalProof::NoRepository;
        for commit in commits {
            let facts = self.project.commit_facts(commit).map_err(unanswered)?;
            if let Some(recorder) = recorder.filter(|recorder| !is_same(&facts.author, recorder)) {
                let message = message!(
                    "{} committed this approval in the name of {}",
                    "{} har committet godkendelsen i navnet {}",
                    facts.author.name,
                    recorder.name
                );
                return Err(not_trusted(message));
            }
            if facts.signature == CommitSignature::Bad {
                return Err(not_trusted(message!(
                    "the signature of commit {commit:.12} is invalid",
                    "signaturen på commit {commit:.12} er ugyldig"
                )));
            }
            proof = ApprovalProof::Committed { by: facts.author, signature: facts.signature };
        }
        Ok(proof)
    }

    /// An approval that is not committed can only be that of the user of this copy.
    fn check_user(&self, by: &str, recorder: Option<&GitPerson>) -> Result<(), Box<Diagnostic>> {
        let Some(recorder) = recorder else {
            let message = message!(
                "this approval of {by} is not committed, and it is not known who recorded it",
                "godkendelsen fra {by} er ikke committet, og det vides ikke, hvem der skrev den"
            );
            return Err(not_trusted(message));
        };
        match self.project.git_user() {
            Some(user) if is_same(&user, recorder) => Ok(()),
            Some(user) => {
                let message = message!(
                    "this approval of {} is not committed, and {} uses this copy",
                    "godkendelsen fra {} er ikke committet, og {} bruger denne kopi",
                    recorder.name,
                    user.name
                );
                Err(not_trusted(message))
            }
            None => Err(not_trusted(message!(
                "this approval of {} is not committed",
                "godkendelsen fra {} er ikke committet",
                recorder.name
            ))),
        }
    }
}

/// How it is known who recorded an approval.
enum ApprovalProof {
    /// It is not known: the project is not in a repository.
    NoRepository,
    /// The user of this copy did, and has not committed it yet.
    Uncommitted,
    /// Git says it.
    Committed {
        /// The author of the commit.
        by: GitPerson,
        /// Its signature.
        signature: CommitSignature,
    },
}

impl fmt::Display for ApprovalProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uncommitted => write!(f, "{}", message!(", not committed yet", ", ikke committet endnu")),
            Self::Committed { signature: CommitSignature::Valid(signer), .. } => {
                write!(f, "{}", message!(", in a commit signed by {signer}", ", i en commit signeret af {signer}"))
            }
            Self::Committed { signature: CommitSignature::Unverified, .. } => {
                write!(
                    f,
                    "{}",
                    message!(
                        ", in a commit whose signature cannot be verified here",
                        ", i en commit, hvis signatur ikke kan kontrolleres her"
                    )
                )
            }
            Self::Committed { .. } | Self::NoRepository => Ok(()),
        }
    }
}

/// An approval that only Git could vouch for.
fn unanswered(reason: NoAnswer) -> Box<Diagnostic> {
    let message = message!(
        "Git cannot determine who committed this approval ({reason})",
        "Git kan ikke sige, hvem der committede godkendelsen ({reason})"
    );
    Box::new(Diagnostic::error(NOT_TRUSTED, message).hint(reason.remedy()))
}

fn not_trusted(message: Message) -> Box<Diagnostic> {
    let hint = message!(
        "let the person who approves run `newsletter approve` and commit the file",
        "lad den, der godkender, køre `newsletter approve` og committe filen"
    );
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
    let names = project.names_of(&person_of(project, approval));
    // One without a code does not count where there is Git, and may be recorded again with it.
    let counts = |other: &Approval| other.how != ApprovalMethod::Said || approval.how == ApprovalMethod::Said;
    let mut same = file.approvals.iter().filter(|other| other.digest == approval.digest && counts(other));
    same.any(|other| have_same(&project.names_of(&person_of(project, other)), &names))
}
