//! Delivers a composed plan: one thread per connection, each of which claims, marks, sends and settles letters.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::claim::Settlement;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{FailureReason, Outcome};
use crate::delivery::refusal_streak::TakenBack;
use crate::delivery::run::{DeliveryRun, RunEnd, RunState};
use crate::delivery::worker::Worker;

/// How often a run checks whether its plan was cancelled.
const WATCH_INTERVAL: Duration = Duration::from_millis(100);

/// Delivers what is due, until nothing is, or until the run has to end.
///
/// # Errors
///
/// The ledger could not be written: nothing more was sent after that.
pub fn deliver(run: &DeliveryRun<'_>, ledger: &LedgerHandle<'_>) -> Result<RunEnd, Error> {
    let (state, is_over) = (RunState::new(run), AtomicBool::new(false));
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..run.transport.connections().max(1))
            .map(|number| {
                let (state, ledger) = (&state, ledger.clone());
                let span = tracing::info_span!("connection", number);
                scope.spawn(move || span.in_scope(|| Worker::new(state, ledger, number).run()))
            })
            .collect();
        let watcher = scope.spawn(|| watch(&state, ledger, &is_over));
        let results = workers.into_iter().map(|worker| worker.join().unwrap_or(Err(Error::WorkerLost))).collect();
        is_over.store(true, Ordering::SeqCst);
        watcher.thread().unpark();
        results
    });
    results.into_iter().collect::<Result<(), Error>>()?;
    let (end, taken) = state.into_end();
    if let Some(TakenBack { letters, reply, .. }) = taken {
        let now = Timestamp::now();
        let outcome = Outcome::Deferred(FailureReason::Reply(reply.clone()));
        ledger.defer_again(&letters, &Settlement { outcome: &outcome, at: now, due: now })?;
        (run.observer)(&DeliveryEvent::TakenBack { letters: letters.len(), reply: &reply });
    }
    Ok(end)
}

/// Ends the run once its plan is cancelled, even while its connections wait for a relay that does not answer.
fn watch(state: &RunState<'_>, ledger: &LedgerHandle<'_>, is_over: &AtomicBool) {
    while !is_over.load(Ordering::SeqCst) {
        if ledger.is_cancelled() {
            state.end(RunEnd::Cancelled);
            state.run.transport.abandon();
            return;
        }
        thread::park_timeout(WATCH_INTERVAL);
    }
}
