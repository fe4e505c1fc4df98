//! A run: what it is given, what its connections share, and why it ended.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::delivery::event::DeliveryEvent;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::refusal_streak::RefusalStreak;
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
    /// Long enough for a limit per minute, and not for deferred letters.
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
    /// The relay could not be reached, or asked to slow down again and again.
    Unreachable(FailureReason),
    /// No connection could be opened.
    NotOpened(OpenError),
    /// The relay refused the sender: no letter is marked as refused.
    SenderRefused(Reply),
    /// The same refusal five times in a row.
    Paused(Reply),
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

/// What the connections of a run share.
pub(crate) struct RunState<'a> {
    pub(crate) run: &'a DeliveryRun<'a>,
    halt: AtomicBool,
    end: Mutex<Option<RunEnd>>,
    streak: Mutex<RefusalStreak>,
    throttle: Mutex<Throttle>,
}

impl<'a> RunState<'a> {
    pub(crate) fn new(run: &'a DeliveryRun<'a>) -> Self {
        Self {
            run,
            halt: AtomicBool::new(false),
            end: Mutex::default(),
            streak: Mutex::default(),
            throttle: Mutex::default(),
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

    pub(crate) fn with_throttle<T>(&self, change: impl FnOnce(&mut Throttle) -> T) -> T {
        change(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the run ended, once all its connections have.
    pub(crate) fn into_end(self) -> RunEnd {
        let end = self.end.into_inner().unwrap_or_else(PoisonError::into_inner);
        end.unwrap_or(if self.run.stop.load(Ordering::SeqCst) { RunEnd::Interrupted } else { RunEnd::Done })
    }
}
