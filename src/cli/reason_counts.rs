//! Why letters were not accepted, the same words told once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::people::person::Address;

/// How many different reasons are kept apart; a relay that words each refusal anew would fill the memory otherwise.
const MOST: usize = 1_000;
const OTHERS: &str = "other reasons";

/// Letters of one state with one reason.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct ReasonCount {
    pub(super) state: LetterState,
    pub(super) letters: u64,
    /// The relay's code; absent where it is no answer of a relay.
    pub(super) code: Option<u16>,
    /// The first such letter's words, its address left out.
    pub(super) text: String,
}

/// The reasons of a plan's letters that were tried and not accepted, the most frequent first.
pub(super) fn of_plan(ledger: &mut dyn Ledger, plan: &PlanRecord, totals: &Totals) -> Result<Vec<ReasonCount>, Error> {
    let mut reasons = ReasonCounts::default();
    if totals.recipients() > totals.of(LetterState::Accepted) + totals.of(LetterState::Planned) {
        ledger.each_letter(plan.id, &mut |it| {
            if it.state != LetterState::Accepted
                && let Some(reply) = &it.reply
            {
                reasons.add(it.state, &it.letter.person.address, reply);
            }
        })?;
    }
    Ok(reasons.sorted())
}

#[derive(Default)]
struct ReasonCounts {
    by_key: BTreeMap<(LetterState, String), ReasonCount>,
}

impl ReasonCounts {
    fn add(&mut self, state: LetterState, address: &Address, reply: &str) {
        let text = redacted(reply, address.as_str());
        let is_full = self.by_key.len() >= MOST;
        let key = (state, key(&text));
        let entry = match self.by_key.entry(key) {
            Entry::Vacant(_) if is_full => self.by_key.entry((state, OTHERS.to_owned())),
            entry => entry,
        };
        let text = if is_full { OTHERS.to_owned() } else { text };
        let code = text.split(' ').next().filter(|it| it.len() == 3).and_then(|it| it.parse().ok());
        entry.or_insert(ReasonCount { state, letters: 0, code, text }).letters += 1;
    }

    fn sorted(self) -> Vec<ReasonCount> {
        let mut reasons: Vec<ReasonCount> = self.by_key.into_values().collect();
        reasons.sort_by_key(|it| std::cmp::Reverse(it.letters));
        reasons
    }
}

/// The text with `…` for the address, in whatever case.
pub(super) fn redacted(text: &str, address: &str) -> String {
    let (lower, address) = (text.to_ascii_lowercase(), address.to_ascii_lowercase());
    let mut rest = 0;
    let mut told = String::new();
    for (at, _) in lower.match_indices(&address) {
        told += &text[rest..at];
        told.push('…');
        rest = at + address.len();
    }
    told + &text[rest..]
}

/// What texts have in common that only name another queue, time or client: words with a digit count as one word, but for
/// the code and the enhanced status in front.
fn key(text: &str) -> String {
    let has_digit = |word: &str| word.bytes().any(|it| it.is_ascii_digit());
    let words = text.split(' ').enumerate();
    words.map(|(at, word)| if at > 1 && has_digit(word) { "#" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_one_reason() {
        let mut reasons = ReasonCounts::default();
        let letters = [
            (LetterState::Refused, "anna@a.example", "550 5.1.1 <Anna@a.example>: no such user"),
            (LetterState::Deferred, "bo@b.example", "450 4.2.0 Greylisted, again in 299 seconds"),
            (LetterState::Refused, "carl@c.example", "550 5.1.1 <carl@c.example>: no such user"),
            (LetterState::Deferred, "dora@d.example", "450 4.2.0 Greylisted, again in 31 seconds"),
            (LetterState::Refused, "eva@e.example", "550 5.1.1 <eva@e.example>: no such user"),
            (LetterState::InDoubt, "finn@f.example", "the connection was lost at the end of the letter"),
            (LetterState::Refused, "gert@g.example", "550 5.7.1 no such user"),
        ];
        for (state, address, reply) in letters {
            reasons.add(state, &Address::parse(address).unwrap(), reply);
        }
        let told: Vec<_> = reasons.sorted().into_iter().map(|it| (it.letters, it.state, it.code, it.text)).collect();
        let text = str::to_owned;
        assert_eq!(
            told,
            [
                (3, LetterState::Refused, Some(550), text("550 5.1.1 <…>: no such user")),
                (2, LetterState::Deferred, Some(450), text("450 4.2.0 Greylisted, again in 299 seconds")),
                (1, LetterState::Refused, Some(550), text("550 5.7.1 no such user")),
                (1, LetterState::InDoubt, None, text("the connection was lost at the end of the letter")),
            ]
        );
    }

    #[test]
    fn endless_reasons_end() {
        let mut reasons = ReasonCounts::default();
        for number in 0..u32::try_from(MOST).unwrap() + 50 {
            let words: String = number.to_string().bytes().map(|it| char::from(it - b'0' + b'a')).collect();
            reasons.add(
                LetterState::Refused,
                &Address::parse("anna@a.example").unwrap(),
                &format!("550 5.0.0 {words}"),
            );
        }
        let told = reasons.sorted();
        assert_eq!((told.len(), told[0].letters, told[0].text.as_str()), (MOST + 1, 50, OTHERS));
    }
}
