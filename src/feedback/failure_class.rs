//! Whose fault it is that a letter did not arrive.

use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::outcome::EnhancedStatus;
use crate::delivery::sender_refusal::is_sender_fault;

/// Words with which mail servers refuse a recipient who does not exist, in lower case.
const UNKNOWN: [&str; 51] = [
    "user unknown",
    "unknown user",
    "unknown or illegal user",
    "no such user",
    "no such person",
    "no such recipient",
    "no such mailbox",
    "no such account",
    "no such address",
    "no mailbox here by that name",
    "user not found",
    "user not exist",
    "user does not exist",
    "user doesn't exist",
    "user doesn't have a",
    "recipient unknown",
    "unknown recipient",
    "recipient not found",
    "recipient does not exist",
    "recipient name is not recognized",
    "invalid recipient",
    "no valid recipient",
    "mailbox not found",
    "mailbox does not exist",
    "mailbox doesn't exist",
    "mailbox unknown",
    "unknown mailbox",
    "invalid mailbox",
    "invalid final delivery userid",
    "invalid user address",
    "invalid address",
    "address unknown",
    "address does not exist",
    "account does not exist",
    "tried to reach does not exist",
    "tried to reach is disabled",
    "tried to reach is inactive",
    "account has been disabled or discontinued",
    "not a valid mailbox",
    "not a valid user",
    "not listed in domino directory",
    "unrouteable address",
    "host unknown",
    "unknown host",
    "domain does not exist",
    "no such domain",
    "domain is not reachable",
    "does not accept mail",
    "doesn't accept mail",
    "indicated no smtp service",
    "adresse destinataire invalide",
];

/// Words about a mailbox that does not accept letters at present, in lower case.
const NOT_NOW: [&str; 19] = [
    "mailbox full",
    "mailbox is full",
    "inbox is full",
    "over quota",
    "overquota",
    "over the quota",
    "over its quota",
    "quota exceeded",
    "exceeded quota",
    "exceeding their quota",
    "disk quota",
    "mailbox quota",
    "mailbox exceeds",
    "mailbox size limit",
    "exceeded storage",
    "out of storage",
    "insufficient system storage",
    // Gmail's 5.2.1 (<https://support.google.com/mail/answer/3726730>).
    "receiving mail at a rate",
    "temporarily locked",
];

/// Words about the content, the sender or the rate of sending, in lower case. If one of them is in fact about the
/// recipient, a reader stays on the list for longer than needed, which harms less than the opposite.
const OURS: [&str; 43] = [
    "spam",
    "spf",
    "dkim",
    "dmarc",
    "domainkeys",
    "unsolicited",
    "junk mail",
    "virus",
    "malware",
    "phishing",
    "blacklist",
    "black list",
    "blocklist",
    "block list",
    "blocked",
    "dnsbl",
    "rbl",
    "reputation",
    "bulk mail",
    "policy",
    "content rejected",
    "content filter",
    "message content",
    "attachment",
    "unauthenticated",
    "not authenticated",
    "not allowed to send",
    "permission to send",
    "permission to post",
    "sender rejected",
    "sender denied",
    "sender address",
    "no ptr",
    "ptr record",
    "ptr resource record",
    "reverse dns",
    "too many recipients",
    "protocol violation",
    "message too big",
    "message too large",
    "message size exceeds",
    "size limit exceeded",
    "client host rejected",
];

/// Classifies a failure by the receiver's words where they are known, otherwise by the enhanced status (RFC 3463),
/// otherwise by the code of the reply (RFC 5321 §4.2.3).
///
/// If none of them tells whose fault it is, the failure is soft: a single letter suppresses no one. The words are first
/// since many servers use a status that contradicts them, such as `550 5.1.1 IP address blacklisted`.
pub fn classify(status: Option<EnhancedStatus>, code: Option<u16>, text: &str) -> FailureClass {
    let by_status = status.and_then(of_status);
    // The words cannot turn a fault of the sender into one of the reader; but some servers always write 5.5.0 or 5.6.0.
    let is_protocol = status.is_some_and(|status| matches!(status.subject, 5 | 6));
    if by_status == Some(FailureClass::Ours) && !is_protocol {
        return FailureClass::Ours;
    }
    let class = of_words(status, text).or(by_status).or_else(|| of_code(code?));
    class.unwrap_or(FailureClass::Soft)
}

/// The class by the receiver's words; absent: they contain no known phrase.
fn of_words(status: Option<EnhancedStatus>, text: &str) -> Option<FailureClass> {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_transient = status.is_some_and(|status| status.class == 4);
    // Exchange Online refuses recipients that its directory lacks in these words
    // (<https://learn.microsoft.com/exchange/mail-flow-best-practices/use-directory-based-edge-blocking>).
    let is_edge_block = status == Some(EnhancedStatus::new(5, 4, 1)) && text.contains("access denied");
    if names(&NOT_NOW) {
        return Some(FailureClass::Soft);
    }
    // Exim says at which command it was refused; at these, the server does not know the recipient yet.
    let is_before_recipient = text.contains("after mail from:") || text.contains("after initial connection");
    if !is_before_recipient && (names(&UNKNOWN) || is_edge_block) {
        // A newly configured server answers like this for a while, with 450 and 4.1.1.
        return Some(if is_transient { FailureClass::Soft } else { FailureClass::Hard });
    }
    (is_before_recipient || is_sender_fault(status, &text) || names(&OURS)).then_some(FailureClass::Ours)
}

/// The class of a status; absent if the status is too general, such as 5.0.0.
fn of_status(status: EnhancedStatus) -> Option<FailureClass> {
    match (status.class, status.subject, status.detail) {
        // Policy is never the reader's fault, neither for now nor for good; 5.5.x and 5.6.x are our commands and our
        // content. 5.1.7 and 5.1.8 are about the sender's address, 5.2.3 and 5.3.4 about the letter's size. Exchange has
        // 5.1.90 and Gmail 5.4.5 for a daily limit, and Exchange 5.2.252 for "may not send as".
        (_, 7, _) | (5, 5 | 6, _) | (5, 1, 7 | 8 | 90) | (5, 2, 3 | 252) | (5, 3, 3 | 4) | (5, 4, 5) => {
            Some(FailureClass::Ours)
        }
        // The address does not exist, its mailbox is disabled or its mailing list missing, or its domain has no route.
        (5, 1, 1..) | (5, 2, 1 | 4) | (5, 4, 4) => Some(FailureClass::Hard),
        (4, _, _) | (5, 2..=4, _) => Some(FailureClass::Soft),
        (_, _, _) => None,
    }
}

fn of_code(code: u16) -> Option<FailureClass> {
    match code {
        // The user is elsewhere; the name of the mailbox is not allowed.
        551 | 553 => Some(FailureClass::Hard),
        500..=504 | 530..=538 | 554..=556 => Some(FailureClass::Ours),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_decides_before_the_code() {
        let cases = [
            ("5.1.1", 550, FailureClass::Hard),
            ("5.1.10", 556, FailureClass::Hard),
            ("5.2.1", 550, FailureClass::Hard),
            ("5.4.4", 550, FailureClass::Hard),
            ("5.2.2", 552, FailureClass::Soft),
            ("4.2.2", 452, FailureClass::Soft),
            ("4.4.7", 550, FailureClass::Soft),
            ("5.3.0", 553, FailureClass::Soft),
            ("5.0.0", 550, FailureClass::Soft),
            ("5.0.0", 551, FailureClass::Hard),
            ("", 550, FailureClass::Soft),
            ("", 553, FailureClass::Hard),
            ("", 554, FailureClass::Ours),
            ("", 451, FailureClass::Soft),
            ("4.7.0", 421, FailureClass::Ours),
            ("5.7.1", 550, FailureClass::Ours),
            ("5.1.8", 550, FailureClass::Ours),
            ("5.2.3", 552, FailureClass::Ours),
            ("5.3.4", 552, FailureClass::Ours),
            ("5.6.0", 554, FailureClass::Ours),
            ("5.5.2", 551, FailureClass::Ours),
        ];
        for (status, code, class) in cases {
            assert_eq!(classify(EnhancedStatus::parse(status), Some(code), ""), class, "{code} {status}");
        }
        assert_eq!(classify(None, None, "mail delivery failed"), FailureClass::Soft);
    }

    #[test]
    fn the_receivers_words_decide_where_the_status_is_vague() {
        let cases = [
            ("5.0.0", 550, "<anna@kommune.example>... User unknown", FailureClass::Hard),
            ("", 554, "delivery error: dd This user doesn't have a kommune.example account", FailureClass::Hard),
            ("5.4.1", 550, "Recipient address rejected: Access denied. [x.prod.outlook.com]", FailureClass::Hard),
            ("5.5.0", 550, "Adresse destinataire invalide. Invalid recipient.", FailureClass::Hard),
            ("4.1.1", 450, "User unknown in virtual alias table", FailureClass::Soft),
            ("5.1.1", 552, "sorry, mailbox anna is over quota", FailureClass::Soft),
            ("5.2.1", 550, "The user you are trying to contact is receiving mail at a rate that", FailureClass::Soft),
            ("5.1.1", 550, "IP address blacklisted by recipient", FailureClass::Ours),
            ("5.0.0", 550, "Bad SPF records for forening.example", FailureClass::Ours),
            ("5.0.0", 550, "Virus Detected; Content Rejected", FailureClass::Ours),
            ("4.0.0", 554, "Blocked - see https://dnsbl.example/", FailureClass::Ours),
            ("5.2.0", 552, "Message size exceeds fixed limit", FailureClass::Ours),
            ("", 553, "SMTP error after MAIL FROM:<nyt@forening.example>: 553 No such user", FailureClass::Ours),
            // Policy is always the sender's side, whatever the words.
            ("5.7.1", 550, "User unknown", FailureClass::Ours),
        ];
        for (status, code, text, class) in cases {
            assert_eq!(classify(EnhancedStatus::parse(status), Some(code), text), class, "{code} {status} {text}");
        }
    }
}
