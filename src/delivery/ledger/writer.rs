//! Writes the ledger for all connections: whatever is queued goes to disk together, with one flush.
//!
//! A connection that asks for something while nobody writes does so itself, since waking another thread and being woken by it
//! takes longer than most of the writing. What is queued meanwhile is written by a thread of its own, or by a connection that is
//! busy: a mark waits until half of the connections that compose or are about to mark a letter have asked for theirs, at most a
//! second.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::delivery::ledger::claim::{
    AttemptRecord, Claim, ClaimFilter, InFlight, LetterChange, LetterNumber, LetterUpdate, RunScope, Settled,
    Settlement,
};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::rate_limits::RateDecision;
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::turn_queue::{BusyThread, TurnQueue, WritingTurn};
use crate::delivery::ledger::{Ledger, RunSession};

/// How many letters are claimed from the ledger at a time: few enough that several hosts finish at about the same time.
const BATCH: usize = 64;
/// How often the ledger is asked whether the plan was cancelled.
const CANCEL_INTERVAL: Duration = Duration::from_secs(1);

/// Writes what is queued.
type WriteTurn<'w> = &'w (dyn Fn(WritingTurn<'_, WriterRequest>) + Sync);

/// A connection's handle of the writer; each connection has one.
#[derive(Clone)]
pub struct LedgerHandle<'w> {
    requests: &'w TurnQueue<WriterRequest>,
    write: WriteTurn<'w>,
    pool: ClaimPool,
    is_rate_limited: bool,
}

#[derive(Debug)]
enum WriterRequest {
    Claim { now: Timestamp, answer: SyncSender<Result<Option<Claim>, LedgerError>> },
    Mark { before: Option<Settled>, claim: Claim, now: Timestamp, answer: SyncSender<Result<InFlight, LedgerError>> },
    Settle(Settled),
    Correct { number: LetterNumber, record: AttemptRecord },
    Release { claim: Claim },
    Defer { claim: Claim, due: Timestamp },
    ReserveSlot { domain: String, now: Timestamp, answer: SyncSender<Result<RateDecision, LedgerError>> },
    SharedTotals { answer: SyncSender<Result<Option<Totals>, LedgerError>> },
    NextDue { now: Timestamp, answer: SyncSender<Result<Option<Timestamp>, LedgerError>> },
}

/// A connection that composes a letter or is about to mark one. Meanwhile it must not wait for the relay, sleep, or print: the marks
/// of others may wait for its own.
pub struct BusyConnection<'w> {
    thread: BusyThread<'w, WriterRequest>,
    write: WriteTurn<'w>,
}

impl BusyConnection<'_> {
    /// Marks a letter as in flight, and records the outcome of the one before it, with one flush; returns when both are
    /// on disk.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Lost`] if another host has taken the letter over: it must not be sent, and there is nothing to
    /// settle. Any other error means that the ledger cannot be written.
    pub fn mark(&self, claim: Claim, before: Option<Settled>, now: Timestamp) -> Result<InFlight, LedgerError> {
        let add = |answer| self.thread.add_and_take(WriterRequest::Mark { before, claim, now, answer });
        answer_to(self.write, add)
    }

    /// Says that it is not busy any more; writes the marks that waited for it.
    pub fn end(self) {
        if let Some(turn) = self.thread.end() {
            (self.write)(turn);
        }
    }
}

impl fmt::Debug for BusyConnection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BusyConnection(…)")
    }
}

impl<'w> LedgerHandle<'w> {
    /// The next letter to try, if one is due at this moment.
    pub fn claim(&self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        // The writer may be waiting for the disk: a letter that it has claimed already is taken without it.
        if let Some(claim) = self.pool.lock().take() {
            return Ok(Some(claim));
        }
        self.ask(|answer| WriterRequest::Claim { now, answer })
    }

    /// Says that this connection composes a letter or is about to mark one.
    pub fn busy(&self) -> BusyConnection<'w> {
        BusyConnection { thread: self.requests.busy(), write: self.write }
    }

    /// Records the outcome of an attempt whose body was sent; it reaches the disk with the next flush.
    pub fn settle(&self, settled: Settled) -> Result<(), LedgerError> {
        self.send(WriterRequest::Settle(settled))
    }

    /// Records the outcome of an attempt that ended before its body was sent.
    pub fn settle_unsent(&self, claim: Claim, settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        let change = LetterChange::SettleUnsent(AttemptRecord::new(settlement));
        self.send(WriterRequest::Settle(Settled { claim, change }))
    }

    /// Replaces the recorded outcome of letters: they are deferred instead.
    pub fn defer_again(&self, letters: &[LetterNumber], settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        letters.iter().try_for_each(|number| {
            self.send(WriterRequest::Correct { number: *number, record: AttemptRecord::new(settlement) })
        })
    }

    /// Gives back a letter that was not tried: nothing is written of it.
    pub fn release(&self, claim: Claim) -> Result<(), LedgerError> {
        self.send(WriterRequest::Release { claim })
    }

    /// Gives back a letter that was not tried, and is not to be before this moment.
    pub fn defer(&self, claim: Claim, due: Timestamp) -> Result<(), LedgerError> {
        self.send(WriterRequest::Defer { claim, due })
    }

    /// Whether the plan was cancelled during the run, as far as that is known.
    pub fn is_cancelled(&self) -> bool {
        self.pool.lock().is_cancelled
    }

    /// Whether letters need a slot in the rate limits.
    pub fn is_rate_limited(&self) -> bool {
        self.is_rate_limited
    }

    /// Asks whether the rate limits allow a letter; if so, it is counted.
    pub fn reserve_slot(&self, claim: &mut Claim, now: Timestamp) -> Result<RateDecision, LedgerError> {
        let domain = claim.letter.person.address.domain().to_lowercase();
        let decision = self.ask(|answer| WriterRequest::ReserveSlot { domain, now, answer })?;
        if let RateDecision::Now(slot) = decision {
            claim.slot = Some(slot);
        }
        Ok(decision)
    }

    /// When the next letter is due that is not due yet; absent: there is none.
    pub fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        self.ask(|answer| WriterRequest::NextDue { now, answer })
    }

    /// The letters of the plan by state, where other hosts may send it as well; absent: this run alone does.
    pub fn shared_totals(&self) -> Result<Option<Totals>, LedgerError> {
        self.ask(|answer| WriterRequest::SharedTotals { answer })
    }

    /// Queues a request without an answer, for the writer's own thread: a connection does not wait for the disk.
    fn send(&self, request: WriterRequest) -> Result<(), LedgerError> {
        self.requests.add(request)
    }

    /// Queues a request and waits for its answer.
    fn ask<T>(
        &self,
        request: impl FnOnce(SyncSender<Result<T, LedgerError>>) -> WriterRequest,
    ) -> Result<T, LedgerError> {
        answer_to(self.write, |answer| self.requests.add_and_take(request(answer)))
    }
}

/// The answer to a request that `add` queues; this thread writes what is queued if `add` takes the turn.
fn answer_to<'q, T>(
    write: WriteTurn<'_>,
    add: impl FnOnce(SyncSender<Result<T, LedgerError>>) -> Result<Option<WritingTurn<'q, WriterRequest>>, LedgerError>,
) -> Result<T, LedgerError> {
    // With room for the answer the writer never waits for a connection.
    let (answer, wait) = mpsc::sync_channel(1);
    if let Some(turn) = add(answer)? {
        write(turn);
    }
    wait.recv().map_err(|_| LedgerError::Stopped)?
}

impl fmt::Debug for LedgerHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerHandle(…)")
    }
}

/// Runs `work` with a handle, while its requests are written; returns when everything is on disk.
///
/// Fails with the writer's own error if it had one; `work` gets [`LedgerError::Stopped`] then.
pub fn write<T>(
    ledger: &mut dyn Ledger,
    scope: RunScope,
    work: impl FnOnce(&LedgerHandle<'_>) -> T,
) -> Result<T, LedgerError> {
    let (requests, pool) = (TurnQueue::default(), ClaimPool::default());
    let is_rate_limited = !scope.rate.is_free();
    let mut session = ledger.begin(scope.plan)?;
    let interval = session.renewal_interval().map_or(CANCEL_INTERVAL, |interval| interval.min(CANCEL_INTERVAL));
    let now = Instant::now();
    let writer = LedgerWriter { session: &mut *session, scope, pool: pool.clone(), renewed: now, asked: now };
    // Nobody waits for it: only the thread whose turn it is uses it.
    let writer = Mutex::new(writer);
    let write = |turn: WritingTurn<'_, WriterRequest>| {
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write(turn.batch()).and_then(|()| writer.keep_up());
        drop(writer);
        turn.end(written);
    };
    let done = thread::scope(|threads| {
        let own = threads.spawn(|| {
            while let Some(turn) = requests.wait_for_turn(interval) {
                write(turn);
            }
        });
        let done = {
            let _ends = requests.end_on_drop();
            work(&LedgerHandle { requests: &requests, write: &write, pool, is_rate_limited })
        };
        // A panic there was kept as an error.
        _ = own.join();
        done
    });
    requests.into_result()?;
    session.end()?;
    Ok(done)
}

/// The letters that were claimed, shared by the writer and the connections.
#[derive(Clone, Debug, Default)]
struct ClaimPool(Arc<Mutex<ClaimQueue>>);

#[derive(Debug, Default)]
struct ClaimQueue {
    queue: VecDeque<Claim>,
    /// Letters that a connection has taken and not given back or settled.
    outstanding: HashSet<i64>,
    /// How often letters without a final state were tried in this run.
    tried: HashMap<i64, u8>,
    /// How many different letters were taken.
    taken: usize,
    /// Whether the plan was cancelled.
    is_cancelled: bool,
}

impl ClaimPool {
    /// The queue is consistent whenever the lock is free, so that it is also after a connection's thread has panicked.
    fn lock(&self) -> MutexGuard<'_, ClaimQueue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClaimQueue {
    fn take(&mut self) -> Option<Claim> {
        let claim = self.queue.pop_front()?;
        self.outstanding.insert(claim.number);
        let tries = self.tried.entry(claim.number).or_insert(0);
        self.taken += usize::from(*tries == 0);
        *tries += 1;
        Some(claim)
    }

    /// Puts an untried letter back at the front.
    fn put_back(&mut self, claim: Claim) {
        self.release(&claim);
        self.queue.push_front(claim);
    }

    /// Forgets an untried letter, which is not to be claimed again at once.
    fn release(&mut self, claim: &Claim) {
        self.outstanding.remove(&claim.number);
        if let Some(tries) = self.tried.get_mut(&claim.number) {
            *tries -= 1;
            if *tries == 0 {
                self.tried.remove(&claim.number);
                self.taken -= 1;
            }
        }
    }

    fn settle(&mut self, claim: &Claim, change: &LetterChange) {
        self.outstanding.remove(&claim.number);
        if let LetterChange::Settle(record) | LetterChange::SettleUnsent(record) = change
            && record.state.is_final()
        {
            self.tried.remove(&claim.number);
        }
    }

    /// What is to be claimed next.
    fn filter<'a>(&self, scope: &'a RunScope, now: Timestamp) -> ClaimFilter<'a> {
        let exhausted = self.tried.iter().filter(|(_, tries)| **tries >= scope.tries).map(|(number, _)| *number);
        let except = exhausted.chain(self.outstanding.iter().copied()).collect();
        // A letter that was tried before does not count against the limit again.
        let room = scope.limit.map_or(BATCH, |limit| limit.saturating_sub(self.taken)).min(BATCH);
        let only = if room == 0 { Some(self.tried.keys().copied().collect()) } else { None };
        let limit = if room == 0 { BATCH } else { room };
        ClaimFilter { audience: scope.audience.as_ref(), now, limit, except, only }
    }
}

struct LedgerWriter<'a> {
    session: &'a mut dyn RunSession,
    scope: RunScope,
    pool: ClaimPool,
    /// When the lease was last renewed.
    renewed: Instant,
    /// When the ledger was last asked whether the plan was cancelled.
    asked: Instant,
}

impl LedgerWriter<'_> {
    /// Renews the lease and asks whether the plan was cancelled, where it is time for that.
    fn keep_up(&mut self) -> Result<(), LedgerError> {
        if self.session.renewal_interval().is_some_and(|interval| self.renewed.elapsed() >= interval) {
            self.session.renew_lease()?;
            self.renewed = Instant::now();
        }
        if self.asked.elapsed() >= CANCEL_INTERVAL {
            self.look_for_cancellation();
        }
        Ok(())
    }

    /// Asks whether the plan was cancelled. An error does not stop the run: the next write reports it.
    fn look_for_cancellation(&mut self) {
        self.asked = Instant::now();
        if self.session.is_cancelled().unwrap_or(false) {
            self.pool.lock().is_cancelled = true;
        }
    }

    /// Everything of one batch is on disk before anything is answered. On an error the requests and the channel are
    /// dropped, so that no connection waits for an answer any more.
    fn write(&mut self, batch: Vec<WriterRequest>) -> Result<(), LedgerError> {
        // What is written of letters, and each claim, renews the lease as well.
        if !batch.is_empty() {
            self.renewed = Instant::now();
        }
        let (mut updates, mut marked) = (Vec::new(), Vec::new());
        let (mut claiming, mut waiting, mut counting) = (Vec::new(), Vec::new(), Vec::new());
        for request in batch {
            match request {
                WriterRequest::Claim { now, answer } => claiming.push((now, answer)),
                WriterRequest::Mark { before, claim, now, answer } => {
                    updates.extend(before.map(|settled| self.settle(settled)));
                    let change = LetterChange::Mark(now, claim.slot);
                    updates.push(LetterUpdate::new(&claim, change));
                    marked.push((claim, answer));
                }
                WriterRequest::Settle(settled) => updates.push(self.settle(settled)),
                WriterRequest::Correct { number, record } => {
                    updates.push(LetterUpdate { number, tries: 0, holder: 0, change: LetterChange::Correct(record) });
                }
                // Its row was never changed by this run, so that nothing is written.
                WriterRequest::Release { claim } => self.pool.lock().put_back(claim),
                WriterRequest::Defer { claim, due } => {
                    self.pool.lock().release(&claim);
                    updates.push(LetterUpdate::new(&claim, LetterChange::Defer(due)));
                }
                WriterRequest::ReserveSlot { domain, now, answer } => {
                    _ = answer.send(Ok(self.session.reserve_slot(&self.scope.rate, &domain, now)?));
                }
                WriterRequest::NextDue { now, answer } => waiting.push((now, answer)),
                WriterRequest::SharedTotals { answer } => counting.push(answer),
            }
        }
        let lost = if updates.is_empty() { Vec::new() } else { self.session.write(&updates)? };
        if !lost.is_empty() {
            self.look_for_cancellation();
        }
        // A connection that is gone by now needs no answer: its letter stays in flight, hence in doubt.
        for (claim, answer) in marked {
            let is_lost = lost.contains(&claim.number());
            _ = answer.send(if is_lost { Err(self.lost_claim_error(&claim)) } else { Ok(InFlight { claim }) });
        }
        for answer in counting {
            _ = answer.send(Ok(self.session.shared_totals()?));
        }
        for (now, answer) in waiting {
            _ = answer.send(Ok(self.session.next_due(self.scope.audience.as_ref(), now)?));
        }
        // Claims come last: a letter that was just settled may be due again.
        for (now, answer) in claiming {
            let claim = self.next(now)?;
            _ = answer.send(Ok(claim));
        }
        Ok(())
    }

    fn settle(&self, Settled { claim, change }: Settled) -> LetterUpdate {
        self.pool.lock().settle(&claim, &change);
        LetterUpdate::new(&claim, change)
    }

    /// Letters that were claimed together with a lost one are most likely lost as well: the pool is emptied.
    fn lost_claim_error(&self, claim: &Claim) -> LedgerError {
        let mut pool = self.pool.lock();
        pool.outstanding.remove(&claim.number);
        pool.queue.clear();
        LedgerError::Lost
    }

    fn next(&mut self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        let mut pool = self.pool.lock();
        if pool.queue.is_empty() {
            // The lock is held meanwhile: a connection that asks now takes from the filled pool, without a request.
            let claims = self.session.claim(&pool.filter(&self.scope, now))?;
            pool.queue.extend(claims);
        }
        Ok(pool.take())
    }
}
