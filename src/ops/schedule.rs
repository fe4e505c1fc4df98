//! Which issues a scheduled run sends.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::LetterState;
use crate::issue::front_matter::{self, DraftStatus};
use crate::issue::{Issue, IssueId};
use crate::ops::blocked::GuardFailure;
use crate::ops::text::local_time;
use crate::ops::{ledgers, receipts, status};
use crate::project::Project;

/// What a scheduled run does with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunDecision {
    /// Sends it.
    Send,
    /// Waits until deferred letters may be tried again.
    Wait,
    /// Nothing: its `send_at` passed too long ago. Without the ledger, in a clone or on another machine, every past
    /// issue looks as if it had not been sent.
    Late(Timestamp),
    /// Nothing: its `send_at` has passed, and so has its `send_until`, after which it cannot be sent at all.
    Expired {
        /// Its `send_at`.
        send_at: Timestamp,
        /// Its `send_until`.
        send_until: Timestamp,
    },
    /// Nothing: a receipt says that it was sent with another ledger, planned at this moment.
    SentElsewhere(Timestamp),
    /// Nothing yet: its `send_at` is to come.
    Early(Timestamp),
    /// Nothing: it is a draft, has no `send_at`, or is finished.
    Skip,
}

/// Decides what to do with the issue at a path.
///
/// # Errors
///
/// The issue or the ledger cannot be read.
pub fn decide(project: &Project, path: &Path, now: Timestamp) -> Result<RunDecision, Error> {
    let files = project.issue(path)?;
    let Some(issue) = files.issue else {
        return decide_unread(project, &files.source, now);
    };
    let mut ledger = ledgers::open_to_read(project)?;
    let planned = match &mut ledger {
        Some(ledger) => by_plan(project, &mut **ledger, &issue.id, now)?,
        None => None,
    };
    if planned == Some(RunDecision::Skip)
        && let Some(ledger) = &mut ledger
        && let Some(record) = ledger.plan(&issue.id, ledgers::transport_kind(project))?
        && is_reused(project, path, &record, now)?
    {
        // Sending reports that.
        return Ok(RunDecision::Send);
    }
    let decision = match (planned, by_time(project, &issue, now)) {
        // A part of it was sent before its time (`send --audience … --now`): the rest waits for it.
        (Some(RunDecision::Send | RunDecision::Wait), RunDecision::Early(send_at)) => RunDecision::Early(send_at),
        (Some(planned), _) => planned,
        (None, by_time) => by_time,
    };
    if matches!(decision, RunDecision::Early(_) | RunDecision::Skip) {
        return Ok(decision);
    }
    drop(ledger);
    let Some(receipt) = receipts::unknown_here(project, &receipts::identity(project, path)?)? else {
        return Ok(decision);
    };
    Ok(match (receipt.planned, decision) {
        // Sending stops at a receipt that cannot be read, and each run reports that.
        (None, _) => decision,
        // It would not be sent anyway, and was sent from the right machine.
        (Some(_), RunDecision::Late(_) | RunDecision::Expired { .. }) => RunDecision::Skip,
        (Some(planned), _) => RunDecision::SentElsewhere(planned),
    })
}

/// Whether the file of a finished issue has another text and a later `send_at` now: it is used for the next newsletter,
/// which would not be sent. A text that was corrected after it was sent has the time that it had.
///
/// # Errors
///
/// The issue cannot be read.
pub(crate) fn is_reused(project: &Project, path: &Path, record: &PlanRecord, now: Timestamp) -> Result<bool, Error> {
    let Some(issue) = project.issue(path)?.issue else { return Ok(false) };
    let Some(window) = SendWindow::of(project, &issue).filter(|window| window.send_at > record.frozen_at) else {
        return Ok(false);
    };
    let is_open = matches!(window.decide(now), RunDecision::Early(_) | RunDecision::Send);
    let end = window.send_until.or_else(|| default_send_until(project, &issue, record.frozen_at));
    if !is_open || record.cancelled || record.send_until.is_some() && record.send_until == end {
        return Ok(false);
    }
    Ok(receipts::identity(project, path)?.content.is_some_and(|content| content != record.content))
}

/// Why an issue whose file is used for the next newsletter is not sent.
pub(crate) fn reused_file(project: &Project, record: &PlanRecord) -> GuardFailure {
    let sent_at = local_time(record.frozen_at, &project.settings().timezone);
    GuardFailure::ReusedFile { issue: record.issue.clone(), sent_at }
}

/// When a plan with a `send_at` expires, if the author says nothing: after `grace`, and the time in which letters are tried again.
/// Absent if that is too far in the future to be represented.
pub(crate) fn default_send_until(project: &Project, issue: &Issue, planned: Timestamp) -> Option<Timestamp> {
    let send_at = issue.front.send_at?;
    let time = SignedDuration::try_from(grace(project, issue).checked_add(project.retry().give_up)?).ok()?;
    send_at.max(planned).checked_add(time).ok()
}

/// How late a scheduled run sends an issue: as its author says, or else as the project says.
pub(crate) fn grace(project: &Project, issue: &Issue) -> Duration {
    issue.front.grace.unwrap_or(project.settings().sending.grace)
}

/// The same for an issue that may have errors.
///
/// # Errors
///
/// The issue cannot be read.
pub fn grace_at(project: &Project, path: &Path) -> Result<Duration, Error> {
    let files = project.issue(path)?;
    Ok(match &files.issue {
        Some(issue) => grace(project, issue),
        None => grace_unread(project, &files.source),
    })
}

fn grace_unread(project: &Project, source: &Source) -> Duration {
    front_matter::grace_of_lines(source.text()).unwrap_or(project.settings().sending.grace)
}

/// The times between which a scheduled run sends an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendWindow {
    /// The first moment.
    pub send_at: Timestamp,
    /// The last moment at which anything is sent; absent: no limit.
    pub send_until: Option<Timestamp>,
    /// How long after the first moment it is still sent without being asked.
    pub grace: Duration,
}

impl SendWindow {
    /// The window of an issue; absent if no scheduled run sends it: it is a draft, or has no `send_at`.
    pub fn of(project: &Project, issue: &Issue) -> Option<Self> {
        let front = &issue.front;
        let send_at = front.send_at.filter(|_| front.draft == DraftStatus::No)?;
        Some(Self { send_at, send_until: front.send_until, grace: grace(project, issue) })
    }

    /// The decision about an issue without a plan. It depends on nothing else: neither on the time zone nor on former runs.
    pub fn decide(&self, now: Timestamp) -> RunDecision {
        let Self { send_at, send_until, grace } = *self;
        if now < send_at {
            return RunDecision::Early(send_at);
        }
        if let Some(send_until) = send_until.filter(|until| *until < now) {
            return RunDecision::Expired { send_at, send_until };
        }
        let grace = SignedDuration::try_from(grace).unwrap_or(SignedDuration::MAX);
        if now.duration_since(send_at) > grace { RunDecision::Late(send_at) } else { RunDecision::Send }
    }
}

/// The decision about an issue without a plan.
pub(crate) fn by_time(project: &Project, issue: &Issue, now: Timestamp) -> RunDecision {
    SendWindow::of(project, issue).map_or(RunDecision::Skip, |window| window.decide(now))
}

/// The decision about an issue with errors in its front matter.
fn decide_unread(project: &Project, source: &Source, now: Timestamp) -> Result<RunDecision, Error> {
    // An unfinished draft does not concern the administrator yet.
    if !seems_scheduled(source) {
        return Ok(RunDecision::Skip);
    }
    if let Some(send_at) = front_matter::send_at_of_lines(source.text(), &project.settings().timezone)
        && let RunDecision::Late(_) =
            (SendWindow { send_at, send_until: None, grace: grace_unread(project, source) }).decide(now)
    {
        let plan = match ledgers::open_to_read(project)? {
            Some(mut ledger) => by_plan(project, &mut *ledger, &IssueId::of_path(source.path()), now)?,
            None => None,
        };
        // Without errors it would not be sent either, unless it was begun: each run would report what can no longer be
        // fixed in time.
        return Ok(match plan {
            None => RunDecision::Late(send_at),
            Some(RunDecision::Skip) => RunDecision::Skip,
            Some(_) => RunDecision::Send,
        });
    }
    // Sending reports what is wrong with it.
    Ok(RunDecision::Send)
}

/// The decision by the plan of an issue; absent if it has none.
fn by_plan(
    project: &Project,
    ledger: &mut dyn Ledger,
    issue: &IssueId,
    now: Timestamp,
) -> Result<Option<RunDecision>, Error> {
    let Some(record) = ledger.plan(issue, ledgers::transport_kind(project))? else { return Ok(None) };
    let totals = status::totals(ledger, &record)?;
    if totals.is_finished() {
        return Ok(Some(RunDecision::Skip));
    }
    let is_expired = record.send_until.is_some_and(|until| until < now);
    // An expired plan is sent once more, which marks its unsent letters as expired.
    let is_due =
        is_expired || totals.of(LetterState::Planned) > 0 || ledger.is_due(record.id, project.retry().due_time(now))?;
    Ok(Some(if is_due { RunDecision::Send } else { RunDecision::Wait }))
}

/// Whether an issue with errors was meant to be sent by a scheduled run.
fn seems_scheduled(source: &Source) -> bool {
    // Front matter that cannot be parsed can only be searched as text.
    let has = |key: &str| source.text().lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    (has("send_at:") || has("publish_date:")) && !has("draft: true")
}
