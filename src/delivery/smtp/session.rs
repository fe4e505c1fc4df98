//! An SMTP session, phase by phase: a command that a phase does not allow has no method there.

use std::borrow::Cow;
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
use crate::letter::letter_bytes::{LetterBytes, LineForm};

/// A session in a phase.
#[derive(Debug)]
pub(crate) struct Session<Phase> {
    pub(super) stream: SmtpStream,
    pub(super) timeouts: Timeouts,
    pub(super) phase: Phase,
}

/// The relay has greeted, or the connection was just encrypted: EHLO comes next.
#[derive(Debug)]
pub(super) struct Greeted;

/// EHLO was accepted, and the relay's extensions are known.
#[derive(Debug)]
pub(crate) struct Identified {
    pub(super) extensions: Extensions,
}

/// Letters may be offered.
#[derive(Debug)]
pub(super) struct Ready {
    extensions: Extensions,
    last: PreviousLetter,
}

/// The relay waits for a letter's body: no command is possible.
#[derive(Debug)]
pub(super) struct Offered {
    extensions: Extensions,
}

/// A letter whose offer was not accepted.
#[derive(Debug)]
pub(super) struct Declined {
    /// Why.
    pub(super) error: OfferError,
    /// The session; absent: it is over.
    pub(super) session: Option<Session<Ready>>,
}

/// A letter was sent, and perhaps the envelope of the next one: only replies can follow.
#[derive(Debug)]
pub(super) struct AwaitingReply {
    extensions: Extensions,
    /// The envelope behind the letter; absent: there was none.
    next: Option<NextEnvelope>,
}

/// The envelope behind a letter.
#[derive(Debug)]
enum NextEnvelope {
    /// It was sent with the letter.
    Sent(OfferCommands),
    /// This relay cannot take it at all, so that nothing of it was sent.
    Unsendable(OfferError),
}

/// A letter that was not sent: the session is over.
#[derive(Debug)]
pub(super) struct Unsent {
    /// Why.
    pub(super) reason: FailureReason,
    /// What is to happen with the connection: a new one now, or later.
    pub(super) connection: ConnectionState,
}

/// The phase after the reply to a letter.
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
    /// Sends a command and waits for the whole reply.
    pub(super) fn command(
        &mut self,
        command: &impl Display,
        at: SmtpStep,
        within: Duration,
    ) -> Result<Response, FailureReason> {
        let line = command.to_string();
        self.stream.send(line.as_bytes(), at, within)?;
        let response = self.stream.read_reply(at, within)?;
        Ok(if at == SmtpStep::Login { redact_login(response, &line) } else { response })
    }

    /// Sends a command and classifies the reply by the expected codes.
    pub(super) fn command_class(
        &mut self,
        expected: &[u16],
        command: &impl Display,
        at: SmtpStep,
    ) -> Result<ReplyClass, FailureReason> {
        let response = self.command(command, at, self.timeouts.at(at))?;
        reply_class::classify(&response, at, expected)
    }

    /// The same session in another phase.
    pub(super) fn enter<Next>(self, phase: Next) -> Session<Next> {
        Session { stream: self.stream, timeouts: self.timeouts, phase }
    }
}

impl Session<Identified> {
    /// The session, ready for letters.
    pub(super) fn ready(self) -> Session<Ready> {
        let Self { stream, timeouts, phase: Identified { extensions } } = self;
        Session { stream, timeouts, phase: Ready { extensions, last: PreviousLetter::Done } }
    }
}

impl Session<Ready> {
    /// Offers a letter: MAIL, RCPT and DATA, in one write if the relay offers PIPELINING.
    pub(super) fn offer(mut self, envelope: &Envelope) -> Result<Session<Offered>, Box<Declined>> {
        let commands = match self.prepare(envelope) {
            Ok(commands) => commands,
            Err(error @ (OfferError::ConnectionLost(_) | OfferError::Closed(_))) => {
                return Err(Box::new(Declined { error, session: None }));
            }
            Err(error) => return Err(Box::new(Declined { error, session: Some(self) })),
        };
        let result = if self.phase.extensions.pipelining {
            commands.send_pipelined(&mut self.stream, &self.timeouts)
        } else {
            commands.send_in_turn(&mut self.stream, &self.timeouts)
        };
        match result {
            OfferResult::Accepted => {
                let Self { stream, timeouts, phase: Ready { extensions, .. } } = self;
                Ok(Session { stream, timeouts, phase: Offered { extensions } })
            }
            OfferResult::NotAccepted(error, ConnectionState::Usable) => {
                self.phase.last = PreviousLetter::Cancelled;
                Err(Box::new(Declined { error, session: Some(self) }))
            }
            OfferResult::NotAccepted(error, _) => Err(Box::new(Declined { error, session: None })),
            OfferResult::OutOfSync(reason) => {
                Err(Box::new(Declined { error: OfferError::ConnectionLost(reason), session: None }))
            }
        }
    }

    fn prepare(&mut self, envelope: &Envelope) -> Result<OfferCommands, OfferError> {
        let commands = OfferCommands::new(&self.phase.extensions, self.phase.last, envelope)?;
        // A relay that closes an idle connection sends 421 first (RFC 5321 §3.8): found now, it costs no attempt.
        match self.stream.read_unsolicited(SmtpStep::Sender).map_err(OfferError::ConnectionLost)? {
            Some(response) => Err(unsolicited_reply(&response)),
            None => Ok(commands),
        }
    }

    /// What the relay offers.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.phase.extensions
    }

    /// Ends the session. The reply does not matter.
    pub(super) fn quit(mut self) {
        let within = self.timeouts.quit;
        let _ = self.command(&Quit, SmtpStep::Quit, within);
        self.stream.close(within);
    }
}

impl Session<Offered> {
    /// Sends the letter, its end, and behind it the next envelope if the relay offers PIPELINING, in one write.
    ///
    /// Until the end of the letter is sent, the relay has no complete letter: a failure before that leaves no doubt.
    pub(super) fn send(
        mut self,
        body: &LetterBytes,
        next: Option<&Envelope>,
    ) -> Result<Session<AwaitingReply>, Unsent> {
        let spent = |reason| Unsent { reason, connection: ConnectionState::Spent };
        if let Some(response) = self.stream.read_unsolicited(SmtpStep::Body).map_err(spent)? {
            return Err(match unsolicited_reply(&response) {
                OfferError::Closed(reply) => {
                    Unsent { reason: FailureReason::Reply(reply), connection: ConnectionState::SlowDown }
                }
                _ => spent(FailureReason::Malformed { at: SmtpStep::Body, what: MalformedReply::OutOfStep }),
            });
        }
        // Without PIPELINING no command may be sent before the reply to the letter (RFC 5321 §2.1).
        let next = next.filter(|_| self.phase.extensions.pipelining).map(|envelope| {
            OfferCommands::new(&self.phase.extensions, PreviousLetter::Done, envelope)
                .map_or_else(NextEnvelope::Unsendable, NextEnvelope::Sent)
        });
        let behind = if let Some(NextEnvelope::Sent(commands)) = &next { commands.octets() } else { &[] };
        self.stream.send_letter([&text(body), END], behind, self.timeouts.body).map_err(spent)?;
        let Self { stream, timeouts, phase: Offered { extensions } } = self;
        Ok(Session { stream, timeouts, phase: AwaitingReply { extensions, next } })
    }
}

impl Session<AwaitingReply> {
    /// Waits for the reply to the letter, and for those to the envelope behind it.
    pub(super) fn read_reply(mut self) -> (Delivered, NextPhase) {
        let response = match self.stream.read_reply(SmtpStep::Dot, self.timeouts.dot) {
            Ok(response) => response,
            Err(reason) => return in_doubt(reason),
        };
        let outcome = match reply_class::classify(&response, SmtpStep::Dot, &[250]) {
            Ok(class) => reply_class::final_outcome(class),
            Err(reason) => return in_doubt(reason),
        };
        // The relay closes the connection (RFC 5321 §4.2.2), and no reply to the next envelope follows.
        if u16::from(response.code()) == 421 {
            return (Delivered { outcome, next: None }, NextPhase::Over);
        }
        let unsendable = match self.phase.next.take() {
            Some(NextEnvelope::Sent(commands)) => return self.read_next_replies(outcome, &commands),
            Some(NextEnvelope::Unsendable(error)) => Some(Err(error)),
            None => None,
        };
        if let Some(reason) = self.surplus(&response) {
            return in_doubt(reason);
        }
        (Delivered { outcome, next: unsendable }, NextPhase::Ready(self.ready(PreviousLetter::Done)))
    }

    /// A relay that closes may send 421 right behind its reply, or repeat the reply's code. Any other surplus means
    /// that the reply may have been to another command.
    fn surplus(&self, response: &Response) -> Option<FailureReason> {
        let same = response.code().to_string();
        let is_out_of_sync = self.stream.has_surplus() && !self.stream.surplus_begins_with(&["421", &same]);
        is_out_of_sync.then_some(FailureReason::Malformed { at: SmtpStep::Dot, what: MalformedReply::OutOfStep })
    }

    /// If the replies to the next envelope do not match its commands, the reply to this letter may have been to another
    /// command as well.
    fn read_next_replies(mut self, outcome: SendOutcome, commands: &OfferCommands) -> (Delivered, NextPhase) {
        match commands.read_replies(&mut self.stream, &self.timeouts) {
            OfferResult::Accepted => {
                let Self { stream, timeouts, phase: AwaitingReply { extensions, .. } } = self;
                let offered = Session { stream, timeouts, phase: Offered { extensions } };
                (Delivered { outcome, next: Some(Ok(())) }, NextPhase::Offered(offered))
            }
            OfferResult::NotAccepted(error, connection) => {
                let phase = match connection {
                    ConnectionState::Usable => NextPhase::Ready(self.ready(PreviousLetter::Cancelled)),
                    ConnectionState::Spent | ConnectionState::SlowDown => NextPhase::Over,
                };
                (Delivered { outcome, next: Some(Err(error)) }, phase)
            }
            OfferResult::OutOfSync(reason) => in_doubt(reason),
        }
    }

    fn ready(self, last: PreviousLetter) -> Session<Ready> {
        let Self { stream, timeouts, phase: AwaitingReply { extensions, .. } } = self;
        Session { stream, timeouts, phase: Ready { extensions, last } }
    }
}

/// A letter in doubt. The next letter's offer is not reported, so that it is offered again over another connection.
fn in_doubt(reason: FailureReason) -> (Delivered, NextPhase) {
    (Delivered { outcome: SendOutcome::InDoubt(reason), next: None }, NextPhase::Over)
}

/// A reply without a command: the relay closes (RFC 5321 §3.8 allows 421 at any time), or the count of replies is off.
fn unsolicited_reply(response: &Response) -> OfferError {
    let reply = reply(response);
    match reply.code() {
        421 => OfferError::Closed(reply),
        _ => OfferError::ConnectionLost(FailureReason::Malformed {
            at: SmtpStep::Sender,
            what: MalformedReply::OutOfStep,
        }),
    }
}

/// What ends a letter, behind the end of its last line (RFC 5321 §4.1.1.4).
const END: &[u8] = b".\r\n";

/// The lines of a letter as they are sent: dots at their start are doubled (RFC 5321 §4.5.2), and the last one has an end.
fn text(body: &LetterBytes) -> Cow<'_, [u8]> {
    debug_assert!(body.lines() == LineForm::Any || is_as_sent(body));
    if body.lines() == LineForm::AsSent || is_as_sent(body) {
        return Cow::Borrowed(body);
    }
    let mut octets = Vec::with_capacity(body.len() + 64);
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(b".") {
            octets.push(b'.');
        }
        octets.extend_from_slice(line);
    }
    if !body.ends_with(b"\r\n") {
        octets.extend_from_slice(b"\r\n");
    }
    Cow::Owned(octets)
}

/// Whether no line begins with a dot, and the last one has an end.
fn is_as_sent(body: &[u8]) -> bool {
    body.ends_with(b"\r\n") && !body.starts_with(b".") && !body.windows(2).any(|pair| pair == b"\n.")
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
        for (body, stream) in cases {
            assert_eq!([&text(&LetterBytes::from(body.to_vec())), END].concat(), stream, "{}", body.escape_ascii());
        }
    }
}
