//! Checks issues as if they were sent: every audience, every edition, every recipient.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::parallel;
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::ops::approval::gate;
use crate::ops::block_table;
use crate::ops::blocked::Blocked;
use crate::ops::changed_issues;
use crate::ops::compose::{compose_with_samples, sample_leaks};
use crate::ops::consent_texts;
use crate::ops::dates_check;
use crate::ops::export::page_problems;
use crate::ops::link_check::IssueLinks;
use crate::ops::plan::no_recipients;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::readers_load;
use crate::ops::renamed_issues;
use crate::ops::repeated_issues;
use crate::ops::reserved_addresses;
use crate::ops::sample_reader;
use crate::ops::sending_host;
use crate::ops::text::with_causes;
use crate::ops::unfinished_issue;
use crate::ops::unsubscribe_check;
use crate::ops::web_folders;
use crate::ops::weekday_check;
use crate::ops::year_calendar;
use crate::project::Project;

pub(super) const UNREADABLE: Code = Code("NL290");
const UNUSABLE_SECRET: Code = Code("NL640");

/// What was checked, and what was found.
#[derive(Default)]
pub struct CheckSummary {
    /// All problems, unsorted.
    pub diagnostics: Diagnostics,
    /// How many issues were checked.
    pub issues: usize,
    /// A table of the last issue, in lines: which edition has which block.
    pub block_table: Vec<Message>,
    /// The approvals that issues lack, if `newsletter.yaml` requires them: a line for each issue.
    pub approvals: Vec<Message>,
    /// The web addresses that the issues link to.
    pub links: Vec<IssueLinks>,
}

/// Checks the issues at these paths, or all issues of the project if none are given.
///
/// # Errors
///
/// The settings, a secret or the ledger cannot be read; a file that cannot be read is a diagnostic.
pub fn check(project: &Project, named: &[PathBuf], now: Timestamp) -> Result<CheckSummary, Error> {
    let issues = if named.is_empty() {
        project.issues()?
    } else {
        let mut seen = BTreeSet::new();
        let paths = named.iter().map(|path| project.issue_like(path));
        paths.filter(|path| seen.insert(path.clone())).collect()
    };
    let (receipts, receipt_problems) = project.receipts()?;
    let mut sent = dates_check::sent(project);
    sent.extend(receipts.into_iter().map(|receipt| receipt.issue));
    let moment = CheckedAt { now, sent };
    let mut summary = CheckSummary { issues: issues.len(), ..CheckSummary::default() };
    for checked in parallel::map(&issues, |path| check_issue(project, path, &moment)) {
        match checked {
            Ok(checked) => summary.add(checked),
            // A file that cannot be read does not hide the problems of the others.
            Err(error) if is_about_a_file(&error) => {
                summary.diagnostics.push(Diagnostic::error(UNREADABLE, with_causes(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    if issues.is_empty() {
        summary.diagnostics.extend(project.audiences()?.1);
    }
    summary.diagnostics.extend(repeated_issues::check(project, &issues)?);
    summary.diagnostics.extend(web_folders::check(project, &issues)?);
    summary.diagnostics.extend(renamed_issues::check(project, &issues)?);
    summary.diagnostics.extend(changed_issues::check(project, &issues, now)?);
    let today = now.to_zoned_datetime(project.settings().timezone.clone()).date();
    summary.diagnostics.extend(year_calendar::check(project, today)?);
    summary.diagnostics.extend(unsubscribe_check::check(project));
    summary.diagnostics.extend(project.people_in_git()?);
    let approval_problems = project.check_approvals()?;
    summary.approvals.retain(|line| approval_problems.iter().all(|problem| problem.message != *line));
    summary.diagnostics.extend(approval_problems);
    summary.diagnostics.extend(project.unread_files()?);
    summary.diagnostics.extend(receipt_problems);
    summary.diagnostics.extend(project.foreign_receipts()?);
    if sending_host::check(project).is_ok() {
        summary.diagnostics.extend(project.check_host_folder().into_iter().collect());
    }
    summary.diagnostics.extend(unusable_secret(project).into_iter().collect());
    Ok(summary)
}

/// Why the key of the unsubscribe links cannot be used. A file that is not on this machine is not reported: a check may run
/// anywhere, and only the sending machine has it.
fn unusable_secret(project: &Project) -> Option<Diagnostic> {
    let Some(SecretSource::File(path)) = &project.settings().unsubscribe.secret else { return None };
    if fs::symlink_metadata(project.root().join(path)).is_err() {
        return None;
    }
    let error = project.unsubscribe_key().err()?;
    let is_denied = |source: &io::Error| source.kind() == io::ErrorKind::PermissionDenied;
    let diagnostic = match &error {
        Error::Secret { source, .. } if source.downcast_ref::<io::Error>().is_some_and(is_denied) => {
            Diagnostic::warning(UNUSABLE_SECRET, with_causes(&error))
                .hint(message!("run the check as the user who sends", "kør kontrollen som den bruger, der sender"))
        }
        _ => Diagnostic::error(UNUSABLE_SECRET, with_causes(&error)).hint(message!(
            "write a new one: openssl rand -hex 32 > FILE; chmod 600 FILE",
            "skriv en ny: openssl rand -hex 32 > FIL; chmod 600 FIL"
        )),
    };
    Some(diagnostic)
}

fn is_about_a_file(error: &Error) -> bool {
    match error {
        Error::NoIssue { .. }
        | Error::Read { .. }
        | Error::NotText { .. }
        | Error::LeadsOut { .. }
        | Error::Untrusted { .. }
        | Error::Exists { .. }
        | Error::Uncomposed => true,
        Error::NoProject { .. }
        | Error::LeadsOutOfExport { .. }
        | Error::Write { .. }
        | Error::Secret { .. }
        | Error::OpenSecret { .. }
        | Error::Login { .. }
        | Error::DkimKey { .. }
        | Error::Locked
        | Error::Ledger(_)
        | Error::WorkerLost => false,
    }
}

impl CheckSummary {
    fn add(&mut self, checked: CheckedIssue) {
        self.diagnostics.extend(checked.diagnostics);
        self.block_table = checked.block_table;
        self.approvals.extend(checked.approval);
        self.links.extend(checked.links);
    }
}

/// What was found in one issue.
#[derive(Default)]
struct CheckedIssue {
    diagnostics: Diagnostics,
    block_table: Vec<Message>,
    /// The required approvals that it lacks.
    approval: Option<Message>,
    links: Option<IssueLinks>,
}

/// When an issue is checked, and what was sent by then.
struct CheckedAt {
    now: Timestamp,
    sent: BTreeSet<IssueId>,
}

fn check_issue(project: &Project, path: &Path, moment: &CheckedAt) -> Result<CheckedIssue, Error> {
    let (prepared, diagnostics) = PreparedIssue::of(project, path)?;
    let mut checked = CheckedIssue { diagnostics, ..CheckedIssue::default() };
    let Some(prepared) = prepared else { return Ok(checked) };
    if !moment.sent.contains(&prepared.inputs.issue.id) {
        let mut dates = dates_check::check(project, &prepared.inputs.issue, moment.now);
        dates.extend(dates_check::check_events(&prepared, moment.now));
        let front = &prepared.inputs.issue.front;
        let day = front.date.or(front.send_at).unwrap_or(moment.now);
        let day = day.to_zoned_datetime(project.settings().timezone.clone()).date();
        dates.extend(weekday_check::check(&prepared.inputs.issue, day));
        dates.extend(readers_load::check(&prepared, moment.now)?.into_iter().collect());
        prepared.inputs.apply_exemptions(&mut dates);
        checked.diagnostics.extend(dates);
        checked.approval = gate::objection(project, &prepared.inputs)?;
    }
    checked.block_table = block_table::lines(&prepared.inputs.manuscripts.matrix(), &prepared.editions);
    checked.links = Some(IssueLinks::of(&prepared));
    unfinished_issue::check(project, &prepared, &mut checked.diagnostics);
    if checked.diagnostics.has_errors() {
        checked.diagnostics.extend(sample_leaks(prepared));
    } else {
        checked.diagnostics.extend(letter_problems(prepared, moment.now)?);
    }
    Ok(checked)
}

/// The problems of the letters of an issue that has no error until they are composed.
fn letter_problems(prepared: PreparedIssue<'_>, now: Timestamp) -> Result<Diagnostics, Error> {
    let mut diagnostics = consent_texts::check(&prepared, now, &|_| true)?;
    diagnostics.extend(reserved_addresses::check(&prepared, &|_| true)?);
    // Neither the project's key nor those that sign are read: a check may run anywhere, and changes nothing.
    let (options, key) = (prepared.preview_letter_options(), sample_reader::public_key());
    let (_, letters) = prepared.plan(TransportKind::Folder, key, Timestamp::UNIX_EPOCH);
    if letters.is_empty() && prepared.inputs.lists_are_read {
        diagnostics.push(no_recipients(&prepared.inputs.issue));
    }
    diagnostics.extend(page_problems(&prepared));
    let samples = prepared.sample_letters();
    let visit = &mut |compose_letter: &mut dyn FnMut(_)| {
        for letter in letters.iter() {
            compose_letter(letter?);
        }
        Ok(())
    };
    match compose_with_samples(prepared, options, visit, samples) {
        Ok(composition) => diagnostics.extend(composition.warnings),
        Err(Blocked::Diagnostics(problems)) => diagnostics.extend(problems),
        Err(Blocked::Failed(error)) => return Err(error),
        // Composing runs no guards: a draft may be checked, with any number of recipients.
        Err(Blocked::Guard(_)) => {}
    }
    Ok(diagnostics)
}
