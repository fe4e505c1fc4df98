//! Compares refusals, ignoring the tokens, numbers, addresses and times that differ from one to the next.

use crate::delivery::outcome::{EnhancedStatus, Reply};
use crate::people::person::Address;

/// What remains of a refusal without the parts that differ from letter to letter.
#[derive(Clone, Debug)]
pub(super) struct RefusalPattern {
    code: u16,
    status: Option<EnhancedStatus>,
    words: Vec<String>,
}

impl RefusalPattern {
    pub(super) fn new(reply: &Reply, recipient: &Address) -> Self {
        let text = reply.text().to_lowercase().replace(&recipient.as_str().to_lowercase(), " ");
        let words = text.split_whitespace().map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()));
        // Words with digits or signs inside are addresses, hosts, times and tokens.
        let words = words.filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic)).map(str::to_owned);
        Self { code: reply.code(), status: reply.status(), words: words.collect() }
    }

    /// Whether both have the same wording. A token may consist of letters only, so one word in four may differ.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        if self.is_policy() && other.is_policy() {
            return true;
        }
        let (long, short) = if self.words.len() >= other.words.len() { (self, other) } else { (other, self) };
        let common = common_words(&long.words, &short.words);
        let differing = long.words.len() - common;
        let is_similar = differing == 0 || common > 0 && differing <= 1.max(long.words.len() / 4);
        self.code == other.code && self.status == other.status && is_similar
    }

    /// Whether the status is 5.7.x, security or policy (RFC 3463 §3.8): such replies are about what is sent and who sends
    /// it, in whatever words.
    pub(super) fn is_policy(&self) -> bool {
        matches!(self.status, Some(EnhancedStatus { class: 5, subject: 7, .. }))
    }
}

/// How many words of one text occur in the other in the same order, greedily from the start.
fn common_words(long: &[String], short: &[String]) -> usize {
    let mut rest = long.iter();
    short.iter().filter(|word| rest.clone().any(|other| other == *word) && rest.any(|other| other == *word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(recipient: &str, code: u16, text: &str) -> RefusalPattern {
        RefusalPattern::new(&Reply::new(code, text), &Address::parse(recipient).unwrap())
    }

    /// Whether either is the same as the other.
    fn compare(first: &str, second: &str) -> [bool; 2] {
        let [first, second] = [pattern("anna@a.example", 554, first), pattern("bo@b.example", 554, second)];
        [first.is_same(&second), second.is_same(&first)]
    }

    #[test]
    fn refusals_are_equal_without_what_differs_from_letter_to_letter() {
        for (first, second) in [
            ("<anna@a.example> no", "<BO@b.example> no"),
            ("rejected, id 4f3a-99", "rejected, id 77aa-01"),
            ("rejected by mx1.relay.example", "rejected by mx22.relay.example"),
            ("[192.0.2.1] refused", "[2001:db8::7] refused"),
            ("try 2026-11-28T10:00:00Z, sorry", "try 2026-11-28T10:00:07Z, sorry"),
            ("rejected: qwert (in reply to end of DATA)", "rejected: asdfgh (in reply to end of DATA)"),
            ("queue full ref=QmFyIQ==", "queue full ref=Zm9vYmFy"),
            ("5.7.1 likely unsolicited mail", "5.7.1 blocked by policy"),
            ("Nej, 12 af 30", "Nej, 13 af 30"),
        ] {
            assert_eq!(compare(first, second), [true; 2], "{first}");
        }
        for (first, second) in [
            ("5.3.0 the disk is full here", "5.3.0 a filter rejects this letter"),
            ("5.3.0 no", "5.4.0 no"),
            ("No such user here, please check", "Message contains a virus and is blocked"),
        ] {
            assert_eq!(compare(first, second), [false; 2], "{first}");
        }
        assert!(!pattern("anna@a.example", 550, "no").is_same(&pattern("anna@a.example", 554, "no")));
    }
}
