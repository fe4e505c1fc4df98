//! Delivers a frozen plan.

use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::engine;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::feedback::BounceLimits;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::writer;
use crate::delivery::refusal_limit::{RefusalCounts, RefusalLimit};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::run::{DeliveryRun, RunEnd, WaitPolicy};
use crate::delivery::transport::Transport;
use crate::letter::compose::ComposedPlan;
use crate::ops::reason_counts::{self, ReasonCount};
use crate::ops::refusals;

/// What is delivered, and how.
pub struct DeliveryRequest<'a> {
    /// The plan.
    pub record: &'a PlanRecord,
    /// Its letters.
    pub letters: &'a ComposedPlan,
    /// How they are sent.
    pub transport: &'a dyn Transport,
    /// When a deferred letter is tried again.
    pub retry: RetryPolicy,
    /// Which letters, and how often each is tried.
    pub scope: RunScope,
    /// How long the run waits while no letter may be sent.
    pub wait: WaitPolicy,
    /// When a refused recipient is suppressed.
    pub bounces: BounceLimits,
    /// How many letters may be refused before the run pauses; absent: any number.
    pub refusal_limit: Option<RefusalLimit>,
}

/// Stops and observes a run.
pub struct RunControl<'a> {
    /// Set by a signal: the letters in flight are finished, then the run ends.
    pub stop: &'a AtomicBool,
    /// Called for every event, by every connection.
    pub observe: &'a (dyn Fn(&DeliveryEvent<'_>) + Sync),
}

/// How many letters there are before a run.
#[derive(Clone, Copy, Debug)]
pub struct RunStart {
    /// The recipients of the plan.
    pub recipients: u64,
    /// The letters that this run may try.
    pub due: u64,
}

/// The result of a run.
#[derive(Debug)]
pub struct RunReport {
    /// The letters of the plan by state; they add up to its recipients.
    pub totals: Totals,
    /// Why letters were not accepted.
    pub reasons: Vec<ReasonCount>,
}

/// Expires letters that are too old, and counts those that are left to try.
///
/// # Errors
///
/// The ledger cannot be read or written.
pub fn start(ledger: &mut dyn Ledger, request: &DeliveryRequest<'_>, now: Timestamp) -> Result<RunStart, Error> {
    ledger.correct_times(request.record.id, request.retry.due_time(now))?;
    ledger.expire(request.record, request.retry.oldest(now), now)?;
    let totals = ledger.totals(request.record.id)?;
    let open = totals.of(LetterState::Planned) + totals.of(LetterState::Deferred);
    let due = open.min(request.scope.limit.map_or(u64::MAX, |limit| limit as u64));
    Ok(RunStart { recipients: totals.recipients(), due })
}

/// Tries the letters that are due.
///
/// # Errors
///
/// The ledger cannot be written; then no more letters are sent.
pub fn attempt(
    ledger: &mut dyn Ledger,
    request: &DeliveryRequest<'_>,
    control: &RunControl<'_>,
) -> Result<RunEnd, Error> {
    let totals = ledger.totals(request.record.id)?;
    let refusals = RefusalCounts::of(&totals);
    if refusals::is_over(request.refusal_limit, &totals) {
        return Ok(RunEnd::TooManyRefused(refusals));
    }
    let run = DeliveryRun {
        plan: request.letters,
        transport: request.transport,
        reached: totals.ever_accepted(),
        refusals,
        refusal_limit: request.refusal_limit,
        retry: request.retry,
        wait: request.wait,
        stop: control.stop,
        observer: control.observe,
    };
    let end = writer::write(ledger, request.scope.clone(), |handle| engine::deliver(&run, handle));
    end.map_err(Error::from).flatten()
}

/// Expires letters that became too old during the run, suppresses the recipients whose mailboxes do not exist unless too many
/// are refused, and adds up the states.
///
/// # Errors
///
/// The ledger cannot be read or written.
pub fn finish(ledger: &mut dyn Ledger, request: &DeliveryRequest<'_>, now: Timestamp) -> Result<RunReport, Error> {
    ledger.expire(request.record, request.retry.oldest(now), now)?;
    let totals = ledger.totals(request.record.id)?;
    if totals.of(LetterState::Refused) > 0 && !refusals::is_over(request.refusal_limit, &totals) {
        refusals::report(ledger, request.record.id, &request.bounces)?;
    }
    let reasons = reason_counts::of_plan(ledger, request.record, &totals)?;
    Ok(RunReport { totals, reasons })
}
