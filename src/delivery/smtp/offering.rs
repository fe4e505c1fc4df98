//! The commands that offer a letter, said one by one or in one go, and the answers, each matched to its command.

use lettre::Address as WireAddress;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{Garbled, Reason, Reply, Step};
use crate::delivery::smtp::offers::Offers;
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::verdict;
use crate::delivery::smtp::wire::Wire;
use crate::delivery::transport::{Connection, Envelope, Setback};
use crate::people::person::Address;

/// How the letter before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// It was answered, or there was none.
    Done,
    /// It was called off after MAIL: the relay must be told before the next.
    CalledOff,
}

/// A letter's envelope as it is told to the relay: RSET where the last letter was called off, MAIL, RCPT and DATA.
#[derive(Debug)]
pub(super) struct Offering {
    commands: Vec<(Step, String)>,
    size: usize,
}

/// What came of an offering.
#[derive(Debug)]
pub(super) enum Answered {
    /// The relay waits for the letter.
    Asked,
    /// It does not. Whether the connection can be used is the second.
    Declined(Setback, Connection),
    /// The answers do not fit the commands: one is missing or too many, and nobody knows which.
    Confused(Reason),
}

impl Offering {
    /// Puts the commands together, unless the letter cannot go through this relay at all; then nothing is said.
    pub(super) fn new(offers: &Offers, last: Last, envelope: &Envelope) -> Result<Self, Setback> {
        let mail = mail(offers, envelope)?;
        let recipient = wire_address(&envelope.recipient).ok_or_else(|| Setback::Refused(unwritable()))?;
        let mut commands = Vec::with_capacity(4);
        if last == Last::CalledOff {
            commands.push((Step::Reset, Rset.to_string()));
        }
        commands.push((Step::Sender, mail.to_string()));
        commands.push((Step::Recipient, Rcpt::new(recipient, Vec::new()).to_string()));
        commands.push((Step::Data, Data.to_string()));
        Ok(Self { commands, size: envelope.size })
    }

    /// All commands behind one another, for a relay that takes them so (RFC 2920 §3.1: DATA is the last of a group).
    pub(super) fn octets(&self) -> impl Iterator<Item = u8> {
        self.commands.iter().flat_map(|(_, command)| command.bytes())
    }

    /// Says a command when the one before it was answered.
    pub(super) fn say_one_by_one(&self, wire: &mut Wire, timeouts: &Timeouts) -> Answered {
        for (at, command) in &self.commands {
            let within = timeouts.at(*at);
            let answer = wire.send(command.as_bytes(), *at, within).and_then(|()| wire.answer(*at, within));
            let response = match answer {
                Ok(response) => response,
                Err(reason) => return lost(reason),
            };
            if let Err(setback) = self.judge(*at, &response) {
                let connection = connection_after(&setback);
                return Answered::Declined(setback, connection);
            }
        }
        Answered::Asked
    }

    /// Says all commands in one write, and reads their answers.
    pub(super) fn say_at_once(&self, wire: &mut Wire, timeouts: &Timeouts) -> Answered {
        let octets: Vec<u8> = self.octets().collect();
        match wire.send(&octets, Step::Sender, timeouts.command) {
            Ok(()) => self.listen(wire, timeouts),
            Err(reason) => lost(reason),
        }
    }

    /// Reads the answers to commands that were said in one go.
    pub(super) fn listen(&self, wire: &mut Wire, timeouts: &Timeouts) -> Answered {
        for (place, (at, _)) in self.commands.iter().enumerate() {
            let response = match wire.answer(*at, timeouts.at(*at)) {
                Ok(response) => response,
                Err(reason @ Reason::ConnectionLost { .. }) => return lost(reason),
                Err(reason) => return Answered::Confused(reason),
            };
            match self.judge(*at, &response) {
                Ok(()) => {}
                Err(Setback::ConnectionLost(reason)) => return Answered::Confused(reason),
                Err(setback) if connection_after(&setback) == Connection::Spent || *at == Step::Reset => {
                    return Answered::Declined(setback, Connection::Spent);
                }
                Err(setback) => {
                    let rest = self.listen_after_no(place, wire, timeouts);
                    return rest.map_or_else(Answered::Confused, |connection| Answered::Declined(setback, connection));
                }
            }
        }
        Answered::Asked
    }

    /// Reads the answers behind a no: they mean no as well, or the count is lost.
    ///
    /// A relay that asks for the letter although it takes the recipient not gets none: a lone dot ends what it waits
    /// for, and nobody is written to (RFC 2920 §3.1).
    fn listen_after_no(&self, no: usize, wire: &mut Wire, timeouts: &Timeouts) -> Result<Connection, Reason> {
        for (at, _) in &self.commands[no + 1..] {
            let response = match wire.answer(*at, timeouts.at(*at)) {
                Ok(response) => response,
                Err(Reason::ConnectionLost { .. }) => return Ok(Connection::Spent),
                Err(reason) => return Err(reason),
            };
            match u16::from(response.code()) {
                421 => return Ok(Connection::Spent),
                400..=599 => {}
                354 if *at == Step::Data && self.commands[no].0 == Step::Recipient => {
                    return Ok(end_empty_letter(wire, timeouts));
                }
                _ => return Err(Reason::Unexpected { at: *at, reply: reply(&response) }),
            }
        }
        if wire.has_surplus() && !wire.surplus_begins_with(&["421"]) {
            return Err(Reason::Malformed { at: Step::Data, what: Garbled::OutOfStep });
        }
        Ok(Connection::Usable)
    }

    fn judge(&self, at: Step, response: &Response) -> Result<(), Setback> {
        let sorted = |expected: &[u16]| verdict::sort(response, at, expected).map_err(Setback::ConnectionLost);
        match at {
            Step::Reset => verdict::at_reset(sorted(&[250])?),
            Step::Sender => verdict::at_sender(sorted(&[250])?, self.size),
            Step::Recipient => verdict::at_recipient(sorted(&[250, 251])?, at, self.size),
            _ => verdict::at_recipient(sorted(&[354])?, at, self.size),
        }
    }
}

/// The MAIL command, unless the letter cannot go through this relay at all.
fn mail(offers: &Offers, envelope: &Envelope) -> Result<Mail, Setback> {
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

fn lost(reason: Reason) -> Answered {
    Answered::Declined(Setback::ConnectionLost(reason), Connection::Spent)
}

/// Whether the relay listens to more after a no.
fn connection_after(setback: &Setback) -> Connection {
    match setback {
        Setback::ConnectionLost(_) => Connection::Spent,
        Setback::SlowDown(reply) if reply.code() == 421 => Connection::Spent,
        Setback::SlowDown(_)
        | Setback::Deferred(_)
        | Setback::Refused(_)
        | Setback::SenderRefused(_)
        | Setback::TooLarge { .. } => Connection::Usable,
    }
}

/// Ends a letter that has no reader and no octets. A relay that says yes to it is not to be trusted with another.
fn end_empty_letter(wire: &mut Wire, timeouts: &Timeouts) -> Connection {
    let answer = wire.send(b".\r\n", Step::Body, timeouts.body).and_then(|()| wire.answer(Step::Dot, timeouts.dot));
    match answer.map(|it| u16::from(it.code())) {
        Ok(400..=420 | 422..=599) => Connection::Usable,
        Ok(_) | Err(_) => Connection::Spent,
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
