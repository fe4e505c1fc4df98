//! Distinguishes a refusal of the sender from one of the recipient.

use crate::delivery::outcome::{EnhancedStatus, Reply};

/// Words with which relays refuse the sender, this machine or the login, at any command: Postfix defers its checks of
/// sender and client until RCPT (`smtpd_delay_reject`), Exchange until it has the letter.
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

/// Statuses that mean the sender: Exchange's "may not send as" (5.7.60, 5.2.252), "not logged in" (5.7.57), "bad outbound
/// sender" (5.1.8) and "daily limit" (5.1.90), and Gmail's "daily limit" (5.4.5).
const SENDER_STATUSES: [EnhancedStatus; 6] = [
    EnhancedStatus::new(5, 7, 60),
    EnhancedStatus::new(5, 7, 57),
    EnhancedStatus::new(5, 1, 8),
    EnhancedStatus::new(5, 1, 90),
    EnhancedStatus::new(5, 2, 252),
    EnhancedStatus::new(5, 4, 5),
];

/// Whether a refusal means the sender and not the recipient: then no recipient is refused, and the run stops.
pub(super) fn is_sender_refusal(reply: &Reply) -> bool {
    let text = reply.text().to_ascii_lowercase();
    // 53x is about the login (RFC 4954 §6), although 5xx is otherwise about what the command named.
    matches!(reply.code(), 530..=538)
        || reply.status().is_some_and(|status| SENDER_STATUSES.contains(&status))
        || reply.code() >= 500 && SENDER_FAULTS.iter().any(|fault| text.contains(fault))
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
