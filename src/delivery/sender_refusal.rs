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

/// Statuses that are about the sender: Exchange's "may not send as" (5.2.252), "bad outbound sender" (5.1.8) and "daily
/// limit" (5.1.90), and Gmail's "daily limit" (5.4.5).
const SENDER_STATUSES: [EnhancedStatus; 4] = [
    EnhancedStatus::new(5, 1, 8),
    EnhancedStatus::new(5, 1, 90),
    EnhancedStatus::new(5, 2, 252),
    EnhancedStatus::new(5, 4, 5),
];

/// Words with which relays refuse the network that a letter comes from, or a domain without SPF, DKIM or DMARC.
const NETWORK_FAULTS: [&str; 22] = [
    "blocked using",
    "blocklist",
    "block list",
    "blacklist",
    "denylist",
    "dnsbl",
    "spamhaus",
    "spamcop",
    "barracudacentral",
    "uceprotect",
    "reputation",
    "banned sending ip",
    "listed in",
    "listed at",
    "listed on",
    "listed by",
    "reverse dns",
    "ptr record",
    "unauthenticated email",
    "dmarc",
    "spf validation",
    "spf check",
];

/// Whether a status 5.7.x is about the sender: its login (5.7.57), its permission (5.7.60), authentication of its domain
/// (5.7.20 to 5.7.29, RFC 7372 and RFC 8601), and its network or tenant
/// (<https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online>).
fn is_sender_policy(status: EnhancedStatus) -> bool {
    status.class == 5
        && status.subject == 7
        && matches!(
            status.detail,
            20..=29 | 57 | 60 | 501..=503 | 506 | 508 | 509 | 511 | 512 | 606..=649 | 703 | 705 | 708 | 750
        )
}

/// Whether a refusal is about the sender and not the recipient: then no recipient is marked as refused.
pub(super) fn is_sender_refusal(reply: &Reply) -> bool {
    // 53x is about the login (RFC 4954 §6), although 5xx is otherwise about what the command named.
    matches!(reply.code(), 530..=538) || reply.code() >= 500 && is_sender_fault(reply.status(), reply.text())
}

/// Whether the status or the words of a refusal are about the sender.
pub(crate) fn is_sender_fault(status: Option<EnhancedStatus>, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let names = |faults: &[&str]| faults.iter().any(|fault| text.contains(fault));
    let is_about_mailbox = status.is_some_and(|status| matches!(status.subject, 1 | 2));
    status.is_some_and(|status| SENDER_STATUSES.contains(&status) || is_sender_policy(status))
        || names(&SENDER_FAULTS)
        || !is_about_mailbox && names(&NETWORK_FAULTS)
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
            (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
            (550, "5.7.26 This mail has been blocked because the sender is unauthenticated"),
            (550, "5.7.511 Access denied, banned sender[192.0.2.1]"),
            (550, "Your IP 192.0.2.1 is on our blocklist"),
            (554, "5.7.0 Poor reputation of 192.0.2.1"),
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
            (550, "5.2.1 This mailbox is on the list of closed ones; listed in our directory"),
            (550, "5.7.133 Sender not authenticated for group"),
        ];
        for (code, text) in recipients {
            assert!(!is_sender_refusal(&Reply::new(code, text)), "{text}");
        }
    }
}
