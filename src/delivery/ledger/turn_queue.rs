//! Requests of several threads, of which one at a time carries out what all have queued.
//!
//! A turn takes about as long for many requests as for one. While a thread is busy it may make a request soon: the requests of busy
//! threads wait until half of these threads have made theirs, or are not busy any more.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::delivery::ledger::error::LedgerError;

/// How often a turn lets other threads run before it takes the requests. Where all processors are in use, some of these threads are
/// about to make one: over ten connections on two processors, a letter then takes 15 % less CPU time.
const YIELDS: usize = 2;
/// How long other threads run at most until they wait for something; a program that computes all the time runs for longer.
const LONGEST_YIELD: Duration = Duration::from_micros(2_500);
/// How many turns do not yield after one that had to wait for longer. Beside two programs that compute all the time, four
/// connections send 7 % fewer letters than without yields; if every turn yielded, they would send half as many.
const TURNS_WITHOUT_YIELDS: u32 = 64;

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
    /// How many of them are of busy threads.
    of_busy: usize,
    /// How many threads are busy; one whose request waits still is.
    busy: usize,
    /// How many of the next turns do not let other threads run first.
    turns_without_yields: u32,
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
        let state = QueueState {
            waiting: Vec::new(),
            of_busy: 0,
            busy: 0,
            turns_without_yields: 0,
            is_taken: false,
            is_ended: false,
            is_stopped: false,
            error: None,
        };
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

    /// Says that this thread may make a request soon, with [`BusyThread::add_and_take`], until what it returns is ended or dropped.
    /// Meanwhile it must not wait for anything but this queue: requests of others may wait for its own.
    pub(super) fn busy(&self) -> BusyThread<'_, R> {
        self.lock().busy += 1;
        BusyThread(self)
    }

    /// Waits for requests that are due, or at most this long, since something else may be due then: so long do requests wait at most
    /// for a busy thread. `None` once no more requests come, and none is left.
    pub(super) fn wait_for_turn(&self, most: Duration) -> Option<WritingTurn<'_, R>> {
        let mut state = self.lock();
        let mut is_due = false;
        loop {
            if !state.is_taken {
                if state.is_stopped || state.is_ended && state.waiting.is_empty() {
                    return None;
                }
                if is_due || state.is_due() {
                    return Some(self.take(&mut state));
                }
            }
            let (again, waited) = self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner);
            (state, is_due) = (again, waited.timed_out());
        }
    }

    /// Takes the turn if requests are due and no thread has it.
    fn take_if_due(&self, state: &mut QueueState<R>) -> Option<WritingTurn<'_, R>> {
        (!state.is_taken && state.is_due()).then(|| self.take(state))
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

    fn take_requests(&mut self) -> Vec<R> {
        self.of_busy = 0;
        mem::take(&mut self.waiting)
    }

    /// Whether requests are to be carried out now: one is not of a busy thread, half of these threads wait, or no more come.
    fn is_due(&self) -> bool {
        let is_one_urgent = self.waiting.len() > self.of_busy;
        !self.waiting.is_empty() && (is_one_urgent || self.is_ended || self.of_busy * 2 >= self.busy)
    }
}

/// The turn to carry out requests. If it ends with an error or a panic, no request is carried out any more, and those that wait
/// are dropped.
pub(super) struct WritingTurn<'q, R> {
    queue: &'q TurnQueue<R>,
    result: Result<(), LedgerError>,
}

impl<R> WritingTurn<'_, R> {
    /// What is queued once others had the chance to queue more, in its order.
    pub(super) fn batch(&self) -> Vec<R> {
        let skips = self.queue.lock().turns_without_yields;
        let next = if skips == 0 { let_others_run() } else { skips - 1 };
        let mut state = self.queue.lock();
        state.turns_without_yields = next;
        state.take_requests()
    }

    /// Ends the turn. What was queued meanwhile is left to the thread in [`wait_for_turn`](TurnQueue::wait_for_turn), or to a busy
    /// one: this thread has its own answer by now.
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
            state.take_requests();
            state.error.get_or_insert(error);
        }
        if state.is_stopped || state.is_ended || state.is_due() {
            self.queue.changed.notify_one();
        }
    }
}

/// Lets other threads run; returns how many of the next turns are not to do so.
fn let_others_run() -> u32 {
    let begun = Instant::now();
    (0..YIELDS).for_each(|_| thread::yield_now());
    if begun.elapsed() > LONGEST_YIELD { TURNS_WITHOUT_YIELDS } else { 0 }
}

/// A thread that may make a request soon.
pub(super) struct BusyThread<'q, R>(&'q TurnQueue<R>);

impl<'q, R> BusyThread<'q, R> {
    /// Queues its request, and takes the turn if no thread has it and half of the busy ones wait; `None`: another thread carries
    /// the request out.
    ///
    /// # Errors
    ///
    /// As for [`TurnQueue::add`].
    pub(super) fn add_and_take(&self, request: R) -> Result<Option<WritingTurn<'q, R>>, LedgerError> {
        let mut state = self.0.lock();
        state.add(request)?;
        state.of_busy += 1;
        Ok(self.0.take_if_due(&mut state))
    }

    /// Says that it is not busy any more, and takes the turn if requests have waited for it.
    pub(super) fn end(self) -> Option<WritingTurn<'q, R>> {
        let queue = self.0;
        mem::forget(self);
        let mut state = queue.lock();
        state.busy -= 1;
        queue.take_if_due(&mut state)
    }
}

impl<R> Drop for BusyThread<'_, R> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.busy -= 1;
        if !state.is_taken && state.is_due() {
            self.0.changed.notify_one();
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
    use std::sync::mpsc::{self, SyncSender};

    use super::*;

    /// Longer than any test takes.
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn requests_are_carried_out_once_and_in_order_whoever_has_the_turn() {
        let (queue, carried_out) = (TurnQueue::default(), Mutex::new(Vec::new()));
        let carry_out = |turn: WritingTurn<'_, (usize, usize, SyncSender<()>)>| {
            for (worker, number, answer) in turn.batch() {
                carried_out.lock().unwrap().push((worker, number));
                answer.send(()).unwrap();
            }
            turn.end(Ok(()));
        };
        let carry_out_some = |turn: Option<WritingTurn<'_, _>>| turn.map_or((), carry_out);
        thread::scope(|threads| {
            let own = threads.spawn(|| {
                while let Some(turn) = queue.wait_for_turn(LONG * 60) {
                    carry_out(turn);
                }
            });
            let end = queue.end_on_drop();
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    let (queue, carry_out_some) = (&queue, &carry_out_some);
                    threads.spawn(move || {
                        for number in 0..1_000 {
                            let (answer, wait) = mpsc::sync_channel(1);
                            let request = (worker, number, answer);
                            match number % 4 {
                                0 => queue.add(request).unwrap(),
                                1 => carry_out_some(queue.add_and_take(request).unwrap()),
                                _ => {
                                    let busy = queue.busy();
                                    carry_out_some(busy.add_and_take(request).unwrap());
                                    wait.recv_timeout(LONG).unwrap();
                                    if number % 4 == 3 {
                                        carry_out_some(busy.end());
                                    }
                                    continue;
                                }
                            }
                            wait.recv_timeout(LONG).unwrap();
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
    fn requests_of_busy_threads_wait_until_half_of_them_have_made_theirs() {
        let queue = TurnQueue::default();
        let busy: Vec<_> = (0..5).map(|_| queue.busy()).collect();
        assert!(busy[0].add_and_take(0).unwrap().is_none());
        assert!(busy[1].add_and_take(1).unwrap().is_none(), "two of five");
        let turn = busy[2].add_and_take(2).unwrap().unwrap();
        assert!(busy[3].add_and_take(3).unwrap().is_none(), "the turn is taken");
        assert_eq!(turn.batch(), [0, 1, 2, 3], "what was queued meanwhile as well");
        turn.end(Ok(()));

        assert!(busy[0].add_and_take(4).unwrap().is_none());
        let turn = queue.add_and_take(5).unwrap().unwrap();
        assert_eq!(turn.batch(), [4, 5], "a thread that is not busy does not wait");
        turn.end(Ok(()));
    }

    #[test]
    fn requests_do_not_wait_for_a_thread_that_is_not_busy_any_more() {
        let queue = TurnQueue::default();
        let [first, second, third] = [(); 3].map(|()| queue.busy());
        assert!(first.add_and_take(1).unwrap().is_none());
        let turn = second.end().unwrap();
        assert_eq!(turn.batch(), [1]);
        turn.end(Ok(()));

        let fourth = queue.busy();
        assert!(first.add_and_take(2).unwrap().is_none());
        thread::scope(|threads| {
            let own = threads.spawn(|| queue.wait_for_turn(LONG).map(|turn| turn.batch()));
            // It waits by then, most likely: it would also see a request that is due at once.
            thread::sleep(Duration::from_millis(50));
            let dropped = Instant::now();
            drop(third);
            assert_eq!(own.join().unwrap().unwrap(), [2]);
            assert!(dropped.elapsed() < LONG / 2, "the thread that waits for a turn is woken");
        });
        drop([first, fourth]);
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
