//! Finds refusals that are about the sender, although each of them names a recipient.

use crate::delivery::ledger::claim::LetterNumber;
use crate::delivery::outcome::{EnhancedStatus, Reply};
use crate::delivery::refusal_pattern::RefusalPattern;
use crate::delivery::sender_refusal::is_sender_refusal;
use crate::people::person::Address;

/// This many equal refusals in a row are the sender's fault.
const MAX_EQUAL: usize = 5;
/// So are this many that name the sender or its network, in whatever words; a single one may come from one recipient's
/// server.
const MAX_NAMED: usize = 5;

/// The refusals since the last accepted letter, as long as they are equal.
#[derive(Debug, Default)]
pub(crate) struct RefusalStreak {
    /// The last refusal that did not name the sender; absent: there was none.
    last: Option<LastRefusal>,
    /// The letters of these refusals.
    letters: Vec<LetterNumber>,
    /// The limit was reached once: the same refusal on another connection belongs to the streak.
    is_full: bool,
    /// How many refusals in a row named the sender.
    named: usize,
    /// The last of them; absent: there was none.
    last_named: Option<Reply>,
    /// Whether the run has had a letter accepted.
    has_accepted: bool,
}

#[derive(Debug)]
struct LastRefusal {
    pattern: RefusalPattern,
    reply: Reply,
}

/// Refusals that do not count: those letters are deferred.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TakenBack {
    /// The letters.
    pub(crate) letters: Vec<LetterNumber>,
    /// The relay's reply.
    pub(crate) reply: Reply,
    /// What the refusals mean for the run.
    pub(crate) fault: SenderFault,
}

/// How certain it is that the sender is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SenderFault {
    /// One reply says so, which may come from one recipient's server: the run goes on.
    Suspected,
    /// Several replies in a row say so: the run ends.
    Named,
    /// One letter after another is refused with the same reply: the run ends.
    Repeated,
}

impl RefusalStreak {
    /// A letter was accepted: the refusals before it were about the recipients.
    pub(super) fn accepted(&mut self) {
        (self.named, self.has_accepted) = (0, true);
        self.letters.clear();
    }

    /// Adds a refusal. Returns the letters whose refusal does not count.
    ///
    /// Unknown and closed mailboxes (5.1.x and 5.2.x in RFC 3463) are never the sender's fault, however many there are.
    pub(super) fn refused(&mut self, letter: LetterNumber, recipient: &Address, reply: &Reply) -> Option<TakenBack> {
        if is_sender_refusal(reply) {
            self.named += 1;
            self.last_named = Some(reply.clone());
            let fault = if self.named >= MAX_NAMED { SenderFault::Named } else { SenderFault::Suspected };
            return Some(TakenBack { letters: vec![letter], reply: reply.clone(), fault });
        }
        if matches!(reply.status(), Some(EnhancedStatus { class: 5, subject: 1 | 2, .. })) {
            return None;
        }
        let pattern = RefusalPattern::new(reply, recipient);
        if self.last.as_ref().is_none_or(|last| !last.pattern.is_same(&pattern)) {
            self.letters.clear();
            self.is_full = false;
        }
        self.last = Some(LastRefusal { pattern, reply: reply.clone() });
        self.letters.push(letter);
        self.is_full |= self.letters.len() >= MAX_EQUAL;
        self.is_full.then(|| self.take_back(reply.clone(), SenderFault::Repeated))
    }

    /// Judges the refusals at the end of a run, since a list may be shorter than the limits. `reached` is how many
    /// letters of the plan were accepted before the run.
    ///
    /// If every letter, and more than one, was refused for reasons of policy (5.7.x), the sender is refused.
    pub(super) fn end(mut self, reached: u64) -> Option<TakenBack> {
        if self.has_accepted {
            return None;
        }
        if let Some(reply) = self.last_named.take() {
            return Some(TakenBack { letters: Vec::new(), reply, fault: SenderFault::Named });
        }
        let last = self.last.take().filter(|last| last.pattern.is_policy())?;
        (reached == 0 && self.letters.len() > 1).then(|| self.take_back(last.reply, SenderFault::Repeated))
    }

    fn take_back(&mut self, reply: Reply, fault: SenderFault) -> TakenBack {
        TakenBack { letters: std::mem::take(&mut self.letters), reply, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuse(streak: &mut RefusalStreak, text: &str) -> Option<(usize, SenderFault)> {
        let recipient = Address::parse("anna@kommune.example").unwrap();
        let taken = streak.refused(LetterNumber(1), &recipient, &Reply::new(554, text));
        taken.map(|taken| (taken.letters.len(), taken.fault))
    }

    #[test]
    fn a_sixth_equal_refusal_does_not_count_either() {
        let mut streak = RefusalStreak::default();
        let counts: Vec<_> = (0..6).map(|_| refuse(&mut streak, "5.7.1 <anna@kommune.example>: no")).collect();
        let repeated = |letters| Some((letters, SenderFault::Repeated));
        assert_eq!(counts, [None, None, None, None, repeated(5), repeated(1)]);
        assert_eq!(refuse(&mut streak, "5.6.0 another word"), None);
        assert_eq!(refuse(&mut streak, "5.1.1 no such user"), None);
    }

    #[test]
    fn refusals_that_name_the_sender_pause_after_five_in_a_row() {
        let mut streak = RefusalStreak::default();
        let listed = "5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org";
        let mut faults = || refuse(&mut streak, listed).map(|(_, fault)| fault);
        assert_eq!([faults(), faults(), faults(), faults()], [Some(SenderFault::Suspected); 4]);
        assert_eq!(faults(), Some(SenderFault::Named));
        streak.accepted();
        assert_eq!(refuse(&mut streak, listed), Some((1, SenderFault::Suspected)));
        assert_eq!(streak.end(0), None, "a letter was accepted");
    }

    #[test]
    fn a_short_list_that_is_refused_as_a_whole_means_the_sender() {
        let end = |texts: &[&str], reached| {
            let mut streak = RefusalStreak::default();
            for text in texts {
                _ = refuse(&mut streak, text);
            }
            streak.end(reached).map(|taken| (taken.letters.len(), taken.fault))
        };
        assert_eq!(end(&["5.7.60 SendAsDenied"], 7), Some((0, SenderFault::Named)));
        assert_eq!(end(&["5.7.1 spam, 4f3a", "5.7.1 spam, 99c1"], 0), Some((2, SenderFault::Repeated)));
        assert_eq!(end(&["5.7.1 spam", "5.7.1 spam"], 7), None);
        assert_eq!(end(&["5.7.1 spam"], 0), None);
        assert_eq!(end(&["5.6.0 a picture is missing", "5.6.0 a picture is missing"], 0), None);
    }
}
