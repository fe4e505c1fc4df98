//! Predicts what `run` will send of each issue with a `send_at`, or why it will not.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::base::source::diagnostic::Severity;
use crate::base::source::text::Source;
use crate::issue::IssueId;
use crate::issue::front_matter::{self, DraftStatus};
use crate::ops::approval::gate;
use crate::ops::blocked::Blocked;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::schedule::{self, RunDecision};
use crate::ops::text::{local_time, with_causes};
use crate::ops::{ledgers, plan, refusals, scheduled, sending_host};
use crate::project::Project;

/// An issue that has a `send_at` and is not finished.
#[derive(Debug)]
pub struct IssueOutlook {
    /// The issue.
    pub issue: IssueId,
    /// Its `send_at`; absent: it cannot be read.
    pub send_at: Option<Timestamp>,
    /// The prediction.
    pub outlook: SendOutlook,
}

/// The predicted result for an issue, as far as it is known now.
#[derive(Debug)]
pub enum SendOutlook {
    /// `run` sends this number of letters, as long as nothing changes.
    Letters(u64),
    /// `run` does not send it.
    Blocked {
        /// The kind of reason.
        reason: BlockedReason,
        /// The reason, for people.
        text: Message,
    },
}

impl SendOutlook {
    /// Whether its time is past.
    pub(crate) fn is_too_late(&self) -> bool {
        matches!(self, Self::Blocked { reason: BlockedReason::Late | BlockedReason::Expired, .. })
    }
}

/// Why `run` does not send an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockedReason {
    /// It is a draft.
    Draft,
    /// It has errors.
    Errors,
    /// It is not approved as it is now.
    NotApproved,
    /// It has no recipients.
    Nobody,
    /// Its `send_at` passed too long ago.
    Late,
    /// Its `send_until` passed.
    Expired,
    /// It was sent with another ledger.
    SentElsewhere,
    /// `send_host` names other machines.
    OtherHost,
    /// Another check before sending stops it.
    Guard,
}

impl BlockedReason {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Errors => "errors",
            Self::NotApproved => "not_approved",
            Self::Nobody => "nobody",
            Self::Late => "late",
            Self::Expired => "expired",
            Self::SentElsewhere => "sent_elsewhere",
            Self::OtherHost => "other_host",
            Self::Guard => "blocked",
        }
    }
}

/// The issues that have a `send_at` and are not finished, the earliest first.
///
/// # Errors
///
/// A folder, an issue or the ledger cannot be read.
pub fn all(project: &Project, now: Timestamp) -> Result<Vec<IssueOutlook>, Error> {
    let planned = match ledgers::open_to_read(project)? {
        Some(mut ledger) => scheduled::sent(&mut *ledger)?,
        None => BTreeSet::new(),
    };
    let mut found = Vec::new();
    for path in project.issues()? {
        let files = project.issue(&path)?;
        let Some(issue) = files.issue else {
            found.extend(unread(project, &path, &files.source, now)?);
            continue;
        };
        let Some(send_at) = issue.front.send_at else { continue };
        let outlook = if issue.front.draft == DraftStatus::Yes && !planned.contains(&issue.id) {
            Some(blocked(BlockedReason::Draft, message!("a draft", "kladde")))
        } else {
            of(project, &path, schedule::decide(project, &path, now)?, now)?
        };
        found.extend(outlook.map(|outlook| IssueOutlook { issue: issue.id, send_at: Some(send_at), outlook }));
    }
    found.sort_by_key(|issue| issue.send_at);
    Ok(found)
}

/// The outlook of an issue with errors in its front matter.
fn unread(project: &Project, path: &Path, source: &Source, now: Timestamp) -> Result<Option<IssueOutlook>, Error> {
    let outlook = of(project, path, schedule::decide(project, path, now)?, now)?;
    let send_at = front_matter::send_at_of_lines(source.text(), &project.settings().timezone);
    Ok(outlook.map(|outlook| IssueOutlook { issue: IssueId::of_path(source.path()), send_at, outlook }))
}

/// The outlook of an issue after a decision about its time; absent where it is finished.
fn of(project: &Project, path: &Path, decision: RunDecision, now: Timestamp) -> Result<Option<SendOutlook>, Error> {
    let zone = &project.settings().timezone;
    let typed = path.strip_prefix(project.root()).unwrap_or(path).display().to_string();
    Ok(match decision {
        RunDecision::Skip => None,
        RunDecision::Late(_) => Some(blocked(
            BlockedReason::Late,
            message!(
                "too late; to send it now, use `newsletter send {typed}`",
                "for sent; send det nu med `newsletter send {typed}`"
            ),
        )),
        RunDecision::Expired { send_until, .. } => {
            let until = local_time(send_until, zone);
            Some(blocked(
                BlockedReason::Expired,
                message!("too late; its `send_until` passed at {until}", "for sent; dets `send_until` var {until}"),
            ))
        }
        RunDecision::SentElsewhere(_) => Some(blocked(
            BlockedReason::SentElsewhere,
            message!("a receipt says that it was sent", "en kvittering siger, at det er sendt"),
        )),
        RunDecision::Early(_) | RunDecision::Send | RunDecision::Wait => Some(ready(project, path, &typed, now)?),
    })
}

/// The outlook of an issue whose time has come or is still to come.
fn ready(project: &Project, path: &Path, typed: &str, now: Timestamp) -> Result<SendOutlook, Error> {
    if let Err(failure) = sending_host::check(project) {
        return Ok(blocked(BlockedReason::OtherHost, Message::shown(&failure)));
    }
    let prepared = match plan::prepare_to_send(project, path) {
        Ok((prepared, _)) => prepared,
        Err(why) => return Ok(stopped(why, typed)),
    };
    let checked = check_plan(project, &prepared, typed).and_then(|()| plan::check_addresses(project, &prepared));
    if let Err(why) = checked.and_then(|()| plan::check_consent(project, &prepared, now)) {
        return Ok(stopped(why, typed));
    }
    match gate::objection(project, &prepared.inputs) {
        Ok(None) => {}
        Ok(Some(objection)) => return Ok(blocked(BlockedReason::NotApproved, objection)),
        Err(error) => return Ok(stopped(error.into(), typed)),
    }
    Ok(match scheduled::open_letters(project, &prepared)? {
        0 => blocked(BlockedReason::Nobody, message!("nobody would get it", "ingen ville få det")),
        letters => SendOutlook::Letters(letters),
    })
}

/// Checks that the plan of an issue, if it has one, can be continued: it is not paused, and its files are unchanged.
fn check_plan(project: &Project, prepared: &PreparedIssue<'_>, typed: &str) -> Result<(), Blocked> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(()) };
    let Some(record) = ledger.plan(&prepared.inputs.issue.id, ledgers::transport_kind(project))? else { return Ok(()) };
    refusals::check(project, &mut *ledger, &record)?;
    if ledger.totals(record.id)?.is_finished() {
        // Only a file that is reused for the next newsletter is due again.
        return Err(schedule::reused_file(project, &record).into());
    }
    plan::check_unchanged(prepared, &record, typed)?;
    Ok(())
}

/// The outlook of an issue that a check stops.
fn stopped(why: Blocked, typed: &str) -> SendOutlook {
    match why {
        Blocked::Diagnostics(problems) => {
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            let text = message!(
                "{}; see `newsletter check {typed}`",
                "{}; se `newsletter check {typed}`",
                noun::ERROR.count(errors as u64)
            );
            blocked(BlockedReason::Errors, text)
        }
        Blocked::Guard(failure) => blocked(BlockedReason::Guard, Message::shown(&failure)),
        Blocked::Failed(error) => blocked(BlockedReason::Errors, with_causes(&error)),
    }
}

fn blocked(reason: BlockedReason, text: Message) -> SendOutlook {
    SendOutlook::Blocked { reason, text }
}
