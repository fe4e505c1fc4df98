//! What a reply means for the letter, the recipient and the sender.

use lettre::transport::smtp::response::Response;

use crate::delivery::deferral::is_about_mailbox;
use crate::delivery::outcome::{EnhancedStatus, FailureReason, Reply, SmtpStep};
use crate::delivery::smtp::reply::reply;
use crate::delivery::transport::{ConnectionState, OfferError, SendOutcome};

/// A reply, compared with what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReplyClass {
    /// An expected code.
    Expected(Reply),
    /// 4xx: not now.
    Transient(Reply),
    /// 5xx: refused.
    Permanent(Reply),
}

/// The codes that accept a command of the envelope. RFC 5321 gives 250 and 251, but §4.3.2 asks clients to go by the first
/// digit: relays that cannot verify a recipient accept it with 252, as at VRFY.
pub(crate) const ACCEPTED: [u16; 10] = [250, 251, 252, 253, 254, 255, 256, 257, 258, 259];

/// Classifies a reply. Any other 2xx or 3xx than the expected ones is a reply to another command: then no later reply can
/// be trusted either.
pub(crate) fn classify(response: &Response, at: SmtpStep, expected: &[u16]) -> Result<ReplyClass, FailureReason> {
    let reply = reply(response);
    match reply.code() {
        code if expected.contains(&code) => Ok(ReplyClass::Expected(reply)),
        400..=499 => Ok(ReplyClass::Transient(reply)),
        500..=599 => Ok(ReplyClass::Permanent(reply)),
        _ => Err(FailureReason::Unexpected { at, reply }),
    }
}

/// The error of a reply to RSET. A relay cannot refuse it (RFC 5321 §4.1.1.5), so that the two sides are out of sync.
pub(crate) fn reset_error(class: ReplyClass) -> Result<(), OfferError> {
    match class {
        ReplyClass::Expected(_) => Ok(()),
        ReplyClass::Transient(reply) => Err(OfferError::Busy(reply)),
        ReplyClass::Permanent(reply) => {
            Err(OfferError::ConnectionLost(FailureReason::Unexpected { at: SmtpStep::Reset, reply }))
        }
    }
}

/// The error of a reply to MAIL. The relay does not know the recipient yet, so it is never the recipient's fault.
pub(crate) fn sender_error(class: ReplyClass, size: usize) -> Result<(), OfferError> {
    match class {
        ReplyClass::Expected(_) => Ok(()),
        ReplyClass::Transient(reply) if reply.code() == 421 => Err(OfferError::Closed(reply)),
        ReplyClass::Transient(reply) => Err(OfferError::Busy(reply)),
        // RFC 1870 §6.1: 552 at MAIL refuses the declared size.
        ReplyClass::Permanent(reply) if reply.code() == 552 => Err(OfferError::TooLarge { size, limit: None }),
        ReplyClass::Permanent(reply) => Err(OfferError::SenderRefused(reply)),
    }
}

/// The error of a reply to RCPT or DATA.
pub(crate) fn recipient_error(class: ReplyClass, at: SmtpStep, size: usize) -> Result<(), OfferError> {
    match class {
        ReplyClass::Expected(_) => Ok(()),
        ReplyClass::Transient(reply) if asks_to_slow_down(&reply) => Err(OfferError::SlowDown(reply)),
        ReplyClass::Transient(reply) => Err(OfferError::Deferred(FailureReason::Reply(reply))),
        // 5.3.4: message too big for the system (RFC 3463 §3.4).
        ReplyClass::Permanent(reply) if reply.status() == Some(EnhancedStatus::new(5, 3, 4)) => {
            Err(OfferError::TooLarge { size, limit: None })
        }
        ReplyClass::Permanent(reply) if is_out_of_sync(&reply) => {
            Err(OfferError::ConnectionLost(FailureReason::Unexpected { at, reply }))
        }
        // It may still be about the sender: the run finds that out, since one recipient must not stop the others.
        ReplyClass::Permanent(reply) => Err(OfferError::Refused(reply)),
    }
}

/// The outcome of a letter by the reply to the whole of it.
pub(crate) fn final_outcome(class: ReplyClass) -> SendOutcome {
    match class {
        ReplyClass::Expected(reply) => SendOutcome::Accepted(reply),
        ReplyClass::Transient(reply) => {
            let connection = match reply.code() {
                _ if asks_to_slow_down(&reply) => ConnectionState::SlowDown,
                // RFC 5321 §3.8: with 421 the relay closes the connection, whatever the reason.
                421 => ConnectionState::Spent,
                _ => ConnectionState::Usable,
            };
            SendOutcome::Deferred(FailureReason::Reply(reply), connection)
        }
        ReplyClass::Permanent(reply) => SendOutcome::Refused(reply),
    }
}

/// Whether the relay asks for a pause rather than deferring this one letter: a full mailbox is often 452 as well.
fn asks_to_slow_down(reply: &Reply) -> bool {
    matches!(reply.code(), 421 | 432 | 452 | 454) && !is_about_mailbox(reply)
}

/// 500, 502 and 503 mean that the two sides disagree on the phase; they say nothing about a recipient.
fn is_out_of_sync(reply: &Reply) -> bool {
    matches!(reply.code(), 500 | 502 | 503)
}
