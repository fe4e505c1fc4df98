//! Whose fault it is that a letter did not arrive.

use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::outcome::EnhancedStatus;

/// Classifies a failure by the enhanced status (RFC 3463), else by the code of the reply (RFC 5321 §4.2.3).
///
/// Where neither says whose fault it is, the failure is soft: a single letter suppresses nobody.
pub fn classify(status: Option<EnhancedStatus>, code: Option<u16>, _text: &str) -> FailureClass {
    let by_status = status.and_then(of_status);
    by_status.or_else(|| of_code(code?)).unwrap_or(FailureClass::Soft)
}

/// The class of a status; absent where the status says too little, such as 5.0.0.
fn of_status(status: EnhancedStatus) -> Option<FailureClass> {
    match (status.class, status.subject, status.detail) {
        // Policy is never the reader's fault, neither for now nor for good; 5.5.x and 5.6.x are our commands and our
        // content. 5.1.7 and 5.1.8 are about the sender's address, 5.2.3 and 5.3.4 about the letter's size. Exchange has
        // 5.1.90 and Gmail 5.4.5 for a daily limit, and Exchange 5.2.252 for "may not send as".
        (_, 7, _) | (5, 5 | 6, _) | (5, 1, 7 | 8 | 90) | (5, 2, 3 | 252) | (5, 3, 3 | 4) | (5, 4, 5) => {
            Some(FailureClass::Ours)
        }
        // The address does not exist, its mailbox is disabled or its mailing list missing, or its domain has no route.
        (5, 1, _) | (5, 2, 1 | 4) | (5, 4, 4) => Some(FailureClass::Hard),
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
}
