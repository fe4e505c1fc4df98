//! Requests of several threads, of which one at a time carries out what all have queued.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::delivery::ledger::error::LedgerError;

/// Requests, and whose turn it is to carry them out.
#[derive(Debug)]
pub(super) struct TurnQueue<R> {
    state: Mutex<QueueState<R>>,
    /// Wakes the thread in [`wait_for_turn`](Self::wait_for_turn).
    changed: Condvar,
}

#[derive(Debug)]
struct QueueState<R> {
    /// In the order in which they came.
    waiting: Vec<R>,
    /// Whether a thread has the turn.
    is_taken: bool,
    /// Whether no more requests are added.
    is_ended: bool,
    /// Whether requests are refused; then nothing waits.
    is_stopped: bool,
    /// The first error of a turn.
    error: Option<LedgerError>,
}

impl<R> Default for TurnQueue<R> {
    fn default() -> Self {
        let state =
            QueueState { waiting: Vec::new(), is_taken: false, is_ended: false, is_stopped: false, error: None };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl<R> TurnQueue<R> {
    /// The state is consistent whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, QueueState<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a request, which another thread carries out.
    ///
    /// # Errors
    ///
    /// A turn has failed: nothing is carried out any more.
    pub(super) fn add(&self, request: R) -> Result<(), LedgerError> {
        let mut state = self.lock();
        state.add(request)?;
        if !state.is_taken {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Queues a request, and takes the turn if no thread has it; `None`: another thread carries the request out.
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add).
    pub(super) fn add_and_take(&self, request: R) -> Result<Option<WritingTurn<'_, R>>, LedgerError> {
        let mut state = self.lock();
        state.add(request)?;
        Ok((!state.is_taken).then(|| self.take(&mut state)))
    }

    /// Waits for requests, or at most this long, since something else may be due then; `None` once no more requests come, and none
    /// is left.
    pub(super) fn wait_for_turn(&self, most: Duration) -> Option<WritingTurn<'_, R>> {
        let mut state = self.lock();
        let mut is_due = false;
        loop {
            if !state.is_taken {
                if state.is_stopped || state.is_ended && state.waiting.is_empty() {
                    return None;
                }
                if is_due || !state.waiting.is_empty() {
                    return Some(self.take(&mut state));
                }
            }
            let (again, waited) = self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner);
            (state, is_due) = (again, waited.timed_out());
        }
    }

    fn take(&self, state: &mut QueueState<R>) -> WritingTurn<'_, R> {
        state.is_taken = true;
        WritingTurn { queue: self, result: Err(LedgerError::Stopped) }
    }

    /// Says that no more requests come, once what it returns is dropped, also by a panic.
    pub(super) fn end_on_drop(&self) -> EndOnDrop<'_, R> {
        EndOnDrop(self)
    }

    /// The first error of a turn.
    pub(super) fn into_result(self) -> Result<(), LedgerError> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).error.map_or(Ok(()), Err)
    }
}

impl<R> QueueState<R> {
    fn add(&mut self, request: R) -> Result<(), LedgerError> {
        if self.is_stopped {
            return Err(LedgerError::Stopped);
        }
        self.waiting.push(request);
        Ok(())
    }
}

/// The turn to carry out requests. If it ends with an error or a panic, no request is carried out any more, and those that wait
/// are dropped.
pub(super) struct WritingTurn<'q, R> {
    queue: &'q TurnQueue<R>,
    result: Result<(), LedgerError>,
}

impl<R> WritingTurn<'_, R> {
    /// What is queued by now, in its order.
    pub(super) fn batch(&self) -> Vec<R> {
        mem::take(&mut self.queue.lock().waiting)
    }

    /// Ends the turn. What was queued meanwhile is left to the thread in [`wait_for_turn`](TurnQueue::wait_for_turn): this one
    /// has its own answer by now.
    pub(super) fn end(mut self, result: Result<(), LedgerError>) {
        self.result = result;
    }
}

impl<R> Drop for WritingTurn<'_, R> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.is_taken = false;
        if let Err(error) = mem::replace(&mut self.result, Ok(())) {
            state.is_stopped = true;
            state.waiting.clear();
            state.error.get_or_insert(error);
        }
        if state.is_stopped || state.is_ended || !state.waiting.is_empty() {
            self.queue.changed.notify_one();
        }
    }
}

/// See [`TurnQueue::end_on_drop`].
pub(super) struct EndOnDrop<'q, R>(&'q TurnQueue<R>);

impl<R> Drop for EndOnDrop<'_, R> {
    fn drop(&mut self) {
        self.0.lock().is_ended = true;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::panic;
    use std::thread;

    use super::*;

    #[test]
    fn requests_are_carried_out_once_and_in_order_whoever_has_the_turn() {
        let (queue, carried_out) = (TurnQueue::default(), Mutex::new(Vec::new()));
        let carry_out = |turn: WritingTurn<'_, (usize, usize)>| {
            carried_out.lock().unwrap().extend(turn.batch());
            turn.end(Ok(()));
        };
        thread::scope(|threads| {
            let own = threads.spawn(|| {
                while let Some(turn) = queue.wait_for_turn(Duration::from_secs(1)) {
                    carry_out(turn);
                }
            });
            let end = queue.end_on_drop();
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    let (queue, carry_out) = (&queue, &carry_out);
                    threads.spawn(move || {
                        for number in 0..1_000 {
                            if number % 3 == 0 {
                                queue.add((worker, number)).unwrap();
                            } else if let Some(turn) = queue.add_and_take((worker, number)).unwrap() {
                                carry_out(turn);
                            }
                        }
                    })
                })
                .collect();
            for worker in workers {
                worker.join().unwrap();
            }
            drop(end);
            own.join().unwrap();
        });
        let carried_out = carried_out.into_inner().unwrap();
        for worker in 0..4 {
            let own = carried_out.iter().filter(|(by, _)| *by == worker).map(|(_, number)| *number);
            assert!(own.eq(0..1_000), "{worker}");
        }
        assert!(queue.into_result().is_ok());
    }

    #[test]
    fn a_turn_that_fails_or_panics_is_the_last_one() {
        for panics in [false, true] {
            let queue = TurnQueue::default();
            let turn = queue.add_and_take(1).unwrap().unwrap();
            assert!(queue.add_and_take(2).unwrap().is_none(), "it is taken");
            if panics {
                let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                    let _turn = turn;
                    panic::resume_unwind(Box::new("a panic"));
                }));
                assert!(result.is_err());
            } else {
                turn.end(Err(LedgerError::Lost));
            }
            assert!(queue.add(3).is_err() && queue.wait_for_turn(Duration::from_secs(9)).is_none());
            assert!(queue.lock().waiting.is_empty(), "nobody waits for an answer");
            assert!(queue.into_result().is_err());
        }
    }
}
