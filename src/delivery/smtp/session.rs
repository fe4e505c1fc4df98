//! The talk with a relay, phase by phase: what may not be said in a phase has no method there.

use std::fmt::Display;
use std::time::Duration;

use lettre::Address as WireAddress;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::response::Response;

use crate::delivery::smtp::offers::Offers;
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::verdict::{self, Answer};
use crate::delivery::smtp::wire::Wire;
use crate::delivery::transport::{Connection, Envelope, Setback, Verdict};
use crate::recipient::Address;
use crate::report::{Garbled, Reason, Reply, Step};

/// A talk in a phase.
#[derive(Debug)]
pub(super) struct Session<Phase> {
    pub(super) wire: Wire,
    pub(super) timeouts: Timeouts,
    pub(super) phase: Phase,
}

/// The relay has greeted us, or the connection was just encrypted: we are strangers.
#[derive(Debug)]
pub(super) struct Greeted;

/// We are introduced and know what the relay can do.
#[derive(Debug)]
pub(super) struct Introduced {
    pub(super) offers: Offers,
}

/// Letters may be offered.
#[derive(Debug)]
pub(super) struct Ready {
    offers: Offers,
    last: Last,
}

/// How the letter before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// It was answered, or there was none.
    Done,
    /// It was called off after MAIL: the relay must be told before the next.
    CalledOff,
}

/// The relay waits for a letter's body: there is nothing else to say.
#[derive(Debug)]
pub(super) struct Offered {
    offers: Offers,
}

/// A letter that was not asked for.
#[derive(Debug)]
pub(super) struct Declined {
    /// Why.
    pub(super) setback: Setback,
    /// The talk; absent: it is over.
    pub(super) session: Option<Session<Ready>>,
}

/// A letter that was answered, or not.
#[derive(Debug)]
pub(super) struct Handed {
    /// What became of it.
    pub(super) verdict: Verdict,
    /// The talk; absent: it is over.
    pub(super) session: Option<Session<Ready>>,
}

impl<Phase> Session<Phase> {
    /// Says a command and waits for the whole answer.
    pub(super) fn ask(&mut self, command: &impl Display, at: Step, within: Duration) -> Result<Response, Reason> {
        self.wire.send(command.to_string().as_bytes(), at, within)?;
        self.wire.answer(at, within)
    }

    /// Says a command whose answer is sorted by the codes that mean yes.
    pub(super) fn ask_for(&mut self, expected: &[u16], command: &impl Display, at: Step) -> Result<Answer, Reason> {
        let within = match at {
            Step::Data => self.timeouts.data,
            _ => self.timeouts.command,
        };
        let response = self.ask(command, at, within)?;
        verdict::sort(&response, at, expected)
    }

    /// The same talk in another phase.
    pub(super) fn enter<Next>(self, phase: Next) -> Session<Next> {
        Session { wire: self.wire, timeouts: self.timeouts, phase }
    }
}

impl Session<Introduced> {
    /// The talk, ready for letters.
    pub(super) fn ready(self) -> Session<Ready> {
        let Self { wire, timeouts, phase: Introduced { offers } } = self;
        Session { wire, timeouts, phase: Ready { offers, last: Last::Done } }
    }
}

impl Session<Ready> {
    /// Offers a letter: MAIL, RCPT and DATA.
    pub(super) fn offer(mut self, envelope: &Envelope) -> Result<Session<Offered>, Box<Declined>> {
        match self.announce(envelope) {
            Ok(()) => {
                let Self { wire, timeouts, phase: Ready { offers, .. } } = self;
                Ok(Session { wire, timeouts, phase: Offered { offers } })
            }
            Err(setback) => {
                let session = keeps_connection(&setback).then_some(self);
                Err(Box::new(Declined { setback, session }))
            }
        }
    }

    fn announce(&mut self, envelope: &Envelope) -> Result<(), Setback> {
        let mail = self.mail(envelope)?;
        let recipient = wire_address(&envelope.recipient).ok_or_else(|| Setback::Refused(unwritable()))?;
        match self.wire.look(Step::Sender).map_err(Setback::ConnectionLost)? {
            Some(response) => return Err(unasked(&response)),
            None => self.call_off_last()?,
        }
        let lost = Setback::ConnectionLost;
        verdict::at_sender(self.ask_for(&[250], &mail, Step::Sender).map_err(lost)?, envelope.size)?;
        self.phase.last = Last::CalledOff;
        for (expected, at) in [(&[250, 251][..], Step::Recipient), (&[354], Step::Data)] {
            let answer = match at {
                Step::Recipient => self.ask_for(expected, &Rcpt::new(recipient.clone(), Vec::new()), at),
                _ => self.ask_for(expected, &Data, at),
            };
            verdict::at_recipient(answer.map_err(lost)?, at, envelope.size)?;
        }
        Ok(())
    }

    /// The MAIL command, unless the letter cannot go through this relay at all.
    fn mail(&self, envelope: &Envelope) -> Result<Mail, Setback> {
        let offers = &self.phase.offers;
        if offers.limit().is_some_and(|limit| envelope.size > limit) {
            return Err(Setback::TooLarge { size: envelope.size, limit: offers.limit() });
        }
        let mut parameters = Vec::new();
        if offers.size.is_some() {
            parameters.push(MailParameter::Size(envelope.size));
        }
        if !envelope.sender.as_str().is_ascii() && !offers.utf8 {
            return Err(Setback::SenderRefused(no_utf8()));
        }
        if !envelope.recipient.as_str().is_ascii() && !offers.utf8 {
            return Err(Setback::Refused(no_utf8()));
        }
        if !envelope.sender.as_str().is_ascii() || !envelope.recipient.as_str().is_ascii() {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = wire_address(&envelope.sender).ok_or_else(|| Setback::SenderRefused(unwritable()))?;
        Ok(Mail::new(Some(sender), parameters))
    }

    fn call_off_last(&mut self) -> Result<(), Setback> {
        if self.phase.last == Last::Done {
            return Ok(());
        }
        match self.ask_for(&[250], &Rset, Step::Reset).map_err(Setback::ConnectionLost)? {
            Answer::Yes(_) => {
                self.phase.last = Last::Done;
                Ok(())
            }
            Answer::Later(reply) => Err(Setback::SlowDown(reply)),
            Answer::No(reply) => Err(Setback::ConnectionLost(Reason::Unexpected { at: Step::Reset, reply })),
        }
    }

    /// Says goodbye. Nothing hangs on the answer.
    pub(super) fn quit(mut self) {
        let within = self.timeouts.quit;
        let _ = self.ask(&Quit, Step::Quit, within);
        self.wire.close(within);
    }
}

impl Session<Offered> {
    /// Sends the letter and its end in one write, and waits for the answer.
    pub(super) fn hand_over(mut self, body: &[u8]) -> Handed {
        match self.send(body) {
            Err(verdict) => Handed { verdict, session: None },
            Ok(response) => self.judge(&response),
        }
    }

    /// Until the last octets have left, the relay has no whole letter: what goes wrong before is no doubt.
    fn send(&mut self, body: &[u8]) -> Result<Response, Verdict> {
        let unsent = |reason| Verdict::Deferred(reason, Connection::Spent);
        if let Some(response) = self.wire.look(Step::Body).map_err(unsent)? {
            return Err(match unasked(&response) {
                Setback::SlowDown(reply) => Verdict::Deferred(Reason::Reply(reply), Connection::SlowDown),
                _ => unsent(Reason::Malformed { at: Step::Body, what: Garbled::OutOfStep }),
            });
        }
        self.wire.send(&with_end(body), Step::Body, self.timeouts.body).map_err(unsent)?;
        self.wire.answer(Step::Dot, self.timeouts.dot).map_err(Verdict::InDoubt)
    }

    fn judge(self, response: &Response) -> Handed {
        // A relay that closes says so right behind its answer. Any other surplus means that the answer may have been
        // one to something else.
        let same = response.code().to_string();
        if self.wire.has_surplus() && !self.wire.surplus_begins_with(&["421", &same]) {
            let reason = Reason::Malformed { at: Step::Dot, what: Garbled::OutOfStep };
            return Handed { verdict: Verdict::InDoubt(reason), session: None };
        }
        match verdict::sort(response, Step::Dot, &[250]) {
            Err(reason) => Handed { verdict: Verdict::InDoubt(reason), session: None },
            Ok(answer) => {
                let verdict = verdict::at_dot(answer);
                let gone = reply(response).code() == 421;
                let Self { wire, timeouts, phase: Offered { offers } } = self;
                let ready = Session { wire, timeouts, phase: Ready { offers, last: Last::Done } };
                let session = (!gone).then_some(ready);
                Handed { verdict, session }
            }
        }
    }
}

/// A relay that says something unasked says goodbye, or we have lost count.
fn unasked(response: &Response) -> Setback {
    let reply = reply(response);
    match reply.code() {
        421 => Setback::SlowDown(reply),
        _ => Setback::ConnectionLost(Reason::Malformed { at: Step::Sender, what: Garbled::OutOfStep }),
    }
}

fn keeps_connection(setback: &Setback) -> bool {
    match setback {
        Setback::ConnectionLost(_) => false,
        Setback::SlowDown(reply) => reply.code() != 421,
        Setback::Deferred(_) | Setback::Refused(_) | Setback::SenderRefused(_) | Setback::TooLarge { .. } => true,
    }
}

fn wire_address(address: &Address) -> Option<WireAddress> {
    WireAddress::new(address.local(), address.domain()).ok()
}

fn no_utf8() -> Reply {
    Reply::new(553, "5.6.7 (not asked) the relay takes no address with other letters than a-z before the @ (SMTPUTF8)")
}

fn unwritable() -> Reply {
    Reply::new(553, "5.1.3 (not asked) the address cannot be written in an SMTP command")
}

/// The letter as it goes over the wire: no line begins with a single dot (RFC 5321 §4.5.2), and the last is ended.
fn with_end(body: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(body.len() + 5);
    let dots = body.starts_with(b".") || body.windows(2).any(|it| it == b"\n.");
    if dots {
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
            assert_eq!(with_end(body), wire, "{}", body.escape_ascii());
        }
    }
}
