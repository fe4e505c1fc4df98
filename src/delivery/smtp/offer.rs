//! The commands that offer a letter, said one by one or in one go, and the answers, each matched to its command.

use lettre::Address as WireAddress;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{FailureReason, MalformedReply, Reply, SmtpStep};
use crate::delivery::smtp::extensions::Extensions;
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class;
use crate::delivery::smtp::stream::SmtpStream;
use crate::delivery::transport::{ConnectionState, Envelope, OfferError};
use crate::people::person::Address;

/// How the letter before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreviousLetter {
    /// It was answered, or there was none.
    Done,
    /// It was called off after MAIL: the relay must be told before the next.
    CalledOff,
}

/// A letter's envelope as it is told to the relay: RSET where the last letter was called off, MAIL, RCPT and DATA.
#[derive(Debug)]
pub(super) struct OfferCommands {
    commands: Vec<(SmtpStep, String)>,
    size: usize,
}

/// What came of an offering.
#[derive(Debug)]
pub(super) enum OfferResult {
    /// The relay waits for the letter.
    Asked,
    /// It does not. Whether the connection can be used is the second.
    Declined(OfferError, ConnectionState),
    /// The answers do not fit the commands: one is missing or too many, and nobody knows which.
    Confused(FailureReason),
}

impl OfferCommands {
    /// Puts the commands together, unless the letter cannot go through this relay at all; then nothing is said.
    pub(super) fn new(offers: &Extensions, last: PreviousLetter, envelope: &Envelope) -> Result<Self, OfferError> {
        let mail = mail(offers, envelope)?;
        let recipient = wire_address(&envelope.recipient).ok_or_else(|| OfferError::Refused(unwritable()))?;
        let mut commands = Vec::with_capacity(4);
        if last == PreviousLetter::CalledOff {
            commands.push((SmtpStep::Reset, Rset.to_string()));
        }
        commands.push((SmtpStep::Sender, mail.to_string()));
        commands.push((SmtpStep::Recipient, Rcpt::new(recipient, Vec::new()).to_string()));
        commands.push((SmtpStep::Data, Data.to_string()));
        Ok(Self { commands, size: envelope.size })
    }

    /// All commands behind one another, for a relay that takes them so (RFC 2920 §3.1: DATA is the last of a group).
    pub(super) fn octets(&self) -> impl Iterator<Item = u8> {
        self.commands.iter().flat_map(|(_, command)| command.bytes())
    }

    /// Says a command when the one before it was answered.
    pub(super) fn say_one_by_one(&self, wire: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        for (at, command) in &self.commands {
            let within = timeouts.at(*at);
            let answer = wire.send(command.as_bytes(), *at, within).and_then(|()| wire.answer(*at, within));
            let response = match answer {
                Ok(response) => response,
                Err(reason) => return connection_lost(reason),
            };
            if let Err(setback) = self.judge(*at, &response) {
                let connection = connection_after(&setback);
                return OfferResult::Declined(setback, connection);
            }
        }
        OfferResult::Asked
    }

    /// Says all commands in one write, and reads their answers.
    pub(super) fn say_at_once(&self, wire: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        let octets: Vec<u8> = self.octets().collect();
        match wire.send(&octets, SmtpStep::Sender, timeouts.command) {
            Ok(()) => self.listen(wire, timeouts),
            Err(reason) => connection_lost(reason),
        }
    }

    /// Reads the answers to commands that were said in one go.
    pub(super) fn listen(&self, wire: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        for (place, (at, _)) in self.commands.iter().enumerate() {
            let response = match wire.answer(*at, timeouts.at(*at)) {
                Ok(response) => response,
                Err(reason @ FailureReason::ConnectionLost { .. }) => return connection_lost(reason),
                Err(reason) => return OfferResult::Confused(reason),
            };
            match self.judge(*at, &response) {
                Ok(()) => {}
                Err(OfferError::ConnectionLost(reason)) => return OfferResult::Confused(reason),
                Err(setback) if connection_after(&setback) == ConnectionState::Spent || *at == SmtpStep::Reset => {
                    return OfferResult::Declined(setback, ConnectionState::Spent);
                }
                Err(setback) => {
                    let rest = self.listen_after_no(place, wire, timeouts);
                    return rest
                        .map_or_else(OfferResult::Confused, |connection| OfferResult::Declined(setback, connection));
                }
            }
        }
        OfferResult::Asked
    }

    /// Reads the answers behind a no: they mean no as well, or the count is lost.
    ///
    /// A relay that asks for the letter although it takes the recipient not gets none: a lone dot ends what it waits
    /// for, and nobody is written to (RFC 2920 §3.1).
    fn listen_after_no(
        &self,
        no: usize,
        wire: &mut SmtpStream,
        timeouts: &Timeouts,
    ) -> Result<ConnectionState, FailureReason> {
        for (at, _) in &self.commands[no + 1..] {
            let response = match wire.answer(*at, timeouts.at(*at)) {
                Ok(response) => response,
                Err(FailureReason::ConnectionLost { .. }) => return Ok(ConnectionState::Spent),
                Err(reason) => return Err(reason),
            };
            match u16::from(response.code()) {
                421 => return Ok(ConnectionState::Spent),
                400..=599 => {}
                354 if *at == SmtpStep::Data && self.commands[no].0 == SmtpStep::Recipient => {
                    return Ok(end_empty_letter(wire, timeouts));
                }
                _ => return Err(FailureReason::Unexpected { at: *at, reply: reply(&response) }),
            }
        }
        if wire.has_surplus() && !wire.surplus_begins_with(&["421"]) {
            return Err(FailureReason::Malformed { at: SmtpStep::Data, what: MalformedReply::OutOfStep });
        }
        Ok(ConnectionState::Usable)
    }

    fn judge(&self, at: SmtpStep, response: &Response) -> Result<(), OfferError> {
        let sorted =
            |expected: &[u16]| reply_class::classify(response, at, expected).map_err(OfferError::ConnectionLost);
        match at {
            SmtpStep::Reset => reply_class::reset_error(sorted(&[250])?),
            SmtpStep::Sender => reply_class::sender_error(sorted(&[250])?, self.size),
            SmtpStep::Recipient => reply_class::recipient_error(sorted(&[250, 251])?, at, self.size),
            _ => reply_class::recipient_error(sorted(&[354])?, at, self.size),
        }
    }
}

/// The MAIL command, unless the letter cannot go through this relay at all.
fn mail(offers: &Extensions, envelope: &Envelope) -> Result<Mail, OfferError> {
    if offers.limit().is_some_and(|limit| envelope.size > limit) {
        return Err(OfferError::TooLarge { size: envelope.size, limit: offers.limit() });
    }
    let mut parameters = Vec::new();
    if offers.size.is_some() {
        parameters.push(MailParameter::Size(envelope.size));
    }
    if !envelope.sender.as_str().is_ascii() && !offers.utf8 {
        return Err(OfferError::SenderRefused(no_utf8()));
    }
    if !envelope.recipient.as_str().is_ascii() && !offers.utf8 {
        return Err(OfferError::Refused(no_utf8()));
    }
    if !envelope.sender.as_str().is_ascii() || !envelope.recipient.as_str().is_ascii() {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let sender = wire_address(&envelope.sender).ok_or_else(|| OfferError::SenderRefused(unwritable()))?;
    Ok(Mail::new(Some(sender), parameters))
}

fn connection_lost(reason: FailureReason) -> OfferResult {
    OfferResult::Declined(OfferError::ConnectionLost(reason), ConnectionState::Spent)
}

/// Whether the relay listens to more after a no.
fn connection_after(setback: &OfferError) -> ConnectionState {
    match setback {
        OfferError::ConnectionLost(_) => ConnectionState::Spent,
        OfferError::SlowDown(reply) if reply.code() == 421 => ConnectionState::Spent,
        OfferError::SlowDown(_)
        | OfferError::Deferred(_)
        | OfferError::Refused(_)
        | OfferError::SenderRefused(_)
        | OfferError::TooLarge { .. } => ConnectionState::Usable,
    }
}

/// Ends a letter that has no reader and no octets. A relay that says yes to it is not to be trusted with another.
fn end_empty_letter(wire: &mut SmtpStream, timeouts: &Timeouts) -> ConnectionState {
    let answer =
        wire.send(b".\r\n", SmtpStep::Body, timeouts.body).and_then(|()| wire.answer(SmtpStep::Dot, timeouts.dot));
    match answer.map(|it| u16::from(it.code())) {
        Ok(400..=420 | 422..=599) => ConnectionState::Usable,
        Ok(_) | Err(_) => ConnectionState::Spent,
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
