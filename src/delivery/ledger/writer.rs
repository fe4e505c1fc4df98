//! One thread writes the ledger for every connection: what is queued goes to disk together, with one flush.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use jiff::Timestamp;

use crate::delivery::ledger::claim::{
    AttemptRecord, Claim, ClaimFilter, InFlight, LetterChange, LetterNumber, LetterUpdate, RunScope, Settled,
    Settlement,
};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::rate_limits::RateDecision;
use crate::delivery::ledger::{Ledger, RunSession};

/// How many letters are claimed from the ledger at a time: few enough that several hosts end together.
const BATCH: usize = 64;

/// Speaks to the writer; each connection has one.
#[derive(Clone, Debug)]
pub struct LedgerHandle {
    entries: Sender<WriterRequest>,
    stock: ClaimPool,
    is_paced: bool,
}

#[derive(Debug)]
enum WriterRequest {
    Claim { now: Timestamp, answer: SyncSender<Result<Option<Claim>, LedgerError>> },
    Mark { before: Option<Settled>, claim: Claim, now: Timestamp, answer: SyncSender<Result<InFlight, LedgerError>> },
    Settle(Settled),
    Correct { number: LetterNumber, record: AttemptRecord },
    Release { claim: Claim },
    PutOff { claim: Claim, due: Timestamp },
    Depart { domain: String, now: Timestamp, answer: SyncSender<Result<RateDecision, LedgerError>> },
    NextDue { now: Timestamp, answer: SyncSender<Result<Option<Timestamp>, LedgerError>> },
}

impl LedgerHandle {
    /// The next letter to try, if one is due at this moment.
    pub fn claim(&self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        // The writer may be waiting for the disk: what it has claimed already is had without it.
        if let Some(claim) = self.stock.open().take() {
            return Ok(Some(claim));
        }
        let (answer, wait) = mpsc::sync_channel(1);
        self.say(WriterRequest::Claim { now, answer })?;
        wait.recv().map_err(|_| LedgerError::Stopped)?
    }

    /// Marks a letter as in flight, and writes how the one before it ended, with one flush; returns when both are on
    /// the disk.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Lost`] where the letter has become another host's in the meantime: it must not be sent, and
    /// nothing is to be settled of it. Anything else means that the ledger cannot be written.
    pub fn mark(&self, claim: Claim, before: Option<Settled>, now: Timestamp) -> Result<InFlight, LedgerError> {
        let (answer, wait) = mpsc::sync_channel(1);
        self.say(WriterRequest::Mark { before, claim, now, answer })?;
        wait.recv().map_err(|_| LedgerError::Stopped)?
    }

    /// Writes how an attempt ended whose body was sent; it reaches the disk with the next flush.
    pub fn settle(&self, settled: Settled) -> Result<(), LedgerError> {
        self.say(WriterRequest::Settle(settled))
    }

    /// Writes how an attempt ended that never came to its body.
    pub fn settle_unsent(&self, claim: Claim, settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        self.say(WriterRequest::Settle(Settled {
            claim,
            step: LetterChange::SettleUnsent(AttemptRecord::of(settlement)),
        }))
    }

    /// Writes over what was said of letters before: they are deferred after all.
    pub fn defer_again(&self, letters: &[LetterNumber], settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        let record = || AttemptRecord::of(settlement);
        letters.iter().try_for_each(|number| self.say(WriterRequest::Correct { number: *number, record: record() }))
    }

    /// Gives a letter back that was not tried: nothing of it is written.
    pub fn release(&self, claim: Claim) -> Result<(), LedgerError> {
        self.say(WriterRequest::Release { claim })
    }

    /// Gives a letter back that was not tried, and is not to be before this moment.
    pub fn put_off(&self, claim: Claim, due: Timestamp) -> Result<(), LedgerError> {
        self.say(WriterRequest::PutOff { claim, due })
    }

    /// Whether letters have to wait for their turn.
    pub fn is_paced(&self) -> bool {
        self.is_paced
    }

    /// Asks whether a letter may leave; if so, it is counted among those that left.
    pub fn depart(&self, claim: &mut Claim, now: Timestamp) -> Result<RateDecision, LedgerError> {
        let (answer, wait) = mpsc::sync_channel(1);
        let domain = claim.letter.person.address.domain().to_lowercase();
        self.say(WriterRequest::Depart { domain, now, answer })?;
        let turn = wait.recv().map_err(|_| LedgerError::Stopped)??;
        if let RateDecision::Now(departure) = turn {
            claim.departure = Some(departure);
        }
        Ok(turn)
    }

    /// When the next letter is due that is not due yet; absent: there is none.
    pub fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let (answer, wait) = mpsc::sync_channel(1);
        self.say(WriterRequest::NextDue { now, answer })?;
        wait.recv().map_err(|_| LedgerError::Stopped)?
    }

    fn say(&self, entry: WriterRequest) -> Result<(), LedgerError> {
        self.entries.send(entry).map_err(|_| LedgerError::Stopped)
    }
}

/// Runs `work` with a clerk, while a thread writes the ledger; returns when all of it is on the disk.
///
/// Fails with the writer's own error if it had one; `work` has then been told [`LedgerError::Stopped`].
pub fn write<T>(
    ledger: &mut dyn Ledger,
    desk: RunScope,
    work: impl FnOnce(&LedgerHandle) -> T,
) -> Result<T, LedgerError> {
    let (sender, entries) = mpsc::channel();
    let stock = ClaimPool::default();
    let clerk = LedgerHandle { entries: sender, stock: stock.clone(), is_paced: !desk.rate.is_free() };
    thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let mut shift = ledger.begin(desk.plan)?;
            LedgerWriter { shift: &mut *shift, desk, stock }.run(&entries)?;
            shift.end()
        });
        let done = work(&clerk);
        drop(clerk);
        writer.join().map_err(|_| LedgerError::Stopped)??;
        Ok(done)
    })
}

/// The letters that were claimed, shared by the writer and the connections.
#[derive(Clone, Debug, Default)]
struct ClaimPool(Arc<Mutex<ClaimQueue>>);

#[derive(Debug, Default)]
struct ClaimQueue {
    queue: VecDeque<Claim>,
    /// In somebody's hands.
    outstanding: HashSet<i64>,
    /// How often letters were tried in this run that are not settled for good.
    tried: HashMap<i64, u8>,
    /// How many different letters were handed out.
    taken: usize,
}

impl ClaimPool {
    /// Nothing is half done while it is open, so that what a connection leaves behind that came to an end is whole.
    fn open(&self) -> MutexGuard<'_, ClaimQueue> {
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

    fn give_back(&mut self, claim: Claim) {
        self.let_go(&claim);
        self.queue.push_front(claim);
    }

    /// For a letter that is not to be had again at once.
    fn let_go(&mut self, claim: &Claim) {
        self.outstanding.remove(&claim.number);
        if self.tried.remove(&claim.number).is_some() {
            self.taken -= 1;
        }
    }

    fn settle(&mut self, claim: &Claim, step: &LetterChange) {
        self.outstanding.remove(&claim.number);
        if let LetterChange::Settle(record) | LetterChange::SettleUnsent(record) = step
            && record.state.is_final()
        {
            self.tried.remove(&claim.number);
        }
    }

    /// What is to be claimed next.
    fn wanted<'a>(&self, desk: &'a RunScope, now: Timestamp) -> ClaimFilter<'a> {
        let worn = self.tried.iter().filter(|(_, tries)| **tries >= desk.tries).map(|(number, _)| *number);
        let not = worn.chain(self.outstanding.iter().copied()).collect();
        // What was tried before is no further letter of the limit.
        let room = desk.limit.map_or(BATCH, |limit| limit.saturating_sub(self.taken)).min(BATCH);
        let only = if room == 0 { Some(self.tried.keys().copied().collect()) } else { None };
        let many = if room == 0 { BATCH } else { room };
        ClaimFilter { audience: desk.audience.as_ref(), now, many, not, only }
    }
}

struct LedgerWriter<'a> {
    shift: &'a mut dyn RunSession,
    desk: RunScope,
    stock: ClaimPool,
}

impl LedgerWriter<'_> {
    fn run(mut self, entries: &Receiver<WriterRequest>) -> Result<(), LedgerError> {
        while let Some(first) = self.wait(entries)? {
            let batch: Vec<WriterRequest> = std::iter::once(first).chain(entries.try_iter()).collect();
            self.write(batch)?;
        }
        Ok(())
    }

    /// The next entry, or none where there will be no more; in the meantime others are told that the run is alive.
    fn wait(&mut self, entries: &Receiver<WriterRequest>) -> Result<Option<WriterRequest>, LedgerError> {
        let Some(pulse) = self.shift.pulse() else { return Ok(entries.recv().ok()) };
        loop {
            match entries.recv_timeout(pulse) {
                Ok(entry) => return Ok(Some(entry)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.shift.keep()?,
            }
        }
    }

    /// Everything of one batch is on the disk before anybody is answered. On an error the entries and the channel are
    /// dropped, so that nobody waits for an answer any more.
    fn write(&mut self, batch: Vec<WriterRequest>) -> Result<(), LedgerError> {
        let (mut changes, mut marked) = (Vec::new(), Vec::new());
        let (mut asking, mut waiting) = (Vec::new(), Vec::new());
        for entry in batch {
            match entry {
                WriterRequest::Claim { now, answer } => asking.push((now, answer)),
                WriterRequest::Mark { before, claim, now, answer } => {
                    changes.extend(before.map(|it| self.settle(it)));
                    let step = LetterChange::Mark(now, claim.departure);
                    changes.push(LetterUpdate::of(&claim, step));
                    marked.push((claim, answer));
                }
                WriterRequest::Settle(settled) => changes.push(self.settle(settled)),
                WriterRequest::Correct { number, record } => {
                    changes.push(LetterUpdate { number, tries: 0, holder: 0, step: LetterChange::Correct(record) });
                }
                WriterRequest::Release { claim } => self.stock.open().give_back(claim),
                WriterRequest::PutOff { claim, due } => {
                    self.stock.open().let_go(&claim);
                    changes.push(LetterUpdate::of(&claim, LetterChange::PutOff(due)));
                }
                WriterRequest::Depart { domain, now, answer } => {
                    _ = answer.send(Ok(self.shift.depart(&self.desk.rate, &domain, now)?));
                }
                WriterRequest::NextDue { now, answer } => waiting.push((now, answer)),
            }
        }
        let lost = if changes.is_empty() { Vec::new() } else { self.shift.write(&changes)? };
        // A connection that has gone away in the meantime needs no answer: its letter stays in flight, hence in doubt.
        for (claim, answer) in marked {
            let is_lost = lost.contains(&claim.number());
            _ = answer.send(if is_lost { Err(self.lose(&claim)) } else { Ok(InFlight { claim }) });
        }
        for (now, answer) in waiting {
            _ = answer.send(Ok(self.shift.next_due(self.desk.audience.as_ref(), now)?));
        }
        for (now, answer) in asking {
            let claim = self.next(now)?;
            _ = answer.send(Ok(claim));
        }
        Ok(())
    }

    fn settle(&self, Settled { claim, step }: Settled) -> LetterUpdate {
        self.stock.open().settle(&claim, &step);
        LetterUpdate::of(&claim, step)
    }

    /// What was claimed together with a lost letter is most likely lost as well.
    fn lose(&self, claim: &Claim) -> LedgerError {
        let mut stock = self.stock.open();
        stock.outstanding.remove(&claim.number);
        stock.queue.clear();
        LedgerError::Lost
    }

    fn next(&mut self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        let mut stock = self.stock.open();
        if stock.queue.is_empty() {
            let claims = self.shift.claim(&stock.wanted(&self.desk, now))?;
            stock.queue.extend(claims);
        }
        Ok(stock.take())
    }
}
