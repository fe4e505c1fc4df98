//! Tells a refusal that means the sender from refusals that mean the recipients.

use crate::delivery::ledger::claim::LetterNumber;
use crate::delivery::outcome::Reply;
use crate::delivery::smtp::reply_class::is_sender_refusal;
use crate::people::person::Address;

/// So many equal refusals in a row are nobody's fault but the sender's.
const LIMIT: usize = 5;

/// The refusals since the last letter that was accepted, as long as they say the same.
#[derive(Debug, Default)]
pub(crate) struct RefusalStreak {
    text: String,
    letters: Vec<LetterNumber>,
    /// The row was full once: what another connection hears in the same words belongs to it.
    full: bool,
}

impl RefusalStreak {
    /// A letter was accepted: what was refused before it meant the recipients.
    pub(super) fn accepted(&mut self) {
        self.letters.clear();
    }

    /// One more refusal. Gives the letters whose refusal does not count, where it is the sender who is refused.
    ///
    /// Unknown and closed mailboxes (5.1.x, 5.2.x of RFC 3463) never are the sender's fault, however many there are.
    pub(super) fn refused(
        &mut self,
        letter: LetterNumber,
        recipient: &Address,
        reply: &Reply,
    ) -> Option<Vec<LetterNumber>> {
        if is_sender_refusal(reply) {
            return Some(vec![letter]);
        }
        if matches!(reply.enhanced(), Some((5, 1 | 2, _))) {
            return None;
        }
        let text = reply.to_string().replace(recipient.as_str(), "");
        if text != self.text {
            self.letters.clear();
            (self.text, self.full) = (text, false);
        }
        self.letters.push(letter);
        self.full |= self.letters.len() >= LIMIT;
        self.full.then(|| std::mem::take(&mut self.letters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sixth_equal_refusal_is_nobodys_either() {
        let recipient = Address::parse("anna@kommune.example").unwrap();
        let mut streak = RefusalStreak::default();
        let mut told = |text: &str| {
            let letters = streak.refused(LetterNumber(1), &recipient, &Reply::new(554, text));
            letters.map(|it| it.len())
        };
        let seen: Vec<_> = (0..6).map(|_| told("5.7.1 <anna@kommune.example>: no")).collect();
        assert_eq!(seen, [None, None, None, None, Some(5), Some(1)]);
        assert_eq!(told("5.7.1 another word"), None);
        assert_eq!(told("5.1.1 no such user"), None);
    }
}
