//! One connection and what goes through it.

mod pacing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::engine::{RunEnd, RunState};
use crate::delivery::event::{Attempt, DeliveryEvent};
use crate::delivery::ledger::claim::{Claim, InFlight, LetterNumber, Settled, Settlement};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{FailureReason, Outcome, Reply, SmtpStep};
use crate::delivery::refusal_streak::RefusalStreak;
use crate::delivery::retry::{DROPS, back_off};
use crate::delivery::throttle::Throttle;
use crate::delivery::transport::{
    Connection, ConnectionState, Delivered, Envelope, OfferError, OpenError, Payload, Remedy, SendOutcome,
};
use crate::letter::compose::Letter;
use crate::people::person::Address;

/// One connection and what goes through it.
pub(super) struct Worker<'a> {
    shared: &'a RunState<'a>,
    clerk: LedgerHandle,
    number: usize,
    courier: Option<Box<dyn Connection + 'a>>,
    /// How many letters were handed over by the courier.
    handed: usize,
    /// Letters that were made while an answer was awaited, in their order.
    ahead: VecDeque<ReadyLetter>,
    /// Connections lost in a row.
    drops: u32,
    /// Letters put off in a row because every connection for them was lost.
    put_off: u32,
}

/// A letter that is ready to go.
struct ReadyLetter {
    claim: Claim,
    envelope: Envelope,
    body: Vec<u8>,
}

/// A letter whose recipient is untouched: it is to be tried over a new connection.
struct RetriedLetter {
    draft: ReadyLetter,
    reason: FailureReason,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a RunState<'a>, clerk: LedgerHandle, number: usize) -> Self {
        Self { shared, clerk, number, courier: None, handed: 0, ahead: VecDeque::new(), drops: 0, put_off: 0 }
    }

    /// Takes letters until none is due, or the run ends.
    pub(super) fn work(mut self) -> Result<(), Error> {
        loop {
            let Some(draft) = self.draft()? else {
                if self.rest()? {
                    continue;
                }
                break;
            };
            let mut again = self.attempt(draft)?;
            while let Some(it) = again {
                again = self.retry(it)?;
            }
        }
        for draft in self.ahead.drain(..) {
            self.clerk.release(draft.claim)?;
        }
        if let Some(courier) = self.courier.take() {
            courier.close();
        }
        Ok(())
    }

    /// The next letter; none where nothing is due, or where the run ends.
    fn draft(&mut self) -> Result<Option<ReadyLetter>, Error> {
        if self.shared.ends() {
            return Ok(None);
        }
        match self.ahead.pop_front() {
            Some(draft) => Ok(Some(draft)),
            None => self.compose(),
        }
    }

    fn compose(&mut self) -> Result<Option<ReadyLetter>, Error> {
        let Some(claim) = self.claim()? else { return Ok(None) };
        let letter = self.shared.run.plan.letter(&claim.letter).map_err(|_| Error::Uncomposed)?;
        Ok(Some(ReadyLetter::new(claim, letter)))
    }

    /// Makes the letter after the next one while the relay is busy with this one.
    fn compose_ahead(&mut self) -> Result<(), Error> {
        if self.ahead.is_empty() && self.hurries() && !self.shared.ends() {
            let next = self.compose()?;
            self.ahead.extend(next);
        }
        Ok(())
    }

    /// One try over the open connection, or over a new one. Nothing comes back where the letter has its outcome.
    fn attempt(&mut self, draft: ReadyLetter) -> Result<Option<RetriedLetter>, Error> {
        let mut courier = match self.courier.take() {
            Some(courier) => courier,
            None => match self.open() {
                Ok(courier) => {
                    self.handed = 0;
                    courier
                }
                Err(error) => return self.not_opened(draft, error),
            },
        };
        let wait = self.shared.tempo(|it| it.turn(Instant::now()));
        self.sleep(Instant::now() + wait);
        match courier.offer(&draft.envelope) {
            Ok(()) => self.hand_over(courier, draft),
            Err(setback) => self.declined(courier, draft, setback),
        }
    }

    fn open(&self) -> Result<Box<dyn Connection + 'a>, OpenError> {
        let begun = Instant::now();
        let opened = self.shared.run.transport.open();
        self.tell(&match &opened {
            Ok(_) => DeliveryEvent::Connected { connection: self.number, took: begun.elapsed() },
            Err(error) => DeliveryEvent::NotOpened { connection: self.number, error },
        });
        opened
    }

    fn tell(&self, event: &DeliveryEvent<'_>) {
        (self.shared.run.watch)(event);
    }

    /// Hands over the letter that the relay asked for, and those it asks for along with its answers.
    fn hand_over(
        &mut self,
        mut courier: Box<dyn Connection + 'a>,
        mut asked: ReadyLetter,
    ) -> Result<Option<RetriedLetter>, Error> {
        let mut before = None;
        loop {
            let next = if self.hurries() { self.draft()? } else { None };
            let in_flight = match self.clerk.mark(asked.claim, before.take(), Timestamp::now()) {
                Ok(in_flight) => in_flight,
                // Another host has taken the letter over: the relay must not have it from here.
                Err(LedgerError::Lost) => {
                    self.ahead.extend(next);
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            };
            self.handed += 1;
            let along = next.as_ref().filter(|_| !self.is_used_up());
            let load = Payload { body: &asked.body, next: along.map(|it| &it.envelope) };
            let handed_over = Instant::now();
            courier.hand_over(&in_flight, &load);
            self.compose_ahead()?;
            let Delivered { verdict, next: answer } = courier.answer();
            let connection = verdict.connection();
            before = self.settle(in_flight, verdict, handed_over.elapsed())?;
            let goes_on = connection == ConnectionState::Usable && !self.shared.halts();
            match (next, answer) {
                (Some(next), Some(Ok(()))) if goes_on => {
                    (self.drops, self.put_off) = (0, 0);
                    asked = next;
                }
                (next, answer) => {
                    before.map_or(Ok(()), |settled| self.clerk.settle(settled))?;
                    return self.after(courier, connection, next.map(|next| (next, answer)));
                }
            }
        }
    }

    /// Whether the connection has had the letters that are its share.
    fn is_used_up(&self) -> bool {
        self.handed >= self.shared.run.transport.letters_per_connection().get()
    }

    /// What follows where the relay does not wait for the next letter: its answer to that one's offer counts if the
    /// connection is still good.
    fn after(
        &mut self,
        courier: Box<dyn Connection + 'a>,
        connection: ConnectionState,
        next: Option<(ReadyLetter, Option<Result<(), OfferError>>)>,
    ) -> Result<Option<RetriedLetter>, Error> {
        match (connection, next) {
            (ConnectionState::Usable, Some((next, Some(Err(setback))))) => {
                (self.drops, self.put_off) = (0, 0);
                return self.declined(courier, next, setback);
            }
            (_, Some((next, _))) => self.ahead.push_front(next),
            (_, None) => {}
        }
        match connection {
            ConnectionState::Usable => {
                (self.drops, self.put_off) = (0, 0);
                if self.is_used_up() { courier.close() } else { self.courier = Some(courier) }
            }
            ConnectionState::Spent | ConnectionState::SlowDown => {
                courier.close();
                self.pause(None);
            }
        }
        Ok(None)
    }

    /// A letter that was not asked for.
    fn declined(
        &mut self,
        courier: Box<dyn Connection + 'a>,
        draft: ReadyLetter,
        setback: OfferError,
    ) -> Result<Option<RetriedLetter>, Error> {
        let ReadyLetter { claim, envelope, .. } = &draft;
        match setback {
            OfferError::ConnectionLost(reason) => return Ok(Some(RetriedLetter { draft, reason })),
            OfferError::SlowDown(reply) => {
                courier.close();
                self.shared.tempo(Throttle::slow_down);
                return Ok(Some(RetriedLetter { draft, reason: FailureReason::Reply(reply) }));
            }
            OfferError::Deferred(reason) => self.settle_unsent(draft.claim, &Outcome::Deferred(reason))?,
            OfferError::Refused(reply) => {
                let (number, recipient) = (claim.number(), envelope.recipient.clone());
                self.settle_unsent(draft.claim, &Outcome::Refused(reply.clone()))?;
                self.refused(number, &recipient, reply)?;
            }
            OfferError::SenderRefused(reply) => self.give_back(draft, RunEnd::SenderRefused(reply))?,
            OfferError::TooLarge { size, limit } => self.give_back(draft, RunEnd::TooLarge { size, limit })?,
        }
        (self.drops, self.put_off) = (0, 0);
        self.courier = Some(courier);
        Ok(None)
    }

    /// The same letter again, after a wait. Five lost connections in a row put it off; where the next letter fares no
    /// better, it is not the letter: the relay is not there, and the run ends.
    fn retry(&mut self, RetriedLetter { draft, reason }: RetriedLetter) -> Result<Option<RetriedLetter>, Error> {
        if self.drops + 1 >= DROPS {
            self.put_off(draft, reason)?;
            return Ok(None);
        }
        self.pause(Some(&reason));
        if self.shared.ends() {
            self.clerk.release(draft.claim)?;
            return Ok(None);
        }
        self.attempt(draft)
    }

    fn put_off(&mut self, draft: ReadyLetter, reason: FailureReason) -> Result<(), Error> {
        // A relay that asks to slow down said nothing about the recipient.
        if matches!(reason, FailureReason::Reply(_)) {
            return self.give_back(draft, RunEnd::Unreachable(reason));
        }
        self.settle_unsent(draft.claim, &Outcome::Deferred(reason.clone()))?;
        (self.drops, self.put_off) = (0, self.put_off + 1);
        if self.put_off > 1 {
            self.shared.end(RunEnd::Unreachable(reason));
        }
        Ok(())
    }

    fn not_opened(&mut self, draft: ReadyLetter, error: OpenError) -> Result<Option<RetriedLetter>, Error> {
        let waits = match error.remedy() {
            Remedy::Wait => self.drops + 1 < DROPS,
            Remedy::Relay | Remedy::Settings | Remedy::Disk => false,
        };
        if !waits {
            self.give_back(draft, RunEnd::NotOpened(error))?;
            return Ok(None);
        }
        Ok(Some(RetriedLetter { draft, reason: FailureReason::ConnectionLost { at: SmtpStep::Greeting } }))
    }

    fn give_back(&mut self, draft: ReadyLetter, end: RunEnd) -> Result<(), Error> {
        self.shared.end(end);
        Ok(self.clerk.release(draft.claim)?)
    }

    /// How the attempt ended, for the ledger; absent where it was written already, because more follows from it.
    fn settle(&mut self, in_flight: InFlight, verdict: SendOutcome, took: Duration) -> Result<Option<Settled>, Error> {
        let now = Timestamp::now();
        let outcome = verdict.outcome();
        self.tell(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: in_flight.letter(),
            number: in_flight.number(),
            outcome: &outcome,
            took: Some(took),
        }));
        let due = match &outcome {
            Outcome::Deferred(FailureReason::Reply(_)) => self.shared.run.retry.due(now, in_flight.tries()),
            // A line that broke before the dot says nothing about the recipient: it is tried again in this run.
            Outcome::Deferred(_) | Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => now,
        };
        let (number, person) = (in_flight.number(), Arc::clone(&in_flight.letter().person));
        let settled = in_flight.settled(&Settlement { outcome: &outcome, at: now, due });
        if verdict.connection() == ConnectionState::SlowDown {
            self.shared.tempo(Throttle::slow_down);
        }
        if verdict.connection() != ConnectionState::Usable {
            self.lost_with(outcome);
        }
        match verdict {
            SendOutcome::Accepted(_) => {
                self.shared.streak(RefusalStreak::accepted);
                self.shared.tempo(Throttle::accepted);
            }
            SendOutcome::Refused(reply) => {
                self.clerk.settle(settled)?;
                self.refused(number, &person.address, reply)?;
                return Ok(None);
            }
            SendOutcome::Deferred(..) | SendOutcome::InDoubt(_) => {}
        }
        Ok(Some(settled))
    }

    /// A letter that cost its connection. Five in a row and the run ends: a relay that takes letters and never answers
    /// would leave everybody in doubt.
    fn lost_with(&self, outcome: Outcome) {
        if let Outcome::InDoubt(reason) | Outcome::Deferred(reason) = outcome
            && self.drops + 1 >= DROPS
        {
            self.shared.end(RunEnd::Unreachable(reason));
        }
    }

    fn settle_unsent(&mut self, claim: Claim, outcome: &Outcome) -> Result<(), Error> {
        let now = Timestamp::now();
        self.tell(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: &claim.letter,
            number: claim.number(),
            outcome,
            took: None,
        }));
        let due = self.shared.run.retry.due(now, claim.tries());
        Ok(self.clerk.settle_unsent(claim, &Settlement { outcome, at: now, due })?)
    }

    /// A refusal that is the sender's fault, or the fifth of a row, is nobody's: those letters are deferred after all.
    fn refused(&mut self, number: LetterNumber, recipient: &Address, reply: Reply) -> Result<(), Error> {
        let Some(letters) = self.shared.streak(|it| it.refused(number, recipient, &reply)) else { return Ok(()) };
        let now = Timestamp::now();
        let outcome = Outcome::Deferred(FailureReason::Reply(reply.clone()));
        self.clerk.defer_again(&letters, &Settlement { outcome: &outcome, at: now, due: now })?;
        self.tell(&DeliveryEvent::TakenBack { letters: letters.len(), reply: &reply });
        self.shared.end(RunEnd::Paused(reply));
        Ok(())
    }

    /// Waits before the next connection, but not longer than until the run ends.
    fn pause(&mut self, reason: Option<&FailureReason>) {
        self.drops += 1;
        let wait = back_off(self.drops, self.number);
        self.tell(&DeliveryEvent::Waits { connection: self.number, wait, reason });
        self.sleep(Instant::now() + wait);
    }

    /// Sleeps, but not longer than until the run ends.
    fn sleep(&self, until: Instant) {
        while !self.shared.ends() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20).min(until.saturating_duration_since(Instant::now())));
        }
    }
}

impl ReadyLetter {
    fn new(claim: Claim, letter: Letter) -> Self {
        let Letter { sender, recipient, edition, message_id, bytes: body } = letter;
        Self { claim, envelope: Envelope { sender, recipient, size: body.len(), message_id, edition }, body }
    }
}
