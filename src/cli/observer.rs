//! Watches a run while it is under way: prints, logs and times what happens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::json::EventJson;
use crate::cli::log;
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::cli::timing::RunTiming;
use crate::delivery::event::{Attempt, DeliveryEvent};
use crate::ops::text::with_causes;

/// How often the stop flag is polled: a signal handler can only set a flag.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Whether `--json` prints each event of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventOutput {
    /// As it happens.
    Printed,
    /// Only what the command itself prints for each letter.
    Hidden,
}

/// Everything that is notified of the events of a run.
pub(super) struct RunObserver<'a> {
    terminal: &'a Terminal,
    output: EventOutput,
    progress: Progress<'a>,
    timing: Mutex<RunTiming>,
}

impl<'a> RunObserver<'a> {
    /// For this many letters.
    pub(super) fn new(terminal: &'a Terminal, output: EventOutput, letters: u64) -> Self {
        let progress = Progress::new(terminal, letters);
        Self { terminal, output, progress, timing: Mutex::new(RunTiming::new()) }
    }

    /// Handles an event; every connection calls it.
    pub(super) fn observe(&self, event: &DeliveryEvent<'_>) {
        log::event(event);
        self.count(event);
        if let DeliveryEvent::Attempted(attempt) = event {
            self.progress.attempted(attempt.letter, attempt.outcome);
        }
        if self.streams() {
            self.terminal.json(&json(event));
        }
    }

    /// Prints an event that is not the engine's, where events are printed.
    pub(super) fn json(&self, line: &EventJson<'_>) {
        if self.streams() {
            self.terminal.json(line);
        }
    }

    fn streams(&self) -> bool {
        self.output == EventOutput::Printed && self.terminal.is_json()
    }

    /// Does the work, and reports a request to stop as soon as it is made.
    pub(super) fn until<T>(&self, stop: &AtomicBool, work: impl FnOnce() -> T) -> T {
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) && !stop.load(Ordering::SeqCst) {
                    thread::park_timeout(POLL_INTERVAL);
                }
                if stop.load(Ordering::SeqCst) {
                    self.progress.stopping();
                }
            });
            // Named, since `_` alone would drop it at once.
            let _ends = StopOnDrop { ended: &ended, watcher: watcher.thread() };
            work()
        })
    }

    /// Ends the observation; how fast the run was.
    pub(super) fn end(self) -> RunTiming {
        self.progress.end();
        self.timing.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, event: &DeliveryEvent<'_>) {
        let mut timing = self.timing.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            DeliveryEvent::Connected { .. } => timing.connections += 1,
            DeliveryEvent::Attempted(attempt) => timing.attempted(&attempt.letter.person.address, attempt.took),
            DeliveryEvent::NotOpened { .. }
            | DeliveryEvent::Waits { .. }
            | DeliveryEvent::Rests { .. }
            | DeliveryEvent::TakenBack { .. } => {}
        }
    }
}

/// Ends the watcher thread, also where the work panics: otherwise the scope would wait for it forever.
struct StopOnDrop<'a> {
    ended: &'a AtomicBool,
    watcher: &'a Thread,
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.watcher.unpark();
    }
}

fn json<'a>(event: &DeliveryEvent<'a>) -> EventJson<'a> {
    match *event {
        DeliveryEvent::Connected { connection, took } => {
            EventJson::Connected { connection, milliseconds: took.as_millis() }
        }
        DeliveryEvent::NotOpened { connection, error } => {
            EventJson::NotConnected { connection, reason: with_causes(error).to_string() }
        }
        DeliveryEvent::Attempted(attempt) => letter(attempt),
        DeliveryEvent::Waits { connection, wait, reason } => {
            EventJson::Wait { connection, milliseconds: wait.as_millis(), reason: reason.map(ToString::to_string) }
        }
        DeliveryEvent::Rests { connection, until } => EventJson::Rest { connection, until: until.to_string() },
        DeliveryEvent::TakenBack { letters, reply } => EventJson::TakenBack { letters, reply: reply.to_string() },
    }
}

fn letter(attempt: Attempt<'_>) -> EventJson<'_> {
    EventJson::Letter {
        address: attempt.letter.person.address.as_str(),
        state: attempt.outcome.into(),
        edition: &attempt.letter.edition,
        at: Timestamp::now().to_string(),
        reply: attempt.outcome.reason().to_string(),
        message_id: &attempt.letter.message_id,
        connection: attempt.connection,
        milliseconds: attempt.took.map(|took| took.as_millis()),
    }
}
