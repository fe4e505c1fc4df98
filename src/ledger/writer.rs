//! One thread writes the ledger for every connection: what is queued goes to disk together, with one flush.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::audience::AudienceId;
use crate::ledger::{Ledger, LedgerError, PlanId, State};
use crate::plan::PlannedLetter;
use crate::report::Outcome;

/// How many letters are read from the ledger at a time.
const BATCH: usize = 256;

/// Which letters of a plan a run tries.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The plan.
    pub plan: PlanId,
    /// Only this audience's; absent: everyone.
    pub audience: Option<AudienceId>,
    /// At most so many letters; absent: all.
    pub limit: Option<usize>,
    /// How often one letter is tried within one run, where its retry is due at once.
    pub tries: u8,
}

/// A letter that may be attempted, once, by whoever holds this value; settling consumes it.
#[derive(Debug)]
pub struct Claim {
    number: i64,
    tries: u32,
    /// The letter.
    pub letter: PlannedLetter,
}

impl Claim {
    /// How often the letter was tried before.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// The letter's number in its plan.
    pub fn number(&self) -> LetterNumber {
        LetterNumber(self.number)
    }
}

/// The number of a letter in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterNumber(pub(crate) i64);

/// A letter whose state `in flight` is on the disk: only with one may a body be written.
#[derive(Debug)]
pub struct InFlight {
    claim: Claim,
}

impl InFlight {
    /// The letter.
    pub fn letter(&self) -> &PlannedLetter {
        &self.claim.letter
    }

    /// How often it was tried before.
    pub fn tries(&self) -> u32 {
        self.claim.tries
    }

    /// The letter's number in its plan.
    pub fn number(&self) -> LetterNumber {
        self.claim.number()
    }
}

/// What is written of an attempt.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// How it ended.
    pub outcome: &'a Outcome,
    /// When it ended.
    pub at: Timestamp,
    /// Not tried again before this moment; for a deferred letter.
    pub due: Timestamp,
}

/// Speaks to the writer; each connection has one.
#[derive(Clone, Debug)]
pub struct Clerk {
    entries: Sender<Entry>,
}

#[derive(Debug)]
enum Entry {
    Claim { now: Timestamp, answer: SyncSender<Result<Option<Claim>, LedgerError>> },
    Mark { claim: Claim, now: Timestamp, answer: SyncSender<Result<InFlight, LedgerError>> },
    Settle { claim: Claim, record: Record },
    Correct { number: i64, record: Record },
    Release { claim: Claim },
}

/// What is written in a letter's row.
#[derive(Debug)]
struct Record {
    state: State,
    reply: String,
    at: Timestamp,
    due: Timestamp,
    counted: Counted,
}

/// Whether `tries` was already counted when the letter was marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Already,
    Now,
}

impl Entry {
    fn is_written(&self) -> bool {
        match self {
            Self::Mark { .. } | Self::Settle { .. } | Self::Correct { .. } => true,
            Self::Claim { .. } | Self::Release { .. } => false,
        }
    }
}

impl Clerk {
    /// The next letter to try, if one is due at this moment.
    pub fn claim(&self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        let (answer, wait) = mpsc::sync_channel(1);
        self.say(Entry::Claim { now, answer })?;
        wait.recv().map_err(|_| LedgerError::Stopped)?
    }

    /// Marks a letter as in flight; returns when that is on the disk.
    pub fn mark(&self, claim: Claim, now: Timestamp) -> Result<InFlight, LedgerError> {
        let (answer, wait) = mpsc::sync_channel(1);
        self.say(Entry::Mark { claim, now, answer })?;
        wait.recv().map_err(|_| LedgerError::Stopped)?
    }

    /// Writes how an attempt ended whose body was sent; it reaches the disk with the next flush.
    pub fn settle(&self, in_flight: InFlight, settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        let InFlight { claim } = in_flight;
        self.say(Entry::Settle { claim, record: record(settlement, Counted::Already) })
    }

    /// Writes how an attempt ended that never came to its body.
    pub fn settle_unsent(&self, claim: Claim, settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        self.say(Entry::Settle { claim, record: record(settlement, Counted::Now) })
    }

    /// Writes over what was said of letters before: they are deferred after all.
    pub fn defer_again(&self, letters: &[LetterNumber], settlement: &Settlement<'_>) -> Result<(), LedgerError> {
        letters
            .iter()
            .try_for_each(|it| self.say(Entry::Correct { number: it.0, record: record(settlement, Counted::Already) }))
    }

    /// Gives a letter back that was not tried: nothing of it is written.
    pub fn release(&self, claim: Claim) -> Result<(), LedgerError> {
        self.say(Entry::Release { claim })
    }

    fn say(&self, entry: Entry) -> Result<(), LedgerError> {
        self.entries.send(entry).map_err(|_| LedgerError::Stopped)
    }
}

fn record(settlement: &Settlement<'_>, counted: Counted) -> Record {
    let (state, reply) = match settlement.outcome {
        Outcome::Accepted(reply) => (State::Accepted, reply.to_string()),
        Outcome::Deferred(reason) => (State::Deferred, reason.to_string()),
        Outcome::Refused(reply) => (State::Refused, reply.to_string()),
        Outcome::InDoubt(reason) => (State::InDoubt, reason.to_string()),
    };
    Record { state, reply, at: settlement.at, due: settlement.due, counted }
}

/// Runs `work` with a clerk, while a thread writes the ledger; returns when all of it is on the disk.
///
/// Fails with the writer's own error if it had one; `work` has then been told [`LedgerError::Stopped`].
pub fn write<T>(ledger: &mut Ledger, desk: Desk, work: impl FnOnce(&Clerk) -> T) -> Result<T, LedgerError> {
    let (sender, entries) = mpsc::channel();
    thread::scope(|scope| {
        let writer = scope.spawn(move || Writer::new(ledger, desk).run(&entries));
        let clerk = Clerk { entries: sender };
        let done = work(&clerk);
        drop(clerk);
        writer.join().map_err(|_| LedgerError::Stopped)??;
        Ok(done)
    })
}

struct Writer<'a> {
    ledger: &'a mut Ledger,
    desk: Desk,
    queue: VecDeque<Claim>,
    outstanding: HashSet<i64>,
    tried: HashMap<i64, u8>,
}

impl<'a> Writer<'a> {
    fn new(ledger: &'a mut Ledger, desk: Desk) -> Self {
        Self { ledger, desk, queue: VecDeque::new(), outstanding: HashSet::new(), tried: HashMap::new() }
    }

    fn run(mut self, entries: &Receiver<Entry>) -> Result<(), LedgerError> {
        while let Ok(first) = entries.recv() {
            let batch: Vec<Entry> = std::iter::once(first).chain(entries.try_iter()).collect();
            self.write(batch)?;
        }
        Ok(())
    }

    /// Everything of one batch is on the disk before anybody is answered. On an error the entries and the channel are
    /// dropped, so that nobody waits for an answer any more.
    fn write(&mut self, batch: Vec<Entry>) -> Result<(), LedgerError> {
        let mut marked = Vec::new();
        let mut asking = Vec::new();
        if batch.iter().any(Entry::is_written) {
            let plan = self.desk.plan;
            let transaction = self.ledger.begin()?;
            for entry in &batch {
                write_entry(&transaction, plan, entry)?;
            }
            transaction.commit()?;
        }
        for entry in batch {
            match entry {
                Entry::Mark { claim, answer, .. } => marked.push((claim, answer)),
                Entry::Claim { now, answer } => asking.push((now, answer)),
                Entry::Settle { claim, .. } => _ = self.outstanding.remove(&claim.number),
                Entry::Release { claim } => {
                    self.outstanding.remove(&claim.number);
                    self.tried.remove(&claim.number);
                }
                Entry::Correct { .. } => {}
            }
        }
        // A connection that has gone away in the meantime needs no answer: its letter stays in flight, hence in doubt.
        for (claim, answer) in marked {
            _ = answer.send(Ok(InFlight { claim }));
        }
        for (now, answer) in asking {
            let claim = self.next(now)?;
            _ = answer.send(Ok(claim));
        }
        Ok(())
    }

    fn next(&mut self, now: Timestamp) -> Result<Option<Claim>, LedgerError> {
        if self.queue.is_empty() {
            self.refill(now)?;
        }
        let claim = self.queue.pop_front();
        if let Some(claim) = &claim {
            self.outstanding.insert(claim.number);
            *self.tried.entry(claim.number).or_insert(0) += 1;
        }
        Ok(claim)
    }

    fn refill(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        let audience = self.desk.audience.as_ref();
        let many = BATCH + self.tried.len();
        for (number, tries, letter) in self.ledger.open_letters(self.desk.plan, audience, now, many)? {
            let room = self.desk.limit.is_none_or(|limit| self.tried.len() + self.queue.len() < limit);
            let allowed = match self.tried.get(&number) {
                Some(tries) => *tries < self.desk.tries,
                None => room,
            };
            if allowed && !self.outstanding.contains(&number) {
                self.queue.push_back(Claim { number, tries, letter });
            }
        }
        Ok(())
    }
}

fn write_entry(transaction: &Transaction<'_>, plan: PlanId, entry: &Entry) -> Result<(), LedgerError> {
    match entry {
        Entry::Mark { claim, now, .. } => {
            transaction
                .prepare_cached(
                    "UPDATE letter SET state = 'in_flight', tries = tries + 1, at = ?3,
                       first_try = coalesce(first_try, ?3)
                     WHERE plan = ?1 AND number = ?2",
                )?
                .execute(params![plan.0, claim.number, now.as_millisecond()])?;
        }
        Entry::Settle { claim, record } => write_record(transaction, plan, (claim.number, record))?,
        Entry::Correct { number, record } => write_record(transaction, plan, (*number, record))?,
        Entry::Claim { .. } | Entry::Release { .. } => {}
    }
    Ok(())
}

fn write_record(
    transaction: &Transaction<'_>,
    plan: PlanId,
    (number, record): (i64, &Record),
) -> Result<(), LedgerError> {
    let tries = match record.counted {
        Counted::Already => 0,
        Counted::Now => 1,
    };
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction
        .prepare_cached(
            "UPDATE letter SET state = ?3, reply = ?4, at = ?5, due = ?6, tries = tries + ?7,
               first_try = coalesce(first_try, ?5)
             WHERE plan = ?1 AND number = ?2",
        )?
        .execute(params![plan.0, number, record.state.as_str(), record.reply, at, due, tries])?;
    Ok(())
}
