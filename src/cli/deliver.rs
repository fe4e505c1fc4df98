//! Delivers a frozen plan and tells what became of it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::observer::{EventOutput, RunObserver};
use crate::cli::reason_counts;
use crate::cli::report::{self, EventJson, ReportJson, SendingStatus, TotalsJson};
use crate::cli::terminal::{Terminal, with_causes};
use crate::cli::timing::RunTiming;
use crate::delivery::engine;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::run::{DeliveryRun, RunEnd, WaitPolicy};
use crate::delivery::transport::{OpenError, Transport};
use crate::letter::compose::ComposedPlan;

/// What is delivered, and how.
pub(super) struct DeliveryRequest<'a> {
    pub(super) record: &'a PlanRecord,
    pub(super) composed: &'a ComposedPlan,
    pub(super) transport: &'a dyn Transport,
    pub(super) retry: RetryPolicy,
    pub(super) desk: RunScope,
    pub(super) patience: WaitPolicy,
}

/// How the attempts of a run went.
pub(super) struct DeliverySummary {
    /// The status with which the run ended early, if it did, which is told.
    pub(super) early: Option<Exit>,
    timing: RunTiming,
}

/// Delivers what is due, and reports; the totals always add up to the plan.
pub(super) fn deliver(
    terminal: &Terminal,
    ledger: &mut dyn Ledger,
    delivery: &DeliveryRequest<'_>,
) -> Result<Exit, Error> {
    let record = delivery.record;
    expire(ledger, delivery)?;
    let issue = record.issue.as_str();
    let recipients = ledger.totals(record.id)?.recipients();
    let frozen_at = record.frozen_at.to_string();
    terminal.json(&EventJson::Plan { issue, transport: record.transport, recipients, frozen_at });
    let DeliverySummary { early, timing } = attempt(terminal, ledger, delivery, EventOutput::Told)?;
    expire(ledger, delivery)?;
    let totals = ledger.totals(record.id)?;
    let reasons = reason_counts::of_plan(ledger, record, &totals)?;
    terminal.json(&EventJson::Report(&ReportJson::new(issue, &timing, &reasons)));
    terminal.json(&EventJson::Totals(TotalsJson::new(issue, record.transport, &totals)));
    tracing::info!(issue, "{}", report::line(&totals, record.transport));
    terminal.say(&format!("{issue}: {}", report::line(&totals, record.transport)));
    for line in report::reason_lines(&reasons, record.transport) {
        terminal.say(&format!("  {line}"));
    }
    if terminal.draws() && timing.attempts > 0 {
        terminal.note(&format!("  {}", report::pace(&timing)));
    }
    for line in report::advice(record, &totals, SendingStatus::Over) {
        terminal.say(&format!("  {line}"));
    }
    Ok(early.unwrap_or_else(|| of_totals(&totals, &delivery.desk)))
}

/// Tries what is due.
pub(super) fn attempt(
    terminal: &Terminal,
    ledger: &mut dyn Ledger,
    delivery: &DeliveryRequest<'_>,
    stream: EventOutput,
) -> Result<DeliverySummary, Error> {
    let record = delivery.record;
    let before = ledger.totals(record.id)?;
    let open = before.of(LetterState::Planned) + before.of(LetterState::Deferred);
    let due = open.min(delivery.desk.limit.map_or(u64::MAX, |it| it as u64));
    let connections = delivery.transport.connections();
    let watch = RunObserver::new(terminal, stream, due);
    let span = tracing::info_span!("run", issue = record.issue.as_str(), transport = record.transport.as_str());
    let _run = span.enter();
    tracing::info!(due, connections, "letters begin to leave");
    watch.json(&EventJson::Start { issue: record.issue.as_str(), due, connections });
    let stop = stop_on_signals(terminal);
    let run = DeliveryRun {
        plan: delivery.composed,
        transport: delivery.transport,
        retry: delivery.retry,
        wait: delivery.patience,
        stop: &stop,
        observer: &|event| watch.tell(event),
    };
    let send =
        || crate::delivery::ledger::writer::write(ledger, delivery.desk.clone(), |clerk| engine::deliver(&run, clerk));
    let end = watch.until(&stop, send);
    let end = end.map_err(Error::from).flatten();
    if let Ok(end) = &end {
        watch.json(&report::end(end));
        tracing::info!("letters stop leaving: {}", report::why(end));
    }
    let timing = watch.end();
    Ok(DeliverySummary { early: report_end(terminal, &end?), timing })
}

fn expire(ledger: &mut dyn Ledger, delivery: &DeliveryRequest<'_>) -> Result<(), Error> {
    let now = Timestamp::now();
    ledger.expire(delivery.record, delivery.retry.oldest(now), now)?;
    Ok(())
}

/// Letters that `--limit` or `--audience` left for later are no failure of this run.
fn of_totals(totals: &Totals, desk: &RunScope) -> Exit {
    let narrowed = desk.limit.is_some() || desk.audience.is_some();
    Exit::of_totals(&if narrowed { totals.moved(LetterState::Planned, LetterState::Accepted) } else { *totals })
}

/// The first signal lets the letters in hand be finished; the second ends the program where it stands, and what was
/// in flight is in doubt.
fn stop_on_signals(terminal: &Terminal) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let armed = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)));
        if let Err(error) = armed {
            terminal.note(&format!("signals cannot be caught ({error}): an interrupted run leaves letters in doubt"));
        }
    }
    stop
}

/// What ended the run early, if anything did, and the status that it means.
fn report_end(terminal: &Terminal, end: &RunEnd) -> Option<Exit> {
    match end {
        RunEnd::Done => None,
        RunEnd::Interrupted => {
            terminal.note("stopped as asked; the letters in hand were finished");
            None
        }
        RunEnd::Unreachable(reason) => {
            terminal
                .problem(&format!("the relay does not take letters at the moment: {reason}; run the same again later"));
            Some(Exit::RetryLater)
        }
        RunEnd::NotOpened(error) => {
            terminal.problem(&with_causes(error));
            Some(match error {
                OpenError::Unreachable(_) => Exit::RetryLater,
                OpenError::Refused(_) => Exit::Sender,
                OpenError::Settings(_) => Exit::Settings,
                OpenError::Folder { .. } => Exit::Ledger,
            })
        }
        RunEnd::SenderRefused(reply) => {
            terminal.problem(&format!("the relay refuses us as a sender: {reply}; nobody is marked as failed"));
            Some(Exit::Sender)
        }
        RunEnd::Paused(reply) => {
            terminal.problem(&format!(
                "paused: the relay refuses letter after letter with the same words: {reply}; \
                 they will be tried again, nobody is marked as failed for it"
            ));
            Some(Exit::Sender)
        }
        RunEnd::RateLimited(until) => {
            terminal.problem(&format!(
                "`smtp.rate` allows no further letter before {until}; run the same again then, or say --wait"
            ));
            Some(Exit::RetryLater)
        }
        RunEnd::TooLarge { size, limit } => {
            let limit = limit.map_or_else(|| "less".to_owned(), |it| format!("at most {it}"));
            terminal.problem(&format!("a letter has {size} bytes and the relay takes {limit}: use smaller pictures"));
            Some(Exit::Blocked)
        }
    }
}
