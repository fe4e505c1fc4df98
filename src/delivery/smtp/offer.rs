//! The commands that offer a letter, sent in turn or in one write, and the replies, each matched to its command.

use std::fmt::{Display, Write};

use lettre::Address as WireAddress;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{FailureReason, MalformedReply, Reply, SmtpStep};
use crate::delivery::smtp::extensions::Extensions;
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ACCEPTED};
use crate::delivery::smtp::stream::SmtpStream;
use crate::delivery::transport::{ConnectionState, Envelope, OfferError};
use crate::people::person::Address;

/// How the transaction before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreviousLetter {
    /// It was completed, or there was none.
    Done,
    /// It was abandoned after MAIL: RSET must come before the next.
    Cancelled,
}

/// The commands of a letter's envelope: RSET if the transaction before was cancelled, MAIL, RCPT and DATA.
#[derive(Debug)]
pub(super) struct OfferCommands {
    /// All commands, one behind the other.
    text: String,
    /// Each command, and where it ends in the text.
    steps: Vec<(SmtpStep, usize)>,
    size: usize,
}

/// The result of an offer.
#[derive(Debug)]
pub(super) enum OfferResult {
    /// The relay waits for the letter.
    Accepted,
    /// It does not; with whether the connection can be used.
    NotAccepted(OfferError, ConnectionState),
    /// The replies do not match the commands: one is missing or surplus, and it is unknown which.
    OutOfSync(FailureReason),
}

impl OfferCommands {
    /// Makes the commands, unless this relay cannot take the letter at all.
    pub(super) fn new(extensions: &Extensions, last: PreviousLetter, envelope: &Envelope) -> Result<Self, OfferError> {
        let mail = mail(extensions, envelope)?;
        let recipient = wire_address(&envelope.recipient).ok_or_else(|| OfferError::Refused(unwritable()))?;
        let mut commands = Self { text: String::new(), steps: Vec::with_capacity(4), size: envelope.size };
        if last == PreviousLetter::Cancelled {
            commands.add(SmtpStep::Reset, &Rset);
        }
        commands.add(SmtpStep::Sender, &mail);
        commands.add(SmtpStep::Recipient, &Rcpt::new(recipient, Vec::new()));
        commands.add(SmtpStep::Data, &Data);
        Ok(commands)
    }

    fn add(&mut self, at: SmtpStep, command: &dyn Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{command}");
        self.steps.push((at, self.text.len()));
    }

    /// All commands behind one another, for a relay that offers PIPELINING (RFC 2920 §3.1: DATA must be the last of a group).
    pub(super) fn octets(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Sends each command after the reply to the one before it.
    pub(super) fn send_in_turn(&self, stream: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        let mut start = 0;
        for (at, end) in &self.steps {
            let within = timeouts.at(*at);
            let command = &self.octets()[start..*end];
            start = *end;
            let reply = stream.send(command, *at, within).and_then(|()| stream.read_reply(*at, within));
            let response = match reply {
                Ok(response) => response,
                Err(reason) => return connection_lost(reason),
            };
            if let Err(error) = self.check_reply(*at, &response) {
                let connection = connection_after(&error);
                return OfferResult::NotAccepted(error, connection);
            }
        }
        OfferResult::Accepted
    }

    /// Sends all commands in one write, and reads their replies.
    pub(super) fn send_pipelined(&self, stream: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        match stream.send(self.octets(), SmtpStep::Sender, timeouts.command) {
            Ok(()) => self.read_replies(stream, timeouts),
            Err(reason) => connection_lost(reason),
        }
    }

    /// Reads the replies to commands that were sent in one write.
    pub(super) fn read_replies(&self, stream: &mut SmtpStream, timeouts: &Timeouts) -> OfferResult {
        for (place, (at, _)) in self.steps.iter().enumerate() {
            let response = match stream.read_reply(*at, timeouts.at(*at)) {
                Ok(response) => response,
                Err(reason @ FailureReason::ConnectionLost { .. }) => return connection_lost(reason),
                Err(reason) => return OfferResult::OutOfSync(reason),
            };
            match self.check_reply(*at, &response) {
                Ok(()) => {}
                Err(OfferError::ConnectionLost(FailureReason::Unexpected { at, reply })) if reply.code() >= 500 => {
                    // A refusal, although of the wrong kind. If only refusals follow, the count of replies is right, and
                    // the replies before it were to their commands.
                    let reason = FailureReason::Unexpected { at, reply };
                    return match self.read_replies_after_refusal(place, stream, timeouts) {
                        Ok(_) => connection_lost(reason),
                        Err(reason) => OfferResult::OutOfSync(reason),
                    };
                }
                Err(OfferError::ConnectionLost(reason)) => return OfferResult::OutOfSync(reason),
                Err(error) if connection_after(&error) == ConnectionState::Spent || *at == SmtpStep::Reset => {
                    return OfferResult::NotAccepted(error, ConnectionState::Spent);
                }
                Err(error) => {
                    let rest = self.read_replies_after_refusal(place, stream, timeouts);
                    return rest
                        .map_or_else(OfferResult::OutOfSync, |connection| OfferResult::NotAccepted(error, connection));
                }
            }
        }
        OfferResult::Accepted
    }

    /// Reads the replies behind a refusal: they must be refusals as well, or the count is off.
    ///
    /// A relay that replies 354 to DATA although it refused the only recipient gets an empty letter: a lone dot ends it, and
    /// it is delivered to no one (RFC 2920 §3.1).
    fn read_replies_after_refusal(
        &self,
        refused: usize,
        stream: &mut SmtpStream,
        timeouts: &Timeouts,
    ) -> Result<ConnectionState, FailureReason> {
        for (at, _) in &self.steps[refused + 1..] {
            let response = match stream.read_reply(*at, timeouts.at(*at)) {
                Ok(response) => response,
                // The refusal itself was complete: it counts, although the connection is gone.
                Err(FailureReason::ConnectionLost { .. }) => return Ok(ConnectionState::Spent),
                Err(reason) => return Err(reason),
            };
            match u16::from(response.code()) {
                421 => return Ok(ConnectionState::Spent),
                400..=599 => {}
                354 if *at == SmtpStep::Data && self.steps[refused].0 == SmtpStep::Recipient => {
                    return Ok(end_empty_letter(stream, timeouts));
                }
                _ => return Err(FailureReason::Unexpected { at: *at, reply: reply(&response) }),
            }
        }
        if stream.has_surplus() && !stream.surplus_begins_with(&["421"]) {
            return Err(FailureReason::Malformed { at: SmtpStep::Data, what: MalformedReply::OutOfStep });
        }
        Ok(ConnectionState::Usable)
    }

    fn check_reply(&self, at: SmtpStep, response: &Response) -> Result<(), OfferError> {
        let expected: &[u16] = match at {
            SmtpStep::Reset => &[250],
            SmtpStep::Sender | SmtpStep::Recipient => &ACCEPTED,
            _ => &[354],
        };
        // Nothing is kept of what most replies say.
        if expected.contains(&response.code().into()) {
            return Ok(());
        }
        let class = reply_class::classify(response, at, expected).map_err(OfferError::ConnectionLost)?;
        match at {
            SmtpStep::Reset => reply_class::reset_error(class),
            SmtpStep::Sender => reply_class::sender_error(class, self.size),
            _ => reply_class::recipient_error(class, at, self.size),
        }
    }
}

/// The MAIL command, unless this relay cannot take the letter at all.
fn mail(extensions: &Extensions, envelope: &Envelope) -> Result<Mail, OfferError> {
    if extensions.limit().is_some_and(|limit| envelope.size > limit) {
        return Err(OfferError::TooLarge { size: envelope.size, limit: extensions.limit() });
    }
    let mut parameters = Vec::new();
    // With the size declared, a relay can refuse the letter before it is sent (RFC 1870).
    if extensions.size.is_some() {
        parameters.push(MailParameter::Size(envelope.size));
    }
    if !envelope.sender.as_str().is_ascii() && !extensions.utf8 {
        return Err(OfferError::SenderRefused(no_utf8()));
    }
    if !envelope.recipient.as_str().is_ascii() && !extensions.utf8 {
        return Err(OfferError::Refused(no_utf8()));
    }
    if !envelope.sender.as_str().is_ascii() || !envelope.recipient.as_str().is_ascii() {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let sender = wire_address(&envelope.sender).ok_or_else(|| OfferError::SenderRefused(unwritable()))?;
    Ok(Mail::new(Some(sender), parameters))
}

fn connection_lost(reason: FailureReason) -> OfferResult {
    OfferResult::NotAccepted(OfferError::ConnectionLost(reason), ConnectionState::Spent)
}

/// Whether the session goes on after this error.
fn connection_after(error: &OfferError) -> ConnectionState {
    match error {
        OfferError::ConnectionLost(_) | OfferError::Closed(_) => ConnectionState::Spent,
        OfferError::SlowDown(reply) | OfferError::Deferred(FailureReason::Reply(reply)) if reply.code() == 421 => {
            ConnectionState::Spent
        }
        OfferError::Busy(_)
        | OfferError::SlowDown(_)
        | OfferError::Deferred(_)
        | OfferError::Refused(_)
        | OfferError::SenderRefused(_)
        | OfferError::TooLarge { .. } => ConnectionState::Usable,
    }
}

/// Ends a letter without recipients and content. A relay that accepts it cannot be trusted with another.
fn end_empty_letter(stream: &mut SmtpStream, timeouts: &Timeouts) -> ConnectionState {
    let reply = stream
        .send(b".\r\n", SmtpStep::Body, timeouts.body)
        .and_then(|()| stream.read_reply(SmtpStep::Dot, timeouts.dot));
    match reply.map(|response| u16::from(response.code())) {
        Ok(400..=420 | 422..=599) => ConnectionState::Usable,
        Ok(_) | Err(_) => ConnectionState::Spent,
    }
}

pub(super) fn wire_address(address: &Address) -> Option<WireAddress> {
    WireAddress::new(address.local(), address.domain()).ok()
}

fn no_utf8() -> Reply {
    Reply::new(553, "5.6.7 (not sent) the relay does not support non-ASCII characters before the @ (SMTPUTF8)")
}

fn unwritable() -> Reply {
    Reply::new(553, "5.1.3 (not sent) the address cannot be written in an SMTP command")
}
