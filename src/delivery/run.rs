//! A run: what it is given, what its connections share, and why it ended.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::delivery::connections::OpenConnections;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::refusal_limit::{RefusalCounter, RefusalCounts, RefusalLimit};
use crate::delivery::refusal_streak::{RefusalStreak, SenderFault, TakenBack};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::throttle::Throttle;
use crate::delivery::transport::{OpenError, Transport};
use crate::letter::compose::ComposedPlan;

/// What a run needs besides its ledger.
pub struct DeliveryRun<'a> {
    /// The plan to deliver: every letter of it was composed once before.
    pub plan: &'a ComposedPlan,
    /// Where its letters are sent.
    pub transport: &'a dyn Transport,
    /// How many letters of the plan were accepted before this run.
    pub reached: u64,
    /// How many letters of the plan were attempted and refused before this run.
    pub refusals: RefusalCounts,
    /// How many letters may be refused; absent: any number.
    pub refusal_limit: Option<RefusalLimit>,
    /// When a deferred letter is tried again.
    pub retry: RetryPolicy,
    /// How long the run waits when no letter may be sent.
    pub wait: WaitPolicy,
    /// Set by a signal: letters that are being sent are finished, then the run ends.
    pub stop: &'a AtomicBool,
    /// Called with every event as it happens, by every connection.
    pub observer: &'a (dyn Fn(&DeliveryEvent<'_>) + Sync),
}

/// How long a run waits when no letter is due, or none may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitPolicy {
    /// Long enough for a limit per minute, but not for deferred letters.
    Brief,
    /// Until this moment.
    Until(Timestamp),
}

/// A minute, and a margin for clocks and rounding.
const BRIEF_WAIT: Duration = Duration::from_secs(90);

impl WaitPolicy {
    /// Whether to wait from now until another moment.
    pub(crate) fn lasts(self, now: Timestamp, at: Timestamp) -> bool {
        match self {
            Self::Brief => at.duration_since(now).unsigned_abs() <= BRIEF_WAIT,
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
    /// Its plan was cancelled.
    Cancelled,
    /// The relay could not be reached, or deferred one letter after another.
    Unreachable(FailureReason),
    /// No connection could be opened.
    NotOpened(OpenError),
    /// The relay refused the sender: no letter is marked as refused.
    SenderRefused(Reply),
    /// The same refusal again and again.
    Paused(Reply),
    /// More letters were refused for good than the limit allows.
    TooManyRefused(RefusalCounts),
    /// The rate limits allow no letter before this moment.
    RateLimited(Timestamp),
    /// A letter is larger than the relay accepts.
    TooLarge {
        /// The letter's size in octets.
        size: usize,
        /// The relay's limit; absent if it did not say.
        limit: Option<usize>,
    },
}

impl RunEnd {
    /// The end of a run whose sender is refused.
    pub(crate) fn of_fault(fault: SenderFault, reply: Reply) -> Self {
        match fault {
            SenderFault::Suspected | SenderFault::Named => Self::SenderRefused(reply),
            SenderFault::Repeated => Self::Paused(reply),
        }
    }
}

/// What the connections of a run share.
pub(crate) struct RunState<'a> {
    pub(crate) run: &'a DeliveryRun<'a>,
    halt: AtomicBool,
    end: Mutex<Option<RunEnd>>,
    streak: Mutex<RefusalStreak>,
    refusals: Mutex<RefusalCounter>,
    throttle: Mutex<Throttle>,
    connections: Mutex<OpenConnections>,
}

impl<'a> RunState<'a> {
    pub(crate) fn new(run: &'a DeliveryRun<'a>) -> Self {
        Self {
            run,
            halt: AtomicBool::new(false),
            end: Mutex::default(),
            streak: Mutex::default(),
            refusals: Mutex::new(RefusalCounter::new(run.refusal_limit, run.refusals)),
            throttle: Mutex::default(),
            connections: Mutex::default(),
        }
    }

    /// Whether no further letter is to be claimed.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_halted() || self.run.stop.load(Ordering::SeqCst)
    }

    /// Whether not even a letter whose offer was accepted is to be sent.
    pub(crate) fn is_halted(&self) -> bool {
        self.halt.load(Ordering::SeqCst)
    }

    /// Ends the run. Connections may fail one after the other for one cause: the first reason counts.
    pub(crate) fn end(&self, end: RunEnd) {
        self.halt.store(true, Ordering::SeqCst);
        self.end.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(end);
    }

    pub(crate) fn with_streak<T>(&self, change: impl FnOnce(&mut RefusalStreak) -> T) -> T {
        change(&mut self.streak.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_refusals<T>(&self, change: impl FnOnce(&mut RefusalCounter) -> T) -> T {
        change(&mut self.refusals.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_throttle<T>(&self, change: impl FnOnce(&mut Throttle) -> T) -> T {
        change(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_connections<T>(&self, change: impl FnOnce(&mut OpenConnections) -> T) -> T {
        change(&mut self.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many letters go through one connection: as many as the settings and the relay allow.
    pub(crate) fn letters_per_connection(&self) -> NonZeroUsize {
        let set = self.run.transport.letters_per_connection();
        self.with_connections(|connections| connections.limit()).map_or(set, |learned| learned.min(set))
    }

    /// Why the run ended, once all its connections have, and the letters whose refusal does not count.
    pub(crate) fn into_end(self) -> (RunEnd, Option<TakenBack>) {
        let end = self.end.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_interrupted = self.run.stop.load(Ordering::SeqCst);
        let streak = self.streak.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (end, is_interrupted) {
            (Some(end), _) => (end, None),
            (None, true) => (RunEnd::Interrupted, None),
            (None, false) => match streak.end(self.run.reached) {
                Some(taken) => (RunEnd::of_fault(taken.fault, taken.reply.clone()), Some(taken)),
                None => (RunEnd::Done, None),
            },
        }
    }
}
