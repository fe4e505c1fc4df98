//! Delivers a composed plan: connections as threads, each letter claimed, marked, handed over and settled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::refusal_streak::RefusalStreak;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::throttle::Throttle;
use crate::delivery::transport::{OpenError, Transport};
use crate::delivery::worker::Worker;
use crate::letter::compose::ComposedPlan;

/// What a run needs besides its ledger.
pub struct DeliveryRun<'a> {
    /// What is delivered: every letter of it was made once before.
    pub plan: &'a ComposedPlan,
    /// How.
    pub transport: &'a dyn Transport,
    /// When a letter that was put off is tried again.
    pub retry: RetryPolicy,
    /// How long it waits where no letter may leave.
    pub patience: WaitPolicy,
    /// Set by a signal: the letters in hand are finished, then the run ends.
    pub stop: &'a AtomicBool,
    /// Told of everything as it happens, by every connection.
    pub watch: &'a (dyn Fn(&DeliveryEvent<'_>) + Sync),
}

/// How long a run waits where no letter is due, or where none may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitPolicy {
    /// As long as the windows of a minute are, and not for letters that were put off.
    Brief,
    /// Until this moment.
    Until(Timestamp),
}

/// What waits for the limits of a minute.
const SHORT_WAIT: Duration = Duration::from_secs(90);

impl WaitPolicy {
    /// Whether it lasts from one moment to another.
    pub(crate) fn lasts(self, now: Timestamp, at: Timestamp) -> bool {
        match self {
            Self::Brief => at.duration_since(now).unsigned_abs() <= SHORT_WAIT,
            Self::Until(until) => at <= until,
        }
    }
}

/// Why a run ended.
#[derive(Debug)]
pub enum RunEnd {
    /// Nothing more is due.
    Done,
    /// It was asked to stop.
    Interrupted,
    /// The relay could not be reached, or asked to slow down again and again.
    Unreachable(FailureReason),
    /// No connection could be opened.
    NotOpened(OpenError),
    /// The relay refuses us as a sender: nobody is marked failed.
    SenderRefused(Reply),
    /// One and the same refusal, five times in a row.
    Paused(Reply),
    /// The limits of the relay allow no letter before this moment.
    Paced(Timestamp),
    /// A letter is larger than the relay takes.
    TooLarge {
        /// The letter's octets.
        size: usize,
        /// What the relay takes at most; absent where it did not say.
        limit: Option<usize>,
    },
}

/// What the connections of a run share.
pub(crate) struct RunState<'a> {
    pub(crate) run: &'a DeliveryRun<'a>,
    halt: AtomicBool,
    end: Mutex<Option<RunEnd>>,
    streak: Mutex<RefusalStreak>,
    tempo: Mutex<Throttle>,
}

/// Delivers what is due, until nothing is, or until the run has to end.
///
/// # Errors
///
/// The ledger could not be written: nothing more was sent after that.
pub fn deliver(run: &DeliveryRun<'_>, clerk: &LedgerHandle) -> Result<RunEnd, Error> {
    let shared = RunState {
        run,
        halt: AtomicBool::new(false),
        end: Mutex::default(),
        streak: Mutex::default(),
        tempo: Mutex::default(),
    };
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..run.transport.connections().max(1))
            .map(|number| {
                let (shared, clerk) = (&shared, clerk.clone());
                let span = tracing::info_span!("connection", number);
                scope.spawn(move || span.in_scope(|| Worker::new(shared, clerk, number).work()))
            })
            .collect();
        workers.into_iter().map(|it| it.join().unwrap_or(Err(Error::WorkerLost))).collect()
    });
    results.into_iter().collect::<Result<(), Error>>()?;
    let end = shared.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(end.unwrap_or(if run.stop.load(Ordering::SeqCst) { RunEnd::Interrupted } else { RunEnd::Done }))
}

impl RunState<'_> {
    /// Whether no further letter is to be taken.
    pub(crate) fn ends(&self) -> bool {
        self.halts() || self.run.stop.load(Ordering::SeqCst)
    }

    /// Whether not even a letter that the relay waits for is to be sent.
    pub(crate) fn halts(&self) -> bool {
        self.halt.load(Ordering::SeqCst)
    }

    /// The first reason to end is the run's.
    pub(crate) fn end(&self, end: RunEnd) {
        self.halt.store(true, Ordering::SeqCst);
        self.end.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(end);
    }

    pub(crate) fn streak<T>(&self, change: impl FnOnce(&mut RefusalStreak) -> T) -> T {
        change(&mut self.streak.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn tempo<T>(&self, change: impl FnOnce(&mut Throttle) -> T) -> T {
        change(&mut self.tempo.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
