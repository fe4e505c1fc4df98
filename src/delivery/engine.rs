//! Delivers a composed plan: one thread per connection, each of which claims, marks, sends and settles letters.

use std::thread;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::claim::Settlement;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{FailureReason, Outcome};
use crate::delivery::refusal_streak::TakenBack;
use crate::delivery::run::{DeliveryRun, RunEnd, RunState};
use crate::delivery::worker::Worker;

/// Delivers what is due, until nothing is, or until the run has to end.
///
/// # Errors
///
/// The ledger could not be written: nothing more was sent after that.
pub fn deliver(run: &DeliveryRun<'_>, ledger: &LedgerHandle) -> Result<RunEnd, Error> {
    let state = RunState::new(run);
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..run.transport.connections().max(1))
            .map(|number| {
                let (state, ledger) = (&state, ledger.clone());
                let span = tracing::info_span!("connection", number);
                scope.spawn(move || span.in_scope(|| Worker::new(state, ledger, number).run()))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(Err(Error::WorkerLost))).collect()
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
