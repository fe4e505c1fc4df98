//! One connection and the letters that go through it.

mod pacing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::event::{Attempt, DeliveryEvent};
use crate::delivery::ledger::claim::{Claim, InFlight, LetterNumber, Settled, Settlement};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{FailureReason, Outcome, Reply, SmtpStep};
use crate::delivery::refusal_streak::RefusalStreak;
use crate::delivery::retry::{MAX_LOST_CONNECTIONS, back_off};
use crate::delivery::run::{RunEnd, RunState};
use crate::delivery::throttle::Throttle;
use crate::delivery::transport::{
    Connection, ConnectionState, Delivered, Envelope, OfferError, OpenError, Payload, SendOutcome,
};
use crate::letter::compose::Letter;
use crate::people::person::Address;

/// One connection and the letters that go through it.
pub(super) struct Worker<'a> {
    state: &'a RunState<'a>,
    ledger: LedgerHandle,
    number: usize,
    /// The open connection; absent: the next letter opens one.
    connection: Option<Box<dyn Connection + 'a>>,
    /// How many letters were sent over the open connection.
    sent: usize,
    /// Letters that were composed while a reply was awaited, in their order.
    ready: VecDeque<ReadyLetter>,
    /// Connections lost in a row.
    lost: u32,
    /// Letters deferred in a row because every connection for them was lost.
    deferred: u32,
}

/// A letter that is composed, and the claim that allows to send it.
struct ReadyLetter {
    claim: Claim,
    envelope: Envelope,
    body: Vec<u8>,
}

/// A letter to be tried over a new connection: the recipient is not to blame.
struct RetriedLetter {
    letter: ReadyLetter,
    reason: FailureReason,
}

/// A letter whose envelope was sent behind the one before it, and the result of its offer; absent: there was none.
struct NextLetter {
    letter: ReadyLetter,
    offer: Option<Result<(), OfferError>>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(state: &'a RunState<'a>, ledger: LedgerHandle, number: usize) -> Self {
        Self { state, ledger, number, connection: None, sent: 0, ready: VecDeque::new(), lost: 0, deferred: 0 }
    }

    /// Sends letters until none is due, or the run ends.
    pub(super) fn run(mut self) -> Result<(), Error> {
        loop {
            let Some(letter) = self.next_letter()? else {
                if self.wait_for_due()? {
                    continue;
                }
                break;
            };
            let mut retried = self.attempt(letter)?;
            while let Some(letter) = retried {
                retried = self.retry(letter)?;
            }
        }
        // These were claimed and composed, but never offered.
        for letter in self.ready.drain(..) {
            self.ledger.release(letter.claim)?;
        }
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
        Ok(())
    }

    /// The next letter; `None` if nothing is due, or if the run ends.
    fn next_letter(&mut self) -> Result<Option<ReadyLetter>, Error> {
        if self.state.is_ending() {
            return Ok(None);
        }
        match self.ready.pop_front() {
            Some(letter) => Ok(Some(letter)),
            None => self.compose(),
        }
    }

    fn compose(&mut self) -> Result<Option<ReadyLetter>, Error> {
        let Some(claim) = self.claim()? else { return Ok(None) };
        let letter = self.state.run.plan.letter(&claim.letter).map_err(|_| Error::Uncomposed)?;
        Ok(Some(ReadyLetter::new(claim, letter)))
    }

    /// Composes the letter after the next one while the relay is busy with this one.
    fn compose_ahead(&mut self) -> Result<(), Error> {
        if self.ready.is_empty() && self.may_pipeline() && !self.state.is_ending() {
            let next = self.compose()?;
            self.ready.extend(next);
        }
        Ok(())
    }

    /// One try over the open connection, or over a new one; `None` if the letter has its outcome.
    fn attempt(&mut self, letter: ReadyLetter) -> Result<Option<RetriedLetter>, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match self.open() {
                Ok(connection) => {
                    self.sent = 0;
                    connection
                }
                Err(error) => return self.not_opened(letter, error),
            },
        };
        let delay = self.state.with_throttle(|throttle| throttle.delay(Instant::now()));
        self.sleep(Instant::now() + delay);
        match connection.offer(&letter.envelope) {
            Ok(()) => self.send_accepted(connection, letter),
            Err(error) => self.not_accepted(connection, letter, error),
        }
    }

    fn open(&self) -> Result<Box<dyn Connection + 'a>, OpenError> {
        let start = Instant::now();
        let opened = self.state.run.transport.open();
        self.emit(&match &opened {
            Ok(_) => DeliveryEvent::Connected { connection: self.number, took: start.elapsed() },
            Err(error) => DeliveryEvent::NotOpened { connection: self.number, error },
        });
        opened
    }

    fn emit(&self, event: &DeliveryEvent<'_>) {
        (self.state.run.observer)(event);
    }

    /// Sends the letter whose offer was accepted, and those whose offers are accepted along with the replies.
    fn send_accepted(
        &mut self,
        mut connection: Box<dyn Connection + 'a>,
        mut accepted: ReadyLetter,
    ) -> Result<Option<RetriedLetter>, Error> {
        let mut before = None;
        loop {
            // The next letter is claimed before this one is sent, since its envelope goes out in the same write.
            let next = if self.may_pipeline() { self.next_letter()? } else { None };
            let in_flight = match self.ledger.mark(accepted.claim, before.take(), Timestamp::now()) {
                Ok(in_flight) => in_flight,
                // Another host has taken the letter over: this one must not send it. The connection is dropped as well,
                // since the relay waits for a body that will not come.
                Err(LedgerError::Lost) => {
                    self.ready.extend(next);
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            };
            self.sent += 1;
            let along = next.as_ref().filter(|_| !self.is_used_up());
            let payload = Payload { body: &accepted.body, next: along.map(|letter| &letter.envelope) };
            let sent_at = Instant::now();
            connection.send(&in_flight, &payload);
            // The reply takes at least a round trip: that is time for composing and signing.
            self.compose_ahead()?;
            let Delivered { outcome, next: offer } = connection.wait();
            let usable = outcome.connection();
            // It is written together with the mark of the next letter, with one flush.
            before = self.settle(in_flight, outcome, sent_at.elapsed())?;
            let goes_on = usable == ConnectionState::Usable && !self.state.is_halted();
            match (next, offer) {
                (Some(next), Some(Ok(()))) if goes_on => {
                    self.reset_failures();
                    accepted = next;
                }
                (next, offer) => {
                    before.map_or(Ok(()), |settled| self.ledger.settle(settled))?;
                    return self.leave_pipeline(connection, usable, next.map(|letter| NextLetter { letter, offer }));
                }
            }
        }
    }

    /// Whether the connection has sent as many letters as it may.
    fn is_used_up(&self) -> bool {
        self.sent >= self.state.run.transport.letters_per_connection().get()
    }

    /// What follows if the relay does not wait for the next letter: its reply to that offer counts only if the
    /// connection is still usable.
    fn leave_pipeline(
        &mut self,
        connection: Box<dyn Connection + 'a>,
        usable: ConnectionState,
        next: Option<NextLetter>,
    ) -> Result<Option<RetriedLetter>, Error> {
        match (usable, next) {
            (ConnectionState::Usable, Some(NextLetter { letter, offer: Some(Err(error)) })) => {
                self.reset_failures();
                return self.not_accepted(connection, letter, error);
            }
            (_, Some(next)) => self.ready.push_front(next.letter),
            (_, None) => {}
        }
        match usable {
            ConnectionState::Usable => {
                self.reset_failures();
                if self.is_used_up() { connection.close() } else { self.connection = Some(connection) }
            }
            ConnectionState::Spent | ConnectionState::SlowDown => {
                connection.close();
                self.pause(None);
            }
        }
        Ok(None)
    }

    fn reset_failures(&mut self) {
        (self.lost, self.deferred) = (0, 0);
    }

    /// A letter whose offer was not accepted.
    fn not_accepted(
        &mut self,
        connection: Box<dyn Connection + 'a>,
        letter: ReadyLetter,
        error: OfferError,
    ) -> Result<Option<RetriedLetter>, Error> {
        match error {
            OfferError::ConnectionLost(reason) => return Ok(Some(RetriedLetter { letter, reason })),
            OfferError::SlowDown(reply) => {
                connection.close();
                self.state.with_throttle(Throttle::slow_down);
                return Ok(Some(RetriedLetter { letter, reason: FailureReason::Reply(reply) }));
            }
            OfferError::Deferred(reason) => self.settle_unsent(letter.claim, &Outcome::Deferred(reason))?,
            OfferError::Refused(reply) => {
                let (number, recipient) = (letter.claim.number(), letter.envelope.recipient);
                self.settle_unsent(letter.claim, &Outcome::Refused(reply.clone()))?;
                self.refused(number, &recipient, reply)?;
            }
            OfferError::SenderRefused(reply) => self.end_with(letter, RunEnd::SenderRefused(reply))?,
            OfferError::TooLarge { size, limit } => self.end_with(letter, RunEnd::TooLarge { size, limit })?,
        }
        self.reset_failures();
        self.connection = Some(connection);
        Ok(None)
    }

    /// The same letter again, after a pause. Five lost connections in a row defer it; if the next letter fares no
    /// better, the letter is not to blame: the relay is unreachable, and the run ends.
    fn retry(&mut self, RetriedLetter { letter, reason }: RetriedLetter) -> Result<Option<RetriedLetter>, Error> {
        if self.lost + 1 >= MAX_LOST_CONNECTIONS {
            self.defer(letter, reason)?;
            return Ok(None);
        }
        self.pause(Some(&reason));
        if self.state.is_ending() {
            self.ledger.release(letter.claim)?;
            return Ok(None);
        }
        self.attempt(letter)
    }

    fn defer(&mut self, letter: ReadyLetter, reason: FailureReason) -> Result<(), Error> {
        // A relay that asks to slow down said nothing about the recipient.
        if matches!(reason, FailureReason::Reply(_)) {
            return self.end_with(letter, RunEnd::Unreachable(reason));
        }
        self.settle_unsent(letter.claim, &Outcome::Deferred(reason.clone()))?;
        (self.lost, self.deferred) = (0, self.deferred + 1);
        if self.deferred > 1 {
            self.state.end(RunEnd::Unreachable(reason));
        }
        Ok(())
    }

    fn not_opened(&mut self, letter: ReadyLetter, error: OpenError) -> Result<Option<RetriedLetter>, Error> {
        let may_retry = match error {
            OpenError::Unreachable(_) => self.lost + 1 < MAX_LOST_CONNECTIONS,
            OpenError::Refused(_) | OpenError::Settings(_) | OpenError::Folder { .. } => false,
        };
        if !may_retry {
            self.end_with(letter, RunEnd::NotOpened(error))?;
            return Ok(None);
        }
        Ok(Some(RetriedLetter { letter, reason: FailureReason::ConnectionLost { at: SmtpStep::Greeting } }))
    }

    /// Ends the run, and gives the letter back untried.
    fn end_with(&mut self, letter: ReadyLetter, end: RunEnd) -> Result<(), Error> {
        self.state.end(end);
        Ok(self.ledger.release(letter.claim)?)
    }

    /// The settlement of an attempt, for the ledger; `None` if it was written already, because more follows from it.
    fn settle(&mut self, in_flight: InFlight, sent: SendOutcome, took: Duration) -> Result<Option<Settled>, Error> {
        let now = Timestamp::now();
        let outcome = sent.outcome();
        self.emit(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: in_flight.letter(),
            number: in_flight.number(),
            outcome: &outcome,
            took: Some(took),
        }));
        let due = match &outcome {
            Outcome::Deferred(FailureReason::Reply(_)) => self.state.run.retry.due(now, in_flight.tries()),
            // A connection lost before the dot says nothing about the recipient: the letter is tried again in this run.
            Outcome::Deferred(_) | Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => now,
        };
        let (number, person) = (in_flight.number(), Arc::clone(&in_flight.letter().person));
        let settled = in_flight.settled(&Settlement { outcome: &outcome, at: now, due });
        if sent.connection() == ConnectionState::SlowDown {
            self.state.with_throttle(Throttle::slow_down);
        }
        if sent.connection() != ConnectionState::Usable {
            self.connection_lost(outcome);
        }
        match sent {
            SendOutcome::Accepted(_) => {
                self.state.with_streak(RefusalStreak::accepted);
                self.state.with_throttle(Throttle::accepted);
            }
            SendOutcome::Refused(reply) => {
                // The writer keeps the order of requests: a correction must follow what it corrects.
                self.ledger.settle(settled)?;
                self.refused(number, &person.address, reply)?;
                return Ok(None);
            }
            SendOutcome::Deferred(..) | SendOutcome::InDoubt(_) => {}
        }
        Ok(Some(settled))
    }

    /// A letter that cost its connection. Five in a row end the run: a relay that takes letters and never replies would
    /// leave every recipient in doubt.
    fn connection_lost(&self, outcome: Outcome) {
        if let Outcome::InDoubt(reason) | Outcome::Deferred(reason) = outcome
            && self.lost + 1 >= MAX_LOST_CONNECTIONS
        {
            self.state.end(RunEnd::Unreachable(reason));
        }
    }

    fn settle_unsent(&mut self, claim: Claim, outcome: &Outcome) -> Result<(), Error> {
        let now = Timestamp::now();
        self.emit(&DeliveryEvent::Attempted(Attempt {
            connection: self.number,
            letter: &claim.letter,
            number: claim.number(),
            outcome,
            took: None,
        }));
        let due = self.state.run.retry.due(now, claim.tries());
        Ok(self.ledger.settle_unsent(claim, &Settlement { outcome, at: now, due })?)
    }

    /// A refusal that means the sender, or the fifth in a row, is not the fault of a recipient: those letters are deferred.
    fn refused(&mut self, number: LetterNumber, recipient: &Address, reply: Reply) -> Result<(), Error> {
        let Some(letters) = self.state.with_streak(|streak| streak.refused(number, recipient, &reply)) else {
            return Ok(());
        };
        let now = Timestamp::now();
        let outcome = Outcome::Deferred(FailureReason::Reply(reply.clone()));
        self.ledger.defer_again(&letters, &Settlement { outcome: &outcome, at: now, due: now })?;
        self.emit(&DeliveryEvent::TakenBack { letters: letters.len(), reply: &reply });
        self.state.end(RunEnd::Paused(reply));
        Ok(())
    }

    /// Waits before the next connection, but not longer than until the run ends.
    fn pause(&mut self, reason: Option<&FailureReason>) {
        self.lost += 1;
        let wait = back_off(self.lost, self.number);
        self.emit(&DeliveryEvent::Waits { connection: self.number, wait, reason });
        self.sleep(Instant::now() + wait);
    }

    /// Sleeps, but not longer than until the run ends.
    fn sleep(&self, until: Instant) {
        // A signal handler can only set a flag, which is polled.
        while !self.state.is_ending() && Instant::now() < until {
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
