//! Why letters were not accepted: each reason once, with its number of letters.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::outcome::{EnhancedStatus, StateReason};
use crate::ops::text::without_addresses;
use crate::people::person::Address;

/// How many reasons are counted separately, which limits memory if a relay words each refusal differently.
const MAX_REASONS: usize = 1_000;
const OTHERS: &str = "other reasons";

/// Letters of one state with one reason.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The state of the letters.
    pub state: LetterState,
    /// How many letters.
    pub letters: u64,
    /// The code of the relay's reply; absent if there was no reply.
    pub code: Option<u16>,
    /// The enhanced status of the relay's reply; absent if it had none.
    pub status: Option<EnhancedStatus>,
    /// The whole reason of the first such letter, without addresses: a relay may quote that of another mailbox.
    pub text: String,
}

/// The reasons of a plan's letters that were tried and did not arrive, the most frequent first.
pub fn of_plan(ledger: &mut dyn Ledger, plan: &PlanRecord, totals: &Totals) -> Result<Vec<ReasonCount>, Error> {
    let mut reasons = ReasonCounts::default();
    let arrived = [LetterState::Accepted, LetterState::Complained, LetterState::Left];
    let without_reason: u64 = arrived.into_iter().chain([LetterState::Planned]).map(|state| totals.of(state)).sum();
    if totals.recipients() > without_reason {
        ledger.each_letter(plan.id, &mut |record| {
            if !arrived.contains(&record.state)
                && let Some(reason) = &record.reason
            {
                reasons.add(record.state, &record.letter.person.address, reason);
            }
        })?;
    }
    Ok(reasons.sorted())
}

#[derive(Default)]
struct ReasonCounts {
    by_key: BTreeMap<ReasonKey, ReasonCount>,
}

/// The key by which reasons are counted together.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ReasonKey {
    state: LetterState,
    code: Option<u16>,
    status: Option<EnhancedStatus>,
    text: String,
}

impl ReasonCounts {
    fn add(&mut self, state: LetterState, address: &Address, reason: &StateReason) {
        let (code, status) = (reason.code(), reason.status());
        let key = ReasonKey { state, code, status, text: pattern(&redacted(reason.text(), address.as_str())) };
        let is_full = self.by_key.len() >= MAX_REASONS;
        let count = match self.by_key.entry(key) {
            Entry::Vacant(_) if is_full => {
                let others = ReasonKey { state, code: None, status: None, text: OTHERS.to_owned() };
                let count = ReasonCount { state, letters: 0, code: None, status: None, text: OTHERS.to_owned() };
                self.by_key.entry(others).or_insert(count)
            }
            entry => {
                let text = || without_addresses(&redacted(&reason.to_string(), address.as_str()));
                entry.or_insert_with(|| ReasonCount { state, letters: 0, code, status, text: text() })
            }
        };
        count.letters += 1;
    }

    fn sorted(self) -> Vec<ReasonCount> {
        let mut reasons: Vec<ReasonCount> = self.by_key.into_values().collect();
        reasons.sort_by_key(|count| std::cmp::Reverse(count.letters));
        reasons
    }
}

/// The text with `…` for the address, in any case.
pub fn redacted(text: &str, address: &str) -> String {
    // ASCII only: it keeps every byte in its place, so that positions in `lower` are positions in `text`.
    let (lower, address) = (text.to_ascii_lowercase(), address.to_ascii_lowercase());
    let mut rest = 0;
    let mut shown = String::new();
    for (at, _) in lower.match_indices(&address) {
        shown += &text[rest..at];
        shown.push('…');
        rest = at + address.len();
    }
    shown + &text[rest..]
}

/// A pattern that is equal for texts that differ only in a queue id, a time or a client: words with a digit count as
/// equal.
fn pattern(text: &str) -> String {
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    text.split(' ').map(|word| if has_digit(word) { "#" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::outcome::{FailureReason, Outcome, Reply, SmtpStep};

    fn refused(code: u16, text: &str) -> Outcome {
        Outcome::Refused(Reply::new(code, text))
    }

    #[test]
    fn the_same_words_are_one_reason() {
        let mut reasons = ReasonCounts::default();
        let letters = [
            ("anna@a.example", refused(550, "5.1.1 <Anna@a.example>: no such user")),
            (
                "bo@b.example",
                Outcome::Deferred(FailureReason::Reply(Reply::new(450, "4.2.0 Greylisted for 299 seconds"))),
            ),
            ("carl@c.example", refused(550, "5.1.1 <carl@c.example>: no such user")),
            (
                "dora@d.example",
                Outcome::Deferred(FailureReason::Reply(Reply::new(450, "4.2.0 Greylisted for 31 seconds"))),
            ),
            ("eva@e.example", refused(550, "5.1.1 <eva@e.example>: no such user")),
            ("finn@f.example", Outcome::InDoubt(FailureReason::ConnectionLost { at: SmtpStep::Dot })),
            ("gert@g.example", refused(550, "5.7.1 no such user")),
        ];
        for (address, outcome) in letters {
            reasons.add(LetterState::from(&outcome), &Address::parse(address).unwrap(), &outcome.reason());
        }
        let counts = reasons.sorted().into_iter();
        let counts: Vec<_> = counts.map(|count| (count.letters, count.state, count.code, count.text)).collect();
        let text = str::to_owned;
        assert_eq!(
            counts,
            [
                (3, LetterState::Refused, Some(550), text("550 5.1.1 <…>: no such user")),
                (2, LetterState::Deferred, Some(450), text("450 4.2.0 Greylisted for 299 seconds")),
                (1, LetterState::Refused, Some(550), text("550 5.7.1 no such user")),
                (1, LetterState::InDoubt, None, text("connection lost at the end of the letter")),
            ]
        );
    }

    #[test]
    fn endless_reasons_end() {
        let mut reasons = ReasonCounts::default();
        for number in 0..u32::try_from(MAX_REASONS).unwrap() + 50 {
            let words: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            let reason = refused(550, &format!("5.0.0 {words}")).reason();
            reasons.add(LetterState::Refused, &Address::parse("anna@a.example").unwrap(), &reason);
        }
        let counts = reasons.sorted();
        assert_eq!((counts.len(), counts[0].letters, counts[0].text.as_str()), (MAX_REASONS + 1, 50, OTHERS));
    }
}
