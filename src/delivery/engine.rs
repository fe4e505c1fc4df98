//! Delivers a composed plan: connections as threads, each letter claimed, marked, handed over and settled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::delivery::retry::{DROPS, Retry, back_off};
use crate::delivery::streak::Streak;
use crate::delivery::transport::{Connection, Courier, Envelope, OpenError, Remedy, Setback, Transport, Verdict};
use crate::error::Error;
use crate::ledger::{Claim, Clerk, InFlight, LetterNumber, Settlement};
use crate::letter::{ComposedPlan, Letter};
use crate::plan::PlannedLetter;
use crate::recipient::Address;
use crate::report::{Outcome, Reason, Reply, Step};

/// What a run needs besides its ledger.
pub struct Run<'a> {
    /// What is delivered: every letter of it was made once before.
    pub plan: &'a ComposedPlan,
    /// How.
    pub transport: &'a dyn Transport,
    /// When a letter that was put off is tried again.
    pub retry: Retry,
    /// Set by a signal: the letters in hand are finished, then the run ends.
    pub stop: &'a AtomicBool,
    /// Told of each attempt as it ends.
    pub watch: &'a (dyn Fn(&PlannedLetter, &Outcome) + Sync),
}

/// Why a run ended.
#[derive(Debug)]
pub enum End {
    /// Nothing more is due.
    Done,
    /// It was asked to stop.
    Interrupted,
    /// The relay could not be reached, or asked to slow down again and again.
    Unreachable(Reason),
    /// No connection could be opened.
    NotOpened(OpenError),
    /// The relay refuses us as a sender: nobody is marked failed.
    SenderRefused(Reply),
    /// One and the same refusal, five times in a row.
    Paused(Reply),
    /// A letter is larger than the relay takes.
    TooLarge {
        /// The letter's octets.
        size: usize,
        /// What the relay takes at most; absent where it did not say.
        limit: Option<usize>,
    },
}

struct Shared<'a> {
    run: &'a Run<'a>,
    halt: AtomicBool,
    end: Mutex<Option<End>>,
    streak: Mutex<Streak>,
}

/// Delivers what is due, until nothing is, or until the run has to end.
///
/// # Errors
///
/// The ledger could not be written: nothing more was sent after that.
pub fn deliver(run: &Run<'_>, clerk: &Clerk) -> Result<End, Error> {
    let shared =
        Shared { run, halt: AtomicBool::new(false), end: Mutex::new(None), streak: Mutex::new(Streak::default()) };
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..run.transport.connections().max(1))
            .map(|number| {
                let (shared, clerk) = (&shared, clerk.clone());
                scope.spawn(move || Worker { shared, clerk, number, courier: None, drops: 0, put_off: 0 }.work())
            })
            .collect();
        workers.into_iter().map(|it| it.join().unwrap_or(Err(Error::WorkerLost))).collect()
    });
    results.into_iter().collect::<Result<(), Error>>()?;
    let end = shared.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(end.unwrap_or(if run.stop.load(Ordering::SeqCst) { End::Interrupted } else { End::Done }))
}

impl Shared<'_> {
    fn ends(&self) -> bool {
        self.halt.load(Ordering::SeqCst) || self.run.stop.load(Ordering::SeqCst)
    }

    /// The first reason to end is the run's.
    fn end(&self, end: End) {
        self.halt.store(true, Ordering::SeqCst);
        self.end.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(end);
    }

    fn streak<T>(&self, change: impl FnOnce(&mut Streak) -> T) -> T {
        change(&mut self.streak.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One connection and what goes through it.
struct Worker<'a> {
    shared: &'a Shared<'a>,
    clerk: Clerk,
    number: usize,
    courier: Option<Box<dyn Courier + 'a>>,
    /// Connections lost in a row.
    drops: u32,
    /// Letters put off in a row because every connection for them was lost.
    put_off: u32,
}

/// What to do after an attempt.
enum Next {
    /// The letter has its outcome, or was given back: take another.
    Letter,
    /// The recipient is untouched: the same letter over a new connection.
    Again(Claim, Reason),
}

impl Worker<'_> {
    fn work(mut self) -> Result<(), Error> {
        while !self.shared.ends() {
            let Some(claim) = self.clerk.claim(Timestamp::now())? else { break };
            let letter = self.shared.run.plan.letter(&claim.letter).map_err(|_| Error::Uncomposed)?;
            let mut next = self.attempt(claim, &letter)?;
            while let Next::Again(claim, reason) = next {
                next = self.retry(claim, &letter, reason)?;
            }
        }
        if let Some(courier) = self.courier.take() {
            courier.close();
        }
        Ok(())
    }

    /// One try over the open connection, or over a new one.
    fn attempt(&mut self, claim: Claim, letter: &Letter) -> Result<Next, Error> {
        let mut courier = match self.courier.take() {
            Some(courier) => courier,
            None => match self.shared.run.transport.open() {
                Ok(courier) => courier,
                Err(error) => return self.not_opened(claim, error),
            },
        };
        let connection = match courier.offer(&envelope(letter)) {
            Ok(()) => {
                let in_flight = self.clerk.mark(claim, Timestamp::now())?;
                let verdict = courier.hand_over(&in_flight, &letter.bytes);
                let outcome = verdict.outcome();
                let connection = self.settle(in_flight, verdict)?;
                if connection != Connection::Usable {
                    self.lost_with(outcome);
                }
                connection
            }
            Err(Setback::Deferred(reason)) => {
                self.settle_unsent(claim, &Outcome::Deferred(reason))?;
                Connection::Usable
            }
            Err(Setback::Refused(reply)) => {
                let number = claim.number();
                self.settle_unsent(claim, &Outcome::Refused(reply.clone()))?;
                self.refused(number, &letter.recipient, reply)?;
                Connection::Usable
            }
            Err(Setback::ConnectionLost(reason)) => return Ok(Next::Again(claim, reason)),
            Err(Setback::SlowDown(reply)) => return Ok(Next::Again(claim, Reason::Reply(reply))),
            Err(Setback::SenderRefused(reply)) => return self.give_back(claim, End::SenderRefused(reply)),
            Err(Setback::TooLarge { size, limit }) => return self.give_back(claim, End::TooLarge { size, limit }),
        };
        match connection {
            Connection::Usable => {
                (self.drops, self.put_off) = (0, 0);
                self.courier = Some(courier);
            }
            Connection::Spent | Connection::SlowDown => self.pause(),
        }
        Ok(Next::Letter)
    }

    /// A letter that cost its connection. Five in a row and the run ends: a relay that takes letters and never answers
    /// would leave everybody in doubt.
    fn lost_with(&self, outcome: Outcome) {
        if let Outcome::InDoubt(reason) | Outcome::Deferred(reason) = outcome
            && self.drops + 1 >= DROPS
        {
            self.shared.end(End::Unreachable(reason));
        }
    }

    /// The same letter again, after a wait. Five lost connections in a row put it off; where the next letter fares no
    /// better, it is not the letter: the relay is not there, and the run ends.
    fn retry(&mut self, claim: Claim, letter: &Letter, reason: Reason) -> Result<Next, Error> {
        if self.drops + 1 >= DROPS {
            return self.put_off(claim, reason);
        }
        self.pause();
        if self.shared.ends() {
            self.clerk.release(claim)?;
            return Ok(Next::Letter);
        }
        self.attempt(claim, letter)
    }

    fn put_off(&mut self, claim: Claim, reason: Reason) -> Result<Next, Error> {
        // A relay that asks to slow down said nothing about the recipient.
        if matches!(reason, Reason::Reply(_)) {
            return self.give_back(claim, End::Unreachable(reason));
        }
        self.settle_unsent(claim, &Outcome::Deferred(reason.clone()))?;
        (self.drops, self.put_off) = (0, self.put_off + 1);
        if self.put_off > 1 {
            self.shared.end(End::Unreachable(reason));
        }
        Ok(Next::Letter)
    }

    fn not_opened(&mut self, claim: Claim, error: OpenError) -> Result<Next, Error> {
        let waits = match error.remedy() {
            Remedy::Wait => self.drops + 1 < DROPS,
            Remedy::Relay | Remedy::Settings | Remedy::Disk => false,
        };
        if !waits {
            return self.give_back(claim, End::NotOpened(error));
        }
        Ok(Next::Again(claim, Reason::ConnectionLost { at: Step::Greeting }))
    }

    fn give_back(&mut self, claim: Claim, end: End) -> Result<Next, Error> {
        self.clerk.release(claim)?;
        self.shared.end(end);
        Ok(Next::Letter)
    }

    fn settle(&mut self, in_flight: InFlight, verdict: Verdict) -> Result<Connection, Error> {
        let now = Timestamp::now();
        let outcome = verdict.outcome();
        let (number, tries) = (in_flight.number(), in_flight.tries());
        (self.shared.run.watch)(in_flight.letter(), &outcome);
        let due = match &outcome {
            Outcome::Deferred(Reason::Reply(_)) => self.shared.run.retry.due(now, tries),
            // A line that broke before the dot says nothing about the recipient: it is tried again in this run.
            Outcome::Deferred(_) | Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => now,
        };
        let letter = in_flight.letter().clone();
        self.clerk.settle(in_flight, &Settlement { outcome: &outcome, at: now, due })?;
        Ok(match verdict {
            Verdict::Accepted(_) => {
                self.shared.streak(Streak::accepted);
                Connection::Usable
            }
            Verdict::Deferred(_, connection) => connection,
            Verdict::Refused(reply) => {
                self.refused(number, &letter.person.address, reply)?;
                Connection::Usable
            }
            Verdict::InDoubt(_) => Connection::Spent,
        })
    }

    fn settle_unsent(&mut self, claim: Claim, outcome: &Outcome) -> Result<(), Error> {
        let now = Timestamp::now();
        (self.shared.run.watch)(&claim.letter, outcome);
        let due = self.shared.run.retry.due(now, claim.tries());
        Ok(self.clerk.settle_unsent(claim, &Settlement { outcome, at: now, due })?)
    }

    /// A refusal that is the sender's fault, or the fifth of a row, is nobody's: those letters are deferred after all.
    fn refused(&mut self, number: LetterNumber, recipient: &Address, reply: Reply) -> Result<(), Error> {
        let Some(letters) = self.shared.streak(|it| it.refused(number, recipient, &reply)) else { return Ok(()) };
        let now = Timestamp::now();
        let outcome = Outcome::Deferred(Reason::Reply(reply.clone()));
        self.clerk.defer_again(&letters, &Settlement { outcome: &outcome, at: now, due: now })?;
        self.shared.end(End::Paused(reply));
        Ok(())
    }

    /// Waits before the next connection, but not longer than until the run ends.
    fn pause(&mut self) {
        self.drops += 1;
        let until = Instant::now() + back_off(self.drops, self.number);
        while !self.shared.ends() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20).min(until.saturating_duration_since(Instant::now())));
        }
    }
}

fn envelope(letter: &Letter) -> Envelope {
    Envelope {
        sender: letter.sender.clone(),
        recipient: letter.recipient.clone(),
        size: letter.bytes.len(),
        message_id: letter.message_id.clone(),
        edition: letter.edition.clone(),
    }
}
