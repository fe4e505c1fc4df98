//! What an answer means for the letter, the recipient and the sender.

use lettre::transport::smtp::response::Response;

use crate::delivery::outcome::{Reason, Reply, Step};
use crate::delivery::smtp::reply::reply;
use crate::delivery::transport::{Connection, Setback, Verdict};

/// An answer, next to what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// As expected.
    Yes(Reply),
    /// 4xx: not now.
    Later(Reply),
    /// 5xx: no.
    No(Reply),
}

/// Sorts an answer. Any 2xx or 3xx but those expected is an answer to another question: then nothing that follows can
/// be trusted either.
pub(crate) fn sort(response: &Response, at: Step, expected: &[u16]) -> Result<Answer, Reason> {
    let reply = reply(response);
    match reply.code() {
        code if expected.contains(&code) => Ok(Answer::Yes(reply)),
        400..=499 => Ok(Answer::Later(reply)),
        500..=599 => Ok(Answer::No(reply)),
        _ => Err(Reason::Unexpected { at, reply }),
    }
}

/// What a 4xx or 5xx at RSET means. A relay cannot refuse it (RFC 5321 §4.1.1.5), so the two sides are out of step.
pub(crate) fn at_reset(answer: Answer) -> Result<(), Setback> {
    match answer {
        Answer::Yes(_) => Ok(()),
        Answer::Later(reply) => Err(Setback::SlowDown(reply)),
        Answer::No(reply) => Err(Setback::ConnectionLost(Reason::Unexpected { at: Step::Reset, reply })),
    }
}

/// What a 4xx or 5xx at MAIL means. The relay does not know the recipient yet, so it is never the recipient's fault.
pub(crate) fn at_sender(answer: Answer, size: usize) -> Result<(), Setback> {
    match answer {
        Answer::Yes(_) => Ok(()),
        Answer::Later(reply) => Err(Setback::SlowDown(reply)),
        Answer::No(reply) if reply.code() == 552 => Err(Setback::TooLarge { size, limit: None }),
        Answer::No(reply) => Err(Setback::SenderRefused(reply)),
    }
}

/// What a 4xx or 5xx at RCPT or DATA means.
pub(crate) fn at_recipient(answer: Answer, at: Step, size: usize) -> Result<(), Setback> {
    match answer {
        Answer::Yes(_) => Ok(()),
        Answer::Later(reply) if slow_down(&reply) => Err(Setback::SlowDown(reply)),
        Answer::Later(reply) => Err(Setback::Deferred(Reason::Reply(reply))),
        Answer::No(reply) if reply.enhanced() == Some((5, 3, 4)) => Err(Setback::TooLarge { size, limit: None }),
        Answer::No(reply) if out_of_step(&reply) => Err(Setback::ConnectionLost(Reason::Unexpected { at, reply })),
        Answer::No(reply) if sender_fault(&reply) => Err(Setback::SenderRefused(reply)),
        Answer::No(reply) => Err(Setback::Refused(reply)),
    }
}

/// What the answer to the whole letter means.
pub(crate) fn at_dot(answer: Answer) -> Verdict {
    match answer {
        Answer::Yes(reply) => Verdict::Accepted(reply),
        Answer::Later(reply) => {
            let connection = if slow_down(&reply) { Connection::SlowDown } else { Connection::Usable };
            Verdict::Deferred(Reason::Reply(reply), connection)
        }
        Answer::No(reply) => Verdict::Refused(reply),
    }
}

/// Whether the relay asks for a pause rather than refusing this one letter.
pub(crate) fn slow_down(reply: &Reply) -> bool {
    matches!(reply.code(), 421 | 452 | 454)
}

/// 500, 502 and 503 say that the relay and we disagree on where we are; that is no word about a recipient.
fn out_of_step(reply: &Reply) -> bool {
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
pub fn sender_fault(reply: &Reply) -> bool {
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
            assert!(sender_fault(&Reply::new(code, text)), "{text}");
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
            assert!(!sender_fault(&Reply::new(code, text)), "{text}");
        }
    }
}
