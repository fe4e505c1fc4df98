//! Records how attempts at letters ended, and what that means for the run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::deferral::is_about_letter;
use crate::delivery::event::{Attempt, DeliveryEvent};
use crate::delivery::ledger::claim::{Claim, InFlight, LetterNumber, Settled, Settlement};
use crate::delivery::outcome::{FailureReason, Outcome, Reply};
use crate::delivery::refusal_limit::{RefusalCounter, RefusalCounts};
use crate::delivery::refusal_streak::{RefusalStreak, SenderFault, TakenBack};
use crate::delivery::retry::MAX_LOST_CONNECTIONS;
use crate::delivery::run::RunEnd;
use crate::delivery::throttle::Throttle;
use crate::delivery::transport::{ConnectionState, SendOutcome};
use crate::delivery::worker::{ReadyLetter, Worker};
use crate::people::person::Address;

impl Worker<'_> {
    /// The settlement of an attempt, for the ledger; `None` if it was written already, because more follows from it.
    pub(super) fn settle(
        &mut self,
        in_flight: InFlight,
        sent: SendOutcome,
        took: Duration,
    ) -> Result<Option<Settled>, Error> {
        let now = Timestamp::now();
        let outcome = sent.outcome();
        self.emit(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: in_flight.letter(),
            number: in_flight.number(),
            outcome: &outcome,
            took: Some(took),
        }));
        self.count_attempt(in_flight.tries());
        let due = match &outcome {
            Outcome::Deferred(FailureReason::Reply(_)) => self.state.run.retry.due(now, in_flight.tries()),
            // A connection lost before the dot says nothing about the recipient: the letter is tried again in this run.
            Outcome::Deferred(_) | Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => now,
        };
        let (number, person) = (in_flight.number(), Arc::clone(&in_flight.letter().person));
        let settled = in_flight.settled(&Settlement { outcome: &outcome, at: now, due });
        match sent {
            SendOutcome::Accepted(_) => {
                self.state.with_streak(RefusalStreak::accepted);
                self.state.with_throttle(Throttle::accepted);
            }
            SendOutcome::Refused(reply) => {
                // The writer keeps the order of requests: a correction must follow what it corrects.
                self.ledger.settle(settled)?;
                self.refused(number, &person.address, &reply)?;
                return Ok(None);
            }
            SendOutcome::Deferred(FailureReason::Reply(reply), connection) => {
                if is_about_letter(&reply, &person.address) {
                    self.state.with_throttle(Throttle::replied);
                } else {
                    self.deferred_by_relay(reply, connection);
                }
            }
            SendOutcome::Deferred(reason, ConnectionState::Spent) | SendOutcome::InDoubt(reason) => {
                self.connection_lost(reason);
            }
            SendOutcome::Deferred(..) => {}
        }
        Ok(Some(settled))
    }

    /// A letter whose connection was lost. Five in a row end the run: a relay that accepts letters and never replies
    /// would leave every recipient in doubt.
    fn connection_lost(&self, reason: FailureReason) {
        if self.lost + 1 >= MAX_LOST_CONNECTIONS {
            self.state.end(RunEnd::Unreachable(reason));
        }
    }

    /// A temporary refusal that may apply to every letter: the run slows down, and ends once there are too many in a
    /// row.
    fn deferred_by_relay(&self, reply: Reply, connection: ConnectionState) {
        let is_exhausted = self.state.with_throttle(|throttle| {
            match connection {
                ConnectionState::SlowDown => throttle.slow_down(Instant::now()),
                ConnectionState::Usable | ConnectionState::Spent => throttle.deferred(),
            }
            throttle.is_exhausted()
        });
        if is_exhausted {
            self.state.end(RunEnd::Unreachable(FailureReason::Reply(reply)));
        }
    }

    /// A letter that was not sent because the relay asks to slow down. If it accepts others meanwhile and repeats the
    /// reply, the reply is about this letter.
    pub(super) fn asked_to_slow_down(&mut self, letter: ReadyLetter, reply: Reply) -> Result<(), Error> {
        let is_limit = reply.code() == 421 && self.sent > 0;
        let is_its_own = is_about_letter(&reply, &letter.envelope.recipient)
            || !is_limit && self.state.with_throttle(|throttle| throttle.accepts_others_than(letter.claim.number()));
        if is_its_own {
            let due = self.state.run.retry.due(Timestamp::now(), letter.claim.tries());
            return self.defer_unsent(letter.claim, FailureReason::Reply(reply), due);
        }
        self.behind_the_others(letter, reply)
    }

    /// A letter that was not sent because the relay is busy: the others go first, since the reply may be about this one
    /// only. It is tried again in this run.
    pub(super) fn behind_the_others(&mut self, letter: ReadyLetter, reply: Reply) -> Result<(), Error> {
        self.defer_unsent(letter.claim, FailureReason::Reply(reply.clone()), Timestamp::now())?;
        // A connection that carried letters may have reached the relay's limit: the next one shows it.
        if reply.code() != 421 || self.sent == 0 {
            self.deferred_by_relay(reply, ConnectionState::SlowDown);
        }
        Ok(())
    }

    /// A letter that was not sent, and is tried again later.
    pub(super) fn deferred_unsent(&mut self, letter: ReadyLetter, reason: FailureReason) -> Result<(), Error> {
        let due = self.state.run.retry.due(Timestamp::now(), letter.claim.tries());
        self.defer_unsent(letter.claim, reason.clone(), due)?;
        let FailureReason::Reply(reply) = reason else { return Ok(()) };
        if is_about_letter(&reply, &letter.envelope.recipient) {
            self.state.with_throttle(Throttle::replied);
        } else {
            self.deferred_by_relay(reply, ConnectionState::Usable);
        }
        Ok(())
    }

    fn defer_unsent(&mut self, claim: Claim, reason: FailureReason, due: Timestamp) -> Result<(), Error> {
        let outcome = Outcome::Deferred(reason);
        self.settle_unsent(claim, &Settlement { outcome: &outcome, at: Timestamp::now(), due })
    }

    /// A letter that was refused before it was sent.
    pub(super) fn refused_unsent(&mut self, letter: ReadyLetter, reply: &Reply) -> Result<(), Error> {
        let (number, now) = (letter.claim.number(), Timestamp::now());
        let outcome = Outcome::Refused(reply.clone());
        self.settle_unsent(letter.claim, &Settlement { outcome: &outcome, at: now, due: now })?;
        self.refused(number, &letter.envelope.recipient, reply)
    }

    fn settle_unsent(&mut self, claim: Claim, settlement: &Settlement<'_>) -> Result<(), Error> {
        self.emit(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: &claim.letter,
            number: claim.number(),
            outcome: settlement.outcome,
            took: None,
        }));
        self.count_attempt(claim.tries());
        Ok(self.ledger.settle_unsent(claim, settlement)?)
    }

    /// Refusals that are about the sender are not the fault of a recipient: those letters are deferred.
    fn refused(&mut self, number: LetterNumber, recipient: &Address, reply: &Reply) -> Result<(), Error> {
        self.state.with_throttle(Throttle::replied);
        let taken = self.state.with_streak(|streak| streak.refused(number, recipient, reply));
        let Some(TakenBack { letters, reply, fault }) = taken else { return self.count_refusal() };
        // The last of them was not counted yet.
        self.state.with_refusals(|refusals| refusals.take_back(letters.len() - 1));
        let now = Timestamp::now();
        let outcome = Outcome::Deferred(FailureReason::Reply(reply.clone()));
        // After a pause every letter is due once the fault is fixed; a single one is not tried again in this run.
        let due = if fault == SenderFault::Suspected { self.state.run.retry.due(now, 0) } else { now };
        self.ledger.defer_again(&letters, &Settlement { outcome: &outcome, at: now, due })?;
        self.emit(&DeliveryEvent::TakenBack { letters: letters.len(), reply: &reply });
        if fault != SenderFault::Suspected {
            self.state.end(RunEnd::of_fault(fault, reply));
        }
        Ok(())
    }

    /// Counts a letter that was tried for the first time.
    fn count_attempt(&self, tries_before: u32) {
        if tries_before == 0 {
            self.state.with_refusals(RefusalCounter::attempted);
        }
    }

    /// Counts a letter that was refused for good. With too many of them the run pauses, since the recipients are most
    /// likely not the cause.
    fn count_refusal(&self) -> Result<(), Error> {
        if self.state.with_refusals(RefusalCounter::refused)
            && let Some(totals) = self.ledger.shared_totals()?
        {
            self.state.with_refusals(|refusals| refusals.learn(RefusalCounts::of(&totals)));
        }
        if let Some(counts) = self.state.with_refusals(|refusals| refusals.over_limit()) {
            self.state.end(RunEnd::TooManyRefused(counts));
        }
        Ok(())
    }
}
