//! The talk with a relay, phase by phase: what may not be said in a phase has no method there.

use std::fmt::Display;
use std::time::Duration;

use lettre::transport::smtp::commands::Quit;
use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{FailureReason, MalformedReply, SmtpStep};
use crate::delivery::smtp::extensions::Extensions;
use crate::delivery::smtp::login_redaction::redact_login;
use crate::delivery::smtp::offer::{OfferCommands, OfferResult, PreviousLetter};
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ReplyClass};
use crate::delivery::smtp::stream::SmtpStream;
use crate::delivery::transport::{ConnectionState, Delivered, Envelope, OfferError, SendOutcome};

/// A talk in a phase.
#[derive(Debug)]
pub(crate) struct Session<Phase> {
    pub(super) wire: SmtpStream,
    pub(super) timeouts: Timeouts,
    pub(super) phase: Phase,
}

/// The relay has greeted us, or the connection was just encrypted: we are strangers.
#[derive(Debug)]
pub(super) struct Greeted;

/// We are introduced and know what the relay can do.
#[derive(Debug)]
pub(crate) struct Identified {
    pub(super) offers: Extensions,
}

/// Letters may be offered.
#[derive(Debug)]
pub(super) struct Ready {
    offers: Extensions,
    last: PreviousLetter,
}

/// The relay waits for a letter's body: there is nothing else to say.
#[derive(Debug)]
pub(super) struct Offered {
    offers: Extensions,
}

/// A letter that was not asked for.
#[derive(Debug)]
pub(super) struct Declined {
    /// Why.
    pub(super) setback: OfferError,
    /// The talk; absent: it is over.
    pub(super) session: Option<Session<Ready>>,
}

/// A letter is on its way, and perhaps the envelope of the next one: there is only to listen.
#[derive(Debug)]
pub(super) struct AwaitingReply {
    offers: Extensions,
    /// What was said behind the letter; absent: nothing was.
    next: Option<NextEnvelope>,
}

/// The envelope behind a letter.
#[derive(Debug)]
enum NextEnvelope {
    /// It went out with the letter.
    Said(OfferCommands),
    /// It cannot go through this relay at all, so that nothing of it was said.
    Unsaid(OfferError),
}

/// A letter that never left: the talk is over.
#[derive(Debug)]
pub(super) struct Unsent {
    /// Why, and how the next connection is to be opened.
    pub(super) reason: FailureReason,
    /// Spent, or to be opened anew later.
    pub(super) connection: ConnectionState,
}

/// Where a talk stands after a letter was answered.
#[derive(Debug)]
pub(super) enum NextPhase {
    /// A letter may be offered.
    Ready(Session<Ready>),
    /// The relay waits for the next letter.
    Offered(Session<Offered>),
    /// It is over.
    Over,
}

impl<Phase> Session<Phase> {
    /// Says a command and waits for the whole answer.
    pub(super) fn ask(
        &mut self,
        command: &impl Display,
        at: SmtpStep,
        within: Duration,
    ) -> Result<Response, FailureReason> {
        let said = command.to_string();
        self.wire.send(said.as_bytes(), at, within)?;
        let response = self.wire.answer(at, within)?;
        Ok(if at == SmtpStep::Login { redact_login(response, &said) } else { response })
    }

    /// Says a command whose answer is sorted by the codes that mean yes.
    pub(super) fn ask_for(
        &mut self,
        expected: &[u16],
        command: &impl Display,
        at: SmtpStep,
    ) -> Result<ReplyClass, FailureReason> {
        let response = self.ask(command, at, self.timeouts.at(at))?;
        reply_class::classify(&response, at, expected)
    }

    /// The same talk in another phase.
    pub(super) fn enter<NextEnvelope>(self, phase: NextEnvelope) -> Session<NextEnvelope> {
        Session { wire: self.wire, timeouts: self.timeouts, phase }
    }
}

impl Session<Identified> {
    /// The talk, ready for letters.
    pub(super) fn ready(self) -> Session<Ready> {
        let Self { wire, timeouts, phase: Identified { offers } } = self;
        Session { wire, timeouts, phase: Ready { offers, last: PreviousLetter::Done } }
    }
}

impl Session<Ready> {
    /// Offers a letter: MAIL, RCPT and DATA, in one go where the relay takes them so.
    pub(super) fn offer(mut self, envelope: &Envelope) -> Result<Session<Offered>, Box<Declined>> {
        let offering = match self.prepare(envelope) {
            Ok(offering) => offering,
            Err(setback @ (OfferError::ConnectionLost(_) | OfferError::SlowDown(_))) => {
                return Err(Box::new(Declined { setback, session: None }));
            }
            Err(setback) => return Err(Box::new(Declined { setback, session: Some(self) })),
        };
        let answered = if self.phase.offers.pipelining {
            offering.say_at_once(&mut self.wire, &self.timeouts)
        } else {
            offering.say_one_by_one(&mut self.wire, &self.timeouts)
        };
        match answered {
            OfferResult::Asked => {
                let Self { wire, timeouts, phase: Ready { offers, .. } } = self;
                Ok(Session { wire, timeouts, phase: Offered { offers } })
            }
            OfferResult::Declined(setback, ConnectionState::Usable) => {
                self.phase.last = PreviousLetter::CalledOff;
                Err(Box::new(Declined { setback, session: Some(self) }))
            }
            OfferResult::Declined(setback, _) => Err(Box::new(Declined { setback, session: None })),
            OfferResult::Confused(reason) => {
                Err(Box::new(Declined { setback: OfferError::ConnectionLost(reason), session: None }))
            }
        }
    }

    fn prepare(&mut self, envelope: &Envelope) -> Result<OfferCommands, OfferError> {
        let offering = OfferCommands::new(&self.phase.offers, self.phase.last, envelope)?;
        match self.wire.look(SmtpStep::Sender).map_err(OfferError::ConnectionLost)? {
            Some(response) => Err(unsolicited_reply(&response)),
            None => Ok(offering),
        }
    }

    /// Says goodbye. Nothing hangs on the answer.
    pub(super) fn quit(mut self) {
        let within = self.timeouts.quit;
        let _ = self.ask(&Quit, SmtpStep::Quit, within);
        self.wire.close(within);
    }
}

impl Session<Offered> {
    /// Sends the letter and its end, and behind it the next envelope where the relay takes it so, in one write.
    ///
    /// Until the end of the letter has left, the relay has no whole letter: what goes wrong before is no doubt.
    pub(super) fn hand_over(mut self, body: &[u8], next: Option<&Envelope>) -> Result<Session<AwaitingReply>, Unsent> {
        let spent = |reason| Unsent { reason, connection: ConnectionState::Spent };
        if let Some(response) = self.wire.look(SmtpStep::Body).map_err(spent)? {
            return Err(match unsolicited_reply(&response) {
                OfferError::SlowDown(reply) => {
                    Unsent { reason: FailureReason::Reply(reply), connection: ConnectionState::SlowDown }
                }
                _ => spent(FailureReason::Malformed { at: SmtpStep::Body, what: MalformedReply::OutOfStep }),
            });
        }
        let next = next.filter(|_| self.phase.offers.pipelining).map(|envelope| {
            OfferCommands::new(&self.phase.offers, PreviousLetter::Done, envelope)
                .map_or_else(NextEnvelope::Unsaid, NextEnvelope::Said)
        });
        let behind =
            if let Some(NextEnvelope::Said(offering)) = &next { offering.octets().collect() } else { Vec::new() };
        let mut octets = with_end(body, behind.len());
        let end = octets.len();
        octets.extend_from_slice(&behind);
        self.wire.send_letter(&octets, end, self.timeouts.body).map_err(spent)?;
        let Self { wire, timeouts, phase: Offered { offers } } = self;
        Ok(Session { wire, timeouts, phase: AwaitingReply { offers, next } })
    }
}

impl Session<AwaitingReply> {
    /// Waits for the answer to the letter, and for those to the envelope behind it.
    pub(super) fn answer(mut self) -> (Delivered, NextPhase) {
        let response = match self.wire.answer(SmtpStep::Dot, self.timeouts.dot) {
            Ok(response) => response,
            Err(reason) => return in_doubt(reason),
        };
        let verdict = match reply_class::classify(&response, SmtpStep::Dot, &[250]) {
            Ok(answer) => reply_class::final_outcome(answer),
            Err(reason) => return in_doubt(reason),
        };
        if u16::from(response.code()) == 421 {
            return (Delivered { verdict, next: None }, NextPhase::Over);
        }
        let unsaid = match self.phase.next.take() {
            Some(NextEnvelope::Said(offering)) => return self.answer_to_next(verdict, &offering),
            Some(NextEnvelope::Unsaid(setback)) => Some(Err(setback)),
            None => None,
        };
        if let Some(reason) = self.surplus(&response) {
            return in_doubt(reason);
        }
        (Delivered { verdict, next: unsaid }, NextPhase::Ready(self.ready(PreviousLetter::Done)))
    }

    /// A relay that closes says so right behind its answer. Any other surplus means that the answer may have been one to
    /// something else.
    fn surplus(&self, response: &Response) -> Option<FailureReason> {
        let same = response.code().to_string();
        let other = self.wire.has_surplus() && !self.wire.surplus_begins_with(&["421", &same]);
        other.then_some(FailureReason::Malformed { at: SmtpStep::Dot, what: MalformedReply::OutOfStep })
    }

    /// Where the answers to the next envelope do not fit, the answer to this letter may have been one to something else
    /// as well.
    fn answer_to_next(mut self, verdict: SendOutcome, offering: &OfferCommands) -> (Delivered, NextPhase) {
        match offering.listen(&mut self.wire, &self.timeouts) {
            OfferResult::Asked => {
                let Self { wire, timeouts, phase: AwaitingReply { offers, .. } } = self;
                let offered = Session { wire, timeouts, phase: Offered { offers } };
                (Delivered { verdict, next: Some(Ok(())) }, NextPhase::Offered(offered))
            }
            OfferResult::Declined(setback, connection) => {
                let after = match connection {
                    ConnectionState::Usable => NextPhase::Ready(self.ready(PreviousLetter::CalledOff)),
                    ConnectionState::Spent | ConnectionState::SlowDown => NextPhase::Over,
                };
                (Delivered { verdict, next: Some(Err(setback)) }, after)
            }
            OfferResult::Confused(reason) => in_doubt(reason),
        }
    }

    fn ready(self, last: PreviousLetter) -> Session<Ready> {
        let Self { wire, timeouts, phase: AwaitingReply { offers, .. } } = self;
        Session { wire, timeouts, phase: Ready { offers, last } }
    }
}

/// What is said where the next letter's fate does not matter: its envelope is offered again.
fn in_doubt(reason: FailureReason) -> (Delivered, NextPhase) {
    (Delivered { verdict: SendOutcome::InDoubt(reason), next: None }, NextPhase::Over)
}

/// A relay that says something unasked says goodbye, or we have lost count.
fn unsolicited_reply(response: &Response) -> OfferError {
    let reply = reply(response);
    match reply.code() {
        421 => OfferError::SlowDown(reply),
        _ => OfferError::ConnectionLost(FailureReason::Malformed {
            at: SmtpStep::Sender,
            what: MalformedReply::OutOfStep,
        }),
    }
}

/// The letter as it goes over the wire: no line begins with a single dot (RFC 5321 §4.5.2), and the last is ended. Behind
/// it is room for so many octets more.
fn with_end(body: &[u8], room: usize) -> Vec<u8> {
    let mut octets = Vec::with_capacity(body.len() + 5 + room);
    if has_dots(body) {
        for line in body.split_inclusive(|octet| *octet == b'\n') {
            if line.starts_with(b".") {
                octets.push(b'.');
            }
            octets.extend_from_slice(line);
        }
    } else {
        octets.extend_from_slice(body);
    }
    if !body.ends_with(b"\r\n") {
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b".\r\n");
    octets
}

/// Whether a line begins with a dot. None of ours does, so that nothing is won by stopping early: without a branch the
/// compiler makes a few instructions of the loop, and a letter of 40 kB costs 2 µs and not 15.
fn has_dots(body: &[u8]) -> bool {
    let behind = body.get(1..).unwrap_or_default();
    let found = body
        .iter()
        .zip(behind)
        .fold(0, |found, (left, right)| found | u8::from(*left == b'\n') & u8::from(*right == b'.'));
    body.starts_with(b".") || found != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_ends_where_it_ends() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"a\r\n", b"a\r\n.\r\n"),
            (b"a", b"a\r\n.\r\n"),
            (b"", b"\r\n.\r\n"),
            (b".\r\n.a\r\nb.\r\n", b"..\r\n..a\r\nb.\r\n.\r\n"),
            (b"a\r\n\r\n.\r\n", b"a\r\n\r\n..\r\n.\r\n"),
        ];
        for (body, wire) in cases {
            assert_eq!(with_end(body, 0), wire, "{}", body.escape_ascii());
        }
    }
}
