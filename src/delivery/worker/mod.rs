//! One connection and the letters that go through it.

mod opening;
mod outcomes;
mod pacing;

use std::collections::VecDeque;
use std::mem;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::connections::ConnectionUse;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::claim::Claim;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::writer::LedgerHandle;
use crate::delivery::outcome::{EnhancedStatus, FailureReason, Reply, SmtpStep};
use crate::delivery::retry::{MAX_LOST_CONNECTIONS, back_off};
use crate::delivery::run::{RunEnd, RunState};
use crate::delivery::transport::{Connection, ConnectionState, Delivered, Envelope, OfferError, Payload};
use crate::letter::compose::Letter;
use crate::letter::letter_bytes::LetterBytes;

/// One connection and the letters that go through it.
pub(super) struct Worker<'a> {
    state: &'a RunState<'a>,
    ledger: LedgerHandle<'a>,
    number: usize,
    /// The open connection; absent: the next letter opens one.
    connection: Option<Box<dyn Connection + 'a>>,
    /// How it uses its place among the connections of the run.
    usage: ConnectionUse,
    /// How many letters were sent over the open connection.
    sent: usize,
    /// Letters that were composed while a reply was awaited, in their order.
    ready: VecDeque<ReadyLetter>,
    /// The buffer of a letter that was sent: the next one is written into it.
    spare: Vec<u8>,
    /// Connections lost in a row.
    lost: u32,
    /// Letters deferred in a row because every connection for them was lost.
    deferred: u32,
}

/// A letter that is composed, and the claim that permits sending it.
struct ReadyLetter {
    claim: Claim,
    envelope: Envelope,
    body: LetterBytes,
}

/// A letter to be tried over a new connection: the recipient is not to blame.
struct RetriedLetter {
    letter: ReadyLetter,
    /// Why; absent: the connection had carried letters, and the relay closed it, so that there is no need to wait.
    reason: Option<FailureReason>,
}

/// A letter whose envelope was sent along with the previous letter, and the result of its offer; absent: none was.
struct NextLetter {
    letter: ReadyLetter,
    offer: Option<Result<(), OfferError>>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(state: &'a RunState<'a>, ledger: LedgerHandle<'a>, number: usize) -> Self {
        Self {
            state,
            ledger,
            number,
            connection: None,
            usage: ConnectionUse::default(),
            sent: 0,
            ready: VecDeque::new(),
            spare: Vec::new(),
            lost: 0,
            deferred: 0,
        }
    }

    /// Sends letters until none is due, or the run ends.
    pub(super) fn run(mut self) -> Result<(), Error> {
        let done = self.send_all();
        self.state.with_connections(|connections| connections.leave(&mut self.usage));
        done?;
        // These were claimed and composed, but never offered.
        self.release_ready()?;
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
        Ok(())
    }

    fn send_all(&mut self) -> Result<(), Error> {
        loop {
            let Some(letter) = self.next_letter()? else {
                if self.wait_for_due()? {
                    continue;
                }
                return Ok(());
            };
            if self.connection.is_none() && self.has_others() {
                self.ledger.release(letter.claim)?;
                if self.open_aside()? {
                    continue;
                }
                return Ok(());
            }
            let mut retried = self.attempt(letter)?;
            while let Some(letter) = retried {
                retried = self.retry(letter)?;
            }
        }
    }

    fn release_ready(&mut self) -> Result<(), Error> {
        for letter in self.ready.drain(..).rev() {
            self.ledger.release(letter.claim)?;
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
        let letter = self.state.run.plan.letter_in(&claim.letter, mem::take(&mut self.spare));
        let letter = letter.map_err(|_| Error::Uncomposed)?;
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
                Ok(connection) => connection,
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
            let busy = self.ledger.busy();
            // The next letter is claimed before this one is sent, since its envelope goes out in the same write.
            let next = if self.may_pipeline() { self.next_letter()? } else { None };
            let ReadyLetter { claim, body, .. } = accepted;
            let in_flight = match busy.mark(claim, before.take(), Timestamp::now()) {
                Ok(in_flight) => in_flight,
                // Another host has taken the letter over: this one must not send it. The connection is dropped as well,
                // since the relay waits for a body that will not come.
                Err(LedgerError::Lost) => {
                    if self.ledger.is_cancelled() {
                        self.state.end(RunEnd::Cancelled);
                    }
                    self.ready.extend(next);
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            };
            // The relay may be slow to read.
            drop(busy);
            self.sent += 1;
            let along = next.as_ref().filter(|_| !self.is_used_up());
            let payload = Payload { body: &body, next: along.map(|letter| &letter.envelope) };
            let sent_at = Instant::now();
            connection.send(&in_flight, &payload);
            self.spare = body.into_buffer();
            // The reply takes at least a round trip: that is time for composing and signing.
            let busy = self.ledger.busy();
            self.compose_ahead()?;
            busy.end();
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
        self.sent >= self.state.letters_per_connection().get()
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
            ConnectionState::Spent => {
                connection.close();
                self.pause(None);
            }
            // The pause before the next letter is that of the run.
            ConnectionState::SlowDown => connection.close(),
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
            OfferError::ConnectionLost(FailureReason::ConnectionLost { at: SmtpStep::Sender }) if self.sent > 0 => {
                self.closed_after(None);
                return Ok(Some(RetriedLetter { letter, reason: None }));
            }
            OfferError::ConnectionLost(reason) => return Ok(Some(RetriedLetter { letter, reason: Some(reason) })),
            OfferError::Closed(reply) if self.sent > 0 => {
                connection.close();
                self.closed_after(Some(&reply));
                return Ok(Some(RetriedLetter { letter, reason: None }));
            }
            OfferError::Closed(reply) | OfferError::Busy(reply) => {
                connection.close();
                self.behind_the_others(letter, reply)?;
                return Ok(None);
            }
            OfferError::SlowDown(reply) => {
                connection.close();
                self.asked_to_slow_down(letter, reply)?;
                return Ok(None);
            }
            OfferError::Deferred(reason) => {
                let is_over = matches!(&reason, FailureReason::Reply(reply) if reply.code() == 421);
                self.deferred_unsent(letter, reason)?;
                if is_over {
                    connection.close();
                    return Ok(None);
                }
            }
            OfferError::Refused(reply) => self.refused_unsent(letter, &reply)?,
            OfferError::SenderRefused(reply) => self.end_with(letter, RunEnd::SenderRefused(reply))?,
            OfferError::TooLarge { size, limit } => self.end_with(letter, RunEnd::TooLarge { size, limit })?,
        }
        self.reset_failures();
        self.connection = Some(connection);
        Ok(None)
    }

    /// The relay has closed a connection that carried letters: that is its limit, unless it was idle for too long.
    fn closed_after(&self, reply: Option<&Reply>) {
        // 4.4.2: bad connection (RFC 3463 §3.5), with which relays end idle connections.
        let is_idle = |reply: &Reply| {
            reply.status() == Some(EnhancedStatus::new(4, 4, 2)) || reply.text().to_lowercase().contains("timeout")
        };
        if !reply.is_some_and(is_idle) {
            self.state.with_connections(|connections| connections.closed_after(self.sent));
        }
    }

    /// The same letter again, after a pause. Five lost connections in a row defer it; if the next letters fare no
    /// better, the letter is not to blame: the relay is unreachable, and the run ends.
    fn retry(&mut self, RetriedLetter { letter, reason }: RetriedLetter) -> Result<Option<RetriedLetter>, Error> {
        if let Some(reason) = reason {
            // A relay that does not reply about one recipient would do so again, for as long as the time-out.
            let is_silent = matches!(reason, FailureReason::TimedOut { at, .. } if at.follows_recipient());
            if is_silent || self.lost + 1 >= MAX_LOST_CONNECTIONS {
                self.defer(letter, reason)?;
                return Ok(None);
            }
            self.pause(Some(&reason));
            // It was not even offered: the others can send it while this connection is opened.
            if reason.step() == Some(SmtpStep::Greeting) && self.has_others() {
                self.ledger.release(letter.claim)?;
                return Ok(None);
            }
        }
        if self.state.is_ending() {
            self.ledger.release(letter.claim)?;
            return Ok(None);
        }
        self.attempt(letter)
    }

    fn defer(&mut self, letter: ReadyLetter, reason: FailureReason) -> Result<(), Error> {
        // A connection that is lost once the recipient is named may be lost because of them.
        let is_named = reason.step().is_some_and(SmtpStep::follows_recipient);
        let most = if is_named { MAX_LOST_CONNECTIONS } else { 1 };
        self.deferred_unsent(letter, reason.clone())?;
        (self.lost, self.deferred) = (0, self.deferred + 1);
        if self.deferred > most {
            self.state.end(RunEnd::Unreachable(reason));
        }
        Ok(())
    }

    /// Ends the run, and gives the letter back untried.
    fn end_with(&mut self, letter: ReadyLetter, end: RunEnd) -> Result<(), Error> {
        self.state.end(end);
        Ok(self.ledger.release(letter.claim)?)
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
