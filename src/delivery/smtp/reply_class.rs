//! What an answer means for the letter, the recipient and the sender.

use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{FailureReason, Reply, SmtpStep};
use crate::delivery::smtp::reply::reply;
use crate::delivery::transport::{ConnectionState, OfferError, SendOutcome};

/// An answer, next to what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReplyClass {
    /// As expected.
    Yes(Reply),
    /// 4xx: not now.
    Later(Reply),
    /// 5xx: no.
    No(Reply),
}

/// Sorts an answer. Any 2xx or 3xx but those expected is an answer to another question: then nothing that follows can
/// be trusted either.
pub(crate) fn classify(response: &Response, at: SmtpStep, expected: &[u16]) -> Result<ReplyClass, FailureReason> {
    let reply = reply(response);
    match reply.code() {
        code if expected.contains(&code) => Ok(ReplyClass::Yes(reply)),
        400..=499 => Ok(ReplyClass::Later(reply)),
        500..=599 => Ok(ReplyClass::No(reply)),
        _ => Err(FailureReason::Unexpected { at, reply }),
    }
}

/// What a 4xx or 5xx at RSET means. A relay cannot refuse it (RFC 5321 §4.1.1.5), so the two sides are out of step.
pub(crate) fn reset_error(answer: ReplyClass) -> Result<(), OfferError> {
    match answer {
        ReplyClass::Yes(_) => Ok(()),
        ReplyClass::Later(reply) => Err(OfferError::SlowDown(reply)),
        ReplyClass::No(reply) => {
            Err(OfferError::ConnectionLost(FailureReason::Unexpected { at: SmtpStep::Reset, reply }))
        }
    }
}

/// What a 4xx or 5xx at MAIL means. The relay does not know the recipient yet, so it is never the recipient's fault.
pub(crate) fn sender_error(answer: ReplyClass, size: usize) -> Result<(), OfferError> {
    match answer {
        ReplyClass::Yes(_) => Ok(()),
        ReplyClass::Later(reply) => Err(OfferError::SlowDown(reply)),
        ReplyClass::No(reply) if reply.code() == 552 => Err(OfferError::TooLarge { size, limit: None }),
        ReplyClass::No(reply) => Err(OfferError::SenderRefused(reply)),
    }
}

/// What a 4xx or 5xx at RCPT or DATA means.
pub(crate) fn recipient_error(answer: ReplyClass, at: SmtpStep, size: usize) -> Result<(), OfferError> {
    match answer {
        ReplyClass::Yes(_) => Ok(()),
        ReplyClass::Later(reply) if asks_to_slow_down(&reply) => Err(OfferError::SlowDown(reply)),
        ReplyClass::Later(reply) => Err(OfferError::Deferred(FailureReason::Reply(reply))),
        ReplyClass::No(reply) if reply.enhanced() == Some((5, 3, 4)) => Err(OfferError::TooLarge { size, limit: None }),
        ReplyClass::No(reply) if is_out_of_sync(&reply) => {
            Err(OfferError::ConnectionLost(FailureReason::Unexpected { at, reply }))
        }
        ReplyClass::No(reply) if is_sender_refusal(&reply) => Err(OfferError::SenderRefused(reply)),
        ReplyClass::No(reply) => Err(OfferError::Refused(reply)),
    }
}

/// What the answer to the whole letter means.
pub(crate) fn final_outcome(answer: ReplyClass) -> SendOutcome {
    match answer {
        ReplyClass::Yes(reply) => SendOutcome::Accepted(reply),
        ReplyClass::Later(reply) => {
            let connection =
                if asks_to_slow_down(&reply) { ConnectionState::SlowDown } else { ConnectionState::Usable };
            SendOutcome::Deferred(FailureReason::Reply(reply), connection)
        }
        ReplyClass::No(reply) => SendOutcome::Refused(reply),
    }
}

/// Whether the relay asks for a pause rather than refusing this one letter.
pub(crate) fn asks_to_slow_down(reply: &Reply) -> bool {
    matches!(reply.code(), 421 | 452 | 454)
}

/// 500, 502 and 503 say that the relay and we disagree on where we are; that is no word about a recipient.
fn is_out_of_sync(reply: &Reply) -> bool {
    matches!(reply.code(), 500 | 502 | 503)
}

/// Words by which relays refuse the sender, this machine or the login, at whatever command they say so. Postfix keeps
/// what it has against the sender or the client until RCPT (`smtpd_delay_reject`), Exchange until the letter is there.
const SENDER_FAULTS: [&str; 12] = [
    "sendasdenied",
    "submissionquotaexceeded",
    "storedrv.submission",
    "sender address rejected",
    "client host rejected",
    "helo command rejected",
    "relay access denied",
    "relaying denied",
    "unable to relay",
    "not permitted to relay",
    "relay not permitted",
    "bad outbound sender",
];

/// Enhanced status codes that mean the sender: Exchange's "may not send as", "not logged in", "bad outbound sender" and
/// "daily limit", and Gmail's "daily limit".
const SENDER_STATUSES: [(u8, u16, u16); 6] = [(5, 7, 60), (5, 7, 57), (5, 1, 8), (5, 1, 90), (5, 2, 252), (5, 4, 5)];

/// Whether a refusal means the sender and not the recipient: then nobody is refused, and the run stops.
pub fn is_sender_refusal(reply: &Reply) -> bool {
    let text = reply.text().to_ascii_lowercase();
    // 53x is about the login (RFC 4954 §6).
    matches!(reply.code(), 530..=538)
        || reply.enhanced().is_some_and(|it| SENDER_STATUSES.contains(&it))
        || reply.code() >= 500 && SENDER_FAULTS.iter().any(|it| text.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_senders_or_the_recipients() {
        let faults = [
            (550, "5.7.60 SMTP; Client does not have permissions to send as this sender"),
            (554, "5.2.252 SendAsDenied; a@kommune.example not allowed to send as b@kommune.example"),
            (
                554,
                "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException.MapiExceptionShutoffQuotaExceeded",
            ),
            (553, "5.7.1 <a@kommune.example>: Sender address rejected: not owned by user b"),
            (554, "5.7.1 <b@kommune.example>: Relay access denied"),
            (530, "5.7.0 Authentication required"),
            (550, "5.4.5 Daily user sending limit exceeded"),
        ];
        for (code, text) in faults {
            assert!(is_sender_refusal(&Reply::new(code, text)), "{text}");
        }
        let recipients = [
            (550, "5.1.1 No such user"),
            (552, "5.2.2 Mailbox full"),
            (554, "5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"),
            (554, "5.7.1 Rejected as spam"),
            (550, "5.2.1 STOREDRV.Deliver; mailbox disabled"),
            (556, "5.1.10 Recipient address has null MX"),
        ];
        for (code, text) in recipients {
            assert!(!is_sender_refusal(&Reply::new(code, text)), "{text}");
        }
    }
}
