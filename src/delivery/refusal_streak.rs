//! Finds refusals that mean the sender, although each of them names a recipient.

use crate::delivery::ledger::claim::LetterNumber;
use crate::delivery::outcome::{EnhancedStatus, Reply};
use crate::delivery::sender_refusal::is_sender_refusal;
use crate::people::person::Address;

/// This many equal refusals in a row are the sender's fault.
const LIMIT: usize = 5;

/// The refusals since the last accepted letter, as long as they are equal.
#[derive(Debug, Default)]
pub(crate) struct RefusalStreak {
    text: String,
    letters: Vec<LetterNumber>,
    /// The limit was reached once: the same refusal on another connection belongs to the streak.
    is_full: bool,
}

impl RefusalStreak {
    /// A letter was accepted: the refusals before it meant the recipients.
    pub(super) fn accepted(&mut self) {
        self.letters.clear();
    }

    /// Adds a refusal. Returns the letters whose refusal does not count, if it is the sender who is refused.
    ///
    /// Unknown and closed mailboxes (5.1.x and 5.2.x in RFC 3463) are never the sender's fault, however many there are.
    pub(super) fn refused(
        &mut self,
        letter: LetterNumber,
        recipient: &Address,
        reply: &Reply,
    ) -> Option<Vec<LetterNumber>> {
        if is_sender_refusal(reply) {
            return Some(vec![letter]);
        }
        if matches!(reply.status(), Some(EnhancedStatus { class: 5, subject: 1 | 2, .. })) {
            return None;
        }
        // Postfix and Exchange quote the address: without it, refusals of several recipients are equal.
        let text = reply.to_string().replace(recipient.as_str(), "");
        if text != self.text {
            self.letters.clear();
            (self.text, self.is_full) = (text, false);
        }
        self.letters.push(letter);
        self.is_full |= self.letters.len() >= LIMIT;
        self.is_full.then(|| std::mem::take(&mut self.letters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sixth_equal_refusal_does_not_count_either() {
        let recipient = Address::parse("anna@kommune.example").unwrap();
        let mut streak = RefusalStreak::default();
        let mut refuse = |text: &str| {
            let letters = streak.refused(LetterNumber(1), &recipient, &Reply::new(554, text));
            letters.map(|letters| letters.len())
        };
        let counts: Vec<_> = (0..6).map(|_| refuse("5.7.1 <anna@kommune.example>: no")).collect();
        assert_eq!(counts, [None, None, None, None, Some(5), Some(1)]);
        assert_eq!(refuse("5.7.1 another word"), None);
        assert_eq!(refuse("5.1.1 no such user"), None);
    }
}
